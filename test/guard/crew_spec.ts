import assert from "node:assert/strict";
import { Random } from "../../src/forecaster/random";
import { Guard, type GuardOptions, type Verdict } from "../../src/guard/guard";
import { sentence } from "../../src/guard/reason";
import { SENSORS } from "../../src/simulator/instrument";
import { Simulator } from "../../src/simulator/simulator";

const options: GuardOptions = { inputs: ["load", "air", "flue", "lab"], target: "steam", horizon: 1 };
const LEARNT = 2000;

/** A boiler whose air, flue gas and steam follow from the load; the laboratory says something now and then. */
class Boiler {
  private readonly random = new Random(3);
  private wander = 0;
  private i = 0;

  reading(): Record<string, number> {
    const { random } = this;
    this.wander += -0.02 * this.wander + 0.2 * random.normal();
    const load = 50 + 10 * this.wander;
    const around = (x: number) => x + 0.3 * random.normal();
    const values = { load: around(load), air: around(1.4 * load), flue: around(0.8 * load), steam: around(2 * load) };
    this.i += 1;
    return this.i % 20 === 0 ? { ...values, lab: random.normal() } : values;
  }
}

interface Seen {
  guard: Guard;
  /** Reads on, with some values changed; the last verdict, copied. */
  read: (n: number, change?: (values: Record<string, number>, i: number) => void) => Verdict;
}

function running(own: Partial<GuardOptions> = {}): Seen {
  const guard = new Guard({ ...options, ...own });
  const boiler = new Boiler();
  let i = 0;
  const read: Seen["read"] = (n, change) => {
    let verdict: Verdict | undefined;
    for (let k = 0; k < n; k++) {
      const values = boiler.reading();
      change?.(values, k);
      verdict = guard.check(1000 * i++, values);
    }
    return structuredClone(verdict as Verdict);
  };
  read(LEARNT);
  return { guard, read };
}

/** A drift of 20 units in 400 readings: the load wanders by 10 from its mean. */
const drifting = (sensor: string) => (values: Record<string, number>, i: number) => {
  values[sensor] += i / 20;
};

describe("Guard, comparing sensors with each other", () => {
  for (const sensor of ["air", "steam"]) {
    it(`finds a slow drift that no sensor shows by itself: ${sensor}`, () => {
      const { read } = running();
      let retracted = 0;
      let first = -1;
      const drift = drifting(sensor);
      for (let i = 0; i < 400; i++) {
        const { reasons, retract, held, learn, ne107 } = read(1, (values) => drift(values, i));
        if (retract.readings > 0) {
          assert.ok(retract.sensors.includes(sensor));
          retracted += retract.readings;
        }
        if (reasons.length === 0) continue;
        if (first < 0) first = i;
        assert.ok(reasons.every(({ rule }) => rule === "agreement"));
        assert.equal(learn, 0);
        // At first it may be one of two.
        if (i > first + 50) assert.deepEqual(held, [sensor]);
        else assert.ok(held.includes(sensor) && held.length <= 2);
        assert.equal(ne107, "maintenance required");
        assert.equal(reasons[0].lasting, i - first + 1);
        assert.ok(Math.abs(reasons[0].held - Number(reasons[0].value)) > 1e-9, "a wrong value is no last good one");
        assert.match(
          sentence(reasons[0]),
          /^(air|steam): [\d.]+ contradicts the other sensors, which say [\d.]+ \(readings/,
        );
      }
      assert.ok(first > 10 && first < 150, `${first}`);
      assert.ok(retracted >= 30 && retracted <= 128, `${retracted}`);
      const after = read(1);
      assert.deepEqual(
        [after.state, after.held],
        ["uncertain", []],
        "it agrees, so its value is used, but nothing learnt",
      );
      assert.equal(after.learn, 0);
      assert.equal(read(5).state, "good");
    });
  }

  it("believes a person who says that the sensors are right", () => {
    const { guard, read } = running();
    assert.deepEqual(read(400, drifting("air")).held, ["air"]);
    guard.accept();
    const offset = (values: Record<string, number>) => {
      values.air += 20;
    };
    assert.deepEqual(read(1, offset).held, []);
    assert.equal(read(1500, offset).state, "good");
    assert.deepEqual(read(1).held, ["air"], "by now that is the usual");
  });

  it("takes a contradiction for the new way after as many readings as it is told", () => {
    const { read } = running({ contradiction: 100 });
    const held = Array.from({ length: 400 }, (_, i) => read(1, (values) => drifting("air")(values, i)).held);
    assert.equal(held.filter(({ length }) => length > 0).length, 100);
  });

  it("does not compare a sensor for which that is switched off, nor accuse others in its place", () => {
    for (const own of [
      { sensors: new Map([["air", { tolerance: { agreement: Number.POSITIVE_INFINITY } }]]) },
      { tolerance: { agreement: Number.POSITIVE_INFINITY } },
    ]) {
      const { read } = running(own);
      for (let i = 0; i < 400; i++) {
        const { held } = read(1, (values) => drifting("air")(values, i));
        assert.deepEqual(held, []);
      }
    }
  });

  it("goes on with what was saved when a check is switched off or another sensor is named", () => {
    const { guard } = running();
    const off = { ...options, tolerance: { agreement: Number.POSITIVE_INFINITY } };
    assert.equal(Guard.load(guard.save(), off).lastGoodValue("air"), guard.lastGoodValue("air"));
    const more = { ...options, inputs: [...options.inputs, "draught"] };
    assert.equal(Guard.load(guard.save(), more).lastGoodValue("air"), guard.lastGoodValue("air"));
  });

  it("has nothing against a sensor that was believed at a new level", () => {
    const { read } = running();
    const moved = (values: Record<string, number>) => {
      values.air = 40 * values.air + 2000;
    };
    let caught = 0;
    let accused = 0;
    for (let i = 0; i < 600; i++) {
      const { reasons } = read(1, moved);
      caught += reasons.length;
      accused += reasons.filter(({ rule }) => rule === "agreement").length;
    }
    assert.ok(caught > 10, "it was held at first");
    assert.equal(accused, 0);
  });

  it("compares the others among themselves when one has died", () => {
    const { guard, read } = running();
    const dead = (values: Record<string, number>) => {
      delete values.flue;
    };
    assert.deepEqual(read(1, dead).held, ["flue"]);
    read(3000, dead);
    guard.accept();
    read(2000, dead);
    const both = (values: Record<string, number>, i: number) => {
      dead(values);
      drifting("air")(values, i);
    };
    assert.deepEqual(read(400, both).held, ["air", "flue"]);
  });

  it("finds a jump within the usual range, whatever an unrelated valve does", () => {
    let i = 0;
    const valve = (values: Record<string, number>) => {
      values.valve = Math.floor(i++ / 200) % 2;
    };
    const guard = new Guard({ ...options, inputs: [...options.inputs, "valve"] });
    const boiler = new Boiler();
    let held = 0;
    for (let k = 0; k < 4000; k++) {
      const values = boiler.reading();
      valve(values);
      if (k >= 3000 && k < 3140) values.air += 15;
      if (guard.check(1000 * k, values).held.includes("air")) held += 1;
    }
    assert.ok(held >= 138 && held < 150, `${held}`);
  });

  it("holds whom it accuses for as long as it is told, also while another sensor joins", () => {
    for (const [contradiction, joins] of [
      [1500, false],
      [1500, true],
    ] as const) {
      const { read } = running({ contradiction, inputs: [] });
      let held = 0;
      for (let i = 0; i < 2500; i++) {
        const { held: now } = read(1, (values) => {
          values.air += 30 * Math.min(1, i / 400);
          if (joins && i > 500) values.draught = Math.sin(i);
        });
        if (now.includes("air")) held += 1;
      }
      assert.equal(held, contradiction);
    }
  });

  it("compares the others where a soft sensor's labels have stopped", () => {
    const { guard, read } = running({ horizon: 0 });
    const silent = (values: Record<string, number>) => {
      delete values.steam;
    };
    read(1500, silent);
    guard.accept();
    read(1500, silent);
    const { held } = read(400, (values, i) => {
      silent(values);
      drifting("air")(values, i);
    });
    assert.deepEqual(held, ["air"]);
  });

  it("leaves out what is under maintenance", () => {
    const { guard, read } = running();
    guard.maintain(true, "air");
    for (let i = 0; i < 200; i++) {
      const { reasons } = read(1, (values) => drifting("air")(values, i));
      assert.deepEqual(
        reasons.map(({ rule }) => rule),
        ["maintenance"],
      );
    }
  });

  describe("on a simulated boiler", () => {
    const TARGET = "co2_kg_h";
    const boiler = (seed: number, load: "shift" | "random") =>
      new Simulator({
        assets: [{ name: "boiler-1", rating: 20, age: 0 }],
        seed,
        interval: 1,
        load,
        ageingHours: 24,
        labelEvery: 1,
        existing: "none",
      });
    const guardOf = () => new Guard({ inputs: SENSORS.filter((name) => name !== TARGET), target: TARGET, horizon: 10 });

    it("has nothing against healthy sensors, in 20,000 readings with a load that falls as it never has", () => {
      for (const [seed, load] of [
        [1, "shift"],
        [2, "shift"],
        [1, "random"],
      ] as const) {
        const plant = boiler(seed, load);
        const guard = guardOf();
        for (let i = 0; i < 20_000; i++) {
          const [{ elapsed, values }] = plant.next();
          const { reasons } = guard.check(1000 * elapsed, values);
          for (const reason of reasons) assert.notEqual(reason.rule, "agreement", `${load} ${i}: ${sentence(reason)}`);
        }
      }
    });

    it("finds a fuel valve that drifts, and blames nobody else", () => {
      const plant = boiler(1, "shift");
      const guard = guardOf();
      const found: number[] = [];
      for (let i = 0; i < 4000; i++) {
        if (i === 3000) plant.fault({ sensor: "fuel_valve_pct", kind: "drift", readings: 600, size: 0.15 });
        const [{ elapsed, values }] = plant.next();
        for (const { rule, sensor } of guard.check(1000 * elapsed, values).reasons) {
          if (rule !== "agreement") continue;
          assert.equal(sensor, "fuel_valve_pct");
          found.push(i - 3000);
        }
      }
      assert.ok(found[0] > 0 && found[0] < 150, `${found[0]}`);
      assert.ok((found.at(-1) as number) < 610, `${found.at(-1)}`);
    });
  });
});
