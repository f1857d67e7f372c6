/** The languages that the pack speaks. */
export const LANGUAGES = ["en-US", "ja"] as const;
export type Language = (typeof LANGUAGES)[number];

/** The language that is meant by its name, in full or short such as "en"; undefined where the pack does not speak it. */
export function languageNamed(name: unknown): Language | undefined {
  return LANGUAGES.find((one) => one === name || one.slice(0, 2) === name);
}

/** A text of a node's catalogue in the user's language, by its key and with its figures. */
export type Say = (key: string, values?: Readonly<Record<string, unknown>>) => string;
