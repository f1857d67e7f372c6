import { f64, state } from "../record/state";

/** How many of the latest scores set the step width; of each ten of them the largest is kept. */
const MEMORY = 100;
const TEN = 10;
/** Scores before a single one is bounded. */
const FIRST = 5;
/** A score counts as at most so many widths for the step: one absurd label must not swing the interval for a hundred more. */
const OUTLIER = 4;
/** No interval is wider than so many times the largest score that counts. */
const MOST = 10;

/**
 * Half-width of a prediction interval, followed online: a miss widens it, a hit narrows it a little, so that in the long
 * run the chosen share of actual values lies inside, whatever the distribution of errors. It cannot become infinite or
 * negative.
 *
 * Source: the quantile tracker of Angelopoulos, Candès and Tibshirani 2023, "Conformal PID Control for Time Series
 * Prediction", section 2.1, with a step of 0.1 × the largest of the last 100 scores / √horizon.
 */
export class QuantileTracker {
  readonly state = state({ width: Number.NaN, count: 0, recent: f64(MEMORY / TEN) });

  /**
   * @param coverage share of actual values to lie inside, in (0, 1)
   * @param horizon readings ahead; labels of a far horizon come late and overlap, so steps are smaller
   */
  constructor(
    private readonly coverage: number,
    private readonly horizon: number,
  ) {}

  /** Half-width of the interval, in the target's unit; not a number before the first score. */
  get width(): number {
    return this.state.width;
  }

  /**
   * Takes in the score of one forecast.
   *
   * @param error absolute error, finite, ≥ 0
   * @param given the half-width that had been given with that forecast, NaN if none
   */
  update(error: number, given: number): void {
    const { state } = this;
    const { recent } = state;
    const known = state.count >= FIRST && state.width > 0;
    const counted = known ? Math.min(error, OUTLIER * state.width) : error;
    const at = Math.floor(state.count / TEN) % recent.length;
    recent[at] = state.count % TEN === 0 ? counted : Math.max(recent[at], counted);
    state.count += 1;
    const miss = 1 - this.coverage;
    if (state.count * miss < 1) {
      // Too few scores to know a tail: the largest so far is the only honest bound.
      state.width = state.width > counted ? state.width : counted;
      return;
    }
    let largest = 0;
    for (let i = 0; i < recent.length; i++) if (recent[i] > largest) largest = recent[i];
    const step = (0.1 * largest) / Math.sqrt(Math.max(1, this.horizon));
    const width = state.width + step * ((error > given ? 1 : 0) - miss);
    // What one absurd label has added, small steps alone would never take back.
    const most = state.count >= MEMORY && largest > 0 ? MOST * largest : Number.POSITIVE_INFINITY;
    state.width = Math.max(0, Math.min(width, most));
  }

  /** Begins where another one stands. */
  inherit({ state }: QuantileTracker): void {
    this.state.width = state.width;
    this.state.count = state.count;
    this.state.recent.set(state.recent);
  }

  /** A new drive or asset begins: the width stands, but only widens until enough of the new scores are known. */
  restart(): void {
    this.state.count = 0;
  }
}
