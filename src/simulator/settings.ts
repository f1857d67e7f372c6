import { type NumberField, numberIn, numbersIn, rangeOf } from "../settings/number-field";
import { SettingsProblem } from "../settings/settings-problem";
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

/** The settings as numbers. @throws SettingsProblem the first one that makes no sense */
export function simulatorSettings(form: SimulatorForm): SimulatorSettings {
  const { rating, age, ...fields } = SIMULATOR_FIELDS;
  const assets = (Array.isArray(form.assets) ? form.assets : []).map((asset) => ({
    name: String(asset?.name ?? "").trim(),
    rating: numberIn(asset?.rating, rating) ?? Number.NaN,
    age: numberIn(asset?.age, age) ?? Number.NaN,
  }));
  if (assets.length === 0 || assets.some(({ name }) => name === "")) throw new SettingsProblem("assets");
  if (new Set(assets.map(({ name }) => name)).size < assets.length) throw new SettingsProblem("sameName");
  for (const name of ["rating", "age"] as const)
    if (assets.some((asset) => Number.isNaN(asset[name])))
      throw new SettingsProblem(name, rangeOf(SIMULATOR_FIELDS, name));
  // How many times faster matters only where that is the pace.
  const given = { ...form, speed: form.pace === "times" ? form.speed : 1 };
  const { interval, speed, count = 0, labelEvery, ageingHours = 0, seed } = numbersIn(given, fields);
  const start = form.start ? Date.parse(form.start) : Number.NaN;
  if (form.start && Number.isNaN(start)) throw new SettingsProblem("start");
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
