import type { Forecaster, Tuning } from "../forecaster/forecaster";
import { assetOf } from "../message/asset-of";
import { MessageProblem, type ValueProblem } from "../message/problem";
import { type MessageReading, type MessageReadings, readingsOf } from "../message/reading";
import type { Asset } from "./asset";
import { type Intake, takeIn } from "./intake";
import type { PlainForecast, PlainScored } from "./plain";
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
  /** Which models have taken the message in already: index of the last reading, by the id of the model. */
  observed?: Record<string, number>;
  scored?: PlainScored | null | (PlainScored | null)[];
  tuning?: Tuning | (Tuning | null)[];
  forecast?: PlainForecast | (PlainForecast | null)[];
}

/** What a message brought to the model of its asset. */
export interface TakenMessage {
  asset: Asset;
  forecaster: Forecaster;
  /** Whether it is a batch: an array of readings. */
  batch: boolean;
  /** undefined where another node of the same model has taken the message in before. */
  intake: Intake | undefined;
}

/** Where the assets are kept: memory, file or store. */
export interface Assets {
  use(asset: string, act: (asset: Asset) => void, fail?: (error: Error) => void): void;
  changed(asset: string, count?: number): void;
  assets(): Iterable<string>;
}

/** The parts of Node-RED that a model needs. */
export interface Surroundings {
  /** A text of the forecast model's catalogue in the user's language. */
  translate(key: string, details: Readonly<Record<string, string | number>>): string;
  /** A property of a message by its path, such as "payload.machine". */
  property(msg: object, path: string): unknown;
  /** ms, for readings that bring no time. */
  now(): number;
}

/** Learns from a reading that was just taken in. */
export type Learn = (forecaster: Forecaster, reading: MessageReading) => Tuning;

/** The part of a config node that the nodes that name it use. */
export interface HasForecastModel {
  /** undefined where a setting is wrong. */
  readonly model: ForecastModel | undefined;
  /** Why there is no model, in the user's language. */
  readonly problem: string | undefined;
}

/** One forecast model as all nodes that name it share it: it owns one forecaster for each asset. */
export class ForecastModel {
  /**
   * @param id of the config node: the mark that a message carries once this model has taken it in
   */
  constructor(
    readonly id: string,
    readonly settings: ModelSettings,
    private readonly assets: Assets,
    private readonly surroundings: Surroundings,
  ) {}

  /** Inputs as configured; empty = every number in the payload. */
  get inputs(): readonly string[] {
    return this.settings.inputs;
  }

  get target(): string {
    return this.settings.target;
  }

  /** Readings ahead, rising. */
  get horizons(): readonly number[] {
    return this.settings.horizon;
  }

  /** Names of all assets known. */
  assetNames(): string[] {
    return [...this.assets.assets()];
  }

  /** Hands over an asset: at once where it is in memory, else, in the order of asking, as soon as it is loaded. */
  withAsset(name: string, act: (asset: Asset) => void, fail: (error: Error) => void): void {
    this.assets.use(name, act, fail);
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
   * The readings of a message, also behind a predictor that has put its forecast into the payload.
   *
   * @param asset shows which sensors are wanted where none were named
   * @throws MessageProblem where nothing can be used
   */
  readings(msg: ForecastMessage, asset?: Asset): MessageReadings {
    const { existing, target, inputs } = this.settings;
    const source = original(msg);
    const raw = {
      payload: source.payload,
      timestamp: msg.timestamp,
      existing: existing === "" ? undefined : this.surroundings.property(source, existing),
      quality: msg.quality,
    };
    const wanted = asset ? asset.inputs : inputs.length > 0 ? inputs : undefined;
    return readingsOf(raw, { target, inputs: wanted, existing });
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
    const refuse = (error: unknown): void => fail(this.explain(error));
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
    const { payload } = original(msg);
    const batch = Array.isArray(payload);
    const known = isMarked(msg, this.id) || asset.once.isTaken(node, msg._msgid);
    if (known && asset.forecaster) {
      msg.observed = { ...msg.observed, [this.id]: asset.forecaster.index };
      return { asset, forecaster: asset.forecaster, batch, intake: undefined };
    }
    const readings = this.readings(msg, asset);
    const intake = takeIn(asset, payload, readings, this.surroundings.now(), learn);
    const forecaster = asset.forecaster as Forecaster;
    asset.once.take(node);
    this.changed(asset.name, readings.rows.length);
    msg.observed = { ...msg.observed, [this.id]: forecaster.index };
    const { scored, forecasts, problems } = intake;
    if (batch) {
      msg.scored = scored;
      msg.forecast = forecasts;
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
      if (problems[0].length > 0) msg.quality = this.quality(msg.quality, problems[0]);
    }
    return { asset, forecaster, batch, intake };
  }

  /** The quality of a reading, with what was not used added to what the drift guard said. */
  private quality(before: unknown, problems: readonly ValueProblem[]): object {
    const known = typeof before === "object" && before !== null ? (before as Record<string, unknown>) : {};
    const reasons = Array.isArray(known.reasons) ? known.reasons : [];
    const named = new Set(reasons.map((reason) => reason?.sensor));
    const more = problems
      .filter(({ sensor }) => !named.has(sensor))
      .map(({ sensor, rule, value }) => ({
        sensor,
        rule,
        value,
        state: rule === "far" ? "uncertain" : "bad",
        text: this.surroundings.translate(`rule.${rule}`, { sensor, value }),
      }));
    if (more.length === 0) return { state: "good", ne107: "good", learn: 1, held: [], reasons, ...known };
    const held = Array.isArray(known.held) ? known.held : [];
    return {
      learn: 1,
      ...known,
      state: known.state === "bad" ? "bad" : "uncertain",
      ne107: known.ne107 === undefined || known.ne107 === "good" ? "failure" : known.ne107,
      held: [...new Set([...held, ...more.map(({ sensor }) => sensor)])],
      reasons: [...reasons, ...more],
    };
  }

  /** An error of a message or the engine as one in the user's language, with the first as its cause. */
  explain(error: unknown): Error {
    if (!(error instanceof MessageProblem)) return error instanceof Error ? error : new Error(String(error));
    return new Error(this.surroundings.translate(`error.${error.code}`, error.details), { cause: error });
  }
}

/** The message as it was before a predictor put its forecast into the payload. */
function original(msg: ForecastMessage): ForecastMessage {
  const isForecast = msg.reading !== undefined && typeof msg.observed === "object" && msg.observed !== null;
  return isForecast ? { ...msg, payload: msg.reading } : msg;
}

function isMarked({ observed }: ForecastMessage, id: string): boolean {
  return typeof observed === "object" && observed !== null && Object.hasOwn(observed, id);
}
