/** Names of columns that are times. */
import { arePeriods, monthNamed, periodIn } from "../text/calendar-period";
import { guessDateOrder, looksLikeDate, readStamp } from "../text/date-format";

/** "2026-10-25 +1485 min". */
const SINCE_MIDNIGHT = /^(.+) \+(\d+) min$/;

/** The time that lies so many minutes behind the begin of a day, also where that has 23 or 25 hours. */
export function sinceMidnight(day: string, minutes: number): string {
  return `${day.replace(MIDNIGHT, "")} +${minutes} min`;
}

/** What `sinceMidnight` has put together. */
export function minutesIn(text: string): { readonly day: string; readonly minutes: number } | undefined {
  const [, day, minutes] = SINCE_MIDNIGHT.exec(text) ?? [];
  return day === undefined ? undefined : { day, minutes: Number(minutes) };
}

/** So many times of day in a row are no coincidence: half a day of hours. */
const LEAST_CLOCKS = 12;
/** So many dates. */
const LEAST_DATES = 3;
const DAY = 1440;
/** Behind the date of a day, as spreadsheets write it. */
export const MIDNIGHT = /[T ]0?0:00(:00)?$/;
/** Into so many parts of the same length days are divided: hours, half and quarter hours, 10 and 5 minutes. */
export const PARTS: readonly number[] = [24, 48, 96, 144, 288];
/** A part of the day by its number alone: "7", "H7", "HE07", "Hour 7", "コマ7". */
const NUMBERED = /^(?:h|he|hr|hour(?: ?ending)?|std|stunde|sp|period|interval|コマ)?[ ._-]?(\d{1,3})(?:h|コマ)?$/i;
/** Hours and minutes without a sign between. */
const DIGITS = /^(\d{2})([0-5]\d)$/;

/**
 * The dates among names, where they follow each other, also the first days of months, quarters or weeks; undefined = there
 * are none, or too few.
 */
export function datesIn(names: readonly string[]): (string | undefined)[] | undefined {
  return daysIn(names) ?? periodsIn(names);
}

function daysIn(names: readonly string[]): (string | undefined)[] | undefined {
  const dates = names.map((name) => (looksLikeDate(name) ? name : undefined));
  const found = dates.filter((date) => date !== undefined);
  if (found.length < LEAST_DATES) return undefined;
  const { order } = guessDateOrder(found);
  const walls = found.map((date) => readStamp(date, order)?.wall ?? Number.NaN);
  return followEachOther(walls) ? dates : undefined;
}

function periodsIn(names: readonly string[]): (string | undefined)[] | undefined {
  const periods = names.map(periodIn);
  if (!arePeriods(names.filter((_, i) => periods[i]))) return undefined;
  const begins = periods.flatMap((period) => period?.begin ?? []);
  return followEachOther(begins) ? periods.map((period) => period && new Date(period.begin).toISOString().slice(0, 10)) : undefined; // biome-ignore format: one line
}

/**
 * The months among names, each by how many months it is after the January of the year that stands beside; undefined = there
 * are not twelve that follow each other. A year may begin with any of them: March behind April is that of the next one.
 */
export function monthsIn(names: readonly string[]): (string | undefined)[] | undefined {
  const months = names.map(monthNamed);
  const those = months.filter((month) => month !== undefined);
  const [first = 0] = those;
  if (those.length !== 12 || !those.every((month, i) => month === (first + i) % 12)) return undefined;
  return months.map((month) => (month === undefined ? undefined : String(month < first ? month + 12 : month)));
}

/** The times of day among texts, where they follow each other: "1:30", "1時", "1 AM", "01:00-02:00" (its begin), or all hours by number. */
export function clocksIn(texts: readonly string[]): (string | undefined)[] | undefined {
  const plain = texts.map((text) => text.normalize("NFKC").trim());
  for (const found of [plain.map(minuteOf), partsOf(plain), digitsOf(plain)]) {
    const those = found.filter((minute) => minute !== undefined);
    if (those.length < LEAST_CLOCKS || !followEachOther(those)) continue;
    const two = (n: number): string => String(n).padStart(2, "0");
    return found.map((minute) => minute === undefined ? undefined : `${two(Math.floor(minute / 60))}:${two(minute % 60)}`); // biome-ignore format: one line
  }
  return undefined;
}

function minuteOf(text: string): number | undefined {
  if (!/^\d{1,2} ?(?:[:時]|[ap]\.?m)/i.test(text)) return undefined;
  const [begin] = text.split(/ ?[-~〜] ?(?=\d)/);
  const wall = readStamp(`1970-01-01 ${begin}`, "ymd")?.wall;
  return wall === undefined || wall > DAY * 60_000 ? undefined : wall / 60_000;
}

/** Parts of a day by their numbers, from 0 or 1 on; those of the hour that comes twice in autumn are left out. */
function partsOf(texts: readonly string[]): (number | undefined)[] {
  const numbers = texts.map((text) => {
    const number = NUMBERED.exec(text)?.[1];
    return number === undefined ? undefined : Number(number);
  });
  const those = numbers.filter((number) => number !== undefined);
  const [first = 2] = those;
  const parts = PARTS.find((n) => those.length === n || those.length === n + n / 24);
  if (parts === undefined || first > 1 || !those.every((number, i) => number === first + i)) return [];
  return numbers.map((number) => number === undefined || number >= first + parts ? undefined : (number * DAY) / parts); // biome-ignore format: one line
}

/** Times of day in digits, of a whole day. */
function digitsOf(texts: readonly string[]): (number | undefined)[] {
  const minutes = texts.map((text) => {
    const [, hour, minute] = DIGITS.exec(text) ?? [];
    return hour === undefined ? undefined : 60 * Number(hour) + Number(minute);
  });
  const those = minutes.filter((minute) => minute !== undefined);
  const step = those[1] - those[0];
  return those.length * step === DAY && those[0] <= step && those.every((minute, i) => minute === those[0] + i * step) ? minutes : []; // biome-ignore format: one line
}

function followEachOther(times: readonly number[]): boolean {
  const steps = times.slice(1).map((time, i) => time - times[i]);
  return steps.every((step) => step > 0) || steps.every((step) => step < 0);
}
