import assert from "node:assert/strict";
import * as fc from "fast-check";
import {
  ALARM_EVENTS,
  ALARM_STATES,
  type AlarmEvent,
  type AlarmState,
  isAside,
  needsAcknowledgement,
  nextState,
} from "../../src/alarm/alarm-state";

/** What the standard's diagram says, arrow by arrow: [from, event, to] or, by condition and latch, [.., active, latching]. */
const ARROWS: [AlarmState, AlarmEvent, AlarmState, { active?: boolean; latching?: boolean }?][] = [
  ["normal", "activate", "unacknowledged"],
  ["unacknowledged", "acknowledge", "acknowledged"],
  ["unacknowledged", "clear", "returnedUnacknowledged", { latching: false }],
  ["unacknowledged", "clear", "latchedUnacknowledged", { latching: true }],
  ["acknowledged", "clear", "normal", { latching: false }],
  ["acknowledged", "clear", "latchedAcknowledged", { latching: true }],
  // A doubt about the value changes nothing in what the standard asks for: gone is gone, and to be acknowledged.
  ["unacknowledged", "confirm", "unacknowledged"],
  ["unacknowledged", "withdraw", "returnedUnacknowledged", { latching: false }],
  ["unacknowledged", "withdraw", "latchedUnacknowledged", { latching: true }],
  ["acknowledged", "confirm", "acknowledged"],
  ["acknowledged", "withdraw", "normal", { latching: false }],
  ["acknowledged", "withdraw", "latchedAcknowledged", { latching: true }],
  ["acknowledged", "reAlarm", "unacknowledged"],
  ["returnedUnacknowledged", "activate", "unacknowledged"],
  ["returnedUnacknowledged", "acknowledge", "normal"],
  ["latchedUnacknowledged", "activate", "unacknowledged"],
  ["latchedUnacknowledged", "acknowledge", "latchedAcknowledged"],
  ["latchedAcknowledged", "activate", "unacknowledged"],
  ["latchedAcknowledged", "reset", "normal"],
  ["shelved", "shelve", "shelved"],
  ["shelved", "unshelve", "unacknowledged", { active: true }],
  ["shelved", "unshelve", "normal", { active: false }],
  ["shelved", "suppress", "suppressedByDesign"],
  ["shelved", "outOfService", "outOfService"],
  ["suppressedByDesign", "unsuppress", "unacknowledged", { active: true }],
  ["suppressedByDesign", "unsuppress", "normal", { active: false }],
  ["suppressedByDesign", "outOfService", "outOfService"],
  ["outOfService", "inService", "unacknowledged", { active: true }],
  ["outOfService", "inService", "normal", { active: false }],
  ...(
    [
      "normal",
      "unacknowledged",
      "acknowledged",
      "returnedUnacknowledged",
      "latchedUnacknowledged",
      "latchedAcknowledged",
    ] as const
  ).flatMap((from): [AlarmState, AlarmEvent, AlarmState][] => [
    [from, "shelve", "shelved"],
    [from, "suppress", "suppressedByDesign"],
    [from, "outOfService", "outOfService"],
  ]),
];

describe("alarm state table", () => {
  for (const state of ALARM_STATES) {
    for (const event of ALARM_EVENTS) {
      for (const active of [true, false]) {
        for (const latching of [true, false]) {
          const arrow = ARROWS.find(
            ([from, e, , when]) =>
              from === state &&
              e === event &&
              (when?.active ?? active) === active &&
              (when?.latching ?? latching) === latching,
          );
          const to = arrow?.[2];
          it(`${state} + ${event}${active ? ", active" : ""}${latching ? ", latching" : ""} → ${to ?? "stays"}`, () => {
            assert.equal(nextState(state, event, active, latching), to);
          });
        }
      }
    }
  }

  it("brings every state back to normal by acknowledging, returning, resetting and ending what put it aside", () => {
    for (const latching of [true, false]) {
      for (const start of ALARM_STATES) {
        let state: AlarmState = start;
        for (const event of ["inService", "unsuppress", "unshelve", "clear", "acknowledge", "reset"] as const) {
          state = nextState(state, event, false, latching) ?? state;
        }
        assert.equal(state, "normal", `${start}, latching ${latching}`);
      }
    }
  });

  it("never loses an alarm that nobody has seen: from active and unacknowledged, only a person ends it", () => {
    const process = fc.array(fc.constantFrom<AlarmEvent>("activate", "clear", "confirm", "withdraw", "reAlarm"), {
      maxLength: 50,
    });
    fc.assert(
      fc.property(process, fc.boolean(), (events, latching) => {
        let state: AlarmState = "unacknowledged";
        for (const event of events)
          state = nextState(state, event, event !== "clear" && event !== "withdraw", latching) ?? state;
        assert.ok(needsAcknowledgement(state), state);
        assert.ok(!isAside(state));
      }),
    );
  });
});
