/** On-delay and off-delay: a condition counts only after it has lasted, measured by the time of the readings. */

/** What a delay remembers; plain numbers, so that it survives a restart. */
export interface DelayState {
  /** The condition after the delays. */
  active: boolean;
  /** Reading time (ms) at which the condition began to differ from `active`; undefined while it agrees. */
  since?: number;
  /** Time of the last reading (ms), undefined before the first. */
  last?: number;
}

/**
 * Takes in the condition of one reading and says whether the alarm is active after it.
 *
 * A condition that breaks off before its delay is over starts again from nothing. Without delay it counts at once.
 *
 * @param state      changed in place
 * @param condition  whether the reading is beyond the limit
 * @param time       time of the reading, ms
 * @param on, off    delays in ms, >= 0
 * Source: ANSI/ISA-18.2-2016, "On-delay and off-delay".
 */
export function delay(state: DelayState, condition: boolean, time: number, on: number, off: number): boolean {
  state.last = time;
  if (condition === state.active) {
    state.since = undefined;
    return state.active;
  }
  state.since ??= time;
  if (time - state.since >= (condition ? on : off)) {
    state.active = condition;
    state.since = undefined;
  }
  return state.active;
}

/** A reading that cannot be judged: its time counts neither for nor against the condition. */
export function holdDelay(state: DelayState, time: number): void {
  if (state.since !== undefined && state.last !== undefined) state.since += time - state.last;
  state.last = time;
}
