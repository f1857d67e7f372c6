import type { State } from "./quality";

/** So many times the fastest healthy change is suspect. */
const TIMES = 2;
const CHANGES_KNOWN = 50;
const CAUTION = 300;
const FADE = 1e-4;
const SLACK = 1 + 1e-9;

const LAST = 0;
const LAST_TIME = 1;
const CHANGES = 2;
const FASTEST = 3;

/**
 * A sensor cannot change faster than its process. Where the plant knows a limit, a faster change is bad. Without one, a
 * change of more than twice the fastest healthy one seen is uncertain: it may be the first trip of a healthy machine.
 */
export class RateOfChange {
  private readonly s = new Float64Array(4).fill(Number.NaN, 0, 2);

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
    if (s[CHANGES] < CHANGES_KNOWN) return Number.POSITIVE_INFINITY;
    return this.tolerance * TIMES * (1 + CAUTION / s[CHANGES]) * s[FASTEST];
  }

  /** Change per second against the last accepted value; NaN before there is one. */
  rate(x: number, time: number): number {
    const s = this.s;
    return Math.abs(x - s[LAST]) / ((time - s[LAST_TIME]) / 1000);
  }

  /** Learns from a value that was found healthy. */
  accept(x: number, time: number): void {
    const s = this.s;
    const rate = this.rate(x, time);
    if (rate > 0 && Number.isFinite(rate)) {
      s[CHANGES] += 1;
      s[FASTEST] = Math.max(s[FASTEST] * (1 - FADE), rate);
    }
    s[LAST] = x;
    s[LAST_TIME] = time;
  }

  /** Forgets how fast the sensor used to change. */
  restart(): void {
    this.s.fill(0);
    this.s.fill(Number.NaN, 0, 2);
  }

  /** All that has to be remembered. */
  buffers(): Float64Array[] {
    return [this.s];
  }
}
