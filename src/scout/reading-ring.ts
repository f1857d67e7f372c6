/** Beyond this no sensor value is believed, in any unit: a float of a controller ends at 3.4e38. */
const TOO_LARGE = 1e30;
/** Readings kept, and sensors at most: more names than this are a flood of names, not a machine. */
const CAPACITY = 5000;
const MOST_SENSORS = 200;

/** A reading as it comes: what is no finite number, or beyond ±1e30, counts as missing. */
export interface ScoutReading {
  /** ms since 1970; NaN = unknown: readings then count as evenly spaced. */
  readonly time: number;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Readings in the order of their times, one row for each time, as they were when the table was asked for. */
export interface ReadingTable {
  /** ms since 1970, rising; the number of the row where a time is unknown. */
  readonly times: Float64Array;
  /** Whether `times` are times. */
  readonly isTimed: boolean;
  readonly names: readonly string[];
  /** The values of a sensor, NaN = missing; undefined where no number of it ever came. */
  column(name: string): Float64Array | undefined;
}

/** The newest readings of a stream in bounded memory: 8 bytes a value, at most 5,000 readings of 200 sensors. */
export class ReadingRing {
  private readonly times: Float64Array;
  private readonly columns = new Map<string, Float64Array>();
  private taken = 0;

  constructor(private readonly capacity = CAPACITY) {
    this.times = new Float64Array(capacity);
  }

  /** Readings kept now. */
  get length(): number {
    return Math.min(this.taken, this.capacity);
  }

  /** Readings taken in so far, also those that have made room. */
  get count(): number {
    return this.taken;
  }

  /** Takes a reading in; the oldest makes room. Never throws, whatever the values are. */
  take({ time, values }: ScoutReading): void {
    const at = this.taken % this.capacity;
    this.times[at] = time;
    for (const column of this.columns.values()) column[at] = Number.NaN;
    for (const name of Object.keys(values)) {
      const value = numberOf(values, name);
      let column = this.columns.get(name);
      // A name begins to be a sensor with its first number.
      if (!column && !Number.isNaN(value) && this.columns.size < MOST_SENSORS) {
        column = new Float64Array(this.capacity).fill(Number.NaN);
        this.columns.set(name, column);
      }
      if (column) column[at] = value;
    }
    this.taken++;
  }

  /** What is kept, in the order of time. Of two values for the same time the one that came later counts. */
  table(): ReadingTable {
    const { length, capacity, times } = this;
    const order = Int32Array.from({ length }, (_, i) => (this.taken - length + i) % capacity);
    const isTimed = order.every((at) => Number.isFinite(times[at]));
    // A stable order: what came later stands later.
    if (isTimed) order.sort((a, b) => (times[a] as number) - (times[b] as number));
    const rowOf = new Int32Array(length);
    const rowTimes: number[] = [];
    for (const [i, at] of order.entries()) {
      const time = isTimed ? (times[at] as number) : i;
      if (time !== rowTimes.at(-1)) rowTimes.push(time);
      rowOf[i] = rowTimes.length - 1;
    }
    const kept = new Map([...this.columns].map(([name, column]) => [name, column.slice(0, length)]));
    return {
      times: Float64Array.from(rowTimes),
      isTimed,
      names: [...kept.keys()],
      column: (name) => {
        const column = kept.get(name);
        if (!column) return undefined;
        const values = new Float64Array(rowTimes.length).fill(Number.NaN);
        for (const [i, at] of order.entries()) {
          const value = column[at] as number;
          if (!Number.isNaN(value)) values[rowOf[i] as number] = value;
        }
        return values;
      },
    };
  }
}

/** A value as a usable number, NaN where it is none, even of an object whose getters throw. */
function numberOf(values: Readonly<Record<string, unknown>>, name: string): number {
  try {
    const value = values[name];
    return typeof value === "number" && Math.abs(value) <= TOO_LARGE ? value : Number.NaN;
  } catch {
    return Number.NaN;
  }
}
