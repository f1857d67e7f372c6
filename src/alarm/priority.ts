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

/**
 * Share of annunciated alarms that a well-designed system has in each priority.
 * Source: ANSI/ISA-18.2-2016, table "Annunciated alarm priority distribution" (80 / 15 / 5 %, critical below 1 %).
 */
export const PRIORITY_TARGETS: Readonly<Record<Priority, number>> = {
  critical: 0.01,
  high: 0.05,
  medium: 0.15,
  low: 0.8,
};
