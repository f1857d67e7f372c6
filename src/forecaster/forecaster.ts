import type { Forecast, Scored, Tuning } from "./forecast";
import { History } from "./history";
import { HorizonModel, type LearnOptions } from "./horizon-model";
import { LabelRegression } from "./label-regression";
import { type Description, describe, type ForecasterOptions } from "./options";
import { type PretrainingOptions, type PretrainingProgress, pretrain } from "./pretraining";
import { Random } from "./random";
import { type HeldValue, type Reading, ReadingRejected, type ReadingState, type Rejection, type Retraction } from "./reading";
import { Rewind } from "./rewind";
import { RunningRms } from "./running-rms";
import { clip, RunningScale } from "./running-scale";
import { readDescription, readState, writeSnapshot } from "./snapshot";
import { StandIn } from "./stand-in";
import { norm } from "./trust-region";

/** Beyond this no sensor reading is believed, in any unit: its square would leave the range of numbers. */
const ABSURD = 1e100;
/** A pause of so many usual intervals is a gap: a forecast does not reach across it. */
const GAP = 10;
/** Horizon 0: a label is overdue after so many times the usual number of readings between two. */
const OVERDUE = 3;

const STATES: readonly ReadingState[] = ["good", "uncertain", "bad"];

const LAST_TIME = 0;
const INTERVAL = 1;
const LAST_ACTUAL = 2;
const LAST_ACTUAL_INDEX = 3;
const FORECAST_INDEX = 4;
const SINCE = 5;
const PRETRAINED = 6;
const LAST_ACTUAL_TIME = 7;
const LABEL_SPACING = 8;
const ESTIMATE = 9;

/**
 * The forecaster of one asset: it scores what fell due, learns from it by real-time recurrent learning, and forecasts.
 *
 * @example
 *     const f = Forecaster.create({ inputs: ["load"], target: "steam", horizon: 1, seed: 1 });
 *     const { scored, forecast } = f.step({ time: 0, values: { load: 3, steam: 7 } }, { learn: true });
 *     forecast.value; // 7: a new model starts as the naive forecast
 *     scored; // undefined: nothing was due yet
 */
export class Forecaster {
  private readonly history: History;
  private readonly scales: RunningScale[];
  private readonly targetScale = new RunningScale();
  private readonly lagScale = new RunningRms();
  private readonly models: HorizonModel[];
  private readonly lastGood: Float64Array;
  private readonly standIn: StandIn;
  /** Of a soft sensor; forecasts ahead have the target's own value among their inputs. */
  private readonly labelRegression: LabelRegression | undefined;
  /** The reading at hand: inputs, then the target; NaN = no number. */
  private readonly row: Float64Array;
  /** 1 for each column of the reading at hand that has no value of its own. */
  private readonly missing: Uint8Array;
  private readonly rewind: Rewind;
  private readonly cursors: Float64Array;
  private readonly s = new Float64Array(10);
  /** Actual value and weight of the label at hand; a time; a change or a value: in arrays since arguments would be boxed. */
  private readonly actual = new Float64Array(2);
  private readonly now = new Float64Array(1);
  private readonly change = new Float64Array(1);

  /** Of the reading or label at hand: its state as an index of STATES, and whether the plant runs. */
  private stateNow = 0;
  private runningNow = true;

  private readonly forecastResult: Forecast;
  private readonly scoredResults: Scored[];
  private readonly due: Uint8Array;
  private readonly tuning: Tuning = { updates: 0, rate: 0, change: 0, comebacks: 0 };
  private readonly result: { scored: Scored | undefined; forecast: Forecast };
  private readonly heldValues: HeldValue[] = [];

  private constructor(private readonly description: Description) {
    const { inputs, horizon, size, coverage, capacity } = description;
    const width = inputs.length + (description.targetHistory ? 1 : 0) + (description.buildOn === "existing" ? 1 : 0);
    this.history = new History(capacity, width);
    this.scales = inputs.map(() => new RunningScale());
    this.lastGood = new Float64Array(inputs.length).fill(Number.NaN);
    this.standIn = new StandIn(this.history, horizon[0] > 0 ? width : inputs.length);
    if (horizon[0] === 0 && this.standIn.related)
      this.labelRegression = new LabelRegression(this.history, inputs.length);
    this.row = new Float64Array(inputs.length + 1);
    this.missing = new Uint8Array(width);
    const gradient = new Float64Array(Math.max(...horizon.map((k) => HorizonModel.parameterCount(k, size, width))));
    this.models = horizon.map(
      (k, i) =>
        new HorizonModel(
          k,
          size,
          this.history,
          this.targetScale,
          this.lagScale,
          i === 0 && description.buildOn === "existing",
          k > 0 || description.targetHistory || description.buildOn === "existing",
          coverage,
          gradient,
        ),
    );
    this.forecastResult = {
      asset: description.asset,
      origin: Number.NaN,
      due: Number.NaN,
      horizon: horizon[0],
      value: Number.NaN,
      lower: Number.NaN,
      upper: Number.NaN,
      coverage,
      naive: Number.NaN,
      frozen: Number.NaN,
      existing: Number.NaN,
      updates: 0,
    };
    if (horizon.length > 1) {
      this.forecastResult.steps = horizon.map((k) => ({
        horizon: k,
        due: Number.NaN,
        value: Number.NaN,
        lower: Number.NaN,
        upper: Number.NaN,
        frozen: Number.NaN,
      }));
    }
    this.scoredResults = horizon.map((k) => ({
      origin: Number.NaN,
      time: Number.NaN,
      horizon: k,
      forecast: Number.NaN,
      actual: Number.NaN,
      error: Number.NaN,
      naive: Number.NaN,
      frozen: Number.NaN,
      existing: Number.NaN,
      covered: false,
      state: "good",
      running: true,
      corrects: Number.NaN,
      lower: Number.NaN,
      upper: Number.NaN,
    }));
    this.rewind = new Rewind(
      [
        ...this.standIn.buffers(),
        ...(this.labelRegression?.buffers() ?? []),
        ...this.models.flatMap((model) => model.rewindable()),
      ],
      this.models.flatMap((model) => model.experience()),
      horizon.length,
    );
    this.cursors = new Float64Array(horizon.length);
    this.due = new Uint8Array(horizon.length);
    this.result = { scored: undefined, forecast: this.forecastResult };
    this.s[LAST_TIME] = Number.NaN;
    this.s[INTERVAL] = Number.NaN;
    this.s[LAST_ACTUAL] = Number.NaN;
    this.s[LAST_ACTUAL_INDEX] = -1;
    this.s[FORECAST_INDEX] = -1;
    this.s[LAST_ACTUAL_TIME] = Number.NEGATIVE_INFINITY;
  }

  /**
   * A new forecaster. Its first forecast is the naive one.
   *
   * @throws RangeError with the reason where an option is out of range
   */
  static create(options: ForecasterOptions): Forecaster {
    const description = describe(options);
    const f = new Forecaster(description);
    f.models.forEach((model, i) => {
      model.initialise(new Random(description.seed + 7919 * i));
    });
    return f;
  }

  /**
   * The forecaster that `save` has written: it goes on exactly as the saved one would have.
   *
   * @throws SnapshotError where the bytes are damaged, foreign or of a newer version
   */
  static load(bytes: Uint8Array): Forecaster {
    const f = new Forecaster(readDescription(bytes) as Description);
    readState(bytes, f.buffers());
    for (const model of f.models) model.refresh();
    return f;
  }

  /** Everything there is to know about this forecaster, open labels included, as one binary record with a checksum. */
  save(): Uint8Array {
    return writeSnapshot(this.description, this.buffers());
  }

  private buffers(): (Float64Array | Float32Array)[] {
    return [
      this.s,
      this.lastGood,
      ...this.history.buffers(),
      ...this.standIn.buffers(),
      ...(this.labelRegression?.buffers() ?? []),
      ...this.rewind.buffers(),
      ...this.scales.flatMap((scale) => scale.buffers()),
      ...this.targetScale.buffers(),
      ...this.lagScale.buffers(),
      ...this.models.flatMap((model) => model.buffers()),
    ];
  }

  /** The options, completed by their defaults. */
  get options(): Readonly<Required<ForecasterOptions>> {
    return this.description;
  }

  get inputs(): readonly string[] {
    return this.description.inputs;
  }

  get target(): string {
    return this.description.target;
  }

  /** Readings ahead, rising. */
  get horizons(): readonly number[] {
    return this.description.horizon;
  }

  /** Index of the last reading; −1 before the first. */
  get index(): number {
    return this.history.length - 1;
  }

  /** ms of the last reading; NaN before the first. */
  get lastTime(): number {
    return this.s[LAST_TIME];
  }

  /** The usual time between two readings in ms; NaN before the second. */
  get interval(): number {
    return this.s[INTERVAL];
  }

  /** Updates of the first horizon's parameters so far. */
  get updates(): number {
    return this.models[0].updates;
  }

  /** Whether the model was trained on history. */
  get pretrained(): boolean {
    return this.s[PRETRAINED] > 0;
  }

  /** The values of the last reading that were not used as they came; the last good value stood in for them. */
  get held(): readonly HeldValue[] {
    return this.heldValues;
  }

  /** Memory of this forecaster's numbers, in bytes. */
  get memoryBytes(): number {
    return this.buffers().reduce((sum, array) => sum + array.byteLength, 0);
  }

  /**
   * One reading, the whole way. Horizon ≥ 1: score, learn, forecast. Horizon 0: estimate, score, learn.
   * Allocates nothing once warm; both results are used again at the next step.
   *
   * @throws ReadingRejected where the reading's time is not later than the last one's; nothing was changed
   */
  step(reading: Reading, options: LearnOptions): { scored: Scored | undefined; forecast: Forecast } {
    this.result.scored = this.observe(reading);
    this.learn(options);
    this.forecast();
    return this.result;
  }

  /**
   * Takes in a reading and scores the forecasts that fell due by it. Learns nothing: that is for `learn`.
   *
   * @returns the scored forecast of the first horizon; undefined where none fell due
   * @throws ReadingRejected where the reading's time is not later than the last one's; nothing was changed
   */
  observe(reading: Reading): Scored | undefined {
    const { s, history, models } = this;
    const { time } = reading;
    if (!Number.isFinite(time))
      throw new ReadingRejected("bad time", `The time of a reading is ${time}, not a number of ms.`);
    if (time === s[LAST_TIME]) throw new ReadingRejected("duplicate", `A reading of ${stamp(time)} was taken already.`);
    if (time < s[LAST_TIME])
      throw new ReadingRejected(
        "out of order",
        `The reading of ${stamp(time)} is older than the last one, ${stamp(s[LAST_TIME])}.`,
      );
    this.forecast();
    if (reading.retract) this.retract(reading.retract);
    if (this.index >= 0 && this.rewind.isDue(this.index)) this.keepCopy();
    if (history.length >= history.capacity) for (const model of models) model.release(history.first);

    const index = history.length;
    this.now[0] = time;
    this.keepTime(index);
    this.actual[1] = quality(reading.quality);
    const slot = history.push();
    history.time[slot] = time;
    history.quality[slot] = this.actual[1];
    const existing = reading.existing;
    history.existing[slot] = existing !== undefined && Math.abs(existing) < ABSURD ? existing : Number.NaN;

    this.heldValues.length = 0;
    this.stateNow = STATES.indexOf(reading.state ?? "good");
    this.runningNow = reading.running !== false;
    const inputAt = slot * history.width;
    this.takeRow(reading);
    this.takeInputs(inputAt);
    this.takeTarget();
    const known = !Number.isNaN(this.actual[0]);
    const ahead = models[0].horizon > 0;
    if (ahead && known) this.keepActual(index);
    history.naive[slot] = s[LAST_ACTUAL];
    this.takeTargetHistory(index);
    const at = this.description.targetHistory ? this.description.inputs.length : -1;
    if (at >= 0) this.missing[at] = ahead && !known ? 1 : 0;
    this.standIn.complete(index, this.missing);
    history.widening[slot] = 1 + this.standIn.doubt;
    if (this.missing.indexOf(1) >= 0) this.stateNow = 2;
    history.state[slot] = this.stateNow + (this.runningNow ? 0 : 4);
    if (!this.runningNow) this.actual[1] = 0;
    history.stale[slot] = s[LAST_ACTUAL_INDEX] < 0 ? 0 : index - s[LAST_ACTUAL_INDEX];

    if (ahead) return known ? this.scoreDue(index) : undefined;
    s[ESTIMATE] = this.forecast().value;
    if (!known) return undefined;
    const scored = this.scoreOrigin(0, index);
    if (this.takeHindsight(index, reading.labelShown !== false)) models[0].correct(this.standIn.change);
    if (reading.labelShown === false) this.targetScale.update(this.actual[0]);
    else this.keepActual(index);
    return scored;
  }

  /**
   * What the label at hand says of the inputs of its own reading, whose forecast must have been made: learnt where they
   * are complete, else used to correct what stands in. The reading's quality does not speak against that: it is low
   * because of the very inputs that are missing. A label in doubt has not come this far, or is found out there.
   *
   * @param shown whether the label is known in service as well
   * @returns whether the reading's inputs were corrected
   */
  private takeHindsight(index: number, shown: boolean): boolean {
    const { labelRegression, missing } = this;
    if (!labelRegression) return false;
    this.targetScale.standardise(this.actual, 0, labelRegression.label, 0);
    if (missing.indexOf(1) >= 0) return shown && this.standIn.correct(index, labelRegression);
    labelRegression.learn(index);
    return false;
  }

  private keepCopy(): void {
    const { models, cursors } = this;
    for (let m = 0; m < models.length; m++) cursors[m] = models[m].cursor;
    this.rewind.keep(this.index, cursors);
  }

  /**
   * Some sensors have lied for a while: goes back to before that, puts stand-ins in their place and goes over the readings
   * again. Nothing stays learnt from what they said, as far back as copies are kept.
   */
  private retract({ sensors, readings }: Retraction): void {
    const { history, rewind, cursors, missing, models } = this;
    const { inputs } = this.description;
    if (!(readings > 0) || history.length === 0) return;
    const first = Math.max(history.first, history.length - readings);
    const known = rewind.back(first - 1, cursors, history.first);
    if (known < 0) return;
    const doubtful = Math.max(first, known + 1);
    const labelsDoubtful = sensors.includes(this.target);
    if (labelsDoubtful) this.forgetActuals(doubtful);
    for (let i = known + 1; i < history.length; i++) {
      const slot = history.slot(i);
      missing.fill(0);
      if (i >= doubtful) {
        for (let k = 0; k < inputs.length; k++) if (sensors.includes(inputs[k])) missing[k] = 1;
        history.quality[slot] = 0;
      } else if (history.widening[slot] > 1) {
        continue; // filled in at the time, and nothing to learn a relation from
      }
      this.standIn.complete(i, missing);
      this.actual[0] = models[0].label[slot];
      if (!Number.isNaN(this.actual[0]) && !(labelsDoubtful && i >= doubtful)) this.takeHindsight(i, true);
    }
    missing.fill(0);
    // A soft sensor whose labels are gone feeds on its own estimates, one after the other.
    const alone = labelsDoubtful && models[0].horizon === 0;
    for (const model of models) model.goOver(known + 1, alone ? doubtful : history.length);
    if (alone) for (let i = doubtful; i < history.length; i++) this.estimateAgain(i);
    models.forEach((model, m) => {
      model.queueAgain(cursors[m], doubtful, labelsDoubtful);
    });
    // The copies that knew more are gone: another fault may come to light before the next ones are due.
    this.keepCopy();
  }

  private estimateAgain(i: number): void {
    const { s, history, models } = this;
    this.takeTargetHistory(i);
    for (const model of models) model.forecast(i, s[SINCE]);
    s[ESTIMATE] = models[0].value[history.slot(i)];
  }

  /** The target's values from a reading on were not true: the one before them is the last. */
  private forgetActuals(doubtful: number): void {
    const { s, history } = this;
    const ahead = this.models[0].horizon > 0;
    // Ahead, a reading's own value is the naive forecast from it; a soft sensor knows only the label before.
    const last = history.naive[history.slot(ahead ? doubtful - 1 : doubtful)];
    s[LAST_ACTUAL] = last;
    s[ESTIMATE] = last;
    s[LAST_ACTUAL_INDEX] = Math.min(s[LAST_ACTUAL_INDEX], doubtful - 1);
    for (let i = doubtful; i < history.length; i++) {
      history.naive[history.slot(i)] = last;
      if (ahead) this.takeTargetHistory(i);
    }
  }

  /** Follows the usual interval and marks gaps. */
  private keepTime(index: number): void {
    const { s } = this;
    const time = this.now[0];
    const elapsed = time - s[LAST_TIME];
    if (Number.isNaN(s[INTERVAL])) {
      s[INTERVAL] = elapsed;
    } else {
      if (elapsed > GAP * s[INTERVAL]) s[SINCE] = index;
      s[INTERVAL] += 0.05 * (Math.min(elapsed, 3 * s[INTERVAL]) - s[INTERVAL]);
    }
    s[LAST_TIME] = time;
  }

  /** A value that may be anything would be boxed wherever it goes; in this array it is a number. */
  private takeRow({ values, ordered }: Reading): void {
    const { row } = this;
    const { inputs, target } = this.description;
    if (ordered) {
      for (let i = 0; i < row.length; i++) row[i] = ordered[i];
      return;
    }
    for (let i = 0; i < row.length; i++) {
      const x: unknown = values[i < inputs.length ? inputs[i] : target];
      row[i] = typeof x === "number" ? x : Number.NaN;
    }
  }

  private takeInputs(at: number): void {
    const { inputs } = this.description;
    const { row } = this;
    const u = this.history.inputs;
    for (let i = 0; i < inputs.length; i++) {
      const x = row[i];
      const scale = this.scales[i];
      if (!(Math.abs(x) <= ABSURD)) {
        this.hold(i, Number.isNaN(x) ? "missing" : "absurd");
        this.missing[i] = 1;
      } else {
        scale.incoming[0] = x;
        this.missing[i] = scale.isFar ? 1 : 0;
        if (this.missing[i] === 1) this.hold(i, "far");
        else this.lastGood[i] = x;
        scale.take();
      }
      scale.standardise(this.lastGood, i, u, at + i);
    }
  }

  /** Finds the target's value of this reading, NaN if there is none that can be believed. */
  private takeTarget(): void {
    const { inputs } = this.description;
    const y = this.row[inputs.length];
    const scale = this.targetScale;
    scale.incoming[0] = y;
    this.actual[0] = Number.NaN;
    if (Number.isNaN(y)) {
      // For a soft sensor a reading without label is the rule, not a fault.
      if (this.models[0].horizon > 0) this.hold(inputs.length, "missing");
    } else if (!(Math.abs(y) <= ABSURD)) {
      this.hold(inputs.length, "absurd");
    } else if (scale.isFar) {
      this.hold(inputs.length, "far");
      scale.take();
    } else {
      this.actual[0] = y;
    }
  }

  private hold(i: number, rule: HeldValue["rule"]): void {
    const { inputs, target } = this.description;
    this.heldValues.push({ sensor: i < inputs.length ? inputs[i] : target, rule, value: this.row[i] });
  }

  private keepActual(index: number): void {
    const { s } = this;
    const y = this.actual[0];
    if (s[LAST_ACTUAL_INDEX] === index - 1 && s[SINCE] < index) {
      this.change[0] = y - s[LAST_ACTUAL];
      this.lagScale.update(this.change);
    }
    this.targetScale.incoming[0] = y;
    this.targetScale.take();
    if (s[LAST_ACTUAL_INDEX] >= 0) {
      const spacing = index - s[LAST_ACTUAL_INDEX];
      if (s[LABEL_SPACING] === 0) s[LABEL_SPACING] = spacing;
      else s[LABEL_SPACING] += 0.05 * (Math.min(spacing, OVERDUE * s[LABEL_SPACING]) - s[LABEL_SPACING]);
    }
    s[LAST_ACTUAL] = y;
    s[LAST_ACTUAL_INDEX] = index;
    s[LAST_ACTUAL_TIME] = this.now[0];
  }

  /** The columns of reading `index` that hold the last label and how far the existing forecast leads it. */
  private takeTargetHistory(index: number): void {
    const { history, s } = this;
    const u = history.inputs;
    const slot = history.slot(index);
    let k = slot * history.width + this.description.inputs.length;
    let last = s[LAST_ACTUAL];
    // The model was trained on labels of a certain age. Where they stop coming, its own estimate is nearer to one.
    if (this.models[0].horizon === 0 && index - s[LAST_ACTUAL_INDEX] > OVERDUE * s[LABEL_SPACING]) last = s[ESTIMATE];
    if (this.description.targetHistory) {
      this.change[0] = last;
      this.targetScale.standardise(this.change, 0, u, k++);
    }
    if (this.description.buildOn === "existing") {
      const sigma = this.targetScale.deviation;
      const lead = (history.existing[slot] - last) / sigma;
      u[k] = Number.isFinite(lead) ? clip(lead) : 0;
    }
  }

  private scoreDue(index: number): Scored | undefined {
    this.due.fill(0);
    for (let m = 0; m < this.models.length; m++) {
      const origin = index - this.models[m].horizon;
      // A forecast that was due within a gap has no label.
      if (origin < 0 || !this.models[m].isOpen(origin) || (this.s[SINCE] > origin && this.s[SINCE] <= index)) continue;
      this.due[m] = this.scoreOrigin(m, origin) ? 1 : 0;
    }
    return this.firstScored();
  }

  private firstScored(): Scored | undefined {
    const first = this.due.indexOf(1);
    if (first < 0) return undefined;
    const scored = this.scoredResults[first];
    // All horizons are due at almost every reading; only a part of them needs a list of its own.
    if (this.models.length > 1) scored.steps = this.due.indexOf(0) < 0 ? this.scoredResults : this.scoredPart();
    return scored;
  }

  private scoredPart(): Scored[] {
    return this.scoredResults.filter((_, m) => this.due[m] === 1);
  }

  /** Scores the open forecast made at an origin; undefined where it was no number yet. */
  private scoreOrigin(m: number, origin: number): Scored | undefined {
    const { history } = this;
    const model = this.models[m];
    const slot = history.slot(origin);
    const scored = this.scoredResults[m];
    const actual = this.actual[0];
    const value = model.value[slot];
    const width = model.width[slot];
    scored.origin = history.time[slot];
    scored.time = this.now[0];
    scored.forecast = value;
    scored.actual = actual;
    scored.error = value - actual;
    scored.naive = history.naive[slot];
    scored.frozen = model.frozen[slot];
    scored.existing = m === 0 ? history.existing[slot] : Number.NaN;
    scored.lower = value - width;
    scored.upper = value + width;
    scored.covered = Math.abs(value - actual) <= width;
    scored.state = STATES[Math.max(this.stateNow, history.state[slot] % 4)];
    scored.running = this.runningNow;
    model.take(origin, this.actual);
    return Number.isNaN(value) ? undefined : scored;
  }

  /**
   * Takes a late label: the actual value of the target at an earlier reading. It is scored now and learnt by `learn`.
   *
   * @param label time in ms of that reading (the nearest within half an interval is meant) and its actual value;
   *   quality 0 … 1 weighs what is learnt from it
   * @returns the scored forecast; undefined where the label was taken but nothing could be forecast at its origin yet;
   *   or why the label was turned away
   */
  label(label: {
    time: number;
    value: number;
    quality?: number;
    doubt?: number;
    state?: ReadingState;
  }): Scored | undefined | { rejected: Rejection; text: string } {
    const { time, value } = label;
    if (!Number.isFinite(time))
      return { rejected: "bad time", text: `The time of a label is ${time}, not a number of ms.` };
    if (typeof value !== "number" || !(Math.abs(value) <= ABSURD))
      return { rejected: "not a number", text: `A label is ${value}, not a usable number.` };
    this.forecast();
    const index = this.history.find(time, Number.isNaN(this.s[INTERVAL]) ? 0 : this.s[INTERVAL] / 2);
    if (index < 0)
      return {
        rejected: "unknown time",
        text: `No reading of ${stamp(time)} is kept: the label is too late, too early or falls in a gap.`,
      };
    this.heldValues.length = 0;
    this.now[0] = time;
    this.actual[0] = value;
    this.actual[1] = quality(label.quality);
    this.stateNow = 0;
    this.runningNow = this.history.state[this.history.slot(index)] < 4;
    if (!this.runningNow) this.actual[1] = 0;
    this.due.fill(0);
    let taken = false;
    for (let m = 0; m < this.models.length; m++) {
      const origin = index - this.models[m].horizon;
      if (origin < 0 || !this.models[m].isOpen(origin)) continue;
      taken = true;
      this.due[m] = this.scoreOrigin(m, origin) ? 1 : 0;
    }
    if (time > this.s[LAST_ACTUAL_TIME]) {
      taken = true;
      this.keepActual(index);
    }
    if (taken) return this.firstScored();
    return {
      rejected: "already labelled",
      text: `The forecast for ${stamp(time)} has its label already, or none was made.`,
    };
  }

  /**
   * Learns from the labels that came since the last call, each at its origin, in order.
   * Allocates nothing; the result is used again at the next call.
   */
  learn(options: LearnOptions): Tuning {
    const { tuning, models } = this;
    let change = 0;
    let learnt = false;
    tuning.comebacks = 0;
    for (const model of models) {
      model.learn(options, this.s[SINCE]);
      tuning.comebacks += model.comebacks;
      if (model.change > change) change = model.change;
      if (model.skipped === undefined) learnt = true;
    }
    tuning.updates = models[0].updates;
    tuning.rate = models[0].rate;
    tuning.change = change;
    tuning.skipped = learnt ? undefined : models[0].skipped;
    return tuning;
  }

  /**
   * The forecast from the last reading. However often it is asked for, the model advances once.
   * Allocates nothing; the result is used again at the next reading.
   */
  forecast(): Forecast {
    const { s, history, models } = this;
    const index = history.length - 1;
    const result = this.forecastResult;
    if (index < 0) return result;
    const slot = history.slot(index);
    if (s[FORECAST_INDEX] < index) {
      for (const model of models) model.forecast(index, s[SINCE]);
      s[FORECAST_INDEX] = index;
    }
    const origin = history.time[slot];
    result.origin = origin;
    result.naive = history.naive[slot];
    result.existing = history.existing[slot];
    result.updates = models[0].updates;
    const interval = Number.isNaN(s[INTERVAL]) ? 0 : s[INTERVAL];
    for (let m = 0; m < models.length; m++) {
      const model = models[m];
      const to = m === 0 ? result : undefined;
      const step = result.steps?.[m];
      const value = model.value[slot];
      const width = model.width[slot];
      const due = origin + model.horizon * interval;
      if (to) {
        to.due = due;
        to.value = value;
        to.lower = value - width;
        to.upper = value + width;
        to.frozen = model.frozen[slot];
      }
      if (step) {
        step.due = due;
        step.value = value;
        step.lower = value - width;
        step.upper = value + width;
        step.frozen = model.frozen[slot];
      }
    }
    return result;
  }

  /**
   * Trains on history, epoch by epoch, each row as a reading in time order; the result becomes the base and the frozen
   * twin. Where the asset changes or time steps back, states start afresh.
   */
  pretrain(
    rows: readonly (Reading & { asset?: string })[],
    options: PretrainingOptions,
    onProgress?: (progress: PretrainingProgress) => void,
  ): void {
    pretrain(this, rows, options, onProgress);
    this.approve();
    this.forgetReadings();
    this.s[PRETRAINED] = 1;
  }

  /** Today's parameters become the base: what the frozen twin uses and what `rollback` goes back to. */
  approve(): void {
    for (const model of this.models) model.approve();
  }

  /** The parameters of today, without states and scales. */
  checkpoint(): Uint8Array {
    return writeSnapshot(
      { checkpoint: this.models.map((model) => model.parameters.length) },
      this.models.map((model) => model.parameters),
    );
  }

  /**
   * Back to a checkpoint of this forecaster, or to the base where none is given. What was learnt since is gone.
   *
   * @throws SnapshotError where the bytes are damaged or belong to a model of another shape
   */
  rollback(checkpoint?: Uint8Array): void {
    const parameters = this.models.map((model) => model.base.slice());
    if (checkpoint) {
      readDescription(checkpoint);
      readState(checkpoint, parameters);
    }
    this.rewind.clear();
    this.models.forEach((model, m) => {
      model.restore(parameters[m]);
    });
  }

  /** Back to the base, with all that was seen forgotten as well: states, open labels, lags; scales stay. */
  reset(): void {
    this.rollback();
    this.forgetReadings();
    for (const model of this.models) model.restartSchedule();
  }

  /** Forgets states, open forecasts and the last values; what was learnt stays. For a new asset or a new drive. */
  forgetReadings(): void {
    this.history.clear();
    this.rewind.clear();
    for (const model of this.models) model.forgetReadings();
    this.lastGood.fill(Number.NaN);
    const { s } = this;
    s[LAST_TIME] = Number.NaN;
    s[INTERVAL] = Number.NaN;
    s[LAST_ACTUAL] = Number.NaN;
    s[LAST_ACTUAL_INDEX] = -1;
    s[LAST_ACTUAL_TIME] = Number.NEGATIVE_INFINITY;
    s[FORECAST_INDEX] = -1;
    s[SINCE] = 0;
  }

  /** Norm of the parameters of each horizon, for tests that a model stays finite. */
  parameterNorms(): number[] {
    return this.models.map((model) => norm(model.parameters));
  }
}

function quality(given: number | undefined): number {
  if (given === undefined || Number.isNaN(given)) return 1;
  return given > 1 ? 1 : given < 0 ? 0 : given;
}

function stamp(time: number): string {
  return Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : `${time} ms`;
}
