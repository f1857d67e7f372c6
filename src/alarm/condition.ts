/** The alarm condition: is a signal beyond its limit, with a deadband that acts only on the way back. */

/** High: at or above a limit. Low: at or below. Outside, inside: of two limits. */
export type ConditionKind = "high" | "low" | "outside" | "inside";

/** A signal now, as the range it may lie in; for an exact value both ends are the same. */
export interface SignalRange {
  low: number;
  high: number;
}

/** The limits: high uses `high`, low uses `low`, outside and inside use both with low < high. */
export interface Setpoint {
  low: number;
  high: number;
}

/**
 * Whether the condition is present.
 *
 * A value that reaches the limit counts at once; one that is active leaves only when it is past the limit by more
 * than the deadband. A range counts as soon as its nearer end reaches the limit.
 *
 * @param deadband  >= 0, in the signal's unit; for outside and inside below half the distance of the two limits
 * @param active    whether the alarm is active now
 * Source: ANSI/ISA-18.2-2016, "Alarm deadband".
 */
export function isBeyond(
  kind: ConditionKind,
  signal: SignalRange,
  setpoint: Setpoint,
  deadband: number,
  active: boolean,
): boolean {
  const back = active ? deadband : 0;
  switch (kind) {
    case "high":
      return signal.high >= setpoint.high - back;
    case "low":
      return signal.low <= setpoint.low + back;
    case "outside":
      return signal.low <= setpoint.low + back || signal.high >= setpoint.high - back;
    case "inside":
      return signal.high >= setpoint.low - back && signal.low <= setpoint.high + back;
  }
}
