/** What a message shows, as a short text: equal where the values are equal, whatever else the message carries. */

import { isFields } from "../message/fields";
import { atOnce, eachSliced, type Sliced } from "../slice/sliced";

const word = new Float64Array(1);
const halves = new Uint32Array(word.buffer);

/** A fingerprint of values that are added one after the other: 64 bits, not made against forgery. */
class Fingerprint {
  private a = 0x2545f491;
  private b = 0x1b873593;

  number(value: number): void {
    word[0] = value;
    this.mix(halves[0] as number);
    this.mix(halves[1] as number);
  }

  text(value: string): void {
    this.mix(value.length);
    for (let i = 0; i < value.length; i++) this.mix(value.charCodeAt(i));
  }

  /** Numbers and texts by their value; of anything else, which no node takes for a reading, only the kind. */
  any(value: unknown): void {
    if (typeof value === "number") this.number(value);
    else if (typeof value === "string") this.text(value);
    else if (value instanceof Date) this.number(value.getTime());
    else this.text(value === null ? "null" : typeof value);
  }

  /** In decimals: any other base takes ten times as long. */
  toString(): string {
    return `${this.a},${this.b}`;
  }

  private mix(bits: number): void {
    this.a = Math.imul(this.a ^ bits, 0x01000193);
    this.a ^= this.a >>> 15;
    this.b = Math.imul(this.b ^ bits, 0x5bd1e995);
    this.b ^= this.b >>> 13;
  }
}

/**
 * The content of a payload.
 *
 * @param payload one reading, or a batch of them
 * @param target under which name a number alone stands
 * @param inputs the sensors that count beside the target; none = every number
 */
export function contentOf(payload: unknown, target: string, inputs: readonly string[]): string {
  return atOnce(contentSliced(payload, target, inputs));
}

/** `contentOf` as long work. */
export function* contentSliced(payload: unknown, target: string, inputs: readonly string[]): Sliced<string> {
  const print = new Fingerprint();
  const rows: readonly unknown[] = Array.isArray(payload) ? payload : [payload];
  const names = inputs.length > 0 ? [target, ...inputs] : undefined;
  yield* eachSliced(rows, (row) => addRow(print, row, target, names));
  if (Array.isArray(payload)) print.text(`batch of ${rows.length}`);
  return print.toString();
}

/** The time that came with a message, to be compared only; undefined where none came. */
export function stampOf(timestamp: unknown): string | undefined {
  if (timestamp === undefined || timestamp === null || timestamp === "") return undefined;
  const print = new Fingerprint();
  if (Array.isArray(timestamp)) for (let i = 0; i < timestamp.length; i++) print.any(timestamp[i]);
  else print.any(timestamp);
  return print.toString();
}

/** @param named the target and the inputs that count; undefined = every number */
function addRow(print: Fingerprint, row: unknown, target: string, named: readonly string[] | undefined): void {
  if (!isFields(row)) {
    print.text(target);
    print.any(row);
    return;
  }
  for (const name of named ?? Object.keys(row).sort()) {
    if (!Object.hasOwn(row, name)) continue;
    const value = fieldOf(row, name);
    if (!named && name !== target && typeof value !== "number") continue;
    print.text(name);
    print.any(value);
  }
}

/** A value, even of an object whose getters throw. */
function fieldOf(row: object, name: string): unknown {
  try {
    return (row as Readonly<Record<string, unknown>>)[name];
  } catch {
    return undefined;
  }
}
