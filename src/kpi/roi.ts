/** Return on investment of the trial: the sum of both money layers against what it costs, in two scenarios. */
import { BENEFITS, type Benefit, type Scenarios } from "./benefit";
import type { Meter } from "./meter";
import { costOfFalseAlarm, operationBenefits } from "./operation";
import { periodsPerYear, type Rates } from "./rates";
import { regulationBenefits } from "./regulation";

/** Figures without which money that is entered cannot be added up: nothing is guessed in their place. */
type Needed = "hoursPerYear" | "preventable" | "probability";
const NEEDS: Readonly<Record<Benefit["name"], readonly Needed[]>> = {
  forecastError: ["hoursPerYear"],
  falseAlarms: ["hoursPerYear"],
  hoursSaved: [],
  downtime: ["hoursPerYear", "preventable"],
  exceedances: ["hoursPerYear", "preventable", "probability"],
};

/** Why there is no figure yet. */
export type Missing = "baseline" | "evaluation" | "benefits" | "trialCost" | Needed;

export interface Return {
  benefits: Benefit[];
  /** Sum of the benefits in the stated period; null until the counts are complete. */
  total: Scenarios | null;
  /** (benefit of a year − running cost − cost of the trial) / (cost of the trial + running cost), %. */
  roi: Scenarios | null;
  /** Months until the trial has paid for itself; null where it never does. */
  payback: { conservative: number | null; expected: number | null } | null;
  missing: Missing[];
  /** Benefits whose rates are entered, but of which nothing can be counted yet. */
  waiting: Benefit["name"][];
}

/**
 * Adds up and compares with the cost. Nothing is stated before the baseline is complete and as much has been observed
 * after it: half a week of luck is no business case.
 */
export function returnOnInvestment(meter: Meter, rates: Rates): Return {
  const missing: Missing[] = [];
  if (meter.evaluation.error.readings === 0) missing.push("baseline");
  else if (!meter.complete) missing.push("evaluation");
  const benefits = meter.complete ? [...operationBenefits(meter, rates), ...regulationBenefits(meter, rates)] : [];
  const entered = BENEFITS.filter((name) => isEntered(name, rates));
  const lacks = (name: Benefit["name"]) => NEEDS[name].filter((field) => rates[field] === null);
  const lacking = new Set(entered.flatMap(lacks));
  missing.push(...lacking);
  if (meter.complete && benefits.length === 0 && lacking.size === 0) missing.push("benefits");
  if (rates.trialCost === null) missing.push("trialCost");
  const counted = new Set(benefits.map(({ name }) => name));
  const isWaiting = (name: Benefit["name"]) => !counted.has(name) && lacks(name).length === 0;
  const waiting = meter.complete ? entered.filter(isWaiting) : [];
  if (benefits.length === 0) return { benefits, total: null, roi: null, payback: null, missing, waiting };

  const sum = (scenario: keyof Scenarios) => benefits.reduce((money, benefit) => money + benefit[scenario], 0);
  const total = { conservative: sum("conservative"), expected: sum("expected") };
  if (rates.trialCost === null) return { benefits, total, roi: null, payback: null, missing, waiting };

  const running = rates.runningCost ?? 0;
  const invested = rates.trialCost + running;
  const year = (scenario: keyof Scenarios) => total[scenario] * periodsPerYear(rates) - running;
  const roi = (scenario: keyof Scenarios) => (100 * (year(scenario) - (rates.trialCost as number))) / invested;
  const payback = (scenario: keyof Scenarios) =>
    year(scenario) > 0 ? (12 * (rates.trialCost as number)) / year(scenario) : null;
  return {
    benefits,
    total,
    roi: invested > 0 ? { conservative: roi("conservative"), expected: roi("expected") } : null,
    payback: { conservative: payback("conservative"), expected: payback("expected") },
    missing,
    waiting,
  };
}

/** Whether the plant has entered what a benefit is paid with. */
function isEntered(name: Benefit["name"], rates: Rates): boolean {
  const { price, hoursSaved, hourlyRate, limitKind, downtimeHours, downtimeCost, fine, otherCost } = rates;
  switch (name) {
    case "forecastError":
      return price !== null;
    case "falseAlarms":
      return costOfFalseAlarm(rates) !== null;
    case "hoursSaved":
      return hoursSaved !== null && hourlyRate !== null;
    case "downtime":
      return limitKind === "operation" && downtimeHours !== null && downtimeCost !== null;
    case "exceedances":
      return limitKind === "regulation" && (fine !== null || otherCost !== null);
  }
}
