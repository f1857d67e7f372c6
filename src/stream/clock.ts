/** A reading after more than so many usual intervals is late; a clock that is off by more has leapt. */
const TIMES = 3;
/** Intervals before lateness is judged. */
const INTERVALS_KNOWN = 10;
/** So many readings in a row that say the same of a clock are believed where there was a doubt already. */
const FEW = 3;
/** So many readings behind the last one, in order among themselves: the clock was set back, they are right. */
const SET_BACK = 20;
/** So many readings a gateway may send once more, or twice as many; what is older is history that somebody plays. */
const SENT_AGAIN = 5000;
/** A leap is more than this, ms; as long as no interval is known, more than a minute. */
const SMALLEST_LEAP = 1000;
const LEAP_UNKNOWN = 60_000;
/** A source's clock runs slower than this one's by at most this share. */
const DRIFT = 2e-4;
/** Copies of one message come faster than this, ms, as long as it is not known how fast messages come. */
const COPIES = 100;
/** Where several readings come at once, usual intervals of arrival are taken as at least this when a longer one comes, ms. */
const SECOND = 1000;

/**
 * What the time of a reading says. Taken are:
 * - "in order", or "late": later than three usual intervals;
 * - "standing": found just now that the source's clock stands while values arrive: from here on they are taken for the
 *   time of their arrival, by the source's clock;
 * - "set back": the clock was put back (end of summer time, a new battery), or the last reading was wrong: the past is
 *   not comparable.
 *
 * Not taken are "duplicate", "out of order" (what a gateway has kept back and sends late), and "ahead": in the future, and
 * no reading around it is.
 */
export type ClockVerdict = "in order" | "late" | "standing" | "set back" | "duplicate" | "out of order" | "ahead";

/** Verdicts on readings that are not taken. */
export type Untaken = "duplicate" | "out of order" | "ahead";

/** Whether a reading with this verdict is taken. */
export function isTaken(verdict: ClockVerdict): verdict is Exclude<ClockVerdict, Untaken> {
  return verdict !== "duplicate" && verdict !== "out of order" && verdict !== "ahead";
}

/** Whether a number or a text is another one than before. What is wrapped in an object cannot be compared. */
export function areOther(
  values: Readonly<Record<string, unknown>>,
  before: Readonly<Record<string, unknown>>,
): boolean {
  return Object.keys(values).some((name) => typeof values[name] !== "object" && !Object.is(values[name], before[name]));
}

/**
 * The clock of one asset, by the times that its readings bring, compared with their arrival.
 *
 * The two tell apart what one of them cannot: a time in the future that is wrong from a source that runs ahead; readings
 * kept back in a gap, or sent once more, which come in a burst and lie within what was lived through, from a clock that was
 * set back, whose readings come as slowly as ever, or are older than all before; copies of a message from values that
 * arrive while the source's time stands still. A replay of the past, or one that is faster
 * than the plant was, is nothing special: only steps against arrival are judged, never its distance.
 *
 * @example
 *     const clock = new Clock();
 *     clock.judge(1000, 1000); // "in order"
 *     clock.judge(900, 1100); // "out of order"
 *     clock.last; // 1000
 */
export class Clock {
  /** All that has to be remembered: numbers by name. */
  readonly state = {
    /** ms of the last reading that was taken: by its own time, or by its arrival where it brought none or it stands. */
    last: Number.NaN,
    /** Usual time between two readings, ms, and how many intervals have shown it. */
    interval: Number.NaN,
    intervals: 0,
    /** ms: when the last reading taken arrived, and the usual time between two arrivals. */
    arrived: Number.NaN,
    arrivals: Number.NaN,
    /** The time that the last reading taken brought itself; how many have brought it, and when the last of them came. */
    source: Number.NaN,
    same: 0,
    heard: Number.NaN,
    /** 1 where the source's time has been found standing. */
    stands: 0,
    /** How far readings are ahead of their arrival at most, ms: those that were kept back in a gap are not. */
    lead: Number.NEGATIVE_INFINITY,
    /** 1 where the last reading was further ahead of its arrival than any before. */
    leapt: 0,
    /**
     * ms: what comes later from between here and the last reading was kept back, or comes once more; some thousand readings
     * ago, or where the clock was set. And from where on that will be.
     */
    from: Number.NaN,
    nextFrom: Number.NaN,
    /** A run of readings behind the last one: how many, the first and the latest of their times, arrival of the first. */
    behind: 0,
    behindFrom: Number.NaN,
    behindTime: Number.NaN,
    behindSince: Number.NaN,
    /** A run of readings in the future: how many, the latest of their times, and how far that is ahead of arrival. */
    ahead: 0,
    aheadTime: Number.NaN,
    aheadLead: Number.NaN,
  };

  /** ms of the last reading taken; NaN before the first. */
  get last(): number {
    return this.state.last;
  }

  /** The usual time between two readings, ms; NaN before the second. */
  get interval(): number {
    return this.state.interval;
  }

  /** Time after which the next reading is late, ms; NaN as long as the interval is not known. */
  get patience(): number {
    return this.state.intervals > INTERVALS_KNOWN ? TIMES * this.state.interval : Number.NaN;
  }

  /** The time that the last reading taken brought itself. */
  get source(): number {
    return this.state.source;
  }

  /** Readings in a row with the same time. */
  get same(): number {
    return this.state.same;
  }

  /** Goes on from a reading that was taken in another life, of which time and usual interval are known; NaN = from none. */
  resume(last: number, interval: number): void {
    const fresh = new Clock().state;
    Object.assign(this.state, fresh, { last, source: last, interval, same: 1, stands: this.state.stands });
    if (!Number.isNaN(interval)) this.state.intervals = INTERVALS_KNOWN + 1;
  }

  /** What the source's clock shows at an arrival, as far as it is known from the last reading: ms, later than that. */
  timeAt(now: number): number {
    const { last, arrived } = this.state;
    return Number.isNaN(arrived) ? Math.max(now, last + 1) : last + Math.max(now - arrived, 1);
  }

  /**
   * Takes in the time of a reading. Where it is taken, `last` is the time to use from now on.
   *
   * @param time ms, finite; NaN = the reading brought none
   * @param now ms, its arrival
   * @param isOther whether its values are others than those of the last reading taken
   */
  judge(time: number, now: number, isOther = false): ClockVerdict {
    const { state } = this;
    // Two readings in one millisecond are still two readings.
    if (Number.isNaN(time)) return this.take(now <= state.last ? state.last + 1 : now, Number.NaN, now);
    if (Number.isNaN(state.last)) return this.take(time, time, now);
    if (time === state.source) return this.again(now, isOther);
    if (time <= state.last) return this.earlier(time, now);
    return this.isAhead(time, now) ? "ahead" : this.take(time, time, now);
  }

  /** A reading with the time of the last one. */
  private again(now: number, isOther: boolean): ClockVerdict {
    const { state } = this;
    const copies = Number.isNaN(state.arrivals) ? COPIES : Math.max(state.arrivals / 2, COPIES / 10);
    // Another wire, another broker: the same message comes a second time, hard on the heels of the first.
    if (now - state.heard < copies) return "duplicate";
    state.same += 1;
    const isCounted = state.stands === 0 && state.same < FEW;
    if (isCounted && !isOther) {
      state.heard = now;
      return "duplicate";
    }
    const { same, source, stands } = state;
    const verdict = this.take(this.timeAt(now), source, now);
    state.same = same;
    // Two readings a second, and a clock of whole seconds.
    if (isCounted) return verdict;
    state.stands = 1;
    return stands === 0 ? "standing" : verdict;
  }

  private earlier(time: number, now: number): ClockVerdict {
    const { state } = this;
    if (time === state.last) return "duplicate";
    // A clock that stood and runs again may be a little behind what was worked out from arrival.
    if (state.last > state.source && time > state.source && state.last - time <= TIMES * state.interval)
      return this.take(this.timeAt(now), time, now);
    const goesOn = state.behind > 0 && time > state.behindTime;
    state.behind = goesOn ? state.behind + 1 : 1;
    state.behindTime = time;
    if (!goesOn) {
      state.behindFrom = time;
      state.behindSince = now;
    }
    // No gateway sends what is so old: a controller that begins in 1970 is soon believed.
    if (state.behind < (state.leapt === 1 || time < state.from ? FEW : SET_BACK)) return "out of order";
    // What was kept back, or comes once more, comes in a burst; readings of a clock that was set back as slowly as ever.
    const isBurst = now - state.behindSince < 0.5 * (state.behind - 1) * state.arrivals;
    if (isBurst && state.behindFrom > state.from) return "out of order";
    this.beginAt(time);
    state.last = Number.NaN; // no interval leads over it
    state.lead = Number.NEGATIVE_INFINITY;
    this.take(time, time, now);
    return "set back";
  }

  /** Whether a time later than the last one is in the future, without others that confirm it. */
  private isAhead(time: number, now: number): boolean {
    const { state } = this;
    const leap = this.smallestLeap;
    const lead = time - now;
    const before = Math.max(state.last - state.arrived, state.lead);
    if (lead <= leap || lead - before <= leap) return false;
    // A plant that is played faster than it runs: how large its steps are shows the next reading.
    if (Number.isNaN(state.interval) && before > leap) return false;
    // After a restart it is not known how far ahead of arrival the source has always been: then two have to agree.
    const confirms = state.ahead > 0 && time > state.aheadTime && Math.abs(lead - state.aheadLead) <= leap;
    state.ahead = confirms ? state.ahead + 1 : 1;
    state.aheadTime = time;
    state.aheadLead = lead;
    return state.ahead < (Number.isNaN(state.arrived) ? FEW - 1 : FEW);
  }

  private get smallestLeap(): number {
    const { interval } = this.state;
    return Number.isNaN(interval) ? LEAP_UNKNOWN : Math.max(TIMES * interval, SMALLEST_LEAP);
  }

  private beginAt(time: number): void {
    this.state.from = time;
    this.state.nextFrom = time;
  }

  /** Takes a reading: `time` is when it was by the source's clock, `source` the time that it brought. */
  private take(time: number, source: number, now: number): "in order" | "late" {
    const { state } = this;
    const elapsed = time - state.last;
    const late = elapsed > this.patience;
    const lead = time - now;
    const leap = this.smallestLeap;
    const before = Number.isNaN(state.last) ? 0 : Math.max(state.last - state.arrived, state.lead);
    const leaps = lead - before > leap;
    state.leapt = leaps && !Number.isNaN(source) ? 1 : 0;
    // The clock has changed: nothing was kept back meanwhile.
    if (leaps) this.beginAt(time);
    // Of a clock that lived before, in a record that does not say so, it is not known since when.
    else if (Number.isNaN(state.from)) this.beginAt(Number.isNaN(state.last) ? time : Number.NEGATIVE_INFINITY);
    if (!Number.isNaN(elapsed)) {
      state.intervals += 1;
      if (state.intervals % SENT_AGAIN === 0) {
        state.from = state.nextFrom;
        state.nextFrom = time;
      }
      state.interval = usual(state.interval, elapsed, state.interval);
      const paused = now - state.heard;
      // What was kept back in a gap and comes in a burst says nothing of how fast readings come.
      if (!Number.isNaN(paused) && lead >= state.lead - leap)
        state.arrivals = usual(state.arrivals, paused, Math.max(state.arrivals, SECOND));
      state.lead -= DRIFT * elapsed;
    }
    state.lead = Math.max(state.lead, lead);
    state.last = time;
    state.arrived = now;
    state.source = source;
    state.same = 1;
    state.heard = now;
    state.behind = 0;
    state.ahead = 0;
    return late ? "late" : "in order";
  }
}

/** A usual interval that follows the intervals as they come; one gap does not stretch it. */
function usual(before: number, interval: number, largest: number): number {
  if (Number.isNaN(before)) return interval;
  return before + 0.05 * (Math.min(interval, TIMES * largest) - before);
}
