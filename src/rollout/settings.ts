import { isZone } from "../message/zone";
import { type NumberField, numbersIn } from "../settings/number-field";
import { SettingsProblem } from "../settings/settings-problem";
import type { GateSettings } from "./gate";
import type { Period, Shift } from "./scope";

/** The settings of a rollout gate as its dialog keeps them: numbers may be text, times are "06:00". What is missing is what a new one has. */
export interface GateForm {
  /** Percent. */
  gain?: number | string;
  period?: Period;
  leastDays?: number | string;
  leastBlocks?: number | string;
  approval: "person" | "automatic";
  /** Names or patterns, separated by commas or line breaks. */
  assets: string;
  shifts: readonly { name: string; from: string; to: string; pilot: boolean }[];
  /** Physical limits; empty = none. */
  low: number | string;
  high: number | string;
  zone: string;
  countStopped?: boolean;
}

/** The numbers that the dialog asks for. */
export const GATE_FIELDS = {
  gain: { value: 5, min: 0, max: 90 },
  leastDays: { value: 7, min: 0, max: 3650 },
  leastBlocks: { value: 20, min: 1, max: 10_000, whole: true },
} as const satisfies Record<string, NumberField>;

const PERIODS: readonly Period[] = ["auto", "hour", "shift", "day"];

/**
 * The settings, checked.
 *
 * @param subject  what is forecast; another subject is another learner
 * @param horizon  readings ahead
 * @throws SettingsProblem the first one that makes no sense
 */
export function gateSettings(form: GateForm, subject: string, horizon: number): GateSettings {
  const { gain, leastDays, leastBlocks } = numbersIn(form, GATE_FIELDS);
  const { period = "auto" } = form;
  if (!PERIODS.includes(period)) throw new SettingsProblem("period");
  const shifts = (Array.isArray(form.shifts) ? form.shifts : []).map(shiftOf);
  if (!shifts.every((shift) => shift !== undefined)) throw new SettingsProblem("shifts");
  const low = limitOf(form.low);
  const high = limitOf(form.high);
  if (low === undefined || high === undefined || low >= high) throw new SettingsProblem("limits");
  const zone = String(form.zone ?? "").trim();
  if (!isZone(zone)) throw new SettingsProblem("zone");
  const assets = String(form.assets ?? "")
    .split(/[,、,\n]/)
    .map((name) => name.trim())
    .filter((name) => name !== "");
  return {
    subject,
    horizon,
    gain: gain / 100,
    period,
    zone,
    leastBlocks,
    leastDays,
    approval: form.approval === "automatic" ? "automatic" : "person",
    scope: { assets, shifts },
    low,
    high,
    ...(form.countStopped === true ? { countStopped: true } : {}),
  };
}

function shiftOf(row: GateForm["shifts"][number]): Shift | undefined {
  const from = minuteOf(row?.from);
  const to = minuteOf(row?.to);
  if (from === undefined || to === undefined) return undefined;
  return { name: String(row.name ?? "").trim(), from, to, pilot: row.pilot !== false };
}

/** Minutes since midnight of a time such as "06:00"; "24:00" is midnight. */
function minuteOf(text: unknown): number | undefined {
  const [, hour, minute] = /^(\d{1,2}):(\d{2})$/.exec(String(text ?? "").trim()) ?? [];
  const minutes = 60 * Number(hour) + Number(minute);
  return minutes <= 1440 && Number(minute) < 60 ? minutes % 1440 : undefined;
}

/** A number, NaN where the field is empty, nothing where it holds no number. */
function limitOf(field: unknown): number | undefined {
  if (field === undefined || field === null || field === "") return Number.NaN;
  const value = Number(field);
  return Number.isFinite(value) ? value : undefined;
}
