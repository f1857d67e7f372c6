/**
 * What a warning was worth, told afterwards: a forecast beyond a limit is a warning, given when the forecast was made; the
 * actual value beyond the limit is the exceedance. Learner, existing forecast and last value are judged on the same limit
 * and by the same rule, so their counts can be set against each other.
 *
 * An exceedance is warned where a warning began before it by at least the least lead time, otherwise missed. A warning is
 * false where no exceedance began while it stood, or within a number of readings: an alarm that never ends earns nothing.
 */
import { count, fields, finite, flag, oneOf, optional } from "../memory/checked";
import type { ScoredForecast } from "./scored-forecast";

/** Who warned. The last value stands for the simple alarm on the measured value that every plant has. */
export const WARNERS = ["learner", "existing", "naive"] as const;
export type Warner = (typeof WARNERS)[number];

export interface AlarmLimit {
  /** In the target's unit. */
  value: number;
  side: "high" | "low";
  /** A warning helps only if it comes this long before the exceedance, ms, 0 or more. */
  leastLead: number;
  /** Readings inside the limit after which a warning or an exceedance is over, 1 or more. */
  clearAfter: number;
  /** Readings within which an exceedance must follow a warning; 0 = 4 horizons, at least 20. */
  within: number;
}

/** unjudged: that forecaster was silent when it should have spoken. */
export type Verdict = "warned" | "missed" | "unjudged";

export type Outcome =
  | { kind: "exceedance"; time: number; verdicts: Record<Warner, Verdict>; leads: Record<Warner, number> }
  | { kind: "false"; time: number; warner: Warner }
  /** An operator says that a false alarm was true (acted upon, so the limit was not reached). */
  | { kind: "confirmed"; time: number; existingToo: boolean }
  /** An operator says that an alarm was false although the limit was exceeded (a sensor under test, say). */
  | { kind: "rejected"; time: number; lead: number; verdicts: Record<Warner, Verdict> };

interface Warning {
  /** When the first forecast beyond the limit was made, ms. */
  origin: number;
  /** Readings since then, and readings inside the limit at the end. */
  age: number;
  quiet: number;
  /** An exceedance went with it, so that it is not false. */
  founded: boolean;
  /** It was counted as false and earns nothing any more. */
  expired: boolean;
  /** The existing forecast warned at the same time at least once. */
  existingToo: boolean;
  opinion?: "true" | "false";
}

interface Exceedance {
  start: number;
  lastBeyond: number;
  quiet: number;
  over: boolean;
  verdicts: Partial<Record<Warner, Verdict>>;
  leads: Record<Warner, number>;
  reported: boolean;
}

/** A warning of the learner that is over, as an operator may still judge it. */
type Closed =
  | { was: "false"; existingToo: boolean }
  | { was: "warned"; lead: number; verdicts: Record<Warner, Verdict> };

interface State {
  warnings: Partial<Record<Warner, Warning>>;
  exceedance?: Exceedance;
  lastBeyond: number | null;
  closed?: Closed;
}

/** The judge of one asset and one limit. Memory: three open warnings and one exceedance. */
export class AlarmOutcome {
  private constructor(
    readonly limit: AlarmLimit,
    private readonly state: State,
  ) {}

  static create(limit: AlarmLimit): AlarmOutcome {
    return new AlarmOutcome(limit, { warnings: {}, lastBeyond: null });
  }

  /**
   * Takes in a scored forecast; these come in time order.
   *
   * @returns what became certain by it, mostly nothing
   */
  add(scored: ScoredForecast): Outcome[] {
    const outcomes: Outcome[] = [];
    for (const warner of WARNERS) this.follow(warner, scored);
    this.followActual(scored);
    const { exceedance } = this.state;
    if (exceedance) this.judge(exceedance, scored, outcomes);
    for (const warner of WARNERS) this.expire(warner, scored, outcomes);
    if (exceedance?.over && exceedance.reported) {
      this.state.lastBeyond = exceedance.lastBeyond;
      this.state.exceedance = undefined;
      // What still stands belonged to the exceedance that is over; a forecast made after it opens a new warning.
      this.state.warnings = {};
    }
    return outcomes;
  }

  /**
   * An operator's word on the learner's warning that stands, or else on the last one.
   *
   * @returns the correction of the counts; empty where the word agrees with them or the warning still stands;
   *   undefined where there was no warning
   */
  feedback(opinion: "true" | "false", time: number): Outcome[] | undefined {
    const { warnings, exceedance } = this.state;
    const open = warnings.learner;
    if (open && !open.expired && !(open.founded && exceedance?.reported)) {
      open.opinion = opinion;
      return [];
    }
    return this.state.closed && this.correct(this.state.closed, opinion, time);
  }

  private correct(closed: Closed, opinion: "true" | "false", time: number): Outcome[] {
    if ((closed.was === "false") === (opinion === "false")) return [];
    this.state.closed = undefined;
    return closed.was === "false"
      ? [{ kind: "confirmed", time, existingToo: closed.existingToo }]
      : [{ kind: "rejected", time, lead: closed.lead, verdicts: closed.verdicts }];
  }

  /** Forgets what is open, after the clock was set back or the baseline ended: it can no longer be judged. */
  forgetOpen(): void {
    this.state.warnings = {};
    this.state.exceedance = undefined;
    this.state.lastBeyond = null;
    this.state.closed = undefined;
  }

  private beyond(value: number): boolean {
    return this.limit.side === "high" ? value > this.limit.value : value < this.limit.value;
  }

  private follow(warner: Warner, scored: ScoredForecast): void {
    const value = scored[warner];
    if (Number.isNaN(value)) return;
    const { warnings, exceedance, lastBeyond } = this.state;
    const warning = warnings[warner];
    // A forecast made before an exceedance ended says that it goes on, not that a new one comes.
    const spent = lastBeyond !== null && scored.origin <= lastBeyond;
    const warns = this.beyond(value) && !spent;
    if (warning) {
      warning.age++;
      warning.quiet = warns ? 0 : warning.quiet + 1;
    } else if (warns) {
      warnings[warner] = {
        origin: scored.origin,
        age: 0,
        quiet: 0,
        founded: exceedance !== undefined,
        expired: false,
        existingToo: false,
      };
    }
    if (warnings.learner && warnings.existing) warnings.learner.existingToo = true;
  }

  private followActual({ actual, time }: ScoredForecast): void {
    const { exceedance } = this.state;
    if (this.beyond(actual)) {
      if (!exceedance) {
        this.state.exceedance = {
          start: time,
          lastBeyond: time,
          quiet: 0,
          over: false,
          verdicts: {},
          leads: { learner: 0, existing: 0, naive: 0 },
          reported: false,
        };
        return;
      }
      exceedance.lastBeyond = time;
      exceedance.quiet = 0;
      exceedance.over = false;
    } else if (exceedance) {
      exceedance.quiet++;
      if (exceedance.quiet >= this.limit.clearAfter) exceedance.over = true;
    }
  }

  /** A forecast that falls due after the start of an exceedance may have been made before it: wait for those. */
  private judge(exceedance: Exceedance, scored: ScoredForecast, outcomes: Outcome[]): void {
    const { verdicts, leads, start } = exceedance;
    const last = scored.origin >= start;
    for (const warner of WARNERS) {
      const warning = this.state.warnings[warner];
      if (warning && !warning.expired && verdicts[warner] === undefined) {
        const lead = start - warning.origin;
        const early = scored.horizon === 0 ? lead >= 0 : lead > 0;
        if (early && lead >= this.limit.leastLead) {
          verdicts[warner] = "warned";
          leads[warner] = lead;
        }
        warning.founded = true;
      }
      if (last) verdicts[warner] ??= Number.isNaN(scored[warner]) ? "unjudged" : "missed";
    }
    if (exceedance.reported || !WARNERS.every((warner) => verdicts[warner])) return;
    exceedance.reported = true;
    const complete = { ...verdicts } as Record<Warner, Verdict>;
    outcomes.push({ kind: "exceedance", time: start, verdicts: complete, leads: { ...leads } });
    if (complete.learner !== "warned") return;
    const opinion = this.state.warnings.learner?.opinion;
    this.state.closed = { was: "warned", lead: leads.learner, verdicts: complete };
    if (opinion) outcomes.push(...this.correct(this.state.closed, opinion, start));
  }

  private expire(warner: Warner, scored: ScoredForecast, outcomes: Outcome[]): void {
    const warning = this.state.warnings[warner];
    if (!warning || Number.isNaN(scored[warner])) return;
    const { clearAfter, within } = this.limit;
    const patience = within || Math.max(20, 4 * scored.horizon);
    const quiet = warning.quiet >= clearAfter;
    if (!warning.founded && !warning.expired && (quiet || warning.age >= patience)) {
      warning.expired = true;
      outcomes.push({ kind: "false", time: warning.origin, warner });
      if (warner === "learner") {
        this.state.closed = { was: "false", existingToo: warning.existingToo };
        if (warning.opinion) outcomes.push(...this.correct(this.state.closed, warning.opinion, warning.origin));
      }
    }
    if (quiet) delete this.state.warnings[warner];
  }

  /** What is open, as plain JSON. */
  saved(): unknown {
    return stateOf(this.state);
  }

  /**
   * @param limit the one with which the state was made
   * @throws TypeError where it is no such state
   */
  static of(stored: unknown, limit: AlarmLimit): AlarmOutcome {
    return new AlarmOutcome(limit, stateOf(stored));
  }
}

/** A copy, checked, in one order of names whatever happened first. */
function stateOf(stored: unknown): State {
  const { warnings, exceedance, lastBeyond, closed } = fields(stored, "open alarms");
  const open = fields(warnings, "warnings");
  const state: State = {
    warnings: {},
    lastBeyond: lastBeyond === null ? null : finite(lastBeyond, "lastBeyond"),
    exceedance: optional(exceedance, "exceedance", exceedanceOf),
    closed: optional(closed, "closed", closedOf),
  };
  for (const warner of WARNERS) {
    if (open[warner] !== undefined) state.warnings[warner] = warningOf(open[warner], warner);
  }
  return state;
}

const VERDICTS: readonly Verdict[] = ["warned", "missed", "unjudged"];

function warningOf(stored: unknown, name: string): Warning {
  const { origin, age, quiet, founded, expired, existingToo, opinion } = fields(stored, name);
  return {
    origin: finite(origin, `${name}.origin`),
    age: count(age, `${name}.age`),
    quiet: count(quiet, `${name}.quiet`),
    founded: flag(founded, `${name}.founded`),
    expired: flag(expired, `${name}.expired`),
    existingToo: flag(existingToo, `${name}.existingToo`),
    opinion: optional(opinion, `${name}.opinion`, (value, of) => oneOf(value, of, ["true", "false"] as const)),
  };
}

function exceedanceOf(stored: unknown, name: string): Exceedance {
  const { start, lastBeyond, quiet, over, verdicts, leads, reported } = fields(stored, name);
  const { learner, existing, naive } = fields(leads, `${name}.leads`);
  return {
    start: finite(start, `${name}.start`),
    lastBeyond: finite(lastBeyond, `${name}.lastBeyond`),
    quiet: count(quiet, `${name}.quiet`),
    over: flag(over, `${name}.over`),
    verdicts: verdictsOf(verdicts, `${name}.verdicts`),
    leads: {
      learner: finite(learner, `${name}.leads`),
      existing: finite(existing, `${name}.leads`),
      naive: finite(naive, `${name}.leads`),
    },
    reported: flag(reported, `${name}.reported`),
  };
}

function verdictsOf(stored: unknown, name: string): Partial<Record<Warner, Verdict>> {
  const given = fields(stored, name);
  const verdicts: Partial<Record<Warner, Verdict>> = {};
  for (const warner of WARNERS) {
    if (given[warner] !== undefined) verdicts[warner] = oneOf(given[warner], name, VERDICTS);
  }
  return verdicts;
}

function allVerdictsOf(stored: unknown, name: string): Record<Warner, Verdict> {
  const verdicts = verdictsOf(stored, name);
  for (const warner of WARNERS) oneOf(verdicts[warner], name, VERDICTS);
  return verdicts as Record<Warner, Verdict>;
}

function closedOf(stored: unknown, name: string): Closed {
  const { was, existingToo, lead, verdicts } = fields(stored, name);
  if (was === "false") return { was, existingToo: flag(existingToo, `${name}.existingToo`) };
  const all = allVerdictsOf(verdicts, `${name}.verdicts`);
  return { was: oneOf(was, name, ["warned"]), lead: finite(lead, name), verdicts: all };
}

/** An outcome as it was listed; one that is none is a damaged record. */
export function outcomeOf(stored: unknown): Outcome {
  const one = fields(stored, "outcome");
  const time = finite(one.time, "outcome.time");
  const kind = oneOf(one.kind, "outcome.kind", ["exceedance", "false", "confirmed", "rejected"] as const);
  if (kind === "false") return { kind, time, warner: oneOf(one.warner, "outcome.warner", WARNERS) };
  if (kind === "confirmed") return { kind, time, existingToo: flag(one.existingToo, "outcome.existingToo") };
  const verdicts = allVerdictsOf(one.verdicts, "outcome.verdicts");
  if (kind === "rejected") return { kind, time, lead: finite(one.lead, "outcome.lead"), verdicts };
  const given = fields(one.leads, "outcome.leads");
  const leads = { learner: 0, existing: 0, naive: 0 };
  for (const warner of WARNERS) leads[warner] = finite(given[warner], "outcome.leads");
  return { kind, time, verdicts, leads };
}

/** Whether counts made with one limit may go on with the other. */
export function sameLimit(a: AlarmLimit | undefined, b: AlarmLimit | undefined): boolean {
  if (!a || !b) return a === b;
  return (
    a.value === b.value &&
    a.side === b.side &&
    a.leastLead === b.leastLead &&
    a.clearAfter === b.clearAfter &&
    a.within === b.within
  );
}
