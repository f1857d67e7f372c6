import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { createHash } from "node:crypto";
import { bytesOf, within } from "../../src/record/part";
import { isRecord, mustHave, readRecord, restore, type Saved, writeRecord } from "../../src/record/record";
import { RecordError } from "../../src/record/record-error";
import { f32, f64, state } from "../../src/record/state";

const wanted = { kind: "pump", version: 1, describe: (description: unknown) => description };

function written(parts: object, more: object = {}): Uint8Array {
  return writeRecord({ kind: "pump", version: 1, description: { name: "P 101" }, parts: parts as never, ...more });
}

function read(parts: object): Saved {
  return readRecord(written(parts), wanted);
}

/** A record whose checksum is right, but whose head says something else. */
function withHead(bytes: Uint8Array, change: (head: string) => string): Uint8Array {
  const buffer = Buffer.from(bytes);
  const length = buffer.readUInt32LE(12);
  const head = Buffer.from(change(buffer.toString("utf8", 16, 16 + length)), "utf8");
  const start = Buffer.from(buffer.subarray(0, 16));
  start.writeUInt32LE(head.length, 12);
  return sealed(Buffer.concat([start, head, buffer.subarray(16 + length, -32)]));
}

function sealed(body: Buffer): Uint8Array {
  return Buffer.concat([body, createHash("sha256").update(body).digest()]);
}

function code(of: string, text?: RegExp): (error: unknown) => boolean {
  return (error) => {
    ok(error instanceof RecordError, String(error));
    strictEqual(error.code, of, error.message);
    if (text) ok(text.test(error.message), error.message);
    return true;
  };
}

describe("state", () => {
  it("lays the vectors on one buffer and keeps the numbers as they are", () => {
    const s = state({ count: 0, width: f32(3, { start: 1 }), last: Number.NaN, mean: f64(2) });
    ok(s.width instanceof Float32Array && s.mean instanceof Float64Array);
    strictEqual(s.width.buffer, s.mean.buffer);
    deepStrictEqual([...s.width, ...s.mean, s.count, s.last], [1, 1, 1, 0, 0, 0, Number.NaN]);
  });
});

describe("record", () => {
  it("gives back bit by bit what was written, by name and whatever the order", () => {
    const s = state({ count: 7, last: Number.NaN, mean: f32(3), square: f64(2, { mayBeNaN: true }) });
    s.mean.set([0.1, -0, 1e-40]);
    s.square.set([Number.NEGATIVE_INFINITY, 1 / 3]);
    const saved = read({ other: state({ x: 1 }), pump: s });
    const t = state({ square: f64(2, { mayBeNaN: true }), mean: f32(3), last: Number.NaN, count: 0 });
    restore(saved, { pump: t });
    deepStrictEqual({ ...t }, { ...s });
    deepStrictEqual(saved.description, { name: "P 101" });
  });

  it("is little-endian, single numbers first", () => {
    const bytes = written({ pump: state({ v: f32(1, { start: 2 }), n: 1 }) });
    strictEqual(Buffer.from(bytes.subarray(-44, -32)).toString("hex"), "000000000000f03f00000040");
  });

  it("leaves a field that only the program has at its start, and drops one that only the record has", () => {
    const now = state({ fresh: 5, kept: 0, v: f64(2, { start: 3 }) });
    restore(read({ pump: { kept: 9, gone: 1 } }), { pump: now, unheard: { of: 1 } });
    deepStrictEqual({ ...now, v: [...now.v] }, { fresh: 5, kept: 9, v: [3, 3] });
  });

  it("keeps a list of like states as columns", () => {
    const sensor = (mean: number) => ({ ...state({ mean, recent: f64(2, { start: mean }) }) });
    const saved = read({ scales: [sensor(1), sensor(2)] });
    deepStrictEqual(saved.parts.get("scales")?.get("mean"), Float64Array.of(1, 2));
    const now = [sensor(0), sensor(0)];
    restore(saved, { scales: now });
    deepStrictEqual(
      now.map(({ mean, recent }) => [mean, ...recent]),
      [
        [1, 1, 1],
        [2, 2, 2],
      ],
    );
    throws(
      () => restore(saved, { scales: [sensor(0)] }),
      code("mismatch", /scales\.mean: the record has 2, wanted is 1/),
    );
  });

  it("takes single precision into double and back", () => {
    const a = state({ v: f32(1, { start: 0.5 }), w: f64(1, { start: 0.25 }) });
    const b = state({ v: f64(1), w: f32(1) });
    restore(read({ a }), { a: b });
    deepStrictEqual([b.v[0], b.w[0]], [0.5, 0.25]);
    throws(() => restore(read({ a: state({ w: f64(1, { start: 1e300 }) }) }), { a: b }), code("damaged", /a\.w\[0\]/));
  });

  it("names the field of another length and changes nothing", () => {
    const now = state({ count: 1, mean: f64(3) });
    throws(
      () => restore(read({ pump: state({ count: 2, mean: f64(2) }) }), { pump: now }),
      (error: RecordError) => {
        deepStrictEqual(error.differs, { found: "2", wanted: "3" });
        return code("mismatch", /pump\.mean/)(error);
      },
    );
    strictEqual(now.count, 1);
  });

  it("copies the beginning of a vector that may have any length", () => {
    const now = state({ longer: f64(3, { start: 9, anyLength: true }), shorter: f64(1, { anyLength: true }) });
    restore(read({ p: state({ longer: f64(2, { start: 4 }), shorter: f64(2, { start: 5 }) }) }), { p: now });
    deepStrictEqual([...now.longer, ...now.shorter], [4, 4, 9, 5]);
  });

  it("refuses numbers that are not finite where they should be, by name, and takes them where they may", () => {
    const saved = read({ p: { n: 1, v: Float64Array.of(1, Number.NaN) } });
    throws(() => restore(saved, { p: state({ v: f64(2) }) }), code("damaged", /NaN in p\.v\[1\]/));
    throws(() => restore(read({ p: { n: 1 / 0 } }), { p: state({ n: 0 }) }), code("damaged", /Infinity in p\.n/));
    restore(saved, { p: state({ v: f64(2, { mayBeNaN: true }) }) });
    restore(read({ p: { n: Number.NaN } }), { p: state({ n: Number.NEGATIVE_INFINITY }) });
  });

  for (const [before, now] of [
    [5, 3],
    [3, 5],
    [5, 8],
  ]) {
    for (const rows of [0, 2, 13]) {
      it(`copies a ring of ${before} to one of ${now}, newest first, after ${rows} rows`, () => {
        const ring = (capacity: number) =>
          state({ total: rows, value: f64(2 * capacity, { start: -1, ring: { total: "total", width: 2 } }) });
        const old = ring(before);
        for (let i = 0; i < rows; i++) old.value.set([i, 10 * i], (i % before) * 2);
        const other = state({ label: f32(before, { ring: { total: "a.history.total" } }) });
        for (let i = 0; i < rows; i++) other.label[i % before] = i;
        const saved = read({ "a.history": old, b: other });
        const fresh = ring(now);
        const label = state({ label: f32(now, { start: -1, ring: { total: "a.history.total" } }) });
        restore(saved, { "a.history": fresh, b: label });
        const kept = Math.min(rows, before, now);
        for (let i = rows - kept; i < rows; i++) {
          deepStrictEqual([...fresh.value.subarray((i % now) * 2, (i % now) * 2 + 2)], [i, 10 * i]);
          strictEqual(label.label[i % now], i);
        }
        strictEqual(label.label.filter((x) => x === -1).length, now - kept);
      });
    }
  }

  it("refuses a ring whose total is no count", () => {
    const now = state({ total: 0, v: f64(2, { ring: { total: "total" } }) });
    for (const total of [-1, 0.5, 2 ** 60])
      throws(() => restore(read({ p: { total, v: new Float64Array(3) } }), { p: now }), code("damaged", /total/));
  });

  it("tells the kinds of fault apart", () => {
    const bytes = written({ p: { n: 1 } });
    throws(() => readRecord(bytes, { ...wanted, kind: "valve" }), code("mismatch", /"pump", wanted is "valve"/));
    throws(() => readRecord(written({}, { version: 2 }), wanted), code("newer"));
    throws(
      () => readRecord(Buffer.from("hello, this is no record of anything at all, is it"), wanted),
      code("foreign"),
    );
    throws(() => readRecord(new Uint8Array(0), wanted), code("damaged"));
    for (let i = 0; i < bytes.length; i++) {
      const changed = Buffer.from(bytes);
      changed[i] ^= 1;
      throws(() => readRecord(changed, wanted), code(i < 8 ? "foreign" : "damaged"));
      throws(() => readRecord(bytes.subarray(0, i), wanted), code("damaged"));
    }
    const later = Buffer.from(bytes.subarray(0, -32));
    later.writeUInt32LE(3, 8);
    throws(() => readRecord(sealed(later), wanted), code("newer"));
    ok(isRecord(bytes) && !isRecord(later.subarray(1)));
  });

  it("keeps of a vector what it needs, and gives all of it back bit by bit", () => {
    const noise = (i: number): number => Math.sin(i * i);
    const vectors: Record<string, [(i: number) => number, bytes: number]> = {
      noise: [noise, 8],
      "noise of single precision": [(i) => Math.fround(noise(i)), 4],
      "small whole numbers": [(i) => i % 200, 1],
      "a minus zero among them": [(i) => (i === 500 ? -0 : i % 200), 4],
      "not a number": [() => Number.NaN, 0],
      zeros: [() => 0, 0],
      "some numbers in the middle": [(i) => (i >= 300 && i < 400 ? noise(i) : Number.NaN), 0.8],
      "some at the end": [(i) => (i >= 900 ? noise(i) : 0), 0.8],
      "some at the beginning": [(i) => (i < 100 ? i : 255), 0.1],
      "infinite ones": [(i) => (i % 3 === 0 ? Number.NEGATIVE_INFINITY : 1), 4],
    };
    for (const [name, [number, bytes]] of Object.entries(vectors)) {
      const v = Float64Array.from({ length: 1000 }, (_, i) => number(i));
      const record = written({ p: { v } });
      const { length } = written({ p: { v: new Float64Array(0) } });
      ok(record.length - length < 1000 * bytes + 50, `${name}: ${record.length - length}`);
      const t = state({ v: f64(1000, { mayBeNaN: true }) });
      restore(readRecord(record, wanted), { p: t });
      deepStrictEqual(t.v, v, name);
    }
    const single = Float32Array.from({ length: 100 }, (_, i) => (i < 50 ? i / 3 : Number.NaN));
    deepStrictEqual(read({ p: { single } }).parts.get("p")?.get("single"), single);
  });

  it("of the format before, with all numbers of a vector, is read as it is", () => {
    const parts = { p: state({ n: 7, v: f64(7) }) };
    parts.p.v.set([1, 2, 3, 4, 5, 6, 1 / 3]);
    const bytes = Buffer.from(written(parts).subarray(0, -32));
    bytes.writeUInt32LE(1, 8);
    deepStrictEqual(readRecord(sealed(bytes), wanted), read(parts));
  });

  it("believes no length that the bytes do not have, and takes no memory for it", () => {
    const bytes = written({ p: state({ n: 1, v: f64(4) }) });
    const heads = [
      (head: string) => head.replace('"f64",4', '"f64",400000000'),
      (head: string) => head.replace('"f64",4', '"f64",3'),
      (head: string) => head.replace('"f64",4', '"f64",-4'),
      (head: string) => head.replace('"f64",4', '"f64",1e300'),
      (head: string) => head.replace('"f64",4', '"constructor",4'),
      (head: string) => head.replace('"f64",4', '"f64",400000000,0,3'),
      (head: string) => head.replace('"f64",4', '"f64",4,3,2'),
      (head: string) => head.replace('"f64",4', '"f64",4,0,5'),
      (head: string) => head.replace('"f64",4', '"f64",4,0'),
      (head: string) => head.replace('"n"', `"${"n".repeat(300)}"`),
      (head: string) => head.replace('"n"', "7"),
      (head: string) => head.replace('"version":1', '"version":0.5'),
      (head: string) => head.replace('["p",', '["p",null],["p",'),
      (head: string) => head.replace(/"parts":.*/, '"parts":[[]]}'),
      (head: string) =>
        head.replace(/"parts":.*/, `"parts":[["p",{"numbers":[${'"n",'.repeat(100_001)}"n"],"vectors":[]}]]}`),
      () => "null",
      () => "[".repeat(100_000),
      () => "{",
    ];
    const before = process.memoryUsage().arrayBuffers;
    for (const head of heads) throws(() => readRecord(withHead(bytes, head), wanted), code("damaged"), head.toString());
    ok(process.memoryUsage().arrayBuffers - before < 50e6);
    strictEqual(
      readRecord(
        withHead(bytes, (head) => head),
        wanted,
      ).parts.size,
      1,
    );
    const long = Buffer.from(bytes.subarray(0, -32));
    long.writeUInt32LE(0xffffffff, 12);
    throws(() => readRecord(sealed(long), wanted), code("damaged", /announces/));
  });

  it("asks what the description is worth before anybody works with it", () => {
    const describe = (): never => {
      throw new RangeError("size is 1e9; it is a whole number from 1 to 256.");
    };
    throws(() => readRecord(written({}), { ...wanted, describe }), code("damaged", /pump is senseless: size is 1e9/));
    const own = (): never => {
      throw new RecordError("mismatch", "another pump");
    };
    throws(() => readRecord(written({}), { ...wanted, describe: own }), code("mismatch", /another pump/));
    const saved = read({ p: { v: new Float64Array(3) } });
    mustHave(saved, "p", "v", 3);
    throws(() => mustHave(saved, "p", "v", 1e9), code("damaged", /1000000000 numbers in p\.v and has 3/));
    throws(() => mustHave(saved, "q", "v", 1), code("damaged"));
  });

  it("takes an old version on, step by step", () => {
    const renamed = (from: string, to: string) => (old: Saved) => {
      const parts = new Map(old.parts);
      parts.set(to, parts.get(from) ?? new Map());
      parts.delete(from);
      return { ...old, parts };
    };
    const migrations = { 1: renamed("a", "b"), 2: renamed("b", "c") };
    const saved = readRecord(written({ a: { n: 3 } }), { ...wanted, version: 3, migrations });
    deepStrictEqual([saved.version, saved.parts.get("c")?.get("n")?.[0], saved.parts.size], [3, 3, 1]);
    throws(() => readRecord(written({}, { version: 0 }), { ...wanted, migrations }), code("damaged", /version 0/));
  });

  it("names the parts of a whole, and counts their memory", () => {
    const parts = within("horizon6", { adam: state({ n: 1, m: f32(3) }) });
    deepStrictEqual([Object.keys(parts), bytesOf(parts)], [["horizon6.adam"], 20]);
  });
});
