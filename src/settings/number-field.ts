import { SettingsProblem } from "./settings-problem";

/**
 * A number that a dialog asks for. What it begins with and which numbers make sense is written once and read by the node,
 * by its dialog, to which Node-RED hands it, and by the specs.
 */
export interface NumberField {
  /** What a new node begins with; "" = empty. */
  readonly value: number | "";
  /** The smallest number; absent where `above` says which the number must exceed. */
  readonly min?: number;
  readonly above?: number;
  readonly max: number;
  /** Whether only whole numbers make sense. */
  readonly whole?: boolean;
  /** Whether it may be left empty; and the number that is meant then, where it is one. */
  readonly empty?: boolean;
  readonly meant?: number;
}

/**
 * The number of a field as a dialog keeps it, which may be text.
 *
 * @returns undefined where it is empty and may be; NaN where it makes no sense
 */
export function numberIn(given: unknown, { min, above, max, whole, empty }: NumberField): number | undefined {
  if (given === undefined || given === null || (typeof given === "string" && given.trim() === ""))
    return empty ? undefined : Number.NaN;
  // Number(true) is a number to JavaScript, not to a plant.
  const value = typeof given === "number" || typeof given === "string" ? Number(given) : Number.NaN;
  const isAbove = above === undefined ? value >= (min ?? Number.NEGATIVE_INFINITY) : value > above;
  return isAbove && value <= max && (!whole || Number.isInteger(value)) ? value : Number.NaN;
}

type Numbers<Fields> = {
  [Name in keyof Fields]: Fields[Name] extends { readonly empty: true } ? number | undefined : number;
};

/**
 * The numbers of a form as a dialog keeps them, by its fields. One that is missing, as in a flow written by hand, is what a
 * new node begins with.
 *
 * @throws SettingsProblem the first that makes no sense
 */
export function numbersIn<Fields extends Readonly<Record<string, NumberField>>>(
  form: { readonly [Name in keyof Fields]?: unknown },
  fields: Fields,
): Numbers<Fields> {
  const numberOf = ([name, field]: [string, NumberField]): [string, number | undefined] => {
    const value = numberIn(form[name] === undefined ? field.value : form[name], field);
    if (Number.isNaN(value)) throw new SettingsProblem(name, rangeOf(fields, name));
    return [name, value];
  };
  return Object.fromEntries(Object.entries(fields).map(numberOf)) as Numbers<Fields>;
}

/** The ends of a field's range, for the text that says what makes sense; none where the name is of no such field. */
export function rangeOf(fields: Readonly<Record<string, NumberField>>, name: string): { min?: number; max?: number } {
  const field = fields[name];
  return field ? { min: field.min ?? field.above, max: field.max } : {};
}
