/**
 * The hot loops of a step. There are two sets: `simd`, compiled to WebAssembly, and `plain`, the same in TypeScript,
 * which is the oracle of the first and stands in where WebAssembly with SIMD is missing. Both agree to rounding.
 *
 * Arrays that a kernel is given must come from an `Arena` with that kernel. None of them allocates anything.
 */
export interface Kernel {
  /** For people, such as "WebAssembly SIMD". */
  readonly name: string;

  /**
   * The leverage xᵀ P x.
   *
   * @param P lower triangle, row by row
   * @param x n numbers from index `at` on
   * Cost: n²/2 multiply-adds.
   */
  leverage(P: Float64Array, x: Float32Array, at: number, n: number): number;

  /**
   * A step of recursive least squares: the gains of x, and P without what x has told.
   *
   * @param P lower triangle, row by row, changed in place
   * @param x n numbers from index `at` on
   * @param gain n numbers from index `to` on, overwritten
   * @param g scratch of n numbers, left as P x
   * @param of share that is kept; weight of the label, above 0 … 1; trace of P beyond which nothing is forgotten
   * Cost: 1.5 n² multiply-adds.
   */
  gain(
    P: Float64Array,
    x: Float32Array,
    at: number,
    gain: Float32Array,
    to: number,
    g: Float64Array,
    of: { forgetting: number; weight: number; largestTrace: number },
  ): void;

  /** Σ weights · x, the numbers of x from index `at` on. */
  answer(weights: Float64Array, x: Float32Array, at: number): number;

  /**
   * Moves weights by error × gain, the gains from index `from` on.
   *
   * @returns the sum of the squares of the weights
   */
  correct(weights: Float64Array, gain: Float32Array, from: number, error: number): number;
}
