import type { Say } from "../message/say";
import type { DriftState } from "./model-drift";
import type { State } from "./quality";
import type { Standing } from "./standing";

/** Characters of a reason that a status has room for. */
const LONGEST = 80;

const LOOKS = {
  silent: { fill: "red", shape: "ring" },
  bad: { fill: "red", shape: "ring" },
  uncertain: { fill: "yellow", shape: "ring" },
  good: { fill: "green", shape: "dot" },
  learning: { fill: "grey", shape: "dot" },
  ok: { fill: "green", shape: "dot" },
  warning: { fill: "yellow", shape: "dot" },
  drift: { fill: "red", shape: "dot" },
  frozen: { fill: "blue", shape: "dot" },
  recovering: { fill: "yellow", shape: "dot" },
} as const satisfies Record<DriftState | State | "silent", { fill: string; shape: string }>;

/** What stands under a drift guard: how its worst asset stands, with the reason where a sensor was caught. */
export function guardStatus({ silent, state, model, sensor, text }: Standing, say: Say) {
  const key = silent ? "silent" : state === "good" ? model : state;
  const isReason = !silent && state !== "good" && sensor !== "";
  return { ...LOOKS[key], text: isReason ? text.slice(0, LONGEST) : say(`status.${key}`) };
}
