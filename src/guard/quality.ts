/** How far a value, or a whole reading, can be trusted. */
export type State = "good" | "uncertain" | "bad";

/** Share of the normal learning rate at an uncertain reading. */
const UNCERTAIN = 0.1;
/** Good readings in a row after a bad one before learning goes on at all. */
const PROOF = 20;
/** Readings over which it then comes back to its full rate. */
const RAMP = 100;

/** The worse of two states. */
export function worst(a: State, b: State): State {
  if (a === "bad" || b === "bad") return "bad";
  return a === "uncertain" || b === "uncertain" ? "uncertain" : "good";
}

/**
 * How much to learn from a reading: all of it where it is good, a tenth where it is uncertain, nothing where it is bad.
 * After a bad reading trust has to be earned: 20 good readings teach nothing yet, over the next 100 learning comes back
 * in even steps.
 *
 * @example
 *     const weight = new LearnWeight();
 *     weight.next("good"); // 1
 *     weight.next("bad"); // 0
 *     weight.next("good"); // 0: this was the first of 20
 */
export class LearnWeight {
  /** Good readings since the last bad one; a new sensor starts trusted. */
  private readonly s = new Float64Array([PROOF + RAMP]);

  /** The weight of the next reading, 0 … 1, given its state. */
  next(state: State): number {
    if (state === "bad") {
      this.s[0] = 0;
      return 0;
    }
    // An uncertain reading is no proof of health, and no setback either.
    if (state === "good" && this.s[0] < PROOF + RAMP) this.s[0] += 1;
    const ramp = Math.min(1, Math.max(0, (this.s[0] - PROOF) / RAMP));
    return state === "uncertain" ? Math.min(UNCERTAIN, ramp) : ramp;
  }

  /** All that has to be remembered. */
  buffers(): Float64Array[] {
    return [this.s];
  }
}
