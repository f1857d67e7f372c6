import { createHash } from "node:crypto";
import { RecordError } from "../record/record-error";

/**
 * What is kept of one asset: `kind` says what made the payload, so that a meter's state is never read as a model's, and
 * `version` which version of that kind, 1 if not said.
 */
export interface AssetRecord {
  readonly kind: string;
  readonly version?: number;
  readonly asset: string;
  readonly payload: Uint8Array;
}

const MAGIC = Buffer.from("OFASSET\n", "latin1");
/** In format 1 the kind had no version, and the header ended before it. */
const FORMAT = 2;
const FORMAT_AT = MAGIC.length;
const KIND_LENGTH_AT = FORMAT_AT + 2;
const ASSET_LENGTH_AT = KIND_LENGTH_AT + 2;
const PAYLOAD_LENGTH_AT = ASSET_LENGTH_AT + 4;
const VERSION_AT = PAYLOAD_LENGTH_AT + 4;
const HEADER_1 = VERSION_AT;
const HEADER = VERSION_AT + 4;
const CHECKSUM = 32;

/**
 * Writes one record: magic, format (16 bit), lengths of kind (16 bit), asset and payload (32 bit each), version of the
 * kind (32 bit), kind (UTF-8), asset (UTF-16: unlike UTF-8 it keeps unpaired surrogates), payload, SHA-256. All numbers
 * little-endian. The checksum covers all but the magic, and every later format must end with it: that alone tells damage
 * from novelty.
 */
export function encodeRecord({ kind, version = 1, asset, payload }: AssetRecord): Uint8Array {
  const kindBytes = Buffer.from(kind, "utf8");
  const assetBytes = Buffer.from(asset, "utf16le");
  const assetAt = HEADER + kindBytes.length;
  const payloadAt = assetAt + assetBytes.length;
  const end = payloadAt + payload.byteLength;
  const record = Buffer.alloc(end + CHECKSUM);
  MAGIC.copy(record);
  record.writeUInt16LE(FORMAT, FORMAT_AT);
  record.writeUInt16LE(kindBytes.length, KIND_LENGTH_AT);
  record.writeUInt32LE(assetBytes.length, ASSET_LENGTH_AT);
  record.writeUInt32LE(payload.byteLength, PAYLOAD_LENGTH_AT);
  record.writeUInt32LE(version, VERSION_AT);
  record.set(kindBytes, HEADER);
  record.set(assetBytes, assetAt);
  record.set(payload, payloadAt);
  record.set(checksum(record.subarray(0, end)), end);
  return record;
}

/**
 * Reads a record and checks all of it. The payload shares the memory of `bytes`.
 *
 * @throws RecordError
 */
export function decodeRecord(bytes: Uint8Array): Required<AssetRecord> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ours = buffer.subarray(0, MAGIC.length).equals(MAGIC);
  if (buffer.length < HEADER_1 + CHECKSUM) {
    const beginning = buffer.length > 0 && buffer.length < MAGIC.length && MAGIC.indexOf(buffer) === 0;
    throw ours || beginning || buffer.length === 0
      ? new RecordError("damaged", `The record ends after ${buffer.length} bytes.`)
      : new RecordError("foreign", "The bytes are not a record of this package.");
  }
  const intact = checksum(buffer.subarray(0, -CHECKSUM)).equals(buffer.subarray(-CHECKSUM));
  if (!ours && !intact) throw new RecordError("foreign", "The bytes are not a record of this package.");
  if (!ours || !intact) throw new RecordError("damaged", "The record is damaged: its checksum does not match.");
  const format = buffer.readUInt16LE(FORMAT_AT);
  if (format > FORMAT)
    throw new RecordError("newer", `The record is of format version ${format}; known are versions up to ${FORMAT}.`);
  const header = headerOf(buffer);
  const kindEnd = header + buffer.readUInt16LE(KIND_LENGTH_AT);
  const assetEnd = kindEnd + buffer.readUInt32LE(ASSET_LENGTH_AT);
  const payloadEnd = assetEnd + buffer.readUInt32LE(PAYLOAD_LENGTH_AT);
  if (payloadEnd !== buffer.length - CHECKSUM)
    throw new RecordError("damaged", `The record announces ${payloadEnd + CHECKSUM} bytes and has ${buffer.length}.`);
  return {
    kind: buffer.toString("utf8", header, kindEnd),
    version: header === HEADER_1 ? 1 : buffer.readUInt32LE(VERSION_AT),
    asset: buffer.toString("utf16le", kindEnd, assetEnd),
    payload: buffer.subarray(assetEnd, payloadEnd),
  };
}

/** The asset that the first bytes of a record name, unchecked: enough for a list, without reading whole models. */
export function assetOf(head: Uint8Array): string | undefined {
  const buffer = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  if (buffer.length < HEADER || !buffer.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const from = headerOf(buffer) + buffer.readUInt16LE(KIND_LENGTH_AT);
  const to = from + buffer.readUInt32LE(ASSET_LENGTH_AT);
  return to <= buffer.length ? buffer.toString("utf16le", from, to) : undefined;
}

/** Where the kind begins. */
function headerOf(buffer: Buffer): number {
  return buffer.readUInt16LE(FORMAT_AT) === 1 ? HEADER_1 : HEADER;
}

function checksum(body: Buffer): Buffer {
  return createHash("sha256").update(body.subarray(MAGIC.length)).digest();
}
