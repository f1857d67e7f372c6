import { strict as assert } from "node:assert";
import { Random } from "../../src/forecaster/random";
import { Shrinkage } from "../../src/forecaster/shrinkage";
import { Forecaster } from "../../src/index";

/** Single strange readings, with familiar ones between them. */
function visits(count: number, familiarity: number, came: (i: number) => [move: number, came: number]): Shrinkage {
  const shrinkage = new Shrinkage(1);
  for (let i = 0; i < count; i++) {
    shrinkage.update(...came(i), familiarity, 1);
    shrinkage.update(0.2, 0.1, 1, 1);
  }
  return shrinkage;
}

describe("shrinkage where the plant is strange", () => {
  it("tells all of what is familiar, and at first the less of other readings the further out they are", () => {
    const shrinkage = new Shrinkage(1);
    assert.deepEqual([shrinkage.share(1), shrinkage.share(0.25)], [1, 0.25]);
  });

  it("reaches as far as the models have been right, and a little further", () => {
    const shrinkage = visits(40, 0.2, () => [8, 8.5]);
    assert.equal(shrinkage.share(0.2), 1);
    assert.ok(shrinkage.share(1e-4) <= 0.01 + 1e-12, `${shrinkage.share(1e-4)}`);
  });

  it("learns nothing from what is far beyond where the plant has been", () => {
    assert.equal(visits(40, 1e-3, () => [800, 800]).reach, 1);
  });

  it("loses little by one lie, and all by many", () => {
    const shrinkage = visits(40, 0.2, () => [8, 8.5]);
    const before = shrinkage.reach;
    shrinkage.update(1e6, 0, 0.2, 1);
    assert.ok(shrinkage.reach > 0.7 * before);
    for (let i = 0; i < 20; i++) shrinkage.update(-50, 0.1, 0.2, 1);
    assert.equal(shrinkage.share(0.2), 0.2);
  });

  it("tells half where half of what is foretold comes, whatever the size of single ones", () => {
    const random = new Random(1);
    let sum = 0;
    for (let seed = 0; seed < 20; seed++) {
      const shrinkage = visits(200, 0.1, (i) => {
        const move = (i % 50 === 0 ? 500 : 8) * random.normal();
        return [move, 0.5 * move + 0.3 * random.normal()];
      });
      sum += shrinkage.share(0.1) / 20;
    }
    assert.ok(Math.abs(sum - 0.5) < 0.2, `${sum}`);
  });

  it("learns little from one fault, however long it lasts", () => {
    const shrinkage = new Shrinkage(1);
    for (let i = 0; i < 300; i++)
      shrinkage.update(i % 2 ? 700 : -700, (i % 2 ? 700 : -700) * (i % 5 ? 1.1 : 0), 0.2, 1);
    assert.ok(shrinkage.share(0.2) < 0.4, `${shrinkage.share(0.2)}`);
  });

  it("takes in nothing from a move of none", () => {
    assert.equal(visits(10, 0.5, (i) => [0, i]).reach, 1);
  });

  it("learns nothing where there are no usual errors: the target stood still", () => {
    const standing = 0;
    assert.equal(visits(10, 0.5, (i) => [i / standing, 1 / standing]).reach, 1);
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
