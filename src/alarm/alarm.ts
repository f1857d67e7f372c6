/** One alarm: a limit, its state in the table, and what it must remember of its delays and timers. */
import { AlarmProblem } from "./alarm-problem";
import type { AlarmEvent, AlarmState } from "./alarm-state";
import { nextState } from "./alarm-state";
import type { ConditionKind, Setpoint, SignalRange } from "./condition";
import { isBeyond } from "./condition";
import type { DelayState } from "./delay";
import { delay, holdDelay } from "./delay";
import type { Deadband, Limit } from "./limit";
import { absoluteDeadband, setpointOf, severityOf } from "./limit";
import type { Priority } from "./priority";
import type { HoldReason, Signal } from "./signal";
import { timeToLimit } from "./time-to-limit";

/** What an alarm remembers: finite numbers and short texts only, so that JSON can hold it. Times in ms. */
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
  who?: string;
  comment?: string;
  /** An operator's verdict on the last occurrence: was the alarm true? */
  verdict?: boolean;
}

export function newAlarm(): AlarmMemory {
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
   * @throws AlarmProblem setpointOrder, deadbandTooWide: the alarm then keeps its state
   */
  judge(signal: Signal | HoldReason, given: Partial<Setpoint>, time: number): AlarmTransition | undefined {
    const m = this.memory;
    Object.assign(m.given, given);
    const setpoint = setpointOf(this.limit, m.given);
    if (typeof signal === "string" || setpoint === undefined) {
      this.hold(typeof signal === "string" ? signal : "noSetpoint", time);
      return undefined;
    }
    const deadband = absoluteDeadband(this.options.deadband);
    const problem = this.problemOf(setpoint, deadband);
    if (problem) {
      this.hold("noSetpoint", time);
      throw problem;
    }
    m.held = undefined;
    m.value = shown(this.limit.kind, signal.range, setpoint);
    m.timeToLimit = signal.path && timeToLimit(this.limit.kind, signal.path, setpoint, time);
    const was = m.delay.active;
    const beyond = isBeyond(this.limit.kind, signal.range, setpoint, deadband, was);
    const active = delay(m.delay, beyond, time, this.options.onDelay, this.options.offDelay);
    if (active === was) return undefined;
    m.activeSince = active ? time : undefined;
    if (active) {
      m.occurrences++;
      m.verdict = undefined;
    }
    return this.apply(active ? "activate" : "clear", time, {});
  }

  /** Keeps the state at a reading that cannot be judged, and says why. */
  hold(reason: HoldReason, time: number): void {
    this.memory.held = reason;
    holdDelay(this.memory.delay, time);
  }

  /**
   * Fires the timers that are due: the end of shelving, the repeated announcement.
   *
   * From no moment on does an alarm stay shelved for longer than allowed, whatever clock the shelving was set by.
   */
  tick(time: number): AlarmTransition | undefined {
    const m = this.memory;
    if (m.shelvedUntil !== undefined) m.shelvedUntil = Math.min(m.shelvedUntil, time + this.options.shelveLimit);
    if (m.reAlarmAt !== undefined) m.reAlarmAt = Math.min(m.reAlarmAt, time + this.options.reAlarm);
    const { shelvedUntil, reAlarmAt } = m;
    if (shelvedUntil !== undefined && time >= shelvedUntil) return this.apply("unshelve", time, {});
    if (reAlarmAt !== undefined && time >= reAlarmAt) return this.apply("reAlarm", time, {});
    return undefined;
  }

  /** Follows the table; undefined where it knows no such transition, and then nothing has changed. */
  apply(event: AlarmEvent, time: number, action: Action): AlarmTransition | undefined {
    const m = this.memory;
    const from = m.state;
    const to = nextState(from, event, m.delay.active, this.options.latching);
    if (to === undefined) return undefined;
    m.state = to;
    m.time = time;
    m.shelvedUntil = to === "shelved" ? time + (action.duration ?? 0) : undefined;
    m.reAlarmAt = to === "acknowledged" && this.options.reAlarm > 0 ? time + this.options.reAlarm : undefined;
    m.who = action.who;
    m.comment = action.comment;
    return { ...this.record(), event, from, time };
  }

  /** Moves every time by the same amount, for a clock that was set back. */
  shift(by: number): void {
    const m = this.memory;
    if (m.delay.since !== undefined) m.delay.since += by;
    if (m.delay.last !== undefined) m.delay.last += by;
    if (m.activeSince !== undefined) m.activeSince += by;
    if (m.shelvedUntil !== undefined) m.shelvedUntil += by;
    if (m.reAlarmAt !== undefined) m.reAlarmAt += by;
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
