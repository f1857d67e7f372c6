import { UsualError } from "./usual-error";

/** The learner goes back when its error has been this many times that of the earlier model … */
const FAR_WORSE = 4;
/** … over so many labels: errors of a slow plant come in runs, and a short one proves nothing. */
const MEMORY = 30;
/** A single error counts at most this many usual errors, so that it takes several labels in any case. */
const CLIP = 10;
/** The usual error follows the last so many labels. */
const USUAL_MEMORY = 2000;

const LEARNT = 0;
const EARLIER = 1;

/**
 * Notices that the model of some time ago is right again and the one that has learnt since is far off: a sensor that had
 * drifted was cleaned or put right, a product is back. The learner then need not find its way back step by step.
 */
export class Comeback {
  private readonly s = new Float64Array(2);
  private readonly usual = new UsualError(CLIP, USUAL_MEMORY);
  private readonly share: number;

  /** @param horizon readings ahead: the errors of a far horizon overlap, so they count for longer */
  constructor(horizon: number) {
    this.share = 1 / Math.max(MEMORY, 2 * horizon);
  }

  /** Whether the learner should go back: it is far worse, and worse than usual, since at a standstill all errors are small. */
  get isDue(): boolean {
    const { s } = this;
    return s[LEARNT] > this.usual.value && s[LEARNT] > FAR_WORSE * s[EARLIER];
  }

  /**
   * Takes in how far the learner and the earlier model were from the same label.
   *
   * @param errors their two absolute errors, finite, in an array since arguments would be boxed
   * Allocates nothing.
   */
  update(errors: Float64Array): void {
    const { s, share, usual } = this;
    const most = CLIP * usual.value;
    usual.update(errors, errors[0] < errors[1] ? 0 : 1);
    s[LEARNT] += share * (Math.min(most, errors[0]) - s[LEARNT]);
    s[EARLIER] += share * (Math.min(most, errors[1]) - s[EARLIER]);
  }

  /** Both are alike again; what a usual error is stays known. */
  restart(): void {
    this.s[LEARNT] = 0;
    this.s[EARLIER] = 0;
  }

  /** All that has to be remembered. */
  buffers(): Float64Array[] {
    return [this.s, ...this.usual.buffers()];
  }
}
