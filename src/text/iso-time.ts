/** The latest time that a date can express, ms since 1970. */
export const LAST_TIME = 8.64e15;

/** A time as ISO 8601 has it; the bare number where it is none. */
export function isoTime(time: number): string {
  return Math.abs(time) <= LAST_TIME ? new Date(time).toISOString() : String(time);
}
