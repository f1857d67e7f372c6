import { inCommonForm } from "./calendar";

/** Months, quarters, weeks and years as reports name them. No day stands there, so only their surroundings tell them from tags. */

const DAY = 86_400_000;
const LANGUAGES: readonly string[] = ["en", "de", "fr", "es", "it", "pt", "nl"];
/** So many of them, one after the other, are no coincidence. */
const LEAST = 3;

const MONTHS = new Map<string, number>(
  LANGUAGES.flatMap((language) =>
    (["long", "short"] as const).flatMap((length) => {
      const format = new Intl.DateTimeFormat(language, { month: length, timeZone: "UTC" });
      return Array.from({ length: 12 }, (_, month): [string, number] => [
        plain(format.format(Date.UTC(2001, month))).replace(/\.$/, ""),
        month,
      ]);
    }),
  ),
).set("sept", 8);

const YEAR = /((?:19|20)\d\d)/.source;
const one = (pattern: string): RegExp => new RegExp(`^${pattern}$`, "u");
/** "jan 2025", "jan-25", "jan '25", "2025 jan"; "mar 13" is a day. */
const NAMED = one(`(\\p{L}{3,10})\\.?(?:[ '/-]{1,2}${YEAR}| ?['/-](\\d\\d))`);
const YEAR_NAMED = one(`${YEAR}[ /-](\\p{L}{3,10})\\.?`);
/** "2025-01", "2025/1", "2025m01", "2025年1月", "202501"; "01/2025", "1/2025", "01.2025" */
const YEAR_MONTH = one(`${YEAR}(?:(?:[-/]?m|[-/年])(?=\\d)|(?=\\d\\d))(\\d\\d?)(?:月[度分]?)?`);
const MONTH_YEAR = one(`(\\d\\d(?=[./-])|\\d(?=/))[./-]${YEAR}`);
/** "q1 2025", "2025-q1", "fy2025 q1" */
const QUARTER = one(`(?:q([1-4])[ /-]?(?:fy ?)?${YEAR}|(?:fy ?)?${YEAR}[ -]?q([1-4]))`);
/** "2025年第1四半期", "2025年度第1四半期", "2025年度1q" */
const QUARTER_IN_JAPAN = one(`${YEAR}年(度?) ?第?([1-4一二三四])(?:四半期|q)`);
/** "2025-w05", "2025-w05-3", "kw 05/2025", "2025 cw 5", "2025年第5週" */
const YEAR_WEEK = one(`${YEAR}(?:[ -]?(?:w|kw|cw|week)[ -]?|年第?)(\\d\\d?)週?(?:-([1-7]))?`);
const WEEK_YEAR = one(`(?:w|kw|cw|week)[ -]?(\\d\\d?)[ /.-]{1,2}${YEAR}`);
/** With which month, counted from 0, the year of companies and authorities in Japan begins. */
const APRIL = 3;
/** "2019", "2019年", "2019年度", "FY2019", "FY19", "2021/22", "FY2021/22", "2021-2022" */
const YEAR_ALONE = one(`(?:${YEAR}|(?:fy|gj)[ '-]?(?:${YEAR}|(\\d\\d)))(?:[/-](?:19|20)?(\\d\\d))?(年度?)?`);

type Kind = "month" | "quarter" | "week";

/** A month, a quarter or a week. */
export interface CalendarPeriod {
  readonly kind: Kind;
  /** Its first day, as ms since 1970 in UTC; of a week the day that is named, else Monday. */
  readonly begin: number;
}

/**
 * The period that a text names.
 *
 * @example
 * periodIn("Jan-25"); // { kind: "month", begin: 1735689600000 }
 * periodIn("2025-W05"); // { kind: "week", begin: 1737936000000 }
 */
export function periodIn(given: string): CalendarPeriod | undefined {
  if (given.length < 5 || given.length > 20 || !/\d\d/.test(given)) return undefined;
  const text = plain(given);
  const month = monthIn(text);
  if (month) return { kind: "month", begin: Date.UTC(month[0], month[1]) };
  const quarter = QUARTER.exec(text);
  if (quarter) {
    const [, q = quarter[4], year = quarter[3]] = quarter;
    return { kind: "quarter", begin: Date.UTC(Number(year), 3 * (Number(q) - 1)) };
  }
  const [, of, fiscal, place] = QUARTER_IN_JAPAN.exec(text) ?? [];
  if (of !== undefined) {
    const from = fiscal === "" ? 0 : APRIL;
    return { kind: "quarter", begin: Date.UTC(Number(of), from + 3 * ("1一2二3三4四".indexOf(place) >> 1)) };
  }
  const [, year, week, day = "1"] = YEAR_WEEK.exec(text) ?? backwards(WEEK_YEAR.exec(text)) ?? [];
  return year === undefined ? undefined : ofWeek(Number(year), Number(week), Number(day));
}

/** Whether texts name periods of one kind that follow each other, none left out in most places; several may have the same. */
export function arePeriods(texts: readonly string[]): boolean {
  const periods = texts.map(periodIn);
  const begins = periods.flatMap((period) => (period?.kind === periods[0]?.kind ? (period?.begin ?? []) : []));
  if (begins.length < texts.length || new Set(begins).size < LEAST) return false;
  const steps = begins.slice(1).flatMap((begin, i) => (begin === begins[i] ? [] : [begin - begins[i]]));
  const longest = { month: 31, quarter: 92, week: 7 }[(periods[0] as CalendarPeriod).kind] * DAY;
  const next = steps.filter((step) => Math.abs(step) <= longest).length;
  return next >= 0.7 * steps.length && (steps.every((step) => step > 0) || steps.every((step) => step < 0));
}

/**
 * The first day of a year, also of one that ends in the next, as ms since 1970 in UTC. It is taken for 1 January, since
 * each company has its own; that of a Japanese one is 1 April.
 *
 * @example
 * yearIn("2019"); // 1546300800000
 * yearIn("FY2021/22"); // 1609459200000
 */
export function yearIn(given: string): number | undefined {
  const [, alone, prefixed, short, next, inJapan] = (given.length < 20 && YEAR_ALONE.exec(plain(given))) || [];
  const year = Number(alone ?? prefixed ?? 2000 + Number(short));
  if (Number.isNaN(year) || (next !== undefined && Number(next) !== (year + 1) % 100)) return undefined;
  return Date.UTC(year, inJapan === "年度" ? APRIL : 0);
}

/**
 * Whether a text that names a year, a quarter or a month means that of a company: on which day it begins stands nowhere.
 *
 * @param isYear whether it names a whole year: "2009/10" is October elsewhere
 */
export function isFiscal(given: string, isYear: boolean): boolean {
  const text = plain(given);
  return /fy|gj|年度/.test(text) || (isYear && /\d[/-]\d/.test(text));
}

/** Whether texts name years, each the next one, or each the one before. */
export function areYears(texts: readonly string[]): boolean {
  const years = texts.flatMap((text) => yearIn(text) ?? []).map((begin) => new Date(begin).getUTCFullYear());
  if (years.length < texts.length || years.length < LEAST) return false;
  const step = years[1] - years[0];
  return Math.abs(step) === 1 && years.every((year, i) => year === years[0] + i * step);
}

/** The month by its name alone, or "3月", counted from 0. */
export function monthNamed(text: string): number | undefined {
  const number = /^(\d\d?)月$/.exec(plain(text))?.[1];
  return number === undefined ? MONTHS.get(plain(text).replace(/\.$/, "")) : inYear(Number(number));
}

/** Year, and month counted from 0. */
function monthIn(text: string): [number, number] | undefined {
  const named = NAMED.exec(text) ?? backwards(YEAR_NAMED.exec(text));
  if (named) {
    const month = MONTHS.get(named[1]);
    return month === undefined ? undefined : [Number(named[2] ?? 2000 + Number(named[3])), month];
  }
  const [, year, number] = YEAR_MONTH.exec(text) ?? backwards(MONTH_YEAR.exec(text)) ?? [];
  const month = inYear(Number(number));
  return month === undefined ? undefined : [Number(year), month];
}

function inYear(number: number): number | undefined {
  return number >= 1 && number <= 12 ? number - 1 : undefined;
}

/** A day of a week as ISO 8601 counts them: the first is that with 4 January. */
function ofWeek(year: number, week: number, day: number): CalendarPeriod | undefined {
  const fourth = Date.UTC(year, 0, 4);
  const monday = fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * DAY + (week - 1) * 7 * DAY;
  // The last week is that with 28 December.
  if (week < 1 || monday > Date.UTC(year, 11, 28)) return undefined;
  return { kind: "week", begin: monday + (day - 1) * DAY };
}

function backwards(found: RegExpExecArray | null): string[] | undefined {
  return found ? [found[0], found[2], found[1]] : undefined;
}

function plain(text: string): string {
  const tidy = text.normalize("NFKC").trim();
  // "R7-03" is the name of a reactor, 令和7年 is 2025.
  return (tidy.includes("年") ? inCommonForm(tidy) : tidy).toLowerCase();
}
