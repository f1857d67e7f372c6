import type { Say } from "../message/say";
import type { DriftState } from "./model-drift";
import type { State } from "./quality";
import type { Standing } from "./standing";

/** Characters of a sensor's name that a status has room for. */
const LONGEST_NAME = 30;

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

/** What stands under a drift guard: how its worst asset stands, in a sentence that fits between two nodes. */
export function guardStatus({ silent, state, model, sensor, rule }: Standing, say: Say) {
  const key = silent ? "silent" : state === "good" ? model : state;
  const isReason = !silent && state !== "good" && rule !== undefined;
  const what = sensor || say("label.reading");
  const name = what.length > LONGEST_NAME ? `${what.slice(0, LONGEST_NAME - 1)}…` : what;
  return { ...LOOKS[key], text: isReason ? say(`caught.${rule}`, { sensor: name }) : say(`status.${key}`) };
}
