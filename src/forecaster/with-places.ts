import type { Saved } from "../record/record";
import type { Numbers } from "../record/state";
import { PLACES } from "../stream/levels";
import type { Description } from "./options";

/** Of so many scores in a row the largest is kept. */
const TEN = 10;

/**
 * A record of before knew one unit of change and one width of the interval: they begin everywhere with that one. It kept
 * each score.
 */
export function withPlaces(saved: Saved<Description>): Saved<Description> {
  const parts = new Map(saved.parts);
  for (const [name, part] of parts)
    if (/^lagScale$|\.(rms|tracker)$/.test(name) && part.get("count")?.length === 1)
      parts.set(name, new Map([...part].map(([field, numbers]) => [field, everywhere(largestOf(field, numbers))])));
  return { ...saved, parts };
}

function largestOf(field: string, numbers: Numbers): Numbers {
  if (field !== "recent") return numbers;
  const tens = Math.ceil(numbers.length / TEN);
  return Float64Array.from({ length: tens }, (_, i) => Math.max(...numbers.subarray(TEN * i, TEN * (i + 1))));
}

function everywhere(numbers: Numbers): Numbers {
  const all = new Float64Array(PLACES * numbers.length);
  for (let place = 0; place < PLACES; place++) all.set(numbers, place * numbers.length);
  return all;
}
