import { createHash } from "node:crypto";
import type { Column } from "../table/column";
import type { Section } from "../table/sections";
import type { Table, UnreadableCell } from "../table/table";
import type { Doubt, TableFormat } from "../table/table-format";

/** What a table holds, in short, as plain data. */
export interface DataSummary {
  /** The file, or "" for data that came in a message. */
  source: string;
  rows: number;
  /** ms since 1970 of the first and the last row. */
  from: number;
  to: number;
  columns: Omit<Column, "values" | "words">[];
  missing: number;
  unreadable: { count: number; first: UnreadableCell[] };
  dropped: { timeless: number; doubled: number };
  /** Rows with the time of others, spread evenly up to the next one. */
  spread: number;
  /** Rows that are no readings, and the first of them. */
  remarks: Table["remarks"];
  /** What stands below the table, each with a title and names of its own, and was not read. */
  sections: Section[];
  sorted: boolean;
  /** Of fiscal years the first as it stands, and when it was taken to begin: ms since 1970, in UTC. */
  fiscal?: { text: string; begin: number };
  format: TableFormat;
  doubts: Doubt[];
  /** Names of the sheets of a workbook, and of those that were read. */
  sheets: { all: string[]; read: string[] };
}

/** A summary names so many columns at most. */
const MOST_COLUMNS = 600;

export function summaryOf(table: Table, source: string): DataSummary {
  const { times, columns, unreadable, dropped, spread, remarks, sections, sorted, fiscal, format, doubts, sheets } =
    table;
  return {
    source,
    rows: times.length,
    from: times[0],
    to: times[times.length - 1],
    columns: columns.slice(0, MOST_COLUMNS).map(({ values: _, words: __, ...column }) => column),
    missing: columns.reduce((sum, { kind, missing }) => sum + (kind === "number" ? missing : 0), 0),
    unreadable: { count: unreadable.count, first: [...unreadable.first] },
    dropped: { ...dropped },
    spread,
    remarks: { ...remarks },
    sections: [...sections],
    sorted,
    ...(fiscal && { fiscal: { ...fiscal } }),
    format,
    doubts: [...doubts],
    sheets: { all: [...sheets.all], read: [...sheets.read] },
  };
}

/**
 * A name for what would be learnt: the same where the same numbers are learnt in the same way, wherever they came from.
 *
 * @param order everything beside the table that decides what comes out
 */
export function contentHash(table: Table, order: unknown): string {
  const hash = createHash("sha256").update(JSON.stringify(order));
  hash.update(table.times);
  for (const { name, kind, values, words } of table.columns)
    if (kind === "number") hash.update(JSON.stringify(name)).update(values);
    else if (words) hash.update(JSON.stringify([name, words]));
  return hash.digest("hex").slice(0, 32);
}
