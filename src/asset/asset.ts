import { createHash } from "node:crypto";
import type { Scored, Tuning } from "../forecaster/forecast";
import { Forecaster } from "../forecaster/forecaster";
import type { LearnOptions } from "../forecaster/horizon";
import type { ForecasterOptions } from "../forecaster/options";
import { ReadingRejected } from "../forecaster/reading";
import { durationText } from "../message/duration";
import { MessageProblem, shown, type ValueProblem } from "../message/problem";
import { type MessageReading, sensorsIn } from "../message/reading";
import type { RunningCondition } from "../message/running";
import { offsetAt } from "../message/zone";
import type { Parts } from "../record/part";
import { mismatch, RecordError } from "../record/record-error";
import { state } from "../record/state";
import { areOther, Clock, isTaken } from "../stream/clock";
import { isoTime } from "../text/iso-time";
import { type AssetNotice, AssetNotices } from "./asset-notices";
import { Deliveries } from "./deliveries";
import { type PlainForecast, type PlainScored, plainForecast, plainScored, timedForecast, timedScored } from "./plain";
import { rejected, untaken } from "./refused-reading";
import { Replay } from "./replay";
import { RHYTHM, Sampler } from "./sampling";
import { SensorList } from "./sensor-list";

/** More inputs than this are a flood of names, not a machine. */
const MOST_INPUTS = 500;

/** What an asset is made with: the settings of its forecaster, and when the plant runs. */
export type AssetOptions = ForecasterOptions & {
  readonly running?: RunningCondition;
  /** How far ahead to look, in ms, rising, where that was not given in readings. */
  readonly durations?: readonly number[];
  /** The zone of the plant's clock: an IANA name; empty = the machine's. */
  readonly zone?: string;
};

/** Is told after each row that the forecaster has taken in what fell due by it; the engine uses the object again. */
export type Each = (scored: Scored | undefined) => void;

/** What became of a reading. */
export interface Taken {
  /** Whether it was a label for an earlier one. */
  late: boolean;
  /** Values that were not used as they came, with those that the engine itself did not believe. */
  problems: ValueProblem[];
}

/** Name of the part of a record. */
const DELIVERED = "asset.deliveries";

/**
 * One machine with its forecaster, as the nodes of one model share it. The forecaster is made at the first reading:
 * only that shows which sensors there are, where none were named.
 */
export class Asset {
  private ownForecaster: Forecaster | undefined;
  /** Only where horizons are durations: the forecaster then takes in the rows of a grid of time, not readings. */
  private sampler: Sampler | undefined;
  /** The clock of what sends the readings. */
  private readonly clock = new Clock();
  private delivered: Deliveries | undefined;
  private readonly state = state({
    /** Whether the plant runs, as it was last known: 1, 0, or NaN = not known, which is taken for running. */
    running: Number.NaN,
    /** The condition that said so. */
    condition: 0,
  });
  /** Only where no inputs were named. */
  private list: SensorList | undefined;
  private readonly replay = new Replay();
  private readonly notices: AssetNotices;
  /** Of the last reading taken. */
  private came: MessageReading["values"] = {};
  /** How was learnt last; undefined = nobody learns. */
  private learning: LearnOptions | undefined;
  /** What the last attempt to learn has brought; undefined = none since the start. */
  lastTuning: Readonly<Tuning> | undefined;
  /** ms: the reading at which something was learnt last; NaN = not since the start. */
  learntAt = Number.NaN;

  /**
   * @param name the asset's name, empty for the one without
   * @param options no inputs = every number that keeps coming
   * @param tell says what people must know, once
   */
  constructor(
    readonly name: string,
    private readonly options: AssetOptions,
    tell: (notice: AssetNotice) => void = () => {},
  ) {
    this.notices = new AssetNotices(name, tell);
  }

  get forecaster(): Forecaster | undefined {
    return this.ownForecaster;
  }

  set forecaster(forecaster: Forecaster | undefined) {
    if (forecaster !== this.ownForecaster) this.ownForecaster?.release();
    this.ownForecaster = forecaster;
    if (forecaster) forecaster.clockOffset = (time) => offsetAt(time, this.options.zone ?? "");
  }

  /**
   * An asset from its record.
   *
   * @throws RecordError where the record is damaged, foreign or newer
   */
  static load(bytes: Uint8Array, name: string, options: AssetOptions, tell?: (notice: AssetNotice) => void): Asset {
    const asset = new Asset(name, options, tell);
    const { state } = asset;
    const delivered = new Deliveries();
    const parts = { ...asset.parts(), [DELIVERED]: delivered.state };
    if (bytes.length > 0) asset.forecaster = Forecaster.load(bytes, parts, options);
    if (delivered.state.total > 0) asset.delivered = delivered;
    try {
      if (asset.forecaster) asset.sampler = Asset.samplerFrom(bytes, asset.forecaster, options);
    } catch (error) {
      asset.release();
      throw error;
    }
    // What another condition has said may never be taken back.
    if (state.condition !== markOf(options.running)) state.running = Number.NaN;
    return asset;
  }

  /** The asset's record; empty while it has no forecaster. */
  save(): Uint8Array {
    this.state.condition = markOf(this.options.running);
    const delivered: Parts = this.delivered ? { [DELIVERED]: this.delivered.state } : {};
    return this.forecaster?.save({ ...this.parts(), ...delivered }) ?? new Uint8Array(0);
  }

  /** What a broker has delivered lately: only where one does, the others need not carry it along. */
  get deliveries(): Deliveries {
    this.delivered ??= new Deliveries();
    return this.delivered;
  }

  /** Gives the memory of the forecaster back: the asset is let go, and whoever asks it for anything more gets an error. */
  release(): void {
    this.ownForecaster?.release();
  }

  /** What is saved beside the forecaster. */
  private parts(): Parts {
    return { asset: this.state, "asset.clock": this.clock.state, ...this.sampler?.parts() };
  }

  /** The model as a file for another machine: what the record holds without the state of the plant. */
  export(): Uint8Array {
    return (this.forecaster as Forecaster).save(this.sampler?.parts());
  }

  /**
   * The sampler that a record holds beside its forecaster, which shows the sensors: so the record is read twice.
   *
   * @returns undefined where horizons are counted in readings
   * @throws RecordError where it is damaged, or its steps are not the spans of time that are asked for
   */
  static samplerFrom(bytes: Uint8Array, forecaster: Forecaster, options: AssetOptions): Sampler | undefined {
    const { durations, target } = options;
    if (!durations) return undefined;
    const sampler = new Sampler([...new Set([...forecaster.inputs, target])], target, durations);
    Forecaster.load(bytes, { ...sampler.parts() }).release();
    if (!sampler.isSound)
      throw new RecordError("damaged", "The record's numbers of the grid of time make no sense together.");
    const [found, wanted] = [forecaster.horizons, sampler.horizon].map((horizon) => `+${horizon.join(", +")}`);
    if (found !== wanted) throw mismatch("Steps ahead", found, `${wanted} (${durations.map(durationText).join(", ")})`);
    return sampler;
  }

  /** From how many of how many readings the rhythm has been learnt; undefined once it is known, and where none is needed. */
  get rhythm(): { seen: number; of: number } | undefined {
    const { sampler } = this;
    return sampler && Number.isNaN(sampler.step) ? { seen: sampler.seen, of: RHYTHM } : undefined;
  }

  /** ms of the last reading; NaN before the first. */
  get lastTime(): number {
    return this.sampler?.last ?? this.forecaster?.lastTime ?? Number.NaN;
  }

  /**
   * The forecast from what has been taken in, for a message.
   *
   * @param why whether it says why it has changed
   */
  forecast(why = false): PlainForecast {
    const forecaster = this.forecaster as Forecaster;
    const made = forecaster.forecast();
    const forecast = plainForecast(made, this.name, why ? forecaster.because() : undefined);
    const { durations } = this.options;
    return durations ? timedForecast(forecast, durations, this.rhythm === undefined) : forecast;
  }

  /** A scored forecast of this asset, for a message. */
  plainScored(scored: Scored): PlainScored {
    const plain = plainScored(scored);
    return this.sampler ? timedScored(plain, this.sampler.step) : plain;
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
    this.forecaster = this.create(inputs);
    return this.forecaster;
  }

  private create(inputs: readonly string[]): Forecaster {
    const { target, durations } = this.options;
    if (durations) {
      const sampler = new Sampler([...new Set([...inputs, target])], target, durations);
      if (this.sampler) sampler.keepStep(this.sampler);
      this.sampler = sampler;
    }
    const horizon = this.sampler?.horizon ?? this.options.horizon;
    return Forecaster.create({ ...this.options, horizon, inputs, asset: this.name });
  }

  /** Whether the value to forecast has not come for so long that its name must be wrong. */
  get isTargetMissing(): boolean {
    return this.notices.isTargetMissing;
  }

  /**
   * Looks at a reading before it is taken in: where no inputs were named, the list of sensors may become another by it,
   * and with it the model, which begins anew from the readings kept.
   *
   * @param row of the payload
   */
  expect(reading: MessageReading, row: unknown): void {
    const { forecaster, options } = this;
    if (!forecaster) return;
    this.notices.look(forecaster, reading.values, row);
    // Without the value to forecast another model would learn nothing: what this one has learnt is not given up.
    if (this.notices.isTargetAway && forecaster.horizons[0] !== 0) return;
    // A model that was trained on history is not given up for a sensor that has joined.
    if (options.inputs.length > 0 || (forecaster.pretrained && !this.list)) return;
    const taken = Math.max(forecaster.index + 1, forecaster.updates);
    this.list ??= new SensorList(forecaster.inputs, forecaster.target, MOST_INPUTS, taken);
    const change = this.list.take(reading, forecaster.updates);
    if (!change) return;
    this.forecaster = this.create(change.names);
    const learning = this.learning && { ...this.learning, upTo: undefined };
    this.replay.into(this.forecaster, (...kept) => this.observe(...kept), learning);
    this.notices.listChanged(change.joined, change.left);
  }

  /** Looks at the readings of a batch before they are taken in: those without a time of their own are one moment. */
  expectTimes(rows: readonly (MessageReading | MessageProblem)[]): void {
    if (this.options.durations) this.notices.lookAtTimes(rows);
  }

  /** Keeps a reading that was taken in, or a late label, as long as the list of sensors may become another. */
  keep(reading: MessageReading, late: boolean): void {
    if (this.list?.isOpen && this.forecaster)
      this.replay.keep(reading, late ? reading.time : this.lastTime, late, this.running);
    else this.replay.clear();
  }

  /** Learns from the labels that have come. The result is used again at the next call. */
  learn(options: LearnOptions): Tuning {
    this.learning = options;
    const tuning = (this.forecaster as Forecaster).learn(options);
    this.lastTuning = tuning;
    if (tuning.skipped === undefined) this.learntAt = this.lastTime;
    return tuning;
  }

  /** Back to the base, with what was seen forgotten; where no inputs were named, the list of sensors settles anew. */
  reset(): void {
    this.forecaster?.reset();
    this.forgetReadings();
    this.restartList();
    this.notices.forgetTarget();
  }

  /** Forgets what was seen; what was learnt stays. For history that is gone through again. */
  forgetReadings(): void {
    this.forecaster?.forgetReadings();
    this.sampler?.forgetReadings();
    this.replay.clear();
  }

  /**
   * Lets the list of sensors settle anew where none were named: what is on it must come again. The model keeps what it has
   * learnt as long as the list stays what it is.
   */
  restartList(): void {
    if (!this.forecaster || this.options.inputs.length > 0) return;
    this.list ??= new SensorList(this.forecaster.inputs, this.options.target, MOST_INPUTS);
    this.list.restart();
  }

  /** Whether the plant runs, as far as it is known. */
  private get running(): boolean | undefined {
    return Number.isNaN(this.state.running) ? undefined : this.state.running > 0;
  }

  /** Whether the list of sensors settles still. */
  get isSettling(): boolean {
    return this.list?.isSettling ?? false;
  }

  /** Another forecaster takes the place of this asset's own. */
  replace(forecaster: Forecaster, sampler: Sampler | undefined): void {
    this.forecaster = forecaster;
    this.sampler = sampler;
    this.replay.clear();
    this.list = undefined;
    this.notices.forgetTarget();
  }

  /**
   * Takes a reading in: what fell due is scored, nothing is learnt yet.
   *
   * @param reading checked
   * @param now ms, its arrival
   * @param each is told what fell due, row by row; on a grid of time a reading may bring none, or several
   * @throws MessageProblem where it cannot be taken in; nothing was changed
   */
  take(forecaster: Forecaster, reading: MessageReading, now: number, each: Each): Taken {
    this.resumeClock(forecaster);
    const late = this.isLabel(forecaster, reading);
    const problems = late
      ? this.takeLabel(forecaster, reading, now, each)
      : this.takeReading(forecaster, reading, now, each);
    return { late, problems: problems.filter(this.notices.isNews) };
  }

  /**
   * Brings the forecast to a time at which no reading came: the rows of the grid that have passed are taken in with the
   * last values. Where horizons are counted in readings nothing is to be done.
   *
   * @param time ms, by the clock of what sends the readings; NaN = what it shows now
   * @param now ms, arrival of the question
   */
  tick(time: number, now: number, each: Each): void {
    const { forecaster, sampler, clock } = this;
    if (!forecaster || !sampler || Number.isNaN(this.lastTime)) return;
    this.resumeClock(forecaster);
    for (const row of sampler.until(Number.isNaN(time) ? clock.timeAt(now) : time)) each(forecaster.observe(row));
  }

  /** The forecaster knows more of the past than the clock where it was loaded, and less where it was reset or imported. */
  private resumeClock({ interval }: Forecaster): void {
    const { clock, lastTime, sampler } = this;
    if (!Object.is(clock.last, lastTime)) clock.resume(lastTime, sampler ? sampler.interval : interval);
  }

  /**
   * Whether a reading that holds the target alone is a label of an earlier one. For a soft sensor it always is: an analyser
   * or a laboratory stamps its values by itself. Ahead, a time that is not newer than the last reading says so.
   */
  private isLabel({ inputs, horizons }: Forecaster, { onlyTarget, time }: MessageReading): boolean {
    return onlyTarget && inputs.length > 0 && (horizons[0] === 0 || time <= this.lastTime);
  }

  private takeLabel(forecaster: Forecaster, reading: MessageReading, now: number, each: Each): ValueProblem[] {
    const { target } = forecaster;
    const value = reading.values[target];
    // Not a number here: the value cannot be used, and that has been said.
    if (Number.isNaN(value)) return reading.problems;
    // Without a time of its own it was measured now, by the clock that stamps the readings.
    const time = Number.isNaN(reading.time) ? this.clock.timeAt(now) : reading.time;
    const doubt = reading.doubts[target];
    const scored = forecaster.label({ time, value, quality: reading.learn, doubt, state: reading.state });
    if (scored && "rejected" in scored) throw rejected(scored.rejected, time, this.lastTime, scored.text);
    each(scored);
    const problems = this.withHeld(forecaster, reading);
    if (scored && !Number.isNaN(scored.corrects))
      problems.push({ sensor: target, rule: "corrected", value: `${scored.corrects} → ${value}` });
    return problems;
  }

  private takeReading(forecaster: Forecaster, reading: MessageReading, now: number, each: Each): ValueProblem[] {
    const { clock, lastTime, came } = this;
    const { time, values } = reading;
    const isOther = time === clock.source && areOther(values, came);
    const verdict = clock.judge(time, now, isOther);
    if (!isTaken(verdict)) throw untaken(verdict, time, lastTime);
    this.came = values;
    if (reading.running !== undefined) this.state.running = Number(reading.running);
    const { running } = this;
    if (verdict === "set back") {
      forecaster.forgetReadings();
      this.sampler?.forgetReadings();
    }
    try {
      this.observe(reading, clock.last, running, each);
      const problems = this.withHeld(this.forecaster as Forecaster, reading);
      if (verdict === "set back") problems.push({ sensor: "", rule: "setBack", value: isoTime(lastTime) });
      if (verdict === "standing") problems.push({ sensor: "", rule: "standing", value: isoTime(time) });
      return problems;
    } catch (error) {
      if (!(error instanceof ReadingRejected)) throw error;
      throw rejected(error.code, clock.last, lastTime, error.message);
    }
  }

  /** Takes a reading into the forecaster, by way of the grid of time where there is one. */
  private observe(reading: MessageReading, time: number, running: boolean | undefined, each: Each): void {
    const { sampler } = this;
    const { values, existing, learn: quality, doubts, state } = reading;
    const row = { time, values, existing, quality, doubts, state, running };
    if (!sampler) {
      each(this.forecaster?.observe(row));
      return;
    }
    const wasLearning = this.rhythm !== undefined;
    const unusable = new Set([...reading.held, ...reading.problems.map(({ sensor }) => sensor)]);
    const { labels, rows } = sampler.take({ ...row, unusable });
    if (this.rhythm) this.forecaster?.observe(row);
    else if (wasLearning) {
      const inputs = (this.forecaster as Forecaster).inputs;
      this.forecaster = Forecaster.create({ ...this.options, horizon: sampler.horizon, inputs, asset: this.name });
    }
    for (const label of labels) {
      const scored = this.forecaster?.label(label);
      if (!scored || !("rejected" in scored)) each(scored);
    }
    for (const one of rows) each(this.forecaster?.observe(one));
  }

  /** The reading's problems and what the engine itself held back, each sensor once. */
  private withHeld(forecaster: Forecaster, { problems, held }: MessageReading): ValueProblem[] {
    // As a rule there is none.
    if (forecaster.held.length === 0) return [...problems];
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

/** A number by which a condition is known again; 0 = always. */
function markOf(condition: RunningCondition | undefined): number {
  if (!condition) return 0;
  const { of, name, is, value } = condition;
  return createHash("sha256")
    .update(JSON.stringify([of, name, is, value]))
    .digest()
    .readUIntBE(0, 6);
}
