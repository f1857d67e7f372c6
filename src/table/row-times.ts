/** When the rows of a table were: their times, in the order of time. */

import { isFiscal, periodIn, yearIn } from "../text/calendar-period";
import { elapsedIn, readStamp } from "../text/date-format";
import { LAST_TIME } from "../text/iso-time";
import type { CellReading } from "./column";
import { isSummary } from "./remarks";
import type { Cell, TableFormat } from "./table-format";
import { TableProblem } from "./table-problem";
import { withClock } from "./time-column";
import { minutesIn } from "./time-names";
import { instantsOfRows } from "./wall-time";

const DAY = 86_400_000;
/** ms between 30 December 1899, from which a spreadsheet counts its days, and 1970. */
const EXCEL_ZERO = 25_569 * DAY;
/** ms between the year 0, from which MATLAB counts its days, and 1970; between 1904, from which LabVIEW counts, and 1970. */
const MATLAB_ZERO = 719_529 * DAY;
const LABVIEW_ZERO = 2_082_844_800_000;
const MS: Partial<Record<TableFormat["dateOrder"], number>> = { s: 1e3, labview: 1e3, ms: 1, µs: 1e-3, ns: 1e-6 };
/** Below rows without a time this share of them may be sums. */
const MOST_SUMS = 0.2;
/** Zones without a summer time that stand behind the name of a column: "Time (UTC+09:00)", "timestamp_utc", "日時[JST]". */
const ZONE_IN_NAME = /(?:^|[^\p{L}])((?:utc|gmt)(?: ?[+-]\d{1,2}(?::?\d{2})?)?|jst|kst)\s*[)\]）］]?$/iu;

/** What is asked of the surroundings, and told them. */
export interface TimeReading extends CellReading {
  readonly zone: string;
  readonly now: number;
  /** The column that is kept as it stands where it holds words. */
  readonly words: string;
  /** A row is no reading. */
  readonly remark: (row: number) => void;
}

/** The rows that are readings. */
export interface RowTimes {
  /** ms since 1970 of each row; of the others something. */
  readonly times: Float64Array;
  /** The rows that have a time, the oldest first where the table begins with the newest. */
  readonly index: number[];
  readonly timeless: number;
  readonly isFalling: boolean;
  /** Where they are fiscal years, or quarters of such: the first of the table. */
  readonly fiscal?: FiscalYear;
}

/** A fiscal year, or a quarter of one, as it stands, and when it was taken to begin: ms since 1970, in UTC. */
export interface FiscalYear {
  readonly text: string;
  readonly begin: number;
}

/**
 * The times of the rows as they stand.
 *
 * @throws TableProblem noTimes where no row has one
 */
export function rowTimes(
  format: Pick<TableFormat, "timeColumn" | "clockColumn" | "dateOrder" | "start" | "step">,
  names: readonly string[],
  rows: readonly (readonly Cell[])[],
  { zone, now, number, marks, note, remark }: TimeReading,
): RowTimes {
  const { timeColumn, clockColumn, dateOrder, start, step } = format;
  const isBlank = (row: readonly Cell[]): boolean =>
    row.every((cell) => typeof cell === "string" && cell.trim() === "");
  const filled = rows.flatMap((row, i) => (isBlank(row) ? [] : [i]));
  const times = new Float64Array(rows.length);
  if (timeColumn === "") {
    const isSum = (i: number): boolean => {
      const first = rows[i].find((cell) => String(cell).trim() !== "");
      return typeof first === "string" && isSummary(first);
    };
    const sums = filled.filter(isSum);
    // Where many rows begin so, they hold such values.
    const areSums = sums.length <= MOST_SUMS * filled.length;
    if (areSums) for (const i of sums) remark(i);
    const index = areSums ? filled.filter((i) => !isSum(i)) : filled;
    index.forEach((i, k) => {
      times[i] = k * step;
    });
    return { times, index, timeless: 0, isFalling: false };
  }
  const [column, clock] = [names.indexOf(timeColumn), names.indexOf(clockColumn)];
  const offset = offsetIn(timeColumn);
  const isInstant = new Uint8Array(rows.length);
  // What is called so begins in April, also where only the number stands in its rows.
  const inJapan = dateOrder === "year" && timeColumn.includes("年度");
  const mayBeFiscal = dateOrder === "year" || dateOrder === "period";
  let fiscal: FiscalYear | undefined;
  let timeless = 0;
  let above: Cell = "";
  // Of days that are counted through: ms since midnight.
  const since = new Map<number, number>();
  const index = filled.filter((i) => {
    const row = rows[i];
    const counted = typeof row[column] === "string" ? minutesIn(row[column]) : undefined;
    if (counted) since.set(i, counted.minutes * 60_000);
    let date: Cell = counted?.day ?? row[column] ?? "";
    // A day that stands only in its first row holds for those below.
    if (clock >= 0 && String(date).trim() === "" && String(row[clock] ?? "").trim() !== "") date = above;
    const named = inJapan && !/年度?$/.test(String(date).trim()) ? `${date}年度` : date;
    const read = readTime(named, clock < 0 ? undefined : (row[clock] ?? ""), dateOrder, number);
    if (read) {
      times[i] = read.isInstant ? read.wall : read.wall - (offset ?? 0);
      isInstant[i] = Number(read.isInstant || offset !== undefined);
      above = date;
      if (mayBeFiscal && !fiscal && isFiscal(String(named), dateOrder === "year"))
        fiscal = { text: String(date).trim(), begin: read.wall };
      return true;
    }
    const isClock = clock >= 0 && readTime(date, undefined, dateOrder, number) !== undefined;
    const text = String((isClock ? row[clock] : date) ?? "").trim();
    const isSum = text === "" && row.some((cell) => typeof cell === "string" && isSummary(cell));
    const isWord = isSum || (text !== "" && !/\d/.test(text) && !marks.isMark(text));
    const isNumber = (cell: Cell): boolean => typeof cell === "number" || Number.isFinite(number(cell));
    if (isWord || !row.some((cell, k) => k !== column && k !== clock && isNumber(cell))) remark(i);
    else {
      timeless++;
      note(i, timeColumn, isClock ? withClock(date, row[clock]) : date);
    }
    return false;
  });
  if (index.length === 0) {
    const example = String(rows[filled[0]]?.[column] ?? "").slice(0, 40);
    throw new TableProblem(
      "noTimes",
      { column: timeColumn, example },
      `No row has a time that can be read in column "${timeColumn}" (for example "${example}"); choose another format.`,
    );
  }
  let rising = 0;
  for (let k = 1; k < index.length; k++) rising += Math.sign(times[index[k]] - times[index[k - 1]]);
  // Newest first: an hour that the clock shows twice is told apart by the row before it.
  const isFalling = rising < 0;
  if (isFalling) index.reverse();
  if (dateOrder === "clock") followDays(times, index);
  const begin = start === "" ? undefined : readStamp(start, "ymd")?.wall;
  if (begin !== undefined) {
    // Times of day are those of its day, unless they count from 0:00:00 on.
    const isOfDay = dateOrder === "clock" && times[index[0]] >= 1000;
    const zero = isOfDay ? Math.floor(begin / DAY) * DAY : begin;
    for (const i of index) {
      times[i] += zero;
      isInstant[i] = 0;
    }
  }
  const onWall = index.filter((i) => !isInstant[i]);
  const instants = instantsOfRows(
    Float64Array.from(onWall, (i) => times[i]),
    { zone, now },
  );
  onWall.forEach((i, k) => {
    times[i] = instants[k] + (since.get(i) ?? 0);
  });
  return { times, index, timeless, isFalling, fiscal };
}

/** Puts rows in the order of time; of those with the same time the last one of the table stays. */
export function inOrder({ times, index, isFalling }: RowTimes): { index: number[]; doubled: number; sorted: boolean } {
  const sorted = !isFalling && index.every((i, k) => k === 0 || times[i] >= times[index[k - 1]]);
  if (!sorted) index.sort((a, b) => times[a] - times[b] || a - b);
  const kept = index.filter((i, k) => times[i] !== times[index[k + 1]]);
  return { index: kept, doubled: index.length - kept.length, sorted };
}

/** Times of day alone: one that is much earlier than the one before it is of the next day. */
function followDays(times: Float64Array, index: readonly number[]): void {
  let day = 0;
  let last = Number.NEGATIVE_INFINITY;
  for (const i of index) {
    if (times[i] < last - DAY / 2) day += DAY;
    last = times[i];
    times[i] += day;
  }
}

/** ms that the zone in the name of a column is before UTC; undefined = it names none. */
function offsetIn(name: string): number | undefined {
  const zone = ZONE_IN_NAME.exec(name.normalize("NFKC").trim())?.[1].replace(" ", "");
  const stamp = zone === undefined ? undefined : readStamp(`1970-01-01 00:00 ${zone}`, "ymd");
  return stamp?.isInstant ? -stamp.wall : undefined;
}

/** The time that a cell tells, as the clock on the wall or as an instant; undefined = none. */
export function readTime(
  cell: Cell,
  clock: Cell | undefined,
  order: TableFormat["dateOrder"],
  number: (text: string) => number,
): { wall: number; isInstant: boolean } | undefined {
  if (order === "excel" || order === "matlab") {
    const days = typeof cell === "number" ? cell : number(cell);
    // Six digits behind the point are a tenth of a second: what is not whole is rounding.
    const wall = Math.round(days * 86_400) * 1000 - (order === "excel" ? EXCEL_ZERO : MATLAB_ZERO);
    return Math.abs(wall) <= LAST_TIME ? { wall, isInstant: false } : undefined;
  }
  if (order === "clock") {
    if (typeof cell === "number") return undefined;
    const wall = elapsedIn(cell);
    return wall === undefined ? readStamp(`1970-01-01 ${cell.trim()}`, "ymd") : { wall, isInstant: false };
  }
  if (order === "period") {
    const period = periodIn(String(cell));
    return period && { wall: period.begin, isInstant: false };
  }
  if (order === "year") {
    const wall = yearIn(String(cell));
    return wall === undefined ? undefined : { wall, isInstant: false };
  }
  const ms = MS[order];
  if (ms === undefined) return typeof cell === "number" ? undefined : readStamp(withClock(cell, clock), order);
  if (typeof cell === "string" && cell.trim() === "") return undefined;
  const value = typeof cell === "number" ? cell : number(cell);
  // A number of ns is off by up to 128 of them.
  const since = ms < 1 ? Math.floor(value / Math.round(1 / ms) + 1e-3) : value * ms;
  const wall = order === "labview" ? since - LABVIEW_ZERO : since;
  return Math.abs(wall) <= LAST_TIME ? { wall, isInstant: true } : undefined;
}
