import { f64, state } from "../record/state";

const SHORTEST = 20;
/** Blocks kept for the autocorrelation, and how many of them it needs. */
const KEPT = 48;
const NEEDED = 12;
const TOO_ALIKE = 0.5;
/** A block grows to so many times its first length at most: a drift must show within a shift, not within a year. */
const LONGEST = 16;

/**
 * Mean absolute errors of blocks of consecutive forecasts. Errors follow one another (a forecast k readings ahead shares
 * its surprises with the next k), so single errors are no independent witnesses; blocks of at least 2k and at least 20
 * readings nearly are. As long as neighbouring blocks are still alike (autocorrelation above 0.5), their length doubles.
 */
export class BlockError {
  readonly s = state({ size: 0, count: 0, sum: 0, keptCount: 0, mean: 0, naiveSum: 0, naive: 0, kept: f64(KEPT) });

  /** @param horizon readings ahead, ≥ 0 */
  constructor(private readonly horizon: number) {
    this.s.size = this.first;
  }

  private get first(): number {
    return Math.max(2 * this.horizon, SHORTEST);
  }

  /** Readings in a block. */
  get size(): number {
    return this.s.size;
  }

  /** Mean absolute error of the last whole block, in the target's unit. */
  get mean(): number {
    return this.s.mean;
  }

  /** The same of the naive forecast; NaN where one of its errors was unknown. */
  get naive(): number {
    return this.s.naive;
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
    s.sum += Math.abs(error);
    s.naiveSum += Math.abs(naive);
    s.count += 1;
    if (s.count < s.size) return false;
    s.mean = s.sum / s.count;
    s.naive = s.naiveSum / s.count;
    s.sum = 0;
    s.naiveSum = 0;
    s.count = 0;
    this.keep(s.mean);
    if (mayDouble && s.keptCount >= NEEDED && s.size < LONGEST * this.first && this.autocorrelation() > TOO_ALIKE)
      this.double();
    return true;
  }

  /** Keeps the logarithm: one wild block must not decide how alike its neighbours are. */
  private keep(mean: number): void {
    const { s } = this;
    const { kept } = this.s;
    if (mean === 0) return;
    if (s.keptCount === KEPT) {
      kept.copyWithin(0, 1);
      s.keptCount -= 1;
    }
    kept[s.keptCount] = Math.log(mean);
    s.keptCount += 1;
  }

  private double(): void {
    const { s } = this;
    const { kept } = this.s;
    s.size *= 2;
    // The newest blocks in pairs are the blocks that the doubled length would have given.
    const odd = s.keptCount % 2;
    s.keptCount = (s.keptCount - odd) / 2;
    for (let i = 0; i < s.keptCount; i++) kept[i] = (kept[odd + 2 * i] + kept[odd + 2 * i + 1]) / 2;
  }

  /** Forgets the blocks of another time, with whose level today's has nothing to do. Their length stays. */
  restart(): void {
    this.s.keptCount = 0;
  }

  /** Correlation of each kept block with the next; NaN where all are equal. */
  private autocorrelation(): number {
    const { kept } = this.s;
    const n = this.s.keptCount;
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
}
