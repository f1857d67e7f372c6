/** The door through which times enter: numbers, text and dates become ms since 1970, or a problem that says why not. */

import { readStamp } from "../text/date-format";
import { LAST_TIME } from "../text/iso-time";
import { MessageProblem, shown } from "./problem";
import { instantsOf } from "./zone";

/** Another unit than ms in which a number is a time. */
export type OtherUnit = "s" | "µs" | "ns";

/** The order of a date that comes as text; ISO text is read in any case. */
export type DatesAsText = "iso" | "dmy" | "mdy";

export const DATES_AS_TEXT: readonly DatesAsText[] = ["iso", "dmy", "mdy"];

/** How times are to be read. */
export interface TimeRules {
  /** The zone in which a text without one is meant: an IANA name; empty = the machine's. */
  readonly zone: string;
  /** What becomes of a number that is a time in another unit than ms. */
  readonly otherTimes: "convert" | "refuse";
  /** Which dates are read beside ISO text; absent = none. */
  readonly datesAsText?: DatesAsText;
  /** ms: arrival. */
  readonly now: number;
  /** ms: the reading before. Of an hour that is run through twice it tells which one is meant. */
  readonly after?: number;
}

/** A time as it was read. */
export interface ReadTime {
  /** ms since 1970; NaN = none came. */
  time: number;
  /** The unit that it was converted from; undefined = none. */
  unit: OtherUnit | undefined;
}

/** Ms in one of the unit. */
const UNITS: readonly [OtherUnit, number][] = [
  ["s", 1000],
  ["µs", 1e-3],
  ["ns", 1e-6],
];
/** A time is recognised by its unit within 30 years of now: there no two units say the same. */
const RECOGNISED = 30 * 365.25 * 86_400_000;
/** A machine whose clock says less has lost it, and knows no now. */
const CLOCK_IS_SET = Date.UTC(2020, 0, 1);
/** A number that came as text. */
const DIGITS = /^\d+(?:\.\d+)?$/;
const ISO = new RegExp(
  [
    /^([+-]\d{4,6}|\d{4})([-/])(\d\d)(?:\2(\d\d))?/, // year, month, day
    /(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?/, // hour, minute, second, parts of it
    /(?: ?(Z|([+-])(\d\d)(?::?(\d\d))?))?$/, // zone
  ]
    .map(({ source }) => source)
    .join(""),
  "i",
);

/**
 * A time from a timestamp: a number of ms since 1970, ISO text, text in the order of the rules, or a Date.
 *
 * Seconds, microseconds and nanoseconds are recognised. Digits as text are such a number where they are near now in one
 * of the units, else they may as well be a date without signs. Text without a zone, a date alone or with a time of day, is
 * meant in the zone of the rules; a date alone is its midnight.
 *
 * @throws MessageProblem badTime, or timeUnit where times in another unit are refused
 */
export function readTime(timestamp: unknown, rules: TimeRules): ReadTime {
  if (timestamp === undefined || timestamp === null || timestamp === "") return { time: Number.NaN, unit: undefined };
  if (typeof timestamp === "number" || typeof timestamp === "bigint") return numberTime(timestamp, rules);
  if (typeof timestamp === "string" && DIGITS.test(timestamp.trim())) {
    const number = Number(timestamp);
    if (unitOf(number, Math.max(rules.now, CLOCK_IS_SET))) return numberTime(number, rules);
  }
  const time =
    timestamp instanceof Date
      ? timestamp.getTime()
      : typeof timestamp === "string"
        ? textTime(timestamp.trim(), rules)
        : Number.NaN;
  if (Math.abs(time) <= LAST_TIME) return { time, unit: undefined };
  throw badTime(timestamp);
}

/** As `readTime`, where the unit does not matter: ms since 1970, NaN where none is given. */
export function timeOf(timestamp: unknown, rules: TimeRules): number {
  return readTime(timestamp, rules).time;
}

function badTime(timestamp: unknown): MessageProblem {
  const value = shown(timestamp);
  return new MessageProblem(
    "badTime",
    { value },
    `timestamp is ${value}: ms since 1970 or ISO text such as 2026-01-31T08:00:00Z is needed`,
  );
}

/** The unit in which a number is a time near now. */
function unitOf(number: number, now: number): "ms" | OtherUnit | undefined {
  const isNear = (time: number): boolean => Math.abs(time - now) <= RECOGNISED;
  return isNear(number) ? "ms" : UNITS.find(([, ms]) => isNear(number * ms))?.[0];
}

function numberTime(given: number | bigint, { now, otherTimes }: TimeRules): ReadTime {
  const number = Number(given);
  const found = now >= CLOCK_IS_SET ? unitOf(number, now) : "ms";
  const other = UNITS.find(([unit]) => unit === found);
  if (other) {
    const [unit, ms] = other;
    // Dividing by a whole number keeps whole milliseconds whole.
    if (otherTimes === "convert") return { time: ms < 1 ? number / Math.round(1 / ms) : number * ms, unit };
    throw new MessageProblem(
      "timeUnit",
      { value: String(given), unit },
      `timestamp is ${given}, a time in ${unit}: send ms, or let the forecast model convert it`,
    );
  }
  if (Math.abs(number) <= LAST_TIME) return { time: number, unit: undefined };
  throw badTime(given);
}

/** ms since 1970; NaN where the text is no date, or none that the calendar has. */
function textTime(text: string, rules: TimeRules): number {
  const found = ISO.exec(text);
  if (!found) return writtenTime(text, rules);
  const [year, month, day, hour, minute, second] = [1, 3, 4, 5, 6, 7].map((i) => Number(found[i] ?? (i < 5 ? 1 : 0)));
  const [fraction = "", zone, sign] = [found[8], found[9], found[10]];
  const wall = new Date(0);
  wall.setUTCFullYear(year, month - 1, day);
  // The calendar carries 30 February on to March.
  if (wall.getUTCMonth() !== month - 1 || wall.getUTCDate() !== day) return Number.NaN;
  const endOfDay = hour === 24 && minute === 0 && second === 0 && Number(fraction) === 0;
  if ((hour > 23 && !endOfDay) || minute > 59 || second > 59) return Number.NaN;
  const ms = Math.floor(Number(`0.${fraction || 0}`) * 1000 + 1e-6);
  const digits = wall.getTime() + ((hour * 60 + minute) * 60 + second) * 1000 + ms;
  if (zone === undefined) return year >= 1 && year <= 9999 ? instantOf(digits, rules) : Number.NaN;
  const [hours, minutes] = [Number(found[11] ?? 0), Number(found[12] ?? 0)];
  if (hours > 23 || minutes > 59) return Number.NaN;
  return digits - (sign === "-" ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** A date in the order that people write, such as 31/01/2026 00:15 or 3/27/2026 10:00 PM. */
function writtenTime(text: string, rules: TimeRules): number {
  const { datesAsText = "iso" } = rules;
  const stamp = datesAsText === "iso" ? undefined : readStamp(text, datesAsText);
  if (!stamp) return Number.NaN;
  return stamp.isInstant ? stamp.wall : instantOf(stamp.wall, rules);
}

/**
 * The instant at which a clock in the zone of the rules showed these digits. Where the hour is run through twice: what
 * goes on from the reading before, else what is not in the future.
 *
 * @param digits ms since 1970 that the same digits would be in UTC
 */
export function instantOf(digits: number, { zone, now, after = Number.NaN }: TimeRules): number {
  const [first, second = first] = instantsOf(digits, zone);
  if (after < first && first > now) {
    // "03:00" of what ends just when the clock is set back, an hour before it shows that again.
    const [before, again] = instantsOf(digits - 1, zone);
    if (again !== undefined && after <= before) return before + 1;
  }
  if (after < first) return first;
  if (after < second) return second;
  return second <= now ? second : first;
}
