/**
 * A benefit as a product of factors, each of them measured or assumed, in two scenarios. A manager can follow every sum
 * of money back to a count that was made and a rate that somebody entered.
 */

/** The cautious scenario is the one that nine trials in ten would exceed; the expected one is the middle. */
export interface Scenarios {
  conservative: number;
  expected: number;
}

export const FACTORS = [
  "errorAvoided",
  "pricePerUnit",
  "falseAlarmsAvoided",
  "costOfFalseAlarm",
  "hoursSaved",
  "cautiousShare",
  "hourlyRate",
  "exceedancesExpected",
  "warnedMore",
  "preventable",
  "downtimeHours",
  "downtimeCost",
  "probability",
  "costOfExceedance",
] as const;

export interface Factor extends Scenarios {
  name: (typeof FACTORS)[number];
  source: "measured" | "assumed";
}

export const BENEFITS = ["forecastError", "falseAlarms", "hoursSaved", "downtime", "exceedances"] as const;

export interface Benefit extends Scenarios {
  name: (typeof BENEFITS)[number];
  layer: "operation" | "regulation";
  /** Money of the period = product of all factors. */
  factors: Factor[];
  /** Money at the lowest and highest assumptions, expected counts. Only for what is a range by nature: a fine. */
  range?: { low: number; high: number };
}

/** One-sided 90 % point of the normal distribution: what is below it in one trial of ten. */
export const ONE_IN_TEN = 1.2815515655446004;

export function measured(name: Factor["name"], expected: number, standardError: number): Factor {
  return { name, source: "measured", expected, conservative: expected - ONE_IN_TEN * standardError };
}

export function assumed(name: Factor["name"], expected: number, conservative = expected): Factor {
  return { name, source: "assumed", expected, conservative };
}

/** Multiplies the factors. A conservative product is never above the expected one. */
export function benefit(name: Benefit["name"], layer: Benefit["layer"], factors: Factor[]): Benefit {
  const product = (scenario: keyof Scenarios) => factors.reduce((money, factor) => money * factor[scenario], 1);
  const expected = product("expected");
  return { name, layer, factors, expected, conservative: Math.min(expected, product("conservative")) };
}
