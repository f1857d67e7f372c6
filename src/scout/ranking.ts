/** What the scout has found, as plain data. */

/** What a sensor is to the target. */
export type Finding =
  /** Its changes come before the target's: admitted. */
  | "leads"
  /** As good, but it says the same as a better one: not chosen beside it. */
  | "redundant"
  /** It changes when the target does: admitted for an estimate of now, of no use for a look ahead. */
  | "together"
  /** It is the target in another unit or form. */
  | "disguise"
  /** No more than chance. */
  | "unrelated"
  /** It hardly ever changes. */
  | "constant"
  /** It comes too seldom, or is too seldom good. */
  | "absent";

/** One sensor of a ranking. */
export interface RankedSensor {
  readonly sensor: string;
  /** From 1. */
  readonly rank: number;
  readonly finding: Finding;
  /** Whether it is one of the at most two sensors to start with. */
  readonly chosen: boolean;
  /** How strong the relation is beyond chance, 0 … 1; 0 where it is no more than chance. */
  readonly score: number;
  /** By how many readings its changes come before the target's; NaN where it has no say. */
  readonly leadReadings: number;
  /** The same in ms; NaN where the times are not known. */
  readonly leadMs: number;
  /** The usual distance of its good values, ms; NaN where the times are not known. */
  readonly intervalMs: number;
  /** Share of the values expected at that distance that were good, 0 … 1. */
  readonly good: number;
  /** Of a redundant one, the sensor that says the same. */
  readonly twin?: string;
}

/** Why there is no ranking. */
export type TooLittle =
  /** The target never came. */
  | "noTarget"
  /** Too few readings with the target. */
  | "fewReadings"
  /** The target hardly ever changes. */
  | "constantTarget"
  /** There is no other sensor. */
  | "noSensor";

/** The answer of the scout. */
export interface Ranking {
  readonly target: string;
  /** Readings that have the target. */
  readonly readings: number;
  /** Of all sensors, the best first; empty where there is too little to judge by. */
  readonly sensors: readonly RankedSensor[];
  /** None, one or two names. */
  readonly chosen: readonly string[];
  readonly tooLittle?: TooLittle;
}
