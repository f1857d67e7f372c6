/** Rates for the specs of this folder: a plant that entered nothing, and one that entered everything. */
import type { Rates } from "../../src/kpi/rates";

export const NO_RATES: Rates = {
  currency: "EUR",
  period: "year",
  hoursPerYear: null,
  price: null,
  hourlyRate: null,
  minutesPerFalseAlarm: null,
  falseAlarmCost: null,
  hoursSaved: null,
  downtimeHours: null,
  downtimeCost: null,
  preventable: null,
  limitKind: "operation",
  probability: null,
  fine: null,
  otherCost: null,
  trialCost: null,
  runningCost: null,
};

export const ALL_RATES: Rates = {
  ...NO_RATES,
  hoursPerYear: 8000,
  preventable: { low: 0.3, high: 0.6 },
  probability: { low: 0.01, high: 0.1 },
  price: 0.5,
  hourlyRate: 60,
  minutesPerFalseAlarm: 20,
  falseAlarmCost: 15,
  hoursSaved: 4,
  downtimeHours: 2,
  downtimeCost: 900,
  fine: 20_000,
  otherCost: 5_000,
  trialCost: 12_000,
  runningCost: 1_000,
};
