/** Overshoot of a random walk over a boundary, in standard deviations of a step, twice: at the alarm and at zero. */
const OVERSHOOT = 1.166;

/**
 * Expected number of blocks between two false drift alarms of a model that is well, for independent blocks.
 *
 * @param spread standard deviation of the ratio block error / reference, > 0; 0.2 … 0.9 on healthy plants
 * @param delta tolerated excess, ≥ 0
 * @param lambda evidence at which the alarm comes, > 0
 * @returns number of blocks, ≥ 1; Infinity where it exceeds the range of numbers
 *
 * Source: Siegmund 1985, "Sequential Analysis", section 2.5: average run length of the cumulative sum, corrected for
 * overshoot.
 *
 * @example
 *     Math.round(blocksBetweenFalseAlarms(0.8, 0.25, 5)); // 499
 */
export function blocksBetweenFalseAlarms(spread: number, delta: number, lambda: number): number {
  const drift = delta / spread;
  const barrier = lambda / spread + OVERSHOOT;
  if (drift < 1e-6) return barrier * barrier;
  const exponent = 2 * drift * barrier;
  return Math.max(1, (Math.exp(exponent) - exponent - 1) / (2 * drift * drift));
}
