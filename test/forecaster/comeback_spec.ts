import assert from "node:assert/strict";
import { Comeback } from "../../src/forecaster/comeback";
import { Random } from "../../src/forecaster/random";
import { Forecaster, type Reading } from "../../src/index";
import { plant } from "./plant";

describe("comeback", () => {
  /** Labels of a plant on which both models are as good as each other. */
  function settled(horizon = 1): Comeback {
    const comeback = new Comeback(horizon);
    const random = new Random(1);
    for (let i = 0; i < 500; i++) {
      comeback.update(Float64Array.of(Math.abs(random.normal()), Math.abs(random.normal())));
      assert.ok(!comeback.isDue);
    }
    return comeback;
  }

  it("is due after several labels at which the earlier model was right and the learner far off", () => {
    const comeback = settled();
    let labels = 0;
    for (; !comeback.isDue; labels++) comeback.update(Float64Array.of(100, 0.5));
    assert.ok(labels >= 8 && labels <= 40, `${labels}`);
    comeback.restart();
    assert.ok(!comeback.isDue);
  });

  it("takes its time at a far horizon, where one event spoils many labels", () => {
    const near = settled();
    const far = settled(24);
    let labels = 0;
    for (; !near.isDue; labels++) for (const c of [near, far]) c.update(Float64Array.of(100, 0.5));
    assert.ok(!far.isDue);
    for (; !far.isDue; labels++) far.update(Float64Array.of(100, 0.5));
    assert.ok(labels > 20, `${labels}`);
  });

  it("is due after a start at a standstill, where both were exactly right, as after any other", () => {
    const comeback = new Comeback(1);
    for (let i = 0; i < 100; i++) comeback.update(Float64Array.of(0, 0));
    for (let i = 0; i < 500; i++) comeback.update(Float64Array.of(1, 1));
    for (let i = 0; i < 40; i++) comeback.update(Float64Array.of(100, 0.5));
    assert.ok(comeback.isDue);
  });

  it("is not due for a single wild label, nor at a standstill where both are nearly right", () => {
    const comeback = settled();
    comeback.update(Float64Array.of(1e9, 0));
    assert.ok(!comeback.isDue);
    for (let i = 0; i < 100; i++) comeback.update(Float64Array.of(0.01, 0));
    assert.ok(!comeback.isDue);
  });
});

describe("a sensor that drifted and was put right", () => {
  const FAULT = 4000;
  const LENGTH = 600;
  /** Readings after the repair: at first the state of the layers is still that of the drift. */
  const SETTLED = 50;
  const AFTER = 1000;

  /** Mean absolute error of the soft sensor once the fault is over, and its comebacks. */
  function afterwards(sensor: "a" | "y" | undefined, learn: boolean): { error: number; comebacks: number } {
    const f = Forecaster.create({ inputs: ["a", "b"], target: "y", horizon: 0, size: 8 });
    f.pretrain(plant(3000, 8), { epochs: 3 });
    let sum = 0;
    let comebacks = 0;
    plant(FAULT + LENGTH + AFTER).forEach((row, i) => {
      const drift = i >= FAULT && i < FAULT + LENGTH ? (i - FAULT) / LENGTH : 0;
      const size = sensor === "a" ? 3 : 10;
      const reading: Reading = sensor
        ? { ...row, values: { ...row.values, [sensor]: row.values[sensor] + size * drift } }
        : row;
      f.observe(reading);
      const { value } = f.forecast();
      comebacks = f.learn({ learn }).comebacks;
      if (i >= FAULT + LENGTH + SETTLED) sum += Math.abs(value - row.values.y);
    });
    return { error: sum / (AFTER - SETTLED), comebacks };
  }

  it("costs little, since the learner goes back to what it knew before", () => {
    const healthy = afterwards(undefined, true);
    assert.equal(healthy.comebacks, 0);
    for (const sensor of ["a", "y"] as const) {
      const { error, comebacks } = afterwards(sensor, true);
      assert.ok(comebacks >= 1, `${sensor}: ${comebacks}`);
      assert.ok(error < 1.5 * healthy.error, `${sensor}: ${error / healthy.error}`);
    }
  });

  it("leaves a model alone that is held", () => {
    assert.equal(afterwards("y", false).comebacks, 0);
  });
});
