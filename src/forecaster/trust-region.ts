import type { Kernel } from "../kernel/kernel";

/** Euclidean norm. */
export function norm(values: Float64Array): number {
  let square = 0;
  for (let i = 0; i < values.length; i++) square += values[i] * values[i];
  return Math.sqrt(square);
}

/**
 * Holds parameters within a ball around their base: ‖p − base‖ ≤ limit · ‖base‖. Whatever the data say, a fine-tuned
 * model stays a variation of the model that was approved.
 */
export class TrustRegion {
  /** ‖p − base‖ / ‖base‖ after the last `hold`, and ‖base‖. */
  readonly state = { change: 0, baseNorm: 0 };
  /** What the parameters started from. */
  private base: Float64Array;

  /**
   * @param parameters moved back onto the ball's surface where they have left it
   */
  constructor(
    private readonly parameters: Float64Array,
    private readonly kernel: Kernel,
  ) {
    this.base = parameters;
  }

  /** Takes another base, of the same length. */
  rebase(base: Float64Array): void {
    this.base = base;
    this.state.baseNorm = norm(base);
  }

  /**
   * Moves the parameters back into the ball where they have left it.
   *
   * @param limit largest relative change, > 0; Infinity = no bound
   */
  hold(limit: number): void {
    const { parameters, base, state } = this;
    state.change = Math.sqrt(this.kernel.distance(parameters, base)) / state.baseNorm;
    if (state.change <= limit) return;
    const shrink = limit / state.change;
    for (let i = 0; i < base.length; i++) parameters[i] = base[i] + shrink * (parameters[i] - base[i]);
    state.change = limit;
  }
}
