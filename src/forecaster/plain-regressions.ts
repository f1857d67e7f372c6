import { Arena } from "../kernel/arena";
import { type Parts, within } from "../record/part";
import { state } from "../record/state";
import type { Levels } from "../stream/levels";
import { Bias } from "./bias";
import { LeastSquares, Regression } from "./least-squares";
import { isFarOff, type PlainColumns } from "./plain-columns";
import { productsOf } from "./products";
import { FAMILIAR, FORGETTING } from "./regressors";

/** Where the target is found to move by so much more than in the first labels, errors count in what is usual now. */
const WIDER = 2;
/**
 * Up to this leverage the squared one answers. It has so many columns that it would be silent for the first fifty labels,
 * in which a rough parabola is worth more than a precise straight line; how much, the mixer finds out.
 */
const FAMILIAR_SQUARED = 3;
/** Their answers: the plain one as it is and corrected by its last errors, and the squared one. */
export const ANSWERS = 3;

/**
 * The simplest models of a soft sensor: least squares on the inputs as they come, over all levels, the same corrected by its
 * last errors, and least squares on their squares and products. With few labels nothing learns faster. What was
 * learnt from the first labels stays right, and what is true at one level helps at the others.
 */
export class PlainRegressions {
  private readonly state;
  /** On the inputs, and on these and their products. */
  private readonly regressions: readonly [plain: Regression, squared: Regression];
  private readonly bias = new Bias();
  /** The columns of the reading looked at last: its inputs, 1, their products. */
  private readonly row: Float32Array;

  /**
   * @param targetLevels where the target lives
   * @param columns of the inputs
   * @param arena where the numbers lie
   */
  constructor(
    private readonly targetLevels: Levels,
    private readonly columns: PlainColumns,
    arena = Arena.plain(),
  ) {
    const inputs = columns.count;
    const width = inputs + 1;
    const all = width + productsOf(inputs).length;
    this.row = arena.f32(all);
    this.state = state({
      /** What an answer of 0 and of 1 means, in the target's unit; unit 0 = nothing is known yet. */
      anchor: 0,
      unit: 0,
    });
    const of = { from: 0, forgetting: FORGETTING, seesLevels: true, dormant: 0 };
    this.regressions = [
      new Regression(new LeastSquares({ ...of, to: width, familiar: FAMILIAR }, arena)),
      new Regression(new LeastSquares({ ...of, to: all, familiar: FAMILIAR_SQUARED }, arena)),
    ];
  }

  /** The columns of a reading that is kept. */
  private fill(i: number): void {
    const { row, columns } = this;
    columns.fill(i, row, 0);
    row[columns.count] = 1;
    let at = columns.count + 1;
    for (const [k, l] of productsOf(columns.count)) row[at++] = row[k] * row[l];
  }

  /** What a regression has answered, in the target's unit; NaN as long as that is not known. */
  private inUnit(answer: number): number {
    const { anchor, unit } = this.state;
    return unit > 0 ? anchor + unit * answer : Number.NaN;
  }

  private known({ squares, state }: Regression): number {
    const { row } = this;
    return squares.strangeness(row, 0) < 1 ? this.inUnit(squares.answer(row, 0, state.weights)) : Number.NaN;
  }

  /**
   * The answers from a reading, NaN where nothing like it has been learnt.
   *
   * @param to where they are written, from index `at` on
   */
  answer(i: number, to: Float64Array, at: number): void {
    this.fill(i);
    if (this.columns.isAnew) for (const regression of this.regressions) regression.forget();
    const [linear, squared] = this.regressions;
    const plain = this.known(linear);
    to[at] = plain;
    to[at + 1] = plain + this.bias.value;
    // A parabola soon leads beyond all that has been seen.
    const other = Number.isNaN(plain) ? this.state.anchor : plain;
    to[at + 2] = this.targetLevels.bound(this.known(squared), other);
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
    const { state, regressions, row, targetLevels } = this;
    const unit = Math.max(targetLevels.deviation, targetLevels.unit);
    if (state.unit > 0 && isFarOff(state.unit, targetLevels)) {
      for (const regression of regressions) regression.forget();
      state.unit = 0;
    }
    if (unit > WIDER * state.unit) {
      if (state.unit === 0) state.anchor = targetLevels.mean;
      else for (const regression of regressions) regression.rescale(state.unit, unit);
      state.unit = unit;
    }
    if (state.unit === 0) return;
    this.fill(i);
    for (const regression of regressions) regression.learn(row, 0, (label - state.anchor) / state.unit, of);
  }

  /** Takes in by how much the plain answer was off; NaN = there was none. */
  correct(error: number, weight: number): void {
    if (Number.isFinite(error)) this.bias.update(error, weight);
  }

  /** Takes in that a label was another one, see `Bias.amend`. */
  amend(change: number, weight: number, since: number): void {
    this.bias.amend(change, weight, since);
  }

  /**
   * By how much each input has moved the answers since an earlier reading; a product is split evenly.
   *
   * @param shares of the answers in the forecast
   * @param unit in which `to` is counted
   * @param to a number for each input: added to
   */
  attribute(i: number, earlier: number, shares: Float64Array, unit: number, to: Float64Array): void {
    const { state, columns } = this;
    const inputs = columns.count;
    const [plain, squared] = this.regressions.map(({ state }) => state.weights);
    const onPlain = ((shares[0] + shares[1]) * state.unit) / unit;
    const onSquared = (shares[2] * state.unit) / unit;
    const now = (k: number): number => columns.at(i, k);
    const moved = (k: number): number => now(k) - columns.at(earlier, k);
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
        bias: this.bias.state,
        linear: plain.state,
        squared: squared.state,
        ...within("linear", plain.squares.parts()),
        ...within("squared", squared.squares.parts()),
      }),
    };
  }
}
