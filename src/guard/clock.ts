/** A reading after more than so many usual intervals is late. */
const TIMES = 3;
/** Intervals before lateness is judged. */
const INTERVALS_KNOWN = 10;
/** So many readings behind the last one, in order among themselves: the clock was set back, they are right. */
const SET_BACK = 20;
/** So many readings at one and the same time: the clock stands still. */
const FROZEN = 3;

const LAST = 0;
const INTERVAL = 1;
const COUNT = 2;
const SAME = 3;
const BEHIND = 4;
const BEHIND_TIME = 5;

/**
 * What the time of a reading says. "set back": the clock was put back (end of summer time, a new clock battery) and runs
 * on from there; this reading is in order and its past is not comparable.
 */
export type ClockVerdict = "in order" | "late" | "duplicate" | "frozen" | "out of order" | "set back";

/** Follows the clock of one asset: usual interval, late readings, repeated, old and frozen times. */
export class Clock {
  private readonly s = new Float64Array(6).fill(Number.NaN, 0, 2);

  /** ms of the last reading in order; NaN before the first. */
  get last(): number {
    return this.s[LAST];
  }

  /** The usual time between two readings, ms; NaN before the second. */
  get interval(): number {
    return this.s[INTERVAL];
  }

  /** Time after which the next reading is late, ms; NaN as long as the interval is not known. */
  get patience(): number {
    return this.s[COUNT] > INTERVALS_KNOWN ? TIMES * this.s[INTERVAL] : Number.NaN;
  }

  /** Readings in a row with the same time. */
  get same(): number {
    return this.s[SAME];
  }

  /**
   * Takes in the time of a reading.
   *
   * @param time ms, finite
   * @param repeated whether the reading holds the same values as the one before
   */
  judge(time: number, repeated: boolean): ClockVerdict {
    const s = this.s;
    if (time === s[LAST]) {
      s[SAME] += 1;
      return !repeated && s[SAME] >= FROZEN ? "frozen" : "duplicate";
    }
    if (time < s[LAST]) {
      s[BEHIND] = time > s[BEHIND_TIME] ? s[BEHIND] + 1 : 1;
      s[BEHIND_TIME] = time;
      if (s[BEHIND] < SET_BACK) return "out of order";
      s[LAST] = time;
      s[BEHIND] = 0;
      return "set back";
    }
    const elapsed = time - s[LAST];
    const late = elapsed > this.patience;
    s[COUNT] += 1;
    s[SAME] = 1;
    s[BEHIND] = 0;
    s[LAST] = time;
    if (Number.isNaN(elapsed)) return "in order";
    if (Number.isNaN(s[INTERVAL])) s[INTERVAL] = elapsed;
    else s[INTERVAL] += 0.05 * (Math.min(elapsed, TIMES * s[INTERVAL]) - s[INTERVAL]);
    return late ? "late" : "in order";
  }

  /** All that has to be remembered. */
  buffers(): Float64Array[] {
    return [this.s];
  }
}
