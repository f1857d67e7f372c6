/**
 * The report for a management meeting: one HTML page that carries everything inside it (styles, charts), opens without
 * network, and prints on two A4 pages: what was measured on the first, what it is worth on the second.
 */
import { durationText } from "../message/duration";
import { isolated, oneLine } from "../message/one-line";
import type { Language } from "../message/say";
import type { Benefit, Factor } from "./benefit";
import { type Line, lineChart } from "./chart";
import { type ErrorBlock, overTime } from "./error-history";
import { escapeHtml } from "./escape-html";
import { type KpiFigures, kpiFigures } from "./figures";
import type { ErrorFigures } from "./forecast-error";
import type { AlarmRecord, Meter, MeterOptions } from "./meter";
import { periodsPerYear, type Rates } from "./rates";
import { REPORT_TEXT, type ReportText } from "./report-text";
import { FORECASTERS, type ForecasterName } from "./scored-forecast";
import type { Upkeep } from "./upkeep";

export interface ReportOptions {
  /** Name of plant or line; empty = none. */
  title: string;
  /** Unit of the target; empty = not known. */
  unit: string;
  language: Language;
  /** Time of making it, ms. */
  now: number;
  /** IANA name; absent = that of the computer. */
  timeZone?: string;
  /** How the assets are kept; absent = not known. */
  upkeep?: Upkeep;
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
/** Rows of the tables below the errors that fit the page: horizons beside the first, assets and operating modes. */
const ROWS = {
  alone: { horizons: 3, assets: 4, modes: 3 },
  modesToo: { horizons: 2, assets: 2, modes: 3 },
  assetsToo: { horizons: 1, assets: 4, modes: 2 },
};
/** Rules by which labels could not be used, the most frequent ones. */
const LISTED_RULES = 3;
/** Beyond twenty years nobody asks for months. */
const MOST_MONTHS = 240;
const DAY = 86_400_000;
const LONGEST_NAME = 60;
/** The factors whose product is the number of exceedances avoided. */
const AVOIDED: readonly Factor["name"][] = ["exceedancesExpected", "warnedMore", "preventable"];
/** Benefits that need a limit. */
const ON_LIMIT: readonly Benefit["name"][] = ["falseAlarms", "downtime", "exceedances"];

/** @returns a complete HTML document in UTF-8 */
export function report(meter: Meter, rates: Rates, settings: MeterOptions, options: ReportOptions): string {
  const text = REPORT_TEXT[options.language];
  const format = formats(options, rates);
  const figures = kpiFigures(meter, rates, settings);
  const asset = meter.assets > 1 ? text.allAssets(format.whole(meter.assets)) : shortName(meter.asset);
  const title = [shortName(options.title), asset].filter(Boolean).join(" · ");
  const { unit, upkeep } = options;
  const page = { meter, rates, settings, figures, unit, upkeep, text, format };
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
${modeTable(page)}
${assetTable(page)}
${horizonTable(page)}
<h2>${text.layer.operation}</h2>
<p class="note">${text.layerNote.operation}</p>
${alarmTable(page)}
</section>
<section class="page">
${recentTable(page)}
<h2>${text.layer.regulation}</h2>
<p class="note">${isRegulated(page) ? text.layerNote.regulation : text.noRegulation}</p>
${isRegulated(page) ? exceedances(page) : ""}
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

/** A name as long as a line has room for, which does not turn the direction of the text around it. */
function shortName(name: string): string {
  const signs = Array.from(oneLine(name));
  return isolated(signs.length > LONGEST_NAME ? `${signs.slice(0, LONGEST_NAME).join("")}…` : signs.join(""));
}

interface Page {
  meter: Meter;
  rates: Rates;
  settings: MeterOptions;
  figures: KpiFigures;
  /** Of the target; empty = not known. */
  unit: string;
  upkeep?: Upkeep;
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
    const period = text.period[format.period];
    sentences.push(
      expected < 0
        ? text.costs(format.money(-expected), format.money(-conservative), period)
        : text.worth(format.money(conservative), format.money(expected), period),
    );
  } else sentences.push(text.notYet);
  if (roi.payback) {
    const { conservative, expected } = roi.payback;
    if (expected === null) sentences.push(text.paysNever);
    else if (conservative === null) sentences.push(text.paysBackPerhaps(format.months(expected)));
    else if (format.months(conservative) === format.months(expected))
      sentences.push(text.paysBackEither(format.months(expected)));
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
      format.orNone(skill, format.compared),
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
      total ? `${format.shortMoney(total.conservative)} – ${format.shortMoney(total.expected)}` : text.none,
      total ? text.tileDetail.money : text.notYet,
    ),
    tile(text.tile.payback, paybackRange(payback, text, format), payback ? text.tileDetail.payback : text.notYet),
  ].join("")}</div>`;
}

function paybackRange(payback: KpiFigures["roi"]["payback"], text: ReportText, format: Page["format"]): string {
  if (!payback) return text.none;
  const { conservative, expected } = payback;
  if (conservative === null || expected === null || conservative < 1 || conservative > MOST_MONTHS)
    return format.months(expected);
  const ends = [expected < 1 ? "< 1" : format.monthCount(expected), format.monthCount(conservative)];
  return text.months([...new Set(ends)].join(" – "));
}

function errorChart({ meter, unit, text, format }: Page): string {
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
  const caption = [text.chart.error, unit && `(${unit})`].filter(Boolean).join(" ");
  const svg = lineChart({
    title: caption,
    lines,
    ...(shaded && {
      shaded: { from: baseline[0].from, to: baseline[baseline.length - 1].to, name: text.chart.baseline },
    }),
    xLabel: format.moment(meter.from, meter.to),
    yLabel: format.number,
    fromZero: true,
    width: 700,
    height: 168,
  });
  return `<figure><figcaption>${escapeHtml(caption)}</figcaption>${svg}</figure>`;
}

function meanError({ absolute, counted }: ErrorBlock, column: number): number {
  return counted[column] ? absolute[column] / counted[column] : Number.NaN;
}

function accuracyTable({ figures, upkeep, text, format }: Page): string {
  const { lifetime, window } = figures.accuracy;
  const baseline = figures.baseline.error;
  const cell = (value: number | null) => `<td>${format.orNone(value, format.error)}</td>`;
  const better = (value: number | null | undefined) =>
    `<td>${value === undefined ? "" : format.orNone(value, format.compared)}</td>`;
  const skillOf = (errors: ErrorFigures, name: ForecasterName) => (name === "learner" ? undefined : errors[name].skill);
  const bias = (value: number | null) => `<td>${format.orNone(value, format.signedError)}</td>`;
  const total = (value: number | null) => `<td>${format.orNone(value, format.share)}</td>`;
  const rows = ORDER.filter((name) => lifetime[name].readings > 0).map((name) => {
    const { mae, rmse, meanError, total: of, peakMae } = lifetime[name];
    const all = `${cell(mae)}${cell(rmse)}${better(skillOf(lifetime, name))}${bias(meanError)}${total(of)}${cell(peakMae)}`;
    const others = `${cell(window[name].mae)}${better(skillOf(window, name))}${cell(baseline[name].mae)}`;
    return `<tr${name === "learner" ? ' class="own"' : ""}><th>${text.forecaster[name]}</th>${all}${others}</tr>`;
  });
  const { column } = text;
  const recent = escapeHtml(column.recent(format.whole(window.learner.readings)));
  const heads = [
    column.forecast,
    column.mae,
    column.rmse,
    column.skill,
    column.meanError,
    column.total,
    column.peakMae,
    `${column.mae}<br>${recent}`,
    `${column.skill}<br>${recent}`,
    `${column.mae}<br>${column.baseline}`,
  ];
  const remarks = [...accuracyRemarks(figures, text, format), ...upkeepRemarks(upkeep, text, format)];
  const note = remarks.length > 0 ? `<p class="note">${remarks.map(escapeHtml).join(text.gap)}</p>` : "";
  return `<table class="accuracy"><thead><tr>${heads.map((head) => `<th>${head}</th>`).join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>${note}`;
}

/** What belongs to the errors above: how often the interval held, what was in doubt, what was left out and why. */
function accuracyRemarks({ accuracy, unusable, stoppedCounts }: KpiFigures, text: ReportText, format: Page["format"]) {
  const { lifetime, stopped } = accuracy;
  const remarks: string[] = [];
  const { coverage, peakCoverage, intervalScore } = lifetime;
  if (coverage !== null)
    remarks.push(text.coverage(format.percent(coverage), format.orNone(peakCoverage, format.percent)));
  if (intervalScore !== null) remarks.push(text.intervalScore(format.error(intervalScore)));
  if (lifetime.doubt) remarks.push(text.doubt(format.percent(lifetime.doubt)));
  if (stopped.learner.readings > 0) {
    const [mine, other] = [stopped.learner, stopped.naive].map(({ mae }) => format.orNone(mae, format.error));
    remarks.push(text.stopped(format.whole(stopped.learner.readings), mine, other, stoppedCounts));
  }
  if (unusable.count > 0) {
    const rules = unusable.rules
      .slice(0, LISTED_RULES)
      .map(({ rule, count }) => `${text.rule[rule]}: ${format.whole(count)}`);
    remarks.push(text.unusable(format.whole(unusable.count), shortName(unusable.sensor), rules.join(", ")));
  }
  return remarks;
}

/** How the drift guard sees the model at present, and when what it has learnt was saved last. */
function upkeepRemarks(upkeep: Upkeep | undefined, text: ReportText, format: Page["format"]): string[] {
  if (!upkeep) return [];
  const { guard, saved } = upkeep;
  const last = Number.isNaN(saved) ? [] : [text.saved(format.minute(saved))];
  return guard === undefined ? last : [text.guard(text.guardState[guard]), ...last];
}

/** How many rows of a table fit beside the other tables that there are. */
function rowsOf(table: keyof (typeof ROWS)["alone"], { figures }: Page): number {
  const { assets, modes } = figures.accuracy;
  const counts = [ROWS.alone];
  if (modes.length > 1) counts.push(ROWS.modesToo);
  if (assets.length > 1) counts.push(ROWS.assetsToo);
  return Math.min(...counts.map((rows) => rows[table]));
}

/** The operating modes with most readings; nothing where none are told apart. */
function modeTable(page: Page): string {
  const { figures, text } = page;
  const modes = figures.accuracy.modes.map(({ mode, error }) => ({ name: text.mode(mode), error }));
  return comparisonTable(text.column.mode, modes, rowsOf("modes", page), modes.length, page);
}

/** The assets with most readings, one by one; nothing where there is only one. */
function assetTable(page: Page): string {
  const { meter, figures, text } = page;
  const assets = figures.accuracy.assets.map(({ asset, error }) => ({ name: asset, error }));
  return comparisonTable(text.column.asset, assets, rowsOf("assets", page), meter.assets, page);
}

/** Errors of parts of the whole, those with most readings; nothing where there is only one. */
function comparisonTable(
  title: string,
  parts: readonly { name: string; error: ErrorFigures }[],
  most: number,
  all: number,
  page: Page,
): string {
  if (parts.length < 2) return "";
  const { figures, text, format } = page;
  const { reference } = figures;
  const listed = [...parts].sort((a, b) => b.error.learner.readings - a.error.learner.readings).slice(0, most);
  const rows = listed.map(({ name, error }) => {
    const { learner, [reference]: other } = error;
    const cells = [
      format.whole(learner.readings),
      format.orNone(learner.mae, format.error),
      format.orNone(other.mae, format.error),
      format.orNone(other.skill, format.compared),
    ];
    return `<tr><th>${escapeHtml(shortName(name))}</th>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
  });
  const { column, forecaster } = text;
  const heading = countOf(title, listed.length, all, page);
  return `<table><thead><tr><th>${heading}</th><th>${column.readings}</th><th>${column.mae}</th><th>${column.mae} (${forecaster[reference]})</th><th>${column.skill}</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

function horizonTable(page: Page): string {
  const { figures, text, format } = page;
  const { horizons } = figures.accuracy;
  if (!horizons.length) return "";
  const listed = horizons.slice(0, rowsOf("horizons", page));
  const rows = listed.map(({ horizon, ahead, error: { learner, naive } }) => {
    const errors = [learner.mae, learner.rmse, naive.mae].map((value) => format.orNone(value, format.error));
    const cells = [...errors, format.orNone(naive.skill, format.compared)];
    return `<tr><th>${ahead === null ? format.whole(horizon) : escapeHtml(durationText(ahead))}</th>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
  });
  const { column, forecaster } = text;
  return `<table><thead><tr><th>${countOf(horizons.some(({ ahead }) => ahead === null) ? column.horizon : column.ahead, listed.length, horizons.length, page)}</th><th>${column.mae}</th><th>${column.rmse}</th><th>${column.mae} (${forecaster.naive})</th><th>${column.skill}</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

/** A heading that says where a list is not complete. */
function countOf(heading: string, listed: number, all: number, { text, format }: Page): string {
  return listed < all ? `${heading} ${text.listed(format.whole(listed), format.whole(all))}` : heading;
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

/** The last events, and how many exceedances there were: those of the plant's own limit belong to its operation. */
function recentTable(page: Page): string {
  const { meter, figures, text, format } = page;
  if (!figures.alarms) return "";
  const count = isRegulated(page) ? "" : exceedances(page);
  if (!meter.recent.length) return `<h2>${text.recentAlarms}</h2><p class="note">${text.noAlarms}</p>${count}`;
  const { column } = text;
  const several = meter.assets > 1;
  const rows = [...meter.recent].reverse().map(({ asset, outcome }) => {
    const cells = [format.minute(outcome.time), ...(several ? [shortName(asset)] : []), event(outcome, page)];
    return `<tr>${cells.map((cell) => `<td class="left">${escapeHtml(cell)}</td>`).join("")}</tr>`;
  });
  const heads = [column.when, ...(several ? [column.asset] : []), column.event].map((head) => `<th>${head}</th>`);
  return `<h2>${text.recentAlarms}</h2><table class="list"><thead><tr>${heads.join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>${count}`;
}

function isRegulated({ figures, rates }: Page): boolean {
  return rates.limitKind === "regulation" && figures.alarms !== null;
}

/** Exceedances since the baseline and, where they are paid for, those that warnings can avoid. */
function exceedances({ figures, text, format, rates }: Page): string {
  const lines: string[] = [];
  const since = figures.exceedances;
  if (since) {
    const sentence = text.exceedances(format.number(since.expected), format.whole(since.happened));
    lines.push(`${escapeHtml(sentence)} ${badge("measured", text)}`);
  }
  const paid = figures.roi.benefits.find(({ name }) => name === "downtime" || name === "exceedances");
  if (paid) {
    const avoided = (scenario: "conservative" | "expected") =>
      paid.factors.filter(({ name }) => AVOIDED.includes(name)).reduce((count, factor) => count * factor[scenario], 1);
    const amounts = [avoided("conservative"), avoided("expected")].map(format.number);
    const sentence = text.avoided(amounts[0], amounts[1], text.period[rates.period]);
    lines.push(`${escapeHtml(sentence)} ${badge("measured", text)} × ${badge("assumed", text)}`);
  }
  return lines.map((line) => `<p>${line}</p>`).join("");
}

function badge(source: Factor["source"], text: ReportText): string {
  return `<em class="${source}">${text.source[source]}</em>`;
}

/** What happened, and what the plant's own forecast made of it. */
function event(outcome: AlarmRecord["outcome"], { figures, text, format }: Page): string {
  if (outcome.kind === "false") return text.event.false(text.forecaster[outcome.warner]);
  if (outcome.kind !== "exceedance") return text.event[outcome.kind];
  const { verdicts, leads } = outcome;
  const lead = (warner: "learner" | "existing") => format.duration(leads[warner] / 60_000);
  const own = verdicts.learner === "warned" ? text.event.warned(lead("learner")) : text.event[verdicts.learner];
  if (figures.reference === "naive") return own;
  const other = verdicts.existing === "warned" ? text.otherWarned(lead("existing")) : text.other[verdicts.existing];
  return `${own}${other}`;
}

function moneyTable(page: Page): string {
  const { figures, text, format, rates } = page;
  const { benefits, total, waiting } = figures.roi;
  const { column } = text;
  if (!total) return `<p>${text.notYet}</p>`;
  const row = (benefit: Benefit) => {
    const working = benefit.factors.map((factor) => factorText(factor, text, format)).join(" × ");
    const range = benefit.range
      ? `<br>${escapeHtml(text.range(format.money(benefit.range.low), format.money(benefit.range.high)))}`
      : "";
    return `<tr><th>${text.benefit[benefit.name]}</th><td class="left working">${working}${range}</td><td>${format.money(benefit.conservative)}</td><td>${format.money(benefit.expected)}</td></tr>`;
  };
  const waitingRow = (name: Benefit["name"]) => {
    const why = figures.alarms || !ON_LIMIT.includes(name) ? text.waiting[name] : text.noLimit;
    return `<tr><th>${text.benefit[name]}</th><td class="left working">${why}</td><td>${text.none}</td><td>${text.none}</td></tr>`;
  };
  const layer = (name: "operation" | "regulation") => {
    const rows = benefits.filter((benefit) => benefit.layer === name).map(row);
    rows.push(...waiting.filter((one) => (one === "exceedances") === (name === "regulation")).map(waitingRow));
    if (!rows.length) return "";
    return `<tr class="layer"><th colspan="4">${text.layer[name]}</th></tr>${rows.join("")}`;
  };
  const sources = (["measured", "assumed"] as const).filter((source) =>
    benefits.some(({ factors }) => factors.some((factor) => factor.source === source)),
  );
  const origin = sources.map((source) => badge(source, text)).join(" × ");
  return `<table class="money"><thead><tr><th>${column.benefit}</th><th>${column.working}</th><th>${column.conservative}</th><th>${column.expected}</th></tr></thead><tbody>${layer("operation")}${layer("regulation")}<tr class="own"><th colspan="2">${text.total(text.period[rates.period])} ${origin}</th><td>${format.money(total.conservative)}</td><td>${format.money(total.expected)}</td></tr>${returnRows(page, origin)}</tbody></table>`;
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
  return `<span class="factor">${escapeHtml(text.factorOf(text.factor[name], amounts))} ${badge(source, text)}</span>`;
}

function returnRows({ figures, text, format, rates }: Page, origin: string): string {
  const { roi, payback } = figures.roi;
  const row = (label: string, a: string, b: string) =>
    `<tr><th colspan="2">${label}</th><td>${a}</td><td>${b}</td></tr>`;
  const cost = (label: string, value: number | null) =>
    value === null ? "" : row(`${label} ${badge("assumed", text)}`, format.money(value), format.money(value));
  return [
    cost(text.trialCost, rates.trialCost),
    cost(text.runningCost, rates.runningCost),
    roi ? row(`${text.roi} ${origin}`, format.roi(roi.conservative), format.roi(roi.expected)) : "",
    payback
      ? row(`${text.payback} ${origin}`, format.months(payback.conservative), format.months(payback.expected))
      : "",
  ].join("");
}

/** Sum of money over two years: where a line crosses zero, the trial is paid. */
function cashChart({ figures, text, format, rates }: Page): string {
  const { total } = figures.roi;
  if (!total || rates.trialCost === null) return "";
  if (total.expected === 0 && total.conservative === 0 && !rates.trialCost && !rates.runningCost) return "";
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
    ...(rates.hoursPerYear === null
      ? []
      : [[assumption.extrapolated(period), assumption.hoursPerYear(format.number(rates.hoursPerYear))].join(text.gap)]),
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
  const plain = numbers({ maximumSignificantDigits: 3 });
  const fixed = numbers({ minimumSignificantDigits: 3, maximumSignificantDigits: 3 });
  const scientific = numbers({ maximumSignificantDigits: 3, notation: "scientific" });
  const fixedScientific = numbers({ minimumSignificantDigits: 3, maximumSignificantDigits: 3, notation: "scientific" });
  const isExtreme = (value: number) => value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e9);
  const number = (value: number) => (isExtreme(value) ? scientific : plain)(value);
  const months = numbers({ maximumSignificantDigits: 2 });
  const currencies = { style: "currency", currency } as const;
  const hugeMoney = numbers({ ...currencies, maximumSignificantDigits: 3, notation: "scientific" });
  const moneyIn = (format: Intl.NumberFormatOptions) => {
    const usual = numbers({ ...currencies, ...format });
    return (value: number) => (Math.abs(value) >= 1e13 ? hugeMoney : usual)(value);
  };
  const minute = dates({
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const text = REPORT_TEXT[language];
  const tenths = numbers({ minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const signedWhole = numbers({ maximumFractionDigits: 0, signDisplay: "exceptZero" });
  const signedHuge = numbers({ maximumSignificantDigits: 2, notation: "scientific", signDisplay: "exceptZero" });
  const isHuge = (percent: number) => Math.abs(percent) >= 1e6;
  /** To a tenth of a percent. */
  const share = (percent: number) => `${(isHuge(percent) ? scientific : tenths)(percent)} %`;
  return {
    period,
    number,
    /** An error in a column of errors: all with the same digits. */
    error: (value: number) => (isExtreme(value) ? fixedScientific : fixed)(value),
    signedError: (value: number) => `${value > 0 ? "+" : ""}${(isExtreme(value) ? fixedScientific : fixed)(value)}`,
    share,
    whole: numbers({ maximumFractionDigits: 0 }),
    percent: (value: number) => `${number(value)} %`,
    /** A skill in words, here as everywhere: nobody has to know what a sign means. */
    compared: (skill: number) =>
      Math.abs(skill) < 0.05 ? text.same : text.compared(share(Math.abs(skill)), skill < 0),
    roi: (value: number) => `${(isHuge(value) ? signedHuge : signedWhole)(value)} %`,
    /** Months, with nothing finer than one: nobody pays back in days. */
    months: (value: number | null) =>
      value === null
        ? text.never
        : value < 1
          ? text.underOneMonth
          : value > MOST_MONTHS
            ? text.overTwentyYears
            : text.months(months(value)),
    monthCount: months,
    /** Where there is little room. */
    shortMoney: moneyIn({ notation: "compact", maximumSignificantDigits: 3 }),
    money: moneyIn({ maximumSignificantDigits: 3, maximumFractionDigits: 0, roundingPriority: "lessPrecision" }),
    price: moneyIn({ minimumFractionDigits: 0, maximumFractionDigits: 4 }),
    day: dates({ year: "numeric", month: "short", day: "numeric" }),
    minute,
    /** Label of a time axis: days where it is long, times of day where it is short. */
    moment: (from: number, to: number) =>
      to - from > 300 * DAY
        ? dates({ year: "numeric", month: "short" })
        : to - from > 3 * DAY
          ? dates({ month: "short", day: "numeric" })
          : dates({ month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
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
body{overflow-wrap:break-word;margin:0 auto;max-width:186mm;padding:8mm 0;background:#fff;color:#1f2933;font:9.2pt/1.38 "Helvetica Neue",Arial,"Noto Sans","Hiragino Kaku Gothic ProN","Yu Gothic",Meiryo,"Noto Sans CJK JP",sans-serif;-webkit-print-color-adjust:exact;print-color-adjust:exact}
h1{margin:0;font-size:19pt;line-height:1.15}h2{margin:4mm 0 1mm;padding-bottom:.6mm;border-bottom:.4mm solid #0b5cad;font-size:11.5pt;color:#0b5cad}
p{margin:.8mm 0}.asset{font-size:12pt;font-weight:600}.note{color:#52606d;font-size:8.2pt}.missing{color:#9a3412}
.headline{margin:3mm 0 1.5mm;padding:2.5mm 3.5mm;border-left:1.2mm solid #0b5cad;background:#eef4fb;font-size:11.5pt;line-height:1.4;word-break:auto-phrase}
.tiles{display:grid;grid-template-columns:repeat(4,1fr);gap:2.5mm;margin:2.5mm 0}
.tile{padding:2mm 2.5mm;border:.2mm solid #cbd5e1;border-radius:1mm}
.tile b,.tile span,.tile i{display:block}.tile b{font-size:8pt;color:#52606d}.tile span{font-size:11pt;font-weight:700;line-height:1.35}.tile i{font-size:7.6pt;font-style:normal;color:#52606d}
figure{margin:1.5mm 0;break-inside:avoid}figcaption{font-size:8.6pt;font-weight:600}svg{display:block;width:100%;height:auto}
.axis{font-size:9px;fill:#52606d}.legend{font-size:10.5px;fill:#1f2933}.grid{stroke:#e2e8f0}.grid.zero{stroke:#64748b}.shade{fill:#f1f5f9}
table{width:100%;margin:1.5mm 0;border-collapse:collapse;font-size:8.5pt;break-inside:avoid}
th,td{padding:.7mm 1.4mm;border-bottom:.2mm solid #e2e8f0;text-align:right;vertical-align:top}
th:first-child,td.left,.list th,.money th:nth-child(2),.layer th{text-align:left}thead th{color:#52606d;font-size:7.8pt;font-weight:600;vertical-align:bottom}tbody th{font-weight:400}
.accuracy th{white-space:nowrap}.own th,.own td{font-weight:700;background:#eef4fb}.layer th{padding-top:1.6mm;font-weight:600;color:#0b5cad}.money tbody th{white-space:nowrap}.money td{white-space:nowrap}.money td.working{white-space:normal;font-size:7.9pt}
.factor{white-space:nowrap}em{padding:0 1mm;border-radius:.8mm;font-size:7pt;font-style:normal;font-weight:400}.measured{background:#dcfce7;color:#14532d}.assumed{background:#fef3c7;color:#78350f}
ul{margin:1mm 0;padding-left:4.5mm}li{margin:.3mm 0}
@media print{body{max-width:none;padding:0}.page{break-after:page}.page:last-child{break-after:auto}}
@media screen{.page+.page{margin-top:10mm}}
`.replaceAll("\n", "");
