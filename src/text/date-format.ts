import { beginsWithEra, gregorian, inCommonForm } from "./calendar";

/**
 * In which order a date is written, or in which unit a number is a time since 1970; "excel" are the days of a spreadsheet,
 * 1.0 of which is 1 January 1900, "matlab" those since the year 0, "labview" seconds since 1904, "clock" are times of day
 * without a date, "period" months, quarters or weeks as a whole, "year" years.
 */
export type DateOrder =
  | "ymd"
  | "dmy"
  | "mdy"
  | "s"
  | "ms"
  | "µs"
  | "ns"
  | "excel"
  | "matlab"
  | "labview"
  | "clock"
  | "period"
  | "year";

export const DATE_ORDERS: readonly DateOrder[] = [
  ...(["ymd", "dmy", "mdy", "s", "ms", "µs", "ns"] as const),
  ...(["excel", "matlab", "labview", "clock", "period", "year"] as const),
];

/** What a text says of a time. */
export interface Stamp {
  /** ms since 1970 that the same digits would be in UTC; with a zone of its own the instant itself. */
  readonly wall: number;
  /** Whether the text names its zone. */
  readonly isInstant: boolean;
}

type WrittenOrder = "ymd" | "dmy" | "mdy";
const WRITTEN: readonly WrittenOrder[] = ["ymd", "dmy", "mdy"];

const DAY = 86_400_000;
/** The names of the months in the languages of the plants that were met, by their first letters. */
const MONTHS: readonly RegExp[] = [
  /^(jan|ene|gen|jän)/,
  /^(feb|fév|fev)/,
  /^(mar|mär|mrz)/,
  /^(apr|avr|abr)/,
  /^(may|mai|mag|mayo)/,
  /^(jun|juin|giu)/,
  /^(jul|juil|lug)/,
  /^(aug|aoû|aou|ago)/,
  /^(sep|set)/,
  /^(oct|okt|ott|out)/,
  /^(nov)/,
  /^(dec|dez|déc|dic)/,
];
const DATE = /(\d{1,4}) ?[-/.年 ] ?(\d{1,2}|\p{L}{3,10}\.?) ?[-/.月, ] ?(\d{1,4})日?/u;
const CLOCK =
  /(午前|午後|[ap]\.?m\.?)? ?(\d{1,2})(?: ?[:時h] ?(\d{2}|\d(?=分))(?: ?[:分] ?(\d{2}|\d(?=秒))(?:[.,:](\d+))?)?[秒分]?|時|(?= ?[ap]\.?m)) ?([ap]\.?m\.?|午前|午後)?(?: ?uhr)?/i;
/** Hours from UTC of zones that plants write behind a time; those of America as RFC 2822, 4.3, has them. */
const ZONES: Readonly<Record<string, number>> = {
  ...{ jst: 9, kst: 9, cet: 1, cest: 2, mez: 1, mesz: 2 },
  ...{ est: -5, edt: -4, cst: -6, cdt: -5, mst: -7, mdt: -6, pst: -8, pdt: -7 },
};
const ZONE = new RegExp(
  `(?: ?\\(?(z|(?:utc|gmt)[+-]\\d{1,2}(?::?\\d{2})?|utc|gmt|[+-]\\d{2}(?::?\\d{2})?|${Object.keys(ZONES).join("|")})\\)?(?:\\[[\\w/+-]+\\])?)?`,
  "i",
);
const WEEKDAY = /(?:\p{L}{2,10}\.?,? )?/u;
const STAMP = new RegExp(
  `^${WEEKDAY.source}${DATE.source}(?: ?\\(\\p{L}{1,3}\\))?(?:(?:[T,:]| )? ?${CLOCK.source}${ZONE.source})?$`,
  "iu",
);
const COMPACT = new RegExp(
  `^(\\d{4})(\\d{2})(\\d{2})(?:[T _-]?(\\d{2}):?(\\d{2})(?::?(\\d{2})[.,]?(\\d{3})?)?)?${ZONE.source}$`,
  "i",
);
/** The hour that comes twice in autumn, as energy markets write it: "2A:15", then "2B:15". Which is which tells their order. */
const TWICE = /\b(\d{1,2})[AB](?=:\d\d)/;
const MONTH_FIRST = /^(?:\p{L}{2,10}\.?,? (?=\p{L}))?(\p{L}{3,10})\.?[ -] ?(\d{1,2})(?:,? |-)(\d{4})/u;
/** "Fri Mar 13 06:00:00 JST 2026", as C and Java write it. */
const YEAR_LAST = /^\p{L}{2,10}\.?,? (\p{L}{3,10})\.? +(\d{1,2}) (\d{1,2}:\d\d(?::\d\d)?)((?: [A-Z]{3,4})?) (\d{4})$/u;
const CLOCK_FIRST = /^(\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?(?: ?[ap]\.?m\.?)?),? +(\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4})$/i;
/** "13.3.2026 6.00.00", as in Finland and Denmark, and "2026-03-13-06-00-00", as in names of files. */
const CLOCK_BY_OTHERS = /^(\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4})[ T_-](\d{1,2})([.-])(\d\d)(?:\3(\d\d))?$/;
/** The day of the year in the place of month and day. */
const ORDINAL = /^(\d{4})-(\d{3})(?=[T ]\d)/;
const SINCE_1970 = /^\/Date\((-?\d{1,14})(?:[+-]\d{4})?\)\/$/;
const CLOCK_ALONE = new RegExp(`^${CLOCK.source}$`, "i");
const ELAPSED = /^(\d{2,4}):([0-5]\d):([0-5]\d)(?:[.,](\d+))?$/;
/** "02.03.2026 06:00 - 02.03.2026 06:15", as energy markets write it: its begin counts. */
const SPAN =
  /^(\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4} \d{1,2}:\d\d(?::\d\d)?) ?[-–—~〜] ?\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4} \d{1,2}:\d\d(?::\d\d)?(?: \(\w+\))?$/;
/** "2026-03-02", "20260302", "'26-03-02" as loggers write it. */
const YEAR_FIRST = /^\s*(?:['"]?\d{4}(?:\D|\d{4})|'\d\d[-/]\d\d[-/]\d\d(?!\d))/;
const SHORT = /^(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})/;

/** Years within which a file is as likely as any other. */
const RECENT = 5;

/** Whether a text is a time of day and nothing else. */
export function looksLikeClock(text: string): boolean {
  // Hours alone, 1時, 2時, stand in the head of a table.
  return text.length < 30 && /\d\D+\d/.test(text) && CLOCK_ALONE.test(text.normalize("NFKC").trim());
}

/** Whether a text is an hour of the day and nothing else, 8時. */
export function looksLikeHour(text: string): boolean {
  return /^\d{1,2} ?時$/.test(text.normalize("NFKC").trim());
}

/** ms of a time since the start that goes on beyond a day, "100:30:00"; undefined = the text is none. */
export function elapsedIn(text: string): number | undefined {
  const [, hours, minutes, seconds, fraction = ""] = ELAPSED.exec(text.trim()) ?? [];
  if (!(Number(hours) >= 24)) return undefined;
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(fraction.padEnd(3, "0").slice(0, 3)); // biome-ignore format: one line
}

/** Whether a text is a date in any order, with or without a time of day. */
export function looksLikeDate(text: string): boolean {
  return WRITTEN.some((order) => readStamp(text, order) !== undefined);
}

/**
 * The date and time that a text holds.
 *
 * @param order of day, month and year; a first number of four digits is the year in any case
 * @returns undefined where the text is no date, or none that the calendar has
 */
export function readStamp(given: string, order: DateOrder): Stamp | undefined {
  if (given.length > 60 || given.length < 6) return undefined;
  let text = (/^[ -~]*$/.test(given) ? given : given.normalize("NFKC")).trim();
  if (/^[^\d]|[\u0e00-\u0e7f]/.test(text)) text = inCommonForm(text);
  const compact = COMPACT.exec(text);
  if (compact) {
    const [, y, m, d, hour, minute, second, fraction, zone] = compact;
    return stamp(Number(y), Number(m), Number(d), { hour, minute, second, fraction, zone });
  }
  const named = MONTH_FIRST.exec(text);
  if (named) text = `${named[2]} ${named[1]} ${named[3]}${text.slice(named[0].length)}`;
  const found = STAMP.exec(text) ?? STAMP.exec(rearranged(text));
  if (!found) {
    const since = SINCE_1970.exec(text)?.[1];
    return since === undefined ? undefined : { wall: Number(since), isInstant: true };
  }
  const [, a, b, c, before, hour, minute, second, fraction, after, zone] = found;
  const clock = { hour, minute, second, fraction, half: before ?? after, zone };
  const isNamed = !/^\d/.test(b);
  if (a.length > 2) return stamp(Number(a), isNamed ? monthOf(b) : Number(b), Number(c), clock);
  if (isNamed) return stamp(yearOf(c), monthOf(b), Number(a), clock);
  if (order === "ymd") return stamp(yearOf(a), Number(b), Number(c), clock);
  const [day, month] = order === "mdy" ? [b, a] : [a, b];
  return stamp(yearOf(c), Number(month), Number(day), clock);
}

/** A date and time whose parts stand in another order, or have other signs between, in the usual ones. */
function rearranged(text: string): string {
  if (!/^\W?[\d\p{L}].*\d/u.test(text)) return text;
  return text
    .replace(SPAN, "$1")
    .replace(/^'(?=\d)/, "")
    .replace(/^(\d{1,2})(\p{L}{3})(\d{4}|\d\d)(?!\d)/u, "$1 $2 $3")
    .replace(TWICE, "$1")
    .replace(/ \(\p{L}[\p{L} ]+\)$/u, "")
    .replace(/([ap])\. m\./i, "$1.m.")
    .replace(/上午|오전/, "午前")
    .replace(/下午|오후/, "午後")
    .replace(YEAR_LAST, "$2 $1 $5 $3$4")
    .replace(CLOCK_FIRST, "$2 $1")
    .replace(CLOCK_BY_OTHERS, (_, date, hour, __, minute, second = "00") => `${date} ${hour}:${minute}:${second}`)
    .replace(ORDINAL, (_, year, day) => new Date(Date.UTC(Number(year), 0, Number(day))).toISOString().slice(0, 10));
}

/**
 * The order of day, month and year of a whole column. A number above twelve decides; where there is none, the order by
 * which the rows follow each other evenly.
 *
 * @returns whether another order would have done as well
 */
export function guessDateOrder(given: readonly string[]): { order: WrittenOrder; isDoubtful: boolean } {
  const texts = given.some((text) => CLOCK_FIRST.test(text.trim()))
    ? given.map((text) => rearranged(text.trim()))
    : given;
  let [firstAbove, secondAbove, years, seen] = [0, 0, 0, 0];
  for (const text of texts) {
    const found = SHORT.exec(text.trim());
    if (!found) continue;
    seen++;
    if (found[1].length > 2) years++;
    else if (Number(found[1]) > 12) firstAbove++;
    if (Number(found[2]) > 12) secondAbove++;
  }
  const short = texts.find((text) => SHORT.test(text.trim())) ?? "";
  const isShortYear = SHORT.exec(short.trim())?.[3].length === 2;
  // Nothing but digits is open to doubt: a month by its name, or the year in front, is clear.
  if (seen === 0) {
    const isYearFirst = texts.some((text) => YEAR_FIRST.test(text.normalize("NFKC")) || beginsWithEra(text));
    return { order: isYearFirst ? "ymd" : "dmy", isDoubtful: false };
  }
  if (years > seen / 2) return { order: "ymd", isDoubtful: false };
  if (!isShortYear && firstAbove !== secondAbove)
    return { order: firstAbove > secondAbove ? "dmy" : "mdy", isDoubtful: Math.min(firstAbove, secondAbove) > 0 };
  const candidates = isShortYear ? WRITTEN : WRITTEN.slice(1);
  const scores = candidates.map((order) => ({ order, ...fitness(texts, order) }));
  const most = Math.max(...scores.map(({ readable }) => readable));
  const [best, ...others] = scores
    .filter(({ readable }) => readable === most)
    .sort((a, b) => b.even - a.even || age(short, a.order) - age(short, b.order) || preference(short, a.order) - preference(short, b.order)); // biome-ignore format: one line
  // Nobody writes the month first between dots; and where by one order alone all rows are equally far apart, it is that.
  const isDotted = best.order === "dmy" && !isShortYear && /^\d+\./.test(short.trim());
  const isRival = ({ even }: { even: number }) => (best.even === 1 ? even === 1 : best.even - even < 0.02);
  return { order: best.order, isDoubtful: !isDotted && others.some(isRival) };
}

/** How many texts an order can read, and which share of the steps between them is the most common one. */
function fitness(texts: readonly string[], order: WrittenOrder): { readable: number; even: number } {
  const steps = new Map<number, number>();
  let last: number | undefined;
  let readable = 0;
  for (const text of texts) {
    const wall = readStamp(text, order)?.wall;
    if (wall === undefined) continue;
    readable++;
    if (last !== undefined) steps.set(wall - last, (steps.get(wall - last) ?? 0) + 1);
    last = wall;
  }
  return { readable, even: Math.max(0, ...steps.values()) / Math.max(1, readable - 1) };
}

/** How many years ago a date was: people bring what is recent, and nothing from the future. */
function age(text: string, order: WrittenOrder): number {
  const year = new Date(readStamp(text, order)?.wall ?? 0).getUTCFullYear();
  const now = new Date().getUTCFullYear();
  return year > now + 1 ? 100 : Math.max(0, now - year - RECENT);
}

/** What people mean where the numbers leave it open: with AM and PM the month comes first, elsewhere the day. */
function preference(text: string, order: WrittenOrder): number {
  const wanted: WrittenOrder = /[ap]\.?m\.?$/i.test(text) ? "mdy" : "dmy";
  return order === wanted ? 0 : order === "ymd" ? 2 : 1;
}

interface ClockText {
  readonly hour?: string;
  readonly minute?: string;
  readonly second?: string;
  readonly fraction?: string;
  readonly half?: string;
  readonly zone?: string;
}

function stamp(written: number, month: number, day: number, clock: ClockText): Stamp | undefined {
  const year = gregorian(written);
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= 31 && year >= 1 && year <= 9999)) return undefined;
  const midnight = Date.UTC(year, month - 1, day);
  // The calendar carries 30 February on to March.
  if (new Date(midnight).getUTCDate() !== day) return undefined;
  const { half, zone } = clock;
  let hour = Number(clock.hour ?? 0);
  const [minute, second] = [Number(clock.minute ?? 0), Number(clock.second ?? 0)];
  if (half) {
    if (hour > 12) return undefined;
    hour = (hour % 12) + (/^(p|午後)/i.test(half) ? 12 : 0);
  }
  // A shift that goes on after midnight may count on: 25:30 is half past one of the next day.
  if (hour > 29 || minute > 59 || second > 60) return undefined;
  const ms = clock.fraction ? Math.floor(Number(`0.${clock.fraction}`) * 1000 + 1e-6) : 0;
  const wall = midnight + ((hour * 60 + minute) * 60 + second) * 1000 + ms;
  if (Math.abs(wall) > 1e5 * 365 * DAY) return undefined;
  if (!zone) return { wall, isInstant: false };
  return { wall: wall - 60_000 * minutesFromUtc(zone), isInstant: true };
}

function minutesFromUtc(zone: string): number {
  const found = /([+-])(\d{1,2}):?(\d{2})?$/.exec(zone);
  if (!found) return 60 * (ZONES[zone.toLowerCase()] ?? 0);
  const [, sign, hours, minutes] = found;
  return (sign === "-" ? -1 : 1) * (60 * Number(hours) + Number(minutes ?? 0));
}

/** Of two digits or four: "02.03. 06:00" has no year, and its hour is none. */
function yearOf(text: string): number {
  const year = text.length === 2 || text.length === 4 ? Number(text) : Number.NaN;
  return text.length > 2 ? year : year + (year < 70 ? 2000 : 1900);
}

function monthOf(name: string): number {
  return MONTHS.findIndex((month) => month.test(name.toLowerCase())) + 1;
}
