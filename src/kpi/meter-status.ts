import type { Say } from "../message/say";
import { wholePercent } from "../text/percent";
import type { KpiFigures } from "./figures";

/** Skill of the window against the reference; where messages bring no forecast, that the meter is misplaced. */
export function meterStatus({ accuracy, reference, readings }: KpiFigures, isMisplaced: boolean, say: Say) {
  if (readings === 0 && isMisplaced) return { fill: "yellow", shape: "ring", text: say("status.misplaced") } as const;
  if (readings === 0) return { fill: "grey", shape: "ring", text: say("status.waiting") } as const;
  const { skill } = accuracy.window[reference];
  if (skill === null)
    return { fill: "grey", shape: "dot", text: say("progress.counted", { count: readings }) } as const;
  const percent = wholePercent(-skill);
  const standing = percent === 0 ? "same" : skill < 0 ? "worse" : "better";
  const text = say(`progress.${standing}.${reference}`, { percent });
  return { fill: standing === "worse" ? "yellow" : "green", shape: "dot", text } as const;
}
