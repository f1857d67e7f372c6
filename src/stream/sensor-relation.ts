import { f64, type Numbers, state } from "../record/state";
import { flushToZero } from "./flush-to-zero";

/** Rows before the relation is believed, and how many of them it follows. */
const KNOWN = 200;
const MEMORY = 2000;
/** It is worked out anew after so many rows. */
const RENEW = 50;
/** Share of a column's variance that is taken for its own noise: two that are one and the same stay solvable. */
const NOISE = 1e-4;
/** A deviation that cannot be told from the rounding of the mean is none. */
const ROUNDING = 1e-12;
/** Rows over which is followed how long what the others cannot explain persists. */
const PERSISTENCE_MEMORY = 200;
/** Nothing counts as further than so many deviations from what the others say: the deviation itself may be much larger soon. */
const FURTHEST = 1e4;
/** Rows after which a held value is worth nothing where no relation is known. */
const HOLD = 10;
/** A label further out than so many standard deviations of what was expected corrects nothing. */
const GATE = 5;

/** What is worked out of a row and used before anybody else has a turn. */
interface Scratch {
  /** The row, standardised. */
  readonly z: Float64Array;
  /** Its missing columns, their block of the inverse covariance, and its inverse. */
  readonly gaps: Int32Array;
  readonly block: Float64Array;
}

/** All relations of as many columns share one. */
const scratches: Scratch[] = [];

function scratchOf(w: number): Scratch {
  scratches[w] ??= { z: new Float64Array(w), gaps: new Int32Array(w), block: new Float64Array(w * w) };
  return scratches[w];
}

/**
 * What the sensors of a machine say of each other: mean and covariance of what they show together, and what follows from
 * it for a value that is missing, or that contradicts the others.
 *
 * A missing value is what the present ones say it should be, plus what they missed of it when it last came, which fades as
 * such differences do on this sensor. The estimate so starts at the last value and moves with the plant; where the others
 * say nothing it is that value, drifting to the mean. Rows with missing values are learnt from as well, with the
 * uncertainty of what stands in, so that sensors which lose values now and then, or for good, hide nothing.
 *
 * Source: conditional normal distribution, in terms of the inverse covariance; learning from incomplete rows after
 * Dempster, Laird and Rubin 1977 (the M step, online); Welford 1962 for the recursion; correction by a label: Kalman 1960.
 */
export class SensorRelation {
  readonly state;
  /** By column: variance of what the last `complete` has put in, in the column's unit squared; 0 where it was there. */
  readonly variance: Float64Array;
  /** By column: by how much the last `correct` has changed what stands in. */
  readonly change: Float64Array;
  /** By column: what the others cannot explain of the last row, in deviations, see `explain`. */
  readonly residual: Float64Array;
  private readonly z: Float64Array;
  private readonly gaps: Int32Array;
  private readonly block: Float64Array;

  /**
   * @param columns w, how many
   * @param labelled whether the last column is a label, which comes after the others: they are explained without it
   */
  constructor(
    readonly columns: number,
    private readonly labelled = false,
  ) {
    const w = columns;
    this.state = state({
      /** Weight of all rows so far; the count at which the relation was last worked out. */
      count: 0,
      workedOut: 0,
      mean: f64(w),
      /** Row by row, on and below the diagonal. */
      covariance: f64(w * w),
      /** Deviations and inverse correlations when the relation was last worked out. */
      deviation: f64(w),
      inverse: f64(w * w),
      /** By column: what the others did not explain at its last value, its mean square and mean product with the one before. */
      last: f64(w),
      square: f64(w),
      product: f64(w),
      /** By column: rows since it is missing, and the share of what is unexplained that has become uncertain since. */
      missingFor: f64(w),
      spread: f64(w),
    });
    this.variance = new Float64Array(w);
    this.change = new Float64Array(w);
    this.residual = new Float64Array(w);
    const { z, gaps, block } = scratchOf(w);
    this.z = z;
    this.gaps = gaps;
    this.block = block;
  }

  /** Whether enough rows are known. */
  get known(): boolean {
    return this.state.count >= KNOWN && this.state.workedOut > 0;
  }

  /** All is forgotten: the sensors stand to each other in a new way. */
  restart(): void {
    const { state } = this;
    state.count = 0;
    state.workedOut = 0;
    for (const numbers of [state.mean, state.covariance, state.last, state.square, state.product]) numbers.fill(0);
  }

  /**
   * Puts an estimate in place of every missing value, and tells in `variance` how uncertain it is.
   *
   * @param row w finite numbers from index `at` on; where one is missing, its last value: it stays where nothing is known
   * @param missing by column: 1 = there is no value
   * Cost: w² multiply-adds, and m³ for m missing values.
   */
  complete(row: Numbers, at: number, missing: Uint8Array): void {
    const { state, variance, z } = this;
    const w = this.columns;
    const gaps = this.findGaps(missing);
    variance.fill(0);
    if (!this.known) {
      for (let g = 0; g < gaps; g++) {
        const k = this.gaps[g];
        state.missingFor[k] += 1;
        variance[k] = Math.min(1, state.missingFor[k] / HOLD) * state.covariance[k * w + k];
      }
      return;
    }
    this.standardise(row, at, missing);
    if (gaps > 0) this.solve(gaps);
    for (let g = 0; g < gaps; g++) {
      const k = this.gaps[g];
      const persistence = state.square[k] > 0 ? Math.min(1, Math.max(0, state.product[k] / state.square[k])) : 0;
      state.last[k] *= persistence;
      state.spread[k] = persistence ** 2 * state.spread[k] + 1 - persistence ** 2;
      state.missingFor[k] += 1;
      z[k] += state.last[k];
      row[at + k] = state.mean[k] + z[k] * state.deviation[k];
      variance[k] = state.spread[k] * this.block[g * gaps + g] * state.deviation[k] ** 2;
    }
  }

  /** Fills `gaps`; gives their number. Columns that are there are no longer missing. */
  private findGaps(missing: Uint8Array): number {
    const { state, gaps } = this;
    let count = 0;
    for (let k = 0; k < this.columns; k++) {
      if (missing[k] === 1) gaps[count++] = k;
      else {
        state.missingFor[k] = 0;
        state.spread[k] = 0;
      }
    }
    return count;
  }

  private standardise(row: Numbers, at: number, missing: Uint8Array): void {
    const { state, z } = this;
    for (let k = 0; k < this.columns; k++) {
      const deviation = state.deviation[k];
      z[k] = missing[k] === 1 || deviation === 0 ? 0 : (row[at + k] - state.mean[k]) / deviation;
    }
  }

  /** The covariance of the first m gaps given all other columns, left in `block` (m × m). */
  private openBlock(m: number): void {
    const { gaps, block } = this;
    const { inverse } = this.state;
    for (let a = 0; a < m; a++)
      for (let b = 0; b < m; b++) block[a * m + b] = inverse[gaps[a] * this.columns + gaps[b]];
    invert(block, m);
  }

  /** The conditional mean of the gaps, left in `z`, and their conditional covariance, left in `block` (m × m). */
  private solve(m: number): void {
    const { state, gaps, block, z } = this;
    const { inverse } = state;
    const w = this.columns;
    this.openBlock(m);
    // With z = 0 in the gaps, this is the pull of the present ones alone.
    for (let a = 0; a < m; a++) this.residual[a] = dot(inverse, gaps[a] * w, z);
    for (let a = 0; a < m; a++) {
      let sum = 0;
      for (let b = 0; b < m; b++) sum += block[a * m + b] * this.residual[b];
      z[gaps[a]] = -sum;
    }
  }

  /**
   * What all other columns cannot explain of each, in deviations, left in `residual`; of a column that is missing or left
   * out, nothing, and it explains nothing of the others.
   *
   * @param left by column: 1 = missing, or not to be believed
   */
  explain(row: Numbers, at: number, left: Uint8Array): void {
    const { state, z, residual } = this;
    const w = this.columns;
    const gaps = this.findGapsOnly(left);
    this.standardise(row, at, left);
    if (gaps > 0) this.solve(gaps);
    residual.fill(0);
    for (let k = 0; k < w; k++)
      if (left[k] === 0) residual[k] = dot(state.inverse, k * w, z) * this.unexplained(k, gaps);
  }

  private findGapsOnly(missing: Uint8Array): number {
    let count = 0;
    for (let k = 0; k < this.columns; k++) if (missing[k] === 1) this.gaps[count++] = k;
    return count;
  }

  /** The share of column k's variance that the others leave, without the first `m` gaps, whose `block` is worked out. */
  private unexplained(k: number, m: number): number {
    const { state, gaps, block } = this;
    const w = this.columns;
    let own = state.inverse[k * w + k];
    for (let a = 0; a < m; a++)
      for (let b = 0; b < m; b++)
        own -= state.inverse[k * w + gaps[a]] * block[a * m + b] * state.inverse[gaps[b] * w + k];
    return own > 0 ? 1 / own : 1;
  }

  /** The share of column k's variance that the others leave unexplained, in deviations squared, as of the last `explain`. */
  openShare(k: number, left: Uint8Array): number {
    return this.unexplained(k, this.findGapsOnly(left));
  }

  /** The same where no column is left out. */
  openToAll(k: number): number {
    return 1 / this.state.inverse[k * this.columns + k];
  }

  /** What the others say of column k, in its unit, after `explain`, which must not have left it out. */
  expected(k: number): number {
    const { state } = this;
    return state.mean[k] + (this.z[k] - this.residual[k]) * state.deviation[k];
  }

  /** What the others say of a column that the last `explain` has left out, in its unit. */
  estimate(k: number): number {
    const { state } = this;
    return state.mean[k] + this.z[k] * state.deviation[k];
  }

  /**
   * Corrects what stands in for missing values by the last column's value, which came later (a label), and tells in
   * `change` by how much. What stands in at the next row starts from there. It acts only where the label says more of
   * what is missing than it scatters by itself.
   *
   * @param row as `complete` has left it; changed in place
   * @param missing as in `complete`, the last column apart
   * @param label value of the last column
   * @returns whether anything was corrected
   */
  correct(row: Numbers, at: number, missing: Uint8Array, label: number): boolean {
    const { state, change, variance } = this;
    const { inverse, deviation, mean } = state;
    const w = this.columns;
    const y = w - 1;
    change.fill(0);
    if (!this.known || deviation[y] === 0) return false;
    const open = 1 / inverse[y * w + y];
    let expected = 0;
    let residual = (label - mean[y]) / deviation[y];
    for (let k = 0; k < y; k++) {
      if (deviation[k] === 0) continue;
      const slope = -open * inverse[y * w + k];
      residual -= slope * ((row[at + k] - mean[k]) / deviation[k]);
      if (missing[k] === 1) expected += (variance[k] / deviation[k] ** 2) * slope ** 2;
    }
    // Where residuals persist from label to label, labels in a row count for no more than they are worth together.
    const persistence = state.square[y] > 0 ? Math.min(0.99, Math.max(0, state.product[y] / state.square[y])) : 0;
    const scatter = (Math.max(open, state.square[y]) * (1 + persistence)) / (1 - persistence);
    if (!(expected > scatter)) return false;
    expected += scatter;
    if (residual * residual > GATE * GATE * expected) return false;
    for (let k = 0; k < y; k++) {
      if (missing[k] === 0 || deviation[k] === 0) continue;
      const slope = -open * inverse[y * w + k];
      const gain = ((variance[k] / deviation[k] ** 2) * slope) / expected;
      state.last[k] += gain * residual;
      state.spread[k] *= 1 - gain * slope;
      change[k] = gain * residual * deviation[k];
      row[at + k] += change[k];
    }
    return true;
  }

  /**
   * Learns from a row.
   *
   * @param row as `complete` has left it
   * @param missing as in `complete`
   * @param weight 0 … 1
   * Cost: 2 w² multiply-adds; w³ at every 50th row.
   */
  learn(row: Numbers, at: number, missing: Uint8Array, weight: number): void {
    if (!(weight > 0)) return;
    const { state, z } = this;
    const { mean, covariance } = state;
    const w = this.columns;
    const gaps = this.findGapsOnly(missing);
    if (this.known) this.followPersistence(row, at, missing);
    state.count += weight;
    const rate = weight / Math.min(state.count, MEMORY);
    // Before anything is known, a missing value is taken to be the mean.
    for (let k = 0; k < w; k++) z[k] = missing[k] === 1 && !this.known ? 0 : row[at + k] - mean[k];
    for (let i = 0; i < w; i++)
      for (let j = 0; j <= i; j++) {
        const before = covariance[i * w + j];
        covariance[i * w + j] = flushToZero(before + rate * (z[i] * z[j] * (1 - rate) - before));
      }
    for (let i = 0; i < w; i++) mean[i] += rate * z[i];
    this.keepUncertainty(gaps, rate);
    if (state.count - state.workedOut >= RENEW) this.workOut();
  }

  /** What stands in for a missing value varies less than the value would: the difference belongs to the covariance. */
  private keepUncertainty(gaps: number, rate: number): void {
    const { state, block, variance } = this;
    const { covariance, deviation, spread } = state;
    const w = this.columns;
    if (this.known && gaps > 0) this.openBlock(gaps);
    for (let a = 0; a < gaps; a++) {
      const i = this.gaps[a];
      if (!this.known) {
        covariance[i * w + i] *= 1 + rate / (1 - rate || 1);
        continue;
      }
      covariance[i * w + i] += rate * variance[i];
      for (let b = 0; b < a; b++) {
        const j = this.gaps[b];
        const shared = Math.sqrt(spread[i] * spread[j]) * block[a * gaps + b] * deviation[i] * deviation[j];
        covariance[Math.max(i, j) * w + Math.min(i, j)] += rate * shared;
      }
    }
  }

  private followPersistence(row: Numbers, at: number, missing: Uint8Array): void {
    const { state, z } = this;
    const { inverse, mean, deviation, last, square, product } = state;
    const w = this.columns;
    for (let k = 0; k < w; k++) z[k] = deviation[k] === 0 ? 0 : (row[at + k] - mean[k]) / deviation[k];
    const y = w - 1;
    const pullOfLabel = this.labelled ? dot(inverse, y * w, z) / inverse[y * w + y] : 0;
    for (let k = 0; k < w; k++) {
      if (missing[k] === 1) continue;
      const ofLabel = this.labelled && k < y ? inverse[k * w + y] : 0;
      const pull = dot(inverse, k * w, z) - ofLabel * pullOfLabel;
      const open = pull / (inverse[k * w + k] - ofLabel ** 2 / inverse[y * w + y]);
      const residual = Math.max(-FURTHEST, Math.min(FURTHEST, open));
      square[k] = flushToZero(square[k] + (residual * residual - square[k]) / PERSISTENCE_MEMORY);
      product[k] = flushToZero(product[k] + (residual * last[k] - product[k]) / PERSISTENCE_MEMORY);
      last[k] = residual;
    }
  }

  private workOut(): void {
    const { state } = this;
    const { covariance, deviation, inverse, mean } = state;
    const w = this.columns;
    state.workedOut = state.count;
    for (let k = 0; k < w; k++) {
      const sigma = Math.sqrt(Math.max(0, covariance[k * w + k]));
      deviation[k] = sigma > ROUNDING * Math.abs(mean[k]) && Number.isFinite(sigma) ? sigma : 0;
    }
    for (let i = 0; i < w; i++)
      for (let j = 0; j <= i; j++) {
        const scale = deviation[i] * deviation[j];
        const correlation = i === j ? 1 + NOISE : scale > 0 ? covariance[i * w + j] / scale : 0;
        inverse[i * w + j] = correlation;
        inverse[j * w + i] = correlation;
      }
    invert(inverse, w);
  }
}

/** Scalar product of a matrix row, from index `at` on, with a vector. */
function dot(matrix: Numbers, at: number, vector: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < vector.length; k++) sum += matrix[at + k] * vector[k];
  return sum;
}

/**
 * Inverts a symmetric positive definite matrix in place by Gauss-Jordan elimination without pivoting; a pivot that
 * rounding has made tiny is raised, so that nothing becomes infinite.
 *
 * @param matrix n × n, row by row
 */
function invert(matrix: Float64Array, n: number): void {
  for (let k = 0; k < n; k++) {
    const pivot = Math.max(matrix[k * n + k], 1e-9);
    matrix[k * n + k] = 1;
    for (let j = 0; j < n; j++) matrix[k * n + j] /= pivot;
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const factor = matrix[i * n + k];
      if (factor === 0) continue;
      matrix[i * n + k] = 0;
      for (let j = 0; j < n; j++) matrix[i * n + j] -= factor * matrix[k * n + j];
    }
  }
}
