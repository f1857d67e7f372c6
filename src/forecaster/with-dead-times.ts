import type { Saved } from "../record/record";
import type { Description } from "./options";

/**
 * A record of before knew no dead times, an older one no offsets: least squares have further columns, of which nothing is
 * known. Gains that were worked out without them are worked out again.
 */
export function withDeadTimes(saved: Saved<Description>): Saved<Description> {
  if (saved.parts.has("deadTimes")) return saved;
  const parts = new Map(saved.parts);
  for (const name of saved.parts.keys()) if (/^squares\d+\.gains$/.test(name)) parts.delete(name);
  return { ...saved, parts };
}
