import { createHash } from "node:crypto";
import type { Tuning } from "../forecaster/forecast";
import { Forecaster, RECORD_VERSION } from "../forecaster/forecaster";
import { AssetMemory, MemoryClosed, MemoryFull } from "../memory/asset-memory";
import { exportNameOf } from "../memory/asset-name";
import type { MemoryProblem } from "../memory/memory-problem";
import type { Store } from "../memory/store";
import { assetOf } from "../message/asset-of";
import { assetsFor, isFilter, noSuchAsset } from "../message/command";
import { durationText } from "../message/duration";
import { ErrorCounter } from "../message/error-counter";
import { numbersIn, numbersSliced } from "../message/number-text";
import { isNotice, type MessageCode, MessageProblem, shown, stateOf, type ValueProblem } from "../message/problem";
import { isGuardWord } from "../message/quality";
import { type MessageReadings, readingsSliced, sensorsIn, sensorsSliced } from "../message/reading";
import { UNCERTAIN } from "../message/sender-status";
import { type TimeRules, timeOf } from "../message/time";
import { unreadable } from "../message/unreadable";
import { mismatch, RecordError } from "../record/record-error";
import { atOnce, eachSliced, isSliceOver, mapSliced, nextSlice, type Sliced } from "../slice/sliced";
import { type StateOf, stateWords } from "../text/state-word";
import { Asset, type AssetNotice } from "./asset";
import { BaseMemory, type BaseModel } from "./base-models";
import { contentOf, contentSliced, stampOf } from "./content";
import { type DeliveryWatcher, deliveryOf } from "./deliveries";
import { type Intake, type Learn, takeInSliced } from "./intake";
import { isMoved, isReadingAgain, isUntouched } from "./moved";
import { allOf, copied, isForecastOf, newestOf, type PlainForecast, type PlainScored } from "./plain";
import type { Sampler } from "./sampling";
import type { ModelSettings } from "./settings";
import { type Sighting, Visits } from "./visits";

/** A message as the nodes of this pack read and write it. */
export interface ForecastMessage {
  _msgid?: string;
  payload?: unknown;
  topic?: unknown;
  timestamp?: unknown;
  quality?: unknown;
  command?: unknown;
  reset?: unknown;
  /** Of a command: exactly this asset, "" for the one without a name. */
  asset?: unknown;
  /** What the payload was before a predictor put its forecast there. */
  reading?: unknown;
  /**
   * The marks of the models that have taken the message in already, by the id of the model; and, as `moved`, what a
   * predictor has put in the place of the payload.
   */
  observed?: Record<string, unknown>;
  /** Where it came from a broker: see `Delivery`. */
  delivery?: unknown;
  scored?: PlainScored | null | (PlainScored | null)[];
  tuning?: Tuning | (Tuning | null)[];
  forecast?: Forecasts;
}

/** One forecast, or for a batch one for each row, null where the row could not be used. */
export type Forecasts = PlainForecast | (PlainForecast | null)[];

/**
 * The mark of a model on a message: which reading was taken in, by its content, at which nodes the message has been, and
 * what was forecast. The forecast travels with its message because in a burst a model has taken in the last message
 * before the next node sees the first, and because a branch may be as slow as it likes.
 */
export interface Mark {
  content: string;
  nodes: string[];
  forecast: Forecasts;
  /** How many readings the model had taken in before the last one of this message. */
  index: number;
}

/** What was found in the readings of a message: one row if no batch, null where a row could not be used. */
interface Found {
  readonly batch: boolean;
  readonly forecasts: readonly (PlainForecast | null)[];
  readonly scored: readonly (PlainScored | null)[];
  readonly problems: readonly (readonly ValueProblem[])[];
  /** How much may be learnt from each reading, 0 … 1. */
  readonly learns: readonly number[];
  /** Of the last reading. */
  readonly index: number;
}

/** What a message brought to the model of its asset. */
export interface TakenMessage {
  asset: Asset;
  forecaster: Forecaster;
  /** The payload that was read: behind a predictor that has put its forecast there, what it was before. */
  reading: unknown;
  /** Made from this message's readings; a copy for this message. */
  forecast: Forecasts;
  /** undefined where another node of the same model has taken the message in before. */
  intake: Intake | undefined;
  /** The rows of a batch that were refused here, counted and named, in the user's language. */
  refused?: Error;
  /** How much that node was allowed to learn from each reading; undefined where that is no longer known. */
  learns?: readonly number[];
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
  /** Says what people must know of an asset, in the user's language. */
  notice(notice: AssetNotice): void;
  /** Says what was read otherwise than it came, in the user's language. */
  remark?(asset: string, problem: ValueProblem): void;
  /** ms: arrival. */
  now(): number;
}

/** What a dialog shows of the sensors that the model of each asset uses. */
export interface SensorLists {
  /** Whether the sensors are named in the settings: then there is nothing to settle. */
  named: boolean;
  /** The first assets in memory, with the sensors beside the target, and whether their list settles still. */
  assets: { asset: string; sensors: string[]; isSettling: boolean }[];
  /** So many assets are known beside these. */
  more: number;
  /** The names in the reading that came last, whatever became of it: the target and what is not used among them. */
  seen: string[];
}

/** A dialog shows the sensors of so many assets, … */
const MOST_SHOWN = 10;
/** … and offers so many names. */
const MOST_SEEN = 200;
/** So many assets get another model in one turn of the event loop. */
const AT_ONCE = 5;
/** An error names so many bad values, and counts the others. */
const MOST_NAMED = 8;
/** What a status says of the memory. */
export type Trouble = "unsaved" | "setAside" | "unread" | "inUse" | "full";

const TROUBLE: Partial<Record<MemoryProblem["code"], Trouble>> = {
  damaged: "setAside",
  foreign: "setAside",
  newer: "setAside",
  mismatch: "setAside",
  inUse: "inUse",
  full: "full",
  rejected: "setAside",
  loadFailed: "unread",
  loadLate: "unread",
};
/** How long a status tells of what has happened once, ms. */
const NOTICE = 600_000;

/** What the record of a checkpoint says of itself. */
const CHECKPOINT = JSON.stringify("checkpoint");
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
  private readonly forecastWatchers = new Set<(asset: Asset, forecast: PlainForecast) => void>();
  private readonly deliveryWatchers = new Set<DeliveryWatcher>();
  /** How many nodes ask why a forecast has changed. */
  private asking = 0;
  private readonly assets: AssetMemory<Asset>;
  private readonly visits = new Visits<Found>();
  private readonly removalListeners = new Set<(asset: string) => void>();
  /** Whose states could not be saved. */
  private readonly failing = new Set<string>();
  /** The reading that came last; of a batch its last row. */
  private newest: unknown;
  private noticed: { trouble?: Trouble; at: number } = { at: Number.NEGATIVE_INFINITY };
  /** What a word for a state means; undefined = as usual. */
  private readonly stateIn: StateOf | undefined;
  /** The models that were trained on history: assets begin with the one that is used. */
  readonly bases: BaseMemory;

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
    const { assetLimit, saveMs, saveUpdates, states } = settings;
    this.stateIn = states && stateWords(states);
    const { part } = this;
    this.bases = new BaseMemory(part, store, (problem) => this.report(problem));
    this.assets = new AssetMemory<Asset>({
      part,
      kind: "forecaster",
      store,
      create: (name) => new Asset(name, settings, surroundings.notice),
      save: (asset) => asset.save(),
      load: (bytes, name) => this.loaded(bytes, name),
      release: (asset) => asset.release(),
      limit: assetLimit,
      everyMs: saveMs,
      everyChanges: saveUpdates,
      report: (problem) => this.report(problem),
      saving: (name) => {
        const landed = [...this.deliveryWatchers].map((watcher) => watcher.saving(name));
        return () => {
          for (const one of landed) one();
        };
      },
    });
  }

  /** Version of the records that it writes: an older program cannot read them. */
  readonly recordVersion = RECORD_VERSION;

  /** The name of this model's records in the store. */
  get part(): string {
    return `${this.id}-${shapeHash(this.settings)}`;
  }

  /**
   * Lets a node that takes readings from a broker know what becomes of them.
   *
   * @returns call it to hear no more
   */
  watchDeliveries(watcher: DeliveryWatcher): () => void {
    this.deliveryWatchers.add(watcher);
    return () => this.deliveryWatchers.delete(watcher);
  }

  /** Whether an asset is in memory. */
  isInMemory(asset: string): boolean {
    return this.assets.has(asset);
  }

  /** Whether the store has all that was learnt for an asset. */
  isSaved(asset: string): boolean {
    return this.assets.isSaved(asset);
  }

  /** Whether the record of an asset could not be read: readings had better wait. */
  isUnread(asset: string): boolean {
    return this.assets.isUnread(asset);
  }

  /**
   * Whether an asset has taken a reading in as its last one: then its forecast is what it was, and can be given once more
   * where a process has ended between saving and sending it. The forecasts of those before it are gone.
   *
   * @param hash of its delivery
   */
  isLast(asset: Asset, hash: number, { payload, timestamp }: ForecastMessage): boolean {
    if (!asset.forecaster || Array.isArray(payload) || !asset.deliveries.isLast(hash)) return false;
    try {
      // One that was refused has no forecast.
      return this.timeOf(timestamp) === asset.lastTime;
    } catch {
      return false;
    }
  }

  /** A message that a broker has delivered has done what it can do for an asset; which one is not known where it is none. */
  private settle(asset: Asset | undefined, msg: ForecastMessage): void {
    const delivery = deliveryOf(msg);
    if (!delivery) return;
    if (asset?.deliveries.add(delivery.hash)) this.changed(asset.name);
    for (const watcher of this.deliveryWatchers) watcher.settled(asset?.name, delivery.id);
  }

  /** Whether a broker has given the message to another process, or will give it again. */
  private isOutdated(msg: ForecastMessage): boolean {
    const delivery = deliveryOf(msg);
    return delivery !== undefined && [...this.deliveryWatchers].some((watcher) => !watcher.isCurrent(delivery.id));
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
   * again); for a while after it has happened, a record that was set aside, or one that could not be read; that another
   * process uses the folder.
   */
  get trouble(): Trouble | undefined {
    if (this.failing.size > 0) return "unsaved";
    const { trouble, at } = this.noticed;
    return this.surroundings.now() - at < NOTICE ? trouble : undefined;
  }

  /** Saves everything that has changed; nothing is taken in any more. */
  async close(): Promise<void> {
    await Promise.all([this.assets.close(), this.bases.close()]);
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
    return `${this.settings.target} +${this.nearest}`;
  }

  /** The nearest horizon as text: readings ahead, or a span of time such as "10 min". */
  get nearest(): string {
    const { horizon, durations } = this.settings;
    return durations ? durationText(durations[0]) : String(horizon[0]);
  }

  /** Whether horizons are spans of time: how many steps they are is then each asset's own. */
  get isTimed(): boolean {
    return this.settings.durations !== undefined;
  }

  /** Readings ahead, rising; of spans of time the most steps that they can be. */
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
   * Lets a node hear of the newest forecast of each message, once, whichever node took its reading in.
   *
   * @returns call it to hear no more
   */
  watchForecasts(watcher: (asset: Asset, forecast: PlainForecast) => void): () => void {
    this.forecastWatchers.add(watcher);
    return () => this.forecastWatchers.delete(watcher);
  }

  /** ms since 1970: when an asset was saved last; NaN where not since it came into memory, or where nothing is remembered. */
  savedAt(asset: string): number {
    return this.settings.remember === "none" ? Number.NaN : this.assets.savedAt(asset);
  }

  /**
   * Every forecast tells from now on why it has changed, whichever node takes its reading in.
   *
   * @returns call it to ask no more, once
   */
  askWhy(): () => void {
    this.asking++;
    return () => {
      this.asking--;
    };
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
   * Removes an asset, or all that fit a filter, from this model and from every node that names it: a machine that was
   * scrapped, a topic that was misspelt. What is known of it is saved and set aside; should the asset come back, it
   * starts anew.
   *
   * @param topic undefined, and "#", are refused: all that was ever learnt must not go by one message
   */
  remove(topic: string | undefined, done: () => void, fail: (error: Error) => void): void {
    if (topic === undefined || topic === "#")
      throw new MessageProblem("removeWhich", {}, "remove needs msg.topic: the asset to be removed");
    const remove = (names: readonly string[]): void => {
      let open = names.length;
      for (const name of names)
        this.assets.remove(name, () => {
          this.visits.forget(name);
          for (const listener of this.removalListeners) listener(name);
          if (--open === 0) done();
        });
      if (names.length === 0) done();
    };
    this.namesFor(topic, remove, fail);
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
    if (assetType === "str") return assetOf(asset);
    const isOfPayload = asset.startsWith("payload");
    return assetOf(this.surroundings.property(isOfPayload ? this.original(msg) : msg, asset));
  }

  /**
   * Which assets a command is for, in words that `assetsFor` understands: `msg.asset`, which may be the empty name of the
   * asset without one; else `msg.topic`, a name or a filter; or the one fixed name.
   *
   * @returns undefined = all, where no topic came or an empty one, as an inject node sends it
   * @throws MessageProblem where the topic is no name
   */
  commandAsset(msg: ForecastMessage): string | undefined {
    const { asset, assetType } = this.settings;
    if (assetType === "str") return asset;
    return msg.asset === undefined || msg.asset === null ? assetOf(msg.topic) || undefined : assetOf(msg.asset);
  }

  /**
   * The payload with the reading of a message. A predictor of any model may have put its forecast in the place of the
   * payload: then it is what the payload was before. Where the payload was changed behind that predictor, it is the
   * changed one; except on a message that this model has taken in and whose payload has none of its sensors: there
   * somebody has put the forecast in other words, for a display, and has brought no reading. Texts that are numbers by the
   * settings are numbers in it.
   *
   * @param again whether the message comes to the node a second time: then a flow has put the next reading into it
   */
  payloadOf(msg: ForecastMessage, again = false): unknown {
    return atOnce(this.payloadSliced(msg, again));
  }

  /** `payloadOf` as long work. */
  *payloadSliced(msg: ForecastMessage, again = false): Sliced<unknown> {
    const { target, inputs, numbersAsText } = this.settings;
    const isReworded = (): boolean => !again && this.hasMark(msg) && !isReadingAgain(msg, [target, ...inputs]);
    const isAside = isMoved(msg) && (isUntouched(msg) || isReworded());
    return yield* numbersSliced(isAside ? msg.reading : msg.payload, numbersAsText, this.stateIn);
  }

  /** The message as it was before a predictor put its forecast into the payload. */
  private original(msg: ForecastMessage, payload = this.payloadOf(msg)): ForecastMessage {
    return payload === msg.payload ? msg : { ...msg, payload };
  }

  /**
   * The readings of a message, also behind a predictor that has put its forecast into the payload.
   *
   * @param asset shows which sensors are wanted where none were named
   * @param payload the one to read
   * @throws MessageProblem where nothing can be used
   */
  readings(msg: ForecastMessage, asset?: Asset, payload = this.payloadOf(msg)): MessageReadings {
    return atOnce(this.readingsSliced(msg, asset, payload));
  }

  private *readingsSliced(msg: ForecastMessage, asset: Asset | undefined, payload: unknown): Sliced<MessageReadings> {
    const { existing, target, inputs, running, numbersAsText } = this.settings;
    const { stateIn } = this;
    this.newest = Array.isArray(payload) ? payload.at(-1) : payload;
    const source = this.original(msg, payload);
    const raw = {
      payload,
      timestamp: msg.timestamp,
      existing:
        existing === "" ? undefined : numbersIn(this.surroundings.property(source, existing), numbersAsText, stateIn),
      quality: msg.quality,
      running: running?.of === "msg" ? this.surroundings.property(source, running.name) : undefined,
    };
    const known = asset?.inputs;
    // Where none were named, also those that the model does not use yet: they may keep coming.
    const wanted = inputs.length > 0 ? inputs : known && [...known, ...(yield* sensorsSliced(payload))];
    const after = asset?.lastTime;
    return yield* readingsSliced(
      raw,
      { target, inputs: wanted, existing, running, stateIn },
      { after, ...this.timeRules },
    );
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
    const { zone, otherTimes, datesAsText } = this.settings;
    return { zone, otherTimes, datesAsText, now: this.surroundings.now() };
  }

  /**
   * Takes a message into the model of its asset, once however many nodes of this model see it. Which rule decides: a
   * message with this model's mark whose values are still those that were marked has been taken in; else a reading is
   * recognised by its values and time or id (see `Visits`), as it comes by another wire or in a copy without the mark;
   * everything else is new. Writes into the message
   * `observed` (the mark), `scored` where a forecast fell due, `quality` where values were not used, and for a batch
   * `forecast`.
   *
   * @param node id of the calling node
   * @param then what to do with it, at once or as soon as the asset is loaded and a long batch is worked off
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
    const short = (taken: TakenMessage): undefined => {
      then(taken);
    };
    this.work(node, msg, short, fail, learn);
  }

  /** As `take`, where what is done with it may be long work. */
  work(
    node: string,
    msg: ForecastMessage,
    then: (taken: TakenMessage) => Sliced<void> | undefined,
    fail: (error: Error) => void,
    learn?: Learn,
  ): void {
    const refuse = (error: unknown): void => fail(this.explain(error, msg));
    // It must not touch an asset that another process has now.
    if (this.isOutdated(msg)) return;
    try {
      this.withBegun(this.assetOf(msg), (asset) => this.taking(asset, node, msg, then, refuse, learn), refuse);
    } catch (error) {
      this.settle(undefined, msg);
      refuse(error);
    }
  }

  private *taking(
    asset: Asset,
    node: string,
    msg: ForecastMessage,
    then: (taken: TakenMessage) => Sliced<void> | undefined,
    refuse: (error: unknown) => void,
    learn: Learn | undefined,
  ): Sliced<void> {
    let taken: TakenMessage;
    if (this.isOutdated(msg)) return;
    try {
      taken = yield* this.takeFor(asset, node, msg, learn);
    } catch (error) {
      // What was not taken in because the model closes may come again.
      if (!(error instanceof MemoryClosed)) this.settle(asset, msg);
      refuse(error);
      return;
    }
    this.settle(asset, msg);
    const more = then(taken);
    if (more) yield* more;
  }

  /** Hands over an asset for a reading: where it has no model yet, and one was trained on history, it begins with that. */
  private withBegun(name: string, act: (asset: Asset) => Sliced<void>, fail: (error: Error) => void): void {
    const begin = (bytes: Uint8Array | undefined): void =>
      this.assets.work(
        name,
        (asset) => {
          if (bytes && !asset.forecaster) {
            const { forecaster, sampler } = this.imported(bytes);
            asset.replace(forecaster, sampler);
          }
          return act(asset);
        },
        fail,
      );
    const actOrBegin = (asset: Asset): Sliced<void> | undefined => {
      if (asset.forecaster) return act(asset);
      this.bases.used(begin, fail);
      return undefined;
    };
    this.assets.work(name, actOrBegin, fail);
  }

  /**
   * Puts a trained model in the place of those of all assets; new ones begin with it. What the assets had is kept beside
   * their records.
   *
   * @param give is handed the version and how many assets it was given to
   * @param by who has said so; "" = no person whose name is known
   */
  useBase(
    version: number,
    give: (model: BaseModel, assets: number) => void,
    fail: (error: Error) => void,
    by = "",
  ): void {
    const put = (bytes: Uint8Array | undefined): void => {
      this.bases.list(({ models }) => {
        const model = models.find((one) => one.version === version);
        const versions = models.map((one) => one.version).join(", ");
        if (!bytes || !model)
          throw new MessageProblem(
            "noVersion",
            { version, versions },
            `there is no version ${version}; there are: ${versions}`,
          );
        const chosen = (assets: number): void =>
          this.bases.choose(version, this.surroundings.now(), by, () => give(model, assets), fail);
        this.assetNames().then((names) => this.importInto(names, bytes, () => chosen(names.length), fail), fail);
      }, failed);
    };
    const failed = (error: unknown): void => fail(this.explain(error));
    this.bases.bytesOf(version, put, failed);
  }

  private *takeFor(asset: Asset, node: string, msg: ForecastMessage, learn: Learn | undefined): Sliced<TakenMessage> {
    const { forecaster, name } = asset;
    const { target, inputs } = this.settings;
    const stamp = stampOf(msg.timestamp);
    const sightingOf = (content: string): Sighting => ({ asset: name, id: msg._msgid, stamp, content });
    const mark = yield* this.markOf(msg, name);
    const passed = mark?.nodes.includes(node) ?? false;
    const again = passed || (mark !== undefined && this.visits.hasSeen(node, sightingOf(mark.content)));
    const payload = yield* this.payloadSliced(msg, again);
    const sighting = sightingOf(yield* contentSliced(payload, target, inputs));
    const found = forecaster && this.visits.recognise(node, sighting);
    // A message that has passed this node before comes with the next reading, be it equal; a marked copy does not.
    if (forecaster && mark && !passed && mark.content === sighting.content) {
      mark.nodes.push(node);
      const forecast = yield* copyOf(mark.forecast);
      return { asset, forecaster, reading: payload, forecast, intake: undefined, learns: found?.learns };
    }
    if (forecaster && found) {
      // The copy that came by another wire tells as much as the first one, in objects of its own.
      const forecast = yield* this.tell(msg, found, node, sighting.content);
      return { asset, forecaster, reading: payload, forecast, intake: undefined, learns: found.learns };
    }
    const now = this.surroundings.now();
    const delivery = deliveryOf(msg);
    if (forecaster && delivery && this.isLast(asset, delivery.hash, msg)) {
      const { index } = forecaster;
      const last = { batch: false, forecasts: [asset.forecast()], scored: [null], problems: [[]], learns: [1], index };
      this.visits.keep(node, sighting, last, 1, now);
      const forecast = yield* this.tell(msg, last, node, sighting.content);
      return { asset, forecaster, reading: payload, forecast, intake: undefined };
    }
    const readings = yield* this.readingsSliced(msg, asset, payload);
    let intake: Intake;
    try {
      intake = yield* takeInSliced(asset, payload, readings, now, learn, this.asking > 0);
    } catch (error) {
      // The rows up to here are learnt.
      if (error instanceof MemoryClosed) this.changed(name, readings.rows.length);
      throw error;
    }
    for (const found of intake.problems)
      for (const problem of found) if (isNotice(problem.rule)) this.remark(name, problem);
    const { batch, rows } = readings;
    const { forecasts, scored, problems } = intake;
    const learns = rows.map((row) => (row instanceof MessageProblem ? 1 : row.learn));
    const { index } = asset.forecaster as Forecaster;
    const taken: Found = { batch, forecasts, scored, problems, learns, index };
    this.visits.keep(node, sighting, taken, rows.length, now);
    this.changed(name, rows.length);
    const forecast = yield* this.tell(msg, taken, node, sighting.content);
    yield* eachSliced(intake.order, (i) => {
      const row = scored[i];
      if (row) this.announce(asset, row, batch ? columnOf(msg.quality, i) : msg.quality);
    });
    const newest = forecasts.findLast((row) => row !== null);
    if (newest) for (const watcher of this.forecastWatchers) watcher(asset, newest);
    const refused = intake.refused && this.explain(intake.refused);
    return { asset, forecaster: asset.forecaster as Forecaster, reading: payload, forecast, intake, refused };
  }

  private announce(asset: Asset, scored: PlainScored, quality: unknown): void {
    for (const one of allOf(scored)) for (const watcher of this.watchers) watcher(asset, one, quality);
  }

  /**
   * The forecast of now, between two readings: with horizons that are spans of time the grid goes on to now with the last
   * values, and what falls due by it is scored.
   *
   * @param msg a command: its topic names one asset, none = all, or is a filter; its timestamp, if any, is the now of the
   *   source
   * @param give is called for each asset that has a model, with a message for the nodes behind: it counts as one that the
   *   model has taken in, so that no node takes it for a reading
   */
  ask(
    node: string,
    msg: ForecastMessage,
    give: (asset: Asset, msg: ForecastMessage) => void,
    done: () => void,
    fail: (error: Error) => void,
  ): void {
    const time = this.timeOf(msg.timestamp);
    const { target, inputs } = this.settings;
    const act = (forecaster: Forecaster, asset: Asset): void => {
      const due: PlainScored[] = [];
      asset.tick(time, this.surroundings.now(), (scored) => {
        if (scored) due.push(asset.plainScored(scored));
      });
      const { command: _, reset: __, payload: ___, ...rest } = msg;
      const asked: ForecastMessage = { ...rest, topic: asset.name };
      const found: Found = {
        batch: false,
        forecasts: [asset.forecast(this.asking > 0)],
        scored: [newestOf(due) ?? null],
        problems: [[]],
        learns: [1],
        index: forecaster.index,
      };
      asked.forecast = atOnce(this.tell(asked, found, node, contentOf(undefined, target, inputs)));
      give(asset, asked);
      if (asked.scored) this.announce(asset, asked.scored as PlainScored, undefined);
    };
    this.each(this.commandAsset(msg), act, done, fail);
  }

  /**
   * Writes into a message what was found in its readings.
   *
   * @returns the forecast, for this message
   */
  private *tell(msg: ForecastMessage, found: Found, node: string, content: string): Sliced<Forecasts> {
    const { batch, problems } = found;
    const forecasts = yield* copyOf(found.forecasts);
    const forecast = batch ? forecasts : (forecasts[0] as PlainForecast);
    const mark: Mark = { content, nodes: [node], forecast: yield* copyOf(forecast), index: found.index };
    msg.observed = { ...msg.observed, [this.id]: mark };
    const scored = yield* copyOf(found.scored);
    if (batch) {
      msg.scored = scored;
      msg.forecast = forecast;
      if (problems.some((row) => row.length > 0)) {
        const before = Array.isArray(msg.quality) ? msg.quality : [];
        msg.quality = yield* mapSliced(problems, (row, i) =>
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
    return forecast;
  }

  private hasMark({ observed }: ForecastMessage): boolean {
    return typeof observed === "object" && observed !== null && Object.hasOwn(observed, this.id);
  }

  /**
   * What this model has put on a message; undefined where it has not seen it. A mark that this model cannot have made,
   * because the message comes from elsewhere or somebody has written into it, is none.
   */
  private *markOf(msg: ForecastMessage, asset: string): Sliced<Mark | undefined> {
    if (!this.hasMark(msg)) return undefined;
    const mark = Object(msg.observed?.[this.id]) as Partial<Mark>;
    const { content, nodes, forecast } = mark;
    if (typeof content !== "string" || !Array.isArray(nodes)) return undefined;
    const rows: unknown[] = Array.isArray(forecast) ? forecast : [forecast];
    const isOwn = (row: unknown): boolean => (row === null && Array.isArray(forecast)) || isForecastOf(row, asset);
    return (yield* mapSliced(rows, isOwn)).every(Boolean) ? (mark as Mark) : undefined;
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
   * Does something with the models of some assets, and marks them as changed.
   *
   * @param topic undefined = all assets known; or a name or filter, as `assetsFor` understands it
   * @param done called once, after the last one
   * @param fail is told as well where no asset fits, or the one asked for has no model yet
   */
  each(
    topic: string | undefined,
    act: (forecaster: Forecaster, asset: Asset) => void,
    done: () => void,
    fail: (error: Error) => void,
  ): void {
    const actOn = (asset: Asset): void => {
      if (asset.forecaster) {
        act(asset.forecaster, asset);
        this.changed(asset.name);
      } else if (asset.name === topic) {
        throw noSuchAsset(topic, []);
      }
    };
    this.namesFor(topic, (names) => this.eachOf(names, actOn, done, fail), fail);
  }

  /**
   * The assets that a command is for. At once where one is meant that is in memory: a reading that comes after the
   * command must not overtake it.
   */
  private namesFor(topic: string | undefined, give: (names: string[]) => void, fail: (error: Error) => void): void {
    if (topic !== undefined && (this.assets.has(topic) || this.assets.isBusy(topic))) {
      give([topic]);
      return;
    }
    this.assetNames()
      .then(async (names) => {
        // A flood of commands is worked off in slices as well.
        if (isSliceOver()) await nextSlice();
        give(assetsFor(topic, names));
      })
      .catch((error) => fail(this.explain(error)));
  }

  /** The sensors that the models use now. */
  async sensorLists(): Promise<SensorLists> {
    const assets: SensorLists["assets"] = [];
    const { target, inputs } = this.settings;
    for (const name of this.assets.assets().slice(0, MOST_SHOWN))
      this.withAsset(
        name,
        ({ forecaster, isSettling }) => {
          const sensors = forecaster?.inputs.filter((input) => input !== target);
          if (sensors) assets.push({ asset: name, sensors, isSettling });
        },
        () => {}, // it is in memory
      );
    const known = await this.assetNames();
    const seen = sensorsIn(this.newest).slice(0, MOST_SEEN);
    return { named: inputs.length > 0, assets, more: Math.max(0, known.length - assets.length), seen };
  }

  /** Lets the list of sensors of every asset settle anew, where none were named. */
  restartSensorLists(done: () => void, fail: (error: Error) => void): void {
    this.each(undefined, (_forecaster, asset) => asset.restartList(), done, fail);
  }

  private eachOf(
    names: readonly string[],
    act: (asset: Asset) => unknown,
    done: () => void,
    fail: (error: Error) => void,
  ): void {
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
      (_, asset) => {
        given++;
        give({ asset: asset.name, file: `${exportNameOf(asset.name)}.forecaster`, bytes: asset.export() });
      },
      () => {
        if (given > 0) done();
        else fail(this.explain(new MessageProblem("noModels", {}, "there is no model yet")));
      },
      fail,
    );
  }

  /**
   * Replaces the model of an asset by an exported one, once the one that it had is kept beside its record. It keeps what
   * it has learnt and its scales; the readings that it has seen belong to another time and are forgotten.
   *
   * @param topic the asset, which may be a new one, or a filter over those that are known
   * @param file what `export` gave: a Buffer
   */
  import(topic: string, file: unknown, done: () => void, fail: (error: Error) => void): void {
    try {
      this.imported(file).forecaster.release();
      const replaceAll = (names: readonly string[]): void => this.importInto(names, file, done, fail);
      if (isFilter(topic)) this.namesFor(topic, replaceAll, fail);
      else replaceAll([topic]);
    } catch (error) {
      fail(this.explain(error));
    }
  }

  /** Replaces the models of assets by an exported one: some at a time, so that readings are not held up by many. */
  private importInto(names: readonly string[], file: unknown, done: () => void, fail: (error: Error) => void): void {
    let failure: Error | undefined;
    const from = (first: number): void => {
      const next = (error?: Error): void => {
        failure ??= error;
        if (first + AT_ONCE < names.length) setImmediate(() => from(first + AT_ONCE));
        else if (failure) fail(failure);
        else done();
      };
      this.importAtOnce(names.slice(first, first + AT_ONCE), file, next, next);
    };
    from(0);
  }

  /** Replaces the models of some assets, once what they had is kept. */
  private importAtOnce(names: readonly string[], file: unknown, done: () => void, fail: (error: Error) => void): void {
    const put = (asset: Asset): void => {
      // Each has one of its own.
      const { forecaster, sampler } = this.imported(file);
      asset.replace(forecaster, sampler);
      this.visits.forget(asset.name);
      this.changed(asset.name);
    };
    const kept: Promise<void>[] = [];
    const keep = ({ name, forecaster }: Asset): void => {
      if (forecaster) kept.push(this.assets.keepReplaced(name));
    };
    const replace = (): void => this.eachOf(names, put, done, fail);
    const replaceKept = (): void => {
      if (kept.length > 0) Promise.all(kept).then(replace, (error) => fail(this.explain(error)));
      else replace();
    };
    this.eachOf(names, keep, replaceKept, fail);
  }

  private imported(file: unknown): { forecaster: Forecaster; sampler: Sampler | undefined } {
    if (!(file instanceof Uint8Array)) {
      const value = shown(file);
      throw new MessageProblem("importType", { value }, `payload is ${value}: the exported file is needed as a Buffer`);
    }
    let forecaster: Forecaster | undefined;
    try {
      forecaster = Forecaster.load(file, {}, this.settings);
      this.mustFit(forecaster);
      const sampler = Asset.samplerFrom(file, forecaster, this.settings);
      forecaster.forgetReadings();
      sampler?.forgetReadings();
      return { forecaster, sampler };
    } catch (error) {
      forecaster?.release();
      if (!(error instanceof RecordError)) throw error;
      if (error.code !== "mismatch") throw new MessageProblem(IMPORT_PROBLEM[error.code], {}, error.message);
      const { found, wanted } = error.differs ?? { found: error.message, wanted: this.subject };
      if (found === CHECKPOINT)
        throw new MessageProblem("importCheckpoint", {}, "the file is a checkpoint: parameters without their model");
      throw new MessageProblem("importShape", { found, wanted }, error.message);
    }
  }

  /** An asset from its record, which may have been put there by hand. */
  private loaded(bytes: Uint8Array, name: string): Asset {
    const asset = Asset.load(bytes, name, this.settings, this.surroundings.notice);
    try {
      if (asset.forecaster) this.mustFit(asset.forecaster);
    } catch (error) {
      asset.release();
      throw error;
    }
    return asset;
  }

  /** @throws RecordError where a forecaster was made for something else than this model */
  private mustFit(forecaster: Forecaster): void {
    const { target, inputs, horizon, durations, buildOn } = this.settings;
    const own = forecaster.options;
    const named = inputs.filter((input) => input !== target);
    const steps = own.horizon as number[];
    // How many steps spans of time are is for the sampler to say.
    const isTimed = durations?.length === steps.length;
    const wanted = shape(target, named, durations?.map(durationText) ?? horizon, buildOn);
    const found = shape(
      own.target,
      named.length === 0 ? [] : own.inputs,
      isTimed ? durations.map(durationText) : steps,
      own.buildOn,
    );
    if (wanted !== found) throw mismatch("What is forecast", found, wanted);
  }

  /** Says what was read otherwise than it came, or left out, in the user's language. */
  remark(asset: string, problem: ValueProblem): void {
    this.surroundings.remark?.(asset, problem);
  }

  /** Why a value cannot be used, in the user's language. */
  describe(problem: ValueProblem): string {
    return this.surroundings.ruleText(problem);
  }

  /**
   * Counts the errors of one node, so that a flood of wrong messages does not bury everything else.
   *
   * @param tell says in the user's language how many errors of a kind there were more, about the last of their messages
   * @returns `refuse` ends the work on each wrong message; `close` is for the end of the node
   */
  errorCounter<Message extends object>(tell: (text: string, msg: Message) => void): ErrorCounter<Message> {
    return new ErrorCounter(({ error, msg, count, seconds }) =>
      tell(this.surroundings.errorText("repeated", { count, seconds, text: error.message }), msg),
    );
  }

  /**
   * An error of a message or the engine as one in the user's language, with the first as its cause.
   *
   * @param msg that was worked on: what no node can foresee, a property that throws, is looked for in it
   */
  explain(error: unknown, msg?: object): Error {
    const problem = problemOf(error) ?? (msg && unforeseen(msg));
    if (!problem) return error instanceof Error ? error : new Error(String(error));
    const { code, problems } = problem;
    const named = problems.slice(0, MOST_NAMED).map((one) => this.surroundings.ruleText(one));
    if (problems.length > MOST_NAMED) named.push(`… (${problems.length})`);
    const came = named.join("; ");
    const details = came === "" ? problem.details : { ...problem.details, came };
    return new Error(this.surroundings.errorText(code, details), { cause: error });
  }
}

/** What a part of the engine says that users can do something about. */
function problemOf(error: unknown): MessageProblem | undefined {
  if (error instanceof MessageProblem) return error;
  if (error instanceof MemoryClosed) return new MessageProblem("memoryClosed", {}, error.message);
  if (!(error instanceof MemoryFull)) return undefined;
  return new MessageProblem("memoryFull", { limit: error.limit }, error.message);
}

/** What is wrong with a message on which a node has failed; undefined where the message is sound. */
function unforeseen(msg: object): MessageProblem | undefined {
  if (!Object.isExtensible(msg))
    return new MessageProblem("frozenMessage", {}, "the message is frozen: nodes must be able to write into it");
  const found = unreadable(msg);
  return found && new MessageProblem("unreadable", found, `msg.${found.property} cannot be read: ${found.reason}`);
}

/**
 * A short name for everything that gives a model its shape: with other settings it is another model, with a record of
 * its own, and the old one is found again when the settings come back.
 */
function shapeHash(settings: ModelSettings): string {
  const { target, inputs, horizon, durations, size, buildOn, coverage, labelDelay, steady } = settings;
  const text = JSON.stringify([
    target,
    inputs,
    durations?.map(durationText) ?? horizon,
    size,
    buildOn,
    coverage,
    labelDelay,
    ...(steady ? ["steady"] : []), // a model of before there was a choice keeps its name
  ]);
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}

/** What a model is made for, in signs that need no translation: "co2 ← load, fuel (+1, +6)". */
function shape(
  target: string,
  inputs: readonly string[],
  horizons: readonly (number | string)[],
  buildOn: string,
): string {
  const from = [...inputs, ...(buildOn === "existing" ? ["msg"] : [])].join(", ") || "*";
  return `${target} ← ${from.slice(0, 200)} (${horizons.map((k) => `+${k}`).join(", ")})`;
}

/** The i-th row of a batch's property; the property itself where it is one for all. */
function columnOf(property: unknown, i: number): unknown {
  return Array.isArray(property) ? property[i] : property;
}

type Copied = Parameters<typeof copied>[0];

/** The same forecasts or scores in objects of their own. */
function copyOf<T extends Copied>(rows: readonly (T | null)[]): Sliced<(T | null)[]>;
function copyOf<T extends Copied>(rows: T | (T | null)[]): Sliced<T | (T | null)[]>;
function* copyOf<T extends Copied>(rows: T | readonly (T | null)[]): Sliced<T | (T | null)[]> {
  if (!Array.isArray(rows)) return copied(rows as T);
  return yield* mapSliced(rows, (row: T | null) => row && copied(row));
}
