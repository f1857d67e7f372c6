import { type DateOrder, guessDateOrder, looksLikeClock, looksLikeDate, readStamp } from "../text/date-format";
import type { Cell, TableFormat } from "./table-format";

export type TimeFormat = Pick<TableFormat, "timeColumn" | "clockColumn" | "dateOrder">;

const DAY = 86_400_000;
/** So many cells of a column are looked at to find what it holds. */
const LOOKED_AT = 200;
/** Times since 1970 are recognised from 2000 to 2066, where LabVIEW's since 1904 begin to be from 2000 on. */
const SINCE = 946_684_800;
const UNTIL = 3_029_529_600;
const isLabview = (value: number): boolean => value >= UNTIL && value <= 2 * UNTIL;
const UNITS: readonly [DateOrder, number][] = [
  ["s", 1],
  ["ms", 1e3],
  ["µs", 1e6],
  ["ns", 1e9],
];
const NAMED =
  /^(?:time|timestamp|date|datetime|ts|elapsed|zeit|zeitstempel|datum|temps|heure|hora|fecha|tempo|時刻|時間|日時|日付|経過時間)(?!\p{L})/iu;
/** Days of a spreadsheet from 2000 to 2100, with parts of a day. */
const isExcelDay = (value: number): boolean => value >= 36_526 && value <= 73_051;
/** The same since the year 0. */
const isMatlabDay = (value: number): boolean => value >= 730_486 && value <= 767_011;
const IN_MS = /(?:^|[^a-z])m(?:illi)?s(?:ec(?:onds?)?)?(?:[^a-z]|$)/i;

/** Whether a column of this name holds times. */
export function isTimeName(name: string): boolean {
  return NAMED.test(name.normalize("NFKC").trim());
}

/**
 * Finds the column with the time: the first that holds dates, with a column of times of day beside it where they stand
 * alone; else numbers that never fall and are times since 1970, or bear the name of a time; else times of day.
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
    const hasClock = count(samples[column] as string[], (text) => /\d ?[:時h] ?\d\d|\d[T ]\d{4,6}/.test(text)) > 0;
    const clock = hasClock ? -1 : names.findIndex((_, i) => i !== column && isMostly(i, looksLikeClock));
    const { order, isDoubtful } = guessDateOrder(wholeTexts(cells(column), clock < 0 ? undefined : cells(clock)));
    return { timeColumn: names[column], clockColumn: names[clock] ?? "", dateOrder: order, isDoubtful };
  }
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
    if ((NAMED.test(name) || (i === 0 && name === "t")) && numbers[0] !== numbers.at(-1))
      return { ...none, timeColumn: name, dateOrder: IN_MS.test(name) ? "ms" : "s" };
  }
  const clock = names.findIndex(
    (name, i) => (i === 0 || NAMED.test(name)) && isMostly(i, looksLikeClock) && goOn(cells(i).slice(0, LOOKED_AT)),
  );
  return clock < 0 ? none : { ...none, timeColumn: names[clock], dateOrder: "clock" };
}

/** Whether times of day follow each other, over midnight too, forwards or backwards: spans of time do not. */
function goOn(clocks: readonly Cell[]): boolean {
  const stamps = clocks.flatMap((clock) => readStamp(`1970-01-01 ${clock}`, "ymd")?.wall ?? []);
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
