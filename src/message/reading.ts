/** The door through which readings enter: message properties become plain numbers, or problems that name what is wrong. */
import type { ReadingState } from "../forecaster/reading";
import { atOnce, eachSliced, mapSliced, type Sliced } from "../slice/sliced";
import type { StateOf } from "../text/state-word";
import { type Fields, isFields } from "./fields";
import { MessageProblem, type Rule, shown, type ValueProblem } from "./problem";
import { isGuardWord, qualityOf } from "./quality";
import { refusedRows } from "./refused-rows";
import { type RunningCondition, runs } from "./running";
import { UNCERTAIN } from "./sender-status";
import { readTime, type TimeRules } from "./time";

/** Beyond this no sensor value is believed, in any unit: a float of a controller ends at 3.4e38. */
const TOO_LARGE = 1e30;
/** The properties of a message from which readings are made, not yet checked. */
export interface RawReading {
  /** A number (the target alone), an object of named numbers, or an array of either: a batch. */
  payload: unknown;
  /** A time as `readTime` takes it; for a batch an array of these. Absent = arrival. */
  timestamp?: unknown;
  /** The existing forecast; for a batch an array. */
  existing?: unknown;
  /** The drift guard's word, or the status that the sender gives to the values; for a batch one for all or an array. */
  quality?: unknown;
  /** The property of the message that says whether the plant runs, where it is one; for a batch one for all or an array. */
  running?: unknown;
}

/** Which values of a payload matter. */
export interface SensorNames {
  target: string;
  /** Inputs used; undefined = not known yet: every number in the payload. */
  inputs: readonly string[] | undefined;
  /** The message property that holds the existing forecast, for problems. */
  existing: string;
  /** When the plant runs; undefined = always. */
  running?: RunningCondition;
  /** What a word for a state means; undefined = as usual. */
  stateIn?: StateOf;
}

/** One checked reading. What is not known is NaN. */
export interface MessageReading {
  /** ms since 1970; NaN = none came with the message. */
  time: number;
  /** Finite numbers and, for what is missing, NaN; without prototype, so that every name is only a name. */
  values: Record<string, number>;
  existing: number;
  /** How much to learn from it, 0 … 1. */
  learn: number;
  /** Multiplies the learning rate. */
  speed: number;
  /** Sensors that the drift guard holds back: it has said so itself. */
  held: ReadonlySet<unknown>;
  /** How doubtful values are, by sensor: a variance > 0; without prototype. */
  doubts: Record<string, number>;
  /** What is known of the reading as a whole. */
  state: ReadingState;
  /** Whether the plant runs in the mode for which the model is meant; undefined where the reading does not say, or no condition is named. */
  running: boolean | undefined;
  /** Whether only the target came: then it may be a late label. */
  onlyTarget: boolean;
  /** Values that came but cannot be used: their sensors count as missing. */
  problems: ValueProblem[];
}

/** All readings of one message. A row of a batch that cannot be used is a problem in place of the reading. */
export interface MessageReadings {
  batch: boolean;
  rows: (MessageReading | MessageProblem)[];
}

/** A message of more rows is refused: it would hold up every other. */
const MOST_ROWS = 100_000;
/** More names than this in one batch are a flood of names, not a machine: later rows bring no further ones. */
const MOST_NAMES = 2000;

/**
 * Reads the payload of a message and what belongs to it.
 *
 * One bad value does not cost the reading: that sensor becomes missing and is named in `problems`. Text is no number here:
 * "12,5" is twelve and a half in one country and an error in another. Where the engineer has said which, `numbersIn` comes
 * before.
 *
 * @param rules how times are to be read
 * @returns one reading, or the rows of a batch
 * @throws MessageProblem where nothing of the message can be used
 */
export function readingsOf(raw: RawReading, names: SensorNames, rules: TimeRules): MessageReadings {
  return atOnce(readingsSliced(raw, names, rules));
}

/** `readingsOf` as long work; what is wrong with a batch as a whole is said in its first part. */
export function* readingsSliced(raw: RawReading, names: SensorNames, rules: TimeRules): Sliced<MessageReadings> {
  const { payload } = raw;
  const sensors = names.inputs && new Set([names.target, ...names.inputs]);
  if (!Array.isArray(payload)) return { batch: false, rows: [readingOf(raw, names, sensors, rules)] };
  const batch = rowsOf(payload);
  const { length } = batch;
  const times = column(raw.timestamp, "timestamp", length);
  const existing = column(raw.existing, names.existing, length);
  const quality = qualities(raw.quality, length);
  const isRunningOfRows = Array.isArray(raw.running) && raw.running.length === length;
  const running: readonly unknown[] = isRunningOfRows ? (raw.running as unknown[]) : batch.map(() => raw.running);
  let { after } = rules;
  const rows = yield* mapSliced(batch, (row, i) => {
    const one = {
      payload: row,
      timestamp: times?.[i],
      existing: existing?.[i],
      quality: quality[i],
      running: running[i],
    };
    try {
      const reading = readingOf(one, names, sensors, { ...rules, after });
      if (!Number.isNaN(reading.time)) after = reading.time;
      return reading;
    } catch (error) {
      if (error instanceof MessageProblem) return error;
      throw error;
    }
  });
  if (rows.every((row) => row instanceof MessageProblem)) throw yield* refusedRows(rows);
  return { batch: true, rows };
}

/**
 * The rows of a batch.
 *
 * @throws MessageProblem emptyBatch, batchTooLong
 */
export function rowsOf(payload: readonly unknown[]): unknown[] {
  const { length } = payload;
  if (length === 0) throw new MessageProblem("emptyBatch", {}, "payload is an empty array: no reading in it");
  if (length > MOST_ROWS) throw tooLong(length);
  // Not a slice: the holes of a sparse array are rows as well.
  return Array.from(payload);
}

/**
 * Refuses a message that brings too much, before anybody walks through it.
 *
 * @param columns its properties of which a batch has one entry for each reading
 * @throws MessageProblem batchTooLong
 */
export function mustBeShort(columns: readonly unknown[]): void {
  for (const column of columns) if (Array.isArray(column) && column.length > MOST_ROWS) throw tooLong(column.length);
}

function tooLong(rows: number): MessageProblem {
  return new MessageProblem(
    "batchTooLong",
    { rows, most: MOST_ROWS },
    `payload is a batch of ${rows} readings; at most ${MOST_ROWS} go into one message`,
  );
}

/**
 * The sensors that a first payload shows: everything that is a number, or null where a number is missing just now.
 *
 * @param payload as in a message; for a batch all rows count
 */
export function sensorsIn(payload: unknown): string[] {
  return atOnce(sensorsSliced(payload));
}

/** `sensorsIn` as long work. */
export function* sensorsSliced(payload: unknown): Sliced<string[]> {
  const names = new Set<string>();
  const add = (row: unknown): void => {
    if (names.size > MOST_NAMES || !isFields(row)) return;
    for (const name of Object.keys(row)) {
      const value = read(row, name);
      if (name !== "" && (value === null || typeof value === "number")) names.add(name);
    }
  };
  yield* eachSliced<unknown>(Array.isArray(payload) ? payload : [payload], add);
  return [...names];
}

/** Why a value is no usable number; undefined where it is one. */
export function ruleOf(value: unknown): Rule | undefined {
  switch (typeof value) {
    case "number":
      if (Number.isNaN(value)) return "notANumber";
      if (!Number.isFinite(value)) return "infinite";
      return Math.abs(value) > TOO_LARGE ? "tooLarge" : undefined;
    case "string":
      return textRule(value);
    case "undefined":
      return "missing";
    case "boolean":
      return "boolean";
    case "object":
      if (value === null) return "null";
      if (ArrayBuffer.isView(value)) return "bytes";
      return Array.isArray(value) ? "array" : "object";
    default:
      return "wrongType";
  }
}

function textRule(text: string): Rule {
  const trimmed = text.slice(0, 400).trim();
  if (/^[+-]?[\d. ]*\d,\d+$/.test(trimmed)) return "decimalComma";
  if (trimmed !== "" && Number.isFinite(Number(trimmed))) return "numberText";
  if (/^[{[]/.test(trimmed)) return "jsonText";
  return /^[+-]?\d[\d.,]*\s?[^\d\s.,:/;-]\S{0,11}$/.test(trimmed) ? "unitText" : "text";
}

/** @param wanted the target and the inputs used; undefined = those of this reading */
function readingOf(
  raw: RawReading,
  names: SensorNames,
  wanted: ReadonlySet<string> | undefined,
  rules: TimeRules,
): MessageReading {
  const { payload } = raw;
  // What is no object of sensors is the target alone, usable or not.
  const fields: Fields = isFields(payload) ? payload : { [names.target]: payload };
  const sensors = wanted ?? new Set([names.target, ...sensorsIn(payload)]);
  const word = qualityOf(raw.quality, sensors);
  const { learn, speed, held, doubts, state: guardState, sender, unclear } = word;
  const isExcused = held.has(names.target) || sender.get(names.target)?.state === "bad";
  if (typeof payload !== "number" && !isFields(payload) && !isExcused) throw noReading(payload, names.target);
  const { time: given, unit } = readTime(raw.timestamp, rules);
  const time = Number.isNaN(word.time) ? given : word.time;
  const values: Record<string, number> = Object.create(null);
  const problems: ValueProblem[] = [];
  let state = guardState;
  let found = 0;
  let usable = 0;
  for (const sensor of sensors) {
    values[sensor] = Number.NaN;
    if (!Object.hasOwn(fields, sensor)) continue;
    found++;
    const value = read(fields, sensor);
    const rule = value === UNREADABLE ? "unreadable" : ruleOf(value);
    const said = sender.get(sensor);
    if (said?.state === "bad") {
      // Whatever number stands there: the sender knows that it is none, and that is no error of the message.
      usable++;
      state = "bad";
      problems.push({ sensor, rule: "senderBad", value: `${shown(value)}, ${said.code}` });
    } else if (rule !== undefined) {
      problems.push({ sensor, rule, value: value === UNREADABLE ? "?" : shown(value) });
    } else {
      usable++;
      if (held.has(sensor)) continue;
      values[sensor] = value as number;
      if (said?.state !== "uncertain") continue;
      if (state === "good") state = "uncertain";
      doubts[sensor] = Math.max(UNCERTAIN, doubts[sensor] ?? 0);
      problems.push({ sensor, rule: "senderUncertain", value: `${shown(value)}, ${said.code}` });
    }
  }
  // What the drift guard holds back it has reported itself: the forecast goes on with what stands in for them.
  if (usable === 0 && held.size === 0) throw nothingUsable(fields, found, sensors, problems);
  const existing = existingOf(raw.existing, names.existing, problems);
  if (unit) problems.push({ sensor: "", rule: "converted", value: `${raw.timestamp} ${unit}` });
  if (unclear) problems.push({ sensor: "", rule: "unclearQuality", value: shown(raw.quality) });
  const onlyTarget = found === 1 && Object.hasOwn(fields, names.target);
  const running = runningOf(names, raw, fields);
  return { time, values, existing, learn, speed, held, doubts, state, running, onlyTarget, problems };
}

function runningOf({ running: condition, stateIn }: SensorNames, raw: RawReading, fields: Fields): boolean | undefined {
  if (condition === undefined) return undefined;
  if (condition.of === "msg") return runs(condition, raw.running, stateIn);
  const { name } = condition;
  if (!Object.hasOwn(fields, name)) return undefined;
  const { held, sender } = qualityOf(raw.quality, new Set([name]));
  return held.has(name) || sender.get(name)?.state === "bad" ? undefined : runs(condition, read(fields, name), stateIn);
}

/** Why a payload is neither a number nor an object of named numbers. */
export function noReading(payload: unknown, target: string): MessageProblem {
  if (payload === undefined || payload === null)
    return new MessageProblem("noPayload", {}, "payload is missing: a number or an object of named numbers is needed");
  const value = shown(payload);
  const text = `payload is ${value}: a number, an object of named numbers or an array of these is needed`;
  const rule = ruleOf(payload) ?? "wrongType";
  return new MessageProblem("payloadType", { came: value }, text, [{ sensor: target, rule, value }]);
}

function nothingUsable(
  fields: Fields,
  found: number,
  sensors: ReadonlySet<string>,
  problems: readonly ValueProblem[],
): MessageProblem {
  const wanted = list([...sensors]);
  if (Object.keys(fields).length === 0)
    return new MessageProblem("emptyObject", { wanted }, `payload is an empty object; wanted: ${wanted}`);
  if (found === 0) {
    const came = list(Object.keys(fields).map((name) => nameOf(fields, name)));
    return new MessageProblem(
      "otherNames",
      { wanted, came },
      `payload has none of the sensors wanted (${wanted}); it has: ${came}`,
    );
  }
  const bad = problems.map(({ sensor, value }) => `${sensor} = ${value}`);
  const came = list(bad.length > 0 ? bad : Object.keys(fields));
  return new MessageProblem(
    "nothingUsable",
    { wanted, came },
    `payload has no usable number for the sensors wanted (${wanted}); it has: ${came}`,
    problems,
  );
}

function existingOf(given: unknown, property: string, problems: ValueProblem[]): number {
  if (given === undefined || given === null) return Number.NaN;
  // The forecast of another predictor, with all that it says beside the value.
  const value = isFields(given) && Object.hasOwn(given, "value") ? read(given, "value") : given;
  if (value === null) return Number.NaN;
  const rule = ruleOf(value);
  if (rule === undefined) return value as number;
  problems.push({ sensor: property, rule, value: value === UNREADABLE ? "?" : shown(value) });
  return Number.NaN;
}

/** `quality` for each row of a batch. What is not the drift guard's and does not fit is left to be found unclear. */
function qualities(quality: unknown, rows: number): readonly unknown[] {
  if (Array.isArray(quality) && (quality.length === rows || quality.some(isGuardWord)))
    return column(quality, "quality", rows) ?? [];
  return new Array(rows).fill(quality);
}

/** A property of a batch: one entry for each row. */
function column(value: unknown, property: string, rows: number): readonly unknown[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value) && value.length === rows) return value;
  const length = Array.isArray(value) ? value.length : shown(value);
  throw new MessageProblem(
    "batchProperty",
    { property, rows, length },
    `payload is a batch of ${rows} readings, so ${property} must be an array of ${rows}, not ${length}`,
  );
}

const UNREADABLE = Symbol("unreadable");

/** A property, even of an object whose getters throw. */
function read(fields: Fields, name: string): unknown {
  try {
    return fields[name];
  } catch {
    return UNREADABLE;
  }
}

/** A name of a reading; of a value that holds values itself with theirs, since that is where the wanted one may be. */
export function nameOf(fields: Fields, name: string): string {
  const value = read(fields, name);
  return isFields(value) ? `${name} {${list(Object.keys(value))}}` : name;
}

function list(names: readonly string[]): string {
  const some = names.slice(0, 8).map((name) => (name.length > 40 ? `${name.slice(0, 40)}…` : name));
  return some.join(", ") + (names.length > some.length ? ` … (${names.length})` : "");
}
