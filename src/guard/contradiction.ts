import { f64, state } from "../record/state";
import { SensorRelation } from "../stream/sensor-relation";

/** Readings that were compared before anybody is accused. */
const KNOWN = 300;
/** Readings whose mean tells a drift from noise. */
const SMOOTH = 30;
/** A sensor is judged only where the others leave less than this share of its variance open … */
const OPEN = 0.09;
/** … and, while some of them are out of the question, not more than so many times what all of them leave. */
const WEAKER = 9;
/** So many times the largest disagreement seen in health is too much … */
const TIMES = 3;
/** … with extra caution as long as few readings were seen … */
const CAUTION = 300;
/** … and less than this many deviations of the sensor never is: of a reading, of a mean. */
const SMALL_NOW = 0.2;
const SMALL_MEAN = 0.06;
/** The largest disagreements are kept by blocks of so many readings; the newest two do not count, they may hold a drift. */
const BLOCK = 100;
/** They fade by this share a block. */
const FADE = 0.01;
/** Of two that contradict each other, the one so many times further off from all others (and from the usual) is to blame. */
const BLAME = 3;
const FAR_OUT = 20;
/** Readings in a row that an accused sensor must agree with the others to be believed again. */
const PROOF = 3;
/** Where so many other sensors are out of the range of some thousand readings, by this share of it, the plant runs elsewhere … */
const SEVERAL = 2;
const OUTSIDE = 0.2;
/** … until the range has followed it there, by this share of the way a reading; it forgets so much more slowly. */
const WIDEN = 0.01;
const NARROW = 1e-4;
/** With more sensors than this the relation costs more than it is worth. */
export const MOST_SENSORS = 32;

/**
 * Sensors of one machine are related, and a relation that has held for long contradicts the sensor that leaves it: one
 * that drifts, or jumps, within its usual range is found by no rule that looks at it alone. Each sensor is compared with
 * what all others say of it, reading by reading and as a mean over thirty readings; too much is three times what was seen
 * in health. Where leaving out one sensor makes all others agree, that one is to blame; where two contradict each other,
 * both are in doubt as long as the others cannot tell which one is wrong. More than that is no broken sensor: the plant
 * runs in a new way.
 *
 * An accusation ends after `patience` readings, whatever happens in between: what then still differs is the plant's new
 * way, and is learnt.
 *
 * Source: analytical redundancy; largest normalised residual after Handschin et al. 1975, "Bad Data Analysis for Power
 * System State Estimation".
 */
export class Contradiction {
  readonly state;
  readonly relation: SensorRelation;
  /** By sensor: how many times too far it is from what the others say; above 1 where it is accused, else 0. */
  readonly excess: Float64Array;
  private readonly left: Uint8Array;
  private readonly row: Float64Array;
  private readonly now: Float64Array;
  private readonly mean: Float64Array;
  private readonly trial: Float64Array;

  /**
   * @param tolerance by sensor: how many times more than the limit is too much
   * @param patience readings that an accusation lasts at most
   */
  constructor(
    private readonly tolerance: readonly number[],
    private readonly patience: number,
  ) {
    const w = tolerance.length;
    this.relation = new SensorRelation(w);
    this.state = state({
      /** Readings compared; readings in the present block. */
      seen: 0,
      inBlock: 0,
      /** Readings for which somebody has been accused, less those since; readings in a row that the accused agree. */
      lasting: 0,
      agreeing: 0,
      /** Readings in a row with a disagreement that no single sensor explains. */
      unexplained: 0,
      /** By sensor: 1 where it is accused. */
      accused: f64(w),
      /** By sensor: the range in which it has been for some time, readings for which it still counts as out of it. */
      low: f64(w),
      high: f64(w),
      outside: f64(w),
      /** Running mean of the values. */
      level: f64(w),
      /** Largest disagreement in health, of readings and of means, in deviations; of this block and the one before. */
      largestNow: f64(w),
      largestMean: f64(w),
      blockNow: f64(w),
      blockMean: f64(w),
      beforeNow: f64(w),
      beforeMean: f64(w),
    });
    this.excess = new Float64Array(w);
    this.left = new Uint8Array(w);
    this.row = new Float64Array(w);
    this.now = new Float64Array(w);
    this.mean = new Float64Array(w);
    this.trial = new Float64Array(w);
  }

  /** Readings in a row that the present accusation has lasted. */
  get lasting(): number {
    return this.state.lasting;
  }

  /** Whether the others cannot tell which of two is wrong. */
  get isPair(): boolean {
    let count = 0;
    for (const accused of this.state.accused) count += accused;
    return count > 1;
  }

  /** Whether any sensor is accused. */
  get isAnyAccused(): boolean {
    return this.state.accused.indexOf(1) >= 0;
  }

  /** What the others say that a sensor should show, in its unit. */
  expected(k: number): number {
    this.leaveOut(k);
    this.relation.explain(this.row, 0, this.left);
    return this.relation.estimate(k);
  }

  /**
   * Compares the values of a reading, and learns from them.
   *
   * @param values by sensor; NaN = none
   * @param weight of learning from the reading, 0 … 1
   */
  judge(values: Float64Array, weight: number): void {
    const { state, relation, row, left, excess } = this;
    const w = values.length;
    excess.fill(0);
    for (let k = 0; k < w; k++) row[k] = Number.isNaN(values[k]) ? relation.state.mean[k] : values[k];
    this.values = values;
    if (this.isAnyAccused) {
      state.lasting += 1;
      // Nothing in doubt lasts for ever.
      if (state.lasting > this.patience) this.restart();
    } else if (state.lasting > 0) state.lasting -= 1;
    if (relation.known) {
      this.leaveOut(-1);
      relation.complete(row, 0, left);
      const share = 1 / Math.min(state.seen + 1, SMOOTH);
      for (let k = 0; k < w; k++) state.level[k] += share * (row[k] - state.level[k]);
      state.seen += 1;
      this.followRange();
      if (this.isAnyAccused) this.hearAgain();
      else {
        this.accuse();
        this.takeBack(share);
      }
    }
    this.leaveOut(-1);
    if (!relation.known) relation.complete(row, 0, left);
    relation.learn(row, 0, left, weight);
  }

  private values: Float64Array = new Float64Array(0);

  /** What those have said that are accused since this reading: what the others say stands in for it. */
  private takeBack(share: number): void {
    const { state, row } = this;
    for (let k = 0; k < row.length; k++) {
      if (state.accused[k] === 0) continue;
      const said = row[k];
      row[k] = this.expected(k);
      state.level[k] += share * (row[k] - said);
    }
  }

  /** Marks who says nothing of the others: those without a value, the accused, and one or two more. */
  private leaveOut(k: number, other = -1): void {
    const { left, values, state } = this;
    for (let i = 0; i < left.length; i++)
      left[i] = Number.isNaN(values[i]) || state.accused[i] === 1 || i === k || i === other ? 1 : 0;
  }

  /** How far each that is not left out is from the others, in deviations: at this reading, and in the mean. */
  private compare(): void {
    const { relation, row, left, now, mean, state } = this;
    relation.explain(state.level, 0, left);
    mean.set(relation.residual);
    relation.explain(row, 0, left);
    now.set(relation.residual);
  }

  /** How many deviations of a reading, or of a mean, from the others are too many for a sensor. */
  private limitNow(k: number): number {
    return Math.max(SMALL_NOW, this.caution(k) * this.state.largestNow[k]);
  }

  private limitMean(k: number): number {
    return Math.max(SMALL_MEAN, this.caution(k) * this.state.largestMean[k]);
  }

  private caution(k: number): number {
    return TIMES * (1 + CAUTION / this.state.seen) * this.tolerance[k];
  }

  /**
   * The one to blame, and the next one after it, among those not left out; −1 where all agree. The largest normalised
   * residual tells, of readings or of means, whichever is further too far.
   */
  private suspects(): [number, number] {
    const { relation, left, now, mean, trial } = this;
    let most = 1;
    let byMean = false;
    for (let k = 0; k < left.length; k++) {
      trial[k] = 0;
      const open = left[k] === 1 ? 1 : relation.openShare(k, left);
      if (open > OPEN || open > WEAKER * relation.openToAll(k)) continue;
      const [ofNow, ofMean] = [Math.abs(now[k]) / this.limitNow(k), Math.abs(mean[k]) / this.limitMean(k)];
      trial[k] = Math.max(ofNow, ofMean);
      if (trial[k] <= most) continue;
      most = trial[k];
      byMean = ofMean > ofNow;
    }
    let first = -1;
    let second = -1;
    const normalised = (k: number): number =>
      Math.abs(byMean ? mean[k] : now[k]) / Math.sqrt(relation.openShare(k, left));
    for (let k = 0; k < left.length; k++)
      if (trial[k] > 1 && (first < 0 || normalised(k) > normalised(first))) first = k;
    // The one that it contradicts need not be too far off by its own measure.
    for (let k = 0; k < left.length; k++)
      if (left[k] === 0 && k !== first && (second < 0 || normalised(k) > normalised(second))) second = k;
    return [first, first < 0 ? -1 : second];
  }

  /** Notes who is out of its range; the mean remembers that for some time. */
  private followRange(): void {
    const { state, values, row } = this;
    const { low, high, outside } = state;
    for (let k = 0; k < row.length; k++) {
      if (Number.isNaN(values[k])) continue;
      if (state.seen === 1) {
        low[k] = row[k];
        high[k] = row[k];
      }
      const span = high[k] - low[k];
      // Where somebody is accused, nobody knows what the range is.
      if (state.accused[k] === 1) continue;
      const isOut = row[k] > high[k] + OUTSIDE * span || row[k] < low[k] - OUTSIDE * span;
      outside[k] = isOut && state.seen > KNOWN ? SMOOTH : Math.max(0, outside[k] - 1);
      const share = state.seen <= KNOWN ? 1 : WIDEN;
      low[k] += row[k] < low[k] ? share * (row[k] - low[k]) : NARROW * span;
      high[k] += row[k] > high[k] ? share * (row[k] - high[k]) : -NARROW * span;
    }
  }

  /** Whether the plant runs where it has not been for long, as others than the suspect show: the relation says nothing of that. */
  private isElsewhere(suspect: number): boolean {
    const { outside } = this.state;
    let count = 0;
    for (let k = 0; k < outside.length; k++) if (outside[k] > 0 && k !== suspect) count += 1;
    return count >= SEVERAL;
  }

  private accuse(): void {
    const { state, excess, trial } = this;
    this.leaveOut(-1);
    this.compare();
    const [first, second] = this.suspects();
    const isNew = state.seen <= KNOWN || this.isElsewhere(first);
    if (isNew || first < 0) {
      state.unexplained = 0;
      this.remember(isNew);
      return;
    }
    const excesses = trial.slice();
    const suspects = [first, second].filter((k) => k >= 0 && this.explains(k));
    // No one of them is to blame: it is learnt, and in the end it is how the plant runs now.
    state.unexplained = suspects.length === 0 ? state.unexplained + 1 : 0;
    if (state.unexplained > this.patience) this.restart();
    if (suspects.length === 0) return;
    for (const k of suspects.length === 2 ? this.toBlame(first, second) : suspects) {
      state.accused[k] = 1;
      excess[k] = Math.max(1, excesses[k]);
    }
    state.lasting += 1;
    state.agreeing = 0;
  }

  /** Whether all others agree once a sensor is left out. */
  private explains(k: number): boolean {
    this.leaveOut(k);
    this.compare();
    return this.suspects()[0] < 0;
  }

  /** Of two, the one that is much further off from all that neither of them says; both where that does not tell. */
  private toBlame(one: number, other: number): number[] {
    this.leaveOut(one, other);
    // Where there is nobody else, only what lies far outside all that was ever shown tells.
    const most = this.left.includes(0) ? BLAME : FAR_OUT;
    const [ofOne, ofOther] = [this.offBy(one), this.offBy(other)];
    if (ofOne > most * Math.max(1, ofOther)) return [one];
    return ofOther > most * Math.max(1, ofOne) ? [other] : [one, other];
  }

  /** How far a sensor that is left out is from what the others say of it, relative to what they leave open. */
  private offBy(k: number): number {
    const { relation, row, left, state, values } = this;
    const deviation = relation.state.deviation[k];
    if (Number.isNaN(values[k]) || deviation === 0) return 0;
    relation.explain(state.level, 0, left);
    const mean = (state.level[k] - relation.estimate(k)) / deviation;
    relation.explain(row, 0, left);
    const now = (values[k] - relation.estimate(k)) / deviation;
    left[k] = 0;
    const open = relation.openShare(k, left);
    left[k] = 1;
    return Math.max(Math.abs(now), Math.abs(mean)) / Math.sqrt(open);
  }

  /** Believes the accused again where all agree, or finds out which of two it is. */
  private hearAgain(): void {
    const { state, excess, relation, row, left, values, trial } = this;
    if (this.isPair) this.tellApart();
    // With everybody back in, all must agree.
    for (let k = 0; k < left.length; k++) {
      left[k] = Number.isNaN(values[k]) ? 1 : 0;
      trial[k] = left[k] === 1 ? row[k] : values[k];
    }
    relation.explain(trial, 0, left);
    let agrees = true;
    for (let k = 0; k < excess.length; k++) {
      if (state.accused[k] === 0) continue;
      const off = Math.abs(relation.residual[k]);
      const usual = Math.max(3 * Math.sqrt(relation.openToAll(k)), state.largestNow[k]);
      excess[k] = Math.max(1, off / this.limitNow(k));
      // One lost reading is no proof.
      if (left[k] === 1 || off > usual) agrees = false;
    }
    state.agreeing = agrees ? state.agreeing + 1 : 0;
    if (state.agreeing >= PROOF) this.clear();
  }

  /** Of two accused, the others may be able to tell by now which one is wrong. */
  private tellApart(): void {
    const { accused } = this.state;
    const one = accused.indexOf(1);
    const other = accused.indexOf(1, one + 1);
    accused.fill(0);
    for (const k of this.toBlame(one, other)) accused[k] = 1;
  }

  private clear(): void {
    const { state } = this;
    // How long it has lasted is forgotten slowly: a stuck sensor agrees whenever the plant passes its value.
    state.accused.fill(0);
    state.agreeing = 0;
    this.excess.fill(0);
    // That they were off is no longer counted.
    state.level.set(this.row);
  }

  /**
   * Keeps the largest disagreements, by blocks.
   *
   * @param isNew whether there is nothing else to go by: at first, and where the plant runs as it has not for long
   */
  private remember(isNew: boolean): void {
    const { state, now, mean } = this;
    const { blockNow, blockMean, beforeNow, beforeMean, largestNow, largestMean } = state;
    for (let k = 0; k < now.length; k++) {
      blockNow[k] = Math.max(blockNow[k], Math.abs(now[k]));
      blockMean[k] = Math.max(blockMean[k], Math.abs(mean[k]));
      if (isNew) {
        largestNow[k] = Math.max(largestNow[k], blockNow[k]);
        largestMean[k] = Math.max(largestMean[k], blockMean[k]);
      }
    }
    state.inBlock += 1;
    if (state.inBlock < BLOCK) return;
    state.inBlock = 0;
    for (let k = 0; k < now.length; k++) {
      largestNow[k] = Math.max((1 - FADE) * largestNow[k], beforeNow[k]);
      largestMean[k] = Math.max((1 - FADE) * largestMean[k], beforeMean[k]);
    }
    beforeNow.set(blockNow);
    beforeMean.set(blockMean);
    blockNow.fill(0);
    blockMean.fill(0);
  }

  /** The sensors stand to each other in a new way: all that was known is forgotten. */
  restart(): void {
    this.relation.restart();
    this.clear();
    for (const [name, value] of Object.entries(this.state)) {
      if (typeof value !== "number") value.fill(0);
      else Object.assign(this.state, { [name]: 0 });
    }
  }
}
