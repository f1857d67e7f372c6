/** The report's second and third layer: alarms and exceedances. */
import type { Factor } from "./benefit";
import { escapeHtml } from "./escape-html";
import { row, table } from "./html-table";
import type { AlarmRecord } from "./meter";
import { badge, type Page, shortName } from "./report-page";

/** The factors whose product is the number of exceedances avoided. */
const AVOIDED: readonly Factor["name"][] = ["exceedancesExpected", "warnedMore", "preventable"];

export function alarmTable({ figures, text, format }: Page): string {
  const { alarms } = figures;
  if (!alarms) return `<p>${text.noLimit}</p>`;
  const { column } = text;
  const rows = (["learner", "existing", "naive"] as const)
    .filter((name) => name !== "existing" || figures.accuracy.lifetime.existing.readings > 0)
    .map((name) => {
      const count = alarms[name];
      const cells = [count.true, count.false, count.missed, count.confirmed].map(format.whole);
      const lead = format.orNone(count.leadMinutes, (minutes) => format.duration(minutes));
      return row(text.forecaster[name], [...cells, lead], name === "learner" ? "own" : undefined);
    });
  return table([column.forecast, column.true, column.false, column.missed, column.confirmed, column.lead], rows);
}

/** The last events, and how many exceedances there were: those of the plant's own limit belong to its operation. */
export function recentTable(page: Page): string {
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
  const heads = [column.when, ...(several ? [column.asset] : []), column.event];
  return `<h2>${text.recentAlarms}</h2>${table(heads, rows, "list")}${count}`;
}

export function isRegulated({ figures, rates }: Page): boolean {
  return rates.limitKind === "regulation" && figures.alarms !== null;
}

/** Exceedances since the baseline and, where they are paid for, those that warnings can avoid. */
export function exceedances({ figures, text, format, rates }: Page): string {
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
