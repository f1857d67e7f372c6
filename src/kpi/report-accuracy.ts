/** The report's first layer: how large the errors are, over time, and where. */
import { durationText } from "../message/duration";
import { type Line, lineChart } from "./chart";
import { type ErrorBlock, overTime } from "./error-history";
import { escapeHtml } from "./escape-html";
import type { ErrorFigures } from "./forecast-error";
import { row, table } from "./html-table";
import { LINES, type Page, shortName } from "./report-page";
import { FORECASTERS, type ForecasterName } from "./scored-forecast";

const ORDER: readonly ForecasterName[] = ["learner", "existing", "naive", "frozen"];
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

export function errorChart({ meter, unit, text, format }: Page): string {
  const blocks = overTime([...meter.baseline.history.blocks, ...meter.evaluation.history.blocks], CHART_POINTS);
  const lines: Line[] = ORDER.flatMap((name) => {
    const column = FORECASTERS.indexOf(name);
    if (!blocks.some(({ counted }) => counted[column])) return [];
    const points = blocks.map((block) => ({ x: (block.from + block.to) / 2, y: meanError(block, column) }));
    return [{ name: text.forecaster[name], points, ...LINES[name] }];
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

export function accuracyTable(page: Page): string {
  const { figures, text, format } = page;
  const { lifetime, window } = figures.accuracy;
  const baseline = figures.baseline.error;
  const error = (value: number | null) => format.orNone(value, format.error);
  const better = (errors: ErrorFigures, name: ForecasterName) =>
    name === "learner" ? "" : format.orNone(errors[name].skill, format.compared);
  const rows = ORDER.filter((name) => lifetime[name].readings > 0).map((name) => {
    const { mae, rmse, meanError, total, peakMae } = lifetime[name];
    const cells = [
      error(mae),
      error(rmse),
      better(lifetime, name),
      format.orNone(meanError, format.signedError),
      format.orNone(total, format.share),
      error(peakMae),
      error(window[name].mae),
      better(window, name),
      error(baseline[name].mae),
    ];
    return row(text.forecaster[name], cells, name === "learner" ? "own" : undefined);
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
  const remarks = [...accuracyRemarks(page), ...upkeepRemarks(page)];
  const note = remarks.length > 0 ? `<p class="note">${remarks.map(escapeHtml).join(text.gap)}</p>` : "";
  return table(heads, rows, "accuracy") + note;
}

/** What belongs to the errors above: how often the interval held, what was in doubt, what was left out and why. */
function accuracyRemarks({ figures, text, format }: Page): string[] {
  const { accuracy, unusable, stoppedCounts } = figures;
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
function upkeepRemarks({ upkeep, text, format }: Page): string[] {
  if (!upkeep) return [];
  const { guard, saved } = upkeep;
  const last = Number.isNaN(saved) ? [] : [text.saved(format.minute(saved))];
  return guard === undefined ? last : [text.guard(text.guardState[guard]), ...last];
}

/** How many rows of a table fit beside the other tables that there are. */
function rowsOf(part: keyof (typeof ROWS)["alone"], { figures }: Page): number {
  const { assets, modes } = figures.accuracy;
  const counts = [ROWS.alone];
  if (modes.length > 1) counts.push(ROWS.modesToo);
  if (assets.length > 1) counts.push(ROWS.assetsToo);
  return Math.min(...counts.map((rows) => rows[part]));
}

/** The operating modes with most readings; nothing where none are told apart. */
export function modeTable(page: Page): string {
  const { figures, text } = page;
  const modes = figures.accuracy.modes.map(({ mode, error }) => ({ name: text.mode(mode), error }));
  return comparisonTable(text.column.mode, modes, rowsOf("modes", page), modes.length, page);
}

/** The assets with most readings, one by one; nothing where there is only one. */
export function assetTable(page: Page): string {
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
    return row(escapeHtml(shortName(name)), cells);
  });
  const { column, forecaster } = text;
  const heading = countOf(title, listed.length, all, page);
  return table([heading, column.readings, column.mae, `${column.mae} (${forecaster[reference]})`, column.skill], rows);
}

export function horizonTable(page: Page): string {
  const { figures, text, format } = page;
  const { horizons } = figures.accuracy;
  if (!horizons.length) return "";
  const listed = horizons.slice(0, rowsOf("horizons", page));
  const rows = listed.map(({ horizon, ahead, error: { learner, naive } }) => {
    const errors = [learner.mae, learner.rmse, naive.mae].map((value) => format.orNone(value, format.error));
    const cells = [...errors, format.orNone(naive.skill, format.compared)];
    return row(ahead === null ? format.whole(horizon) : escapeHtml(durationText(ahead)), cells);
  });
  const { column, forecaster } = text;
  const isCounted = horizons.some(({ ahead }) => ahead === null);
  const heading = countOf(isCounted ? column.horizon : column.ahead, listed.length, horizons.length, page);
  return table([heading, column.mae, column.rmse, `${column.mae} (${forecaster.naive})`, column.skill], rows);
}

/** A heading that says where a list is not complete. */
function countOf(heading: string, listed: number, all: number, { text, format }: Page): string {
  return listed < all ? `${heading} ${text.listed(format.whole(listed), format.whole(all))}` : heading;
}
