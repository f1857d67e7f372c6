import type { Saved } from "../record/record";
import type { Numbers } from "../record/state";
import { AHEAD, LIGHT, NOW } from "./horizon";
import type { Description } from "./options";

/**
 * The record of a forecaster as one of the other kind, light or with all experts, would have it. The networks stay as they
 * are. Experts that are dropped leave what they had earned of the frozen forecast to the network; those that begin know
 * nothing, so each counts for no more than the one that is trusted least. `Mixer.weigh` is to follow.
 */
export function withLight(saved: Saved<Description>, light: boolean): Saved<Description> {
  const parts = new Map(saved.parts);
  const { horizon } = saved.description;
  const [networks, all] = horizon[0] > 0 ? [LIGHT.ahead, AHEAD.length] : [LIGHT.now, NOW.length];
  const [before, now] = light ? [all, networks] : [networks, all];
  /** Changes a vector that has a number for each expert, row by row. */
  const change = (part: string, name: string, newcomer: (row: Numbers) => number): void => {
    const own = parts.get(part);
    const found = own?.get(name);
    if (!own || !found) return;
    const rows = Math.floor(found.length / before);
    const to = new Float64Array(rows * now);
    for (let r = 0; r < rows; r++) {
      const row = found.subarray(r * before, (r + 1) * before);
      to.fill(newcomer(row), r * now, (r + 1) * now);
      to.set(row.subarray(0, Math.min(before, now)), r * now);
    }
    parts.set(part, new Map(own).set(name, to));
  };
  for (const k of horizon) {
    for (const mixers of [`horizon${k}.mixers`, `horizon${k}.straying`, `horizon${k}.moving`]) {
      const { gain, square } = Object.fromEntries(parts.get(mixers) ?? []);
      let mixer = 0;
      /** Where, in the rows of the mixers, the expert stands that is trusted least. */
      const least: number[] = [];
      for (let at = 0; gain && square && at + before <= gain.length; at += before) {
        const lead = (e: number): number => (square[at + e] > 0 ? gain[at + e] / Math.sqrt(square[at + e]) : 0);
        let worst = 0;
        for (let e = 1; e < networks; e++) if (lead(e) < lead(worst)) worst = e;
        least.push(worst);
      }
      for (const name of ["gain", "square"]) {
        mixer = 0;
        change(mixers, name, (row) => row[least[mixer++]]);
      }
      change(mixers, "weights", () => 0);
    }
    change(`horizon${k}.open`, "answers", () => Number.NaN);
    const state = parts.get(`horizon${k}`);
    const earned = parts.get(`horizon${k}.frozen`)?.get("linear");
    if (light && state && earned) {
      const share = [...earned].reduce((sum, one) => sum + one, state.get("frozenShare")?.[0] ?? 0);
      parts.set(`horizon${k}`, new Map(state).set("frozenShare", Float64Array.of(share)));
    }
    parts.delete(`horizon${k}.frozen`);
  }
  // The states of the recurrent unit that only the linear experts see.
  parts.delete("regressors");
  for (const k of horizon) parts.delete(`horizon${k}.follower`);
  return { ...saved, description: { ...saved.description, light }, parts };
}
