import assert from "node:assert/strict";
import { Random } from "../../src/forecaster/random";
import { SensorRelation } from "../../src/stream/sensor-relation";

const NONE = Uint8Array.of(0, 0, 0, 0);

/** a wanders, b = 2a, c = −a + its own, each with a little noise; d has nothing to do with them. */
class Plant {
  private readonly random: Random;
  private a = 0;

  constructor(seed = 1) {
    this.random = new Random(seed);
  }

  row(): Float64Array {
    const { random } = this;
    this.a = 0.98 * this.a + 0.2 * random.normal();
    const noise = () => 0.1 * random.normal();
    return Float64Array.of(5 + this.a + noise(), 2 * this.a + noise(), -this.a + noise(), random.normal());
  }
}

function learnt(relation: SensorRelation, plant: Plant, n = 2000, lose = (_k: number) => false): void {
  const last = new Float64Array(4);
  for (let i = 0; i < n; i++) {
    const row = plant.row();
    const missing = NONE.slice();
    for (let k = 0; k < 4; k++) {
      if (lose(k)) {
        missing[k] = 1;
        row[k] = last[k];
      } else last[k] = row[k];
    }
    relation.complete(row, 0, missing);
    relation.learn(row, 0, missing, 1);
  }
}

/** Mean absolute error of the estimates of column k over its own spread, each row by itself, and of the uncertainty told. */
function errorOf(relation: SensorRelation, plant: Plant, k: number, lose: readonly number[] = []) {
  let error = 0;
  let told = 0;
  let spread = 0;
  const rows = 500;
  for (let i = 0; i < rows; i++) {
    const row = plant.row();
    const truth = row[k];
    const missing = NONE.slice();
    for (const other of [k, ...lose]) {
      missing[other] = 1;
      row[other] = relation.state.mean[other];
    }
    relation.complete(row, 0, missing);
    error += (row[k] - truth) ** 2;
    told += relation.variance[k];
    spread += (truth - relation.state.mean[k]) ** 2;
  }
  return { error: Math.sqrt(error / spread), told: told / error };
}

describe("SensorRelation", () => {
  it("knows after 200 rows what a missing value should be, and how sure that is", () => {
    const relation = new SensorRelation(4);
    const plant = new Plant();
    learnt(relation, plant, 199);
    assert.equal(relation.known, false);
    learnt(relation, plant, 2000);
    assert.equal(relation.known, true);
    for (const k of [0, 1, 2]) {
      const { error, told } = errorOf(relation, plant, k);
      assert.ok(error < 0.25, `column ${k}: ${error}`);
      assert.ok(told > 0.6 && told < 1.6, `column ${k} says ${told} of its error`);
    }
    assert.ok(errorOf(relation, plant, 3).error > 0.9, "of a sensor of its own the others say nothing");
    const pair = errorOf(relation, plant, 0, [1]);
    assert.ok(pair.error < 0.25, `with another one missing: ${pair.error}`);
  });

  for (const [share, price] of [
    [0.1, 1.05],
    [0.3, 1.15],
  ])
    it(`${100 * share} % lost at random cost hardly anything of what is known`, () => {
      const whole = new SensorRelation(4);
      learnt(whole, new Plant(), 4000);
      const lossy = new SensorRelation(4);
      const random = new Random(7);
      learnt(lossy, new Plant(), 4000, () => random.uniform() < share);
      for (const k of [0, 1, 2]) {
        const [a, b] = [errorOf(whole, new Plant(9), k).error, errorOf(lossy, new Plant(9), k).error];
        assert.ok(b < price * a, `column ${k}: ${b} against ${a}`);
      }
    });

  it("a dead column hides nothing: the others say the same of each other", () => {
    const relation = new SensorRelation(4);
    const plant = new Plant();
    learnt(relation, plant, 1000);
    learnt(relation, plant, 6000, (k) => k === 1);
    const { error } = errorOf(relation, plant, 0, [1]);
    const fresh = new SensorRelation(4);
    learnt(fresh, new Plant(2), 4000);
    const { error: wanted } = errorOf(fresh, new Plant(3), 0, [1]);
    assert.ok(error < 1.15 * wanted, `${error}, ${wanted}`);
    const never = new SensorRelation(4);
    learnt(never, new Plant(2), 4000, (k) => k === 1);
    assert.ok(errorOf(never, new Plant(3), 0, [1]).error < 1.15 * wanted, "one that has never come");
  });

  it("an estimate begins at the last value and becomes less sure the longer nothing comes", () => {
    const relation = new SensorRelation(4);
    learnt(relation, new Plant(), 2000);
    const missing = Uint8Array.of(0, 0, 0, 1);
    let before = 0;
    for (let i = 0; i < 5; i++) {
      const row = Float64Array.of(5, 0, 0, 0);
      relation.complete(row, 0, missing);
      assert.ok(relation.variance[3] >= before);
      before = relation.variance[3];
    }
    relation.complete(Float64Array.of(5, 0, 0, 0), 0, NONE);
    assert.deepEqual([...relation.variance], [0, 0, 0, 0]);
  });

  it("tells of each column what the others cannot explain, and what they say instead", () => {
    const relation = new SensorRelation(4);
    const plant = new Plant();
    learnt(relation, plant);
    const row = plant.row();
    const { b } = { b: row[1] };
    relation.explain(row, 0, NONE);
    assert.ok(Math.max(...[0, 1, 2].map((k) => Math.abs(relation.residual[k]))) < 0.6);
    row[1] += 5;
    relation.explain(row, 0, NONE);
    assert.ok(Math.abs(relation.residual[1]) > 1.5);
    assert.ok(Math.abs(relation.expected(1) - b) < 0.5, `${relation.expected(1)} for ${b}`);
    relation.explain(row, 0, Uint8Array.of(0, 1, 0, 0));
    assert.equal(relation.residual[1], 0);
    assert.ok(Math.abs(relation.estimate(1) - b) < 0.5);
    assert.ok(
      Math.max(...[0, 2].map((k) => Math.abs(relation.residual[k]))) < 0.6,
      "it explains nothing of the others",
    );
    assert.ok(relation.openShare(1, NONE) < 0.05 && relation.openShare(3, NONE) > 0.8);
  });

  it("a label corrects what stands in for an input", () => {
    const relation = new SensorRelation(3, true);
    const random = new Random(4);
    const draw = (): Float64Array => {
      const [a, b] = [random.normal(), random.normal()];
      return Float64Array.of(a, b, a + 2 * b + 0.1 * random.normal());
    };
    for (let i = 0; i < 2000; i++) {
      const row = draw();
      relation.complete(row, 0, Uint8Array.of(0, 0, 1));
      const label = row[2];
      row[2] = label;
      relation.learn(row, 0, Uint8Array.of(0, 0, 0), 1);
    }
    let before = 0;
    let after = 0;
    for (let i = 0; i < 200; i++) {
      const row = draw();
      const [, b, y] = row;
      row[1] = 0;
      relation.complete(row, 0, Uint8Array.of(0, 1, 1));
      before += (row[1] - b) ** 2;
      assert.equal(relation.correct(row, 0, Uint8Array.of(0, 1, 0), y), true);
      after += (row[1] - b) ** 2;
    }
    assert.ok(after < 0.05 * before, `${after} after ${before}`);
    const row = Float64Array.of(0, 0, 0);
    relation.complete(row, 0, Uint8Array.of(0, 1, 1));
    assert.equal(relation.correct(row, 0, Uint8Array.of(0, 1, 0), 1e6), false, "a label that lies corrects nothing");
  });

  it("is the same in other units", () => {
    const run = (units: readonly number[]): number[] => {
      const relation = new SensorRelation(4);
      const plant = new Plant();
      const random = new Random(5);
      return Array.from({ length: 1000 }, () => {
        const row = plant.row().map((x, k) => x * units[k]);
        const missing = NONE.slice();
        const k = Math.floor(4 * random.uniform());
        missing[k] = 1;
        row[k] = 0;
        relation.complete(row, 0, missing);
        relation.learn(row, 0, missing, 1);
        return row[k] / units[k];
      });
    };
    const plain = run([1, 1, 1, 1]);
    run([1000, 1e-3, 1e6, 1]).forEach((x, i) => {
      if (i > 300) assert.ok(Math.abs(x - plain[i]) < 1e-6, `${i}: ${x}, ${plain[i]}`);
    });
  });

  it("stays finite with absurd values", () => {
    const relation = new SensorRelation(4);
    const random = new Random(6);
    const wild = [1e100, -1e100, 0, 1e-300, 5, 1e50];
    for (let i = 0; i < 5000; i++) {
      const row = Float64Array.from({ length: 4 }, () => wild[Math.floor(6 * random.uniform())] * random.normal());
      const missing = Uint8Array.from({ length: 4 }, () => (random.uniform() < 0.3 ? 1 : 0));
      relation.complete(row, 0, missing);
      relation.learn(row, 0, missing, random.uniform());
      assert.ok(row.every(Number.isFinite), `${i}: ${row}`);
    }
    for (const numbers of Object.values(relation.state))
      assert.ok(typeof numbers === "number" ? Number.isFinite(numbers) : numbers.every(Number.isFinite));
  });
});
