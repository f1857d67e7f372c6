/** One limit of an alarm rule: its condition, its setpoint and what the operator is told. */
import type { ConditionKind, Setpoint } from "./condition";
import type { Priority } from "./priority";
import { SEVERITIES } from "./priority";

export interface Limit {
  /** Unique within the rule, for example "HH". */
  name: string;
  kind: ConditionKind;
  /** Fixed limits; NaN or absent where the limit comes with the message. */
  low?: number;
  high?: number;
  priority: Priority;
  /** 1 to 1000; absent = the priority's own. */
  severity?: number;
  /** What the operator reads: what happens, why, what follows, what to do. */
  message?: string;
  cause?: string;
  consequence?: string;
  response?: string;
}

/** A deadband in the signal's unit, or in % of its span where `span` is given. */
export interface Deadband {
  value: number;
  span?: number;
}

/** The deadband in the signal's unit. */
export function absoluteDeadband({ value, span }: Deadband): number {
  return span === undefined ? value : (value / 100) * span;
}

/** The severity of a limit: its own, or its priority's. */
export function severityOf(limit: Limit): number {
  return limit.severity ?? SEVERITIES[limit.priority];
}

/**
 * The limits that hold now: what came with the message before what is fixed. Ends that the kind does not use stay NaN.
 *
 * @returns undefined where an end that the kind needs is not known
 */
export function setpointOf(limit: Limit, given: Partial<Setpoint>): Setpoint | undefined {
  const setpoint = { low: given.low ?? limit.low ?? Number.NaN, high: given.high ?? limit.high ?? Number.NaN };
  const needsLow = limit.kind !== "high";
  const needsHigh = limit.kind !== "low";
  if ((needsLow && !Number.isFinite(setpoint.low)) || (needsHigh && !Number.isFinite(setpoint.high))) return undefined;
  return setpoint;
}
