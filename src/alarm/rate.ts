/** How fast a signal changes, in units per minute, over a window of reading time. */

/** Readings kept at most; closer ones are thinned out, so that a fast signal needs no more memory than a slow one. */
export const SAMPLES = 64;

export interface RateState {
  times: number[];
  values: number[];
}

/**
 * Takes in a reading and gives the slope of the least-squares line through the window, per minute.
 *
 * A line through all of the window, not the difference of two readings: noise of the sensor would otherwise be
 * divided by a short time and look like a fast change.
 *
 * @param state   changed in place
 * @param window  ms, > 0
 * @returns NaN until two readings lie in the window
 */
export function rate(state: RateState, time: number, value: number, window: number): number {
  const { times, values } = state;
  while (times.length > 0 && times[0] < time - window) {
    times.shift();
    values.shift();
  }
  const crowded = times.length > 1 && time - times[times.length - 2] < window / SAMPLES;
  if (crowded) {
    times.pop();
    values.pop();
  }
  times.push(time);
  values.push(value);
  const n = times.length;
  if (n < 2) return Number.NaN;
  let meanTime = 0;
  let meanValue = 0;
  for (let i = 0; i < n; i++) {
    meanTime += (times[i] - time) / n;
    meanValue += values[i] / n;
  }
  let covariance = 0;
  let variance = 0;
  for (let i = 0; i < n; i++) {
    const dt = times[i] - time - meanTime;
    covariance += dt * (values[i] - meanValue);
    variance += dt * dt;
  }
  return variance > 0 ? (covariance / variance) * 60_000 : Number.NaN;
}
