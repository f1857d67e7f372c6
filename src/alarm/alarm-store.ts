/** What an alarm rule remembers of an asset, as a record; what is read is checked before it is believed. */

import { count, type Fields, fields, finite, flag, list, oneOf, optional, text } from "../memory/checked";
import type { AlarmMemory } from "./alarm";
import { AlarmProblem } from "./alarm-problem";
import { ALARM_STATES } from "./alarm-state";
import type { DelayState, Moment } from "./delay";
import { isTime } from "./observation";
import { type RateState, SAMPLES } from "./rate";
import type { HoldReason } from "./signal";
import type { SourceClockState } from "./source-clock";

export interface SavedRule {
  clock: SourceClockState | undefined;
  rates: RateState;
  /** By the limit's name. */
  alarms: [string, AlarmMemory][];
}

const VERSION = 2;
const MOST_LIMITS = 10_000;

export function writeRecord(saved: SavedRule): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ version: VERSION, ...saved }));
}

/**
 * Reads what `writeRecord` has written, or version 1, which knew one time only and how late readings came by it.
 *
 * @throws AlarmProblem damagedRecord
 */
export function readRecord(bytes: Uint8Array): SavedRule {
  try {
    const record = fields(JSON.parse(new TextDecoder().decode(bytes)), "record");
    const version = oneOf(record.version, "version", [1, VERSION]);
    const lag = version === 1 ? finite(record.lag, "lag") : 0;
    return {
      clock: version === 1 ? clockOfVersion1(record.last, lag) : optional(record.clock, "clock", clockOf),
      rates: ratesOf(fields(record.rates, "rates")),
      alarms: list(record.alarms, "alarms", MOST_LIMITS).map((entry) => {
        const [name, memory] = list(entry, "alarm", 2);
        return [text(name, "limit"), memoryOf(fields(memory, "alarm"), lag)];
      }),
    };
  } catch {
    throw new AlarmProblem("damagedRecord", {}, "the saved alarm states cannot be read");
  }
}

function clockOf(clock: unknown): SourceClockState {
  const { time: now, newest, before, older } = fields(clock, "clock");
  const state: SourceClockState = { time: time(now, "clock.time"), newest: momentOf(newest, "clock.newest") };
  if (before !== undefined) state.before = momentOf(before, "clock.before");
  if (older !== undefined) {
    const { count: times, first, last } = fields(older, "clock.older");
    state.older = {
      count: count(times, "clock.older.count"),
      first: momentOf(first, "clock.older.first"),
      last: time(last, "clock.older.last"),
    };
  }
  return state;
}

function clockOfVersion1(last: unknown, lag: number): SourceClockState | undefined {
  if (last === undefined) return undefined;
  const stamp = time(last, "last");
  return { time: stamp, newest: { time: stamp, arrival: stamp + lag } };
}

function momentOf(moment: unknown, name: string): Moment {
  const { time: stamp, arrival } = fields(moment, name);
  return { time: time(stamp, name), arrival: time(arrival, name) };
}

function ratesOf(rates: Fields): RateState {
  const times = list(rates.times, "rates.times", SAMPLES + 2).map((one) => time(one, "rates.times"));
  const values = list(rates.values, "rates.values", SAMPLES + 2).map((one) => finite(one, "rates.values"));
  if (times.length !== values.length) throw new TypeError("rates.times and rates.values differ in length");
  return { times, values };
}

function memoryOf(m: Fields, lag: number): AlarmMemory {
  const given = fields(m.given ?? {}, "given");
  return {
    state: oneOf(m.state, "state", ALARM_STATES),
    delay: delayOf(fields(m.delay, "delay"), lag),
    time: optional(m.time, "time", finite),
    activeSince: optional(m.activeSince, "activeSince", finite),
    occurrences: count(m.occurrences, "occurrences"),
    shelvedUntil: later(optional(m.shelvedUntil, "shelvedUntil", finite), lag),
    reAlarmAt: later(optional(m.reAlarmAt, "reAlarmAt", finite), lag),
    given: { low: optional(given.low, "given.low", finite), high: optional(given.high, "given.high", finite) },
    value: optional(m.value, "value", finite),
    timeToLimit: optional(m.timeToLimit, "timeToLimit", finite),
    held: optional(m.held, "held", holdReason),
    heldSince: optional(m.heldSince, "heldSince", finite),
    heldWhy: optional(m.heldWhy, "heldWhy", text),
    confirmed: optional(m.confirmed, "confirmed", flag),
    who: optional(m.who, "who", text),
    comment: optional(m.comment, "comment", text),
    verdict: optional(m.verdict, "verdict", flag),
  };
}

function delayOf(delay: Fields, lag: number): DelayState {
  const since = optional(delay.since, "delay.since", finite);
  const last = optional(delay.last, "delay.last", finite);
  const { sinceArrival, lastArrival } = delay;
  return {
    active: flag(delay.active, "delay.active"),
    since,
    sinceArrival: optional(sinceArrival, "delay.sinceArrival", finite) ?? later(since, lag),
    last,
    lastArrival: optional(lastArrival, "delay.lastArrival", finite) ?? later(last, lag),
  };
}

/** Version 1 ran its timers by the asset's time. */
function later(at: number | undefined, lag: number): number | undefined {
  return at === undefined ? undefined : at + lag;
}

/** Version 1 told a value of bad quality from one that is not known. */
function holdReason(value: unknown, name: string): HoldReason {
  return value === "badQuality" ? "noValue" : oneOf(value, name, ["noValue", "noSetpoint"]);
}

function time(value: unknown, name: string): number {
  if (!isTime(value)) throw new TypeError(`${name} is no time`);
  return value;
}
