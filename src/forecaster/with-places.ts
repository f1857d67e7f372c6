import type { Saved } from "../record/record";
import type { Numbers } from "../record/state";
import { PLACES } from "../stream/levels";
import type { Description } from "./options";

/** A record of before knew one unit of change and one width of the interval: they begin everywhere with that one. */
export function withPlaces(saved: Saved<Description>): Saved<Description> {
  const parts = new Map(saved.parts);
  for (const [name, part] of parts)
    if (/^lagScale$|\.(rms|tracker)$/.test(name) && part.get("count")?.length === 1)
      parts.set(name, new Map([...part].map(([field, numbers]) => [field, everywhere(numbers)])));
  return { ...saved, parts };
}

function everywhere(numbers: Numbers): Numbers {
  const all = new Float64Array(PLACES * numbers.length);
  for (let place = 0; place < PLACES; place++) all.set(numbers, place * numbers.length);
  return all;
}
