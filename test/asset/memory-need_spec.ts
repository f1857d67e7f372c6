import assert from "node:assert/strict";
import { type MemoryOf, memoryOfAsset, OBJECTS } from "../../src/asset/memory-need";
import { Random } from "../../src/forecaster/random";
import { Forecaster } from "../../src/index";

const USUAL: MemoryOf = { size: 16, horizon: [1], buildOn: "last", steady: false, light: false, labelDelay: 500 };

describe("what an asset takes in memory, as the dialog says it", () => {
  const cases: [Partial<MemoryOf>, number][] = [
    [{}, 4],
    [{ size: 8, labelDelay: 50 }, 10],
    [{ size: 32 }, 20],
    [{ labelDelay: 0 }, 100],
    [{ horizon: [1, 6, 24] }, 10],
    [{ horizon: [0] }, 4],
    [{ horizon: [0], labelDelay: 100 }, 15],
    [{ steady: true, buildOn: "existing" }, 4],
  ];
  for (const [change, sensors] of cases)
    for (const light of [false, true])
      it(`is what it is: ${JSON.stringify(change)}, ${sensors} sensors, ${light ? "light" : "full"}`, () => {
        const of = { ...USUAL, ...change, light };
        const inputs = Array.from({ length: sensors }, (_, i) => `s${i}`);
        const f = Forecaster.create({ ...of, inputs, target: "y" });
        const labelEvery = of.horizon[0] > 0 ? 1 : 10;
        const random = new Random(1);
        // So many that room which was needed at the beginning alone has been given back.
        for (let i = 0; i < 5 * (of.labelDelay + 60); i++) {
          const values = Object.fromEntries(inputs.map((name) => [name, random.normal()]));
          if (i % labelEvery === 0) values.y = random.normal();
          f.step({ time: 1000 * i, values, ...(of.buildOn === "existing" ? { existing: 0 } : {}) }, { learn: true });
        }
        // As long as it is as it was drawn, its base is that of all others.
        f.approve();
        const numbers = f.memoryBytes;
        const horizons = of.horizon.length;
        const learners = of.steady ? 2 : 0;
        const objects =
          (light ? OBJECTS.light : OBJECTS.full) +
          (sensors + 1) * OBJECTS.sensor +
          horizons * (OBJECTS.horizon + learners * OBJECTS.learner);
        const said = memoryOfAsset(of, sensors) - objects;
        assert.ok(Math.abs(said / numbers - 1) < 0.05, `${said} is said, ${numbers} is true`);
      });
});
