import { Arena } from "../kernel/arena";
import { type Parts, within } from "../record/part";
import { f32, f64, state } from "../record/state";
import type { Window } from "../record/window";
import { Bias } from "./bias";
import type { History } from "./history";
import { LeastSquares, Regression } from "./least-squares";
import { productsOf } from "./products";
import { FAMILIAR, FAMILIAR_SQUARED, FORGETTING } from "./regressors";
import type { SensorRow } from "./sensor-row";

/** A column counts up to here: squares of larger ones, and products of squares, would be nothing but rounding. */
const FARTHEST = 1000;
/** Their answers: the plain one as it is and corrected by its last errors, and the squared one. */
export const ANSWERS = 3;

/**
 * The simplest models of a soft sensor: least squares on the inputs as they come, over all levels, the same corrected by its
 * last errors, and least squares on their squares and products. With few labels nothing learns faster. What they count in is
 * fixed when the first readings have come, so that what was learnt from the first labels stays right, and what is true at
 * one level helps at the others.
 */
export class PlainRegressions {
  private readonly state;
  private readonly rings;
  /** Where a reading's columns lie in them. */
  private readonly readings: Window;
  /** On the inputs, and on these and their products. */
  private readonly regressions: readonly [plain: Regression, squared: Regression];
  private readonly bias = new Bias();
  private readonly inputs: number;
  /** The columns of the reading looked at last: its inputs, 1, their products. */
  private readonly row: Float32Array;

  /**
   * @param sensors where inputs and target live
   * @param history the asset's readings
   * @param arena where the numbers lie
   */
  constructor(
    private readonly sensors: Pick<SensorRow, "levels" | "targetLevels">,
    history: History,
    arena = Arena.plain(),
  ) {
    const inputs = sensors.levels.length;
    this.inputs = inputs;
    const width = inputs + 1;
    const all = width + productsOf(inputs).length;
    this.row = arena.f32(all);
    this.state = state({
      /** What an answer of 0 and of 1 means, in the target's unit; unit 0 = nothing is known yet. */
      anchor: 0,
      unit: 0,
      /** By input: what a column of 0 and of 1 means; scale 0 = it has not moved yet. */
      centre: f64(inputs),
      scale: f64(inputs),
    });
    this.readings = history.unread;
    this.rings = state({ values: f32(0, { ring: { total: "history.total", window: "unread", width: inputs } }) });
    this.readings.hold(this.rings);
    const of = { from: 0, forgetting: FORGETTING, seesLevels: true, dormant: 0 };
    this.regressions = [
      new Regression(new LeastSquares({ ...of, to: width, familiar: FAMILIAR }, arena)),
      new Regression(new LeastSquares({ ...of, to: all, familiar: FAMILIAR_SQUARED }, arena)),
    ];
  }

  /**
   * Takes in a reading.
   *
   * @param i the newest one
   * @param values of the inputs as they are used, in their units
   */
  take(i: number, values: ArrayLike<number>): void {
    const { state, rings, inputs } = this;
    const { levels } = this.sensors;
    const { centre, scale } = state;
    const from = this.readings.slot(i) * inputs;
    for (let k = 0; k < inputs; k++) {
      // Until then its column was 0, wherever it was.
      if (scale[k] === 0 && levels[k].experienced) {
        centre[k] = levels[k].mean;
        scale[k] = levels[k].deviation;
      }
      const column = scale[k] > 0 ? (values[k] - centre[k]) / scale[k] : 0;
      rings.values[from + k] = Math.max(-FARTHEST, Math.min(FARTHEST, column));
    }
  }

  /** The columns of a reading that is kept. */
  private fill(i: number): void {
    const { row, rings, inputs } = this;
    const from = this.readings.slot(i) * inputs;
    for (let k = 0; k < inputs; k++) row[k] = rings.values[from + k];
    row[inputs] = 1;
    let at = inputs + 1;
    for (const [k, l] of productsOf(inputs)) row[at++] = row[k] * row[l];
  }

  /** What a regression has answered, in the target's unit; NaN as long as that is not known. */
  private inUnit(answer: number): number {
    const { anchor, unit } = this.state;
    return unit > 0 ? anchor + unit * answer : Number.NaN;
  }

  private known({ squares, state }: Regression): number {
    const { row } = this;
    return squares.knows(row, 0) ? this.inUnit(squares.answer(row, 0, state.weights)) : Number.NaN;
  }

  /**
   * The answers from a reading, NaN where nothing like it has been learnt.
   *
   * @param to where they are written, from index `at` on
   */
  answer(i: number, to: Float64Array, at: number): void {
    this.fill(i);
    const [linear, squared] = this.regressions;
    const plain = this.known(linear);
    to[at] = plain;
    to[at + 1] = plain + this.bias.value;
    // A parabola soon leads beyond all that has been seen.
    const other = Number.isNaN(plain) ? this.state.anchor : plain;
    to[at + 2] = this.sensors.targetLevels.bound(this.known(squared), other);
  }

  /** What the weights last approved answer, likewise; nothing is corrected there. */
  frozen(i: number, to: Float64Array): void {
    const { row } = this;
    this.fill(i);
    const [plain, squared] = this.regressions;
    to.fill(this.inUnit(plain.frozen(row, 0)), 0, 2);
    to[2] = this.inUnit(squared.frozen(row, 0));
  }

  /** Usual error of the more precise one, in the target's unit; infinite as long as nothing is known. */
  get usual(): number {
    const { unit } = this.state;
    const [plain, squared] = this.regressions;
    return unit > 0 ? Math.min(plain.state.usual, squared.state.usual) * unit : Number.POSITIVE_INFINITY;
  }

  /**
   * Learns from the label of a reading.
   *
   * @param label in the target's unit
   * @param of as `Regression.learn` has it
   */
  learn(i: number, label: number, of: { weight: number; gap: number; isAnnounced: boolean }): void {
    const { state, regressions, row } = this;
    const { targetLevels } = this.sensors;
    if (state.unit === 0) {
      if (!(targetLevels.deviation > 0)) return;
      state.anchor = targetLevels.mean;
      state.unit = targetLevels.deviation;
    }
    this.fill(i);
    for (const regression of regressions) regression.learn(row, 0, i, (label - state.anchor) / state.unit, of);
  }

  /** Takes in by how much the plain answer was off; NaN = there was none. */
  correct(error: number, weight: number): void {
    if (Number.isFinite(error)) this.bias.update(error, weight);
  }

  /**
   * By how much each input has moved the answers since an earlier reading; a product is split evenly.
   *
   * @param shares of the answers in the forecast
   * @param unit in which `to` is counted
   * @param to a number for each input: added to
   */
  attribute(i: number, earlier: number, shares: Float64Array, unit: number, to: Float64Array): void {
    const { state, rings, inputs } = this;
    const [plain, squared] = this.regressions.map(({ state }) => state.weights);
    const onPlain = ((shares[0] + shares[1]) * state.unit) / unit;
    const onSquared = (shares[2] * state.unit) / unit;
    const [at0, before] = [this.readings.slot(i) * inputs, this.readings.slot(earlier) * inputs];
    const now = (k: number): number => rings.values[at0 + k];
    const moved = (k: number): number => now(k) - rings.values[before + k];
    for (let k = 0; k < inputs; k++) to[k] += (onPlain * plain[k] + onSquared * squared[k]) * moved(k);
    productsOf(inputs).forEach(([k, l], p) => {
      const weight = onSquared * squared[inputs + 1 + p];
      to[k] += weight * moved(k) * (now(l) - moved(l) / 2);
      to[l] += weight * moved(l) * (now(k) - moved(k) / 2);
    });
  }

  /** Forgets what it has seen; what was learnt stays. */
  forgetReadings(): void {
    this.bias.clear();
  }

  /** The weights of today become the base. */
  approve(): void {
    for (const regression of this.regressions) regression.approve();
  }

  /** Back to the base. */
  rollback(): void {
    for (const regression of this.regressions) regression.rollback();
  }

  /** All that has to be remembered, by name. */
  parts(): Parts {
    const [plain, squared] = this.regressions;
    return {
      plain: this.state,
      ...within("plain", {
        rings: this.rings,
        bias: this.bias.state,
        linear: plain.state,
        squared: squared.state,
        ...within("linear", plain.squares.parts()),
        ...within("squared", squared.squares.parts()),
      }),
    };
  }
}
