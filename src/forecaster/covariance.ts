/** Share of a column's variance that is taken for its own noise: two that are one and the same stay solvable. */
const NOISE = 1e-4;
/** A column of less variance has never moved: it explains nothing. */
const STILL = 1e-9;
/** Relative to a column's mean, a deviation below this is rounding. */
const ROUNDING = 1e-12;

/**
 * Running mean and covariance of columns that are measured together, standardised, and the linear regression of some of
 * them on the others.
 *
 * Source: Welford 1962 for the recursion; Goodnight 1979, "A Tutorial on the SWEEP Operator", for the regression.
 */
export class RunningCovariance {
  readonly mean: Float64Array;
  /** The row that `learn` takes in, and its weight, above 0 and at most 1: a number as argument would be boxed. */
  readonly row: Float64Array;
  readonly weight = Float64Array.of(1);
  /** Row by row, on and below the diagonal. */
  private readonly matrix: Float64Array;
  private readonly s = new Float64Array(1);

  /**
   * @param columns w
   * @param memory rows that it follows
   */
  constructor(
    private readonly columns: number,
    private readonly memory: number,
  ) {
    this.mean = new Float64Array(columns);
    this.row = new Float64Array(columns);
    this.matrix = new Float64Array(columns * columns);
  }

  /** Sum of the weights of all rows so far. */
  get count(): number {
    return this.s[0];
  }

  /** Takes in `row`. Cost: w² / 2 multiply-adds. Allocates nothing. */
  learn(): void {
    const { mean, matrix, row, s } = this;
    const w = this.columns;
    s[0] += this.weight[0];
    const rate = this.weight[0] / Math.min(s[0], this.memory);
    for (let i = 0; i < w; i++) {
      const di = row[i] - mean[i];
      for (let j = 0; j <= i; j++) {
        // Means of later columns are still the old ones; those of earlier columns are new: Welford's mixed product.
        const dj = j === i ? di : row[j] - mean[j];
        matrix[i * w + j] += rate * (di * dj * (j === i ? 1 - rate : 1) - matrix[i * w + j]) + 1e-30 - 1e-30;
      }
      mean[i] += rate * di;
    }
  }

  /**
   * Regression of the unknown columns on the known ones.
   *
   * @param unknown by column, 1 = unknown, else 0
   * @param swept where it goes, w × w, row by row: for an unknown i the coefficient of a known j at i · w + j, and what
   *   they leave unexplained of its variance at i · w + i
   * Cost: w² multiply-adds for each known column. Allocates nothing.
   */
  regress(unknown: Float64Array, swept: Float64Array): void {
    regress(this.matrix, this.columns, unknown, swept);
  }

  /**
   * The correlations of the columns, for columns that are not standardised.
   *
   * @param correlation where they go, w × w, row by row; 0 for a column that has never moved
   * @param deviation where the standard deviations go
   */
  correlate(correlation: Float64Array, deviation: Float64Array): void {
    const { matrix } = this;
    const w = this.columns;
    for (let i = 0; i < w; i++) {
      const sigma = Math.sqrt(matrix[i * w + i]);
      // A deviation that cannot be told from the rounding of the mean is none.
      deviation[i] = sigma > ROUNDING * Math.abs(this.mean[i]) && Number.isFinite(sigma) ? sigma : 0;
      for (let j = 0; j <= i; j++) {
        const scale = deviation[i] * deviation[j];
        correlation[i * w + j] = scale > 0 ? matrix[i * w + j] / scale : 0;
        correlation[j * w + i] = correlation[i * w + j];
      }
    }
  }

  /** All that has to be remembered, in a fixed order. */
  buffers(): Float64Array[] {
    return [this.s, this.mean, this.matrix];
  }
}

/**
 * Regression of some columns on the others.
 *
 * @param matrix their covariance, w × w, row by row; only what is on and below the diagonal counts
 * @param w how many columns
 * @param unknown by column, 1 = to be explained, else 0
 * @param swept where it goes, w × w: for an unknown i the coefficient of a known j at i · w + j, and what they leave
 *   unexplained of its variance at i · w + i; for a known i the negative inverse of the known columns' covariance
 */
export function regress(matrix: Float64Array, w: number, unknown: Float64Array, swept: Float64Array): void {
  for (let i = 0; i < w; i++) {
    for (let j = 0; j <= i; j++) {
      swept[i * w + j] = matrix[i * w + j];
      swept[j * w + i] = matrix[i * w + j];
    }
    swept[i * w + i] += NOISE * matrix[i * w + i];
  }
  for (let k = 0; k < w; k++) {
    if (unknown[k] === 1) continue;
    if (matrix[k * w + k] > STILL) sweep(swept, w, k);
    else for (let i = 0; i < w; i++) swept[i * w + k] = 0;
  }
}

/** Sweeps a symmetric matrix (w × w, row by row) by column k, whose diagonal is positive. */
function sweep(matrix: Float64Array, w: number, k: number): void {
  const pivot = matrix[k * w + k];
  for (let j = 0; j < w; j++) matrix[k * w + j] /= pivot;
  for (let i = 0; i < w; i++) {
    if (i === k) continue;
    const factor = matrix[i * w + k];
    for (let j = 0; j < w; j++) if (j !== k) matrix[i * w + j] -= factor * matrix[k * w + j];
    matrix[i * w + k] = factor / pivot;
  }
  matrix[k * w + k] = -1 / pivot;
}
