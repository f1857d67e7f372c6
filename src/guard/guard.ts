import { Clock, isTaken } from "../stream/clock";
import { Crew } from "./crew";
import { LastGood } from "./last-good";
import { type DriftState, ModelDrift } from "./model-drift";
import { type Ne107, worse } from "./ne107";
import { LearnWeight, type State, worst } from "./quality";
import { ne107Of, type Reason, type Rule } from "./reason";
import { Sensor, type SensorLimits, type Tolerance } from "./sensor";

/** What to do when the model has drifted: only say so, learn faster for a while, go back to the last good model, or hold. */
export type DriftAction = "tell" | "faster" | "rollback" | "freeze";

/** How much faster "faster" is. */
const FASTER = 3;
/** More sensors than this on one asset are a flood of names, not a machine. */
const SENSORS = 1000;
/** Sensors came to a stop together if they did so within so many readings, or within this share of the time since. */
const TOGETHER = 10;
const TOGETHER_SHARE = 0.2;
const VERSION = 3;

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
  /** Readings in a row that sensors may contradict each other before that is taken for the plant's new way. Default 1000. */
  contradiction?: number;
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
  /** How much to learn from the reading, 0 … 1. */
  learn: number;
  /** Multiplies the learning rate: above 1 while the model is to learn faster. */
  speed: number;
  /** Sensors whose value is not to be used: the last good one stands in, a label is left out. */
  held: string[];
  /** What was caught. The reasons themselves are made anew and may be kept. */
  reasons: Reason[];
  /** false: the reading has no usable time, so that no forecast can be made of it. */
  usable: boolean;
  /** Which sensors had lied at so many readings just before this one, unnoticed; mostly none. */
  retract: { sensors: string[]; readings: number };
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
  private readonly weight = new LearnWeight();
  private readonly drift: ModelDrift;
  private readonly lastGood = new LastGood();
  private readonly required: ReadonlySet<string>;
  private readonly maintained = new Set<string>();
  private readonly crew: Crew;
  private readonly action: DriftAction;
  private readonly verdict: Verdict = {
    state: "good",
    ne107: "good",
    learn: 1,
    speed: 1,
    held: [],
    reasons: [],
    usable: true,
    retract: { sensors: [], readings: 0 },
  };
  private readonly changes: DriftChange[] = [];

  constructor(private readonly options: GuardOptions) {
    this.action = options.action ?? "tell";
    this.crew = new Crew(options.contradiction ?? 1000);
    this.drift = new ModelDrift(options);
    this.required = new Set([...options.inputs, options.target]);
    for (const name of this.required) this.watch(name);
  }

  private watch(name: string): Sensor {
    const { options } = this;
    const rare = name === options.target && options.horizon === 0;
    const own = options.sensors?.get(name);
    const limits = { ...own, tolerance: { ...options.tolerance, ...own?.tolerance } };
    const sensor = new Sensor(name, limits, options.sentinels ?? [-200, -999, -9999], rare);
    this.sensors.set(name, sensor);
    return sensor;
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

  /** The snapshot of the last good model; undefined as long as there is none. */
  get snapshot(): Uint8Array | undefined {
    return this.lastGood.snapshot;
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
   * Allocates nothing unless something is caught; the result is used again at the next reading.
   */
  check(time: number, values: Readonly<Record<string, unknown>>, now = time): Verdict {
    const { verdict } = this;
    verdict.state = "good";
    verdict.ne107 = "good";
    verdict.held.length = 0;
    verdict.reasons.length = 0;
    verdict.usable = true;
    verdict.retract.sensors.length = 0;
    verdict.retract.readings = 0;
    // The target of a soft sensor comes from an analyser or a laboratory, with a time of its own.
    const label = this.options.horizon === 0 || time <= this.clock.last;
    if (label && this.isLabel(values)) this.checkLabel(values);
    else if (this.checkTime(time, now)) this.checkSensors(this.clock.last, values);
    verdict.learn = verdict.usable ? this.weight.next(verdict.state) : 0;
    if (this.drift.state === "frozen") verdict.learn = 0;
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
    const state = sensor.judgePlain(values[sensor.name]);
    if (state !== "good") this.report(sensor, values[sensor.name], state);
  }

  private checkTime(time: number, now: number): boolean {
    const { clock } = this;
    const patience = clock.patience;
    const said = clock.judge(time, now);
    if (said === "late") this.add("", "late", patience / 1000, "uncertain", patience / 1000, 1, Number.NaN);
    if (said === "standing") this.add("", "frozenClock", time, "uncertain", clock.last, clock.same, Number.NaN);
    if (isTaken(said)) return true;
    const rule = said === "out of order" ? "outOfOrder" : said;
    this.add("", rule, time, "bad", clock.last, clock.same, Number.NaN);
    this.verdict.usable = false;
    return false;
  }

  private checkSensors(time: number, values: Readonly<Record<string, unknown>>): void {
    if (this.options.inputs.length === 0) this.discover(values);
    let still = 0;
    for (const sensor of this.sensors.values()) {
      if (this.isMaintained(sensor)) continue;
      sensor.judge(values[sensor.name], time, this.required.has(sensor.name));
      if (sensor.rule === "flatline") still += 1;
    }
    this.crew.judge(this.sensors, values, this.isMaintained);
    for (const sensor of this.sensors.values()) {
      const value = values[sensor.name];
      if (this.isMaintained(sensor)) {
        this.add(sensor.name, "maintenance", describe(value), "bad", Number.NaN, 1, sensor.lastGood);
        this.verdict.held.push(sensor.name);
        continue;
      }
      const state = sensor.rule === "flatline" && this.rests(sensor, still) ? "uncertain" : sensor.state;
      if (state !== "good") this.report(sensor, value, state);
      this.retract(sensor.name, sensor.settle(state));
    }
  }

  private retract(sensor: string, readings: number): void {
    const { retract } = this.verdict;
    if (readings === 0) return;
    retract.sensors.push(sensor);
    retract.readings = Math.max(retract.readings, readings);
  }

  /**
   * Whether a sensor stands still because its machine does. Sensors do not get stuck in company: where others stand still
   * as well, and this one has stood there before, or came to a stop at about the same time as another, or after one of two
   * others, the machine rests. Where all stand still, what sends them does.
   *
   * @param still how many sensors stand still
   */
  private rests(sensor: Sensor, still: number): boolean {
    if (still < 2 || still === this.sensors.size) return false;
    if (sensor.isFamiliar) return true;
    for (const other of this.sensors.values()) {
      if (other === sensor || other.rule !== "flatline") continue;
      if (still > 2 && other.run > sensor.run) return true;
      const [shorter, longer] = [Math.min(sensor.run, other.run), Math.max(sensor.run, other.run)];
      if (longer - shorter <= TOGETHER + TOGETHER_SHARE * longer) return true;
    }
    return false;
  }

  private readonly isMaintained = ({ name }: Sensor): boolean =>
    this.maintained.size > 0 && (this.maintained.has("") || this.maintained.has(name));

  private discover(values: Readonly<Record<string, unknown>>): void {
    for (const name in values) {
      if (typeof values[name] === "number" && !this.sensors.has(name) && this.sensors.size < SENSORS) this.watch(name);
    }
  }

  private report(sensor: Sensor, value: unknown, state: State): void {
    const rule = sensor.rule as Rule;
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
    this.crew.restart();
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

  /** All that the guard has learnt, as JSON in UTF-8. */
  save(): Uint8Array {
    const { snapshot } = this.lastGood;
    return Buffer.from(
      JSON.stringify({
        version: VERSION,
        sensors: [...this.sensors.values()].map((sensor) => [sensor.name, pack(sensor.buffers())]),
        clock: this.clock.state,
        asset: pack(this.buffers()),
        maintained: [...this.maintained],
        crew: this.crew.names,
        agreement: pack(this.crew.buffers()),
        snapshot: snapshot && Buffer.from(snapshot).toString("base64"),
      }),
    );
  }

  /**
   * The guard that `save` has written, with the options of today; it goes on exactly as the saved one would have.
   *
   * @throws Error where the bytes are not what `save` writes
   */
  static load(bytes: Uint8Array, options: GuardOptions): Guard {
    const saved = JSON.parse(Buffer.from(bytes).toString("utf8"));
    if (saved?.version !== VERSION) throw new Error(`A saved guard of version ${saved?.version} cannot be read.`);
    const guard = new Guard(options);
    // JSON has null where a number is not known.
    for (const [name, number] of Object.entries(saved.clock))
      Object.assign(guard.clock.state, { [name]: number ?? NaN });
    unpack(saved.asset, guard.buffers());
    for (const [name, numbers] of saved.sensors) {
      unpack(numbers, (guard.sensors.get(name) ?? guard.watch(name)).buffers());
    }
    for (const sensor of saved.maintained) guard.maintained.add(sensor);
    guard.crew.restore(saved.crew, guard.sensors);
    unpack(saved.agreement, guard.crew.buffers());
    guard.lastGood.restore(saved.snapshot && Buffer.from(saved.snapshot, "base64"));
    return guard;
  }

  private buffers(): Float64Array[] {
    return [...this.weight.buffers(), ...this.drift.buffers(), ...this.lastGood.buffers()];
  }
}

/** What came, fit for a message: a finite number, or a short text. */
function describe(value: unknown): number | string {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value === "string") return value.length > 40 ? `${value.slice(0, 40)}…` : value;
  if (value === null || value === undefined || typeof value === "number" || typeof value === "boolean")
    return String(value);
  return Array.isArray(value) ? "array" : typeof value;
}

/** Numbers bit by bit, so that what is not finite survives JSON. */
function pack(buffers: readonly Float64Array[]): string {
  return Buffer.concat(buffers.map((b) => Buffer.from(b.buffer, b.byteOffset, b.byteLength))).toString("base64");
}

function unpack(text: string, buffers: readonly Float64Array[]): void {
  const bytes = Buffer.from(text, "base64");
  const wanted = buffers.reduce((sum, b) => sum + b.byteLength, 0);
  if (bytes.length !== wanted) throw new Error(`A saved guard holds ${bytes.length} bytes, not ${wanted}.`);
  let at = 0;
  for (const b of buffers) {
    Buffer.from(b.buffer, b.byteOffset, b.byteLength).set(bytes.subarray(at, at + b.byteLength));
    at += b.byteLength;
  }
}
