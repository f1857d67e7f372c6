/** Spans of time as people write them: "60 min", "1.5 h", "2時間". */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** ms of each unit, by the words for it in small letters; dialogs read spans by them as well. */
export const UNITS: Readonly<Record<string, number>> = {
  ...{ ms: 1, ミリ秒: 1 },
  ...{ s: SECOND, sec: SECOND, second: SECOND, seconds: SECOND, 秒: SECOND },
  ...{ min: MINUTE, mins: MINUTE, minute: MINUTE, minutes: MINUTE, 分: MINUTE },
  ...{ h: HOUR, hr: HOUR, hour: HOUR, hours: HOUR, 時間: HOUR },
  ...{ d: DAY, day: DAY, days: DAY, 日: DAY },
};

/** The units in which a span is written, with their ms, the largest first. */
export const WRITTEN = [
  [DAY, "d"],
  [HOUR, "h"],
  [MINUTE, "min"],
  [SECOND, "s"],
  [1, "ms"],
] as const;
export type SpanUnit = (typeof WRITTEN)[number][1];

/**
 * The ms of a span of time such as "60 min", "30 s", "1.5 h", "1 d", "60分" or "2時間"; full-width digits are read as well.
 *
 * @returns a whole number of ms > 0; undefined where the text is no span with a unit
 */
export function durationOf(text: string): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*(\D+)$/.exec(text.normalize("NFKC").trim()) ?? [];
  if (amount === undefined) return undefined;
  const name = unit.toLowerCase();
  if (!Object.hasOwn(UNITS, name)) return undefined;
  const ms = Number(amount) * UNITS[name];
  const whole = Math.round(ms);
  return whole > 0 && Math.abs(ms - whole) < 1e-6 * whole ? whole : undefined;
}

/**
 * The amount of a span of time in the largest unit in which it is a whole number.
 *
 * @example inLargestUnit(5_400_000) // { amount: 90, unit: "min" }
 */
export function inLargestUnit(ms: number): { amount: number; unit: SpanUnit } {
  const [size, unit] = WRITTEN.find(([size]) => ms % size === 0) ?? WRITTEN[4];
  return { amount: ms / size, unit };
}

/**
 * The same as a person writes it where no language is known.
 *
 * @example durationText(5_400_000) // "90 min"
 */
export function durationText(ms: number): string {
  const { amount, unit } = inLargestUnit(ms);
  return `${amount} ${unit}`;
}
