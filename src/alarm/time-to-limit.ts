/** When a forecast path reaches a limit. */
import type { ConditionKind, Setpoint } from "./condition";
import { isBeyond } from "./condition";

/** Points of the path in time order, beginning with the actual value now where it is known. */
export interface Path {
  times: number[];
  values: number[];
}

/**
 * Time from the path's beginning to the first point beyond the limit, in whole ms; between two points the path is a
 * straight line. 0 when it begins beyond the limit, undefined when it never gets there.
 *
 * @param origin  time that counts as now, ms
 */
export function timeToLimit(kind: ConditionKind, path: Path, setpoint: Setpoint, origin: number): number | undefined {
  for (let i = 0; i < path.times.length; i++) {
    const value = path.values[i];
    const before = path.values[Math.max(0, i - 1)];
    const stretch = { low: Math.min(before, value), high: Math.max(before, value) };
    if (!isBeyond(kind, stretch, setpoint, 0, false)) continue;
    if (i === 0) return Math.max(0, path.times[0] - origin);
    // The limit that lies between the two points is the one reached first.
    const rising = value > before;
    const limit = kind === "inside" ? (rising ? setpoint.low : setpoint.high) : rising ? setpoint.high : setpoint.low;
    // Relative to the larger of the two, because the difference of two huge or two tiny values need not be a number.
    const size = Math.max(Math.abs(before), Math.abs(value));
    const share = (limit / size - before / size) / (value / size - before / size);
    return Math.max(0, Math.round(path.times[i - 1] + share * (path.times[i] - path.times[i - 1]) - origin));
  }
  return undefined;
}
