/**
 * The time by which an asset's readings are stamped, compared with their arrival: which reading says how things are
 * now, which one is history, and how late it is for an asset whose clock stands still or that is silent.
 */
import type { Moment } from "./delay";

/** A reading older than the newest by more than this is history, ms. Devices of one asset are seldom closer. */
const LITTLE = 1000;
/** Older readings in a row that keep pace with this computer's clock and prove that the source's was set back. */
const SET_BACK = 3;
/** By so much a source's time may run faster or slower than arrival and still keep pace with it. */
const PACE = 1.5;

export interface SourceClockState {
  /** The asset's time at the latest reading that counted, ms: its stamp or, where stamps stand still, arrival's pace. */
  time: number;
  /** The newest stamp, and when it arrived last. */
  newest: Moment;
  /** The newest stamp before that one. */
  before?: Moment;
  /** Older readings in a row: how many, the first of them, and the time of the last. */
  older?: { count: number; first: Moment; last: number };
}

/** live: it says how things are now; history: it does not; set back: it does, and its source's clock was set anew. */
export type Standing = "live" | "history" | "setBack";

/** Whether the stamps of two readings are as far apart as their arrivals, so that one clock has made both. */
function isOneClock(from: Moment, to: Moment): boolean {
  const advance = to.time - from.time;
  const elapsed = to.arrival - from.arrival;
  if (advance < 0 || elapsed <= 0) return false;
  return advance <= PACE * elapsed && elapsed <= PACE * advance;
}

export class SourceClock {
  constructor(private state?: SourceClockState) {}

  /**
   * Takes in the stamp of a reading.
   *
   * - Newer than all: live, and the asset's time is the stamp.
   * - The same, or a little older: live; the asset's time goes on with arrival, so that a source whose time stands still
   *   stops nothing.
   * - Older by more than a second: history, unless the newest stamp was a stray one from the future (this reading goes
   *   on where the one before left off), or three in a row keep pace with this computer's clock while no newer one
   *   comes: then the source's clock was set back. A backlog comes faster than it was measured.
   *
   * @param time     ms, the reading's stamp
   * @param arrival  ms by this computer's clock
   */
  read(time: number, arrival: number): Standing {
    const here: Moment = { time, arrival };
    const { state } = this;
    if (state === undefined) {
      this.state = { time, newest: here };
      return "live";
    }
    const { newest, before } = state;
    if (time > newest.time) {
      this.state = { time, newest: here, before: newest };
      return "live";
    }
    if (time >= newest.time - LITTLE) {
      this.state = { time: this.now(arrival), newest: { time: newest.time, arrival }, before };
      return "live";
    }
    if (before && !isOneClock(before, newest) && isOneClock(before, here)) {
      this.state = { time, newest: here };
      return "setBack";
    }
    const { older } = state;
    if (!older || time <= older.last) state.older = { count: 1, first: here, last: time };
    else state.older = { count: older.count + 1, first: older.first, last: time };
    const { count, first } = state.older as { count: number; first: Moment };
    if (count < SET_BACK || !isOneClock(first, here)) return "history";
    this.state = { time, newest: here };
    return "setBack";
  }

  /** The asset's time, ms, at a moment of this computer's clock; that moment itself before the first reading. */
  now(arrival: number): number {
    const { state } = this;
    return state === undefined ? arrival : state.time + Math.max(0, arrival - state.newest.arrival);
  }

  /** ms by which a stamp is older than the newest; -Infinity before the first. */
  age(time: number): number {
    return (this.state?.newest.time ?? Number.NEGATIVE_INFINITY) - time;
  }

  /** How many readings in a row were history. */
  get ignored(): number {
    return this.state?.older?.count ?? 0;
  }

  save(): SourceClockState | undefined {
    return this.state;
  }
}
