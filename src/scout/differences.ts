/** No change counts for more than this many times the root mean square of all. */
const FARTHEST = 8;
/** Rounds in which it is looked for: each takes a share of the size of an absurd value. */
const MOST_ROUNDS = 1000;

/**
 * The values at some rows, each missing one replaced by the last one before it (zero-order hold): a sensor that reports
 * now and then, or only when it has changed, stands at its last value in between.
 *
 * @param column NaN = missing
 * @param rows rising; the hold also passes the values between them on
 * @returns NaN before the first value
 */
export function heldAt(column: Float64Array, rows: readonly number[]): Float64Array {
  const held = new Float64Array(rows.length);
  let last = Number.NaN;
  let next = 0;
  for (const [i, row] of rows.entries()) {
    for (; next <= row; next++) {
      const value = column[next] as number;
      if (!Number.isNaN(value)) last = value;
    }
    held[i] = last;
  }
  return held;
}

/** The means of blocks of `size` values, NaN left out; what is left over at the beginning is dropped. */
export function blockMeans(values: Float64Array, size: number): Float64Array {
  if (size === 1) return values;
  const blocks = Math.floor(values.length / size);
  const first = values.length - blocks * size;
  const means = new Float64Array(blocks);
  for (let b = 0; b < blocks; b++) {
    let sum = 0;
    let count = 0;
    for (let i = first + b * size; i < first + (b + 1) * size; i++) {
      const value = values[i] as number;
      if (Number.isNaN(value)) continue;
      sum += value;
      count++;
    }
    means[b] = sum / count; // NaN where the block has none
  }
  return means;
}

/**
 * Changes from one value to the next, with absurd ones clipped. Differences, since two random walks are alike in their
 * levels by chance; their changes are not.
 *
 * @param values NaN = unknown: no change
 * @returns one fewer than values
 */
export function differences(values: Float64Array): Float64Array {
  const changes = new Float64Array(Math.max(0, values.length - 1));
  for (let i = 0; i < changes.length; i++) {
    const change = (values[i + 1] as number) - (values[i] as number);
    changes[i] = Number.isNaN(change) ? 0 : change;
  }
  return clipped(changes);
}

/** Values clipped at 8 times their root mean square, until no single one makes up most of it. */
export function clipped(values: Float64Array): Float64Array {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    let squares = 0;
    for (const value of values) squares += value * value;
    const limit = FARTHEST * Math.sqrt(squares / values.length);
    let found = false;
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      if (Math.abs(value) <= limit * 1.0001) continue;
      values[i] = Math.sign(value) * limit;
      found = true;
    }
    if (!found) break;
  }
  return values;
}

/** Values moved and scaled, in place, to mean 0 and variance 1; all 0 where they do not vary. */
export function standardised(values: Float64Array): Float64Array {
  let mean = 0;
  for (const value of values) mean += value / values.length;
  let variance = 0;
  for (const value of values) variance += (value - mean) ** 2 / values.length;
  const scale = variance > 0 ? 1 / Math.sqrt(variance) : 0;
  for (let i = 0; i < values.length; i++) values[i] = ((values[i] as number) - mean) * scale;
  return values;
}

/** How often something has changed. */
export function changesIn(values: Float64Array): number {
  let count = 0;
  for (const value of values) if (value !== 0) count++;
  return count;
}
