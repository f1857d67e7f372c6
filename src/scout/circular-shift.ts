import type { Random } from "../forecaster/random";

/** Copies with which a relation is compared. */
const COPIES = 20;
/** No copy is shifted by less than this share of the series, from either side: no lag that is looked at comes back. */
const NEAREST = 1 / 8;

/**
 * By how much the target is shifted against the sensors, on a circle, for each surrogate: each series keeps its own
 * course, and the sensors keep what they have to do with each other; only what ties them to the target is gone. One shift
 * lies in each twentieth of what is allowed, so that no time of the day is left out.
 *
 * @param length of the series
 * @returns 20 shifts
 * Source: Andrzejak et al. 2003, "Bivariate surrogate techniques: necessity, strengths, and caveats".
 */
export function circularShifts(length: number, random: Random): number[] {
  const nearest = Math.ceil(NEAREST * length);
  const width = (length - 2 * nearest) / COPIES;
  return Array.from({ length: COPIES }, (_, i) => Math.floor(nearest + (i + random.uniform()) * width));
}

/**
 * The 95th percentile: of 20 surrogates the second largest.
 *
 * @param statistics of the surrogates
 */
export function percentile95(statistics: readonly number[]): number {
  const rising = [...statistics].sort((a, b) => a - b);
  return rising[Math.ceil(0.95 * rising.length) - 1] ?? Number.POSITIVE_INFINITY;
}

/** The value below which a share of the statistics lies, within their range. @param rising in rising order */
function quantile(rising: readonly number[], share: number): number {
  const place = share * (rising.length - 1);
  const below = rising[Math.floor(place)] as number;
  return below + (place - Math.floor(place)) * ((rising[Math.ceil(place)] as number) - below);
}

/**
 * How far a statistic lies beyond what chance usually brings, in distances between the quartiles of its surrogates: where
 * nothing is more than chance, the order of what was found, whose columns have each a spread of their own.
 *
 * @param statistics of the surrogates
 */
export function beyondChance(statistic: number, statistics: readonly number[]): number {
  const rising = [...statistics].sort((a, b) => a - b);
  const spread = quantile(rising, 0.75) - quantile(rising, 0.25);
  return (statistic - quantile(rising, 0.5)) / Math.max(spread, Number.EPSILON);
}

/**
 * A quantile farther out than the surrogates reach, by the distribution of largest values (Gumbel) through their
 * quartiles: each statistic is the largest over many lags. Quartiles, so that a surrogate in which a relation comes back by
 * chance does not hide the relation itself.
 *
 * @param share of statistics below it, in (0, 1)
 */
export function extremeQuantile(statistics: readonly number[], share: number): number {
  const rising = [...statistics].sort((a, b) => a - b);
  const at = (part: number): number => quantile(rising, part);
  const gumbel = (part: number): number => -Math.log(-Math.log(part));
  const scale = (at(0.75) - at(0.25)) / (gumbel(0.75) - gumbel(0.25));
  return at(0.5) + scale * (gumbel(share) - gumbel(0.5));
}
