import { f32, state } from "../record/state";

export const DAY = 86_400_000;
/** Days, or periods, that are kept: two weeks, and the day at hand. */
const KEPT = 15;
/** A week has a shape of its own: days of work and days of rest. */
const WEEK = 7;
/** Share of the newest week in the usual shape of a week, or of the newest period in that of another one. */
const NEW = 0.15;
/** Farther ahead of the newest bin no change of summer time is looked for, ms. */
const AHEAD = 2 * DAY;
/** Clocks are put on at a quarter of an hour. */
const QUARTER = DAY / 96;
/** Times of day that are told apart, at most. */
const MOST_BINS = 96;
/** Widths of a time of day in ms: parts of a day from a quarter of an hour to four hours. */
const WIDTHS = [15, 20, 30, 60, 120, 180, 240].map((minutes) => minutes * 60_000);

/** How many columns `columns` fills. */
export const SEASONAL_COLUMNS = 8;
/** A change that differs by a smaller share is the same. */
const NEARLY = 0.5;

/**
 * What the target was at the same time of the day, yesterday and up to two weeks ago: means over times of day, a quarter of
 * an hour wide or as wide as the readings are apart. Nothing has to be said by the user: where days have no shape, the
 * columns explain nothing, and the mixer gives them no weight. The same of another period, such as the cycle of a machine.
 *
 * A shift begins by the clock on the wall: the same time of a day before a change of summer time is 23 or 25 hours ago.
 */
export class Seasons {
  /** How far the clock on the wall is ahead of UTC at a time, ms. */
  offset: (time: number) => number = () => 0;
  /** When the clock on the wall was last put on or back among the days kept, and by how much, ms; looked up for a bin. */
  private readonly clockChange = { bin: -1, time: Number.NaN, by: 0 };
  /** How far the clock on the wall is ahead of UTC at the newest bin, ms. */
  private clock = 0;

  readonly state;

  /** @param isUsed whether there is room for values: where nobody asks for them, none is taken */
  constructor(isUsed = true) {
    this.state = state({
      /** ms */
      period: DAY,
      /** ms; 0 = not known yet. */
      width: 0,
      /** Whether readings come much more often than the width: values between two are then interpolated. */
      dense: 0,
      /**
       * How far the middle of a bin lies behind a multiple of the width, ms; NaN = half of it. Where readings come as often as
       * bins they stand in the middle: on an edge each second would fall into the bin before by being early by some ms.
       */
      phase: Number.NaN,
      /** Number of the newest bin since 1970, and of the values in it. */
      newest: -1,
      count: 0,
      means: f32(isUsed ? KEPT * MOST_BINS : 0, { start: Number.NaN }),
      /** By time of the week on the wall, or by place in another period: its usual value, the newest ones counting most. */
      shape: f32(isUsed ? WEEK * MOST_BINS : 0, { start: Number.NaN }),
    });
  }

  /** The middle of bin 0, ms. */
  private get origin(): number {
    const { width, phase } = this.state;
    return Number.isNaN(phase) ? width / 2 : phase;
  }

  /** Where a time lies, counted in bins: a whole number is the middle of one. */
  private position(time: number): number {
    return (time - this.origin) / this.state.width;
  }

  /** The middle of the newest bin, ms. */
  private get middle(): number {
    const { newest, width } = this.state;
    return newest * width + this.origin;
  }

  /** Bins of a period. */
  private get bins(): number {
    return Math.round(this.state.period / this.state.width);
  }

  /**
   * Begins anew with another period.
   *
   * @param period ms
   */
  follow(period: number): void {
    this.clear();
    this.state.period = period;
  }

  /**
   * Takes in an actual value.
   *
   * @param time ms, not earlier than the last one
   * @param interval usual time between two readings in ms; NaN while it is not known
   */
  update(time: number, value: number, interval: number): void {
    const { state } = this;
    if (!(interval > 0)) return;
    if (state.width === 0 || interval > 1.5 * state.width) {
      const { period } = state;
      const bins = Math.min(MOST_BINS, Math.floor(period / interval));
      const width = period === DAY ? WIDTHS.find((w) => w >= 0.9 * interval) : period / bins;
      if (!width) return;
      this.clear();
      state.width = width;
    }
    // A period that is no whole number of readings meets its bins in another place each time.
    state.dense = interval < state.width / 2 || state.period !== DAY ? 1 : 0;
    if (state.newest < 0 && state.dense === 0) state.phase = time % state.width;
    const { means } = state;
    const kept = KEPT * this.bins;
    const bin = Math.round(this.position(time));
    if (bin < state.newest) return;
    for (let b = Math.max(state.newest + 1, bin - kept + 1); b <= bin; b++) means[b % kept] = Number.NaN;
    if (bin > state.newest) {
      this.keepShape();
      state.count = 0;
    }
    state.newest = bin;
    state.count += 1;
    const at = bin % kept;
    means[at] = state.count === 1 ? value : means[at] + (value - means[at]) / state.count;
  }

  /** The newest bin is complete: the usual shape takes it in. */
  private keepShape(): void {
    const { newest, means, shape } = this.state;
    if (newest < 0) return;
    this.readClock();
    const value = means[newest % (KEPT * this.bins)];
    const k = this.place(newest + this.aheadOnTheWall(this.middle));
    shape[k] = Number.isNaN(shape[k]) ? value : shape[k] + NEW * (value - shape[k]);
  }

  /** The value at a time up to two weeks ago, NaN where it is not known. */
  private at(time: number): number {
    const position = this.position(time);
    if (this.state.dense === 0) return this.bin(Math.round(position));
    const bin = Math.floor(position);
    return between(this.bin(bin), this.bin(bin + 1), position - bin);
  }

  /** The usual value at a time of the week, or at a place in another period; NaN where it is not known. */
  private inShape(time: number): number {
    const { dense, shape } = this.state;
    const position = this.position(time);
    const ahead = this.aheadOnTheWall(time);
    const inBin = (bin: number): number => shape[this.place(bin + ahead)];
    if (dense === 0) return inBin(Math.round(position));
    const bin = Math.floor(position);
    return between(inBin(bin), inBin(bin + 1), position - bin);
  }

  /** Where a bin on the wall lies in the shape. */
  private place(bin: number): number {
    const length = this.bins * (this.state.period === DAY ? WEEK : 1);
    return ((bin % length) + length) % length;
  }

  /** How many whole bins the clock on the wall is ahead at a time; within the days that are kept, or soon after them. */
  private aheadOnTheWall(time: number): number {
    const { clock, clockChange } = this;
    const isPast = this.middle < clockChange.time;
    const wasPast = time < clockChange.time;
    const by = isPast === wasPast ? 0 : isPast ? clockChange.by : -clockChange.by;
    return Math.floor((clock + by) / this.state.width);
  }

  private bin(b: number): number {
    const { newest, means } = this.state;
    const kept = KEPT * this.bins;
    return b > newest || b <= newest - kept || b < 0 ? Number.NaN : means[b % kept];
  }

  /** The value some periods before a time; days before, at the same time on the wall. */
  private before(time: number, periods: number): number {
    const before = time - periods * this.state.period;
    const { time: change, by } = this.clockChange;
    return this.at(time >= change && before < change ? before + by : before);
  }

  /** Looks up whether the clock on the wall is put on or back among the days that are kept, or soon after them. */
  private readClock(): void {
    const { clockChange, offset } = this;
    const { middle } = this;
    const { newest, period } = this.state;
    if (clockChange.bin === newest || period !== DAY) return;
    clockChange.bin = newest;
    this.clock = offset(middle);
    let before = Math.floor((middle - KEPT * DAY) / QUARTER);
    let after = Math.ceil((middle + AHEAD) / QUARTER);
    const first = offset(before * QUARTER);
    clockChange.by = offset(after * QUARTER) - first;
    clockChange.time = Number.NaN;
    if (clockChange.by === 0) return;
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (offset(middle * QUARTER) === first) before = middle;
      else after = middle;
    }
    clockChange.time = after * QUARTER;
  }

  /** The value some periods before a time, or another where that is not known. */
  private ago(time: number, periods: number, otherwise: number): number {
    const value = this.before(time, periods);
    return Number.isNaN(value) ? otherwise : value;
  }

  /**
   * Means of the values at two times over the periods in which both are known: a counter that only grows is not taken to
   * have moved by what lies between a mean of many days and one of few.
   *
   * @param from the nearest period that counts
   * @returns NaN where there is none
   */
  private usual(due: number, origin: number, from: number): { toCome: number; atHand: number } {
    const sum = { toCome: 0, atHand: 0 };
    let known = 0;
    for (let periods = from; periods < KEPT; periods++) {
      const then = this.before(due, periods);
      const now = this.before(origin, periods);
      if (Number.isNaN(then) || Number.isNaN(now)) continue;
      sum.toCome += then;
      sum.atHand += now;
      known += 1;
    }
    return { toCome: sum.toCome / known, atHand: sum.atHand / known };
  }

  /**
   * What the days before say of a time to come, each as a change from the value at hand: what was one and seven
   * periods before that time, what is usual then in a week, the mean of all periods; and how far the value at hand lies
   * from each of them at its own time.
   *
   * @param of time of the value at hand and time to be forecast in ms, that value, and the unit of the columns
   * @param to where the columns are written, from index `at` on
   * @returns false where no day before is known
   */
  columns(of: { origin: number; due: number; value: number; unit: number }, to: Float32Array, at: number): boolean {
    const { origin, due, value, unit } = of;
    if (this.state.width === 0) return false;
    this.readClock();
    // Farther than a day ahead, yesterday of that time is not there yet.
    const periods = Math.max(1, Math.ceil((due - origin) / this.state.period));
    if (periods >= KEPT) return false;
    const yesterday = this.before(due, periods);
    const then = this.before(origin, periods);
    if (Number.isNaN(yesterday) || Number.isNaN(then)) return false;
    const week = this.ago(due, 7, yesterday);
    const weekThen = this.ago(origin, 7, then);
    const shapeThen = this.inShape(origin);
    const change = this.inShape(due) - shapeThen;
    const known = !Number.isNaN(change);
    const usual = this.usual(due, origin, periods);
    to[at] = (yesterday - value) / unit;
    to[at + 1] = (week - value) / unit;
    to[at + 2] = (known ? change : week - value) / unit;
    to[at + 3] = (usual.toCome - value) / unit;
    to[at + 4] = (value - then) / unit;
    to[at + 5] = (value - weekThen) / unit;
    to[at + 6] = (value - (known ? shapeThen : weekThen)) / unit;
    to[at + 7] = (value - usual.atHand) / unit;
    return true;
  }

  /** Whether what was read in makes sense together. */
  get isSound(): boolean {
    const { period, width, phase, newest, count } = this.state;
    const isWhole = width === 0 || Math.abs((this.bins * width) / period - 1) < 1e-6;
    return (
      period > 0 &&
      width >= 0 &&
      !(Math.abs(phase) > width) &&
      isWhole &&
      this.bins >= 1 &&
      (width === 0 || this.bins <= MOST_BINS) &&
      [newest, count].every(Number.isSafeInteger)
    );
  }

  /** Forgets what was; the period stays. */
  clear(): void {
    const { state } = this;
    state.width = 0;
    state.phase = Number.NaN;
    state.newest = -1;
    state.count = 0;
    state.means.fill(Number.NaN);
    state.shape.fill(Number.NaN);
  }
}

/**
 * The change that comes at that time in each period: the mean of all, where yesterday's and that of a week ago are much
 * the same, unless the plant stood elsewhere on all of these days at the time of the value at hand; as far as `columns` has
 * filled that in from an index on.
 *
 * @param least a smaller one is none to speak of
 * @returns in the unit of the columns; NaN where there is none, or no week ago is known
 */
export function recurringChange(columns: Float32Array, at: number, least: number): number {
  const yesterday = columns[at] + columns[at + 4];
  const week = columns[at + 1] + columns[at + 5];
  const mean = columns[at + 3] + columns[at + 7];
  // Where no week ago is known, yesterday stands there once more.
  const isWeek = columns[at] !== columns[at + 1] || columns[at + 4] !== columns[at + 5];
  const isLike = (change: number): boolean => Math.abs(change - mean) < NEARLY * Math.abs(mean);
  // Days on which the sensor lied, or spoke another unit, say nothing of today: what changed then is as far off. They stand
  // together, far from the value at hand; those of a counter, or of a plant at another level each day, do not.
  const [day, days, usual] = [columns[at + 4], columns[at + 5], columns[at + 7]];
  const areTogether = Math.min(days / day, usual / day) > 0.2 && Math.max(days / day, usual / day) < 5;
  const isElsewhere =
    areTogether && Math.min(Math.abs(day), Math.abs(days), Math.abs(usual)) >= NEARLY * Math.abs(mean);
  const isSound = isWeek && !isElsewhere && Math.abs(mean) > least;
  return isSound && isLike(yesterday) && isLike(week) ? mean : Number.NaN;
}

/** The value at a share of the way from one bin to the next; where one of them is not known, the other one. */
function between(before: number, after: number, share: number): number {
  if (Number.isNaN(before) || Number.isNaN(after)) return Number.isNaN(before) ? after : before;
  return before + share * (after - before);
}
