/** How the assets of one forecast model stand: gathered from the model and the nodes that name it, for people who look. */
import type { Asset } from "../asset/asset";
import type { ForecastModel } from "../asset/forecast-model";
import { type ErrorBlock, overTime } from "../kpi/error-history";
import { FORECASTERS } from "../kpi/scored-forecast";
import type { GuardState, Upkeep } from "../kpi/upkeep";
import { errorLines, Trace } from "./trace";
import type { GuardSight, TunerCommand, Witnesses } from "./witness";
import { levelOf, type Standing } from "./worst-first";

/** So many assets are recorded all the time; a further one from when it is first looked at. 35 kB each at most. */
const MOST_TRACES = 1000;
/** Points of the line of errors. */
const ERROR_POINTS = 80;
/** So long after the last look, ms, forecasts to come are no longer kept, … */
const LOOKED = 300_000;
/** … and so old may be what is known of the names in the store. */
const NAMES = 5_000;
/** A name that a search must not be longer than. */
const LONGEST_SEARCH = 200;

/** What a person can do to one asset. */
export const HEALTH_COMMANDS = ["pause", "resume", "rollback", "approve", "reset"] as const;
export type HealthCommand = (typeof HEALTH_COMMANDS)[number];

type Kind = keyof Witnesses;

/** From the worst. */
const GUARD: readonly GuardState[] = [
  "silent",
  "bad",
  "drift",
  "uncertain",
  "warning",
  "frozen",
  "recovering",
  "learning",
  "ok",
  "good",
];
const STAGES = ["hold", "rolled-back", "ready", "pilot", "shadow", "live"];

export class Health {
  private readonly witnesses: { [K in Kind]: Set<Witnesses[K]> } = {
    fleet: new Set(),
    guard: new Set(),
    tuner: new Set(),
    predictor: new Set(),
    gate: new Set(),
    meter: new Set(),
  };
  private readonly traces = new Map<string, Trace>();
  /** ms of the last look at an asset, the longest ago first. */
  private readonly looked = new Map<string, number>();
  private names: { at: number; list: Promise<string[]> } | undefined;
  private readonly stop: (() => void)[];

  constructor(
    readonly model: ForecastModel,
    private readonly now: () => number,
  ) {
    this.stop = [
      model.listeners.watch(({ name }, scored) => this.traceOf(name)?.add(scored)),
      model.listeners.watchForecasts(({ name }, forecast) => this.traces.get(name)?.foresee(forecast)),
      model.listeners.onRemoval((asset) => {
        this.traces.delete(asset);
        this.looked.delete(asset);
        this.names = undefined;
      }),
    ];
  }

  /** Nothing is gathered any more. */
  close(): void {
    for (const stop of this.stop) stop();
    for (const all of Object.values(this.witnesses)) all.clear();
    this.traces.clear();
  }

  /**
   * A node that names the model tells from now on what it knows.
   *
   * @returns call it when the node ends
   */
  join<K extends Kind>(kind: K, witness: Witnesses[K]): () => void {
    const all: Set<Witnesses[K]> = this.witnesses[kind];
    all.add(witness);
    return () => all.delete(witness);
  }

  /** Whether a tuner names the model. */
  get isLearnt(): boolean {
    return this.witnesses.tuner.size > 0;
  }

  /** Whether a predictor does. */
  get isForecast(): boolean {
    return this.witnesses.predictor.size > 0;
  }

  /** Whether there is such an asset, by its exact name. */
  async knows(asset: string): Promise<boolean> {
    if (this.isElsewhere()(asset)) return false;
    return this.traces.has(asset) || (await this.model.assetNames()).includes(asset);
  }

  /**
   * How the assets stand whose name has the text in it, whatever its capitals; in no order.
   *
   * @param search "" = all
   */
  async standings(search: string): Promise<Standing[]> {
    const wanted = search.slice(0, LONGEST_SEARCH).toLowerCase();
    const names = await this.assetNames();
    return names.filter((name) => name.toLowerCase().includes(wanted)).map((name) => this.standing(name));
  }

  /**
   * How the fleet stands of which this model is a part; undefined where it works alone.
   *
   * @param asset where it would be
   */
  fleet(asset: string) {
    const [fleet] = this.witnesses.fleet;
    if (!fleet) return undefined;
    const partitions = fleet.partitions();
    return { instance: fleet.instance, partition: partitions[fleet.partitionOf(asset)], partitions };
  }

  /** Tells whether another instance of a fleet has an asset: what is known of it here is old. */
  private isElsewhere(): (asset: string) => boolean {
    const fleets = [...this.witnesses.fleet].map(({ instance, partitionOf, partitions }) => {
      return { partitionOf, isOwn: partitions().map((one) => one.instance === instance) };
    });
    return (asset) => fleets.some(({ partitionOf, isOwn }) => !isOwn[partitionOf(asset)]);
  }

  private standing(asset: string): Standing {
    const { gate, tuner } = this.witnesses;
    const trace = this.traces.get(asset);
    const error = trace?.recentError();
    const against = error && (Number.isNaN(error.existing.error) ? error.naive : error.existing);
    const stages = [...gate].flatMap((one) => one.stageOf(asset) ?? []);
    const stands = {
      guard: this.guardOf([asset]),
      stage: STAGES.find((stage) => stages.includes(stage)),
      paused: [...tuner].some((one) => one.isPaused(asset)),
      ratio: against ? against.learner / against.error : Number.NaN,
      time: trace?.lastTime ?? Number.NaN,
    };
    return { asset, level: levelOf(stands), ...stands };
  }

  /** How assets are kept. */
  upkeep(assets: readonly string[]): Upkeep {
    const saves = assets.map((asset) => this.model.savedAt(asset)).filter((time) => !Number.isNaN(time));
    return { guard: this.guardOf(assets), saved: saves.length > 0 ? Math.min(...saves) : Number.NaN };
  }

  /** The worst that any drift guard says of these assets. */
  private guardOf(assets: readonly string[]): GuardState | undefined {
    const guards = [...this.witnesses.guard];
    const states = new Set(assets.flatMap((asset) => guards.flatMap((one) => statesOf(one.look(asset)))));
    return GUARD.find((state) => states.has(state));
  }

  private assetNames(): Promise<string[]> {
    const { names } = this;
    if (names && this.now() - names.at < NAMES) return names.list;
    const list = this.model.assetNames().then((known) => {
      const isElsewhere = this.isElsewhere();
      return [...new Set([...known, ...this.traces.keys()])].filter((name) => !isElsewhere(name));
    });
    this.names = { at: this.now(), list };
    // A store that fails is asked again.
    list.catch(() => {
      this.names = undefined;
    });
    return list;
  }

  /**
   * All that is known of an asset, NaN where a number is not; from now on what is forecast for it is kept as well.
   *
   * @param asset one that `knows`
   */
  async view(asset: string) {
    const trace = this.look(asset);
    const { guard, gate, meter } = this.witnesses;
    const { model } = this;
    const live = await new Promise<ReturnType<typeof liveOf> | undefined>((resolve) => {
      model.withAsset(
        asset,
        (one) => resolve(liveOf(one)),
        () => resolve(undefined),
      );
    });
    const meters = [...meter].flatMap(({ id, name, unit, look }) => {
      const found = look(asset);
      return found ? [{ id, name, unit, ...found }] : [];
    });
    // A meter has counted before the last restart as well.
    const blocks: readonly ErrorBlock[] = meters[0]?.blocks ?? trace.blocks;
    return {
      target: model.target,
      nearest: model.nearest,
      trouble: model.trouble,
      unit: model.settings.unit || ([...meter].find(({ unit }) => unit !== "")?.unit ?? ""),
      ...this.standing(asset),
      chart: trace.columns(),
      recent: trace.recentError(),
      errors: errorLines(overTime(blocks, ERROR_POINTS), FORECASTERS),
      ...live,
      saved: model.savedAt(asset),
      fleet: this.fleet(asset),
      canLearn: this.isLearnt,
      guards: [...guard].map(({ id, name, look }) => ({ id, name, ...look(asset) })),
      gates: [...gate].map(({ id, name, look, stageOf }) => ({ id, name, ...look(asset), code: stageOf(asset) })),
      meters: meters.map(({ id, name, figures }) => ({ id, name, figures })),
    };
  }

  /** Carries out a person's command by the nodes that have it. */
  async order(command: HealthCommand, asset: string): Promise<void> {
    if (command === "reset") return this.reset(asset);
    const { tuner, guard } = this.witnesses;
    const orders = [...tuner].map((one) => one.order(command satisfies TunerCommand, asset));
    // What a guard has frozen learns again only once that guard lets it.
    if (command === "resume")
      for (const one of guard) if (one.look(asset)?.model === "frozen") orders.push(one.order(command, asset));
    await Promise.all(orders);
  }

  private reset(asset: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.model.each(asset, (_, one) => one.reset(), resolve, reject);
    });
  }

  /** The model of an asset as a file. */
  export(asset: string): Promise<{ file: string; bytes: Uint8Array }> {
    return new Promise((resolve, reject) => {
      this.model.export(asset, resolve, () => {}, reject);
    });
  }

  /** The report of a meter; undefined where there is no such meter. */
  report(
    meter: string,
    asset: string | undefined,
    language: string,
  ): Promise<{ html: string; file: string }> | undefined {
    return [...this.witnesses.meter].find(({ id }) => id === meter)?.report(asset, language);
  }

  /** The trace of an asset of which something has come; undefined where there are too many assets to record them all. */
  private traceOf(asset: string): Trace | undefined {
    const known = this.traces.get(asset);
    if (known || this.traces.size >= MOST_TRACES) return known;
    const trace = new Trace();
    this.traces.set(asset, trace);
    return trace;
  }

  /** The trace of an asset that somebody looks at: where there are too many, another one gives way that nobody looks at. */
  private look(asset: string): Trace {
    const now = this.now();
    this.looked.delete(asset);
    this.looked.set(asset, now);
    for (const [other, at] of this.looked) {
      if (now - at < LOOKED) break;
      this.looked.delete(other);
      const trace = this.traces.get(other);
      if (trace) trace.isWatched = false;
    }
    if (!this.traces.has(asset) && this.traces.size >= MOST_TRACES) {
      const [first] = this.traces.keys();
      this.traces.delete([...this.traces.keys()].find((other) => !this.looked.has(other)) ?? first);
    }
    const trace = this.traceOf(asset) as Trace;
    trace.isWatched = true;
    return trace;
  }
}

function statesOf(sight: GuardSight | undefined): GuardState[] {
  if (!sight) return [];
  return sight.silent ? ["silent"] : [sight.state, sight.model];
}

/** What the asset itself knows, copied at once: its objects are used again. */
function liveOf(asset: Asset) {
  const { forecaster, lastTuning, learntAt } = asset;
  if (!forecaster) return undefined;
  const { due, value, lower, upper, coverage, updates, experts } = asset.forecast();
  return {
    forecast: { due, value, lower, upper, coverage },
    experts: Object.entries(experts)
      .map(([name, share]) => ({
        name: name === "reference" && "last" in experts ? "existing" : name,
        share: share ?? 0,
      }))
      .sort((a, b) => b.share - a.share),
    learnt: { updates, at: learntAt, skipped: lastTuning?.skipped, change: lastTuning?.change ?? Number.NaN },
    sensors: forecaster.inputs.length,
    isTargetMissing: asset.isTargetMissing,
    rhythm: asset.rhythm,
  };
}
