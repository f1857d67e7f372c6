import { isZone } from "../message/zone";
import { DATE_ORDERS } from "../text/date-format";
import { guessNumberFormat, numberReader } from "../text/number-format";
import { withoutUnits } from "./cell-units";
import { joinedDate } from "./date-parts";
import { guessSeparator, splitCells } from "./delimited";
import { decode } from "./encoding";
import { isZip, readExcel } from "./excel";
import { guessLayout, namesOf, unitIn } from "./header";
import { heldColumns, heldRows, type TagReports } from "./held-columns";
import { blankMissing, MISSING_MARKS, missingMarks } from "./missing-marks";
import { firstLines, gridOfObjects, MOST_COLUMNS, tooManyColumns } from "./objects";
import { ownTimes } from "./own-times";
import { isRepeated } from "./remarks";
import { areTogether, usualStep } from "./report-on-change";
import { inOrder, rowTimes, type TimeReading } from "./row-times";
import { type Cell, type Doubt, type Grid, lineOf, type TableFormat } from "./table-format";
import { TableProblem } from "./table-problem";
import { badness, rowsOfTags, type TagColumns, tagColumns, type Widened, widen } from "./tags";
import { guessTimeColumn } from "./time-column";

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
  /** Rows that are left out since they are no readings, such as sums and names once more; the first as it stands. */
  readonly remarks: { readonly count: number; readonly line: number; readonly text: string };
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
  const remarks = { count: 0, line: 0, text: "" };
  const remark = (line: number, row: readonly Cell[]): void => {
    if (remarks.count++ > 0 && remarks.line < line) return;
    const cells = row.map((cell) => String(cell).trim()).filter((text) => text !== "");
    Object.assign(remarks, { line, text: cells.join(" ").slice(0, 60) });
  };
  const body: (readonly Cell[])[] = [];
  const lines: number[] = [];
  if (!isEmpty) {
    const named = grid.rows.findIndex((_, i) => lineOf(grid, i) === headerLine);
    const isAgain = isRepeated(named < 0 ? [] : grid.rows.slice(named, first));
    for (let i = first; i < grid.rows.length; i++) {
      const row = grid.rows[i];
      if (isAgain(row)) remark(lineOf(grid, i), row);
      else {
        body.push(row);
        lines.push(lineOf(grid, i));
      }
    }
  }
  const { rows: bare, units: cellUnits } = withoutUnits(body);
  if (bare.length === 0)
    throw new TableProblem(
      "noRows",
      { line: firstLine },
      `The table has names but no values (looked for from line ${firstLine} on).`,
    );

  const guessed = guessNumberFormat(bare, dialect.separator);
  const decimal = given.decimal ?? guessed.decimal;
  const thousands = given.thousands ?? (guessed.thousands === decimal ? "" : guessed.thousands);
  if (guessed.isDoubtful && given.decimal === undefined) doubts.push("decimal");
  const number = numberReader({ decimal, thousands });

  const width = widthOf(header, bare);
  if (width > MOST_COLUMNS) throw tooManyColumns(width);
  const { names: inTable, rows: written, parts } = withJoinedDate(namesOf(header ?? [], width), bare, number, given);
  const cellsOf = (column: number): Cell[] => written.map((row) => row[column] ?? "");
  const known = parts.length > 0 ? { ...given, timeColumn: inTable[width] } : given;
  const { isDoubtful, ...time } = timeFormat(inTable, cellsOf, number, known);
  if (isDoubtful && given.dateOrder === undefined) doubts.push("dateOrder");
  if (dialect.isQuoteDoubtful) doubts.push("quote");
  const unreadable: UnreadableCell[] = [];
  let unreadableCount = 0;
  const note = (row: number, column: string, cell: Cell): void => {
    unreadableCount++;
    const text = String(cell).slice(0, 60);
    if (unreadable.length < 50 * FIRST_UNREADABLE) unreadable.push({ line: lines[row], column, text });
  };
  const reading: TimeReading = { zone, now, number, marks, note, remark: (row) => remark(lines[row], written[row]) };
  const unitsRow = rowAt(grid, unitsLine) ?? [];
  const unitOf = (column: number): string =>
    String(unitsRow[column] ?? "")
      .trim()
      .replace(/^\[(.*)\]$/, "$1") ||
    unitIn(inTable[column]) ||
    (cellUnits.get(column) ?? "");

  const one: Described = { names: inTable, rows: written, time, reading, unitOf, parts };
  const held = tagsWithTimes(one, given);
  const read =
    held && held.tagValues === "held"
      ? heldTable(held, { step: given.step ?? held.step, isTooLong: tooManyRows, one })
      : tableOf(one, held?.single, { step: given.step ?? EVENLY, isTooLong: tooManyRows });
  const format: TableFormat = {
    ...{ encoding: dialect.encoding, separator: dialect.separator, quote: dialect.quote, decimal, thousands },
    ...{ headerLine, unitsLine, firstLine, ...time, missing },
    ...{ tagColumn: read.tagColumn, tagValues: held?.tagValues ?? "reported", step: read.step },
  };
  if (!read.columns.some(({ kind }) => kind === "number"))
    throw new TableProblem(
      "noNumbers",
      { names: inTable.slice(0, 8).join(", "), separator: dialect.separator, decimal },
      `No column holds numbers (${inTable.slice(0, 8).join(", ")}); check separator "${dialect.separator}" and decimal sign "${decimal}".`,
    );
  unreadable.sort((a, b) => a.line - b.line);
  return {
    format,
    doubts,
    columns: read.columns,
    names: inTable,
    times: read.times,
    unreadable: { count: unreadableCount, first: unreadable.slice(0, FIRST_UNREADABLE) },
    dropped: read.dropped,
    remarks,
    sorted: read.sorted,
    head: firstLines(grid, HEAD),
  };
}

/** The cells of a table of which is known what they are called and where the time stands. */
interface Described {
  readonly names: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  readonly time: Pick<TableFormat, "timeColumn" | "clockColumn" | "dateOrder">;
  readonly reading: TimeReading;
  readonly unitOf: (column: number) => string;
  /** Names of columns of which the time was made. */
  readonly parts: readonly string[];
}

type ReadColumns = Pick<Table, "columns" | "times" | "dropped" | "sorted"> & Pick<TableFormat, "step" | "tagColumn">;

interface Bounds {
  readonly step: number;
  /** What is wrong where the columns would fill the memory. */
  readonly isTooLong: () => TableProblem;
}

/** A table whose rows are readings, or become ones where each holds the value of one tag. */
function tableOf(
  { names: inTable, rows: written, time, reading, unitOf, parts }: Described,
  single: TagColumns | undefined,
  { step, isTooLong }: Bounds,
): ReadColumns {
  const { number, marks, note } = reading;
  const isNumber = (cell: Cell): boolean => typeof cell === "number" || Number.isFinite(number(cell));
  const times = [inTable.indexOf(time.timeColumn), inTable.indexOf(time.clockColumn)].filter((column) => column >= 0);
  const wide = single
    ? widen(inTable, written, keysOf(written, times), { ...single, times, marks, isNumber })
    : asWritten(inTable, written);
  const { names, rows, origin, units } = wide;
  // Where each tag has times of its own, most cells of the columns are empty.
  if (single && rows.length * names.length > MOST_CELLS) throw isTooLong();
  const noted: TimeReading = {
    ...reading,
    note: (row, column, cell) => note(origin(row, column), column, cell),
    remark: (row) => reading.remark(origin(row, time.timeColumn)),
  };
  const timed = rowTimes({ ...time, step }, names, rows, noted);
  const asItStands = [...timed.index].sort((a, b) => a - b);
  const { index, doubled, sorted } = inOrder(timed);
  const columns = names.map((name, column): Column => {
    const unit = single ? units.get(name) || unitIn(name) || unitOf(single.value) : unitOf(column);
    const none = { name, unit, values: new Float64Array(0), read: 0, missing: 0, unreadable: 0 };
    if (name === time.timeColumn || name === time.clockColumn || parts.includes(name))
      return { ...none, kind: "time", read: index.length };
    const all = new Float64Array(rows.length).fill(Number.NaN);
    const wrong: number[] = [];
    let empty = 0;
    for (const i of asItStands) {
      const cell = rows[i][column] ?? "";
      all[i] = typeof cell === "number" ? cell : number(cell);
      if (Number.isFinite(all[i])) continue;
      all[i] = Number.NaN;
      if (typeof cell !== "string" || cell === "" || cell.trim() === "" || marks.isMark(cell)) empty++;
      else wrong.push(i);
    }
    empty += blankMissing(all, marks.numbers);
    const read = asItStands.length - empty - wrong.length;
    const counts = { read, missing: empty, unreadable: wrong.length };
    if (read === 0 && wrong.length === 0) return { ...none, ...counts, kind: "empty" };
    if (wrong.length > read) return { ...none, ...counts, kind: "text" };
    for (const i of wrong) noted.note(i, name, rows[i][column]);
    return { name, unit, kind: "number", values: Float64Array.from(index, (i) => all[i]), ...counts };
  });
  for (const i of asItStands)
    for (const cell of rows[i].slice(names.length)) if (String(cell).trim() !== "") noted.note(i, "", cell);
  return {
    ...{ columns, sorted, step, tagColumn: single ? inTable[single.tag] : "" },
    times: Float64Array.from(index, (i) => timed.times[i]),
    dropped: { timeless: timed.timeless, doubled },
  };
}

/** Tags that have times of their own, and what is to be done about it. */
interface TagsWithTimes {
  readonly tagValues: TableFormat["tagValues"];
  /** Where each row holds the value of one tag. */
  readonly single: TagColumns | undefined;
  readonly tags: readonly TagReports[];
  /** ms: their usual spacing. */
  readonly step: number;
  readonly timeless: number;
}

/** Tags of which each row holds one, or which stand side by side with times of their own; undefined where there are none. */
function tagsWithTimes(one: Described, given: Partial<TableFormat>): TagsWithTimes | undefined {
  const { names, rows, time, reading, unitOf } = one;
  const { tagColumn, tagValues } = given;
  if (tagColumn) mustHave(names, tagColumn);
  if (time.timeColumn === "") return undefined;
  const isNumber = (cell: Cell): boolean => typeof cell === "number" || Number.isFinite(reading.number(cell));
  const times = [names.indexOf(time.timeColumn), names.indexOf(time.clockColumn)].filter((column) => column >= 0);
  const timeNames = times.map((column) => names[column]);
  const single = tagColumns(names, rows, keysOf(rows, times), { times: timeNames, wanted: tagColumn, isNumber });
  if (single) {
    const found = { single, tags: [], step: EVENLY, timeless: 0 };
    if (tagValues === "reported" || (tagValues === undefined && !single.isOwnTime))
      return { ...found, tagValues: "reported" };
    const { times: at, index, timeless } = rowTimes({ ...time, step: EVENLY }, names, rows, reading);
    index.sort((a, b) => at[a] - at[b] || a - b);
    const tags = rowsOfTags(rows, index, { ...single, marks: reading.marks }).map(
      ({ unit, ...tag }): TagReports => ({
        ...tag,
        unit: unit || unitIn(tag.name) || unitOf(single.value),
        times: tag.rows.map((row) => at[row]),
      }),
    );
    const isClear = tags.every(({ times: { length } }) => length > 2) && areTogether(tags.map(({ times }) => ({ times, values: [] }))); // biome-ignore format: one line
    if (tagValues === undefined && !isClear)
      return tagColumn === undefined ? undefined : { ...found, tagValues: "reported" };
    return { tagValues: "held", single, tags, step: stepOf(tags), timeless };
  }
  const groups = tagColumn || one.parts.length > 0 ? undefined : ownTimes(names, rows, isNumber);
  if (!groups || time.timeColumn !== names[groups[0].time] || time.clockColumn !== "") return undefined;
  if (tagValues === "reported") return undefined;
  let timeless = 0;
  const tags = groups.map(({ name, time: column, value, quality }): TagReports => {
    const columns = quality < 0 ? [column, value] : [column, value, quality];
    const part = rows.map((row) => columns.map((k) => row[k] ?? ""));
    const own = rowTimes({ ...time, timeColumn: names[column], step: EVENLY }, [names[column], name], part, reading);
    timeless += own.timeless;
    const isBad = badness(part, quality < 0 ? -1 : 2, reading.marks);
    const index = [...own.index].sort((a, b) => own.times[a] - own.times[b] || a - b);
    const cells = index.map((i) => (isBad(part[i]) ? "" : part[i][1]));
    return { name, unit: unitOf(value), times: index.map((i) => own.times[i]), cells, rows: index };
  });
  return { tagValues: "held", single: undefined, tags, step: stepOf(tags), timeless };
}

function stepOf(tags: readonly TagReports[]): number {
  const reports = tags.map(({ times }) => ({ times, values: [] }));
  return usualStep(reports, (rows) => rows * (tags.length + 1) <= MOST_CELLS);
}

/** A table of tags with times of their own: evenly spaced rows, in which the last value of each holds. */
function heldTable(
  { tags, single, timeless }: TagsWithTimes,
  { step, isTooLong, one }: Bounds & { one: Described },
): ReadColumns {
  if (heldRows(tags, step) * (tags.length + 1) > MOST_CELLS) throw isTooLong();
  const { times, columns } = heldColumns(tags, step, one.reading);
  const time: Column = { name: one.time.timeColumn, unit: "", kind: "time", values: new Float64Array(0), read: times.length, missing: 0, unreadable: 0 }; // biome-ignore format: one line
  return {
    ...{ columns: [time, ...columns], times, step, sorted: true, tagColumn: single ? one.names[single.tag] : "" },
    dropped: { timeless, doubled: 0 },
  };
}

/** The time of each row as it stands there. */
function keysOf(rows: readonly (readonly Cell[])[], times: readonly number[]): string[] {
  return rows.map((row) => times.map((column) => String(row[column] ?? "").trim()).join(" "));
}

/** A table with a column more in which the parts of its time stand together, where it has such. */
function withJoinedDate(
  names: readonly string[],
  rows: readonly (readonly Cell[])[],
  number: (text: string) => number,
  { timeColumn, clockColumn }: Partial<TableFormat>,
): { names: string[]; rows: readonly (readonly Cell[])[]; parts: readonly string[] } {
  const joined = joinedDate(names, rows, number);
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
    separator: (value) => ["", ",", ";", "\t", "|", " "].includes(value as string),
    quote: (value) => value === "" || value === '"',
    decimal: (value) => value === "." || value === ",",
    thousands: (value) => ["", ".", ",", " ", "'"].includes(value as string),
    headerLine: isLine,
    unitsLine: isLine,
    firstLine: (value) => isLine(value) && (value as number) > 0,
    timeColumn: isText,
    clockColumn: isText,
    tagColumn: isText,
    tagValues: (value) => value === "held" || value === "reported",
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
