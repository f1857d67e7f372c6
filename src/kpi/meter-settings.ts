/** The dialog's fields as they are stored (text from forms, or numbers), checked and turned into what the meter works with. */

import { LANGUAGES, type Language } from "../message/say";
import { type NumberField, numberIn, rangeOf } from "../settings/number-field";
import { SettingsProblem } from "../settings/settings-problem";
import type { MeterOptions } from "./meter";
import type { Rates } from "./rates";

type Field = string | number | undefined;

export interface MeterForm {
  emitEvery?: Field;
  emitUnit?: string;
  window?: Field;
  countStopped?: boolean;
  language?: string;
  title?: string;
  unit?: string;
  currency?: string;
  period?: string;
  price?: Field;
  limit?: Field;
  side?: string;
  limitKind?: string;
  leastLead?: Field;
  clearAfter?: Field;
  within?: Field;
  hourlyRate?: Field;
  minutesPerFalseAlarm?: Field;
  falseAlarmCost?: Field;
  hoursSaved?: Field;
  downtimeHours?: Field;
  downtimeCost?: Field;
  preventableLow?: Field;
  preventableHigh?: Field;
  fine?: Field;
  otherCost?: Field;
  probabilityLow?: Field;
  probabilityHigh?: Field;
  trialCost?: Field;
  runningCost?: Field;
  hoursPerYear?: Field;
  baseline?: Field;
  baselineUnit?: string;
}

export interface MeterSettings {
  meter: MeterOptions;
  rates: Rates;
  /** Figures go out every so many readings, or minutes of observed time. */
  emit: { every: number; unit: "readings" | "minutes" };
  language: Language | "auto";
  title: string;
  unit: string;
}

const MONEY = { value: "", min: 0, max: 1e12, empty: true } as const;
/** % */
const SHARE = { value: "", min: 0, max: 100, empty: true } as const;

/** The numbers that the dialog asks for; one that is missing, as in a flow of before, is what a new node begins with. */
export const METER_FIELDS = {
  emitEvery: { value: 100, min: 0.01, max: 1e9 },
  window: { value: 500, min: 1, max: 10_000, whole: true },
  baseline: { value: 7, min: 0.01, max: 10_000 },
  limit: { value: "", min: -1e145, max: 1e145, empty: true },
  leastLead: { value: 0, min: 0, max: 100_000, empty: true },
  clearAfter: { value: 5, min: 1, max: 10_000, whole: true },
  within: { value: "", min: 0, max: 100_000, whole: true, empty: true },
  hoursPerYear: { value: "", min: 1, max: 8784, empty: true },
  price: MONEY,
  hourlyRate: MONEY,
  minutesPerFalseAlarm: { value: "", min: 0, max: 10_000, empty: true },
  falseAlarmCost: MONEY,
  hoursSaved: { value: "", min: 0, max: 100_000, empty: true },
  downtimeHours: { value: "", min: 0, max: 10_000, empty: true },
  downtimeCost: MONEY,
  preventableLow: SHARE,
  preventableHigh: SHARE,
  fine: MONEY,
  otherCost: MONEY,
  probabilityLow: SHARE,
  probabilityHigh: SHARE,
  trialCost: MONEY,
  runningCost: MONEY,
} as const satisfies Record<string, NumberField>;
type NumberName = keyof typeof METER_FIELDS;

/** @throws SettingsProblem at the first field that cannot be used; empty fields take their defaults */
export function parseMeterSettings(form: MeterForm): MeterSettings {
  const numberOrNull = (name: NumberName): number | null => numberOf(form, name);
  const number = (name: NumberName): number => numberOrNull(name) ?? 0;
  /** One end that is left empty is the other one. */
  const share = (lowName: NumberName, high: NumberName) => {
    const [low, top] = [numberOrNull(lowName), numberOrNull(high)];
    if (low === null && top === null) return null;
    const range = { low: (low ?? (top as number)) / 100, high: (top ?? (low as number)) / 100 };
    if (range.low > range.high) throw wrong("order", high, String(form[high]));
    return range;
  };
  const limit = numberOrNull("limit");
  const currency = text(form.currency).toUpperCase() || "EUR";
  if (!/^[A-Z]{3}$/.test(currency)) throw wrong("currency", "currency", currency);
  return {
    meter: {
      window: number("window"),
      baselineHours: number("baseline") * (choice(form, "baselineUnit", ["days", "hours"]) === "days" ? 24 : 1),
      ...(form.countStopped === true ? { countStopped: true } : {}),
      ...(limit === null
        ? {}
        : {
            limit: {
              value: limit,
              side: choice(form, "side", ["high", "low"]),
              leastLead: number("leastLead") * 60_000,
              clearAfter: number("clearAfter"),
              within: number("within"),
            },
          }),
    },
    rates: {
      currency,
      period: choice(form, "period", ["year", "quarter", "month"]),
      hoursPerYear: numberOrNull("hoursPerYear"),
      price: numberOrNull("price"),
      hourlyRate: numberOrNull("hourlyRate"),
      minutesPerFalseAlarm: numberOrNull("minutesPerFalseAlarm"),
      falseAlarmCost: numberOrNull("falseAlarmCost"),
      hoursSaved: numberOrNull("hoursSaved"),
      downtimeHours: numberOrNull("downtimeHours"),
      downtimeCost: numberOrNull("downtimeCost"),
      preventable: share("preventableLow", "preventableHigh"),
      limitKind: choice(form, "limitKind", ["operation", "regulation"]),
      probability: share("probabilityLow", "probabilityHigh"),
      fine: numberOrNull("fine"),
      otherCost: numberOrNull("otherCost"),
      trialCost: numberOrNull("trialCost"),
      runningCost: numberOrNull("runningCost"),
    },
    emit: { every: number("emitEvery"), unit: choice(form, "emitUnit", ["readings", "minutes"]) },
    language: choice(form, "language", ["auto", ...LANGUAGES]),
    title: text(form.title),
    unit: text(form.unit),
  };
}

function text(raw: unknown): string {
  return raw === undefined || raw === null ? "" : String(raw).trim();
}

/** The number of a field; what a new node begins with where it is empty, null where that is empty as well. */
function numberOf(form: MeterForm, name: NumberName): number | null {
  const field: NumberField = METER_FIELDS[name];
  const raw = form[name];
  const value = numberIn(raw, { ...field, empty: true });
  if (value === undefined) return field.value === "" ? null : field.value;
  if (Number.isNaN(value)) throw wrong("range", name, shortened(raw));
  return value;
}

/** One of the options; the first one where nothing is chosen. */
function choice<T extends string>(form: MeterForm, field: keyof MeterForm, options: readonly T[]): T {
  const raw = form[field] ?? options[0];
  const found = options.find((option) => option === raw);
  if (found === undefined) throw wrong("choice", field, shortened(raw));
  return found;
}

/** Why a field cannot be used, by its name in the dialog. */
function wrong(code: "range" | "choice" | "currency" | "order", field: keyof MeterForm, value: string) {
  const range = code === "range" ? rangeOf(METER_FIELDS, field) : {};
  return new SettingsProblem(code, { value, ...range }, field);
}

function shortened(raw: unknown): string {
  return String(raw).slice(0, 40);
}
