import assert from "node:assert/strict";
import { Lru } from "../../src/forecaster/lru";
import { Network, shapeOf } from "../../src/forecaster/network";
import { Random } from "../../src/forecaster/random";
import { Readout } from "../../src/forecaster/readout";
import { type Because, Forecaster, type ForecasterOptions, type Reading } from "../../src/index";
import { plant } from "./plant";

const MINUTE = 60_000;

function near(actual: number, expected: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual}, expected ${expected} ± ${tolerance}`);
}

function total({ inputs, others, own, existing, rest }: Because): number {
  return inputs.reduce((sum, { share }) => sum + share, others + own.share + existing + rest);
}

function shareOf(because: Because, sensor: string): number {
  return because.inputs.find((cause) => cause.sensor === sensor)?.share ?? 0;
}

/** Three sensors that wander slowly, of which two make y: 2 a − 3 b + 1 of the same reading. */
function linearPlant(
  length: number,
  change: (i: number) => Partial<Record<"a" | "b", number>> = () => ({}),
): Reading[] {
  const random = new Random(8);
  const [a, b, c] = [0, 0, 0].map(() => ({ value: 0 }));
  const wander = (one: { value: number }): number => {
    one.value = 0.9 * one.value + random.normal();
    return one.value;
  };
  return Array.from({ length }, (_, i) => {
    const values = { a: 10 + wander(a), b: 20 + wander(b), c: wander(c), ...change(i) };
    return { time: i * MINUTE, values: { ...values, y: 2 * values.a - 3 * values.b + 1 } };
  });
}

function run(f: Forecaster, rows: readonly Reading[], learn = true): void {
  f.askWhy();
  for (const row of rows) f.step(row, { learn });
}

function why(f: Forecaster): Because {
  const because = f.because();
  assert.ok(because);
  return because;
}

describe("because", () => {
  it("splits the state of the recurrent unit by inputs, exactly", () => {
    const random = new Random(2);
    const layer = new Lru(5, 3, new Float64Array(Lru.parameterCount(5, 3)));
    layer.initialise(random);
    const h = Float64Array.from({ length: 10 }, () => random.normal());
    const stayed = [0, 1, 2, -1].map(() => h.slice());
    const start = Float32Array.from([0.5, -1, 2]);
    const moved = new Float64Array(3 * 40);
    for (let s = 0; s < 40; s++) {
      const row = Float32Array.from(start, (u) => u + random.normal());
      layer.forward(h, row, 0);
      for (let k = 0; k < 3; k++) moved[3 * s + k] = row[k] - start[k];
      // The same with input k left where it was; the last one with all of them left.
      stayed.forEach((state, k) => {
        layer.forward(state, k === 3 ? start : row.map((u, l) => (l === k ? start[l] : u)), 0);
      });
    }
    const sum = new Float64Array(10);
    for (let k = 0; k < 3; k++) {
      const effect = new Float64Array(10);
      layer.effect(moved, 40, k, effect, 0);
      for (let j = 0; j < 10; j++) near(effect[j], h[j] - (stayed[k]?.[j] as number), 1e-12, `state ${j}, input ${k}`);
      effect.forEach((part, j) => {
        sum[j] += part;
      });
    }
    for (let j = 0; j < 10; j++) near(sum[j], h[j] - (stayed[3]?.[j] as number), 1e-12, `state ${j}`);
  });

  it("splits the change of a gated output so that nothing is left over", () => {
    const random = new Random(3);
    for (const scale of [1e-9, 0.1, 1, 30]) {
      const parameters = Float64Array.from({ length: Readout.parameterCount(6, 4) }, () => random.normal());
      const readout = new Readout(6, 4, parameters);
      const before = Float64Array.from({ length: 6 }, () => random.normal());
      const after = before.map((x) => x + scale * random.normal());
      const slopes = new Float64Array(6);
      readout.secants(before, after, slopes);
      const parts = slopes.reduce((sum, slope, k) => sum + slope * (after[k] - before[k]), 0);
      const change = readout.forward(after) - readout.forward(before);
      near(parts, change, 1e-9 * scale + 1e-13, `at a scale of ${scale}`);
    }
  });

  it("splits the change of a network's answer so that nothing is left over", () => {
    const random = new Random(4);
    const network = new Network(shapeOf(1, 4, 2));
    network.initialise(random);
    for (let i = network.shape.layer; i < network.shape.total; i++) network.parameters[i] = 0.3 * random.normal();
    const states = 8;
    const start = Float32Array.from([1, -0.5]);
    network.h.forEach((_, j) => {
      network.h[j] = random.normal();
    });
    const stayed = network.h.slice();
    const moved = new Float64Array(2 * 10);
    const phi = new Float64Array(network.shape.features);
    for (let s = 0; s < 10; s++) {
      const row = start.map((u) => u + random.normal());
      network.advance(row, 0);
      network.layer.forward(stayed, start, 0);
      for (let k = 0; k < 2; k++) moved[2 * s + k] = row[k] - start[k];
      phi.set(row, states);
    }
    phi[states + 2] = 1;
    for (let f = states + 3; f < phi.length; f++) phi[f] = random.normal();
    const answer = network.answer(phi);
    const parts = new Float64Array(3);
    network.attribute(phi.slice(), moved, parts);
    // Had all stayed: the inputs where they were, and the last ten changes of the target none.
    phi.set(stayed);
    phi.set(start, states);
    phi.fill(0, states + 3, states + 13);
    near(
      parts.reduce((sum, part) => sum + part, 0),
      answer - network.readout.forward(phi),
      1e-12,
      "sum of the parts",
    );
  });

  it("names the inputs of a linear plant with the coefficients that it has", () => {
    const length = 3000;
    const rows = linearPlant(length + 30, (i) => (i < length ? {} : { a: 12, b: 20.5 }));
    const f = Forecaster.create({ inputs: ["a", "b", "c"], target: "y", horizon: 0, size: 4, targetHistory: false });
    run(f, rows.slice(0, length));
    run(f, rows.slice(length), false);
    const because = why(f);
    assert.equal(because.since, 60 * MINUTE);
    const [earlier] = rows.slice(-61);
    for (const { sensor, from, to, share } of because.inputs) {
      const then = earlier?.values[sensor] as number;
      assert.deepEqual([from, to], [then, rows.at(-1)?.values[sensor]], sensor);
      const factor = { a: 2, b: -3, c: 0 }[sensor] as number;
      near(share, factor * (to - from), 0.03 * Math.abs(because.change), sensor);
    }
    assert.deepEqual(
      because.inputs.map(({ sensor }) => sensor),
      ["b", "a", "c"],
    );
    assert.equal(because.own.share, 0);
  });

  for (const [name, shape] of Object.entries({
    ahead: { horizon: 1 },
    "several horizons": { horizon: [3, 6] },
    "soft sensor": { horizon: 0 },
    "on the existing forecast": { horizon: 2, buildOn: "existing" },
    "for totals": { horizon: 0, centre: "mean" },
  } as Record<string, Partial<ForecasterOptions>>)) {
    it(`adds up at every reading: ${name}`, () => {
      const f = Forecaster.create({ inputs: ["a", "b"], target: "y", size: 4, seed: 3, ...shape });
      let asked = 0;
      f.askWhy();
      for (const row of plant(600)) {
        f.step(row, { learn: true });
        const because = f.because();
        if (!because) continue;
        asked++;
        near(total(because), because.change, 1e-9, "sum of the parts");
      }
      assert.ok(asked > 550);
    });

    it(`says what would be different had an input stayed as it was: ${name}`, () => {
      const rows = plant(1500).map((row) => ({ ...row, time: (row.time - 1_700_000_000_000) * 720 }));
      const options = { inputs: ["a", "b"], target: "y", size: 4, seed: 3, ...shape };
      const f = Forecaster.create(options);
      run(f, rows.slice(0, 1495));
      // Not for long, so that the weights of the experts, which both judge by the same labels, do not part.
      const stayed = Forecaster.load(f.save());
      const { a } = (rows[1494] as Reading).values;
      const last = rows.slice(1495);
      run(f, last, false);
      run(
        stayed,
        last.map((row) => ({ ...row, values: { ...row.values, a } as Reading["values"] })),
        false,
      );
      const because = why(f);
      assert.equal(because.since, 60 * MINUTE);
      const difference = f.forecast().value - stayed.forecast().value;
      assert.ok(Math.abs(difference) > 0.005, `it made a difference: ${difference}`);
      near(shareOf(because, "a"), difference, 0.1 * Math.abs(difference), "share of a");
    });

    it(`changes nothing by being asked: ${name}`, () => {
      const options = { inputs: ["a", "b"], target: "y", size: 4, seed: 3, ...shape };
      const rows = plant(150);
      const [asked, silent] = [Forecaster.create(options), Forecaster.create(options)];
      asked.askWhy();
      for (const row of rows) {
        const { value } = asked.step(row, { learn: true }).forecast;
        asked.because();
        assert.equal(silent.step(row, { learn: true }).forecast.value, value);
      }
      assert.deepEqual(asked.save(), silent.save());
    });
  }

  it("compares with the oldest reading kept, never across a gap, and not before there are two", () => {
    const f = Forecaster.create({ inputs: ["a", "b"], target: "y", size: 4, labelDelay: 10 });
    assert.equal(f.because(), undefined);
    f.askWhy();
    const rows = plant(100);
    const since: (number | undefined)[] = rows.map((row) => {
      f.step(row, { learn: true });
      return f.because()?.since;
    });
    assert.deepEqual(since.slice(0, 4), [undefined, 1000, 2000, 3000]);
    // 10 late labels, 1 ahead, 59 that a dead time reaches back, and 2.
    assert.equal(since.at(-1), 71_000);
    const later = plant(130)
      .slice(100)
      .map((row) => ({ ...row, time: row.time + 3_600_000 }));
    const after = later.map((row) => {
      f.step(row, { learn: true });
      return f.because()?.since;
    });
    assert.deepEqual(after.slice(0, 3), [undefined, 1000, 2000]);
    f.forgetReadings();
    f.step({ ...rows[0], time: rows[99]?.time ?? 0 } as Reading, { learn: true });
    assert.equal(f.because(), undefined);
  });

  it("tells the estimate that stood in for a value that is missing", () => {
    const rows = linearPlant(1000);
    const f = Forecaster.create({ inputs: ["a", "b", "c"], target: "y", horizon: 0, size: 4, targetHistory: false });
    run(f, rows.slice(0, 999));
    const { a, ...rest } = (rows[999] as Reading).values;
    run(f, [{ ...rows[999], values: rest } as Reading]);
    const cause = why(f).inputs.find(({ sensor }) => sensor === "a");
    near(cause?.to as number, a as number, 6, "what stood in for a");
  });
});
