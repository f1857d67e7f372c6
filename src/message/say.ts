/** The languages that the pack speaks. */
export const LANGUAGES = ["en-US", "ja"] as const;
export type Language = (typeof LANGUAGES)[number];

/** A text of a node's catalogue in the user's language, by its key and with its figures. */
export type Say = (key: string, values?: Readonly<Record<string, unknown>>) => string;
