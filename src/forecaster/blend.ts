import { UsualError } from "./usual-error";

/** A single error counts at most this many usual errors of the reference. */
const CLIP = 5;
/** How decidedly the better one is preferred. */
const DECISION = 3;
/** Log odds at which one of the two has all the weight: more evidence is not collected, or a change would be noticed late. */
const SURE = 4;
const LEAST = 1 / (1 + Math.exp(SURE));

const LEAD = 0;
const WEIGHT = 1;

/**
 * How far to trust the model against the reference it starts from (naive or existing forecast): a weight in [0, 1] that
 * follows which of the two has been closer lately. Where a fast signal gives the model nothing to gain, the forecast
 * falls back to the reference by itself, and comes away from it when the model earns it.
 *
 * Source: exponentially weighted forecasters, Cesa-Bianchi and Lugosi 2006, "Prediction, Learning, and Games", ch. 2,
 * with a fading sum of clipped relative errors; bounded, so that the better one may change, after Herbster and Warmuth
 * 1998, "Tracking the Best Expert".
 */
export class Blend {
  private readonly s = new Float64Array([0, 0.5]);
  private readonly usual: UsualError;
  private readonly sharpness: number;

  /**
   * @param horizon readings ahead: the errors of a far horizon overlap, so they decide more slowly
   * @param memory errors count for about so many labels
   * @param favour share by which the model may be worse before the reference is preferred
   * @param byBetter whether errors count relative to the usual error of the better one instead of the reference's: where
   *   the reference has long been far off, the day on which it is right again is then noticed at once
   */
  constructor(
    horizon: number,
    private readonly memory: number,
    private readonly favour = 0,
    private readonly byBetter = false,
  ) {
    this.usual = new UsualError(CLIP, 5 * memory);
    this.sharpness = DECISION / Math.sqrt(Math.max(1, horizon) * memory);
  }

  /** Weight of the model, 0 … 1; ½ before the first label. */
  get weight(): number {
    return this.s[WEIGHT];
  }

  /**
   * Takes in how far model and reference were from the same label.
   *
   * @param errors their two absolute errors, finite, in an array since arguments would be boxed
   * Allocates nothing.
   */
  update(errors: Float64Array): void {
    const { s, usual } = this;
    const own = errors[0];
    const reference = errors[1];
    // Where both are right, as at a standstill, there is nothing to compare and no experience to count.
    if (own === 0 && reference === 0) return;
    usual.update(errors, this.byBetter && own < reference ? 0 : 1);
    if (usual.value <= 0) return;
    const gain = (1 + this.favour) * Math.min(CLIP, reference / usual.value) - Math.min(CLIP, own / usual.value);
    const bound = SURE / this.sharpness;
    s[LEAD] = Math.min(bound, Math.max(-bound, (1 - 1 / this.memory) * s[LEAD] + gain));
    const odds = 1 / (1 + Math.exp(-this.sharpness * s[LEAD]));
    s[WEIGHT] = Math.min(1, Math.max(0, (odds - LEAST) / (1 - 2 * LEAST)));
  }

  /** Both are trusted alike again; what a usual error is stays known. */
  restart(): void {
    this.s[LEAD] = 0;
    this.s[WEIGHT] = 0.5;
  }

  /** All that has to be remembered. */
  buffers(): Float64Array[] {
    return [this.s, ...this.usual.buffers()];
  }
}
