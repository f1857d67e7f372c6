import type { Tuning } from "../forecaster/forecast";
import type { Say } from "../message/say";
import type { Asset } from "./asset";
import type { Trouble } from "./memory-trouble";

/** What the status of a tuner tells of. */
export interface Tuned {
  readonly asset: Asset;
  readonly paused: boolean;
  readonly tuning: Tuning;
}

export const tunerPaused = (say: Say) => ({ fill: "grey", shape: "dot", text: say("status.paused") }) as const;
export const tunerWaiting = (say: Say) => ({ fill: "blue", shape: "ring", text: say("status.waiting") }) as const;

/** What stands under a tuner: what is wrong with the model as a whole, else what was learnt last. */
export function tunerStatus({ asset, paused, tuning }: Tuned, trouble: Trouble | undefined, say: Say) {
  if (asset.isTargetMissing) return { fill: "red", shape: "ring", text: say("status.noTarget") } as const;
  if (trouble) return { fill: "yellow", shape: "ring", text: say(`status.${trouble}`) } as const;
  if (paused) return tunerPaused(say);
  if (tuning.skipped === "quality") return { fill: "yellow", shape: "ring", text: say("status.held") } as const;
  if (tuning.updates === 0) return tunerWaiting(say);
  // Short, so that it ends before the predictor beside it.
  const change = Math.round(100 * tuning.change);
  return { fill: "green", shape: "dot", text: say("progress.learnt", { count: tuning.updates, change }) } as const;
}
