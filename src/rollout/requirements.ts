import { PROOF } from "./evidence";

/** Share of actual values that must be usable and beyond doubt: those of the target, for they judge. */
const GOOD = 0.95;

/** Largest difference between the share of actual values inside the interval and its nominal coverage. */
const COVERAGE_TOLERANCE = 0.05;

/** What the trial has shown in the present stage. */
export interface TrialCounts {
  blocks: number;
  /** Days with forecasts; a gap counts as one day at most, so that a wrong date cannot end a trial. */
  days: number;
  /** Forecasts that fell due, and labels that could judge none; of these, how many labels were beyond doubt. */
  scored: number;
  good: number;
  /** Of the forecasts that fell due: those that any value was in doubt for, at either end. They count all the same. */
  doubtful: number;
  /** Labels that were none or known to be wrong. */
  unusable: number;
  /** Forecasts that fell due while the plant was not running. */
  stopped: number;
  /** Of the forecasts with an interval: how many, and how many held the actual value. */
  intervals: number;
  covered: number;
  /** Largest evidence reached: by Ville's inequality it counts from the moment it was reached. */
  proof: number;
  /** Present evidence that the learner is worse. */
  against: number;
}

/** What a plant asks for before it acts on the learner. */
export interface Needs {
  blocks: number;
  days: number;
  /** Nominal coverage of the interval, 0 to 1; NaN = forecasts carry none. */
  coverage: number;
  guardOk: boolean;
}

/** One thing that is not yet there: what was reached and what is needed, in the unit of the code. */
export interface Missing {
  readonly code: "blocks" | "days" | "evidence" | "worse" | "coverage" | "quality" | "guard";
  readonly value: number;
  readonly needed: number;
}

/**
 * What still speaks against a promotion; an empty list is a yes. No data is "not yet" for every single point.
 * Shares are in percent.
 */
export function missing(trial: Readonly<TrialCounts>, needs: Needs): Missing[] {
  const list: Missing[] = [];
  if (trial.blocks < needs.blocks) list.push({ code: "blocks", value: trial.blocks, needed: needs.blocks });
  if (trial.days < needs.days) list.push({ code: "days", value: trial.days, needed: needs.days });
  if (!(trial.proof >= PROOF)) list.push({ code: "evidence", value: trial.proof, needed: PROOF });
  if (trial.against >= PROOF) list.push({ code: "worse", value: trial.against, needed: PROOF });
  const good = trial.good / trial.scored;
  if (!(good >= GOOD)) list.push({ code: "quality", value: percent(good), needed: 100 * GOOD });
  const covered = trial.covered / trial.intervals;
  if (needs.coverage > 0 && !(Math.abs(covered - needs.coverage) <= COVERAGE_TOLERANCE)) {
    list.push({ code: "coverage", value: percent(covered), needed: percent(needs.coverage) });
  }
  if (!needs.guardOk) list.push({ code: "guard", value: 0, needed: 1 });
  return list;
}

/** Percent with one decimal; 0 where nothing was counted. */
function percent(share: number): number {
  return Number.isFinite(share) ? Math.round(1000 * share) / 10 : 0;
}
