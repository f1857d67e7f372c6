/** What the specs of tables ask of a table, and how plants write times. */
import { type ReadingOptions, readTable, rowsOf, type Table } from "../../src/table/table";

const UTC: ReadingOptions = { zone: "UTC" };

export function read(source: string | Uint8Array, options: ReadingOptions = {}): Table {
  return readTable(typeof source === "string" ? Buffer.from(source) : source, { ...UTC, ...options });
}

export function time(table: Table, row: number): string {
  return new Date(table.times.at(row) as number).toISOString();
}

/** The values of a row; of the last one where it is −1. */
export function row(table: Table, i: number): Record<string, number> {
  const at = i < 0 ? table.times.length + i : i;
  return [...rowsOf(table, at, at + 1)][0]?.values as Record<string, number>;
}

export function names(table: Table, kind = "number"): string[] {
  return table.columns.filter((column) => column.kind === kind).map(({ name }) => name);
}

const two = (n: number): string => String(n).padStart(2, "0");

/** The parts of the time some seconds after 2 March 2026, 6 o'clock. */
export function clock(seconds: number) {
  const d = new Date(Date.UTC(2026, 2, 2, 6) + 1000 * seconds);
  const [year, month, day] = [d.getUTCFullYear(), d.getUTCMonth() + 1, d.getUTCDate()];
  const [hour, minute, second] = [d.getUTCHours(), d.getUTCMinutes(), d.getUTCSeconds()];
  const iso = `${year}-${two(month)}-${two(day)}`;
  const hms = `${two(hour)}:${two(minute)}:${two(second)}`;
  return { year, month, day, hour, minute, second, iso, hms, dotted: `${two(day)}.${two(month)}.${year}` };
}

/** As many lines as are asked for, one below the other. */
export function lines(count: number, line: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => line(i)).join("\n");
}
