/** What an alarm rule sees of one reading: plain typed values, read and checked from the properties of a message. */

import { type Fields, isFields } from "../message/fields";
import { shown } from "../message/problem";
import { type Quality, qualityState, type Trust, trustOf } from "../message/trust";
import { LAST_TIME } from "../text/iso-time";
import { AlarmProblem } from "./alarm-problem";

/** Numbers are NaN where not known. */
export interface ForecastStep {
  /** Time that the forecast is for, ms. */
  due: number;
  /** In readings, and in ms where it was given as a span of time. */
  horizon: number;
  ahead: number;
  value: number;
  lower: number;
  upper: number;
}

export interface ObservedForecast {
  /** Time at which the forecast was made, ms. */
  origin: number;
  /** The last actual value at that time; NaN where not known. */
  naive: number;
  /** One entry a horizon, the nearest first, at least one. */
  steps: ForecastStep[];
}

export interface Observation {
  /** Time of the reading, ms since 1970. */
  time: number;
  /** The target as measured; NaN where missing. */
  actual: number;
  /** Whether nothing came of the target, not even a value that cannot be used. */
  isAbsent: boolean;
  /** How far the value of the sensor that the rule is about can be believed. */
  trust: Trust;
  /** Of the reading as a whole; undefined where nothing came that can be understood. */
  quality?: Quality;
  /** What came as quality, in short, where it cannot be understood. */
  unknownQuality?: string;
  /** Whether the plant was in the mode for which the model is meant. */
  running: boolean;
  forecast?: ObservedForecast;
  /** Actual minus forecast of the forecast that fell due; undefined where none did. */
  deviation?: number;
}

/** Whether a value is a time in ms that a date can express. */
export function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && Math.abs(value) <= LAST_TIME;
}

/** The properties of a message that matter here, not yet checked. */
export interface RawObservation {
  time: number;
  /** The sensor that the rule is about, as `quality` names it. */
  sensor?: string;
  actual?: unknown;
  forecast?: unknown;
  quality?: unknown;
  scored?: unknown;
}

function badField(field: string, value: unknown): AlarmProblem {
  return new AlarmProblem("badField", { field, value: shown(value) }, `${field} cannot be used: ${shown(value)}`);
}

/** A number or, where absent, NaN; anything else is a problem. Infinite counts as not known. */
function numberOf(fields: Fields, key: string, where: string): number {
  const value = fields[key];
  if (value === undefined || value === null) return Number.NaN;
  if (typeof value !== "number") throw badField(`${where}.${key}`, value);
  return Number.isFinite(value) ? value : Number.NaN;
}

function timeOf(fields: Fields, key: string, where: string): number {
  const value = fields[key];
  if (!isTime(value)) throw badField(`${where}.${key}`, value);
  return value;
}

function stepOf(value: unknown, where: string): ForecastStep {
  if (!isFields(value)) throw badField(where, value);
  return {
    due: numberOf(value, "due", where),
    horizon: numberOf(value, "horizon", where),
    ahead: numberOf(value, "ahead", where),
    value: numberOf(value, "value", where),
    lower: numberOf(value, "lower", where),
    upper: numberOf(value, "upper", where),
  };
}

function forecastOf(value: unknown): ObservedForecast | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isFields(value)) throw badField("forecast", value);
  const { steps } = value;
  if (steps !== undefined && !Array.isArray(steps)) throw badField("forecast.steps", steps);
  const all =
    steps === undefined || steps.length === 0
      ? [stepOf(value, "forecast")]
      : Array.from(steps, (step, i) => stepOf(step, `forecast.steps[${i}]`));
  all.sort((a, b) => a.horizon - b.horizon || 0); // 0 where a horizon is not known
  return { origin: timeOf(value, "origin", "forecast"), naive: numberOf(value, "naive", "forecast"), steps: all };
}

function deviationOf(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isFields(value)) throw badField("scored", value);
  return numberOf(value, "actual", "scored") - numberOf(value, "forecast", "scored");
}

/**
 * Reads `forecast`, `quality` and `scored` as the other nodes write them. A quality that cannot be understood is no
 * reason to refuse a reading.
 *
 * @throws AlarmProblem badTime or badField, which names the field; nothing of the message is then used
 */
export function observationOf(raw: RawObservation): Observation {
  if (!isTime(raw.time))
    throw new AlarmProblem("badTime", { value: shown(raw.time) }, `${raw.time} is no time that can be used`);
  const quality = qualityState(raw.quality);
  const unknown = quality === undefined && raw.quality !== undefined && raw.quality !== null;
  const trust = trustOf(raw.quality, raw.sensor ?? "");
  return {
    time: raw.time,
    actual: numberOf({ actual: raw.actual }, "actual", "reading"),
    isAbsent: raw.actual === undefined && !trust.fault,
    trust,
    quality,
    ...(unknown && { unknownQuality: shown(Object(raw.quality).state ?? raw.quality) }),
    forecast: forecastOf(raw.forecast),
    deviation: deviationOf(raw.scored),
    running: Object(raw.scored).running !== false,
  };
}
