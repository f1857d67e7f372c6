/** A soft sensor with rare labels: as good as the simplest models from the first labels on. */
import assert from "node:assert/strict";
import { Forecaster } from "../../src/forecaster/forecaster";
import { Random } from "../../src/forecaster/random";

const LEARN = { learn: true };

interface Plant {
  inputs: readonly string[];
  say: (random: Random, i: number) => Record<string, number>;
}

/** Sensors that wander. */
function wandering(count: number): (random: Random) => number[] {
  const state = new Array<number>(count).fill(0);
  return (random) => {
    for (let k = 0; k < count; k++) state[k] += -state[k] / 40 + Math.sqrt(2 / 40) * random.normal();
    return [...state];
  };
}

/** Mean absolute error at all readings from one on, in units of the noise; the target is shown every so many readings. */
function run({ inputs, say }: Plant, of: { every: number; readings: number; from: number; light?: boolean }) {
  const f = Forecaster.create({ inputs, target: "y", horizon: 0, seed: 2, light: of.light });
  const random = new Random(31);
  let error = 0;
  for (let i = 0; i < of.readings; i++) {
    const { y, ...values } = say(random, i);
    const isLabelled = (i + 1) % of.every === 0;
    const { forecast, scored } = f.step({ time: 60_000 * i, values: isLabelled ? { ...values, y } : values }, LEARN);
    const own = isLabelled && scored ? scored.forecast : forecast.value;
    if (i >= of.from) error += Math.abs(own - y) / (of.readings - of.from);
  }
  return { error, f };
}

describe("plain regressions of a soft sensor", () => {
  const twelve = (): Plant => {
    const names = Array.from({ length: 12 }, (_, k) => `s${k}`);
    const wander = wandering(12);
    return {
      inputs: names,
      say: (random) => {
        const u = wander(random);
        return {
          ...Object.fromEntries(names.map((name, k) => [name, u[k]])),
          y: 5 + u[3] - 2 * u[7] + 0.2 * random.normal(),
        };
      },
    };
  };

  for (const light of [false, true])
    it(`learn two of twelve sensors from a hundred labels: ${light ? "light" : "full"}`, () => {
      const { error } = run(twelve(), { every: 60, readings: 9000, from: 6000, light });
      assert.ok(error < 0.2, `${error}, where noise makes 0.16`);
    }).timeout(20_000);

  it("learn a product of two sensors", () => {
    const wander = wandering(2);
    const say = (random: Random): Record<string, number> => {
      const [a, b] = wander(random);
      return { a, b, y: 50 + 3 * (1 + 0.5 * a) * (1 + 0.5 * b) + 0.1 * random.normal() };
    };
    const { error, f } = run({ inputs: ["a", "b"], say }, { every: 20, readings: 10_000, from: 7000 });
    assert.ok(error < 0.15, `${error}, where noise makes 0.08`);
    assert.ok((f.forecast().experts.plainQuadratic ?? 0) > 0.3, JSON.stringify(f.forecast().experts));
  }).timeout(20_000);

  it("learn what bends from fifty labels, with two sensors beside that say nothing", () => {
    const wander = wandering(4);
    const say = (random: Random): Record<string, number> => {
      const [a, b, c, d] = wander(random);
      return { a, b, c, d, y: 50 + 5 * Math.exp(0.5 * a) - 2 * b + 0.1 * random.normal() };
    };
    const { error } = run({ inputs: ["a", "b", "c", "d"], say }, { every: 60, readings: 4500, from: 3000 });
    // A straight line is wrong by .58.
    assert.ok(error < 0.3, `${error}`);
  });

  it("follow a bias that drifts", () => {
    const wander = wandering(1);
    const say = (random: Random, i: number): Record<string, number> => {
      const [a] = wander(random);
      return { a, y: 50 + 3 * a + 4 * Math.sin(i / 1500) + 0.1 * random.normal() };
    };
    const { error } = run({ inputs: ["a"], say }, { every: 10, readings: 12_000, from: 6000 });
    assert.ok(error < 0.3, `${error}`);
  }).timeout(20_000);

  it("hold over all levels: a plant that stops each night, a label each hour", () => {
    const wander = wandering(1);
    const say = (random: Random, i: number): Record<string, number> => {
      const [a] = wander(random);
      const runs = i % 1440 < 960;
      return runs
        ? { load: 20 + 3 * a + 0.1 * random.normal(), ambient: 15 + random.normal(), y: 100 + 15 * a }
        : { load: 0, ambient: 15 + random.normal(), y: 0.1 * random.normal() };
    };
    const { error } = run({ inputs: ["load", "ambient"], say }, { every: 60, readings: 12_000, from: 4000 });
    assert.ok(error < 2, `${error}`);
  }).timeout(20_000);

  it("hold for both halves of a machine that is on for 20 readings and off for 20, a label with each", () => {
    const wander = wandering(1);
    const say = (random: Random, i: number): Record<string, number> => {
      const [a] = wander(random);
      const on = i % 40 < 20 ? 1 : 0;
      return { a, valve: on, y: on === 1 ? 70 + 4 * a : 30 + 2 * a };
    };
    const { error, f } = run({ inputs: ["a", "valve"], say }, { every: 1, readings: 2000, from: 1000 });
    assert.ok(error < 0.3, `${error}, where the target moves by 40`);
    assert.ok((f.forecast().experts.plainQuadratic ?? 0) > 0.5, JSON.stringify(f.forecast().experts));
  });

  it("are there from some thirty labels on, one with each reading", () => {
    const wander = wandering(2);
    const say = (random: Random): Record<string, number> => {
      const [a, b] = wander(random);
      return { a, b, y: 50 + 4 * a + b + 0.3 * random.normal() };
    };
    const { error } = run({ inputs: ["a", "b"], say }, { every: 1, readings: 60, from: 30 });
    assert.ok(error < 0.5, `${error}, where noise makes 0.24`);
  });

  it("know an estimate between two labels as well as at one, however regularly these come", () => {
    const random = new Random(8);
    const u: number[] = [];
    let level = 0;
    const f = Forecaster.create({ inputs: ["u"], target: "y", horizon: 0, seed: 1 });
    const errors = { at: 0, between: 0 };
    for (let i = 0; i < 9000; i++) {
      level += -level / 60 + Math.sqrt(2 / 60) * random.normal();
      u.push(level);
      const y = 100 + 10 * u[Math.max(0, i - 15)] + 0.3 * random.normal();
      const isLabelled = i % 10 === 9;
      const values = { u: level + 0.02 * random.normal() };
      const { forecast, scored } = f.step({ time: 1000 * i, values: isLabelled ? { ...values, y } : values }, LEARN);
      if (i < 5000) continue;
      if (isLabelled && scored) errors.at += Math.abs(scored.error) / 400;
      else errors.between += Math.abs(forecast.value - y) / 3600;
    }
    assert.ok(errors.between < 2 * errors.at, `${errors.between} between labels, ${errors.at} at them`);
  }).timeout(20_000);

  it("go on bit by bit through a record", () => {
    const plant = twelve();
    const random = new Random(3);
    const whole = Forecaster.create({ inputs: plant.inputs, target: "y", horizon: 0, seed: 2 });
    const rows = Array.from({ length: 1500 }, (_, i) => {
      const { y, ...values } = plant.say(random, i);
      return { time: 1000 * i, values: i % 7 === 0 ? { ...values, y } : values };
    });
    for (const row of rows.slice(0, 1000)) whole.step(row, LEARN);
    const loaded = Forecaster.load(whole.save());
    for (const row of rows.slice(1000))
      assert.equal(loaded.step(row, LEARN).forecast.value, whole.step(row, LEARN).forecast.value);
  });

  for (const [name, first] of [
    ["0 until the link is up", 0],
    ["a fault", 32_767],
  ] as const)
    it(`are not lost where a sensor begins with another value: ${name}`, () => {
      const wander = wandering(1);
      const say = (random: Random, i: number): Record<string, number> => {
        const [a] = wander(random);
        return { a: i === 0 ? first : 1000 + 0.1 * a, y: 50 + 3 * a + 0.1 * random.normal() };
      };
      const { error } = run({ inputs: ["a"], say }, { every: 10, readings: 3000, from: 2000 });
      assert.ok(error < 0.15, `${error}, where noise makes 0.08`);
    });

  it("take values of whatever size, and a record of them can be read", () => {
    const wander = wandering(2);
    const rubbish = [1e29, -1e30, 3.4028235e38, 1e99, -1e308, Number.POSITIVE_INFINITY];
    const say = (random: Random, i: number): Record<string, number> => {
      const [a, b] = wander(random);
      const isRubbish = i > 300 && i % 50 === 0;
      return { a: isRubbish ? rubbish[(i / 50) % rubbish.length] : 1e-12 * a, b, y: 5 + a + b + 0.1 * random.normal() };
    };
    const { error, f } = run({ inputs: ["a", "b"], say }, { every: 5, readings: 3000, from: 2000 });
    assert.ok(error < 0.6, `${error}`);
    assert.equal(Forecaster.load(f.save()).forecast().value, f.forecast().value);
  });
});
