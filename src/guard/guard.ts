import { type SenderStatus, UNCERTAIN } from "../message/sender-status";
import { type Parts, within } from "../record/part";
import { isRecord, readRecord, restore, writeRecord } from "../record/record";
import { areOther, Clock, isTaken } from "../stream/clock";
import { Contradiction, MOST_SENSORS } from "./contradiction";
import { LastGood } from "./last-good";
import { type DriftState, ModelDrift } from "./model-drift";
import { type Ne107, worse } from "./ne107";
import { type State, worst } from "./quality";
import { ne107Of, type Reason, type Rule } from "./reason";
import { type Patience, Sensor, type SensorLimits, type Tolerance } from "./sensor";

/** What to do when the model has drifted: only say so, learn faster for a while, go back to the last good model, or hold. */
export type DriftAction = "tell" | "faster" | "rollback" | "freeze";

/** How much faster "faster" is. */
const FASTER = 3;
/** More sensors than this on one asset are a flood of names, not a machine. */
const SENSORS = 1000;
/** Where sensors were not named, it is looked again after so many readings who is compared with whom … */
const MUSTER = 100;
/** … who comes in the mean after so many readings joins; who then comes after so many stays. */
const JOINS = 1.5;
const STAYS = 2;
/** Sensors that leave their levels within so many readings of each other have left them together: the plant has moved. */
const TOGETHER = 3;
/** 1, 2: JSON of before records had names. */
const VERSION = 3;
const KIND = "guard";
const SILENT_SENDER: ReadonlyMap<string, SenderStatus> = new Map();

/** What a guard is told; all but the target has a default that is learnt from the sensors. */
export interface GuardOptions {
  /** Sensors that belong in every reading; empty = every number that comes. The target need not be named again. */
  inputs: readonly string[];
  target: string;
  /** Readings ahead of the first forecast; 0 = soft sensor, whose target comes now and then. */
  horizon: number;
  /** What the plant knows of single sensors. */
  sensors?: ReadonlyMap<string, SensorLimits>;
  /** How tolerant the checks are of all sensors; a sensor's own tolerance comes before. */
  tolerance?: Tolerance;
  /** Numbers that stand for "no value", judged only outside what a sensor has shown. Default −200, −999, −9999. */
  sentinels?: readonly number[];
  /** Readings that sensors may contradict each other, or stand still, before that is the plant's new way. Default 1000. */
  contradiction?: number;
  /** Readings after which a level that is new to a sensor is believed. Default 30. */
  newLevel?: number;
  /** Default "tell". */
  action?: DriftAction;
  /** Tolerated excess of the error, alarm and warning threshold; see `ModelDriftOptions`. */
  delta?: number;
  lambda?: number;
  warn?: number;
}

/** The guard's word on a reading. The object is used again at the next reading: copy what you keep. */
export interface Verdict {
  state: State;
  ne107: Ne107;
  /** How much may be learnt from the reading as a whole: 1, or 0 while the model is frozen. */
  learn: number;
  /** Multiplies the learning rate: above 1 while the model is to learn faster. */
  speed: number;
  /** Sensors whose value is not to be used: an estimate stands in, a label is left out. */
  held: string[];
  /** Values that are used and doubtful, by sensor: variance relative to the sensor's own. */
  doubts: Record<string, number>;
  /** What was caught. The reasons themselves are made anew and may be kept. */
  reasons: Reason[];
  /** false: a copy of a reading that has come before. */
  usable: boolean;
  /** ms: the time that the reading was taken for; NaN where it was given none, as for a late label. */
  time: number;
}

/** The part of a forecaster that a guard acts on. */
export interface GuardedModel {
  checkpoint(): Uint8Array;
  rollback(checkpoint?: Uint8Array): void;
}

/** One change of the model's state. */
export interface DriftChange {
  from: DriftState;
  to: DriftState;
  /** Error of the block relative to the usual one. */
  ratio: number;
  evidence: number;
}

/**
 * The guard of one asset: it judges every reading before anything is learnt from it, and watches whether the model that
 * learns stays good. All limits are learnt from the sensors and errors themselves and are relative to them: data in
 * another unit give the same verdicts.
 *
 * @example
 *     const guard = new Guard({ inputs: ["load"], target: "steam", horizon: 1 });
 *     guard.check(0, { load: 3, steam: 7 }).state; // "good"
 *     guard.check(1000, { load: "3,5", steam: 7 }).reasons[0].rule; // "notANumber"
 */
export class Guard {
  private readonly sensors = new Map<string, Sensor>();
  private readonly clock = new Clock();
  private readonly drift: ModelDrift;
  private readonly lastGood = new LastGood();
  private readonly required: ReadonlySet<string>;
  private readonly maintained = new Set<string>();
  private readonly patience_: Patience;
  private readonly action: DriftAction;
  /** Who is compared with each other, in this order. */
  private compared: Sensor[] = [];
  private contradiction: Contradiction;
  private row = new Float64Array(0);
  /** What came with the last reading taken. */
  private came: Readonly<Record<string, unknown>> = {};
  /** What the sender of the present reading says of its values. */
  private sender = SILENT_SENDER;
  private readonly verdict: Verdict = {
    state: "good",
    ne107: "good",
    learn: 1,
    speed: 1,
    held: [],
    doubts: {},
    reasons: [],
    usable: true,
    time: Number.NaN,
  };
  private readonly changes: DriftChange[] = [];
  private readonly state = { readings: 0 };

  constructor(private readonly options: GuardOptions) {
    this.action = options.action ?? "tell";
    this.patience_ = { level: options.newLevel ?? 30, contradiction: options.contradiction ?? 1000 };
    this.drift = new ModelDrift(options);
    this.required = new Set([...options.inputs, options.target]);
    this.contradiction = new Contradiction([], this.patience_.contradiction);
    for (const name of this.required) this.watch(name);
    this.relate();
  }

  private watch(name: string): Sensor {
    const { options } = this;
    const rare = name === options.target && options.horizon === 0;
    const own = options.sensors?.get(name);
    const tolerance = own?.tolerance ? { ...options.tolerance, ...own.tolerance } : options.tolerance;
    const limits = { ...own, tolerance };
    const sensor = new Sensor(name, limits, options.sentinels ?? [-200, -999, -9999], rare, this.patience_);
    this.sensors.set(name, sensor);
    return sensor;
  }

  /** Who is compared with whom: those that were named, else those that come with nearly every reading. */
  private relate(): void {
    const mayBelong = (sensor: Sensor): boolean =>
      Number.isFinite(sensor.toleranceOfOthers) &&
      (this.options.inputs.length > 0 || sensor.usualReadings < (this.compared.includes(sensor) ? STAYS : JOINS));
    const all = [...this.sensors.values()].filter(mayBelong);
    this.compareOnly(all.length <= MOST_SENSORS ? all : []);
  }

  private compareOnly(compared: Sensor[]): void {
    if (
      compared.length > 0 &&
      compared.length === this.compared.length &&
      compared.every((one, k) => one === this.compared[k])
    )
      return;
    this.compared = compared;
    this.row = new Float64Array(this.compared.length);
    const tolerances = this.compared.map(({ toleranceOfOthers }) => toleranceOfOthers);
    this.contradiction = new Contradiction(tolerances, this.patience_.contradiction);
  }

  /** How the model stands. */
  get model(): ModelDrift {
    return this.drift;
  }

  /** ms of the last reading in order; NaN before the first. */
  get lastTime(): number {
    return this.clock.last;
  }

  /** Time after which the next reading is late, ms; NaN as long as the usual interval is not known. */
  get patience(): number {
    return this.clock.patience;
  }

  /** The usual time between two readings, ms; NaN before the second. */
  get interval(): number {
    return this.clock.interval;
  }

  /** Whether the asset, or any sensor of it, is under maintenance. */
  get underMaintenance(): boolean {
    return this.maintained.size > 0;
  }

  /** The last good value of a sensor; NaN where there is none. */
  lastGoodValue(name: string): number {
    return this.sensors.get(name)?.lastGood ?? Number.NaN;
  }

  /**
   * Judges a reading.
   *
   * @param time ms, finite; NaN = the reading brought none
   * @param values what came, by sensor name, of any type
   * @param now ms, its arrival; left out, a reading counts as coming at its own time
   * @param sender what its sender says of single values: one that it calls bad is none, one that it calls uncertain is used
   *   and in doubt
   * Allocates nothing unless something is caught; the result is used again at the next reading.
   */
  check(
    time: number,
    values: Readonly<Record<string, unknown>>,
    now = time,
    sender: ReadonlyMap<string, SenderStatus> = SILENT_SENDER,
  ): Verdict {
    const { verdict } = this;
    this.sender = sender;
    verdict.state = "good";
    verdict.ne107 = "good";
    verdict.held.length = 0;
    verdict.reasons.length = 0;
    verdict.usable = true;
    verdict.learn = this.drift.state === "frozen" ? 0 : 1;
    verdict.time = Number.NaN;
    verdict.doubts = {};
    // The target of a soft sensor comes from an analyser or a laboratory, with a time of its own.
    const label = this.options.horizon === 0 || time <= this.clock.last;
    if (label && this.isLabel(values)) this.checkLabel(values);
    else if (this.checkTime(time, now, values)) this.checkSensors(this.clock.last, values);
    else verdict.learn = 0;
    verdict.speed = this.action === "faster" && this.drift.state === "recovering" ? FASTER : 1;
    return verdict;
  }

  /** Whether a reading holds the target alone: with a time gone by it is a late label, not a reading. */
  private isLabel(values: Readonly<Record<string, unknown>>): boolean {
    if (this.sensors.size < 2 || values[this.options.target] === undefined) return false;
    for (const name of this.sensors.keys()) {
      if (name !== this.options.target && values[name] !== undefined) return false;
    }
    return true;
  }

  private checkLabel(values: Readonly<Record<string, unknown>>): void {
    const sensor = this.sensors.get(this.options.target) as Sensor;
    const value = values[sensor.name];
    if (this.isCalledBad(sensor, value)) {
      this.reportBad(sensor, value);
      return;
    }
    sensor.judgeLabel(value);
    if (sensor.state !== "good") this.report(sensor, value);
    this.addDoubtOfSender(sensor, value);
  }

  private checkTime(time: number, now: number, values: Readonly<Record<string, unknown>>): boolean {
    const { clock, came } = this;
    const patience = clock.patience;
    const said = clock.judge(time, now, time === clock.source && areOther(values, came));
    if (said === "late") this.add("", "late", patience / 1000, "uncertain", patience / 1000, 1, Number.NaN);
    if (said === "standing") this.add("", "frozenClock", time, "uncertain", clock.last, clock.same, Number.NaN);
    if (isTaken(said)) {
      this.came = values;
      this.verdict.time = clock.last;
      return true;
    }
    const rule = said === "out of order" ? "outOfOrder" : said;
    this.add("", rule, time, "bad", clock.last, clock.same, Number.NaN);
    // Whether it is history, or a clock that was set, is for those to say who use it: an alarm hears of it sooner.
    if (said === "duplicate") this.verdict.usable = false;
    return false;
  }

  private checkSensors(time: number, values: Readonly<Record<string, unknown>>): void {
    if (this.options.inputs.length === 0) {
      this.discover(values);
      if (this.state.readings % MUSTER === 0 && !this.contradiction.isAnyAccused) this.relate();
    }
    this.state.readings += 1;
    let moved = 0;
    let hurried = 0;
    let shown = 0;
    for (const sensor of this.sensors.values()) {
      const value = values[sensor.name];
      if (this.isMaintained(sensor) || this.isCalledBad(sensor, value)) continue;
      sensor.judge(value, time, this.required.has(sensor.name));
      if (sensor.isElsewhere) moved += 1;
      if (sensor.isHurried) hurried += 1;
      if (typeof value === "number") shown += 1;
    }
    this.compare(values);
    const together = moved >= 2 ? this.movedTogether() : 0;
    for (const sensor of this.sensors.values()) {
      const value = values[sensor.name];
      if (this.isMaintained(sensor)) {
        this.add(sensor.name, "maintenance", describe(value), "bad", Number.NaN, 1, sensor.lastGood);
        this.verdict.held.push(sensor.name);
        continue;
      }
      if (this.isCalledBad(sensor, value)) {
        this.reportBad(sensor, value);
        continue;
      }
      if (together >= 2 && sensor.isElsewhere) sensor.believe();
      else if (moved > 0 && sensor.isElsewhere && this.isAccompanied(sensor)) sensor.excuse();
      // Faster than ever, as most in the same reading: a machine that trips, between levels that it may know. Two of many
      // have a cable in common.
      else if (sensor.isHurried && moved + hurried >= 2 && moved + hurried > shown / 2) sensor.excuse();
      if (sensor.state !== "good") this.report(sensor, value);
      this.addDoubtOfSender(sensor, value);
    }
  }

  /** How many sensors have left their levels at about the same time: that is no broken sensor. */
  private movedTogether(): number {
    let most = 0;
    for (const one of this.sensors.values()) {
      if (!one.isElsewhere) continue;
      let count = 0;
      for (const other of this.sensors.values())
        if (other.isElsewhere && Math.abs(other.lasting - one.lasting) <= TOGETHER) count += 1;
      most = Math.max(most, count);
    }
    return most;
  }

  /** Whether another sensor has gone to a level that it knows while this one is on its way. */
  private isAccompanied(sensor: Sensor): boolean {
    for (const other of this.sensors.values())
      if (other !== sensor && Math.abs(other.away - sensor.away) <= TOGETHER) return true;
    return false;
  }

  /** What the sensors say of each other, after each was judged by itself. */
  private compare(values: Readonly<Record<string, unknown>>): void {
    const { compared, row, contradiction } = this;
    if (compared.length < 2) return;
    let doubt = 0;
    compared.forEach((sensor, k) => {
      const value = values[sensor.name];
      const isAside = this.isMaintained(sensor) || this.isCalledBad(sensor, value);
      const isUsable = typeof value === "number" && sensor.state !== "bad" && !isAside;
      row[k] = isUsable ? value : Number.NaN;
      // A sensor that shakes or hurries still says how it belongs to the others.
      if (isUsable && sensor.rule !== "noise" && sensor.rule !== "rate") doubt = Math.max(doubt, sensor.doubt);
    });
    contradiction.judge(row, 1 / (1 + doubt));
    if (!contradiction.isAnyAccused) return;
    compared.forEach((sensor, k) => {
      if (contradiction.state.accused[k] === 0 || Number.isNaN(row[k])) return;
      // For forecasts ahead the last value is the plant, and a soft sensor must follow a product that changes.
      const isHeld = !contradiction.isPair && sensor.name !== this.options.target;
      sensor.contradict(isHeld, contradiction.expected(k), contradiction.excess[k], contradiction.lasting);
    });
  }

  private readonly isMaintained = ({ name }: Sensor): boolean =>
    this.maintained.size > 0 && (this.maintained.has("") || this.maintained.has(name));

  /** Whether the sender says that a value which came is none. */
  private isCalledBad({ name }: Sensor, value: unknown): boolean {
    return value !== undefined && this.sender.get(name)?.state === "bad";
  }

  private reportBad(sensor: Sensor, value: unknown): void {
    this.add(sensor.name, "senderBad", this.withCode(sensor, value), "bad", Number.NaN, 1, sensor.lastGood);
    this.verdict.held.push(sensor.name);
  }

  private addDoubtOfSender(sensor: Sensor, value: unknown): void {
    const { name, state } = sensor;
    if (value === undefined || state === "bad" || this.sender.get(name)?.state !== "uncertain") return;
    const { doubts } = this.verdict;
    doubts[name] = Math.max(UNCERTAIN, doubts[name] ?? 0);
    this.add(name, "senderUncertain", this.withCode(sensor, value), "uncertain", Number.NaN, 1, Number.NaN);
  }

  private withCode({ name }: Sensor, value: unknown): string {
    return `${describe(value)}, ${this.sender.get(name)?.code}`;
  }

  /** Watches sensors that come for the first time. */
  private discover(values: Readonly<Record<string, unknown>>): void {
    for (const name in values) {
      if (typeof values[name] === "number" && !this.sensors.has(name) && this.sensors.size < SENSORS) this.watch(name);
    }
  }

  private report(sensor: Sensor, value: unknown): void {
    const rule = sensor.rule as Rule;
    const { state } = sensor;
    const bad = state === "bad";
    this.add(
      sensor.name,
      rule,
      describe(value),
      state,
      sensor.limit,
      sensor.lasting,
      bad ? sensor.lastGood : Number.NaN,
    );
    if (bad) this.verdict.held.push(sensor.name);
    else if (sensor.doubt > 0) this.verdict.doubts[sensor.name] = sensor.doubt;
  }

  private add(
    sensor: string,
    rule: Rule,
    value: number | string,
    state: State,
    limit: number,
    lasting: number,
    held: number,
  ): void {
    const { verdict } = this;
    const ne107 = ne107Of(rule, state);
    verdict.reasons.push({ sensor, rule, value, state, ne107, limit, lasting, held });
    verdict.state = worst(verdict.state, state);
    verdict.ne107 = worse(verdict.ne107, ne107);
  }

  /**
   * Takes in a forecast whose actual value has come, and acts when the model has drifted. Forecasts made or judged with
   * bad sensors say nothing of the model: leave them out.
   *
   * @param error forecast − actual, finite, in the target's unit
   * @param naive the same of the naive forecast, NaN where unknown
   * @param model the forecaster to take snapshots of and to roll back; absent = it is only watched
   * @returns changes of the model's state, mostly none; the array is used again
   */
  score(error: number, naive: number, model?: GuardedModel): readonly DriftChange[] {
    const { drift, changes, lastGood } = this;
    changes.length = 0;
    const before = drift.state;
    const block = drift.add(error, naive);
    if (block === "open") return changes;
    this.note(before);
    if (model && drift.state === "ok") lastGood.offer(drift.block.mean, drift.block.naive, () => model.checkpoint());
    if (block === "changed" && drift.state === "drift") this.act(model);
    return changes;
  }

  private act(model: GuardedModel | undefined): void {
    if (this.action === "freeze") this.change(() => this.drift.freeze());
    else if (this.action === "rollback" && model) this.change(() => this.backToLastGood(model));
    else if (this.action === "faster") this.change(() => this.drift.recover());
  }

  private backToLastGood(model: GuardedModel): void {
    model.rollback(this.lastGood.snapshot);
    this.lastGood.restart();
    this.drift.recover();
  }

  /** Back to the last good model, or to the base where none is known; then it is watched whether that helps. */
  rollback(model: GuardedModel): readonly DriftChange[] {
    this.changes.length = 0;
    return this.change(() => this.backToLastGood(model));
  }

  /** Holds the model as it is: nothing is learnt until `resume`. */
  freeze(): readonly DriftChange[] {
    this.changes.length = 0;
    return this.change(() => this.drift.freeze());
  }

  /** Ends a freeze. */
  resume(): readonly DriftChange[] {
    this.changes.length = 0;
    return this.change(() => this.drift.resume());
  }

  /** Somebody works on the asset, or on one sensor of it: its values are not the process's until this is taken back. */
  maintain(on: boolean, sensor = ""): void {
    if (on) this.maintained.add(sensor);
    else if (sensor === "") this.maintained.clear();
    else this.maintained.delete(sensor);
  }

  /** Sensors that contradict each other are right all the same: how they belong together is learnt anew. */
  accept(): void {
    this.contradiction.restart();
  }

  /**
   * Somebody has moved a set point or changed the product: a new level is believed at once, now and within the next 30
   * readings, or as many as it is else in doubt at most where that is more.
   *
   * @param name of the sensor, empty for all
   * @returns whether there is such a sensor
   */
  expectLevel(name = ""): boolean {
    const meant = [...this.sensors.values()].filter((sensor) => name === "" || sensor.name === name);
    for (const sensor of meant) sensor.expectLevel();
    return meant.length > 0;
  }

  private change(act: () => void): readonly DriftChange[] {
    const before = this.drift.state;
    act();
    this.note(before);
    return this.changes;
  }

  private note(from: DriftState): void {
    const { state, ratio, evidence } = this.drift;
    if (state !== from) this.changes.push({ from, to: state, ratio, evidence });
  }

  /** All that the guard has learnt, as one record. */
  save(): Uint8Array {
    const { snapshot } = this.lastGood;
    const description = {
      sensors: [...this.sensors.keys()],
      compared: this.compared.map(({ name }) => name),
      maintained: [...this.maintained],
      snapshot: snapshot && Buffer.from(snapshot).toString("base64"),
    };
    return writeRecord({
      kind: KIND,
      version: VERSION,
      description,
      parts: this.parts([...this.sensors.keys()], true),
    });
  }

  /**
   * The guard that `save` has written, with the options of today; it goes on exactly as the saved one would have. Of a
   * guard saved before records had names, maintenance and the last good model are taken over; what its sensors are like
   * is learnt anew.
   *
   * @throws Error where the bytes are not what `save` writes
   */
  static load(bytes: Uint8Array, options: GuardOptions): Guard {
    const guard = new Guard(options);
    if (!isRecord(bytes)) {
      const old = JSON.parse(Buffer.from(bytes).toString("utf8"));
      if (!(old?.version >= 1 && old.version < VERSION))
        throw new Error(`A saved guard of version ${old?.version} cannot be read.`);
      guard.take({ ...old, sensors: [], compared: [] });
      return guard;
    }
    const saved = readRecord(bytes, { kind: KIND, version: VERSION, describe: described });
    guard.take(saved.description);
    const { sensors, compared } = saved.description;
    const isSame = compared.join("\n") === guard.compared.map(({ name }) => name).join("\n");
    for (const sensor of guard.sensors.values()) sensor.makeRoom();
    restore(saved, guard.parts(sensors, isSame));
    for (const sensor of guard.sensors.values()) sensor.tidy();
    return guard;
  }

  private take({ sensors, compared, maintained, snapshot }: Described): void {
    for (const name of sensors) if (!this.sensors.has(name)) this.watch(name);
    if (this.options.inputs.length === 0)
      this.compareOnly(compared.flatMap((name) => this.sensors.get(name) ?? []).slice(0, MOST_SENSORS));
    else this.relate();
    for (const sensor of maintained) this.maintained.add(sensor);
    this.lastGood.restore(snapshot === undefined ? undefined : Buffer.from(snapshot, "base64"));
  }

  /**
   * All numbers, by name.
   *
   * @param names of the sensors, in the order of the record
   * @param related whether what the sensors say of each other belongs to it
   */
  private parts(names: readonly string[], related: boolean): Parts {
    const { drift, contradiction, lastGood } = this;
    const sensors = names.map((name, i) => within(String(i), (this.sensors.get(name) as Sensor).parts()));
    return {
      guard: this.state,
      clock: this.clock.state,
      lastGood: lastGood.s,
      drift: drift.s,
      blocks: drift.block.s,
      test: drift.test.s,
      ...(related && { contradiction: contradiction.state, relation: contradiction.relation.state }),
      ...Object.assign({}, ...sensors),
    };
  }
}

/** What a record says of a guard beside numbers. */
interface Described {
  sensors: string[];
  /** Those that are compared with each other, in the order of their numbers. */
  compared: string[];
  maintained: string[];
  snapshot?: string;
}

function described(description: unknown): Described {
  const { sensors, compared, maintained, snapshot } = Object(description) as Partial<Described>;
  const areNames = (list: unknown): list is string[] =>
    Array.isArray(list) && list.length <= SENSORS && list.every((name) => typeof name === "string");
  if (!areNames(sensors) || !areNames(compared) || !areNames(maintained))
    throw new RangeError("sensors are a list of names");
  if (snapshot !== undefined && typeof snapshot !== "string") throw new RangeError("the last good model is no text");
  return { sensors, compared, maintained, snapshot };
}

/** What came, fit for a message: a finite number, or a short text. */
function describe(value: unknown): number | string {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value === "string") return value.length > 40 ? `${value.slice(0, 40)}…` : value;
  if (value === null || value === undefined || typeof value === "number" || typeof value === "boolean")
    return String(value);
  return Array.isArray(value) ? "array" : typeof value;
}
