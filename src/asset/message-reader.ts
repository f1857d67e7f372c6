import { assetOf } from "../message/asset-of";
import { numbersIn, numbersSliced } from "../message/number-text";
import type { ValueProblem } from "../message/problem";
import { type MessageReadings, readingsSliced, sensorsIn, sensorsSliced } from "../message/reading";
import { type TimeRules, timeOf } from "../message/time";
import { atOnce, type Sliced } from "../slice/sliced";
import { type StateOf, stateWords } from "../text/state-word";
import type { Asset } from "./asset";
import type { ForecastMessage } from "./forecast-message";
import { hasMark } from "./mark";
import { isMoved, isReadingAgain, isUntouched } from "./moved";
import type { ModelSettings } from "./settings";

/** What reading a message needs of Node-RED. */
export interface ReaderSurroundings {
  /** Why a value cannot be used, in the user's language. */
  ruleText(problem: ValueProblem): string;
  /** A property of a message by its path, such as "payload.machine". */
  property(msg: object, path: string): unknown;
  /** ms: arrival. */
  now(): number;
}

/** What a message means by the settings of a model: whose it is, of when, and which values it brings. */
export class MessageReader {
  /** What a word for a state means; undefined = as usual. */
  private readonly stateIn: StateOf | undefined;
  /** The reading that came last; of a batch its last row. */
  private newest: unknown;

  /** @param model its id, by which its mark on a message is known */
  constructor(
    private readonly model: string,
    private readonly settings: ModelSettings,
    private readonly surroundings: ReaderSurroundings,
  ) {
    const { states } = settings;
    this.stateIn = states && stateWords(states);
  }

  get target(): string {
    return this.settings.target;
  }

  /** The names in the reading that came last, whatever became of it. */
  get seen(): string[] {
    return sensorsIn(this.newest);
  }

  /** Why a value cannot be used, in the user's language. */
  describe(problem: ValueProblem): string {
    return this.surroundings.ruleText(problem);
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
    return assetOf(this.surroundings.property(isOfPayload ? this.original(msg, this.payloadOf(msg)) : msg, asset));
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
   */
  payloadOf(msg: ForecastMessage): unknown {
    return atOnce(this.payloadSliced(msg));
  }

  /**
   * `payloadOf` as long work.
   *
   * @param again whether the message comes to the node a second time: then a flow has put the next reading into it
   */
  *payloadSliced(msg: ForecastMessage, again = false): Sliced<unknown> {
    const { target, inputs, numbersAsText } = this.settings;
    const isReworded = (): boolean => !again && hasMark(msg, this.model) && !isReadingAgain(msg, [target, ...inputs]);
    const isAside = isMoved(msg) && (isUntouched(msg) || isReworded());
    return yield* numbersSliced(isAside ? msg.reading : msg.payload, numbersAsText, this.stateIn);
  }

  /** The message as it was before a predictor put its forecast into the payload. */
  private original(msg: ForecastMessage, payload: unknown): ForecastMessage {
    return payload === msg.payload ? msg : { ...msg, payload };
  }

  /**
   * The readings of a message, also behind a predictor that has put its forecast into the payload.
   *
   * @throws MessageProblem where nothing can be used
   */
  readings(msg: ForecastMessage): MessageReadings {
    return atOnce(this.readingsSliced(msg, undefined, this.payloadOf(msg)));
  }

  /**
   * `readings` as long work.
   *
   * @param asset shows which sensors are wanted where none were named
   * @param payload the one to read
   */
  *readingsSliced(msg: ForecastMessage, asset: Asset | undefined, payload: unknown): Sliced<MessageReadings> {
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
   * A timestamp in ms since 1970, read by the settings of the model; NaN where none came.
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
}
