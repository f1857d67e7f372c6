import assert from "node:assert/strict";
import { Forecaster, type ForecasterOptions } from "../../src/index";
import { Arena } from "../../src/kernel/arena";
import { plant } from "../forecaster/plant";

const BASIC: ForecasterOptions = { inputs: ["a", "b"], target: "y" };

describe("a forecaster on compiled kernels", () => {
  const cases: [string, ForecasterOptions, number][] = [
    ["two horizons", { ...BASIC, horizon: [1, 6] }, 1],
    ["a soft sensor with rare labels", { ...BASIC, horizon: 0, size: 7 }, 10],
    ["a committee on the existing forecast", { ...BASIC, size: 5, steady: true, buildOn: "existing" }, 1],
  ];
  for (const [name, options, labelEvery] of cases)
    it(`forecasts as on plain ones, but for rounding: ${name}`, () => {
      const plain = Forecaster.create(options, Arena.plain());
      const compiled = Forecaster.create(options, Arena.fast());
      let learnt = 0;
      for (const row of plant(1500, 5, labelEvery)) {
        const expected = plain.step(row, { learn: true }).forecast;
        const { value, lower, upper, frozen } = compiled.step(row, { learn: true }).forecast;
        for (const [is, should] of [
          [value, expected.value],
          [lower, expected.lower],
          [upper, expected.upper],
          [frozen, expected.frozen],
        ])
          assert.ok(
            Object.is(is, should) || Math.abs(is - should) <= 1e-6 * Math.abs(should),
            `${is} instead of ${should}`,
          );
        learnt = expected.updates;
      }
      assert.ok(learnt > 100);
    });
});
