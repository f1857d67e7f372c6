import { isZone } from "../message/zone";
import { DATE_ORDERS, readStamp } from "../text/date-format";
import { guessNumberFormat, numberReader } from "../text/number-format";
import { withoutUnits } from "./cell-units";
import { guessSeparator, splitCells } from "./delimited";
import { decode } from "./encoding";
import { isZip, readExcel } from "./excel";
import { guessLayout, namesOf, unitIn } from "./header";
import { blankMissing, MISSING_MARKS, type MissingMarks, missingMarks } from "./missing-marks";
import { firstLines, gridOfObjects, MOST_COLUMNS, tooManyColumns } from "./objects";
import { type Cell, type Doubt, type Grid, lineOf, type TableFormat } from "./table-format";
import { TableProblem } from "./table-problem";
import { tagColumns, type Widened, widen } from "./tags";
import { guessTimeColumn, withClock } from "./time-column";
import { wallClock } from "./wall-time";

/** How a table is to be read. */
export interface ReadingOptions {
  /** Fields that are known; all others are guessed. */
  readonly format?: Partial<TableFormat>;
  /** Zone in which times without one are meant: an IANA name; empty = the machine's. */
  readonly zone?: string;
  /** ms: of an hour that is run through twice the one that is not in the future. Default: now. */
  readonly now?: number;
  /** Larger files are refused. Default 100 MB. */
  readonly mostBytes?: number;
  /** Longer tables are refused. Default 2,000,000. */
  readonly mostRows?: number;
}

/** A cell that could not be read. */
export interface UnreadableCell {
  readonly line: number;
  /** Name of the column; "" = a cell beyond the last column. */
  readonly column: string;
  readonly text: string;
}

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

/** A table as it was read. */
export interface Table {
  /** How it was read, guesses included. */
  readonly format: TableFormat;
  /** Guesses for which the table itself says too little. */
  readonly doubts: readonly Doubt[];
  readonly columns: readonly Column[];
  /** Names of the columns as they stand in the table. */
  readonly names: readonly string[];
  /** ms since 1970 of each row, rising. */
  readonly times: Float64Array;
  /** What could not be read, in the columns of numbers and times: how much, and the first of it. */
  readonly unreadable: { readonly count: number; readonly first: readonly UnreadableCell[] };
  /** Rows that are left out: without a readable time, or with the time of another row (of these the last one stays). */
  readonly dropped: { readonly timeless: number; readonly doubled: number };
  /** Whether the rows came otherwise than in the order of time. */
  readonly sorted: boolean;
  /** The first lines as they stand in the table. */
  readonly head: readonly { readonly line: number; readonly cells: readonly string[] }[];
}

const MOST_BYTES = 100_000_000;
const MOST_ROWS = 2_000_000;
const MOST_CELLS = 60_000_000;
const FIRST_UNREADABLE = 20;
const HEAD = 12;
const EVENLY = 60_000;

/**
 * Reads a table: a file of separated values in whatever dialect, an Excel workbook, or an array of row objects.
 *
 * Every guess is a field of the format that comes back, and can be given in another way. What cannot be read is counted
 * and named.
 *
 * @throws TableProblem where nothing of it can be used
 */
export function readTable(source: Uint8Array | string | readonly unknown[], options: ReadingOptions = {}): Table {
  const given = options.format ?? {};
  const { zone = "", now = Date.now(), mostBytes = MOST_BYTES, mostRows = MOST_ROWS } = options;
  if (!isZone(zone)) throw new TableProblem("setting", { field: "zone", value: zone }, `There is no zone "${zone}".`);
  mustBeSound(given);
  if (!Array.isArray(source) && (source as string).length > mostBytes)
    throw new TableProblem(
      "tooLarge",
      { size: Math.ceil((source as string).length / 1e6), most: Math.floor(mostBytes / 1e6) },
      `The table has ${Math.ceil((source as string).length / 1e6)} MB; at most ${Math.floor(mostBytes / 1e6)} MB are read. Split it, or leave out columns.`,
    );
  const { grid, isNamed, ...dialect } = gridOf(source, given);
  const cellCount = grid.rows.length * (grid.rows[Math.floor(grid.rows.length / 2)]?.length ?? 0);
  const tooManyRows = (): TableProblem =>
    new TableProblem(
      "tooManyRows",
      { rows: grid.rows.length, most: mostRows },
      `The table has ${grid.rows.length} rows; at most ${mostRows} (and ${MOST_CELLS} cells) are read. Split it.`,
    );
  if (grid.rows.length > mostRows || cellCount > MOST_CELLS) throw tooManyRows();
  if (grid.rows.every((row) => row.every((cell) => String(cell).trim() === "")))
    throw new TableProblem("empty", {}, "The table is empty: there is not one cell in it.");

  const doubts: Doubt[] = [];
  const missing = given.missing ?? MISSING_MARKS;
  const marks = missingMarks(missing);
  const layout = isNamed ? { header: 0, units: -1, first: 1 } : guessLayout(grid.rows, marks);
  const line = (row: number): number => (row < 0 ? 0 : lineOf(grid, row));
  const headerLine = given.headerLine ?? line(layout.header);
  const unitsLine = given.unitsLine ?? (given.headerLine === undefined ? line(layout.units) : 0);
  const firstLine = given.firstLine ?? Math.max(line(layout.first), headerLine + 1, unitsLine + 1);
  const header = rowAt(grid, headerLine);
  const first = grid.rows.findIndex((_, i) => lineOf(grid, i) >= firstLine);
  const isEmpty = first < 0 || (layout.first < 0 && given.firstLine === undefined);
  const { rows: written, units: cellUnits } = withoutUnits(isEmpty ? [] : grid.rows.slice(first));
  if (written.length === 0)
    throw new TableProblem(
      "noRows",
      { line: firstLine },
      `The table has names but no values (looked for from line ${firstLine} on).`,
    );

  const guessed = guessNumberFormat(written, dialect.separator);
  const decimal = given.decimal ?? guessed.decimal;
  const thousands = given.thousands ?? (guessed.thousands === decimal ? "" : guessed.thousands);
  if (guessed.isDoubtful && given.decimal === undefined) doubts.push("decimal");
  const number = numberReader({ decimal, thousands });

  const width = widthOf(header, written);
  if (width > MOST_COLUMNS) throw tooManyColumns(width);
  const inTable = namesOf(header ?? [], width);
  const cellsOf = (column: number): Cell[] => written.map((row) => row[column] ?? "");
  const { isDoubtful, ...time } = timeFormat(inTable, cellsOf, number, given);
  const single = oneValueARow(inTable, written, { time, number, marks, wanted: given.tagColumn });
  const { names, rows, origin, units: tagUnits } = single?.widened ?? asWritten(inTable, written);
  // Where each tag has times of its own, most cells of the columns are empty.
  if (single && rows.length * names.length > MOST_CELLS) throw tooManyRows();
  if (isDoubtful && given.dateOrder === undefined) doubts.push("dateOrder");
  const format: TableFormat = {
    ...{ encoding: dialect.encoding, separator: dialect.separator, quote: dialect.quote, decimal, thousands },
    ...{ headerLine, unitsLine, firstLine, ...time, tagColumn: single?.tag ?? "", step: given.step ?? EVENLY, missing },
  };
  if (dialect.isQuoteDoubtful) doubts.push("quote");

  const unreadable: UnreadableCell[] = [];
  let unreadableCount = 0;
  const note = (row: number, column: string, cell: Cell): void => {
    unreadableCount++;
    const text = String(cell).slice(0, 60);
    if (unreadable.length < 50 * FIRST_UNREADABLE)
      unreadable.push({ line: lineOf(grid, first + origin(row, column)), column, text });
  };

  const order = timesOf(format, names, rows, { zone, now, number, note });
  const units = single ? [] : (rowAt(grid, unitsLine) ?? []);
  const columns = names.map((name, column): Column => {
    const unit =
      String(units[column] ?? "")
        .trim()
        .replace(/^\[(.*)\]$/, "$1") ||
      unitIn(name) ||
      (tagUnits.get(name) ?? cellUnits.get(single?.value ?? column) ?? "");
    const none = { name, unit, values: new Float64Array(0), read: 0, missing: 0, unreadable: 0 };
    if (name === format.timeColumn || name === format.clockColumn)
      return { ...none, kind: "time", read: order.index.length };
    const all = new Float64Array(rows.length);
    const wrong: number[] = [];
    let empty = 0;
    rows.forEach((row, i) => {
      const cell = row[column] ?? "";
      all[i] = typeof cell === "number" ? cell : number(cell);
      if (Number.isFinite(all[i])) return;
      all[i] = Number.NaN;
      if (typeof cell !== "string" || cell === "" || cell.trim() === "" || marks.isMark(cell)) empty++;
      else wrong.push(i);
    });
    empty += blankMissing(all, marks.numbers);
    const read = rows.length - empty - wrong.length;
    const counts = { read, missing: empty, unreadable: wrong.length };
    if (read === 0 && wrong.length === 0) return { ...none, ...counts, kind: "empty" };
    if (wrong.length > read) return { ...none, ...counts, kind: "text" };
    for (const i of wrong) note(i, name, rows[i][column]);
    return { name, unit, kind: "number", values: Float64Array.from(order.index, (i) => all[i]), ...counts };
  });
  rows.forEach((row, i) => {
    for (const cell of row.slice(names.length)) if (String(cell).trim() !== "") note(i, "", cell);
  });
  if (!columns.some(({ kind }) => kind === "number"))
    throw new TableProblem(
      "noNumbers",
      { names: names.slice(0, 8).join(", "), separator: dialect.separator, decimal },
      `No column holds numbers (${names.slice(0, 8).join(", ")}); check separator "${dialect.separator}" and decimal sign "${decimal}".`,
    );
  unreadable.sort((a, b) => a.line - b.line);
  return {
    format,
    doubts,
    columns,
    names: inTable,
    times: order.times,
    unreadable: { count: unreadableCount, first: unreadable.slice(0, FIRST_UNREADABLE) },
    dropped: order.dropped,
    sorted: order.sorted,
    head: firstLines(grid, HEAD),
  };
}

/**
 * The rows of a table as readings.
 *
 * @param from first row, default 0
 * @param to row after the last, default all
 */
export function* rowsOf(
  { times, columns }: Table,
  from = 0,
  to = times.length,
): Generator<{ time: number; values: Record<string, number> }> {
  const numbers = columns.filter(({ kind }) => kind === "number");
  for (let i = from; i < Math.min(to, times.length); i++) {
    // From entries: a column may be called __proto__.
    const values = Object.fromEntries(
      numbers.flatMap(({ name, values }) => (Number.isNaN(values[i]) ? [] : [[name, values[i]]])),
    );
    yield { time: times[i], values };
  }
}

/** A table in which each row is a reading. */
function asWritten(names: readonly string[], rows: readonly (readonly Cell[])[]): Widened {
  return { names, rows, units: new Map(), origin: (row) => row };
}

/** A table in which each row holds one value of one tag; undefined where it does not. */
function oneValueARow(
  names: readonly string[],
  rows: readonly (readonly Cell[])[],
  of: {
    time: Pick<TableFormat, "timeColumn" | "clockColumn">;
    number: (text: string) => number;
    marks: MissingMarks;
    wanted: string | undefined;
  },
): { tag: string; value: number; widened: Widened } | undefined {
  const { time, number, marks, wanted } = of;
  if (wanted) mustHave(names, wanted);
  if (time.timeColumn === "") return undefined;
  const times = [names.indexOf(time.timeColumn), names.indexOf(time.clockColumn)].filter((column) => column >= 0);
  const keys = rows.map((row) => times.map((column) => String(row[column] ?? "").trim()).join(" "));
  const isNumber = (cell: Cell): boolean => typeof cell === "number" || Number.isFinite(number(cell));
  const columns = tagColumns(names, rows, keys, { times: times.map((column) => names[column]), wanted, isNumber });
  if (!columns) return undefined;
  return {
    tag: names[columns.tag],
    value: columns.value,
    widened: widen(names, rows, keys, { ...columns, times, marks, isNumber }),
  };
}

/** @throws TableProblem unknownColumn */
function mustHave(names: readonly string[], name: string): void {
  if (names.includes(name)) return;
  const some = names.slice(0, 8).join(", ");
  throw new TableProblem(
    "unknownColumn",
    { name, names: some },
    `There is no column "${name}"; the table has: ${some}.`,
  );
}

interface Dialect extends Pick<TableFormat, "encoding" | "separator" | "quote"> {
  readonly grid: Grid;
  readonly isQuoteDoubtful: boolean;
  /** Whether the first row is known to hold the names. */
  readonly isNamed: boolean;
}

function gridOf(source: Uint8Array | string | readonly unknown[], given: Partial<TableFormat>): Dialect {
  const bare = { encoding: "", separator: "", quote: "", isQuoteDoubtful: false, isNamed: false } as const;
  if (Array.isArray(source)) return { ...bare, isNamed: true, grid: gridOfObjects(source) };
  if (source instanceof Uint8Array) {
    mustBeText(source);
    if (isZip(source)) return { ...bare, grid: readExcel(source) };
  }
  const decoded =
    typeof source === "string"
      ? { text: source.replace(/^\ufeff/, ""), encoding: "" }
      : decode(source as Uint8Array, given.encoding);
  const { encoding } = decoded;
  const objects = objectsIn(decoded.text);
  if (objects) return { ...bare, encoding, isNamed: true, grid: gridOfObjects(objects) };
  // Excel's own word about the separator, which the separator has heard.
  const text = decoded.text.replace(/^sep=.(?=[\r\n])/i, "");
  const separator = given.separator || guessSeparator(decoded.text);
  const { quote, ...grid } = splitCells(text, separator, given.quote ?? '"');
  return { ...bare, encoding, separator, quote, grid, isQuoteDoubtful: given.quote === undefined && quote === "" };
}

/** An array of objects that is written as JSON, as web services send it, or one a line, as loggers write them. */
function objectsIn(text: string): unknown[] | undefined {
  if (!/^\s*(?:\[\s*)?\{/.test(text.slice(0, 1000))) return undefined;
  try {
    const lines = text.trim();
    const parsed: unknown = JSON.parse(lines.startsWith("{") ? `[${lines.replace(/\}\s*\n\s*\{/g, "},{")}]` : lines);
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
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

function timeFormat(
  names: readonly string[],
  cells: (column: number) => Cell[],
  number: (text: string) => number,
  given: Partial<TableFormat>,
): Pick<TableFormat, "timeColumn" | "clockColumn" | "dateOrder"> & { isDoubtful: boolean } {
  const { timeColumn } = given;
  if (timeColumn === "") return { timeColumn, clockColumn: "", dateOrder: "ymd", isDoubtful: false };
  for (const name of [timeColumn, given.clockColumn]) if (name) mustHave(names, name);
  // Where the column is given, it is looked at alone, with what may hold the time of day.
  const isOpen = (name: string): boolean =>
    timeColumn === undefined || name === timeColumn || name === given.clockColumn;
  const found = guessTimeColumn(
    names,
    (column) => (isOpen(names[column]) || given.clockColumn === undefined ? cells(column) : []),
    number,
  );
  if (timeColumn === undefined || found.timeColumn === timeColumn)
    return {
      ...found,
      clockColumn: given.clockColumn ?? found.clockColumn,
      dateOrder: given.dateOrder ?? found.dateOrder,
    };
  const alone = guessTimeColumn([timeColumn], () => cells(names.indexOf(timeColumn)), number);
  return {
    timeColumn,
    clockColumn: given.clockColumn ?? "",
    dateOrder: given.dateOrder ?? alone.dateOrder,
    isDoubtful: alone.isDoubtful,
  };
}

interface TimeReading {
  readonly zone: string;
  readonly now: number;
  readonly number: (text: string) => number;
  readonly note: (row: number, column: string, cell: Cell) => void;
}

/** The times of the rows, rising, and which rows these are. */
function timesOf(
  format: TableFormat,
  names: readonly string[],
  rows: readonly (readonly Cell[])[],
  { zone, now, number, note }: TimeReading,
): { times: Float64Array; index: number[]; dropped: Table["dropped"]; sorted: boolean } {
  const { timeColumn, clockColumn, dateOrder, step } = format;
  const isBlank = (row: readonly Cell[]): boolean =>
    row.every((cell) => typeof cell === "string" && cell.trim() === "");
  const filled = rows.flatMap((row, i) => (isBlank(row) ? [] : [i]));
  if (timeColumn === "") {
    const times = Float64Array.from(filled, (_, i) => i * step);
    return { times, index: filled, dropped: { timeless: 0, doubled: 0 }, sorted: true };
  }
  const [column, clock] = [names.indexOf(timeColumn), names.indexOf(clockColumn)];
  const walls = new Float64Array(rows.length);
  const isInstant = new Uint8Array(rows.length);
  let timeless = 0;
  const index = filled.filter((i) => {
    const cell = rows[i][column] ?? "";
    const read = readTime(cell, clock < 0 ? undefined : (rows[i][clock] ?? ""), dateOrder, number);
    if (read) {
      walls[i] = read.wall;
      isInstant[i] = Number(read.isInstant);
      return true;
    }
    timeless++;
    note(i, timeColumn, cell);
    return false;
  });
  if (index.length === 0) {
    const example = String(rows[filled[0]]?.[column] ?? "").slice(0, 40);
    throw new TableProblem(
      "noTimes",
      { column: timeColumn, example },
      `No row has a time that can be read in column "${timeColumn}" (for example "${example}"); choose another format.`,
    );
  }
  let rising = 0;
  for (let k = 1; k < index.length; k++) rising += Math.sign(walls[index[k]] - walls[index[k - 1]]);
  // Newest first: an hour that the clock shows twice is told apart by the row before it.
  const isFalling = rising < 0;
  if (isFalling) index.reverse();
  const toInstant = wallClock({ zone, now });
  let last = Number.NaN;
  for (const i of index) {
    if (!isInstant[i]) walls[i] = toInstant(walls[i], last);
    last = walls[i];
  }
  const isSorted = !isFalling && index.every((i, k) => k === 0 || walls[i] >= walls[index[k - 1]]);
  // Of rows with the same time the last one of the table comes last.
  if (!isSorted) index.sort((a, b) => walls[a] - walls[b] || a - b);
  const kept = index.filter((i, k) => walls[i] !== walls[index[k + 1]]);
  const dropped = { timeless, doubled: index.length - kept.length };
  return { times: Float64Array.from(kept, (i) => walls[i]), index: kept, dropped, sorted: isSorted };
}

/** ms between 30 December 1899, from which a spreadsheet counts its days, and 1970. */
const EXCEL_ZERO = 25_569 * 86_400_000;
const MS: Partial<Record<TableFormat["dateOrder"], number>> = { s: 1e3, ms: 1, µs: 1e-3, ns: 1e-6 };

function readTime(
  cell: Cell,
  clock: Cell | undefined,
  order: TableFormat["dateOrder"],
  number: (text: string) => number,
): { wall: number; isInstant: boolean } | undefined {
  if (order === "excel") {
    // Six digits behind the point are a tenth of a second: what is not whole is rounding.
    const wall = Math.round((typeof cell === "number" ? cell : number(cell)) * 86_400) * 1000 - EXCEL_ZERO;
    return Math.abs(wall) <= 8.64e15 ? { wall, isInstant: false } : undefined;
  }
  const ms = MS[order];
  if (ms === undefined) return typeof cell === "number" ? undefined : readStamp(withClock(cell, clock), order);
  if (typeof cell === "string" && cell.trim() === "") return undefined;
  const value = typeof cell === "number" ? cell : number(cell);
  // A number of ns is off by up to 128 of them.
  const wall = ms < 1 ? Math.floor(value / Math.round(1 / ms) + 1e-3) : value * ms;
  return Math.abs(wall) <= 8.64e15 ? { wall, isInstant: true } : undefined;
}

function rowAt(grid: Grid, line: number): readonly Cell[] | undefined {
  if (line <= 0) return undefined;
  const at = grid.lines ? grid.lines.indexOf(line) : line - 1;
  return grid.rows[at];
}

/** As many columns as have a name, or cells in most rows. */
function widthOf(header: readonly Cell[] | undefined, rows: readonly (readonly Cell[])[]): number {
  const named = header ? header.findLastIndex((cell) => String(cell).trim() !== "") + 1 : 0;
  const counts = new Map<number, number>();
  for (const row of rows) {
    let length = row.length;
    while (length > named && String(row[length - 1]).trim() === "") length--;
    counts.set(length, (counts.get(length) ?? 0) + 1);
  }
  const [usual = 0] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [];
  return Math.max(named, usual);
}

/** @throws TableProblem setting */
function mustBeSound(given: Partial<TableFormat>): void {
  const isLine = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0;
  const isText = (value: unknown): boolean => typeof value === "string";
  const rules: Record<keyof TableFormat, (value: unknown) => boolean> = {
    encoding: isText,
    separator: (value) => ["", ",", ";", "\t", "|"].includes(value as string),
    quote: (value) => value === "" || value === '"',
    decimal: (value) => value === "." || value === ",",
    thousands: (value) => ["", ".", ",", " ", "'"].includes(value as string),
    headerLine: isLine,
    unitsLine: isLine,
    firstLine: (value) => isLine(value) && (value as number) > 0,
    timeColumn: isText,
    clockColumn: isText,
    tagColumn: isText,
    dateOrder: (value) => (DATE_ORDERS as readonly unknown[]).includes(value),
    step: (value) => Number.isFinite(value) && (value as number) > 0,
    missing: (value) => Array.isArray(value) && value.every(isText),
  };
  for (const [field, isSound] of Object.entries(rules)) {
    const value = given[field as keyof TableFormat];
    if (value === undefined || isSound(value)) continue;
    const text = String(value).slice(0, 40);
    throw new TableProblem("setting", { field, value: text }, `"${text}" is no ${field} of a table.`);
  }
  if (given.decimal !== undefined && given.decimal === given.thousands)
    throw new TableProblem(
      "setting",
      { field: "thousands", value: given.decimal },
      `"${given.decimal}" cannot be both the decimal and the thousands sign.`,
    );
}
