/** Priorities of an alarm and the severity that goes with each. */

/** From the most to the least urgent. */
export const PRIORITIES = ["critical", "high", "medium", "low"] as const;
export type Priority = (typeof PRIORITIES)[number];

/**
 * Severity (1 to 1000) of a priority where none is given.
 * Source: OPC UA Part 9 divides 1..1000 into low (to 333), medium (to 666) and high; these are the middles, with
 * the topmost tenth kept for critical.
 */
export const SEVERITIES: Readonly<Record<Priority, number>> = { critical: 950, high: 800, medium: 500, low: 200 };
