import type { History } from "./history";

const HOUR = 3_600_000;
/** A forecast is compared with one at most so many readings ago: the work grows with them. */
const MOST_READINGS = 600;
/** So many inputs are named. */
const NAMED = 3;

/** One that moved, and by how much it moved the forecast with it. */
export interface Cause {
  sensor: string;
  /** Its value then and now, or what stood in for it; NaN where not known. */
  from: number;
  to: number;
  /** What it has added to the forecast, in the target's unit. */
  share: number;
}

/**
 * Why a forecast is another than the one given an hour ago, or at the oldest reading kept. The shares of `inputs`,
 * `others`, `own`, `existing` and `rest` add up to `change`.
 *
 * A share says how much lower (or higher) the forecast would be had this sensor stayed as it was then, by the model and the
 * weights of today. For all that is linear (the recurrent unit, the regressions) this is exact; where sensors act through
 * a product (gates, squares) it is split evenly between them.
 */
export interface Because {
  /** ms between the two forecasts. */
  since: number;
  /** The forecast now less the one given then, in the target's unit. */
  change: number;
  /** The inputs that moved it most, at most three, the strongest first. */
  inputs: Cause[];
  /** What all other inputs have added. */
  others: number;
  /** What the target's own past has added: its last value, its course since, and the days before. */
  own: Cause;
  /** What the existing forecast has added, where this one builds on it. */
  existing: number;
  /** What is none of these: after-effects of what was before, what was learnt since, weights and levels that have changed. */
  rest: number;
}

/** The values of the inputs at the last readings, in their own units: kept only where somebody asks why. */
export class RecentValues {
  private readonly rows: Float64Array;
  /** Index of the first reading kept; −1 = none yet. */
  private from = -1;

  /** @param width inputs */
  constructor(private readonly width: number) {
    this.rows = new Float64Array(width * (MOST_READINGS + 1));
  }

  /** Keeps the values of the inputs, which stand first, at reading i, which follows the one before or begins anew. */
  keep(i: number, values: Float64Array): void {
    if (this.from < 0) this.from = i;
    this.rows.set(values.subarray(0, this.width), (i % (MOST_READINGS + 1)) * this.width);
  }

  clear(): void {
    this.from = -1;
  }

  /** The oldest reading with which reading i may be compared. */
  oldest(i: number): number {
    return this.from < 0 ? i : Math.max(this.from, i - MOST_READINGS);
  }

  /** The value of an input at a reading that is kept. */
  at(i: number, input: number): number {
    return this.rows[(i % (MOST_READINGS + 1)) * this.width + input];
  }

  /**
   * The reading with which reading i is to be compared: an hour ago, or the oldest one kept.
   *
   * @param since index of the first reading after the last gap
   * @returns i itself where there is none before it
   */
  reference(i: number, history: History, since: number): number {
    if (this.from < 0) return i;
    const hourAgo = history.findBefore(history.time[history.slot(i)] - HOUR, Number.POSITIVE_INFINITY);
    const earlier = Math.max(hourAgo, history.first, this.from, since, i - MOST_READINGS);
    return Math.min(earlier, i);
  }
}

/** By how much each input was away from where it was at reading `earlier`, reading by reading up to i; standardised. */
export function moved(history: History, earlier: number, i: number): Float64Array {
  const { width, inputs } = history;
  const then = history.rowAt(earlier);
  const rows = new Float64Array((i - earlier) * width);
  for (let s = earlier + 1, at = 0; s <= i; s++) {
    const row = history.rowAt(s);
    for (let k = 0; k < width; k++, at++) rows[at] = inputs[row + k] - inputs[then + k];
  }
  return rows;
}

/**
 * Puts together why a forecast has changed.
 *
 * @param of ms between the forecasts; their difference; what each input has added; what the target's own past and the
 *   existing forecast have
 */
export function because(of: { since: number; change: number; inputs: Cause[]; own: Cause; existing: number }): Because {
  const { since, change, own, existing } = of;
  const all = [...of.inputs].sort((a, b) => Math.abs(b.share) - Math.abs(a.share));
  const inputs = all.slice(0, NAMED).filter(({ share }) => share !== 0);
  const others = all.slice(inputs.length).reduce((sum, { share }) => sum + share, 0);
  const known = inputs.reduce((sum, { share }) => sum + share, others + own.share + existing);
  return { since, change, inputs, others, own, existing, rest: change - known };
}
