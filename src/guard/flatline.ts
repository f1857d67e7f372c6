import type { State } from "./quality";

/** Never judged shorter than this. */
const SHORTEST = 10;
/** So many times the longest healthy run of equal values is too long. */
const TIMES = 3;
/** Moves that a sensor must have shown before standing still says anything. */
const MOVES_KNOWN = 20;
/** With so many moves seen, caution has fallen to twice its final value. */
const CAUTION = 100;
/** A run in which a sensor of this liveliness should have moved so often is no coincidence. */
const MOVES_DUE = 10;

const LAST = 0;
const RUN = 1;
const LONGEST = 2;
const MOVES = 3;
const READINGS = 4;
const STARTED = 5;

/**
 * A sensor that repeats one value for too long is stuck. How long is too long is learnt from the sensor: more than three
 * times the longest run that it has shown in health, never below 10 readings, and so long that it should have moved ten
 * times at its usual liveliness. A sensor that is constant by nature (a valve position, a set point) is therefore never
 * caught, and one that is quantised coarsely repeats itself undisturbed.
 */
export class Flatline {
  private readonly s = new Float64Array(6);

  /** Length of the present run of equal values, in readings. */
  get run(): number {
    return this.s[RUN];
  }

  /** Runs longer than this are judged bad; Infinity as long as the sensor is not known well enough. */
  get limit(): number {
    const s = this.s;
    if (s[MOVES] < MOVES_KNOWN) return Number.POSITIVE_INFINITY;
    return Math.max(SHORTEST, TIMES * (1 + CAUTION / s[MOVES]) * s[LONGEST], (MOVES_DUE * s[READINGS]) / s[MOVES]);
  }

  /**
   * Takes in a value.
   *
   * @param x finite
   * @returns uncertain beyond half the limit, bad beyond the limit
   */
  judge(x: number): State {
    const s = this.s;
    const limit = this.limit;
    if (s[STARTED] === 1 && x === s[LAST]) {
      s[RUN] += 1;
      if (s[RUN] > limit) return "bad";
      s[READINGS] += 1;
      return s[RUN] > Math.max(SHORTEST, limit / 2) ? "uncertain" : "good";
    }
    if (s[STARTED] === 1) {
      // A run that was caught and ended by itself may have been healthy: it is believed in part, so that a machine which
      // stands still every night is not reported for ever.
      s[LONGEST] = Math.max(s[LONGEST], Math.min(s[RUN], limit === Number.POSITIVE_INFINITY ? s[RUN] : limit / 2));
      s[MOVES] += 1;
    }
    s[STARTED] = 1;
    s[LAST] = x;
    s[RUN] = 1;
    s[READINGS] += 1;
    return "good";
  }

  /** All that has to be remembered. */
  buffers(): Float64Array[] {
    return [this.s];
  }
}
