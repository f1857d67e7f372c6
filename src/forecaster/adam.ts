import { f32, state } from "../record/state";

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;
/** Added and taken away again, it turns numbers below 1e-36 into 0: slower, smaller ones would be denormal. */
const FLUSH = 1e-20;

/**
 * Adam: a step along the smoothed gradient, divided by its smoothed magnitude, so that one rate fits sensors of any unit.
 *
 * Source: Kingma and Ba 2015, "Adam: A Method for Stochastic Optimization", algorithm 1.
 */
export class Adam {
  readonly state;

  /** @param length how many parameters */
  constructor(length: number) {
    this.state = state({
      /** In single precision: they are averages of noise, and half of what an asset costs would be theirs. */
      mean: f32(length),
      square: f32(length),
      /** β₁ᵗ and β₂ᵗ. */
      power1: 1,
      power2: 1,
    });
  }

  /** Begins the t-th step: call once before `step` is called for one or more ranges. */
  advance(): void {
    const { state } = this;
    // Below this the correction 1/(1 − βᵗ) is 1 to the last bit; going on would end in denormal numbers.
    if (state.power1 > 1e-20) state.power1 *= BETA1;
    if (state.power2 > 1e-20) state.power2 *= BETA2;
  }

  /**
   * Moves parameters[from … to) against their gradient.
   *
   * @param scale what multiplies the gradient (norm clipping)
   * @param rate learning rate
   */
  step(parameters: Float64Array, gradient: Float64Array, from: number, to: number, scale: number, rate: number): void {
    const { state } = this;
    const { mean, square } = state;
    const size = rate / (1 - state.power1);
    const correction = 1 / (1 - state.power2);
    for (let i = from; i < to; i++) {
      const slope = gradient[i] * scale;
      const m = BETA1 * mean[i] + (1 - BETA1) * slope + FLUSH - FLUSH;
      const s = BETA2 * square[i] + (1 - BETA2) * slope * slope + FLUSH - FLUSH;
      mean[i] = m;
      square[i] = s;
      parameters[i] -= (size * m) / (Math.sqrt(s * correction) + EPSILON);
    }
  }

  /** Forgets all gradients seen. */
  clear(): void {
    this.state.mean.fill(0);
    this.state.square.fill(0);
    this.state.power1 = 1;
    this.state.power2 = 1;
  }
}
