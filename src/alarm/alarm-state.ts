/**
 * The states of one alarm and the transitions between them, as one table.
 *
 * Source: ANSI/ISA-18.2-2016 and IEC 62682:2022, clause "Alarm state transition diagram"; the two latched states are
 * the optional ones of that diagram.
 */

/** Every state an alarm can be in. The last three are the standard's ways to keep an alarm from the operator. */
export const ALARM_STATES = [
  "normal",
  "unacknowledged",
  "acknowledged",
  "returnedUnacknowledged",
  "latchedUnacknowledged",
  "latchedAcknowledged",
  "shelved",
  "suppressedByDesign",
  "outOfService",
] as const;
export type AlarmState = (typeof ALARM_STATES)[number];

/**
 * Everything that can happen to an alarm: two by the process, two by what becomes of a doubt about its value, one by a
 * timer, the rest by people or by logic.
 */
export const ALARM_EVENTS = [
  "activate",
  "clear",
  "confirm",
  "withdraw",
  "reAlarm",
  "acknowledge",
  "reset",
  "shelve",
  "unshelve",
  "suppress",
  "unsuppress",
  "outOfService",
  "inService",
] as const;
export type AlarmEvent = (typeof ALARM_EVENTS)[number];

/** A cell of the table: the next state, or the next state by the condition's presence, or by the latch option. */
type Next = AlarmState | { active: AlarmState; inactive: AlarmState } | { latching: AlarmState; plain: AlarmState };

/** Where an alarm goes when it comes back to the operator: the process decides, not what was known before. */
const BACK: Next = { active: "unacknowledged", inactive: "normal" };

/** Shelving, suppression and taking out of service are possible from every state that is before the operator. */
const PUT_ASIDE = { shelve: "shelved", suppress: "suppressedByDesign", outOfService: "outOfService" } as const;

/**
 * An alarm that was raised by a doubtful value is withdrawn as it would be cleared: an operator who has seen it come
 * must see it go. Confirming changes what is known of it, not what is to be done.
 */
const WHEN_UNACKNOWLEDGED: Next = { latching: "latchedUnacknowledged", plain: "returnedUnacknowledged" };
const WHEN_ACKNOWLEDGED: Next = { latching: "latchedAcknowledged", plain: "normal" };

/** The table. A pair that is absent does not exist: the event leaves the alarm as it is. */
export const ALARM_TABLE: Readonly<Record<AlarmState, Readonly<Partial<Record<AlarmEvent, Next>>>>> = {
  normal: { activate: "unacknowledged", ...PUT_ASIDE },
  unacknowledged: {
    clear: WHEN_UNACKNOWLEDGED,
    withdraw: WHEN_UNACKNOWLEDGED,
    confirm: "unacknowledged",
    acknowledge: "acknowledged",
    ...PUT_ASIDE,
  },
  acknowledged: {
    clear: WHEN_ACKNOWLEDGED,
    withdraw: WHEN_ACKNOWLEDGED,
    confirm: "acknowledged",
    reAlarm: "unacknowledged",
    ...PUT_ASIDE,
  },
  returnedUnacknowledged: { activate: "unacknowledged", acknowledge: "normal", ...PUT_ASIDE },
  latchedUnacknowledged: { activate: "unacknowledged", acknowledge: "latchedAcknowledged", ...PUT_ASIDE },
  latchedAcknowledged: { activate: "unacknowledged", reset: "normal", ...PUT_ASIDE },
  // Shelving again starts a new time limit. Design and maintenance outrank an operator's shelf.
  shelved: { shelve: "shelved", unshelve: BACK, suppress: "suppressedByDesign", outOfService: "outOfService" },
  suppressedByDesign: { unsuppress: BACK, outOfService: "outOfService" },
  outOfService: { inService: BACK },
};

/**
 * The state after an event, or undefined where the table knows no such transition.
 *
 * @param active    whether the alarm condition is present (after deadband and delays) at the moment of the event
 * @param latching  whether an alarm that clears stays until it is reset
 */
export function nextState(
  state: AlarmState,
  event: AlarmEvent,
  active: boolean,
  latching: boolean,
): AlarmState | undefined {
  const next = ALARM_TABLE[state][event];
  if (next === undefined || typeof next === "string") return next;
  if ("latching" in next) return latching ? next.latching : next.plain;
  return active ? next.active : next.inactive;
}

/** Whether the state is kept from the operator: shelved, suppressed by design or out of service. */
export function isAside(state: AlarmState): boolean {
  return state === "shelved" || state === "suppressedByDesign" || state === "outOfService";
}

/** Whether an operator still has to acknowledge. */
export function needsAcknowledgement(state: AlarmState): boolean {
  return state === "unacknowledged" || state === "returnedUnacknowledged" || state === "latchedUnacknowledged";
}
