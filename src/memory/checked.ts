/**
 * What a record of JSON says, checked before it is believed: a number that is none, a list without end or a text as long
 * as a book would go on into every figure. Each function throws a TypeError that names what is wrong.
 */

export type Fields = Readonly<Record<string, unknown>>;

/** Longer texts are none of ours. */
const LONGEST = 10_000;

function wrong(name: string, wanted: string): TypeError {
  return new TypeError(`${name} is no ${wanted}`);
}

export function fields(value: unknown, name: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(name, "object");
  return value as Fields;
}

export function finite(value: unknown, name: string): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw wrong(name, "finite number");
  return value;
}

/** A number of things: finite, 0 or more. */
export function count(value: unknown, name: string): number {
  if (finite(value, name) < 0) throw wrong(name, "number of 0 or more");
  return value as number;
}

export function flag(value: unknown, name: string): boolean {
  if (typeof value !== "boolean") throw wrong(name, "boolean");
  return value;
}

export function text(value: unknown, name: string): string {
  if (typeof value !== "string" || value.length > LONGEST) throw wrong(name, `text of at most ${LONGEST} characters`);
  return value;
}

export function list(value: unknown, name: string, most: number): readonly unknown[] {
  if (!Array.isArray(value) || value.length > most) throw wrong(name, `list of at most ${most}`);
  return value;
}

/** Finite numbers, exactly so many. */
export function numbers(value: unknown, name: string, length: number): number[] {
  const all = list(value, name, length);
  if (all.length !== length) throw wrong(name, `list of ${length}`);
  return all.map((one) => finite(one, name));
}

export function oneOf<T>(value: unknown, name: string, known: readonly T[]): T {
  const found = known.find((one) => one === value);
  if (found === undefined) throw wrong(name, `one of ${known.join(", ")}`);
  return found;
}

/** Absent, or as `read` wants it. */
export function optional<T>(value: unknown, name: string, read: (value: unknown, name: string) => T): T | undefined {
  return value === undefined ? undefined : read(value, name);
}
