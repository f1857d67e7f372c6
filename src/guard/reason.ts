import type { Ne107 } from "./ne107";
import type { State } from "./quality";

/** What a value, or a whole reading, was caught by. */
export type Rule =
  | "missing"
  | "late"
  | "notANumber"
  | "sentinel"
  | "range"
  | "spike"
  | "level"
  | "rate"
  | "flatline"
  | "noise"
  | "agreement"
  | "duplicate"
  | "outOfOrder"
  | "ahead"
  | "frozenClock"
  | "maintenance"
  | "senderBad"
  | "senderUncertain";

/** One thing that the guard caught: which sensor, by which rule, at which value. */
export interface Reason {
  /** Name of the sensor; empty where the whole reading is meant. */
  sensor: string;
  rule: Rule;
  /** What came: a finite number, or a short text for what was none. */
  value: number | string;
  state: State;
  ne107: Ne107;
  /**
   * The limit that was passed, in the unit of the rule (sensor's unit, unit per second, readings, seconds), or what the
   * other sensors say instead; NaN where none.
   */
  limit: number;
  /** Readings in a row that this has lasted. */
  lasting: number;
  /** The last good value, which stands in; NaN where none was seen or the value is used as it came. */
  held: number;
}

const NE107_OF: Readonly<Record<Rule, Ne107>> = {
  missing: "failure",
  late: "failure",
  notANumber: "failure",
  sentinel: "failure",
  range: "out of specification",
  spike: "out of specification",
  level: "out of specification",
  rate: "out of specification",
  flatline: "failure",
  noise: "maintenance required",
  agreement: "maintenance required",
  duplicate: "failure",
  outOfOrder: "failure",
  ahead: "failure",
  frozenClock: "failure",
  maintenance: "function check",
  senderBad: "failure",
  senderUncertain: "maintenance required",
};

/** The NE 107 signal that belongs to a rule: what is only uncertain asks for maintenance at most. */
export function ne107Of(rule: Rule, state: State): Ne107 {
  const signal = NE107_OF[rule];
  return state === "uncertain" && signal === "failure" ? "maintenance required" : signal;
}

/** A reason as an English sentence. */
export function sentence({ sensor, rule, value, limit, lasting }: Reason): string {
  const number = (x: number) => (Number.isFinite(x) ? Number(x.toPrecision(4)).toString() : "unknown");
  switch (rule) {
    case "missing":
      return `${sensor}: no value in this reading.`;
    case "late":
      return `${sensor || "The reading"}: late, after more than ${number(limit)} s.`;
    case "notANumber":
      return `${sensor}: ${value} is no usable number.`;
    case "sentinel":
      return `${sensor}: ${value} stands for "no value".`;
    case "range":
      return `${sensor}: ${value} is outside the physical range (limit ${number(limit)}).`;
    case "spike":
      return `${sensor}: ${value} is a spike, more than ${number(limit)} away from the values before.`;
    case "level":
      return `${sensor}: jumped to ${value} and stays there, for ${lasting} readings; believed after ${number(limit)}.`;
    case "rate":
      return `${sensor}: ${value} was reached faster than ${number(limit)} per second.`;
    case "flatline":
      return `${sensor}: ${value} for ${lasting} readings, longer than ${number(limit)}.`;
    case "noise":
      return `${sensor}: shakes ${number(limit)} times as much as usual.`;
    case "agreement":
      return `${sensor}: ${value} contradicts the other sensors, which say ${number(limit)} (readings in a row: ${lasting}).`;
    case "duplicate":
      return "The reading has come before.";
    case "outOfOrder":
      return "The reading is older than the last one.";
    case "ahead":
      return "The reading's time is in the future.";
    case "frozenClock":
      return `The clock stands still, for ${lasting} readings: they are taken for the time of their arrival.`;
    case "maintenance":
      return `${sensor || "The asset"}: under maintenance.`;
    case "senderBad":
      return `${sensor}: ${value}, its sender says that the value is bad.`;
    case "senderUncertain":
      return `${sensor}: ${value}, its sender says that the value is uncertain.`;
  }
}
