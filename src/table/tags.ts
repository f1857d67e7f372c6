import { senderStatus } from "../message/sender-status";
import { looksLikeDate } from "../text/date-format";
import type { MissingMarks } from "./missing-marks";
import { MOST_COLUMNS, tooManyColumns } from "./objects";
import type { Cell } from "./table-format";

/** So many rows are looked at to find what a column holds. */
const LOOKED_AT = 200;
/** Tags share their times where there are more rows than times: so many a time on the average. */
const A_TIME = 1.5;
/** Where less of a table of them would be filled, many meet by chance at a time, such as a hundred within a second. */
const FILLED = 0.2;
/** A tag that stands next to nothing is a remark. */
const LEAST = 3;
/** This share of the rows has a time and a tag of its own. */
const OWN = 0.95;
const VALUE =
  /^(?:(?:_|var|object ?)?value|val|v|pv|payload|reading|wert|messwert|istwert|valeur|valor|値|測定値|計測値|現在値|データ)(?!\p{L})/iu;
const STATE = /^state$/i;
/** Of several the code of OPC: what historians call quality alone is a code of their own. */
const OPC = /^(?:opc ?quality|quality ?detail)$/iu;
const QUALITY =
  /^(?:(?:data|value|point|sample|tag)?[ _]?(?:quality|status(?:[ _]?code)?)|qual|validity|state|good|qualität|güte|qualité|calidad|品質|状態|ステータス)(?!\p{L})/iu;
const TAG =
  /^(?:tag|id|entity_?id|object ?names?|tag ?names?|tag ?(?:ids?|index)|points?|point ?names?|point ?ids?|names?|var ?names?|variables?|sensors?|signals?|items?|metrics?|_?fields?|channels?|parameters?|topics?|messstelle|kanal|signal|名前|名称|タグ名?|点名|測点|計器|項目|信号名?|チャンネル|ch|変数)$/iu;
const UNIT = /^(?:units?|uom|eu|einheit|unité|unidad|単位)(?!\p{L})/iu;
/** Of a yes and no 0 is bad: what is not valid is none. */
const VALID = /^valid/i;
/** What a panel notes between its values: when it was switched off, and how many rows there are. */
const NOTE = /^\$RT_\w+\$$/;
/** Codes of OPC DA that are not bad; above them those of OPC UA begin. */
const [NOT_BAD, UA_FROM] = [64, 0x10000];

/** Whether what stands in the place of a tag is none. */
export function isNote(cell: Cell | undefined): boolean {
  return NOTE.test(textOf(cell));
}

/** Whether a column of this name holds units. */
export function isUnitName(name: string): boolean {
  return UNIT.test(name.trim());
}

/** The columns of a table that holds one value a row, by index; −1 = there is none. */
export interface TagColumns {
  readonly tag: number;
  readonly value: number;
  readonly quality: number;
  readonly unit: number;
  /** Whether each tag has times of its own, as where it reports when its value changes. */
  readonly isOwnTime: boolean;
}

/** What one tag told, as it stands in the table: by row, in the order of time. */
export interface TagRows {
  readonly name: string;
  readonly unit: string;
  readonly rows: readonly number[];
  readonly cells: readonly Cell[];
}

/** A table in which each tag has become a column. */
export interface Widened {
  readonly names: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  readonly units: ReadonlyMap<string, string>;
  /** The row as it was written in which a cell stands that is no number, or the first one of its time. */
  origin(row: number, column: string): number;
}

/**
 * Finds the columns of a table with one value a row, as historians export it: a few words that come again and again, each
 * once for each time, and one column of numbers. Where the words share no times, they are tags only if their column and
 * that of the values are called so, or the table has no names and nothing else in it: they could as well say what was being
 * made.
 *
 * @param keys the time of each row, as it stands there
 * @param times names of the columns that hold it
 * @param wanted the name of the column with the tags, where it is known; "" = there is none
 * @param isNumber whether a cell holds a number
 * @param isValue the same, or a word for a state
 * @returns undefined where each row is a reading
 */
export function tagColumns(
  names: readonly string[],
  rows: readonly (readonly Cell[])[],
  keys: readonly string[],
  of: TagQuestion,
): TagColumns | undefined {
  const { wanted } = of;
  if (wanted === "") return undefined;
  const { rest, numeric, named, value, quality, unit } = rolesOf(names, rows, of);
  if (value < 0) return undefined;
  const times = new Set(keys).size;
  const isShared = rows.length >= A_TIME * times;
  const found = (tag: number, isOwnTime: boolean): TagColumns => ({ tag, value, quality, unit, isOwnTime });
  const isSparse = (tag: number): boolean => {
    const tags = new Set(rows.map((row) => textOf(row[tag]))).size;
    return !isShared || rows.length < FILLED * times * tags;
  };
  if (wanted !== undefined) return found(names.indexOf(wanted), isSparse(names.indexOf(wanted)));
  // By their names alone words that share no times are tags, or where nothing has a name and nothing else is there.
  const isBare = rest.length === 2 && names.every((name, i) => name === `column ${i + 1}`);
  const isNamed = (column: number): boolean => isBare || (named.length > 0 && TAG.test(names[column].trim()));
  const isTag = (column: number): boolean => areTags(rows.map((row) => textOf(row[column])), keys); // biome-ignore format: one line
  // Numbers are those of tags by their name alone: channel 1, 2, 3.
  const isPossible = (i: number): boolean => numeric.includes(i) ? i !== value && isShared && TAG.test(names[i].trim()) : isShared || isNamed(i); // biome-ignore format: one line
  const tag = rest.find((i) => isPossible(i) && isTag(i));
  return tag === undefined ? undefined : found(tag, isNamed(tag) && isSparse(tag));
}

/**
 * The tag that is spread over several columns of words, such as device and metric: together they come once for each time,
 * which none does alone.
 *
 * @returns what the column that holds them together is called, and its cells; undefined = there is none
 */
export function jointTag(
  names: readonly string[],
  rows: readonly (readonly Cell[])[],
  keys: readonly string[],
  of: TagQuestion,
): { name: string; cells: readonly string[] } | undefined {
  const { rest, numeric, value } = rolesOf(names, rows, of);
  const isShared = value >= 0 && rows.length >= A_TIME * new Set(keys).size;
  const words = rest.filter((column) => {
    if (!isShared || column === value || numeric.includes(column)) return false;
    const texts = new Set(rows.map((row) => textOf(row[column])));
    return texts.size > 1 && ![...texts].some(looksLikeDate);
  });
  if (words.length < 2) return undefined;
  const cells = rows.map((row) => words.map((column) => textOf(row[column])).join(" ").trim()); // biome-ignore format: one line
  return areTags(cells, keys) ? { name: words.map((column) => names[column]).join(" "), cells } : undefined;
}

/** What is asked of columns. */
export interface TagQuestion {
  readonly times: readonly string[];
  readonly wanted: string | undefined;
  readonly isNumber: (cell: Cell) => boolean;
  readonly isValue: (cell: Cell) => boolean;
}

/** What the columns of a table with one value a row are for, as far as it is known without its tags. */
function rolesOf(
  names: readonly string[],
  rows: readonly (readonly Cell[])[],
  { times, wanted, isNumber, isValue }: TagQuestion,
) {
  const others = names.flatMap((name, i) => (times.includes(name) || name === wanted ? [] : [i]));
  const find = (pattern: RegExp): number => others.find((i) => pattern.test(names[i].trim())) ?? -1;
  const some = rows.filter((_, i) => i % Math.ceil(rows.length / LOOKED_AT) === 0);
  const isMostly = (column: number, test: (cell: Cell) => boolean): boolean => {
    const cells = some.map((row) => row[column] ?? "").filter((cell) => cell !== "");
    return cells.filter(test).length > 0.5 * cells.length;
  };
  const opc = find(OPC);
  const said = find(QUALITY);
  // What is called a state may as well be the value.
  const isMeasured =
    said >= 0 && isMostly(said, (cell) => isNumber(cell) && senderStatus(String(cell).trim()) === undefined);
  const [quality, unit] = [opc < 0 ? (isMeasured ? -1 : said) : opc, find(UNIT)];
  const rest = others.filter((i) => i !== quality && i !== unit);
  const numeric = rest.filter((i) => isMostly(i, isNumber));
  // Where the tags are known, the values may as well be words for the most part.
  const called = (name: RegExp): number[] =>
    rest.filter((i) => name.test(names[i].trim()) && (wanted !== undefined || isMostly(i, isValue)));
  const named = [called(VALUE), called(STATE)].find((some) => some.length > 0) ?? [];
  const value = (named.length > 0 ? named : numeric).length === 1 ? (named[0] ?? numeric[0]) : -1;
  return { rest, numeric, named, value, quality, unit };
}

/** Whether a few words come again and again, each once for each time. */
function areTags(cells: readonly string[], keys: readonly string[]): boolean {
  const counts = new Map<string, number>();
  const pairs = new Set<string>();
  // A row without a time is no reading, and says nothing of tags.
  const timed = keys.filter((key) => key.trim() !== "").length;
  cells.forEach((tag, i) => {
    if (keys[i].trim() === "") return;
    counts.set(tag, (counts.get(tag) ?? 0) + 1);
    pairs.add(`${keys[i]}\n${tag}`);
  });
  const often = [...counts].filter(([tag, count]) => tag !== "" && count >= LEAST);
  const inOften = often.reduce((sum, [, count]) => sum + count, 0);
  const isOften = often.length >= 2 && inOften >= OWN * timed && counts.size <= MOST_COLUMNS;
  return isOften && pairs.size >= OWN * timed;
}

function textOf(cell: Cell | undefined): string {
  return String(cell ?? "").trim();
}

/**
 * Makes each tag a column, each time a row. A value that its own row calls bad is none.
 *
 * @param keys the time of each row, as it stands there
 * @param times indices of the columns that hold it
 * @throws TableProblem tooManyColumns
 */
export function widen(
  names: readonly string[],
  rows: readonly (readonly Cell[])[],
  keys: readonly string[],
  of: TagColumns & { times: readonly number[]; marks: MissingMarks; isNumber: (cell: Cell) => boolean },
): Widened {
  const { tag, value, quality, unit, times, marks, isNumber } = of;
  const columns = new Map<string, number>();
  const units = new Map<string, string>();
  const places = new Map<string, number>();
  const wide: Cell[][] = [];
  const origins: number[] = [];
  const odd = new Map<string, number>();
  const isBad = badness(rows, quality, marks, names[quality]);
  rows.forEach((row, i) => {
    const name = String(row[tag] ?? "").trim();
    if (name === "") return;
    // A line between the readings is no tag.
    if ((keys[i].trim() === "" && !columns.has(name)) || isNote(name)) {
      wide.push(times.map((_, k) => (k === 0 ? name : "")));
      origins.push(i);
      return;
    }
    if (!columns.has(name)) columns.set(name, times.length + columns.size);
    const said = unit < 0 ? "" : String(row[unit] ?? "").trim();
    if (said !== "" && !units.has(name)) units.set(name, said);
    let at = places.get(keys[i]);
    if (at === undefined) {
      at = wide.length;
      places.set(keys[i], at);
      wide.push(times.map((column) => row[column] ?? ""));
      origins.push(i);
    }
    const cell = isBad(row) ? "" : (row[value] ?? "");
    wide[at][columns.get(name) as number] = cell;
    if (!isNumber(cell)) odd.set(`${at} ${name}`, i);
  });
  if (columns.size > MOST_COLUMNS) throw tooManyColumns(columns.size);
  const origin = (row: number, column: string): number => odd.get(`${row} ${column}`) ?? origins[row];
  return { names: [...times.map((column) => names[column]), ...columns.keys()], rows: wide, units, origin };
}

/**
 * What each tag told, a value that its own row calls bad as an empty cell.
 *
 * @param index the rows in the order of time
 */
export function rowsOfTags(
  names: readonly string[],
  rows: readonly (readonly Cell[])[],
  index: readonly number[],
  of: TagColumns & { marks: MissingMarks },
): TagRows[] {
  const { tag, value, quality, unit, marks } = of;
  const tags = new Map<string, { name: string; unit: string; rows: number[]; cells: Cell[] }>();
  const isBad = badness(rows, quality, marks, names[quality]);
  for (const i of index) {
    const row = rows[i];
    const name = String(row[tag] ?? "").trim();
    if (name === "") continue;
    let one = tags.get(name);
    if (!one) {
      one = { name, unit: "", rows: [], cells: [] };
      tags.set(name, one);
      if (tags.size > MOST_COLUMNS) throw tooManyColumns(tags.size);
    }
    if (unit >= 0) one.unit ||= String(row[unit] ?? "").trim();
    one.rows.push(i);
    one.cells.push(isBad(row) ? "" : (row[value] ?? ""));
  }
  return [...tags.values()];
}

/**
 * Tells the rows that call their own value bad, by a mark, a word or a code. A small number is one of OPC DA only where
 * others of it stand in the column: 0 alone is good with OPC UA, and for many historians.
 *
 * @param name of the column with the quality
 */
export function badness(
  rows: readonly (readonly Cell[])[],
  quality: number,
  marks: MissingMarks,
  name: string,
): (row: readonly Cell[]) => boolean {
  if (quality < 0) return () => false;
  const isYesNo = VALID.test(name) && rows.some((row) => textOf(row[quality]) === "1");
  const isDa = rows.some((row) => Number(row[quality]) >= NOT_BAD && Number(row[quality]) < UA_FROM);
  return (row) => {
    const text = String(row[quality] ?? "").trim();
    if (marks.isMark(text) || (isYesNo && text === "0")) return true;
    return senderStatus(text)?.state === "bad" && (isDa || !(Number(text) < UA_FROM));
  };
}
