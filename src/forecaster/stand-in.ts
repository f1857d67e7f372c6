import type { Parts } from "../record/part";
import { f32, state } from "../record/state";
import { QuantileTracker } from "../stream/quantile-tracker";

/** A forecast has gone astray that is so many times as far off as the last value is now, and usually; … */
const FAR = 5;
/**
 * … and as it is usually itself: while a plant stands still the last value is right each time, and a forecast that is near
 * as ever must not be lost for the start that it foretells.
 */
const FAR_OF_ITSELF = 4;
/**
 * The share of labels for which it had follows one that had by a fourth, so that three in a row make it a half, and one
 * that had not half as fast: a system that is down every other time is not believed in between. Further ahead it takes
 * more, since one event is in as many labels as there are readings ahead.
 */
const FAST = 3;
const HALF = 0.5;
/** What is usual of the last value is the mean over so many labels, with the rare steps that it never foresees; … */
const MEMORY = 300;
/** … it is known after so many, and one counts for at most so many usual ones. */
const FIRST = 5;
const MOST = 20;

/**
 * The last value in the place of a forecast that builds on the existing one. It stands in where that has not come, and
 * where what was built on it has been far from the plant while the last value was near: the system that it comes from is
 * down, stands still, or counts in another unit. What is built on it is made, judged and learnt all the while, so that the
 * forecast is back with the labels that it comes near, whether the existing forecast or the model has changed.
 */
export class StandIn {
  private readonly state = {
    /** Share of the last labels for which what is built on the existing forecast had gone astray. */
    astray: 0,
    /** By how much the last value is usually off, and labels that told, a doubtful one by its weight. */
    usual: 0,
    labels: 0,
    /** The same of what is built on the existing forecast, of labels that it came near. */
    built: 0,
    near: 0,
  };
  private readonly tracker: QuantileTracker;
  private readonly memory: number;
  /** In the history's window: whether it stood in for the forecast from that reading. */
  readonly rings = state({ used: f32(0, { ring: { total: "history.total", window: "kept" } }) });

  /** @param of share of actual values that its interval shall hold; readings ahead */
  constructor({ coverage, horizon }: { coverage: number; horizon: number }) {
    this.tracker = new QuantileTracker(coverage, horizon);
    this.memory = FAST + Math.max(1, horizon);
  }

  /** Whether what is built on the existing forecast has gone astray. */
  get isCalled(): boolean {
    return this.state.astray >= HALF;
  }

  /** Half-width of the last value's interval, in the target's unit; NaN before the first label. */
  get width(): number {
    return this.tracker.width;
  }

  /**
   * Takes in a label. One in doubt speaks against the last value too: where a sensor is stuck, that is right each time.
   *
   * @param built how far off what is built on the existing forecast was, NaN where that had not come
   * @param last how far off the last value was, finite
   * @param weight how much the label is believed, 0 … 1
   */
  judge(built: number, last: number, weight: number): void {
    const { state, tracker, memory } = this;
    tracker.update(last, tracker.width);
    const { usual } = state;
    // Of a plant that has only stood still nothing is known.
    const isKnown = state.labels >= FIRST && usual > 0;
    const most = Math.max(FAR * usual, FAR_OF_ITSELF * state.built);
    const isFar = isKnown && built > Math.max(most, FAR * last);
    // Where both were far off nothing is known of either.
    if (isFar || built <= most || built <= last) {
      const move = (isFar ? weight : 0) - state.astray;
      state.astray += move / (move > 0 ? memory : 2 * memory);
    }
    if (!(weight > 0)) return;
    // What goes astray by and by must not become usual: then it would never be far again.
    if (isKnown && built <= FAR * usual) {
      state.near = Math.min(state.near + weight, MEMORY);
      state.built += (weight * (built - state.built)) / state.near;
    }
    state.labels = Math.min(state.labels + weight, MEMORY);
    const counted = isKnown ? Math.min(last, MOST * usual) : last;
    state.usual += (weight * (counted - usual)) / state.labels;
  }

  /** Forgets what it has seen; how far off the last value usually is stands. */
  forgetReadings(): void {
    this.state.astray = 0;
    this.tracker.restart();
  }

  /** All that has to be remembered, by name. */
  parts(): Parts {
    const { state, tracker, rings } = this;
    return { standIn: state, "standIn.interval": tracker.state, "standIn.rings": rings };
  }
}
