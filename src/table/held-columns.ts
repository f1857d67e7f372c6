/** Columns of tags that have times of their own. */
import { type CellReading, type Column, readCells } from "./column";
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
  reading: CellReading,
): { times: Float64Array; columns: Column[] } {
  const none = { values: new Float64Array(0) };
  const read = tags.map(({ name, unit, times, cells, rows }) => {
    const column = readCells({ name, unit }, cells, rows, reading);
    return { column, reports: { times, values: [...column.values] } };
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
