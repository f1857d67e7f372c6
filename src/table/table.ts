import { isZone } from "../message/zone";
import { annotated } from "../text/annotation";
import { type CalendarPeriod, isFiscal, periodIn } from "../text/calendar-period";
import { guessNumberFormat, numberReader } from "../text/number-format";
import { STATE_PAIRS, stateWords } from "../text/state-word";
import { bodyOf } from "./body";
import { withoutUnits } from "./cell-units";
import type { Column } from "./column";
import { joinedDate } from "./date-parts";
import { type Described, EVENLY, MOST_CELLS, mustHave } from "./described-table";
import { guessLayout, headerCells, namesOf, unitIn } from "./header";
import { MISSING_MARKS, missingMarks } from "./missing-marks";
import { firstLines, MOST_COLUMNS, tooManyColumns } from "./objects";
import { readings } from "./readings";
import type { FiscalYear, TimeReading } from "./row-times";
import type { Section } from "./sections";
import { mustBeSound } from "./sound-format";
import { gridOf } from "./source";
import { startAbove } from "./start-above";
import { ALL_SHEETS, type Cell, type Doubt, type Grid, lineOf, type Place, type TableFormat } from "./table-format";
import { TableProblem } from "./table-problem";
import { heldTable, tagsWithTimes, withJointTag } from "./tags-with-times";
import { guessTimeColumn, SINCE } from "./time-column";
import { minutesIn } from "./time-names";
import { unrolled } from "./times-across";
import { datedAbove } from "./year-above";

/** How a table is to be read. */
export interface ReadingOptions {
  /** Fields that are known; all others are guessed. */
  readonly format?: Partial<TableFormat>;
  /** Zone in which times without one are meant: an IANA name; empty = the machine's. */
  readonly zone?: string;
  /** ms: of an hour that is run through twice the one that is not in the future. Default: now. */
  readonly now?: number;
  /** Name of a column that is kept as it stands where it holds words, such as what the machine is doing. */
  readonly words?: string;
  /** Larger files are refused. Default 100 MB. */
  readonly mostBytes?: number;
  /** Longer tables are refused. Default 2,000,000. */
  readonly mostRows?: number;
}

/** A cell that could not be read. */
export interface UnreadableCell extends Place {
  /** Name of the column; "" = a cell beyond the last column. */
  readonly column: string;
  readonly text: string;
}

/** A table as it was read. */
export interface Table {
  /** How it was read, guesses included. */
  readonly format: TableFormat;
  /** Guesses for which the table itself says too little. */
  readonly doubts: readonly Doubt[];
  readonly columns: readonly Column[];
  /** Names of the sheets of a workbook, and of those that were read; of any other table none. */
  readonly sheets: { readonly all: readonly string[]; readonly read: readonly string[] };
  /** Names of the columns as they stand in the table. */
  readonly names: readonly string[];
  /** ms since 1970 of each row, rising. */
  readonly times: Float64Array;
  /** What could not be read, in the columns of numbers and times: how much, and the first of it. */
  readonly unreadable: { readonly count: number; readonly first: readonly UnreadableCell[] };
  /** Rows that are left out: without a readable time, or with the time of another row (of these the last one stays). */
  readonly dropped: { readonly timeless: number; readonly doubled: number };
  /** Rows whose time was cut off to that of others before them, and which were spread evenly up to the next one. */
  readonly spread: number;
  /** Rows that are left out since they are no readings, such as sums and names once more; the first as it stands. */
  readonly remarks: Place & { readonly count: number; readonly text: string };
  /** What stands below the table and was not read, since it is another one. */
  readonly sections: readonly Section[];
  /** Whether the rows came otherwise than in the order of time. */
  readonly sorted: boolean;
  /** Of fiscal years the first; on which day they begin stands in no table. */
  readonly fiscal?: FiscalYear;
  /** The first lines as they stand in the table. */
  readonly head: readonly { readonly line: number; readonly cells: readonly string[] }[];
}

const MOST_BYTES = 100_000_000;
const MOST_ROWS = 2_000_000;
/** Columns that are times become rows: those of a year by quarter hours. */
const MOST_ACROSS = 40_000;
const FIRST_UNREADABLE = 20;
const HEAD = 12;

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
  const tooManyRows = (rows = grid.rows.length): TableProblem =>
    new TableProblem(
      "tooManyRows",
      { rows, most: mostRows },
      `The table has ${rows} rows; at most ${mostRows} (and ${MOST_CELLS} cells) are read. Split it.`,
    );
  if (grid.rows.length > mostRows || cellCount > MOST_CELLS) throw tooManyRows();
  if (grid.rows.every((row) => row.every((cell) => String(cell).trim() === "")))
    throw new TableProblem("empty", {}, "The table is empty: there is not one cell in it.");

  const doubts: Doubt[] = [];
  const missing = given.missing ?? MISSING_MARKS;
  const marks = missingMarks(missing);
  const states = given.states ?? STATE_PAIRS;
  const state = stateWords(states);
  const isBeside = (text: string): boolean => state(text) !== undefined || annotated(text) !== undefined;
  const layout = isNamed ? { header: 0, units: -1, first: 1 } : guessLayout(grid.rows, { ...marks, isBeside });
  const line = (row: number): number => (row < 0 ? 0 : lineOf(grid, row));
  const headerLine = given.headerLine ?? line(layout.header);
  const unitsLine = given.unitsLine ?? (given.headerLine === undefined ? line(layout.units) : 0);
  const firstLine = given.firstLine ?? Math.max(line(layout.first), headerLine + 1, unitsLine + 1);
  const header = headerLine === line(layout.header) ? headerCells(grid.rows, layout) : rowAt(grid, headerLine);
  const first = grid.rows.findIndex((_, i) => lineOf(grid, i) >= firstLine);
  const isEmpty = first < 0 || (layout.first < 0 && given.firstLine === undefined);
  const sheet = given.sheet === ALL_SHEETS ? dialect.sheet : undefined;
  const inOrder = (a: Place, b: Place): number =>
    dialect.sheets.indexOf(a.sheet ?? "") - dialect.sheets.indexOf(b.sheet ?? "") || a.line - b.line;
  const remarks = { count: 0, line: 0, text: "" };
  const remark = (place: Place, row: readonly Cell[]): void => {
    if (remarks.count++ > 0 && inOrder(remarks, place) < 0) return;
    const cells = row.map((cell) => String(cell).trim()).filter((text) => text !== "");
    Object.assign(remarks, place, { text: cells.join(" ").slice(0, 60) });
  };
  const named = grid.rows.findIndex((_, i) => lineOf(grid, i) === headerLine);
  const all = bodyOf(grid, { sheet, named, first: isEmpty ? grid.rows.length : first }, isEmpty ? [] : dialect.further(), remark); // biome-ignore format: one line
  const { rows: body } = all;
  if (body.length > mostRows || body.length * (body[0]?.length ?? 0) > MOST_CELLS) throw tooManyRows(body.length);
  if (body.length === 0)
    throw new TableProblem(
      "noRows",
      { ...(sheet && { sheet }), line: firstLine },
      `The table has names but no values (looked for from line ${firstLine}${sheet ? ` of sheet ${sheet}` : ""} on).`,
    );

  const guessed = guessNumberFormat(body, dialect.separator);
  const decimal = given.decimal ?? guessed.decimal;
  const thousands = given.thousands ?? (guessed.thousands === decimal ? "" : guessed.thousands);
  if (guessed.isDoubtful && given.decimal === undefined) doubts.push("decimal");
  const number = numberReader({ decimal, thousands });

  const width = widthOf(header, body);
  if (width > MOST_ACROSS) throw tooManyColumns(width);
  const names = namesOf(header ?? [], width);
  const joined = withJoinedDate(names, body, number, given, grid.rows.slice(0, Math.max(0, first)));
  const matrix = unrolled(joined.names, joined.rows);
  if (matrix && matrix.rows.length > mostRows) throw tooManyRows(matrix.rows.length);
  // It can still be read as it stands, by another column of times.
  const isUnrolled = matrix !== undefined && [undefined, matrix.names[0]].includes(given.timeColumn);
  if (width > MOST_COLUMNS && !isUnrolled) throw tooManyColumns(width);
  const placeOf = (row: number): Place => all.placeOf(isUnrolled ? matrix.origins[row] : row);
  const {
    names: inTable,
    rows,
    parts,
  } = isUnrolled ? { names: [...matrix.names], rows: matrix.rows, parts: [] } : joined;
  const { rows: written, units: cellUnits } = withoutUnits(rows);
  const cellsOf = (column: number): Cell[] => written.map((row) => row[column] ?? "");
  const known =
    parts.length > 0
      ? { ...given, timeColumn: inTable[width] }
      : isUnrolled
        ? { ...given, timeColumn: inTable[0] }
        : given;
  // Of a day that is counted through stands there how far.
  const daysOf = (column: number): Cell[] => cellsOf(column).map((cell) => minutesIn(String(cell))?.day ?? cell);
  const isJoined = (column: number): boolean => parts.length > 0 && column === width;
  const { isDoubtful, ...guessedTime } = timeFormat(inTable, (column) => (isJoined(column) ? daysOf : cellsOf)(column), number, known); // biome-ignore format: one line
  const hasStart = isWithoutDate(guessedTime.dateOrder, cellsOf(inTable.indexOf(guessedTime.timeColumn)), number);
  const time = { ...guessedTime, start: hasStart ? (given.start ?? startAbove(grid.rows.slice(0, first))) : "" };
  if (isDoubtful && given.dateOrder === undefined) doubts.push("dateOrder");
  if (isUnrolled && matrix.isDoubtful && given.timeColumn === undefined) doubts.push("timeColumn");
  if (dialect.isQuoteDoubtful) doubts.push("quote");
  if (dialect.isSheetDoubtful) doubts.push("sheet");
  const unreadable: UnreadableCell[] = [];
  let unreadableCount = 0;
  const note = (row: number, column: string, cell: Cell): void => {
    unreadableCount++;
    const text = String(cell).slice(0, 60);
    if (unreadable.length < 50 * FIRST_UNREADABLE) unreadable.push({ ...placeOf(row), column, text });
  };
  const marked = given.marked ?? "counted";
  const reading: TimeReading = {
    ...{ zone, now, words: options.words ?? "", number, marks, state, marked, note },
    placeOf,
    remark: (row) => remark(placeOf(row), written[row]),
  };
  const unitsRow = rowAt(grid, unitsLine) ?? [];
  const unitOf = (column: number): string =>
    String(unitsRow[column] ?? "")
      .trim()
      .replace(/^\[(.*)\]$/, "$1") ||
    unitIn(inTable[column]) ||
    (cellUnits.get(column) ?? "");

  const bare: Described = { names: inTable, rows: written, time, reading, unitOf, parts };
  const one = isUnrolled ? bare : withJointTag(bare, given);
  const held = tagsWithTimes(
    one,
    isUnrolled ? { tagColumn: matrix.tagColumn, tagValues: "reported", ...given } : given,
  );
  const read =
    held && held.tagValues === "held"
      ? heldTable(held, { step: given.step ?? held.step, isTooLong: tooManyRows, one })
      : readings(one, held?.single, { step: given.step ?? EVENLY, isTooLong: tooManyRows });
  const format: TableFormat = {
    ...{
      encoding: dialect.encoding,
      sheet: given.sheet === ALL_SHEETS ? ALL_SHEETS : dialect.sheet,
      separator: dialect.separator,
      quote: dialect.quote,
      decimal,
      thousands,
    },
    ...{ headerLine, unitsLine, firstLine, ...time, missing, states, marked },
    ...{ tagColumn: read.tagColumn, tagValues: held?.tagValues ?? "reported", step: read.step },
  };
  if (!read.columns.some(({ kind }) => kind === "number"))
    throw new TableProblem(
      "noNumbers",
      { names: inTable.slice(0, 8).join(", "), separator: dialect.separator, decimal },
      `No column holds numbers (${inTable.slice(0, 8).join(", ")}); check separator "${dialect.separator}" and decimal sign "${decimal}".`,
    );
  unreadable.sort(inOrder);
  const unused = (isUnrolled ? matrix.beside.filter((name) => !joined.parts.includes(name)) : []).map(
    (name): Column => {
      return { name, unit: "", kind: "text", values: new Float64Array(0), read: 0, missing: 0, unreadable: 0 };
    },
  );
  return {
    format,
    doubts,
    columns: [...read.columns, ...unused],
    sheets: { all: dialect.sheets, read: dialect.sheet === "" ? [] : [dialect.sheet, ...all.sheets] },
    names: matrix ? [...joined.names, matrix.names[0]] : one.names,
    times: read.times,
    unreadable: { count: unreadableCount, first: unreadable.slice(0, FIRST_UNREADABLE) },
    dropped: read.dropped,
    spread: read.spread ?? 0,
    remarks,
    sections: all.sections,
    sorted: read.sorted,
    fiscal: read.fiscal ?? (isUnrolled ? fiscalAcross(joined.names) : undefined),
    head: firstLines(grid, HEAD),
  };
}

/** A table with a column more in which the parts of its time stand together, where it has such. */
function withJoinedDate(
  names: readonly string[],
  rows: readonly (readonly Cell[])[],
  number: (text: string) => number,
  { timeColumn, clockColumn }: Partial<TableFormat>,
  above: readonly (readonly Cell[])[],
): { names: string[]; rows: readonly (readonly Cell[])[]; parts: readonly string[] } {
  const joined = joinedDate(names, rows, number) ?? datedAbove(names, rows, above);
  if (!joined) return { names: [...names], rows, parts: [] };
  const [name] = namesOf([...names, joined.name], names.length + 1).slice(-1);
  const withIt = rows.map((row) => [
    ...names.map((_, i) => row[i] ?? ""),
    joined.cell(row),
    ...row.slice(names.length),
  ]);
  const isWanted = (timeColumn === undefined && !clockColumn) || timeColumn === name;
  // It can still be chosen; the columns are numbers then.
  return { names: [...names, name], rows: withIt, parts: isWanted ? joined.parts : [] };
}

/** One row of a table as a reading. */
export interface TableRow {
  readonly time: number;
  readonly values: Record<string, number>;
  /** What stands in the column whose words were asked for; absent where nothing does. */
  readonly words?: Record<string, string>;
}

/**
 * The rows of a table as readings.
 *
 * @param from first row, default 0
 * @param to row after the last, default all
 */
export function* rowsOf({ times, columns }: Table, from = 0, to = times.length): Generator<TableRow> {
  const numbers = columns.filter(({ kind }) => kind === "number");
  const worded = columns.find(({ words }) => words);
  for (let i = from; i < Math.min(to, times.length); i++) {
    // From entries: a column may be called __proto__.
    const values = Object.fromEntries(
      numbers.flatMap(({ name, values }) => (Number.isNaN(values[i]) ? [] : [[name, values[i]]])),
    );
    const word = worded?.words?.[i];
    yield { time: times[i], values, ...(word && { words: Object.fromEntries([[worded.name, word]]) }) };
  }
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

/** The first fiscal quarter among the names of columns. */
function fiscalAcross(names: readonly string[]): FiscalYear | undefined {
  const text = names.find((name) => periodIn(name) && isFiscal(name, false));
  return text === undefined ? undefined : { text, begin: (periodIn(text) as CalendarPeriod).begin };
}

/** Whether times are those of a day that stands elsewhere, or since the start. */
function isWithoutDate(
  order: TableFormat["dateOrder"],
  cells: readonly Cell[],
  number: (text: string) => number,
): boolean {
  if (order === "clock") return true;
  const since = cells.map((cell) => (typeof cell === "number" ? cell : number(cell))).find(Number.isFinite);
  return (order === "s" || order === "ms") && since !== undefined && Math.abs(since) < SINCE;
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
