import { createHash } from "node:crypto";
import type { Saved } from "./record";
import { RecordError } from "./record-error";
import { ARRAYS, type Numbers, type Precision } from "./state";

/*
 * Records of version 1 have no names: a description and then all numbers in the order in which the program of that time
 * made its objects. This file is what that order was. It stands by itself and never changes with the forecaster.
 */

const MAGIC = "LRU-RTRL";
const VERSION = 1;
const CHECKSUM = 32;
const HEADER = MAGIC.length + 8;

/** Facts of the forecaster of that time. */
const LAGS = 24;
const COPY_SPACING = 80;
const MOST_RELATED = 64;
const RECENT = 100;

/** The description as version 1 wrote it, checked. */
interface Description {
  readonly inputs: readonly string[];
  readonly target: string;
  readonly horizon: readonly number[];
  readonly size: number;
  readonly buildOn: "last" | "existing";
  readonly targetHistory: boolean;
  readonly coverage: number;
  readonly labelDelay: number;
  readonly capacity: number;
}

/** What comes next in the bytes: a vector, or rows of doubles that become one column for each name. */
type Stretch =
  | { readonly part: string; readonly field: string; readonly precision: Precision; readonly length: number }
  | { readonly part: string; readonly columns: readonly string[]; readonly rows: number };

/** Whether bytes begin like a record of version 1. */
export function isVersion1(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1", 0, MAGIC.length) === MAGIC;
}

/**
 * Reads a forecaster or a checkpoint that version 1 has saved, with its numbers by name. Takes no more memory than the
 * bytes have: what the description speaks of is worked out first.
 *
 * @throws RecordError damaged, foreign or newer
 */
export function readVersion1(bytes: Uint8Array): Saved {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < HEADER + CHECKSUM || !isVersion1(bytes))
    throw new RecordError("foreign", "These bytes are not a saved forecaster.");
  const body = buffer.subarray(0, buffer.length - CHECKSUM);
  if (!createHash("sha256").update(body).digest().equals(buffer.subarray(body.length)))
    throw new RecordError("damaged", "The saved forecaster is damaged: its checksum does not match.");
  const version = buffer.readUInt32LE(MAGIC.length);
  if (version > VERSION)
    throw new RecordError("newer", `Saved by a newer version (record version ${version}, known up to ${VERSION}).`);
  const end = HEADER + buffer.readUInt32LE(MAGIC.length + 4);
  if (end > body.length) throw new RecordError("damaged", "The saved forecaster ends within its description.");
  const description = parsed(body.toString("utf8", HEADER, end));
  const lengths = checkpointLengths(description);
  const plan = lengths
    ? lengths.map((length, m): Stretch => ({ part: `model${m}`, field: "parameters", precision: "f64", length }))
    : forecaster(checked(description));
  const wanted = plan.reduce((sum, stretch) => sum + bytesOf(stretch), 0);
  const numbers = body.subarray(end);
  if (wanted !== numbers.length)
    throw new RecordError("damaged", `The saved forecaster holds ${numbers.length} bytes of numbers, not ${wanted}.`);
  return { kind: lengths ? "checkpoint" : "forecaster", version: VERSION, description, parts: take(plan, numbers) };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new RecordError("damaged", "The description of the saved forecaster cannot be read.");
  }
}

/** How many parameters each model of a checkpoint has; undefined where the description is not a checkpoint's. */
function checkpointLengths(description: unknown): number[] | undefined {
  const { checkpoint } = Object(description) as { checkpoint?: unknown };
  if (checkpoint === undefined) return undefined;
  if (Array.isArray(checkpoint) && checkpoint.every((length) => isWhole(length, 1, 1e9))) return checkpoint;
  throw new RecordError("damaged", "The saved checkpoint does not say how many parameters it has.");
}

/** The ranges in which version 1 made forecasters. */
function checked(description: unknown): Description {
  const d = Object(description) as Record<keyof Description, unknown>;
  const require = (sound: boolean, name: keyof Description): void => {
    if (!sound)
      throw new RecordError(
        "damaged",
        `The saved forecaster says that ${name} is ${String(JSON.stringify(d[name])).slice(0, 80)}.`,
      );
  };
  const { inputs, horizon } = d;
  const isName = (name: unknown): boolean => typeof name === "string" && name !== "";
  require(Array.isArray(inputs) && inputs.every(isName) && new Set(inputs).size === inputs.length, "inputs");
  require(isName(d.target), "target");
  const rises = (k: unknown, i: number): boolean => isWhole(k, i === 0 ? 0 : (horizon as number[])[i - 1] + 1, 1000);
  require(Array.isArray(horizon) && horizon.length > 0 && horizon.every(rises), "horizon");
  const [first, last] = [(horizon as number[])[0], (horizon as number[]).at(-1) as number];
  require(first > 0 || last === 0, "horizon");
  require(isWhole(d.size, 1, 256), "size");
  require(d.buildOn === "last" || d.buildOn === "existing", "buildOn");
  require(typeof d.targetHistory === "boolean", "targetHistory");
  require((inputs as string[]).length > 0 || (first > 0 && d.targetHistory === true), "inputs");
  require((d.coverage as number) >= 0.5 && (d.coverage as number) <= 0.99, "coverage");
  require(isWhole(d.labelDelay, 0, 100_000), "labelDelay");
  require(d.capacity === Math.max(d.labelDelay as number, 2 * COPY_SPACING) + last + LAGS + 2, "capacity");
  return d as unknown as Description;
}

function isWhole(value: unknown, from: number, to: number): boolean {
  return Number.isInteger(value) && (value as number) >= from && (value as number) <= to;
}

/** The numbers of a forecaster in the order of version 1. */
function forecaster({ inputs, horizon, size, buildOn, targetHistory, capacity }: Description): Stretch[] {
  const count = inputs.length;
  const width = count + (targetHistory ? 1 : 0) + (buildOn === "existing" ? 1 : 0);
  const standIn = standInOf(horizon[0] > 0 ? width : count);
  const regression = horizon[0] === 0 && count <= MOST_RELATED ? labelRegressionOf(count) : [];
  const models = horizon.map((k) => modelOf(k, size, width, capacity));
  const related = [...standIn, ...regression].reduce((sum, stretch) => sum + lengthOf(stretch), 0);
  const rewindable = models.reduce((sum, { parameters }) => sum + parameters + 12 * size + 2 * size * width, related);
  const experience = horizon.length * (1 + 4 * 4 + 4 + 4 + 2 + RECENT + 3);
  return [
    numbers("forecaster", [
      "lastTime",
      "interval",
      "lastActual",
      "lastActualIndex",
      "forecastIndex",
      "since",
      "pretrained",
      "lastActualTime",
      "labelSpacing",
      "estimate",
    ]),
    f64("forecaster", "lastGood", count),
    f64("history", "time", capacity),
    f64("history", "naive", capacity),
    f64("history", "existing", capacity),
    f32("history", "quality", capacity),
    f32("history", "widening", capacity),
    f32("history", "stale", capacity),
    f32("history", "inputs", capacity * width),
    numbers("history", ["total"]),
    ...standIn,
    ...regression,
    f32("rewind", "state0", rewindable),
    f64("rewind", "experience0", experience),
    f32("rewind", "state1", rewindable),
    f64("rewind", "experience1", experience),
    f64("rewind", "kept0", 1 + horizon.length),
    f64("rewind", "kept1", 1 + horizon.length),
    numbers("scales", SCALE, count),
    numbers("targetScale", SCALE),
    numbers("lagScale", RMS),
    ...models.flatMap(({ stretches }) => stretches),
  ];
}

const SCALE = ["count", "mean", "variance", "departed", "parkedCount", "parkedMean", "parkedVariance", "furthest"];
const RMS = ["count", "square", "departed"];
const BLEND = ["lead", "weight", "usual", "usualCount"];

function covarianceOf(part: string, columns: number): Stretch[] {
  return [numbers(part, ["count"]), f64(part, "mean", columns), f64(part, "matrix", columns * columns)];
}

/** What stands in for missing sensors: with many columns no relation between them was followed. */
function standInOf(columns: number): Stretch[] {
  const related = columns <= MOST_RELATED ? columns : 0;
  return [
    numbers("standIn", ["workedOut", "doubt"]),
    ...covarianceOf("standIn", related),
    f64("standIn", "swept", related * related),
    f64("standIn", "sweptWithout", columns),
    f64("standIn", "missingFor", columns),
    f64("standIn", "offset", columns),
    f64("standIn", "persistence", columns),
    f64("standIn", "spread", columns),
  ];
}

function labelRegressionOf(inputs: number): Stretch[] {
  return [
    ...covarianceOf("labelRegression", inputs + 1),
    f64("labelRegression", "coefficient", inputs),
    numbers("labelRegression", [
      "workedOut",
      "missed",
      "offset",
      "variance",
      "unexplained",
      "residual",
      "lastLearnt",
      "product",
    ]),
  ];
}

function modelOf(horizon: number, units: number, width: number, capacity: number) {
  const model = `horizon${horizon}`;
  const features = 2 * units + width + 1 + (horizon > 0 ? LAGS : 0);
  const gates = horizon > 0 ? 8 : 16;
  const parameters = 3 * units + 2 * units * width + features + gates + 2 * gates * features;
  const ring = (field: string): Stretch => f64(`${model}.rings`, field, capacity);
  const stretches = [
    f64(model, "parameters", parameters),
    f64(model, "base", parameters),
    f64(model, "earlier", parameters),
    f32(model, "following", parameters),
    f32(model, "forming", parameters),
    f64(model, "h", 2 * units),
    f64(model, "frozenH", 2 * units),
    f64(model, "earlierH", 2 * units),
    f64(`${model}.traces`, "h", 2 * units),
    f64(`${model}.traces`, "e", 2 * units),
    f64(`${model}.traces`, "c", 2 * units),
    f64(`${model}.traces`, "E", 2 * units * width),
    f32(`${model}.adam`, "mean", parameters),
    f32(`${model}.adam`, "square", parameters),
    f64(`${model}.adam`, "powers", 2),
    numbers(`${model}.tracker`, ["width", "count"]),
    f64(`${model}.tracker`, "recent", RECENT),
    numbers(`${model}.blend`, BLEND, 2),
    numbers(`${model}.caution`, BLEND, 2),
    numbers(`${model}.recollection`, BLEND),
    numbers(`${model}.comeback`, ["learnt", "earlier", "usual", "usualCount"]),
    numbers(`${model}.region`, ["change", "limit", "baseNorm"]),
    numbers(`${model}.rms`, RMS),
    numbers(model, [
      "age",
      "labels",
      "cursor",
      "queueFrom",
      "queueTo",
      "updates",
      "rate",
      "frozenWeight",
      "anchor",
      "unit",
      "reference",
      "loss",
      "usual",
      "error",
      "learnt",
      "spacing",
      "remembered",
      "comebacks",
    ]),
    ring("value"),
    ring("own"),
    ring("learnt"),
    ring("twin"),
    ring("earlier"),
    ring("fallback"),
    ring("width"),
    f32(`${model}.rings`, "widening", capacity),
    ring("frozen"),
    ring("label"),
    f32(`${model}.rings`, "weight", capacity),
    ring("queue"),
  ];
  return { parameters, stretches };
}

function f64(part: string, field: string, length: number): Stretch {
  return { part, field, precision: "f64", length };
}

function f32(part: string, field: string, length: number): Stretch {
  return { part, field, precision: "f32", length };
}

function numbers(part: string, columns: readonly string[], rows = 1): Stretch {
  return { part, columns, rows };
}

function lengthOf(stretch: Stretch): number {
  return "columns" in stretch ? stretch.columns.length * stretch.rows : stretch.length;
}

function bytesOf(stretch: Stretch): number {
  return lengthOf(stretch) * ("columns" in stretch ? 8 : ARRAYS[stretch.precision].BYTES_PER_ELEMENT);
}

function take(plan: readonly Stretch[], from: Buffer): Saved["parts"] {
  const parts: Saved["parts"] = new Map();
  let at = 0;
  for (const stretch of plan) {
    const fields = parts.get(stretch.part) ?? new Map<string, Numbers>();
    parts.set(stretch.part, fields);
    const length = lengthOf(stretch);
    const array = "columns" in stretch ? new Float64Array(length) : new ARRAYS[stretch.precision](length);
    // As that program did: in the order of bytes of the machine.
    new Uint8Array(array.buffer).set(from.subarray(at, at + array.byteLength));
    at += array.byteLength;
    if (!("columns" in stretch)) fields.set(stretch.field, array);
    else
      stretch.columns.forEach((name, column) => {
        const width = stretch.columns.length;
        fields.set(
          name,
          Float64Array.from({ length: stretch.rows }, (_, row) => array[row * width + column]),
        );
      });
  }
  return parts;
}
