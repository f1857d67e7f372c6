/** Rows among those with values that are no readings: names once more, sums at the end, who printed it. */
import type { Cell } from "./table-format";

/** What a row is called that says something of the others. */
const SUMMARY =
  /^(?:average|avg|mean|median|min|minimum|max|maximum|sum|total|totals|subtotal|grand total|count|std|stddev|std ?dev|summe|gesamt|mittelwert|mittel|durchschnitt|anzahl|moyenne|somme|total général|media|promedio|suma|totale|合計|総計|小計|計|平均|平均値|最大|最大値|最小|最小値|標準偏差|件数)\.?:?$/iu;
/** "-----+-----": a line that holds names and values apart. */
const RULE = /^[-=_+|* \t]*[-=_]{2,}[-=_+|* \t]*$/;

/** Whether a row is drawn, not written. */
export function isRule(row: readonly Cell[]): boolean {
  return row.length > 0 && typeof row[0] === "string" && RULE.test(row.join(" ")) && row.join("").length >= 3;
}

/** Whether a text is the name of a sum, an average and the like. */
export function isSummary(text: string): boolean {
  return text.length < 30 && SUMMARY.test(text.normalize("NFKC").trim());
}

/**
 * Tells the rows that are no readings wherever they stand: the names or the units once more, a line that is drawn, and
 * where names do not begin with a # what does.
 *
 * @param above the rows from that of the names on to the first of values
 */
export function isRepeated(above: readonly (readonly Cell[])[]): (row: readonly Cell[]) => boolean {
  const key = (row: readonly Cell[]): string => row.map((cell) => String(cell).trim()).join("\n").trimEnd(); // biome-ignore format: one line
  const keys = new Set(above.filter((row) => row.some((cell) => String(cell).trim() !== "")).map(key));
  const begins = new Set(above.map(([first = ""]) => String(first).trim()));
  const isMarked = [...begins].some((text) => text.startsWith("#"));
  return (row) => {
    if (typeof row[0] !== "string") return false;
    const first = row[0].trim();
    if (first.startsWith("#") && !isMarked) return true;
    // Two dashes in each cell are marks for no value.
    return (begins.has(first) && keys.has(key(row))) || (isRule(row) && /[-=_]{4}|\+/.test(row.join(" ")));
  };
}
