/** Numbers that a sender writes as text, such as "21.5" or "12,5": which of them count is the engineer's choice. */
import { atOnce, mapSliced, type Sliced } from "../slice/sliced";
import { numberReader } from "../text/number-format";
import { isFields } from "./fields";

/** The decimal sign of numbers that come as text; "refuse" = they are no numbers. */
export type NumbersAsText = "refuse" | "point" | "comma";

export const NUMBERS_AS_TEXT: readonly NumbersAsText[] = ["refuse", "point", "comma"];

const READERS = {
  point: numberReader({ decimal: ".", thousands: "" }),
  comma: numberReader({ decimal: ",", thousands: "" }),
};

/**
 * What came, with the texts that are numbers as numbers: a value, an object of named values, or an array of either. All
 * else stays as it came, so that whoever reads it can name it; the argument is never changed.
 *
 * @example
 * numbersIn("21.5", "point"); // 21.5
 * numbersIn("12,5", "comma"); // 12.5
 * numbersIn("12,5", "point"); // "12,5"
 * numbersIn({ steam: "12,5", shift: "early" }, "comma"); // { steam: 12.5, shift: "early" }
 */
export function numbersIn(came: unknown, numbersAsText: NumbersAsText): unknown {
  return atOnce(numbersSliced(came, numbersAsText));
}

/** `numbersIn` as long work. */
export function* numbersSliced(came: unknown, numbersAsText: NumbersAsText): Sliced<unknown> {
  if (numbersAsText === "refuse") return came;
  const read = READERS[numbersAsText];
  const numberIn = (value: unknown): unknown => {
    // "true" is 1 in a table; on the wire true is no number, and its text is none either.
    if (typeof value !== "string" || value.length > 60 || !/\d/.test(value)) return value;
    const number = read(value);
    return Number.isNaN(number) ? value : number;
  };
  const inRow = (row: unknown): unknown =>
    isFields(row) ? Object.fromEntries(entriesOf(row, numberIn)) : numberIn(row);
  return Array.isArray(came) ? yield* mapSliced(came, inRow) : inRow(came);
}

/** A property whose getter throws is left out: it cannot be read by anybody. */
function entriesOf(row: Readonly<Record<string, unknown>>, change: (value: unknown) => unknown): [string, unknown][] {
  return Object.keys(row).flatMap((name) => {
    try {
      return [[name, change(row[name])] as [string, unknown]];
    } catch {
      return [];
    }
  });
}
