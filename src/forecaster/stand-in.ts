import { RunningCovariance } from "./covariance";
import type { History } from "./history";
import type { LabelRegression } from "./label-regression";
import { clip } from "./running-scale";

/** Complete readings before the relation between the sensors is believed, and how many of them it follows. */
const KNOWN = 200;
const MEMORY = 2000;
/** The relation is worked out anew after so many complete readings. */
const RENEW = 100;
/** Readings from which the persistence of what the others cannot explain is estimated. */
const LOOK_BACK = 100;
/** With more columns than this the relation costs more than it is worth. */
const MOST_COLUMNS = 64;
/** Readings after which a held value is worth nothing where no relation is known. */
const HOLD = 10;
/** A label further out than so many standard deviations of what was expected is itself in doubt: it corrects nothing. */
const GATE = 5;

const WORKED_OUT = 0;
const DOUBT = 1;

/**
 * What a missing sensor would have said. A plant's sensors are related (an engine's air flow follows from its speed and
 * its manifold pressure), so the value is estimated from those that are there: the linear regression on them, plus what
 * it missed at the last good reading, which fades as such differences do on this sensor. The estimate so starts at the
 * last good value and moves with the plant; where the others say nothing it is that value, drifting to the mean. As long
 * as too little is known, the last good value is held.
 *
 * Why not hold it always: a recurrent state that was fed one frozen value for minutes is wrong for minutes more.
 *
 * Source: conditional mean of a normal distribution.
 */
export class StandIn {
  /** By column: by how much the last `correct` has changed it. */
  readonly change: Float64Array;
  private readonly s = new Float64Array(2);
  private readonly covariance: RunningCovariance;
  /** The covariance swept by all columns that are there: regression coefficients and what they leave unexplained. */
  private readonly swept: Float64Array;
  private readonly sweptWithout: Float64Array;
  /** By column: readings since it is missing, what the relation missed, how that persists, share of doubt reached. */
  private readonly missingFor: Float64Array;
  private readonly offset: Float64Array;
  private readonly persistence: Float64Array;
  private readonly spread: Float64Array;
  /** Variance of what stands in at the reading at hand; 0 where the column is there, or nothing is known of it. */
  private readonly variance: Float64Array;
  /** Whether the columns are few enough for a relation between them to be followed. */
  readonly related: boolean;

  /**
   * @param history the asset's readings, standardised
   * @param columns how many of its columns are related to each other, from the first on; a soft sensor leaves out the
   *   last label, which is no measurement of now
   */
  constructor(
    private readonly history: History,
    private readonly columns: number,
  ) {
    const w = columns;
    this.related = w <= MOST_COLUMNS;
    this.covariance = new RunningCovariance(this.related ? w : 0, MEMORY);
    this.swept = new Float64Array(this.related ? w * w : 0);
    this.sweptWithout = new Float64Array(w);
    this.missingFor = new Float64Array(w);
    this.offset = new Float64Array(w);
    this.persistence = new Float64Array(w);
    this.spread = new Float64Array(w);
    this.variance = new Float64Array(w);
    this.change = new Float64Array(history.width);
  }

  /**
   * How much wider the interval of a forecast has to be for what is not known of the last reading: 0 for a complete
   * one, up to 1 for each sensor of which nothing is known any more.
   */
  get doubt(): number {
    return this.s[DOUBT];
  }

  /**
   * Takes in the newest reading: fills in what is missing, or learns from it where it is complete.
   *
   * @param index of the reading in the history; a missing column holds the last good value
   * @param missing 1 for each column that has no value of its own, else 0
   * Cost: w² multiply-adds for w columns; w³ where another set of columns is missing. Allocates nothing.
   */
  complete(index: number, missing: Uint8Array): void {
    const any = missing.indexOf(1) >= 0;
    this.s[DOUBT] = 0;
    this.variance.fill(0);
    if (any && this.related && this.covariance.count >= KNOWN) this.fill(index, missing);
    else if (any) this.hold(missing);
    else if (this.related) this.learn(index);
    for (let k = 0; k < this.columns; k++) this.missingFor[k] = missing[k] === 1 ? this.missingFor[k] + 1 : 0;
  }

  private learn(index: number): void {
    const { covariance, history } = this;
    const at = history.slot(index) * history.width;
    for (let k = 0; k < this.columns; k++) covariance.row[k] = history.inputs[at + k];
    covariance.learn();
  }

  private hold(missing: Uint8Array): void {
    for (let k = 0; k < this.columns; k++)
      if (missing[k] === 1) this.s[DOUBT] += Math.min(1, (this.missingFor[k] + 1) / HOLD);
  }

  private fill(index: number, missing: Uint8Array): void {
    const { history, s, swept, offset, persistence, spread, variance, missingFor } = this;
    const w = this.columns;
    const at = history.slot(index) * history.width;
    let changed = false;
    for (let k = 0; k < w; k++) if (missing[k] === 1 && missingFor[k] === 0) changed = true;
    if (this.workOut(missing) || changed) this.lookBack(index, missing);
    for (let k = 0; k < w; k++) {
      if (missing[k] === 0) continue;
      offset[k] *= persistence[k];
      spread[k] = persistence[k] ** 2 * spread[k] + 1 - persistence[k] ** 2;
      history.inputs[at + k] = clip(this.explain(k, at, missing) + offset[k]);
      variance[k] = spread[k] * swept[k * w + k];
      s[DOUBT] += Math.min(1, Math.sqrt(variance[k]));
    }
  }

  /**
   * Corrects in hindsight what stands in at the newest reading, by the label that came with it: the update of a Kalman
   * filter whose prediction is `complete`. What stands in at the next reading starts from there.
   *
   * @param index of the reading; its row in the history is corrected, and `change` tells by how much
   * @param label the regression of labels, which holds the label of that reading
   * @returns whether anything was corrected
   * Source: Kalman 1960; gate after Bar-Shalom & Fortmann 1988, "Tracking and Data Association".
   * Cost: 4w multiply-adds for w columns. Allocates nothing.
   */
  correct(index: number, label: LabelRegression): boolean {
    const { history, offset, spread, variance, change } = this;
    const { coefficient } = label;
    const at = history.slot(index) * history.width;
    let expected = 0;
    for (let k = 0; k < this.columns; k++) expected += variance[k] * coefficient[k] ** 2;
    // A label that scatters more by itself than by what is missing says little of that, and coefficients are not exact.
    if (!label.isKnown || !(expected > label.variance)) return false;
    expected += label.variance;
    label.judge(index);
    const residual = label.residual;
    if (residual * residual > GATE * GATE * expected) return false;
    for (let k = 0; k < this.columns; k++) {
      const gain = (variance[k] * coefficient[k]) / expected;
      const before = history.inputs[at + k];
      if (gain !== 0) history.inputs[at + k] = clip(before + gain * residual);
      change[k] = history.inputs[at + k] - before;
      offset[k] += change[k];
      spread[k] *= 1 - gain * coefficient[k];
    }
    return true;
  }

  /** What the columns that are there say of column k. */
  private explain(k: number, at: number, missing: Uint8Array): number {
    const { swept, history } = this;
    const { mean } = this.covariance;
    const w = this.columns;
    let value = mean[k];
    for (let j = 0; j < w; j++) if (missing[j] === 0) value += swept[k * w + j] * (history.inputs[at + j] - mean[j]);
    return value;
  }

  /** Regression of the missing columns on the others, where it is not worked out already. */
  private workOut(missing: Uint8Array): boolean {
    const { covariance, sweptWithout, s } = this;
    const w = this.columns;
    let same = s[WORKED_OUT] > 0 && covariance.count - s[WORKED_OUT] < RENEW;
    for (let k = 0; k < w; k++) if (sweptWithout[k] !== missing[k]) same = false;
    if (same) return false;
    s[WORKED_OUT] = covariance.count;
    for (let k = 0; k < w; k++) sweptWithout[k] = missing[k];
    covariance.regress(sweptWithout, this.swept);
    return true;
  }

  /** What the relation missed at the last reading, and how far such differences persist from reading to reading. */
  private lookBack(index: number, missing: Uint8Array): void {
    const { history, offset, persistence, spread, missingFor } = this;
    const w = this.columns;
    const first = Math.max(history.first, index - LOOK_BACK);
    for (let k = 0; k < w; k++) {
      if (missing[k] === 0) continue;
      let square = 0;
      let product = 0;
      let before = 0;
      for (let i = first; i < index; i++) {
        const at = history.slot(i) * history.width;
        const difference = history.inputs[at + k] - this.explain(k, at, missing);
        square += difference * difference;
        product += difference * before;
        before = difference;
      }
      offset[k] = before;
      persistence[k] = square > 0 ? Math.min(1, Math.max(0, product / square)) : 0;
      if (missingFor[k] === 0) spread[k] = 0;
    }
  }

  /** All that has to be remembered, in a fixed order. */
  buffers(): Float64Array[] {
    return [
      this.s,
      ...this.covariance.buffers(),
      this.swept,
      this.sweptWithout,
      this.missingFor,
      this.offset,
      this.persistence,
      this.spread,
    ];
  }
}
