import { gregorian } from "../text/calendar";
import { looksLikeClock, looksLikeDate } from "../text/date-format";
import type { Cell } from "./table-format";
import { MIDNIGHT, PARTS as PARTS_OF_DAY, sinceMidnight } from "./time-names";

type Part = "year" | "fiscalYear" | "month" | "day" | "dayOfYear" | "hour" | "minute" | "second" | "ms";

/** The names of the columns that hold a part of a time, in small letters. */
const NAMES: Readonly<Record<Part, string>> = {
  year: "year yr yyyy yy jahr année annee año ano anno 年 西暦",
  fiscalYear: "年度 会計年度",
  month: "month mon mo mm monat mois mes mese 月",
  day: "day dy dd dom mday tag jour día dia giorno 日",
  dayOfYear: "doy yday jday dayofyear julianday 通日 通算日",
  hour: "hour hours hr hrs hh h stunde std heure hora ora 時 時刻",
  minute: "minute minutes min mn mi mm minuten minuto 分",
  second: "second seconds sec ss s sekunde seconde segundo secondo 秒",
  ms: "ms msec millis millitm millisecond milliseconds ミリ秒",
};
const PARTS = Object.keys(NAMES) as Part[];
const BY_NAME = new Map<string, Part[]>();
for (const part of PARTS)
  for (const name of NAMES[part].split(" ")) BY_NAME.set(name, [...(BY_NAME.get(name) ?? []), part]);
/** Finer and finer: one counts where those before it leave several rows with one time, or where it stands beside them. */
const CLOCK: readonly Part[] = ["hour", "minute", "second", "ms"];
const MOST: Readonly<Record<string, number>> = { dayOfYear: 366, hour: 24, minute: 59, second: 60, ms: 999 };
/** So many rows, one after the other, are looked at. */
const LOOKED_AT = 1000;
/** Of them so many tell whether a column holds dates. */
const SAMPLE = 50;
/** The half of the day, in a column of its own. */
const HALF = /^(?:[ap]\.?m\.?|午前|午後)$/i;
const SIGN_BEHIND = /(?:年度|月[度分]|[年月日時分秒])$/;
/** A time of day without signs: 630 is half past six, 63000 the same with seconds. */
const DIGITS = /^(?:\d{1,4}|\d{5,6})$/;

/** A table with a column more, behind the others, in which the parts of the time stand together. */
export interface JoinedDate {
  /** Of the new column: the names of the others. */
  readonly name: string;
  /** The names of the columns whose parts it holds. */
  readonly parts: readonly string[];
  readonly cell: (row: readonly Cell[]) => string;
}

/**
 * Finds a time that is spread over several columns: year, month and day, or a date, with hour, minute and so on, by their
 * names. A cell that is empty, since the one above it holds for it too, is filled up.
 *
 * @param number reads a number as the table writes them
 * @returns undefined where there is none, or where the date and its time of day are told apart by themselves
 */
export function joinedDate(
  names: readonly string[],
  rows: readonly (readonly Cell[])[],
  number: (text: string) => number,
): JoinedDate | undefined {
  const some = rows.slice(0, LOOKED_AT).filter((row) => row.some((cell) => String(cell).trim() !== ""));
  const taken = new Map<Part, number>();
  names.forEach((name, column) => {
    const part = BY_NAME.get(plain(name))?.find((one) => !taken.has(one) && (one !== "minute" || taken.has("hour")));
    if (part && isPart(part, some.map((row) => row[column] ?? ""))) taken.set(part, column); // biome-ignore format: one line
  });
  const dates = names.flatMap((_, column) => (isDates(some.map((row) => row[column] ?? "")) ? [column] : []));
  const year = taken.has("year") ? "year" : "fiscalYear";
  const hasParts = taken.has(year) && (taken.has("month") || taken.has("dayOfYear"));
  if (dates.length > 0 === hasParts) return undefined;
  const date = dates[0] ?? -1;
  const dayParts = hasParts ? ([year, "month", "day", "dayOfYear"] as const).filter((part) => taken.has(part)) : [];
  if (date >= 0) {
    const half = columnOf(some, names, HALF);
    const hands = half < 0 ? -1 : columnOf(some, names, /^\d{1,2}:\d\d(?::\d\d)?$/);
    if (hands >= 0) return joinedBy([date, hands, half], (cells) => cells.join(" "));
    const whole = columnOf(some, names, /^\d{1,2}:\d\d:\d\d$/);
    const ms = taken.get("ms");
    if (whole >= 0 && ms !== undefined) return joinedBy([date, whole, ms], ([day, time, part]) => `${day.replace(MIDNIGHT, "")} ${time}.${part.padStart(3, "0")}`); // biome-ignore format: one line
    const clock = digitsOf(names, some);
    const days = joinedBy([date], (cells) => cells[0]);
    const isDoubled = areDoubled(some, days);
    const isOpen = isDoubled && !taken.has("hour");
    if (clock >= 0 && isOpen) return joinedBy([date, clock], ([day, digits]) => `${day} ${clockOf(digits)}`);
    const areDays = some.every((row) => !/\d ?[:時h] ?\d\d/.test(String(row[date] ?? "").replace(MIDNIGHT, "")));
    const counted = isDoubled && areDays ? countedOf(names, some, days) : undefined;
    const changed = counted
      ? daysOfChange(
          rows,
          counted,
          joinedBy([date], (cells) => cells[0]),
        )
      : new Set();
    // What is called an hour is one, unless there are 23 or 25 of them.
    if (counted && (isOpen || changed.size > 0))
      return joinedBy([date, counted.column], ([day, place]) => {
        const minutes = (Number(place) * 1440) / counted.parts;
        return changed.has(day) ? sinceMidnight(day, minutes) : `${day.replace(MIDNIGHT, "")} ${clockAt(minutes)}`;
      });
  }
  // Beside a date with its time of day, only what is finer than that.
  const texts = some.map((row) => String(row[date] ?? ""));
  const withClock = texts.filter((text) => /\d ?[:時h] ?\d\d/.test(text)).length > 0.5 * texts.length;
  const used: Part[] = [...dayParts];
  const join = (): JoinedDate => {
    const columns = [...(date >= 0 ? [date] : []), ...used.map((part) => taken.get(part) as number)];
    const known = date >= 0 ? [undefined, ...used] : used;
    return joinedBy(columns, (cells) => textOf(known, cells));
  };
  for (const part of withClock ? (["ms"] as const) : CLOCK) {
    if (!taken.has(part)) break;
    const column = taken.get(part) as number;
    const isNext = part !== "hour" && used.length > 0 && taken.get(used[used.length - 1]) === column - 1;
    if (!isNext && used.length + Number(date >= 0) > 0 && !areDoubled(some, join())) break;
    used.push(part);
  }
  if (date >= 0 && used.length === 0) return undefined;
  const read = some.map(join().cell);
  return read.filter(looksLikeDate).length >= 0.7 * read.length ? join() : undefined;

  function joinedBy(columns: readonly number[], text: (cells: readonly string[]) => string): JoinedDate {
    const last: string[] = columns.map(() => "");
    const parts = columns.map((column) => names[column]);
    const cell = (row: readonly Cell[]): string => {
      const cells = columns.map((column) => wholeText(row[column] ?? "", number));
      // The finest part always stands there; what is coarser may hold for several rows.
      if (cells[cells.length - 1] !== "")
        cells.forEach((given, i) => {
          if (given === "") cells[i] = last[i];
          else last[i] = given;
        });
      return text(cells);
    };
    return { name: parts.join(" "), parts, cell };
  }
}

/** Whether rows that follow each other have one time where they need not. */
function areDoubled(rows: readonly (readonly Cell[])[], { cell }: JoinedDate): boolean {
  const texts = rows.map(cell);
  return new Set(texts).size < 0.8 * texts.length;
}

/** The name of a column without what does not matter: "#YY" is "yy", "Hour [h]" is "hour". */
function plain(name: string): string {
  const text = name.normalize("NFKC").toLowerCase();
  return text.replace(/[[(].*$|\(\d+\)$/g, "").replace(/[#$_.\s-]/g, "");
}

function isPart(part: Part, cells: readonly Cell[]): boolean {
  const filled = cells.map((cell) => String(cell).trim()).filter((text) => text !== "");
  if (filled.length === 0) return false;
  const fits = (text: string): boolean => {
    const value = Number(text.replace(SIGN_BEHIND, ""));
    if (part === "month" && Number.isNaN(value)) return looksLikeDate(`2000-${text}-01`);
    if (part !== "second" && !Number.isInteger(value)) return false;
    if (part === "year" || part === "fiscalYear")
      return (gregorian(value) >= 1900 && gregorian(value) <= 2100) || (value >= 0 && value < 100);
    if (part === "month") return value >= 1 && value <= 12;
    if (part === "day") return value >= 1 && value <= 31;
    return value >= 0 && value <= MOST[part];
  };
  return filled.filter(fits).length >= 0.9 * filled.length;
}

function isDates(cells: readonly Cell[]): boolean {
  const filled = cells.filter((cell) => String(cell).trim() !== "");
  const step = Math.ceil(filled.length / SAMPLE);
  const some = filled.filter((_, i) => i % step === 0).map((cell) => String(cell).trim());
  return some.length > 0 && some.filter(looksLikeDate).length >= 0.7 * some.length;
}

/** The first column whose cells are all of a kind; −1 = there is none. */
function columnOf(rows: readonly (readonly Cell[])[], names: readonly string[], kind: RegExp): number {
  return names.findIndex((_, column) => {
    const filled = rows.map((row) => String(row[column] ?? "").trim()).filter((text) => text !== "");
    return filled.length > 0 && filled.every((text) => kind.test(text));
  });
}

/** The column that is named a time and holds digits without signs, such as 0, 15, 30, 45, 100, 115. */
function digitsOf(names: readonly string[], rows: readonly (readonly Cell[])[]): number {
  return names.findIndex((name, column) => {
    if (!/^(?:time|zeit|uhrzeit|uzeit|heure|hora|ora|hhmm|hhmmss|時刻|時間)$/.test(plain(name))) return false;
    const texts = rows.map((row) => String(row[column] ?? "").trim()).filter((text) => text !== "");
    return (
      texts.length > 0 &&
      texts.every((text) => DIGITS.test(text) && looksLikeClock(clockOf(text))) &&
      texts.some((text) => Number(text) > 24)
    );
  });
}

/** The column that counts the parts of each day: hours from 1 to 24 (or 0 to 23), quarter hours to 96, each once a day. */
function countedOf(
  names: readonly string[],
  rows: readonly (readonly Cell[])[],
  { cell: dayOf }: JoinedDate,
): { column: number; parts: number } | undefined {
  const days = rows.map(dayOf);
  for (const column of names.keys()) {
    const texts = rows.map((row) => String(row[column] ?? "").trim());
    const places = [...new Set(texts)].map((text) => (/^\d{1,3}$/.test(text) ? Number(text) : Number.NaN)).sort((a, b) => a - b); // biome-ignore format: one line
    // In autumn a day has one hour more.
    const parts = PARTS_OF_DAY.find((one) => places.length === one || places.length === one + one / 24);
    if (parts === undefined || !(places[0] <= 1) || places.some((place, i) => place !== places[0] + i)) continue;
    if (new Set(days.map((day, i) => `${day} ${texts[i]}`)).size === texts.length) return { column, parts };
  }
  return undefined;
}

/** The days with an hour more or less than others, of which no part is left out: they are counted through it. */
function daysOfChange(
  rows: readonly (readonly Cell[])[],
  { column, parts }: { column: number; parts: number },
  { cell: dayOf }: JoinedDate,
): ReadonlySet<string> {
  const days = new Map<string, { count: number; most: number }>();
  for (const row of rows) {
    const day = dayOf(row);
    const { count, most } = days.get(day) ?? { count: 0, most: 0 };
    days.set(day, { count: count + 1, most: Math.max(most, Number(row[column])) });
  }
  const isChanged = ({ count, most }: { count: number; most: number }): boolean =>
    most - count <= 0 && most - count >= -1 && Math.abs(count - parts) === parts / 24;
  return new Set([...days].filter(([, one]) => isChanged(one)).map(([day]) => day));
}

/** 390 minutes as "06:30". */
function clockAt(minutes: number): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** "630" as "06:30". */
function clockOf(digits: string): string {
  const text = digits.padStart(digits.length > 4 ? 6 : 4, "0");
  const parts = text.match(/\d\d/g) ?? [];
  return parts.join(":");
}

function wholeText(cell: Cell, number: (text: string) => number): string {
  if (typeof cell === "number") return String(cell);
  const text = cell.trim();
  const value = number(text);
  // "2026.0", as tools write whole numbers of a column in which some are missing.
  return Number.isInteger(value) ? String(value).padStart(text.replace(/\D.*$/, "").length, "0") : text;
}

/** A date and time as text; a part that is undefined is a date as it stands. */
function textOf(parts: readonly (Part | undefined)[], cells: readonly string[]): string {
  const of = (part: Part | undefined): string | undefined => {
    const at = parts.indexOf(part);
    return at < 0 ? undefined : cells[at].replace(SIGN_BEHIND, "");
  };
  const [hour, minute = "0", second = "0", ms] = [of("hour"), of("minute"), of("second"), of("ms")];
  const two = (text: string): string => text.replace(/^\d(?!\d)/, "0$&");
  const fraction = ms === undefined ? "" : `.${ms.padStart(3, "0")}`;
  const whole = of(undefined);
  if (whole !== undefined && hour === undefined) return `${whole}${/:\d\d:\d\d$/.test(whole) ? "" : ":00"}${fraction}`;
  const clock = hour === undefined ? "" : ` ${two(hour)}:${two(minute)}:${two(second)}${fraction}`;
  return `${whole?.replace(/[T ]00:00(:00)?$/, "") ?? dayOf(of("year") ?? inYear(of("fiscalYear"), of("month")), of("month"), of("day"), of("dayOfYear"))}${clock}`;
}

/** The year of a month in a year that begins in April, as companies and authorities in Japan have it. */
function inYear(fiscal: string | undefined, month = ""): string | undefined {
  return fiscal && Number(month) < 4 ? String(Number(fiscal) + 1) : fiscal;
}

function dayOf(given = "", month?: string, day = "1", dayOfYear?: string): string {
  const short = Number(given);
  const year = given.length > 2 ? given : String(short + (short < 70 ? 2000 : 1900));
  if (month !== undefined || dayOfYear === undefined) return `${year}-${month}-${day}`;
  const date = new Date(Date.UTC(Number(year), 0, Number(dayOfYear)));
  return Number.isNaN(date.getTime()) ? "" : date.toISOString().slice(0, 10);
}
