import assert from "node:assert/strict";
import { Random } from "../../src/forecaster/random";
import { Forecaster } from "../../src/index";
import { readRecord } from "../../src/record/record";

/** The smallest numbers that a processor handles as fast as others. */
const SMALLEST = { f64: 2 ** -1022, f32: 2 ** -126 };

describe("a plant that stands still for a million readings", function () {
  this.timeout(300_000);

  for (const horizon of [1, 0])
    it(`leaves no denormal numbers that would slow each step down, ${horizon} ahead`, () => {
      const inputs = ["a", "b", "c", "d"];
      const f = Forecaster.create({ inputs, target: "y", horizon, size: 16, seed: 1 });
      const random = new Random(1);
      const level = new Float64Array(inputs.length + 1);
      for (let i = 0; i < 1_000_000; i++) {
        for (let k = 0; k < level.length; k++) level[k] = i < 4000 ? 0.9 * level[k] + random.uniform() : 0;
        f.step({ time: 1000 * i, values: {}, ordered: level }, { learn: true });
      }
      const { parts } = readRecord(f.save(), {
        kind: "forecaster",
        version: 3,
        describe: (description) => description,
      });
      let denormal = 0;
      let all = 0;
      for (const part of parts.values())
        for (const numbers of part.values()) {
          const smallest = SMALLEST[numbers instanceof Float32Array ? "f32" : "f64"];
          for (const value of numbers) if (value !== 0 && Math.abs(value) < smallest) denormal += 1;
          all += numbers.length;
        }
      assert.ok(all > 5000, `${all} numbers`);
      // Some tens, such as usual errors and gains of experts that fade for ever, cost nothing that can be measured.
      assert.ok(denormal < 100, `${denormal} of ${all} numbers`);
    });
});
