import assert from "node:assert/strict";
import { Random } from "../../src/forecaster/random";
import { Contradiction } from "../../src/guard/contradiction";

const NAMES = ["load", "air", "flue", "steam", "own"] as const;
const LEARNT = 2000;

/** Load, air, flue gas and steam of a boiler follow one another; the fifth sensor has nothing to do with them. */
class Boiler {
  private readonly random: Random;
  private i = 0;

  constructor(seed = 3) {
    this.random = new Random(seed);
  }

  reading(): Float64Array {
    const { random } = this;
    this.i += 1;
    const load = 50 + 8 * Math.sin(this.i / 60) + 4 * Math.sin(this.i / 17);
    const around = (x: number) => x + 0.3 * random.normal();
    return Float64Array.of(around(load), around(1.4 * load), around(0.8 * load), around(2 * load), random.normal());
  }
}

function running(patience = 1000, tolerance = [1, 1, 1, 1, 1]) {
  const boiler = new Boiler();
  const contradiction = new Contradiction(tolerance, patience);
  let accusations = 0;
  /** Reads on with some values changed; gives for each reading who is accused. */
  const read = (n: number, change?: (values: Float64Array, i: number) => void): string[] =>
    Array.from({ length: n }, (_, i) => {
      const values = boiler.reading();
      change?.(values, i);
      contradiction.judge(values, 1);
      const accused = NAMES.filter((_, k) => contradiction.state.accused[k] === 1).join();
      if (accused !== "") accusations += 1;
      return accused;
    });
  read(LEARNT);
  assert.equal(accusations, 0, "nobody in health");
  return { contradiction, read };
}

/** A drift of 20 units in 400 readings: the load moves by 12 around its mean. */
const drift = (k: number) => (values: Float64Array, i: number) => {
  values[k] += Math.min(i, 400) / 20;
};

describe("Contradiction", () => {
  it("accuses nobody in 20,000 healthy readings", () => {
    const { read } = running();
    assert.ok(read(20_000).every((accused) => accused === ""));
  });

  for (const k of [1, 3])
    it(`names the sensor that drifts within its range, and what it should show: ${NAMES[k]}`, () => {
      const { contradiction, read } = running();
      const accused = read(400, drift(k));
      const first = accused.findIndex((names) => names !== "");
      assert.ok(first > 10 && first < 200, `${first}`);
      assert.ok(accused.slice(first + 60).every((names) => names === NAMES[k]));
      let shown = 0;
      read(1, (values) => {
        shown = values[k];
        values[k] += 20;
      });
      assert.ok(contradiction.excess[k] > 1);
      assert.ok(Math.abs(contradiction.expected(k) - shown) < 3, `${contradiction.expected(k)} for ${shown}`);
      const after = read(10);
      assert.ok(after.indexOf("") <= 3, "it agrees again");
    });

  it("learns nothing from what it accuses, from the first reading on, and accuses nobody else for it", () => {
    const { contradiction, read } = running();
    const { mean, deviation } = contradiction.relation.state;
    const [before, spread] = [mean[3], deviation[3]];
    const accused = read(60, (values) => {
      values[3] *= 1000;
    });
    assert.ok(
      accused.every((names) => names === NAMES[3]),
      accused.join(" "),
    );
    assert.ok(Math.abs(mean[3] - before) < 1, `${mean[3]} was ${before}`);
    assert.ok(Math.abs(contradiction.state.level[3] - before) < 2 * spread, `${contradiction.state.level[3]}`);
    const after = read(2000);
    assert.deepEqual([...new Set(after.slice(3))], [""]);
    assert.ok(deviation[3] < 1.2 * spread, `${deviation[3]} was ${spread}`);
  });

  it("says nothing of a sensor that the others do not explain", () => {
    const { read } = running();
    const off = read(400, (values) => {
      values[4] += 3;
    });
    assert.ok(off.every((accused) => accused === ""));
  });

  it("has two in doubt as long as it cannot be told which one is wrong", () => {
    const boiler = new Boiler();
    const contradiction = new Contradiction([1, 1], 1000);
    for (let i = 0; i < LEARNT; i++) contradiction.judge(boiler.reading().slice(0, 2), 1);
    let pairs = 0;
    for (let i = 0; i < 400; i++) {
      const values = boiler.reading().slice(0, 2);
      // Within its range: of one far outside it would be clear.
      values[0] += Math.min(i, 160) / 20;
      contradiction.judge(values, 1);
      if (contradiction.isAnyAccused) assert.equal(contradiction.isPair, true, `${i}`);
      if (contradiction.isPair) pairs += 1;
    }
    assert.ok(pairs > 200, `${pairs}`);
  });

  it("ends an accusation after as many readings as it is told, and takes it for the new way", () => {
    for (const lost of [false, true]) {
      const { read } = running(100);
      const accused = read(1500, (values, i) => {
        values[1] += 20;
        if (lost && i % 3 === 0) values[1] = Number.NaN;
      });
      assert.equal(accused.filter((names) => names !== "").length, 100, lost ? "with lost readings" : "");
      assert.ok(read(1000, (values) => drift(1)(values, 400)).every((names) => names === ""));
    }
  });

  it("never accuses the others because a sensor is lost, now and then or for good", () => {
    for (const share of [0.01, 0.1, 0.3]) {
      const { read } = running();
      const random = new Random(9);
      const lossy = read(6000, (values) => {
        for (let k = 0; k < values.length; k++) if (random.uniform() < share) values[k] = Number.NaN;
      });
      assert.deepEqual([...new Set(lossy)], [""], `${share}`);
    }
    for (const k of [0, 1, 4]) {
      const { read } = running();
      const dead = read(6000, (values) => {
        values[k] = Number.NaN;
      });
      assert.deepEqual([...new Set(dead)], [""], NAMES[k]);
    }
  });

  it("compares more tolerantly where that is wanted, and not at all where nothing is wanted", () => {
    const first = (tolerance: number): number => {
      const { read } = running(1000, [1, tolerance, 1, 1, 1]);
      return read(400, drift(1)).findIndex((names) => names.includes("air"));
    };
    const [strict, tolerant] = [first(1), first(2)];
    assert.ok(strict > 0 && tolerant > strict, `${strict}, ${tolerant}`);
  });
});
