/** The zone in which a time without one is meant. Node.js knows all zones and their history; no library is needed. */

/** Beyond this no zone is off UTC, ms. */
const FARTHEST = 26 * 3_600_000;
/** Zones are asked for these years alone: before them a calendar counts backwards, and beyond them dates end. ms. */
const FIRST_YEAR = new Date(0).setUTCFullYear(1, 0, 2);
const LAST_YEAR = Date.UTC(9999, 11, 31);
const FORMATS = new Map<string, Intl.DateTimeFormat>();

/**
 * Whether a zone is known, by its IANA name such as "Europe/Berlin"; empty = the machine's. Also offsets such as "+09:00".
 */
export function isZone(zone: string): boolean {
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

/**
 * When a clock on the wall showed this.
 *
 * @param wall ms since 1970 that the same digits would be in UTC; from the years 1 to 9999
 * @param zone known to `isZone`
 * @returns ms since 1970, rising: two where the hour is run through twice at the end of summer time; one, an hour later
 *   on the wall, where it is left out at its beginning
 */
export function instantsOf(wall: number, zone: string): number[] {
  const earlier = wall - offsetAt(wall - FARTHEST, zone);
  const later = wall - offsetAt(wall + FARTHEST, zone);
  const shown = [...new Set([earlier, later])].filter((time) => time + offsetAt(time, zone) === wall);
  // Left out: the digits mean as much time after the change as they are beyond it.
  return shown.length > 0 ? shown.sort((a, b) => a - b) : [earlier];
}

/** How far the zone is ahead of UTC at an instant, ms; 0 outside the years 1 to 9999, such as at what is no date at all. */
export function offsetAt(time: number, zone: string): number {
  if (!(time >= FIRST_YEAR && time <= LAST_YEAR)) return 0;
  const part: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of formatOf(zone).formatToParts(time)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  // Date.UTC takes the year 99 for 1999.
  const wall = new Date(Date.UTC(2000, 0, 1, hour, minute, second)).setUTCFullYear(year, month - 1, day);
  return wall - Math.floor(time / 1000) * 1000; // the format has no ms
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = FORMATS.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone === "" ? undefined : zone,
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  FORMATS.set(zone, format);
  return format;
}
