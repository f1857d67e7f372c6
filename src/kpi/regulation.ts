/** Third layer: what exceedances of a limit cost that an authority watches, as a range. */
import { assumed, type Benefit, benefit } from "./benefit";
import type { Meter } from "./meter";
import { exceedancesAvoided } from "./operation";
import type { Rates } from "./rates";

/**
 * Exceedances avoided × probability of a fine × (fine + other cost). The cautious scenario takes the low probability, the
 * expected one the middle; the range shows the low and the high one on the expected counts.
 *
 * @returns empty where the limit is the plant's own (its exceedances are paid for as downtime), the cost is not entered, or
 *   nothing can be counted yet
 */
export function regulationBenefits(meter: Meter, rates: Rates): Benefit[] {
  const { limitKind, fine, otherCost, probability } = rates;
  if (limitKind !== "regulation" || (fine === null && otherCost === null) || probability === null) return [];
  const avoided = exceedancesAvoided(meter, rates);
  if (!avoided) return [];
  const middle = (probability.low + probability.high) / 2;
  const loss = avoided.some((factor) => factor.conservative < 0);
  const result = benefit("exceedances", "regulation", [
    ...avoided,
    assumed("probability", middle, loss ? probability.high : probability.low),
    assumed("costOfExceedance", (fine ?? 0) + (otherCost ?? 0)),
  ]);
  const ends = [probability.low, probability.high].map((p) => (middle > 0 ? (result.expected / middle) * p : 0));
  return [{ ...result, range: { low: Math.min(...ends), high: Math.max(...ends) } }];
}

/** Exceedances as the frozen baseline lets expect them over the time since, and those that happened. */
export function exceedancesSinceBaseline(meter: Meter): { expected: number; happened: number } | undefined {
  const { baseline, evaluation } = meter;
  if (!(baseline.hours > 0 && evaluation.hours > 0)) return undefined;
  return {
    expected: (baseline.alarms.exceedances / baseline.hours) * evaluation.hours,
    happened: evaluation.alarms.exceedances,
  };
}
