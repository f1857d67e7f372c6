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

export const TUNER_PAUSED = { fill: "grey", shape: "dot", text: "rtrl-tuner.status.paused" } as const;
export const TUNER_WAITING = { fill: "blue", shape: "ring", text: "rtrl-tuner.status.waiting" } as const;

/** What stands under a tuner: what is wrong with the model as a whole, else what was learnt last. */
export function tunerStatus({ asset, paused, tuning }: Tuned, trouble: Trouble | undefined, say: Say) {
  if (asset.isTargetMissing) return { fill: "red", shape: "ring", text: "rtrl-tuner.status.noTarget" } as const;
  if (trouble) return { fill: "yellow", shape: "ring", text: `rtrl-tuner.status.${trouble}` } as const;
  if (paused) return TUNER_PAUSED;
  if (tuning.skipped === "quality") return { fill: "yellow", shape: "ring", text: "rtrl-tuner.status.held" } as const;
  if (tuning.updates === 0) return TUNER_WAITING;
  // Short, so that it ends before the predictor beside it.
  const change = Math.round(100 * tuning.change);
  return { fill: "green", shape: "dot", text: say("progress.learnt", { count: tuning.updates, change }) } as const;
}
