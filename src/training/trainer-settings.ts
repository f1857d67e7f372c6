import { type NumberField, numberIn } from "../settings/number-field";

/** The numbers of a history trainer as its dialog keeps them: they may be text. */
export interface TrainerForm {
  /** How often the history is gone through. */
  passes?: number | string;
  /** Rows in a message. */
  batch?: number | string;
}

/** The numbers that the dialog asks for; one that a flow of before lacks is what a new node begins with. */
export const TRAINER_FIELDS = {
  passes: { value: 3, min: 1, max: 100, whole: true },
  batch: { value: 100, min: 1, max: 10_000, whole: true },
} as const satisfies Record<string, NumberField>;

/** The settings as numbers, or the name of the first one that makes no sense. */
export function trainerSettings(form: TrainerForm): { passes: number; batch: number } | keyof typeof TRAINER_FIELDS {
  const { passes = TRAINER_FIELDS.passes.value, batch = TRAINER_FIELDS.batch.value } = form;
  const numbers = { passes: numberIn(passes, TRAINER_FIELDS.passes), batch: numberIn(batch, TRAINER_FIELDS.batch) };
  if (!numbers.passes) return "passes";
  if (!numbers.batch) return "batch";
  return { passes: numbers.passes, batch: numbers.batch };
}
