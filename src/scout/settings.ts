import { type NumberField, numberIn } from "../settings/number-field";

/** The number that the dialog asks for; empty, or 0 in a flow of before, = never by itself. */
export const SCOUT_FIELDS = {
  after: { value: 1000, min: 200, max: 1_000_000, whole: true, empty: true },
} as const satisfies Record<string, NumberField>;

/** After how many readings the scout answers by itself; 0 = never, undefined where the setting makes no sense. */
export function answersAfter(setting: unknown): number | undefined {
  const count = Number(setting) === 0 ? 0 : (numberIn(setting, SCOUT_FIELDS.after) ?? 0);
  return Number.isNaN(count) ? undefined : count;
}
