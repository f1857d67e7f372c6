import type { Numbers } from "./state";

/** The precisions in which a record keeps a vector, by name: bytes for small whole numbers. */
export const PACKED = { f64: Float64Array, f32: Float32Array, u8: Uint8Array } as const;
export type PackedPrecision = keyof typeof PACKED;

/** What is not worth that many bytes is kept as it is. */
const WORTH = 64;

/** A vector as a record keeps it: nothing is lost. */
export interface Packed {
  readonly precision: PackedPrecision;
  /** The numbers from … to before `until`; where not all of them, then one more, which all others are. */
  readonly numbers: Numbers | Uint8Array;
  readonly from: number;
  readonly until: number;
}

/**
 * Leaves out what a vector has of one number at its beginning and end, such as of days that have not been yet, and takes
 * the smallest precision in which the others are what they are.
 */
export function packed(vector: Numbers): Packed {
  const { length } = vector;
  const precision = vector instanceof Float64Array ? "f64" : "f32";
  const each = vector.BYTES_PER_ELEMENT;
  if (length * each < WORTH) return { precision, numbers: vector, from: 0, until: length };
  let from = firstOther(vector, vector[0]);
  let until = lastOther(vector, vector[length - 1]);
  const rest = from > length - until ? vector[0] : vector[length - 1];
  [from, until] = [firstOther(vector, rest), lastOther(vector, rest)];
  if (from > until) [from, until] = [0, 0];
  const isCut = (length - until + from) * each >= WORTH;
  if (!isCut) [from, until] = [0, length];
  const needed = isCut ? new PACKED[precision](until - from + 1) : vector;
  if (isCut) {
    needed.set(vector.subarray(from, until));
    needed[until - from] = rest;
  }
  const small = needed.every(isByte) ? "u8" : needed.every(isSingle) ? "f32" : precision;
  const saved = (each - PACKED[small].BYTES_PER_ELEMENT) * needed.length;
  if (saved < WORTH) return { precision, numbers: needed, from, until };
  return { precision: small, numbers: PACKED[small].from(needed), from, until };
}

/** Where a vector begins to have other numbers than this one, … */
function firstOther(vector: Numbers, one: number): number {
  let at = 0;
  while (at < vector.length && Object.is(vector[at], one)) at++;
  return at;
}

/** … and where it has no others any more. */
function lastOther(vector: Numbers, one: number): number {
  let end = vector.length;
  while (end > 0 && Object.is(vector[end - 1], one)) end--;
  return end;
}

/** The vector that was packed; of single precision where that is enough. */
export function unpacked({ precision, numbers, from, until }: Packed, length: number): Numbers {
  if (precision !== "u8" && from === 0 && until === length) return numbers as Numbers;
  const vector = new (precision === "f64" ? Float64Array : Float32Array)(length);
  if (from > 0 || until < length) vector.fill(numbers[until - from]);
  vector.set(numbers.subarray(0, until - from), from);
  return vector;
}

function isByte(one: number): boolean {
  return one >= 0 && one <= 255 && Number.isInteger(one) && !Object.is(one, -0);
}

function isSingle(one: number): boolean {
  return Object.is(Math.fround(one), one);
}
