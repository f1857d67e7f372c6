import { type SpanUnit, WRITTEN } from "../message/duration";

/** A span of time as a person would say it, in a unit whose name is a matter of language. */
export interface Span {
  readonly amount: number;
  readonly unit: SpanUnit | "readings";
}

/**
 * A span in about two digits, in the largest unit of which it is two or more, or just one: nobody needs to know that a
 * sensor leads by 725.3 s.
 *
 * @param ms ≥ 0; NaN where times are not known
 * @param readings the same in readings
 * @example spanOf(725_300, 725); // { amount: 12, unit: "min" }
 */
export function spanOf(ms: number, readings: number): Span | undefined {
  if (Number.isNaN(ms)) return Number.isNaN(readings) ? undefined : { amount: readings, unit: "readings" };
  const fits = (size: number): boolean => ms / size >= 1.95 || Math.abs(ms / size - 1) < 0.01;
  const [size, unit] = WRITTEN.find(([size]) => fits(size)) ?? WRITTEN[4];
  const amount = ms / size;
  return { amount: Number(amount < 10 ? amount.toFixed(1) : amount.toFixed(0)), unit };
}
