import type { Saved } from "../record/record";
import type { Numbers } from "../record/state";
import { FIRST_LINEAR } from "./horizon";
import type { Description } from "./options";

/**
 * The record of a forecaster with other experts. Those that leave hand what they had earned of the frozen forecast to the
 * network; those that begin know nothing, so each counts for no more than the one of the networks that is trusted least.
 * `Mixer.weigh` is to follow.
 *
 * @param before how many experts it has
 * @param sources of each expert that there is to be, its index among those of before; −1 = it begins
 */
export function withExperts(saved: Saved<Description>, before: number, sources: readonly number[]): Saved<Description> {
  const parts = new Map(saved.parts);
  const { horizon } = saved.description;
  const firstLinear = horizon[0] > 0 ? FIRST_LINEAR.ahead : FIRST_LINEAR.now;
  /** Changes a vector that has a number for each expert, row by row. */
  const change = (part: string, name: string, newcomer: (row: Numbers, r: number) => number): void => {
    const own = parts.get(part);
    const found = own?.get(name);
    if (!own || !found) return;
    const rows = Math.floor(found.length / before);
    const to = new Float64Array(rows * sources.length);
    for (let r = 0; r < rows; r++) {
      const row = found.subarray(r * before, (r + 1) * before);
      sources.forEach((source, e) => {
        to[r * sources.length + e] = source < 0 ? newcomer(row, r) : row[source];
      });
    }
    parts.set(part, new Map(own).set(name, to));
  };
  for (const k of horizon) {
    for (const mixers of [`horizon${k}.mixers`, `horizon${k}.straying`, `horizon${k}.moving`]) {
      const { gain, square } = Object.fromEntries(parts.get(mixers) ?? []);
      /** Where, in each row, the expert stands that is trusted least. */
      const least: number[] = [];
      for (let at = 0; gain && square && at + before <= gain.length; at += before) {
        const lead = (e: number): number => (square[at + e] > 0 ? gain[at + e] / Math.sqrt(square[at + e]) : 0);
        let worst = 0;
        for (let e = 1; e < firstLinear; e++) if (lead(e) < lead(worst)) worst = e;
        least.push(worst);
      }
      for (const name of ["gain", "square"]) change(mixers, name, (row, r) => row[least[r]]);
      change(mixers, "weights", () => 0);
    }
    change(`horizon${k}.open`, "answers", () => Number.NaN);
    const state = parts.get(`horizon${k}`);
    const earned = parts.get(`horizon${k}.frozen`)?.get("linear") ?? [];
    let frozenShare = state?.get("frozenShare")?.[0] ?? 0;
    earned.forEach((share: number, e: number) => {
      if (!sources.includes(firstLinear + e)) frozenShare += share;
    });
    const kept = sources.slice(firstLinear).map((source) => (source < 0 ? 0 : (earned[source - firstLinear] ?? 0)));
    if (state) parts.set(`horizon${k}`, new Map(state).set("frozenShare", Float64Array.of(frozenShare)));
    parts.set(`horizon${k}.frozen`, new Map([["linear", Float64Array.from(kept)]]));
  }
  return { ...saved, parts };
}
