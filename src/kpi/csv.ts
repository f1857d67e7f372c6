/** The figures of a report as a table for a spreadsheet: one figure a row, with its unit and where it comes from. */
import { stringify } from "csv-stringify/sync";
import { durationText } from "../message/duration";
import { oneLine } from "../message/one-line";
import type { KpiFigures } from "./figures";
import type { Rates } from "./rates";

type Source = "measured" | "assumed" | "measured x assumed";
type Row = [
  layer: string,
  figure: string,
  scenario: string,
  value: number | string | null,
  unit: string,
  source: Source,
];

const HEADER = ["layer", "figure", "scenario", "value", "unit", "source"];

/**
 * What a spreadsheet would take for a formula: at the beginning of a text, or behind any sign that a spreadsheet of some
 * country takes for the end of a cell; blanks and quotes before it do not matter.
 */
const FORMULA = /(^|[,;|\t])(?=[\s\p{Cf}"']*[=+\-@＝＋－＠])/gu;

/**
 * RFC 4180 with a byte order mark, so that spreadsheets read UTF-8; a text that a spreadsheet would take for a formula (an
 * asset named "=1+1") is defused. Names are the same in every language: other programs read this too.
 *
 * @param unit of the target; empty = not known
 */
export function csv(figures: KpiFigures, rates: Rates, unit = ""): string {
  const cells = rows(figures, rates, unit).map((row) => row.map(harmless));
  return stringify([HEADER, ...cells], { bom: true, record_delimiter: "windows" });
}

function harmless<T>(cell: T): T | string {
  return typeof cell === "string" ? oneLine(cell).replace(FORMULA, "$1'") : cell;
}

function rows(figures: KpiFigures, rates: Rates, unit: string): Row[] {
  const { accuracy, baseline, alarms, exceedances, roi, money } = figures;
  const measured = (layer: string, figure: string, value: Row[3], of: string): Row => [
    layer,
    figure,
    "",
    value,
    of,
    "measured",
  ];
  const list: Row[] = [
    measured("observation", "asset", figures.asset, ""),
    measured("observation", "assets", figures.assets, ""),
    measured("observation", "from", isoTime(figures.from), ""),
    measured("observation", "to", isoTime(figures.time), ""),
    measured("observation", "readings", figures.readings, ""),
    measured("observation", "observed", figures.hours, "h"),
    measured("observation", "baseline", baseline.hours, "h"),
    measured("observation", "evaluation", baseline.evaluationHours, "h"),
    measured("observation", "stopped time counts", figures.stoppedCounts ? "yes" : "no", ""),
    measured("observation", "labels not usable", figures.unusable.count, ""),
    measured("observation", "labels not usable: sensor", figures.unusable.sensor, ""),
    ...figures.unusable.rules.map(({ rule, count }) =>
      measured("observation", `labels not usable: ${rule}`, count, ""),
    ),
  ];
  const stretches = [
    ["lifetime", accuracy.lifetime],
    ["window", accuracy.window],
    ["running", accuracy.running],
    ["stopped", accuracy.stopped],
    ...accuracy.modes.map(({ mode, error }) => [`mode "${mode}"`, error] as const),
    ["baseline", baseline.error],
    ...accuracy.horizons.map(
      ({ horizon, ahead, error }) => [`horizon ${ahead === null ? horizon : durationText(ahead)}`, error] as const,
    ),
    ...accuracy.assets.map(({ asset, error }) => [`asset "${asset}"`, error] as const),
  ] as const;
  for (const [stretch, errors] of stretches) {
    for (const name of ["learner", "existing", "naive", "frozen"] as const) {
      list.push(
        measured("accuracy", `${stretch} ${name} readings`, errors[name].readings, ""),
        measured("accuracy", `${stretch} ${name} MAE`, errors[name].mae, unit),
        measured("accuracy", `${stretch} ${name} RMSE`, errors[name].rmse, unit),
        measured("accuracy", `${stretch} ${name} mean error`, errors[name].meanError, unit),
        measured("accuracy", `${stretch} ${name} total of actual`, errors[name].total, "%"),
        measured("accuracy", `${stretch} ${name} MAE in top 5 %`, errors[name].peakMae, unit),
      );
      if (name !== "learner")
        list.push(
          measured("accuracy", `${stretch} skill against ${name}`, errors[name].skill, "%"),
          measured("accuracy", `${stretch} skill against ${name} in top 5 %`, errors[name].peakSkill, "%"),
        );
    }
    list.push(
      measured("accuracy", `${stretch} interval coverage`, errors.coverage, "%"),
      measured("accuracy", `${stretch} interval score`, errors.intervalScore, unit),
      measured("accuracy", `${stretch} readings in top 5 %`, errors.peaks, ""),
      measured("accuracy", `${stretch} interval coverage in top 5 %`, errors.peakCoverage, "%"),
      measured("accuracy", `${stretch} in doubt`, errors.doubt, "%"),
    );
  }
  if (money) {
    for (const name of ["existing", "naive", "frozen"] as const)
      list.push([
        "operation",
        `errors saved against ${name}`,
        "",
        money.saved[name],
        money.currency,
        "measured x assumed",
      ]);
  }
  if (alarms) {
    list.push(measured("operation", "exceedances", alarms.exceedances, ""));
    for (const name of ["learner", "existing", "naive"] as const) {
      for (const kind of ["true", "false", "missed", "confirmed"] as const)
        list.push(measured("operation", `${name} ${kind} alarms`, alarms[name][kind], ""));
      list.push(measured("operation", `${name} mean lead time`, alarms[name].leadMinutes, "min"));
    }
  }
  if (exceedances) {
    list.push(
      measured("regulation", "exceedances expected since baseline", exceedances.expected, ""),
      measured("regulation", "exceedances since baseline", exceedances.happened, ""),
    );
  }
  const each = rates.currency;
  for (const { name, layer, factors, range, ...sum } of roi.benefits) {
    for (const factor of factors)
      for (const scenario of ["conservative", "expected"] as const)
        list.push([layer, `${name}: ${factor.name}`, scenario, factor[scenario], "", factor.source]);
    const source = factors.some((factor) => factor.source === "measured") ? "measured x assumed" : "assumed";
    for (const scenario of ["conservative", "expected"] as const)
      list.push([layer, `${name}: benefit a ${rates.period}`, scenario, sum[scenario], each, source]);
    if (range) {
      list.push([layer, `${name}: benefit a ${rates.period}`, "range low", range.low, each, source]);
      list.push([layer, `${name}: benefit a ${rates.period}`, "range high", range.high, each, source]);
    }
  }
  for (const scenario of ["conservative", "expected"] as const) {
    const source = "measured x assumed";
    list.push(
      ["roi", `benefit a ${rates.period}`, scenario, roi.total?.[scenario] ?? null, each, source],
      ["roi", "return on investment, first year", scenario, roi.roi?.[scenario] ?? null, "%", source],
      ["roi", "payback", scenario, roi.payback?.[scenario] ?? null, "months", source],
    );
  }
  list.push(
    ["roi", "cost of the trial", "", rates.trialCost, each, "assumed"],
    ["roi", "running cost a year", "", rates.runningCost, each, "assumed"],
    ["roi", "running hours a year", "", rates.hoursPerYear, "h", "assumed"],
    ["roi", "missing", "", roi.missing.join(" "), "", "measured"],
    ["roi", "not counted yet", "", roi.waiting.join(" "), "", "measured"],
  );
  return list;
}

function isoTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
