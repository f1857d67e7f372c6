/** Why a reading cannot be taken in by its time, for people. */

import { MessageProblem } from "../message/problem";
import type { Untaken } from "../stream/clock";
import { isoTime } from "../text/iso-time";

const CODES = {
  "bad time": "badTime",
  duplicate: "duplicate",
  "out of order": "outOfOrder",
  "unknown time": "unknownTime",
  "already labelled": "alreadyLabelled",
  "not a number": "nothingUsable",
} as const;

/** The forecaster has rejected it. */
export function rejected(code: keyof typeof CODES, time: number, last: number, text: string): MessageProblem {
  return new MessageProblem(CODES[code], { time: isoTime(time), last: isoTime(last) }, text);
}

/** Its time is not that of the next one. */
export function untaken(verdict: Untaken, time: number, last: number): MessageProblem {
  const details = { time: isoTime(time), last: isoTime(last) };
  switch (verdict) {
    case "duplicate":
      return new MessageProblem("duplicate", details, `a reading of ${details.time} was taken already`);
    case "out of order":
      return new MessageProblem(
        "outOfOrder",
        details,
        `the reading of ${details.time} is older than the last one, ${details.last}`,
      );
    case "ahead":
      return new MessageProblem("ahead", details, `the reading of ${details.time} is in the future`);
  }
}
