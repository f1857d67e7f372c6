import { f64, state } from "../record/state";
import { Levels } from "../stream/levels";

const WINDOW = 7;
/** The residual must exceed so many median absolute deviations … */
const DEVIATIONS = 6;
/** … and so many times the largest healthy residual seen. */
const TIMES = 2;
/** Moves before anything is judged. */
const MOVES_KNOWN = 20;
/** With so many moves seen, caution has fallen to twice its final value. */
const CAUTION = 300;
/** The largest healthy residual fades by this share a reading: one early freak is not trusted for ever. */
const FADE = 1e-4;
/** At a level that was just believed so many readings show how wide it is, before anything is in doubt there. */
const SETTLING = 20;
/** A new level that somebody has commanded is reached within so many readings at least. */
const EXPECTED = 30;
/** Comparisons of equal quantised steps must not hang on the last bit. */
const SLACK = 1 + 1e-9;

/** The last values in rising order, on the way to their median. */
const sorted = new Float64Array(WINDOW);

/**
 * A value far from the median of the last seven is doubtful: more than 6 median absolute deviations away, and more than
 * twice as far as any healthy value has been (with few values seen, many times as far), and at no level at which the
 * sensor has lived before. Quantised, skewed and stepping signals therefore pass, and so do rest and run, recipes and
 * phases from the second visit on.
 *
 * Doubt has an end: a level that is kept is believed after as many readings as the plant's engineer allows, or a quarter
 * of the moves that the old belief rests on, or at once by `believe` and `expect`.
 *
 * Source: the median filter of Hampel 1974 and Pearson 2002, with the running median of residuals followed by steps of
 * equal ratio instead of a sorted window.
 */
export class Level {
  readonly state = state({
    count: 0,
    /** Changes of value that have been learnt from; usual and largest distance from the median among them. */
    moves: 0,
    deviation: 0,
    largest: 0,
    /** Readings in a row that are in doubt, where they are, and how far from the median the last one is. */
    doubted: 0,
    suspect: 0,
    residual: 0,
    /** Readings until a level that was just believed is known, and how far it is from the one before. */
    settling: 0,
    jump: 0,
    /** Readings for which a new level is still expected. */
    expected: 0,
    recent: f64(WINDOW),
  });
  readonly levels = new Levels();

  /**
   * @param patience readings after which a new level is believed
   * @param tolerance multiplies the limit; Infinity: nothing is in doubt
   */
  constructor(
    private readonly patience: number,
    private readonly tolerance = 1,
  ) {}

  /** The median of the last values; NaN before the first. */
  get median(): number {
    const n = Math.min(this.state.count, WINDOW);
    if (n === 0) return Number.NaN;
    const { recent } = this.state;
    for (let i = 0; i < n; i++) {
      let at = i;
      for (; at > 0 && sorted[at - 1] > recent[i]; at--) sorted[at] = sorted[at - 1];
      sorted[at] = recent[i];
    }
    return n % 2 === 1 ? sorted[n >> 1] : sorted[n / 2 - 1] + (sorted[n / 2] - sorted[n / 2 - 1]) / 2;
  }

  /** Distance from the median above which a value is doubtful, in the sensor's unit; Infinity as long as too little is known. */
  get limit(): number {
    const { moves, deviation, largest } = this.state;
    if (moves < MOVES_KNOWN || this.tolerance === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
    return this.tolerance * Math.max(DEVIATIONS * deviation, TIMES * (1 + CAUTION / moves) * largest) * SLACK;
  }

  /** Readings in a row that are in doubt. */
  get doubted(): number {
    return this.state.doubted;
  }

  /** Readings after which the level now in doubt is believed. */
  get believedAfter(): number {
    return Math.max(1, Math.min(this.patience, Math.ceil(this.state.moves / 4)));
  }

  /**
   * How far a value is from where the sensor lives, without learning from it: of a time gone by, it is no part of the
   * sequence.
   *
   * @returns as `judge`
   */
  distance(x: number): number {
    const { limit } = this;
    const residual = Math.abs(x - this.median);
    return residual > limit && !this.levels.knows(x) ? residual / limit : 0;
  }

  /**
   * Judges a value and learns from it.
   *
   * @param x finite
   * @returns how many times the limit it is away, > 1 where it is in doubt; 0 where it is not
   */
  judge(x: number): number {
    const { state, levels } = this;
    const residual = Math.abs(x - this.median);
    const { limit } = this;
    const patience = state.expected > 0 ? 0 : this.believedAfter;
    if (state.expected > 0) state.expected -= 1;
    levels.update(x);
    const near = state.doubted > 0 && Math.abs(x - state.suspect) <= residual / 2;
    const isSettling = state.settling > 0 && residual <= state.jump && !levels.knows(x);
    if (state.settling > 0) state.settling -= 1;
    // At a new level that is only just too far, single values come nearer: they are no return to the old level.
    if (!(residual > limit || (near && residual > limit / 2)) || isSettling) {
      state.doubted = 0;
      this.accept(x, residual);
      return 0;
    }
    // It may be so wide that one value is no neighbour of the next: what counts is that none goes back.
    state.doubted += 1;
    state.suspect = x;
    state.residual = residual;
    if (!levels.knows(x) && state.doubted <= patience) return Math.max(1, residual / limit);
    this.believe();
    return 0;
  }

  /**
   * Somebody has moved a set point: the level now in doubt is believed, and so is, at once, every new one within 30
   * readings, or as many as it else takes at most where that is more.
   */
  expect(): void {
    this.believe();
    this.state.expected = Math.max(EXPECTED, this.patience);
  }

  /** The value now in doubt is right: where the sensor is, it lives. */
  believe(): void {
    const { state } = this;
    if (state.doubted === 0) return;
    // A level that was known needs no second introduction.
    if (!this.levels.knows(state.suspect)) {
      this.levels.settle();
      state.settling = SETTLING;
      state.jump = state.residual;
    }
    state.doubted = 0;
    state.recent.fill(state.suspect);
    state.count = Math.max(state.count, WINDOW);
  }

  private accept(x: number, residual: number): void {
    const { state } = this;
    if (state.count > 0) {
      state.largest = Math.max(state.largest * (1 - FADE), residual);
      // Repeated values say nothing of how far a moving sensor moves.
      if (residual > 0) {
        state.moves += 1;
        const ratio = 1 + Math.max(0.02, 1 / state.moves);
        if (state.deviation === 0) state.deviation = residual;
        else if (residual > state.deviation * SLACK) state.deviation *= ratio;
        else if (residual * SLACK < state.deviation) state.deviation /= ratio;
      }
    }
    state.recent[state.count % WINDOW] = x;
    state.count += 1;
  }
}
