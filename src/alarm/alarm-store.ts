/** What an alarm rule remembers of an asset, as a record; what is read is checked before it is believed. */
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
/** Longer texts are none of ours. */
const LONGEST = 10_000;

type Fields = Readonly<Record<string, unknown>>;

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
    const record = fields(JSON.parse(new TextDecoder().decode(bytes)));
    if (record.version !== VERSION && record.version !== 1) throw damaged();
    const lag = record.version === 1 ? finite(record.lag) : 0;
    return {
      clock: record.version === 1 ? clockOfVersion1(record.last, lag) : clockOf(record.clock),
      rates: ratesOf(fields(record.rates)),
      alarms: list(record.alarms, MOST_LIMITS).map((entry) => {
        const [name, memory] = list(entry, 2);
        return [text(name), memoryOf(fields(memory), lag)];
      }),
    };
  } catch (e) {
    throw e instanceof AlarmProblem ? e : damaged();
  }
}

function damaged(): AlarmProblem {
  return new AlarmProblem("damagedRecord", {}, "the saved alarm states cannot be read");
}

function clockOf(clock: unknown): SourceClockState | undefined {
  if (clock === undefined) return undefined;
  const { time: now, newest, before, older } = fields(clock);
  const state: SourceClockState = { time: time(now), newest: momentOf(newest) };
  if (before !== undefined) state.before = momentOf(before);
  if (older !== undefined) {
    const { count, first, last } = fields(older);
    state.older = { count: finite(count), first: momentOf(first), last: time(last) };
  }
  return state;
}

function clockOfVersion1(last: unknown, lag: number): SourceClockState | undefined {
  if (last === undefined) return undefined;
  return { time: time(last), newest: { time: time(last), arrival: time(last) + lag } };
}

function momentOf(moment: unknown): Moment {
  const { time: stamp, arrival } = fields(moment);
  return { time: time(stamp), arrival: time(arrival) };
}

function ratesOf({ times, values }: Fields): RateState {
  const rates = { times: list(times, SAMPLES + 2).map(time), values: list(values, SAMPLES + 2).map(finite) };
  if (rates.times.length !== rates.values.length) throw damaged();
  return rates;
}

function memoryOf(m: Fields, lag: number): AlarmMemory {
  const state = ALARM_STATES.find((known) => known === m.state);
  if (!state) throw damaged();
  const given = fields(m.given ?? {});
  return {
    state,
    delay: delayOf(fields(m.delay), lag),
    time: optional(m.time, finite),
    activeSince: optional(m.activeSince, finite),
    occurrences: count(m.occurrences),
    shelvedUntil: later(optional(m.shelvedUntil, finite), lag),
    reAlarmAt: later(optional(m.reAlarmAt, finite), lag),
    given: { low: optional(given.low, finite), high: optional(given.high, finite) },
    value: optional(m.value, finite),
    timeToLimit: optional(m.timeToLimit, finite),
    held: optional(m.held, holdReason),
    heldSince: optional(m.heldSince, finite),
    heldWhy: optional(m.heldWhy, text),
    confirmed: optional(m.confirmed, boolean),
    who: optional(m.who, text),
    comment: optional(m.comment, text),
    verdict: optional(m.verdict, boolean),
  };
}

function delayOf(delay: Fields, lag: number): DelayState {
  const since = optional(delay.since, finite);
  const last = optional(delay.last, finite);
  return {
    active: boolean(delay.active),
    since,
    sinceArrival: since === undefined ? undefined : (optional(delay.sinceArrival, finite) ?? since + lag),
    last,
    lastArrival: last === undefined ? undefined : (optional(delay.lastArrival, finite) ?? last + lag),
  };
}

/** Version 1 ran its timers by the asset's time. */
function later(at: number | undefined, lag: number): number | undefined {
  return at === undefined ? undefined : at + lag;
}

function holdReason(value: unknown): HoldReason {
  if (value === "noSetpoint") return value;
  // Version 1 told a value of bad quality from one that is not known.
  if (value === "noValue" || value === "badQuality") return "noValue";
  throw damaged();
}

function optional<T>(value: unknown, read: (value: unknown) => T): T | undefined {
  return value === undefined ? undefined : read(value);
}

function finite(value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw damaged();
  return value;
}

function count(value: unknown): number {
  const number = finite(value);
  if (number < 0) throw damaged();
  return number;
}

function time(value: unknown): number {
  if (!isTime(value)) throw damaged();
  return value;
}

function boolean(value: unknown): boolean {
  if (typeof value !== "boolean") throw damaged();
  return value;
}

function text(value: unknown): string {
  if (typeof value !== "string" || value.length > LONGEST) throw damaged();
  return value;
}

function list(value: unknown, most: number): unknown[] {
  if (!Array.isArray(value) || value.length > most) throw damaged();
  return value;
}

function fields(value: unknown): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw damaged();
  return value as Fields;
}
