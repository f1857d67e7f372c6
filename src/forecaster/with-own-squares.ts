import type { Saved } from "../record/record";
import type { Description } from "./options";

/** In a record of before, all horizons shared what least squares know of the columns: each goes on with that. */
export function withOwnSquares(saved: Saved<Description>): Saved<Description> {
  const parts = new Map(saved.parts);
  for (const [name, part] of saved.parts) {
    const shared = /^squares(\d+)\.inverse$/.exec(name);
    if (shared)
      for (const k of saved.description.horizon) parts.set(`horizon${k}.regression${shared[1]}.inverse`, part);
  }
  return { ...saved, parts };
}
