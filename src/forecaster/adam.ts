import type { Arena } from "../kernel/arena";
import { f32, state } from "../record/state";

const BETA1 = 0.9;
const BETA2 = 0.999;

/**
 * Adam: a step along the smoothed gradient, divided by its smoothed magnitude, so that one rate fits sensors of any unit.
 *
 * Source: Kingma and Ba 2015, "Adam: A Method for Stochastic Optimization", algorithm 1.
 */
export class Adam {
  readonly state;

  /**
   * @param length how many parameters
   * @param arena where its numbers lie, and those of the parameters and gradients
   */
  constructor(
    length: number,
    private readonly arena: Arena,
  ) {
    const declaration = {
      /** In single precision: they are averages of noise, and half of what an asset costs would be theirs. */
      mean: f32(length),
      square: f32(length),
      /** β₁ᵗ and β₂ᵗ. */
      power1: 1,
      power2: 1,
    };
    this.state = state(declaration, arena.take);
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
    const size = rate / (1 - state.power1);
    const correction = 1 / (1 - state.power2);
    this.arena.kernel.adam(parameters, gradient, state, from, to, { scale, size, correction });
  }

  /** Forgets all gradients seen. */
  clear(): void {
    this.state.mean.fill(0);
    this.state.square.fill(0);
    this.state.power1 = 1;
    this.state.power2 = 1;
  }
}
