/** Few enough to be sorted by hand, without an object for each reading. */
const MOST = 16;
const sorted = new Float64Array(MOST);

/**
 * The first few of some numbers in rising order, such as to find their median.
 *
 * @param count how many, at most 16
 * @returns an array that is used again
 */
export function rising(values: ArrayLike<number>, count: number): Float64Array {
  for (let i = 0; i < count; i++) {
    const value = values[i];
    let at = i;
    for (; at > 0 && sorted[at - 1] > value; at--) sorted[at] = sorted[at - 1];
    sorted[at] = value;
  }
  return sorted;
}
