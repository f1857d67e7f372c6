/** How many of the latest scores set the step width. */
const MEMORY = 100;

/** No interval is wider than so many times the largest of them. */
const MOST = 10;

const WIDTH = 0;
const COUNT = 1;

/**
 * Half-width of a prediction interval, followed online: a miss widens it, a hit narrows it a little, so that in the long
 * run the chosen share of actual values lies inside, whatever the distribution of errors. It cannot become infinite or
 * negative.
 *
 * Source: the quantile tracker of Angelopoulos, Candès and Tibshirani 2023, "Conformal PID Control for Time Series
 * Prediction", section 2.1, with a step of 0.1 × the largest of the last 100 scores / √horizon.
 */
export class QuantileTracker {
  private readonly s = new Float64Array(2);
  private readonly recent = new Float64Array(MEMORY);

  /**
   * @param coverage share of actual values to lie inside, in (0, 1)
   * @param horizon readings ahead; labels of a far horizon come late and overlap, so steps are smaller
   */
  constructor(
    private readonly coverage: number,
    private readonly horizon: number,
  ) {
    this.s[WIDTH] = Number.NaN;
  }

  /** Half-width of the interval, in the target's unit; not a number before the first score. */
  get width(): number {
    return this.s[WIDTH];
  }

  /**
   * Takes in the score of one forecast.
   *
   * @param score two numbers in an array, since arguments would be boxed: the absolute error, finite, ≥ 0, and the
   *   half-width that had been given with that forecast, NaN if none
   * Allocates nothing.
   */
  update(score: Float64Array): void {
    const s = this.s;
    const error = score[0];
    this.recent[s[COUNT] % MEMORY] = error;
    s[COUNT] += 1;
    const miss = 1 - this.coverage;
    if (s[COUNT] * miss < 1) {
      // Too few scores to know a tail: the largest so far is the only honest bound.
      s[WIDTH] = s[WIDTH] > error ? s[WIDTH] : error;
      return;
    }
    let largest = 0;
    for (let i = 0; i < MEMORY; i++) if (this.recent[i] > largest) largest = this.recent[i];
    const step = (0.1 * largest) / Math.sqrt(Math.max(1, this.horizon));
    const width = s[WIDTH] + step * ((error > score[1] ? 1 : 0) - miss);
    // What one absurd label has added, small steps alone would never take back.
    const most = s[COUNT] >= MEMORY && largest > 0 ? MOST * largest : Number.POSITIVE_INFINITY;
    s[WIDTH] = Math.max(0, Math.min(width, most));
  }

  /** A new drive or asset begins: the width stands, but only widens until enough of the new scores are known. */
  restart(): void {
    this.s[COUNT] = 0;
  }

  /** All that has to be remembered, in a fixed order. */
  buffers(): Float64Array[] {
    return [this.s, this.recent];
  }
}
