/** The settings of an alarm rule as a form gives them, checked and turned into what the engine takes. */
import { durationOf } from "../message/duration";
import { type NumberField, numberIn, rangeOf } from "../settings/number-field";
import { SettingsProblem } from "../settings/settings-problem";
import type { AlarmRuleOptions } from "./alarm-rule";
import type { ConditionKind } from "./condition";
import type { Limit } from "./limit";
import type { Priority } from "./priority";
import { PRIORITIES } from "./priority";
import type { Watch } from "./signal";
import { WATCHES } from "./signal";

/** A number as typed, or already a number. */
type Field = string | number | null | undefined;

export interface LimitSettings {
  name?: unknown;
  kind?: unknown;
  /** A number, or the path of a message property where the type is "msg". */
  low?: Field;
  lowType?: string;
  high?: Field;
  highType?: string;
  priority?: unknown;
  severity?: Field;
  message?: string;
  cause?: string;
  consequence?: string;
  response?: string;
}

export interface RuleSettings {
  watch?: unknown;
  limits?: unknown;
  deadband?: Field;
  deadbandUnit?: string;
  spanLow?: Field;
  spanHigh?: Field;
  /** Seconds. */
  onDelay?: Field;
  offDelay?: Field;
  rateWindow?: Field;
  /** Readings ahead, or a span of time with its unit. */
  horizon?: Field;
  latching?: boolean;
  countStopped?: boolean;
  /** Minutes. */
  reAlarm?: Field;
  shelveTime?: Field;
  shelveLimit?: Field;
  /** Seconds between two sets of figures. */
  figures?: Field;
}

/** A limit that comes with the message: which end of which limit, and where it stands. */
export interface SetpointSource {
  limit: string;
  end: "low" | "high";
  property: string;
}

export interface ParsedSettings {
  options: AlarmRuleOptions;
  setpoints: SetpointSource[];
  /** ms */
  figures: number;
}

type SettingsProblemCode =
  | "limits"
  | "limit"
  | "severity"
  | "watch"
  | "deadband"
  | "span"
  | "delays"
  | "horizon"
  | "rateWindow"
  | "reAlarm"
  | "shelving"
  | "figures";

/** What is wrong. @param limit the one that it is a setting of @param field the number that is out of its range, where it is one */
function wrong(code: SettingsProblemCode, limit = "", field: keyof typeof RULE_FIELDS | "" = ""): SettingsProblem {
  return new SettingsProblem(code, { limit, ...rangeOf(RULE_FIELDS, field) });
}

const KINDS: readonly unknown[] = ["high", "low", "outside", "inside"] satisfies ConditionKind[];
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY_SECONDS = 86_400;
const WEEK_MINUTES = 10_080;

function isEmpty(field: Field): boolean {
  return field === undefined || field === null || (typeof field === "string" && field.trim() === "");
}

/** The number of a field; NaN where it holds none. */
function numberOf(field: Field): number {
  return isEmpty(field) || (typeof field !== "string" && typeof field !== "number") ? Number.NaN : Number(field);
}

/**
 * The numbers that the dialog asks for; an empty one, as in a flow of before, is what a new node begins with. The
 * shelving time is at most the longest.
 */
export const RULE_FIELDS = {
  deadband: { value: 0, min: 0, max: 1e100 },
  onDelay: { value: 0, min: 0, max: DAY_SECONDS },
  offDelay: { value: 0, min: 0, max: DAY_SECONDS },
  horizon: { value: "", min: 0, max: 1000, whole: true, empty: true },
  rateWindow: { value: 60, above: 0, max: DAY_SECONDS },
  reAlarm: { value: "", above: 0, max: WEEK_MINUTES, empty: true },
  shelveTime: { value: 30, above: 0, max: WEEK_MINUTES },
  shelveLimit: { value: 480, above: 0, max: WEEK_MINUTES },
  figures: { value: 60, min: 1, max: DAY_SECONDS },
  /** Of each limit; empty = that of its priority. */
  severity: { value: "", min: 1, max: 1000, whole: true, empty: true },
} as const satisfies Record<string, NumberField>;

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

function limitOf(settings: LimitSettings, setpoints: SetpointSource[]): Limit {
  const name = textOf(settings.name);
  if (!name || !KINDS.includes(settings.kind) || !PRIORITIES.includes(settings.priority as Priority)) {
    throw wrong("limits");
  }
  const limit: Limit = { name, kind: settings.kind as ConditionKind, priority: settings.priority as Priority };
  for (const end of ["low", "high"] as const) {
    if (limit.kind === (end === "low" ? "high" : "low")) continue;
    const value = settings[end];
    if (settings[`${end}Type`] === "msg") {
      if (typeof value !== "string" || isEmpty(value)) throw wrong("limit", name);
      setpoints.push({ limit: name, end, property: value.trim() });
    } else {
      limit[end] = numberOf(value);
      if (!Number.isFinite(limit[end])) throw wrong("limit", name);
    }
  }
  if (limit.low !== undefined && limit.high !== undefined && !(limit.low < limit.high)) {
    throw wrong("limit", name);
  }
  const severity = numberIn(settings.severity, RULE_FIELDS.severity);
  if (Number.isNaN(severity)) throw wrong("severity", name, "severity");
  if (severity !== undefined) limit.severity = severity;
  for (const key of ["message", "cause", "consequence", "response"] as const) limit[key] = textOf(settings[key]);
  return limit;
}

/**
 * Checks and converts the settings.
 *
 * @throws SettingsProblem
 */
export function parseSettings(settings: RuleSettings): ParsedSettings {
  const watch = (settings.watch ?? "forecast") as Watch;
  if (!WATCHES.includes(watch)) throw wrong("watch");
  if (!Array.isArray(settings.limits) || settings.limits.length === 0) throw wrong("limits");
  const setpoints: SetpointSource[] = [];
  const limits = settings.limits.map((l) => limitOf(Object(l), setpoints));
  if (new Set(limits.map((l) => l.name)).size < limits.length) throw wrong("limits");

  const number = (
    code: SettingsProblemCode,
    name: Exclude<keyof typeof RULE_FIELDS, "severity">,
  ): number | undefined => {
    const value = numberIn(settings[name], { ...RULE_FIELDS[name], empty: true });
    if (Number.isNaN(value)) throw wrong(code, "", name);
    return value;
  };
  const deadband = {
    value: number("deadband", "deadband") ?? RULE_FIELDS.deadband.value,
    span: undefined as number | undefined,
  };
  if (settings.deadbandUnit === "percent") {
    deadband.span = numberOf(settings.spanHigh) - numberOf(settings.spanLow);
    if (!(deadband.span > 0 && deadband.span < Number.POSITIVE_INFINITY)) throw wrong("span");
  }
  const ahead = typeof settings.horizon === "string" ? durationOf(settings.horizon) : undefined;
  const horizon = ahead === undefined ? number("horizon", "horizon") : undefined;
  const shelveLimit = number("shelving", "shelveLimit") ?? RULE_FIELDS.shelveLimit.value;
  const shelveTime = number("shelving", "shelveTime") ?? Math.min(RULE_FIELDS.shelveTime.value, shelveLimit);
  if (shelveTime > shelveLimit) throw wrong("shelving", "", "shelveLimit");
  const { onDelay, offDelay, rateWindow, figures } = RULE_FIELDS;
  return {
    options: {
      watch,
      limits,
      deadband,
      horizon,
      ...(ahead === undefined ? {} : { ahead }),
      onDelay: (number("delays", "onDelay") ?? onDelay.value) * SECOND,
      offDelay: (number("delays", "offDelay") ?? offDelay.value) * SECOND,
      rateWindow: (number("rateWindow", "rateWindow") ?? rateWindow.value) * SECOND,
      latching: settings.latching === true,
      ...(settings.countStopped === true ? { countStopped: true } : {}),
      reAlarm: (number("reAlarm", "reAlarm") ?? 0) * MINUTE,
      shelveTime: shelveTime * MINUTE,
      shelveLimit: shelveLimit * MINUTE,
    },
    setpoints,
    figures: (number("figures", "figures") ?? figures.value) * SECOND,
  };
}
