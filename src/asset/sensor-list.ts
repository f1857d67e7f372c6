import type { MessageReading } from "../message/reading";

/** The list settles over so many readings: the first payload may be a greeting or lack half of the sensors. */
const SETTLING = 20;
/** While it settles, a sensor is taken up once it has come so many times … */
const FIRST_TIMES = 3;
/** … and afterwards, since the model then begins anew, once it has come a quarter as often as was learnt, in these bounds. */
const FEWEST_TIMES = 20;
const MOST_TIMES = 500;
/** A sensor that does not come is let go after so many readings at the earliest. */
const AFTER = 200;
/** More names than this are not watched: they are a flood of names, not a machine. */
const MOST_NAMES = 1000;

interface Column {
  used: boolean;
  /** In how many readings it has come, and in which one last. */
  came: number;
  last: number;
  /** The longest pause so far, in readings. */
  pause: number;
}

/** How the list is another from now on. */
export interface ListChange {
  readonly names: readonly string[];
  readonly joined: readonly string[];
  readonly left: readonly string[];
}

/**
 * Which sensors a model uses that shall use "every number": those of the first reading at first. A sensor that keeps
 * coming is taken up. One is let go that came only once while the list settled, or that has stayed away for 200
 * readings, for longer than it was ever there, and for ten times its longest pause: a sensor under repair, or one that
 * reports now and then, stays.
 */
export class SensorList {
  private readonly columns = new Map<string, Column>();
  private readings: number;

  /**
   * @param names of the first reading, or of a model that is there already
   * @param most sensors that the list may have
   * @param taken readings that the model has taken in before
   */
  constructor(
    names: readonly string[],
    private readonly target: string,
    private readonly most: number,
    taken = 0,
  ) {
    this.readings = taken > 0 ? SETTLING : 0;
    for (const name of names)
      if (name !== target) this.columns.set(name, { used: true, came: taken, last: this.readings, pause: 0 });
  }

  /** Whether it settles still. */
  get isSettling(): boolean {
    return this.readings < SETTLING;
  }

  /** Whether the list may soon be another: it settles still, or a name that is not on it has come lately. */
  get isOpen(): boolean {
    if (this.isSettling) return true;
    for (const { used } of this.columns.values()) if (!used) return true;
    return false;
  }

  /** The list settles anew: what is on it must come again. */
  restart(): void {
    this.readings = 0;
    for (const [name, column] of this.columns) {
      if (column.used) Object.assign(column, { came: 1, last: 0, pause: 0 });
      else this.columns.delete(name);
    }
  }

  /**
   * Counts a reading.
   *
   * @param learnt updates of the model so far
   * @returns the new list, where it is another from this reading on
   */
  take(reading: MessageReading, learnt: number): ListChange | undefined {
    const coming = this.comingIn(reading);
    // A label that comes alone says nothing of the sensors.
    if (coming.length === 0 && this.used().length > 0) return undefined;
    this.readings++;
    for (const name of coming) this.count(name);
    const needed =
      this.readings <= SETTLING ? FIRST_TIMES : Math.max(FEWEST_TIMES, Math.min(MOST_TIMES, Math.ceil(learnt / 4)));
    const before = this.used();
    const joined: string[] = [];
    const left: string[] = [];
    for (const [name, column] of this.columns) {
      const away = this.readings - column.last;
      if (column.used && this.isGone(column)) left.push(name);
      else if (!column.used && column.came >= needed && away === 0) joined.push(name);
      else if (!column.used && away > AFTER) this.columns.delete(name);
    }
    joined.splice(Math.max(0, this.most - before.length + left.length));
    // Where nothing would be left, what is gone stays: it is better than nothing.
    if (left.length === before.length && joined.length === 0) left.length = 0;
    if (joined.length + left.length === 0) return undefined;
    for (const name of left) this.columns.delete(name);
    for (const name of joined) (this.columns.get(name) as Column).used = true;
    return { names: this.used(), joined, left };
  }

  private used(): string[] {
    return [...this.columns].filter(([, { used }]) => used).map(([name]) => name);
  }

  private count(name: string): void {
    const column = this.columns.get(name);
    if (column) {
      column.pause = Math.max(column.pause, this.readings - column.last);
      column.came++;
      column.last = this.readings;
    } else if (this.columns.size < MOST_NAMES) {
      this.columns.set(name, { used: false, came: 1, last: this.readings, pause: 0 });
    }
  }

  private isGone({ came, last, pause }: Column): boolean {
    const away = this.readings - last;
    if (this.readings === SETTLING) return came === 1 && away >= SETTLING / 2;
    return away > Math.max(AFTER, came, 10 * pause);
  }

  /** The sensors that came with a reading, also those whose value cannot be used: they have not gone. */
  private comingIn({ values, held, problems }: MessageReading): string[] {
    const unusable = new Set(problems.map(({ sensor }) => sensor));
    return Object.keys(values).filter(
      (name) => name !== this.target && (!Number.isNaN(values[name]) || held.has(name) || unusable.has(name)),
    );
  }
}
