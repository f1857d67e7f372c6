import { Arena } from "../kernel/arena";
import type { Output } from "../kernel/kernel";
import type { Random } from "./random";

/** Logits that differ by less are taken for one. */
const NEAR = 1e-4;

/**
 * The output layer: y = w·φ + v·((A φ) ⊙ sigmoid(G φ)), a linear part and m gated ones. With w = v = 0 its output is
 * exactly 0, which is how a new model starts as the naive forecast.
 *
 * Parameters lie in one array: w (F), v (m), A (m × F), G (m × F).
 *
 * Source: the gated linear unit of Dauphin et al. 2017, as the output of a state-space layer.
 */
export class Readout implements Output {
  /** A φ, then sigmoid(G φ), at the φ that `forward` has seen. */
  readonly hidden: Float64Array;

  /** How many numbers m gates over F features need: F + m + 2mF. */
  static parameterCount(features: number, gates: number): number {
    return features + gates + 2 * gates * features;
  }

  /**
   * @param features F, length of φ
   * @param gates m
   * @param parameters where the parameters live, F + m + 2mF numbers
   * @param arena of the parameters, and of all arrays that are given
   */
  constructor(
    readonly features: number,
    readonly gates: number,
    public parameters: Float64Array,
    private readonly arena = Arena.plain(),
  ) {
    this.hidden = arena.f64(2 * gates);
  }

  private views(): Record<"w" | "v" | "A" | "G", Float64Array> {
    // Made when they are needed: the kernels need none of them.
    const { parameters, features: F, gates: m } = this;
    const [v, A, G] = [F, F + m, F + m + m * F];
    return {
      w: parameters.subarray(0, v),
      v: parameters.subarray(v, A),
      A: parameters.subarray(A, G),
      G: parameters.subarray(G, G + m * F),
    };
  }

  /** Draws A and G ~ N(0, 1/F); w = v = 0. */
  initialise(random: Random): void {
    const { w, v, A, G } = this.views();
    const spread = Math.sqrt(1 / this.features);
    w.fill(0);
    v.fill(0);
    for (let i = 0; i < A.length; i++) {
      A[i] = spread * random.normal();
      G[i] = spread * random.normal();
    }
  }

  /**
   * The output for features φ (length F, finite). Keeps what `slopes` and `gradient` need.
   * Cost: 2mF + F multiply-adds.
   */
  forward(phi: Float64Array): number {
    return this.arena.kernel.readout(this, phi);
  }

  /**
   * How the output moves with the features, at the φ that `forward` has just seen.
   *
   * @param dphi where ∂output/∂φ goes for its first `dphi.length` entries, overwritten
   */
  slopes(dphi: Float64Array): void {
    const { features: F, gates, hidden } = this;
    const { w, v, A, G } = this.views();
    for (let k = 0; k < dphi.length; k++) dphi[k] = w[k];
    for (let j = 0, row = 0; j < gates; j++, row += F) {
      const gate = hidden[gates + j];
      const onLinear = v[j] * gate;
      const onLogit = onLinear * hidden[j] * (1 - gate);
      for (let k = 0; k < dphi.length; k++) dphi[k] += onLinear * A[row + k] + onLogit * G[row + k];
    }
  }

  /**
   * Slopes c between two inputs, such that the output's change is exactly c·(after − before). A gate's product changes by
   * the mean of one factor times the change of the other, so that neither of the two is preferred.
   *
   * @param before and after: φ, length F
   * @param to where c goes, length F, overwritten
   * Source: secants instead of slopes as in Shrikumar et al. 2017, "Learning important features through propagating
   * activation differences"; the even split of a product is its Shapley value.
   */
  secants(before: Float64Array, after: Float64Array, to: Float64Array): void {
    const F = this.features;
    const { w, v, A, G } = this.views();
    to.set(w);
    for (let j = 0, row = 0; j < this.gates; j++, row += F) {
      let linear0 = 0;
      let linear1 = 0;
      let logit0 = 0;
      let logit1 = 0;
      for (let k = 0; k < F; k++) {
        linear0 += A[row + k] * before[k];
        linear1 += A[row + k] * after[k];
        logit0 += G[row + k] * before[k];
        logit1 += G[row + k] * after[k];
      }
      const gate0 = 1 / (1 + Math.exp(-logit0));
      const gate1 = 1 / (1 + Math.exp(-logit1));
      const gate = (gate0 + gate1) / 2;
      // Where the logit hardly moves, the difference of two equal numbers says less than the slope.
      const isNear = Math.abs(logit1 - logit0) < NEAR;
      const steepness = isNear ? gate * (1 - gate) : (gate1 - gate0) / (logit1 - logit0);
      const onLinear = v[j] * gate;
      const onLogit = (v[j] * (linear0 + linear1) * steepness) / 2;
      for (let k = 0; k < F; k++) to[k] += onLinear * A[row + k] + onLogit * G[row + k];
    }
  }

  /**
   * Gradients of a loss at the φ that `forward` has just seen.
   *
   * @param delta ∂loss/∂output
   * @param phi the same features
   * @param gradient where ∂loss/∂parameters goes from index `at` on, overwritten
   * @param dphi where ∂loss/∂φ goes for its first `dphi.length` entries (the recurrent ones), overwritten
   */
  gradient(delta: number, phi: Float64Array, gradient: Float64Array, at: number, dphi: Float64Array): void {
    this.arena.kernel.readoutGradient(this, delta, phi, gradient, at, dphi);
  }
}
