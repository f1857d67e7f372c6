/** Readings after which older ones fade, so that a process that changes is noticed. */
const MEMORY = 5000;

/**
 * Lag-1 autocorrelation of a stream, from running sums: r = (mean of x·x' − mean²)/(mean of x² − mean²).
 * Meant for values in [−1, 1]; older values fade by half each MEMORY values.
 *
 * Sources: Box, Jenkins, Reinsel 2008, "Time Series Analysis", eq. 2.1.13; bias: Marriott and Pope 1954, "Bias in the
 * estimation of autocorrelations".
 */
export class Autocorrelation {
  /** n, Σx, Σx², Σx·x', last x */
  private readonly sums: number[];

  /** @param sums  from `save`; anything else starts empty */
  constructor(sums?: readonly number[]) {
    this.sums = sums?.length === 5 && sums.every(Number.isFinite) ? [...sums] : [0, 0, 0, 0, 0];
  }

  /** @param x  in [−1, 1] */
  add(x: number): void {
    const sums = this.sums;
    if (sums[0] >= MEMORY) for (let i = 0; i < 4; i++) sums[i] /= 2;
    if (sums[0] > 0) sums[3] += x * sums[4];
    sums[0] += 1;
    sums[1] += x;
    sums[2] += x * x;
    sums[4] = x;
  }

  /** Values seen, at most MEMORY. */
  get count(): number {
    return this.sums[0];
  }

  /** In [−1, 1]; 0 where fewer than three values or no variation give nothing to estimate. */
  get value(): number {
    const [n, sum, squares, products] = this.sums;
    if (n < 3) return 0;
    const mean = sum / n;
    const variance = squares / n - mean * mean;
    if (variance < 1e-12) return 0;
    return Math.max(-1, Math.min(1, (products / (n - 1) - mean * mean) / variance));
  }

  /** The value without its bias: in a short stretch a slow process looks faster than it is, by (1 + 3r)/n. */
  get unbiased(): number {
    const r = this.value;
    return this.count < 3 ? 0 : Math.min(1, r + (1 + 3 * r) / this.count);
  }

  /** Five finite numbers for the constructor. */
  save(): number[] {
    return [...this.sums];
  }
}
