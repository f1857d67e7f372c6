/** What is wrong with one value or one message, as data: nodes put it into the words of the user's language. */
import type { ReadingState } from "../forecaster/reading";

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
  | "jsonText"
  | "unitText"
  | "bytes"
  | "boolean"
  | "array"
  | "object"
  | "wrongType"
  | "unreadable"
  | "far"
  | "badTime"
  | "timeUnit"
  | "duplicate"
  | "outOfOrder"
  | "ahead"
  | "unknownTime"
  | "alreadyLabelled"
  | "setBack"
  | "senderBad"
  | "senderUncertain"
  | Notice;

/** What was read otherwise than it came, or left out: nothing is wrong with the reading. */
export type Notice = "converted" | "standing" | "corrected" | "unclearQuality";

const NOTICES: ReadonlySet<Rule> = new Set<Notice>(["converted", "standing", "corrected", "unclearQuality"]);
const DOUBTS: ReadonlySet<Rule> = new Set<Rule>(["far", "setBack", "senderUncertain"]);

/** Whether a rule only tells what was done: then the values stand, and it is no reason to doubt them. */
export function isNotice(rule: Rule): rule is Notice {
  return NOTICES.has(rule);
}

/** What a rule says of a value, or of the whole reading: good where it is a notice. */
export function stateOf(rule: Rule): ReadingState {
  if (isNotice(rule)) return "good";
  return DOUBTS.has(rule) ? "uncertain" : "bad";
}

/** A value that was not used, so that its sensor counts as missing in this reading; or a notice. */
export interface ValueProblem {
  /** Name of the sensor; empty where the whole reading is meant. */
  sensor: string;
  rule: Rule;
  /** What came, short enough to be read. */
  value: string;
  /** Of a batch, from 1. */
  row?: number;
}

const SENTENCES: Record<Rule, string> = {
  missing: "no value came",
  null: "null is no value",
  notANumber: "NaN is not a number",
  infinite: "not a finite number",
  tooLarge: "beyond ±1e30, which no sensor measures",
  text: "text where a number is needed",
  numberText: "a number written as text; let the forecast model read it (numbers as text), or send a number",
  decimalComma: "text with a decimal comma; let the forecast model read it (numbers as text), or send a number",
  jsonText: "JSON as text",
  unitText: "a number with something behind it",
  bytes: "bytes, not decoded",
  boolean: "true/false where a number is needed; send 1 or 0",
  array: "an array where a number is needed",
  object: "an object where a number is needed",
  wrongType: "not a number",
  unreadable: "the value cannot be read",
  far: "more than 20 standard deviations from its mean",
  badTime: "the timestamp is neither ms since 1970 nor ISO text such as 2026-01-31T08:00:00Z",
  timeUnit: "a time in another unit than ms",
  duplicate: "a reading of this time was taken already",
  outOfOrder: "the reading is older than the last one",
  ahead: "the reading's time is in the future",
  unknownTime: "a late label for a time at which no reading is kept",
  alreadyLabelled: "a late label for a forecast that has its label already",
  setBack: "the last reading before the clock was set back; what was learnt is kept",
  senderBad: "its sender says that the value is bad",
  senderUncertain: "its sender says that the value is uncertain",
  converted: "not in ms; it is converted, and so are all that follow",
  corrected: "a later value for the same time corrects an earlier one",
  unclearQuality: "msg.quality is neither the drift guard's nor a status that is known; it is not used",
  standing: "the time stands still while values arrive: they are taken for the time of their arrival",
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
  | "batchTooLong"
  | "rowsRefused"
  | "otherNames"
  | "nothingUsable"
  | "batchProperty"
  | "badTime"
  | "timeUnit"
  | "duplicate"
  | "outOfOrder"
  | "ahead"
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
  | "memoryFull"
  | "memoryClosed"
  | "noVersion"
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
    // Where in the code it was found helps nobody, and takes longer to put down than a reading takes to be learnt.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(text);
    Error.stackTraceLimit = stackTraceLimit;
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
    else if (ArrayBuffer.isView(value)) text = `bytes (${value.byteLength})`;
    else if (typeof value === "object" && value !== null) text = "{…}";
    else if (typeof value === "function") text = "function";
    else text = String(value);
  } catch {
    text = typeof value;
  }
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
