/** The guard's word as it travels: `msg.quality`, with reasons in the user's language. */
import { shown, type ValueProblem } from "../message/problem";
import { ruleOf } from "../message/reading";
import type { Say } from "../message/say";
import { rounded } from "../text/rounded";
import type { Verdict } from "./guard";
import type { DriftState } from "./model-drift";
import type { Ne107 } from "./ne107";
import type { State } from "./quality";
import type { Reason } from "./reason";

/** A reason as it travels, with its text. */
export interface PlainReason extends Pick<Reason, "sensor" | "value" | "state" | "ne107"> {
  rule: Reason["rule"] | "badTime";
  held: number | null;
  text: string;
}

/** `msg.quality` of one reading. */
export interface SpokenQuality {
  state: State;
  ne107: Ne107;
  learn: number;
  /** Absent = 1. */
  speed?: number;
  held: string[];
  doubts: Record<string, number>;
  reasons: PlainReason[];
  /** ms: what the reading was taken for, where that is not the time that came. */
  time?: number;
  /** The rollout gate takes a learner out that was frozen. */
  model: DriftState;
}

/**
 * A verdict in words.
 *
 * @param given ms: the time that came with the reading; NaN = none
 */
export function spoken(verdict: Verdict, given: number, model: DriftState, say: Say): SpokenQuality {
  // Where the source's clock stands, the model need not find that out by readings of its own.
  const isMoved = !Number.isNaN(given) && !Number.isNaN(verdict.time) && verdict.time !== given;
  return {
    state: verdict.state,
    ne107: verdict.ne107,
    learn: verdict.learn,
    ...(verdict.speed === 1 ? {} : { speed: verdict.speed }),
    held: [...verdict.held],
    doubts: { ...verdict.doubts },
    reasons: verdict.reasons.map((reason) => plain(reason, say)),
    ...(isMoved && { time: verdict.time }),
    model,
  };
}

/** The same in objects of its own, for another message. */
export function copyOf(quality: SpokenQuality): SpokenQuality {
  const { held, doubts, reasons } = quality;
  return { ...quality, held: [...held], doubts: { ...doubts }, reasons: reasons.map((reason) => ({ ...reason })) };
}

/** The word on a row whose time cannot be read. @param describe why, in the user's language */
export function untimed(
  timestamp: unknown,
  model: DriftState,
  describe: (problem: ValueProblem) => string,
): SpokenQuality {
  const problem = { sensor: "", rule: "badTime", value: shown(timestamp) } as const;
  const standing = { state: "bad", ne107: "failure" } as const;
  const reason: PlainReason = { ...problem, ...standing, held: null, text: describe(problem) };
  return { ...standing, learn: 0, held: [], doubts: {}, reasons: [reason], model };
}

/** The reason for a silence, s. */
export function silence(seconds: number, say: Say): PlainReason {
  const reason = { sensor: "", rule: "late", state: "bad", ne107: "failure", held: null } as const;
  return { ...reason, value: Math.round(seconds), text: say("rule.silent", { limit: short(seconds) }) };
}

function plain({ sensor, rule, value, state, ne107, limit, lasting, held }: Reason, say: Say): PlainReason {
  // A reader needs no more digits than an instrument shows; the reason itself keeps all.
  const read = Number.isFinite(value) ? rounded(value) : value;
  const values = { sensor: sensor || say("label.reading"), value: read, limit: short(limit), lasting };
  const text = say(`rule.${textOf(rule, value)}`, values);
  return { sensor, rule, value, state, ne107, held: Number.isFinite(held) ? held : null, text };
}

/** Rules for which the remedy is known: a number that only stands in a text is no riddle. */
const RIDDLES = ["decimalComma", "numberText", "jsonText", "unitText"] as const;

/** Which text tells of a reason. */
function textOf(rule: Reason["rule"], value: Reason["value"]): Reason["rule"] | (typeof RIDDLES)[number] {
  if (rule !== "notANumber" || typeof value !== "string") return rule;
  const why = ruleOf(value);
  return RIDDLES.find((one) => one === why) ?? rule;
}

/** Four digits are what a reader can use. */
function short(x: number): string {
  return Number.isFinite(x) ? String(Number(x.toPrecision(4))) : "–";
}
