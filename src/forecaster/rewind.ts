/** Readings between two copies. */
export const SPACING = 80;
const COPIES = 2;

/**
 * Copies of a state, due every 80 readings and kept until the next but one, so that a forecaster can go back to before
 * a fault that came to light late. The state of the models is kept in single precision: it differs by more from one
 * reading to the next.
 */
export class Rewind {
  private readonly copies: readonly Copy[];
  /** By copy: the index of the last reading that it knows, −1 = none; then the cursors. */
  private readonly kept: Float64Array[];

  /**
   * @param state the arrays to be copied and restored, standardised numbers
   * @param experience such arrays as well, numbers of any size
   * @param cursors how many indices of readings, kept exactly, belong to it
   */
  constructor(
    private readonly state: readonly Float64Array[],
    private readonly experience: readonly Float64Array[],
    cursors: number,
  ) {
    this.copies = Array.from({ length: COPIES }, () => ({
      state: new Float32Array(lengthOf(state)),
      experience: new Float64Array(lengthOf(experience)),
    }));
    this.kept = Array.from({ length: COPIES }, () => new Float64Array(1 + cursors).fill(-1));
  }

  /**
   * Whether it is time for a copy after a reading.
   *
   * @param index of that reading
   */
  isDue(index: number): boolean {
    let newest = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < COPIES; i++) if (this.kept[i][0] >= 0) newest = Math.max(newest, this.kept[i][0]);
    return index - newest >= SPACING;
  }

  /**
   * Takes a copy after a reading, in the place of the oldest. Allocates nothing.
   *
   * @param index of that reading
   * @param cursors indices that belong to the state
   */
  keep(index: number, cursors: Float64Array): void {
    let at = 0;
    for (let i = 1; i < COPIES; i++) if (this.kept[i][0] < this.kept[at][0]) at = i;
    copyInto(this.copies[at].state, this.state);
    copyInto(this.copies[at].experience, this.experience);
    this.kept[at][0] = index;
    this.kept[at].set(cursors, 1);
  }

  /**
   * Restores the newest copy that knows no reading after `index`, or the oldest one where all know more; copies that know
   * more are thrown away.
   *
   * @param cursors where the indices go
   * @param first oldest reading that can be gone over again: a copy that would need an older one is of no use
   * @returns the last reading that the restored copy knows; −1 where there is no copy, and nothing was changed
   */
  back(index: number, cursors: Float64Array, first: number): number {
    let best = -1;
    for (let i = 0; i < COPIES; i++) {
      const known = this.kept[i][0];
      if (known < 0 || known + 1 < first) continue;
      const before = best < 0 ? Number.NaN : this.kept[best][0];
      const better = known <= index ? !(before <= index && before > known) : before > known;
      if (best < 0 || better) best = i;
    }
    if (best < 0) return -1;
    for (const kept of this.kept) if (kept[0] > this.kept[best][0]) kept[0] = -1;
    copyBack(this.copies[best].state, this.state);
    copyBack(this.copies[best].experience, this.experience);
    cursors.set(this.kept[best].subarray(1));
    return this.kept[best][0];
  }

  /** Forgets all copies: the state was set from outside. */
  clear(): void {
    for (const kept of this.kept) kept[0] = -1;
  }

  /** All that has to be remembered, in a fixed order. */
  buffers(): (Float64Array | Float32Array)[] {
    return [...this.copies.flatMap(({ state, experience }) => [state, experience]), ...this.kept];
  }
}

interface Copy {
  state: Float32Array;
  experience: Float64Array;
}

function lengthOf(arrays: readonly Float64Array[]): number {
  return arrays.reduce((sum, array) => sum + array.length, 0);
}

function copyInto(copy: Float32Array | Float64Array, arrays: readonly Float64Array[]): void {
  let from = 0;
  for (const array of arrays) {
    copy.set(array, from);
    from += array.length;
  }
}

function copyBack(copy: Float32Array | Float64Array, arrays: readonly Float64Array[]): void {
  let from = 0;
  for (const array of arrays) {
    array.set(copy.subarray(from, from + array.length));
    from += array.length;
  }
}
