/**
 * The judgements of the last N readings. They are kept and summed afresh when figures are asked for; the same entries tell
 * whether a scored forecast was counted before, and what exactly a corrected label has to take out.
 */
import { type ErrorFigures, ForecastError } from "./forecast-error";
import type { Judgement } from "./judgement";

/** A judgement and where it was counted. */
export interface Entry {
  time: number;
  judged: Judgement;
  /** Whether the plant ran; absent = not known any more. */
  running?: boolean;
  /** Absent = in a period that is over. */
  period?: "baseline" | "evaluation";
  /** Number of the operating mode, 1 or more; 0 = none. */
  mode: number;
}

/** Of an entry: time, four errors, actual, interval score; the rest are flags. */
const NUMBERS = 7;
/** Of a stored one: time, four errors, covered, flags without it, actual, interval score. */
const COLUMNS = 9;
const FLAGS = 6;
/** Flags: doubtful 1, peak 2, period 4 or 8, running 16, stopped 32, number of the mode from 64 on, covered from 4096 on. */
const PERIODS = [undefined, "baseline", "evaluation"] as const;
const RUNNING = [undefined, true, false] as const;
const COVERED_FROM = 64 * 64;
/** No interval; outside; inside. */
const COVERED = [Number.NaN, 0, 1] as const;

/** Cost of `add`: one comparison, or one pass over the window where times do not rise. Memory: 58 bytes a reading that came. */
export class RollingWindow {
  private numbers = new Float64Array(0);
  private flags = new Uint16Array(0);
  private count = 0;
  private next = 0;
  private newest = Number.NEGATIVE_INFINITY;

  /** @param capacity readings, 1 or more */
  constructor(readonly capacity: number) {}

  private makeRoom(entries: number): void {
    if (entries <= this.flags.length) return;
    // It grows with the entries: thousands of assets with a label an hour need not have room for weeks.
    const { numbers, flags } = this;
    const room = Math.min(this.capacity, Math.max(entries, 2 * this.count));
    this.numbers = new Float64Array(room * NUMBERS);
    this.flags = new Uint16Array(room);
    this.numbers.set(numbers);
    this.flags.set(flags);
  }

  get readings(): number {
    return this.count;
  }

  /** Whether the very same forecast (time and error) is in the window: it came along two wires. */
  has(time: number, error: number): boolean {
    return time <= this.newest && this.find(time, error) >= 0;
  }

  /** Takes in an entry that is known to be new. */
  add(entry: Entry): void {
    if (entry.time > this.newest) this.newest = entry.time;
    this.write(this.next, entry);
    this.next = (this.next + 1) % this.capacity;
    if (this.count < this.capacity) this.count++;
  }

  /**
   * Puts a forecast whose label was corrected in the place of the one that was taken in with the label before.
   *
   * @param error  the learner's, by the label before
   * @param entry  what takes its place, from what it was
   * @returns what was there; undefined where it is not in the window: it has left it, or the correction came along two wires
   */
  replace(time: number, error: number, entry: (before: Entry) => Entry): Entry | undefined {
    const at = this.find(time, error);
    if (at < 0) return undefined;
    const before = this.read(at);
    this.write(at, entry(before));
    return before;
  }

  /** The periods in which entries were counted begin anew: what is corrected from now on was in none of them. */
  leavePeriods(): void {
    for (let i = 0; i < this.count; i++) this.write(i, { ...this.read(i), period: undefined });
  }

  private find(time: number, error: number): number {
    const { numbers } = this;
    for (let i = 0; i < this.count; i++)
      if (numbers[i * NUMBERS] === time && numbers[i * NUMBERS + 1] === error) return i;
    return -1;
  }

  private write(place: number, { time, judged, running, period, mode }: Entry): void {
    const { learner, existing, naive, frozen, covered, actual, intervalScore } = judged;
    this.makeRoom(place + 1);
    const { numbers } = this;
    const at = place * NUMBERS;
    numbers[at] = time;
    numbers[at + 1] = learner;
    numbers[at + 2] = existing;
    numbers[at + 3] = naive;
    numbers[at + 4] = frozen;
    numbers[at + 5] = actual;
    numbers[at + 6] = intervalScore;
    this.flags[place] =
      Number(judged.doubtful) +
      2 * Number(judged.peak) +
      4 * PERIODS.indexOf(period) +
      16 * RUNNING.indexOf(running) +
      64 * mode +
      COVERED_FROM * (Number.isNaN(covered) ? 0 : 1 + covered);
  }

  private readJudged(place: number): Judgement {
    const at = place * NUMBERS;
    const { numbers } = this;
    const flags = this.flags[place];
    return {
      learner: numbers[at + 1],
      existing: numbers[at + 2],
      naive: numbers[at + 3],
      frozen: numbers[at + 4],
      actual: numbers[at + 5],
      intervalScore: numbers[at + 6],
      covered: COVERED[flags >> 12],
      doubtful: (flags & 1) === 1,
      peak: (flags & 2) === 2,
    };
  }

  private read(place: number): Entry {
    const flags = this.flags[place];
    return {
      time: this.numbers[place * NUMBERS],
      judged: this.readJudged(place),
      period: PERIODS[(flags >> 2) & 3],
      running: RUNNING[(flags >> 4) & 3],
      mode: (flags >> 6) & 63,
    };
  }

  figures(): ErrorFigures {
    const sums = ForecastError.empty();
    // In any order: the sums are exact.
    for (let place = 0; place < this.count; place++) sums.add(this.readJudged(place));
    return sums.figures();
  }

  /** Oldest first. */
  private *places(): Generator<number> {
    const first = (this.next - this.count + this.capacity) % this.capacity;
    for (let i = 0; i < this.count; i++) yield (first + i) % this.capacity;
  }

  /** The entries, oldest first, as base64 of little-endian doubles: NaN survives, and a third of the length of text. */
  state(): string {
    const bytes = Buffer.alloc(this.count * COLUMNS * 8);
    let at = 0;
    for (const place of this.places()) {
      const { time, judged } = this.read(place);
      const { learner, existing, naive, frozen, covered, actual, intervalScore } = judged;
      const flags = this.flags[place] % COVERED_FROM;
      for (const number of [time, learner, existing, naive, frozen, covered, flags, actual, intervalScore])
        at = bytes.writeDoubleLE(number, at);
    }
    return bytes.toString("base64");
  }

  /**
   * Restores a window, with another capacity if need be: then the newest entries stay.
   *
   * @param columns  of the stored entries: those of before end before the flags (6) or know of no flag but doubt (7)
   * @throws TypeError where it is no window
   */
  static of(state: unknown, capacity: number, columns: 6 | 7 | 9 = COLUMNS): RollingWindow {
    const bytes = Buffer.from(String(state), "base64");
    const stored = bytes.length / (columns * 8);
    if (typeof state !== "string" || !Number.isInteger(stored)) throw new TypeError("window is no list of entries");
    const window = new RollingWindow(capacity);
    window.count = Math.min(stored, capacity);
    window.next = window.count % capacity;
    window.makeRoom(window.count);
    const skip = (stored - window.count) * columns;
    const entry = new Array<number>(COLUMNS).fill(Number.NaN);
    for (let i = 0; i < window.count; i++) {
      for (let column = 0; column < columns; column++) {
        const value = bytes.readDoubleLE((skip + i * columns + column) * 8);
        const mayBeUnknown = column >= 2 && column !== FLAGS;
        if (!Number.isFinite(value) && !(mayBeUnknown && Number.isNaN(value)))
          throw new TypeError("an entry of the window is no finite number");
        entry[column] = value;
      }
      const [time, learner, existing, naive, frozen, covered, known, actual, intervalScore] = entry;
      // Those of before had none.
      const flags = columns > FLAGS ? known : 0;
      if (!(Number.isInteger(flags) && flags >= 0 && flags < COVERED_FROM))
        throw new TypeError("the flags of an entry of the window make no sense");
      window.numbers.set([time, learner, existing, naive, frozen, actual, intervalScore], i * NUMBERS);
      window.flags[i] = flags + COVERED_FROM * (Number.isNaN(covered) ? 0 : 1 + Number(covered > 0));
      window.newest = Math.max(window.newest, time);
    }
    return window;
  }
}
