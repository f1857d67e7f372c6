import { f64, state } from "../record/state";

/** Readings (that differ at all) before a deviation is judged. */
const WARM_UP = 50;
/** Readings before a value can be out of the question: beyond so many deviations it is. */
const BEGINNING = 10;
const ABSURD = 20;
/** Within so many standard deviations a value belongs to a level. */
const BAND = 5;
/** So many readings in a row on one side of a level are a level of their own … */
const DEPARTURE = 30;
/** … but the further away, the longer it must last: so many readings for each standard deviation, up to a limit … */
const PER_DEVIATION = 1.5;
const LONGEST_DEPARTURE = 250;
/** … and never longer than this share of the readings lived at the level that was left. */
const EXPERIENCE = 0.25;
/** A level that is known is back after so many readings. */
export const RETURN = 3;
/** A value belongs to another level where that makes it more likely by so much (log of the ratio of densities). */
const EVIDENCE = 3;
/** Levels that are remembered; where more come, the one that was lived at least makes room. */
export const LEVELS = 6;
/** Where a sensor is on its way from a level to one that is not known yet; before it 0 … LEVELS − 1, the levels. */
export const LEAVING = LEVELS;
/** Who has come back to a level so often goes to and fro. */
const RETURNS = 2;
/** An offset that is larger is none: so far away nothing is known. */
const FARTHEST = 20;
/** How many places there are. */
export const PLACES = LEVELS + 1;
/**
 * A standardised value as a network can use it: linear up to 5 deviations, logarithmic beyond, so that 100 deviations
 * still differ from 10 and do no harm.
 */
export function compress(z: number): number {
  if (z > BAND) return BAND + Math.log1p(z - BAND);
  if (z < -BAND) return -BAND - Math.log1p(-BAND - z);
  return z;
}

/** The standardised value that `compress` has made of it. */
export function expand(compressed: number): number {
  return Math.sign(compressed) * (Math.min(Math.abs(compressed), BAND) + beyond(compressed));
}

/** By how many deviations a value that `compress` has given lies beyond the band within which it is linear. */
export function beyond(compressed: number): number {
  return Math.expm1(Math.max(0, Math.abs(compressed) - BAND));
}

/**
 * The levels at which a sensor lives, each with its mean and spread, and the place of a value among them. A machine that
 * rests at night and runs by day, or makes five recipes in turn, has as many levels; what happens at one of them neither
 * widens nor narrows the others, and a level that was left is as well known as ever when the sensor comes back.
 *
 * A value is standardised by the present level: linear within 5 deviations, logarithmic beyond. Which level is the present
 * one changes with 30 to 250 readings on one side of it, or with 3 at a level that is known. Nothing is held back
 * meanwhile. What that takes out of a value is not lost: `offset` has it.
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
    /** What has followed the first readings of the level at hand: how many, mean, variance. */
    later: 0,
    laterMean: 0,
    laterVariance: 0,
    /** Readings in a row that belong to another level that is known, rather than to the present one. */
    returned: 0,
    /** How many deviations it has been away at most. */
    furthest: 0,
    /** How often the sensor has come to a level that was known. */
    returns: 0,
    /** With a second level, for good: mean and deviation of the first one, half the way from one to the other. */
    homeMean: 0,
    homeDeviation: 0,
    span: 0,
    /** By level: readings lived there, mean and variance in the sensor's unit. */
    lived: f64(LEVELS),
    means: f64(LEVELS),
    variances: f64(LEVELS),
  });

  /** Whether any reading has been seen. */
  get known(): boolean {
    return this.state.lived[this.state.present] > 0;
  }

  /** The number of the present level, 0 … LEVELS − 1. */
  get present(): number {
    return this.state.present;
  }

  /** Where the sensor is: at a level that it knows, by its number, or LEAVING. */
  get place(): number {
    return this.state.departed === 0 ? this.state.present : LEAVING;
  }

  /** Readings in a row that did not belong to the present level; 0 where the last one did. */
  get gone(): number {
    return Math.max(Math.abs(this.state.departed), this.state.returned);
  }

  /** Whether the present level was found with the last reading, or next to nothing has been lived there. */
  get isNew(): boolean {
    return this.state.lived[this.state.present] <= 2;
  }

  /** Mean of the present level, in the sensor's unit; 0 before the first reading. */
  get mean(): number {
    return this.state.means[this.state.present];
  }

  /** Standard deviation at the present level, in the sensor's unit; 0 until the sensor moves for the first time. */
  get deviation(): number {
    return Math.sqrt(this.state.variances[this.state.present]);
  }

  /** Whether x belongs to a level at which the sensor has lived for some time. */
  knows(x: number): boolean {
    const { known, lived, means, variances } = this.state;
    for (let i = 0; i < known; i++)
      if (lived[i] >= WARM_UP && (x - means[i]) ** 2 <= BAND * BAND * variances[i]) return true;
    return false;
  }

  /** The level to which x belongs: the present one where it belongs to none. From a standstill any move leads away. */
  levelOf(x: number): number {
    const { present, variances, means } = this.state;
    const isLeft = variances[present] === 0 && x !== means[present];
    const other = isLeft ? this.familiar(x) : variances[present] === 0 ? -1 : this.likelier(x);
    return other < 0 ? present : other;
  }

  /**
   * The number of the level to which x belongs, 1 to 6; 0 as long as no second one has been lived at, or where this one
   * is too new. It stays through restarts; where more than 6 come, the one lived at least hands its number on.
   */
  numberOf(x: number): number {
    const { state } = this;
    let lived = 0;
    for (let i = 0; i < state.known; i++) if (this.isLivedAt(i)) lived++;
    if (lived < 2) return 0;
    const at = this.levelOf(x);
    return this.isLivedAt(at) ? at + 1 : 0;
  }

  /** A standstill was believed after many readings, and none of them told more of it. */
  private isLivedAt(level: number): boolean {
    return this.state.lived[level] >= WARM_UP || this.state.variances[level] === 0;
  }

  /** Whether enough has been seen for a value to be called unusual. */
  get experienced(): boolean {
    return this.state.lived[this.state.present] >= WARM_UP;
  }

  /** Whether enough has been seen for a value to be called absurd. */
  get begun(): boolean {
    return this.state.lived[this.state.present] >= BEGINNING;
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

  /** The largest size of what belongs to a known level. */
  get largest(): number {
    let largest = 0;
    for (let i = 0; i < this.state.known; i++) {
      const size = Math.abs(this.state.means[i]) + BAND * Math.sqrt(this.state.variances[i]);
      largest = Math.max(largest, size);
    }
    return largest;
  }

  /** The standardised value of x at the present level; 0 as long as the sensor has not moved there, or where x is NaN. */
  standardise(x: number): number {
    const { deviation } = this;
    return Number.isNaN(x) || !(deviation > 0) ? 0 : compress((x - this.mean) / deviation);
  }

  /**
   * What `standardise` leaves out of x: how far its level lies from home, so that what is linear in a sensor at all of its
   * levels is linear in both. 0 as long as there is one level, and where x is far from all that is known.
   *
   * @param standardised what `standardise` says of x
   * @returns in units of the span: within ±2 between home and the second level
   */
  offset(x: number, standardised: number): number {
    const { span, homeMean, homeDeviation } = this.state;
    if (span === 0 || Number.isNaN(x)) return 0;
    const offset = (x - homeMean - homeDeviation * standardised) / span;
    return Math.abs(offset) <= FARTHEST ? offset : 0;
  }

  /** Whether offsets count: there is a second level that is known well enough. */
  get hasSpan(): boolean {
    return this.state.span > 0;
  }

  /** Whether the sensor goes to and fro between levels: what was there once may have been a fault. */
  get isAlternating(): boolean {
    return this.state.returns >= RETURNS && this.hasSpan;
  }

  /** What of x lies where the sensor has lived, at its levels and between them, or between them and another value. */
  bound(x: number, other: number): number {
    const { known, means, variances } = this.state;
    let [least, most] = [other, other];
    for (let i = 0; i < known; i++) {
      const far = BAND * Math.sqrt(variances[i]);
      least = Math.min(least, means[i] - far);
      most = Math.max(most, means[i] + far);
    }
    return Math.max(least, Math.min(most, x));
  }

  /** Mean of the first level, in the sensor's unit: offsets count from there. */
  get home(): number {
    return this.state.homeDeviation > 0 ? this.state.homeMean : this.mean;
  }

  /** The unit of what is said over all levels: their span where it alternates, else the deviation at the first one. */
  get unit(): number {
    const { homeDeviation, span } = this.state;
    if (this.isAlternating) return span;
    return homeDeviation > 0 ? homeDeviation : this.deviation;
  }

  /** With a second level the first one is fixed as home … */
  private markHome(): void {
    this.state.homeMean = this.state.means[0];
    this.state.homeDeviation = Math.sqrt(this.state.variances[0]);
  }

  /** … and once that is known well enough the span. */
  private measureSpan(): void {
    const { state } = this;
    const { lived, means, known, present } = state;
    if (state.span > 0 || known < 2 || lived[present] < WARM_UP) return;
    let other = -1;
    for (let i = 0; i < known; i++)
      if (i !== present && this.isLivedAt(i) && (other < 0 || lived[i] > lived[other])) other = i;
    if (other < 0) return;
    if (state.homeDeviation === 0) this.markHome();
    state.span = Math.max(Math.abs(means[present] - means[other]) / 2, state.homeDeviation);
  }

  /** Takes in one reading, finite. */
  update(x: number): void {
    const { state } = this;
    const { lived, means, variances } = state;
    const at = state.present;
    const innovation = x - means[at];
    if (variances[at] === 0) {
      // From a standstill, such as exact zero, the way leads back to a level that is known; else this one is just beginning.
      if (innovation !== 0 && this.familiar(x) >= 0) this.depart(x, innovation);
      else this.begin(x);
      return;
    }
    const likelier = this.likelier(x);
    if (likelier >= 0) {
      state.returned += 1;
      if (state.returned >= RETURN) this.comeBack(likelier);
      return;
    }
    state.returned = 0;
    const band = lived[at] >= WARM_UP ? BAND : lived[at] >= BEGINNING ? ABSURD : Number.POSITIVE_INFINITY;
    if (innovation * innovation <= band * band * variances[at]) {
      state.departed = 0;
      this.absorb(at, innovation);
      this.measureSpan();
      return;
    }
    this.depart(x, innovation);
  }

  /** The other level to which x belongs much rather than to the present one, wide as that may be; −1 where none. */
  private likelier(x: number): number {
    const { state } = this;
    if (state.known < 2) return -1;
    let best = -1;
    let most = this.likelihood(x, state.present) + EVIDENCE;
    for (let i = 0; i < state.known; i++) {
      if (i === state.present) continue;
      if (state.variances[i] === 0 && x === state.means[i]) return i;
      if (state.lived[i] < WARM_UP) continue;
      const likelihood = this.likelihood(x, i);
      if (!(likelihood > most) || (x - state.means[i]) ** 2 > BAND * BAND * state.variances[i]) continue;
      most = likelihood;
      best = i;
    }
    return best;
  }

  /** Logarithm of the normal density of x at a level, but for a constant. */
  private likelihood(x: number, level: number): number {
    const { means, variances } = this.state;
    return -((x - means[level]) ** 2 / variances[level] + Math.log(variances[level])) / 2;
  }

  private absorb(at: number, innovation: number): void {
    const { lived, means, variances } = this.state;
    if (lived[at] < WARM_UP) this.followBeginning(lived[at] < BEGINNING, means[at] + innovation);
    lived[at] += 1;
    means[at] += innovation / lived[at];
    variances[at] += (innovation * (innovation - innovation / lived[at]) - variances[at]) / lived[at];
    if (lived[at] === WARM_UP) this.judgeBeginning(at);
  }

  /**
   * The first readings of a level may have been elsewhere: the 0 of a link that is not up yet, or a fault. Where all that
   * followed lies far closer together, it alone is the level.
   */
  private followBeginning(isFirst: boolean, x: number): void {
    const { state } = this;
    state.later = isFirst ? 0 : state.later + 1;
    const share = 1 / Math.max(1, state.later);
    const change = x - state.laterMean;
    state.laterMean += share * change;
    state.laterVariance += share * (change * (change - share * change) - state.laterVariance);
  }

  private judgeBeginning(at: number): void {
    const { means, variances, later, laterMean, laterVariance } = this.state;
    if (later < WARM_UP - BEGINNING || laterVariance === 0) return;
    if (variances[at] <= BAND * BAND * laterVariance) return;
    means[at] = laterMean;
    variances[at] = laterVariance;
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
      const far = x === means[i] ? 0 : (x - means[i]) ** 2 / variances[i];
      if (i === state.present || !(far <= nearest)) continue;
      nearest = far;
      best = i;
    }
    return best;
  }

  /** An outlier, or the beginning of another level. */
  private depart(x: number, innovation: number): void {
    const { state } = this;
    const side = Math.sign(innovation);
    if (Math.sign(state.departed) !== side) {
      state.departed = 0;
      state.departedMean = x;
      state.departedVariance = 0;
      state.furthest = 0;
    }
    state.departed += side;
    const far = this.deviation > 0 ? Math.abs(innovation) / this.deviation : LONGEST_DEPARTURE;
    state.furthest = Math.max(state.furthest, far);
    const count = Math.abs(state.departed);
    const change = x - state.departedMean;
    const most =
      count > BEGINNING && state.departedVariance > 0 ? ABSURD ** 2 * state.departedVariance : Number.POSITIVE_INFINITY;
    // A fault on the way is no part of what may become a level.
    if (change * change <= most) {
      state.departedMean += change / count;
      state.departedVariance += (change * (change - change / count) - state.departedVariance) / count;
    }
    const familiar = this.familiar(x);
    const wanted = Math.min(LONGEST_DEPARTURE, PER_DEVIATION * state.furthest, EXPERIENCE * state.lived[state.present]);
    if (familiar >= 0 && count >= RETURN) this.comeBack(familiar);
    else if (familiar < 0 && count >= Math.max(DEPARTURE, wanted)) this.settle();
    // One outlier widens the level a little; a run of them waits until it is clear what they are.
    else if (count === 1) this.absorb(state.present, side * BAND * this.deviation);
  }

  private comeBack(level: number): void {
    this.state.returns += 1;
    this.move(level);
  }

  private move(level: number): void {
    this.state.present = level;
    this.state.departed = 0;
    this.state.returned = 0;
  }

  /** The level that the last readings have shown is known from now on, and the present one. */
  settle(): void {
    const { state } = this;
    if (state.departed === 0) return;
    if (state.known === 1) this.markHome();
    const at = this.room();
    // It counts as new: what follows may still show how wide it is. One that does not move at all has no spread yet.
    state.lived[at] = state.departedVariance > 0 ? 2 : 1;
    state.means[at] = state.departedMean;
    state.variances[at] = state.departedVariance;
    this.move(at);
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
      variances.every((variance) => variance >= 0) &&
      this.state.span >= 0
    );
  }

  private room(): number {
    const { state } = this;
    const { lived } = state;
    if (state.known < LEVELS) return state.known++;
    let least = -1;
    for (let i = 0; i < LEVELS; i++) if (i !== state.present && (least < 0 || lived[i] < lived[least])) least = i;
    return least;
  }
}
