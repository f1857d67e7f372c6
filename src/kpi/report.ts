/**
 * The report for a management meeting: one HTML page that carries everything inside it (styles, charts), opens without
 * network, and prints on two A4 pages: what was measured on the first, what it is worth on the second.
 */
import type { Benefit, Factor } from "./benefit";
import { type Line, lineChart } from "./chart";
import { type ErrorBlock, overTime } from "./error-history";
import { escapeHtml } from "./escape-html";
import { type KpiFigures, kpiFigures } from "./figures";
import type { ErrorFigures } from "./forecast-error";
import type { AlarmRecord, Meter, MeterOptions } from "./meter";
import { periodsPerYear, type Rates } from "./rates";
import { REPORT_TEXT, type ReportLanguage, type ReportText } from "./report-text";
import { FORECASTERS, type ForecasterName } from "./scored-forecast";

export interface ReportOptions {
  /** Name of plant or line; empty = none. */
  title: string;
  /** Unit of the target; empty = not known. */
  unit: string;
  language: ReportLanguage;
  /** Time of making it, ms. */
  now: number;
  /** IANA name; absent = that of the computer. */
  timeZone?: string;
}

const ORDER: readonly ForecasterName[] = ["learner", "existing", "naive", "frozen"];
const STYLE: Record<ForecasterName, { colour: string; dash?: string; width?: number }> = {
  learner: { colour: "#0b5cad", width: 2.6 },
  existing: { colour: "#c2410c", dash: "7 3" },
  naive: { colour: "#6b7280", dash: "2 3" },
  frozen: { colour: "#15803d", dash: "9 3 2 3" },
};
/** Points of a line: more would only be noise at this size. */
const CHART_POINTS = 60;
/** Horizons beside the first, and assets, that fit the page: fewer horizons where assets are listed. */
const LISTED_HORIZONS = 3;
const LISTED_ASSETS = 4;

/** @returns a complete HTML document in UTF-8 */
export function report(meter: Meter, rates: Rates, settings: MeterOptions, options: ReportOptions): string {
  const text = REPORT_TEXT[options.language];
  const format = formats(options, rates);
  const figures = kpiFigures(meter, rates, settings);
  const asset = meter.assets > 1 ? text.allAssets(format.whole(meter.assets)) : meter.asset;
  const title = [options.title, asset].filter(Boolean).join(" · ");
  const page = { meter, rates, settings, figures, text, format };
  return `<!DOCTYPE html>
<html lang="${options.language === "ja" ? "ja" : "en"}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml([text.title, title].filter(Boolean).join(" · "))}</title>
<style>${CSS}</style>
</head>
<body>
<section class="page">
<header><h1>${text.title}</h1><p class="asset">${escapeHtml(title)}</p>
<p class="note">${escapeHtml(observed(page))} · ${escapeHtml(text.created(format.day(options.now)))}</p></header>
${headline(page)}
${tiles(page)}
<h2>${text.layer.accuracy}</h2>
<p class="note">${escapeHtml(text.layerNote.accuracy(options.unit))}</p>
${errorChart(page)}
${accuracyTable(page)}
${assetTable(page)}
${horizonTable(page)}
<h2>${text.layer.operation}</h2>
<p class="note">${text.layerNote.operation}</p>
${alarmTable(page)}
</section>
<section class="page">
${recentTable(page)}
<h2>${text.layer.regulation}</h2>
${regulation(page)}
<h2>${text.layer.roi}</h2>
${moneyTable(page)}
${cashChart(page)}
<h2>${text.assumptions}</h2>
${assumptions(page)}
</section>
</body>
</html>
`;
}

interface Page {
  meter: Meter;
  rates: Rates;
  settings: MeterOptions;
  figures: KpiFigures;
  text: ReportText;
  format: ReturnType<typeof formats>;
}

function observed({ figures, text, format }: Page): string {
  const { from, time, hours, readings } = figures;
  if (from === null || time === null) return text.notYet;
  return text.observed(format.day(from), format.day(time), format.number(hours), format.whole(readings));
}

/** The finding in one to three sentences, before any table. */
function headline(page: Page): string {
  const { figures, text, format } = page;
  const { reference, roi, accuracy } = figures;
  const { skill } = accuracy.lifetime[reference];
  const name = text.reference[reference];
  const size = skill === null ? "" : format.percent(Math.abs(skill));
  const first = skill === null ? text.notCompared : skill < 0 ? text.worse(size, name) : text.better(size, name);
  const sentences = [first];
  if (roi.total) {
    const { conservative, expected } = roi.total;
    sentences.push(text.worth(format.money(conservative), format.money(expected), text.period[format.period]));
  } else sentences.push(text.notYet);
  if (roi.payback) {
    const { conservative, expected } = roi.payback;
    if (expected === null) sentences.push(text.paysNever);
    else if (conservative === null) sentences.push(text.paysBackPerhaps(format.months(expected)));
    else sentences.push(text.paysBack(format.months(conservative), format.months(expected)));
  }
  return `<p class="headline">${sentences.map(escapeHtml).join(text.gap)}</p>${missingList(page)}`;
}

function missingList({ figures, text, format }: Page): string {
  const { baseline, roi } = figures;
  const lines = roi.missing.map((missing) => {
    const needed = missing === "baseline" ? baseline.needed : baseline.hours;
    const done = missing === "baseline" ? baseline.hours : baseline.evaluationHours;
    return text.missing[missing](format.number(done), format.number(needed));
  });
  return lines.length ? `<p class="note missing">${lines.map(escapeHtml).join(text.gap)}</p>` : "";
}

function tiles({ figures, text, format, rates }: Page): string {
  const { reference, alarms, roi, accuracy } = figures;
  const { skill } = accuracy.lifetime[reference];
  const name = text.forecaster[reference];
  const tile = (label: string, value: string, detail: string) =>
    `<div class="tile"><b>${escapeHtml(label)}</b><span>${escapeHtml(value)}</span><i>${escapeHtml(detail)}</i></div>`;
  const { total, payback } = roi;
  return `<div class="tiles">${[
    tile(
      text.tile.accuracy,
      skill === null ? text.none : format.signedPercent(skill),
      text.tileDetail.accuracy(text.reference[reference]),
    ),
    alarms
      ? tile(
          text.tile.alarms,
          `${format.whole(alarms.learner.true + alarms.learner.confirmed)} / ${format.whole(alarms.exceedances + alarms.learner.confirmed)}`,
          text.tileDetail.alarms(format.whole(alarms.learner.false), format.whole(alarms[reference].false), name),
        )
      : tile(text.tile.alarms, text.none, text.noLimit),
    tile(
      text.tile.money(text.period[rates.period]),
      total ? `${format.money(total.conservative)} – ${format.money(total.expected)}` : text.none,
      total ? text.tileDetail.money : text.notYet,
    ),
    tile(text.tile.payback, paybackRange(payback, text, format), payback ? text.tileDetail.payback : text.notYet),
  ].join("")}</div>`;
}

function paybackRange(payback: KpiFigures["roi"]["payback"], text: ReportText, format: Page["format"]): string {
  if (!payback) return text.none;
  const { conservative, expected } = payback;
  if (conservative === null || expected === null || conservative < 1) return format.months(expected);
  return text.months(`${expected < 1 ? "< 1" : format.number(expected)} – ${format.number(conservative)}`);
}

function errorChart({ meter, text, format }: Page): string {
  const blocks = overTime([...meter.baseline.history.blocks, ...meter.evaluation.history.blocks], CHART_POINTS);
  const lines: Line[] = ORDER.flatMap((name) => {
    const column = FORECASTERS.indexOf(name);
    if (!blocks.some(({ counted }) => counted[column])) return [];
    const points = blocks.map((block) => ({ x: (block.from + block.to) / 2, y: meanError(block, column) }));
    return [{ name: text.forecaster[name], points, ...STYLE[name] }];
  });
  const baseline = meter.baseline.history.blocks;
  // Assets have their baselines at different times: the shade of all of them would say nothing.
  const shaded = meter.assets === 1 && baseline.length > 0;
  const svg = lineChart({
    title: text.chart.error,
    lines,
    ...(shaded && {
      shaded: { from: baseline[0].from, to: baseline[baseline.length - 1].to, name: text.chart.baseline },
    }),
    xLabel: format.moment(meter.from, meter.to),
    yLabel: format.number,
    fromZero: true,
    width: 700,
    height: 205,
  });
  return `<figure><figcaption>${text.chart.error}</figcaption>${svg}</figure>`;
}

function meanError({ absolute, counted }: ErrorBlock, column: number): number {
  return counted[column] ? absolute[column] / counted[column] : Number.NaN;
}

function accuracyTable({ figures, text, format }: Page): string {
  const { lifetime, window } = figures.accuracy;
  const baseline = figures.baseline.error;
  const cell = (value: number | null) => `<td>${format.orNone(value, format.number)}</td>`;
  const better = (value: number | null | undefined) =>
    `<td>${value === undefined ? "" : format.orNone(value, format.signedPercent)}</td>`;
  const skillOf = (errors: ErrorFigures, name: ForecasterName) => (name === "learner" ? undefined : errors[name].skill);
  const rows = ORDER.filter((name) => lifetime[name].readings > 0).map(
    (name) =>
      `<tr${name === "learner" ? ' class="own"' : ""}><th>${text.forecaster[name]}</th>${cell(lifetime[name].mae)}${cell(lifetime[name].rmse)}${better(skillOf(lifetime, name))}${cell(window[name].mae)}${better(skillOf(window, name))}${cell(baseline[name].mae)}</tr>`,
  );
  const { column } = text;
  const coverage =
    lifetime.coverage === null ? "" : `<p class="note">${text.coverage(format.percent(lifetime.coverage))}</p>`;
  return `<table><thead><tr><th>${column.forecast}</th><th>${column.mae}</th><th>${column.rmse}</th><th>${column.skill}</th><th>${column.mae}<br>${escapeHtml(column.recent(format.whole(window.learner.readings)))}</th><th>${column.skill}<br>${escapeHtml(column.recent(format.whole(window.learner.readings)))}</th><th>${column.mae}<br>${column.baseline}</th></tr></thead><tbody>${rows.join("")}</tbody></table>${coverage}`;
}

/** The assets with most readings, one by one; nothing where there is only one. */
function assetTable({ figures, text, format }: Page): string {
  const { reference, accuracy } = figures;
  if (accuracy.assets.length < 2) return "";
  const listed = [...accuracy.assets]
    .sort((a, b) => b.error.learner.readings - a.error.learner.readings)
    .slice(0, LISTED_ASSETS);
  const rows = listed.map(({ asset, error }) => {
    const { learner, [reference]: other } = error;
    const cells = [
      format.whole(learner.readings),
      format.orNone(learner.mae, format.number),
      format.orNone(other.mae, format.number),
      format.orNone(other.skill, format.signedPercent),
    ];
    return `<tr><th>${escapeHtml(asset)}</th>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
  });
  const { column, forecaster } = text;
  return `<table><thead><tr><th>${column.asset}</th><th>${column.readings}</th><th>${column.mae}</th><th>${column.mae} (${forecaster[reference]})</th><th>${column.skill}</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

function horizonTable({ figures, text, format }: Page): string {
  const { horizons, assets } = figures.accuracy;
  if (!horizons.length) return "";
  const rows = horizons
    .slice(0, assets.length > 1 ? 1 : LISTED_HORIZONS)
    .map(
      ({ horizon, error }) =>
        `<tr><th>${format.whole(horizon)}</th><td>${format.orNone(error.learner.mae, format.number)}</td><td>${format.orNone(error.learner.rmse, format.number)}</td><td>${format.orNone(error.naive.mae, format.number)}</td><td>${format.orNone(error.naive.skill, format.signedPercent)}</td></tr>`,
    );
  const { column, forecaster } = text;
  return `<table><thead><tr><th>${column.horizon}</th><th>${column.mae}</th><th>${column.rmse}</th><th>${column.mae} (${forecaster.naive})</th><th>${column.skill}</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

function alarmTable({ figures, text, format }: Page): string {
  const { alarms } = figures;
  if (!alarms) return `<p>${text.noLimit}</p>`;
  const { column } = text;
  const rows = (["learner", "existing", "naive"] as const)
    .filter((name) => name !== "existing" || figures.accuracy.lifetime.existing.readings > 0)
    .map((name) => {
      const count = alarms[name];
      const cells = [count.true, count.false, count.missed, count.confirmed].map((n) => `<td>${format.whole(n)}</td>`);
      const lead = format.orNone(count.leadMinutes, (minutes) => format.duration(minutes));
      return `<tr${name === "learner" ? ' class="own"' : ""}><th>${text.forecaster[name]}</th>${cells.join("")}<td>${lead}</td></tr>`;
    });
  return `<table><thead><tr><th>${column.forecast}</th><th>${column.true}</th><th>${column.false}</th><th>${column.missed}</th><th>${column.confirmed}</th><th>${column.lead}</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

function recentTable({ meter, figures, text, format }: Page): string {
  if (!figures.alarms) return "";
  if (!meter.recent.length) return `<p class="note">${text.noAlarms}</p>`;
  const { column } = text;
  const rows = [...meter.recent].reverse().map(({ asset, outcome }) => {
    return `<tr><td class="left">${format.minute(outcome.time)}</td><td class="left">${escapeHtml(asset)}</td><td class="left">${escapeHtml(event(outcome, text, format))}</td></tr>`;
  });
  return `<h2>${text.recentAlarms}</h2><table class="list"><thead><tr><th>${column.when}</th><th>${column.asset}</th><th>${column.event}</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

function regulation({ figures, rates, text, format }: Page): string {
  const { exceedances, alarms } = figures;
  const note = rates.limitKind === "regulation" && alarms ? text.layerNote.regulation : text.noRegulation;
  const since = exceedances
    ? `<p>${escapeHtml(text.exceedances(format.number(exceedances.expected), format.whole(exceedances.happened)))}</p>`
    : "";
  return `<p class="note">${note}</p>${since}`;
}

function event(outcome: AlarmRecord["outcome"], text: ReportText, format: Page["format"]): string {
  if (outcome.kind === "false") return text.event.false(text.forecaster[outcome.warner]);
  if (outcome.kind !== "exceedance") return text.event[outcome.kind];
  const verdict = outcome.verdicts.learner;
  return verdict === "warned"
    ? text.event.warned(format.duration(outcome.leads.learner / 60_000))
    : text.event[verdict];
}

function moneyTable(page: Page): string {
  const { figures, text, format, rates } = page;
  const { benefits, total } = figures.roi;
  const { column } = text;
  if (!total) return `<p>${text.notYet}</p>`;
  const row = (benefit: Benefit) => {
    const working = benefit.factors.map((factor) => factorText(factor, text, format)).join(" × ");
    const range = benefit.range
      ? `<br>${escapeHtml(text.range(format.money(benefit.range.low), format.money(benefit.range.high)))}`
      : "";
    return `<tr><th>${text.benefit[benefit.name]}</th><td class="left working">${working}${range}</td><td>${format.money(benefit.conservative)}</td><td>${format.money(benefit.expected)}</td></tr>`;
  };
  const layer = (name: "operation" | "regulation") => {
    const rows = benefits.filter((benefit) => benefit.layer === name);
    if (!rows.length) return "";
    return `<tr class="layer"><th colspan="4">${text.layer[name]}</th></tr>${rows.map(row).join("")}`;
  };
  return `<table class="money"><thead><tr><th>${column.benefit}</th><th>${column.working}</th><th>${column.conservative}</th><th>${column.expected}</th></tr></thead><tbody>${layer("operation")}${layer("regulation")}<tr class="own"><th colspan="2">${text.total(text.period[rates.period])}</th><td>${format.money(total.conservative)}</td><td>${format.money(total.expected)}</td></tr>${returnRows(page)}</tbody></table>`;
}

/** "measured 12.4 false alarms avoided", as counted, so that a reader sees what is fact and what is belief. */
function factorText(
  { name, source, expected, conservative }: Factor,
  text: ReportText,
  format: Page["format"],
): string {
  const value = (amount: number) =>
    ["warnedMore", "preventable", "probability", "cautiousShare"].includes(name)
      ? format.percent(100 * amount)
      : ["costOfFalseAlarm", "hourlyRate", "downtimeCost", "costOfExceedance", "pricePerUnit"].includes(name)
        ? format.price(amount)
        : format.number(amount);
  const amounts = expected === conservative ? value(expected) : `${value(conservative)} … ${value(expected)}`;
  return `<span class="factor">${escapeHtml(text.factorOf(text.factor[name], amounts))} <em class="${source}">${text.source[source]}</em></span>`;
}

function returnRows({ figures, text, format, rates }: Page): string {
  const { roi, payback } = figures.roi;
  const assumed = `<em class="assumed">${text.source.assumed}</em>`;
  const row = (label: string, a: string, b: string) =>
    `<tr><th colspan="2">${label}</th><td>${a}</td><td>${b}</td></tr>`;
  const cost = (label: string, value: number | null) =>
    value === null ? "" : row(`${label} ${assumed}`, format.money(value), format.money(value));
  return [
    cost(text.trialCost, rates.trialCost),
    cost(text.runningCost, rates.runningCost),
    roi ? row(text.roi, format.signedPercent(roi.conservative), format.signedPercent(roi.expected)) : "",
    payback ? row(text.payback, format.months(payback.conservative), format.months(payback.expected)) : "",
  ].join("");
}

/** Sum of money over two years: where a line crosses zero, the trial is paid. */
function cashChart({ figures, text, format, rates }: Page): string {
  const { total } = figures.roi;
  if (!total || rates.trialCost === null) return "";
  const cost = rates.trialCost;
  const line = (scenario: "conservative" | "expected") => {
    const monthly = (total[scenario] * periodsPerYear(rates) - (rates.runningCost ?? 0)) / 12;
    return [0, 24].map((month) => ({ x: month, y: monthly * month - cost }));
  };
  const svg = lineChart({
    title: text.chart.cumulative,
    lines: [
      { name: text.column.expected, points: line("expected"), ...STYLE.learner },
      { name: text.column.conservative, points: line("conservative"), ...STYLE.existing },
    ],
    xLabel: (month) => text.months(format.whole(month)),
    yLabel: format.money,
    fromZero: false,
    width: 700,
    height: 112,
  });
  return `<figure><figcaption>${text.chart.cumulative}</figcaption>${svg}</figure>`;
}

function assumptions({ figures, settings, text, format, rates }: Page): string {
  const { assumption } = text;
  const period = text.period[rates.period];
  const { limit } = settings;
  const lines = [
    assumption.reference(text.reference[figures.reference]),
    assumption.baseline(format.number(settings.baselineHours)),
    ...(limit ? [assumption.limit(limit.side, format.number(limit.value), rates.limitKind)] : []),
    ...(limit && limit.leastLead > 0 ? [assumption.lead(format.number(limit.leastLead / 60_000))] : []),
    assumption.conservative,
    assumption.once,
    [assumption.extrapolated(period), assumption.hoursPerYear(format.number(rates.hoursPerYear))].join(text.gap),
  ];
  return `<ul class="note">${lines.map((line) => `<li>${escapeHtml(line)}</li>`).join("")}</ul>`;
}

/** Numbers, money and dates as the reader's country writes them, with no more digits than the data carry. */
function formats({ language, timeZone }: ReportOptions, rates: Rates) {
  const { currency, period } = rates;
  const numbers = (format: Intl.NumberFormatOptions) => {
    const formatter = new Intl.NumberFormat(language, format);
    return (value: number) => formatter.format(value === 0 ? 0 : value);
  };
  const dates = (format: Intl.DateTimeFormatOptions) => {
    const formatter = new Intl.DateTimeFormat(language, { ...format, timeZone });
    return (ms: number) => formatter.format(ms);
  };
  const number = numbers({ maximumSignificantDigits: 3 });
  const minute = dates({
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const text = REPORT_TEXT[language];
  const signed = numbers({ maximumFractionDigits: 1, signDisplay: "exceptZero" });
  return {
    period,
    number,
    whole: numbers({ maximumFractionDigits: 0 }),
    percent: (value: number) => `${number(value)} %`,
    signedPercent: (value: number) => `${signed(value)} %`,
    /** Months, with nothing finer than one: nobody pays back in days. */
    months: (value: number | null) =>
      value === null ? text.never : value < 1 ? text.underOneMonth : text.months(number(value)),
    money: numbers({
      style: "currency",
      currency,
      maximumSignificantDigits: 3,
      maximumFractionDigits: 0,
      roundingPriority: "lessPrecision",
    }),
    price: numbers({ style: "currency", currency, minimumFractionDigits: 0, maximumFractionDigits: 4 }),
    day: dates({ year: "numeric", month: "short", day: "numeric" }),
    minute,
    /** Label of a time axis: days where it is long, times of day where it is short. */
    moment: (from: number, to: number) =>
      to - from > 3 * 86_400_000 ? dates({ month: "short", day: "numeric", year: "2-digit" }) : minute,
    duration: (minutes: number) =>
      minutes < 2
        ? text.seconds(number(minutes * 60))
        : minutes < 120
          ? text.minutes(number(minutes))
          : text.hours(number(minutes / 60)),
    orNone: (value: number | null, format: (value: number) => string) => (value === null ? text.none : format(value)),
  };
}

const CSS = `
@page{size:A4;margin:12mm 13mm}
*{box-sizing:border-box}
body{margin:0 auto;max-width:186mm;padding:8mm 0;background:#fff;color:#1f2933;font:9.2pt/1.38 "Helvetica Neue",Arial,"Noto Sans","Hiragino Kaku Gothic ProN","Yu Gothic",Meiryo,"Noto Sans CJK JP",sans-serif;-webkit-print-color-adjust:exact;print-color-adjust:exact}
h1{margin:0;font-size:19pt;line-height:1.15}h2{margin:4mm 0 1mm;padding-bottom:.6mm;border-bottom:.4mm solid #0b5cad;font-size:11.5pt;color:#0b5cad}
p{margin:.8mm 0}.asset{font-size:12pt;font-weight:600}.note{color:#52606d;font-size:8.2pt}.missing{color:#9a3412}
.headline{margin:3mm 0 1.5mm;padding:2.5mm 3.5mm;border-left:1.2mm solid #0b5cad;background:#eef4fb;font-size:11.5pt;line-height:1.4}
.tiles{display:grid;grid-template-columns:repeat(4,1fr);gap:2.5mm;margin:2.5mm 0}
.tile{padding:2mm 2.5mm;border:.2mm solid #cbd5e1;border-radius:1mm}
.tile b,.tile span,.tile i{display:block}.tile b{font-size:8pt;color:#52606d}.tile span{font-size:12.5pt;font-weight:700;line-height:1.35}.tile i{font-size:7.6pt;font-style:normal;color:#52606d}
figure{margin:1.5mm 0;break-inside:avoid}figcaption{font-size:8.6pt;font-weight:600}svg{display:block;width:100%;height:auto}
.axis{font-size:9px;fill:#52606d}.legend{font-size:10.5px;fill:#1f2933}.grid{stroke:#e2e8f0}.grid.zero{stroke:#64748b}.shade{fill:#f1f5f9}
table{width:100%;margin:1.5mm 0;border-collapse:collapse;font-size:8.5pt;break-inside:avoid}
th,td{padding:.7mm 1.4mm;border-bottom:.2mm solid #e2e8f0;text-align:right;vertical-align:top}
th:first-child,td.left,.list th,.money th:nth-child(2),.layer th{text-align:left}thead th{color:#52606d;font-size:7.8pt;font-weight:600;vertical-align:bottom}tbody th{font-weight:400}
.own th,.own td{font-weight:700;background:#eef4fb}.layer th{padding-top:1.6mm;font-weight:600;color:#0b5cad}.money tbody th{white-space:nowrap}.money td{white-space:nowrap}.money td.working{white-space:normal;font-size:7.9pt}
.factor{white-space:nowrap}em{padding:0 1mm;border-radius:.8mm;font-size:7pt;font-style:normal;font-weight:400}.measured{background:#dcfce7;color:#14532d}.assumed{background:#fef3c7;color:#78350f}
ul{margin:1mm 0;padding-left:4.5mm}li{margin:.3mm 0}
@media print{body{max-width:none;padding:0}.page{break-after:page}.page:last-child{break-after:auto}}
@media screen{.page+.page{margin-top:10mm}}
`.replaceAll("\n", "");
