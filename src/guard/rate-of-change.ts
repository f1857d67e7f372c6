import { state } from "../record/state";
import type { State } from "./quality";

/** So many times the fastest healthy change is suspect. */
const TIMES = 2;
const CHANGES_KNOWN = 50;
const CAUTION = 300;
const FADE = 1e-4;
const SLACK = 1 + 1e-9;

/**
 * A sensor cannot change faster than its process. Where the plant knows a limit, a faster change is bad. Without one, a
 * change of more than twice the fastest healthy one seen is uncertain: it may be the first trip of a healthy machine.
 */
export class RateOfChange {
  readonly s = state({ last: Number.NaN, lastTime: Number.NaN, changes: 0, fastest: 0 });

  /** @param tolerance multiplies what is usual; Infinity: only the plant's own limit counts */
  constructor(private readonly tolerance = 1) {}

  /**
   * Judges a value.
   *
   * @param x finite
   * @param time ms
   * @param limit the plant's own, in the sensor's unit per second; NaN = none
   */
  judge(x: number, time: number, limit: number): State {
    const rate = this.rate(x, time);
    if (rate > limit * SLACK) return "bad";
    return rate > this.usual * SLACK ? "uncertain" : "good";
  }

  /** The rate above which a change is uncertain, in the sensor's unit per second; Infinity as long as too little is known. */
  get usual(): number {
    const s = this.s;
    if (s.changes < CHANGES_KNOWN) return Number.POSITIVE_INFINITY;
    return this.tolerance * TIMES * (1 + CAUTION / s.changes) * s.fastest;
  }

  /** Change per second against the last accepted value; NaN before there is one. */
  rate(x: number, time: number): number {
    const s = this.s;
    return Math.abs(x - s.last) / ((time - s.lastTime) / 1000);
  }

  /** Learns from a value that was found healthy. */
  accept(x: number, time: number): void {
    const s = this.s;
    const rate = this.rate(x, time);
    if (rate > 0 && Number.isFinite(rate)) {
      s.changes += 1;
      s.fastest = Math.max(s.fastest * (1 - FADE), rate);
    }
    s.last = x;
    s.lastTime = time;
  }
}
