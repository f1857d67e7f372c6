import type { Saved } from "../record/record";
import type { Description } from "./options";

/**
 * A record of before kept the states of the regressors' recurrent unit at all readings: of them each horizon needs the one
 * that its learning copy has reached.
 */
export function withFollowers(saved: Saved<Description>): Saved<Description> {
  const regressors = saved.parts.get("regressors");
  const states = regressors?.get("states");
  const length = regressors?.get("h")?.length ?? 0;
  if (!states || length === 0) return saved;
  const parts = new Map(saved.parts);
  const capacity = states.length / length;
  const total = parts.get("history")?.get("total")?.[0] ?? 0;
  for (const k of saved.description.horizon) {
    const cursor = parts.get(`horizon${k}`)?.get("cursor")?.[0] ?? -1;
    if (!(cursor >= 0)) continue;
    const row = (Math.max(cursor, total - capacity) % capacity) * length;
    parts.set(`horizon${k}.follower`, new Map([["h", Float64Array.from(states.subarray(row, row + length))]]));
  }
  return { ...saved, parts };
}
