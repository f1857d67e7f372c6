import type { Saved } from "../record/record";
import type { Numbers } from "../record/state";
import { PRIOR } from "./least-squares";
import type { Description } from "./options";

/**
 * A record of before knew no offsets: least squares have columns for them from now on, of which nothing is known.
 *
 * @param width of the networks' input
 */
export function withOffsets(saved: Saved<Description>, width: number): Saved<Description> {
  const { horizon, size, light } = saved.description;
  if (light || saved.parts.get("history")?.has("offsets")) return saved;
  const parts = new Map(saved.parts);
  // Where columns are new: what was first there is now behind them.
  const changes = { at: 2 * size, count: width };
  const offsets = { at: 2 * size + width, count: width };
  const lists = horizon[0] > 0 ? [[changes, offsets]] : [[changes, offsets], [{ at: 0, count: width }]];
  lists.forEach((added, s) => {
    const inverse = parts.get(`squares${s}.inverse`)?.get("P");
    if (inverse) parts.set(`squares${s}.inverse`, new Map([["P", widened(inverse, added)]]));
    parts.delete(`squares${s}.gains`);
    for (const k of horizon) {
      const name = `horizon${k}.regression${s}`;
      const regression = new Map(parts.get(name));
      for (const field of ["weights", "base"]) {
        const weights = regression.get(field);
        if (weights)
          regression.set(
            field,
            Float64Array.from(places(weights.length, added), (at) => weights[at] ?? 0),
          );
      }
      if (regression.size > 0) parts.set(name, regression);
    }
  });
  return { ...saved, parts };
}

interface Added {
  at: number;
  count: number;
}

/** Of each column now, which one it was among so many; −1 = it is new. */
function places(length: number, added: readonly Added[]): number[] {
  const now = Array.from({ length }, (_, i) => i);
  // From the last one on, so that those before stay where they are.
  for (const { at, count } of [...added].reverse()) now.splice(at, 0, ...Array.from({ length: count }, () => -1));
  return now;
}

/** A lower triangle with further rows and columns. */
function widened(triangle: Numbers, added: readonly Added[]): Float64Array {
  const now = places(Math.round((Math.sqrt(8 * triangle.length + 1) - 1) / 2), added);
  const to = new Float64Array((now.length * (now.length + 1)) / 2);
  let at = 0;
  for (let i = 0; i < now.length; i++)
    for (let j = 0; j <= i; j++, at++) {
      const [row, column] = [now[i], now[j]];
      to[at] = row < 0 || column < 0 ? (i === j ? PRIOR : 0) : triangle[(row * (row + 1)) / 2 + column];
    }
  return to;
}
