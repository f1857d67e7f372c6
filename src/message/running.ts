/** Whether the plant runs in the mode for which a model is meant, from a value that a reading brings with it. */
import { type StateOf, stateOf } from "../text/state-word";

/** How the value is compared. */
export const COMPARISONS = ["above", "below", "is", "isNot", "true"] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** The condition that the plant runs. */
export interface RunningCondition {
  /** Where the value stands: in a property of the message, or in the payload under the name of a sensor. */
  of: "msg" | "sensor";
  /** Path of the property, or name of the sensor. */
  name: string;
  is: Comparison;
  /** What it is compared with: a number for above and below; of no meaning for true. */
  value: string;
}

const TRUE: ReadonlySet<string> = new Set(["true", "on", "yes", "1"]);
const FALSE: ReadonlySet<string> = new Set(["false", "off", "no", "0"]);

/**
 * Whether the plant runs by a value. Numbers may come as text here, and words in capitals or not: a state of operation is
 * no measurement.
 *
 * @example runs({ of: "sensor", name: "rpm", is: "above", value: "100" }, 1480) // true
 * @param stateIn what a word for a state means
 * @returns undefined where the value says nothing of it: none came, or it cannot be compared
 */
export function runs(
  { is, value: wanted }: RunningCondition,
  value: unknown,
  stateIn: StateOf = stateOf,
): boolean | undefined {
  if (typeof value !== "number" && typeof value !== "string" && typeof value !== "boolean") return undefined;
  const text = String(value).trim().toLowerCase();
  if (text === "") return undefined;
  const number = typeof value === "boolean" ? Number(value) : Number(text);
  switch (is) {
    case "above":
      return Number.isNaN(number) ? undefined : number > Number(wanted);
    case "below":
      return Number.isNaN(number) ? undefined : number < Number(wanted);
    case "is":
      return typeof value === "number" && Number.isNaN(value) ? undefined : equals(text, wanted, stateIn);
    case "isNot":
      return typeof value === "number" && Number.isNaN(value) ? undefined : !equals(text, wanted, stateIn);
    case "true":
      if (TRUE.has(text)) return true;
      if (FALSE.has(text)) return false;
      return Number.isNaN(number) ? undefined : number !== 0;
  }
}

function equals(text: string, wanted: string, stateIn: StateOf): boolean {
  const other = wanted.trim().toLowerCase();
  // 1, 1.0 and "01" are the same state, and "RUN" is it too: a table, or a wire with numbers as text, has read that as 1.
  return text === other || (other !== "" && Number(text) === (stateIn(other) ?? Number(other)));
}
