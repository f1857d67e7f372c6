import { Autocorrelation } from "./autocorrelation";

/** Least number of scored forecasts in a block: fewer make its mean error a matter of luck. */
const LEAST = 20;

/** Block length in decorrelation times; 2.5 is the least at which wrong promotions stay rare, a few more cost little. */
const DECORRELATIONS = 3;

/** Lag-1 autocorrelation is taken as at most this, so that a block always ends: 4,998 readings. */
const STEADIEST = 0.999;

/** Blocks between two looks at the autocorrelation of their scores: fewer say little, and chance wins many looks. */
const LOOK = 20;

/** Autocorrelation of block scores from which blocks are too short. */
const DEPENDENT = 0.2;

/** Doublings after which blocks stay as they are: 1,024 times the first length. */
const MOST_DOUBLINGS = 10;

/** Errors beyond this count as this, so that their sums stay finite. */
const LARGEST = 1e150;

/** Consecutive scored forecasts: the unit of every decision. Mean absolute errors in the target's unit. */
export interface Block {
  readonly count: number;
  /** Shifts, days or other periods in it; 1 where none were given. */
  readonly periods: number;
  readonly existing: number;
  readonly learner: number;
}

/** Everything `Blocks` remembers, as finite numbers. */
export interface BlocksState {
  sums: readonly number[];
  errors: readonly (readonly number[])[];
  scores: readonly number[];
}

/**
 * Cuts the stream of scored forecasts into blocks that are long enough to count as independent.
 *
 * Errors of one process hang together: an hour in which the learner is lucky is one lucky hour, not sixty lucky
 * minutes. A bet on single errors would be won sixty times. So a block holds at least twice the horizon (forecasts
 * that overlap share what they could not know) and three decorrelation times of the errors, the slower forecaster
 * counting. As errors mix slow and fast parts, the result is checked: while the scores of the blocks still hang
 * together, the length is doubled.
 *
 * Decorrelation time: (1 + r)/(1 − r) readings for lag-1 autocorrelation r, the integrated autocorrelation time of an
 * AR(1) process (Sokal 1997, "Monte Carlo methods in statistical mechanics", section 2). A steady bias of a forecast
 * is no reason for longer blocks, so r is taken about the mean.
 */
export class Blocks {
  private count = 0;
  /** Sums of absolute errors in the block that is filling. */
  private existing = 0;
  private learner = 0;
  private period = 0;
  private periods = 1;
  private doublings = 0;
  /** Usual size of an error, by which errors are made comparable before their autocorrelation is taken. */
  private usual = 0;
  private readonly errors: readonly [Autocorrelation, Autocorrelation];
  private scores: Autocorrelation;

  /** @param horizon  readings ahead, 0 or more */
  constructor(
    private readonly horizon: number,
    state?: BlocksState,
  ) {
    if (state?.sums?.length === 7 && state.sums.every(Number.isFinite)) {
      [this.count, this.existing, this.learner, this.period, this.doublings, this.usual, this.periods] = state.sums;
    }
    this.errors = [new Autocorrelation(state?.errors?.[0]), new Autocorrelation(state?.errors?.[1])];
    this.scores = new Autocorrelation(state?.scores);
  }

  /** Scored forecasts that the present block needs. */
  get length(): number {
    const r = Math.max(0, Math.min(STEADIEST, Math.max(this.errors[0].unbiased, this.errors[1].unbiased)));
    const decorrelation = (1 + r) / (1 - r);
    return Math.max(LEAST, 2 * this.horizon, Math.ceil(DECORRELATIONS * decorrelation)) * 2 ** this.doublings;
  }

  /** The block that is filling; errors are 0 while it is empty. */
  get open(): Block {
    const n = Math.max(1, this.count);
    return { count: this.count, periods: this.periods, existing: this.existing / n, learner: this.learner / n };
  }

  /**
   * Adds one scored forecast.
   *
   * @param existing  error of the forecast in use, finite, with sign
   * @param learner   error of the learner, finite, with sign
   * @param period    number of the shift, day or other period; a block then ends only where the period changes.
   *   Absent = a block ends as soon as it is long enough
   * @returns the block that ended, if one did
   */
  add(existing: number, learner: number, period?: number): Block | undefined {
    const next = this.count > 0 && period !== undefined && period !== this.period;
    const ended = next ? this.end() : undefined;
    if (next && !ended) this.periods += 1;
    this.period = period ?? 0;
    this.count += 1;
    this.existing += Math.min(Math.abs(existing), LARGEST);
    this.learner += Math.min(Math.abs(learner), LARGEST);
    const size = Math.min(Math.max(Math.abs(existing), Math.abs(learner)), LARGEST);
    this.usual += (size - this.usual) / (1 + this.errors[0].count);
    this.errors[0].add(this.comparable(existing));
    this.errors[1].add(this.comparable(learner));
    return ended ?? (period === undefined ? this.end() : undefined);
  }

  /**
   * Takes note of the score of a block.
   *
   * @param s  in [−1, 1]
   * @returns true where blocks are twice as long from now on: what was won with the shorter ones does not count
   */
  scored(s: number): boolean {
    this.scores.add(s);
    if (this.scores.count % LOOK !== 0) return false;
    const dependent = this.scores.value > DEPENDENT && this.doublings < MOST_DOUBLINGS;
    if (dependent) {
      this.doublings += 1;
      this.scores = new Autocorrelation();
    }
    return dependent;
  }

  /** Leaves what the block that is filling holds; what is known about the length of blocks stays. */
  empty(): void {
    this.count = this.existing = this.learner = 0;
    this.periods = 1;
  }

  save(): BlocksState {
    return {
      sums: [this.count, this.existing, this.learner, this.period, this.doublings, this.usual, this.periods],
      errors: this.errors.map((error) => error.save()),
      scores: this.scores.save(),
    };
  }

  /** An error between −1 and 1, half way at three times its usual size: one huge error must not look like many. */
  private comparable(error: number): number {
    return error === 0 ? 0 : error / (Math.abs(error) + 3 * this.usual);
  }

  private end(): Block | undefined {
    if (this.count < this.length) return undefined;
    const block = this.open;
    this.empty();
    return block;
  }
}
