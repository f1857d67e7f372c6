import type { LearnOptions, Scope } from "../forecaster/horizon";
import { type NumberField, numberIn } from "../settings/number-field";

/** The settings of an RTRL tuner as its dialog keeps them: numbers may be text. */
export interface LearningForm {
  speed: "careful" | "normal" | "fast" | "custom";
  /** How fast to learn where `speed` is custom. */
  rate: number | string;
  every: number | string;
  scope: Scope;
  /** Per cent; empty = the engine's own. */
  limit: number | string;
}

const SPEEDS = { careful: 0.3, normal: 1, fast: 3 };
const SCOPES: readonly Scope[] = ["all", "unit", "output"];

/** The numbers that the dialog asks for. */
export const LEARNING_FIELDS = {
  rate: { value: 1, above: 0, max: 100 },
  every: { value: 1, min: 1, max: 1e9, whole: true },
  limit: { value: "", above: 0, max: 10_000, empty: true },
} as const satisfies Record<string, NumberField>;

/** The settings as numbers, or the name of the first one that makes no sense. */
export function learningSettings(
  form: LearningForm,
): (LearnOptions & { speed: number }) | "speed" | "every" | "scope" | "limit" {
  const speed = form.speed === "custom" ? numberIn(form.rate, LEARNING_FIELDS.rate) : SPEEDS[form.speed];
  if (!speed) return "speed";
  const every = numberIn(form.every, LEARNING_FIELDS.every);
  if (!every) return "every";
  if (!SCOPES.includes(form.scope)) return "scope";
  // A flow of before may have 0 for the engine's own.
  const limit = Number(form.limit) === 0 ? 0 : (numberIn(form.limit, LEARNING_FIELDS.limit) ?? 0);
  if (Number.isNaN(limit)) return "limit";
  return { learn: true, speed, every, scope: form.scope, limit: limit / 100 };
}
