import { Arena } from "../kernel/arena";
import type { Part } from "../record/part";
import { f32, f64, state } from "../record/state";
import { Window } from "../record/window";
import { LONGEST, REACH, SPANS } from "./dead-time";

/** Of such a record the learning copies may have passed the oldest readings that they still look back at. */
const PASSED = 2;
/** So many ends of the target are remembered that were known one after the other, for forecasts whose labels are to come. */
const ENDS = 8;

/**
 * The last readings of one asset, as they were known when they came, from which late labels find their origin. Index i is
 * the i-th reading since the start; a reading older than `capacity` is gone. The inputs are needed only until the learning
 * copies of the networks have read them, which is soon where labels come in time.
 */
export class History {
  readonly state;
  /** Where the target ends, NaN where that is not known: from which reading on, lowest, highest; newest first. */
  readonly ends = state({ known: f64(3 * ENDS, { start: Number.NaN }) });
  /** Of the readings that are kept: where they lie, and … */
  private readonly kept: Window;
  /** … those that had an existing forecast. */
  private readonly existing: Window;
  /** The readings that a learning copy has not passed. */
  readonly unread: Window;
  /** Those whose inputs somebody reads: these, and what dead times reach back to. */
  private readonly read: Window;
  /** The learning copies, which have reached the reading `cursor`. */
  private readonly readers: { readonly cursor: number }[] = [];
  /** The inputs of the reading asked for last, where kernels can read them. */
  private readonly row: Float32Array;
  /** No reading before this one has an existing forecast. */
  private firstExisting = 0;

  /**
   * @param capacity readings kept
   * @param width length of one input vector
   * @param of arena: where the kernels work; light: without offsets
   */
  constructor(
    readonly capacity: number,
    readonly width: number,
    { arena = Arena.plain(), light = false }: { arena?: Arena; light?: boolean } = {},
  ) {
    const ring = { total: "total", window: "kept" };
    const read = { total: "total", window: "read" };
    this.state = state({
      /** Number of readings so far. */
      total: 0,
      time: f64(0, { ring, start: Number.NaN }),
      /** The last actual value of the target known at that reading: the naive forecast made there. */
      naive: f64(0, { ring, mayBeNaN: true }),
      existing: f64(0, { ring: { total: "total", window: "existing" }, start: Number.NaN }),
      /** Weight of learning from that reading, 0 … 1. */
      quality: f32(0, { ring }),
      /** State of that reading: 0 good, 1 uncertain, 2 bad; 4 is added where the plant did not run. */
      condition: f32(0, { ring }),
      /** Where the target was when it was forecast from that reading, see `Levels.place`. */
      place: f32(0, { ring }),
      /** Readings since the last actual value of the target, 0 where it came with the reading. */
      stale: f32(0, { ring: read }),
      /** Standardised inputs, row by row. */
      inputs: f32(0, { ring: { ...read, width } }),
      /** What that leaves out of them, row by row, see `Levels.offset`; of a light forecaster none. */
      offsets: f32(0, { ring: light ? { total: "total", width } : { ...read, width } }),
    });
    const end = (): number => this.length;
    this.kept = new Window("kept", capacity, () => 0, end);
    this.unread = new Window("unread", capacity, () => this.oldestUnread(), end);
    this.read = new Window("read", capacity, () => this.oldestRead(light), end);
    this.existing = new Window("existing", capacity, () => this.oldestExisting(), end);
    this.hold(this.state);
    this.existing.hold(this.state);
    this.read.hold(this.state);
    this.row = arena.f32(width);
  }

  /** Gives the rings of a state the room of the readings that are kept, or of those that are not read. */
  hold(state: object): void {
    this.kept.hold(state);
    this.unread.hold(state);
  }

  /** From now on keeps the inputs for this learning copy as well. */
  keepFor(reader: { readonly cursor: number }): void {
    this.readers.push(reader);
  }

  private oldestUnread(): number {
    let cursor = this.length;
    for (const reader of this.readers) cursor = Math.min(cursor, reader.cursor);
    // What a reading's inputs have changed by is told from the one before.
    return cursor - 1;
  }

  private oldestRead(light: boolean): number {
    const unread = this.oldestUnread();
    if (light) return unread;
    // The target's last change is compared with what the inputs did before it: it lasted since the actual value before.
    const before = this.length - SPANS[1];
    const actual = before < 0 ? 0 : before - this.stale[this.readSlot(before)];
    return Math.min(unread - REACH, actual - LONGEST);
  }

  private oldestExisting(): number {
    const { existing, state } = this;
    this.firstExisting = Math.max(this.firstExisting, this.first);
    while (this.firstExisting < state.total && Number.isNaN(this.existingAt(this.firstExisting))) this.firstExisting++;
    return existing.isUsed ? this.firstExisting : state.total;
  }

  /** Number of readings so far; the last one has index `length − 1`. */
  get length(): number {
    return this.state.total;
  }

  /** Index of the oldest reading that is still kept. */
  get first(): number {
    return Math.max(0, this.state.total - this.capacity);
  }

  get time(): Float64Array {
    return this.state.time;
  }

  get naive(): Float64Array {
    return this.state.naive;
  }

  /** Takes in where the target ends, for what is forecast from reading i on. */
  takeEnds(i: number, lowest: number, highest: number): void {
    const { known: ends } = this.ends;
    if (Object.is(ends[1], lowest) && Object.is(ends[2], highest)) return;
    ends.copyWithin(3, 0);
    ends[0] = i;
    ends[1] = lowest;
    ends[2] = highest;
  }

  /** What of a forecast from reading i can be: the target does not go beyond the ends that were known then. */
  between(x: number, i: number): number {
    const { known: ends } = this.ends;
    let at = 0;
    while (at < ends.length && !(ends[at] <= i)) at += 3;
    if (x < ends[at + 1]) return ends[at + 1];
    return x > ends[at + 2] ? ends[at + 2] : x;
  }

  get quality(): Float32Array {
    return this.state.quality;
  }

  get condition(): Float32Array {
    return this.state.condition;
  }

  get place(): Float32Array {
    return this.state.place;
  }

  get inputs(): Float32Array {
    return this.state.inputs;
  }

  get stale(): Float32Array {
    return this.state.stale;
  }

  get offsets(): Float32Array {
    return this.state.offsets;
  }

  /** Where reading i lies in the arrays, but for inputs and offsets. */
  slot(i: number): number {
    return this.kept.slot(i);
  }

  /** The slot of the reading before the one in this slot. */
  before(slot: number): number {
    return slot > 0 ? slot - 1 : this.state.time.length - 1;
  }

  /** Where its inputs and offsets begin. */
  rowAt(i: number): number {
    return this.read.slot(i) * this.width;
  }

  /** Where it lies in `stale`. */
  readSlot(i: number): number {
    return this.read.slot(i);
  }

  /** Its inputs, where kernels can read them: used again for the next one. */
  rowOf(i: number): Float32Array {
    const { row, width, inputs } = this;
    for (let k = 0, at = this.rowAt(i); k < width; k++, at++) row[k] = inputs[at];
    return row;
  }

  /** The existing forecast of reading i; NaN where there was none. */
  existingAt(i: number): number {
    const { existing, state } = this;
    return existing.has(i) ? state.existing[existing.slot(i)] : Number.NaN;
  }

  /**
   * Opens the next reading and gives its slot; the caller fills it.
   *
   * @param existing the existing forecast that came with it, NaN = none
   * @param also the oldest reading whose inputs somebody needs beside the learning copies
   */
  push(existing = Number.NaN, also?: number): number {
    const { state } = this;
    this.kept.open();
    this.unread.open(also);
    this.read.open(also);
    if (this.existing.isUsed || !Number.isNaN(existing)) {
      this.existing.open();
      state.existing[this.existing.slot(state.total)] = existing;
    }
    state.total += 1;
    return this.slot(state.total - 1);
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

  /** After a record was read in: gives the rings their room; false where rows are missing. */
  adopt(): boolean {
    // One that was made with a shorter reach, or as a light one, has some readings less.
    const { kept, existing, unread, read, inputs, width, capacity } = this;
    const isKept = kept.adopt(REACH) && existing.adopt(REACH) && unread.adopt(PASSED);
    const wanted = this.length - Math.max(this.first, Math.min(this.oldestUnread(), this.length)) - PASSED;
    return isKept && inputs.length >= wanted * width && read.adopt(capacity);
  }

  /** The rings of a part as a record keeps them, see `Window.cut`. */
  cut(part: Part): object {
    return Object.assign({}, ...[this.kept, this.existing, this.unread, this.read].map((window) => window.cut(part)));
  }

  /** Forgets all readings. */
  clear(): void {
    this.state.total = 0;
    this.firstExisting = 0;
  }
}
