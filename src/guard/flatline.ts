import { f64, state } from "../record/state";
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

/**
 * A sensor that repeats one value for too long is stuck. How long is too long is learnt from the sensor: more than three
 * times the longest run that it has shown in health, never below 10 readings, and so long that it should have moved ten
 * times at its usual liveliness. A sensor that is constant by nature (a valve position, a set point) is therefore never
 * caught, and one that is quantised coarsely repeats itself undisturbed.
 *
 * A value at which the sensor has rested again and again, or once for so long that it was caught, three times as long as
 * anywhere else, is a resting place: a machine at a standstill, a closed valve. Runs there say nothing of runs elsewhere; a
 * very long one is uncertain first.
 */
export class Flatline {
  readonly s = state({
    last: 0,
    run: 0,
    longestElsewhere: 0,
    moves: 0,
    readings: 0,
    started: 0,
    place: f64(PLACES, { start: Number.NaN }),
    visits: f64(PLACES),
    longest: f64(PLACES),
  });

  /** @param tolerance multiplies the limits; Infinity: no run is too long */
  constructor(private readonly tolerance = 1) {}

  /** Length of the present run of equal values, in readings. */
  get run(): number {
    return this.s.run;
  }

  /** Runs longer than this are judged bad; Infinity as long as the sensor is not known well enough. */
  get limit(): number {
    const s = this.s;
    if (s.moves < MOVES_KNOWN || this.tolerance === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
    const at = this.restingPlace(s.last);
    if (at >= 0) return this.tolerance * TIMES_AT_REST * this.s.longest[at];
    const elsewhere = TIMES * (1 + CAUTION / s.moves) * this.longestElsewhere();
    return this.tolerance * Math.max(SHORTEST, elsewhere, (MOVES_DUE * s.readings) / s.moves);
  }

  /** Runs longer than this are uncertain. */
  get doubt(): number {
    const at = this.restingPlace(this.s.last);
    return at >= 0 ? this.tolerance * TIMES * this.s.longest[at] : Math.max(SHORTEST, this.limit / 2);
  }

  /**
   * Takes in a value.
   *
   * @param x finite
   * @returns uncertain beyond `doubt`, bad beyond `limit`
   */
  judge(x: number): State {
    const s = this.s;
    if (s.started === 1 && x === s.last) {
      s.run += 1;
      if (s.run <= SHORTEST) {
        s.readings += 1;
        return "good";
      }
      if (s.run > this.limit) return "bad";
      s.readings += 1;
      return s.run > this.doubt ? "uncertain" : "good";
    }
    if (s.started === 1) {
      this.end();
      s.moves += 1;
    }
    s.started = 1;
    s.last = x;
    s.run = 1;
    s.readings += 1;
    return "good";
  }

  /**
   * Learns from the run that the sensor has just ended. One that was caught makes its value a resting place at once: a
   * machine which stands still every night is reported in the first one. Elsewhere nothing is learnt from it.
   */
  private end(): void {
    const { s } = this;
    const { place, visits, longest } = this.s;
    const { run } = s;
    const isCaught = run > this.limit;
    if (run < 2) return;
    let at = place.indexOf(s.last);
    if (at < 0) {
      // The place of the shortest runs makes room, if this one is longer.
      at = 0;
      for (let i = 1; i < PLACES; i++) if (longest[i] < longest[at]) at = i;
      if (longest[at] >= run) {
        if (!isCaught) this.elsewhere(run);
        return;
      }
      if (this.restingPlace(place[at]) < 0) this.elsewhere(longest[at]);
      place[at] = s.last;
      visits[at] = 0;
      longest[at] = 0;
    }
    visits[at] = isCaught ? Math.max(VISITS, visits[at] + 1) : visits[at] + 1;
    longest[at] = Math.max(longest[at], run);
  }

  private elsewhere(run: number): void {
    this.s.longestElsewhere = Math.max(this.s.longestElsewhere, run);
  }

  /** Longest healthy run at any value but the resting places. */
  private longestElsewhere(): number {
    let most = Math.max(1, this.s.longestElsewhere);
    for (let i = 0; i < PLACES; i++)
      if (this.s.visits[i] < VISITS && this.s.longest[i] > most) most = this.s.longest[i];
    // The places that were visited often, from the shortest runs up: those that stand out are resting places.
    for (let round = 0; round < PLACES; round++)
      for (let i = 0; i < PLACES; i++)
        if (this.s.longest[i] > most && this.s.longest[i] < TIMES * most) most = this.s.longest[i];
    return most;
  }

  /** Index of the resting place x, or −1. */
  private restingPlace(x: number): number {
    const at = this.s.place.indexOf(x);
    return at >= 0 && this.s.visits[at] >= VISITS && this.s.longest[at] >= TIMES * this.longestElsewhere() ? at : -1;
  }
}
