/** One column of a table. */
export interface Column {
  readonly name: string;
  /** As the table says; "" = it says none. */
  readonly unit: string;
  /** number: usable; text: mostly words; time: where the time stands; empty: nothing in it. */
  readonly kind: "number" | "text" | "time" | "empty";
  /** Of a column of numbers one for each row, NaN = missing; of others empty. */
  readonly values: Float64Array;
  /** Cells that were read, that held nothing or a mark for it, and that could not be read. */
  readonly read: number;
  readonly missing: number;
  readonly unreadable: number;
}
