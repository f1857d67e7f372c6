/** good; uncertain: values are in doubt; bad: a value could not be used and something else stood in for it. */
export type ReadingState = "good" | "uncertain" | "bad";

/** Sensor values of one asset at one time. */
export interface Reading {
  /** ms since 1970, later than the reading before. */
  time: number;
  /** Values by sensor name; absent or not finite = missing. */
  values: Readonly<Record<string, number>>;
  /**
   * The same values as numbers in the order of the forecaster's `inputs`, the target last, instead of `values`. For long
   * histories: a number read by name out of an object is boxed by the engine, one in an array is not.
   */
  ordered?: Float64Array;
  /** The existing forecast made now, for the first horizon. */
  existing?: number;
  /** How much to learn from this reading, 0 … 1. Default 1. */
  quality?: number;
  /**
   * How doubtful values are, by sensor: a variance relative to the sensor's own, 0 = sure. Absent = sure. Doubt acts on
   * learning and on the interval, never on what is forecast from or scored.
   */
  doubts?: Readonly<Record<string, number>>;
  /** What is known of the reading as a whole; the score of a forecast made here, or judged by it, carries it. Default good. */
  state?: ReadingState;
  /** Whether the plant is in the mode for which the model is meant. false: forecast and scored, never learnt. Default true. */
  running?: boolean;
  /** Horizon 0: false = learn from this label, but do not show it to later readings as the last label. Default true. */
  labelShown?: boolean;
}

/** A value that was not used as it came. */
export interface HeldValue {
  sensor: string;
  /** missing: none came, or no finite number; absurd: beyond ±1e30; far: a label that waits for the next one. */
  rule: "missing" | "absurd" | "far";
  value: number;
}

/** Why a reading or a label was turned away. Nothing was changed. */
export type Rejection =
  | "bad time"
  | "duplicate"
  | "out of order"
  | "unknown time"
  | "already labelled"
  | "not a number";

/** Thrown for a reading that cannot be taken; nothing was changed. */
export class ReadingRejected extends Error {
  constructor(
    readonly code: Rejection,
    text: string,
  ) {
    super(text);
    this.name = "ReadingRejected";
  }
}
