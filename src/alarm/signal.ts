/** What an alarm can watch, taken from one observation as a range to hold against the limits. */
import { AlarmProblem } from "./alarm-problem";
import type { SignalRange } from "./condition";
import { type ForecastStep, isTime, type Observation, type ObservedForecast, type Quality } from "./observation";
import type { RateState } from "./rate";
import { rate } from "./rate";
import type { Path } from "./time-to-limit";

/**
 * - forecast: the forecast value
 * - actual: the measured value
 * - interval: the edges of the prediction interval; "no longer sure to stay below" comes before "will be above"
 * - deviation: actual minus forecast of the forecast that fell due
 * - rate: change of the measured value, units per minute
 * - crossing: the way from the actual value along all horizons, with the time at which it meets the limit
 * - quality: 0 good, 1 uncertain, 2 bad
 */
export const WATCHES = ["forecast", "actual", "interval", "deviation", "rate", "crossing", "quality"] as const;
export type Watch = (typeof WATCHES)[number];

/** Why an alarm keeps its state at a reading: the reading is bad, the value is not known, or the limit is not. */
export type HoldReason = "badQuality" | "noValue" | "noSetpoint";

export interface Signal {
  range: SignalRange;
  /** Only for crossing. */
  path?: Path;
}

export interface SignalOptions {
  watch: Watch;
  /** Which horizon of the forecast to watch; undefined = the first. Crossing looks at all. */
  horizon?: number;
  /** Window of the rate, ms, > 0. */
  rateWindow: number;
}

const LEVELS: Readonly<Record<Quality, number>> = { good: 0, uncertain: 1, bad: 2 };

function exactly(value: number): Signal | "noValue" {
  return Number.isFinite(value) ? { range: { low: value, high: value } } : "noValue";
}

function stepAt(forecast: ObservedForecast, horizon: number | undefined): ForecastStep {
  if (horizon === undefined) return forecast.steps[0];
  const step = forecast.steps.find((s) => s.horizon === horizon);
  if (step) return step;
  const known = forecast.steps.map((s) => s.horizon).join(", ");
  throw new AlarmProblem("noHorizon", { horizon, known }, `no forecast for horizon ${horizon}; there is: ${known}`);
}

function crossing(forecast: ObservedForecast): Signal | "noValue" {
  const path: Path = { times: [], values: [] };
  const range: SignalRange = { low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY };
  const start = { due: forecast.origin, value: forecast.naive };
  for (const { due, value } of [start, ...forecast.steps]) {
    if (!Number.isFinite(value)) continue;
    if (isTime(due)) {
      path.times.push(due);
      path.values.push(value);
    }
    range.low = Math.min(range.low, value);
    range.high = Math.max(range.high, value);
  }
  // The actual value alone is no forecast.
  return forecast.steps.some((s) => Number.isFinite(s.value)) ? { range, path } : "noValue";
}

/**
 * The watched signal, or why there is none at this reading.
 *
 * Bad quality hides every signal except quality itself: an alarm must neither come nor go by a broken sensor.
 *
 * @param rates  window of the rate, changed in place
 * @throws AlarmProblem noForecast, noQuality, noHorizon: the flow or the settings lack something, not the reading
 */
export function signalOf(options: SignalOptions, o: Observation, rates: RateState): Signal | HoldReason {
  if (options.watch === "quality") {
    if (!o.quality)
      throw new AlarmProblem("noQuality", {}, "no quality in the message: a drift guard must come before");
    return exactly(LEVELS[o.quality]);
  }
  if (o.quality === "bad") return "badQuality";
  switch (options.watch) {
    case "actual":
      return exactly(o.actual);
    case "deviation":
      return exactly(o.deviation ?? Number.NaN);
    case "rate":
      return Number.isFinite(o.actual) ? exactly(rate(rates, o.time, o.actual, options.rateWindow)) : "noValue";
  }
  if (!o.forecast) {
    throw new AlarmProblem("noForecast", {}, "no forecast in the message: an LRU predictor must come before");
  }
  if (options.watch === "crossing") return crossing(o.forecast);
  const step = stepAt(o.forecast, options.horizon);
  if (options.watch === "forecast") return exactly(step.value);
  if (!Number.isFinite(step.lower) || !Number.isFinite(step.upper)) return "noValue";
  return { range: { low: step.lower, high: step.upper } };
}
