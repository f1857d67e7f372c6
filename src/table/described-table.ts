/** A table between its cells and its columns: what the cells are called and where the time stands. */
import type { Column } from "./column";
import type { FiscalYear, TimeReading } from "./row-times";
import type { Cell, TableFormat } from "./table-format";
import { TableProblem } from "./table-problem";

/** More cells than that are not read. */
export const MOST_CELLS = 60_000_000;
/** ms between rows of which nothing else is known. */
export const EVENLY = 60_000;

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
  /** Rows that had the time of another one and were spread over it. */
  readonly spread?: number;
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

/** The time of each row as it stands there. */
export function keysOf(rows: readonly (readonly Cell[])[], times: readonly number[]): string[] {
  return rows.map((row) => times.map((column) => String(row[column] ?? "").trim()).join(" "));
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
