import type { Part } from "./part";
import { type Numbers, type Ring, type Rule, ruleOf, type State } from "./state";

/** Rows for which there is room at least. */
const FEWEST = 8;
/** In few steps: what is let go of is memory that the process has for long. */
const GROWTH = 4;

/**
 * The last rows that somebody still needs, in rings that have about as much room as these take. Row i lies at i modulo the
 * size in every ring that names the window, see `Rule.ring`. Where rows are needed for long, as by something that comes
 * late, the rings grow by steps; when that was not so for as many rows as may be kept, they shrink again.
 */
export class Window {
  /** Rows for which there is room. */
  private size = 0;
  /** The oldest row that is kept. */
  private from = 0;
  /** How many were needed at most since that was last looked at, and how many have come since. */
  private peak = 0;
  private count = 0;
  private readonly states: State[] = [];

  /**
   * @param name by which rings say that they are of it
   * @param most rows that are kept, whatever is needed
   * @param first the oldest row that is needed: one that was not needed once never is again
   * @param end how many rows there were so far
   */
  constructor(
    private readonly name: string,
    private readonly most: number,
    private readonly first: () => number,
    private readonly end: () => number,
  ) {}

  /** From now on the rings of this state have the room of the window. */
  hold(state: object): void {
    this.states.push(state as State);
  }

  /** Whether there is any room. */
  get isUsed(): boolean {
    return this.size > 0;
  }

  /** Where row i lies. */
  slot(i: number): number {
    return i % this.size;
  }

  /** Whether row i is kept. */
  has(i: number): boolean {
    return this.isUsed && i >= this.from && i < this.end();
  }

  /**
   * Makes room for the next row.
   *
   * @param also the oldest row that somebody needs who forgets it where the rest is saved
   */
  open(also = Number.POSITIVE_INFINITY): void {
    const { most, size } = this;
    const end = this.end();
    this.count += 1;
    // What is needed is looked up when there is no room, not for each row.
    if (end >= this.from && end - this.from < size) return;
    this.from = Math.max(0, end + 1 - most, Math.min(this.first(), also, end));
    const needed = end + 1 - this.from;
    this.peak = Math.max(this.peak, needed);
    if (needed > size) this.resize(roomFor(needed, most));
    if (this.count < most) return;
    if (roomFor(this.peak, most) < this.size) this.resize(roomFor(this.peak, most));
    this.count = 0;
    this.peak = needed;
  }

  /** What is kept stays; other rows are as at first. */
  private resize(size: number): void {
    this.size = size;
    for (const state of this.states) Object.assign(state, this.ringsOf(state, size, this.from, this.end()));
  }

  private fieldsOf(state: State): [field: string, numbers: Numbers, ring: Ring, rule: Rule][] {
    return Object.entries(state).flatMap(([field, numbers]) => {
      const rule = ruleOf(state, field);
      return rule.ring?.window === this.name ? [[field, numbers as Numbers, rule.ring, rule]] : [];
    });
  }

  /** The rings of a state with another number of rows: those from … to, of which there are as many as there were. */
  private ringsOf(state: State, size: number, from: number, to: number): State {
    const fields = this.fieldsOf(state);
    const bytes = fields.map(
      ([, { BYTES_PER_ELEMENT }, { width = 1 }]) => 8 * Math.ceil((size * width * BYTES_PER_ELEMENT) / 8),
    );
    const buffer = new ArrayBuffer(bytes.reduce((sum, one) => sum + one, 0));
    let at = 0;
    return Object.fromEntries(
      fields.map(([field, before, { width = 1 }, { start }], f) => {
        const now = new (before instanceof Float64Array ? Float64Array : Float32Array)(buffer, at, size * width);
        at += bytes[f];
        if (start !== undefined) now.fill(start);
        copyRows(before, now, width, Math.max(from, to - before.length / width), to);
        return [field, now];
      }),
    );
  }

  /**
   * After rings were read in, with as many rows as a record has of each: gives them the room that is needed.
   *
   * @param lacking so many of the rows that are needed may be missing: they are as at first
   * @returns whether the others were there, in every ring that had any
   */
  adopt(lacking = 0): boolean {
    const lengths = this.states.flatMap((state) =>
      this.fieldsOf(state).map(([, numbers, { width = 1 }]) => numbers.length / width),
    );
    const end = this.end();
    if (!Number.isSafeInteger(end)) return false;
    // First all of one length, since it may be told from the rows which are needed.
    const rows = Math.max(0, ...lengths);
    this.from = Math.max(0, end - rows);
    this.resize(rows);
    const [from] = this.needed();
    this.from = from;
    this.peak = end - from;
    this.resize(from < end ? roomFor(end - from, this.most) : 0);
    return lengths.every((length) => length === 0 || length >= end - from - lacking);
  }

  /** The rings of a part as a record keeps them, only the rows that are needed; of another's part nothing. */
  cut(part: Part): State {
    if (!this.states.includes(part as State)) return {};
    const [from, end] = this.needed();
    return this.ringsOf(part as State, end - from, from, end);
  }

  /** The first row that is needed now, and the one after the last. */
  private needed(): [from: number, end: number] {
    const end = this.end();
    return [Math.max(0, end - this.most, Math.min(this.first(), end)), end];
  }
}

/** How many rows there is room for where so many are needed. */
export function roomFor(rows: number, most: number): number {
  let room = FEWEST;
  while (room < rows) room *= GROWTH;
  // The last step is not worth one of its own.
  return 2 * room > most ? most : room;
}

/** Copies the rows from … to of one ring to another. */
function copyRows(before: Numbers, now: Numbers, width: number, from: number, to: number): void {
  const [rowsBefore, rowsNow] = [before.length / width, now.length / width];
  for (let i = from; i < to; i++) {
    const row = (i % rowsBefore) * width;
    const at = (i % rowsNow) * width;
    for (let k = 0; k < width; k++) now[at + k] = before[row + k];
  }
}
