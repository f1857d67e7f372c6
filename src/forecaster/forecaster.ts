import { Arena, ArenaFull } from "../kernel/arena";
import { bytesOf, type Part, type Parts } from "../record/part";
import { accept, mustHave, readRecord, restore, type Saved, writeRecord } from "../record/record";
import { mismatch, RecordError } from "../record/record-error";
import { f64, state } from "../record/state";
import { isVersion1, readVersion1 } from "../record/version-1";
import { beyond, compress, LEAVING, LEVELS, PLACES, RETURN } from "../stream/levels";
import { RunningRms } from "../stream/running-rms";
import { UsualSpacing } from "../stream/usual-spacing";
import { isoTime, LAST_TIME } from "../text/iso-time";
import { type Because, because, moved, RecentValues } from "./because";
import type { Forecast, Scored, Tuning } from "./forecast";
import { History } from "./history";
import { type Expert, Horizon, type LearnOptions } from "./horizon";
import { shapeOf } from "./network";
import { type Description, describe, type ForecasterOptions } from "./options";
import { type PretrainingOptions, type PretrainingProgress, pretrain } from "./pretraining";
import { Random } from "./random";
import { type HeldValue, type Reading, ReadingRejected, type ReadingState, type Rejection } from "./reading";
import { Regressors } from "./regressors";
import { ABSURD, SensorRow } from "./sensor-row";
import { norm } from "./trust-region";
import { fromVersion1 } from "./version-1";
import { withFollowers } from "./with-followers";
import { withLight } from "./with-light";
import { withNewcomers } from "./with-newcomers";
import { withOpen } from "./with-open";
import { withOwnSquares } from "./with-own-squares";
import { withPlaces } from "./with-places";

/** A pause of so many usual intervals is a gap: a forecast does not reach across it. */
const GAP = 10;
/** Horizon 0: a label is overdue after so many times the usual number of readings between two. */
const OVERDUE = 3;
/** A label so many usual errors away from its forecast, and beyond all levels of the target, waits for the next one … */
const FAR = 20;
/** … or, of a soft sensor whose inputs are where they were, for so many that are so many times larger than any before. */
const PATIENCE = 20;
const LARGER = 10;
/** Where readings are so many times stranger than usual the plant is elsewhere. */
const ELSEWHERE = 4;

/** From so many deviations beyond the band of its level on a value is strange. */
const STRANGE = 5;
/** What is as strange in more than this share of the readings is usual … */
const USUAL_SHARE = 0.03;
/** … and how fast that is noticed, by reading, as a logarithm. Of one stay somewhere so many readings count at most. */
const ACCUSTOMED = 0.02;
const STAY = 10;

/** Operating modes by the number of the target's level. */
const MODES: readonly (string | null)[] = [null, ...Array.from({ length: LEVELS }, (_, i) => `level ${i + 1}`)];

const STATES: readonly ReadingState[] = ["good", "uncertain", "bad"];

/**
 * The forecaster of one asset: it scores what fell due, learns from it by real-time recurrent learning, and forecasts.
 *
 * What the plant shows is what is forecast from. A value is replaced by an estimate only where there is none. Doubt that
 * a reading brings along acts on learning and on the interval.
 *
 * @example
 *     const f = Forecaster.create({ inputs: ["load"], target: "steam", horizon: 1, seed: 1 });
 *     const { scored, forecast } = f.step({ time: 0, values: { load: 3, steam: 7 } }, { learn: true });
 *     forecast.value; // 7: a new model starts as the naive forecast
 *     scored; // undefined: nothing was due yet
 */
export class Forecaster {
  private readonly state;
  private readonly history: History;
  /** Usual change from reading to reading, by the target's place. */
  private readonly lagScales = Array.from({ length: PLACES }, () => new RunningRms());
  private readonly interval_ = new UsualSpacing();
  private readonly labelSpacing = new UsualSpacing();
  private readonly models: Horizon[];
  private readonly regressors: Regressors;

  /** The reading at hand: its sensors … */
  private readonly row: SensorRow;
  /** … its actual value of the target, how much to learn from it, its state as an index of STATES, whether the plant runs. */
  private actual = Number.NaN;
  private weight = 1;
  private condition = 0;
  private running = true;
  /** Whether the label at hand is so absurd that it is scored and nothing else. */
  private isAbsurd = false;
  /** Whether readings say that. */
  private isRunningKnown = false;
  private time = Number.NaN;

  private readonly forecastResult: Forecast;
  private readonly scoredResults: Scored[];
  private readonly due: boolean[];
  private readonly tuning: Tuning = { updates: 0, rate: 0, change: 0 };
  private readonly result: { scored: Scored | undefined; forecast: Forecast };
  /** Only where somebody asks why. */
  private recent: RecentValues | undefined;

  private constructor(
    private readonly description: Description,
    private readonly arena: Arena,
  ) {
    const { inputs, horizon, size, light, coverage, capacity } = description;
    const width = Forecaster.width(description);
    const onExisting = description.buildOn === "existing";
    this.state = state({
      lastTime: Number.NaN,
      /** The last actual value of the target, its reading and its time; what stands in for it where labels are overdue. */
      lastActual: Number.NaN,
      lastActualIndex: -1,
      lastActualTime: Number.NEGATIVE_INFINITY,
      estimate: Number.NaN,
      /** Labels in a row that were far off; beyond `PATIENCE` they are believed. */
      waiting: 0,
      /** Whether the plant has been elsewhere since the last label that was not far off. */
      elsewhere: 0,
      /** Labels since an input was last on its way from one of its levels to another. */
      settled: RETURN,
      /** How near the last reading was to where its sensors have lived, and how strange readings usually are, as a logarithm. */
      familiarity: 1,
      usuallyStrange: 0,
      /** Readings in a row that were stranger than usual. */
      strange: 0,
      /** Whether the last label of a soft sensor was in doubt. */
      labelDoubted: 0,
      /** The reading from which was last forecast; the first one after the last gap. */
      forecastIndex: -1,
      since: 0,
      /** Where the target is, see `Levels.place`. */
      place: 0,
      pretrained: 0,
      lastGood: f64(inputs.length + 1, { start: Number.NaN }),
    });
    this.history = new History(capacity, width, { arena, light });
    const { lastGood } = this.state;
    this.row = new SensorRow({ inputs, target: description.target, isAhead: horizon[0] > 0, width, lastGood });
    const shapes = horizon.map((k) => shapeOf(k, size, width));
    const gradient = arena.scratch(Math.max(...shapes.map(({ total }) => total)));
    const { history, lagScales } = this;
    const { row } = this;
    const regressors = new Regressors({
      units: size,
      light,
      history,
      lagScales,
      spacing: this.interval_,
      sensors: row,
      horizons: horizon,
      seed: description.seed,
      arena,
    });
    this.regressors = regressors;
    this.models = horizon.map((k, i) => {
      const shape = shapes[i];
      return new Horizon({
        ...{ horizon: k, shape, history, sensors: row, coverage, gradient, regressors },
        onExisting: i === 0 && onExisting,
        isMean: description.centre === "mean",
        learners: description.steady ? COMMITTEE : 1,
      });
    });
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
      experts: {},
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
      mode: null,
      corrects: Number.NaN,
      lower: Number.NaN,
      upper: Number.NaN,
    }));
    this.due = horizon.map(() => false);
    this.result = { scored: undefined, forecast: this.forecastResult };
  }

  /**
   * By what clock the plant lives: how far the clock on the wall is ahead of UTC at a time, ms. Default: UTC itself. It
   * matters where that changes, as with summer time: days are compared by the time on the wall.
   */
  set clockOffset(offset: (time: number) => number) {
    this.regressors.seasons.offset = offset;
  }

  /** Length of the networks' input vector: the inputs, the target's past, the lead of the existing forecast. */
  private static width({ inputs, targetHistory, buildOn }: Description): number {
    return inputs.length + (targetHistory ? 1 : 0) + (buildOn === "existing" ? 1 : 0);
  }

  /**
   * A new forecaster. Its first forecast is the naive one.
   *
   * @param arena where its numbers lie; if not said, where the fastest kernels of this machine work on them
   * @throws RangeError with the reason where an option is out of range
   */
  static create(options: ForecasterOptions, arena?: Arena): Forecaster {
    const description = describe(options);
    const make = (arena: Arena): Forecaster => {
      const f = new Forecaster(description, arena);
      f.models.forEach((model, i) => {
        model.initialise(f.random(i));
      });
      return f;
    };
    return arena ? make(arena) : Forecaster.inRoom(make);
  }

  /** By what the networks of a horizon are drawn. */
  private random(horizon: number): Random {
    return new Random(this.description.seed + 7919 * horizon);
  }

  /** Makes a forecaster; on common memory where there are too many for that of the compiled kernels. */
  private static inRoom(make: (arena: Arena) => Forecaster): Forecaster {
    const arena = Arena.fast();
    try {
      return make(arena);
    } catch (error) {
      arena.release();
      if (!(error instanceof ArenaFull)) throw error;
      return make(Arena.plain());
    }
  }

  /**
   * The forecaster that `save` has written: it goes on exactly as the saved one would have. Everything is checked before
   * it is believed, and a trial forecast is made.
   *
   * @param beside what its owner keeps in the same record; where the record has none of it, it stays as it is
   * @param now what may be another than when it was saved; not said: as it was. `centre`: what it aims at. `light`: what the
   *   networks have learnt stays either way; the other experts are dropped, or begin with the trust of the one that is
   *   trusted least
   * @throws RecordError damaged, foreign, newer, or mismatch where it is a record of something else
   */
  static load(
    bytes: Uint8Array,
    beside: Parts = {},
    now: Readonly<Pick<ForecasterOptions, "light" | "centre">> = {},
  ): Forecaster {
    const { light, centre } = now;
    const wanted = { kind: KIND, version: RECORD_VERSION, migrations: MIGRATIONS, describe: describeRecord };
    const read = isVersion1(bytes) ? accept(readVersion1(bytes), wanted) : readRecord(bytes, wanted);
    const isOther = light !== undefined && light !== read.description.light;
    const width = Forecaster.width(read.description);
    const before = withOwnSquares(withOpen(withPlaces(withFollowers(read))));
    const known = withNewcomers(before);
    const saved = isOther ? withLight(known, light) : known;
    const description = { ...saved.description, centre: centre ?? saved.description.centre };
    for (const k of description.horizon)
      for (const member of description.steady ? ["", ".member2", ".member3"] : [""])
        mustHave(saved, `horizon${k}${member}.learner`, "parameters", shapeOf(k, description.size, width).total);
    return Forecaster.inRoom((arena) => {
      const f = new Forecaster(description, arena);
      if (saved.parts.has("cycle")) f.regressors.followCycle();
      const bases = f.models.map(({ members }) => members.map(({ shape }) => new Float64Array(shape.total)));
      restore(saved, { ...f.parts(bases), ...beside });
      f.models.forEach((model, i) => {
        // A base that is as it was drawn is not in the record.
        if (saved.parts.get(`horizon${model.horizon}.twin`)?.has("parameters")) model.base(bases[i]);
        else model.drawBase(f.random(i));
      });
      if (!f.adopt()) throw senseless();
      for (const model of f.models) model.refresh();
      if (saved !== before) for (const model of f.models) model.weigh();
      if (!f.isSound) throw senseless();
      return f;
    });
  }

  /**
   * Gives the memory of its numbers back at once: who lets a forecaster go need not wait for the garbage collector.
   * Whatever works on them throws from now on.
   */
  release(): void {
    this.arena.release();
    for (const part of ["state", "history", "regressors", "models"])
      Object.defineProperty(this, part, { get: released });
  }

  /**
   * Everything there is to know about this forecaster, open labels included, as one binary record with a checksum.
   *
   * @param beside what its owner keeps in the same record
   */
  save(beside: Parts = {}): Uint8Array {
    const { history, models } = this;
    const cut = (part: Part): Part =>
      Object.assign({}, part, history.cut(part), ...models.map((model) => model.cut(part)));
    const own = Object.entries(this.parts()).map(([name, part]) => [name, Array.isArray(part) ? part : cut(part)]);
    const parts = { ...Object.fromEntries(own), ...beside };
    return writeRecord({ kind: KIND, version: RECORD_VERSION, description: this.description, parts });
  }

  /** After a record was read in: gives its rings the room that they need; false where rows are missing. */
  private adopt(): boolean {
    const { history, models } = this;
    const isWhole = history.adopt() && models.every((model) => model.adopt());
    return isWhole && history.inputs.length >= history.width * Math.min(1, history.length);
  }

  /** @param bases by horizon and member, see `Member.parts` */
  private parts(bases: readonly Float64Array[][] = []): Parts {
    return {
      forecaster: this.state,
      interval: this.interval_.state,
      labelSpacing: this.labelSpacing.state,
      history: this.history.state,
      ends: this.history.ends,
      ...this.row.parts(),
      lagScale: this.lagScales.map(({ state }) => state),
      ...this.regressors.parts(),
      ...Object.assign({}, ...this.models.map((model, m) => model.parts(bases[m]))),
    };
  }

  /** Whether what was read in makes sense together, and forecasts finitely. */
  private get isSound(): boolean {
    const { state, history, models } = this;
    const total = history.length;
    const whole = [total, state.lastActualIndex, state.forecastIndex, state.since];
    if (!whole.every(Number.isSafeInteger) || total < 0 || state.forecastIndex >= Math.max(1, total)) return false;
    if (!this.row.isSound) return false;
    if (![state.place, ...history.place].every((place) => this.lagScales[place] !== undefined)) return false;
    if (!models.every((model) => model.isSound) || !this.regressors.isSound) return false;
    const trial = Forecaster.trial(this);
    return trial.every(Number.isFinite);
  }

  /** What the networks answer to a reading of nothing unusual, in their own units. */
  private static trial({ models, history, regressors }: Forecaster): number[] {
    const members = models.flatMap((model) => model.members);
    return members.flatMap(({ learner, twin }) => {
      const { features, units } = learner.shape;
      const phi = regressors.arena.f64(features).fill(1, 2 * units, 2 * units + history.width + 1);
      return [learner.answer(phi), twin.answer(phi)];
    });
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
    return this.state.lastTime;
  }

  /** The usual time between two readings in ms; NaN before the second. */
  get interval(): number {
    return this.interval_.value;
  }

  /** Updates of the first horizon's parameters so far. */
  get updates(): number {
    return this.models[0].updates;
  }

  /** Whether the model was trained on history. */
  get pretrained(): boolean {
    return this.state.pretrained > 0;
  }

  /** The values of the last reading that were not used as they came; an estimate stands in for them. */
  get held(): readonly HeldValue[] {
    return this.row.held;
  }

  /** Memory of this forecaster's numbers, in bytes. */
  get memoryBytes(): number {
    return bytesOf(this.parts());
  }

  /**
   * One reading, the whole way. Horizon ≥ 1: score, learn, forecast. Horizon 0: estimate, score, learn.
   * Both results are used again at the next step.
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
    const { state, history, models, row } = this;
    const { time } = reading;
    if (!Number.isFinite(time))
      throw new ReadingRejected("bad time", `The time of a reading is ${time}, not a number of ms.`);
    if (time === state.lastTime)
      throw new ReadingRejected("duplicate", `A reading of ${stamp(time)} was taken already.`);
    if (time < state.lastTime)
      throw new ReadingRejected(
        "out of order",
        `The reading of ${stamp(time)} is older than the last one, ${stamp(state.lastTime)}.`,
      );
    this.advance();
    if (history.length >= history.capacity) for (const model of models) model.release(history.first);

    const index = history.length;
    this.time = time;
    this.keepTime(index);
    const existing = reading.existing;
    const isForecast = existing !== undefined && Math.abs(existing) < ABSURD;
    const slot = history.push(isForecast ? existing : Number.NaN, this.recent?.oldest(index));
    history.time[slot] = time;

    const { spans } = row;
    row.take(reading);
    if (row.spans !== spans) for (const { linear } of models) linear.reconsider();
    row.takeDoubts(reading, this.description.targetHistory);
    if (row.isMoving) state.settled = 0;
    this.actual = row.actual;
    this.running = reading.running !== false;
    this.isRunningKnown = reading.running !== undefined;
    this.condition = Math.max(STATES.indexOf(reading.state ?? "good"), row.isAnyMissing ? 2 : 0);
    history.condition[slot] = this.condition + (this.running ? 0 : 4);
    history.quality[slot] = this.running ? quality(reading.quality) : 0;
    const doubt = reading.doubts?.[this.target] ?? 0;
    this.weight = history.quality[slot] / (1 + (doubt > 0 ? doubt : 0));

    const known = !Number.isNaN(this.actual);
    const ahead = models[0].horizon > 0;
    if (ahead && known) this.keepActual(index);
    this.takePlace(slot);
    history.naive[slot] = state.lastActual;
    history.takeEnds(index, row.lowest.end, row.highest.end);
    history.stale[history.readSlot(index)] = state.lastActualIndex < 0 ? 0 : index - state.lastActualIndex;
    row.complete(state.lastActual, history.inputs, history.rowAt(index));
    if (!this.description.light) row.writeOffsets(history.offsets, history.rowAt(index));
    this.takeTargetHistory(index);
    const { used } = row;
    this.regressors.takeValues(index, used);
    this.recent?.keep(index, used);

    if (ahead) {
      if (known) state.settled += 1;
      row.learn(this.weight);
      return known ? this.scoreDue(index) : undefined;
    }
    this.advance();
    state.estimate = models[0].answerFrom(index);
    const waits = known && this.mustWait(index);
    const scored = known ? this.scoreOrigin(0, index) : undefined;
    if (!known || !this.isAbsurd) this.takeHindsight(index, reading.labelShown !== false);
    if (!known) return undefined;
    if (row.targetLevels.place !== LEAVING) state.settled += 1;
    state.labelDoubted = doubt > 0 || models[0].isAstray ? 1 : 0;
    if (waits) this.holdLabel();
    else if (reading.labelShown === false) row.targetLevels.update(this.actual);
    else this.keepActual(index);
    return scored;
  }

  /** Follows the usual interval and marks gaps. */
  private keepTime(index: number): void {
    const { state, interval_, time } = this;
    const elapsed = time - state.lastTime;
    if (elapsed > GAP * interval_.value) state.since = index;
    if (!Number.isNaN(elapsed)) interval_.update(elapsed);
    state.lastTime = time;
  }

  /** The columns of reading `index` that hold the last label and how far the existing forecast leads it. */
  private takeTargetHistory(index: number): void {
    const { history, state, row } = this;
    const { inputs, targetHistory, buildOn, light } = this.description;
    const ahead = this.models[0].horizon > 0;
    let k = history.rowAt(index) + inputs.length;
    let last = state.lastActual;
    // The model was trained on true labels of a certain age. Where they stop coming, or lie, its own estimate is nearer.
    const isOverdue = index - state.lastActualIndex > OVERDUE * (this.labelSpacing.value || 0);
    if (!ahead && (isOverdue || state.labelDoubted > 0)) last = state.estimate;
    if (targetHistory) {
      const { isTargetEstimated, targetLevels } = row;
      const own = isTargetEstimated ? row.targetEstimate : targetLevels.standardise(last);
      history.inputs[k] = own;
      // Of a soft sensor only where the inputs show levels: else the forecast counts from that of the target at hand.
      if (!light) history.offsets[k] = ahead || row.spans > 0 ? targetLevels.offset(last, own) : 0;
      k += 1;
      if (isTargetEstimated) row.variance[inputs.length] = row.relation.variance[inputs.length];
    }
    if (buildOn === "existing") {
      const lead = (history.existingAt(index) - last) / this.row.targetLevels.deviation;
      history.inputs[k] = Number.isFinite(lead) ? compress(lead) : 0;
      if (!light) history.offsets[k] = 0;
    }
  }

  /**
   * Horizon 0: what the label at hand says of the inputs of its own reading, whose estimate has been made: learnt, and
   * where inputs are missing, used to correct what stands in.
   *
   * @param shown whether the label is known in service as well
   */
  private takeHindsight(index: number, shown: boolean): void {
    const { row, history, models } = this;
    if (row.correct(shown)) {
      row.write(history.inputs, history.rowAt(index));
      const change = row.relation.change.subarray(0, history.width);
      models[0].correct(change);
      this.regressors.correct(change);
    }
    row.learn(this.weight);
  }

  /**
   * Whether the label of a reading is so far from everything known that it waits: one lie must not be the last word. Of a
   * soft sensor whose inputs say that nothing has happened, some absurd ones in a row are no more than one.
   */
  private mustWait(index: number): boolean {
    this.isAbsurd = false;
    const { state, history, models, actual, row } = this;
    const [model] = models;
    const origin = index - model.horizon;
    const isOff = model.isKept(origin) && Math.abs(model.value[history.slot(origin)] - actual) > FAR * model.usualError;
    const isFar = row.targetLevels.begun && isOff && row.targetLevels.distance(actual) > FAR;
    if (!isFar) {
      state.waiting = 0;
      state.elsewhere = 0;
      return false;
    }
    const isLarge = Math.abs(actual) > LARGER * row.targetLevels.largest;
    const mayBeTrue = model.horizon > 0 || state.elsewhere > 0 || !isLarge;
    state.waiting += mayBeTrue && state.waiting > 0 ? PATIENCE : 1;
    const isWaiting = state.waiting <= PATIENCE;
    this.isAbsurd = isWaiting && !mayBeTrue;
    return isWaiting;
  }

  private holdLabel(): void {
    const { row, actual } = this;
    row.targetLevels.update(actual);
    row.held.push({ sensor: this.target, rule: "far", value: actual });
  }

  private keepActual(index: number): void {
    const { state, actual } = this;
    this.row.targetLevels.update(actual);
    this.row.lowest.update(actual);
    this.row.highest.update(actual);
    const isNext = state.lastActualIndex === index - 1 && state.since < index;
    if (isNext && this.row.targetLevels.place === state.place)
      this.lagScales[state.place].update(actual - state.lastActual);
    this.regressors.takeActual(this.time, actual, this.interval);
    if (state.lastActualIndex >= 0) this.labelSpacing.update(index - state.lastActualIndex);
    state.lastActual = actual;
    state.lastActualIndex = index;
    state.lastActualTime = this.time;
  }

  /**
   * Follows where the target is: scales of one level are not those of another. The way to a level that is not known yet
   * begins with those of the level that is left, and the new level with those of the way.
   */
  private takePlace(slot: number): void {
    const { state, history, lagScales, models } = this;
    const { targetLevels } = this.row;
    const { place } = targetLevels;
    const before = state.place;
    state.place = place;
    history.place[slot] = place;
    if (place === before || !(place === LEAVING || targetLevels.isNew)) return;
    lagScales[place].inherit(lagScales[before]);
    for (const model of models) model.inherit(place, before);
  }

  private scoreDue(index: number): Scored | undefined {
    const { since } = this.state;
    this.models.forEach((model, m) => {
      const origin = index - model.horizon;
      // A forecast that was due within a gap has no label.
      const isDue = origin >= 0 && model.isOpen(origin) && !(since > origin && since <= index);
      this.due[m] = isDue && this.scoreOrigin(m, origin) !== undefined;
    });
    return this.firstScored();
  }

  private firstScored(): Scored | undefined {
    const first = this.due.indexOf(true);
    if (first < 0) return undefined;
    const scored = this.scoredResults[first];
    // All horizons are due at almost every reading; only a part of them needs a list of its own.
    if (this.models.length > 1)
      scored.steps = this.due.includes(false) ? this.scoredResults.filter((_, m) => this.due[m]) : this.scoredResults;
    return scored;
  }

  /** Scores the open forecast made at an origin; undefined where it was no number yet. */
  private scoreOrigin(m: number, origin: number): Scored | undefined {
    const { history, actual } = this;
    const model = this.models[m];
    const slot = history.slot(origin);
    const scored = this.scoredResults[m];
    const value = model.value[slot];
    scored.origin = history.time[slot];
    scored.time = this.time;
    scored.forecast = value;
    scored.actual = actual;
    scored.error = value - actual;
    scored.naive = history.naive[slot];
    scored.frozen = model.frozen[slot];
    scored.existing = m === 0 ? history.existingAt(origin) : Number.NaN;
    scored.lower = model.lowerFrom(origin);
    scored.upper = model.upperFrom(origin);
    scored.covered = scored.lower <= actual && actual <= scored.upper;
    scored.state = STATES[Math.max(this.condition, history.condition[slot] % 4)];
    scored.running = this.running;
    scored.mode = this.mode;
    scored.corrects = model.label[slot];
    model.take(origin, actual, this.isAbsurd ? undefined : this.weight);
    return Number.isNaN(value) ? undefined : scored;
  }

  /** The operating mode in which the actual value was measured. */
  private get mode(): string | null {
    if (this.isRunningKnown) return this.running ? "running" : "stopped";
    return MODES[this.row.targetLevels.numberOf(this.actual)];
  }

  /**
   * Takes a late label: the actual value of the target at an earlier reading. It is scored now and learnt by `learn`. A
   * later label for the same reading corrects the earlier one: its score tells in `corrects` what was said before.
   *
   * @param label time in ms of that reading and its actual value; quality 0 … 1 weighs what is learnt from it, doubt is a
   *   variance as in `Reading.doubts`. A soft sensor takes the last reading at or before the time, else the nearest
   *   within half an interval is meant.
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
    this.advance();
    const { history, state, models } = this;
    const interval = Number.isNaN(this.interval) ? 0 : this.interval;
    const index =
      models[0].horizon === 0
        ? history.findBefore(time, Math.max(GAP * interval, 1))
        : history.find(time, interval / 2);
    if (index < 0)
      return {
        rejected: "unknown time",
        text: `No reading of ${stamp(time)} is kept: the label is too late, too early or falls in a gap.`,
      };
    this.row.held.length = 0;
    this.time = time;
    this.actual = value;
    this.condition = STATES.indexOf(label.state ?? "good");
    this.running = history.condition[history.slot(index)] < 4;
    const doubt = label.doubt ?? 0;
    this.weight = (this.running ? quality(label.quality) : 0) / (1 + (doubt > 0 ? doubt : 0));
    // The same word again is no news.
    const news = models.map((model) => {
      const origin = index - model.horizon;
      return origin >= 0 && model.isKept(origin) && model.label[history.slot(origin)] !== value;
    });
    const isNewest = time > state.lastActualTime || (news.includes(true) && index === state.lastActualIndex);
    this.isAbsurd = false;
    const waits = isNewest && this.mustWait(index);
    models.forEach((model, m) => {
      this.due[m] = news[m] && this.scoreOrigin(m, index - model.horizon) !== undefined;
    });
    const scored = this.firstScored();
    if (waits) this.holdLabel();
    else if (isNewest) this.keepActual(index);
    if (isNewest || news.includes(true)) return scored;
    return {
      rejected: "already labelled",
      text: `The forecast for ${stamp(time)} has its label already, or none was made.`,
    };
  }

  /**
   * Learns from the labels that came since the last call, each at its origin, in order.
   * The result is used again at the next call.
   */
  learn(options: LearnOptions): Tuning {
    const { tuning, models } = this;
    for (const model of models) model.learn(options, this.state.since);
    tuning.updates = models[0].updates;
    tuning.rate = models[0].rate;
    tuning.change = 0;
    for (const { change } of models) tuning.change = Math.max(tuning.change, change);
    tuning.skipped = models.some(({ skipped }) => skipped === undefined) ? undefined : models[0].skipped;
    return tuning;
  }

  /** Forecasts from the last reading, once. */
  private advance(): void {
    const { state, history, models, regressors } = this;
    const index = history.length - 1;
    if (state.forecastIndex >= index) return;
    const slot = history.slot(index);
    const columns = regressors.take(index, state.since);
    for (const { linear } of models) linear.look(columns);
    const isDoubtful = history.condition[slot] % 4 > 0 || state.labelDoubted > 0;
    const { variance } = this.row;
    state.familiarity = this.familiarityOf(index);
    const { isMoving } = this;
    const { familiarity } = state;
    if (familiarity * ELSEWHERE < 1) state.elsewhere = 1;
    const stale = state.lastActualIndex < 0 ? 0 : index - state.lastActualIndex;
    const of = { variance, familiarity, isDoubtful, isMoving, stale };
    for (const model of models) model.forecast(index, columns, of);
    state.forecastIndex = index;
  }

  /**
   * The forecast from the last reading. However often it is asked for, the model advances once.
   * The result is used again at the next reading.
   */
  forecast(): Forecast {
    this.advance();
    const { history, models } = this;
    const index = history.length - 1;
    const result = this.forecastResult;
    if (index < 0) return result;
    const slot = history.slot(index);
    const origin = history.time[slot];
    const interval = Number.isNaN(this.interval) ? 0 : this.interval;
    const [first] = models;
    result.origin = origin;
    result.naive = history.naive[slot];
    result.existing = history.existingAt(index);
    result.updates = first.updates;
    const { cycle } = this.regressors;
    if (cycle) result.cycle = cycle.state.period;
    else if (result.cycle !== undefined) delete result.cycle;
    if (this.description.steady) result.disagreement = first.disagreement;
    const shares = first.shares(index);
    const { experts } = first;
    for (let e = 0; e < experts.length; e++) result.experts[experts[e]] = shares[e];
    if (this.description.buildOn === "existing") result.experts.last = first.standsIn(index) ? 1 : 0;
    first.tell(index, origin + first.horizon * interval, result);
    if (result.steps)
      for (let m = 0; m < models.length; m++)
        models[m].tell(index, origin + models[m].horizon * interval, result.steps[m]);
    return result;
  }

  /**
   * What each expert forecast alone, to judge them one by one.
   *
   * @param origin ms: the reading from which it was made
   * @param horizon readings ahead, one of the forecaster's; by default the first
   * @returns by name, in the target's unit; NaN where it had no answer, or where it is no longer kept since the label has
   *   come; empty where the reading is no longer kept
   */
  expertsAt(origin: number, horizon = this.models[0].horizon): Partial<Record<Expert, number>> {
    const i = this.history.find(origin, 0);
    const model = this.models.find((one) => one.horizon === horizon);
    return i < 0 || !model ? {} : Object.fromEntries(model.experts.map((name, e) => [name, model.answerFrom(i, e)]));
  }

  /** From now on keeps what `because` needs beside the model itself. */
  askWhy(): void {
    this.recent ??= new RecentValues(this.description.inputs.length);
  }

  /**
   * Why the forecast of the first horizon is another than the one given an hour ago, or at the oldest reading kept (at most
   * 600 back, never across a gap). To be asked after `forecast`; what came before `askWhy` is not known.
   * Cost: 12 n multiply-adds for each input and reading in between: an hour of minutes about as much as a step.
   *
   * @returns undefined as long as there is nothing to compare with
   */
  because(): Because | undefined {
    const { history, state, models, description, regressors } = this;
    const { inputs, target, targetHistory, buildOn } = description;
    const { recent } = this;
    const i = history.length - 1;
    if (!recent || i < 0 || state.forecastIndex < i) return undefined;
    const { value } = models[0];
    let earlier = recent.reference(i, history, state.since);
    // The first readings may have had no forecast yet.
    while (earlier < i && Number.isNaN(value[history.slot(earlier)])) earlier++;
    if (earlier === i) return undefined;
    const [now, then] = [history.slot(i), history.slot(earlier)];
    const change = value[now] - value[then];
    if (!Number.isFinite(change)) return undefined;
    const rows = moved(history, earlier, i);
    const d = history.width;
    const moves = new Float64Array((d + 1) * regressors.width);
    regressors.moves(i, state.since, rows, moves);
    const shares = models[0].attribute(i, state.since, rows, moves);
    const own = shares[d] + (targetHistory ? shares[inputs.length] : 0);
    const existing = shares[d + 1] + (buildOn === "existing" ? shares[d - 1] : 0);
    return because({
      since: history.time[now] - history.time[then],
      change,
      inputs: inputs.map((sensor, k) => ({
        sensor,
        from: recent.at(earlier, k),
        to: recent.at(i, k),
        share: shares[k],
      })),
      own: { sensor: target, from: history.naive[then], to: history.naive[now], share: own },
      existing,
    });
  }

  /** Whether inputs are on their way between levels: until the target's own show it, only they say to which it goes. */
  private get isMoving(): boolean {
    return this.state.settled < RETURN;
  }

  /**
   * How near a reading is to where its sensors have lived: 1 at their levels and not far from them, towards 0 further out.
   * What happens again and again, as a machine that cycles faster than a level is learnt, is nothing strange.
   */
  private familiarityOf(i: number): number {
    const { history, state } = this;
    let strange = 0;
    const at = history.rowAt(i);
    for (let k = 0; k < this.description.inputs.length + (this.description.targetHistory ? 1 : 0); k++)
      strange += (beyond(history.inputs[at + k]) / STRANGE) ** 2;
    const usual = Math.exp(state.usuallyStrange);
    // A quantile, followed by steps; Robbins and Monro 1951.
    state.strange = strange > usual ? state.strange + 1 : 0;
    const step = state.strange === 0 ? -USUAL_SHARE : state.strange <= STAY ? 1 - USUAL_SHARE : 0;
    state.usuallyStrange = Math.max(0, state.usuallyStrange + ACCUSTOMED * step);
    if (this.isMoving && this.models.some(({ linear }) => linear.isAnyKnown)) return 1;
    return 1 / Math.max(1, strange / usual);
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
    if (options.epochs > 1) this.distrustComparison();
    this.approve();
    this.forgetReadings();
    this.state.pretrained = 1;
  }

  /**
   * What was seen of the experts counts for a tenth: they were compared on readings that they had learnt from before, and
   * those that remember most looked best.
   */
  distrustComparison(): void {
    for (const model of this.models) model.distrustComparison();
  }

  /** Today's parameters become the base: what the frozen twin uses and what `rollback` goes back to. */
  approve(): void {
    for (const model of this.models) model.approve();
  }

  /** The parameters of today, without states and scales. */
  checkpoint(): Uint8Array {
    return writeRecord({
      kind: CHECKPOINT,
      version: CHECKPOINT_VERSION,
      description: this.shape,
      parts: this.parameters(),
    });
  }

  /** What parameters of this forecaster belong to. */
  private get shape(): { shape: string } {
    const { inputs, target, horizon, size, steady } = this.description;
    const committee = steady ? `, ${COMMITTEE} learners` : "";
    return { shape: `${target} ← ${inputs.join(", ")} (+${horizon.join(", +")}, ${size} units${committee})` };
  }

  /** The parameters of each horizon's members, by name; of all learners unless others are given. */
  private parameters(
    lists = this.models.map(({ members }) => members.map(({ learner }) => learner.parameters)),
  ): Record<string, { parameters: Float64Array }> {
    const named = (parameters: Float64Array, m: number, member: number) =>
      [member === 0 ? `model${m}` : `model${m}.member${member + 1}`, { parameters }] as const;
    return Object.fromEntries(
      lists.flatMap((list, m) => list.map((parameters, member) => named(parameters, m, member))),
    );
  }

  /**
   * Back to a checkpoint of this forecaster, or to the base where none is given. What was learnt since is gone.
   *
   * @throws RecordError where the bytes are damaged or belong to a model of another shape; nothing was changed
   */
  rollback(checkpoint?: Uint8Array): void {
    const lists = this.models.map(({ members }) => members.map(({ twin }) => twin.parameters.slice()));
    if (checkpoint) {
      const wanted = {
        kind: CHECKPOINT,
        version: CHECKPOINT_VERSION,
        migrations: { 1: (old: Saved) => ({ ...old, description: this.shape }) },
        describe: (description: unknown) => {
          const found = String((description as { shape?: unknown } | null)?.shape);
          if (found !== this.shape.shape) throw mismatch("Checkpoint", found, this.shape.shape);
        },
      };
      const saved = isVersion1(checkpoint) ? accept(readVersion1(checkpoint), wanted) : readRecord(checkpoint, wanted);
      for (const [name, { parameters }] of Object.entries(this.parameters(lists)))
        mustHave(saved, name, "parameters", parameters.length);
      restore(saved, this.parameters(lists));
    }
    this.models.forEach((model, m) => {
      model.restore(lists[m]);
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
    const { state } = this;
    this.history.clear();
    this.recent?.clear();
    for (const model of this.models) model.forgetReadings();
    this.regressors.forgetReadings();
    this.interval_.clear();
    state.lastTime = Number.NaN;
    state.lastActual = Number.NaN;
    state.lastActualIndex = -1;
    state.lastActualTime = Number.NEGATIVE_INFINITY;
    state.waiting = 0;
    state.elsewhere = 0;
    state.labelDoubted = 0;
    state.forecastIndex = -1;
    state.since = 0;
    state.lastGood.fill(Number.NaN);
  }

  /** Norm of the parameters of each horizon, for tests that a model stays finite. */
  parameterNorms(): number[] {
    return this.models.flatMap(({ members }) => members.map(({ learner }) => norm(learner.parameters)));
  }
}

const KIND = "forecaster";
const CHECKPOINT = "checkpoint";
/** Networks of a steady forecaster. */
const COMMITTEE = 3;
/** Version of the records. 1: arrays in the order of the program, without names; 2: rings with room for all readings kept. */
export const RECORD_VERSION = 3;
const CHECKPOINT_VERSION = 2;
/** How records of before become those of today: the rings of version 2 are cut once they are read in. */
const MIGRATIONS = { 1: fromVersion1, 2: (old: Saved): Saved => old };

function describeRecord(description: unknown): Description {
  return describe(Object(description) as ForecasterOptions);
}

function senseless(): RecordError {
  return new RecordError("damaged", "The record's numbers make no sense together: no forecast follows.");
}

function released(): never {
  throw new Error("This forecaster was released: its memory belongs to another one.");
}

function quality(given: number | undefined): number {
  if (given === undefined || Number.isNaN(given)) return 1;
  return given > 1 ? 1 : given < 0 ? 0 : given;
}

function stamp(time: number): string {
  return Math.abs(time) <= LAST_TIME ? isoTime(time) : `${time} ms`;
}
