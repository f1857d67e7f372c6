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
  /** In single precision: they are averages of noise, and half of what an asset costs would be theirs. */
  private readonly mean: Float32Array;
  private readonly square: Float32Array;
  /** β₁ᵗ and β₂ᵗ. */
  private readonly powers = new Float64Array([1, 1]);
  /** Scale of the gradient and learning rate of the step at hand. */
  private readonly now = new Float64Array(2);

  /** @param length how many parameters */
  constructor(length: number) {
    this.mean = new Float32Array(length);
    this.square = new Float32Array(length);
  }

  /**
   * Begins the t-th step: call once before `step` is called for one or more ranges.
   *
   * @param step what multiplies the gradient (norm clipping), and the learning rate: in an array since arguments would
   *   be boxed
   */
  advance(step: Float64Array): void {
    this.now.set(step);
    // Below this the correction 1/(1 − βᵗ) is 1 to the last bit; going on would end in denormal numbers.
    for (let i = 0; i < 2; i++) if (this.powers[i] > 1e-20) this.powers[i] *= i === 0 ? BETA1 : BETA2;
  }

  /**
   * Moves parameters[from … to) against their gradient.
   *
   * @param times the rate, a small whole number
   * Allocates nothing.
   */
  step(parameters: Float64Array, gradient: Float64Array, from: number, to: number, times: number): void {
    const { mean, square } = this;
    const scale = this.now[0];
    const size = (times * this.now[1]) / (1 - this.powers[0]);
    const correction = 1 / (1 - this.powers[1]);
    for (let i = from; i < to; i++) {
      const slope = gradient[i] * scale;
      const m = BETA1 * mean[i] + (1 - BETA1) * slope + FLUSH - FLUSH;
      const s = BETA2 * square[i] + (1 - BETA2) * slope * slope + FLUSH - FLUSH;
      mean[i] = m;
      square[i] = s;
      parameters[i] -= (size * m) / (Math.sqrt(s * correction) + EPSILON);
    }
  }

  /** Forgets the direction of the gradients seen; how large they were stays known. */
  stop(): void {
    this.mean.fill(0);
  }

  /** Forgets all gradients seen. */
  clear(): void {
    this.mean.fill(0);
    this.square.fill(0);
    this.powers.fill(1);
  }

  /** All that has to be remembered, in a fixed order. */
  buffers(): (Float64Array | Float32Array)[] {
    return [this.mean, this.square, this.powers];
  }
}
