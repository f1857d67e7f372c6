import assert from "node:assert/strict";
import type { ReadingState } from "../../src/forecaster/reading";
import { senderStatus } from "../../src/message/sender-status";

describe("status of a sender", () => {
  const CASES: [unknown, ReadingState | undefined][] = [
    // OPC DA: the two upper bits of the lower byte, with sub-status, limits and a vendor's byte.
    [192, "good"],
    [216, "good"],
    [255, "good"],
    [64, "uncertain"],
    [127, "uncertain"],
    [0, "bad"],
    [24, "bad"],
    [63, "bad"],
    [128, undefined],
    [0x1c0, "good"],
    [0x118, "bad"],
    // OPC UA: the two upper bits of 32, also as a signed number.
    [0x00960000, "good"],
    [0x40000000, "uncertain"],
    [0x40920000, "uncertain"],
    [0x80000000, "bad"],
    [0x80310000, "bad"],
    [0x80310000 | 0, "bad"],
    [0xc0000000, undefined],
    // Words.
    ["Good", "good"],
    ["GOOD", "good"],
    [" bad ", "bad"],
    ["uncertain", "uncertain"],
    ["BadSensorFailure", "bad"],
    ["Bad_NoCommunication", "bad"],
    ["bad, not connected", "bad"],
    ["UncertainLastUsableValue", "uncertain"],
    ["Good [192]", "good"],
    ["OK", "good"],
    ["Questionable", "uncertain"],
    ["invalid", "bad"],
    ["192", "good"],
    ["0", "bad"],
    ["0x80310000", "bad"],
    ["badge", undefined],
    ["goods", undefined],
    ["", undefined],
    ["constructor", undefined],
    [true, "good"],
    [false, "bad"],
    // Wrapped; a name says more than a number, and statusCode is a word of OPC UA, where 0 is good.
    [{ value: 192 }, "good"],
    [{ value: 0 }, "bad"],
    [{ code: 64 }, "uncertain"],
    [{ statusCode: 0 }, "good"],
    [{ statusCode: { value: 0 } }, "good"],
    [{ StatusCode: "Bad" }, "bad"],
    [{ statusCode: { value: 0x80340000, name: "BadNodeIdUnknown" } }, "bad"],
    [{ Code: 0, Symbol: "Good" }, "good"],
    [{ _value: 0, _description: "The operation succeeded", _name: "Good" }, "good"],
    [{ quality: { status: "Uncertain" } }, "uncertain"],
    [{ state: "bad" }, "bad"],
    [{ name: 192, value: 0 }, "bad"],
    [{}, undefined],
    [{ value: { value: { value: { value: 192 } } } }, undefined],
    [[192], undefined],
    [null, undefined],
    [undefined, undefined],
    [Number.NaN, undefined],
    [192.5, undefined],
    [-1e10, undefined],
    [10n, undefined],
  ];
  for (const [status, state] of CASES)
    it(`${typeof status === "bigint" ? "10n" : JSON.stringify(status)} is ${state ?? "not clear"}`, () => {
      assert.equal(senderStatus(status)?.state, state);
    });

  it("that cannot be read, or holds itself, says nothing", () => {
    const trap = {
      get value(): number {
        throw new Error("trap");
      },
    };
    assert.equal(senderStatus(trap), undefined);
    const endless: Record<string, unknown> = {};
    endless.value = endless;
    assert.equal(senderStatus(endless), undefined);
  });
});
