/** What the plant enters: the only figures in a report that are not measured. Empty fields are null: nothing is guessed. */
export interface Rates {
  /** ISO 4217, three letters. */
  currency: string;
  /** The period that money is stated for. */
  period: "month" | "quarter" | "year";
  /** Hours a year in which the plant runs, above 0, at most 8784. */
  hoursPerYear: number | null;
  /** Money per unit of forecast error and reading. */
  price: number | null;
  /** Money per working hour. */
  hourlyRate: number | null;
  /** Minutes of work for one false alarm. */
  minutesPerFalseAlarm: number | null;
  /** Money per false alarm beside the work. */
  falseAlarmCost: number | null;
  /** Working hours a month that the forecast saves, as the plant estimates. */
  hoursSaved: number | null;
  /** Hours of stop caused by one exceedance, and money per hour of stop. */
  downtimeHours: number | null;
  downtimeCost: number | null;
  /** Share of timely warnings that prevent the exceedance, 0..1. */
  preventable: Share | null;
  /** Whether the limit is the plant's own or one that an authority watches: an exceedance is paid for once. */
  limitKind: "operation" | "regulation";
  /** Probability that an exceedance leads to a fine, 0..1. */
  probability: Share | null;
  fine: number | null;
  /** Other money that such an exceedance costs: report, lawyer, extra measurement. */
  otherCost: number | null;
  /** Money spent once on the trial; money a year to run it. */
  trialCost: number | null;
  runningCost: number | null;
}

/** A share that nobody knows exactly, 0..1. */
interface Share {
  low: number;
  high: number;
}

const PERIODS_PER_YEAR = { month: 12, quarter: 4, year: 1 } as const;

/** Running hours of a number of assets in the period that money is stated for; undefined where they are not entered. */
export function hoursPerPeriod({ hoursPerYear, period }: Rates, assets: number): number | undefined {
  return hoursPerYear === null ? undefined : (hoursPerYear * assets) / PERIODS_PER_YEAR[period];
}

export function periodsPerYear(rates: Rates): number {
  return PERIODS_PER_YEAR[rates.period];
}
