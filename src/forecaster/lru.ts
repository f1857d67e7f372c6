import type { Random } from "./random";

/**
 * Added and taken away again, it turns numbers below 1e-34 into 0. A state that decays for hours would otherwise end in
 * denormal numbers, which a processor handles many times slower.
 */
const FLUSH = 1e-18;

/** The slowest and fastest decay that learning may reach: time constants from 0.14 to 9,900 readings. */
const NU_MIN = -9.2;
const NU_MAX = 2;
const THETA_MAX = Math.log(Math.PI);

/**
 * What real-time recurrent learning carries from reading to reading, beside the state: how the state depends on each
 * parameter of the layer. Complex numbers are interleaved (real, imaginary).
 */
export class LruTraces {
  /** State of the n units, length 2n. */
  readonly h: Float64Array;
  /** ∂h/∂λ, length 2n. */
  readonly e: Float64Array;
  /** ∂h/∂γ, length 2n. */
  readonly c: Float64Array;
  /** ∂h/∂B divided by γ, unit by unit and input by input, length 2nd. */
  readonly E: Float64Array;

  constructor(units: number, inputs: number) {
    this.h = new Float64Array(2 * units);
    this.e = new Float64Array(2 * units);
    this.c = new Float64Array(2 * units);
    this.E = new Float64Array(2 * units * inputs);
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
export class Lru {
  private readonly nu: Float64Array;
  private readonly theta: Float64Array;
  private readonly g: Float64Array;
  private readonly bRe: Float64Array;
  private readonly bIm: Float64Array;
  private readonly lambdaRe: Float64Array;
  private readonly lambdaIm: Float64Array;
  private readonly gamma: Float64Array;

  /** How many numbers a layer of n units and d inputs needs: 3n + 2nd. */
  static parameterCount(units: number, inputs: number): number {
    return 3 * units + 2 * units * inputs;
  }

  /**
   * @param units n, complex units
   * @param inputs d, length of an input vector
   * @param parameters where the parameters live; only the first 3n + 2nd numbers are used. Call `refresh` after changes.
   */
  constructor(
    readonly units: number,
    readonly inputs: number,
    parameters: Float64Array,
  ) {
    const n = units;
    const nd = units * inputs;
    this.nu = parameters.subarray(0, n);
    this.theta = parameters.subarray(n, 2 * n);
    this.g = parameters.subarray(2 * n, 3 * n);
    this.bRe = parameters.subarray(3 * n, 3 * n + nd);
    this.bIm = parameters.subarray(3 * n + nd, 3 * n + 2 * nd);
    this.lambdaRe = new Float64Array(n);
    this.lambdaIm = new Float64Array(n);
    this.gamma = new Float64Array(n);
  }

  /**
   * Draws parameters: time constants log-uniform and stratified in [1, 200] readings, phases within [0, min(π, 8π/τ)]
   * (a slow unit that also turned fast would only hum), γ = |1 − λ| so that each unit has gain 1 at rest, B ~ N(0, 1/2d).
   */
  initialise(random: Random): void {
    const n = this.units;
    for (let i = 0; i < n; i++) {
      const tau = 200 ** ((i + random.uniform()) / n);
      const phase = Math.max(1e-3, random.uniform() * Math.min(Math.PI, (8 * Math.PI) / tau));
      this.nu[i] = Math.log(1 / tau);
      this.theta[i] = Math.log(phase);
      const radius = Math.exp(-1 / tau);
      this.g[i] = Math.log(Math.hypot(1 - radius * Math.cos(phase), radius * Math.sin(phase)));
    }
    const spread = Math.sqrt(1 / (2 * this.inputs));
    for (let i = 0; i < this.bRe.length; i++) {
      this.bRe[i] = spread * random.normal();
      this.bIm[i] = spread * random.normal();
    }
    this.refresh();
  }

  /** Keeps the layer stable after an update: |λ| < 1, phase ≤ π, and a gain that a slow unit cannot blow up. */
  clamp(): void {
    for (let i = 0; i < this.units; i++) {
      const nu = Math.min(NU_MAX, Math.max(NU_MIN, this.nu[i]));
      this.nu[i] = nu;
      if (this.theta[i] > THETA_MAX) this.theta[i] = THETA_MAX;
      const gMax = 0.5 * Math.log(1 - Math.exp(-2 * Math.exp(nu))) + 1;
      if (this.g[i] > gMax) this.g[i] = gMax;
    }
  }

  /** Works λ and γ out again, after the parameters have changed. */
  refresh(): void {
    for (let i = 0; i < this.units; i++) {
      const radius = Math.exp(-Math.exp(this.nu[i]));
      const phase = Math.exp(this.theta[i]);
      this.lambdaRe[i] = radius * Math.cos(phase);
      this.lambdaIm[i] = radius * Math.sin(phase);
      this.gamma[i] = Math.exp(this.g[i]);
    }
  }

  /**
   * One step of the recurrence alone.
   *
   * @param h state, length 2n, changed in place
   * @param u inputs, d numbers from index `at` on, standardised, no NaN
   * Cost: 2nd + 8n multiply-adds. Allocates nothing.
   */
  forward(h: Float64Array, u: Float32Array, at: number): void {
    const d = this.inputs;
    const { bRe, bIm, lambdaRe, lambdaIm, gamma } = this;
    for (let i = 0, row = 0; i < this.units; i++, row += d) {
      let re = 0;
      let im = 0;
      for (let k = 0; k < d; k++) {
        re += bRe[row + k] * u[at + k];
        im += bIm[row + k] * u[at + k];
      }
      const hRe = h[2 * i];
      const hIm = h[2 * i + 1];
      h[2 * i] = lambdaRe[i] * hRe - lambdaIm[i] * hIm + gamma[i] * re + FLUSH - FLUSH;
      h[2 * i + 1] = lambdaRe[i] * hIm + lambdaIm[i] * hRe + gamma[i] * im + FLUSH - FLUSH;
    }
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
    const { bRe, bIm, gamma } = this;
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
    let sum = 0;
    for (let i = 0; i < this.units; i++) {
      const at = i * d + k;
      sum += this.gamma[i] * (dh[2 * i] * this.bRe[at] + dh[2 * i + 1] * this.bIm[at]);
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
    const d = this.inputs;
    for (let i = 0; i < this.units; i++) {
      const lRe = this.lambdaRe[i];
      const lIm = this.lambdaIm[i];
      let eRe = 0;
      let eIm = 0;
      for (let s = 0, m = input; s < steps; s++, m += d) {
        const re = lRe * eRe - lIm * eIm + moved[m];
        eIm = lRe * eIm + lIm * eRe;
        eRe = re;
      }
      const bRe = this.gamma[i] * this.bRe[i * d + input];
      const bIm = this.gamma[i] * this.bIm[i * d + input];
      to[at + 2 * i] = bRe * eRe - bIm * eIm;
      to[at + 2 * i + 1] = bRe * eIm + bIm * eRe;
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
    const d = this.inputs;
    const { bRe, bIm, lambdaRe, lambdaIm, gamma } = this;
    const { h, e, c, E } = t;
    for (let i = 0, row = 0; i < this.units; i++, row += d) {
      const lRe = lambdaRe[i];
      const lIm = lambdaIm[i];
      let re = 0;
      let im = 0;
      for (let k = 0; k < d; k++) {
        const input = u[at + k];
        re += bRe[row + k] * input;
        im += bIm[row + k] * input;
        const j = 2 * (row + k);
        const eRe = E[j];
        const eIm = E[j + 1];
        E[j] = lRe * eRe - lIm * eIm + input + FLUSH - FLUSH;
        E[j + 1] = lRe * eIm + lIm * eRe + FLUSH - FLUSH;
      }
      const r = 2 * i;
      const s = r + 1;
      const hRe = h[r];
      const hIm = h[s];
      const dRe = e[r];
      const dIm = e[s];
      e[r] = lRe * dRe - lIm * dIm + hRe + FLUSH - FLUSH;
      e[s] = lRe * dIm + lIm * dRe + hIm + FLUSH - FLUSH;
      const cRe = c[r];
      const cIm = c[s];
      c[r] = lRe * cRe - lIm * cIm + re + FLUSH - FLUSH;
      c[s] = lRe * cIm + lIm * cRe + im + FLUSH - FLUSH;
      h[r] = lRe * hRe - lIm * hIm + gamma[i] * re + FLUSH - FLUSH;
      h[s] = lRe * hIm + lIm * hRe + gamma[i] * im + FLUSH - FLUSH;
    }
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
    const n = this.units;
    const d = this.inputs;
    const { e, c, E } = t;
    const reAt = 3 * n;
    const imAt = 3 * n + n * d;
    for (let i = 0, row = 0; i < n; i++, row += d) {
      const a = dh[2 * i];
      const b = dh[2 * i + 1];
      const qRe = this.lambdaRe[i] * e[2 * i] - this.lambdaIm[i] * e[2 * i + 1];
      const qIm = this.lambdaRe[i] * e[2 * i + 1] + this.lambdaIm[i] * e[2 * i];
      const gamma = this.gamma[i];
      gradient[i] = -Math.exp(this.nu[i]) * (a * qRe + b * qIm);
      gradient[n + i] = Math.exp(this.theta[i]) * (b * qRe - a * qIm);
      gradient[2 * n + i] = gamma * (a * c[2 * i] + b * c[2 * i + 1]);
      for (let k = 0; k < d; k++) {
        const eRe = E[2 * (row + k)];
        const eIm = E[2 * (row + k) + 1];
        gradient[reAt + row + k] = gamma * (a * eRe + b * eIm);
        gradient[imAt + row + k] = gamma * (b * eRe - a * eIm);
      }
    }
  }
}
