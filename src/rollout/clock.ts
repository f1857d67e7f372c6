import { isZone, offsetAt } from "../message/zone";

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
  private quarter = Number.NaN;
  private offset = 0;

  /**
   * @param zone  IANA name such as "Asia/Tokyo"; empty = the zone of this machine
   * @throws RangeError where the zone is not known
   */
  constructor(private readonly zone = "") {
    if (!isZone(zone)) throw new RangeError(`The time zone ${JSON.stringify(zone)} is not known.`);
  }

  /** @param time  ms since 1970; outside the years 1 to 9999 it is taken as UTC */
  at(time: number): LocalTime {
    const quarter = Math.floor(time / QUARTER);
    if (quarter !== this.quarter) {
      this.quarter = quarter;
      this.offset = offsetAt(quarter * QUARTER, this.zone);
    }
    const minutes = Math.floor((time + this.offset) / MINUTE);
    return { day: Math.floor(minutes / DAY), minute: ((minutes % DAY) + DAY) % DAY };
  }
}
