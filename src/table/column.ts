import { senderStatus } from "../message/sender-status";
import { type Annotated, annotated } from "../text/annotation";
import { isUnit } from "../text/unit";
import { blankMissing, type MissingMarks } from "./missing-marks";
import type { Cell, Place, TableFormat } from "./table-format";

/** One column of a table. */
export interface Column {
  readonly name: string;
  /** As the table says; "" = it says none. */
  readonly unit: string;
  /** number: usable; text: mostly words; time: where the time stands; empty: nothing in it. */
  readonly kind: "number" | "text" | "time" | "empty";
  /** Of a column of numbers one for each row, NaN = missing; of others empty. */
  readonly values: Float64Array;
  /** Of the column whose words were asked for one for each row, "" = missing, unless it holds numbers; absent = of all others. */
  readonly words?: readonly string[];
  /** Cells that were read, that held nothing or a mark for it, and that could not be read. */
  readonly read: number;
  readonly missing: number;
  readonly unreadable: number;
  /** What its words for states became, "RUN = 1, STOP = 0"; absent = there are none. */
  readonly states?: string;
  /** Numbers with a sign or mark beside them, as "<0.5" and "60.5*"; absent = there are none. */
  readonly marked?: MarkedNumbers;
}

/** How many there are; where the first one stands, and how. */
export interface MarkedNumbers extends Place {
  readonly count: number;
  /** Of them that count as missing. */
  readonly bad: number;
  readonly text: string;
}

/** What is known of all cells. */
export interface CellReading extends Pick<TableFormat, "marked"> {
  readonly number: (text: string) => number;
  readonly marks: MissingMarks;
  readonly state: (text: string) => 0 | 1 | undefined;
  /** Where a cell stands. */
  readonly placeOf: (row: number, column: string) => Place;
  /** A cell could not be read. */
  readonly note: (row: number, column: string, cell: Cell) => void;
}

/** The only number that OPC means clearly by itself. */
const GOOD = "192";
/** Of words for states so many are of the pair, else they are words of several kinds. */
const OF_PAIR = 0.95;

/**
 * Reads the cells of a column: numbers, also with a unit, a sign or a mark beside them, or words for two states.
 *
 * @param rows in which the cells stand
 * @returns with a value for each cell, NaN = missing, whatever the column is
 */
export function readCells(
  { name, unit }: Pick<Column, "name" | "unit">,
  cells: readonly Cell[],
  rows: readonly number[],
  { number, marks, state, marked, placeOf, note }: CellReading,
): Column {
  const values = new Float64Array(cells.length).fill(Number.NaN);
  const [wrong, stated, beside, inUnits, bracketed]: number[][] = [[], [], [], [], []];
  const units = new Set<string>();
  let [missing, codes, bad] = [0, 0, 0];
  cells.forEach((cell, i) => {
    const value = typeof cell === "number" ? cell : number(cell);
    if (Number.isFinite(value)) values[i] = value;
    else if (typeof cell === "number" || cell.trim() === "" || marks.isMark(cell)) missing++;
    else if (state(cell) !== undefined) stated.push(i);
    else {
      const parts = annotated(cell);
      const within = parts ? number(parts.number) : Number.NaN;
      const meaning = parts && Number.isFinite(within) ? meaningOf(parts, unit, marks) : "wrong";
      const isMarked = meaning !== "wrong" && meaning !== "plain" && (meaning !== "unit" || parts?.signs !== "");
      if (isMarked) beside.push(i);
      if (parts?.signs === "()" && parts.word === "") bracketed.push(i);
      if (meaning === "wrong") wrong.push(i);
      else if (meaning === "bad" || (isMarked && marked === "missing")) bad++;
      else values[i] = within;
      if (meaning === "code" && marked === "counted") codes++;
      if (meaning === "unit") {
        inUnits.push(i);
        units.add((parts as Annotated).word.normalize("NFKC"));
      }
    }
  });
  const states = pairOf(stated.map((i) => String(cells[i]).trim()), state); // biome-ignore format: one line
  const isOfPair = states !== undefined && wrong.length <= (1 - OF_PAIR) * (stated.length + wrong.length);
  if (isOfPair && values.every((value) => Number.isNaN(value) || value === 0 || value === 1))
    for (const i of stated) values[i] = state(String(cells[i])) as number;
  else wrong.push(...stated.splice(0));
  // Brackets are a sign among numbers; where there is nothing else they are the numbers of footnotes.
  if (bracketed.length > 0 && bracketed.length === values.filter((value) => !Number.isNaN(value)).length)
    wrong.push(...bracketed);
  // The numbers without a unit stand in the one that the others name; what is in another one is another number.
  const isOfUnit = units.size === 1 && unit === "";
  if (!isOfUnit) wrong.push(...inUnits);
  for (const i of wrong) values[i] = Number.NaN;
  missing += bad + blankMissing(values, marks.numbers);
  const read = cells.length - missing - wrong.length;
  const column = { name, unit: isOfUnit ? [...units][0] : unit, values, read, missing, unreadable: wrong.length };
  if (read === 0 && wrong.length === 0) return { ...column, kind: "empty" };
  // A letter behind a number is a mark only where most numbers have none: 12A and 14C are codes.
  if (wrong.length + codes > read - codes)
    return { ...column, kind: "text", read: read - codes, unreadable: wrong.length + codes };
  for (const i of wrong) note(rows[i], name, cells[i]);
  const [first] = beside;
  return {
    ...{ ...column, kind: "number" },
    ...(stated.length > 0 && { states }),
    ...(beside.length > 0 && { marked: { count: beside.length, bad, ...placeOf(rows[first], name), text: String(cells[first]).slice(0, 60) } }), // biome-ignore format: one line
  };
}

/** What stands beside a number: its unit or “good”, another unit, a word for “bad”, a sign such as "<", a letter that others lack. */
function meaningOf(
  { word, isApart, signs }: Annotated,
  unit: string,
  marks: MissingMarks,
): "plain" | "bad" | "sign" | "code" | "unit" | "wrong" {
  const plain = (text: string): string => text.normalize("NFKC").toLowerCase();
  const status = /^\d+$/.test(word) && word !== GOOD ? undefined : senderStatus(word)?.state;
  if (status === "bad" || (/\p{L}/u.test(word) && marks.isMark(word))) return "bad";
  if (status === "good" || word === "" || plain(word) === plain(unit)) return signs === "" ? "plain" : "sign";
  if (status !== undefined) return "sign";
  if (!/^\p{L}$/u.test(plain(word)) && isUnit(word)) return "unit";
  if (word.length === 1 && isApart) return "sign";
  const isMark = word.length > 1 ? isApart && !/\d/.test(word) : /\p{Lu}/u.test(word);
  return isMark ? "code" : "wrong";
}

/** "RUN = 1, STOP = 0" of words that are one pair; undefined where they are more than that, or none. */
function pairOf(words: readonly string[], state: CellReading["state"]): string | undefined {
  const pair = [0, 1].map((value) => words.filter((word) => state(word) === value));
  const isOne = (same: readonly string[]): boolean => new Set(same.map((word) => word.toLowerCase())).size < 2;
  if (words.length === 0 || !pair.every(isOne)) return undefined;
  return [1, 0].flatMap((value) => (pair[value].length > 0 ? `${pair[value][0]} = ${value}` : [])).join(", ");
}
