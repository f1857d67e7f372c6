import { createHash } from "node:crypto";
import { PACKED, type PackedPrecision, packed, unpacked } from "./packed";
import { fieldsOf, type Parts } from "./part";
import { mismatch, RecordError } from "./record-error";
import type { Numbers, Precision } from "./state";

/** What a record says. */
export interface Saved<D = unknown> {
  /** What the record is of, such as "forecaster" or "checkpoint". */
  readonly kind: string;
  /** Of that kind: which names there are and what they mean. */
  readonly version: number;
  /** How the thing was made; whatever its kind says. */
  readonly description: D;
  /** Numbers by part and field; a single number is a vector of one. */
  readonly parts: Map<string, Map<string, Numbers>>;
}

/** What is wanted of a record. */
export interface Wanted<D> {
  readonly kind: string;
  /** The version that the program writes. */
  readonly version: number;
  /** Takes a record of an earlier version one version on, by the version it comes from. */
  readonly migrations?: Readonly<Record<number, (old: Saved) => Saved>>;
  /**
   * Checks the description and completes it.
   *
   * @throws RangeError with the reason where it cannot be: the record then counts as damaged; a RecordError is passed on
   */
  describe(description: unknown): D;
}

const MAGIC = "OFRECORD";
/** Format 1 had all numbers of a vector, in their own precision. */
const FORMAT = 2;
const FORMAT_AT = MAGIC.length;
const HEAD_LENGTH_AT = FORMAT_AT + 4;
const HEAD_AT = HEAD_LENGTH_AT + 4;
const CHECKSUM = 32;
/** Bounds of what is read: far beyond anything that is written. */
const LONGEST_HEAD = 4_000_000;
const MOST_FIELDS = 100_000;
const LONGEST_NAME = 200;
/** So many numbers, and so many for each byte: a record takes little more memory than it has bytes. */
const MOST_UNPACKED = 10_000;
const MOST_TIMES = 2;
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The directory of a part: its single numbers, and its vectors with precision, length, and which of them there are. */
interface Listed {
  readonly numbers: string[];
  readonly vectors: ListedVector[];
}

type ListedVector =
  | [name: string, precision: PackedPrecision, length: number]
  | [name: string, precision: PackedPrecision, length: number, from: number, until: number];

/**
 * Writes a record: magic, format (32 bit), length of the head (32 bit), the head as JSON (kind, version, description and
 * the directory of parts), then the numbers in the directory's order, single ones as doubles, vectors as `packed` leaves
 * them, then SHA-256. All numbers little-endian, bit by bit, so that not-a-number and infinity survive.
 */
export function writeRecord(of: { kind: string; version: number; description: unknown; parts: Parts }): Uint8Array {
  const { kind, version, description, parts } = of;
  const directory: [string, Listed][] = [];
  const numbers: (Numbers | Uint8Array)[] = [];
  for (const [name, part] of Object.entries(parts)) {
    const fields = fieldsOf(part);
    const singles = fields.filter(({ single }) => single);
    for (const field of singles) numbers.push(field.read());
    const vectors = fields
      .filter(({ single }) => !single)
      .map((field): ListedVector => {
        const { precision, numbers: needed, from, until } = packed(field.read());
        numbers.push(needed);
        const isWhole = from === 0 && until === field.length;
        return isWhole ? [field.name, precision, field.length] : [field.name, precision, field.length, from, until];
      });
    directory.push([name, { numbers: singles.map((field) => field.name), vectors }]);
  }
  const head = Buffer.from(JSON.stringify({ kind, version, description, parts: directory }), "utf8");
  const bytes = Buffer.alloc(
    numbers.reduce((sum, { byteLength }) => sum + byteLength, HEAD_AT + head.length + CHECKSUM),
  );
  bytes.write(MAGIC, 0, "latin1");
  bytes.writeUInt32LE(FORMAT, FORMAT_AT);
  bytes.writeUInt32LE(head.length, HEAD_LENGTH_AT);
  head.copy(bytes, HEAD_AT);
  let at = HEAD_AT + head.length;
  for (const array of numbers) {
    littleEndian(Buffer.from(array.buffer, array.byteOffset, array.byteLength), array.BYTES_PER_ELEMENT).copy(
      bytes,
      at,
    );
    at += array.byteLength;
  }
  checksum(bytes.subarray(0, at)).copy(bytes, at);
  return bytes;
}

/** Whether bytes begin like a record of `writeRecord`. */
export function isRecord(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1", 0, MAGIC.length) === MAGIC;
}

/**
 * Reads a record and checks all of it. It takes no more memory than the bytes have: every length is checked against them
 * before it is believed.
 *
 * @throws RecordError damaged, foreign, newer, or mismatch where it is of another kind
 */
export function readRecord<D>(bytes: Uint8Array, wanted: Wanted<D>): Saved<D> {
  return accept(parse(bytes), wanted);
}

/**
 * Brings a record that was read in some way to the version that is wanted, and checks its description.
 *
 * @throws RecordError damaged, newer or mismatch
 */
export function accept<D>(saved: Saved, wanted: Wanted<D>): Saved<D> {
  if (saved.kind !== wanted.kind) throw mismatch("Kind", JSON.stringify(saved.kind), JSON.stringify(wanted.kind));
  if (saved.version > wanted.version)
    throw new RecordError(
      "newer",
      `Saved by a newer version (${saved.kind} ${saved.version}, known: ${wanted.version}).`,
    );
  let now = saved;
  for (let version = saved.version; version < wanted.version; version++) {
    const migrate = wanted.migrations?.[version];
    if (!migrate) throw new RecordError("damaged", `A ${saved.kind} of version ${version} cannot be read any more.`);
    now = migrate(now);
  }
  return { ...now, version: wanted.version, description: described(now.description, wanted) };
}

function described<D>(description: unknown, { kind, describe }: Wanted<D>): D {
  try {
    return describe(description);
  } catch (error) {
    if (error instanceof RecordError) throw error;
    throw new RecordError("damaged", `The description of the ${kind} is senseless: ${(error as Error).message}`);
  }
}

/**
 * To be asked before memory is taken for what a description speaks of: a record that is honest has that many numbers.
 *
 * @throws RecordError damaged where the field is not there or has another length
 */
export function mustHave(saved: Saved, part: string, field: string, length: number): void {
  const found = saved.parts.get(part)?.get(field)?.length ?? 0;
  if (found !== length)
    throw new RecordError("damaged", `The record speaks of ${length} numbers in ${part}.${field} and has ${found}.`);
}

/**
 * Copies a record into the parts of a program, by name: what only the record has is dropped, what only the program has
 * stays as it is. All is checked first, so that nothing has changed where it throws.
 *
 * @throws RecordError mismatch where a vector has another length, damaged where a number is not finite that should be
 */
export function restore(saved: Saved, parts: Parts): void {
  const copies: (() => void)[] = [];
  for (const [name, part] of Object.entries(parts)) {
    const from = saved.parts.get(name);
    if (!from) continue;
    for (const field of fieldsOf(part)) {
      const found = from.get(field.name);
      if (!found) continue;
      const where = `${name}.${field.name}`;
      const values = found.length === field.length ? found : resized(saved, name, found, field);
      if (!values) throw mismatch(`Numbers in ${where}`, String(found.length), String(field.length));
      const { start = 0, mayBeNaN = !Number.isFinite(start) } = field.rule;
      if (!mayBeNaN) mustBeFinite(values, field.precision, where);
      copies.push(() => field.write(values));
    }
  }
  for (const copy of copies) copy();
}

/** The numbers of a record as many as the program wants; undefined where they cannot be. */
function resized(saved: Saved, part: string, found: Numbers, field: ReturnType<typeof fieldsOf>[number]) {
  const { rule, length } = field;
  const values = field.read().slice();
  if (rule.anyLength) {
    values.set(found.subarray(0, Math.min(length, found.length)));
    return values;
  }
  if (!rule.ring) return undefined;
  const { total, width = 1, window } = rule.ring;
  if (window !== undefined) return found.length % width === 0 ? found : undefined;
  const dot = total.lastIndexOf(".");
  const rows = saved.parts.get(dot < 0 ? part : total.slice(0, dot))?.get(total.slice(dot + 1))?.[0] ?? Number.NaN;
  if (!Number.isSafeInteger(rows) || rows < 0)
    throw new RecordError("damaged", `The record says that ${total} is ${rows}, which is no number of rows.`);
  const before = found.length / width;
  const now = length / width;
  if (!Number.isInteger(before)) return undefined;
  for (let i = Math.max(0, rows - Math.min(before, now)); i < rows; i++) {
    const row = (i % before) * width;
    values.set(found.subarray(row, row + width), (i % now) * width);
  }
  return values;
}

function mustBeFinite(values: Numbers, precision: Precision, where: string): void {
  for (let i = 0; i < values.length; i++) {
    const value = precision === "f32" ? Math.fround(values[i]) : values[i];
    if (!Number.isFinite(value))
      throw new RecordError("damaged", `The record has ${values[i]} in ${where}[${i}], where only a number can be.`);
  }
}

function parse(bytes: Uint8Array): Saved {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const body = bodyOf(buffer);
  const format = body.readUInt32LE(FORMAT_AT);
  if (format > FORMAT)
    throw new RecordError("newer", `Saved by a newer version (record format ${format}, known up to ${FORMAT}).`);
  const headLength = body.readUInt32LE(HEAD_LENGTH_AT);
  if (headLength > Math.min(LONGEST_HEAD, body.length - HEAD_AT))
    throw new RecordError(
      "damaged",
      `The record announces a head of ${headLength} bytes and has ${buffer.length} in all.`,
    );
  const head = headOf(body.toString("utf8", HEAD_AT, HEAD_AT + headLength));
  const numbers = body.subarray(HEAD_AT + headLength);
  const listed = listedBytes(head.parts);
  if (listed !== numbers.length)
    throw new RecordError("damaged", `The record lists ${listed} bytes of numbers and has ${numbers.length}.`);
  const length = head.parts.reduce((sum, [, { vectors }]) => vectors.reduce((all, v) => all + v[2], sum), 0);
  if (length > MOST_UNPACKED + MOST_TIMES * buffer.length)
    throw new RecordError("damaged", `The record of ${buffer.length} bytes lists ${length} numbers.`);
  return { ...head, parts: take(head.parts, numbers) };
}

/** All but the checksum, which is compared. */
function bodyOf(buffer: Buffer): Buffer {
  const ours = isRecord(buffer);
  if (buffer.length < HEAD_AT + CHECKSUM) {
    const beginning = MAGIC.startsWith(buffer.toString("latin1", 0, MAGIC.length));
    throw ours || beginning
      ? new RecordError("damaged", `The record ends after ${buffer.length} bytes.`)
      : new RecordError("foreign", "The bytes are not a record of this package.");
  }
  if (!ours) throw new RecordError("foreign", "The bytes are not a record of this package.");
  const body = buffer.subarray(0, buffer.length - CHECKSUM);
  if (!checksum(body).equals(buffer.subarray(body.length)))
    throw new RecordError("damaged", "The record is damaged: its checksum does not match.");
  return body;
}

interface Head {
  readonly kind: string;
  readonly version: number;
  readonly description: unknown;
  readonly parts: [string, Listed][];
}

function headOf(json: string): Head {
  let head: Partial<Head>;
  try {
    head = Object(JSON.parse(json));
  } catch {
    throw new RecordError("damaged", "The head of the record cannot be read.");
  }
  const { kind, version, parts } = head;
  if (typeof kind !== "string" || !isCount(version) || !Array.isArray(parts))
    throw new RecordError("damaged", "The head of the record is not complete.");
  let fields = 0;
  const names = new Set<string>();
  for (const entry of parts) {
    const [name, listed] = (Array.isArray(entry) ? entry : []) as Partial<[unknown, Partial<Listed>]>;
    if (!isName(name) || names.has(name) || !Array.isArray(listed?.numbers) || !Array.isArray(listed.vectors))
      throw new RecordError("damaged", "The record's list of parts is senseless.");
    names.add(name);
    fields += listed.numbers.length + listed.vectors.length;
    if (fields > MOST_FIELDS) throw new RecordError("damaged", `The record lists more than ${MOST_FIELDS} fields.`);
    const sound =
      listed.numbers.every(isName) &&
      listed.vectors.every(
        (v) => Array.isArray(v) && isName(v[0]) && Object.hasOwn(PACKED, v[1]) && isCount(v[2]) && isStretch(v),
      );
    if (!sound) throw new RecordError("damaged", `The record's list of ${JSON.stringify(name)} is senseless.`);
  }
  return head as Head;
}

function isName(name: unknown): name is string {
  return typeof name === "string" && name !== "" && name.length <= LONGEST_NAME;
}

function isCount(count: unknown): boolean {
  return Number.isSafeInteger(count) && (count as number) >= 0;
}

/** Whether a vector of which not all numbers are there says so soundly. */
function isStretch([, , length, from, until]: ListedVector): boolean {
  if (from === undefined) return true;
  return isCount(from) && isCount(until) && from <= (until as number) && (until as number) <= length;
}

/** How many numbers of a vector there are: where not all, one more, which all others are. */
function listedNumbers([, , length, from, until]: ListedVector): number {
  return from === undefined || until === undefined ? length : until - from + 1;
}

function listedBytes(parts: readonly [string, Listed][]): number {
  let bytes = 0;
  for (const [, { numbers, vectors }] of parts) {
    bytes += 8 * numbers.length;
    for (const vector of vectors) bytes += PACKED[vector[1]].BYTES_PER_ELEMENT * listedNumbers(vector);
  }
  return bytes;
}

function take(directory: readonly [string, Listed][], from: Buffer): Saved["parts"] {
  let at = 0;
  const next = (precision: PackedPrecision, length: number): Numbers | Uint8Array => {
    const array = new PACKED[precision](length);
    const bytes = littleEndian(from.subarray(at, at + array.byteLength), array.BYTES_PER_ELEMENT);
    new Uint8Array(array.buffer).set(bytes);
    at += array.byteLength;
    return array;
  };
  return new Map(
    directory.map(([name, { numbers, vectors }]) => [
      name,
      new Map<string, Numbers>([
        ...numbers.map((field): [string, Numbers] => [field, next("f64", 1) as Numbers]),
        ...vectors.map((vector): [string, Numbers] => {
          const [field, precision, length, from = 0, until = length] = vector;
          const packed = { precision, numbers: next(precision, listedNumbers(vector)), from, until };
          return [field, unpacked(packed, length)];
        }),
      ]),
    ]),
  );
}

/** Bytes of numbers turned from this machine's order to little-endian or back; the given bytes stay as they are. */
function littleEndian(bytes: Buffer, each: number): Buffer {
  if (LITTLE_ENDIAN) return bytes;
  if (each === 1) return bytes;
  return each === 8 ? Buffer.from(bytes).swap64() : Buffer.from(bytes).swap32();
}

function checksum(body: Buffer): Buffer {
  return createHash("sha256").update(body).digest();
}
