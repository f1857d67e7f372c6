import type { Language } from "../message/say";
import type { Rates } from "./rates";
import { REPORT_TEXT } from "./report-text";

/** Beyond twenty years nobody asks for months. */
const MOST_MONTHS = 240;
const DAY = 86_400_000;

export type ReportFormat = ReturnType<typeof reportFormat>;

/** Numbers, money and dates as the reader's country writes them, with no more digits than the data carry. */
export function reportFormat(language: Language, timeZone: string | undefined, { currency, period }: Rates) {
  const numbers = (format: Intl.NumberFormatOptions) => {
    const formatter = new Intl.NumberFormat(language, format);
    return (value: number) => formatter.format(value === 0 ? 0 : value);
  };
  const dates = (format: Intl.DateTimeFormatOptions) => {
    const formatter = new Intl.DateTimeFormat(language, { ...format, timeZone });
    return (ms: number) => formatter.format(ms);
  };
  const plain = numbers({ maximumSignificantDigits: 3 });
  const fixed = numbers({ minimumSignificantDigits: 3, maximumSignificantDigits: 3 });
  const scientific = numbers({ maximumSignificantDigits: 3, notation: "scientific" });
  const fixedScientific = numbers({ minimumSignificantDigits: 3, maximumSignificantDigits: 3, notation: "scientific" });
  const isExtreme = (value: number) => value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e9);
  const number = (value: number) => (isExtreme(value) ? scientific : plain)(value);
  const twoDigits = numbers({ maximumSignificantDigits: 2 });
  const currencies = { style: "currency", currency } as const;
  const hugeMoney = numbers({ ...currencies, maximumSignificantDigits: 3, notation: "scientific" });
  const moneyIn = (format: Intl.NumberFormatOptions) => {
    const usual = numbers({ ...currencies, ...format });
    return (value: number) => (Math.abs(value) >= 1e13 ? hugeMoney : usual)(value);
  };
  const minute = dates({
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const text = REPORT_TEXT[language];
  const tenths = numbers({ minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const signedWhole = numbers({ maximumFractionDigits: 0, signDisplay: "exceptZero" });
  const signedHuge = numbers({ maximumSignificantDigits: 2, notation: "scientific", signDisplay: "exceptZero" });
  const isHuge = (percent: number) => Math.abs(percent) >= 1e6;
  /** Nothing finer than a month: nobody pays back in days. */
  const months = (value: number | null) =>
    value === null
      ? text.never
      : value < 1
        ? text.underOneMonth
        : value > MOST_MONTHS
          ? text.overTwentyYears
          : text.months(twoDigits(value));
  /** To a tenth of a percent. */
  const share = (percent: number) => `${(isHuge(percent) ? scientific : tenths)(percent)} %`;
  return {
    period,
    number,
    /** An error in a column of errors: all with the same digits. */
    error: (value: number) => (isExtreme(value) ? fixedScientific : fixed)(value),
    signedError: (value: number) => `${value > 0 ? "+" : ""}${(isExtreme(value) ? fixedScientific : fixed)(value)}`,
    share,
    whole: numbers({ maximumFractionDigits: 0 }),
    percent: (value: number) => `${number(value)} %`,
    /** A skill in words, here as everywhere: nobody has to know what a sign means. */
    compared: (skill: number) =>
      Math.abs(skill) < 0.05 ? text.same : text.compared(share(Math.abs(skill)), skill < 0),
    roi: (value: number) => `${(isHuge(value) ? signedHuge : signedWhole)(value)} %`,
    months,
    /** From the earliest to the latest time of payback. */
    monthRange: (earliest: number | null, latest: number | null) => {
      if (latest === null || earliest === null || latest < 1 || latest > MOST_MONTHS) return months(earliest);
      const ends = [earliest < 1 ? "< 1" : twoDigits(earliest), twoDigits(latest)];
      return text.months([...new Set(ends)].join(" – "));
    },
    /** Where there is little room. */
    shortMoney: moneyIn({ notation: "compact", maximumSignificantDigits: 3 }),
    money: moneyIn({ maximumSignificantDigits: 3, maximumFractionDigits: 0, roundingPriority: "lessPrecision" }),
    price: moneyIn({ minimumFractionDigits: 0, maximumFractionDigits: 4 }),
    day: dates({ year: "numeric", month: "short", day: "numeric" }),
    minute,
    /** Label of a time axis: days where it is long, times of day where it is short. */
    moment: (from: number, to: number) =>
      to - from > 300 * DAY
        ? dates({ year: "numeric", month: "short" })
        : to - from > 3 * DAY
          ? dates({ month: "short", day: "numeric" })
          : dates({ month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
    duration: (minutes: number) =>
      minutes < 2
        ? text.seconds(number(minutes * 60))
        : minutes < 120
          ? text.minutes(number(minutes))
          : text.hours(number(minutes / 60)),
    orNone: (value: number | null, format: (value: number) => string) => (value === null ? text.none : format(value)),
  };
}
