/** What one scored forecast adds to every figure, so that a corrected label can take out exactly what the first one added. */
import type { ForecasterName, ScoredForecast } from "./scored-forecast";

/** Errors (forecast − actual) in the target's unit; NaN where that forecaster said nothing. */
export interface Judgement extends Record<ForecasterName, number> {
  /** NaN where it is not known any more: in a record of before. */
  actual: number;
  /** Whether the interval held it, 1 or 0; NaN without an interval. */
  covered: number;
  /** Interval score, in the target's unit; NaN without an interval. */
  intervalScore: number;
  doubtful: boolean;
  /** Whether the actual value was among the top 5 %. */
  peak: boolean;
}

/**
 * @param coverage  nominal coverage of the interval, in (0, 1)
 * @param peak  whether the actual value is among the top 5 %
 */
export function judgementOf(scored: ScoredForecast, coverage: number, peak: boolean): Judgement {
  const { actual, covered, lower, upper, doubtful } = scored;
  return {
    learner: scored.learner - actual,
    frozen: scored.frozen - actual,
    naive: scored.naive - actual,
    existing: scored.existing - actual,
    actual,
    covered: covered === undefined ? Number.NaN : Number(covered),
    intervalScore: intervalScore(lower, upper, actual, coverage),
    doubtful,
    peak,
  };
}

/**
 * The judgement of the same forecast by the label before. Doubt about it is not known any more: it is taken as now.
 *
 * @param label  what the label before said
 */
export function judgementBefore(scored: ScoredForecast, label: number, coverage: number, peak: boolean): Judgement {
  const { lower, upper } = scored;
  const covered = lower <= upper && scored.covered !== undefined ? lower <= label && label <= upper : scored.covered;
  return judgementOf({ ...scored, actual: label, covered }, coverage, peak);
}

/**
 * Width of the interval, plus 2/α for each unit by which it missed, α = 1 − coverage. Coverage alone can be bought with
 * width; this is smallest for the narrowest interval that keeps its word.
 *
 * @returns in the unit of the values, 0 or more; NaN without an interval
 * Source: Winkler 1972; Gneiting and Raftery 2007, "Strictly proper scoring rules, prediction, and estimation", eq. 43.
 */
export function intervalScore(lower: number, upper: number, actual: number, coverage: number): number {
  if (!(lower <= upper)) return Number.NaN;
  const missed = Math.max(0, lower - actual, actual - upper);
  return upper - lower + (2 / (1 - coverage)) * missed;
}
