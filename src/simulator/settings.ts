import { type NumberField, numberIn } from "../settings/number-field";
import { PLANT_RULES, type PlantRule } from "./existing-forecast";
import { LOAD_PROFILES, type LoadProfile } from "./load";
import type { SimulatorOptions } from "./simulator";

/** The settings of a plant simulator as its dialog keeps them: numbers may be text. */
export interface SimulatorForm {
  assets: { name: string; rating: number | string; age: number | string }[];
  load: LoadProfile;
  pace: "real" | "times" | "fastest";
  interval: number | string;
  speed: number | string;
  count: number | string;
  labelEvery: number | string;
  existing: PlantRule;
  ageingHours: number | string;
  seed: number | string;
  start: string;
}

export interface SimulatorSettings extends SimulatorOptions {
  /** Real time between readings, ms; 0 = as fast as possible. */
  period: number;
  /** Readings to send; Infinity = no end. */
  count: number;
  /** Time stamp of elapsed = 0; NaN = the time of sending. */
  start: number;
}

/** The numbers that the dialog asks for; those of a boiler in each row of its list. */
export const SIMULATOR_FIELDS = {
  interval: { value: 1, min: 0.001, max: 86_400 },
  speed: { value: 10, above: 0, max: 1_000_000 },
  count: { value: "", min: 1, max: 1e12, whole: true, empty: true },
  labelEvery: { value: 1, min: 1, max: 1e9, whole: true },
  ageingHours: { value: 24, min: 0, max: 1e6, empty: true },
  seed: { value: 1, min: -2147483648, max: 4294967295, whole: true },
  rating: { value: 20, above: 0, max: 10_000 },
  age: { value: 0, min: 0, max: 1 },
} as const satisfies Record<string, NumberField>;

/** Name of the first setting that makes no sense. */
export type SimulatorSettingProblem = "assets" | "sameName" | "start" | keyof typeof SIMULATOR_FIELDS;

/** The settings as numbers, or the name of the first one that makes no sense. */
export function simulatorSettings(form: SimulatorForm): SimulatorSettings | SimulatorSettingProblem {
  const number = (name: keyof typeof SIMULATOR_FIELDS, given: unknown): number | undefined =>
    numberIn(given, SIMULATOR_FIELDS[name]);
  const assets = (Array.isArray(form.assets) ? form.assets : []).map((asset) => ({
    name: String(asset?.name ?? "").trim(),
    rating: number("rating", asset?.rating) ?? Number.NaN,
    age: number("age", asset?.age) ?? Number.NaN,
  }));
  if (assets.length === 0 || assets.some(({ name }) => name === "")) return "assets";
  if (new Set(assets.map(({ name }) => name)).size < assets.length) return "sameName";
  for (const name of ["rating", "age"] as const) if (assets.some((asset) => Number.isNaN(asset[name]))) return name;
  const given = { interval: 1, speed: 1, count: 0, labelEvery: 1, ageingHours: 0, seed: 1 };
  const names = Object.keys(given) as (keyof typeof given)[];
  for (const name of names) {
    // How many times faster matters only where that is the pace.
    if (name === "speed" && form.pace !== "times") continue;
    const value = number(name, form[name]) ?? given[name];
    if (Number.isNaN(value)) return name;
    given[name] = value;
  }
  const { interval, speed, count, labelEvery, ageingHours, seed } = given;
  const start = form.start ? Date.parse(form.start) : Number.NaN;
  if (form.start && Number.isNaN(start)) return "start";
  return {
    assets,
    seed,
    interval,
    labelEvery,
    ageingHours,
    start,
    load: LOAD_PROFILES.includes(form.load) ? form.load : "shift",
    existing: PLANT_RULES.includes(form.existing) ? form.existing : "none",
    period: form.pace === "fastest" ? 0 : (interval * 1000) / speed,
    count: count === 0 ? Number.POSITIVE_INFINITY : count,
  };
}
