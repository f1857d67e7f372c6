/** One alarm: a limit, its state in the table, and what it must remember of its delays and timers. */

import { type Trust, USABLE } from "../message/trust";
import { AlarmProblem } from "./alarm-problem";
import type { AlarmEvent, AlarmState } from "./alarm-state";
import { needsAcknowledgement, nextState } from "./alarm-state";
import type { ConditionKind, Setpoint, SignalRange } from "./condition";
import { isBeyond } from "./condition";
import type { DelayState, Moment } from "./delay";
import { delay, dueAt, elapse, forgetPending, holdDelay, resetSourceTime } from "./delay";
import type { Deadband, Limit } from "./limit";
import { absoluteDeadband, setpointOf, severityOf } from "./limit";
import type { Priority } from "./priority";
import type { HoldReason, NoSignal, Signal } from "./signal";
import { timeToLimit } from "./time-to-limit";

/**
 * What an alarm remembers: finite numbers and short texts only, so that JSON can hold it. Times in ms; what was read is
 * stamped by the asset's time, what people do and all timers by this computer's clock.
 */
export interface AlarmMemory {
  state: AlarmState;
  /** Time of the last transition; absent before the first. */
  time?: number;
  delay: DelayState;
  activeSince?: number;
  /** How often the alarm became active. */
  occurrences: number;
  shelvedUntil?: number;
  reAlarmAt?: number;
  /** Limits that came with a message, kept for messages without. */
  given: Partial<Setpoint>;
  value?: number;
  timeToLimit?: number;
  held?: HoldReason;
  /** Since when, by this computer's clock, and what the drift guard says of it. */
  heldSince?: number;
  heldWhy?: string;
  /**
   * Absent where a value that nobody doubts has raised the alarm; false while only doubtful ones have been beyond the
   * limit; true after one of them was followed by one that nobody doubts.
   */
  confirmed?: boolean;
  who?: string;
  comment?: string;
  /** An operator's verdict on the last occurrence: was the alarm true? */
  verdict?: boolean;
}

function newAlarm(): AlarmMemory {
  return { state: "normal", delay: { active: false }, occurrences: 0, given: {} };
}

export interface AlarmOptions {
  deadband: Deadband;
  /** ms, >= 0 */
  onDelay: number;
  offDelay: number;
  /** An alarm that clears stays until it is reset. */
  latching: boolean;
  /** An acknowledged alarm that stays active is announced again after this time, ms; 0 = never. */
  reAlarm: number;
  /** The longest that an alarm may be shelved, ms. */
  shelveLimit: number;
}

/** What is known about an alarm now; ready for JSON, a table or a mail: what is not known is absent. */
export interface AlarmRecord {
  asset: string;
  limit: string;
  kind: ConditionKind;
  state: AlarmState;
  active: boolean;
  priority: Priority;
  severity: number;
  time?: number;
  activeSince?: number;
  occurrences: number;
  value?: number;
  /** One limit, or both of outside and inside. */
  setpoint?: number | [number, number];
  /** ms until the forecast meets the limit. */
  timeToLimit?: number;
  shelvedUntil?: number;
  held?: HoldReason;
  /** ms by this computer's clock. */
  heldSince?: number;
  heldWhy?: string;
  /**
   * false: only doubtful values have been beyond the limit so far or, once the alarm has gone, ever; true: such an alarm
   * was confirmed; absent: its value was never doubted.
   */
  confirmed?: boolean;
  who?: string;
  comment?: string;
  verdict?: boolean;
  message?: string;
  cause?: string;
  consequence?: string;
  response?: string;
}

/** A change of state. */
export interface AlarmTransition extends AlarmRecord {
  event: AlarmEvent;
  from: AlarmState;
  time: number;
}

/** Who did it, why, and for how long (ms) where something is shelved. */
export interface Action {
  who?: string;
  comment?: string;
  duration?: number;
}

/** The end of the range that is held against the limit, as the value to show. */
function shown(kind: ConditionKind, range: SignalRange, setpoint: Setpoint): number {
  if (kind === "low") return range.low;
  if (kind === "outside" && range.high < setpoint.high && range.low <= setpoint.low) return range.low;
  return range.high;
}

export class Alarm {
  constructor(
    readonly asset: string,
    readonly limit: Limit,
    private readonly options: AlarmOptions,
    readonly memory: AlarmMemory = newAlarm(),
  ) {}

  /**
   * Judges one reading.
   *
   * @param given  limits that came with this message
   * @param trust  why there is no signal, where there is none
   * @throws AlarmProblem setpointOrder, deadbandTooWide: the alarm then keeps its state
   */
  judge(
    signal: Signal | NoSignal,
    given: Partial<Setpoint>,
    at: Moment,
    trust: Trust = USABLE,
  ): AlarmTransition | undefined {
    const m = this.memory;
    Object.assign(m.given, given);
    const setpoint = setpointOf(this.limit, m.given);
    if (signal === "noValue") {
      // A doubt that turns out to be a fault of the sensor withdraws the alarm; that nothing comes proves nothing.
      const withdrawn = trust.fault ? this.withdraw(at.time) : undefined;
      this.hold("noValue", at, trust.why);
      return withdrawn;
    }
    if (setpoint === undefined) {
      this.hold("noSetpoint", at);
      return undefined;
    }
    const deadband = absoluteDeadband(this.options.deadband);
    const problem = this.problemOf(setpoint, deadband);
    if (problem) {
      this.hold("noSetpoint", at);
      throw problem;
    }
    m.held = m.heldSince = m.heldWhy = undefined;
    const was = m.delay.active;
    let beyond = false;
    let confirmed = false;
    if (signal !== "stopped") {
      m.value = shown(this.limit.kind, signal.range, setpoint);
      m.timeToLimit = signal.path && timeToLimit(this.limit.kind, signal.path, setpoint, signal.origin ?? at.time);
      beyond = isBeyond(this.limit.kind, signal.range, setpoint, deadband, was);
      if (beyond) confirmed = this.believe(signal.doubtful !== true);
    }
    const active = delay(m.delay, beyond, at, this.options.onDelay, this.options.offDelay);
    if (active !== was) return this.turned(at.time);
    return confirmed ? this.apply("confirm", at.time, {}) : undefined;
  }

  /** Whether the value lies on the other side of the limit than the alarm, and a delay decides. */
  get isPending(): boolean {
    return this.memory.delay.since !== undefined;
  }

  /** Keeps the state at a reading that cannot be judged, and says why. */
  hold(reason: HoldReason, at: Moment, why = ""): void {
    const m = this.memory;
    if (m.held !== reason) m.heldSince = at.arrival;
    m.held = reason;
    m.heldWhy = why || undefined;
    holdDelay(m.delay, at);
  }

  /**
   * Lets time pass: the end of a delay, of shelving, the repeated announcement.
   *
   * From no moment on does an alarm stay shelved for longer than allowed, whatever clock the shelving was set by.
   */
  tick(at: Moment): AlarmTransition[] {
    const m = this.memory;
    const { onDelay, offDelay, shelveLimit, reAlarm } = this.options;
    const transitions: (AlarmTransition | undefined)[] = [];
    const was = m.delay.active;
    if (!m.held && elapse(m.delay, at, onDelay, offDelay) !== was) transitions.push(this.turned(at.time));
    const { arrival } = at;
    if (m.shelvedUntil !== undefined) m.shelvedUntil = Math.min(m.shelvedUntil, arrival + shelveLimit);
    if (m.reAlarmAt !== undefined) m.reAlarmAt = Math.min(m.reAlarmAt, arrival + reAlarm);
    const { shelvedUntil, reAlarmAt } = m;
    if (shelvedUntil !== undefined && arrival >= shelvedUntil) transitions.push(this.apply("unshelve", arrival, {}));
    if (reAlarmAt !== undefined && arrival >= reAlarmAt) transitions.push(this.apply("reAlarm", arrival, {}));
    return transitions.filter((transition) => transition !== undefined);
  }

  /** When `tick` has something to do next, ms by this computer's clock; Infinity where nothing waits. */
  get nextTimer(): number {
    const { held, delay: pending, shelvedUntil, reAlarmAt } = this.memory;
    const never = Number.POSITIVE_INFINITY;
    const due = held ? never : dueAt(pending, this.options.onDelay, this.options.offDelay);
    return Math.min(due, shelvedUntil ?? never, reAlarmAt ?? never);
  }

  /** Follows the source's clock to another time; timers run by this computer's clock and know nothing of it. */
  resetSourceTime(time: number): void {
    resetSourceTime(this.memory.delay, time);
  }

  /** The condition, after its delay, is another than before. */
  private turned(time: number): AlarmTransition | undefined {
    const m = this.memory;
    const { active } = m.delay;
    m.activeSince = active ? time : undefined;
    if (active) {
      m.occurrences++;
      m.verdict = undefined;
      return this.apply("activate", time, {});
    }
    return this.apply(m.confirmed === false ? "withdraw" : "clear", time, {});
  }

  /**
   * Takes note of whether a value beyond the limit is beyond doubt.
   *
   * @returns whether that confirms an alarm which doubtful values have raised
   */
  private believe(sure: boolean): boolean {
    const m = this.memory;
    const { active, since } = m.delay;
    if (!active && since === undefined) {
      m.confirmed = sure ? undefined : false;
      return false;
    }
    if (!sure || m.confirmed !== false) return false;
    // Where nobody was told of the doubt, nobody needs to hear that it is over.
    m.confirmed = active ? true : undefined;
    return active;
  }

  /** Takes back what only doubtful values have said. */
  private withdraw(time: number): AlarmTransition | undefined {
    const m = this.memory;
    if (m.confirmed !== false) return undefined;
    forgetPending(m.delay);
    if (!m.delay.active) return undefined;
    m.delay.active = false;
    return this.turned(time);
  }

  /** Follows the table; undefined where it knows no such transition, and then nothing has changed. */
  apply(event: AlarmEvent, time: number, action: Action): AlarmTransition | undefined {
    const m = this.memory;
    const from = m.state;
    const to = nextState(from, event, m.delay.active, this.options.latching);
    if (to === undefined) return undefined;
    m.state = to;
    m.time = time;
    if (event === "confirm") {
      // No person has done it, and no timer begins anew.
      const { who: _, comment: __, ...record } = this.record();
      return { ...record, event, from, time };
    }
    m.shelvedUntil = to === "shelved" ? time + (action.duration ?? 0) : undefined;
    m.reAlarmAt = to === "acknowledged" && this.options.reAlarm > 0 ? time + this.options.reAlarm : undefined;
    m.who = action.who;
    m.comment = action.comment;
    const transition: AlarmTransition = { ...this.record(), event, from, time };
    return event === "withdraw" ? { ...transition, confirmed: false } : transition;
  }

  record(): AlarmRecord {
    const { limit, memory: m } = this;
    const setpoint = setpointOf(limit, m.given);
    const record: AlarmRecord = {
      asset: this.asset,
      limit: limit.name,
      kind: limit.kind,
      state: m.state,
      active: m.delay.active,
      priority: limit.priority,
      severity: severityOf(limit),
      time: m.time,
      activeSince: m.activeSince,
      occurrences: m.occurrences,
      value: m.value,
      setpoint: setpoint && this.shownSetpoint(setpoint),
      timeToLimit: m.timeToLimit,
      shelvedUntil: m.shelvedUntil,
      held: m.held,
      heldSince: m.heldSince,
      heldWhy: m.heldWhy,
      confirmed: m.delay.active || needsAcknowledgement(m.state) ? m.confirmed : undefined,
      who: m.who,
      comment: m.comment,
      verdict: m.verdict,
      message: limit.message,
      cause: limit.cause,
      consequence: limit.consequence,
      response: limit.response,
    };
    return Object.fromEntries(Object.entries(record).filter(([, v]) => v !== undefined)) as unknown as AlarmRecord;
  }

  private shownSetpoint({ low, high }: Setpoint): number | [number, number] {
    if (this.limit.kind === "high") return high;
    return this.limit.kind === "low" ? low : [low, high];
  }

  private problemOf({ low, high }: Setpoint, deadband: number): AlarmProblem | undefined {
    const { kind, name } = this.limit;
    if (kind === "high" || kind === "low") return undefined;
    if (low >= high) {
      return new AlarmProblem("setpointOrder", { limit: name, low, high }, `${name}: ${low} is not below ${high}`);
    }
    if (kind === "inside" || 2 * deadband < high - low) return undefined;
    const text = `${name}: a deadband of ${deadband} leaves no way back between ${low} and ${high}`;
    return new AlarmProblem("deadbandTooWide", { limit: name, deadband, low, high }, text);
  }
}
