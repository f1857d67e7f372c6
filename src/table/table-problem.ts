/** Why a table cannot be read at all. */
export type TableCode =
  | "empty"
  | "tooLarge"
  | "tooManyRows"
  | "tooManyColumns"
  | "oldExcel"
  | "pdf"
  | "markup"
  | "compressed"
  | "damagedExcel"
  | "noSheet"
  | "unknownSheet"
  | "encoding"
  | "setting"
  | "noRows"
  | "noNumbers"
  | "noTimes"
  | "unknownColumn"
  | "noObjects";

/** Thrown where nothing of a table can be used. `details` hold what a translation needs. */
export class TableProblem extends Error {
  override readonly name = "TableProblem";

  constructor(
    readonly code: TableCode,
    readonly details: Readonly<Record<string, string | number>>,
    text: string,
  ) {
    super(text);
  }
}
