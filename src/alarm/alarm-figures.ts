/** Figures of the alarm system as an operator lives with it: how many, how fast, which ones are a nuisance. */
import { count, fields, finite, flag, list, numbers, oneOf, optional, text } from "../memory/checked";
import type { AlarmTransition } from "./alarm";
import { AlarmProblem } from "./alarm-problem";
import type { Priority } from "./priority";
import { PRIORITIES } from "./priority";

const MINUTE = 60_000;
/** Alarm rate and flood are counted over 10 minutes. */
const WINDOW = 10 * MINUTE;
/** A flood begins above this many alarms in 10 minutes, and ends below the second number. */
const FLOOD_BEGINS = 10;
const FLOOD_ENDS = 5;
/** An alarm chatters when it comes this often within a minute. */
const CHATTER = 3;
/** An alarm is stale when it has been standing longer than this. */
const STALE = 24 * 60 * MINUTE;
/** Of all assets; more than any list that a person could read. */
const MOST_STANDING = 1_000_000;

/** An alarm by its asset and the limit's name. */
export interface AlarmName {
  asset: string;
  limit: string;
}

export interface AlarmFigures {
  /** Time of these figures and of the first count, ms. */
  time: number;
  since: number;
  /** Alarms announced in the last 10 minutes, the most in any 10 minutes, and since the beginning. */
  per10Min: number;
  peakPer10Min: number;
  total: number;
  flood: boolean;
  floods: number;
  chattering: AlarmName[];
  stale: AlarmName[];
  /** Alarms announced since the beginning, by priority. */
  priorities: Record<Priority, number>;
  /** Verdicts of the operators. */
  feedback: { true: number; false: number };
}

interface Standing extends AlarmName {
  /** Since when the alarm has been before the operator; absent when it is not. */
  since?: number;
  /** The latest announcements, at most three. */
  announced: number[];
}

function keyOf({ asset, limit }: AlarmName): string {
  return JSON.stringify([asset, limit]);
}

/**
 * Counts announcements: an alarm that becomes unacknowledged, by itself, by being announced again, or by coming back
 * from the shelf while it is active.
 *
 * All times are those of one clock, the operator's; a clock that is set back makes the window forget what then lies
 * in the future.
 * Source: ANSI/ISA-18.2-2016, "Alarm system performance metrics"; EEMUA 191.
 */
export class AlarmSystem {
  private since: number | undefined;
  /** Announcements of the last 10 minutes, one [time, count] a second, so that a flood needs no more memory. */
  private announced: [number, number][] = [];
  /** Their sum. */
  private per10Min = 0;
  private peak = 0;
  private total = 0;
  private flood = false;
  private floods = 0;
  private readonly priorities: Record<Priority, number> = { critical: 0, high: 0, medium: 0, low: 0 };
  private readonly feedbacks = { true: 0, false: 0 };
  private readonly standing = new Map<string, Standing>();

  /** Takes in one change of state, at the operator's time (ms). */
  count(transition: AlarmTransition, time: number): void {
    this.since ??= time;
    this.advance(time);
    const key = keyOf(transition);
    const { asset, limit, state, priority } = transition;
    const alarm: Standing = this.standing.get(key) ?? { asset, limit, announced: [] };
    const standing = state === "unacknowledged" || state === "acknowledged";
    alarm.since = standing ? (alarm.since ?? time) : undefined;
    // A confirmed alarm has been announced already.
    if (state === "unacknowledged" && transition.event !== "confirm") {
      alarm.announced = [...alarm.announced, time].slice(-CHATTER);
      this.announce(time);
      this.total++;
      this.priorities[priority]++;
    }
    this.standing.set(key, alarm);
  }

  /** Takes in a verdict; `before` is the verdict that it replaces. */
  judge(verdict: boolean, before: boolean | undefined): void {
    if (before !== undefined) this.feedbacks[`${before}`]--;
    this.feedbacks[`${verdict}`]++;
  }

  /** The figures at a time, ms. */
  figures(time: number): AlarmFigures {
    this.advance(time);
    this.forget(time);
    const alarms = [...this.standing.values()];
    const names = (some: Standing[]): AlarmName[] => some.map(({ asset, limit }) => ({ asset, limit }));
    return {
      time,
      since: this.since ?? time,
      per10Min: this.per10Min,
      peakPer10Min: this.peak,
      total: this.total,
      flood: this.flood,
      floods: this.floods,
      chattering: names(alarms.filter((a) => a.announced.length === CHATTER && time - a.announced[0] <= MINUTE)),
      stale: names(alarms.filter((a) => a.since !== undefined && time - a.since > STALE)),
      priorities: { ...this.priorities },
      feedback: { ...this.feedbacks },
    };
  }

  save(): Uint8Array {
    const { since, announced, peak, total, flood, floods, priorities, feedbacks } = this;
    const standing = [...this.standing.values()];
    const record = { version: 1, since, announced, peak, total, flood, floods, priorities, feedbacks, standing };
    return new TextEncoder().encode(JSON.stringify(record));
  }

  /** @throws AlarmProblem damagedRecord */
  static load(bytes: Uint8Array): AlarmSystem {
    const system = new AlarmSystem();
    try {
      const r = fields(JSON.parse(new TextDecoder().decode(bytes)), "record");
      oneOf(r.version, "version", [1]);
      system.since = optional(r.since, "since", finite);
      system.announced = list(r.announced, "announced", WINDOW / 1000 + 2).map((entry): [number, number] => {
        const [time, announcements] = numbers(entry, "announced", 2);
        return [time, announcements];
      });
      system.per10Min = system.announced.reduce((sum, [, n]) => sum + n, 0);
      system.peak = count(r.peak, "peak");
      system.total = count(r.total, "total");
      system.flood = flag(r.flood, "flood");
      system.floods = count(r.floods, "floods");
      const priorities = fields(r.priorities, "priorities");
      for (const p of PRIORITIES) system.priorities[p] = count(priorities[p], p);
      const feedbacks = fields(r.feedbacks, "feedbacks");
      for (const verdict of ["true", "false"] as const) system.feedbacks[verdict] = finite(feedbacks[verdict], verdict);
      for (const entry of list(r.standing, "standing", MOST_STANDING)) {
        const s = fields(entry, "standing");
        const announced = list(s.announced, "announced", CHATTER).map((time) => finite(time, "announced"));
        const alarm: Standing = { asset: text(s.asset, "asset"), limit: text(s.limit, "limit"), announced };
        if (s.since !== undefined) alarm.since = finite(s.since, "since");
        system.standing.set(keyOf(alarm), alarm);
      }
    } catch {
      throw new AlarmProblem("damagedRecord", {}, "the saved alarm figures cannot be read");
    }
    return system;
  }

  private announce(time: number): void {
    const latest = this.announced.at(-1);
    if (latest && Math.floor(latest[0] / 1000) === Math.floor(time / 1000)) latest[1]++;
    else this.announced.push([time, 1]);
    this.per10Min++;
    this.peak = Math.max(this.peak, this.per10Min);
    if (this.flood || this.per10Min <= FLOOD_BEGINS) return;
    this.flood = true;
    this.floods++;
  }

  private advance(time: number): void {
    const { announced } = this;
    const past = announced.findIndex(([t]) => t > time - WINDOW);
    this.drop(announced.splice(0, past < 0 ? announced.length : past));
    // After a clock was set back the newest lie in the future.
    const latest = announced.at(-1);
    if (latest && latest[0] > time) this.drop(announced.splice(announced.findIndex(([t]) => t > time)));
    if (this.per10Min < FLOOD_ENDS) this.flood = false;
  }

  private drop(old: readonly [number, number][]): void {
    for (const [, count] of old) this.per10Min -= count;
  }

  /** An alarm that is neither standing nor lately announced has nothing more to tell. */
  private forget(time: number): void {
    for (const [key, { since, announced }] of this.standing) {
      if (since === undefined && !announced.some((t) => t > time - MINUTE && t <= time)) this.standing.delete(key);
    }
  }
}
