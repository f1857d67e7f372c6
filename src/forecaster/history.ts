import { Arena } from "../kernel/arena";
import { f32, f64, state } from "../record/state";

/**
 * The last readings of one asset, as they were known when they came: a ring from which late labels find their origin and
 * from which the learning copy of a network reads its inputs. Index i is the i-th reading since the start; a reading older
 * than `capacity` is gone.
 */
export class History {
  readonly state;
  readonly time: Float64Array;
  /** The last actual value of the target known at that reading: the naive forecast made there. */
  readonly naive: Float64Array;
  /** The existing forecast made there; NaN where there was none. */
  readonly existing: Float64Array;
  /** Weight of learning from that reading, 0 … 1. */
  readonly quality: Float32Array;
  /** Readings since the last actual value of the target, 0 where it came with the reading. */
  readonly stale: Float32Array;
  /** State of that reading: 0 good, 1 uncertain, 2 bad; 4 is added where the plant did not run. */
  readonly condition: Float32Array;
  /** Where the target was when it was forecast from that reading, see `Levels.place`. */
  readonly place: Float32Array;
  /** Standardised inputs, row by row. */
  readonly inputs: Float32Array;
  /** What that leaves out of them, row by row, see `Levels.offset`; of a light forecaster none. */
  readonly offsets: Float32Array;

  /**
   * @param capacity readings kept
   * @param width length of one input vector
   * @param of arena: where the numbers lie; light: without offsets
   */
  constructor(
    readonly capacity: number,
    readonly width: number,
    { arena = Arena.plain(), light = false }: { arena?: Arena; light?: boolean } = {},
  ) {
    const ring = { total: "total" };
    const declaration = {
      /** Number of readings so far. */
      total: 0,
      time: f64(capacity, { ring, start: Number.NaN }),
      naive: f64(capacity, { ring, mayBeNaN: true }),
      existing: f64(capacity, { ring, mayBeNaN: true }),
      quality: f32(capacity, { ring }),
      stale: f32(capacity, { ring }),
      condition: f32(capacity, { ring }),
      place: f32(capacity, { ring }),
      inputs: f32(capacity * width, { ring: { total: "total", width } }),
      offsets: f32(light ? 0 : capacity * width, { ring: { total: "total", width } }),
    };
    this.state = state(declaration, arena.take);
    const { time, naive, existing, quality, stale, condition, place, inputs, offsets } = this.state;
    this.time = time;
    this.naive = naive;
    this.existing = existing;
    this.quality = quality;
    this.stale = stale;
    this.condition = condition;
    this.place = place;
    this.inputs = inputs;
    this.offsets = offsets;
  }

  /** Number of readings so far; the last one has index `length − 1`. */
  get length(): number {
    return this.state.total;
  }

  /** Index of the oldest reading that is still kept. */
  get first(): number {
    return Math.max(0, this.state.total - this.capacity);
  }

  /** Where reading i lies in the arrays. */
  slot(i: number): number {
    return i % this.capacity;
  }

  /** Opens the next reading and gives its slot; the caller fills it. */
  push(): number {
    const slot = this.state.total % this.capacity;
    this.state.total += 1;
    return slot;
  }

  /**
   * The reading closest in time, by bisection (times rise).
   *
   * @param time ms
   * @param tolerance ms; further away is not found
   * @returns its index, or −1
   */
  find(time: number, tolerance: number): number {
    const after = this.firstFrom(time);
    if (after < 0) return -1;
    let best = after;
    if (after > this.first) {
      const before = time - this.time[this.slot(after - 1)];
      if (before <= Math.abs(this.time[this.slot(after)] - time)) best = after - 1;
    }
    return Math.abs(this.time[this.slot(best)] - time) <= tolerance ? best : -1;
  }

  /**
   * The last reading at a time or before it.
   *
   * @param time ms
   * @param tolerance ms; further back is not found
   * @returns its index, or −1
   */
  findBefore(time: number, tolerance: number): number {
    let i = this.firstFrom(time);
    if (i < 0) return -1;
    if (this.time[this.slot(i)] > time) i -= 1;
    return i >= this.first && time - this.time[this.slot(i)] <= tolerance ? i : -1;
  }

  /** The first kept reading that is not earlier than a time, the last one where all are; −1 where none is kept. */
  private firstFrom(time: number): number {
    let low = this.first;
    let high = this.length - 1;
    if (high < low) return -1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      // The oldest ones have no time where a record was of a forecaster that keeps fewer.
      if (this.time[this.slot(middle)] >= time) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Forgets all readings. */
  clear(): void {
    this.state.total = 0;
  }
}
