/** Euclidean norm. */
export function norm(values: Float64Array): number {
  let square = 0;
  for (let i = 0; i < values.length; i++) square += values[i] * values[i];
  return Math.sqrt(square);
}

const CHANGE = 0;
const LIMIT = 1;
const BASE_NORM = 2;

/**
 * Holds parameters within a ball around their base: ‖p − base‖ ≤ limit · ‖base‖. Whatever the data say, a fine-tuned
 * model stays a variation of the model that was approved.
 */
export class TrustRegion {
  private readonly s = new Float64Array(3);

  /**
   * @param parameters moved back onto the ball's surface where they have left it
   * @param base what they started from, same length
   */
  constructor(
    private readonly parameters: Float64Array,
    private readonly base: Float64Array,
  ) {}

  /** ‖p − base‖ / ‖base‖ after the last `hold`. */
  get change(): number {
    return this.s[CHANGE];
  }

  /** Largest relative change, > 0; Infinity = no bound. */
  set limit(limit: number) {
    this.s[LIMIT] = limit;
  }

  /** To be called when the base has changed. */
  rebase(): void {
    this.s[BASE_NORM] = norm(this.base);
  }

  /** Moves the parameters back into the ball where they have left it. Allocates nothing. */
  hold(): void {
    const { parameters, base, s } = this;
    let square = 0;
    for (let i = 0; i < base.length; i++) {
      const distance = parameters[i] - base[i];
      square += distance * distance;
    }
    s[CHANGE] = Math.sqrt(square) / s[BASE_NORM];
    if (s[CHANGE] <= s[LIMIT]) return;
    const shrink = s[LIMIT] / s[CHANGE];
    for (let i = 0; i < base.length; i++) parameters[i] = base[i] + shrink * (parameters[i] - base[i]);
    s[CHANGE] = s[LIMIT];
  }

  /** All that has to be remembered. */
  buffers(): Float64Array[] {
    return [this.s];
  }
}
