/**
 * A flow may lack settings: one of before, one that a person or a program has written. What is missing is what a new node
 * begins with, for the node as for its dialog, so that the flow of `llms.txt` runs with the few that it names.
 */
import assert from "node:assert/strict";
import { parseSettings } from "../../src/alarm/rule-settings";
import { learningSettings } from "../../src/asset/learning-settings";
import { modelSettings } from "../../src/asset/settings";
import { guardSettings } from "../../src/guard/guard-settings";
import { parseMeterSettings } from "../../src/kpi/meter-settings";
import { gateSettings } from "../../src/rollout/settings";
import { scoutSettings } from "../../src/scout/settings";
import { simulatorSettings } from "../../src/simulator/settings";
import { trainerSettings } from "../../src/training/trainer-settings";
import { definitionOf } from "./definition";

// biome-ignore lint/suspicious/noExplicitAny: forms as a flow file has them, with anything missing
type Form = any;
/** How a node reads its settings, and those that only a person can give. */
const READ: Record<string, [read: (form: Form) => unknown, given: object]> = {
  // What the nodes say is in the editor's language where a dialog was open, and in Node-RED's where none was.
  "forecast-model": [modelSettings, { target: "y", language: "" }],
  "sensor-scout": [scoutSettings, {}],
  "history-trainer": [trainerSettings, {}],
  "drift-guard": [guardSettings, {}],
  "rtrl-tuner": [learningSettings, {}],
  "rollout-gate": [(form) => gateSettings(form, "y, 1", 1), {}],
  "alarm-rule": [parseSettings, { limits: [{ name: "H", kind: "high", high: 9, highType: "num", priority: "high" }] }],
  "kpi-meter": [parseMeterSettings, {}],
  "plant-simulator": [simulatorSettings, { assets: [{ name: "boiler-1", rating: 20, age: 0 }] }],
};

describe("a setting that is missing", () => {
  for (const [type, [read, given]] of Object.entries(READ))
    it(`is what a new ${type} begins with`, () => {
      const defaults = Object.entries(definitionOf(type).defaults).map(([name, { value }]) => [
        name,
        structuredClone(value),
      ]);
      const whole = { ...Object.fromEntries(defaults), ...given };
      const begun = read(whole);
      assert.deepEqual(read(given), begun, "all of them");
      for (const name of Object.keys(whole)) {
        if (Object.hasOwn(given, name)) continue;
        const { [name]: _, ...rest } = whole;
        assert.deepEqual(read(rest), begun, name);
      }
    });
});
