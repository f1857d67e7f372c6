import assert from "node:assert/strict";
import { type MessageReading, readingsOf, type SensorNames } from "../../src/message/reading";
import { type Comparison, type RunningCondition, runs } from "../../src/message/running";
import type { TimeRules } from "../../src/message/time";
import { stateWords } from "../../src/text/state-word";

const RULES: TimeRules = { zone: "UTC", otherTimes: "convert", now: 0 };

describe("the condition that a plant runs", () => {
  const CASES: [Comparison, string, unknown, boolean | undefined][] = [
    ["above", "100", 100.5, true],
    ["above", "100", 100, false],
    ["above", "100", "1480", true],
    ["above", "0", true, true],
    ["above", "100", "fast", undefined],
    ["below", "-5", -6, true],
    ["below", "-5", Number.NaN, undefined],
    ["is", "RUN", "run", true],
    ["is", "RUN", " Run ", true],
    ["is", "RUN", "stop", false],
    ["is", "RUN", 1, true],
    ["is", "RUN", 0, false],
    ["is", "運転", 1, true],
    ["isNot", "STOP", 0, false],
    ["isNot", "STOP", 1, true],
    ["is", "3", 3, true],
    ["is", "3", "3.0", true],
    ["is", "true", true, true],
    ["is", "運転", "運転", true],
    ["is", "3", Number.NaN, undefined],
    ["isNot", "stop", "run", true],
    ["isNot", "0", 0, false],
    ["isNot", "0", "", undefined],
    ["true", "", true, true],
    ["true", "", 0, false],
    ["true", "", 2, true],
    ["true", "", "ON", true],
    ["true", "", "off", false],
    ["true", "", "maybe", undefined],
    ["true", "", null, undefined],
    ["true", "", undefined, undefined],
    ["is", "{}", {}, undefined],
  ];
  for (const [is, value, given, wanted] of CASES)
    it(`${typeof given} ${JSON.stringify(given)} ${is} ${value}: ${wanted ?? "not known"}`, () => {
      assert.equal(runs({ of: "msg", name: "x", is, value }, given), wanted);
    });

  it("knows the words that were said to be 1 and 0", () => {
    const auto: RunningCondition = { of: "sensor", name: "mode", is: "is", value: "AUTO" };
    assert.deepEqual([1, 0, "auto"].map((value) => runs(auto, value, stateWords(["AUTO/MAN"]))), [true, false, true]); // biome-ignore format: one line
    assert.equal(runs(auto, 1), false);
  });

  describe("in a message", () => {
    const names = (running?: RunningCondition): SensorNames => ({ target: "y", inputs: ["u"], existing: "", running });
    const running = (raw: object, condition?: RunningCondition) =>
      readingsOf({ payload: { y: 1 }, ...raw }, names(condition), RULES).rows.map(
        (row) => (row as MessageReading).running,
      );
    const rpm: RunningCondition = { of: "sensor", name: "rpm", is: "above", value: "100" };
    const mode: RunningCondition = { of: "msg", name: "mode", is: "is", value: "auto" };

    it("is not asked for where there is none", () => assert.deepEqual(running({}), [undefined]));

    it("is looked for in the payload, row by row, also in a value that is no input", () => {
      assert.deepEqual(running({ payload: { y: 1, rpm: 1480 } }, rpm), [true]);
      const payload = [{ y: 1, rpm: 1480 }, { y: 1, rpm: "0" }, { y: 1 }];
      assert.deepEqual(running({ payload }, rpm), [true, false, undefined]);
    });

    it("is not known where the value is not to be used", () => {
      const payload = { y: 1, rpm: 0 };
      assert.deepEqual(running({ payload, quality: { rpm: "Bad" } }, rpm), [undefined]);
      assert.deepEqual(running({ payload, quality: { learn: 1, held: ["rpm"] } }, rpm), [undefined]);
    });

    it("is looked for in a property, one for a batch or one for each of its rows", () => {
      assert.deepEqual(running({ running: "Auto" }, mode), [true]);
      assert.deepEqual(running({ payload: [1, 2], running: "manual" }, mode), [false, false]);
      assert.deepEqual(running({ payload: [1, 2], running: ["auto", "manual"] }, mode), [true, false]);
    });
  });
});
