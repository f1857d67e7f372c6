import { state } from "../record/state";

/** A strange reading moves the share by so much at most, where the models have moved the forecast by so many usual errors. */
const STEP = 0.1;
const MOVED = 5;

/**
 * How far a forecast goes where the plant is as it has not been before: towards what it starts from, unless the models
 * have been right in such places. A storm comes each month, and each time further than most readings have been; an absurd
 * value of a sensor is as strange, and there they are wrong.
 *
 * The share of what the models foretell follows the absolute error by its gradient; Robbins and Monro 1951.
 */
export class Shrinkage {
  /** What is told of it where nothing is familiar, 0 … 1. */
  readonly state = state({ share: 0 });
  private readonly step: number;

  /** @param horizon readings ahead: so many errors of a far forecast are as good as one */
  constructor(horizon = 1) {
    this.step = STEP / Math.max(1, horizon);
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
   * @param move how far the models were from what the forecast starts from, in usual errors, finite
   * @param came how far the label was, likewise
   * @param weight how strange the plant was there and how much the label is believed, 0 … 1
   */
  update(move: number, came: number, weight: number): void {
    const { state } = this;
    const size = weight * this.step * Math.min(1, Math.abs(move) / MOVED);
    const isMore = came / move > state.share;
    state.share = Math.max(0, Math.min(1, state.share + (isMore ? size : -size)));
  }
}
