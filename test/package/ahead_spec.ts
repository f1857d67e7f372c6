/** How far ahead: the dialogs take the spans of time and the readings that the nodes take, and give the same reasons. */
import assert from "node:assert/strict";
import { type ModelForm, modelSettings } from "../../src/asset/settings";
import { durationOf } from "../../src/message/duration";
import type { SettingsProblem } from "../../src/settings/settings-problem";
import { MODEL } from "../nodes/forecast-flow";
import { definitionOf } from "./definition";

const SPANS = [
  "10 min",
  "1.5h",
  "2時間",
  "60分",
  "1000 ms",
  "0 min",
  "0.0001 ms",
  "10 lightyears",
  "min",
  "-1 h",
  "１０ 秒",
];
const LISTS = [
  "1",
  "1, 6, 24",
  "0",
  "0, 1",
  "1000",
  "1001",
  "-1",
  "1.5",
  "",
  "10 min, 6",
  "10 min, 1 h",
  "1 min, 60 min",
];
const STEPS = ["60 s, 61 s", "59 s, 60 s", "1 min, 1 d", "1 min, 1 d, 7 d", "1 h, 40 d", "1 h, 42 d"];

describe("how far ahead dialogs look", () => {
  const { defaults } = definitionOf("forecast-model");
  for (const horizons of [...SPANS, ...LISTS, ...STEPS])
    it(`the forecast model: ${JSON.stringify(horizons)}`, () => {
      let wrong: unknown;
      try {
        modelSettings({ ...(MODEL as unknown as ModelForm), horizons });
      } catch (problem) {
        wrong = (problem as SettingsProblem).code;
      }
      const reason = defaults.horizons?.validate?.call({ _: (key: string) => key }, horizons, {});
      assert.equal(reason, wrong === undefined ? true : `forecast-model.invalid.${wrong}`);
    });

  const { validate } = definitionOf("alarm-rule").defaults.horizon ?? {};
  for (const span of SPANS)
    it(`the alarm rule: ${span}`, () => {
      const reason = validate?.call({ _: (key: string) => key }, span, {});
      assert.equal(reason === true, durationOf(span) !== undefined);
    });
});
