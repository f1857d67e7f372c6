/** A text of a node's catalogue in the user's language, by its key and with its figures. */
export type Say = (key: string, values?: Record<string, string | number>) => string;
