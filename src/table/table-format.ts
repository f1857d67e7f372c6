import type { DateOrder } from "../text/date-format";
import type { NumberFormat } from "../text/number-format";

/**
 * How a table is read: each guess is a field. Give it back with a field changed, and the table is read so.
 *
 * Lines are counted from 1 as an editor shows them; in Excel they are the rows of the sheet.
 */
export interface TableFormat extends NumberFormat {
  /** A name that TextDecoder knows; "" = the table came as text, as objects or from Excel. */
  encoding: string;
  /** Of Excel the sheet that is read; "*" = all with the same names, one below the other; "" = the table came from elsewhere. */
  sheet: string;
  /** " " = runs of blanks; "" = Excel or objects. */
  separator: "," | ";" | "\t" | "|" | " " | "";
  /** What holds a cell together in which a separator or a line break stands; "" = nothing does. */
  quote: '"' | "";
  /** Where the names of the columns stand; 0 = nowhere. */
  headerLine: number;
  /** 0 = no line of units. */
  unitsLine: number;
  /** The first line of values. */
  firstLine: number;
  /** Name of the column with the time; "" = none, the rows are evenly spaced. */
  timeColumn: string;
  /** Name of the column with the time of day, where the date stands alone; "" = none. */
  clockColumn: string;
  /** Name of the column that says whose value a row holds, where each row holds one: each becomes a column; "" = none. */
  tagColumn: string;
  /**
   * Of tags with times of their own, as where they report when they change: "held" = rows with an even spacing, in which the
   * last value of each tag holds; "reported" = a value stands only where it was reported.
   */
  tagValues: "held" | "reported";
  dateOrder: DateOrder;
  /** Of times without a date, and of times since the start: when the first row was, as "2026-03-02 06:00:00"; "" = not known. */
  start: string;
  /** ms between two rows where there is no column of times, or where values are held. */
  step: number;
  /**
   * What stands for "no value"; upper and lower case are the same. A number among them counts only in a column whose other
   * values all stay far above it: −999 may be a measured value elsewhere.
   */
  missing: readonly string[];
  /** Words for the two states of something, "RUN/STOP": a column that holds no others becomes 1 and 0. */
  states: readonly string[];
  /** Whether numbers with a sign or a mark beside them count, as "<0.5" and "60.5*". */
  marked: "counted" | "missing";
}

/** A field of the format that the table leaves open: as good as any other, the guess may be wrong. */
export type Doubt = keyof TableFormat;

/** One cell as it came: text, or a number where the source knows numbers (Excel, objects). */
export type Cell = string | number;

/** The cells of a table before they mean anything. */
export interface Grid {
  readonly rows: readonly (readonly Cell[])[];
  /** Line of each row; absent = row i stands in line i + 1. */
  readonly lines?: readonly number[];
}

/** No sheet of Excel can be called so. */
export const ALL_SHEETS = "*";

/** A sheet of a workbook. */
export interface Sheet extends Grid {
  readonly name: string;
}

/** Where something stands. */
export interface Place {
  readonly line: number;
  /** Absent where one sheet is read, or none. */
  readonly sheet?: string;
}

/** The line in which a row of a grid stands. */
export function lineOf({ lines }: Grid, row: number): number {
  return lines ? lines[row] : row + 1;
}
