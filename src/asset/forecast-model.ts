import { type Forecaster, RECORD_VERSION } from "../forecaster/forecaster";
import { AssetMemory, MemoryClosed } from "../memory/asset-memory";
import { exportNameOf } from "../memory/asset-name";
import type { MemoryProblem } from "../memory/memory-problem";
import type { Store } from "../memory/store";
import { isFilter, noSuchAsset } from "../message/command";
import { durationText } from "../message/duration";
import { ErrorCounter } from "../message/error-counter";
import { isNotice, MessageProblem, type ValueProblem } from "../message/problem";
import { withUnused } from "../message/unused-values";
import { atOnce, eachSliced, mapSliced, type Sliced } from "../slice/sliced";
import { Asset } from "./asset";
import type { AssetNotice } from "./asset-notices";
import { BaseMemory, type BaseModel } from "./base-models";
import { assetsMeant, atEach, type Outcome, withState } from "./commanded-assets";
import { contentOf, contentSliced, stampOf } from "./content";
import { DeliveryWatchers, deliveryOf } from "./delivery";
import { type ErrorWords, explained } from "./explained";
import type { ForecastMessage, Forecasts } from "./forecast-message";
import { type Intake, type Learn, takeInSliced } from "./intake";
import { Listeners } from "./listeners";
import { type Mark, markOf } from "./mark";
import { MemoryTrouble, type Trouble } from "./memory-trouble";
import { MessageReader, type ReaderSurroundings } from "./message-reader";
import { importedModel } from "./model-file";
import { mustFit, shapeHash } from "./model-shape";
import { copied, newestOf, type PlainForecast, type PlainScored } from "./plain";
import { type SensorLists, sensorLists } from "./sensor-lists";
import type { ModelSettings } from "./settings";
import { type Sighting, Visits } from "./visits";

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

/** The parts of Node-RED that a model needs. */
export interface Surroundings extends ReaderSurroundings, ErrorWords {
  /** Says what happened to the memory of an asset, in the user's language. */
  report(problem: MemoryProblem): void;
  /** Says what people must know of an asset, in the user's language. */
  notice(notice: AssetNotice): void;
  /** Says what was read otherwise than it came, in the user's language. */
  remark?(asset: string, problem: ValueProblem): void;
}

/** So many assets get another model in one turn of the event loop. */
const AT_ONCE = 5;

/** The part of a config node that the nodes that name it use. */
export interface HasForecastModel {
  /** undefined where a setting is wrong. */
  readonly model: ForecastModel | undefined;
  /** Why there is no model, in the user's language. */
  readonly problem: string | undefined;
}

/** One forecast model as all nodes that name it share it: it owns one forecaster for each asset. */
export class ForecastModel {
  /** Who hears of what becomes of the assets. */
  readonly listeners = new Listeners();
  private readonly assets: AssetMemory<Asset>;
  private readonly visits = new Visits<Found>();
  private readonly memoryTrouble = new MemoryTrouble();
  /** What messages mean by these settings. */
  readonly reader: MessageReader;
  /** Who gives readings from a broker. */
  readonly deliveries = new DeliveryWatchers();
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
    const { assetLimit, saveMs, saveUpdates } = settings;
    this.reader = new MessageReader(id, settings, surroundings);
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
      saving: (name) => this.deliveries.saving(name),
    });
  }

  /** Version of the records that it writes: an older program cannot read them. */
  readonly recordVersion = RECORD_VERSION;

  /** The name of this model's records in the store. */
  get part(): string {
    return `${this.id}-${shapeHash(this.settings)}`;
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
      return this.reader.timeOf(timestamp) === asset.lastTime;
    } catch {
      return false;
    }
  }

  /** A message that a broker has delivered has done what it can do for an asset; which one is not known where it is none. */
  private settle(asset: Asset | undefined, msg: ForecastMessage): void {
    const delivery = deliveryOf(msg);
    if (!delivery) return;
    if (asset?.deliveries.add(delivery.hash)) this.changed(asset.name);
    this.deliveries.settled(asset?.name, delivery.id);
  }

  /** Tells the user what happened to the memory of this model, or of a node that keeps its state in the same store. */
  report(problem: MemoryProblem): void {
    if (this.memoryTrouble.isNews(problem, this.surroundings.now())) this.surroundings.report(problem);
  }

  /** What the user should know of the memory now. */
  get trouble(): Trouble | undefined {
    return this.memoryTrouble.at(this.surroundings.now());
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

  /** ms since 1970: when an asset was saved last; NaN where not since it came into memory, or where nothing is remembered. */
  savedAt(asset: string): number {
    return this.settings.remember === "none" ? Number.NaN : this.assets.savedAt(asset);
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
          this.listeners.tellRemoval(name);
          if (--open === 0) done();
        });
      if (names.length === 0) done();
    };
    assetsMeant(this.assets, topic, remove, this.failing(fail));
  }

  /** Something of an asset has changed and is to be saved in time. */
  changed(asset: string, count = 1): void {
    this.assets.changed(asset, count);
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
    if (this.deliveries.isOutdated(msg)) return;
    try {
      this.withBegun(this.reader.assetOf(msg), (asset) => this.taking(asset, node, msg, then, refuse, learn), refuse);
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
    if (this.deliveries.isOutdated(msg)) return;
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
            const { forecaster, sampler } = importedModel(bytes, this.settings);
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
    const failed = this.failing(fail);
    this.bases.bytesOf(version, put, failed);
  }

  private *takeFor(asset: Asset, node: string, msg: ForecastMessage, learn: Learn | undefined): Sliced<TakenMessage> {
    const { forecaster, name } = asset;
    const { target, inputs } = this.settings;
    const stamp = stampOf(msg.timestamp);
    const sightingOf = (content: string): Sighting => ({ asset: name, id: msg._msgid, stamp, content });
    const mark = yield* markOf(msg, this.id, name);
    const passed = mark?.nodes.includes(node) ?? false;
    const again = passed || (mark !== undefined && this.visits.hasSeen(node, sightingOf(mark.content)));
    const payload = yield* this.reader.payloadSliced(msg, again);
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
    const readings = yield* this.reader.readingsSliced(msg, asset, payload);
    let intake: Intake;
    try {
      intake = yield* takeInSliced(asset, payload, readings, now, learn, this.listeners.isAsked);
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
      if (row) this.listeners.tellScored(asset, row, batch ? columnOf(msg.quality, i) : msg.quality);
    });
    const newest = forecasts.findLast((row) => row !== null);
    if (newest) this.listeners.tellForecast(asset, newest);
    const refused = intake.refused && this.explain(intake.refused);
    return { asset, forecaster: asset.forecaster as Forecaster, reading: payload, forecast, intake, refused };
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
    const time = this.reader.timeOf(msg.timestamp);
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
        forecasts: [asset.forecast(this.listeners.isAsked)],
        scored: [newestOf(due) ?? null],
        problems: [[]],
        learns: [1],
        index: forecaster.index,
      };
      asked.forecast = atOnce(this.tell(asked, found, node, contentOf(undefined, target, inputs)));
      give(asset, asked);
      if (asked.scored) this.listeners.tellScored(asset, asked.scored as PlainScored, undefined);
    };
    this.each(this.reader.commandAsset(msg), act, done, fail);
  }

  /**
   * Writes into a message what was found in its readings.
   *
   * @returns the forecast, for this message
   */
  private *tell(msg: ForecastMessage, found: Found, node: string, content: string): Sliced<Forecasts> {
    const { batch, problems } = found;
    const describe = (problem: ValueProblem): string => this.describe(problem);
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
          withUnused(before[i] ?? (Array.isArray(msg.quality) ? undefined : msg.quality), row, describe),
        );
      }
    } else {
      // A forecast that another model scored on this message is not this model's.
      if (scored[0]) msg.scored = scored[0];
      else delete msg.scored;
      const [first = []] = problems;
      if (first.length > 0) msg.quality = withUnused(msg.quality, first, describe);
    }
    return forecast;
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
    const actAt = withState(this.assets, actOn);
    const end = this.ending(done, fail);
    assetsMeant(this.assets, topic, (names) => atEach(names, actAt, end), this.failing(fail));
  }

  /** What went wrong first is told. */
  private ending(done: () => void, fail: (error: Error) => void): (outcome: Outcome) => void {
    return ({ problems }) => {
      if (problems.length > 0) fail(this.explain(problems[0]));
      else done();
    };
  }

  private failing(fail: (error: Error) => void): (error: unknown) => void {
    return (error) => fail(this.explain(error));
  }

  /** The sensors that the models use now. */
  sensorLists(): Promise<SensorLists> {
    const { target, inputs } = this.settings;
    return sensorLists(this.assets, inputs.length > 0, target, this.reader.seen);
  }

  /** Lets the list of sensors of every asset settle anew, where none were named. */
  restartSensorLists(done: () => void, fail: (error: Error) => void): void {
    this.each(undefined, (_forecaster, asset) => asset.restartList(), done, fail);
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
      importedModel(file, this.settings).forecaster.release();
      const replaceAll = (names: readonly string[]): void => this.importInto(names, file, done, fail);
      if (isFilter(topic)) assetsMeant(this.assets, topic, replaceAll, this.failing(fail));
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
      const { forecaster, sampler } = importedModel(file, this.settings);
      asset.replace(forecaster, sampler);
      this.visits.forget(asset.name);
      this.changed(asset.name);
    };
    const kept: Promise<void>[] = [];
    const keep = ({ name, forecaster }: Asset): void => {
      if (forecaster) kept.push(this.assets.keepReplaced(name));
    };
    const replace = (): void => atEach(names, withState(this.assets, put), this.ending(done, fail));
    const replaceKept = (): void => {
      if (kept.length > 0) Promise.all(kept).then(replace, this.failing(fail));
      else replace();
    };
    atEach(names, withState(this.assets, keep), this.ending(replaceKept, fail));
  }

  /** An asset from its record, which may have been put there by hand. */
  private loaded(bytes: Uint8Array, name: string): Asset {
    const asset = Asset.load(bytes, name, this.settings, this.surroundings.notice);
    try {
      if (asset.forecaster) mustFit(asset.forecaster, this.settings);
    } catch (error) {
      asset.release();
      throw error;
    }
    return asset;
  }

  /** Says what was read otherwise than it came, or left out, in the user's language. */
  remark(asset: string, problem: ValueProblem): void {
    this.surroundings.remark?.(asset, problem);
  }

  /** Why a value cannot be used, in the user's language. */
  describe(problem: ValueProblem): string {
    return this.reader.describe(problem);
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
    return explained(error, this.surroundings, msg);
  }
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
