import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { RecordError } from "../../src/record/record-error";
import { isVersion1, readVersion1 } from "../../src/record/version-1";

/** Made by the program of that time; the sums of the fields were read off its objects, by name. */
const fixtures = join(__dirname, "../../../test/record/fixtures");

function bytes(name: string): Buffer {
  return gunzipSync(readFileSync(join(fixtures, `version-1-${name}.gz`)));
}

function json(name: string) {
  return JSON.parse(readFileSync(join(fixtures, `version-1-${name}.json`), "utf8"));
}

/** A record with a checksum that is right, whatever it says. */
function sealed(description: string, numbers: number, version = 1, length = description.length): Buffer {
  const head = Buffer.alloc(16);
  head.write("LRU-RTRL", "latin1");
  head.writeUInt32LE(version, 8);
  head.writeUInt32LE(length, 12);
  const body = Buffer.concat([head, Buffer.from(description), Buffer.alloc(numbers)]);
  return Buffer.concat([body, createHash("sha256").update(body).digest()]);
}

const sound = {
  inputs: ["a"],
  target: "y",
  horizon: [1],
  size: 1,
  buildOn: "last",
  targetHistory: true,
  coverage: 0.9,
  seed: 1,
  labelDelay: 0,
  asset: "",
  capacity: 187,
};

function code(of: string, text = /./): (error: unknown) => boolean {
  return (error) => {
    ok(error instanceof RecordError && error.code === of && text.test(error.message), String(error));
    return true;
  };
}

/** Length, weighted sum of the finite numbers, and how many others there are. */
function sum(values: ArrayLike<number>): number[] {
  let all = 0;
  let others = 0;
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) all += values[i] * (1 + (i % 97));
    else others++;
  }
  return [values.length, all, others];
}

describe("records of version 1", () => {
  for (const name of ["soft-sensor", "ahead", "on-existing"]) {
    it(`gives the numbers of ${name} their names`, () => {
      const saved = readVersion1(bytes(name));
      const { fields } = json(name);
      ok(Object.keys(fields).length > 50);
      for (const [path, wanted] of Object.entries(fields)) {
        const dot = path.lastIndexOf(".");
        const found = saved.parts.get(path.slice(0, dot))?.get(path.slice(dot + 1));
        ok(found, path);
        // The RMS was read off as a root and squared again.
        if (path.endsWith("rms.square")) ok(Math.abs(found[0] - (wanted as number[])[1]) <= 1e-12 * found[0]);
        else deepStrictEqual(sum(found), wanted, path);
      }
      strictEqual((saved.description as { target: string }).target, "y");
    });
  }

  it("knows how long the records of all shapes are", () => {
    for (const [horizon, inputs, size, buildOn, targetHistory, labelDelay, length] of json("sizes")) {
      const steps = [horizon].flat();
      const description = JSON.stringify({
        ...sound,
        horizon: steps,
        size,
        buildOn,
        targetHistory,
        labelDelay,
        inputs: Array.from({ length: inputs }, (_, i) => `x${i}`),
        capacity: Math.max(labelDelay, 160) + steps.at(-1) + 26,
      });
      strictEqual(readVersion1(sealed(description, length)).kind, "forecaster", description);
      for (const other of [-8, 8])
        throws(() => readVersion1(sealed(description, length + other)), code("damaged", /bytes of numbers/));
    }
  });

  it("reads a checkpoint", () => {
    const saved = readVersion1(bytes("checkpoint"));
    const model = readVersion1(bytes("ahead"));
    deepStrictEqual([saved.kind, saved.parts.size], ["checkpoint", 2]);
    deepStrictEqual(
      saved.parts.get("model1"),
      new Map([["parameters", model.parts.get("horizon6")?.get("parameters")]]),
    );
  });

  it("believes no description", () => {
    const senseless: object[] = [
      { inputs: "a" },
      { inputs: ["a", "a"] },
      { inputs: [""] },
      { inputs: [], targetHistory: false },
      { target: 7 },
      { horizon: [] },
      { horizon: [6, 1] },
      { horizon: [0, 1] },
      { horizon: [1001] },
      { horizon: 1 },
      { size: 0 },
      { size: 1e9 },
      { buildOn: "sand" },
      { targetHistory: 1 },
      { coverage: "much" },
      { labelDelay: 1e12 },
      { capacity: 1e12 },
      { capacity: 186 },
    ];
    for (const change of senseless)
      throws(() => readVersion1(sealed(JSON.stringify({ ...sound, ...change }), 100)), code("damaged", /says that/));
    for (const text of ["null", "7", "[]", "{"]) throws(() => readVersion1(sealed(text, 100)), code("damaged"));
    for (const lengths of [7, [-1], [0.5], [1e300]])
      throws(() => readVersion1(sealed(JSON.stringify({ checkpoint: lengths }), 8)), code("damaged", /parameters/));
  });

  it("takes no memory for what is not there", () => {
    const huge = { ...sound, horizon: [1, 1000], size: 256, labelDelay: 100_000, capacity: 101_026 };
    const inputs = Array.from({ length: 500 }, (_, i) => `x${i}`);
    const before = process.memoryUsage().arrayBuffers;
    throws(() => readVersion1(sealed(JSON.stringify({ ...huge, inputs }), 60_000)), code("damaged", /not \d{9}/));
    throws(() => readVersion1(sealed('{"checkpoint":[1000000000]}', 60_000)), code("damaged", /not 8000000000/));
    ok(process.memoryUsage().arrayBuffers - before < 5e6);
  });

  it("tells the kinds of fault apart", () => {
    const whole = bytes("checkpoint");
    ok(isVersion1(whole) && !isVersion1(whole.subarray(1)));
    throws(() => readVersion1(whole.subarray(1)), code("foreign"));
    throws(() => readVersion1(whole.subarray(0, 40)), code("foreign"));
    throws(() => readVersion1(whole.subarray(0, -1)), code("damaged", /checksum/));
    throws(() => readVersion1(sealed("{}", 8, 2)), code("newer"));
    throws(() => readVersion1(sealed("{}", 8, 1, 1e9)), code("damaged", /within/));
  });
});
