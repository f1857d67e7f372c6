import { instantOf, type TimeRules } from "../message/time";
import { instantsOf } from "../message/zone";

const DAY = 86_400_000;

/**
 * Turns what a clock on the wall showed into instants, many times over: a zone changes its offset on few days, so that it
 * is asked once a day and, on those days, for each time.
 *
 * @returns takes ms since 1970 that the same digits would be in UTC, and the instant before; gives ms since 1970
 */
export function wallClock({ zone, now }: Pick<TimeRules, "zone" | "now">): (wall: number, after: number) => number {
  const offsets = new Map<number, number>();
  const offsetOf = (day: number): number => {
    let offset = offsets.get(day);
    if (offset === undefined) {
      offset = day * DAY - instantsOf(day * DAY, zone)[0];
      offsets.set(day, offset);
    }
    return offset;
  };
  return (wall, after) => {
    const day = Math.floor(wall / DAY);
    const offset = offsetOf(day - 1);
    if (offset === offsetOf(day) && offset === offsetOf(day + 1) && offset === offsetOf(day + 2)) return wall - offset;
    return instantOf(wall, { zone, now, otherTimes: "convert", after });
  };
}
