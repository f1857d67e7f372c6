import { f64, state } from "../record/state";

/** Readings (that differ at all) before a deviation is judged. */
const WARM_UP = 50;
/** Within so many standard deviations a value belongs to a level. */
const BAND = 5;
/** So many readings in a row on one side of a level are a level of their own. */
export const LEVEL_BELIEVED = 30;
/** Levels that are remembered; where more come, the one that was lived at least makes room. */
const LEVELS = 6;
/** A new level spreads at least this share of the one that it was seen from: at first little is known of it. */
const NARROWEST = 0.05;
/** No level lies further than this from the first one, standardised. */
const FARTHEST = 15;

/**
 * A standardised value as a network can use it: linear up to 5 deviations, logarithmic beyond, so that 100 deviations
 * still differ from 10 and do no harm.
 */
export function compress(z: number): number {
  if (z > BAND) return BAND + Math.log1p(z - BAND);
  if (z < -BAND) return -BAND - Math.log1p(-BAND - z);
  return z;
}

/**
 * The levels at which a sensor lives, each with its mean and spread, and the place of a value among them. A machine that
 * rests at night and runs by day, or makes five recipes in turn, has as many levels; what happens at one of them neither
 * widens nor narrows the others, and a level that was left is as well known as ever when the sensor comes back.
 *
 * A value is standardised by the level that it belongs to, plus the place of that level as seen from where it was first
 * met: small movements stay visible at every level, and levels stay apart. A value of no known level is seen from the
 * present one. After 30 such readings in a row on the same side it is a new level. Nothing is held back meanwhile.
 *
 * One outlier moves a level little (its innovation is winsorised at 5 deviations). A constant start is no experience.
 *
 * Source: Welford 1962 for mean and variance; winsorising after Huber 1981, "Robust Statistics".
 *
 * @example
 *     const levels = new Levels();
 *     for (const x of [1, 2, 3]) levels.update(x);
 *     levels.standardise(3); // 1.2247…
 */
export class Levels {
  readonly state = state({
    /** How many levels are known, and the present one. */
    known: 0,
    present: 0,
    /** What may become a level: readings so far (negative = below the present one), mean, variance. */
    departed: 0,
    departedMean: 0,
    departedVariance: 0,
    /** By level: readings lived there, mean and variance in the sensor's unit, standardised place. */
    lived: f64(LEVELS),
    means: f64(LEVELS),
    variances: f64(LEVELS),
    places: f64(LEVELS),
  });

  /** Whether any reading has been seen. */
  get known(): boolean {
    return this.state.lived[this.state.present] > 0;
  }

  /** Mean of the present level, in the sensor's unit; 0 before the first reading. */
  get mean(): number {
    return this.state.means[this.state.present];
  }

  /** Standard deviation at the present level, in the sensor's unit; 0 until the sensor moves for the first time. */
  get deviation(): number {
    return Math.sqrt(this.state.variances[this.state.present]);
  }

  /** Readings in a row that belonged to no known level. */
  get departed(): number {
    return Math.abs(this.state.departed);
  }

  /** Whether enough has been seen for a value to be called unusual. */
  get experienced(): boolean {
    return this.state.lived[this.state.present] >= WARM_UP;
  }

  /** How many standard deviations x is away from the nearest known level; 0 as long as the sensor has not moved. */
  distance(x: number): number {
    let nearest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.state.known; i++) {
      const deviation = Math.sqrt(this.state.variances[i]);
      if (deviation > 0) nearest = Math.min(nearest, Math.abs(x - this.state.means[i]) / deviation);
    }
    return nearest === Number.POSITIVE_INFINITY ? 0 : nearest;
  }

  /** The standardised value of x at the present level; 0 as long as the sensor has not moved, or where x is NaN. */
  standardise(x: number): number {
    const { deviation } = this;
    if (Number.isNaN(x) || !(deviation > 0)) return 0;
    return this.state.places[this.state.present] + compress((x - this.mean) / deviation);
  }

  /** Takes in one reading, finite. */
  update(x: number): void {
    const { state } = this;
    const { lived, means, variances } = state;
    const at = state.present;
    if (variances[at] === 0) {
      this.begin(x);
      return;
    }
    const innovation = x - means[at];
    if (innovation * innovation <= BAND * BAND * variances[at] || lived[at] < WARM_UP) {
      state.departed = 0;
      this.absorb(at, innovation);
      return;
    }
    const familiar = this.familiar(x);
    if (familiar >= 0) {
      state.departed = 0;
      state.present = familiar;
      this.absorb(familiar, x - means[familiar]);
      return;
    }
    this.depart(x, Math.sign(innovation));
  }

  private absorb(at: number, innovation: number): void {
    const { lived, means, variances } = this.state;
    lived[at] += 1;
    means[at] += innovation / lived[at];
    variances[at] += (innovation * (innovation - innovation / lived[at]) - variances[at]) / lived[at];
  }

  /** Until the sensor moves for the first time nothing is known of its spread. */
  private begin(x: number): void {
    const { state } = this;
    const { lived, means, variances } = state;
    const at = state.present;
    if (lived[at] === 0) {
      state.known = 1;
      lived[at] = 1;
      means[at] = x;
      return;
    }
    const innovation = x - means[at];
    if (innovation === 0) return;
    lived[at] = 2;
    means[at] += innovation / 2;
    variances[at] = Math.max((innovation * innovation) / 4, Number.MIN_VALUE);
  }

  /** The nearest other level to which x belongs; −1 where none. */
  private familiar(x: number): number {
    const { state } = this;
    const { means, variances } = state;
    let best = -1;
    let nearest = BAND * BAND;
    for (let i = 0; i < state.known; i++) {
      const far = (x - means[i]) ** 2 / variances[i];
      if (i === state.present || !(far <= nearest)) continue;
      nearest = far;
      best = i;
    }
    return best;
  }

  /** An outlier, or the beginning of a new level. */
  private depart(x: number, side: number): void {
    const { state } = this;
    if (Math.sign(state.departed) !== side) {
      state.departed = 0;
      state.departedMean = x;
      state.departedVariance = 0;
    }
    state.departed += side;
    const count = Math.abs(state.departed);
    const innovation = x - state.departedMean;
    state.departedMean += innovation / count;
    state.departedVariance += (innovation * (innovation - innovation / count) - state.departedVariance) / count;
    // One outlier widens the level a little; a run of them waits until it is clear what they are.
    if (count === 1) this.absorb(state.present, side * BAND * this.deviation);
    if (count >= LEVEL_BELIEVED) this.settle();
  }

  /** The level that the last readings have shown becomes the present one, known from now on. */
  settle(): void {
    const { state } = this;
    const { lived, means, variances, places } = state;
    if (state.departed === 0) return;
    const from = state.present;
    const { deviation } = this;
    const place = places[from] + compress((state.departedMean - means[from]) / deviation);
    const at = this.room();
    lived[at] = Math.abs(state.departed);
    means[at] = state.departedMean;
    variances[at] = Math.max(state.departedVariance, (NARROWEST * deviation) ** 2);
    places[at] = Math.max(-FARTHEST, Math.min(FARTHEST, place));
    state.present = at;
    state.departed = 0;
  }

  /** Whether what was read in makes sense together. */
  get isSound(): boolean {
    const { known, present, departed, variances } = this.state;
    return (
      [known, present, departed].every(Number.isSafeInteger) &&
      known >= 0 &&
      known <= LEVELS &&
      present >= 0 &&
      present < Math.max(1, known) &&
      variances.every((variance) => variance >= 0)
    );
  }

  private room(): number {
    const { state } = this;
    const { lived } = state;
    if (state.known < LEVELS) return state.known++;
    let least = -1;
    for (let i = 0; i < LEVELS; i++)
      if (i !== state.present && (least < 0 || lived[i] < lived[least])) least = i;
    return least;
  }
}
