/** Tags that tell their value when it changes, each at times of its own: between two reports the last one holds. */

/** What a tag reported, in the order of time. */
export interface Reports {
  readonly times: readonly number[];
  /** NaN: from here on there is no value. */
  readonly values: readonly number[];
}

const [SECOND, MINUTE, HOUR] = [1000, 60_000, 3_600_000];
/** Spacings that people choose, ms. */
const ROUND: readonly number[] = [
  ...[0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12, 24].map((n) => n * HOUR),
];
/** Where nothing at all was reported for so many steps, the archive itself stood still. */
const SILENCE = 20;
/** An even spacing makes at most so many rows of one report of the busiest tag. */
const MOST_ROWS = 4;
/** Tags that tell of the same time: what they span is together so many times the whole. */
const TOGETHER = 1.5;

/**
 * The usual spacing of the reports of a tag, of the tag in the middle, made round, ms.
 *
 * @param fits whether so many rows are not too many; a longer step is taken where they are
 */
export function usualStep(tags: readonly Reports[], fits: (rows: number) => boolean): number {
  const usual = tags.flatMap(({ times }) => {
    const gaps = times.slice(1).flatMap((time, i) => (time > times[i] ? [time - times[i]] : []));
    return gaps.length === 0 ? [] : [median(gaps)];
  });
  if (usual.length === 0) return MINUTE;
  const most = Math.max(...tags.map(({ times }) => times.length));
  const [first, last] = spanOf(tags);
  const wanted = Math.max(median(usual), (last - first) / (MOST_ROWS * most));
  const near = (step: number): number => Math.abs(Math.log(step / wanted));
  const usualOne = ROUND.reduce((best, step) => (near(step) < near(best) ? step : best));
  return ROUND.find((step) => step >= usualOne && fits(evenRows(tags, step))) ?? usualOne;
}

/** Whether tags tell of the same time, not one after the other. */
export function areTogether(tags: readonly Reports[]): boolean {
  const [first, last] = spanOf(tags);
  const spans = tags.map(({ times }) => times[times.length - 1] - times[0]);
  return spans.reduce((sum, span) => sum + span, 0) >= TOGETHER * (last - first);
}

/**
 * How many rows `heldEvenly` makes at most, so that nobody has to wait for more than fit.
 *
 * @param step ms
 */
export function evenRows(tags: readonly Reports[], step: number): number {
  const [first, last] = spanOf(tags);
  return Math.floor(last / step) - Math.floor(first / step) + 2;
}

/**
 * Rows with an even spacing; in each stands what every tag had reported by then. There are none while the archive stood
 * still.
 *
 * @param step ms
 */
export function heldEvenly(
  tags: readonly Reports[],
  step: number,
): { times: Float64Array; values: readonly Float64Array[] } {
  const [first, last] = spanOf(tags);
  const at = tags.map(() => -1);
  const most = Math.max(0, evenRows(tags, step));
  const times = new Float64Array(most);
  const values = tags.map(() => new Float64Array(most));
  let rows = 0;
  for (let time = Math.ceil(first / step) * step; time < last + step; time += step) {
    let newest = Number.NEGATIVE_INFINITY;
    tags.forEach((tag, k) => {
      while (tag.times[at[k] + 1] <= time) at[k]++;
      if (at[k] >= 0) newest = Math.max(newest, tag.times[at[k]]);
    });
    if (time - newest > SILENCE * step) {
      // On to the next report.
      const next = Math.min(...tags.map((tag, k) => tag.times[at[k] + 1] ?? Number.POSITIVE_INFINITY));
      time = Math.ceil(next / step) * step - step;
      continue;
    }
    times[rows] = time;
    for (const [k, tag] of tags.entries()) values[k][rows] = at[k] < 0 ? Number.NaN : tag.values[at[k]];
    rows++;
  }
  return { times: times.slice(0, rows), values: values.map((column) => column.slice(0, rows)) };
}

function spanOf(tags: readonly Reports[]): [number, number] {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { times } of tags) {
    if (times.length === 0) continue;
    first = Math.min(first, times[0]);
    last = Math.max(last, times[times.length - 1]);
  }
  return [first, last];
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}
