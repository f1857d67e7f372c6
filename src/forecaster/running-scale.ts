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
/** Standardised values are never further out than this. */
const CLIP = 5;

const COUNT = 0;
const MEAN = 1;
const VARIANCE = 2;
const DEPARTED = 3;
const PARKED_COUNT = 4;
const PARKED_MEAN = 5;
const PARKED_VARIANCE = 6;
const FURTHEST = 7;

/** A standardised value as it is used. */
export function clip(z: number): number {
  return z > CLIP ? CLIP : z < -CLIP ? -CLIP : z;
}

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
  private readonly s = new Float64Array(8);
  /** The reading that `isFar` and `take` are about, finite: here since an argument would be boxed at each call. */
  readonly incoming = new Float64Array(1);
  private readonly innovation = new Float64Array(1);

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

  /** Writes the z-score of from[i], clipped, to to[at]; 0 where it is NaN. Allocates nothing. */
  standardise(from: Float64Array, i: number, to: Float32Array, at: number): void {
    const { s } = this;
    // Not by `z`: what that is given and gives would be boxed wherever the call is not inlined.
    const deviation = Math.sqrt(s[VARIANCE]);
    const z = deviation > 0 ? (from[i] - s[MEAN]) / deviation : 0;
    to[at] = Number.isNaN(z) ? 0 : clip(z);
  }

  /** Whether `incoming` is so far out (20 standard deviations) that it should not be used as it stands. */
  get isFar(): boolean {
    return this.s[COUNT] >= WARM_UP && Math.abs(this.incoming[0] - this.s[MEAN]) > FAR * this.deviation;
  }

  /** Takes in one reading, finite. */
  update(x: number): void {
    this.incoming[0] = x;
    this.take();
  }

  /** Takes in `incoming`. Allocates nothing. */
  take(): void {
    const s = this.s;
    const innovation = this.incoming[0] - s[MEAN];
    // No number is handed over as an argument: it would be boxed at every reading, even where the call is never made.
    if (s[VARIANCE] === 0) this.begin();
    else if (innovation * innovation > WINSOR * WINSOR * s[VARIANCE] && (s[COUNT] >= WARM_UP || this.isParked())) {
      this.doubt();
    } else {
      s[DEPARTED] = 0;
      this.innovation[0] = innovation;
      this.absorb();
    }
  }

  private absorb(): void {
    const s = this.s;
    const innovation = this.innovation[0];
    s[COUNT] += 1;
    s[MEAN] += innovation / s[COUNT];
    s[VARIANCE] += (innovation * (innovation - innovation / s[COUNT]) - s[VARIANCE]) / s[COUNT];
  }

  /** Until the sensor moves for the first time nothing is known of its spread. */
  private begin(): void {
    const s = this.s;
    const x = this.incoming[0];
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
  private doubt(): void {
    const s = this.s;
    const x = this.incoming[0];
    const side = Math.sign(x - s[MEAN]);
    const goesOn = Math.sign(s[DEPARTED]) === side;
    s[DEPARTED] = goesOn ? s[DEPARTED] + side : side;
    s[FURTHEST] = Math.max(goesOn ? s[FURTHEST] : 0, Math.abs(this.z(x)));
    if (Math.abs(s[DEPARTED]) >= this.patience()) this.rebase();
    // One outlier widens the scale a little; a run of them waits until it is clear what they are.
    else if (Math.abs(s[DEPARTED]) === 1) {
      this.innovation[0] = side * WINSOR * this.deviation;
      this.absorb();
    }
  }

  /** Readings that a departure must have lasted to be believed. */
  private patience(): number {
    if (this.isParked()) return RETURN;
    const { s } = this;
    const wanted = Math.min(LONGEST_DEPARTURE, PER_DEVIATION * s[FURTHEST], EXPERIENCE * s[COUNT]);
    return Math.max(DEPARTURE, wanted);
  }

  private isParked(): boolean {
    const s = this.s;
    return s[PARKED_COUNT] > 0 && Math.abs(this.incoming[0] - s[PARKED_MEAN]) <= WINSOR * Math.sqrt(s[PARKED_VARIANCE]);
  }

  /** Starts a new baseline at the reading, or goes back to the parked one where it belongs to that. */
  private rebase(): void {
    const s = this.s;
    const [count, mean, variance] = [s[COUNT], s[MEAN], s[VARIANCE]];
    if (this.isParked()) {
      s[COUNT] = s[PARKED_COUNT];
      s[MEAN] = s[PARKED_MEAN];
      s[VARIANCE] = s[PARKED_VARIANCE];
    } else {
      s[COUNT] = 1;
      s[MEAN] = this.incoming[0];
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
