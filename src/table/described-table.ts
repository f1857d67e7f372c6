/** A table between its cells and its columns: what the cells are called and where the time stands. */
import type { Column } from "./column";
import { type FiscalYear, rowTimes, type TimeReading } from "./row-times";
import type { Cell, TableFormat } from "./table-format";
import { TableProblem } from "./table-problem";

/** More cells than that are not read. */
export const MOST_CELLS = 60_000_000;
/** ms between rows of which nothing else is known. */
export const EVENLY = 60_000;

/** Where more than this share of the rows have a time of their own, each row is a reading. */
const A_READING = 0.9;

/** The cells of a table of which is known what they are called and where the time stands. */
export interface Described {
  readonly names: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  readonly time: Pick<TableFormat, "timeColumn" | "clockColumn" | "dateOrder" | "start">;
  readonly reading: TimeReading;
  readonly unitOf: (column: number) => string;
  /** Names of columns of which the time was made. */
  readonly parts: readonly string[];
}

/** What a table holds. */
export interface ReadColumns extends Pick<TableFormat, "step" | "tagColumn"> {
  readonly columns: readonly Column[];
  /** ms since 1970 of each row, rising. */
  readonly times: Float64Array;
  readonly dropped: { readonly timeless: number; readonly doubled: number };
  /** Whether the rows came in the order of time. */
  readonly sorted: boolean;
  readonly fiscal?: FiscalYear;
}

/** How its rows are made. */
export interface Bounds {
  readonly step: number;
  /** What is wrong where the columns would fill the memory. */
  readonly isTooLong: () => TableProblem;
}

/** What stands for the time of each row: the same where it has the time of another one, also in the hour that a clock shows twice. */
export function keysOf({ names, rows, time, reading }: Described): string[] {
  const columns = timeColumns(names, time);
  const keys = rows.map((row) => columns.map((column) => String(row[column] ?? "").trim()).join(" "));
  // Times of day alone have no such hour.
  if (columns.length === 0 || time.dateOrder === "clock" || new Set(keys).size > A_READING * keys.length) return keys;
  const silent = { ...reading, note: () => {}, remark: () => {} };
  const { times, index } = rowTimes({ ...time, step: EVENLY }, names, rows, silent);
  for (const i of index) keys[i] = String(times[i]);
  return keys;
}

/** The columns that hold the time, by index. */
export function timeColumns(
  names: readonly string[],
  { timeColumn, clockColumn }: Pick<TableFormat, "timeColumn" | "clockColumn">,
): number[] {
  return [names.indexOf(timeColumn), names.indexOf(clockColumn)].filter((column) => column >= 0);
}

/** @throws TableProblem unknownColumn */
export function mustHave(names: readonly string[], name: string): void {
  if (names.includes(name)) return;
  const some = names.slice(0, 8).join(", ");
  throw new TableProblem(
    "unknownColumn",
    { name, names: some },
    `There is no column "${name}"; the table has: ${some}.`,
  );
}
