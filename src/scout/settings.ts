import { type NumberField, numbersIn } from "../settings/number-field";

/** The number that the dialog asks for; empty, or 0 in a flow of before, = never by itself. */
export const SCOUT_FIELDS = {
  after: { value: 1000, min: 200, max: 1_000_000, whole: true, empty: true },
} as const satisfies Record<string, NumberField>;

/** The setting of a sensor scout as its dialog keeps it. */
export interface ScoutForm {
  after?: number | string;
}

/** After how many readings the scout answers by itself; 0 = never. @throws SettingsProblem where that makes no sense */
export function scoutSettings(form: ScoutForm): { after: number } {
  const { after = 0 } = Number(form.after) === 0 ? {} : numbersIn(form, SCOUT_FIELDS);
  return { after };
}
