/**
 * How far the value of one sensor can be believed, from what a message says of its quality: the drift guard's word, or
 * that of a sender such as OPC. Only the sensor in question matters; a dead one beside it silences nothing.
 */
import { type Fields, fieldsOf } from "./fields";
import { qualityOf } from "./quality";
import { senderStatus } from "./sender-status";

/** The whole reading, as the sender or the drift guard sees it. */
export type Quality = "good" | "uncertain" | "bad";

/** What is known of the value of one sensor in one reading. */
export interface Trust {
  /**
   * usable; doubtful: there is a value, and it may be wrong; unusable: there is none, or it is known not to be the
   * plant's (outside the physical range, called bad by its sender, under maintenance …).
   */
  state: "usable" | "doubtful" | "unusable";
  /** Unusable because something is wrong with it, not because nothing came. */
  fault: boolean;
  /** Why, in the user's language where the drift guard has said so; at most 300 characters, "" where not known. */
  why: string;
}

export const USABLE: Trust = { state: "usable", fault: false, why: "" };

/** Rules that see a value and find it strange, or find that other sensors contradict it: the value itself is there. */
const DOUBTING: readonly unknown[] = ["agreement", "spike", "level", "rate", "flatline", "noise", "far"];
/** Rules by which nothing came. */
const SILENT: readonly unknown[] = ["missing", "late", "null"];
const LONGEST_WHY = 300;

/**
 * The quality of a whole reading: the drift guard's, or the status that its sender gives to all values.
 *
 * @returns undefined where it cannot be told
 */
export function qualityState(quality: unknown): Quality | undefined {
  return senderStatus(quality)?.state;
}

/** The reasons that `quality` gives for one sensor. */
function reasonsFor(fields: Fields, sensor: string): Fields[] {
  return (Array.isArray(fields.reasons) ? fields.reasons : []).map(Object).filter(
    // The asset as a whole may be under maintenance: then no sensor says what the plant does.
    (reason: Fields) => reason.sensor === sensor || (reason.sensor === "" && reason.rule === "maintenance"),
  );
}

function isDoubt(reason: Fields): boolean {
  return reason.state === "uncertain" || DOUBTING.includes(reason.rule);
}

/** What `quality` says of one sensor. What cannot be understood says nothing against it. */
export function trustOf(quality: unknown, sensor: string): Trust {
  const fields = fieldsOf(quality);
  if (!fields || !Array.isArray(fields.held)) {
    // Where nothing is said of this sensor, the word for all of them is meant for it too.
    const state = qualityOf(quality, new Set([sensor])).sender.get(sensor)?.state ?? qualityState(quality);
    if (state === "bad") return { state: "unusable", fault: true, why: "" };
    return state === "uncertain" ? { state: "doubtful", fault: false, why: "" } : USABLE;
  }
  const reasons = reasonsFor(fields, sensor);
  const texts = reasons.map((reason) => reason.text).filter((text) => typeof text === "string");
  const why = String(texts[0] ?? "").slice(0, LONGEST_WHY);
  const held = fields.held.includes(sensor) || reasons.some((reason) => reason.sensor === "");
  if (held && !(reasons.length > 0 && reasons.every(isDoubt))) {
    const fault = reasons.some((reason) => !isDoubt(reason) && !SILENT.includes(reason.rule));
    return { state: "unusable", fault, why };
  }
  const doubts = fieldsOf(fields.doubts);
  const given = doubts && Object.hasOwn(doubts, sensor) ? doubts[sensor] : 0;
  const doubt = given === null || typeof given === "number" ? given : 0;
  // What stands for infinity does not survive JSON: null is the greatest doubt.
  if (
    held ||
    doubt === null ||
    (typeof doubt === "number" && doubt > 0) ||
    reasons.some((reason) => reason.state === "uncertain")
  ) {
    return { state: "doubtful", fault: false, why };
  }
  return USABLE;
}

/**
 * The same quality, without holding back the value of a sensor that is only doubted: an alarm hears what it shows.
 *
 * @returns the given object itself where nothing is to be changed
 */
export function hearing(quality: unknown, sensor: string): unknown {
  const fields = fieldsOf(quality);
  if (!fields || !Array.isArray(fields.held) || !fields.held.includes(sensor)) return quality;
  if (trustOf(quality, sensor).state === "unusable") return quality;
  return { ...fields, held: fields.held.filter((held) => held !== sensor) };
}

/**
 * Why the value of a sensor is not the label of a forecast: the rule by which it is held back, because it is none or
 * because other sensors contradict it.
 *
 * @param expected  whether a value was due in this reading; a soft sensor's label comes now and then only
 * @returns at most 40 characters, "bad" where no rule is named; undefined where it is a label, or none was due
 */
export function unusableBy(quality: unknown, sensor: string, expected: boolean): string | undefined {
  const fields = fieldsOf(quality);
  if (!fields || !Array.isArray(fields.held)) return trustOf(quality, sensor).state === "unusable" ? "bad" : undefined;
  const reasons = reasonsFor(fields, sensor);
  if (!fields.held.includes(sensor) && !reasons.some((reason) => reason.sensor === "")) return undefined;
  const rules = [...reasons.filter((reason) => !isDoubt(reason)), ...reasons].map(({ rule }) => rule);
  const rule = rules.find((one) => typeof one === "string") ?? "bad";
  return expected || !SILENT.includes(rule) ? String(rule).slice(0, 40) : undefined;
}
