import type { Parts } from "../record/part";
import { f32, f64, state } from "../record/state";

/** An error beyond so many usual ones pulls no harder than this many. */
const HUBER = 1.5;
/** The usual error follows the last so many labels. */
const USUAL_MEMORY = 100;

/**
 * What recursive least squares knows of its regressors: the inverse of their correlation, P. It depends on no label, so
 * that one serves all horizons; each has its own weights (`Regression`).
 *
 * Source: Haykin, "Adaptive Filter Theory", ch. 10. A step costs n² multiplications for n regressors.
 */
export class LeastSquares {
  readonly state;
  private readonly rings;
  private readonly g: Float64Array;

  /**
   * @param from first of the regressors that are used, and the one after the last
   * @param rows the regressors of the readings that are kept, in single precision, row by row
   * @param width length of a row
   * @param forgetting share that is kept from label to label, such as 0.9998
   * @param shared whether several horizons ask for the gain of the same reading
   */
  constructor(
    readonly from: number,
    to: number,
    readonly rows: Float32Array,
    readonly width: number,
    private readonly forgetting: number,
    private readonly shared: boolean,
  ) {
    const n = to - from;
    this.g = new Float64Array(n);
    /** Lower triangle of P, row by row; it starts as 1. */
    this.state = state({ P: f64((n * (n + 1)) / 2) });
    const capacity = rows.length / width;
    const ring = { total: "history.total" };
    this.rings = state({
      gain: f32(shared ? n * capacity : n, shared ? { ring: { ...ring, width: n } } : {}),
      has: f32(shared ? capacity : 1, shared ? { ring } : {}),
    });
    this.clear();
  }

  get length(): number {
    return this.g.length;
  }

  /** Knows nothing. */
  clear(): void {
    const { P } = this.state;
    P.fill(0);
    for (let i = 0, at = 0; i < this.length; i++, at += i + 1) P[at] = 1;
    this.rings.has.fill(0);
  }

  /** A new reading lies in this slot. */
  open(slot: number): void {
    this.rings.has[this.shared ? slot : 0] = 0;
  }

  /** The forecast by these weights from the reading in a slot. */
  answer(slot: number, weights: Float64Array): number {
    const { rows, width, from } = this;
    const at = slot * width + from;
    let y = 0;
    for (let i = 0; i < weights.length; i++) y += weights[i] * rows[at + i];
    return y;
  }

  /**
   * The gain of a reading: by how much the weights answer to its error. Worked out when the first of its labels comes.
   *
   * @param weight of that label, above 0 … 1
   * @returns the gains and where those of this reading begin
   */
  gain(slot: number, weight: number): { gain: Float32Array; at: number } {
    const { rings, g, length } = this;
    const at = this.shared ? slot * length : 0;
    const found = { gain: rings.gain, at };
    const mark = this.shared ? slot : 0;
    if (this.shared && rings.has[mark] > 0) return found;
    rings.has[mark] = 1;
    const { P } = this.state;
    const { rows, width, from } = this;
    const row = slot * width + from;
    g.fill(0);
    let trace = 0;
    for (let i = 0, p = 0; i < length; i++) {
      const x = rows[row + i];
      let sum = 0;
      for (let j = 0; j < i; j++, p++) {
        sum += P[p] * rows[row + j];
        g[j] += P[p] * x;
      }
      g[i] += sum + P[p] * x;
      trace += P[p++];
    }
    // Directions that nothing excites must not grow without bound.
    const keep = trace < length ? this.forgetting : 1;
    let power = this.forgetting / weight;
    for (let i = 0; i < length; i++) power += g[i] * rows[row + i];
    for (let i = 0, p = 0; i < length; i++) {
      const share = g[i] / power;
      rings.gain[at + i] = share;
      for (let j = 0; j <= i; j++, p++) P[p] = (P[p] - share * g[j]) / keep;
    }
    return found;
  }

  parts(): Parts {
    return { inverse: this.state, ...(this.shared ? { gains: this.rings } : {}) };
  }
}

/** The weights of one horizon over the regressors, today's and those last approved. */
export class Regression {
  readonly state;

  constructor(readonly squares: LeastSquares) {
    const n = squares.length;
    this.state = state({
      weights: f64(n),
      base: f64(n),
      /** Usual size of the error. */
      usual: 1,
    });
  }

  answer(slot: number): number {
    return this.squares.answer(slot, this.state.weights);
  }

  /** What the weights last approved answer. */
  baseAnswer(slot: number): number {
    return this.squares.answer(slot, this.state.base);
  }

  /**
   * Learns from a label of the reading in a slot.
   *
   * @param target the label, in the unit of the answers
   * @param weight of learning, 0 … 1
   */
  learn(slot: number, target: number, weight: number): void {
    const { state } = this;
    const error = target - this.answer(slot);
    if (!(weight > 1e-6) || !Number.isFinite(error)) return;
    const size = Math.abs(error);
    const bound = HUBER * state.usual;
    state.usual += (Math.min(size, 5 * state.usual) - state.usual) / USUAL_MEMORY;
    // A weight that grows with the residual's smallness: Huber's.
    const { gain, at } = this.squares.gain(slot, weight * Math.min(1, bound / Math.max(size, 1e-12)));
    for (let i = 0; i < state.weights.length; i++) state.weights[i] += gain[at + i] * error;
  }

  approve(): void {
    this.state.base.set(this.state.weights);
  }

  rollback(): void {
    this.state.weights.set(this.state.base);
  }
}
