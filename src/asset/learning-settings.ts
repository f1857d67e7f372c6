import type { LearnOptions, Scope } from "../forecaster/horizon";
import { DEFAULT_LIMIT } from "../forecaster/member";
import { type NumberField, numberIn, numbersIn, rangeOf } from "../settings/number-field";
import { SettingsProblem } from "../settings/settings-problem";

/** The settings of an RTRL tuner as its dialog keeps them: numbers may be text. What is missing is what a new one has. */
export interface LearningForm {
  speed?: "careful" | "normal" | "fast" | "custom";
  /** How fast to learn where `speed` is custom. */
  rate?: number | string;
  every?: number | string;
  scope?: Scope;
  /** Per cent; empty = the engine's own. */
  limit?: number | string;
}

const SPEEDS = { careful: 0.3, normal: 1, fast: 3 };
const SCOPES: readonly Scope[] = ["all", "unit", "output"];

/** The numbers that the dialog asks for. */
export const LEARNING_FIELDS = {
  rate: { value: 1, above: 0, max: 100 },
  every: { value: 1, min: 1, max: 1e9, whole: true },
  limit: { value: "", above: 0, max: 10_000, empty: true, meant: 100 * DEFAULT_LIMIT },
} as const satisfies Record<string, NumberField>;

/** The settings as numbers. @throws SettingsProblem the first one that makes no sense */
export function learningSettings(form: LearningForm): LearnOptions & { speed: number } {
  const { rate, every: everyField, limit: limitField } = LEARNING_FIELDS;
  const { speed: chosen = "normal", scope = "all" } = form;
  const speed = chosen === "custom" ? numberIn(form.rate, rate) : SPEEDS[chosen];
  if (!speed) throw new SettingsProblem("speed", rangeOf(LEARNING_FIELDS, "rate"));
  const { every } = numbersIn(form, { every: everyField });
  if (!SCOPES.includes(scope)) throw new SettingsProblem("scope");
  // A flow of before may have 0 for the engine's own.
  const { limit = 0 } = Number(form.limit) === 0 ? {} : numbersIn(form, { limit: limitField });
  return { learn: true, speed, every, scope, limit: limit / 100 };
}
