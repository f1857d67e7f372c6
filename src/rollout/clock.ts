const MINUTE = 60_000;
const DAY = 1440;

/** Offsets from UTC change at quarters of an hour only. */
const QUARTER = 15 * MINUTE;

/** A moment on the plant's wall clock. */
export interface LocalTime {
  /** Days since 1 January 1970, local. */
  readonly day: number;
  /** Minutes since local midnight, 0 to 1439. */
  readonly minute: number;
}

/** The plant's wall clock: shifts follow local time, with its summer time, while messages carry UTC. */
export class Clock {
  private readonly format: Intl.DateTimeFormat | undefined;
  private quarter = Number.NaN;
  private offset = 0;

  /**
   * @param zone  IANA name such as "Asia/Tokyo"; empty = the zone of this machine
   * @throws RangeError where the zone is not known
   */
  constructor(zone = "") {
    this.format = zone
      ? new Intl.DateTimeFormat("en-US", {
          timeZone: zone,
          hourCycle: "h23",
          year: "numeric",
          month: "numeric",
          day: "numeric",
          hour: "numeric",
          minute: "numeric",
        })
      : undefined;
  }

  /** @param time  ms since 1970; beyond the range of Date it is taken as UTC */
  at(time: number): LocalTime {
    const quarter = Math.floor(time / QUARTER);
    if (quarter !== this.quarter) {
      this.quarter = quarter;
      this.offset = this.offsetAt(quarter * QUARTER);
    }
    const minutes = Math.floor((time + this.offset) / MINUTE);
    return { day: Math.floor(minutes / DAY), minute: ((minutes % DAY) + DAY) % DAY };
  }

  /** Local time minus UTC in ms. */
  private offsetAt(time: number): number {
    const date = new Date(time);
    if (Number.isNaN(date.getTime())) return 0;
    if (!this.format) return -date.getTimezoneOffset() * MINUTE;
    const part = new Map(this.format.formatToParts(date).map(({ type, value }) => [type, Number(value)]));
    const get = (type: Intl.DateTimeFormatPartTypes) => part.get(type) ?? 0;
    return Date.UTC(get("year"), get("month") - 1, get("day"), get("hour"), get("minute")) - time;
  }
}
