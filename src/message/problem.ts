/** What is wrong with one value or one message, as data: nodes put it into the words of the user's language. */

/** Why a value cannot be used. */
export type Rule =
  | "missing"
  | "null"
  | "notANumber"
  | "infinite"
  | "tooLarge"
  | "text"
  | "numberText"
  | "decimalComma"
  | "boolean"
  | "array"
  | "object"
  | "wrongType"
  | "unreadable"
  | "far"
  | "badTime"
  | "duplicate"
  | "outOfOrder"
  | "unknownTime"
  | "alreadyLabelled"
  | "setBack";

/** A value that was not used: the sensor counts as missing in this reading. */
export interface ValueProblem {
  /** Name of the sensor; empty where the whole reading is meant. */
  sensor: string;
  rule: Rule;
  /** What came, short enough to be read. */
  value: string;
}

const SENTENCES: Record<Rule, string> = {
  missing: "no value came",
  null: "null is no value",
  notANumber: "NaN is not a number",
  infinite: "not a finite number",
  tooLarge: "beyond ±1e100, which no sensor measures",
  text: "text where a number is needed",
  numberText: "a number written as text; convert it before, for example with Number() in a function node",
  decimalComma: "text with a decimal comma; send a number (with a decimal point)",
  boolean: "true/false where a number is needed; send 1 or 0",
  array: "an array where a number is needed",
  object: "an object where a number is needed",
  wrongType: "not a number",
  unreadable: "the value cannot be read",
  far: "more than 20 standard deviations from its mean",
  badTime: "the timestamp is neither ms since 1970 nor ISO text such as 2026-01-31T08:00:00Z",
  duplicate: "a reading of this time was taken already",
  outOfOrder: "the reading is older than the last one",
  unknownTime: "a late label for a time at which no reading is kept",
  alreadyLabelled: "a late label for a forecast that has its label already",
  setBack: "the last reading before the clock was set back; what was learnt is kept",
};

/** A problem as an English sentence. */
export function sentence({ sensor, rule, value }: ValueProblem): string {
  return `${sensor || "reading"}: ${value} – ${SENTENCES[rule]}`;
}

/** Why a whole message cannot be used. */
export type MessageCode =
  | "noPayload"
  | "payloadType"
  | "emptyObject"
  | "emptyBatch"
  | "nothingUsable"
  | "batchProperty"
  | "badTime"
  | "duplicate"
  | "outOfOrder"
  | "unknownTime"
  | "alreadyLabelled"
  | "tooManySensors"
  | "noInput"
  | "assetType"
  | "assetTooLong"
  | "unknownCommand"
  | "unreadable"
  | "frozenMessage"
  | "importType"
  | "importDamaged"
  | "importForeign"
  | "importNewer"
  | "importCheckpoint"
  | "importShape"
  | "noModel"
  | "noSuchAsset"
  | "removeWhich"
  | "noModels"
  | "repeated";

/** Thrown for a message that cannot be used; nothing was changed. `details` hold what a translation needs. */
export class MessageProblem extends Error {
  constructor(
    readonly code: MessageCode,
    readonly details: Readonly<Record<string, string | number>>,
    text: string,
    /** The values that were found unusable. */
    readonly problems: readonly ValueProblem[] = [],
  ) {
    super(text);
    this.name = "MessageProblem";
  }
}

const LONGEST = 40;

/** Any value, as short text for a person of any language. Never throws, whatever came. */
export function shown(value: unknown): string {
  let text: string;
  try {
    if (typeof value === "string") text = `"${value}"`;
    else if (Array.isArray(value)) text = `[…] (${value.length})`;
    else if (typeof value === "object" && value !== null) text = "{…}";
    else if (typeof value === "function") text = "function";
    else text = String(value);
  } catch {
    text = typeof value;
  }
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
