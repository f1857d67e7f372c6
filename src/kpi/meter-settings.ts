/** The dialog's fields as they are stored (text from forms, or numbers), checked and turned into what the meter works with. */
import type { MeterOptions } from "./meter";
import type { Rates } from "./rates";
import { REPORT_LANGUAGES, type ReportLanguage } from "./report-text";

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
  language: ReportLanguage | "auto";
  title: string;
  unit: string;
}

/** A field that cannot be used, by its name in the dialog. */
export class MeterSettingsProblem extends Error {
  constructor(
    readonly code: "range" | "choice" | "currency" | "order",
    readonly field: keyof MeterForm,
    readonly details: { value: string; min?: number; max?: number },
  ) {
    super(`${field}: ${details.value}`);
    this.name = "MeterSettingsProblem";
  }
}

const MOST_MONEY = 1e12;

/** @throws MeterSettingsProblem at the first field that cannot be used; empty fields take their defaults */
export function parseMeterSettings(form: MeterForm): MeterSettings {
  const number = (field: keyof MeterForm, min: number, max: number, ifEmpty: number): number =>
    numberOrNull(form, field, min, max) ?? ifEmpty;
  const money = (field: keyof MeterForm) => numberOrNull(form, field, 0, MOST_MONEY);
  const share = (low: keyof MeterForm, high: keyof MeterForm, ifEmpty: [number, number]) => {
    const range = { low: number(low, 0, 100, ifEmpty[0]) / 100, high: number(high, 0, 100, ifEmpty[1]) / 100 };
    if (range.low > range.high) throw new MeterSettingsProblem("order", high, { value: String(form[high]) });
    return range;
  };
  const limit = numberOrNull(form, "limit", -1e145, 1e145);
  const currency = text(form.currency).toUpperCase() || "EUR";
  if (!/^[A-Z]{3}$/.test(currency)) throw new MeterSettingsProblem("currency", "currency", { value: currency });
  return {
    meter: {
      window: whole(form, "window", 1, 10_000, 500),
      baselineHours:
        number("baseline", 0.01, 10_000, 7) * (choice(form, "baselineUnit", ["days", "hours"]) === "days" ? 24 : 1),
      ...(form.countStopped === true ? { countStopped: true } : {}),
      ...(limit === null
        ? {}
        : {
            limit: {
              value: limit,
              side: choice(form, "side", ["high", "low"]),
              leastLead: number("leastLead", 0, 100_000, 0) * 60_000,
              clearAfter: whole(form, "clearAfter", 1, 10_000, 5),
              within: whole(form, "within", 0, 100_000, 0),
            },
          }),
    },
    rates: {
      currency,
      period: choice(form, "period", ["year", "quarter", "month"]),
      hoursPerYear: number("hoursPerYear", 1, 8784, 8000),
      price: money("price"),
      hourlyRate: money("hourlyRate"),
      minutesPerFalseAlarm: numberOrNull(form, "minutesPerFalseAlarm", 0, 10_000),
      falseAlarmCost: money("falseAlarmCost"),
      hoursSaved: numberOrNull(form, "hoursSaved", 0, 100_000),
      downtimeHours: numberOrNull(form, "downtimeHours", 0, 10_000),
      downtimeCost: money("downtimeCost"),
      preventable: share("preventableLow", "preventableHigh", [30, 60]),
      limitKind: choice(form, "limitKind", ["operation", "regulation"]),
      probability: share("probabilityLow", "probabilityHigh", [1, 10]),
      fine: money("fine"),
      otherCost: money("otherCost"),
      trialCost: money("trialCost"),
      runningCost: money("runningCost"),
    },
    emit: { every: number("emitEvery", 0.01, 1e9, 100), unit: choice(form, "emitUnit", ["readings", "minutes"]) },
    language: choice(form, "language", ["auto", ...REPORT_LANGUAGES]),
    title: text(form.title),
    unit: text(form.unit),
  };
}

function text(raw: unknown): string {
  return raw === undefined || raw === null ? "" : String(raw).trim();
}

function numberOrNull(form: MeterForm, field: keyof MeterForm, min: number, max: number): number | null {
  const raw = form[field];
  if (raw === undefined || raw === null || (typeof raw === "string" && raw.trim() === "")) return null;
  // Number("") and Number(true) are numbers to JavaScript, not to a plant.
  const value = typeof raw === "number" || typeof raw === "string" ? Number(raw) : Number.NaN;
  if (!(value >= min && value <= max))
    throw new MeterSettingsProblem("range", field, { value: String(raw).slice(0, 40), min, max });
  return value;
}

function whole(form: MeterForm, field: keyof MeterForm, min: number, max: number, ifEmpty: number): number {
  const value = numberOrNull(form, field, min, max) ?? ifEmpty;
  if (!Number.isInteger(value)) throw new MeterSettingsProblem("range", field, { value: String(value), min, max });
  return value;
}

/** One of the options; the first one where nothing is chosen. */
function choice<T extends string>(form: MeterForm, field: keyof MeterForm, options: readonly T[]): T {
  const raw = form[field] ?? options[0];
  const found = options.find((option) => option === raw);
  if (found === undefined) throw new MeterSettingsProblem("choice", field, { value: String(raw).slice(0, 40) });
  return found;
}
