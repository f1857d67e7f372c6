/** How one reading walks from a sensor to forecast, alarms and KPIs: the one place to adapt when the engine's API moves. */
import {
  AlarmRule,
  type Forecast,
  Forecaster,
  Gate,
  Guard,
  Meter,
  observationOf,
  type Reading,
  readScored,
  type Scored,
  type Verdict,
} from "../src/index";
import { offerOf, outcomeOf } from "../src/rollout/known";
import type { PlantRow } from "./plant-process";

/** A limit on the target, for one alarm on the value that comes and one on the forecast. */
export interface AlarmPlan {
  kind: "high" | "low";
  limit: number;
  deadband: number;
  /** Seconds. */
  onDelay?: number;
}

export interface Setup {
  inputs: readonly string[];
  target: string;
  /** Readings ahead; 0 = soft sensor. */
  horizon: number;
  seed: number;
  alarm?: AlarmPlan;
}

/** How an alarm stands after a reading. */
export interface AlarmSight {
  active: boolean;
  /** It says by itself that it may be false, or that it cannot be judged. */
  marked: boolean;
}

/** What came out at the end for one reading. */
export interface Walked {
  value: number;
  lower: number;
  upper: number;
  /** Forecast − actual of what fell due and was counted by the KPI meter; NaN = nothing was. */
  told: number;
  /** Whether the gate took it for a judgement of the learner. */
  gated: boolean;
  learn: number;
  held: readonly string[];
  alarm?: { actual: AlarmSight; forecast: AlarmSight };
}

export interface Walk {
  step(row: PlantRow, i: number): Walked;
}

/** What the guard says, also of an engine in which a part of it is not there yet. */
type Word = Verdict & { doubts?: Reading["doubts"] };

/** The forecaster alone: every reading is learnt from as it comes. */
export class Alone implements Walk {
  private readonly forecaster: Forecaster;
  private readonly alarms: Alarms | undefined;

  constructor(private readonly setup: Setup) {
    const { alarm, ...options } = setup;
    this.forecaster = Forecaster.create(options);
    this.alarms = alarm && new Alarms(alarm, setup.target);
  }

  step({ time, values }: PlantRow): Walked {
    const { scored, forecast } = this.forecaster.step({ time, values }, { learn: true });
    const { value, lower, upper } = forecast;
    const actual = values[this.setup.target];
    const alarm = this.alarms?.read(time, actual, forecast, undefined);
    return { value, lower, upper, told: scored?.error ?? Number.NaN, gated: false, learn: 1, held: [], alarm };
  }
}

/** Guard → tuner and predictor → gate → alarm rules → KPI meter, wired as the nodes wire them. */
export class Chain implements Walk {
  private readonly guard: Guard;
  private readonly forecaster: Forecaster;
  private readonly gate: Gate;
  private readonly meter: Meter;
  private readonly alarms: Alarms | undefined;

  constructor(private readonly setup: Setup) {
    const { inputs, target, horizon, seed, alarm } = setup;
    this.guard = new Guard({ inputs, target, horizon });
    this.forecaster = Forecaster.create({ inputs, target, horizon, seed });
    this.gate = new Gate("", { ...GATE, subject: target, horizon });
    this.meter = new Meter({ window: 500, baselineHours: 1, horizon });
    this.alarms = alarm && new Alarms(alarm, setup.target);
  }

  step({ time, values }: PlantRow): Walked {
    const { guard, forecaster } = this;
    const { target } = this.setup;
    // Drift guard: in front of all.
    const verdict: Word = guard.check(time, values);
    const { state, learn, speed, doubts } = verdict;
    const held = [...verdict.held];
    if (!verdict.usable) return { ...NOTHING, held, learn };
    // The door of the forecast model: what is held is no value.
    const used: Record<string, number> = { ...values };
    for (const name of held) used[name] = Number.NaN;
    // Tuner and predictor.
    const { scored, forecast } = forecaster.step(
      { time, values: used, quality: learn, doubts, state },
      { learn: true, speed },
    );
    // The guard watches what fell due.
    if (scored && state !== "bad") guard.score(scored.error, scored.naive - scored.actual, forecaster);
    const quality = { ...verdict, model: guard.model.state };
    const known = {
      forecast: forecast as unknown as Fields,
      scored: scored as unknown as Fields | undefined,
      quality: quality as unknown as Fields,
    };
    const outcome = outcomeOf(known, target);
    if (outcome) this.gate.score(outcome);
    const offer = offerOf(known, time);
    if (offer) this.gate.decide(offer);
    const { value, lower, upper } = forecast;
    const alarm = this.alarms?.read(time, used[target], forecast, quality);
    return {
      value,
      lower,
      upper,
      told: this.count(scored),
      gated: isJudged(outcome),
      learn: learn * this.believed(values, held, doubts),
      held,
      alarm,
    };
  }

  /**
   * How much of what came may be learnt from: 1/(1 + doubt) of the target, 0 where it is held, times the mean of the same
   * over the inputs, where a lost value counts 0. A target that did not come teaches nothing and is no doubt.
   */
  private believed(values: Walkable, held: readonly string[], doubts: Reading["doubts"]): number {
    const { inputs, target } = this.setup;
    const share = (name: string) => (held.includes(name) ? 0 : 1 / (1 + (doubts?.[name] ?? 0)));
    const sum = inputs.reduce((all, name) => all + (values[name] === undefined ? 0 : share(name)), 0);
    return (values[target] === undefined ? 1 : share(target)) * (sum / inputs.length);
  }

  private count(scored: Scored | undefined): number {
    const counted = scored && this.meter.add(readScored(scored));
    return counted ? counted.scored.learner - counted.scored.actual : Number.NaN;
  }
}

/** The same limit watched twice: on the value that came, and on the forecast as behind a gate that has let it go live. */
export class Alarms {
  private readonly actual: AlarmRule;
  private readonly forecast: AlarmRule;

  constructor(
    { kind, limit, deadband, onDelay = 0 }: AlarmPlan,
    private readonly target: string,
  ) {
    const end = kind === "high" ? { high: limit } : { low: limit };
    const shared = {
      limits: [{ name: "limit", kind, ...end, priority: "high" }],
      deadband: { value: deadband },
      rateWindow: 60_000,
      onDelay: 1000 * onDelay,
      offDelay: 0,
      latching: false,
      reAlarm: 0,
      shelveTime: 1_800_000,
      shelveLimit: 28_800_000,
    } as const;
    this.actual = new AlarmRule("", { ...shared, watch: "actual" });
    this.forecast = new AlarmRule("", { ...shared, watch: "forecast" });
  }

  read(
    time: number,
    actual: number | undefined,
    forecast: Forecast | undefined,
    quality: unknown,
  ): { actual: AlarmSight; forecast: AlarmSight } {
    // The sensor is named for an engine that asks whose value is in doubt.
    const raw = { time, sensor: this.target, actual, forecast, quality };
    const seen = observationOf(raw);
    this.actual.read(seen);
    if (forecast) this.forecast.read(seen);
    return { actual: sightOf(this.actual), forecast: sightOf(this.forecast) };
  }
}

function sightOf(rule: AlarmRule): AlarmSight {
  const [record] = rule.list() as { active: boolean; held?: unknown; confirmed?: boolean }[];
  return { active: record?.active === true, marked: record?.held !== undefined || record?.confirmed === false };
}

/** Every outcome judges, unless the engine says otherwise. */
function isJudged(outcome: { learner: number; trusted?: boolean } | undefined): boolean {
  return outcome !== undefined && outcome.trusted !== false && Number.isFinite(outcome.learner);
}

type Walkable = PlantRow["values"];
type Fields = Readonly<Record<string, unknown>>;

const NOTHING = { value: Number.NaN, lower: Number.NaN, upper: Number.NaN, told: Number.NaN, gated: false } as const;

const GATE = {
  gain: 0,
  period: "auto",
  zone: "UTC",
  leastBlocks: 5,
  leastDays: 0,
  approval: "automatic",
  scope: { assets: [], shifts: [] },
  low: Number.NaN,
  high: Number.NaN,
} as const;
