import type { Scored } from "../forecaster/forecast";
import { Forecaster } from "../forecaster/forecaster";
import type { ForecasterOptions } from "../forecaster/options";
import { ReadingRejected } from "../forecaster/reading";
import { MessageProblem, shown, type ValueProblem } from "../message/problem";
import { type MessageReading, sensorsIn } from "../message/reading";

/** More inputs than this are a flood of names, not a machine. */
const MOST_INPUTS = 500;

/**
 * So many readings behind the last one, in order among themselves: the clock was set back, or a single time far ahead was
 * wrong, and they are right. Fewer may be what a gateway has kept back.
 */
const SET_BACK = 20;

/** What became of a reading. */
export interface Taken {
  /** The forecast that fell due by it; the engine uses the object again. */
  scored: Scored | undefined;
  /** Values that were not used as they came, with those that the engine itself did not believe. */
  problems: ValueProblem[];
}

/**
 * One machine with its forecaster, as the nodes of one model share it. The forecaster is made at the first reading:
 * only that shows which sensors there are, where none were named.
 */
export class Asset {
  forecaster: Forecaster | undefined;
  /** Readings in a row behind the last one, and the time of the newest of them. */
  private readonly behind = { count: 0, time: Number.NaN };

  /**
   * @param name the asset's name, empty for the one without
   * @param options of its forecaster; no inputs = every number in the first payload
   */
  constructor(
    readonly name: string,
    private readonly options: ForecasterOptions,
  ) {}

  /**
   * An asset from its record.
   *
   * @throws SnapshotError where the record is damaged, foreign or newer
   */
  static load(bytes: Uint8Array, name: string, options: ForecasterOptions): Asset {
    const asset = new Asset(name, options);
    if (bytes.length > 0) asset.forecaster = Forecaster.load(bytes);
    return asset;
  }

  /** The asset's record; empty while it has no forecaster. */
  save(): Uint8Array {
    return this.forecaster?.save() ?? new Uint8Array(0);
  }

  /** The sensors that readings are searched for; undefined until the first reading has shown them. */
  get inputs(): readonly string[] | undefined {
    return this.forecaster?.inputs ?? (this.options.inputs.length > 0 ? this.options.inputs : undefined);
  }

  /**
   * The asset's forecaster, made now if this is its first reading.
   *
   * @param payload of the message, for the names of the sensors
   * @throws MessageProblem where no forecaster can be made for such readings
   */
  begin(payload: unknown): Forecaster {
    if (this.forecaster) return this.forecaster;
    const inputs = this.inputs ?? sensorsIn(payload);
    if (inputs.length > MOST_INPUTS)
      throw new MessageProblem(
        "tooManySensors",
        { count: inputs.length, most: MOST_INPUTS },
        `payload has ${inputs.length} numbers; name the sensors to use (at most ${MOST_INPUTS})`,
      );
    const { target, horizon } = this.options;
    if ([horizon].flat().includes(0) && inputs.every((name) => name === target))
      throw new MessageProblem(
        "noInput",
        { target },
        `payload has no sensor beside ${target}: a soft sensor needs at least one`,
      );
    this.forecaster = Forecaster.create({ ...this.options, inputs, asset: this.name });
    return this.forecaster;
  }

  /**
   * Takes a reading in: what fell due is scored, nothing is learnt yet. The target alone with a time that is not newer
   * than the last reading is a late label.
   *
   * @param reading checked
   * @param now ms, the reading's time where it brought none
   * @throws MessageProblem where it cannot be taken in; nothing was changed
   */
  take(forecaster: Forecaster, reading: MessageReading, now: number): Taken {
    const { lastTime, target } = forecaster;
    const { time, values, learn } = reading;
    if (reading.onlyTarget && time <= lastTime && forecaster.inputs.length > 0) {
      const value = values[target];
      // Not a number here: the guard holds the label back and has said so.
      if (Number.isNaN(value)) return { scored: undefined, problems: reading.problems };
      const scored = forecaster.label({ time, value, quality: learn });
      if (scored && "rejected" in scored) throw rejected(scored.rejected, time, lastTime, scored.text);
      return { scored, problems: reading.problems };
    }
    // Two readings in one millisecond are still two readings.
    const taken = !Number.isNaN(time) ? time : Number.isNaN(lastTime) ? now : Math.max(now, lastTime + 1);
    const setBack = taken < lastTime && this.isSetBack(taken);
    if (setBack) forecaster.forgetReadings();
    try {
      const scored = forecaster.observe({
        time: taken,
        values,
        existing: reading.existing,
        quality: learn,
        retract: reading.retract,
      });
      this.behind.count = 0;
      const problems = this.withHeld(forecaster, reading);
      return { scored, problems: setBack ? [...problems, setBackFrom(lastTime)] : problems };
    } catch (error) {
      if (!(error instanceof ReadingRejected)) throw error;
      throw rejected(error.code, taken, lastTime, error.message);
    }
  }

  /** Counts a reading that is older than the last one. */
  private isSetBack(time: number): boolean {
    const { behind } = this;
    behind.count = time > behind.time ? behind.count + 1 : 1;
    behind.time = time;
    return behind.count >= SET_BACK;
  }

  /** The reading's problems and what the engine itself held back, each sensor once. */
  private withHeld(forecaster: Forecaster, { problems, held }: MessageReading): ValueProblem[] {
    if (forecaster.held.length === 0) return problems;
    const named = new Set(problems.map(({ sensor }) => sensor));
    const more = forecaster.held
      .filter(({ sensor }) => !named.has(sensor) && !held.has(sensor))
      .map(({ sensor, rule, value }) => ({
        sensor,
        rule: rule === "absurd" ? ("tooLarge" as const) : rule,
        value: rule === "missing" ? "–" : shown(value),
      }));
    return [...problems, ...more];
  }
}

const CODES = {
  "bad time": "badTime",
  duplicate: "duplicate",
  "out of order": "outOfOrder",
  "unknown time": "unknownTime",
  "already labelled": "alreadyLabelled",
  "not a number": "nothingUsable",
} as const;

function rejected(code: keyof typeof CODES, time: number, last: number, text: string): MessageProblem {
  return new MessageProblem(CODES[code], { time: iso(time), last: iso(last) }, text);
}

function setBackFrom(last: number): ValueProblem {
  return { sensor: "", rule: "setBack", value: iso(last) };
}

function iso(time: number): string {
  return Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : String(time);
}
