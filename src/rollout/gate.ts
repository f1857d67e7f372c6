import type { Block } from "./block";
import { Clock } from "./clock";
import { PROOF } from "./evidence";
import { readGate } from "./gate-store";
import { type Missing, missing } from "./requirements";
import { inScope, type Period, periodOf, type Scope } from "./scope";
import { actsOnLearner, type Stage, type Step, stageAfter } from "./stage";
import { type Outcome, Trial, type TrialState } from "./trial";

/** Changes kept for the record of who decided what. */
const RECORD = 20;

/** What a plant sets. */
export interface GateSettings {
  /** What is forecast, for example "steam pressure, 15 ahead". Another subject is another learner: back to shadow. */
  readonly subject: string;
  /** Readings ahead, 0 or more. */
  readonly horizon: number;
  /** Required reduction of the error against the existing forecast, 0 up to but not including 1. */
  readonly gain: number;
  readonly period: Period;
  /** IANA name of the plant's time zone; empty = that of this machine. */
  readonly zone: string;
  readonly leastBlocks: number;
  readonly leastDays: number;
  readonly approval: "person" | "automatic";
  readonly scope: Scope;
  /** Physical limits of the target; NaN = none. */
  readonly low: number;
  readonly high: number;
  /** Whether forecasts count also while the plant is not running. Default false. */
  readonly countStopped?: boolean;
}

/** State of the drift guard as the gate needs it. */
export type GuardState = "ok" | "not ok" | "frozen";

/** The forecasts on offer now; NaN where not known. */
export interface Offer {
  readonly time: number;
  readonly learner: number;
  readonly existing: number;
  readonly naive: number;
  readonly guard: GuardState;
}

/** The forecast to use. */
export interface Decision {
  readonly source: "learner" | "existing" | "naive" | "none";
  /** NaN with source `none`. */
  readonly value: number;
}

export type Reason =
  | { readonly code: "notANumber" | "guardFrozen" | "evidence" | "automatic" }
  | { readonly code: "outsideLimits"; readonly value: number; readonly limit: number }
  | { readonly code: "farWorse"; readonly value: number; readonly existing: number }
  | { readonly code: "settings"; readonly changed: readonly ("subject" | "horizon" | "block" | "margin")[] }
  | { readonly code: "dependentBlocks"; readonly length: number }
  | { readonly code: "person"; readonly text: string };

/** One entry of the record: a stage that changed, a trial that became ready, evidence that starts afresh. */
export interface Change {
  readonly what: "promoted" | "rolled-back" | "held" | "resumed" | "reset" | "ready" | "afresh";
  readonly from: Stage;
  readonly to: Stage;
  /** ms since 1970. */
  readonly time: number;
  /** Name of the person; empty = nobody, the rule alone. */
  readonly who: string;
  readonly reason: Reason;
}

export const COMMANDS = ["approve", "hold", "resume", "rollback", "reset"] as const;
export type GateCommand = (typeof COMMANDS)[number];

/** Why a command was not carried out. */
export class GateProblem extends Error {
  constructor(
    readonly code: "notYet" | "notPossible" | "whoAndWhy",
    readonly details: { stage: Stage; command: GateCommand; missing: readonly Missing[] },
  ) {
    super(
      code === "notYet"
        ? `Not yet: ${details.missing.map((point) => `${point.code} ${point.value} of ${point.needed}`).join(", ")}`
        : code === "whoAndWhy"
          ? `The command "${details.command}" needs a name (who) and a reason`
          : `The command "${details.command}" is not possible in the stage "${details.stage}"`,
    );
    this.name = "GateProblem";
  }
}

/** Where a rollout stands, in figures a foreman can check. */
export interface Summary {
  readonly stage: Stage;
  /** Blocks in this stage, and in how many of them the learner was better. */
  readonly blocks: number;
  readonly better: number;
  /** Reduction of the error over all these blocks, in percent; negative = worse. */
  readonly gain: number;
  /** Shifts, days or other periods in the last block: more than one where a single one holds too few forecasts. */
  readonly periods: number;
  /** Evidence for the learner now, the largest so far, which counts, and the value at which it is a proof. */
  readonly evidence: number;
  readonly proof: number;
  readonly needed: number;
  /** Evidence against the learner now; the same value ends a pilot or a live stage. */
  readonly against: number;
  /** Scored forecasts in the block that is filling, and how many it needs. */
  readonly filling: number;
  readonly length: number;
  /** What the next stage still needs; empty where there is none. */
  readonly missing: readonly Missing[];
  readonly ready: boolean;
  readonly rollbacks: number;
  /** Share of the scored forecasts of this stage that values were in doubt for, in percent; all of them count. */
  readonly doubt: number;
  /** Labels of this stage that judged nobody, because the value was none or known to be wrong. */
  readonly unusable: number;
  /** Forecasts of this stage that fell due while the plant was not running, whether they count or not. */
  readonly stopped: number;
  readonly last: Change | undefined;
}

export interface GateState extends TrialState {
  stage: Stage;
  rollbacks: number;
  ready: boolean;
  subject: string;
  horizon: number;
  period: Period;
  gain: number;
  guard: GuardState;
  lastTime: number;
  lastOrigin: number | null;
  record: Change[];
}

/**
 * Decides for one asset which forecast the plant acts on, and moves the learner from shadow over pilot to live, or
 * back, by evidence. Both errors are known whatever the plant acts on, so every scored forecast counts, whatever was in doubt.
 *
 * Each stage is a trial of its own that starts with nothing proved. While the learner acts, the test runs with the
 * roles exchanged and without margin; what cannot wait for a test, rolls back at once.
 */
export class Gate {
  private state: Pick<GateState, "stage" | "rollbacks" | "ready" | "guard" | "lastTime" | "lastOrigin" | "record"> = {
    stage: "shadow",
    rollbacks: 0,
    ready: false,
    guard: "ok",
    lastTime: 0,
    lastOrigin: null,
    record: [],
  };
  private trial: Trial;

  /**
   * @param asset  name, as the scope of the pilot knows it
   * @param clock  of the plant's time zone; one serves any number of gates
   * @throws RangeError where the time zone is not known
   */
  constructor(
    readonly asset: string,
    private readonly settings: GateSettings,
    private readonly clock = new Clock(settings.zone),
  ) {
    this.trial = new Trial(settings.horizon);
  }

  /**
   * Goes on where `save` stopped. Evidence gathered with another horizon, block or margin proves nothing now and
   * starts afresh; another subject or horizon is another learner, which starts in shadow.
   *
   * @param time  ms since 1970, for the record
   * @returns the gate, and the change that these settings made, if any
   * @throws SyntaxError or TypeError where the bytes are not from `save`, or damaged
   */
  static load(
    bytes: Uint8Array,
    asset: string,
    settings: GateSettings,
    time: number,
    clock = new Clock(settings.zone),
  ): { gate: Gate; change?: Change } {
    const state = readGate(bytes);
    const gate = new Gate(asset, settings, clock);
    const changed: ("subject" | "horizon" | "block" | "margin")[] = [];
    if (state.subject !== settings.subject) changed.push("subject");
    if (state.horizon !== settings.horizon) changed.push("horizon");
    const another = changed.length > 0;
    if (state.period !== settings.period) changed.push("block");
    if (state.gain !== settings.gain) changed.push("margin");
    const { stage, rollbacks, ready, guard, lastTime, lastOrigin, record } = state;
    gate.state = { stage, rollbacks, ready, guard, lastTime, lastOrigin, record };
    if (changed.length === 0) {
      gate.trial = new Trial(settings.horizon, state);
      return { gate };
    }
    gate.trial = new Trial(settings.horizon, { ...state, blocks: undefined });
    const from = state.stage;
    // A person's hold, and the two rollbacks that led to it, outlive a change of settings.
    if (another && from !== "hold") gate.state.stage = "shadow";
    if (another) gate.trial.forget();
    gate.startTrial();
    const change = gate.note({ what: "afresh", from, time, who: "", reason: { code: "settings", changed } });
    return { gate, change };
  }

  /** JSON in UTF-8; finite numbers only. */
  save(): Uint8Array {
    const { subject, horizon, period, gain } = this.settings;
    const state: GateState = { ...this.state, subject, horizon, period, gain, ...this.trial.save() };
    return new TextEncoder().encode(JSON.stringify(state));
  }

  /**
   * Counts a forecast that fell due. The learner is compared with the forecast the plant would have used: the
   * existing one, or the naive one where there was none.
   *
   * @returns what changed, oldest first
   */
  score(outcome: Outcome): Change[] {
    const { state, trial, settings } = this;
    const { origin, time } = outcome;
    if (!Number.isFinite(origin) || !Number.isFinite(time) || origin === state.lastOrigin) return [];
    state.lastOrigin = origin;
    if (!outcome.running) {
      trial.countStopped();
      if (!settings.countStopped) return [];
    }
    if (state.lastTime > 0 && time > state.lastTime) trial.countTime(time - state.lastTime);
    state.lastTime = time;
    if (!trial.count(outcome)) return [];
    const block = trial.add(outcome, periodOf(settings.period, settings.scope.shifts, time, this.clock));
    if (block) return this.judge(block, time);
    return this.running && trial.isFarWorse ? [this.farWorse(trial.open, time)] : [];
  }

  /** Counts a label that judges nobody because it is none or known to be wrong: their share must be small. */
  unusable(): void {
    this.trial.countUnusable();
  }

  /** The forecast to use now. What a learner must never send is never sent, whatever the stage. */
  decide(offer: Offer): { decision: Decision; changes: Change[] } {
    const { state, settings } = this;
    const { learner, existing, naive, time } = offer;
    const { low, high } = settings;
    state.guard = offer.guard;
    const changes: Change[] = [];
    const outside = learner < low || learner > high;
    const limit = learner < low ? low : high;
    const acts = actsOnLearner(state.stage, inScope(settings.scope, this.asset, time, this.clock));
    if (this.running) {
      if (!Number.isFinite(learner)) changes.push(this.rollBack({ code: "notANumber" }, "", time));
      else if (outside) changes.push(this.rollBack({ code: "outsideLimits", value: learner, limit }, "", time));
      else if (offer.guard === "frozen") changes.push(this.rollBack({ code: "guardFrozen" }, "", time));
    }
    if (acts && changes.length === 0) return { decision: { source: "learner", value: learner }, changes };
    if (Number.isFinite(existing)) return { decision: { source: "existing", value: existing }, changes };
    if (Number.isFinite(naive)) return { decision: { source: "naive", value: naive }, changes };
    return { decision: { source: "none", value: Number.NaN }, changes };
  }

  /**
   * A person's word. An approval needs a name and a reason and cannot replace evidence; a hold or a rollback is never
   * refused for a missing name.
   *
   * @throws GateProblem where it cannot be carried out; nothing has changed then
   */
  command(command: GateCommand, who: string, text: string, time: number): Change {
    const { state } = this;
    const refuse = (code: GateProblem["code"], points: readonly Missing[] = []) =>
      new GateProblem(code, { stage: state.stage, command, missing: points });
    const step: Step = command === "approve" ? "promote" : command;
    if (stageAfter(state.stage, step) === undefined) throw refuse("notPossible");
    if ((command === "approve" || command === "resume") && (who === "" || text === "")) throw refuse("whoAndWhy");
    const reason: Reason = { code: "person", text };
    if (command === "rollback") return this.rollBack(reason, who, time);
    if (command === "approve") {
      const points = this.missing();
      if (points.length > 0) throw refuse("notYet", points);
      return this.move("promote", "promoted", reason, who, time);
    }
    if (command === "hold") return this.move("hold", "held", reason, who, time);
    state.rollbacks = 0;
    if (command === "reset") this.trial.forget();
    return this.move(command, command === "resume" ? "resumed" : "reset", reason, who, time);
  }

  get stage(): Stage {
    return this.state.stage;
  }

  /** Whether nothing but an approval is missing; looked at whenever a block ends. */
  get ready(): boolean {
    return this.state.ready;
  }

  /** Scored forecasts in the block that is filling; 0 where one has just ended. */
  get filling(): number {
    return this.trial.open.count;
  }

  get summary(): Summary {
    const { state, trial } = this;
    const { counts } = trial;
    const next = stageAfter(state.stage, "promote");
    const points = next === undefined ? [] : this.missing();
    return {
      stage: state.stage,
      blocks: counts.blocks,
      better: trial.better,
      gain: trial.gain,
      periods: trial.periods,
      evidence: trial.evidence,
      proof: counts.proof,
      needed: PROOF,
      against: trial.against,
      filling: this.filling,
      length: trial.length,
      missing: points,
      ready: points.length === 0 && next !== undefined,
      rollbacks: state.rollbacks,
      doubt: (100 * counts.doubtful) / Math.max(1, counts.scored - counts.unusable),
      unusable: counts.unusable,
      stopped: counts.stopped,
      last: state.record.at(-1),
    };
  }

  /** Who decided what and why, oldest first; the last 20 changes. */
  get record(): readonly Change[] {
    return this.state.record;
  }

  /** Whether the learner is on trial in the plant, so that it can be rolled back. */
  private get running(): boolean {
    return this.state.stage === "pilot" || this.state.stage === "live";
  }

  private missing(): Missing[] {
    const { settings, state, trial } = this;
    return missing(trial.counts, {
      blocks: settings.leastBlocks,
      days: settings.leastDays,
      coverage: trial.coverage,
      guardOk: state.guard === "ok",
    });
  }

  /** Takes a block that ended into account. */
  private judge(block: Block, time: number): Change[] {
    switch (this.trial.judge(block, this.settings.gain, this.running)) {
      case "standstill":
        return [];
      case "far worse":
        return [this.farWorse(block, time)];
      case "worse":
        return [this.rollBack({ code: "evidence" }, "", time)];
      case "dependent": {
        this.state.ready = false;
        const reason: Reason = { code: "dependentBlocks", length: this.trial.length };
        return [this.note({ what: "afresh", from: this.stage, time, who: "", reason })];
      }
      case "counted":
        return this.promoteIfReady(time);
    }
  }

  private promoteIfReady(time: number): Change[] {
    const { state, settings } = this;
    const { ready } = this.summary;
    const became = ready && !state.ready;
    state.ready = ready;
    if (ready && settings.approval === "automatic") {
      return [this.move("promote", "promoted", { code: "automatic" }, "", time)];
    }
    if (!became) return [];
    return [this.note({ what: "ready", from: state.stage, time, who: "", reason: { code: "evidence" } })];
  }

  private farWorse({ learner, existing }: Block, time: number): Change {
    return this.rollBack({ code: "farWorse", value: learner, existing }, "", time);
  }

  private rollBack(reason: Reason, who: string, time: number): Change {
    this.state.rollbacks += 1;
    return this.move(this.state.rollbacks > 1 ? "rollback again" : "rollback", "rolled-back", reason, who, time);
  }

  private move(step: Step, what: Change["what"], reason: Reason, who: string, time: number): Change {
    const from = this.state.stage;
    const to = stageAfter(from, step);
    if (to === undefined) throw new Error(`No step "${step}" in the stage "${from}"`);
    this.state.stage = to;
    this.startTrial();
    return this.note({ what, from, time, who, reason });
  }

  /** A stage starts with nothing proved. */
  private startTrial(): void {
    this.state.ready = false;
    this.trial.restart();
  }

  private note(change: Omit<Change, "to">): Change {
    const { record, stage } = this.state;
    // A record holds finite numbers only; where a forecast had no time, the last one that fell due is the best word.
    const time = Number.isFinite(change.time) ? change.time : this.state.lastTime;
    const entry: Change = { ...change, time, to: stage };
    record.push(entry);
    if (record.length > RECORD) record.shift();
    return entry;
  }
}
