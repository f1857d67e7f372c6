import { type NumberField, numbersIn, rangeOf } from "../settings/number-field";
import { SettingsProblem } from "../settings/settings-problem";
import type { DriftAction, GuardOptions } from "./guard";
import { CHECKS, type SensorLimits, type Tolerance } from "./sensor";

/** The settings of a drift guard as its dialog keeps them: numbers may be text. */
export interface GuardForm {
  sensors: { name: string; min: number | string; max: number | string; rate: number | string }[];
  /** Checks that are to be other than normal; no sensor = all of them. */
  checks?: { sensor: string; check: string; setting: string }[];
  sentinels?: string;
  /** Readings; empty, or from a flow older than the field = the engine's default. */
  contradiction?: number | string;
  /** Readings, in the same way. */
  newLevel?: number | string;
  action?: DriftAction;
  /** Per cent. */
  delta: number | string;
  lambda: number | string;
  warn: number | string;
}

/** The numbers that the dialog asks for. */
export const GUARD_FIELDS = {
  newLevel: { value: 30, min: 1, max: 1_000_000, whole: true, empty: true },
  contradiction: { value: 1000, min: 10, max: 1_000_000, whole: true, empty: true },
  delta: { value: 25, min: 1, max: 1000 },
  lambda: { value: 5, above: 0, max: 1000 },
  /** At most as much as `lambda`. */
  warn: { value: 2.5, above: 0, max: 1000 },
} as const satisfies Record<string, NumberField>;

export type GuardSettings = Omit<GuardOptions, "inputs" | "target" | "horizon">;

const TOLERANCES: Readonly<Record<string, number>> = { tolerant: 2, off: Number.POSITIVE_INFINITY };
const ACTIONS: readonly DriftAction[] = ["tell", "faster", "rollback", "freeze"];

/** The settings as numbers. @throws SettingsProblem the first one that makes no sense */
export function guardSettings(form: GuardForm): GuardSettings {
  const checks = tolerancesOf(form.checks, limitsOf(form.sensors));
  const action = form.action ?? "tell";
  const sentinels = String(form.sentinels ?? "-200, -999, -9999")
    .split(/[\s,;、,]+/)
    .filter(Boolean)
    .map(Number);
  if (sentinels.some((x) => !Number.isFinite(x))) throw new SettingsProblem("sentinels");
  if (!ACTIONS.includes(action)) throw new SettingsProblem("action");
  const { delta, warn, ...numbers } = numbersIn(form, GUARD_FIELDS);
  if (warn > numbers.lambda) throw new SettingsProblem("warn", rangeOf(GUARD_FIELDS, "warn"));
  return { ...checks, ...numbers, sentinels, action, delta: delta / 100, warn };
}

/** What the plant knows of single sensors, by their names. */
function limitsOf(rows: GuardForm["sensors"]): Map<string, SensorLimits> {
  const sensors = new Map<string, SensorLimits>();
  for (const { name, min, max, rate } of Array.isArray(rows) ? rows : []) {
    const limits = { min: optional(min), max: optional(max), rate: optional(rate) };
    if (typeof name !== "string" || name.trim() === "") throw new SettingsProblem("sensorName");
    if (sensors.has(name.trim())) throw new SettingsProblem("sameSensor");
    if (Object.values(limits).some((x) => x !== undefined && !Number.isFinite(x))) throw new SettingsProblem("range");
    if (limits.min !== undefined && limits.max !== undefined && limits.min >= limits.max)
      throw new SettingsProblem("range");
    if (limits.rate !== undefined && !(limits.rate > 0)) throw new SettingsProblem("rate");
    sensors.set(name.trim(), limits);
  }
  return sensors;
}

/** How tolerant the checks are of all sensors, and of single ones beside their limits. */
function tolerancesOf(
  rows: GuardForm["checks"],
  limits: ReadonlyMap<string, SensorLimits>,
): { sensors: Map<string, SensorLimits>; tolerance: Tolerance } {
  const sensors = new Map(limits);
  const tolerance: Record<string, number> = {};
  for (const { sensor, check, setting } of Array.isArray(rows) ? rows : []) {
    const times = TOLERANCES[setting];
    if (!CHECKS.some((one) => one === check) || times === undefined) throw new SettingsProblem("check");
    const name = String(sensor ?? "").trim();
    const own = sensors.get(name);
    const before: Tolerance = name === "" ? tolerance : (own?.tolerance ?? {});
    if (before[check as keyof Tolerance] !== undefined) throw new SettingsProblem("sameCheck");
    if (name === "") tolerance[check] = times;
    else sensors.set(name, { ...own, tolerance: { ...before, [check]: times } });
  }
  return { sensors, tolerance };
}

function optional(field: number | string | undefined | null): number | undefined {
  return String(field ?? "").trim() === "" ? undefined : Number(field);
}
