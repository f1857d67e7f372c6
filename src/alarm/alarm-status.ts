/** What stands under the node: how it is with all alarms, in one colour and a sentence of the most urgent one. */
import type { Say } from "../message/say";
import type { AlarmRecord } from "./alarm";
import { type AlarmWords, clockTime } from "./alarm-sentence";
import { isAside, needsAcknowledgement } from "./alarm-state";

/** Characters of the names of an asset and its limit that a status has room for. */
const LONGEST_NAME = 40;

/** How alarms are told of. */
export interface StatusWords {
  readonly say: Say;
  readonly words: AlarmWords;
  /** A value of the watched signal with its unit. */
  readonly number: (value: number) => string;
}

/** What nobody has acknowledged first, then the most severe, then the newest. */
export function byUrgency(a: AlarmRecord, b: AlarmRecord): number {
  const calls = (alarm: AlarmRecord): number => Number(needsAcknowledgement(alarm.state));
  return calls(b) - calls(a) || b.severity - a.severity || (b.time ?? 0) - (a.time ?? 0);
}

/**
 * Red while an active alarm is not acknowledged, yellow while one is active, else grey or green. A ring says that the
 * state is held or in doubt, or that something waits for a person.
 *
 * @param list  all alarms that are not normal, or held, the most urgent first
 * @param now   ms by this computer's clock
 */
export function alarmStatus(list: readonly AlarmRecord[], now: number, { say, words, number }: StatusWords) {
  if (list.length === 0) return { fill: "green", shape: "dot", text: say("status.normal") } as const;
  const active = list.filter((alarm) => alarm.active && !isAside(alarm.state));
  const fill =
    active.length === 0 ? "grey" : active.some((alarm) => alarm.state === "unacknowledged") ? "red" : "yellow";
  const held = active.length > 0 ? active.slice(0, 1) : list;
  const kept = held.find((alarm) => alarm.held);
  if (kept?.held) {
    const { held, heldSince } = kept;
    const text = heldSince === undefined ? say(`status.${held}`) : say(`since.${held}`, { time: clockTime(heldSince, now) }); // biome-ignore format: one line
    return { fill, shape: "ring", text } as const;
  }
  if (active.length === 0) {
    const key = list.every((alarm) => isAside(alarm.state)) ? "aside" : "returned";
    return { fill, shape: "ring", text: say(`status.${key}`) } as const;
  }
  const [{ asset, limit, value, setpoint, confirmed }] = active;
  const name = asset ? words.sentence("asset", { asset, limit }) : limit;
  const alarm = name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;
  const limits = setpoint === undefined ? "" : [setpoint].flat().map(number).join(" – ");
  const is = value === undefined || limits === "" ? alarm : say("present.beyond", { alarm, value: number(value), setpoint: limits }); // biome-ignore format: one line
  const parts = [
    is,
    ...(confirmed === false ? [words.sentence("unconfirmed")] : []),
    ...(active.length > 1 ? [say("present.more", { count: active.length - 1 })] : []),
  ];
  return { fill, shape: confirmed === false ? "ring" : "dot", text: parts.join(words.sentence("joint")) } as const;
}
