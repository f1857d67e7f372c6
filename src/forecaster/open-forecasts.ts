import type { Part } from "../record/part";
import { f32, f64, state } from "../record/state";
import { roomFor } from "../record/window";

/** Room beyond that for all readings that are kept: which forecasts are done is not looked up for each new one. */
const SPARE = 1.125;

/** How many forecasts there is room for where so many are open. */
export function roomForOpen(open: number, capacity: number): number {
  return roomFor(2 * open, Math.ceil(SPARE * capacity) + 8);
}

/**
 * The forecasts whose experts may still be compared with a label, or that may be learnt from, in the order of their
 * origins: where labels come in time a few, and one more for each label that is missing. Those that are done are left out
 * when there is no room for the next one.
 */
export class OpenForecasts {
  readonly state;

  /**
   * @param experts how many
   * @param capacity readings kept
   * @param isOpen whether the forecast from a reading is one of them: one that was done never is again
   */
  constructor(
    private readonly experts: number,
    private readonly capacity: number,
    private readonly isOpen: (origin: number) => boolean,
  ) {
    const ring = { total: "count", window: "open" };
    this.state = state({
      count: 0,
      /** The reading from which it was made. */
      origin: f64(0, { ring }),
      /** What each expert answered, one after the other. */
      answers: f64(0, { ring: { ...ring, width: experts }, mayBeNaN: true }),
      /** How much wider than the tracker's its interval was. */
      widening: f32(0, { ring, start: 1 }),
      /** Which of the mixers made it. */
      mixer: f32(0, { ring }),
      /** How familiar the reading was. */
      familiarity: f32(0, { ring, start: 1 }),
    });
  }

  /** Where the forecast from reading i lies; −1 where it is none of them. */
  slot(i: number): number {
    const { count, origin } = this.state;
    let low = 0;
    let high = count - 1;
    // As a rule one of the last is asked for.
    if (high >= 0 && origin[high] <= i) low = high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (origin[middle] < i) low = middle + 1;
      else high = middle;
    }
    return origin[low] === i && low < count ? low : -1;
  }

  /** Takes in the forecast from reading i, the newest one, and tells where it lies: the caller fills it. */
  open(i: number): number {
    const { state } = this;
    const { length } = state.origin;
    if (state.count === length) {
      this.leaveOutDone();
      const room = this.roomFor(length);
      if (room !== length) this.resize(state, room);
    }
    state.origin[state.count] = i;
    state.count += 1;
    return state.count - 1;
  }

  /** How many there is room for from now on, where before there was room for so many. */
  private roomFor(before: number): number {
    const { count } = this.state;
    const isEnough = 2 * count <= before && 8 * count > before;
    return isEnough ? before : roomForOpen(count, this.capacity);
  }

  private leaveOutDone(): void {
    const { state, experts } = this;
    const { origin, answers, widening, mixer, familiarity } = state;
    let to = 0;
    for (let row = 0; row < state.count; row++) {
      if (!this.isOpen(origin[row])) continue;
      origin[to] = origin[row];
      answers.copyWithin(to * experts, row * experts, (row + 1) * experts);
      widening[to] = widening[row];
      mixer[to] = mixer[row];
      familiarity[to] = familiarity[row];
      to += 1;
    }
    state.count = to;
  }

  /** Gives the list, or a copy of it, room for so many. */
  private resize(to: typeof this.state, size: number): void {
    const { count, origin, answers, widening, mixer, familiarity } = this.state;
    const { experts } = this;
    const buffer = new ArrayBuffer(size * (8 + 8 * experts + 4 + 4 + 4));
    to.origin = new Float64Array(buffer, 0, size);
    to.answers = new Float64Array(buffer, 8 * size, size * experts);
    to.widening = new Float32Array(buffer, 8 * size * (1 + experts), size);
    to.mixer = new Float32Array(buffer, 8 * size * (1 + experts) + 4 * size, size);
    to.familiarity = new Float32Array(buffer, 8 * size * (1 + experts) + 8 * size, size);
    to.origin.set(origin.subarray(0, count));
    to.answers.set(answers.subarray(0, count * experts));
    to.widening.set(widening.subarray(0, count));
    to.mixer.set(mixer.subarray(0, count));
    to.familiarity.set(familiarity.subarray(0, count));
  }

  /** After a record was read in: whether it is a list of forecasts. */
  adopt(): boolean {
    const { state, experts } = this;
    const { count, origin, answers, widening, mixer } = state;
    // Records of before did not say.
    if (state.familiarity.length === 0) state.familiarity = new Float32Array(count).fill(1);
    const isList =
      [origin, widening, mixer, state.familiarity].every(({ length }) => length === count) &&
      answers.length === count * experts &&
      origin.every((one, row) => Number.isSafeInteger(one) && (row === 0 || one > origin[row - 1]));
    if (!isList) return false;
    this.leaveOutDone();
    this.resize(state, state.count === 0 ? 0 : this.roomFor(0));
    return true;
  }

  /** The list as a record keeps it, without those that are done. */
  cut(part: Part): object {
    if (part !== this.state) return {};
    this.leaveOutDone();
    const cut = { ...this.state };
    this.resize(cut, cut.count);
    return cut;
  }

  /** Forgets all of them. */
  clear(): void {
    this.state.count = 0;
  }
}
