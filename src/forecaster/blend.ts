/** A single error counts at most this many usual errors of the reference. */
const CLIP = 5;
/** Labels before that clip holds for the usual error itself. */
const WARM_UP = 5;
/** How decidedly the better one is preferred. */
const DECISION = 3;

const OWN = 0;
const REFERENCE = 1;
const USUAL = 2;
const COUNT = 3;

/**
 * How far to trust the model against the reference it starts from (naive or existing forecast): a weight in (0, 1) that
 * follows which of the two has been closer lately. Where a fast signal gives the model nothing to gain, the forecast
 * falls back to the reference by itself, and comes away from it when the model earns it.
 *
 * Source: exponentially weighted forecasters, Cesa-Bianchi and Lugosi 2006, "Prediction, Learning, and Games", ch. 2,
 * with a fading sum of clipped relative errors.
 */
export class Blend {
  private readonly s = new Float64Array(4);

  /**
   * @param horizon readings ahead: the errors of a far horizon overlap, so they decide more slowly
   * @param memory errors count for about so many labels
   * @param favour share by which the model may be worse before the reference is preferred
   */
  constructor(
    private readonly horizon: number,
    private readonly memory: number,
    private readonly favour = 0,
  ) {}

  /** Weight of the model, 0 … 1; ½ before the first label. */
  get weight(): number {
    const lead = this.s[OWN] - (1 + this.favour) * this.s[REFERENCE];
    return 1 / (1 + Math.exp((DECISION * lead) / Math.sqrt(Math.max(1, this.horizon) * this.memory)));
  }

  /**
   * Takes in how far model and reference were from the same label.
   *
   * @param errors their two absolute errors, finite, in an array since arguments would be boxed
   * Allocates nothing.
   */
  update(errors: Float64Array): void {
    const s = this.s;
    const own = errors[0];
    const reference = errors[1];
    // Where both are right, as at a standstill, there is nothing to compare and no experience to count.
    if (own === 0 && reference === 0) return;
    s[COUNT] += 1;
    // One absurd label must not make all later errors look alike.
    const known = s[COUNT] > WARM_UP && s[USUAL] > 0;
    const counted = known ? Math.min(CLIP * s[USUAL], reference) : reference;
    s[USUAL] += (counted - s[USUAL]) / Math.min(s[COUNT], 5 * this.memory);
    if (s[USUAL] <= 0) return;
    const fade = 1 - 1 / this.memory;
    s[OWN] = s[OWN] * fade + Math.min(CLIP, own / s[USUAL]);
    s[REFERENCE] = s[REFERENCE] * fade + Math.min(CLIP, reference / s[USUAL]);
  }

  /** All that has to be remembered. */
  buffers(): Float64Array[] {
    return [this.s];
  }
}
