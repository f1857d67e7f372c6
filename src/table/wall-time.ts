/** What a clock on the wall showed, row by row, as instants. */
import { instantOf } from "../message/time";
import { offsetAt } from "../message/zone";

const DAY = 86_400_000;

/** An hour that the clock shows twice, since it is set back at its end. */
interface HourTwice {
  /** Its begin and its end on the wall, ms since 1970 that the same digits would be in UTC. */
  readonly from: number;
  readonly to: number;
  /** How far the clock is ahead of UTC before it is set back, and after, ms. */
  readonly before: number;
  readonly after: number;
}

/**
 * Turns the times of rows, in the order in which they were written, into instants. In the hour that is shown twice they
 * tell themselves where the clock was set back: there they fall, or there are twice as many of one time as elsewhere.
 * Until then also the end of the hour, "03:00", is an hour earlier than it is afterwards.
 *
 * @param walls ms since 1970 that the same digits would be in UTC
 * @param now ms: an hour that says nothing is not in the future
 * @returns ms since 1970
 */
export function instantsOfRows(
  walls: Float64Array,
  { zone, now }: { readonly zone: string; readonly now: number },
): Float64Array {
  const clock = wallClock(zone);
  const times = new Float64Array(walls.length);
  for (let i = 0; i < walls.length; ) {
    const hour = clock.hourAt(walls[i]);
    if (!hour) {
      times[i] = walls[i] - clock.offsetOf(walls[i]);
      i++;
      continue;
    }
    let end = i + 1;
    while (end < walls.length && isAround(hour, walls[end])) end++;
    const part = walls.subarray(i, end);
    const turns = setBack(part, hour, alike(walls, i > 0 ? i - 1 : end, i > 0 ? -1 : 1));
    const begin = instantOf(walls[i], { zone, now, otherTimes: "convert", after: times[i - 1] });
    let isAfter = turns.length === 0 && begin === walls[i] - hour.after;
    part.forEach((wall, k) => {
      if (turns.includes(k)) isAfter = !isAfter;
      times[i + k] = wall - (isAfter || (turns.length === 0 && wall >= hour.to) ? hour.after : hour.before);
    });
    i = end;
  }
  return times;
}

/** Where in rows of such an hour the clock was set back, and where, in the rows of another tag, it was not yet. */
function setBack(walls: Float64Array, { from, to }: HourTwice, usual: number): number[] {
  const falls = [...walls.keys()].filter((k) => k > 0 && walls[k] < walls[k - 1] && walls[k] < to);
  // What comes a little late stands behind a later one at any hour.
  const large = falls.filter((k) => walls[k - 1] - walls[k] >= (to - from) / 2);
  if (large.length > 0 || falls.length === 1) return large.length > 0 ? large : falls;
  const times = [...new Set(walls)].filter((wall) => wall <= to);
  if (falls.length > 0 || times.length > 2) return [];
  const twice = times.map((wall) => walls.indexOf(wall)).find((k) => alike(walls, k, 1) >= 2 * Math.max(1, usual));
  return twice === undefined ? [] : [twice + Math.floor(alike(walls, twice, 1) / 2)];
}

/** How many rows from one on have its time. */
function alike(walls: Float64Array, from: number, step: 1 | -1): number {
  let count = 0;
  while (walls[from + count * step] === walls[from] && walls[from] !== undefined) count++;
  return count;
}

/** Also the first half of the hour behind it: the clock may be set back somewhat late. */
function isAround({ from, to }: HourTwice, wall: number): boolean {
  return wall >= from && wall < to + (to - from) / 2;
}

/** A zone changes its offset on few days, so that it is asked once a day and, on those days, for each time. */
function wallClock(zone: string) {
  const days = new Map<number, { readonly offset: number | undefined; readonly hour: HourTwice | undefined }>();
  const dayOf = (wall: number) => {
    const day = Math.floor(wall / DAY);
    let known = days.get(day);
    if (!known) {
      const [start, end] = [(day - 1) * DAY, (day + 2) * DAY];
      const [before, after] = [offsetAt(start, zone), offsetAt(end, zone)];
      let [earlier, later] = [start, end];
      while (before > after && later - earlier > 1) {
        const middle = Math.floor((earlier + later) / 2);
        if (offsetAt(middle, zone) === before) earlier = middle;
        else later = middle;
      }
      const hour = before > after ? { from: later + after, to: later + before, before, after } : undefined;
      known = { offset: before === after ? before : undefined, hour };
      days.set(day, known);
    }
    return known;
  };
  return {
    hourAt(wall: number): HourTwice | undefined {
      const { hour } = dayOf(wall);
      return hour && isAround(hour, wall) ? hour : undefined;
    },
    offsetOf(wall: number): number {
      return (
        dayOf(wall).offset ?? wall - instantOf(wall, { zone, now: Number.POSITIVE_INFINITY, otherTimes: "convert" })
      );
    },
  };
}
