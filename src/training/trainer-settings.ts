import { type NumberField, numbersIn } from "../settings/number-field";

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

/** The settings as numbers. @throws SettingsProblem the first one that makes no sense */
export function trainerSettings(form: TrainerForm): { passes: number; batch: number } {
  return numbersIn(form, TRAINER_FIELDS);
}
