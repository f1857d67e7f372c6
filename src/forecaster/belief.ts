/** An error beyond so many usual ones is an outlier … */
export const OUTLIER = 5;
/** … until outliers have come for so many readings: then it is how the plant runs now. */
export const PATIENCE = 300;
/** Each reading since makes up for so much of one of them: what comes again and again, as each half of a cycle, ends it too. */
const RECOVERY = 0.25;

/** What is usual of a model's errors, in its own unit, and for how many readings they have been outliers, less a share of those since. */
export interface Usual {
  usual: number;
  lasting: number;
}

/**
 * How much to learn from an error, and what is usual from now on. An outlier counts for less the further out it is, with
 * the square, so that labels that lie for minutes leave no trace in what was learnt in months; one that only pulls less
 * (Huber) still bends a precise model with each of them. Where outliers last, they are learnt in full.
 *
 * Source: redescending M-estimators, Hampel et al. 1986, "Robust Statistics", ch. 2.6.
 *
 * @param of changed in place
 * @param size of the error, in the same unit
 * @param memory labels that the usual error follows
 * @param gap readings since the last label
 * @returns 0 … 1
 */
export function belief(of: Usual, size: number, memory: number, gap: number): number {
  const most = OUTLIER * of.usual;
  const isOutlier = size > most;
  of.lasting = isOutlier ? of.lasting + gap : Math.max(0, of.lasting - gap * RECOVERY);
  const share = isOutlier && of.lasting <= PATIENCE ? (most / size) ** 2 : 1;
  of.usual += (share * (Math.min(size, most) - of.usual)) / memory;
  return share;
}
