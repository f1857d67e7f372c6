/** More digits than a screen has points. */
const DIGITS = 6;

/**
 * The same as JSON has it: numbers with as many digits as a reader can use, null where they are none; whole ones, such as
 * times, stay as they are.
 *
 * @example
 *     rounded({ time: 1767225600000, value: 2.123456789, upper: NaN }); // { time: 1767225600000, value: 2.12346, upper: null }
 */
export function rounded(value: unknown): unknown {
  if (typeof value === "number") {
    if (!Number.isFinite(value)) return null;
    return Number.isInteger(value) ? value : Number(value.toPrecision(DIGITS));
  }
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, rounded(inner)]));
}
