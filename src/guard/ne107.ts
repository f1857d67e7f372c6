/**
 * Status signals of a field device, worst first.
 *
 * - failure: the value cannot be used, something is broken
 * - function check: somebody works on it, the value is not the process's
 * - out of specification: the value is outside what the sensor can or usually does
 * - maintenance required: still usable, but it should be looked at
 *
 * Source: NAMUR recommendation NE 107, "Self-monitoring and diagnosis of field devices".
 */
export const NE107 = ["failure", "function check", "out of specification", "maintenance required", "good"] as const;

/** One of the four status signals, or good: no signal. */
export type Ne107 = (typeof NE107)[number];

/** The worse of two signals. */
export function worse(a: Ne107, b: Ne107): Ne107 {
  return NE107.indexOf(a) <= NE107.indexOf(b) ? a : b;
}
