import { Arena } from "../kernel/arena";
import type { Parts } from "../record/part";
import { f64, state } from "../record/state";
import type { RunningRms } from "../stream/running-rms";
import type { UsualSpacing } from "../stream/usual-spacing";
import { DeadTimes, SLOTS } from "./dead-time";
import type { History } from "./history";
import type { ColumnRange } from "./least-squares";
import { Lru } from "./lru";
import { LAGS } from "./network";
import { Period } from "./period";
import { PlainColumns } from "./plain-columns";
import { productsOf } from "./products";
import { Random } from "./random";
import { DAY, Seasons } from "./seasons";
import type { SensorRow } from "./sensor-row";

/** A change of more than so many usual ones. */
const JUMP = 6;
/** Share of what was learnt that is kept from label to label: ahead, and by a soft sensor, whose labels are rarer. */
const FORGETTING_AHEAD = 0.999;
export const FORGETTING = 0.9998;
/** Up to this leverage the answers count: they double the variance of a label's error, ahead they add half of it … */
export const FAMILIAR = 1;
const FAMILIAR_AHEAD = 0.5;
/** … and where answers soon lead far, by squares of the inputs or over all levels ahead, they hardly add to it. */
const FAMILIAR_FAR = 0.25;
/** A cycle that is so long, ms, and that a day holds a whole number of times, is a part of the day's shape. */
const PART_OF_DAY = 3 * 3_600_000;
/** A cycle that differs by less is the same. */
const SAME = 0.02;

/**
 * The columns that the linear experts see of each reading: the states of a recurrent unit that is drawn once and never
 * learns, the last changes of the inputs, the inputs, 1, the last changes of the target, the offsets of the inputs and
 * their changes, and last what the inputs were a dead time ago. Of a soft sensor the products of the inputs instead of the
 * target's changes, offsets and dead times, which its squares alone see. An input says where the plant is at its level, its
 * offset where that level lies: a sensor that speaks otherwise from one day on has another offset and says the same.
 */
export class Regressors {
  /** Where the inputs begin in a row; behind them 1 and the last changes, or the products. */
  readonly inputs: number;
  /** What each regression sees of a row: all columns, and ahead the plain ones; of a soft sensor without and with products. */
  readonly ranges: readonly ColumnRange[];
  readonly seasons: Seasons;
  /** The cycle of the target that was found from its readings. */
  private readonly period: Period;
  /** What was at the same time of the cycles before; undefined where none was found. */
  cycle: Seasons | undefined;
  private readonly state;
  private readonly layer: Lru;
  readonly arena: Arena;
  private readonly history: History;
  private readonly lagScales: readonly RunningRms[];
  private readonly ahead: boolean;
  /** How many columns of a reading are sensors; what the recurrent unit sees of one. */
  private readonly sensors: number;
  private readonly seen: Float32Array;
  /** How long after the inputs the target moves. */
  readonly deadTimes: DeadTimes;
  /** By column of a dead time: so many readings later than that. */
  private readonly leads: readonly number[];
  /** The sensors over all levels, ahead also the target. */
  readonly plainColumns: PlainColumns | undefined;
  /** Ahead: where these begin in a row, with 1 behind them. */
  private readonly asTheyLie: number;
  /** Whether what was at the same time before is asked for. */
  private readonly isSeasonal: boolean;
  /** The usual time between two readings. */
  readonly spacing: UsualSpacing;
  /** The row of the reading asked for last. */
  private readonly columns: Float32Array;

  /**
   * @param of units of the recurrent unit; light: none of it, only what the networks see; the asset's readings and the
   *   running RMS of its target's one-step changes by its place; where inputs and target live; horizons, readings ahead; seed of the draw; arena: where the numbers lie
   */
  constructor(of: {
    units: number;
    light?: boolean;
    history: History;
    lagScales: readonly RunningRms[];
    spacing: UsualSpacing;
    sensors: Pick<SensorRow, "levels" | "targetLevels">;
    horizons: readonly number[];
    seed: number;
    arena?: Arena;
  }) {
    const { history, horizons, light = false, arena = Arena.plain() } = of;
    const ahead = horizons[0] > 0;
    const units = light ? 0 : of.units;
    this.arena = arena;
    this.isSeasonal = ahead && !light;
    this.seasons = new Seasons(this.isSeasonal);
    this.period = new Period(this.isSeasonal);
    this.history = history;
    this.lagScales = of.lagScales;
    this.spacing = of.spacing;
    this.ahead = ahead;
    const { levels, targetLevels } = of.sensors;
    this.sensors = levels.length;
    if (!ahead || !light) this.plainColumns = new PlainColumns(ahead ? [...levels, targetLevels] : levels, history);
    this.seen = arena.f32(history.width);
    const d = history.width;
    const inputs = 2 * units + d;
    this.inputs = inputs;
    const plain = inputs + d + 1;
    const products = productsOf(d).length;
    const offsets = light ? 0 : ahead ? 2 * d : d;
    this.deadTimes = new DeadTimes(history, light ? 0 : levels.length, ahead ? 0 : 1);
    const [first] = horizons;
    const last = horizons[horizons.length - 1];
    this.leads = ahead ? [...new Set([first, last]), 0] : [0, -1];
    const delayed = light ? 0 : SLOTS * this.leads.length;
    const width = plain + (ahead ? LAGS : light ? 0 : products) + offsets + delayed;
    this.asTheyLie = width;
    const few = ahead && this.plainColumns ? this.plainColumns.count + 1 : 0;
    this.columns = arena.f32(width + few);
    const drawn = new Lru(units, d, new Float64Array(Lru.parameterCount(units, d)));
    drawn.initialise(new Random(of.seed));
    this.layer = new Lru(units, d, arena.share(drawn.parameters), arena);
    this.layer.refresh();
    this.state = this.newState();
    const told = { seesLevels: true, dormant: delayed };
    const all = { from: 0, to: width, forgetting: FORGETTING_AHEAD, familiar: FAMILIAR_AHEAD, ...told };
    const atLevel = {
      from: 0,
      to: plain,
      forgetting: FORGETTING,
      familiar: FAMILIAR,
      seesLevels: false,
      dormant: 0,
      grows: false,
    };
    const squared = { from: inputs, to: width, forgetting: FORGETTING, familiar: FAMILIAR_FAR, ...told };
    const plainly = { ...all, from: width, to: width + few, familiar: FAMILIAR_FAR, dormant: 0 };
    this.ranges = light ? [] : ahead ? [all, plainly] : [atLevel, squared];
  }

  /** A state of the recurrent unit, as before the first reading. */
  newState(): { h: Float64Array } {
    return state({ h: f64(2 * this.layer.units) }, this.arena.take);
  }

  /** Brings a state of the recurrent unit on by a reading that is kept. */
  follow(h: Float64Array, i: number): void {
    const { layer, seen } = this;
    for (let k = 0; k < seen.length; k++) seen[k] = this.see(i, k);
    layer.forward(h, seen, 0);
  }

  /**
   * What the recurrent unit sees of a reading. Ahead the sensors as they lie over all levels: at a level alone it would not
   * remember where they have been. Of a soft sensor the sensors alone: the last label, held until the next one, would tell
   * how old it is, which is always the same where labels come and another between.
   */
  private see(i: number, k: number): number {
    const { ahead, plainColumns, sensors, history } = this;
    if (!ahead) return k < sensors ? history.inputs[history.rowAt(i) + k] : 0;
    return plainColumns && k < plainColumns.count ? plainColumns.balanced(i, k) : 0;
  }

  /** As `Horizon.correct`. */
  correct(change: Float64Array): void {
    this.layer.correct(
      this.state.h,
      change.map((x, k) => (k < this.sensors ? x : 0)),
    );
  }

  /**
   * Takes in the values of reading i, the newest one, as they are used.
   *
   * @param values of the inputs, and last the target's, in their units
   */
  takeValues(i: number, values: ArrayLike<number>): void {
    this.plainColumns?.take(i, values);
  }

  /**
   * Takes in reading i, the newest one, whose inputs the history holds.
   *
   * @param since as in `row`
   * @returns its row
   */
  take(i: number, since: number): Float32Array {
    this.deadTimes.update(i, since);
    this.follow(this.state.h, i);
    return this.row(i, since);
  }

  /** Mean time between two readings, ms: one that is lost must not move what is due by a whole reading. */
  get interval(): number {
    return this.period.interval;
  }

  /** What was at the same time before: of the cycles of the target where it has some, else of the days. */
  get past(): Seasons {
    return this.cycle ?? this.seasons;
  }

  /** Whether what was read in makes sense together. */
  get isSound(): boolean {
    return this.seasons.isSound && this.past.isSound && this.deadTimes.isSound;
  }

  /** Begins to keep what was at the same time of the cycles before. */
  followCycle(): Seasons {
    this.cycle ??= new Seasons();
    return this.cycle;
  }

  /**
   * Takes in an actual value.
   *
   * @param time ms
   * @param interval usual time between two readings in ms; NaN while it is not known
   */
  takeActual(time: number, value: number, interval: number): void {
    if (!this.isSeasonal) return;
    const { seasons, period } = this;
    seasons.update(time, value, interval);
    period.update(value, interval);
    const length = period.duration;
    const inDay = DAY / length;
    const isPartOfDay = length >= PART_OF_DAY && Math.abs(inDay / Math.round(inDay) - 1) < SAME;
    if (!(length > 0) || length > 2 * DAY || isPartOfDay) this.cycle = undefined;
    else {
      const cycle = this.followCycle();
      if (Math.abs(length / cycle.state.period - 1) > SAME) cycle.follow(length);
      cycle.update(time, value, interval);
    }
  }

  /**
   * The columns of a reading that is kept. The array is used again for the next one.
   *
   * @param since index of the first reading after the last gap: no differences reach across it
   * @param h state of the recurrent unit at that reading; not said: it is the newest one
   */
  row(i: number, since: number, h = this.state.h): Float32Array {
    const { columns, history } = this;
    const d = history.width;
    const { inputs, offsets } = history;
    let at = 0;
    for (; at < h.length; at++) columns[at] = h[at];
    const now = history.rowAt(i);
    const before = i > since && i > history.first ? history.rowAt(i - 1) : now;
    for (let k = 0; k < d; k++) columns[at++] = inputs[now + k] - inputs[before + k];
    for (let k = 0; k < d; k++) columns[at++] = inputs[now + k];
    columns[at++] = 1;
    if (this.ahead) this.fillChanges(i, since, at);
    else if (!this.isLight) this.fillProducts(now, at);
    if (this.isLight) return columns;
    this.fillDelayed(i, since);
    if (this.ahead) {
      this.plainColumns?.fill(i, columns, this.asTheyLie);
      columns[columns.length - 1] = 1;
    }
    at = this.asTheyLie - this.delayed - d;
    for (let k = 0; k < d; k++) columns[at + k] = offsets[now + k];
    if (this.ahead) for (let k = 0; k < d; k++) columns[at - d + k] = offsets[now + k] - offsets[before + k];
    return columns;
  }

  /**
   * By how much the inputs and the target's own past have moved the columns of a reading since an earlier one, each taken
   * alone: what would be different had it stayed. The products of two inputs are split evenly.
   *
   * @param i and since as in `row`
   * @param moved by how much the inputs were away from where they were then, reading by reading; the last one is i
   * @param to one row of `width` numbers for each input and, last, one for the target's own past; overwritten
   */
  moves(i: number, since: number, moved: Float64Array, to: Float64Array): void {
    const { history, layer, inputs } = this;
    const d = history.width;
    const steps = moved.length / d;
    const row = this.row(i, since);
    const { width, isLight, asTheyLie, plainColumns } = this;
    const offsets = asTheyLie - this.delayed - d;
    const [now, then] = [history.rowAt(i), history.rowAt(i - steps)];
    to.fill(0);
    const seen = moved.map((_, m) => this.see(i - steps + 1 + Math.floor(m / d), m % d) - this.see(i - steps, m % d));
    for (let k = 0; k < d; k++) {
      const at = k * width;
      layer.effect(seen, steps, k, to, at);
      to[at + inputs - d + k] = row[inputs - d + k];
      to[at + inputs + k] = moved[moved.length - d + k];
      if (isLight) continue;
      if (this.ahead) to[at + offsets - d + k] = row[offsets - d + k];
      to[at + offsets + k] = history.offsets[now + k] - history.offsets[then + k];
    }
    if (this.ahead && plainColumns)
      for (let k = 0; k < plainColumns.count; k++)
        to[(k < this.sensors ? k : d) * width + asTheyLie + k] = plainColumns.at(i, k) - plainColumns.at(i - steps, k);
    const behind = inputs + d + 1;
    if (!isLight) this.moveDelayed(i, since, steps, to);
    if (this.ahead)
      for (let lag = 0; lag < Math.min(LAGS, steps); lag++) to[d * width + behind + lag] = row[behind + lag];
    else if (!this.isLight) this.moveProducts(row, moved, to);
  }

  /** How many columns the dead times have. */
  private get delayed(): number {
    return this.isLight ? 0 : SLOTS * this.leads.length;
  }

  /** Which columns tell of the dead time in a slot: how many from the end the first one is, and how many they are. */
  columnsOf(slot: number): { from: number; count: number } {
    const count = this.leads.length;
    return { from: this.delayed - slot * count, count };
  }

  /** How many readings before the newest one a column of a dead time lies; 0 where the target has shown it already. */
  private lag(slot: number, lead: number): number {
    const { used, lags } = this.deadTimes.state;
    return used[slot] > 0 ? Math.max(0, lags[slot] - lead) : 0;
  }

  private fillDelayed(i: number, since: number): void {
    const { columns, deadTimes, leads } = this;
    if (!deadTimes.isAny) return;
    let at = this.asTheyLie - this.delayed;
    for (let slot = 0; slot < SLOTS; slot++)
      for (const lead of leads) {
        const lag = this.lag(slot, lead);
        columns[at++] = lag > 0 ? deadTimes.value(slot, i, lag, since) : 0;
      }
  }

  private moveDelayed(i: number, since: number, steps: number, to: Float64Array): void {
    const { deadTimes, leads, width } = this;
    let at = this.asTheyLie - this.delayed;
    for (let slot = 0; slot < SLOTS; slot++)
      for (const lead of leads) {
        const lag = this.lag(slot, lead);
        if (lag > 0) {
          const stayed = deadTimes.value(slot, i, lag, since, i - steps);
          to[deadTimes.inputOf(slot) * width + at] = deadTimes.value(slot, i, lag, since) - stayed;
        }
        at++;
      }
  }

  private moveProducts(row: Float32Array, moved: Float64Array, to: Float64Array): void {
    const { inputs, width } = this;
    const d = this.history.width;
    const last = moved.length - d;
    productsOf(d).forEach(([k, l], p) => {
      const at = inputs + d + 1 + p;
      to[k * width + at] += moved[last + k] * (row[inputs + l] - moved[last + l] / 2);
      to[l * width + at] += moved[last + l] * (row[inputs + k] - moved[last + k] / 2);
    });
  }

  /** Whether there are no linear experts. */
  get isLight(): boolean {
    return this.ranges.length === 0;
  }

  /** How many columns there are. */
  get width(): number {
    return this.columns.length;
  }

  /** The last changes of the target, in units of their running RMS where the target is. */
  private fillChanges(i: number, since: number, from: number): void {
    const { history, columns } = this;
    const { naive } = history;
    let slot = history.slot(i);
    const sigma = this.lagScales[history.place[slot]].value;
    let later = naive[slot];
    for (let lag = 1; lag <= LAGS; lag++) {
      let change = 0;
      if (i - lag >= since) {
        slot = history.before(slot);
        const earlier = naive[slot];
        // Before the first actual value there is nothing to differ from.
        if (sigma > 0 && !Number.isNaN(earlier)) change = (later - earlier) / sigma;
        later = earlier;
      }
      // A jump to another level is no change that comes back: the farther, the less it says.
      columns[from + lag - 1] = Math.abs(change) > JUMP ? JUMP ** 2 / change : change;
    }
  }

  private fillProducts(u: number, from: number): void {
    const { history, columns } = this;
    const { inputs, width } = history;
    let at = from;
    for (const [k, l] of productsOf(width)) columns[at++] = inputs[u + k] * inputs[u + l];
  }

  /** Forgets what was seen; what was learnt stays. */
  forgetReadings(): void {
    this.state.h.fill(0);
    this.seasons.clear();
    this.period.clear();
    this.cycle = undefined;
  }

  /** All that has to be remembered, by name. */
  parts(): Parts {
    return {
      regressors: this.state,
      ...this.plainColumns?.parts(),
      ...(this.isLight ? {} : { deadTimes: this.deadTimes.state }),
      ...(this.isSeasonal ? { seasons: this.seasons.state, period: this.period.state } : {}),
      ...(this.cycle ? { cycle: this.cycle.state } : {}),
    };
  }
}
