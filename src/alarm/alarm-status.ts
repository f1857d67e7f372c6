/** What stands under the node: how it is with all alarms, in one colour and less than 20 characters. */
import type { AlarmRecord } from "./alarm";
import { shortNumber } from "./alarm-sentence";
import { isAside, needsAcknowledgement } from "./alarm-state";
import type { HoldReason } from "./signal";

/** A status whose text is ready, or whose text is a key of the catalogue. */
export type AlarmStatus = { fill: "red" | "yellow" | "green" | "grey"; shape: "dot" | "ring" } & (
  | { text: string }
  /** `since`: ms by this computer's clock, where values have been missing since then. */
  | { key: "normal" | "returned" | "aside" | "unconfirmed" | HoldReason; since?: number }
);

const LONGEST = 19;

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
 */
export function alarmStatus(list: readonly AlarmRecord[]): AlarmStatus {
  if (list.length === 0) return { fill: "green", shape: "dot", key: "normal" };
  const active = list.filter((alarm) => alarm.active && !isAside(alarm.state));
  const fill =
    active.length === 0 ? "grey" : active.some((alarm) => alarm.state === "unacknowledged") ? "red" : "yellow";
  const held = active.length > 0 ? active.slice(0, 1) : list;
  const kept = held.find((alarm) => alarm.held);
  if (kept?.held) return { fill, shape: "ring", key: kept.held, since: kept.heldSince };
  if (active.length === 0) {
    return { fill, shape: "ring", key: list.every((alarm) => isAside(alarm.state)) ? "aside" : "returned" };
  }
  const [{ limit, value, confirmed }] = active;
  if (confirmed === false) return { fill, shape: "ring", key: "unconfirmed" };
  const end = `${value === undefined ? "" : ` ${shortNumber(value)}`}${active.length > 1 ? ` (+${active.length - 1})` : ""}`;
  return { fill, shape: "dot", text: `${limit.slice(0, LONGEST - end.length)}${end}` };
}
