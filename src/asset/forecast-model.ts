import { createHash } from "node:crypto";
import type { Tuning } from "../forecaster/forecast";
import { Forecaster } from "../forecaster/forecaster";
import { SnapshotError } from "../forecaster/snapshot";
import { AssetMemory } from "../memory/asset-memory";
import type { MemoryProblem } from "../memory/memory-problem";
import type { Store } from "../memory/store";
import { assetOf } from "../message/asset-of";
import { isNotice, type MessageCode, MessageProblem, shown, stateOf, type ValueProblem } from "../message/problem";
import { isGuardWord } from "../message/quality";
import { type MessageReadings, readingsOf } from "../message/reading";
import { UNCERTAIN } from "../message/sender-status";
import { type TimeRules, timeOf } from "../message/time";
import { unreadable } from "../message/unreadable";
import { Asset, type Found } from "./asset";
import { type Intake, type Learn, takeIn } from "./intake";
import { isForecastOf, type PlainForecast, type PlainScored } from "./plain";
import type { ModelSettings } from "./settings";

/** A message as the nodes of this pack read and write it. */
export interface ForecastMessage {
  _msgid?: string;
  payload?: unknown;
  topic?: unknown;
  timestamp?: unknown;
  quality?: unknown;
  command?: unknown;
  reset?: unknown;
  /** What the payload was before a predictor put its forecast there. */
  reading?: unknown;
  /**
   * Which models have taken the message in already, by the id of the model; and, as `moved`, whether a predictor has
   * moved the payload to `reading`.
   */
  observed?: Record<string, Mark | true>;
  scored?: PlainScored | null | (PlainScored | null)[];
  tuning?: Tuning | (Tuning | null)[];
  forecast?: Forecasts;
}

/** One forecast, or for a batch one for each row, null where the row could not be used. */
export type Forecasts = PlainForecast | (PlainForecast | null)[];

/**
 * The mark of a model on a message: index of the last reading and what was forecast from it. The forecast travels with
 * its message because in a burst a model has taken in the last message before the next node sees the first.
 */
export interface Mark {
  index: number;
  forecast?: Forecasts;
}

/** What a message brought to the model of its asset. */
export interface TakenMessage {
  asset: Asset;
  forecaster: Forecaster;
  /** Made from this message's readings. */
  forecast: Forecasts;
  /** undefined where another node of the same model has taken the message in before. */
  intake: Intake | undefined;
  /** The rows of a batch that were refused here, counted and named, in the user's language. */
  refused?: Error;
}

/**
 * Hears of every forecast of a model that has fallen due, once, whichever node took its reading in.
 *
 * @param quality what the drift guard and the model said of that reading
 */
export type Watcher = (asset: Asset, scored: PlainScored, quality: unknown) => void;

/** The parts of Node-RED that a model needs. */
export interface Surroundings {
  /** Why a message cannot be used, in the user's language. */
  errorText(code: MessageCode, details: Readonly<Record<string, string | number>>): string;
  /** Why a value cannot be used, in the user's language. */
  ruleText(problem: ValueProblem): string;
  /** A property of a message by its path, such as "payload.machine". */
  property(msg: object, path: string): unknown;
  /** Says what happened to the memory of an asset, in the user's language. */
  report(problem: MemoryProblem): void;
  /** Says what was read otherwise than it came, in the user's language. */
  remark?(asset: string, problem: ValueProblem): void;
  /** ms: arrival. */
  now(): number;
}

/** An error names so many bad values, and counts the others. */
const MOST_NAMED = 8;
/** What a status says of the memory. */
export type Trouble = "unsaved" | "setAside" | "unread";

const TROUBLE: Partial<Record<MemoryProblem["code"], Trouble>> = {
  damaged: "setAside",
  foreign: "setAside",
  newer: "setAside",
  rejected: "setAside",
  loadFailed: "unread",
  loadLate: "unread",
};
/** How long a status tells of what has happened once, ms. */
const NOTICE = 600_000;

const IMPORT_PROBLEM = { damaged: "importDamaged", foreign: "importForeign", newer: "importNewer" } as const;

/** The part of a config node that the nodes that name it use. */
export interface HasForecastModel {
  /** undefined where a setting is wrong. */
  readonly model: ForecastModel | undefined;
  /** Why there is no model, in the user's language. */
  readonly problem: string | undefined;
}

/** One forecast model as all nodes that name it share it: it owns one forecaster for each asset. */
export class ForecastModel {
  private readonly watchers = new Set<Watcher>();
  private readonly assets: AssetMemory<Asset>;
  private readonly removalListeners = new Set<(asset: string) => void>();
  /** Whose states could not be saved. */
  private readonly failing = new Set<string>();
  private noticed: { trouble?: Trouble; at: number } = { at: Number.NEGATIVE_INFINITY };

  /**
   * @param id of the config node: the mark that a message carries once this model has taken it in
   * @param store where the assets are remembered; other nodes keep their own state of the same assets there too
   */
  constructor(
    readonly id: string,
    readonly settings: ModelSettings,
    readonly store: Store,
    private readonly surroundings: Surroundings,
  ) {
    const { assetLimit, saveMs, saveUpdates } = settings;
    this.assets = new AssetMemory<Asset>({
      part: `${id}-${shapeHash(settings)}`,
      kind: "forecaster",
      store,
      create: (name) => new Asset(name, settings),
      save: (asset) => asset.save(),
      load: (bytes, name) => Asset.load(bytes, name, settings),
      limit: assetLimit,
      everyMs: saveMs,
      everyChanges: saveUpdates,
      report: (problem) => this.report(problem),
    });
  }

  /** Tells the user what happened to the memory of this model, or of a node that keeps its state in the same store. */
  report(problem: MemoryProblem): void {
    const { code, part } = problem;
    if (code === "saveFailed") this.failing.add(part);
    if (code === "saveRecovered") this.failing.delete(part);
    const [first] = this.failing;
    // Where the store fails, it fails for all nodes: one of them says so, and the last one that it is over.
    if ((code === "saveFailed" && part !== first) || (code === "saveRecovered" && first !== undefined)) return;
    const trouble = TROUBLE[code];
    if (trouble) this.noticed = { trouble, at: this.surroundings.now() };
    this.surroundings.report(problem);
  }

  /**
   * What the user should know of the memory now: states that could not be saved (they are in memory, and it is tried
   * again); for a while after it has happened, a record that was set aside, or one that could not be read.
   */
  get trouble(): Trouble | undefined {
    if (this.failing.size > 0) return "unsaved";
    const { trouble, at } = this.noticed;
    return this.surroundings.now() - at < NOTICE ? trouble : undefined;
  }

  /** Saves everything that has changed; nothing is taken in any more. */
  close(): Promise<void> {
    return this.assets.close();
  }

  /** Inputs as configured; empty = every number in the payload. */
  get inputs(): readonly string[] {
    return this.settings.inputs;
  }

  get target(): string {
    return this.settings.target;
  }

  /** What is forecast, in a word: nodes that judge it begin anew when it is another. */
  get subject(): string {
    return `${this.settings.target} +${this.settings.horizon[0]}`;
  }

  /** Readings ahead, rising. */
  get horizons(): readonly number[] {
    return this.settings.horizon;
  }

  /** Names of all assets known, in memory or remembered. */
  assetNames(): Promise<string[]> {
    return this.assets.allAssets();
  }

  /** Hands over an asset: at once where it is in memory, else, in the order of asking, as soon as it is loaded. */
  withAsset(name: string, act: (asset: Asset) => void, fail: (error: Error) => void): void {
    this.assets.use(name, act, fail);
  }

  /**
   * Lets a node hear of every scored forecast.
   *
   * @returns call it to hear no more
   */
  watch(watcher: Watcher): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /**
   * Lets a node hear of every asset that is removed, so that it lets go of its own state of it.
   *
   * @returns call it to hear no more
   */
  onRemoval(listener: (asset: string) => void): () => void {
    this.removalListeners.add(listener);
    return () => this.removalListeners.delete(listener);
  }

  /**
   * Removes an asset from this model and from every node that names it: a machine that was scrapped, a topic that was
   * misspelt. What is known of it is saved and set aside; should the asset come back, it starts anew.
   *
   * @param name undefined is refused: all that was ever learnt must not go by one message
   */
  remove(name: string | undefined, done: () => void, fail: (error: Error) => void): void {
    if (name === undefined)
      throw new MessageProblem("removeWhich", {}, "remove needs msg.topic: the asset to be removed");
    const remove = (): void => {
      this.assets.remove(name);
      for (const listener of this.removalListeners) listener(name);
      done();
    };
    if (this.assets.assets().includes(name)) {
      remove();
      return;
    }
    this.assetNames().then((names) => {
      if (names.includes(name)) remove();
      else fail(this.explain(new MessageProblem("noModel", { asset: name }, `there is no model of "${name}" yet`)));
    }, fail);
  }

  /** Something of an asset has changed and is to be saved in time. */
  changed(asset: string, count = 1): void {
    this.assets.changed(asset, count);
  }

  /**
   * The asset that a message belongs to.
   *
   * @throws MessageProblem where the property is no name
   */
  assetOf(msg: ForecastMessage): string {
    const { asset, assetType } = this.settings;
    return assetOf(assetType === "str" ? asset : this.surroundings.property(original(msg), asset));
  }

  /**
   * The asset that a command is for: `msg.topic`, or the one fixed name.
   *
   * @returns undefined = all, where no topic came or an empty one, as an inject node sends it
   * @throws MessageProblem where the topic is no name
   */
  commandAsset(msg: ForecastMessage): string | undefined {
    const { asset, assetType } = this.settings;
    return assetType === "str" ? asset : assetOf(msg.topic) || undefined;
  }

  /**
   * The readings of a message, also behind a predictor that has put its forecast into the payload.
   *
   * @param asset shows which sensors are wanted where none were named
   * @throws MessageProblem where nothing can be used
   */
  readings(msg: ForecastMessage, asset?: Asset): MessageReadings {
    const { existing, target, inputs, running } = this.settings;
    const source = original(msg);
    const raw = {
      payload: source.payload,
      timestamp: msg.timestamp,
      existing: existing === "" ? undefined : this.surroundings.property(source, existing),
      quality: msg.quality,
      running: running?.of === "msg" ? this.surroundings.property(source, running.name) : undefined,
    };
    const wanted = asset ? asset.inputs : inputs.length > 0 ? inputs : undefined;
    const after = asset?.forecaster?.lastTime;
    return readingsOf(raw, { target, inputs: wanted, existing, running }, { ...this.timeRules, after });
  }

  /**
   * A timestamp in ms since 1970, read by the settings of this model; NaN where none came.
   *
   * @throws MessageProblem badTime, timeUnit
   */
  timeOf(timestamp: unknown): number {
    return timeOf(timestamp, this.timeRules);
  }

  private get timeRules(): TimeRules {
    const { zone, otherTimes } = this.settings;
    return { zone, otherTimes, now: this.surroundings.now() };
  }

  /**
   * Takes a message into the model of its asset, once however many nodes of this model see it, and writes into it
   * `observed` (the mark), `scored` where a forecast fell due, `quality` where values were not used, and for a batch
   * `forecast`.
   *
   * @param node id of the calling node
   * @param then what to do with it, at once or as soon as the asset is loaded
   * @param fail is given the error in the user's language; nothing of the message was used
   * @param learn what to learn from each reading before the next one
   */
  take(
    node: string,
    msg: ForecastMessage,
    then: (taken: TakenMessage) => void,
    fail: (error: Error) => void,
    learn?: Learn,
  ): void {
    const refuse = (error: unknown): void => fail(this.explain(error, msg));
    try {
      this.withAsset(
        this.assetOf(msg),
        (asset) => {
          let taken: TakenMessage;
          try {
            taken = this.takeFor(asset, node, msg, learn);
          } catch (error) {
            return refuse(error);
          }
          then(taken);
        },
        refuse,
      );
    } catch (error) {
      refuse(error);
    }
  }

  private takeFor(asset: Asset, node: string, msg: ForecastMessage, learn: Learn | undefined): TakenMessage {
    const { forecaster, latest } = asset;
    if (forecaster && latest) {
      const mark = this.markOf(msg, asset);
      if (mark) return { asset, forecaster, forecast: mark.forecast ?? latest.forecast, intake: undefined };
      if (asset.once.isTaken(node, msg._msgid)) {
        // The copy that came by another wire tells as much as the first one, in objects of its own.
        const found = structuredClone(latest);
        this.tell(msg, found);
        return { asset, forecaster, forecast: found.forecast, intake: undefined };
      }
    } else {
      asset.once.isTaken(node, msg._msgid);
    }
    const readings = this.readings(msg, asset);
    const intake = takeIn(asset, original(msg).payload, readings, this.surroundings.now(), learn);
    for (const problem of intake.problems.flat())
      if (isNotice(problem.rule)) this.surroundings.remark?.(asset.name, problem);
    const { batch } = readings;
    const { index } = asset.forecaster as Forecaster;
    const forecast = batch ? intake.forecasts : (intake.forecasts[0] as PlainForecast);
    const found: Found = { index, batch, forecast, scored: intake.scored, problems: intake.problems };
    asset.latest = found;
    asset.once.take(node);
    this.changed(asset.name, readings.rows.length);
    this.tell(msg, found);
    for (const i of intake.order) {
      const row = intake.scored[i];
      if (row) for (const watcher of this.watchers) watcher(asset, row, batch ? columnOf(msg.quality, i) : msg.quality);
    }
    const refused = intake.refused && this.explain(intake.refused);
    return { asset, forecaster: asset.forecaster as Forecaster, forecast, intake, refused };
  }

  /** Writes into a message what was found in its readings. */
  private tell(msg: ForecastMessage, { index, batch, forecast, scored, problems }: Found): void {
    msg.observed = { ...msg.observed, [this.id]: { index, forecast } };
    if (batch) {
      msg.scored = scored;
      msg.forecast = forecast;
      if (problems.some((row) => row.length > 0)) {
        const before = Array.isArray(msg.quality) ? msg.quality : [];
        msg.quality = problems.map((row, i) =>
          this.quality(before[i] ?? (Array.isArray(msg.quality) ? undefined : msg.quality), row),
        );
      }
    } else {
      // A forecast that another model scored on this message is not this model's.
      if (scored[0]) msg.scored = scored[0];
      else delete msg.scored;
      const [first = []] = problems;
      if (first.length > 0) msg.quality = this.quality(msg.quality, first);
    }
  }

  /**
   * What this model has put on a message; undefined where it has not seen it. A mark that this model cannot have made,
   * because the message comes from elsewhere or somebody has written into it, is none.
   */
  private markOf({ observed }: ForecastMessage, { name, forecaster }: Asset): Mark | undefined {
    if (typeof observed !== "object" || observed === null || !Object.hasOwn(observed, this.id)) return undefined;
    const mark = Object(observed[this.id]) as Partial<Mark>;
    const { index, forecast } = mark;
    if (!Number.isInteger(index) || !((index as number) <= (forecaster?.index ?? -1))) return undefined;
    const rows = Array.isArray(forecast) ? forecast : [forecast];
    return rows.every((row) => row === null || row === undefined || isForecastOf(row, name))
      ? (mark as Mark)
      : undefined;
  }

  /** The quality of a reading, with what was not used added to what the drift guard said. */
  private quality(before: unknown, problems: readonly ValueProblem[]): object {
    const known = isGuardWord(before) ? (before as Record<string, unknown>) : {};
    const reasons = Array.isArray(known.reasons) ? known.reasons : [];
    const named = new Set(reasons.map((reason) => reason?.sensor));
    const more = problems
      .filter(({ sensor }) => sensor === "" || !named.has(sensor))
      .map(({ sensor, rule, value }) => ({
        sensor,
        rule,
        value,
        state: stateOf(rule),
        text: this.surroundings.ruleText({ sensor, rule, value }),
      }));
    const all = { state: "good", ne107: "good", learn: 1, ...known, reasons: [...reasons, ...more] };
    const held = Array.isArray(known.held) ? known.held : [];
    const wrong = more.filter(({ state }) => state !== "good");
    if (wrong.length === 0) return { ...all, held };
    const lost = wrong.filter(({ sensor, rule }) => sensor !== "" && rule !== "senderUncertain");
    const doubted = wrong.filter(({ rule }) => rule === "senderUncertain");
    return {
      ...all,
      state: known.state === "bad" || wrong.some(({ rule }) => rule === "senderBad") ? "bad" : "uncertain",
      ne107: all.ne107 === "good" ? "failure" : all.ne107,
      held: [...new Set([...held, ...lost.map(({ sensor }) => sensor)])],
      ...(doubted.length > 0 && {
        doubts: { ...Object(known.doubts), ...Object.fromEntries(doubted.map(({ sensor }) => [sensor, UNCERTAIN])) },
      }),
    };
  }

  /**
   * Does something with the model of one asset or of all, and marks it as changed.
   *
   * @param name undefined = all assets known
   * @param done called once, after the last one
   * @param fail is told as well where the asset asked for has no model yet
   */
  each(
    name: string | undefined,
    act: (forecaster: Forecaster, asset: Asset) => void,
    done: () => void,
    fail: (error: Error) => void,
  ): void {
    const actOn = (asset: Asset): void => {
      if (asset.forecaster) {
        act(asset.forecaster, asset);
        this.changed(asset.name);
      } else if (name !== undefined) {
        throw new MessageProblem("noModel", { asset: name }, `there is no model of "${name}" yet`);
      }
    };
    if (name === undefined) this.assetNames().then((names) => this.eachOf(names, actOn, done, fail), fail);
    else this.eachOf([name], actOn, done, fail);
  }

  private eachOf(names: string[], act: (asset: Asset) => void, done: () => void, fail: (error: Error) => void): void {
    let open = names.length;
    let failure: Error | undefined;
    const next = (error?: Error): void => {
      failure ??= error;
      if (--open > 0) return;
      if (failure) fail(failure);
      else done();
    };
    if (open === 0) done();
    for (const name of names)
      this.withAsset(
        name,
        (asset) => {
          try {
            act(asset);
            next();
          } catch (error) {
            next(this.explain(error));
          }
        },
        next,
      );
  }

  /**
   * The model of an asset, or of all of them, as files: what `import` takes on this or another machine.
   *
   * @param give is called for each asset that has a model, with a name for the file
   */
  export(
    name: string | undefined,
    give: (model: { asset: string; file: string; bytes: Uint8Array }) => void,
    done: () => void,
    fail: (error: Error) => void,
  ): void {
    let given = 0;
    this.each(
      name,
      (forecaster, { name: asset }) => {
        given++;
        const readable =
          asset
            .match(/[\p{L}\p{N}]+/gu)
            ?.join("-")
            .slice(0, 60) ?? "model";
        give({ asset, file: `${readable}.forecaster`, bytes: forecaster.save() });
      },
      () => {
        if (given > 0) done();
        else fail(this.explain(new MessageProblem("noModels", {}, "there is no model yet")));
      },
      fail,
    );
  }

  /**
   * Replaces the model of an asset by an exported one. It keeps what it has learnt and its scales; the readings that it
   * has seen belong to another time and are forgotten.
   *
   * @param file what `export` gave: a Buffer
   */
  import(name: string, file: unknown, done: () => void, fail: (error: Error) => void): void {
    const replace = (asset: Asset): void => {
      asset.forecaster = this.imported(file);
      this.changed(name);
    };
    this.eachOf([name], replace, done, fail);
  }

  private imported(file: unknown): Forecaster {
    if (!(file instanceof Uint8Array)) {
      const value = shown(file);
      throw new MessageProblem("importType", { value }, `payload is ${value}: the exported file is needed as a Buffer`);
    }
    let forecaster: Forecaster;
    try {
      forecaster = Forecaster.load(file);
    } catch (error) {
      if (!(error instanceof SnapshotError)) throw error;
      throw new MessageProblem(IMPORT_PROBLEM[error.code], {}, error.message);
    }
    const { target, inputs, horizon, buildOn } = this.settings;
    const own = forecaster.options;
    const named = inputs.filter((input) => input !== target);
    const wanted = shape(target, named, horizon, buildOn);
    const found = shape(own.target, named.length === 0 ? [] : own.inputs, own.horizon as number[], own.buildOn);
    if (wanted !== found)
      throw new MessageProblem("importShape", { found, wanted }, `this model forecasts ${found}, wanted is ${wanted}`);
    forecaster.forgetReadings();
    return forecaster;
  }

  /** Why a value cannot be used, in the user's language. */
  describe(problem: ValueProblem): string {
    return this.surroundings.ruleText(problem);
  }

  /**
   * An error of a message or the engine as one in the user's language, with the first as its cause.
   *
   * @param msg that was worked on: what no node can foresee, a property that throws, is looked for in it
   */
  explain(error: unknown, msg?: object): Error {
    const problem = error instanceof MessageProblem ? error : msg && unforeseen(msg);
    if (!problem) return error instanceof Error ? error : new Error(String(error));
    const { code, problems } = problem;
    const named = problems.slice(0, MOST_NAMED).map((one) => this.surroundings.ruleText(one));
    if (problems.length > MOST_NAMED) named.push(`… (${problems.length})`);
    const came = named.join("; ");
    const details = came === "" ? problem.details : { ...problem.details, came };
    return new Error(this.surroundings.errorText(code, details), { cause: error });
  }
}

/** What is wrong with a message on which a node has failed; undefined where the message is sound. */
function unforeseen(msg: object): MessageProblem | undefined {
  if (!Object.isExtensible(msg))
    return new MessageProblem("frozenMessage", {}, "the message is frozen: nodes must be able to write into it");
  const found = unreadable(msg);
  return found && new MessageProblem("unreadable", found, `msg.${found.property} cannot be read: ${found.reason}`);
}

/** The message as it was before a predictor put its forecast into the payload. */
function original(msg: ForecastMessage): ForecastMessage {
  return msg.observed?.moved === true ? { ...msg, payload: msg.reading } : msg;
}

/**
 * A short name for everything that gives a model its shape: with other settings it is another model, with a record of
 * its own, and the old one is found again when the settings come back.
 */
function shapeHash({ target, inputs, horizon, size, buildOn, coverage, labelDelay }: ModelSettings): string {
  const text = JSON.stringify([target, inputs, horizon, size, buildOn, coverage, labelDelay]);
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}

/** What a model is made for, in signs that need no translation: "co2 ← load, fuel (+1, +6)". */
function shape(target: string, inputs: readonly string[], horizons: readonly number[], buildOn: string): string {
  const from = [...inputs, ...(buildOn === "existing" ? ["msg"] : [])].join(", ") || "*";
  return `${target} ← ${from.slice(0, 200)} (${horizons.map((k) => `+${k}`).join(", ")})`;
}

/** The i-th row of a batch's property; the property itself where it is one for all. */
function columnOf(property: unknown, i: number): unknown {
  return Array.isArray(property) ? property[i] : property;
}
