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
   * @param of share that is kept; weight of the label, above 0
   * Cost: 1.5 n² multiply-adds.
   */
  gain(
    P: Float64Array,
    x: Float32Array,
    at: number,
    gain: Float32Array,
    to: number,
    g: Float64Array,
    of: { forgetting: number; weight: number },
  ): void;

  /** Σ weights · x, the numbers of x from index `at` on. */
  answer(weights: Float64Array, x: Float32Array, at: number): number;

  /**
   * Moves weights by error × gain, the gains from index `from` on.
   *
   * @returns the sum of the squares of the weights
   */
  correct(weights: Float64Array, gain: Float32Array, from: number, error: number): number;

  /**
   * Works out what a layer's step needs of its parameters.
   *
   * @param layer its `derived` is overwritten; where `clamped`, its parameters are brought within their bounds before
   * @param clamped whether the layer is kept stable: |λ| < 1, phase ≤ π, and a gain that a slow unit cannot blow up
   */
  refresh(layer: Layer, clamped: boolean): void;

  /**
   * One step of the recurrence alone.
   *
   * @param h state, length 2n, changed in place
   * @param u inputs, d numbers from index `at` on
   * Cost: 2nd + 8n multiply-adds.
   */
  forward(layer: Layer, h: Float64Array, u: Float32Array, at: number): void;

  /**
   * One step of the recurrence together with its traces, which are changed in place.
   *
   * @param u inputs, d numbers from index `at` on
   * Cost: 6nd + 24n multiply-adds.
   */
  trace(layer: Layer, traces: Traces, u: Float32Array, at: number): void;

  /**
   * The gradient of a loss with respect to the parameters of a layer, from the traces.
   *
   * @param dh ∂loss/∂h, length 2n
   * @param gradient 3n + 2nd numbers, overwritten
   * Cost: 4nd + 16n multiply-adds.
   */
  layerGradient(layer: Layer, traces: Traces, dh: Float64Array, gradient: Float64Array): void;

  /**
   * The output of a gated readout for features φ; leaves in `hidden` what the gradient needs.
   * Cost: 2mF + F multiply-adds.
   */
  readout(output: Output, phi: Float64Array): number;

  /**
   * The gradient of a loss with respect to the parameters of a readout and to its first features, at the φ that `readout`
   * has just seen.
   *
   * @param delta ∂loss/∂output
   * @param gradient F + m + 2mF numbers from index `at` on, overwritten
   * @param dphi ∂loss/∂φ for its first `dphi.length` entries, overwritten
   */
  readoutGradient(
    output: Output,
    delta: number,
    phi: Float64Array,
    gradient: Float64Array,
    at: number,
    dphi: Float64Array,
  ): void;

  /**
   * A step of Adam for parameters[from … to).
   *
   * @param moments running means of the gradient and of its square, changed in place
   * @param of scale: what multiplies the gradient; size: rate with its correction; correction of the mean square
   */
  adam(
    parameters: Float64Array,
    gradient: Float64Array,
    moments: { mean: Float32Array; square: Float32Array },
    from: number,
    to: number,
    of: { scale: number; size: number; correction: number },
  ): void;

  /** Sum of the squares of values[from … to). */
  square(values: Float64Array, from: number, to: number): number;

  /** Square of the distance of two points. */
  distance(a: Float64Array, b: Float64Array): number;
}

/** A layer of n units over d inputs, see `Lru`. */
export interface Layer {
  readonly units: number;
  readonly inputs: number;
  /** ν (n), θ (n), g (n), Re B (n × d), Im B (n × d); there may be more behind them. */
  readonly parameters: Float64Array;
  /** Re λ (n), Im λ (n), exp ν (n), exp θ (n), γ (n). */
  readonly derived: Float64Array;
}

/** What real-time recurrent learning carries from reading to reading, see `LruTraces`. */
export interface Traces {
  readonly h: Float64Array;
  readonly e: Float64Array;
  readonly c: Float64Array;
  readonly E: Float64Array;
}

/** A readout of m gates over F features, see `Readout`. */
export interface Output {
  readonly features: number;
  readonly gates: number;
  /** w (F), v (m), A (m × F), G (m × F). */
  readonly parameters: Float64Array;
  /** Of each gate the linear part, then of each how far it is open: 2m numbers. */
  readonly hidden: Float64Array;
}
