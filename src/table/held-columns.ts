/** Columns of tags that have times of their own. */
import type { Column } from "./column";
import { blankMissing, type MissingMarks } from "./missing-marks";
import { evenRows, heldEvenly, type Reports } from "./report-on-change";
import type { Cell } from "./table-format";

/** What a tag told, in the order of time. */
export interface TagReports {
  readonly name: string;
  readonly unit: string;
  /** ms since 1970. */
  readonly times: readonly number[];
  readonly cells: readonly Cell[];
  /** The row in which each of them stands. */
  readonly rows: readonly number[];
}

/** What is known of the cells. */
export interface Reading {
  readonly number: (text: string) => number;
  readonly marks: MissingMarks;
  readonly note: (row: number, column: string, cell: Cell) => void;
}

/** Rows that `heldColumns` would make, at most. */
export function heldRows(tags: readonly TagReports[], step: number): number {
  return evenRows(tags.map(asReports), step);
}

/**
 * Rows with an even spacing, in which the last value of each tag holds. Counts are those of the reports, not of the rows.
 *
 * @param step ms
 */
export function heldColumns(
  tags: readonly TagReports[],
  step: number,
  { number, marks, note }: Reading,
): { times: Float64Array; columns: Column[] } {
  const none = { values: new Float64Array(0) };
  const read = tags.map(({ name, unit, times, cells, rows }) => {
    const values = Float64Array.from(cells, (cell) => (typeof cell === "number" ? cell : number(cell)));
    const wrong: number[] = [];
    let missing = 0;
    values.forEach((value, i) => {
      if (Number.isFinite(value)) return;
      values[i] = Number.NaN;
      const cell = cells[i];
      if (typeof cell === "number" || cell.trim() === "" || marks.isMark(cell)) missing++;
      else wrong.push(i);
    });
    missing += blankMissing(values, marks.numbers);
    const counts = { read: cells.length - missing - wrong.length, missing, unreadable: wrong.length };
    const kind = counts.read === 0 && wrong.length === 0 ? "empty" : wrong.length > counts.read ? "text" : "number";
    if (kind === "number") for (const i of wrong) note(rows[i], name, cells[i]);
    return { column: { name, unit, kind, ...counts } as const, reports: { times, values: [...values] } };
  });
  const numbers = read.filter(({ column }) => column.kind === "number");
  if (numbers.length === 0)
    return { times: new Float64Array(0), columns: read.map(({ column }) => ({ ...column, ...none })) };
  const held = heldEvenly(numbers.map(({ reports }) => reports), step); // biome-ignore format: one line
  const columns = read.map((one): Column => {
    const at = numbers.indexOf(one);
    return at < 0 ? { ...one.column, ...none } : { ...one.column, values: held.values[at] };
  });
  return { times: held.times, columns };
}

function asReports({ times }: TagReports): Reports {
  return { times, values: [] };
}
