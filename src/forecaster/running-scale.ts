/** Readings (that differ at all) before a deviation is judged. */
const WARM_UP = 50;
/** Innovations beyond so many standard deviations count as this many: winsorising. */
const WINSOR = 5;
/** A value further away than this is not believed at once: it is held back. */
const FAR = 20;
/** So many deviations on one side in a row are no outliers: the sensor has really changed … */
const DEPARTURE = 30;
/** … but the further away, the longer it must last: so many readings for each standard deviation, up to a limit. */
const PER_DEVIATION = 1.5;
const LONGEST_DEPARTURE = 250;
/** No departure has to last longer than this share of the readings that the old belief rests on. */
const EXPERIENCE = 0.25;
/** Where a parked baseline fits, it is soon back. */
const RETURN = 3;

const COUNT = 0;
const MEAN = 1;
const VARIANCE = 2;
const DEPARTED = 3;
const PARKED_COUNT = 4;
const PARKED_MEAN = 5;
const PARKED_VARIANCE = 6;
const FURTHEST = 7;
const INCOMING = 8;

/**
 * Running mean and variance of one sensor, to turn its readings into z-scores. One bad reading moves it little
 * (innovations are winsorised at 5 standard deviations), and yet it cannot lock up: a constant start does not count as
 * experience, and a change that stays (a new unit, a new recipe) starts a new baseline. The old baseline is parked and
 * comes back at once when the sensor does.
 *
 * Source: Welford 1962 for the recursion; winsorising after Huber 1981, "Robust Statistics".
 *
 * @example
 *     const scale = new RunningScale();
 *     for (const x of [1, 2, 3]) scale.update(x);
 *     scale.z(3); // 1.2247…
 */
export class RunningScale {
  private readonly s = new Float64Array(9);

  /** Whether any reading has been seen. */
  get known(): boolean {
    return this.s[COUNT] > 0;
  }

  /** Mean so far, in the sensor's unit; 0 before the first reading. */
  get mean(): number {
    return this.s[MEAN];
  }

  /** Standard deviation so far, in the sensor's unit; never 0 once two different values were seen. */
  get deviation(): number {
    return Math.sqrt(this.s[VARIANCE]);
  }

  /** The z-score of x: 0 as long as the sensor has not moved. */
  z(x: number): number {
    const deviation = this.deviation;
    return deviation > 0 ? (x - this.s[MEAN]) / deviation : 0;
  }

  /** Whether x (finite) is so far out (20 standard deviations) that it should not be used as it stands. */
  isFar(x: number): boolean {
    return this.s[COUNT] >= WARM_UP && Math.abs(x - this.s[MEAN]) > FAR * this.deviation;
  }

  /**
   * Takes in one reading.
   *
   * @param x finite
   * Allocates nothing.
   */
  update(x: number): void {
    // As an argument of a function too long to be compiled into its caller the number would be boxed.
    this.s[INCOMING] = x;
    this.take();
  }

  private take(): void {
    const s = this.s;
    const x = s[INCOMING];
    const innovation = x - s[MEAN];
    if (s[VARIANCE] === 0) this.begin(x);
    else if (innovation * innovation > WINSOR * WINSOR * s[VARIANCE] && (s[COUNT] >= WARM_UP || this.isParked(x))) {
      this.doubt(x);
    } else {
      s[DEPARTED] = 0;
      this.absorb(innovation);
    }
  }

  private absorb(innovation: number): void {
    const s = this.s;
    s[COUNT] += 1;
    s[MEAN] += innovation / s[COUNT];
    s[VARIANCE] += (innovation * (innovation - innovation / s[COUNT]) - s[VARIANCE]) / s[COUNT];
  }

  /** Until the sensor moves for the first time nothing is known of its spread. */
  private begin(x: number): void {
    const s = this.s;
    if (s[COUNT] === 0) {
      s[COUNT] = 1;
      s[MEAN] = x;
      return;
    }
    const innovation = x - s[MEAN];
    if (innovation === 0) return;
    s[COUNT] = 2;
    s[MEAN] += innovation / 2;
    s[VARIANCE] = Math.max((innovation * innovation) / 4, Number.MIN_VALUE);
  }

  /** An outlier, or the first sign that the sensor has changed for good. */
  private doubt(x: number): void {
    const s = this.s;
    const side = Math.sign(x - s[MEAN]);
    const goesOn = Math.sign(s[DEPARTED]) === side;
    s[DEPARTED] = goesOn ? s[DEPARTED] + side : side;
    s[FURTHEST] = Math.max(goesOn ? s[FURTHEST] : 0, Math.abs(this.z(x)));
    if (Math.abs(s[DEPARTED]) >= this.patience(x)) this.rebase(x);
    // One outlier widens the scale a little; a run of them waits until it is clear what they are.
    else if (Math.abs(s[DEPARTED]) === 1) this.absorb(side * WINSOR * this.deviation);
  }

  /** Readings that a departure to x must have lasted to be believed. */
  private patience(x: number): number {
    if (this.isParked(x)) return RETURN;
    const { s } = this;
    const wanted = Math.min(LONGEST_DEPARTURE, PER_DEVIATION * s[FURTHEST], EXPERIENCE * s[COUNT]);
    return Math.max(DEPARTURE, wanted);
  }

  private isParked(x: number): boolean {
    const s = this.s;
    return s[PARKED_COUNT] > 0 && Math.abs(x - s[PARKED_MEAN]) <= WINSOR * Math.sqrt(s[PARKED_VARIANCE]);
  }

  /** Starts a new baseline at x, or goes back to the parked one where x belongs to it. */
  private rebase(x: number): void {
    const s = this.s;
    const [count, mean, variance] = [s[COUNT], s[MEAN], s[VARIANCE]];
    if (this.isParked(x)) {
      s[COUNT] = s[PARKED_COUNT];
      s[MEAN] = s[PARKED_MEAN];
      s[VARIANCE] = s[PARKED_VARIANCE];
    } else {
      s[COUNT] = 1;
      s[MEAN] = x;
      s[VARIANCE] = 0;
    }
    s[PARKED_COUNT] = count;
    s[PARKED_MEAN] = mean;
    s[PARKED_VARIANCE] = variance;
    s[DEPARTED] = 0;
  }

  /** All that has to be remembered. */
  buffers(): Float64Array[] {
    return [this.s];
  }
}
