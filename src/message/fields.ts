/** Named values, as a reading has them. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value may hold named values; bytes do not, though a Buffer has numbers under 0, 1, 2. */
export function isFields(value: unknown): value is Fields {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !ArrayBuffer.isView(value) &&
    !(value instanceof Date)
  );
}

/** A value where it may hold named values. */
export function fieldsOf(value: unknown): Fields | undefined {
  return isFields(value) ? value : undefined;
}
