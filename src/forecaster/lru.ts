import { Arena } from "../kernel/arena";
import type { Layer, Traces } from "../kernel/kernel";
import type { Random } from "./random";

/**
 * What real-time recurrent learning carries from reading to reading, beside the state: how the state depends on each
 * parameter of the layer. Complex numbers are interleaved (real, imaginary).
 */
export class LruTraces implements Traces {
  /** State of the n units, length 2n. */
  readonly h: Float64Array;
  /** ∂h/∂λ, length 2n. */
  readonly e: Float64Array;
  /** ∂h/∂γ, length 2n. */
  readonly c: Float64Array;
  /** ∂h/∂B divided by γ, unit by unit and input by input, length 2nd. */
  readonly E: Float64Array;

  constructor(units: number, inputs: number, arena: Arena) {
    this.h = arena.f64(2 * units);
    this.e = arena.f64(2 * units);
    this.c = arena.f64(2 * units);
    this.E = arena.f64(2 * units * inputs);
  }

  /** Forgets the past: state and traces become 0. */
  clear(): void {
    for (const part of [this.h, this.e, this.c, this.E]) part.fill(0);
  }
}

/**
 * One layer of a Linear Recurrent Unit: h ← λ ⊙ h + γ ⊙ (B u), complex and diagonal, with
 * λ = exp(−exp ν + i exp θ) and γ = exp g. Being diagonal, its exact real-time recurrent learning gradient costs no more
 * than a constant times the forward step.
 *
 * Parameters lie in one array: ν (n), θ (n), g (n), Re B (n × d), Im B (n × d).
 *
 * Source: Orvieto et al. 2023, "Resurrecting Recurrent Neural Networks for Long Sequences", section 3; traces after
 * Zucchet et al. 2023, "Online learning of long-range dependencies", eq. 5 to 7; use for fine-tuning after
 * arXiv 2508.00804.
 */
export class Lru implements Layer {
  /** Re λ, Im λ, two more that the kernels need, and γ; n of each. */
  readonly derived: Float64Array;

  /** How many numbers a layer of n units and d inputs needs: 3n + 2nd. */
  static parameterCount(units: number, inputs: number): number {
    return 3 * units + 2 * units * inputs;
  }

  /**
   * @param units n, complex units
   * @param inputs d, length of an input vector
   * @param parameters where the parameters live; only the first 3n + 2nd numbers are used. Call `refresh` after changes.
   * @param arena of the parameters, and of all arrays that are given
   */
  constructor(
    readonly units: number,
    readonly inputs: number,
    public parameters: Float64Array,
    private readonly arena = Arena.plain(),
  ) {
    this.derived = arena.f64(5 * units);
  }

  private get b(): [re: Float64Array, im: Float64Array] {
    // The kernels need no such views, and what remains is rare: kept, they would be a tenth of an asset's objects.
    const { parameters, units, inputs } = this;
    const [re, im, end] = [3 * units, 3 * units + units * inputs, Lru.parameterCount(units, inputs)];
    return [parameters.subarray(re, im), parameters.subarray(im, end)];
  }

  private get gamma(): Float64Array {
    return this.derived.subarray(4 * this.units);
  }

  /**
   * Draws parameters: time constants log-uniform and stratified in [1, 200] readings, phases within [0, min(π, 8π/τ)]
   * (a slow unit that also turned fast would only hum), γ = |1 − λ| so that each unit has gain 1 at rest, B ~ N(0, 1/2d).
   */
  initialise(random: Random): void {
    const n = this.units;
    const [nu, theta, g] = [0, n, 2 * n].map((at) => this.parameters.subarray(at, at + n));
    const [bRe, bIm] = this.b;
    for (let i = 0; i < n; i++) {
      const tau = 200 ** ((i + random.uniform()) / n);
      const phase = Math.max(1e-3, random.uniform() * Math.min(Math.PI, (8 * Math.PI) / tau));
      nu[i] = Math.log(1 / tau);
      theta[i] = Math.log(phase);
      const radius = Math.exp(-1 / tau);
      g[i] = Math.log(Math.hypot(1 - radius * Math.cos(phase), radius * Math.sin(phase)));
    }
    const spread = Math.sqrt(1 / (2 * this.inputs));
    for (let i = 0; i < bRe.length; i++) {
      bRe[i] = spread * random.normal();
      bIm[i] = spread * random.normal();
    }
    this.refresh();
  }

  /** Keeps the layer stable after an update, and works λ and γ out again. */
  clamp(): void {
    this.arena.kernel.refresh(this, true);
  }

  /** Works λ and γ out again, after the parameters have changed. */
  refresh(): void {
    this.arena.kernel.refresh(this, false);
  }

  /**
   * One step of the recurrence alone.
   *
   * @param h state, length 2n, changed in place
   * @param u inputs, d numbers from index `at` on, standardised, no NaN
   * Cost: 2nd + 8n multiply-adds. Allocates nothing.
   */
  forward(h: Float64Array, u: Float32Array, at: number): void {
    this.arena.kernel.forward(this, h, u, at);
  }

  /**
   * Corrects a state for what is now known of the newest inputs. Exact, since the state is linear in them.
   *
   * @param h state after `forward`, length 2n, changed in place
   * @param change by how much each of those d inputs was wrong, standardised
   * Cost: 2nd + 2n multiply-adds. Allocates nothing.
   */
  correct(h: Float64Array, change: Float64Array): void {
    const d = this.inputs;
    const { gamma } = this;
    const [bRe, bIm] = this.b;
    for (let i = 0, row = 0; i < this.units; i++, row += d) {
      let re = 0;
      let im = 0;
      for (let k = 0; k < d; k++) {
        re += bRe[row + k] * change[k];
        im += bIm[row + k] * change[k];
      }
      h[2 * i] += gamma[i] * re;
      h[2 * i + 1] += gamma[i] * im;
    }
  }

  /**
   * How an output moves with input k of the newest reading, through the state.
   *
   * @param dh ∂output/∂h, length 2n
   */
  slope(k: number, dh: Float64Array): number {
    const d = this.inputs;
    const { gamma } = this;
    const [bRe, bIm] = this.b;
    let sum = 0;
    for (let i = 0; i < this.units; i++) {
      const at = i * d + k;
      sum += gamma[i] * (dh[2 * i] * bRe[at] + dh[2 * i + 1] * bIm[at]);
    }
    return sum;
  }

  /**
   * What each input has brought into the state over the last steps: the part of it that would not be there had the input
   * not moved. Exact, and the parts add up, since the state is linear in the inputs.
   *
   * @param moved by how much each of the d inputs was away from where it would have stayed, step by step
   * @param steps how many, the newest one last
   * @param input which of them
   * @param to where the part goes, 2n numbers from index `at` on, overwritten
   * Cost: 4n multiply-adds a step. Allocates nothing.
   */
  effect(moved: Float64Array, steps: number, input: number, to: Float64Array, at: number): void {
    const { inputs: d, units: n, derived, gamma } = this;
    const [bRe, bIm] = this.b;
    for (let i = 0; i < n; i++) {
      const lRe = derived[i];
      const lIm = derived[n + i];
      let eRe = 0;
      let eIm = 0;
      for (let s = 0, m = input; s < steps; s++, m += d) {
        const re = lRe * eRe - lIm * eIm + moved[m];
        eIm = lRe * eIm + lIm * eRe;
        eRe = re;
      }
      const re = gamma[i] * bRe[i * d + input];
      const im = gamma[i] * bIm[i * d + input];
      to[at + 2 * i] = re * eRe - im * eIm;
      to[at + 2 * i + 1] = re * eIm + im * eRe;
    }
  }

  /**
   * One step of the recurrence together with its traces.
   *
   * @param t state and traces, changed in place
   * @param u inputs, d numbers from index `at` on, standardised, no NaN
   * Cost: 6nd + 24n multiply-adds. Allocates nothing.
   */
  trace(t: LruTraces, u: Float32Array, at: number): void {
    this.arena.kernel.trace(this, t, u, at);
  }

  /**
   * The gradient of a loss with respect to all parameters, from the traces alone: no look back in time.
   *
   * @param t traces after the step at which the loss stands
   * @param dh ∂loss/∂h, length 2n
   * @param gradient where it goes, 3n + 2nd numbers, overwritten
   * Cost: 4nd + 16n multiply-adds. Allocates nothing.
   */
  gradient(t: LruTraces, dh: Float64Array, gradient: Float64Array): void {
    this.arena.kernel.layerGradient(this, t, dh, gradient);
  }
}
