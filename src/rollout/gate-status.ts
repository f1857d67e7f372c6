import type { Say } from "../message/say";
import type { Stage } from "./stage";
import type { Seen } from "./stages-seen";

const LOOKS = {
  waiting: { fill: "grey", shape: "ring" },
  shadow: { fill: "grey", shape: "dot" },
  pilot: { fill: "blue", shape: "dot" },
  live: { fill: "green", shape: "dot" },
  ready: { fill: "yellow", shape: "dot" },
  "rolled-back": { fill: "red", shape: "ring" },
  hold: { fill: "red", shape: "dot" },
} as const satisfies Record<Stage | "ready" | "waiting", { fill: string; shape: string }>;

/** What stands under a rollout gate. @param seen what an operator must know of first; undefined = no asset was seen */
export function gateStatus(seen: Seen | undefined, say: Say) {
  const state = seen?.stage ?? "waiting";
  return { ...LOOKS[state], text: seen?.why || say(`status.${state}`) };
}
