import type { Saved } from "../record/record";
import { AHEAD, LIGHT, NOW } from "./horizon";
import { capacityOf, type Description } from "./options";
import { withExperts } from "./with-experts";

/** The record of a forecaster as one of the other kind, light or with all experts, would have it: see `withExperts`. */
export function withLight(saved: Saved<Description>, light: boolean): Saved<Description> {
  const { horizon, labelDelay } = saved.description;
  const [few, all] = horizon[0] > 0 ? [LIGHT.ahead, AHEAD.length] : [LIGHT.now, NOW.length];
  const sources = Array.from({ length: light ? few : all }, (_, e) => (e < few ? e : -1));
  const other = withExperts(saved, light ? all : few, sources);
  const parts = new Map(other.parts);
  // The states of the recurrent unit that only the linear experts see.
  parts.delete("regressors");
  for (const k of horizon) parts.delete(`horizon${k}.follower`);
  // All experts look further back.
  const capacity = capacityOf(labelDelay, horizon, light);
  return { ...other, description: { ...saved.description, light, capacity }, parts };
}
