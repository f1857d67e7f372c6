import type { Clock } from "./clock";

/** A part of the working day. One that ends before it starts runs over midnight; equal ends mean the whole day. */
export interface Shift {
  readonly name: string;
  /** Minutes since midnight, 0 to 1439. */
  readonly from: number;
  readonly to: number;
  /** Whether the pilot acts on the learner in this shift. */
  readonly pilot: boolean;
}

/** Where and when the pilot acts on the learner. */
export interface Scope {
  /** Names of assets, `*` for any characters and `?` for one; empty = all. */
  readonly assets: readonly string[];
  /** Empty = at any hour. */
  readonly shifts: readonly Shift[];
}

/** Block boundaries that people think in; `auto` = as soon as a block is long enough. */
export type Period = "auto" | "hour" | "shift" | "day";

/** Without shifts of their own, most plants change at 6, 14 and 22 o'clock. */
const USUAL_STARTS = [360, 840, 1320];

/** Whether an asset belongs to the pilot at this moment. @param time  ms since 1970 */
export function inScope(scope: Scope, asset: string, time: number, clock: Clock): boolean {
  const { assets, shifts } = scope;
  if (assets.length > 0 && !assets.some((pattern) => matches(pattern, asset))) return false;
  if (shifts.length === 0) return true;
  const { minute } = clock.at(time);
  return shifts.some(({ from, to, pilot }) => {
    if (!pilot) return false;
    return from < to ? minute >= from && minute < to : minute >= from || minute < to;
  });
}

/**
 * Number of the hour, shift or day that a moment belongs to: consecutive, growing, the same until it ends.
 * A shift over midnight belongs to the day it started.
 *
 * @returns nothing for `auto`
 */
export function periodOf(period: Period, shifts: readonly Shift[], time: number, clock: Clock): number | undefined {
  if (period === "auto") return undefined;
  const { day, minute } = clock.at(time);
  if (period === "day") return day;
  if (period === "hour") return day * 24 + Math.floor(minute / 60);
  const own = [...new Set(shifts.map(({ from }) => from))].sort((a, b) => a - b);
  const starts = own.length > 0 ? own : USUAL_STARTS;
  return day * starts.length + starts.filter((start) => start <= minute).length;
}

/**
 * Whether a name fits a pattern with `*` and `?`. Steps back to the last star only, so that no name, however long,
 * takes more than pattern × name comparisons; a regular expression would not promise that.
 */
export function matches(pattern: string, name: string): boolean {
  let p = 0;
  let n = 0;
  let star = -1;
  let mark = 0;
  while (n < name.length) {
    if (pattern[p] === "*") {
      star = p++;
      mark = n;
    } else if (pattern[p] === "?" || (p < pattern.length && pattern[p] === name[n])) {
      p++;
      n++;
    } else if (star >= 0) {
      p = star + 1;
      n = ++mark;
    } else {
      return false;
    }
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}
