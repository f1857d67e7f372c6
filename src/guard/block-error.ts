const SHORTEST = 20;
/** Blocks kept for the autocorrelation, and how many of them it needs. */
const KEPT = 48;
const NEEDED = 12;
const TOO_ALIKE = 0.5;
/** A block grows to so many times its first length at most: a drift must show within a shift, not within a year. */
const LONGEST = 16;

const SIZE = 0;
const COUNT = 1;
const SUM = 2;
const KEPT_COUNT = 3;
const MEAN = 4;
const NAIVE_SUM = 5;
const NAIVE = 6;

/**
 * Mean absolute errors of blocks of consecutive forecasts. Errors follow one another (a forecast k readings ahead shares
 * its surprises with the next k), so single errors are no independent witnesses; blocks of at least 2k and at least 20
 * readings nearly are. As long as neighbouring blocks are still alike (autocorrelation above 0.5), their length doubles.
 */
export class BlockError {
  private readonly s = new Float64Array(7);
  private readonly kept = new Float64Array(KEPT);

  /** @param horizon readings ahead, ≥ 0 */
  constructor(private readonly horizon: number) {
    this.s[SIZE] = this.first;
  }

  private get first(): number {
    return Math.max(2 * this.horizon, SHORTEST);
  }

  /** Readings in a block. */
  get size(): number {
    return this.s[SIZE];
  }

  /** Mean absolute error of the last whole block, in the target's unit. */
  get mean(): number {
    return this.s[MEAN];
  }

  /** The same of the naive forecast; NaN where one of its errors was unknown. */
  get naive(): number {
    return this.s[NAIVE];
  }

  /**
   * Takes in one scored forecast.
   *
   * @param error finite, in the target's unit
   * @param naive error of the naive forecast, NaN where unknown
   * @param mayDouble whether the blocks may grow; not while a drift is under suspicion, which makes neighbours alike as well
   * @returns whether the block is now whole: `mean` and `naive` are new
   */
  add(error: number, naive: number, mayDouble = true): boolean {
    const s = this.s;
    s[SUM] += Math.abs(error);
    s[NAIVE_SUM] += Math.abs(naive);
    s[COUNT] += 1;
    if (s[COUNT] < s[SIZE]) return false;
    s[MEAN] = s[SUM] / s[COUNT];
    s[NAIVE] = s[NAIVE_SUM] / s[COUNT];
    s[SUM] = 0;
    s[NAIVE_SUM] = 0;
    s[COUNT] = 0;
    this.keep(s[MEAN]);
    if (mayDouble && s[KEPT_COUNT] >= NEEDED && s[SIZE] < LONGEST * this.first && this.autocorrelation() > TOO_ALIKE)
      this.double();
    return true;
  }

  /** Keeps the logarithm: one wild block must not decide how alike its neighbours are. */
  private keep(mean: number): void {
    const { s, kept } = this;
    if (mean === 0) return;
    if (s[KEPT_COUNT] === KEPT) {
      kept.copyWithin(0, 1);
      s[KEPT_COUNT] -= 1;
    }
    kept[s[KEPT_COUNT]] = Math.log(mean);
    s[KEPT_COUNT] += 1;
  }

  private double(): void {
    const { s, kept } = this;
    s[SIZE] *= 2;
    // The newest blocks in pairs are the blocks that the doubled length would have given.
    const odd = s[KEPT_COUNT] % 2;
    s[KEPT_COUNT] = (s[KEPT_COUNT] - odd) / 2;
    for (let i = 0; i < s[KEPT_COUNT]; i++) kept[i] = (kept[odd + 2 * i] + kept[odd + 2 * i + 1]) / 2;
  }

  /** Forgets the blocks of another time, with whose level today's has nothing to do. Their length stays. */
  restart(): void {
    this.s[KEPT_COUNT] = 0;
  }

  /** Correlation of each kept block with the next; NaN where all are equal. */
  private autocorrelation(): number {
    const { kept } = this;
    const n = this.s[KEPT_COUNT];
    let mean = 0;
    for (let i = 0; i < n; i++) mean += kept[i] / n;
    let variance = 0;
    let covariance = 0;
    for (let i = 0; i < n; i++) {
      variance += (kept[i] - mean) ** 2;
      if (i > 0) covariance += (kept[i] - mean) * (kept[i - 1] - mean);
    }
    return covariance / variance;
  }

  /** All that has to be remembered, in a fixed order. */
  buffers(): Float64Array[] {
    return [this.s, this.kept];
  }
}
