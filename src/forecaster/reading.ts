/**
 * What came to light late: so many readings just before this one, what these sensors said was not true. What was learnt
 * from it is taken back, as far back as copies of the forecaster reach: 80 to 160 readings.
 */
export interface Retraction {
  readonly sensors: readonly string[];
  /** Whole number, 0 = nothing. */
  readonly readings: number;
}

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
  retract?: Retraction;
  /** Horizon 0: false = learn from this label, but do not show it to later readings as the last label. Default true. */
  labelShown?: boolean;
}

/** A value that was not used as it came. */
export interface HeldValue {
  sensor: string;
  /** missing: none came, or no finite number; absurd: beyond ±1e100; far: over 20 standard deviations away. */
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
