import { looksLikeClock, looksLikeDate } from "../text/date-format";
import { looksLikeNumber } from "../text/number-format";
import { isUnit } from "../text/unit";
import { splitUnit } from "./cell-units";
import { isRule } from "./remarks";
import type { Cell } from "./table-format";
import { isTimeName } from "./time-column";
import { clocksIn, datesIn, MIDNIGHT } from "./time-names";

/** The names of a table stand within its first lines. */
const SEARCHED = 300;
/** Within so many rows below the names stands a value. */
const SOON = 5;
/** What stands before the names that a plant has given to its measurements. */
const TAGS =
  /^(?:tags?|tag ?names?|signal ?names?|channel ?names?|ch ?names?|comments?|タグ|タグ名|タグ名称|信号名|信号名称|名称|チャンネル名|コメント|注釈|項目|項目名|測定項目)$/i;
/** The same before their units. */
const UNITS = /^(?:units?|eu|einheit|einheiten|unité|unidad|単位)$/i;
/** With such a word before it a row need not be full: it leaves the columns of the time without a name. */
const LABELLED = 0.3;
/** What a controller writes above the names of its devices, "SHORT[DEC.0]", or a database below them. */
const TYPE =
  /^(?:date|time|datetime|timestamp|interval|u?short|u?long|u?s?d?int(?:eger)?|word|dword|byte|bit|bool(?:ean)?|float|l?real|double|string|raw|trigger|index)(?:\[.*\]|\(.*\))?$/i;

/** Where names, units and values of a table stand, as indices of rows; −1 = nowhere. */
export interface Layout {
  readonly header: number;
  readonly units: number;
  readonly first: number;
}

/** Texts that are neither numbers nor names. */
export interface LayoutWords {
  /** Whether a text stands for no value. */
  isMark(text: string): boolean;
  /** Whether it may stand for a state, or for a number with something beside it. */
  isBeside(text: string): boolean;
}

/**
 * Finds the first row of values and, before it, the row of names and that of units. Lines of title come before them and
 * have fewer cells.
 */
export function guessLayout(rows: readonly (readonly Cell[])[], { isMark, isBeside }: LayoutWords): Layout {
  const some = rows.slice(0, SEARCHED);
  const filled = some.map((row) => (isRule(row) ? 0 : row.filter((cell) => String(cell).trim() !== "").length));
  // As wide as most rows with something in them; of a short table as wide as the widest.
  const sorted = filled.filter((count) => count > 0).sort((a, b) => a - b);
  const width = sorted[Math.floor(sorted.length * (sorted.length < 6 ? 0.99 : 0.5))] ?? 0;
  const isFull = (i: number): boolean => filled[i] >= Math.max(1, 0.5 * width);
  const across = some.findIndex((row, i) => {
    const below = some.slice(i + 1, i + 1 + SOON);
    return isFull(i) && namesTimes(withDays(some[i - 1], row, below[0]) ?? row, below, isBeside);
  });
  if (across >= 0) return { header: across, units: -1, first: across + 1 };
  const isData = (i: number): boolean => isFull(i) && looksLikeData(some[i], (text) => isMark(text) || isBeside(text));
  let first = some.findIndex((_, i) => isData(i) && (i + 1 >= some.length || isData(i + 1) || filled[i + 1] === 0));
  if (first < 0) first = some.findIndex((_, i) => isData(i));
  const isWords = (i: number): boolean => isFull(i) && !some[i].some(isValue);
  // "From; 01.03.2026" above the names is no value: a word and its date, while each row of values begins with one.
  if (first >= 0 && !isValue(some[first][0])) {
    const begins = (i: number): boolean => i < some.length && isData(i) && isValue(some[i][0]);
    const isBelowWords = (i: number): boolean => isWords(some.findLastIndex((_, k) => k < i && filled[k] > 0));
    const start = some.findIndex((_, i) => i > first && [0, 1, 2].every((k) => begins(i + k)) && isBelowWords(i));
    if (start >= 0 && !some.slice(first, start).some((row) => isValue(row[0]))) first = start;
  }
  // A logger lists its channels, "1, TC-K, 1200, °C", above the names: where below these each row has a time, it has none there.
  if (first >= 0) {
    const isTimed = (i: number): boolean =>
      i < some.length && isData(i) && some[i].some((cell) => [looksLikeDate, looksLikeClock].some((is) => is(String(cell).trim()))); // biome-ignore format: one line
    const names = some.findIndex((_, i) => i > first && isWords(i) && isTimed(i + 1) && isTimed(i + 2));
    if (names >= 0 && !some.slice(first, names).some((_, i) => isTimed(first + i))) first = names + 1;
  }
  // Tags may be numbers, "Time;4711;4712": where times stand below, a word is a name.
  const isNamed = (cell: Cell, column: number): boolean =>
    !isValue(cell) &&
    String(cell).trim() !== "" &&
    !isMark(String(cell).trim()) &&
    [first + 1, first + 2].every((i) => looksLikeDate(String(some[i]?.[column] ?? "").trim()));
  const isOnTop = !some.slice(0, Math.max(0, first)).some((_, i) => isFull(i));
  if (first >= 0 && some[first].some((cell, k) => isNamed(cell, k) && (isOnTop || isTimeName(String(cell))))) first++;
  // A row of which no value can be read is a reading all the same where its time stands in the column of times.
  const time = first < 0 ? -1 : some[first].findIndex((cell) => looksLikeDate(String(cell).trim()));
  while (time >= 0 && first > 0 && isFull(first - 1) && looksLikeDate(String(some[first - 1][time] ?? "").trim()))
    first--;
  const label = (i: number): string => String(some[i][0]).normalize("NFKC").trim();
  const isTags = (i: number): boolean => TAGS.test(label(i));
  const end = first < 0 ? some.length : first;
  const before: number[] = [];
  for (let i = end - 1; i >= 0; i--) {
    if (filled[i] === 0) continue;
    const name = String(some[i][0]).trim();
    // "#TYPES" above the types, and the name of the time below all others.
    if (filled[i] === 1 && !isFull(i) && (name.startsWith("#") || isTimeName(name))) continue;
    const isLabelled = (isTags(i) || UNITS.test(label(i))) && filled[i] > LABELLED * width;
    if (before.length > 0 && !isLabelled && (!isFull(i) || some[i].some(isValue))) break;
    // A line of units leaves the time and much else without one.
    if (isFull(i) || isLabelled || looksLikeUnits(some[i], 1)) before.unshift(i);
    else break;
  }
  // Behind "#" stand remarks, unless nothing else could be the names.
  for (const isNone of [(i: number) => label(i).startsWith("#"), (i: number) => areTypes(some[i])]) {
    const others = before.filter((i) => !isNone(i));
    if (others.length > 0) before.splice(0, before.length, ...others);
  }
  // A title may fill half a line; names fill all of it, in a line of units the time has none.
  const widest = Math.max(...before.map((i) => filled[i]));
  const wide = before.filter((i) => filled[i] >= 0.8 * widest);
  // Loggers number their channels above the names that the plant has given them.
  const tags = before.find(isTags);
  // Names of groups leave open what those below them fill: a machine stands over its sensors once.
  const fills = (upper: number, lower: number): boolean =>
    !looksLikeUnits(some[lower], 0.6) &&
    some[lower].some((cell, k) => String(cell).trim() !== "" && String(some[upper][k] ?? "").trim() === "");
  const header = tags ?? (wide.length > 1 && fills(wide[0], wide[1]) ? wide[1] : (wide[0] ?? -1));
  const units = before.findLast((i) => i !== header && looksLikeUnits(some[i], 0.6)) ?? -1;
  return { header, units, first };
}

/**
 * The names of a table: where the time is named in a line of its own, with that; where a name comes twice, with what stands
 * above or below it, such as the machine.
 */
export function headerCells(rows: readonly (readonly Cell[])[], { header, units, first }: Layout): readonly Cell[] {
  if (header < 0) return [];
  const texts = (row: readonly Cell[] = []): string[] => row.map((cell) => String(cell).trim());
  const cells = texts(rows[header]);
  const isWords = (row: readonly string[]): boolean =>
    row.filter((text) => text !== "").length > 1 && !row.some((text) => text !== "" && isValue(text));
  const under = rows.slice(header + 1, first).filter((_, i) => header + 1 + i !== units).map(texts); // biome-ignore format: one line
  for (const row of under) {
    const named = row.filter((text) => text !== "");
    if (named.length === 1 && isTimeName(named[0])) cells[row.indexOf(named[0])] = named[0];
  }
  // The names that the plant has given leave those of the time, and of what else the logger writes, to the line below.
  const [below = []] = under.filter(isWords);
  if (TAGS.test((cells[0] ?? "").normalize("NFKC")) && below.length > 0)
    for (const [i, name] of below.entries()) if (i === 0 || !cells[i]) cells[i] = name;
  const dated = withDays(rows[header - 1], cells, texts(rows[first]));
  if (dated) return dated;
  const isUnique = (all: readonly string[]): boolean => {
    const named = all.filter((text) => text !== "");
    return new Set(named).size === named.length;
  };
  if (isUnique(cells)) {
    // Of names in two lines the time may stand in the upper one alone.
    const upper = texts(rows[header - 1]);
    return cells.map((name, i) => (name === "" && isTimeName(upper[i] ?? "") ? upper[i] : name));
  }
  const joined = (groups: readonly string[], names: readonly string[]): string[] => {
    let group = "";
    return Array.from({ length: Math.max(groups.length, names.length) }, (_, i) => {
      group = groups[i] || group;
      return names[i] && names[i] !== group ? `${group} ${names[i]}`.trim() : (groups[i] ?? "");
    });
  };
  const above = texts(rows[header - 1]);
  for (const names of [isWords(above) ? joined(above, cells) : cells, joined(cells, below)])
    if (isUnique(names)) return names;
  return cells;
}

/** Times of day with the days that stand above them, above each or above the first; where each row has its own day, none does. */
function withDays(
  above: readonly Cell[] = [],
  cells: readonly Cell[],
  below: readonly Cell[] = [],
): string[] | undefined {
  const text = (cell: Cell | undefined): string => String(cell ?? "").trim();
  if (!cells.some((cell) => looksLikeClock(text(cell))) || below.some((cell) => looksLikeDate(text(cell))))
    return undefined;
  let day = "";
  const names = cells.map((cell, i) => {
    if (looksLikeDate(text(above[i]))) day = text(above[i]);
    return day !== "" && looksLikeClock(text(cell)) ? `${day.replace(MIDNIGHT, "")} ${text(cell)}` : text(cell);
  });
  return day === "" ? undefined : names;
}

/** Whether a row says of what type the columns are. */
function areTypes(row: readonly Cell[]): boolean {
  const texts = row.map((cell) => String(cell).trim()).filter((text) => text !== "");
  return texts.length > 2 && texts.every((text) => TYPE.test(text));
}

/** Whether a row names times for the columns below it: the next row has none there, and values come soon. */
function namesTimes(
  row: readonly Cell[],
  below: readonly (readonly Cell[])[],
  isBeside: LayoutWords["isBeside"],
): boolean {
  const texts = row.map((cell) => String(cell).trim());
  const times = datesIn(texts) ?? clocksIn(texts);
  // A row with a time of its own has values, even 1, 2, …, 24.
  if (!times || texts.some((text, k) => times[k] === undefined && looksLikeDate(text))) return false;
  const under = below.map((cells) => cells.flatMap((cell, k) => (times[k] === undefined ? [] : [String(cell).trim()])));
  const isTime = (text: string): boolean => looksLikeDate(text) || looksLikeClock(text);
  return (
    !under[0]?.some(isTime) && under.some((cells) => cells.some((text) => looksLikeNumber(text) || isBeside(text)))
  );
}

function isValue(cell: Cell | undefined): boolean {
  if (typeof cell !== "string") return cell !== undefined;
  const text = cell.trim();
  return looksLikeNumber(text) || looksLikeDate(text) || looksLikeClock(text) || isUnit(splitUnit(text)?.unit ?? "");
}

/**
 * Whether at least half of what stands in a row is numbers, times or marks of no value, and one is more than a mark; or it
 * begins with a value and has another one, among words such as tag, unit and quality.
 */
function looksLikeData(row: readonly Cell[], isMark: (text: string) => boolean): boolean {
  let values = 0;
  let others = 0;
  let missing = 0;
  for (const cell of row) {
    const text = typeof cell === "number" ? "" : cell.trim();
    if (typeof cell !== "number" && text === "") continue;
    if (isValue(cell)) values++;
    else if (isMark(text)) missing++;
    else others++;
  }
  const begins = values > 1 && isValue(row[0]);
  return (values > 0 && (values + missing >= others || /^\d{4}年$/.test(String(row[0]).trim()))) || begins;
}

function looksLikeUnits(row: readonly Cell[], share: number): boolean {
  const texts = row.map((cell) => String(cell).trim()).filter((text) => text !== "");
  return (
    texts.length > 0 && texts.filter(isUnit).length >= share * (texts.length > 2 ? texts.length - 1 : texts.length)
  );
}

/** The unit in the name of a column: "Gas (m3/h)", "temp [°C]", "Steam, kg/h". */
export function unitIn(name: string): string {
  const bracketed = /[[(（［【]([^[\]()（）［］【】]{1,15})[\])）］】]\s*$/.exec(name);
  if (bracketed && !/^\d+$/.test(bracketed[1])) return bracketed[1].trim();
  const after = /,\s*([^,]{1,12})$/.exec(name)?.[1].trim() ?? "";
  return isUnit(after) ? after : "";
}

/** Names of the columns, each one once: what has none is called "column 3", what comes twice "name (2)". */
export function namesOf(cells: readonly Cell[], width: number): string[] {
  const taken = new Set<string>();
  return Array.from({ length: width }, (_, i) => {
    const given = String(cells[i] ?? "")
      .replace(/\s+/g, " ")
      .trim()
      .slice(0, 200);
    const base = given || `column ${i + 1}`;
    let name = base;
    for (let n = 2; taken.has(name); n++) name = `${base} (${n})`;
    taken.add(name);
    return name;
  });
}
