import { type Numbers, type Precision, type Rule, ruleOf, type State } from "./state";

/** One state, or a list of like ones, such as one for each sensor: a record keeps the list as one column for each name. */
export type Part = object | readonly object[];

/** The states of a thing, by the name of the part. */
export type Parts = Readonly<Record<string, Part>>;

/** One field of a part as a record sees it. */
export interface Field {
  readonly name: string;
  readonly precision: Precision;
  readonly length: number;
  readonly rule: Rule;
  /** Whether it is a plain number of one state, not a vector. */
  readonly single: boolean;
  /** The numbers as they are now. */
  read(): Numbers;
  /** Takes over `length` numbers; a ring of a window as many as there are. */
  write(values: Numbers): void;
}

/** The fields of a part, in the order in which they were declared. */
export function fieldsOf(part: Part): Field[] {
  const list: readonly State[] = Array.isArray(part) ? part : [part];
  if (list.length === 0) return [];
  return Object.entries(list[0]).map(([name, first]) => {
    const rule = ruleOf(list[0], name);
    const single = !Array.isArray(part);
    return typeof first === "number" ? column(name, list, rule, single) : vectors(name, list, rule, first);
  });
}

/** Memory of the numbers of some parts, in bytes. */
export function bytesOf(parts: Parts): number {
  let bytes = 0;
  for (const part of Object.values(parts))
    for (const { precision, length } of fieldsOf(part)) bytes += length * (precision === "f64" ? 8 : 4);
  return bytes;
}

/**
 * Puts the name of the whole before the names of its parts.
 *
 * @example
 *     const [adam, rms] = [{ state: state({ steps: 0 }) }, { state: state({ mean: 0 }) }];
 *     Object.keys(within("horizon6", { adam, rms })); // ["horizon6.adam", "horizon6.rms"]
 */
export function within(whole: string, parts: Parts): Parts {
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [`${whole}.${name}`, part]));
}

/** A number that each of the states has. */
function column(name: string, list: readonly State[], rule: Rule, single: boolean): Field {
  return {
    name,
    precision: "f64",
    length: list.length,
    rule,
    single,
    read: () => Float64Array.from(list, (state) => state[name] as number),
    write(values) {
      list.forEach((state, i) => {
        state[name] = values[i];
      });
    },
  };
}

/** A vector that each of the states has; one after the other. */
function vectors(name: string, list: readonly State[], rule: Rule, first: Numbers): Field {
  const each = first.length;
  return {
    name,
    precision: first instanceof Float64Array ? "f64" : "f32",
    length: each * list.length,
    rule,
    single: false,
    read() {
      if (list.length === 1) return first;
      const all = first instanceof Float64Array ? new Float64Array(this.length) : new Float32Array(this.length);
      list.forEach((state, i) => {
        all.set(state[name] as Numbers, i * each);
      });
      return all;
    },
    write(values) {
      if (rule.ring?.window !== undefined)
        list[0][name] = first instanceof Float64Array ? Float64Array.from(values) : Float32Array.from(values);
      else
        list.forEach((state, i) => {
          (state[name] as Numbers).set(values.subarray(i * each, (i + 1) * each));
        });
    },
  };
}
