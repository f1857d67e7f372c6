/** Second layer: what better forecasts save in daily work, in money of the stated period. */
import { assumed, type Benefit, benefit, type Factor, measured } from "./benefit";
import type { ErrorBlock } from "./error-history";
import type { Meter } from "./meter";
import type { Period } from "./period";
import { hoursPerPeriod, periodsPerYear, type Rates } from "./rates";
import { FORECASTERS } from "./scored-forecast";

/** What the learner is set against: the plant's forecast where it has one, else the last value. */
export function referenceOf(period: Period): "existing" | "naive" {
  return period.error.figures().existing.readings > 0 ? "existing" : "naive";
}

/** Blocks below which a spread says nothing. */
const LEAST_BLOCKS = 20;
/** Beyond this, blocks say too little about their own correlation. */
const MOST_CORRELATION = 0.9;
/** Of a plant's own estimate of hours saved, the cautious scenario takes half. */
const CAUTIOUS = 0.5;

/**
 * The operation layer: false alarms, hours, downtime, cost of errors. Only what is measured or entered; a benefit whose
 * fields are empty or whose counts are not there yet is absent. Losses are negative: more false alarms cost money.
 *
 * @param meter with its baseline complete
 */
export function operationBenefits(meter: Meter, rates: Rates): Benefit[] {
  const hours = hoursPerPeriod(rates, meter.assets);
  const benefits: Benefit[] = [];

  const error = rates.price === null || hours === undefined ? undefined : errorAvoided(meter.evaluation, hours);
  if (error && rates.price !== null)
    benefits.push(benefit("forecastError", "operation", [error, assumed("pricePerUnit", rates.price)]));

  const falseAlarm = costOfFalseAlarm(rates);
  const isCounted = falseAlarm !== null && hours !== undefined && meter.hasLimit;
  const falseAlarms = isCounted ? falseAlarmsAvoided(meter.evaluation, hours) : undefined;
  if (falseAlarms && falseAlarm !== null)
    benefits.push(benefit("falseAlarms", "operation", [falseAlarms, assumed("costOfFalseAlarm", falseAlarm)]));

  if (rates.hoursSaved !== null && rates.hourlyRate !== null) {
    const saved = (rates.hoursSaved * 12) / periodsPerYear(rates);
    benefits.push(
      benefit("hoursSaved", "operation", [
        assumed("hoursSaved", saved),
        assumed("cautiousShare", 1, CAUTIOUS),
        assumed("hourlyRate", rates.hourlyRate),
      ]),
    );
  }

  if (rates.limitKind === "operation" && rates.downtimeHours !== null && rates.downtimeCost !== null) {
    const avoided = exceedancesAvoided(meter, rates);
    if (avoided)
      benefits.push(
        benefit("downtime", "operation", [
          ...avoided,
          assumed("downtimeHours", rates.downtimeHours),
          assumed("downtimeCost", rates.downtimeCost),
        ]),
      );
  }
  return benefits;
}

/** Work and other cost of one false alarm; null where neither is entered. */
export function costOfFalseAlarm(rates: Rates): number | null {
  const { minutesPerFalseAlarm, hourlyRate, falseAlarmCost } = rates;
  const work = minutesPerFalseAlarm === null || hourlyRate === null ? null : (minutesPerFalseAlarm / 60) * hourlyRate;
  return work === null && falseAlarmCost === null ? null : (work ?? 0) + (falseAlarmCost ?? 0);
}

/**
 * False alarms of the reference minus those of the learner, in the stated period. Counts of rare independent events
 * spread like a Poisson variable: variance = mean.
 *
 * @param hours running hours of the stated period
 */
export function falseAlarmsAvoided(period: Period, hours: number): Factor | undefined {
  const { learner, [referenceOf(period)]: reference } = period.alarms.count;
  const judged = (readings: number) => (period.hours * readings) / period.error.readings;
  const [mine, other] = [judged(learner.readings), judged(reference.readings)];
  if (!(mine > 0 && other > 0)) return undefined;
  const expected = hours * (reference.false / other - learner.false / mine);
  const error = hours * Math.sqrt(reference.false / other ** 2 + learner.false / mine ** 2);
  return measured("falseAlarmsAvoided", expected, error);
}

/**
 * Exceedances that warnings could avoid in the stated period, as factors: expected ones (frozen baseline), the share that
 * only the learner warned of (less those that only the reference warned of), and the share that a warning can prevent.
 *
 * @returns undefined where the baseline had no exceedance, none could be judged since, or what it needs is not entered
 */
export function exceedancesAvoided(meter: Meter, rates: Rates): Factor[] | undefined {
  const { baseline, evaluation } = meter;
  const { judged, gained, lost } = evaluation.alarms.advantage[referenceOf(evaluation)];
  const counted = baseline.alarms.exceedances;
  const hours = hoursPerPeriod(rates, meter.assets);
  if (judged === 0 || counted === 0 || hours === undefined || rates.preventable === null) return undefined;
  const scale = hours / baseline.hours;
  // Only exceedances on which the two disagree tell them apart (McNemar 1947).
  const warnedMore = measured("warnedMore", (gained - lost) / judged, Math.sqrt(gained + lost) / judged);
  // Where the cautious share is a loss, caution means many exceedances, not few.
  const loss = warnedMore.conservative < 0;
  const { low, high } = rates.preventable;
  return [
    measured("exceedancesExpected", counted * scale, (loss ? -1 : 1) * Math.sqrt(counted) * scale),
    warnedMore,
    assumed("preventable", (low + high) / 2, loss ? high : low),
  ];
}

/** Sum of |error| that the learner avoided against the reference, in the stated period, in the target's unit. */
function errorAvoided(period: Period, hours: number): Factor | undefined {
  const reference = referenceOf(period);
  const { mae, learnerMae, readings } = period.error.figures()[reference];
  const spread = blockSpread(period.history.blocks, reference);
  if (mae === null || learnerMae === null || spread === undefined || !(period.hours > 0)) return undefined;
  const perPeriod = (readings * hours) / period.hours;
  return measured("errorAvoided", (mae - learnerMae) * perPeriod, spread * perPeriod);
}

/**
 * Standard error of the mean difference of |error|, from block means; undefined below 20 whole blocks. Blocks that still
 * hang together count for fewer: the variance grows by (1 + ρ)/(1 − ρ), ρ their correlation with the next one (AR(1)).
 */
function blockSpread(blocks: readonly ErrorBlock[], reference: "existing" | "naive"): number | undefined {
  const [own, other] = [FORECASTERS.indexOf("learner"), FORECASTERS.indexOf(reference)];
  const differences = blocks
    .slice(0, -1)
    .filter(({ counted }) => counted[other] > 0)
    .map(({ absolute, counted }) => absolute[other] / counted[other] - absolute[own] / counted[own]);
  const n = differences.length;
  if (n < LEAST_BLOCKS) return undefined;
  const mean = differences.reduce((sum, d) => sum + d, 0) / n;
  const around = differences.map((d) => d - mean);
  const squares = around.reduce((sum, d) => sum + d * d, 0);
  const products = around.slice(1).reduce((sum, d, i) => sum + d * around[i], 0);
  const correlation = squares > 0 ? Math.min(MOST_CORRELATION, Math.max(0, products / squares)) : 0;
  return Math.sqrt((squares / (n - 1) / n) * ((1 + correlation) / (1 - correlation)));
}
