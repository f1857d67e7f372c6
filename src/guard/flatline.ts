import type { State } from "./quality";

/** Never judged shorter than this. */
const SHORTEST = 10;
/** So many times the longest healthy run of equal values is too long. */
const TIMES = 3;
/** Moves that a sensor must have shown before standing still says anything. */
const MOVES_KNOWN = 20;
/** With so many moves seen, caution has fallen to twice its final value. */
const CAUTION = 100;
/** A run in which a sensor of this liveliness should have moved so often is no coincidence. */
const MOVES_DUE = 10;
/** Values whose runs are remembered one by one. */
const PLACES = 4;
/** Runs at one value, each ended by the sensor itself, that make it a resting place. */
const VISITS = 3;
/** A run at a resting place is bad only beyond so many times the longest one there. */
const TIMES_AT_REST = 30;

const LAST = 0;
const RUN = 1;
const LONGEST = 2;
const MOVES = 3;
const READINGS = 4;
const STARTED = 5;

/**
 * A sensor that repeats one value for too long is stuck. How long is too long is learnt from the sensor: more than three
 * times the longest run that it has shown in health, never below 10 readings, and so long that it should have moved ten
 * times at its usual liveliness. A sensor that is constant by nature (a valve position, a set point) is therefore never
 * caught, and one that is quantised coarsely repeats itself undisturbed.
 *
 * A value at which the sensor has rested again and again, three times as long as anywhere else, is a resting place: a
 * machine at a standstill, a closed valve. Runs there say nothing of runs elsewhere; a very long one is uncertain first.
 */
export class Flatline {
  private readonly s = new Float64Array(6);
  /** Values whose runs were longest, how often and how long the sensor has been there. */
  private readonly place = new Float64Array(PLACES).fill(Number.NaN);
  private readonly visits = new Float64Array(PLACES);
  private readonly longest = new Float64Array(PLACES);

  /** @param tolerance multiplies the limits; Infinity: no run is too long */
  constructor(private readonly tolerance = 1) {}

  /** Length of the present run of equal values, in readings. */
  get run(): number {
    return this.s[RUN];
  }

  /** Runs longer than this are judged bad; Infinity as long as the sensor is not known well enough. */
  get limit(): number {
    const s = this.s;
    if (s[MOVES] < MOVES_KNOWN || this.tolerance === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
    const at = this.restingPlace(s[LAST]);
    if (at >= 0) return this.tolerance * TIMES_AT_REST * this.longest[at];
    const elsewhere = TIMES * (1 + CAUTION / s[MOVES]) * this.longestElsewhere();
    return this.tolerance * Math.max(SHORTEST, elsewhere, (MOVES_DUE * s[READINGS]) / s[MOVES]);
  }

  /** Runs longer than this are uncertain. */
  get doubt(): number {
    const at = this.restingPlace(this.s[LAST]);
    return at >= 0 ? this.tolerance * TIMES * this.longest[at] : Math.max(SHORTEST, this.limit / 2);
  }

  /** Whether the sensor has stood at its present value before, and left it by itself. */
  get familiar(): boolean {
    return this.place.includes(this.s[LAST]);
  }

  /**
   * Takes in a value.
   *
   * @param x finite
   * @returns uncertain beyond `doubt`, bad beyond `limit`
   */
  judge(x: number): State {
    const s = this.s;
    if (s[STARTED] === 1 && x === s[LAST]) {
      s[RUN] += 1;
      if (s[RUN] <= SHORTEST) {
        s[READINGS] += 1;
        return "good";
      }
      if (s[RUN] > this.limit) return "bad";
      s[READINGS] += 1;
      return s[RUN] > this.doubt ? "uncertain" : "good";
    }
    if (s[STARTED] === 1) {
      this.end();
      s[MOVES] += 1;
    }
    s[STARTED] = 1;
    s[LAST] = x;
    s[RUN] = 1;
    s[READINGS] += 1;
    return "good";
  }

  /**
   * Learns from the run that the sensor has just ended. One that was caught may have been healthy: it is believed in
   * part, so that a machine which stands still every night is not reported for ever.
   */
  private end(): void {
    const { s, place, visits, longest } = this;
    const { limit } = this;
    const run = limit === Number.POSITIVE_INFINITY ? s[RUN] : Math.min(s[RUN], limit / 2);
    if (run < 2) return;
    let at = place.indexOf(s[LAST]);
    if (at < 0) {
      // The place of the shortest runs makes room, if this one is longer.
      at = 0;
      for (let i = 1; i < PLACES; i++) if (longest[i] < longest[at]) at = i;
      if (longest[at] >= run) {
        this.elsewhere(run);
        return;
      }
      this.elsewhere(longest[at]);
      place[at] = s[LAST];
      visits[at] = 0;
      longest[at] = 0;
    }
    visits[at] += 1;
    longest[at] = Math.max(longest[at], run);
  }

  private elsewhere(run: number): void {
    this.s[LONGEST] = Math.max(this.s[LONGEST], run);
  }

  /** Longest healthy run at any value but the resting places. */
  private longestElsewhere(): number {
    let most = Math.max(1, this.s[LONGEST]);
    for (let i = 0; i < PLACES; i++) if (this.visits[i] < VISITS && this.longest[i] > most) most = this.longest[i];
    // The places that were visited often, from the shortest runs up: those that stand out are resting places.
    for (let round = 0; round < PLACES; round++)
      for (let i = 0; i < PLACES; i++)
        if (this.longest[i] > most && this.longest[i] < TIMES * most) most = this.longest[i];
    return most;
  }

  /** Index of the resting place x, or −1. */
  private restingPlace(x: number): number {
    const at = this.place.indexOf(x);
    return at >= 0 && this.visits[at] >= VISITS && this.longest[at] >= TIMES * this.longestElsewhere() ? at : -1;
  }

  /** All that has to be remembered. */
  buffers(): Float64Array[] {
    return [this.s, this.place, this.visits, this.longest];
  }
}
