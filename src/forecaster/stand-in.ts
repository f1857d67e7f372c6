import type { History } from "./history";
import { clip } from "./running-scale";

/** Complete readings before the relation between the sensors is believed, and how many of them it follows. */
const KNOWN = 200;
const MEMORY = 2000;
/** The relation is worked out anew after so many complete readings. */
const RENEW = 100;
/** Share of a sensor's variance that is taken for its own noise: two sensors that are one and the same stay solvable. */
const NOISE = 1e-4;
/** Readings from which the persistence of what the others cannot explain is estimated. */
const LOOK_BACK = 100;
/** With more columns than this the relation costs more than it is worth. */
const MOST_COLUMNS = 64;
/** Readings after which a held value is worth nothing where no relation is known. */
const HOLD = 10;

const COUNT = 0;
const WORKED_OUT = 1;
const DOUBT = 2;

/**
 * What a missing sensor would have said. A plant's sensors are related (an engine's air flow follows from its speed and
 * its manifold pressure), so the value is estimated from those that are there: the linear regression on them, plus what
 * it missed at the last good reading, which fades as such differences do on this sensor. The estimate so starts at the
 * last good value and moves with the plant; where the others say nothing it is that value, drifting to the mean. As long
 * as too little is known, the last good value is held.
 *
 * Why not hold it always: a recurrent state that was fed one frozen value for minutes is wrong for minutes more.
 *
 * Source: conditional mean of a normal distribution; sweep operator after Goodnight 1979, "A Tutorial on the SWEEP
 * Operator".
 */
export class StandIn {
  private readonly s = new Float64Array(3);
  private readonly mean: Float64Array;
  private readonly covariance: Float64Array;
  /** The covariance swept by all columns that are there: regression coefficients and what they leave unexplained. */
  private readonly swept: Float64Array;
  private readonly sweptWithout: Float64Array;
  /** By column: readings since it is missing, what the relation missed, how that persists, share of doubt reached. */
  private readonly missingFor: Float64Array;
  private readonly offset: Float64Array;
  private readonly persistence: Float64Array;
  private readonly spread: Float64Array;
  private readonly related: boolean;

  /**
   * @param history the asset's readings, standardised
   * @param columns how many of its columns are related to each other, from the first on; a soft sensor leaves out the
   *   last label, which is no measurement of now
   */
  constructor(
    private readonly history: History,
    private readonly columns: number,
  ) {
    const w = columns;
    this.related = w <= MOST_COLUMNS;
    this.mean = new Float64Array(this.related ? w : 0);
    this.covariance = new Float64Array(this.related ? w * w : 0);
    this.swept = new Float64Array(this.related ? w * w : 0);
    this.sweptWithout = new Float64Array(w);
    this.missingFor = new Float64Array(w);
    this.offset = new Float64Array(w);
    this.persistence = new Float64Array(w);
    this.spread = new Float64Array(w);
  }

  /**
   * How much wider the interval of a forecast has to be for what is not known of the last reading: 0 for a complete
   * one, up to 1 for each sensor of which nothing is known any more.
   */
  get doubt(): number {
    return this.s[DOUBT];
  }

  /**
   * Takes in the newest reading: fills in what is missing, or learns from it where it is complete.
   *
   * @param index of the reading in the history; a missing column holds the last good value
   * @param missing 1 for each column that has no value of its own, else 0
   * Cost: w² multiply-adds for w columns; w³ where another set of columns is missing. Allocates nothing.
   */
  complete(index: number, missing: Uint8Array): void {
    const any = missing.indexOf(1) >= 0;
    this.s[DOUBT] = 0;
    if (any && this.related && this.s[COUNT] >= KNOWN) this.fill(index, missing);
    else if (any) this.hold(missing);
    else if (this.related) this.learn(index);
    for (let k = 0; k < this.columns; k++) this.missingFor[k] = missing[k] === 1 ? this.missingFor[k] + 1 : 0;
  }

  private learn(index: number): void {
    const { mean, covariance, history, s } = this;
    const w = this.columns;
    const u = history.inputs;
    const at = history.slot(index) * history.width;
    s[COUNT] += 1;
    const rate = 1 / Math.min(s[COUNT], MEMORY);
    for (let i = 0; i < w; i++) {
      const di = u[at + i] - mean[i];
      for (let j = 0; j <= i; j++) {
        // Means of later columns are still the old ones; those of earlier columns are new: Welford's mixed product.
        const dj = j === i ? di : u[at + j] - mean[j];
        covariance[i * w + j] += rate * (di * dj * (j === i ? 1 - rate : 1) - covariance[i * w + j]) + 1e-30 - 1e-30;
      }
      mean[i] += rate * di;
    }
  }

  private hold(missing: Uint8Array): void {
    for (let k = 0; k < this.columns; k++)
      if (missing[k] === 1) this.s[DOUBT] += Math.min(1, (this.missingFor[k] + 1) / HOLD);
  }

  private fill(index: number, missing: Uint8Array): void {
    const { history, s, swept, offset, persistence, spread, missingFor } = this;
    const w = this.columns;
    const at = history.slot(index) * history.width;
    let changed = false;
    for (let k = 0; k < w; k++) if (missing[k] === 1 && missingFor[k] === 0) changed = true;
    if (this.workOut(missing) || changed) this.lookBack(index, missing);
    for (let k = 0; k < w; k++) {
      if (missing[k] === 0) continue;
      offset[k] *= persistence[k];
      spread[k] = persistence[k] ** 2 * spread[k] + 1 - persistence[k] ** 2;
      history.inputs[at + k] = clip(this.explain(k, at, missing) + offset[k]);
      s[DOUBT] += Math.min(1, Math.sqrt(spread[k] * swept[k * w + k]));
    }
  }

  /** What the columns that are there say of column k. */
  private explain(k: number, at: number, missing: Uint8Array): number {
    const { mean, swept, history } = this;
    const w = this.columns;
    let value = mean[k];
    for (let j = 0; j < w; j++) if (missing[j] === 0) value += swept[k * w + j] * (history.inputs[at + j] - mean[j]);
    return value;
  }

  /** Regression of the missing columns on the others, where it is not worked out already. */
  private workOut(missing: Uint8Array): boolean {
    const { covariance, swept, sweptWithout, s } = this;
    const w = this.columns;
    let same = s[WORKED_OUT] > 0 && s[COUNT] - s[WORKED_OUT] < RENEW;
    for (let k = 0; k < w; k++) if (sweptWithout[k] !== missing[k]) same = false;
    if (same) return false;
    s[WORKED_OUT] = s[COUNT];
    for (let i = 0; i < w; i++) {
      for (let j = 0; j <= i; j++) {
        swept[i * w + j] = covariance[i * w + j];
        swept[j * w + i] = covariance[i * w + j];
      }
      swept[i * w + i] += NOISE * covariance[i * w + i];
    }
    for (let k = 0; k < w; k++) {
      sweptWithout[k] = missing[k];
      // A column that has never moved explains nothing.
      if (missing[k] === 0 && covariance[k * w + k] > 1e-9) sweep(swept, w, k);
      else if (missing[k] === 0) for (let i = 0; i < w; i++) swept[i * w + k] = 0;
    }
    return true;
  }

  /** What the relation missed at the last reading, and how far such differences persist from reading to reading. */
  private lookBack(index: number, missing: Uint8Array): void {
    const { history, offset, persistence, spread, missingFor } = this;
    const w = this.columns;
    const first = Math.max(history.first, index - LOOK_BACK);
    for (let k = 0; k < w; k++) {
      if (missing[k] === 0) continue;
      let square = 0;
      let product = 0;
      let before = 0;
      for (let i = first; i < index; i++) {
        const at = history.slot(i) * history.width;
        const difference = history.inputs[at + k] - this.explain(k, at, missing);
        square += difference * difference;
        product += difference * before;
        before = difference;
      }
      offset[k] = before;
      persistence[k] = square > 0 ? Math.min(1, Math.max(0, product / square)) : 0;
      if (missingFor[k] === 0) spread[k] = 0;
    }
  }

  /** All that has to be remembered, in a fixed order. */
  buffers(): Float64Array[] {
    return [
      this.s,
      this.mean,
      this.covariance,
      this.swept,
      this.sweptWithout,
      this.missingFor,
      this.offset,
      this.persistence,
      this.spread,
    ];
  }
}

/** Sweeps a symmetric matrix (w × w, row by row) by column k, whose diagonal is positive. */
function sweep(matrix: Float64Array, w: number, k: number): void {
  const pivot = matrix[k * w + k];
  for (let j = 0; j < w; j++) matrix[k * w + j] /= pivot;
  for (let i = 0; i < w; i++) {
    if (i === k) continue;
    const factor = matrix[i * w + k];
    for (let j = 0; j < w; j++) if (j !== k) matrix[i * w + j] -= factor * matrix[k * w + j];
    matrix[i * w + k] = factor / pivot;
  }
  matrix[k * w + k] = -1 / pivot;
}
