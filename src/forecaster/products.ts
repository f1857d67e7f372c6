/** With more inputs than this only their squares are left: their products would be too many to be told apart. */
const MOST_FACTORS = 12;

/** By number of inputs. */
const known: (readonly (readonly [number, number])[])[] = [];

/** The products of so many inputs, in their order: which two are multiplied, each with itself and with those behind it. */
export function productsOf(inputs: number): readonly (readonly [number, number])[] {
  known[inputs] ??= Array.from({ length: inputs }, (_, k) => {
    const partners = inputs <= MOST_FACTORS ? inputs - k : 1;
    return Array.from({ length: partners }, (_, more): [number, number] => [k, k + more]);
  }).flat();
  return known[inputs];
}
