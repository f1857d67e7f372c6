/** Numbers that a sender writes as text, such as "21.5" or "12,5", and switches: whether they count is the engineer's choice. */
import { atOnce, mapSliced, type Sliced } from "../slice/sliced";
import { annotated } from "../text/annotation";
import { isCurrency } from "../text/currency";
import { numberReader } from "../text/number-format";
import { type StateOf, stateOf } from "../text/state-word";
import { isUnit } from "../text/unit";
import { isFields } from "./fields";
import { senderStatus } from "./sender-status";

/** The decimal sign of numbers that come as text; "refuse" = they are no numbers. */
export type NumbersAsText = "refuse" | "point" | "comma";

export const NUMBERS_AS_TEXT: readonly NumbersAsText[] = ["refuse", "point", "comma"];

const READERS = {
  point: numberReader({ decimal: ".", thousands: "" }),
  comma: numberReader({ decimal: ",", thousands: "" }),
};

/**
 * What came, with the texts and truths that are numbers as numbers: a value, an object of named values, or an array of either. All
 * else stays as it came, so that whoever reads it can name it; the argument is never changed.
 *
 * @param stateIn what a word for a state means
 *
 * @example
 * numbersIn("21.5", "point"); // 21.5
 * numbersIn("12,5", "comma"); // 12.5
 * numbersIn("12,5", "point"); // "12,5"
 * numbersIn("21.5 °C", "point"); // 21.5
 * numbersIn("€ 12,50", "comma"); // 12.5
 * numbersIn("<0.5", "point"); // 0.5
 * numbersIn("ON", "point"); // 1
 * numbersIn(true, "point"); // 1
 * numbersIn({ steam: "12,5", shift: "early" }, "comma"); // { steam: 12.5, shift: "early" }
 */
export function numbersIn(came: unknown, numbersAsText: NumbersAsText, stateIn: StateOf = stateOf): unknown {
  return atOnce(numbersSliced(came, numbersAsText, stateIn));
}

/** `numbersIn` as long work. */
export function* numbersSliced(
  came: unknown,
  numbersAsText: NumbersAsText,
  stateIn: StateOf = stateOf,
): Sliced<unknown> {
  if (numbersAsText === "refuse") return came;
  const read = READERS[numbersAsText];
  const numberIn = (value: unknown): unknown => {
    // A switch in JSON: the same word without quotation marks.
    if (typeof value === "boolean") return Number(value);
    if (typeof value !== "string" || value.length > 60) return value;
    const number = read(value);
    if (!Number.isNaN(number)) return number;
    const within = withinText(value);
    return stateIn(value) ?? (within === undefined || Number.isNaN(read(within)) ? value : read(within));
  };
  const inRow = (row: unknown): unknown =>
    isFields(row) ? Object.fromEntries(entriesOf(row, numberIn)) : numberIn(row);
  return Array.isArray(came) ? yield* mapSliced(came, inRow) : inRow(came);
}

/** A number with its unit, the word “good” or a limit beside it; a mark is for the guard to name. "12A" may be a code. */
function withinText(text: string): string | undefined {
  const found = annotated(text);
  if (!found || !/^[<>=≤≥≦≧~≈]*$/.test(found.signs)) return undefined;
  const { number, word, isApart } = found;
  const isOfNumber = word === "" || (isUnit(word) && (isApart || word.length > 1 || isCurrency(word)));
  return isOfNumber || senderStatus(word)?.state === "good" ? number : undefined;
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
