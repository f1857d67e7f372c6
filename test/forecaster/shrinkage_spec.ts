import { strict as assert } from "node:assert";
import { Random } from "../../src/forecaster/random";
import { Shrinkage } from "../../src/forecaster/shrinkage";
import { Forecaster } from "../../src/index";

describe("shrinkage where the plant is strange", () => {
  it("tells all of what is familiar, and nothing at first of what is not", () => {
    const shrinkage = new Shrinkage(1);
    assert.equal(shrinkage.share(1), 1);
    assert.equal(shrinkage.share(0.25), 0.25);
  });

  it("follows what strange readings show, and one lie undoes little of it", () => {
    const shrinkage = new Shrinkage(1);
    for (let i = 0; i < 6; i++) {
      shrinkage.update(8, 8.5, 1);
      shrinkage.update(0.2, 0.1, 0);
    }
    assert.equal(shrinkage.share(0), 1);
    shrinkage.update(1e6, 0, 1);
    assert.ok(shrinkage.share(0) >= 0.9 - 1e-12);
    for (let i = 0; i < 20; i++) shrinkage.update(-50, 0.1, 1);
    assert.equal(shrinkage.share(0), 0);
  });

  it("learns half where half of what is foretold comes, whatever the size of single ones", () => {
    const random = new Random(1);
    const shrinkage = new Shrinkage(1);
    let sum = 0;
    for (let i = 0; i < 4000; i++) {
      const move = (i % 50 === 0 ? 500 : 8) * random.normal();
      shrinkage.update(move, 0.5 * move + 0.3 * random.normal(), 1);
      shrinkage.update(0, 0, 0);
      if (i >= 2000) sum += shrinkage.share(0) / 2000;
    }
    assert.ok(Math.abs(sum - 0.5) < 0.15, `${sum}`);
  });

  it("learns little from one fault, however long it lasts", () => {
    const shrinkage = new Shrinkage(1);
    for (let i = 0; i < 300; i++) shrinkage.update(i % 2 ? 700 : -700, (i % 2 ? 700 : -700) * (i % 5 ? 1.1 : 0), 1);
    assert.ok(shrinkage.share(0) < 0.2, `${shrinkage.share(0)}`);
  });

  it("takes in nothing from a move of none", () => {
    const shrinkage = new Shrinkage(1);
    shrinkage.update(0, 0, 1);
    shrinkage.update(0, 3, 1);
    assert.equal(shrinkage.share(0), 0);
  });

  it("learns nothing where there are no usual errors: the target stood still", () => {
    const shrinkage = new Shrinkage(1);
    const standing = 0;
    shrinkage.update(0 / standing, 0 / standing, 1);
    shrinkage.update(3 / standing, 3 / standing, 1);
    assert.equal(shrinkage.share(0), 0);
  });

  it("forecasts a flood that the rain foretells, though few readings were like it", () => {
    const random = new Random(5);
    let [rain, level] = [0, 1];
    let ours = 0;
    let last = 0;
    const forecaster = Forecaster.create({ inputs: ["rain"], target: "level", horizon: 1, seed: 1 });
    for (let i = 0; i < 4000; i++) {
      const begins = random.uniform() < 0.01;
      if (begins) rain = 2 + 18 * random.uniform();
      rain *= 0.8;
      const before = level;
      level += 0.2 * rain - 0.05 * (level - 1) + 0.02 * random.normal();
      const { scored } = forecaster.step({ time: 3_600_000 * i, values: { rain, level } }, { learn: true });
      if (i < 2000 || !scored || begins || Math.abs(level - before) < 1) continue;
      ours += Math.abs(scored.error);
      last += Math.abs(level - before);
    }
    assert.ok(ours < 0.75 * last, `${ours / last} of the last value's error in floods`);
  });
});
