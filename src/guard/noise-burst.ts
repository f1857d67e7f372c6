import type { State } from "./quality";

/** The short deviation must exceed so many long ones … */
const TIMES_LONG = 4;
/** … and so many times the largest short one seen in health. */
const TIMES_LARGEST = 1.5;
const CHANGES_KNOWN = 200;
const CAUTION = 300;
const BLOCK = 20;
/** The largest healthy block fades by this share a block. */
const FADE = 2e-3;
const LONG_MEMORY = 1000;
/** One jump is no noise: a change counts as so many long deviations at most. */
const WINSOR = 20;
/** A burst that lasts becomes the usual noise, so many times more slowly than healthy readings do. */
const RELUCTANCE = 20;
const SLACK = 1 + 1e-9;

const LAST = 0;
const CHANGES = 1;
const SUM = 2;
const LONG = 3;
const LARGEST = 4;
const STARTED = 5;
const BEFORE = 6;
const FILLED = 7;
const BURST = 8;
const RATIO = 9;

/**
 * A loose contact or an electric disturbance shows as noise: the sensor is right on average and shakes. The mean absolute
 * second difference of a block of 20 readings, which a ramp or a slow wave leaves at nothing, is compared with the same
 * over 1000 readings and with the largest of all healthy blocks before.
 */
export class NoiseBurst {
  private readonly s = new Float64Array(10);

  /** @param tolerance multiplies the limit; Infinity: nothing is a burst */
  constructor(private readonly tolerance = 1) {}

  /** How many times stronger than usual the noise of this block is. */
  get ratio(): number {
    return this.s[RATIO];
  }

  /**
   * Takes in a value that no other rule found bad.
   *
   * @param x finite
   * @returns uncertain in a burst: from the reading that proves it to the end of the first quiet block
   */
  judge(x: number): State {
    const s = this.s;
    const shake = Math.abs(x - s[LAST] - (s[LAST] - s[BEFORE]));
    s[BEFORE] = s[LAST];
    s[LAST] = x;
    if (s[STARTED] < 2) {
      s[STARTED] += 1;
      return "good";
    }
    if (shake === 0 && s[LONG] === 0) return "good";
    const counted = s[CHANGES] > BLOCK ? Math.min(shake, WINSOR * s[LONG]) : shake;
    s[CHANGES] += 1;
    s[SUM] += counted;
    s[FILLED] += 1;
    const mean = s[SUM] / BLOCK;
    const most = Math.max(TIMES_LONG * s[LONG], TIMES_LARGEST * (1 + CAUTION / s[CHANGES]) * s[LARGEST]);
    const loud = s[CHANGES] > CHANGES_KNOWN && mean > this.tolerance * most * SLACK;
    if (loud) s[BURST] = 1;
    if (s[BURST] === 1) s[RATIO] = mean / s[LONG];
    s[LONG] += (counted - s[LONG]) / (Math.min(s[CHANGES], LONG_MEMORY) * (s[BURST] === 1 ? RELUCTANCE : 1));
    if (s[FILLED] === BLOCK) {
      if (!loud) {
        s[LARGEST] = Math.max(s[LARGEST] * (1 - FADE), mean);
        s[BURST] = 0;
      }
      s[SUM] = 0;
      s[FILLED] = 0;
    }
    return s[BURST] === 1 ? "uncertain" : "good";
  }

  /** Forgets the usual noise. */
  restart(): void {
    this.s.fill(0);
  }

  /** All that has to be remembered. */
  buffers(): Float64Array[] {
    return [this.s];
  }
}
