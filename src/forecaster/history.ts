/**
 * The last readings of one asset, as they were known when they came: a ring from which late labels find their origin and
 * from which the learning copy of a model reads its inputs. Index i is the i-th reading since the start; a reading older
 * than `capacity` is gone.
 */
export class History {
  readonly time: Float64Array;
  /** The last actual value of the target known at that reading: the naive forecast made there. */
  readonly naive: Float64Array;
  /** The existing forecast made there; NaN where there was none. */
  readonly existing: Float64Array;
  /** Weight of learning from that reading, 0 … 1. */
  readonly quality: Float32Array;
  /** How much wider than usual an interval from there has to be, ≥ 1: sensors were missing. */
  readonly widening: Float32Array;
  /** Readings since the last actual value of the target, 0 where it came with the reading. */
  readonly stale: Float32Array;
  /** State of that reading: 0 good, 1 uncertain, 2 bad; 4 is added where the plant did not run. */
  readonly state: Float32Array;
  /** Standardised inputs, row by row. */
  readonly inputs: Float32Array;
  /** Number of readings so far, in a one-element buffer so that it is remembered with the rest. */
  private readonly total = new Float64Array(1);

  /**
   * @param capacity readings kept
   * @param width length of one input vector
   */
  constructor(
    readonly capacity: number,
    readonly width: number,
  ) {
    this.time = new Float64Array(capacity);
    this.naive = new Float64Array(capacity);
    this.existing = new Float64Array(capacity);
    this.quality = new Float32Array(capacity);
    this.widening = new Float32Array(capacity).fill(1);
    this.stale = new Float32Array(capacity);
    this.state = new Float32Array(capacity);
    this.inputs = new Float32Array(capacity * width);
  }

  /** Number of readings so far; the last one has index `length − 1`. */
  get length(): number {
    return this.total[0];
  }

  /** Index of the oldest reading that is still kept. */
  get first(): number {
    return Math.max(0, this.total[0] - this.capacity);
  }

  /** Where reading i lies in the arrays. */
  slot(i: number): number {
    return i % this.capacity;
  }

  /** Opens the next reading and gives its slot; the caller fills it. */
  push(): number {
    const slot = this.total[0] % this.capacity;
    this.total[0] += 1;
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
    let low = this.first;
    let high = this.length - 1;
    if (high < low) return -1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.time[this.slot(middle)] < time) low = middle + 1;
      else high = middle;
    }
    let best = low;
    if (low > this.first) {
      const before = time - this.time[this.slot(low - 1)];
      if (before <= Math.abs(this.time[this.slot(low)] - time)) best = low - 1;
    }
    return Math.abs(this.time[this.slot(best)] - time) <= tolerance ? best : -1;
  }

  /** Forgets all readings. */
  clear(): void {
    this.total[0] = 0;
  }

  /** All that has to be remembered, in a fixed order. */
  buffers(): (Float64Array | Float32Array)[] {
    return [this.time, this.naive, this.existing, this.quality, this.widening, this.stale, this.state, this.inputs, this.total];
  }
}
