/**
 * The errors of the last N readings. They are kept and summed afresh when figures are asked for, so nothing is ever
 * subtracted and nothing can drift; the same entries tell whether a scored forecast was counted before.
 */
import { type ErrorFigures, ForecastError } from "./forecast-error";
import type { ScoredForecast } from "./scored-forecast";

/** Time, four errors, covered, doubtful. */
const COLUMNS = 7;

/** Cost of `add`: one comparison, or one pass over the window where times do not rise. Memory: 56 bytes a reading. */
export class RollingWindow {
  private ring: Float64Array;
  private count = 0;
  private next = 0;
  private newest = Number.NEGATIVE_INFINITY;

  /** @param capacity readings, 1 or more */
  constructor(readonly capacity: number) {
    this.ring = new Float64Array(capacity * COLUMNS);
  }

  get readings(): number {
    return this.count;
  }

  /**
   * Takes in a scored forecast.
   *
   * @returns false where the very same one (time and error) is in the window: it came along two wires
   */
  add(scored: ScoredForecast): boolean {
    if (scored.time <= this.newest && this.has(scored.time, scored.learner - scored.actual)) return false;
    this.append(scored);
    return true;
  }

  /** Takes in a scored forecast that is known to be new. */
  append(scored: ScoredForecast): void {
    if (scored.time > this.newest) this.newest = scored.time;
    const at = this.next * COLUMNS;
    this.ring[at] = scored.time;
    this.ring[at + 1] = scored.learner - scored.actual;
    this.ring[at + 2] = scored.existing - scored.actual;
    this.ring[at + 3] = scored.naive - scored.actual;
    this.ring[at + 4] = scored.frozen - scored.actual;
    this.ring[at + 5] = scored.covered === undefined ? Number.NaN : Number(scored.covered);
    this.ring[at + 6] = Number(scored.doubtful);
    this.next = (this.next + 1) % this.capacity;
    if (this.count < this.capacity) this.count++;
  }

  /**
   * Puts a forecast whose label was corrected in the place of the one that was taken in with the label before. Whether
   * the interval held stays as it was judged first.
   *
   * @param before  the label before
   * @returns false where that one is not in the window: it has left it, or the correction came along two wires
   */
  replace(scored: ScoredForecast, before: number): boolean {
    const at = this.find(scored.time, scored.learner - before) * COLUMNS;
    if (at < 0) return false;
    this.ring[at + 1] = scored.learner - scored.actual;
    this.ring[at + 2] = scored.existing - scored.actual;
    this.ring[at + 3] = scored.naive - scored.actual;
    this.ring[at + 4] = scored.frozen - scored.actual;
    return true;
  }

  private has(time: number, error: number): boolean {
    return this.find(time, error) >= 0;
  }

  private find(time: number, error: number): number {
    for (let i = 0; i < this.count; i++) {
      if (this.ring[i * COLUMNS] === time && this.ring[i * COLUMNS + 1] === error) return i;
    }
    return -1;
  }

  figures(): ErrorFigures {
    const sums = ForecastError.empty();
    for (const [, learner, existing, naive, frozen, covered, doubtful] of this.entries())
      sums.addErrors(learner, existing, naive, frozen, covered, doubtful === 1);
    return sums.figures();
  }

  /** Oldest first. */
  private *entries(): Generator<Float64Array> {
    const first = (this.next - this.count + this.capacity) % this.capacity;
    for (let i = 0; i < this.count; i++) {
      const at = ((first + i) % this.capacity) * COLUMNS;
      yield this.ring.subarray(at, at + COLUMNS);
    }
  }

  /** The entries, oldest first, as base64 of little-endian doubles: NaN survives, and a third of the length of text. */
  state(): string {
    const bytes = Buffer.alloc(this.count * COLUMNS * 8);
    let at = 0;
    for (const entry of this.entries()) for (const value of entry) at = bytes.writeDoubleLE(value, at);
    return bytes.toString("base64");
  }

  /**
   * Restores a window, with another capacity if need be: then the newest entries stay.
   *
   * @param columns  of the stored entries: those of before did not know of doubt
   * @throws TypeError where it is no window
   */
  static of(state: unknown, capacity: number, columns: 6 | 7 = COLUMNS): RollingWindow {
    const bytes = Buffer.from(String(state), "base64");
    const stored = bytes.length / (columns * 8);
    if (typeof state !== "string" || !Number.isInteger(stored)) throw new TypeError("window is no list of entries");
    const window = new RollingWindow(capacity);
    window.count = Math.min(stored, capacity);
    window.next = window.count % capacity;
    const skip = (stored - window.count) * columns;
    for (let i = 0; i < window.count; i++) {
      for (let column = 0; column < columns; column++) {
        const value = bytes.readDoubleLE((skip + i * columns + column) * 8);
        const mayBeUnknown = column >= 2 && column <= 5;
        if (!Number.isFinite(value) && !(mayBeUnknown && Number.isNaN(value)))
          throw new TypeError("an entry of the window is no finite number");
        window.ring[i * COLUMNS + column] = value;
      }
      window.newest = Math.max(window.newest, window.ring[i * COLUMNS]);
    }
    return window;
  }
}
