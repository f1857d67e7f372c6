/** How far a value, or a whole reading, can be trusted. */
export type State = "good" | "uncertain" | "bad";

/** The worse of two states. */
export function worst(a: State, b: State): State {
  if (a === "bad" || b === "bad") return "bad";
  return a === "uncertain" || b === "uncertain" ? "uncertain" : "good";
}
