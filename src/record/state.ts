/** A vector of a state. */
export type Numbers = Float64Array | Float32Array;

/** The precisions in which vectors are kept, by the name that a record writes. */
export const ARRAYS = { f64: Float64Array, f32: Float32Array } as const;
export type Precision = keyof typeof ARRAYS;

/**
 * A ring of rows: row i lies at i modulo the capacity. `total` names the number that counts all rows ever written:
 * "total" of the same part, or "history.total" of another one; `width` is the length of a row, 1 if not said. A record
 * with another capacity is then copied, newest first. `window` names the `Window` that gives it its room: it is declared
 * with a length of 0, and a record may have any number of rows.
 */
export interface Ring {
  readonly total: string;
  readonly width?: number;
  readonly window?: string;
}

/** What may be read into a field. */
export interface Rule {
  /** What every number of the field is at first; 0 if not said. */
  readonly start?: number;
  /** Whether numbers may be NaN or infinite; as a rule they may where they start so. */
  readonly mayBeNaN?: boolean;
  readonly ring?: Ring;
  /** Whether a record may have more or fewer numbers: those that both have are copied, from the first on. */
  readonly anyLength?: boolean;
}

/** The declaration of a vector, made by `f64` and `f32`. */
class Vector<A extends Numbers = Numbers> {
  constructor(
    readonly precision: Precision,
    readonly length: number,
    readonly rule: Rule,
  ) {}
  /** Only a type: tells vectors of the two precisions apart. */
  declare readonly array: A;
}

/** Declares a vector of doubles. */
export function f64(length: number, rule: Rule = {}): Vector<Float64Array> {
  return new Vector("f64", length, rule);
}

/** Declares a vector of single precision. */
export function f32(length: number, rule: Rule = {}): Vector<Float32Array> {
  return new Vector("f32", length, rule);
}

/** Named numbers and vectors. */
export type State = { [name: string]: number | Numbers };

type Made<D> = { [K in keyof D]: D[K] extends Vector<infer A> ? A : number };

/** Bytes of a buffer that small states share, and the largest of them. */
const SHARED = 4096;
const SMALL = 1024;
let shared = new ArrayBuffer(0);
let used = 0;

/**
 * Room for the vectors of a state. An asset has some fifty small ones: a buffer each would take more than their numbers do.
 * Those that are made one after the other share one; as an asset's are let go together, so is it.
 */
function takeShared(bytes: number): { buffer: ArrayBuffer; at: number } {
  if (bytes > SMALL) return { buffer: new ArrayBuffer(bytes), at: 0 };
  if (used + bytes > shared.byteLength) {
    shared = new ArrayBuffer(SHARED);
    used = 0;
  }
  used += bytes;
  return { buffer: shared, at: used - bytes };
}

type Rules = ReadonlyMap<string, Rule>;
const rules = new WeakMap<object, Rules>();
/** The rules of states that were declared alike are the same ones, so that ten thousand assets keep no copies of their own. */
const MOST_ALIKE = 1000;
const alike = new Map<string, Rules>();

/**
 * Makes the state of one part: named numbers as they are given, and vectors, all on one buffer. What is declared here is
 * what a record of the part holds, under these names.
 *
 * @param declaration numbers with what they start at, and vectors; it becomes the state itself
 * @param take where the vectors shall lie: room for so many bytes, all 0; memory of their own if not said
 *
 * @example
 *     const s = state({ count: 0, last: Number.NaN, mean: f32(3) });
 *     s.count += 1;
 *     s.mean[2] = 0.5;
 */
export function state<D extends Record<string, number | Vector>>(
  declaration: D,
  take: (bytes: number) => { readonly buffer: ArrayBufferLike; readonly at: number } = takeShared,
): Made<D> {
  const vectors = Object.entries(declaration).filter((entry): entry is [string, Vector] => entry[1] instanceof Vector);
  const room = take(vectors.reduce((bytes, [, vector]) => bytes + bytesOf(vector), 0));
  const made = declaration as State;
  let { at } = room;
  for (const [name, vector] of vectors) {
    const { length, precision } = vector;
    const { buffer } = room;
    const array = precision === "f64" ? new Float64Array(buffer, at, length) : new Float32Array(buffer, at, length);
    if (vector.rule.start !== undefined) array.fill(vector.rule.start);
    made[name] = array;
    at += bytesOf(vector);
  }
  rules.set(made, rulesOf(made, vectors));
  return made as Made<D>;
}

function rulesOf(made: State, vectors: readonly [string, Vector][]): Rules {
  const own = new Map<string, Rule>(vectors.map(([name, { rule }]) => [name, rule]));
  for (const [name, value] of Object.entries(made)) if (typeof value === "number") own.set(name, { start: value });
  const names = [...own].map(
    ([name, { start, mayBeNaN, ring, anyLength }]) =>
      `${name} ${start} ${mayBeNaN} ${ring?.total} ${ring?.width} ${ring?.window} ${anyLength}`,
  );
  const key = names.join();
  const known = alike.get(key) ?? own;
  if (alike.size < MOST_ALIKE) alike.set(key, known);
  return known;
}

/** What was declared of a field; of a state that was not made by `state`, what can be told from the number it has now. */
export function ruleOf(owner: object, name: string): Rule {
  const declared = rules.get(owner);
  if (declared) return declared.get(name) ?? {};
  const value = (owner as State)[name];
  return typeof value === "number" ? { start: value } : {};
}

/** Vectors begin at whole doubles. */
function bytesOf({ precision, length }: Vector): number {
  return Math.ceil((ARRAYS[precision].BYTES_PER_ELEMENT * length) / 8) * 8;
}
