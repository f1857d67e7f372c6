import { arePeriods, areYears, periodIn, yearIn } from "../text/calendar-period";
import {
  type DateOrder,
  elapsedIn,
  guessDateOrder,
  looksLikeClock,
  looksLikeDate,
  looksLikeHour,
  readStamp,
} from "../text/date-format";
import type { Cell, TableFormat } from "./table-format";

export type TimeFormat = Pick<TableFormat, "timeColumn" | "clockColumn" | "dateOrder">;

const DAY = 86_400_000;
/** So many cells of a column are looked at to find what it holds. */
const LOOKED_AT = 200;
/** Times since 1970 are recognised from 2000 to 2066, where LabVIEW's since 1904 begin to be from 2000 on. */
export const SINCE = 946_684_800;
const UNTIL = 3_029_529_600;
const isLabview = (value: number): boolean => value >= UNTIL && value <= 2 * UNTIL;
const UNITS: readonly [DateOrder, number][] = [
  ["s", 1],
  ["ms", 1e3],
  ["µs", 1e6],
  ["ns", 1e9],
];
/** The time of day that a date brings with it. */
const CLOCK_BEHIND = /\d ?[:時h] ?\d\d|\d[T ]\d{4,6}/;
const NAMED =
  /^(?:time|timestamp|date|datetime|ts|elapsed|zeit|zeitstempel|datum|temps|heure|hora|fecha|tempo|時刻|時間|日時|日付|経過時間)(?!\p{L})/iu;
/** Days of a spreadsheet from 2000 to 2100, with parts of a day. */
const isExcelDay = (value: number): boolean => value >= 36_526 && value <= 73_051;
/** The same since the year 0. */
const isMatlabDay = (value: number): boolean => value >= 730_486 && value <= 767_011;
/** What a column of months, quarters or weeks is called. */
const PERIODS =
  /^(?:(?:year|calendar|billing)?[ _-]?(?:month|week|quarter|period)|yyyymm|monat|woche|kw|mois|mes|mese|年月|月|月度|週|対象月|使用月)(?!\p{L})/iu;
/** What the first column is called where it counts from the start of a trial. */
const SINCE_START = /^(?:t|s|sec|seconds?|x_value|秒)$/i;
const IN_MS = /(?:^|[^a-z])m(?:illi)?s(?:ec(?:onds?)?)?(?:[^a-z]|$)/i;

/** Whether a column of this name holds times. */
export function isTimeName(name: string): boolean {
  return NAMED.test(name.normalize("NFKC").trim());
}

function isPeriodName(name: string): boolean {
  const plain = name.normalize("NFKC").trim();
  return PERIODS.test(plain) || NAMED.test(plain);
}

/**
 * Finds the column with the time: the first that holds dates, with a column of times of day beside it where they stand
 * alone; else months, quarters or weeks that follow each other; else numbers that never fall and are times since 1970, or bear the name of a time; else times of day; else years in the first column, one a row.
 *
 * @param cells of one column, of the rows with values
 * @returns without a name where the rows have no time
 */
export function guessTimeColumn(
  names: readonly string[],
  cells: (column: number) => readonly Cell[],
  number: (text: string) => number,
): TimeFormat & { isDoubtful: boolean } {
  const none = { timeColumn: "", clockColumn: "", dateOrder: "ymd" as DateOrder, isDoubtful: false };
  const samples = names.map((_, column) => sample(cells(column)));
  const isMostly = (column: number, test: (text: string) => boolean): boolean => {
    const texts = samples[column].filter((cell) => typeof cell === "string") as string[];
    return texts.length > 0 && texts.length === samples[column].length && count(texts, test) >= 0.7 * texts.length;
  };
  const dates = names.flatMap((_, i) => (isMostly(i, looksLikeDate) ? [i] : []));
  // When it was asked for stands beside when it was, the same in every row.
  const column = dates.find((i) => new Set(samples[i]).size > 1) ?? dates[0] ?? -1;
  if (column >= 0) {
    // "Printed on 3 March, 07:00" below the table is no date of it.
    const hasClock = samples[column].some((cell) => CLOCK_BEHIND.test(String(cell)) && looksLikeDate(String(cell)));
    const clock = hasClock
      ? -1
      : names.findIndex((_, i) => i !== column && isMostly(i, (text) => looksLikeClock(text) || looksLikeHour(text)));
    const { order, isDoubtful } = guessDateOrder(wholeTexts(cells(column), clock < 0 ? undefined : cells(clock)));
    return { timeColumn: names[column], clockColumn: names[clock] ?? "", dateOrder: order, isDoubtful };
  }
  const period = names.findIndex((name, i) => {
    const texts = cells(i).slice(0, LOOKED_AT).map(String).filter((text) => text.trim() !== ""); // biome-ignore format: one line
    const periods = texts.filter((text) => periodIn(text));
    // A sum may stand below a year. And 202501 is a number as well, unless its column is one of months.
    const isMost = periods.length >= 0.8 * texts.length;
    return isMost && arePeriods(periods) && (isPeriodName(name) || periods.some((text) => Number.isNaN(number(text))));
  });
  if (period >= 0) return { ...none, timeColumn: names[period], dateOrder: "period" };
  for (const [i, name] of names.entries()) {
    const numbers = samples[i].map((cell) => (typeof cell === "number" ? cell : number(cell)));
    if (numbers.length < 2 || numbers.some(Number.isNaN)) continue;
    const rises = numbers.slice(1).filter((value, k) => value >= numbers[k]).length;
    if (rises < 0.95 * (numbers.length - 1) && rises > 0.05 * (numbers.length - 1)) continue;
    const unit = UNITS.find(([, per]) => numbers.every((value) => value >= SINCE * per && value <= UNTIL * per));
    if (unit) return { ...none, timeColumn: name, dateOrder: unit[0] };
    if (NAMED.test(name) && numbers.every(isLabview)) return { ...none, timeColumn: name, dateOrder: "labview" };
    if (NAMED.test(name) && numbers.every(isMatlabDay)) return { ...none, timeColumn: name, dateOrder: "matlab" };
    if (NAMED.test(name) && numbers.every(isExcelDay) && numbers.some((value) => !Number.isInteger(value)))
      return { ...none, timeColumn: name, dateOrder: "excel" };
    // Seconds since the start of a trial, for example.
    if ((NAMED.test(name) || (i === 0 && SINCE_START.test(name))) && numbers[0] !== numbers.at(-1))
      return { ...none, timeColumn: name, dateOrder: IN_MS.test(name) ? "ms" : "s" };
  }
  const clock = names.findIndex(
    (name, i) =>
      (i === 0 || NAMED.test(name)) &&
      isMostly(i, (text) => looksLikeClock(text) || looksLikeHour(text) || elapsedIn(text) !== undefined) &&
      goOn(cells(i).slice(0, LOOKED_AT)),
  );
  if (clock >= 0) return { ...none, timeColumn: names[clock], dateOrder: "clock" };
  const firsts = cells(0)
    .map(String)
    .filter((text) => text.trim() !== "");
  const years = firsts.filter((text) => yearIn(text) !== undefined);
  const isYears = years.length >= 0.8 * firsts.length && areYears(years);
  return isYears ? { ...none, timeColumn: names[0], dateOrder: "year" } : none;
}

/** Whether times of day follow each other, over midnight too, forwards or backwards: spans of time do not. */
function goOn(clocks: readonly Cell[]): boolean {
  const stamps = clocks.flatMap((clock) => elapsedIn(String(clock)) ?? readStamp(`1970-01-01 ${clock}`, "ymd")?.wall ?? []); // biome-ignore format: one line
  const steps = stamps.slice(1).map((stamp, i) => stamp - stamps[i]);
  const forwards = steps.filter((step) => step >= 0 || step < -DAY / 2).length;
  const backwards = steps.filter((step) => step <= 0 || step > DAY / 2).length;
  return Math.max(forwards, backwards) >= 0.9 * steps.length;
}

/** Date and time of day of a row as one text. */
export function withClock(date: Cell, clock: Cell | undefined): string {
  return clock === undefined ? String(date) : `${String(date).replace(/[T ]00:00(:00)?$/, "")} ${clock}`;
}

function wholeTexts(dates: readonly Cell[], clocks: readonly Cell[] | undefined): string[] {
  return dates.map((date, i) => withClock(date, clocks?.[i]));
}

function sample(cells: readonly Cell[]): Cell[] {
  const filled = cells.filter((cell) => typeof cell === "number" || cell.trim() !== "");
  const step = Math.max(1, Math.floor(filled.length / LOOKED_AT));
  return filled.filter((_, i) => i % step === 0).map((cell) => (typeof cell === "string" ? cell.trim() : cell));
}

function count(texts: readonly string[], test: (text: string) => boolean): number {
  return texts.filter(test).length;
}
