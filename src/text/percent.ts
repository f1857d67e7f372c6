/**
 * By how much something is smaller or larger, as a whole number of per cents without a sign: never all of it, where
 * something is left, and no more digits than anybody reads.
 *
 * @param percent smaller below 0
 * @example
 * wholePercent(-62.4); // 62
 * wholePercent(-99.8); // 99
 * wholePercent(123456); // 999
 */
export function wholePercent(percent: number): number {
  const whole = Math.min(999, Math.round(Math.abs(percent)));
  return whole === 100 && percent < 0 && percent > -100 ? 99 : whole;
}
