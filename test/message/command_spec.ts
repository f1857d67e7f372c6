import assert from "node:assert/strict";
import { assetOf } from "../../src/message/asset-of";
import { commandOf } from "../../src/message/command";
import { MessageProblem } from "../../src/message/problem";

const KNOWN = ["pause", "reset"] as const;

describe("command of a message", () => {
  it("is one of the known ones", () => assert.equal(commandOf({ command: "pause" }, KNOWN), "pause"));

  it("is reset where msg.reset is set, as Node-RED's own nodes have it", () => {
    assert.equal(commandOf({ reset: true }, KNOWN), "reset");
    assert.equal(commandOf({ reset: "" }, KNOWN), "reset");
    assert.equal(commandOf({ reset: false }, KNOWN), undefined);
    assert.equal(commandOf({ command: "pause", reset: true }, KNOWN), "pause");
  });

  it("is absent in a reading", () => assert.equal(commandOf({}, KNOWN), undefined));

  for (const command of ["Pause", "toString", "__proto__", 5, {}, "x".repeat(5000)]) {
    it(`${JSON.stringify(command).slice(0, 20)} is unknown; the error lists what is known`, () => {
      assert.throws(
        () => commandOf({ command }, KNOWN),
        (error) =>
          error instanceof MessageProblem &&
          error.code === "unknownCommand" &&
          error.details.known === "pause, reset" &&
          error.message.length < 150,
      );
    });
  }
});

describe("asset of a message", () => {
  it("is text; a number is its text; absent is the asset without a name", () => {
    assert.equal(assetOf("line/1"), "line/1");
    assert.equal(assetOf(7), "7");
    assert.equal(assetOf(undefined), "");
    assert.equal(assetOf("__proto__"), "__proto__");
  });

  for (const value of [{}, [], true, Number.NaN, () => 1])
    it(`refuses ${String(value)}`, () => assert.throws(() => assetOf(value), MessageProblem));

  it("refuses a name beyond 10,000 characters", () => {
    assert.equal(assetOf("a".repeat(10_000)).length, 10_000);
    assert.throws(() => assetOf("a".repeat(10_001)), /10001 characters/);
  });
});
