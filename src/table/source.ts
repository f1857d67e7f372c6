/** The cells of whatever holds a table. */
import { assignedCells } from "./assignments";
import { guessSeparator, splitCells } from "./delimited";
import { decode } from "./encoding";
import { isZip, readExcel } from "./excel";
import { cellOf, gridOfObjects } from "./objects";
import { seriesRows } from "./series";
import type { Grid, Sheet, TableFormat } from "./table-format";
import { TableProblem } from "./table-problem";

/** Cells, and how they were told apart. */
export interface Dialect extends Pick<TableFormat, "encoding" | "sheet" | "separator" | "quote"> {
  readonly grid: Grid;
  /** Names of the sheets of a workbook. */
  readonly sheets: readonly string[];
  readonly isSheetDoubtful: boolean;
  /** What stands below the first one of them. */
  readonly further: () => readonly Sheet[];
  readonly isQuoteDoubtful: boolean;
  /** Whether the first row is known to hold the names. */
  readonly isNamed: boolean;
}

/** The cells of text, bytes or row objects. @throws TableProblem where bytes are known to be no table */
export function gridOf(source: Uint8Array | string | readonly unknown[], given: Partial<TableFormat>): Dialect {
  const bare = { encoding: "", sheet: "", sheets: [], separator: "", quote: "", isSheetDoubtful: false, further: () => [], isQuoteDoubtful: false, isNamed: false } as const; // biome-ignore format: one line
  if (Array.isArray(source)) return { ...bare, isNamed: true, grid: gridOfObjects(source) };
  if (source instanceof Uint8Array) {
    mustBeText(source);
    if (isZip(source)) {
      const { sheet, names, isDoubtful, further } = readExcel(source, given.sheet);
      return { ...bare, sheet: sheet.name, grid: sheet, sheets: names, isSheetDoubtful: isDoubtful, further };
    }
  }
  const decoded =
    typeof source === "string"
      ? { text: source.replace(/^\ufeff/, ""), encoding: "" }
      : decode(source as Uint8Array, given.encoding);
  const { encoding } = decoded;
  if (/^\s*<(?:!doctype|\?xml|html|head|body|table|meta|style|workbook)\b/i.test(decoded.text.slice(0, 1000)))
    throw new TableProblem("markup", {}, "This is HTML or XML; save it as .xlsx or CSV.");
  const json = jsonIn(decoded.text);
  if (json) return { ...bare, encoding, ...json };
  const assigned = given.separator ? undefined : assignedCells(decoded.text);
  if (assigned) return { ...bare, encoding, isNamed: true, grid: assigned };
  // Excel's own word about the separator, which the separator has heard.
  const text = decoded.text.replace(/^sep=.(?=[\r\n])/i, "");
  const separator = given.separator || guessSeparator(decoded.text);
  const { quote, ...grid } = splitCells(text, separator, given.quote ?? '"');
  return { ...bare, encoding, separator, quote, grid, isQuoteDoubtful: given.quote === undefined && quote === "" };
}

/**
 * JSON: an array of objects or of arrays, as web services send it, within another object or not; an object of columns; or
 * one object a line, as loggers write them; or series of points.
 */
function jsonIn(text: string): Pick<Dialect, "grid" | "isNamed"> | undefined {
  if (!/^\s*(?:\[\s*)?[{[]/.test(text.slice(0, 1000))) return undefined;
  let parsed: unknown;
  try {
    const lines = text.trim();
    parsed = JSON.parse(lines.startsWith("{") ? `[${lines.replace(/\}\s*\n\s*\{/g, "},{")}]` : lines);
  } catch {
    return undefined;
  }
  if (!Array.isArray(parsed)) return undefined;
  const rows = seriesRows(parsed) ?? rowsOfAll(parsed) ?? (parsed.length === 1 ? rowsWithin(parsed[0]) : parsed);
  if (!rows.every(Array.isArray)) return { isNamed: true, grid: gridOfObjects(rows) };
  return { isNamed: false, grid: { rows: rows.map((row: unknown[]) => row.map(cellOf)) } };
}

/** The rows of messages that each hold a list of them, under one name; undefined where they do not. */
function rowsOfAll(messages: readonly unknown[]): unknown[] | undefined {
  const isList = (value: unknown): boolean => Array.isArray(value) && typeof (value[0] ?? {}) === "object";
  const [name] = Object.entries(Object(messages[0])).find(([, value]) => isList(value)) ?? [];
  const lists = messages.map((message): unknown => Object(message)[name ?? ""]);
  return messages.length > 1 && !messages.some(Array.isArray) && lists.every(isList) ? lists.flat() : undefined;
}

/**
 * The rows that an object holds: its longest array of them, or its columns side by side, also as pandas writes them: by
 * time or by number of the row; else it is a row itself.
 */
function rowsWithin(only: unknown): unknown[] {
  const columns = Object.entries(Object(only));
  const keys = Object.keys(Object(columns[0]?.[1]));
  const isColumn = (value: unknown): boolean =>
    Object(value) === value && !Array.isArray(value) && Object.keys(value as object).join() === keys.join();
  if (keys.length > 2 && /^\d/.test(keys[0]) && columns.every(([, value]) => isColumn(value)))
    return keys.map((key) => ({
      ...(keys[0] === "0" ? {} : { index: key }),
      ...Object.fromEntries(columns.map(([name, column]) => [name, (column as Record<string, unknown>)[key]])),
    }));
  const arrays = Object.entries(Object(only)).filter((field): field is [string, unknown[]] => Array.isArray(field[1]));
  const tables = arrays.filter(([, array]) => array.some((row) => typeof row === "object" && row !== null));
  if (tables.length > 0) return tables.reduce((best, one) => (one[1].length > best[1].length ? one : best))[1];
  const length = arrays[0]?.[1].length ?? 0;
  if (length < 2 || arrays.some(([, array]) => array.length !== length)) return [only];
  return Array.from({ length }, (_, i) => Object.fromEntries(arrays.map(([name, array]) => [name, array[i]])));
}

/** @throws TableProblem where bytes are known to be no text */
function mustBeText(bytes: Uint8Array): void {
  const begins = (...start: number[]): boolean => start.every((byte, i) => bytes[i] === byte);
  if (begins(0xd0, 0xcf, 0x11, 0xe0))
    throw new TableProblem("oldExcel", {}, "This is an Excel file of the old kind (.xls); save it as .xlsx or CSV.");
  if (begins(0x25, 0x50, 0x44, 0x46))
    throw new TableProblem("pdf", {}, "This is a PDF; export the data as CSV or Excel.");
  if (begins(0x1f, 0x8b)) throw new TableProblem("compressed", {}, "The file is compressed (gzip); unpack it first.");
}
