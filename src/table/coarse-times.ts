/** Times of which the seconds were cut off, as when a spreadsheet saves a logger's file: several readings have the same. */
import type { RowTimes } from "./row-times";
import type { Cell } from "./table-format";

/** Such a table has this share of its rows in groups of the usual size, give or take one. */
const USUAL = 0.9;
/** What is cut off: seconds, or parts of a second, ms. */
const CUT: readonly number[] = [60_000, 1000];
/** So many groups are looked at. */
const LOOKED_AT = 200;

/**
 * Spreads rows with the same time evenly up to the next one, where nearly all times come equally often in a row. The first
 * group may begin in the middle.
 *
 * @returns how many rows got a time of their own; 0 = nothing was spread
 */
export function spreadCoarse({ times, index }: RowTimes, rows: readonly (readonly Cell[])[]): number {
  const begins = index.flatMap((row, k) => (k === 0 || times[row] !== times[index[k - 1]] ? [k] : []));
  const sizes = begins.map((begin, g) => (begins[g + 1] ?? index.length) - begin);
  const size = [...sizes].sort((a, b) => a - b)[sizes.length >> 1] ?? 0;
  if (begins.length < 3 || size < 2) return 0;
  const steps = begins.slice(1).map((begin, g) => times[index[begin]] - times[index[begins[g]]]);
  const step = [...steps].sort((a, b) => a - b)[steps.length >> 1];
  const isCut = CUT.includes(step) && begins.every((begin) => times[index[begin]] % step === 0);
  const usual = sizes.filter((one) => Math.abs(one - size) <= 1).reduce((sum, one) => sum + one, 0);
  const copies = index.filter(
    (row, k) => k > 0 && times[row] === times[index[k - 1]] && rows[row].join("\n") === rows[index[k - 1]].join("\n"),
  );
  if (!isCut || usual < USUAL * index.length || steps.some((one) => one < 0)) return 0;
  // A plant that stands still says the same too, but not all the time.
  if (copies.length >= USUAL * (index.length - begins.length)) return 0;
  const groups = begins.slice(0, LOOKED_AT).map((begin, g) => index.slice(begin, begin + sizes[g]).map((row) => rows[row])); // biome-ignore format: one line
  if (rows[index[0]].some((_, column) => tellsApart(groups, column))) return 0;
  let spread = 0;
  for (const [g, begin] of begins.entries()) {
    const most = Math.max(size, sizes[g]);
    const late = g === 0 ? most - sizes[g] : 0;
    for (let k = 0; k < sizes[g]; k++) {
      const ms = Math.round(((late + k) * step) / most);
      times[index[begin + k]] += ms;
      if (ms > 0) spread++;
    }
  }
  return spread;
}

/** Whether a column says whose reading each row is: the same few words or numbers come in most groups, each once. */
function tellsApart(groups: readonly (readonly (readonly Cell[])[])[], column: number): boolean {
  const counts = new Map<string, number>();
  for (const group of groups) {
    const cells = group.map((row) => String(row[column] ?? "").trim()).sort();
    if (new Set(cells).size < cells.length) continue;
    const key = cells.join("\n");
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values()) > groups.length / 2;
}
