import { createHash } from "node:crypto";

const MAGIC = "LRU-RTRL";
const VERSION = 1;
const CHECKSUM = 32;
const HEADER = MAGIC.length + 8;

/** Why bytes are no snapshot: `damaged` (checksum or length), `foreign` (no snapshot at all), `newer` (a later version). */
export class SnapshotError extends Error {
  constructor(
    readonly code: "damaged" | "foreign" | "newer",
    text: string,
  ) {
    super(text);
    this.name = "SnapshotError";
  }
}

type State = readonly (Float64Array | Float32Array)[];

/**
 * Writes a description and arrays of numbers as one binary record: magic, version, length of the description, the
 * description as JSON, the arrays one after the other (bit by bit, so that not-a-number and infinity survive), SHA-256.
 */
export function writeSnapshot(description: object, state: State): Uint8Array {
  const json = Buffer.from(JSON.stringify(description), "utf8");
  const head = Buffer.alloc(HEADER);
  head.write(MAGIC, 0, "latin1");
  head.writeUInt32LE(VERSION, MAGIC.length);
  head.writeUInt32LE(json.length, MAGIC.length + 4);
  const body = Buffer.concat([
    head,
    json,
    ...state.map((array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength)),
  ]);
  return Buffer.concat([body, createHash("sha256").update(body).digest()]);
}

/**
 * Reads the description of a record and checks the whole of it.
 *
 * @throws SnapshotError where the bytes are damaged, foreign or of a newer version
 */
export function readDescription(bytes: Uint8Array): unknown {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < HEADER + CHECKSUM || buffer.toString("latin1", 0, MAGIC.length) !== MAGIC)
    throw new SnapshotError("foreign", "These bytes are not a saved forecaster.");
  const version = buffer.readUInt32LE(MAGIC.length);
  if (version > VERSION)
    throw new SnapshotError("newer", `Saved by a newer version (record version ${version}, known up to ${VERSION}).`);
  const body = buffer.subarray(0, buffer.length - CHECKSUM);
  if (!createHash("sha256").update(body).digest().equals(buffer.subarray(body.length)))
    throw new SnapshotError("damaged", "The saved forecaster is damaged: its checksum does not match.");
  const length = buffer.readUInt32LE(MAGIC.length + 4);
  return JSON.parse(buffer.toString("utf8", HEADER, HEADER + length));
}

/**
 * Copies the arrays of a record that `readDescription` has accepted into arrays of the same lengths.
 *
 * @throws SnapshotError `damaged` where the lengths differ
 */
export function readState(bytes: Uint8Array, state: State): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = HEADER + buffer.readUInt32LE(MAGIC.length + 4);
  const wanted = state.reduce((sum, array) => sum + array.byteLength, 0);
  if (buffer.length - CHECKSUM - at !== wanted)
    throw new SnapshotError(
      "damaged",
      `The saved forecaster holds ${buffer.length - CHECKSUM - at} bytes, not ${wanted}.`,
    );
  for (const array of state) {
    Buffer.from(array.buffer, array.byteOffset, array.byteLength).set(buffer.subarray(at, at + array.byteLength));
    at += array.byteLength;
  }
}
