import { f32, f64, state } from "../record/state";
import { flushToZero } from "../stream/flush-to-zero";
import type { History } from "./history";

/** The longest dead time that is found, in readings. */
export const LONGEST = 48;
/** Columns of the readings whose dead times are used: those that say most. */
export const SLOTS = 3;
/** Changes over one reading are compared, and over several, where noise hides the single ones … */
export const SPANS = [1, 8];
/** … not at each reading: neighbours say nearly the same. */
const STRIDES = [2, 4];
/** Where the longer ones say more, a column is the mean of so many readings before and after the dead time too. */
const AROUND = [0, 3];
/** Comparisons that are remembered, and the fewest that tell anything, of changes that do not overlap. */
const MEMORY = 2000;
const FEWEST = 200;
/** So many readings reach back to where a dead time shows, and to what is compared with it. */
export const REACH = LONGEST + SPANS[1] + AROUND[1];
/** A change counts at most so many usual ones. */
const CLIP = 4;
/** A correlation of so many standard errors is no chance, at whichever lag. */
const SURE = 6;
/** What is so much stronger at once than the linear experts' own columns say it is, they do not see. */
const STRONGER = 1.2;
/** Columns see the last reading and the one before. */
const SEEN = 1;
/** A lag in use makes room for one that is so much stronger. */
const BETTER = 1.2;
/** The lags are looked at every so many readings. */
const EVERY = 100;

/**
 * The dead times of a plant: how many readings pass until the target shows what an input has done, as with a belt between
 * two scales or an analyser at the end of a pipe. Found from the correlation of the changes of each input, and of the
 * offset of its level, with those of the target, at each lag; used where it is stronger later than at once.
 *
 * Source: dead time by cross-correlation, Ljung 1999, "System Identification", ch. 6.1; robust by clipped changes.
 */
export class DeadTimes {
  readonly state;

  /**
   * @param history of the asset
   * @param inputs how many of its columns are sensors' inputs, from the first on; 0 = no dead times are looked for
   * @param fresh readings after which the history shows an actual value at the earliest: 0, of a soft sensor 1
   */
  constructor(
    private readonly history: History,
    private readonly inputs: number,
    private readonly fresh: number,
  ) {
    const series = 2 * inputs;
    this.state = state({
      /** Readings since the lags were looked at. */
      since: 0,
      /** By span: pairs of readings compared, fading; usual square of the target's changes. */
      count: f64(SPANS.length),
      target: f64(SPANS.length),
      /** By span and series (inputs, then offsets): usual square of its changes. */
      squares: f64(SPANS.length * series),
      /** By span, series and lag: usual product of its changes and the target's. */
      products: f32(SPANS.length * series * (LONGEST + 1)),
      /** By slot: the series, counted from 1, and its dead time in readings; 0 = none. */
      used: f64(SLOTS),
      lags: f64(SLOTS),
      /** By slot: how many readings before and after it are averaged. */
      around: f64(SLOTS),
    });
  }

  /** Whether what was read in makes sense together. */
  get isSound(): boolean {
    const { used, lags, around, count, target, squares } = this.state;
    const isWhole = (x: number, most: number): boolean => Number.isInteger(x) && x >= 0 && x <= most;
    return (
      used.every((series) => isWhole(series, 2 * this.inputs)) &&
      lags.every((lag) => isWhole(lag, LONGEST)) &&
      around.every((readings) => isWhole(readings, AROUND[1])) &&
      [count, target, squares].every((list) => list.every((x) => x >= 0))
    );
  }

  /** Whether any dead time is known. */
  get isAny(): boolean {
    return this.state.used[0] > 0;
  }

  /**
   * The value of the series in a slot, so many readings before reading i, or where that was never read the oldest.
   *
   * @param until index of the reading from which on the series is taken to have stayed where it was; not said: i
   */
  value(slot: number, i: number, lag: number, since: number, until = i): number {
    const { history, inputs, state } = this;
    const series = state.used[slot] - 1;
    const values = series < inputs ? history.inputs : history.offsets;
    const oldest = Math.max(since, history.first);
    const from = i - lag - state.around[slot];
    const to = Math.min(i, i - lag + state.around[slot]);
    let sum = 0;
    for (let j = from; j <= to; j++) {
      const reading = Math.max(oldest, Math.min(until, j));
      sum += values[history.rowAt(reading) + (series % inputs)];
    }
    return sum / (to - from + 1);
  }

  /** The input whose series lies in a slot. */
  inputOf(slot: number): number {
    return (this.state.used[slot] - 1) % this.inputs;
  }

  /**
   * Takes in reading i, the newest one.
   *
   * @param since index of the first reading after the last gap
   */
  update(i: number, since: number): void {
    const { state, history, inputs } = this;
    if (inputs === 0 || history.stale[history.readSlot(i)] > this.fresh) return;
    const oldest = Math.max(since, history.first);
    const actual = history.naive[history.slot(i)];
    for (let s = 0; s < SPANS.length; s++) {
      if (state.since % STRIDES[s] > 0) continue;
      const before = i - SPANS[s];
      if (before < oldest) continue;
      const from = before - history.stale[history.readSlot(before)];
      if (from - LONGEST < oldest) continue;
      const change = actual - history.naive[history.slot(before)];
      this.compare(s, change, from, i - this.fresh);
    }
    state.since += 1;
    if (state.since < EVERY) return;
    state.since = 0;
    this.choose();
  }

  /** Compares the target's change from one reading to another with what each series did before. */
  private compare(s: number, change: number, from: number, to: number): void {
    const { state, history, inputs } = this;
    const { width } = history;
    if (Number.isNaN(change)) return;
    state.count[s] = (1 - 1 / MEMORY) * state.count[s] + 1;
    const share = 1 / state.count[s];
    const target = clipped(change, state.target, s, share);
    const series = 2 * inputs;
    for (let k = 0; k < series; k++) {
      const isOffset = k >= inputs;
      const values = isOffset ? history.offsets : history.inputs;
      if (values.length === 0) continue;
      const column = isOffset ? k - inputs : k;
      const at = s * series + k;
      // As long as a sensor has one level its offset is 0.
      if (state.squares[at] === 0 && values[history.rowAt(to) + column] === 0) continue;
      const last = values.length - width + column;
      let now = history.rowAt(to) + column;
      let then = history.rowAt(from) + column;
      const most = CLIP * Math.sqrt(state.squares[at]);
      clipped(values[now] - values[then], state.squares, at, share);
      const { products } = state;
      const first = at * (LONGEST + 1);
      for (let p = first; p <= first + LONGEST; p++) {
        const x = Math.max(-most, Math.min(most, values[now] - values[then]));
        products[p] = flushToZero(products[p] + share * (x * target - products[p]), 1e-20);
        now = now < width ? last : now - width;
        then = then < width ? last : then - width;
      }
    }
  }

  /** Standard errors of the correlation of a series at a lag, the larger one of the spans. */
  private strength(k: number, lag: number): number {
    return Math.max(...SPANS.map((_, s) => this.strengthOver(s, k, lag)));
  }

  private strengthOver(s: number, k: number, lag: number): number {
    const { state, inputs } = this;
    const at = s * 2 * inputs + k;
    const usual = Math.sqrt(state.squares[at] * state.target[s]);
    const overlap = Math.max(1, SPANS[s] / STRIDES[s]);
    if (!(usual > 0) || state.count[s] < FEWEST * overlap) return 0;
    const correlation = Math.abs(state.products[at * (LONGEST + 1) + lag]) / usual;
    return correlation * Math.sqrt(state.count[s] / overlap);
  }

  /** Uses the dead times that say most. */
  private choose(): void {
    const { used, lags, around } = this.state;
    const found: { series: number; lag: number; strength: number }[] = [];
    for (let k = 0; k < 2 * this.inputs; k++) {
      let lag = 0;
      let strength = 0;
      let seen = 0;
      for (let l = 0; l <= LONGEST; l++) {
        const here = this.strength(k, l);
        if (l <= SEEN) seen = Math.max(seen, here);
        else if (here > strength) [strength, lag] = [here, l];
      }
      if (strength > SURE && strength > STRONGER * seen) found.push({ series: k + 1, lag, strength });
    }
    found.sort((one, other) => other.strength - one.strength);
    for (const { series, lag, strength } of found) {
      let slot = used.indexOf(series);
      if (slot >= 0 && (lag === lags[slot] || strength < BETTER * this.strength(series - 1, lags[slot]))) continue;
      if (slot < 0) slot = used.indexOf(0);
      if (slot < 0) slot = this.weakest(strength);
      if (slot < 0) continue;
      used[slot] = series;
      lags[slot] = lag;
      around[slot] = AROUND[strength > this.strengthOver(0, series - 1, lag) ? 1 : 0];
    }
  }

  /** The slot whose dead time says least, where it says much less than another one; −1 where none does. */
  private weakest(strength: number): number {
    const { used, lags } = this.state;
    let weakest = -1;
    let least = strength / BETTER;
    for (let slot = 0; slot < SLOTS; slot++) {
      const here = this.strength(used[slot] - 1, lags[slot]);
      if (here < least) [least, weakest] = [here, slot];
    }
    return weakest;
  }
}

/** A change as it counts; the usual square of such changes follows it. */
function clipped(change: number, squares: Float64Array, at: number, share: number): number {
  const most = CLIP * Math.sqrt(squares[at]);
  const counted = squares[at] > 0 ? Math.max(-most, Math.min(most, change)) : change;
  squares[at] += share * (counted * counted - squares[at]);
  return counted;
}
