import { looksLikeDate } from "../text/date-format";
import type { Cell } from "./table-format";

/** So many rows are looked at to find what a column holds. */
const LOOKED_AT = 500;
/** Where fewer of the rows have different times side by side, they are the same by intention. */
const APART = 0.1;
const TIME_WORD =
  /[\s_./:-]*[[(]?(?:date ?time|timestamp|time ?string|time|date|zeitstempel|zeit|datum|日時|時刻)[)\]]?$/iu;
const VALUE_WORD = /[\s_./:-]*[[(]?(?:value ?y|value|val|wert|値)[)\]]?$/iu;
/** What a column without a name is called. */
const NAMELESS = /^column \d+$/;
const NUMBERED = / \(\d+\)$/;

/** A tag that has a column of times of its own, by index. */
export interface OwnTime {
  readonly name: string;
  readonly time: number;
  readonly value: number;
  /** −1 = there is none. */
  readonly quality: number;
}

/**
 * Finds tags that stand side by side, each with a column of its own times before its values, as trends and compressed
 * archives are exported: "TI1 Time, TI1 Value, FI2 Time, FI2 Value".
 *
 * @returns undefined where the rows have one time
 */
export function ownTimes(
  names: readonly string[],
  rows: readonly (readonly Cell[])[],
  isNumber: (cell: Cell) => boolean,
): OwnTime[] | undefined {
  const step = Math.ceil(rows.length / LOOKED_AT);
  const some = rows.filter((_, i) => i % step === 0);
  const isMostly = (column: number, test: (cell: Cell) => boolean): boolean => {
    const filled = some.map((row) => row[column] ?? "").filter((cell) => String(cell).trim() !== "");
    return filled.length > 1 && filled.filter(test).length >= 0.7 * filled.length;
  };
  const isTime = (column: number): boolean =>
    isMostly(column, (cell) => typeof cell === "string" && /\d ?[:時] ?\d\d/.test(cell) && looksLikeDate(cell.trim()));
  const times = names.flatMap((_, column) => (isTime(column) ? [column] : []));
  const size = times[1] - times[0];
  const isEven = times.every((column, i) => i === 0 || column - times[i - 1] === size);
  const ends = times[times.length - 1] + size;
  const isAll = names.slice(ends).every((_, i) => !some.some((row) => String(row[ends + i] ?? "").trim() !== ""));
  if (times.length < 2 || (size !== 2 && size !== 3) || !isEven || times[0] > 1 || ends > names.length || !isAll)
    return undefined;
  if (!times.every((column) => isMostly(column + 1, isNumber))) return undefined;
  const text = (row: readonly Cell[], column: number): string => String(row[column] ?? "").trim();
  const isApart = (row: readonly Cell[]): boolean => {
    const given = times.map((column) => text(row, column)).filter((one) => one !== "");
    return given.some((one) => one !== given[0]);
  };
  if (some.filter(isApart).length < APART * some.length) return undefined;
  const bare = (column: number, word: RegExp): string => names[column].replace(NUMBERED, "").replace(word, "").trim();
  // "Start, level, end, level" tells of two times in the life of one thing.
  const isOfTag = (time: number): boolean => {
    const [ofTime, ofValue] = [bare(time, TIME_WORD), bare(time + 1, VALUE_WORD)];
    return ofTime === "" || ofValue === "" || NAMELESS.test(ofTime) || NAMELESS.test(ofValue) || ofTime === ofValue;
  };
  if (!times.every(isOfTag)) return undefined;
  const taken = new Set<string>();
  return times.map((time, k) => {
    const [ofTime, ofValue] = [bare(time, TIME_WORD), bare(time + 1, VALUE_WORD)];
    const base = (NAMELESS.test(ofValue) ? ofTime : ofValue) || ofTime || names[time + 1];
    const name = taken.has(base) ? `${base} (${k + 1})` : base;
    taken.add(name);
    return { name, time, value: time + 1, quality: size === 3 ? time + 2 : -1 };
  });
}
