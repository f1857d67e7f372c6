import type { Parts } from "../record/part";
import { f32, f64, state } from "../record/state";
import type { Window } from "../record/window";
import type { Levels } from "../stream/levels";
import type { History } from "./history";

/** A column counts up to here: squares of larger ones, and products of squares, would be nothing but rounding. */
const FARTHEST = 1000;
/** A unit beyond so many usual ones, or below as small a part of one, is wrong. */
const FAR_OFF = 100;

/**
 * Whether a unit that was taken from the first values has turned out to be none: they were noise, or a fault. With a second
 * level it stays: that one may be a fault, and what was learnt in years must not be lost by it.
 */
export function isFarOff(unit: number, levels: Levels): boolean {
  const { deviation } = levels;
  if (!levels.experienced || levels.hasSpan || deviation === 0) return false;
  return deviation > FAR_OFF * unit || deviation < unit / FAR_OFF;
}

/**
 * Sensors as they lie over all levels: counted from where they were first and in what they moved by then, for good, so that
 * what is linear in a sensor is linear in its column, whichever levels it comes to.
 */
export class PlainColumns {
  private readonly state;
  private readonly rings;
  /** Where a reading's columns lie in them. */
  private readonly readings: Window;
  /** How many there are. */
  readonly count: number;
  /** Whether one of them means something else from the newest reading on. */
  isAnew = false;

  /**
   * @param levels of each sensor
   * @param history the asset's readings
   */
  constructor(
    private readonly levels: readonly Levels[],
    history: History,
  ) {
    const { length } = levels;
    this.count = length;
    this.state = state({
      /** By sensor: what a column of 0 and of 1 means; scale 0 = it has not moved yet. */
      centre: f64(length),
      scale: f64(length),
      /** By sensor: its deviation once that is known, in such units; 0 = not yet. */
      spread: f64(length),
    });
    this.readings = history.unread;
    this.rings = state({
      values: f32(0, { ring: { total: "history.total", window: "unread", width: length }, mayBeNaN: true }),
    });
    this.readings.hold(this.rings);
  }

  /**
   * Takes in a reading.
   *
   * @param i the newest one
   * @param values of the sensors as they are used, in their units; NaN = there is none yet
   */
  take(i: number, values: ArrayLike<number>): void {
    const { state, rings, levels, count } = this;
    const { centre, scale, spread } = state;
    const from = this.readings.slot(i) * count;
    this.isAnew = false;
    for (let k = 0; k < count; k++) {
      const isKnown = scale[k] > 0;
      if (isKnown ? isFarOff(scale[k], levels[k]) : levels[k].begun) {
        centre[k] = levels[k].mean;
        scale[k] = levels[k].deviation;
        spread[k] = 0;
        this.isAnew ||= isKnown;
      }
      if (spread[k] === 0 && levels[k].experienced) spread[k] = levels[k].deviation / scale[k];
      // What has never moved is at 0; of what has just begun to move nothing can be said.
      const before = levels[k].deviation > 0 ? Number.NaN : 0;
      const column = scale[k] > 0 ? (values[k] - centre[k]) / scale[k] : before;
      rings.values[from + k] = Math.max(-FARTHEST, Math.min(FARTHEST, column));
    }
  }

  /** Writes the columns of a reading that is kept, from index `at` on; NaN = nothing can be said. */
  fill(i: number, to: Float32Array, at: number): void {
    const { rings, count } = this;
    const from = this.readings.slot(i) * count;
    for (let k = 0; k < count; k++) to[at + k] = rings.values[from + k];
  }

  /** Column k of a reading that is kept; 0 where nothing could be said. */
  at(i: number, k: number): number {
    return this.rings.values[this.readings.slot(i) * this.count + k] || 0;
  }

  /**
   * The same in units of what the sensor moves by, which is known somewhat later: what adds up several of them must not
   * hear the loudest alone. Fixed for good as well, for whoever remembers.
   */
  balanced(i: number, k: number): number {
    const { spread } = this.state;
    return spread[k] > 0 ? this.at(i, k) / spread[k] : this.at(i, k);
  }

  /** All that has to be remembered, by name. */
  parts(): Parts {
    return { plainColumns: this.state, "plainColumns.rings": this.rings };
  }
}
