import { state } from "../record/state";

/**
 * How far the share goes up with the first strange reading in a row, with the second half of it, and so on: a fault that
 * lasts is one event. How far it goes down with each. Both where the models moved the forecast by so many usual errors.
 */
const UP = 0.2;
const DOWN = 0.1;
const MOVED = 5;

/**
 * How far a forecast goes where the plant is as it has not been before: towards what it starts from, unless the models
 * have been right in such places. A storm comes each month, and each time further than most readings have been; an absurd
 * value of a sensor is as strange, and there they are wrong.
 *
 * The share of what the models foretell follows the absolute error by its gradient; Robbins and Monro 1951.
 */
export class Shrinkage {
  /** What is told of it where nothing is familiar, 0 … 1; strange readings in a row. */
  readonly state = state({ share: 0, run: 0 });
  private readonly span: number;

  /** @param horizon readings ahead: so many errors of a far forecast are as good as one */
  constructor(horizon = 1) {
    this.span = Math.max(1, horizon);
  }

  /**
   * How much of what the models foretell is told.
   *
   * @param familiarity 1 where the plant is where it has been before, towards 0 the further away it is
   */
  share(familiarity: number): number {
    return familiarity + (1 - familiarity) * this.state.share;
  }

  /**
   * Takes in the label of a forecast.
   *
   * @param move how far the models were from what the forecast starts from, in usual errors; says nothing where there are none yet
   * @param came how far the label was, likewise
   * @param weight how strange the plant was there and how much the label is believed, 0 … 1; 0 ends the row
   */
  update(move: number, came: number, weight: number): void {
    const { state } = this;
    state.run = weight > 0 ? state.run + 1 : 0;
    if (state.run === 0 || !Number.isFinite(move)) return;
    const size = (weight * Math.min(1, Math.abs(move) / MOVED)) / this.span;
    const isMore = came / move > state.share;
    state.share = Math.max(0, Math.min(1, state.share + size * (isMore ? UP / state.run : -DOWN)));
  }
}
