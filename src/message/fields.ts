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

/** Names inside of a value that are told. */
const MOST_INSIDE = 3;

/** A name of a reading; of a value that holds values itself with what is inside, since that is where they are looked for. */
export function nameOf(fields: Fields, name: string): string {
  try {
    const value = fields[name];
    if (!isFields(value)) return name;
    const inside = Object.keys(value);
    return `${name} {${inside.slice(0, MOST_INSIDE).join(", ")}${inside.length > MOST_INSIDE ? ", …" : ""}}`;
  } catch {
    return name; // a getter that throws
  }
}
