/** A span of time as a person would say it, in a unit whose name is a matter of language. */
export interface Span {
  readonly amount: number;
  readonly unit: "ms" | "s" | "min" | "h" | "d" | "readings";
}

/** ms of each unit, and up to how many of it are said. */
const UNITS = [
  ["ms", 1, 1000],
  ["s", 1000, 120],
  ["min", 60_000, 120],
  ["h", 3_600_000, 48],
  ["d", 86_400_000, Number.POSITIVE_INFINITY],
] as const;

/**
 * A span in about two digits: nobody needs to know that a sensor leads by 725.3 s.
 *
 * @param ms ≥ 0; NaN where times are not known
 * @param readings the same in readings
 * @example spanOf(725_300, 725); // { amount: 12, unit: "min" }
 */
export function spanOf(ms: number, readings: number): Span | undefined {
  if (Number.isNaN(ms)) return Number.isNaN(readings) ? undefined : { amount: readings, unit: "readings" };
  const [unit, size] = UNITS.find(([, size, most]) => ms < size * most) ?? UNITS[4];
  const amount = ms / size;
  return { amount: Number(amount < 10 ? amount.toFixed(1) : amount.toFixed(0)), unit };
}
