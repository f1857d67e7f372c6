/**
 * On-delay and off-delay: a condition counts only after it has lasted, by the time of the readings or by the clock,
 * whichever says so first. Readings say it in a batch or a replay; the clock says it when nothing more arrives, or when
 * the source's time stands still.
 */

/** When something is seen. */
export interface Moment {
  /** ms by the asset's own time, as its readings are stamped. */
  time: number;
  /** ms by this computer's clock. */
  arrival: number;
}

/** What a delay remembers; plain numbers, so that it survives a restart. */
export interface DelayState {
  /** The condition after the delays. */
  active: boolean;
  /** When the condition began to differ from `active`, by both times, ms; undefined while it agrees. */
  since?: number;
  sinceArrival?: number;
  /** The last reading, by both times, ms; undefined before the first. */
  last?: number;
  lastArrival?: number;
}

/**
 * Takes in the condition of one reading and says whether the alarm is active after it.
 *
 * A condition that breaks off before its delay is over starts again from nothing. Without delay it counts at once.
 *
 * @param state      changed in place
 * @param condition  whether the reading is beyond the limit
 * @param on, off    delays in ms, >= 0
 * Source: ANSI/ISA-18.2-2016, "On-delay and off-delay".
 */
export function delay(state: DelayState, condition: boolean, at: Moment, on: number, off: number): boolean {
  state.last = at.time;
  state.lastArrival = at.arrival;
  if (condition === state.active) forgetPending(state);
  else {
    state.since ??= at.time;
    state.sinceArrival ??= at.arrival;
  }
  return elapse(state, at, on, off);
}

/** Lets time pass without a reading, and says whether the alarm is active after it. */
export function elapse(state: DelayState, at: Moment, on: number, off: number): boolean {
  const { since, sinceArrival } = state;
  if (since === undefined || sinceArrival === undefined) return state.active;
  if (Math.max(at.time - since, at.arrival - sinceArrival) >= (state.active ? off : on)) {
    state.active = !state.active;
    forgetPending(state);
  }
  return state.active;
}

/** When the clock says so at the latest, ms by this computer's clock; Infinity while nothing is pending. */
export function dueAt(state: DelayState, on: number, off: number): number {
  return state.sinceArrival === undefined ? Number.POSITIVE_INFINITY : state.sinceArrival + (state.active ? off : on);
}

/** A reading that cannot be judged: its time counts neither for nor against the condition. */
export function holdDelay(state: DelayState, at: Moment): void {
  if (state.since !== undefined && state.last !== undefined) state.since += at.time - state.last;
  if (state.sinceArrival !== undefined && state.lastArrival !== undefined) {
    state.sinceArrival += at.arrival - state.lastArrival;
  }
  state.last = at.time;
  state.lastArrival = at.arrival;
}

/** What is pending starts again from nothing. */
export function forgetPending(state: DelayState): void {
  state.since = undefined;
  state.sinceArrival = undefined;
}

/** After the source's clock was set to another time: what has lasted by this computer's clock still has. */
export function resetSourceTime(state: DelayState, time: number): void {
  if (state.since !== undefined) state.since = time;
  state.last = time;
}
