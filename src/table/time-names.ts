/** Names of columns that are times. */
import { guessDateOrder, looksLikeDate, readStamp } from "../text/date-format";

/** So many times of day in a row are no coincidence: half a day of hours. */
const LEAST_CLOCKS = 12;
/** So many dates. */
const LEAST_DATES = 3;
const DAY = 1440;
/** Behind the date of a day, as spreadsheets write it. */
export const MIDNIGHT = /[T ]0?0:00(:00)?$/;
/** An hour by its number alone: "7", "H7", "HE07", "Hour 7". */
const HOUR = /^(?:h|he|hr|hour|std|stunde)?[ ._-]?(\d{1,2})h?$/i;
/** Hours and minutes without a sign between. */
const DIGITS = /^(\d{2})([0-5]\d)$/;

/** The dates among names, where they follow each other; undefined = there are none, or too few. */
export function datesIn(names: readonly string[]): (string | undefined)[] | undefined {
  const dates = names.map((name) => (looksLikeDate(name) ? name : undefined));
  const found = dates.filter((date) => date !== undefined);
  if (found.length < LEAST_DATES) return undefined;
  const { order } = guessDateOrder(found);
  const walls = found.map((date) => readStamp(date, order)?.wall ?? Number.NaN);
  return followEachOther(walls) ? dates : undefined;
}

/** The times of day among texts, where they follow each other: "1:30", "1時", "1 AM", "01:00-02:00" (its begin), or all hours by number. */
export function clocksIn(texts: readonly string[]): (string | undefined)[] | undefined {
  const minutes = texts.map((text) => minuteOf(text.normalize("NFKC").trim()));
  const numbers = texts.map((text) => hourOf(text.normalize("NFKC").trim()));
  for (const found of [minutes, isWholeDay(numbers) ? numbers : []]) {
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

function hourOf(text: string): number | undefined {
  const [, hour, minute = "0"] = DIGITS.exec(text) ?? HOUR.exec(text) ?? [];
  const at = 60 * Number(hour) + Number(minute);
  return hour === undefined || at > DAY ? undefined : at;
}

/** Whether numbers of hours are those of a whole day. */
function isWholeDay(hours: readonly (number | undefined)[]): boolean {
  const those = hours.filter((hour) => hour !== undefined);
  const step = those[1] - those[0];
  return those.length * step === DAY && those[0] <= step && those.every((hour, i) => hour === those[0] + i * step);
}

function followEachOther(times: readonly number[]): boolean {
  const steps = times.slice(1).map((time, i) => time - times[i]);
  return steps.every((step) => step > 0) || steps.every((step) => step < 0);
}
