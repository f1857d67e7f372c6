import { parse } from "csv-parse/sync";
import { periodIn } from "../text/calendar-period";
import { looksLikeDate } from "../text/date-format";
import { blankColumns, splitBlanks } from "./blank-columns";
import type { Cell, Grid, TableFormat } from "./table-format";

type Separator = TableFormat["separator"];

/** The comma comes last: it may as well be a decimal sign. */
const SEPARATORS: readonly Separator[] = ["\t", ";", "|", ","];
/** So many lines are looked at to find the separator. */
const LOOKED_AT = 200;
/** A longer cell is taken for a quotation mark that nobody closed. */
const LONGEST_RECORD = 1_000_000;

/** The separator of a text: the one of which most lines have the same number; blanks where all between them are values. */
export function guessSeparator(text: string): Separator {
  const said = /^sep=([,;\t|])\s*$/im.exec(text.slice(0, 20))?.[1];
  if (said) return said as Separator;
  const whole = text
    .slice(0, 400_000)
    .split(/\r\n|\n|\r/, LOOKED_AT)
    .filter((line) => line.trim() !== "");
  const lines = whole.map((line) => line.replace(/"[^"]*"/g, ""));
  let best: Separator = ",";
  let most = 0;
  for (const separator of SEPARATORS) {
    const counts = new Map<number, number>();
    for (const line of lines) {
      const count = line.split(separator).length - 1;
      if (count > 0) counts.set(count, (counts.get(count) ?? 0) + 1);
    }
    const same = Math.max(0, ...counts.values());
    if (same > 0.7 * lines.length && separator !== ",") return separator;
    if (same > most) [best, most] = [separator, same];
  }
  // Between blanks a comma is a decimal sign; behind a date with its time of day, or a month, it holds columns apart.
  const isDated = (line: string): boolean => {
    const first = line.split(",", 1)[0].trim();
    return /^\s*\S+ \S/.test(line) && (looksLikeDate(first) || periodIn(first) !== undefined);
  };
  if (best === "," && lines.filter((line) => line.includes(",") && isDated(line)).length > 0.7 * lines.length)
    return best;
  return blankColumns(whole) ? " " : best;
}

/** The cells of a text. `quote` comes back empty where quotation marks cannot be what holds cells together. */
export function splitCells(
  text: string,
  separator: Separator,
  quote: TableFormat["quote"],
): Grid & { quote: TableFormat["quote"] } {
  const lines = text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
  const found = cellsOf(lines, separator, quote);
  return lines.includes('="') ? { ...found, rows: found.rows.map((row) => row.map(unprotected)) } : found;
}

/** What a spreadsheet is told to take as text, ="00123", without what tells it so. */
function unprotected(cell: Cell): Cell {
  const text = typeof cell === "string" ? /^="(.*)"$/s.exec(cell.trim())?.[1] : undefined;
  return text === undefined ? cell : text.replaceAll('""', '"');
}

function cellsOf(
  lines: string,
  separator: Separator,
  quote: TableFormat["quote"],
): Grid & { quote: TableFormat["quote"] } {
  const isQuoted = quote !== "" && separator !== " " && lines.includes('"');
  const grid = isQuoted ? quoted(lines, separator) : undefined;
  if (grid) return { ...grid, quote };
  const plain = lines.split("\n");
  const rows = separator === " " ? splitBlanks(plain, blankColumns(plain)) : plain.map((line) => line.split(separator));
  while (rows.length > 0 && isBlank(rows[rows.length - 1])) rows.pop();
  return { rows, quote: separator !== " " && lines.includes('"') ? "" : quote };
}

/** @returns undefined where a quotation mark is never closed */
function quoted(text: string, separator: string): Grid | undefined {
  let rows: string[][];
  try {
    rows = parse(text, {
      delimiter: separator,
      record_delimiter: "\n",
      relax_quotes: true,
      relax_column_count: true,
      max_record_size: LONGEST_RECORD,
    });
  } catch {
    return undefined;
  }
  let line = 1;
  const lines = rows.map((row) => {
    const first = line++;
    for (const cell of row) for (let at = cell.indexOf("\n"); at >= 0; at = cell.indexOf("\n", at + 1)) line++;
    return first;
  });
  while (rows.length > 0 && isBlank(rows[rows.length - 1])) rows.pop();
  return { rows, lines };
}

function isBlank(row: readonly string[]): boolean {
  return row.every((cell) => cell.trim() === "");
}
