import type { State } from "./quality";

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
/** A new level is believed after so many readings for each time that it exceeds the largest healthy residual … */
const PATIENCE = 5;
/** … but after so many readings at the latest. */
const LONGEST_PATIENCE = 250;
/** Where the sensor has been before, it is believed at the next reading. */
const FAMILIAR = 1;
/** Comparisons of equal quantised steps must not hang on the last bit. */
const SLACK = 1 + 1e-9;

const COUNT = 0;
const MOVES = 1;
const DEVIATION = 2;
const LARGEST = 3;
const SUSPECTS = 4;
const SUSPECT = 5;
const RESIDUAL = 6;
const IS_FAMILIAR = 7;

/**
 * A value far from the median of the last seven accepted ones is a spike: more than 6 median absolute deviations away,
 * and more than twice as far as any healthy value has been (with few values seen, many times as far). Quantised,
 * skewed and stepping signals therefore pass.
 *
 * A level that is jumped to and kept is a spike at first. The further away it is, the longer it must last before it is
 * believed: 5 readings for each multiple of the largest healthy residual, 250 at most, and never longer than a quarter of
 * the moves that the old belief rests on. Within the range that the sensor has shown before, a second reading is enough.
 *
 * Source: the median filter of Hampel 1974 and Pearson 2002, with the running median of residuals followed by steps of
 * equal ratio instead of a sorted window.
 */
export class Spike {
  private readonly s = new Float64Array(8);
  private readonly recent = new Float64Array(WINDOW);
  private readonly sorted = new Float64Array(WINDOW);

  /** @param tolerance multiplies the limit; Infinity: nothing is a spike */
  constructor(private readonly tolerance = 1) {}

  /** The median of the last accepted values; NaN before the first. */
  get median(): number {
    const n = Math.min(this.s[COUNT], WINDOW);
    if (n === 0) return Number.NaN;
    const { sorted, recent } = this;
    for (let i = 0; i < n; i++) {
      let k = i;
      while (k > 0 && sorted[k - 1] > recent[i]) {
        sorted[k] = sorted[k - 1];
        k -= 1;
      }
      sorted[k] = recent[i];
    }
    return n % 2 === 1 ? sorted[n >> 1] : sorted[n / 2 - 1] + (sorted[n / 2] - sorted[n / 2 - 1]) / 2;
  }

  /** Residual above which a value is caught, in the sensor's unit; Infinity as long as too little is known. */
  get limit(): number {
    const s = this.s;
    if (s[MOVES] < MOVES_KNOWN || this.tolerance === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
    const usual = Math.max(DEVIATIONS * s[DEVIATION], TIMES * (1 + CAUTION / s[MOVES]) * s[LARGEST]);
    return this.tolerance * usual * SLACK;
  }

  /** Changes of value that have been learnt from. */
  get moves(): number {
    return this.s[MOVES];
  }

  /** Readings in a row that were caught at about the same level. */
  get suspects(): number {
    return this.s[SUSPECTS];
  }

  /** Readings in a row after which the level now suspected is believed. */
  get patience(): number {
    const s = this.s;
    const patience = Math.min(LONGEST_PATIENCE, s[MOVES] / 4, (PATIENCE * s[RESIDUAL]) / s[LARGEST]);
    return s[IS_FAMILIAR] === 1 ? Math.min(FAMILIAR, patience) : Math.ceil(patience);
  }

  /**
   * Judges a value. A good one must be given to `accept` if no other rule objects.
   *
   * @param x finite
   * @param familiar whether it lies within the range that the sensor has shown
   * @returns bad where it is a spike; "new level" at the reading at which a level is believed
   */
  judge(x: number, familiar = false): State | "new level" {
    const s = this.s;
    const residual = Math.abs(x - this.median);
    const limit = this.limit;
    const near = s[SUSPECTS] > 0 && Math.abs(x - s[SUSPECT]) <= residual / 2;
    const far = residual > limit;
    // At a new level that is only just too far, single values come nearer: they are no return to the old level.
    if (!far && !(near && residual > limit / 2)) {
      s[SUSPECTS] = 0;
      return "good";
    }
    s[SUSPECTS] = near ? s[SUSPECTS] + 1 : 1;
    s[SUSPECT] = x;
    s[RESIDUAL] = residual;
    s[IS_FAMILIAR] = familiar ? 1 : 0;
    if (s[SUSPECTS] > this.patience) return "new level";
    return far ? "bad" : "good";
  }

  /** Learns from a value that was found healthy. */
  accept(x: number): void {
    const s = this.s;
    if (s[COUNT] > 0) {
      const residual = Math.abs(x - this.median);
      s[LARGEST] = Math.max(s[LARGEST] * (1 - FADE), residual);
      // Repeated values say nothing of how far a moving sensor moves.
      if (residual > 0) {
        s[MOVES] += 1;
        const ratio = 1 + Math.max(0.02, 1 / s[MOVES]);
        if (s[DEVIATION] === 0) s[DEVIATION] = residual;
        else if (residual > s[DEVIATION] * SLACK) s[DEVIATION] *= ratio;
        else if (residual * SLACK < s[DEVIATION]) s[DEVIATION] /= ratio;
      }
    }
    this.recent[s[COUNT] % WINDOW] = x;
    s[COUNT] += 1;
  }

  /** Forgets the old level: at a new one everything is learnt anew. */
  restart(): void {
    this.s.fill(0);
  }

  /** All that has to be remembered, in a fixed order. */
  buffers(): Float64Array[] {
    return [this.s, this.recent];
  }
}
