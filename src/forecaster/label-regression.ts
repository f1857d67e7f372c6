import { RunningCovariance } from "./covariance";
import type { History } from "./history";

/** Labels before the regression is believed, and how many of them it follows. */
const KNOWN = 200;
const MEMORY = 2000;
/** The regression is worked out anew after so many labels. */
const RENEW = 100;
/** Labels over which is followed what the regression misses. */
const MISS_MEMORY = 200;

const WORKED_OUT = 0;
const MISSED = 1;
const OFFSET = 2;
const VARIANCE = 3;
const UNEXPLAINED = 4;
const RESIDUAL = 5;
const LAST_LEARNT = 6;
const PRODUCT = 7;

/**
 * The linear regression of a soft sensor's label on the inputs of its own reading, by which a label tells in hindsight
 * what a missing input must have been. Forecasts are none of its business.
 *
 * What it misses is judged at labels that it has not learnt yet: the mean of that is followed, so that a relation that
 * has moved does no harm, and its variance, so that a poor regression is not believed.
 */
export class LabelRegression {
  /** The label that `learn` and `judge` are about, standardised. */
  readonly label = new Float32Array(1);
  /** By input: how the label moves with it. */
  readonly coefficient: Float64Array;
  private readonly covariance: RunningCovariance;
  private readonly swept: Float64Array;
  private readonly unknown: Float64Array;
  private readonly s = new Float64Array(8);

  /**
   * @param history the asset's readings, standardised
   * @param inputs how many of its columns are inputs of the plant, from the first on
   */
  constructor(
    private readonly history: History,
    private readonly inputs: number,
  ) {
    this.covariance = new RunningCovariance(inputs + 1, MEMORY);
    this.coefficient = new Float64Array(inputs);
    this.swept = new Float64Array((inputs + 1) ** 2);
    this.unknown = new Float64Array(inputs + 1);
    this.unknown[inputs] = 1;
  }

  /** Whether enough is known to judge by it. */
  get isKnown(): boolean {
    return this.covariance.count >= KNOWN;
  }

  /** Label minus what the inputs say of it, after `judge`. */
  get residual(): number {
    return this.s[RESIDUAL];
  }

  /**
   * Variance of that residual where no input is missing, rather too great than too small. Where residuals persist from
   * label to label it is increased, so that labels in a row count for no more than they are worth together; and it is
   * never less than over all the readings that the regression follows, since a machine that rests is easily foretold.
   *
   * Source: Bayley & Hammersley 1946, "The 'effective' number of independent observations in an autocorrelated time
   * series", for a first-order autoregression.
   */
  get variance(): number {
    const { s } = this;
    const persistence = s[VARIANCE] > 0 ? Math.min(1, Math.max(0, s[PRODUCT] / s[VARIANCE])) : 0;
    return Math.max(s[UNEXPLAINED], (s[VARIANCE] * (1 + persistence)) / (1 - persistence));
  }

  /**
   * Learns from a complete reading that has its label.
   *
   * @param index of the reading; its quality in the history is the weight of it
   * Cost: w² multiply-adds for w inputs; w³ at every 100th label. Allocates nothing.
   */
  learn(index: number): void {
    const { covariance, history, inputs, s } = this;
    const slot = history.slot(index);
    const weight = history.quality[slot];
    if (weight === 0) return;
    if (s[WORKED_OUT] > 0) {
      this.judge(index);
      s[MISSED] += weight;
      const rate = weight / Math.min(s[MISSED], MISS_MEMORY);
      s[VARIANCE] += rate * (s[RESIDUAL] * s[RESIDUAL] - s[VARIANCE]);
      s[PRODUCT] += rate * (s[RESIDUAL] * s[LAST_LEARNT] - s[PRODUCT]);
      s[LAST_LEARNT] = s[RESIDUAL];
      s[OFFSET] += rate * s[RESIDUAL];
    }
    covariance.weight[0] = weight;
    for (let k = 0; k < inputs; k++) covariance.row[k] = history.inputs[slot * history.width + k];
    covariance.row[inputs] = this.label[0];
    covariance.learn();
    if (covariance.count - s[WORKED_OUT] >= RENEW) this.workOut();
  }

  private workOut(): void {
    const { covariance, swept, inputs } = this;
    this.s[WORKED_OUT] = covariance.count;
    covariance.regress(this.unknown, swept);
    this.s[UNEXPLAINED] = swept[(inputs + 1) ** 2 - 1];
    for (let k = 0; k < inputs; k++) this.coefficient[k] = swept[inputs * (inputs + 1) + k];
  }

  /** Works out the residual of the label of a reading. Allocates nothing. */
  judge(index: number): void {
    const { covariance, history, inputs, coefficient, s } = this;
    const at = history.slot(index) * history.width;
    s[RESIDUAL] = this.label[0] - covariance.mean[inputs] - s[OFFSET];
    for (let k = 0; k < inputs; k++) s[RESIDUAL] -= coefficient[k] * (history.inputs[at + k] - covariance.mean[k]);
  }

  /** All that has to be remembered, in a fixed order. */
  buffers(): Float64Array[] {
    return [...this.covariance.buffers(), this.coefficient, this.s];
  }
}
