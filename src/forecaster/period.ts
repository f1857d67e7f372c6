import { f32, f64, state } from "../record/state";

/** Changes among which a period is looked for. */
const WINDOW = 512;
/** The lags compared: a shorter period is seen by the last changes of the target anyway, a longer one comes too seldom. */
const SHORTEST = 16;
const LONGEST = 160;
/** A change is that across so many entries: small enough to see a shape, large enough to be more than noise. */
const SPAN = 4;
/** Before there are so many changes, a period is one that has come so many times. */
const REPEATS = 4;
/** Readings that come so much more or less often have another pace. */
const OTHER_PACE = 0.3;
/** Readings in an entry at most. */
const COARSEST = 64;
/** A lag at which changes are so much more alike than those of unrelated times is a period. */
const ALIKE = 0.4;
/** … and while there are few changes to compare, so many. */
const EARLY = 0.6;
/** Of several, the shortest one that is nearly as good as the best: twice a period is as good as once. */
const NEARLY = 0.85;
/** A period that differs by less is the same. */
const SAME = 0.03;
/** A period that was not seen again so many times is over. */
const MISSES = 3;

/**
 * The period of a signal, found from the signal itself, such as the cycle of a press or of a batch: the lag at which its
 * changes are most like themselves. Looked for in readings, then in means over 2, 4 … 64 of them, so that cycles of 16 to
 * some 10,000 readings are found. Changes, since a signal that only wanders is like itself at every short lag.
 *
 * Source: average magnitude difference function, Ross et al. 1974, here on changes and against unrelated times.
 *
 * Cost: some 500 subtractions an entry.
 */
export class Period {
  readonly state;

  /** @param isUsed whether there is room for values: where nobody asks for a period, none is taken */
  constructor(isUsed = true) {
    this.state = state({
      /** Readings in an entry; sum and number of those in the one at hand. */
      coarse: 1,
      sum: 0,
      count: 0,
      entries: 0,
      /** Mean time between two readings, ms, and of how many it is the mean. */
      interval: 0,
      timed: 0,
      /** The lag that is compared next. */
      lag: SHORTEST,
      /** In readings; 0 = none is known. */
      length: 0,
      misses: 0,
      /** Whether it was found among few changes. */
      isEarly: 0,
      means: f64(SPAN),
      changes: f32(isUsed ? WINDOW : 0),
      scores: f32(isUsed ? LONGEST + 1 : 0),
    });
  }

  /** In readings; 0 = none is known. */
  get length(): number {
    return this.state.length;
  }

  /** Mean time between two readings, ms; 0 = not known. */
  get interval(): number {
    return this.state.interval;
  }

  /**
   * ms; 0 = none is known. By the mean time of many readings: one that was lost must not make another cycle of a day.
   */
  get duration(): number {
    return this.state.length * this.state.interval;
  }

  /**
   * Takes in a value, finite.
   *
   * @param interval usual time between two readings in ms; NaN while it is not known
   */
  update(value: number, interval = Number.NaN): void {
    const { state } = this;
    const { means, changes } = state;
    if (interval > 0) {
      if (Math.abs(interval / state.interval - 1) > OTHER_PACE) state.timed = 0;
      state.timed = Math.min(WINDOW, state.timed + 1);
      state.interval += (interval - state.interval) / state.timed;
    }
    state.sum += value;
    state.count += 1;
    if (state.count < state.coarse) return;
    const mean = state.sum / state.count;
    state.sum = 0;
    state.count = 0;
    const at = state.entries % SPAN;
    changes[state.entries % WINDOW] = state.entries < SPAN ? 0 : mean - means[at];
    means[at] = mean;
    state.entries += 1;
    const longest = this.longest;
    if (longest <= SHORTEST) return;
    state.scores[state.lag] = this.likeness(state.lag);
    state.lag += 1;
    if (state.lag <= longest) return;
    state.lag = SHORTEST;
    this.decide(longest);
  }

  /** The longest lag that the changes seen so far can tell of. */
  private get longest(): number {
    const seen = this.state.entries - SPAN;
    return seen >= WINDOW ? LONGEST : Math.min(LONGEST, Math.floor(seen / REPEATS));
  }

  /** How much more the changes are like those a lag earlier than like unrelated ones: 1 = the same, 0 = no more. */
  private likeness(lag: number): number {
    const { changes, entries } = this.state;
    const first = Math.max(SPAN, entries - WINDOW);
    let difference = 0;
    let size = 0;
    for (let i = first + lag; i < entries; i++) {
      const change = changes[i % WINDOW];
      difference += Math.abs(change - changes[(i - lag) % WINDOW]);
      size += Math.abs(change);
    }
    return size > 0 ? 1 - difference / (Math.SQRT2 * size) : 0;
  }

  /** After all lags were compared. */
  private decide(longest: number): void {
    const { state } = this;
    const found = this.peak(longest) * state.coarse;
    const isEarly = longest < LONGEST ? 1 : 0;
    const isSame = found > 0 && Math.abs(found - state.length) <= SAME * state.length;
    state.misses = isSame ? 0 : state.misses + 1;
    // What few changes have told is put right by more of them.
    if (isSame && state.isEarly === isEarly) return;
    if (!isSame && state.length > 0 && state.misses < MISSES) return;
    state.length = found;
    state.isEarly = isEarly;
    state.misses = 0;
    if (found === 0 && isEarly === 0) this.restart(state.coarse < COARSEST ? 2 * state.coarse : 1);
  }

  /** The lag of the period in entries, between whole ones; 0 = there is none. */
  private peak(longest: number): number {
    const { scores } = this.state;
    const isPeak = (lag: number): boolean => scores[lag] > scores[lag - 1] && scores[lag] >= scores[lag + 1];
    const least = longest < LONGEST ? EARLY : ALIKE;
    let best = least;
    for (let lag = SHORTEST + 1; lag < longest; lag++) if (isPeak(lag)) best = Math.max(best, scores[lag]);
    for (let lag = SHORTEST + 1; lag < longest; lag++) {
      if (!isPeak(lag) || scores[lag] < NEARLY * best || scores[lag] < least) continue;
      const [before, at, after] = [scores[lag - 1], scores[lag], scores[lag + 1]];
      return lag + (0.5 * (before - after)) / (before - 2 * at + after);
    }
    return 0;
  }

  /** Looks anew, in means of so many readings. */
  private restart(coarse: number): void {
    const { state } = this;
    state.coarse = coarse;
    state.sum = 0;
    state.count = 0;
    state.entries = 0;
    state.lag = SHORTEST;
  }

  /** Forgets everything. */
  clear(): void {
    this.state.length = 0;
    this.state.misses = 0;
    this.restart(1);
  }
}
