/** Sections of a table below each other, each with a title and names of its own, such as one for each machine. */
import { guessDateOrder, readStamp } from "../text/date-format";
import { isSummary } from "./remarks";
import { type Cell, type Grid, lineOf, type Place } from "./table-format";
import { isTimeName, withClock } from "./time-column";

/** A section that is not read: its title, "" = it has none, and where its names stand. */
export interface Section extends Place {
  readonly title: string;
}

/** So many times tell in which order day and month stand. */
const LOOKED_AT = 200;

/**
 * Finds the sections that belong to something else than the first one: they have other names, or the same ones set apart by
 * a title or an empty line, for the same time. Names that come once more on the next page, or the next day, go on with the first.
 *
 * @param named index of the row of names; −1 = there is none
 * @param first that of the first row of values
 * @returns with the index of the row before which the first section ends
 */
export function sectionsBelow(page: Grid, named: number, first: number): { end: number; others: Section[] } {
  const { rows } = page;
  const names = (rows[named] ?? []).map(textOf);
  const times = names.flatMap((name, k) => (isTimeName(name) ? [k] : [])).slice(0, 2);
  const isNames = (row: readonly Cell[]): boolean =>
    times.every((k) => textOf(row[k]) === names[k]) && row.filter((cell) => textOf(cell) !== "").length > times.length;
  const heads = times.length === 0 ? [] : rows.flatMap((row, i) => (i >= first && isNames(row) ? [i] : []));
  const stampOf = (row: readonly Cell[]): string => withClock(textOf(row[times[0]]), times.length > 1 ? textOf(row[times[1]]) : undefined); // biome-ignore format: one line
  const { order } = guessDateOrder(heads.length === 0 ? [] : rows.slice(first, first + LOOKED_AT).map(stampOf));
  const timeOf = (row: readonly Cell[]): number => {
    const text = stampOf(row).trim();
    return text === "" ? Number.NaN : Number.isFinite(Number(text)) ? Number(text) : (readStamp(text, order)?.wall ?? Number.NaN); // biome-ignore format: one line
  };
  const isTimed = (row: readonly Cell[]): boolean => Number.isFinite(timeOf(row));
  /** From when to when a section tells. */
  const spanOf = (from: number, to: number): [number, number] => {
    let [i, k] = [from, to - 1];
    while (i < k && !isTimed(rows[i])) i++;
    while (i < k && !isTimed(rows[k])) k--;
    const ends = [i, k].map((at) => timeOf(rows[at] ?? []));
    return [Math.min(...ends), Math.max(...ends)];
  };
  /** The last row above the names of a section that is not empty. */
  const aboveOf = (head: number): number => {
    let i = head - 1;
    while (i >= first && rows[i].every((cell) => textOf(cell) === "")) i--;
    return i;
  };
  const isTitle = (i: number): boolean => {
    const filled = (rows[i] ?? []).filter((cell) => textOf(cell) !== "");
    return i >= first && filled.length < 3 && !isTimed(rows[i]) && !isSummary(textOf(filled[0]));
  };
  let [from, to] = heads.length === 0 ? [0, 0] : spanOf(first, heads[0]);
  const others: Section[] = [];
  let end = rows.length;
  for (const [n, head] of heads.entries()) {
    const above = aboveOf(head);
    const begin = isTitle(above) ? above : head;
    const isApart = begin < head || (above >= first && lineOf(page, head) - lineOf(page, above) > 1);
    const next = spanOf(head + 1, heads[n + 1] ?? rows.length);
    const shared = Math.min(to, next[1]) - Math.max(from, next[0]);
    const isOfSameTime = isApart && shared > 0 && shared >= (next[1] - next[0]) / 2;
    if (others.length > 0 || !areAlike(names, rows[head].map(textOf)) || isOfSameTime) {
      end = Math.min(end, begin);
      others.push({ title: begin === head ? "" : rows[begin].map(textOf).join(" ").trim(), line: lineOf(page, head) }); // biome-ignore format: one line
    } else if (next[0] <= next[1]) [from, to] = [Math.min(from, next[0]), Math.max(to, next[1])];
  }
  return { end, others };
}

/**
 * Whether names are the same, as far as both go: a logger may be given a channel more, and another version of its program
 * writes them in capitals, or a unit with its sign.
 */
function areAlike(some: readonly string[], others: readonly string[]): boolean {
  const count = Math.min(...[some, others].map((names) => names.findLastIndex((name) => name !== "") + 1));
  return some.slice(0, count).every((name, k) => plain(name) === plain(others[k]));
}

/** A name in letters and digits alone. */
function plain(name: string): string {
  const letters = name
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");
  return letters === "" ? name : letters;
}

function textOf(cell: Cell | undefined): string {
  return String(cell ?? "").trim();
}
