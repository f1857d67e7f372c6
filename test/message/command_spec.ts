import assert from "node:assert/strict";
import { assetOf } from "../../src/message/asset-of";
import { assetsFor, commandOf } from "../../src/message/command";
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

describe("assets of a command", () => {
  const NAMES = ["plant/line1/press 1", "plant/line1/press 2", "plant/line2/oven", "plant/line2", "pump", "炉１", ""];

  for (const [topic, found] of [
    [undefined, NAMES],
    ["pump", ["pump"]],
    ["", [""]],
    ["plant/line1/+", NAMES.slice(0, 2)],
    ["plant/+/oven", ["plant/line2/oven"]],
    ["+/+/+", NAMES.slice(0, 3)],
    ["plant/line2/#", ["plant/line2/oven", "plant/line2"]],
    ["plant/#", NAMES.slice(0, 4)],
    ["#", NAMES],
    ["+", ["pump", "炉１", ""]],
  ] as const)
    it(`${JSON.stringify(topic)} means ${JSON.stringify(found)}`, () =>
      assert.deepEqual(assetsFor(topic, NAMES), found));

  for (const [topic, nearest] of [
    ["Pump", "pump"],
    ["pump ", "pump"],
    [" ", "炉１"],
    ["plant/line1/press1", "plant/line1/press 1"],
    ["plant/line3/+", "plant/line2"],
    ["plant/line1+", "plant/line2"],
    ["plant/#/oven", "plant/line2/oven"],
    ["+/pump", "pump"],
    ["炉1", "炉１"],
  ] as const)
    it(`${JSON.stringify(topic)} is no asset; the nearest is ${nearest}`, () =>
      assert.throws(
        () => assetsFor(topic, NAMES),
        (error) => error instanceof MessageProblem && error.code === "noSuchAsset" && error.details.nearest === nearest,
      ));

  it("a name that looks like a filter is first of all a name", () =>
    assert.deepEqual(assetsFor("a/+", ["a/b", "a/+"]), ["a/+"]));

  it("where none is known there is no nearest one; all of none are none", () => {
    for (const names of [[], [""]])
      assert.throws(
        () => assetsFor("a", names),
        (error) => error instanceof MessageProblem && error.code === "noModel",
      );
    assert.deepEqual(assetsFor(undefined, []), []);
  });

  it("takes its time neither over long names nor over many", () => {
    const names = Array.from({ length: 20_000 }, (_, i) => `${i}`.repeat(2000));
    assert.throws(() => assetsFor("x".repeat(10_000), names), MessageProblem);
  });
});
