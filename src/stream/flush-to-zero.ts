/**
 * A number that fades for ever, as what sensors had in common fades while a plant stands still, ends in denormal numbers,
 * which a processor handles ten times more slowly than others. Those that are far too small to mean anything become 0.
 *
 * @param tiny what is smaller by some sixteen digits is 0: 1e-20 where the result is kept in single precision
 */
export function flushToZero(value: number, tiny = 1e-30): number {
  return value + tiny - tiny;
}
