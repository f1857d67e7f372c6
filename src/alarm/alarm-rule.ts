/** All alarms of one rule on one asset: readings, commands and time go in, changes of state come out. */
import type { Action, AlarmMemory, AlarmOptions, AlarmRecord, AlarmTransition } from "./alarm";
import { Alarm, newAlarm } from "./alarm";
import { AlarmProblem } from "./alarm-problem";
import { ALARM_STATES, type AlarmEvent, needsAcknowledgement } from "./alarm-state";
import type { Setpoint } from "./condition";
import type { Limit } from "./limit";
import { isTime, type Observation } from "./observation";
import type { RateState } from "./rate";
import type { HoldReason, Signal, SignalOptions } from "./signal";
import { signalOf } from "./signal";

export interface AlarmRuleOptions extends SignalOptions, AlarmOptions {
  /** At least one, names unique. */
  limits: readonly Limit[];
  /** Time that an alarm is shelved where the command names none, ms. */
  shelveTime: number;
}

/** Limits that came with the message, by limit name. */
export type GivenSetpoints = ReadonlyMap<string, Partial<Setpoint>>;

export interface Judgement {
  transitions: AlarmTransition[];
  /** What kept a single limit from being judged; the others were. */
  problems: AlarmProblem[];
}

/** Readings in a row, each later than the one before but older than the newest, that prove a clock was set back. */
const SET_BACK = 3;

const NONE: Partial<Setpoint> = {};

export class AlarmRule {
  private readonly alarms: Map<string, Alarm>;
  private last: number | undefined;
  /** By how much readings arrive after their time, ms: what separates this computer's clock from the asset's. */
  private lag = 0;
  private readonly older = { count: 0, time: 0 };
  private rates: RateState = { times: [], values: [] };

  constructor(
    readonly asset: string,
    private readonly options: AlarmRuleOptions,
  ) {
    this.alarms = new Map(options.limits.map((l) => [l.name, new Alarm(asset, l, options)]));
  }

  /**
   * The asset's own time, by which its readings are stamped and its timers run, while it is silent.
   *
   * @param now  this computer's clock, ms
   */
  clock(now: number): number {
    return now - this.lag;
  }

  /**
   * Judges one reading against every limit and fires the timers that are due.
   *
   * An older reading than the newest is refused, unless three in a row show that the clock was set back: then all
   * timers move with it. Two readings at the same time are both judged.
   *
   * @param arrival  this computer's clock when the reading came, ms
   * @throws AlarmProblem outOfOrder, noForecast, noQuality, noHorizon; nothing has then changed
   */
  read(o: Observation, given: GivenSetpoints = new Map(), arrival = o.time): Judgement {
    this.order(o.time);
    const signal: Signal | HoldReason = signalOf(this.options, o, this.rates);
    this.last = o.time;
    this.lag = arrival - o.time;
    const judgement: Judgement = { transitions: [], problems: [] };
    for (const alarm of this.alarms.values()) {
      try {
        const transition = alarm.judge(signal, given.get(alarm.limit.name) ?? NONE, o.time);
        if (transition) judgement.transitions.push(transition);
      } catch (e) {
        if (!(e instanceof AlarmProblem)) throw e;
        judgement.problems.push(e);
      }
    }
    judgement.transitions.push(...this.tick(o.time));
    return judgement;
  }

  /**
   * Takes note of a reading of which nothing can be used, not even its time: every alarm keeps its state and says so.
   *
   * @param arrival  this computer's clock when it came, ms
   */
  hold(arrival: number): void {
    const time = Math.max(this.last ?? Number.NEGATIVE_INFINITY, this.clock(arrival));
    for (const alarm of this.alarms.values()) alarm.hold("noValue", time);
  }

  /** Fires the timers that are due at a time of the asset's own clock, for assets that are silent. */
  tick(time: number): AlarmTransition[] {
    return [...this.alarms.values()].flatMap((a) => a.tick(time) ?? []);
  }

  /** When the next timer is due, ms by the asset's own clock; Infinity when none runs. */
  get nextTimer(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { memory } of this.alarms.values()) {
      next = Math.min(next, memory.shelvedUntil ?? next, memory.reAlarmAt ?? next);
    }
    return next;
  }

  /**
   * Carries out what a person or a logic asks for, on one limit or on all.
   *
   * @throws AlarmProblem unknownLimit; shelveTooLong; notPossible where no alarm is in a state that allows it
   */
  command(event: AlarmEvent, time: number, action: Action & { limit?: string } = {}): AlarmTransition[] {
    const chosen = this.choose(action.limit);
    const duration = action.duration ?? this.options.shelveTime;
    if (event === "shelve" && !(duration > 0 && duration <= this.options.shelveLimit)) {
      const minutes = Math.round(this.options.shelveLimit / 60_000);
      throw new AlarmProblem("shelveTooLong", { minutes }, `shelve for more than 0 and at most ${minutes} minutes`);
    }
    const transitions = chosen.flatMap((a) => a.apply(event, time, { ...action, duration }) ?? []);
    if (transitions.length > 0) return transitions;
    const [first] = chosen;
    const details = { event, limit: first.limit.name, state: first.memory.state };
    throw new AlarmProblem("notPossible", details, `${event} is not possible: ${details.limit} is ${details.state}`);
  }

  /**
   * Takes an operator's verdict on the last occurrence of an alarm. Where no limit is named, it is meant for the alarms
   * that stand or, where none does, for the one that changed last: an old one is not judged anew.
   *
   * @returns the verdict before, for each alarm that took the new one
   * @throws AlarmProblem unknownLimit; nothingToJudge where no alarm has occurred
   */
  feedback(verdict: boolean, limit?: string): { before: boolean | undefined; record: AlarmRecord }[] {
    const occurred = this.choose(limit).filter((a) => a.memory.occurrences > 0);
    if (occurred.length === 0) {
      throw new AlarmProblem("nothingToJudge", { asset: this.asset }, "no alarm has occurred here");
    }
    const standing = occurred.filter(({ memory }) => memory.delay.active || needsAcknowledgement(memory.state));
    const [last] = occurred.sort((a, b) => (b.memory.time ?? 0) - (a.memory.time ?? 0));
    const meant = standing.length > 0 ? standing : [last];
    return meant.map((alarm) => {
      const before = alarm.memory.verdict;
      alarm.memory.verdict = verdict;
      return { before, record: alarm.record() };
    });
  }

  /** Every alarm that is not normal, or held. */
  list(): AlarmRecord[] {
    const present = [...this.alarms.values()].filter((a) => a.memory.state !== "normal" || a.memory.held);
    return present.map((a) => a.record());
  }

  /** Why alarms keep their state at the moment; undefined when every limit is judged. */
  get held(): HoldReason | undefined {
    for (const { memory } of this.alarms.values()) if (memory.held) return memory.held;
    return undefined;
  }

  save(): Uint8Array {
    const alarms = [...this.alarms].map(([name, alarm]) => [name, alarm.memory]);
    return new TextEncoder().encode(
      JSON.stringify({ version: 1, last: this.last, lag: this.lag, rates: this.rates, alarms }),
    );
  }

  /**
   * Goes on where a record was saved. Alarms are found by the limit's name: a limit that is new begins normal, one
   * that no longer exists is dropped. A limit that came with a message gives way to one that is fixed by now.
   *
   * @throws AlarmProblem damagedRecord
   */
  static load(bytes: Uint8Array, asset: string, options: AlarmRuleOptions): AlarmRule {
    const saved = parseRecord(bytes);
    const rule = new AlarmRule(asset, options);
    rule.last = saved.last;
    rule.lag = saved.lag;
    rule.rates = saved.rates;
    for (const [name, memory] of saved.alarms) {
      const alarm = rule.alarms.get(name);
      if (!alarm) continue;
      const { limit } = alarm;
      if (limit.low !== undefined) delete memory.given.low;
      if (limit.high !== undefined) delete memory.given.high;
      rule.alarms.set(name, new Alarm(asset, limit, options, memory));
    }
    return rule;
  }

  private order(time: number): void {
    if (this.last === undefined || time >= this.last) {
      this.older.count = 0;
      return;
    }
    this.older.count = this.older.count > 0 && time > this.older.time ? this.older.count + 1 : 1;
    this.older.time = time;
    if (this.older.count < SET_BACK) {
      const text = `the reading is ${this.last - time} ms older than the newest one`;
      throw new AlarmProblem("outOfOrder", { older: this.last - time }, text);
    }
    for (const alarm of this.alarms.values()) alarm.shift(time - this.last);
    this.rates = { times: [], values: [] };
    this.last = time;
    this.older.count = 0;
  }

  private choose(limit: string | undefined): Alarm[] {
    if (limit === undefined) return [...this.alarms.values()];
    const alarm = this.alarms.get(limit);
    if (alarm) return [alarm];
    const known = [...this.alarms.keys()].join(", ");
    const wanted = limit.length > 60 ? `${limit.slice(0, 60)}…` : limit;
    throw new AlarmProblem("unknownLimit", { limit: wanted, known }, `no limit "${wanted}"; there is: ${known}`);
  }
}

interface SavedRule {
  last?: number;
  lag: number;
  rates: RateState;
  alarms: [string, AlarmMemory][];
}

const HELD: readonly unknown[] = [undefined, "badQuality", "noValue", "noSetpoint"];

function damaged(): AlarmProblem {
  return new AlarmProblem("damagedRecord", {}, "the saved alarm states cannot be read");
}

function finite(value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw damaged();
  return value;
}

function optional<T extends "number" | "string" | "boolean">(
  value: unknown,
  type: T,
): (T extends "number" ? number : T extends "string" ? string : boolean) | undefined {
  // biome-ignore lint/suspicious/noExplicitAny: the type is checked on this very line
  if (value === undefined || typeof value === type) return value as any;
  throw damaged();
}

function parseMemory(m: Partial<AlarmMemory>): AlarmMemory {
  const { state, delay } = m;
  if (!state || !ALARM_STATES.includes(state) || typeof delay?.active !== "boolean") throw damaged();
  if (!HELD.includes(m.held)) throw damaged();
  return {
    ...newAlarm(),
    state,
    delay: { active: delay.active, since: optional(delay.since, "number"), last: optional(delay.last, "number") },
    time: optional(m.time, "number"),
    activeSince: optional(m.activeSince, "number"),
    occurrences: finite(m.occurrences),
    shelvedUntil: optional(m.shelvedUntil, "number"),
    reAlarmAt: optional(m.reAlarmAt, "number"),
    given: { low: optional(m.given?.low, "number"), high: optional(m.given?.high, "number") },
    value: optional(m.value, "number"),
    timeToLimit: optional(m.timeToLimit, "number"),
    held: m.held,
    who: optional(m.who, "string"),
    comment: optional(m.comment, "string"),
    verdict: optional(m.verdict, "boolean"),
  };
}

function parseRecord(bytes: Uint8Array): SavedRule {
  try {
    const { version, last, lag, rates, alarms } = JSON.parse(new TextDecoder().decode(bytes));
    if (version !== 1 || (last !== undefined && !isTime(last))) throw damaged();
    if (rates.times.length !== rates.values.length) throw damaged();
    return {
      last,
      lag: finite(lag),
      rates: { times: rates.times.map(finite), values: rates.values.map(finite) },
      alarms: alarms.map(([name, memory]: [unknown, AlarmMemory]) => [String(name), parseMemory(memory)]),
    };
  } catch (e) {
    throw e instanceof AlarmProblem ? e : damaged();
  }
}
