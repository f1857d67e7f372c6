const MOST_BINS = 8;
const FEWEST_BINS = 3;

/** A series by ranks: in which of a few bins, equally filled, each value lies. Equal values lie in the same bin. */
export interface Ranked {
  /** Written twice in a row, so that a lag on the circle is a plain offset. */
  readonly bins: Uint8Array;
  /** How many values each bin holds. */
  readonly counts: Float64Array;
}

/** How many bins so many values fill. */
function binsFor(values: number): number {
  return Math.max(FEWEST_BINS, Math.min(MOST_BINS, Math.floor(Math.sqrt(values / 20))));
}

/** Bins a series by its ranks. */
export function ranked(values: Float64Array): Ranked {
  const n = values.length;
  const count = binsFor(n);
  const order = Uint32Array.from(values, (_, i) => i).sort((a, b) => (values[a] as number) - (values[b] as number));
  const bins = new Uint8Array(2 * n);
  const counts = new Float64Array(count);
  for (let first = 0; first < n; ) {
    const value = values[order[first] as number];
    let next = first + 1;
    while (next < n && values[order[next] as number] === value) next++;
    const bin = Math.floor((count * (first + next - 1)) / 2 / n);
    for (let i = first; i < next; i++) bins[order[i] as number] = bin;
    (counts[bin] as number) += next - first;
    first = next;
  }
  bins.copyWithin(n, 0, n);
  return { bins, counts };
}

/**
 * Mutual information of two binned series at a lag, on a circle. It also sees relations that are no straight line.
 *
 * @param lag by how many readings x is earlier, 0 … length
 * @param joint room for the counts of pairs: 128 numbers
 * @returns nats, with what chance alone brings
 * Cost: one addition a value.
 * Source: Shannon 1948, "A mathematical theory of communication".
 */
export function mutualInformation(y: Ranked, x: Ranked, lag: number, joint: Int32Array): number {
  const n = y.bins.length / 2;
  countPairs(y.bins, x.bins, n - lag, joint);
  let nats = 0;
  for (let b = 0; b < y.counts.length; b++) {
    for (let a = 0; a < x.counts.length; a++) {
      const pair = (b << 3) | a;
      const count = (joint[pair] as number) + (joint[pair | 64] as number);
      if (count > 0) nats += count * Math.log((count * n) / ((y.counts[b] as number) * (x.counts[a] as number)));
    }
  }
  return nats / n;
}

/**
 * The degrees of freedom of two binned series: 2 n times the information of independent ones follows χ² with so many, so
 * that chance alone brings freedom / 2 n.
 *
 * Source: Miller 1955, "Note on the bias of information estimates".
 */
export function freedom(y: Ranked, x: Ranked): number {
  const filled = ({ counts }: Ranked): number => counts.filter((count) => count > 0).length;
  return Math.max(1, (filled(y) - 1) * (filled(x) - 1));
}

/** Counts pairs of bins into two tables in turn: a processor that has just written a count is slow to read it again. */
function countPairs(y: Uint8Array, x: Uint8Array, offset: number, joint: Int32Array): void {
  const n = y.length / 2;
  joint.fill(0);
  for (let i = 0; i < n - 1; i += 2) {
    const even = ((y[i] as number) << 3) | (x[i + offset] as number);
    const odd = 64 | ((y[i + 1] as number) << 3) | (x[i + 1 + offset] as number);
    joint[even] = (joint[even] as number) + 1;
    joint[odd] = (joint[odd] as number) + 1;
  }
  if (n % 2 === 1) {
    const last = ((y[n - 1] as number) << 3) | (x[n - 1 + offset] as number);
    joint[last] = (joint[last] as number) + 1;
  }
}

/**
 * The correlation that a straight line with this much mutual information would have, 0 … 1.
 *
 * @param nats less what chance brings; below 0 it is none
 * Source: Linfoot 1957, "An informational measure of correlation".
 */
export function informationalCorrelation(nats: number): number {
  return Math.sqrt(1 - Math.exp(-2 * Math.max(0, nats)));
}
