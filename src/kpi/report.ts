/**
 * The report for a management meeting: one HTML page that carries everything inside it (styles, charts), opens without
 * network, and prints on two A4 pages: what was measured on the first, what it is worth on the second.
 */
import type { Language } from "../message/say";
import { escapeHtml } from "./escape-html";
import { kpiFigures } from "./figures";
import type { Meter, MeterOptions } from "./meter";
import type { Rates } from "./rates";
import { accuracyTable, assetTable, errorChart, horizonTable, modeTable } from "./report-accuracy";
import { reportFormat } from "./report-format";
import { cashChart, moneyTable } from "./report-money";
import { alarmTable, exceedances, isRegulated, recentTable } from "./report-operation";
import { type Page, shortName } from "./report-page";
import { CSS } from "./report-style";
import { REPORT_TEXT } from "./report-text";
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

/** @returns a complete HTML document in UTF-8 */
export function report(meter: Meter, rates: Rates, settings: MeterOptions, options: ReportOptions): string {
  const text = REPORT_TEXT[options.language];
  const format = reportFormat(options.language, options.timeZone, rates);
  const figures = kpiFigures(meter, rates, settings);
  const asset = meter.assets > 1 ? text.allAssets(format.whole(meter.assets)) : shortName(meter.asset);
  const title = [shortName(options.title), asset].filter(Boolean).join(" · ");
  const { unit, upkeep } = options;
  const page: Page = { meter, rates, settings, figures, unit, upkeep, text, format };
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
    tile(
      text.tile.payback,
      payback ? format.monthRange(payback.expected, payback.conservative) : text.none,
      payback ? text.tileDetail.payback : text.notYet,
    ),
  ].join("")}</div>`;
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
