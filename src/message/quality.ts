/** What `msg.quality` says of a reading: the drift guard's word, or that of the system that sends the values. */

import type { ReadingState } from "../forecaster/reading";
import { LAST_TIME } from "../text/iso-time";
import { type SenderStatus, senderStatus } from "./sender-status";

type Fields = Readonly<Record<string, unknown>>;

/** The word of the drift guard, or what takes its place where there is none. */
export interface GuardWord {
  /** How much to learn from the reading, 0 … 1. */
  learn: number;
  /** Multiplies the learning rate. */
  speed: number;
  /** Sensors whose value is not to be used: the guard has said so itself. */
  held: ReadonlySet<unknown>;
  /** How doubtful values are, by sensor: a variance ≥ 0; without prototype. */
  doubts: Record<string, number>;
  state: ReadingState;
  /** ms: the time that the guard has taken the reading for, where it is not the one that came; else NaN. */
  time: number;
}

/** What `quality` says. */
export interface Quality extends GuardWord {
  /** The sender's status of single sensors; where it has one for all, of each. */
  sender: ReadonlyMap<string, SenderStatus>;
  /** Whether it is somebody's whose meaning is not clear. */
  unclear: boolean;
}

const STATES: readonly unknown[] = ["good", "uncertain", "bad"];
const NONE_HELD: ReadonlySet<unknown> = new Set();
const NO_STATUS: ReadonlyMap<string, SenderStatus> = new Map();

/** The fields of the drift guard's word as they came. */
type Word = Readonly<Record<"learn" | "speed" | "held" | "doubts" | "state" | "time" | "reasons", unknown>>;
const NOTHING = {} as Word;

/**
 * Reads `quality`. What is not understood says nothing here, and nothing is refused because of it.
 *
 * @param sensors the names that are known; of others nothing is kept
 */
export function qualityOf(quality: unknown, sensors: ReadonlySet<string>): Quality {
  const word = opened(quality);
  const isOfGuard = isOpenedWord(word);
  const { learn, speed, held, doubts, state, time } = wordOf(isOfGuard ? word : NOTHING, sensors);
  const none = { learn, speed, held, doubts, state, time, sender: NO_STATUS, unclear: false };
  if (isOfGuard || quality === undefined || quality === null || quality === "") return none;
  const each = statusOfSensors(quality, sensors);
  if (each.size > 0) return { ...none, sender: each };
  const whole = senderStatus(quality);
  if (!whole) return { ...none, unclear: true };
  return { ...none, sender: new Map([...sensors].map((sensor) => [sensor, whole])) };
}

/**
 * What the sender of the values has said, also where a drift guard or a model has put it into a word of its own since.
 *
 * @param sensors as for `qualityOf`
 */
export function senderWord(quality: unknown, sensors: ReadonlySet<string>): ReadonlyMap<string, SenderStatus> {
  const word = opened(quality);
  if (!isOpenedWord(word)) return qualityOf(quality, sensors).sender;
  const { reasons } = word;
  if (!Array.isArray(reasons) || reasons.length === 0) return NO_STATUS;
  const said = new Map<string, SenderStatus>();
  for (const reason of reasons) {
    const { sensor, rule, value } = Object(reason) as Fields;
    const state = rule === "senderBad" ? "bad" : rule === "senderUncertain" ? "uncertain" : undefined;
    // The code is what stands behind the value.
    if (state && typeof sensor === "string" && sensors.has(sensor))
      said.set(sensor, { state, code: String(value).split(", ").at(-1) as string });
  }
  return said;
}

/** Whether a word has no meaning that is known. @param sensors the names that came with it, and those that are known */
export function isUnclear(quality: unknown, sensors: Iterable<string>): boolean {
  return (quality ?? undefined) !== undefined && qualityOf(quality, new Set(sensors)).unclear;
}

/** Whether this is the word of a drift guard, or of a node behind it, and not of the system that sends the values. */
export function isGuardWord(quality: unknown): boolean {
  return isOpenedWord(opened(quality));
}

function isOpenedWord({ learn, held, doubts, reasons }: Word): boolean {
  const isNumbers = typeof doubts === "object" && doubts !== null;
  return typeof learn === "number" || Array.isArray(held) || Array.isArray(reasons) || isNumbers;
}

/**
 * The drift guard's word on a reading.
 *
 * @param sensors as for `qualityOf`; left out, every name is kept
 */
export function guardWord(quality: unknown, sensors?: ReadonlySet<string>): GuardWord {
  const word = opened(quality);
  return wordOf(isOpenedWord(word) ? word : NOTHING, sensors);
}

function wordOf({ learn, speed, held, doubts, state, time }: Word, sensors?: ReadonlySet<string>): GuardWord {
  const variances: Record<string, number> = Object.create(null);
  if (typeof doubts === "object" && doubts !== null) {
    for (const sensor of Object.keys(doubts)) {
      const variance = read(doubts as Fields, sensor);
      const isKnown = sensors === undefined || sensors.has(sensor);
      if (isKnown && typeof variance === "number" && variance > 0 && Number.isFinite(variance))
        variances[sensor] = variance;
    }
  }
  return {
    learn: typeof learn === "number" && learn >= 0 && learn <= 1 ? learn : 1,
    speed: typeof speed === "number" && speed > 0 && speed <= 100 ? speed : 1,
    held: Array.isArray(held) && held.length > 0 ? new Set(held) : NONE_HELD,
    doubts: variances,
    state: STATES.includes(state) ? (state as ReadingState) : "good",
    time: typeof time === "number" && Math.abs(time) <= LAST_TIME ? time : Number.NaN,
  };
}

/** The status of each sensor, where the names of sensors are the keys. */
function statusOfSensors(quality: unknown, sensors: ReadonlySet<string>): Map<string, SenderStatus> {
  const found = new Map<string, SenderStatus>();
  if (typeof quality !== "object" || quality === null) return found;
  for (const sensor of sensors) {
    const status = Object.hasOwn(quality, sensor) && senderStatus(read(quality as Fields, sensor));
    if (status) found.set(sensor, status);
  }
  return found;
}

/** The fields of the drift guard's word; nothing of what is no object or a list, or where one of them cannot be read. */
function opened(quality: unknown): Word {
  if (typeof quality !== "object" || quality === null || Array.isArray(quality)) return NOTHING;
  const fields = quality as Fields;
  return {
    learn: read(fields, "learn"),
    speed: read(fields, "speed"),
    held: read(fields, "held"),
    doubts: read(fields, "doubts"),
    state: read(fields, "state"),
    time: read(fields, "time"),
    reasons: read(fields, "reasons"),
  };
}

function read(fields: Fields, name: string): unknown {
  try {
    return fields[name];
  } catch {
    return undefined; // a getter that throws says nothing
  }
}
