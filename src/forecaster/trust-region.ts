/**
 * Holds parameters within a ball around their base: ‖p − base‖ ≤ limit · ‖base‖. Whatever the data say, a fine-tuned
 * model stays a variation of the model that was approved.
 *
 * @param parameters moved back onto the ball's surface where they had left it
 * @param base what they started from, same length
 * @param baseNorm ‖base‖
 * @param limit largest relative change, > 0; Infinity = no bound
 * @returns the relative change ‖p − base‖ / ‖base‖ after holding
 * Allocates nothing.
 */
export function holdWithin(parameters: Float64Array, base: Float64Array, baseNorm: number, limit: number): number {
  let square = 0;
  for (let i = 0; i < base.length; i++) {
    const distance = parameters[i] - base[i];
    square += distance * distance;
  }
  const change = Math.sqrt(square) / baseNorm;
  if (change <= limit) return change;
  const shrink = limit / change;
  for (let i = 0; i < base.length; i++) parameters[i] = base[i] + shrink * (parameters[i] - base[i]);
  return limit;
}

/** Euclidean norm. */
export function norm(values: Float64Array): number {
  let square = 0;
  for (let i = 0; i < values.length; i++) square += values[i] * values[i];
  return Math.sqrt(square);
}
