/** Share by which the correction follows the last error. */
const SHARE = 0.3;
/** An error beyond so many usual ones is believed when the next one says the same. */
const FAR = 20;
/** The usual error follows the last so many, each counted at most so many times. */
const USUAL_MEMORY = 50;
const OUTLIER = 5;

/**
 * Bias tracking: what a forecast has been off by lately, in the target's unit. One wrong label does not carry it away; two
 * that say the same do at once.
 */
export class Bias {
  readonly state = {
    value: 0,
    /** Usual size of the error that is left; 0 before the first label. */
    usual: 0,
    /** Side on which the last label was far off; 0 = it was not. */
    strayed: 0,
  };

  /** What has to be added to the forecast. */
  get value(): number {
    return this.state.value;
  }

  /**
   * Takes in a label.
   *
   * @param error label − forecast without the correction, finite
   * @param weight of learning from it, 0 … 1
   */
  update(error: number, weight: number): void {
    const { state } = this;
    const off = error - state.value;
    const size = Math.abs(off);
    const isFar = state.usual > 0 && size > FAR * state.usual;
    const isSame = state.strayed === Math.sign(off);
    state.strayed = isFar ? Math.sign(off) : 0;
    state.usual += state.usual === 0 ? size : (Math.min(size, OUTLIER * state.usual) - state.usual) / USUAL_MEMORY;
    if (isFar) state.value += isSame ? weight * off : 0;
    else state.value += SHARE * weight * off;
  }

  /**
   * Takes in that a label was another one.
   *
   * @param change by how much the label is higher than it was said to be
   * @param weight of learning from it, 0 … 1
   * @param since labels that have come since: the more, the less of it is left
   */
  amend(change: number, weight: number, since: number): void {
    const { state } = this;
    // One that was far off has moved nothing, and one that is now would have moved nothing.
    const isFar = (since === 0 && state.strayed !== 0) || Math.abs(change) > FAR * state.usual;
    if (!isFar) state.value += SHARE * (1 - SHARE) ** since * weight * change;
    if (since === 0) state.strayed = 0;
  }

  /** Forgets the correction: the forecast stands elsewhere. */
  clear(): void {
    this.state.value = 0;
    this.state.strayed = 0;
  }
}
