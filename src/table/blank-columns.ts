/** Tables whose columns are held apart by blanks: reports of fixed width, and data sets with one blank between values. */
import { looksLikeClock, looksLikeDate } from "../text/date-format";
import { looksLikeNumber } from "../text/number-format";

/** So many lines are looked at to find the columns. */
const LOOKED_AT = 200;
/** This share of the lines of values has a word in every column; of those that lie below each other a smaller one will do. */
const FULL = 0.7;
const ALIGNED = 0.1;
/** A date with its time of day is at most so many words: "Fri Mar 27, 2026 10:00:00 PM". */
const LONGEST_TIME = 6;
/** "60,25", "1,234,567.5", and a time of day with parts of a second. */
const NUMBER_WITH_COMMA = /^[+-]?(?:\d+,\d+|[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d{3})+,\d+|[\d:]+:\d\d,\d+)$/;

interface Word {
  readonly text: string;
  readonly from: number;
  /** Behind the last character. */
  readonly to: number;
}

/** Where the columns are. */
export interface BlankColumns {
  /** Words of a line of values in which nothing is missing. */
  readonly count: number;
  /** The words that are one time together, from the first to before the last; from = to: there are none. */
  readonly time: { readonly from: number; readonly to: number };
  /** Where the words stand in their lines; undefined where they do not stand below each other. */
  readonly places: readonly { readonly from: number; readonly to: number }[] | undefined;
}

/**
 * The columns of a text that blanks hold apart.
 *
 * @returns undefined where its lines are not made of values with blanks between, at least one of them beside a time
 */
export function blankColumns(lines: readonly string[]): BlankColumns | undefined {
  const some = lines.filter((line) => line.trim() !== "").slice(0, LOOKED_AT);
  const data = some.map(wordsOf).filter(areValues);
  if (data.length < 2 || data.length < 0.5 * some.length) return undefined;
  const counts = new Map<number, number>();
  for (const words of data) counts.set(words.length, (counts.get(words.length) ?? 0) + 1);
  const byLength = [...counts].sort((a, b) => b[0] - a[0]);
  const longest = byLength.find(([, lines]) => lines >= ALIGNED * data.length)?.[0] ?? 0;
  const found = byLength.find(([, lines]) => lines >= FULL * data.length)?.[0];
  const columnsFor = (count: number): BlankColumns => {
    const full = data.filter((words) => words.length === count);
    return { count, time: timeIn(full), places: placesOf(full) };
  };
  let columns = columnsFor(longest);
  if (!columns.places || !data.every((words) => placed(words, columns))) {
    if (found === undefined) return undefined;
    columns = columnsFor(found);
  }
  const { count, time } = columns;
  const full = data.find((words) => words.length === count) as Word[];
  const others = full.filter((_, i) => i < time.from || i >= time.to);
  const isOnlyTime = !others.some(({ text }) => looksLikeNumber(text));
  const width = others.length + Number(time.to > time.from);
  return isOnlyTime || width < 2 || isOneNumber(data) ? undefined : columns;
}

/** The cells of a text in such columns, line by line. */
export function splitBlanks(lines: readonly string[], columns: BlankColumns | undefined): string[][] {
  if (!columns) return lines.map((line) => wordsOf(line).map(({ text }) => text));
  const first = lines.findIndex((line) => areValues(wordsOf(line)));
  const named = namesFrom(lines, first);
  return lines.map((line, i) => {
    const words = wordsOf(line);
    if (words.length === 0) return [];
    // What stands above the names is a title, however many words it has.
    if (i < named) return [line.trim()];
    if (i < first) return namesIn(line, words, columns);
    if (words.length === columns.count) return joined(words.map(({ text }) => text), columns); // biome-ignore format: one line
    if (!areValues(words)) return [line.trim()];
    const cells = columns.places && placed(words, columns);
    // Which values are missing is not known: the line counts as one that cannot be read.
    return cells ? joined(cells, columns) : [line.trim()];
  });
}

function wordsOf(line: string): Word[] {
  const words: Word[] = [];
  // What stands between quotation marks is one word.
  for (const { 0: whole, 1: quoted, index } of line.matchAll(/"([^"]*)"(?=[ \t]|$)|[^ \t\u3000\u00a0]+/g))
    words.push({ text: quoted ?? whole, from: index, to: index + whole.length });
  return words;
}

function isValue(text: string): boolean {
  return looksLikeNumber(text) || looksLikeDate(text) || looksLikeClock(text);
}

/** Whether at least half of some words are values, and none holds a comma that is not within a number, or in "Mar 27, 2026". */
function areValues(words: readonly Word[]): boolean {
  const isCut = ({ text }: Word, i: number): boolean =>
    text.includes(",") &&
    !NUMBER_WITH_COMMA.test(text) &&
    !(/^\d{1,2},$/.test(text) && /^\d{4}$/.test(words[i + 1]?.text));
  if (words.length < 2 || words.some(isCut)) return false;
  return words.filter(({ text }) => isValue(text)).length >= 0.5 * words.length;
}

/** Whether what looks like columns are the groups of one large number: "1 234 567,5". */
function isOneNumber(data: readonly Word[][]): boolean {
  return data.every((words) => /^[+-]?\d{1,3}(?: \d{3})+(?:[.,]\d+)?$/.test(words.map(({ text }) => text).join(" ")));
}

/** The neighbouring words that are a date and its time of day in nearly all lines. */
function timeIn(lines: readonly Word[][]): BlankColumns["time"] {
  const none = { from: 0, to: 0 };
  const texts = (lines[0] ?? []).map(({ text }) => text);
  for (let from = 0; from < texts.length; from++) {
    for (let to = Math.min(texts.length, from + LONGEST_TIME); to > from + 1; to--) {
      const isTime = lines.filter((words) => isOneTime(words.slice(from, to))).length >= 0.9 * lines.length;
      if (isTime) return { from, to };
    }
  }
  return none;
}

/** A number behind a time is a value, though "-12" could be its zone; three numbers are no date, though "12 5 18" could be. */
function isOneTime(words: readonly Word[]): boolean {
  const texts = words.map(({ text }) => text);
  if (texts.slice(1).some((text) => /^[+-]\d+$/.test(text))) return false;
  return texts.some((text) => looksLikeDate(text) || /^\p{L}{3}/u.test(text)) && looksLikeDate(texts.join(" "));
}

/** Where words stand that stand below each other. */
function placesOf(lines: readonly Word[][]): BlankColumns["places"] {
  const places = (lines[0] ?? []).map(({ from, to }) => ({ from, to }));
  for (const words of lines)
    words.forEach(({ from, to }, i) => {
      places[i] = { from: Math.min(places[i].from, from), to: Math.max(places[i].to, to) };
    });
  return places.every(({ from }, i) => i === 0 || places[i - 1].to < from) ? places : undefined;
}

/** The words of a line in their columns, some of which are empty; undefined where one stands in none or in two. */
function placed(words: readonly Word[], { places = [] }: BlankColumns): string[] | undefined {
  const cells: string[] = places.map(() => "");
  for (const { text, from, to } of words) {
    const touched = places.flatMap((place, i) => (from < place.to && to > place.from ? [i] : []));
    if (touched.length !== 1 || cells[touched[0]] !== "") return undefined;
    cells[touched[0]] = text;
  }
  return cells;
}

/** Makes one cell of the words of a time. */
function joined(cells: readonly string[], { time }: BlankColumns): string[] {
  if (time.to === time.from) return [...cells];
  return [...cells.slice(0, time.from), cells.slice(time.from, time.to).join(" ").trim(), ...cells.slice(time.to)];
}

/** The first of the lines above the values that belong together: the names begin there. */
function namesFrom(lines: readonly string[], first: number): number {
  const isBlank = (i: number): boolean => lines[i].trim() === "";
  let from = first;
  while (from > 0 && isBlank(from - 1)) from--;
  while (from > 0 && !isBlank(from - 1)) from--;
  return from;
}

/** The cells of a line of names or units, by their number or, where that does not fit, by where they stand. */
function namesIn(line: string, words: readonly Word[], columns: BlankColumns): string[] {
  const { count, time, places } = columns;
  const width = time.to > time.from ? count - (time.to - time.from) + 1 : count;
  const texts = words.map(({ text }) => text);
  // A # before the names is no name.
  if (texts.length === count + 1 && texts[0] === "#") texts.shift();
  const wide = line.trim().split(/[ \t\u3000\u00a0]{2,}/);
  // R leaves the names of its rows without one.
  if (texts.length === width - 1 && line.trim().startsWith('"')) return ["", ...texts];
  for (const cells of [texts, wide]) {
    if (cells.length === count) return joined(cells, columns);
    if (cells.length === width) return cells;
  }
  if (!places) return wide.length > 1 ? wide : texts;
  const cells: string[] = places.map(() => "");
  for (const { text, from, to } of words) {
    const middle = (from + to) / 2;
    const behind = places.findIndex((place, i) => i > 0 && middle < (places[i - 1].to + place.from) / 2);
    const at = behind < 0 ? places.length - 1 : behind - 1;
    cells[at] = `${cells[at]} ${text}`.trim();
  }
  return joined(cells, columns);
}
