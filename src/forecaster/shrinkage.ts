import { state } from "../record/state";

/**
 * How far the reach goes up (as a power of e) with the first strange reading in a row, with the second half of that, and so
 * on: a fault that lasts is one event. How far it goes down with each. Both where the models moved the forecast by so many
 * usual errors.
 */
const UP = 0.7;
const DOWN = 0.35;
const MOVED = 5;
const FURTHEST = 100;
/** Of what is so much further out nothing is learnt: trust grows from where the plant has been. */
const BEYOND = 10;

/**
 * How far a forecast goes where the plant is as it has not been before: towards what it starts from, the more the further
 * out the plant is, unless the models have been right as far out. A storm comes each month, and each time further than most
 * readings have been; an absurd value of a sensor is as strange, and there they are wrong.
 *
 * The reach follows the absolute error by its gradient; Robbins and Monro 1951.
 */
export class Shrinkage {
  /** How many times stranger than usual a reading may be for all to be told; strange readings in a row. */
  readonly state = state({ reach: 1, run: 0 });
  private readonly span: number;

  /** @param horizon readings ahead: so many errors of a far forecast are as good as one */
  constructor(horizon: number) {
    this.span = Math.max(1, horizon);
  }

  /** How many times stranger than usual a reading may be for all to be told, 1 … 100. */
  get reach(): number {
    return this.state.reach;
  }

  /**
   * How much of what the models foretell is told.
   *
   * @param familiarity 1 where the plant is where it has been before, else 1 over how many times stranger it is
   */
  share(familiarity: number): number {
    return Math.min(1, familiarity * this.state.reach);
  }

  /**
   * Takes in the label of a forecast.
   *
   * @param move how far the models were from what the forecast starts from, in usual errors; says nothing where there are none yet
   * @param came how far the label was, likewise
   * @param familiarity as above
   * @param weight how much the label is believed, 0 … 1
   */
  update(move: number, came: number, familiarity: number, weight: number): void {
    const { state } = this;
    state.run = familiarity < 1 ? state.run + 1 : 0;
    if (state.run === 0 || familiarity * state.reach * BEYOND < 1 || !Number.isFinite(move)) return;
    const size = (weight * Math.min(1, Math.abs(move) / MOVED)) / this.span;
    const isMore = came / move > this.share(familiarity);
    const reach = state.reach * Math.exp(size * (isMore ? UP / state.run : -DOWN));
    state.reach = Math.max(1, Math.min(FURTHEST, reach));
  }
}
