/** From readings that come as they like to rows at equal steps of time: what a horizon in minutes is counted in. */
import type { Reading, ReadingState } from "../forecaster/reading";
import { f64, state } from "../record/state";
import { UsualSpacing } from "../stream/usual-spacing";

/** So many readings show the rhythm. */
export const RHYTHM = 20;
/** The shortest duration has at most so many steps, the longest at most so many: what the forecaster can look ahead. */
export const MOST_STEPS = 60;
export const FARTHEST = 1000;
/** A pause of so many of the longest usual ones is a gap, if it has more than so many steps as well. */
const GAP = 10;
/** So many rows at most stand for a silence; a longer one is a gap. */
const MOST_ROWS = 1000;
/** A reading within this share of a step, or of the usual spacing, around a grid point is the reading of that point. */
const NEAR = 0.25;
/** Share of its distance from such a reading by which the grid follows a source whose clock runs differently. */
const FOLLOW = 0.05;
/** How fast the longest usual spacing is forgotten, and how many times itself it grows at once. */
const FORGET = 0.005;
const GROW = 3;

const STATES: readonly ReadingState[] = ["good", "uncertain", "bad"];

/** A reading as it came, with its time decided. */
export interface IrregularReading {
  /** ms, later than that of the reading before. */
  readonly time: number;
  /** By sensor; NaN = no number came. */
  readonly values: Readonly<Record<string, number>>;
  /** Sensors whose value came and cannot be used. Of the others a value that did not come is the last one still. */
  readonly unusable: ReadonlySet<unknown>;
  readonly existing: number;
  readonly quality: number;
  readonly doubts: Readonly<Record<string, number>>;
  readonly state: ReadingState;
  /** undefined where nobody says. */
  readonly running: boolean | undefined;
}

/** The actual value of the target at a grid point; doubt as in `Reading.doubts`. */
export interface Label {
  readonly time: number;
  readonly value: number;
  readonly doubt: number;
}

/** What a reading says of the grid. */
export interface Sampled {
  /** Values of the target at grid points that were asked for before it was known that they held. */
  readonly labels: readonly Label[];
  /** The rows of the grid points that have passed, in order. */
  readonly rows: readonly Reading[];
}

/**
 * The finest step that durations may be counted in, in ms.
 *
 * @param durations ms, rising, at least one
 * @returns undefined where no step fits them all: they have no common one that is at least a sixtieth of the shortest and
 *   a thousandth of the longest
 */
export function finestStep(durations: readonly number[]): number | undefined {
  return stepFor(0, durations);
}

/**
 * The step of the grid: of those that divide all durations the one nearest to a spacing of readings, by ratio; at least a
 * sixtieth of the shortest duration and a thousandth of the longest.
 *
 * @param spacing ms between two readings, ≥ 0
 * @param durations ms, rising, at least one
 * @returns whole ms; undefined where none fits
 */
export function stepFor(spacing: number, durations: readonly number[]): number | undefined {
  const common = durations.reduce(divisor);
  const least = Math.max(durations[0] / MOST_STEPS, durations[durations.length - 1] / FARTHEST);
  let best: number | undefined;
  const distance = (step: number): number => Math.abs(Math.log(step / Math.max(spacing, 1)));
  for (let n = 1; common / n >= least; n++)
    if (common % n === 0 && (best === undefined || distance(common / n) < distance(best))) best = common / n;
  return best;
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

/**
 * Samples the readings of one asset on a grid of its own.
 *
 * The step is found from the first readings and stays. A grid point has the last value at or before it: a sensor that
 * reports on change says by its silence that nothing has changed. Where several readings fall into one step, their mean
 * stands for it. A reading close to a grid point is the reading of that point, and the grid follows it a little, so that
 * a source whose clock runs differently never drifts through it.
 * With a reading each ten seconds, a minute is six steps ahead.
 */
export class Sampler {
  readonly state;
  private readonly spacing = new UsualSpacing();

  /**
   * @param sensors all that a row holds, the target among them
   * @param durations ms, rising: what is to be a whole number of steps
   */
  constructor(
    private readonly sensors: readonly string[],
    private readonly target: string,
    private readonly durations: readonly number[],
  ) {
    const n = sensors.length;
    this.state = state({
      /** ms between two grid points; NaN as long as the rhythm is not known. */
      step: Number.NaN,
      /** ms: the next grid point; NaN = the next reading begins the grid anew. */
      next: Number.NaN,
      /** ms: the last reading; how many have come, up to RHYTHM. */
      last: Number.NaN,
      seen: 0,
      /** ms: the longest usual time between two readings. */
      longest: Number.NaN,
      /** Rows since the last reading whose values nobody has confirmed yet. */
      open: 0,
      /** Of the last reading. */
      existing: Number.NaN,
      quality: 1,
      condition: 0,
      /** 1, 0, or NaN = nobody says. */
      running: Number.NaN,
      spacings: f64(RHYTHM - 1),
      /** By sensor: its last value, when it came, and how doubtful it is. */
      values: f64(n, { start: Number.NaN }),
      times: f64(n, { start: Number.NaN }),
      doubts: f64(n),
      /** By sensor: sum and number of the values since the last grid point. */
      sums: f64(n),
      counts: f64(n),
    });
  }

  /** What a record holds of it. */
  parts(): { sampling: object; samplingSpacing: object } {
    return { sampling: this.state, samplingSpacing: this.spacing.state };
  }

  /** ms between two grid points; NaN as long as the rhythm is not known. */
  get step(): number {
    return this.state.step;
  }

  /** Readings from which the rhythm has been learnt so far. */
  get seen(): number {
    return this.state.seen;
  }

  /** ms of the last reading; NaN before the first. */
  get last(): number {
    return this.state.last;
  }

  /** ms: the usual time between two readings; NaN before the second. */
  get interval(): number {
    return this.spacing.value;
  }

  /**
   * How many steps ahead each of the durations is. As long as the step is not known, so far that nothing ever falls due: a
   * forecaster made so says the last value.
   */
  get horizon(): number[] {
    const { step } = this.state;
    const n = this.durations.length;
    return this.durations.map((duration, i) => (Number.isNaN(step) ? FARTHEST - n + 1 + i : duration / step));
  }

  /** Whether what was read in makes sense together. */
  get isSound(): boolean {
    const { step, seen, open, next, last } = this.state;
    const isKnown = !Number.isNaN(step);
    if (isKnown && stepFor(step, this.durations) !== step) return false;
    if (!Number.isInteger(seen) || seen < 0 || seen > RHYTHM || (seen === RHYTHM) !== isKnown) return false;
    return Number.isInteger(open) && open >= 0 && open <= MOST_ROWS && Number.isNaN(last) === Number.isNaN(next);
  }

  /** The step of another sampler of the same asset, whose sensors were others; nothing else. */
  keepStep(other: Sampler): void {
    const { state, spacing } = this;
    if (Number.isNaN(other.step)) return;
    state.step = other.state.step;
    state.seen = other.state.seen;
    state.longest = other.state.longest;
    state.spacings.set(other.state.spacings);
    spacing.state.value = other.spacing.value;
  }

  /** Forgets the readings; the step stays. */
  forgetReadings(): void {
    const { state } = this;
    state.next = Number.NaN;
    state.last = Number.NaN;
    state.open = 0;
    state.existing = Number.NaN;
    for (const list of [state.values, state.times]) list.fill(Number.NaN);
    for (const list of [state.doubts, state.sums, state.counts]) list.fill(0);
  }

  /**
   * Takes in a reading.
   *
   * @returns the rows of the grid points that have passed by it; none as long as the rhythm is not known
   */
  take(reading: IrregularReading): Sampled {
    const { state } = this;
    const { time } = reading;
    const elapsed = time - state.last;
    const isGap = this.isGap(time);
    const { near } = this;
    const rows: Reading[] = [];
    const labels: Label[] = [];
    if (isGap || Number.isNaN(state.next) || Number.isNaN(state.step)) {
      // What was in between is not known: the grid begins anew where readings do, if it was not asked for beyond.
      if (!(state.next - state.step >= time)) state.next = time;
      for (const list of [state.sums, state.counts]) list.fill(0);
    } else {
      for (let i = state.open; i > 0; i--) this.label(labels, state.next - i * state.step, reading);
      if (state.next < time - near) {
        const first = this.row(this.means());
        const held = this.row(state.values);
        for (let row = first; state.next < time - near; row = held) rows.push({ ...row, time: this.advance() });
      }
    }
    state.open = 0;
    this.hold(reading);
    if (!Number.isNaN(elapsed)) this.follow(elapsed);
    state.last = time;
    if (state.seen < RHYTHM) state.seen += 1;
    if (Number.isNaN(state.step)) this.findStep();
    if (!Number.isNaN(state.step) && state.next <= time + this.near) {
      const off = time - state.next;
      rows.push({ ...this.row(this.means()), time: this.advance() });
      state.next += Math.round(FOLLOW * off);
    }
    return { labels, rows };
  }

  /**
   * The rows of the grid points up to a time at which no reading came, with the last values. Where the silence is longer
   * than usual, nobody knows before the next reading whether the target has its last value: it is left out.
   *
   * @param time ms
   */
  until(time: number): readonly Reading[] {
    const { state } = this;
    const rows: Reading[] = [];
    if (Number.isNaN(state.step)) return rows;
    while (state.next <= time && state.open < MOST_ROWS) {
      const row = this.row(this.means());
      if (this.isSilent(state.next)) row.values = { ...row.values, [this.target]: Number.NaN };
      rows.push({ ...row, time: this.advance() });
      state.open += 1;
    }
    return rows;
  }

  /** How near to a grid point, ms, a reading is the reading of that point. */
  private get near(): number {
    return NEAR * Math.min(this.state.step, this.spacing.value || this.state.step);
  }

  /** Whether the silence up to a time is longer than usual: till then it says that nothing has changed. */
  private isSilent(time: number): boolean {
    return time - this.state.last > this.state.longest;
  }

  /** Whether so long a silence before a reading says nothing of the values in between. */
  private isGap(time: number): boolean {
    const { last, longest, next, step } = this.state;
    const steps = (time - Math.min(next, last)) / step;
    return steps > MOST_ROWS || (steps > GAP && time - last > GAP * longest);
  }

  /** The label of a grid point that was asked for in a silence, now that a reading has ended it. */
  private label(to: Label[], time: number, reading: IrregularReading): void {
    const { state, near, target } = this;
    if (!this.isSilent(time) || time > reading.time + near) return;
    const i = this.sensors.indexOf(target);
    const isHeld = time < reading.time - near;
    const value = isHeld ? state.values[i] : reading.values[target];
    const doubt = isHeld ? state.doubts[i] : (reading.doubts[target] ?? 0);
    if (Number.isFinite(value)) to.push({ time, value, doubt });
  }

  /** The grid point at hand; the next one is a step later. */
  private advance(): number {
    const { state } = this;
    const time = state.next;
    state.next += state.step;
    return time;
  }

  private hold({ time, values, unusable, existing, quality, doubts, state: word, running }: IrregularReading): void {
    const { state, sensors } = this;
    sensors.forEach((sensor, i) => {
      const value = values[sensor] ?? Number.NaN;
      const isStale = time - state.times[i] > MOST_ROWS * state.step;
      if (Number.isNaN(value) && !unusable.has(sensor) && !isStale) return;
      state.values[i] = value;
      state.times[i] = time;
      state.doubts[i] = doubts[sensor] ?? 0;
      if (Number.isNaN(value)) return;
      state.sums[i] += value;
      state.counts[i] += 1;
    });
    state.existing = existing;
    state.quality = quality;
    state.condition = STATES.indexOf(word);
    state.running = running === undefined ? Number.NaN : Number(running);
  }

  /** The values of a grid point: of each sensor the mean of what came since the last one, else what holds. */
  private means(): Float64Array {
    const { values, sums, counts } = this.state;
    const means = values.map((value, i) => (counts[i] > 0 && !Number.isNaN(value) ? sums[i] / counts[i] : value));
    sums.fill(0);
    counts.fill(0);
    return means;
  }

  private row(values: Float64Array): Reading {
    const { state, sensors } = this;
    const row: Record<string, number> = Object.create(null);
    const doubts: Record<string, number> = Object.create(null);
    sensors.forEach((sensor, i) => {
      row[sensor] = values[i];
      if (state.doubts[i] > 0) doubts[sensor] = state.doubts[i];
    });
    const { existing, quality, condition, running } = state;
    const runs = Number.isNaN(running) ? undefined : running > 0;
    return { time: Number.NaN, values: row, existing, quality, doubts, state: STATES[condition], running: runs };
  }

  private follow(elapsed: number): void {
    const { state, spacing } = this;
    spacing.update(elapsed);
    if (state.seen < RHYTHM) state.spacings[state.seen - 1] = elapsed;
    if (Number.isNaN(state.longest)) state.longest = elapsed;
    else state.longest = Math.max(Math.min(elapsed, GROW * state.longest), (1 - FORGET) * state.longest);
  }

  private findStep(): void {
    const { state, durations } = this;
    if (state.seen < RHYTHM) return;
    const sorted = state.spacings.slice().sort();
    // Durations that no step fits were refused with the settings.
    state.step = stepFor(sorted[sorted.length >> 1], durations) as number;
  }
}
