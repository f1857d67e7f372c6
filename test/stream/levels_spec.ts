import assert from "node:assert/strict";
import { Random } from "../../src/forecaster/random";
import { beyond, compress, Levels } from "../../src/stream/levels";

function live(levels: Levels, n: number, signal: (i: number) => number): void {
  for (let i = 0; i < n; i++) levels.update(signal(i));
}

describe("compress", () => {
  it("is linear up to five deviations and logarithmic beyond, without a step or a bend", () => {
    for (const z of [-5, -3, 0, 1e-9, 5]) assert.equal(compress(z), z);
    assert.ok(compress(100) > 5 + Math.log(90) && compress(1e6) < 20);
    for (const z of [5, 7, 50, 1e4]) {
      assert.equal(compress(-z), -compress(z));
      assert.ok(compress(1.01 * z) > compress(z), "a hundred deviations differ from ten");
    }
    const slope = (z: number) => (compress(z + 1e-6) - compress(z - 1e-6)) / 2e-6;
    assert.ok(Math.abs(slope(5) - 1) < 1e-5);
  });

  it("can be asked how far beyond a value was", () => {
    for (const z of [6, 20, -300]) assert.ok(Math.abs(beyond(compress(z)) - (Math.abs(z) - 5)) < 1e-9 * Math.abs(z));
    assert.equal(beyond(compress(-4)), 0);
  });
});

describe("Levels", () => {
  it("are mean and deviation of what has been seen, for one level", () => {
    const levels = new Levels();
    const random = new Random(1);
    const seen = Array.from({ length: 1000 }, () => 20 + 3 * random.normal());
    for (const x of seen) levels.update(x);
    const mean = seen.reduce((sum, x) => sum + x, 0) / seen.length;
    const variance = seen.reduce((sum, x) => sum + (x - mean) ** 2, 0) / seen.length;
    assert.ok(Math.abs(levels.mean - mean) < 1e-9);
    assert.ok(Math.abs(levels.deviation / Math.sqrt(variance) - 1) < 1e-3);
    assert.ok(Math.abs(levels.standardise(mean + 2 * levels.deviation) - 2) < 1e-9);
  });

  it("a constant start is no experience", () => {
    const levels = new Levels();
    live(levels, 10_000, () => 7);
    assert.equal(levels.deviation, 0);
    assert.equal(levels.experienced, false);
    assert.equal(levels.standardise(9), 0);
    const random = new Random(1);
    live(levels, 100, () => 20 + random.normal());
    assert.ok(Math.abs(levels.standardise(20)) < 1, `${levels.mean} ± ${levels.deviation}`);
  });

  for (const [name, first] of [
    ["the 0 of a link that is not up yet", [0]],
    ["a long standstill", new Array<number>(300).fill(0)],
    ["a fault", [32767]],
    ["a fault among them", [1000.1, 999.9, 1000, 32767]],
  ] as const)
    it(`are those of what follows the first readings where these were elsewhere: ${name}`, () => {
      const levels = new Levels();
      for (const x of first) levels.update(x);
      const random = new Random(1);
      live(levels, 60, () => 1000 + 0.1 * random.normal());
      assert.ok(levels.deviation > 0.07 && levels.deviation < 0.15, `${levels.deviation}`);
      assert.ok(Math.abs(levels.mean - 1000) < 0.05, `${levels.mean}`);
    });

  it("a fault on the way to another level is no part of it", () => {
    const levels = new Levels();
    const random = new Random(1);
    live(levels, 300, () => random.normal());
    live(levels, 80, (i) => (i === 20 ? 32_767 : 50 + random.normal()));
    assert.equal(levels.present, 1);
    assert.ok(levels.deviation < 2, `${levels.mean} ± ${levels.deviation}`);
  });

  it("a setpoint that has moved once, at the beginning, keeps a spread", () => {
    const levels = new Levels();
    live(levels, 200, (i) => (i < 3 ? 50 : 60));
    assert.ok(levels.deviation > 0.5, `${levels.deviation}`);
  });

  for (const [name, rest, run] of [
    ["far apart", [20, 1], [2000, 50]],
    ["rest within the band of run", [0.02, 0.005], [2, 0.4]],
    ["exact zero at rest", [0, 0], [100, 2]],
  ] as const)
    it(`remember where a sensor has lived, and are there again after three readings: ${name}`, () => {
      const levels = new Levels();
      const random = new Random(2);
      const at =
        ([mean, spread]: readonly [number, number]) =>
        () =>
          mean + spread * random.normal();
      // A sensor that has only ever stood still has no level yet.
      live(levels, 60, at(rest[1] > 0 ? rest : run));
      live(levels, 400, at(run));
      live(levels, 400, at(rest));
      live(levels, 400, at(run));
      for (let day = 0; day < 5; day++) {
        for (const [mean, spread] of [rest, run]) {
          live(levels, 3, at([mean, spread]));
          assert.ok(Math.abs(levels.mean - mean) <= spread, `day ${day}: ${levels.mean} for ${mean}`);
          if (spread > 0) assert.ok(levels.deviation < 2 * spread && levels.deviation > spread / 2);
          live(levels, 300, at([mean, spread]));
        }
      }
    });

  for (const [name, rest, run] of [
    ["noise", [20, 1], [2000, 50]],
    ["exact zero", [0, 0], [100, 2]],
  ] as const)
    it(`have numbers once a second one was lived at: rest with ${name}`, () => {
      const levels = new Levels();
      const random = new Random(4);
      const number = ([mean, spread]: readonly [number, number]): number => {
        const x = mean + spread * random.normal();
        levels.update(x);
        return levels.numberOf(x);
      };
      for (let i = 0; i < 400; i++) assert.equal(number(run), 0, "the only one");
      const first = Array.from({ length: 400 }, () => number(rest));
      const since = first.indexOf(2);
      assert.ok(since > 20 && since < 250 && first.slice(0, since).every((one) => one === 0), `from ${since} on`);
      assert.deepEqual([levels.numberOf(run[0]), levels.numberOf(rest[0])], [1, 2]);
      const again = Array.from({ length: 300 }, () => number(run)).filter((one) => one === 1).length;
      assert.ok(again > 295, `${again} of 300`);
    });

  it("five recipes are told apart, and the one that was lived at least makes room for a seventh level", () => {
    const levels = new Levels();
    const random = new Random(3);
    const recipe = (k: number) => () => 100 * k + random.normal();
    for (const k of [1, 2, 3, 4, 5, 1, 2, 3, 4, 5]) live(levels, 400, recipe(k));
    assert.equal(levels.state.known, 5);
    for (const k of [3, 1, 5, 2, 4]) {
      live(levels, 3, recipe(k));
      assert.ok(Math.abs(levels.mean - 100 * k) < 1);
    }
    live(levels, 300, recipe(8));
    live(levels, 300, recipe(9));
    assert.equal(levels.state.known, 6);
    assert.ok(levels.knows(900) && levels.knows(100));
    assert.ok(levels.isSound);
  });

  it("one outlier moves a level little, thirty readings are a new one", () => {
    const levels = new Levels();
    const random = new Random(4);
    live(levels, 1000, () => 10 + random.normal());
    levels.update(1e9);
    assert.ok(Math.abs(levels.mean - 10) < 0.2 && levels.deviation < 1.1);
    live(levels, 10, () => 10 + random.normal());
    live(levels, 29, () => 20 + random.normal());
    assert.ok(levels.mean < 11);
    live(levels, 2, () => 20 + random.normal());
    assert.ok(Math.abs(levels.mean - 20) < 1, `${levels.mean}`);
  });

  it("tell the distance to the nearest level in its own deviations", () => {
    const levels = new Levels();
    const random = new Random(5);
    live(levels, 500, () => random.normal());
    live(levels, 500, () => 1000 + 10 * random.normal());
    assert.ok(Math.abs(levels.distance(1050) - 5) < 0.5);
    assert.ok(Math.abs(levels.distance(4) - 4) < 0.5);
  });

  it("are the same in another unit", () => {
    const run = (factor: number): number[] => {
      const levels = new Levels();
      const random = new Random(6);
      return Array.from({ length: 3000 }, (_, i) => {
        const x = (Math.floor(i / 300) % 3) * 40 + random.normal();
        levels.update(factor * x);
        return levels.standardise(factor * x);
      });
    };
    const plain = run(1);
    run(1024).forEach((z, i) => {
      assert.equal(z, plain[i]);
    });
    run(1000).forEach((z, i) => {
      assert.ok(Math.abs(z - plain[i]) < 1e-6);
    });
  });

  it("tell what standardising leaves out: both together are linear in the value, at all levels and between them", () => {
    const levels = new Levels();
    const random = new Random(5);
    const at = (mean: number) => () => mean + 0.5 * random.normal();
    live(levels, 300, at(20));
    for (const x of [18, 20, 21, 400]) assert.equal(levels.offset(x, levels.standardise(x)), 0, "there is one level");
    live(levels, 300, at(80));
    live(levels, 300, at(50));
    const told = (x: number): [number, number] => [levels.standardise(x), levels.offset(x, levels.standardise(x))];
    const { homeMean, homeDeviation, span } = levels.state;
    for (const x of [20, 33, 50, 79.4, 80, 95]) {
      const [u, q] = told(x);
      assert.ok(Math.abs(homeMean + homeDeviation * u + span * q - x) < 1e-9, `${u} and ${q} for ${x}`);
    }
    assert.ok(Math.abs(told(50)[0]) < 1, "usual at the present level");
    assert.equal(told(1e6)[1], 0, "far from everything nothing is known");
  });

  it("say what lies where a sensor has lived, or between that and another value", () => {
    const levels = new Levels();
    const random = new Random(6);
    live(levels, 300, () => 20 + 0.5 * random.normal());
    live(levels, 300, () => 80 + random.normal());
    for (const x of [20, 50, 81]) assert.equal(levels.bound(x, 40), x);
    assert.ok(levels.bound(-30, 40) > 15 && levels.bound(-30, 40) < 20);
    assert.ok(levels.bound(300, 40) > 80 && levels.bound(300, 40) < 90);
    assert.equal(levels.bound(300, 120), 120);
  });
});
