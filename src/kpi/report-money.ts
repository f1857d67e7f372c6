/** The report's last layer: what the forecasts are worth, worked out in the open. */
import type { Benefit, Factor } from "./benefit";
import { lineChart } from "./chart";
import { escapeHtml } from "./escape-html";
import { table } from "./html-table";
import { periodsPerYear } from "./rates";
import { badge, LINES, type Page } from "./report-page";

/** Benefits that need a limit. */
const ON_LIMIT: readonly Benefit["name"][] = ["falseAlarms", "downtime", "exceedances"];

export function moneyTable(page: Page): string {
  const { figures, text, format, rates } = page;
  const { benefits, total, waiting } = figures.roi;
  const { column } = text;
  if (!total) return `<p>${text.notYet}</p>`;
  const row = (benefit: Benefit) => {
    const working = benefit.factors.map((factor) => factorText(factor, page)).join(" × ");
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
  const sum = `<tr class="own"><th colspan="2">${text.total(text.period[rates.period])} ${origin}</th><td>${format.money(total.conservative)}</td><td>${format.money(total.expected)}</td></tr>`;
  const heads = [column.benefit, column.working, column.conservative, column.expected];
  return table(heads, [layer("operation"), layer("regulation"), sum, returnRows(page, origin)], "money");
}

/** "measured 12.4 false alarms avoided", as counted, so that a reader sees what is fact and what is belief. */
function factorText({ name, source, expected, conservative }: Factor, { text, format }: Page): string {
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
export function cashChart({ figures, text, format, rates }: Page): string {
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
      { name: text.column.expected, points: line("expected"), ...LINES.learner },
      { name: text.column.conservative, points: line("conservative"), ...LINES.existing },
    ],
    xLabel: (month) => text.months(format.whole(month)),
    yLabel: format.money,
    fromZero: false,
    width: 700,
    height: 112,
  });
  return `<figure><figcaption>${text.chart.cumulative}</figcaption>${svg}</figure>`;
}
