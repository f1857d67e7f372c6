import assert from "node:assert/strict";
import * as fc from "fast-check";
import { Random } from "../../src/forecaster/random";
import { Agreement } from "../../src/guard/agreement";

/** The engine's sensors are speed, pressure, flow and fuel. */
const FLOW = 2;
const FUEL = 3;
/** Deviation of the flow in `engine`. */
const SIGMA = 1.6;

/** Readings of an engine: speed and pressure wander, the flow follows from both, the fuel from the flow. */
function engine(seed = 1): (i: number) => Float64Array {
  const random = new Random(seed);
  const row = new Float64Array(4);
  const wander = [0, 0];
  return () => {
    for (let k = 0; k < 2; k++) wander[k] += -0.05 * wander[k] + 0.316 * random.normal();
    row[0] = wander[0] + 0.05 * random.normal();
    row[1] = wander[1] + 0.05 * random.normal();
    row[FLOW] = wander[0] + 1.2 * wander[1] + 0.05 * random.normal();
    row[FUEL] = 2 * row[FLOW] + 0.05 * random.normal();
    return row;
  };
}

/** An engine whose flow is told a third time, so that all others can say which of two is wrong. */
function watched(seed = 1): () => Float64Array {
  const read = engine(seed);
  const random = new Random(seed + 100);
  return () => {
    const row = read(0);
    return Float64Array.of(...row, 0.5 * row[FLOW] + 0.05 * random.normal());
  };
}

const tolerant = (n: number) => new Array(n).fill(1);

function learnt(read: () => Float64Array, width: number, patience?: number): Agreement {
  const agreement = new Agreement(tolerant(width), patience);
  for (let i = 0; i < 2000; i++) agreement.judge(read());
  return agreement;
}

const accused = (agreement: Agreement) => [...agreement.verdict.keys()].filter((i) => agreement.verdict[i] === 1);

describe("agreement of sensors", () => {
  it("accuses nobody in 20,000 healthy readings", () => {
    for (const seed of [1, 2]) {
      const agreement = new Agreement(tolerant(4));
      const read = engine(seed);
      for (let i = 0; i < 20_000; i++) {
        agreement.judge(read(i));
        assert.deepEqual(accused(agreement), [], `reading ${i} of engine ${seed}`);
      }
    }
  });

  it("finds a slow drift, tells what the sensor should show, follows the drift back, and clears it after the repair", () => {
    const read = watched();
    const agreement = learnt(read, 5);
    let found = -1;
    let late = 0;
    let cleared = -1;
    for (let i = 0; i < 700; i++) {
      const row = read();
      const truth = row[FLOW];
      if (i < 600) row[FLOW] += (3 * SIGMA * (i + 1)) / 600;
      agreement.judge(row);
      const now = accused(agreement);
      if (now.length === 0 && found >= 0 && cleared < 0) cleared = i;
      if (now.length === 0) continue;
      assert.deepEqual(now, [FLOW], `reading ${i}`);
      assert.ok(
        Math.abs(agreement.expected(FLOW) - truth) < 0.2,
        `reading ${i}: ${agreement.expected(FLOW)}, ${truth}`,
      );
      if (found < 0) {
        found = i;
        late = agreement.late;
      } else {
        assert.equal(agreement.late, 0, "told once");
      }
    }
    assert.ok(found > 10 && found < 120, `found after ${found}`);
    assert.ok(late >= 30 && late <= 128, `followed back by ${late}`);
    assert.ok(cleared >= 600 && cleared < 610, `cleared at ${cleared}`);
  });

  it("finds a jump within the usual range at once, and takes three readings in a row as proof that it is over", () => {
    const read = watched();
    const agreement = learnt(read, 5);
    const seen: number[] = [];
    for (let i = 0; i < 8; i++) {
      const row = read();
      if (i < 2) row[FLOW] += 2 * SIGMA;
      agreement.judge(row);
      seen.push(accused(agreement).length);
      assert.equal(agreement.late, 0, "before the jump all was well");
      if (i === 2) assert.ok(agreement.isAgreeing);
    }
    assert.deepEqual(seen, [1, 1, 1, 1, 0, 0, 0, 0]);
  });

  it("suspects both of two that contradict each other, as long as the others cannot tell", () => {
    const random = new Random(5);
    const read = () => {
      const x = random.normal();
      return Float64Array.of(x + 0.01 * random.normal(), 3 * x + 0.03 * random.normal(), random.normal());
    };
    const agreement = learnt(read, 3);
    for (let i = 0; i < 20; i++) {
      const row = read();
      row[0] += 1;
      agreement.judge(row);
      assert.deepEqual(accused(agreement), [0, 1]);
    }
  });

  it("believes a sensor whose unit was changed after 150 readings", () => {
    const read = watched();
    const agreement = learnt(read, 5);
    let held = 0;
    for (let i = 0; i < 1500; i++) {
      const row = read();
      row[FLOW] = 1.8 * row[FLOW] + 4;
      agreement.judge(row);
      if (accused(agreement).length > 0) held += 1;
    }
    assert.ok(held >= 149 && held <= 200, `${held}`);
  });

  it("takes a contradiction that lasts for the plant's new way, and does not mistake a drift for a change of unit", () => {
    for (const patience of [200, 400]) {
      const read = watched();
      const agreement = learnt(read, 5, patience);
      let held = 0;
      let first = -1;
      let i = 0;
      for (; i < 900; i++) {
        const row = read();
        row[FLOW] += (SIGMA * i) / 200;
        agreement.judge(row);
        if (accused(agreement).length === 0) {
          if (held > 0) break;
          continue;
        }
        if (first < 0) first = i;
        held += 1;
      }
      assert.equal(held, patience);
      // The relation is known anew only after some hundred readings.
      for (let n = 0; n < 300; n++) {
        agreement.judge(read());
        assert.deepEqual(accused(agreement), []);
      }
    }
  });

  it("learns anew where more than two sensors change at a time", () => {
    const random = new Random(3);
    const read = () => {
      const x = random.normal();
      return Float64Array.from({ length: 7 }, () => x + 0.05 * random.normal());
    };
    const agreement = learnt(read, 7);
    for (let i = 0; i < 500; i++) {
      const row = read();
      for (const k of [1, 2, 4]) row[k] += k;
      agreement.judge(row);
      assert.deepEqual(accused(agreement), [], `reading ${i}: nothing is known yet`);
    }
  });

  it("has nothing against a plant that goes where it has never been, and learns what holds there", () => {
    const random = new Random(6);
    let load = 1;
    // Twice the load, and a flow that follows it by another law: what a fan does beyond its knee.
    const read = () => {
      const x = load + 0.1 * random.normal();
      const around = (y: number) => y + 0.005 * random.normal();
      return Float64Array.of(around(x), around(x), around(2 * x), around(x > 1.4 ? 1.4 + 0.3 * (x - 1.4) : x));
    };
    const agreement = learnt(read, 4);
    for (let i = 0; i < 3000; i++) {
      load = 1 + Math.min(1, i / 200);
      agreement.judge(read());
      assert.deepEqual(accused(agreement), [], `reading ${i}`);
    }
    const row = read();
    row[3] -= 3;
    agreement.judge(row);
    assert.deepEqual(accused(agreement), [3], "what is usual there is known by now");
  });

  it("leaves out what is absent, and excuses whom an absent one contradicted", () => {
    const read = watched();
    const agreement = learnt(read, 5);
    for (let i = 0; i < 50; i++) {
      const row = read();
      row[FLOW] = Number.NaN;
      agreement.judge(row);
      assert.deepEqual(accused(agreement), []);
    }
    const row = read();
    row[FLOW] = Number.NaN;
    row[FUEL] += 6;
    agreement.judge(row);
    assert.deepEqual(accused(agreement), [FUEL], "with the flow gone its third sensor still tells");
    for (let i = 0; i < 10; i++) {
      assert.deepEqual(accused(agreement), [FUEL], "a lost reading is no proof");
      const next = read();
      next[FUEL] = Number.NaN;
      agreement.judge(next);
    }
    assert.deepEqual(accused(agreement), []);
  });

  it("does not hold a sensor for ever whose rival has died", () => {
    const random = new Random(8);
    const read = () => {
      const x = random.normal();
      return Float64Array.of(x + 0.02 * random.normal(), x + 0.02 * random.normal());
    };
    const agreement = learnt(read, 2);
    for (let i = 0; i < 50; i++) {
      const row = read();
      row[0] += 2;
      if (i > 5) row[0] = Number.NaN;
      agreement.judge(row);
      assert.equal(accused(agreement).length, i < 15 ? 2 : 0, `reading ${i}`);
    }
  });

  it("does not hold the last sensor that is left", () => {
    const read = watched();
    const agreement = learnt(read, 5);
    for (let i = 0; i < 50; i++) {
      const row = read();
      row[FLOW] += 3;
      if (i > 5) for (const k of [0, 1, FUEL, 4]) row[k] = Number.NaN;
      agreement.judge(row);
      assert.deepEqual(accused(agreement), i < 15 ? [FLOW] : [], `reading ${i}`);
    }
  });

  it("finds a fault that comes again as well as the first time", () => {
    const read = watched();
    const agreement = learnt(read, 5);
    for (let again = 0; again < 6; again++) {
      let found = 0;
      for (let i = 0; i < 1000; i++) {
        const row = read();
        if (i < 500) row[FLOW] += 0.5 * SIGMA * Math.min(1, i / 200);
        agreement.judge(row);
        if (i >= 200 && i < 500) found += agreement.verdict[FLOW];
      }
      assert.equal(found, 300, `time ${again}`);
    }
  });

  it("says nothing of a sensor that the others do not explain", () => {
    const random = new Random(4);
    const read = () => {
      const x = random.normal();
      return Float64Array.of(x, 0.8 * x + 0.6 * random.normal(), random.normal());
    };
    const agreement = learnt(read, 3);
    for (let i = 0; i < 600; i++) {
      const row = read();
      row[1] += (3 * i) / 600;
      agreement.judge(row);
      assert.deepEqual(accused(agreement), []);
    }
  });

  it("learns what is usual whichever readings of a sensor are lost", () => {
    for (let phase = 0; phase < 20; phase++) {
      const read = watched();
      const random = new Random(9);
      const agreement = new Agreement(tolerant(5));
      let wander = 0;
      for (let i = 0; i < 4000; i++) {
        const row = read();
        // A part of it that no other explains, from the beginning: more than the least that can be too much.
        wander += -0.01 * wander + 0.04 * random.normal();
        row[FLOW] += wander;
        if (i >= 400 && i % 20 === phase) row[1] = Number.NaN;
        agreement.judge(row);
        assert.deepEqual(accused(agreement), [], `reading ${i}, phase ${phase}`);
      }
    }
  });

  it("gives the same verdicts in any unit", () => {
    const run = (scale: number[], offset: number[]) => {
      const read = watched(7);
      const agreement = new Agreement(tolerant(5));
      const verdicts: string[] = [];
      for (let i = 0; i < 3200; i++) {
        const row = read();
        if (i >= 2000 && i < 2600) row[FLOW] += (3 * SIGMA * (i - 2000)) / 600;
        agreement.judge(row.map((x, k) => scale[k] * x + offset[k]));
        verdicts.push(accused(agreement).join());
      }
      return verdicts;
    };
    const plain = run([1, 1, 1, 1, 1], [0, 0, 0, 0, 0]);
    assert.ok(plain.includes(`${FLOW}`));
    assert.deepEqual(run([1024, 2 ** -40, 8, 2 ** 60, 2], [0, 0, 0, 0, 0]), plain);
    assert.deepEqual(run([1e-9, 1e6, 1000, 0.1, 3], [1e-6, 5e7, -300, 1, 0]), plain);
  });

  it("is asked for more by a tolerant sensor, and for nothing by one that is not to be compared", () => {
    const firstAt = (tolerance: number) => {
      const read = watched();
      const agreement = new Agreement([1, 1, tolerance, 1, 1]);
      for (let i = 0; i < 2000; i++) agreement.judge(read());
      for (let i = 0; i < 600; i++) {
        const row = read();
        row[FLOW] += (3 * SIGMA * i) / 600;
        agreement.judge(row);
        if (accused(agreement).includes(FLOW)) return i;
      }
      return Number.POSITIVE_INFINITY;
    };
    assert.ok(firstAt(1) < firstAt(8));
  });

  it("goes on from what was saved exactly as it would have", () => {
    const [one, two] = [watched(), watched()];
    const agreement = new Agreement(tolerant(5));
    let other = new Agreement(tolerant(5));
    for (let i = 0; i < 3000; i++) {
      const [row, same] = [one(), two()];
      if (i >= 2000 && i < 2500) for (const r of [row, same]) r[FLOW] += (3 * SIGMA * (i - 2000)) / 600;
      agreement.judge(row);
      other.judge(same);
      if (i % 77 === 0) {
        const restored = new Agreement(tolerant(5));
        restored.buffers().forEach((buffer, k) => {
          buffer.set(other.buffers()[k]);
        });
        other = restored;
      }
      assert.deepEqual(other.buffers(), agreement.buffers(), `reading ${i}`);
    }
  });

  it("stays finite whatever the sensors say", () => {
    const value = fc.oneof(
      fc.constantFrom(0, 1, -1, Number.NaN, 1e100, -1e100, 1e-300, 5e-324, 1e15, 1e15 + 1),
      fc.double({ min: -1e100, max: 1e100, noNaN: true }),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 5 }),
        fc.array(fc.array(value, { minLength: 5, maxLength: 5 }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 0, max: 1000 }),
        (width, rows, seed) => {
          const agreement = new Agreement(tolerant(width), 50);
          const read = watched(seed);
          for (let i = 0; i < 700; i++) agreement.judge(read().slice(0, width));
          for (let i = 0; i < 700; i++) {
            agreement.judge(Float64Array.from(i % 3 === 0 ? rows[i % rows.length] : read()).slice(0, width));
            for (let k = 0; k < width; k++)
              if (agreement.verdict[k] === 1) assert.ok(Number.isFinite(agreement.expected(k)));
          }
          for (const buffer of agreement.buffers()) assert.ok(buffer.every(Number.isFinite));
        },
      ),
      { numRuns: 60 },
    );
  });
});
