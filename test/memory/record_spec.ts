import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { assetOf, decodeRecord, encodeRecord } from "../../src/memory/record";
import type { RecordFault } from "../../src/record/record-error";

/** Written by the program that knew no other. */
const FORMAT_1 = Buffer.from(
  "4f4641535345540a01000a001000000004000000666f726563617374657262006f0069006c00650072002f003300000102ff6adf04d099df9e4eceea773eebe59ff98bb384d937b32d62b947ea041b224bfa",
  "hex",
);
const anyText = fc.string({ unit: "binary", maxLength: 50 });

describe("record", () => {
  const bytes = encodeRecord({ kind: "forecaster", asset: "boiler/3", payload: Uint8Array.from([0, 1, 2, 255]) });

  it("gives back any kind, asset and payload", () => {
    fc.assert(
      fc.property(fc.string(), anyText, fc.uint8Array(), (kind, asset, payload) => {
        const decoded = decodeRecord(encodeRecord({ kind, asset, payload }));
        assert.deepEqual([decoded.kind, decoded.asset, [...decoded.payload]], [kind, asset, [...payload]]);
      }),
    );
  });

  it("keeps unpaired surrogates apart", () => {
    for (const asset of ["\ud800", "\udc00", "\ud83d"])
      assert.equal(decodeRecord(encodeRecord({ kind: "", asset, payload: new Uint8Array() })).asset, asset);
  });

  it("finds every single damaged bit", () => {
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const damaged = Uint8Array.from(bytes);
      damaged[bit >> 3] ^= 1 << (bit & 7);
      assert.equal(faultOf(damaged), "damaged", `bit ${bit}`);
    }
  });

  it("finds every missing end and whatever was appended", () => {
    for (let length = 0; length < bytes.length; length++)
      assert.equal(faultOf(bytes.subarray(0, length)), "damaged", `${length} bytes`);
    assert.equal(faultOf(Buffer.concat([bytes, Buffer.alloc(1)])), "damaged");
  });

  it("calls other bytes foreign, whatever they are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (other) => {
        fc.pre(other[0] !== bytes[0]);
        assert.equal(faultOf(other), "foreign");
      }),
    );
  });

  it("tells a newer format from damage", () => {
    const newer = Buffer.from(bytes);
    newer.writeUInt16LE(3, 8);
    assert.equal(faultOf(newer), "damaged", "the version alone proves nothing");
    createHash("sha256")
      .update(newer.subarray(8, -32))
      .digest()
      .copy(newer, newer.length - 32);
    assert.equal(faultOf(newer), "newer");
  });

  it("reads format 1, in which a kind had no version", () => {
    const { kind, version, asset, payload } = decodeRecord(FORMAT_1);
    assert.deepEqual([kind, version, asset, [...payload]], ["forecaster", 1, "boiler/3", [0, 1, 2, 255]]);
    assert.equal(assetOf(FORMAT_1), "boiler/3");
    assert.equal(decodeRecord(encodeRecord({ kind, version: 7, asset, payload })).version, 7);
  });

  it("names the asset from its first bytes", () => {
    assert.equal(assetOf(bytes.subarray(0, 60)), "boiler/3");
    assert.equal(assetOf(bytes.subarray(0, 40)), undefined, "name cut off");
    assert.equal(assetOf(Buffer.from("something else altogether")), undefined);
  });
});

function faultOf(bytes: Uint8Array): RecordFault | undefined {
  try {
    decodeRecord(bytes);
  } catch (error) {
    return (error as { code: RecordFault }).code;
  }
  return undefined;
}
