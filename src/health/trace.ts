/** The last forecasts of one asset beside what came, for a chart: bounded, in memory, begun anew at a restart. */
import type { PlainForecast, PlainScored } from "../asset/plain";
import { type ErrorBlock, ErrorHistory } from "../kpi/error-history";
import type { ForecasterName } from "../kpi/scored-forecast";

/** Scored forecasts that are kept, and forecasts still to fall due: as many as a chart has room for. */
export const POINTS = 300;

/** Room for so many is made at first. */
const FEW = 16;

/** What is known of a scored forecast, in the unit of the target; `time` in ms. */
const SCORED = ["time", "actual", "forecast", "lower", "upper", "existing", "frozen", "naive"] as const;
/** What is known of one that is still to fall due. */
const AHEAD = ["time", "forecast", "lower", "upper"] as const;

/** What goes into a row, on its way there. */
const ROW = new Float64Array(SCORED.length);
const ACTUAL = SCORED.indexOf("actual");

export type Column = (typeof SCORED)[number];
/** One list a column, in the order of time; NaN where that is not known. */
export type Columns = Record<Column, number[]>;

/** Mean absolute errors over the forecasts kept; NaN where there was none. */
export interface RecentError {
  learner: number;
  /** Each over those forecasts at which it spoke, with the learner's error over the same. */
  existing: { error: number; learner: number };
  naive: { error: number; learner: number };
}

/** Keeps 300 scored forecasts (19 kB once they have come), their errors over time, and, while somebody looks, what is still to fall due (10 kB). */
export class Trace {
  private readonly scored = new Ring(SCORED.length);
  private ahead: Ring | undefined;
  private readonly history = ErrorHistory.empty();
  /** Until the next one: a list of a thousand assets asks for it again and again. */
  private recent: RecentError | undefined;

  /** Takes in a forecast that has fallen due. A corrected label takes the place of the one before. */
  add(one: PlainScored): void {
    const { time, actual, forecast, error, running, corrects } = one;
    if (time === null || actual === null) return;
    this.recent = undefined;
    SCORED.forEach((name, i) => {
      ROW[i] = one[name] ?? Number.NaN;
    });
    ROW[0] = Math.round(time);
    if (corrects !== null && corrects !== undefined && this.scored.replace(ROW)) return;
    this.scored.add(ROW);
    // What was forecast while the plant stood still says nothing of the model.
    if (!running || error === null || forecast === null) return;
    const of = (value: number | null): number => (value ?? Number.NaN) - actual;
    this.history.add(time, {
      learner: error,
      frozen: of(one.frozen),
      naive: of(one.naive),
      existing: of(one.existing),
      actual,
      covered: Number.NaN,
      intervalScore: Number.NaN,
      doubtful: false,
      peak: false,
    });
  }

  /** Takes in a forecast that was just made, while `isWatched`. */
  foresee({ due, value, lower, upper }: PlainForecast): void {
    if (due === null || value === null) return;
    this.ahead?.add([Math.round(due), value, lower ?? Number.NaN, upper ?? Number.NaN]);
  }

  /** Whether forecasts are kept that are still to fall due: somebody looks at this asset. */
  get isWatched(): boolean {
    return this.ahead !== undefined;
  }

  set isWatched(watched: boolean) {
    if (!watched) this.ahead = undefined;
    else this.ahead ??= new Ring(AHEAD.length);
  }

  /** Forecasts kept. */
  get length(): number {
    return this.scored.length;
  }

  /** ms: when the last actual value was measured; NaN before the first. */
  get lastTime(): number {
    return this.scored.last(0);
  }

  /** The chart: what has fallen due, then what is still to. */
  columns(): Columns {
    const rows = this.scored.rows().sort((a, b) => a[0] - b[0]);
    const last = rows.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY;
    const coming = (this.ahead?.rows() ?? []).filter(([due]) => due > last).sort((a, b) => a[0] - b[0]);
    const columns = Object.fromEntries(SCORED.map((name) => [name, [] as number[]])) as Columns;
    SCORED.forEach((name, i) => {
      const place = (AHEAD as readonly string[]).indexOf(name);
      for (const row of rows) columns[name].push(row[i]);
      for (const row of coming) columns[name].push(place < 0 ? Number.NaN : row[place]);
    });
    return columns;
  }

  /** Errors since the start, in blocks that become longer. */
  get blocks(): readonly ErrorBlock[] {
    return this.history.blocks;
  }

  recentError(): RecentError {
    this.recent ??= this.meanErrors();
    return this.recent;
  }

  private meanErrors(): RecentError {
    const [learner, existing, naive] = (["forecast", "existing", "naive"] as const).map((name) => SCORED.indexOf(name));
    return {
      learner: this.meanError(learner, learner),
      existing: { error: this.meanError(existing, learner), learner: this.meanError(learner, existing) },
      naive: { error: this.meanError(naive, learner), learner: this.meanError(learner, naive) },
    };
  }

  /** Mean absolute error of one forecaster where another one spoke as well. */
  private meanError(column: number, other: number): number {
    const { numbers, length } = this.scored;
    let [sum, count] = [0, 0];
    for (let place = 0; place < length * SCORED.length; place += SCORED.length) {
      const error = Math.abs(numbers[place + column] - numbers[place + ACTUAL]);
      if (Number.isNaN(error + numbers[place + other])) continue;
      sum += error;
      count++;
    }
    return sum / count;
  }
}

/** The means of blocks as lines: their middle in ms, and the mean absolute error of each forecaster, NaN where it was silent. */
export function errorLines(
  blocks: readonly ErrorBlock[],
  forecasters: readonly ForecasterName[],
): { time: number[] } & Record<ForecasterName, number[]> {
  const lines = Object.fromEntries(
    forecasters.map((name, i) => [
      name,
      blocks.map(({ absolute, counted }) => (counted[i] ? absolute[i] / counted[i] : Number.NaN)),
    ]),
  ) as Record<ForecasterName, number[]>;
  return { time: blocks.map(({ from, to }) => Math.round(from + (to - from) / 2)), ...lines };
}

/** The last POINTS rows of numbers. */
class Ring {
  /** Row after row, the oldest not first. It has room for those that came: thousands of assets may say little. */
  numbers = new Float64Array(0);
  private count = 0;

  constructor(private readonly width: number) {}

  get length(): number {
    return Math.min(this.count, POINTS);
  }

  add(row: ArrayLike<number>): void {
    const { numbers, width, count } = this;
    const place = (count % POINTS) * width;
    if (place === numbers.length) {
      this.numbers = new Float64Array(Math.min(POINTS, Math.max(FEW, 2 * count)) * width);
      this.numbers.set(numbers);
    }
    this.numbers.set(row, place);
    this.count++;
  }

  /** Puts a row in the place of the one with the same first number; false where there is none. */
  replace(row: ArrayLike<number>): boolean {
    const { numbers, width } = this;
    for (let i = 0; i < this.length; i++) {
      if (numbers[i * width] !== row[0]) continue;
      numbers.set(row, i * width);
      return true;
    }
    return false;
  }

  /** A number of the last row. */
  last(column: number): number {
    return this.count === 0 ? Number.NaN : this.numbers[((this.count - 1) % POINTS) * this.width + column];
  }

  /** The oldest first; not to be written into. */
  rows(): Float64Array[] {
    const { numbers, width, length, count } = this;
    return Array.from({ length }, (_, i) => {
      const place = ((count - length + i) % POINTS) * width;
      return numbers.subarray(place, place + width);
    });
  }
}
