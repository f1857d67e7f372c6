/** All alarms of one rule on one asset: readings, commands and time go in, changes of state come out. */
import type { Action, AlarmMemory, AlarmOptions, AlarmRecord, AlarmTransition } from "./alarm";
import { Alarm } from "./alarm";
import { AlarmProblem } from "./alarm-problem";
import { type AlarmEvent, needsAcknowledgement } from "./alarm-state";
import { readRecord, writeRecord } from "./alarm-store";
import type { Setpoint } from "./condition";
import type { Moment } from "./delay";
import type { Limit } from "./limit";
import type { Observation } from "./observation";
import type { RateState } from "./rate";
import type { HoldReason, SignalOptions, Watch } from "./signal";
import { signalOf } from "./signal";
import { SourceClock } from "./source-clock";

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
  /** What kept the reading, or a single limit, from being judged. */
  problems: AlarmProblem[];
}

const NONE: Partial<Setpoint> = {};
/** What is watched of the measured value itself. */
const VALUES: readonly Watch[] = ["actual", "rate"];

export class AlarmRule {
  private readonly alarms: Map<string, Alarm>;
  private clock = new SourceClock();
  private rates: RateState = { times: [], values: [] };

  constructor(
    readonly asset: string,
    private readonly options: AlarmRuleOptions,
  ) {
    this.alarms = new Map(options.limits.map((l) => [l.name, new Alarm(asset, l, options)]));
  }

  /** Whether a reading of this time, or a later one, has come. */
  hasSeen(time: number): boolean {
    return this.clock.age(time) >= 0;
  }

  /**
   * Judges one reading against every limit and lets time pass.
   *
   * One that is older than the newest by more than a second is history: it neither raises nor clears anything. The first
   * of such a row is a problem to tell, the others are passed over. Where the source's clock was set back, its readings
   * count again after three in a row. Two readings at the same time are both judged.
   *
   * @param arrival  this computer's clock when the reading came, ms
   * @throws AlarmProblem noForecast, noQuality, badField, noHorizon
   */
  read(o: Observation, given: GivenSetpoints = new Map(), arrival = o.time): Judgement {
    // What brings no value says nothing of the clock that stamps the values: analyser and laboratory have their own.
    const isSilent = o.isAbsent && VALUES.includes(this.options.watch);
    const standing = isSilent ? "live" : this.clock.read(o.time, arrival);
    if (standing === "history") {
      const [time, last] = [o.time, o.time + this.clock.age(o.time)].map((ms) => new Date(ms).toISOString());
      const text = `the reading of ${time} is older than the newest one, ${last}; it was not judged`;
      const problems = this.clock.ignored === 1 ? [new AlarmProblem("outOfOrder", { time, last }, text)] : [];
      return { transitions: this.tick(arrival), problems };
    }
    const at = this.moment(arrival);
    if (standing === "setBack") {
      for (const alarm of this.alarms.values()) alarm.resetSourceTime(at.time);
      this.rates = { times: [], values: [] };
    }
    const signal = signalOf(this.options, o, this.rates, at.time);
    const judgement: Judgement = { transitions: [], problems: [] };
    for (const alarm of this.alarms.values()) {
      // A delay goes on by the clock, as where nothing arrives at all: what came last stands until another value comes.
      if (isSilent && alarm.isPending) continue;
      try {
        const transition = alarm.judge(signal, given.get(alarm.limit.name) ?? NONE, at, o.trust);
        if (transition) judgement.transitions.push(transition);
      } catch (e) {
        if (!(e instanceof AlarmProblem)) throw e;
        judgement.problems.push(e);
      }
    }
    judgement.transitions.push(...this.tick(arrival));
    return judgement;
  }

  /**
   * Takes note of a reading of which nothing can be used, not even its time: every alarm keeps its state and says so.
   *
   * @param arrival  this computer's clock when it came, ms
   */
  hold(arrival: number): void {
    for (const alarm of this.alarms.values()) alarm.hold("noValue", this.moment(arrival));
  }

  /**
   * Lets time pass without a reading: delays, shelving and repeated announcements end by this computer's clock.
   *
   * @param now  this computer's clock, ms
   */
  tick(now: number): AlarmTransition[] {
    return [...this.alarms.values()].flatMap((alarm) => alarm.tick(this.moment(now)));
  }

  /** When `tick` has something to do next, ms by this computer's clock; Infinity where nothing waits. */
  get nextTimer(): number {
    return Math.min(...[...this.alarms.values()].map((alarm) => alarm.nextTimer));
  }

  /**
   * Carries out what a person or a logic asks for, on one limit or on all.
   *
   * @param now  this computer's clock, ms
   * @throws AlarmProblem unknownLimit; shelveTooLong; notPossible where no alarm is in a state that allows it
   */
  command(event: AlarmEvent, now: number, action: Action & { limit?: string } = {}): AlarmTransition[] {
    const chosen = this.choose(action.limit);
    const duration = action.duration ?? this.options.shelveTime;
    if (event === "shelve" && !(duration > 0 && duration <= this.options.shelveLimit)) {
      const minutes = Math.round(this.options.shelveLimit / 60_000);
      throw new AlarmProblem("shelveTooLong", { minutes }, `shelve for more than 0 and at most ${minutes} minutes`);
    }
    const transitions = chosen.flatMap((a) => a.apply(event, now, { ...action, duration }) ?? []);
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
    const alarms = [...this.alarms].map(([name, alarm]): [string, AlarmMemory] => [name, alarm.memory]);
    return writeRecord({ clock: this.clock.save(), rates: this.rates, alarms });
  }

  /**
   * Goes on where a record was saved. Alarms are found by the limit's name: a limit that is new begins normal, one
   * that no longer exists is dropped. A limit that came with a message gives way to one that is fixed by now.
   *
   * @throws AlarmProblem damagedRecord
   */
  static load(bytes: Uint8Array, asset: string, options: AlarmRuleOptions): AlarmRule {
    const saved = readRecord(bytes);
    const rule = new AlarmRule(asset, options);
    rule.clock = new SourceClock(saved.clock);
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

  private moment(arrival: number): Moment {
    return { time: this.clock.now(arrival), arrival };
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
