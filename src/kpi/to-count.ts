import { allOf } from "../asset/plain";
import { unusableBy } from "../message/trust";
import { eachSliced, type Sliced } from "../slice/sliced";

/** What a message brings to be counted, by time: the newest first is a batch as well. */
export interface ToCount {
  /** Forecasts that fell due, as they came. */
  readonly scored: readonly unknown[];
  /** Labels that judged no forecast because the value cannot be used. */
  readonly lost: readonly { rule: string; time: number }[];
}

interface Fields {
  readonly scored?: unknown;
  readonly quality?: unknown;
  readonly timestamp?: unknown;
}

/**
 * What a message brings to be counted.
 *
 * @param target  name of the sensor that is forecast
 * @param expected  whether each reading brings a label
 * @param timeOf  ms since 1970; NaN where none came
 * @param arrival  ms: stands in for a time that none can read, which others complain of
 */
export function* toCount(
  { scored, quality, timestamp }: Fields,
  target: string,
  expected: boolean,
  timeOf: (timestamp: unknown) => number,
  arrival: number,
): Sliced<ToCount> {
  const at = (column: unknown, i: number): unknown => (Array.isArray(column) ? column[i] : column);
  const entries: unknown[] = Array.isArray(scored) ? scored : [scored];
  const rows: unknown[] = Array.isArray(quality) ? quality : [quality];
  const lost: { rule: string; time: number }[] = [];
  yield* eachSliced(rows, (word, i) => {
    const rule = isThere(at(scored, i)) ? undefined : unusableBy(word, target, expected);
    if (rule !== undefined) lost.push({ rule, time: timeOr(() => timeOf(at(timestamp, i)), arrival) });
  });
  const found: unknown[] = [];
  yield* eachSliced(entries, (entry) => {
    if (isThere(entry)) found.push(...allOf(entry));
  });
  return { scored: found.sort(byTime), lost: lost.sort(byTime) };
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** Order of time; what has none stays where it is. */
function byTime(one: unknown, other: unknown): number {
  const [a, b]: unknown[] = [Object(one).time, Object(other).time];
  return typeof a === "number" && typeof b === "number" ? a - b || 0 : 0;
}

function timeOr(given: () => number, arrival: number): number {
  try {
    const time = given();
    return Number.isNaN(time) ? arrival : time;
  } catch {
    return arrival;
  }
}
