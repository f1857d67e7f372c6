import type { ForecasterOptions } from "../forecaster/options";
import { durationOf, UNITS } from "../message/duration";
import { NUMBERS_AS_TEXT, type NumbersAsText } from "../message/number-text";
import { COMPARISONS, type Comparison, type RunningCondition } from "../message/running";
import { LANGUAGES, type Language } from "../message/say";
import { DATES_AS_TEXT, type DatesAsText } from "../message/time";
import { isZone } from "../message/zone";
import { type NumberField, numberIn, numbersIn, rangeOf } from "../settings/number-field";
import { SettingsProblem } from "../settings/settings-problem";
import { pairsIn } from "../text/state-word";
import { FARTHEST, finestStep, MOST_STEPS } from "./sampling";

const SIZES = { small: 8, medium: 16, large: 32 };
const LONGEST_UNIT = 20;

/** The settings of a forecast model as its dialog keeps them: numbers may be text. What is missing is what a new one has. */
export interface ModelForm {
  target: string;
  /** Sensors to forecast from; empty = every number in the payload. */
  sensors?: readonly string[];
  /** The same in a flow of before; the editor took a property of this name for a number of ports. */
  inputs?: unknown;
  /** Of the value to forecast, for people; an older flow has none. */
  unit?: string;
  /** One or several, in readings, such as "1, 6, 24", or as spans of time, such as "10 min, 1 h". */
  horizons?: string | number;
  asset?: string;
  assetType?: "msg" | "str";
  existing?: string;
  buildOn?: "last" | "existing";
  size?: keyof typeof SIZES;
  /** What the forecast aims at; an older flow has none and means the median. */
  centre?: "median" | "mean";
  /** Whether a committee learns; an older flow has none. */
  steady?: boolean;
  /** How much is kept of each asset; an older flow has none and means "full". */
  memory?: "full" | "light";
  /** Per cent. */
  coverage?: number | string;
  seed?: number | string;
  /** "none", "file" or "context:<store>". */
  remember?: string;
  labelDelay?: number | string;
  assetLimit?: number | string;
  saveMinutes?: number | string;
  saveUpdates?: number | string;
  /** IANA name of the zone in which times without one are meant; empty, or from an older flow = the machine's. */
  zone?: string;
  /** What becomes of times in s, µs or ns; an older flow has none. */
  otherTimes?: "convert" | "refuse";
  /** Which numbers and dates that come as text count; an older flow has none: no number, and ISO dates alone. */
  numbersAsText?: NumbersAsText;
  datesAsText?: DatesAsText;
  /** Pairs of words for 1 and 0, between commas; empty, or from an older flow = the usual ones. */
  states?: string;
  /** Of what the nodes say; empty, or from an older flow = Node-RED's. */
  language?: Language | "";
  /** The property or sensor that tells whether the plant runs; empty, or from an older flow = it always does. */
  running?: string;
  runningType?: "msg" | "sensor";
  runningIs?: Comparison;
  runningValue?: string | number;
}

/** The settings of a forecast model, checked. */
export interface ModelSettings extends Required<Omit<ForecasterOptions, "asset" | "targetHistory">> {
  /** Readings ahead, rising; where they were given as spans of time, steps on the finest grid that fits them. */
  horizon: readonly number[];
  /** Of the value to forecast, for people; empty where none was named. */
  unit: string;
  /** ms ahead, rising; absent where horizons are counted in readings. */
  durations?: readonly number[];
  /** Message property that names the asset, or the name itself. */
  asset: string;
  assetType: "msg" | "str";
  /** Message property of the existing forecast; empty = none. */
  existing: string;
  remember: string;
  assetLimit: number;
  /** Save after so much time, ms, or so many updates. */
  saveMs: number;
  saveUpdates: number;
  /** Zone in which times without one are meant: an IANA name; empty = the machine's. */
  zone: string;
  otherTimes: "convert" | "refuse";
  numbersAsText: NumbersAsText;
  datesAsText: DatesAsText;
  /** Pairs of words for 1 and 0; absent = the usual ones. */
  states?: readonly string[];
  /** Of what the nodes say; empty = Node-RED's. */
  language: Language | "";
  /** When the plant runs in the mode for which the model is meant; undefined = always. */
  running: RunningCondition | undefined;
}

/** The numbers that the dialog asks for. */
export const MODEL_FIELDS = {
  /** Per cent. */
  coverage: { value: 90, min: 50, max: 99 },
  seed: { value: 1, min: -2147483648, max: 4294967295, whole: true },
  labelDelay: { value: 500, min: 0, max: 100_000, whole: true },
  /** Assets of some 250 kB, beside Node-RED on a gateway with 1 GB. */
  assetLimit: { value: 1000, min: 1, max: 1_000_000, whole: true },
  saveMinutes: { value: 5, above: 0, max: 10_000 },
  saveUpdates: { value: 500, min: 1, max: 1e9, whole: true },
} as const satisfies Record<string, NumberField>;

/** How far ahead: each horizon in readings, or as a span of time with a unit; what the dialog knows of both. */
export const AHEAD = {
  readings: { value: 1, min: 0, max: FARTHEST, whole: true },
  mostSteps: MOST_STEPS,
  /** ms, by the words for them. */
  units: UNITS,
} as const;

/** The settings as numbers and lists. @throws SettingsProblem the first one that makes no sense */
export function modelSettings(form: ModelForm): ModelSettings {
  const target = text(form.target);
  if (target === "") throw new SettingsProblem("target");
  const sensors = form.sensors ?? form.inputs ?? [];
  if (!Array.isArray(sensors)) throw new SettingsProblem("inputs");
  const inputs = sensors.map(text);
  if (inputs.includes("")) throw new SettingsProblem("inputs");
  const { horizon, durations } = aheadOf(form.horizons ?? AHEAD.readings.value);
  if (horizon.includes(0) && horizon.length > 1) throw new SettingsProblem("softSensor");
  if (horizon.includes(0) && inputs.length > 0 && inputs.every((input) => input === target))
    throw new SettingsProblem("noInput");
  const asset = text(form.asset ?? (form.assetType === "str" ? "" : "topic"));
  if (asset === "" && form.assetType !== "str") throw new SettingsProblem("asset");
  const existing = text(form.existing ?? "baseline");
  if (form.buildOn === "existing" && existing === "") throw new SettingsProblem("existing");
  const size = form.size ?? "medium";
  if (!Object.hasOwn(SIZES, size)) throw new SettingsProblem("size");
  const centre = form.centre ?? "median";
  if (centre !== "median" && centre !== "mean") throw new SettingsProblem("centre");
  const memory = form.memory ?? "full";
  if (memory !== "full" && memory !== "light") throw new SettingsProblem("memory");
  const { coverage, seed, labelDelay, assetLimit, saveMinutes, saveUpdates } = numbersIn(form, MODEL_FIELDS);
  const remember = text(form.remember) || "file";
  if (!/^(none|file|context:.+)$/.test(remember)) throw new SettingsProblem("remember");
  const zone = text(form.zone);
  if (!isZone(zone)) throw new SettingsProblem("zone");
  const otherTimes = form.otherTimes ?? "convert";
  if (otherTimes !== "convert" && otherTimes !== "refuse") throw new SettingsProblem("otherTimes");
  const { numbersAsText = "refuse", datesAsText = "iso" } = form;
  if (!NUMBERS_AS_TEXT.includes(numbersAsText)) throw new SettingsProblem("numbersAsText");
  if (!DATES_AS_TEXT.includes(datesAsText)) throw new SettingsProblem("datesAsText");
  const states = pairsIn(text(form.states));
  if (!states) throw new SettingsProblem("states");
  const language = form.language ?? "";
  if (language !== "" && !LANGUAGES.includes(language)) throw new SettingsProblem("language");
  const running = runningOf(form);
  return {
    target,
    unit: text(form.unit).slice(0, LONGEST_UNIT),
    inputs,
    horizon,
    ...(durations && { durations }),
    asset,
    assetType: form.assetType === "str" ? "str" : "msg",
    existing,
    buildOn: form.buildOn === "existing" ? "existing" : "last",
    size: SIZES[size],
    centre,
    steady: form.steady === true,
    light: memory === "light",
    coverage: coverage / 100,
    seed,
    remember,
    labelDelay,
    assetLimit,
    saveMs: saveMinutes * 60_000,
    saveUpdates,
    zone,
    otherTimes,
    numbersAsText,
    datesAsText,
    ...(states.length > 0 && { states }),
    language,
    running,
  };
}

function runningOf(form: ModelForm): RunningCondition | undefined {
  const name = text(form.running);
  if (name === "") return undefined;
  const of = form.runningType ?? "msg";
  if (of !== "msg" && of !== "sensor") throw new SettingsProblem("running");
  const is = form.runningIs ?? "true";
  if (!COMPARISONS.includes(is)) throw new SettingsProblem("runningIs");
  const value = String(form.runningValue ?? "").trim();
  const isCompared = is === "above" || is === "below";
  if (isCompared && !Number.isFinite(number(value))) throw new SettingsProblem("runningValue");
  if ((is === "is" || is === "isNot") && value === "") throw new SettingsProblem("runningValue");
  return { of, name, is, value };
}

/**
 * Readings ahead from text such as "1, 6, 24": whole numbers from 0 to 1000, rising.
 *
 * @returns undefined where the text is no such list
 */
export function horizonsOf(list: string | number): number[] | undefined {
  const parts = String(list ?? "")
    .split(/[\s,;、,]+/)
    .filter(Boolean);
  const horizons = [...new Set(parts.map(Number))].sort((a, b) => a - b);
  return horizons.length > 0 && horizons.every((k) => !Number.isNaN(numberIn(k, AHEAD.readings)))
    ? horizons
    : undefined;
}

/** How far ahead, in readings or as spans of time. */
function aheadOf(list: string | number): Pick<ModelSettings, "horizon" | "durations"> {
  const horizon = horizonsOf(list);
  if (horizon) return { horizon };
  const parts = String(list ?? "")
    .split(/[,;、,]/)
    .map((part) => part.trim())
    .filter(Boolean);
  const given = parts.map(durationOf);
  if (given.some((duration) => duration !== undefined) && parts.some((part) => horizonsOf(part)))
    throw new SettingsProblem("mixedHorizons");
  if (given.length === 0 || given.length > FARTHEST || given.includes(undefined))
    throw new SettingsProblem("horizons", rangeOf({ horizons: AHEAD.readings }, "horizons"));
  const durations = [...new Set(given as number[])].sort((a, b) => a - b);
  const step = finestStep(durations);
  if (step === undefined) throw new SettingsProblem("noStep");
  return { horizon: durations.map((duration) => duration / step), durations };
}

function text(field: unknown): string {
  return typeof field === "string" ? field.trim() : "";
}

/** An empty field is no number, though JavaScript takes it for 0. */
function number(field: number | string): number {
  return typeof field === "number" || text(field) !== "" ? Number(field) : Number.NaN;
}
