import assert from "node:assert/strict";
import * as fc from "fast-check";
import { hearing, qualityState, trustOf } from "../../src/message/trust";

describe("trust in a sensor", () => {
  const reason = (sensor: string, rule: string, state = "bad") => ({ sensor, rule, state, text: `${sensor}: ${rule}` });
  const state = (quality: unknown) => trustOf(quality, "y").state;

  it("understands OPC codes and words, and the drift guard's object", () => {
    const pairs: [unknown, string | undefined][] = [
      [192, "good"],
      [216, "good"],
      [64, "uncertain"],
      [0, "bad"],
      [24, "bad"],
      [0x40000000, "uncertain"],
      [0x80350000, "bad"],
      ["Good", "good"],
      ["BadNoCommunication", "bad"],
      [{ value: 192 }, "good"],
      [{ state: "uncertain" }, "uncertain"],
      ["so-so", undefined],
      [192.5, undefined],
      [undefined, undefined],
    ];
    for (const [quality, expected] of pairs) assert.equal(qualityState(quality), expected, String(quality));
  });

  it("a sender's word without names is meant for every sensor", () => {
    assert.deepEqual([state("Good"), state(64), state("Bad"), state(undefined)], ["usable", "doubtful", "unusable", "usable"]); // biome-ignore format: one line
  });

  it("looks at its own sensor only", () => {
    const dead = { state: "bad", held: ["ambient"], doubts: { x: 3 }, reasons: [reason("ambient", "missing")] };
    assert.equal(state(dead), "usable");
    assert.equal(trustOf(dead, "ambient").state, "unusable");
    assert.equal(trustOf(dead, "x").state, "doubtful");
  });

  it("tells a value that is none from one that is doubted or contradicted", () => {
    const held = (...reasons: object[]) => ({ state: "bad", held: ["y"], doubts: {}, reasons });
    for (const rule of ["range", "sentinel", "notANumber", "senderBad", "maintenance"]) {
      assert.deepEqual(trustOf(held(reason("y", rule)), "y"), { state: "unusable", fault: true, why: `y: ${rule}` });
    }
    for (const rule of ["missing", "late"]) assert.equal(trustOf(held(reason("y", rule)), "y").fault, false, rule);
    assert.equal(state(held(reason("y", "agreement"))), "doubtful");
    assert.equal(state(held(reason("y", "agreement"), reason("y", "range"))), "unusable");
    assert.equal(state(held()), "unusable");
    assert.equal(state({ held: [], doubts: { y: 0.5 }, reasons: [] }), "doubtful");
    assert.equal(state({ held: [], doubts: { y: null }, reasons: [] }), "doubtful");
    assert.equal(state({ held: [], doubts: { y: 0 }, reasons: [] }), "usable");
    assert.equal(state({ held: [], reasons: [reason("y", "level", "uncertain")] }), "doubtful");
    assert.equal(state({ held: [], reasons: [reason("", "maintenance")] }), "unusable");
  });

  it("lets a contradicted value be heard, and one that is none not", () => {
    const doubted = { state: "bad", held: ["x", "y"], reasons: [reason("y", "agreement"), reason("x", "range")] };
    assert.deepEqual(hearing(doubted, "y"), { ...doubted, held: ["x"] });
    assert.equal(hearing(doubted, "x"), doubted);
    assert.equal(hearing(192, "y"), 192);
  });

  it("takes anything without throwing", () => {
    const anything = fc.anything({ withNullPrototype: true, withBigInt: true });
    const object = fc.record({ held: fc.array(anything), doubts: anything, reasons: fc.array(anything) });
    fc.assert(
      fc.property(fc.oneof(anything, object), (quality) => {
        assert.ok(["usable", "doubtful", "unusable"].includes(state(quality)));
        hearing(quality, "y");
      }),
      { numRuns: 5000 },
    );
  });

  it("a sender's word on single sensors is meant for these", () => {
    const each = { x: "Good", y: "BadSensorFailure", z: 64 };
    assert.deepEqual([state(each), trustOf(each, "x").state, trustOf(each, "z").state], ["unusable", "usable", "doubtful"]); // biome-ignore format: one line
    assert.equal(qualityState({ statusCode: { value: 0 } }), "good");
    assert.equal(qualityState(false), "bad");
  });
});
