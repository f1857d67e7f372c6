/** Named values, as a reading has them. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value may hold named numbers; bytes do not, though a Buffer has a number under each index. */
export function isFields(value: unknown): value is Fields {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !ArrayBuffer.isView(value) &&
    !(value instanceof Date)
  );
}
