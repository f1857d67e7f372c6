/** The status of a value as the systems that send it write it, read where its meaning is clear. */
import type { ReadingState } from "../forecaster/reading";

/** How doubtful a value is that its sender calls uncertain: a variance as in `Reading.doubts`, as large as the sensor's own. */
export const UNCERTAIN = 1;

/** The first bits of a status code of OPC UA (32 bit) tell good, uncertain and bad; below this there are other codes. */
const UA_FROM = 0x10000;
/** Words that mean one thing only, beside good, uncertain and bad with what they are followed by. */
const WORDS: Readonly<Record<string, ReadingState>> = {
  ok: "good",
  valid: "good",
  questionable: "uncertain",
  suspect: "uncertain",
  doubtful: "uncertain",
  invalid: "bad",
  fail: "bad",
  failed: "bad",
  failure: "bad",
  error: "bad",
};
/** Fields in which a status is wrapped: a name says more than a number. */
const NAMES = ["name", "_name", "symbol", "Symbol", "text", "description", "_description"] as const;
const CODES = ["value", "_value", "code", "Code", "quality", "status", "state"] as const;
const UA_CODES = ["statusCode", "StatusCode"] as const;
/** Wrapped deeper than this it is no status. */
const DEEPEST = 3;

/** A status as it was read. */
export interface SenderStatus {
  state: ReadingState;
  /** The code or the word that says so, short. */
  code: string;
}

/**
 * What a status says: a code of OPC DA (192 good, 64 uncertain, 0 bad, with its limits and sub-statuses), a status code of
 * OPC UA (0x40… uncertain, 0x80… bad), a word such as "Good" or "BadSensorFailure", a boolean (true = good), or an object
 * that wraps one of these. 0 alone is bad, as OPC DA has it; in a field called statusCode it is good, as OPC UA has it.
 *
 * @returns undefined where the meaning is not clear
 */
export function senderStatus(status: unknown, isUa = false, depth = 0): SenderStatus | undefined {
  switch (typeof status) {
    case "number":
      return coded(status, isUa);
    case "string":
      return worded(status.trim(), isUa);
    case "boolean":
      return { state: status ? "good" : "bad", code: String(status) };
    case "object":
      return status === null || Array.isArray(status) || depth === DEEPEST ? undefined : wrapped(status, isUa, depth);
    default:
      return undefined;
  }
}

function coded(code: number, isUa: boolean): SenderStatus | undefined {
  // A 32-bit code may have come as a signed number.
  if (!Number.isInteger(code) || code < -0x80000000 || code > 0xffffffff) return undefined;
  const bits = code >>> 0;
  const ua = isUa || bits >= UA_FROM;
  // OPC DA: the vendor's byte says nothing of this.
  const states: (ReadingState | undefined)[] = ua
    ? ["good", "uncertain", "bad", undefined]
    : ["bad", "uncertain", undefined, "good"];
  const state = states[ua ? bits >>> 30 : (bits >>> 6) & 3];
  return state && { state, code: String(code) };
}

function worded(text: string, isUa: boolean): SenderStatus | undefined {
  const code = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  const word = text.toLowerCase();
  // "Bad", "BAD", "bad, sensor failure", "BadSensorFailure", "Bad_NoCommunication", "Good [192]"; not "badge".
  const [, state] = /^(good|uncertain|bad)(?![a-z])/.exec(word) ?? /^(Good|Uncertain|Bad)(?=[A-Z])/.exec(text) ?? [];
  if (state) return { state: state.toLowerCase() as ReadingState, code };
  if (Object.hasOwn(WORDS, word)) return { state: WORDS[word], code };
  if (/^(0x[\da-f]{1,8}|\d{1,10})$/.test(word)) return coded(Number(word), isUa);
  return undefined;
}

function wrapped(status: object, isUa: boolean, depth: number): SenderStatus | undefined {
  const read = (key: string, ua: boolean): SenderStatus | undefined => {
    try {
      return senderStatus((status as Readonly<Record<string, unknown>>)[key], ua, depth + 1);
    } catch {
      return undefined; // a getter that throws says nothing
    }
  };
  for (const key of NAMES) {
    const found = read(key, isUa);
    // A number there is somebody's key, not a name.
    if (found && !/^\d/.test(found.code)) return found;
  }
  for (const key of UA_CODES) {
    const found = read(key, true);
    if (found) return found;
  }
  for (const key of CODES) {
    const found = read(key, isUa);
    if (found) return found;
  }
  return undefined;
}
