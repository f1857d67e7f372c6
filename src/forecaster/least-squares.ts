import type { Arena } from "../kernel/arena";
import type { Parts } from "../record/part";
import { f64, state } from "../record/state";
import { flushToZero } from "../stream/flush-to-zero";
import { belief } from "./belief";

/** An error beyond so many usual ones pulls no harder than this many. */
const HUBER = 1.5;
/** Variance of a weight before anything is learnt: whatever was believed before gives way to some tens of labels. */
const PRIOR = 1000;
/**
 * Norm of the weights, in units of the model, which rubbish must not exceed: on recorded data it stays below 6, and where
 * rubbish has widened the scale of an input tenfold, the right weights are ten times as large.
 */
const LARGEST = 60;
/** A label that weighs less teaches nothing. */
const LEAST = 1e-6;
/** The usual error follows the last so many labels. */
const USUAL_MEMORY = 100;
/** What is known of every weight at least, in labels in which its column was 1: so much of it is not forgotten. */
const RIDGE = 0.01;
/** One column after the other is told that, every so many labels. */
const RIDGE_EVERY = 8;
/** How far the reach goes up or down at most with a label (as a power of e), and where it ends. */
const STEP = 0.3;
const FURTHEST = 40;
/** Of what is so many times further out nothing is learnt, and what is so much nearer is no reason to reach further. */
const BEYOND = 10;
const NEARER = 3;

/** Which columns of a row a regression sees, and how it learns from them. */
export interface ColumnRange {
  /** The first column and the one after the last. */
  readonly from: number;
  readonly to: number;
  /** Share that is kept from label to label, such as 0.9998. */
  readonly forgetting: number;
  /** Up to this leverage a reading is one of a kind that has been learnt. */
  readonly familiar: number;
  /** Whether it can be told from the columns at which levels the inputs are, as by `Levels.offset`. */
  readonly seesLevels: boolean;
  /** How many of the last columns are left out until `wake`. */
  readonly dormant: number;
}

/**
 * What recursive least squares knows of its regressors: the inverse of their correlation, P. It depends on no label but by
 * what the label weighs: an outlier of one horizon is none of another, so that each horizon has its own.
 *
 * What is forgotten exponentially is forgotten also where nothing new is learnt: in directions that the plant seldom goes P
 * would grow until it is noise (wind-up). A ridge, told to one column at a time, keeps it bounded everywhere.
 *
 * Source: Haykin, "Adaptive Filter Theory", ch. 10; the ridge after Gay 1996, "Dynamically regularized fast RLS". A step
 * costs n² multiplications for n regressors.
 */
export class LeastSquares {
  readonly state;
  /** Strangeness of the reading learnt last, before it was learnt. */
  learntAt = 0;
  /** The gains asked for last, where kernels can read them. */
  private readonly gains: Float32Array;
  /** Scratch, as long as there are columns that count. */
  private g: Float64Array;
  private readonly all: Float64Array;

  /** @param arena where all numbers lie, also those of the rows */
  constructor(
    readonly range: ColumnRange,
    readonly arena: Arena,
  ) {
    const n = range.to - range.from;
    this.all = arena.f64(n);
    this.g = this.all.subarray(0, n - range.dormant);
    const declaration = {
      /** Lower triangle of P, row by row: of columns that a record does not have yet nothing is known. */
      P: f64((n * (n + 1)) / 2, { anyLength: true }),
      /** Labels so far. */
      labels: 0,
    };
    this.state = state(declaration, arena.take);
    this.gains = arena.f32(n);
    this.clear();
  }

  /** Knows nothing. */
  clear(): void {
    this.state.P.fill(0);
    this.begin();
  }

  /** Of columns that count and have none yet: their variance. The others' are 0, which takes no room in a record. */
  private begin(): void {
    const { P } = this.state;
    for (let i = 0, at = 0; i < this.length; i++, at += i + 1) if (P[at] === 0) P[at] = PRIOR;
  }

  /** Some of the last columns mean something else from now on: of them nothing is known. */
  clearLast(from: number, count: number): void {
    const { width } = this;
    const { P } = this.state;
    for (let i = width - from; i < width - from + count; i++) {
      const row = (i * (i + 1)) / 2;
      P.fill(0, row, row + i);
      P[row + i] = PRIOR;
      for (let j = i + 1; j < width; j++) P[(j * (j + 1)) / 2 + i] = 0;
    }
  }

  /** From now on all columns count. */
  wake(): void {
    if (this.length === this.width) return;
    this.g = this.all;
    this.begin();
  }

  /** How many columns there are. */
  get width(): number {
    return this.all.length;
  }

  /** How many of them count. */
  get length(): number {
    return this.g.length;
  }

  /**
   * The forecast by these weights.
   *
   * @param rows columns of a reading, from index `at` on
   */
  answer(rows: Float32Array, at: number, weights: Float64Array): number {
    return this.arena.kernel.answer(weights, rows, at + this.range.from);
  }

  /**
   * How unlike all that has been learnt a reading is: its leverage xᵀ P x, the variance of the answer over that of a label,
   * over the one up to which it is familiar.
   *
   * @param rows columns of the reading, from index `at` on
   * @returns below 1 where readings like it have been learnt
   */
  strangeness(rows: Float32Array, at: number): number {
    const { range, arena, state } = this;
    return arena.kernel.leverage(state.P, rows, at + range.from, this.length) / range.familiar;
  }

  /**
   * By how much the forecast by these weights changes where the columns move.
   *
   * @param moves of the columns, from index `at` on
   */
  change(moves: Float64Array, at: number, weights: Float64Array): number {
    const begin = at + this.range.from;
    let y = 0;
    for (let i = 0; i < weights.length; i++) y += weights[i] * moves[begin + i];
    return y;
  }

  /**
   * The gain of a label: by how much the weights answer to its error.
   *
   * @param rows columns of its reading, from index `at` on
   * @param weight of the label, above 0 … 1
   * @returns the gains, used again for the next ones
   */
  gain(rows: Float32Array, at: number, weight: number): Float32Array {
    const { state, arena, range, gains } = this;
    arena.kernel.gain(state.P, rows, at + range.from, gains, 0, this.g, { forgetting: range.forgetting, weight });
    this.learntAt = arena.kernel.answer(this.g, rows, at + range.from) / range.familiar;
    state.labels += 1;
    if (state.labels % RIDGE_EVERY === 0) this.regularise();
    return gains;
  }

  /** Tells the next column the ridge: a label of that weight in which it alone is 1, and which the weights answer rightly. */
  private regularise(): void {
    const { state, g, length, arena } = this;
    const i = (state.labels / RIDGE_EVERY) % length;
    const share = RIDGE * (1 - this.range.forgetting) * length * RIDGE_EVERY;
    const scratch = arena.scratch(length);
    const row = new Float32Array(scratch.buffer, scratch.byteOffset, length).fill(0);
    const gain = new Float32Array(scratch.buffer, scratch.byteOffset + 4 * length, length);
    row[i] = 1;
    arena.kernel.gain(state.P, row, 0, gain, 0, g, { forgetting: 1, weight: share });
    const from = (i * (i + 1)) / 2;
    for (let at = from; at < from + i; at++) state.P[at] = flushToZero(state.P[at]);
  }

  /** All that has to be remembered, by name. */
  parts(): Parts {
    return { inverse: this.state };
  }
}

/** What an answer of 0 and what a 1 means, in the target's unit. */
export interface Frame {
  anchor: number;
  unit: number;
}

/** The weights of one horizon over the regressors, today's and those last approved. */
export class Regression {
  readonly state;

  /**
   * @param squares what is known of the regressors
   * @param bends whether an error beyond the usual pulls no harder: what is right most of the time. Not bent, it is right
   *   on the average
   * @param pace 0 … 1: how fast it learns up to which leverage to answer; 0 = never beyond the familiar one
   */
  constructor(
    readonly squares: LeastSquares,
    private readonly bends = true,
    private readonly pace = 0,
  ) {
    const n = squares.width;
    const declaration = {
      weights: f64(n, { anyLength: true }),
      base: f64(n, { anyLength: true }),
      /** Usual size of the error; readings for which errors have been outliers. */
      usual: 1,
      lasting: 0,
      /** Up to how many times the familiar leverage its answers have been right, so that it is asked there. */
      reach: 1,
    };
    this.state = state(declaration, squares.arena.take);
  }

  /** The forecast from the columns of a reading, in the unit of its targets. */
  answer(rows: Float32Array, at: number): number {
    return this.squares.answer(rows, at, this.state.weights);
  }

  /** The same by the weights last approved. */
  frozen(rows: Float32Array, at: number): number {
    return this.squares.answer(rows, at, this.state.base);
  }

  /**
   * Learns from a label of a reading.
   *
   * @param rows columns of the reading, from index `at` on
   * @param target the label, in the unit of the answers
   * @param of weight of learning, 0 … 1; gap: readings since the last label; isAnnounced: whether inputs had shown that
   *   something would happen: a large error is then no reason to doubt the label
   */
  learn(
    rows: Float32Array,
    at: number,
    target: number,
    of: { weight: number; gap: number; isAnnounced: boolean },
  ): void {
    const { state, squares } = this;
    const error = target - this.answer(rows, at);
    if (!(of.weight > LEAST) || !Number.isFinite(error)) return;
    const size = Math.abs(error);
    const bound = this.bends ? HUBER * state.usual : Number.POSITIVE_INFINITY;
    // Who does not see where the levels lie cannot know what was announced.
    const isTold = of.isAnnounced && squares.range.seesLevels;
    const weight = of.weight * (isTold ? 1 : belief(state, size, USUAL_MEMORY, of.gap));
    // In units of the model an answer of 0 errs by about 1: who errs by more has nothing to say of what is usual.
    state.usual = Math.min(1, state.usual);
    if (!(weight > LEAST)) {
      if (this.pace > 0) this.followReach(squares.strangeness(rows, at), size, Math.abs(target), of.weight);
      return;
    }
    // The larger a residual beyond the bend, the less it weighs: least squares that an outlier cannot carry away.
    const gain = squares.gain(rows, at, size > bound && !isTold ? (weight * bound) / size : weight);
    this.followReach(squares.learntAt, size, Math.abs(target), of.weight);
    const square = squares.arena.kernel.correct(state.weights, gain, 0, error);
    if (square <= LARGEST * LARGEST) return;
    const shrink = LARGEST / Math.sqrt(square);
    for (let i = 0; i < state.weights.length; i++) state.weights[i] *= shrink;
  }

  /** Whether readings like this one have been learnt, or answers that far out have been right. */
  knows(rows: Float32Array, at: number): boolean {
    return this.squares.strangeness(rows, at) < this.state.reach;
  }

  /**
   * Follows how far out answers are nearer than 0, which is where the target was: after a step of a set point all columns
   * are as they seldom are, each time anew, and the relation is the same.
   *
   * @param strangeness of the reading, see `LeastSquares.strangeness`
   * @param error of its answer, and the size of its label; both at least 0
   * @param weight of the label, 0 … 1
   */
  private followReach(strangeness: number, error: number, size: number, weight: number): void {
    const { state } = this;
    if (strangeness < 1 || strangeness > BEYOND * state.reach || !(error + size > 0)) return;
    const better = (size - error) / (size + error);
    if (better > 0 && NEARER * strangeness < state.reach) return;
    state.reach = Math.max(1, Math.min(FURTHEST, state.reach * Math.exp(STEP * this.pace * weight * better)));
  }

  /** From now on an answer of 1 means something else: the forecasts stay what they were. */
  rescale(before: number, now: number): void {
    const { state } = this;
    const share = before / now;
    for (const weights of [state.weights, state.base]) for (let i = 0; i < weights.length; i++) weights[i] *= share;
    state.usual *= share;
  }

  /** Some of the last columns mean something else from now on. */
  forgetLast(from: number, count: number): void {
    const { weights, base } = this.state;
    for (const list of [weights, base]) list.fill(0, list.length - from, list.length - from + count);
    this.squares.clearLast(from, count);
  }

  /** Nothing is known any more, and nothing approved. */
  forget(): void {
    this.state.base.fill(0);
    this.rollback();
  }

  /** The weights of today become the base. */
  approve(): void {
    this.state.base.set(this.state.weights);
  }

  /** Back to the base. What is known of the regressors goes as well, or what comes now would be learnt slowly. */
  rollback(): void {
    this.state.weights.set(this.state.base);
    this.state.reach = 1;
    this.squares.clear();
  }
}
