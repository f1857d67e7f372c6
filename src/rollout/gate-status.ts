import type { Stage } from "./stage";

const LOOKS = {
  waiting: { fill: "grey", shape: "ring" },
  shadow: { fill: "grey", shape: "dot" },
  pilot: { fill: "blue", shape: "dot" },
  live: { fill: "green", shape: "dot" },
  ready: { fill: "yellow", shape: "dot" },
  "rolled-back": { fill: "red", shape: "ring" },
  hold: { fill: "red", shape: "dot" },
} as const satisfies Record<Stage | "ready" | "waiting", { fill: string; shape: string }>;

/** What stands under a rollout gate. @param stage the one that an operator must know of first; undefined = none was seen */
export function gateStatus(stage: Stage | "ready" | undefined) {
  const state = stage ?? "waiting";
  return { ...LOOKS[state], text: `rollout-gate.status.${state}` };
}
