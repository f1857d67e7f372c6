import type { Saved } from "../record/record";
import type { Numbers } from "../record/state";
import type { Description } from "./options";

/**
 * A record of version 2 kept what the experts answered in rings with room for all readings: now it is a list of open
 * forecasts, from which `OpenForecasts.adopt` leaves out those that are done.
 */
export function withOpen(saved: Saved<Description>): Saved<Description> {
  const parts = new Map(saved.parts);
  const total = parts.get("history")?.get("total")?.[0] ?? 0;
  for (const k of saved.description.horizon) {
    const rings = parts.get(`horizon${k}.rings`);
    const [answers, widening, mixer] = ["experts", "widening", "mixer"].map((name) => rings?.get(name));
    if (!answers || !widening || !mixer || !Number.isSafeInteger(total) || total < 0) continue;
    const rows = widening.length;
    const count = Math.min(total, rows);
    const inOrder = (ring: Numbers, width: number): Numbers => {
      const list = new Float64Array(count * width);
      for (let row = 0; row < count; row++) {
        const at = ((total - count + row) % rows) * width;
        list.set(ring.subarray(at, at + width), row * width);
      }
      return list;
    };
    const open = new Map<string, Numbers>([
      ["count", Float64Array.of(count)],
      ["origin", Float64Array.from({ length: count }, (_, row) => total - count + row)],
      ["answers", inOrder(answers, Math.floor(answers.length / rows))],
      ["widening", inOrder(widening, 1)],
      ["mixer", inOrder(mixer, 1)],
    ]);
    parts.set(`horizon${k}.open`, open);
  }
  return { ...saved, parts };
}
