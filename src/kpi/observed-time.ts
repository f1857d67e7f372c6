/**
 * How long a plant was really observed, from the times of its readings. A clock that is set forwards or back, a stop over
 * night or a restart must not add hours in which nothing was measured: rates per hour and money per year hang on it.
 */

import { count, finite, flag, list } from "../memory/checked";

/** Steps that are remembered for the typical one; an odd number has a middle. */
const REMEMBERED = 15;
/** Steps before anything is counted; a plant computer often starts in 1970 and gets its time seconds later. */
const WARM_UP = 5;
/** A step this many times the typical one is a gap or a clock that was set forwards. */
const GAP = 5;
/** Readings in a row behind the latest time: the clock was set back, these are not late labels. */
const BEHIND = 5;

/** How a reading stands to those before it; restarted: the clock was set back and this is the new present. */
export type Order = "next" | "late" | "restarted";

/**
 * Sum of the steps between readings, ms. A gap counts as one typical step (the median of the last 15), a late label as
 * nothing. Never falls, and no reading adds more than five typical steps.
 */
export class ObservedTime {
  private total = 0;
  private latest = Number.NaN;
  private behind = 0;
  private steps: number[] = [];
  private pending = true;
  /** How the last reading stood to those before it. */
  order: Order = "next";

  get ms(): number {
    return this.total;
  }

  /**
   * @param time ms since 1970, finite
   * @returns the ms by which the observed time grew
   */
  add(time: number): number {
    this.order = "next";
    if (Number.isNaN(this.latest)) {
      this.latest = time;
      return 0;
    }
    const step = time - this.latest;
    if (step <= 0) {
      this.order = "late";
      if (step === 0 || ++this.behind < BEHIND) return 0;
      this.order = "restarted";
      this.behind = 0;
      this.latest = time;
      return 0;
    }
    this.behind = 0;
    this.latest = time;
    this.steps.push(step);
    if (this.steps.length > REMEMBERED) this.steps.shift();
    if (this.steps.length < WARM_UP && this.pending) return 0;
    const typical = median(this.steps);
    const grown = this.pending
      ? this.steps.reduce((sum, ms) => sum + plausible(ms, typical), 0)
      : plausible(step, typical);
    this.pending = false;
    this.total += grown;
    return grown;
  }

  state(): unknown[] {
    return [this.total, Number.isNaN(this.latest) ? null : this.latest, this.behind, this.pending, this.steps];
  }

  /** @throws TypeError where it is no such state */
  static of(state: unknown): ObservedTime {
    const [total, latest, behind, pending, steps] = list(state, "observed time", 5);
    const restored = new ObservedTime();
    restored.total = count(total, "observed time");
    restored.latest = latest === null ? Number.NaN : finite(latest, "latest time");
    restored.behind = count(behind, "readings behind");
    restored.pending = flag(pending, "pending");
    restored.steps = list(steps, "steps", REMEMBERED).map((step) => count(step, "step"));
    return restored;
  }
}

function plausible(ms: number, typical: number): number {
  return ms > GAP * typical ? typical : ms;
}

/** Used before anybody else has a turn: it is asked for at each reading, several times. */
const sorted = new Float64Array(REMEMBERED);

function median(values: readonly number[]): number {
  for (let n = 0; n < values.length; n++) {
    let at = n;
    for (; at > 0 && sorted[at - 1] > values[n]; at--) sorted[at] = sorted[at - 1];
    sorted[at] = values[n];
  }
  return sorted[values.length >> 1];
}
