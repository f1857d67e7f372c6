/** What an alarm can watch, taken from one observation as a range to hold against the limits. */

import { durationText } from "../message/duration";
import type { Quality } from "../message/trust";
import { AlarmProblem } from "./alarm-problem";
import type { SignalRange } from "./condition";
import { type ForecastStep, isTime, type Observation, type ObservedForecast } from "./observation";
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
/** The unit of what is watched. @param unit of the target, "" where none */
export function unitOf(watch: Watch, unit: string): string {
  return watch === "rate" && unit !== "" ? `${unit}/min` : unit;
}

/** Those that a soft sensor answers without the value itself. */
const ESTIMATES: readonly Watch[] = ["forecast", "interval", "crossing"];

/** Why an alarm keeps its state at a reading: there is no usable value, or the limit is not known. */
export type HoldReason = "noValue" | "noSetpoint";

export interface Signal {
  range: SignalRange;
  /** Only for crossing: the way, and the time that counts as now on it. */
  path?: Path;
  origin?: number;
  /** The value is there, and it may be wrong: what it says is to be confirmed. */
  doubtful?: true;
}

/** noValue: nothing can be judged; stopped: the plant stands still and what is watched has no meaning. */
export type NoSignal = "noValue" | "stopped";

export interface SignalOptions {
  watch: Watch;
  /** Which horizon of the forecast to watch, in readings or in ms; neither = the first. Crossing looks at all. */
  horizon?: number;
  ahead?: number;
  /** Window of the rate, ms, > 0. */
  rateWindow: number;
  /** Rates count also while the plant is not running. */
  countStopped?: boolean;
}

const LEVELS: Readonly<Record<Quality, number>> = { good: 0, uncertain: 1, bad: 2 };

function exactly(value: number): Signal | "noValue" {
  return Number.isFinite(value) ? { range: { low: value, high: value } } : "noValue";
}

function stepAt({ steps }: ObservedForecast, { horizon, ahead }: SignalOptions): ForecastStep {
  if (horizon === undefined && ahead === undefined) return steps[0];
  const step = steps.find((s) => (ahead === undefined ? s.horizon === horizon : s.ahead === ahead));
  if (step) return step;
  const wanted = ahead === undefined ? String(horizon) : durationText(ahead);
  const known = steps.map((s) => (Number.isNaN(s.ahead) ? String(s.horizon) : durationText(s.ahead))).join(", ");
  throw new AlarmProblem("noHorizon", { horizon: wanted, known }, `no forecast ${wanted} ahead; there is: ${known}`);
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
  return forecast.steps.some((s) => Number.isFinite(s.value)) ? { range, path, origin: forecast.origin } : "noValue";
}

/**
 * The watched signal, or why there is none at this reading.
 *
 * A value that cannot be used hides every signal of its sensor except quality: an alarm must neither come nor go by a
 * broken sensor. Other sensors hide nothing: a forecast that had to estimate one of them still warns. A soft sensor's
 * forecast (0 readings ahead) is made because there is no value; what its label says is judged as of any other sensor.
 *
 * @param time   ms, the asset's time of this reading, for the rate
 * @param rates  window of the rate, changed in place
 * @throws AlarmProblem noForecast, noQuality, badField, noHorizon: the flow or the settings lack something, not the
 *   reading
 */
export function signalOf(options: SignalOptions, o: Observation, rates: RateState, time = o.time): Signal | NoSignal {
  const { watch } = options;
  if (watch === "quality") {
    if (o.quality) return exactly(LEVELS[o.quality]);
    const value = o.unknownQuality;
    if (value !== undefined)
      throw new AlarmProblem("badField", { field: "quality.state", value }, `quality cannot be used: ${value}`);
    throw new AlarmProblem("noQuality", {}, "no quality in the message: a drift guard must come before");
  }
  if (watch === "rate" && !o.running && !options.countStopped) {
    // The way from rest to run is no rate of the running plant.
    rates.times = [];
    rates.values = [];
    return "stopped";
  }
  const isEstimate = ESTIMATES.includes(watch) && o.forecast?.steps.every(({ horizon }) => horizon === 0);
  if (o.trust.state === "unusable" && !isEstimate) return "noValue";
  const signal = watchedValue(options, o, rates, time);
  if (signal === "noValue" || isEstimate || o.trust.state !== "doubtful") return signal;
  return { ...signal, doubtful: true };
}

function watchedValue(options: SignalOptions, o: Observation, rates: RateState, time: number): Signal | "noValue" {
  switch (options.watch) {
    case "actual":
      return exactly(o.actual);
    case "deviation":
      return exactly(o.deviation ?? Number.NaN);
    case "rate":
      return Number.isFinite(o.actual) ? exactly(rate(rates, time, o.actual, options.rateWindow)) : "noValue";
  }
  if (!o.forecast) {
    throw new AlarmProblem("noForecast", {}, "no forecast in the message: an LRU predictor must come before");
  }
  if (options.watch === "crossing") return crossing(o.forecast);
  const step = stepAt(o.forecast, options);
  if (options.watch === "forecast") return exactly(step.value);
  if (!Number.isFinite(step.lower) || !Number.isFinite(step.upper)) return "noValue";
  return { range: { low: step.lower, high: step.upper } };
}
