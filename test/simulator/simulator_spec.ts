import assert from "node:assert/strict";
import { SENSORS } from "../../src/simulator/instrument";
import { type SimulatedReading, Simulator, type SimulatorOptions } from "../../src/simulator/simulator";

const usual: SimulatorOptions = {
  assets: [{ name: "boiler-1", rating: 20, age: 0 }],
  seed: 1,
  interval: 1,
  load: "shift",
  ageingHours: 0,
  labelEvery: 1,
  existing: "none",
};

/** The readings of the first boiler. */
function run(options: Partial<SimulatorOptions>, count: number): SimulatedReading[] {
  const plant = new Simulator({ ...usual, ...options });
  return Array.from({ length: count }, () => plant.next()[0] as SimulatedReading);
}

function column(readings: SimulatedReading[], sensor: string): number[] {
  return readings.map(({ values }) => values[sensor] as number);
}

function mean(x: number[]): number {
  return x.reduce((sum, value) => sum + value, 0) / x.length;
}

/** Correlation of the changes of `a` with the changes of `b` `lag` readings later. */
function correlation(a: number[], b: number[], lag: number): number {
  const step = 5;
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = step; i < a.length - lag; i++) {
    const da = (a[i] as number) - (a[i - step] as number);
    const db = (b[i + lag] as number) - (b[i + lag - step] as number);
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return ab / Math.sqrt(aa * bb);
}

describe("plant simulator", () => {
  it("gives the same numbers for the same seed, and others for another", () => {
    assert.deepEqual(run({}, 500), run({}, 500));
    assert.notDeepEqual(run({}, 500), run({ seed: 2 }, 500));
  });

  it("does not change a boiler when another joins, and no two are alike", () => {
    const alone = run({}, 200);
    const plant = new Simulator({ ...usual, assets: [{ name: "boiler-2", rating: 20, age: 0 }, ...usual.assets] });
    const both = Array.from({ length: 200 }, () => plant.next());
    assert.deepEqual(
      both.map((readings) => readings[1]),
      alone,
    );
    assert.notDeepEqual(both.at(-1)?.[0]?.values, both.at(-1)?.[1]?.values);
  });

  for (const load of ["day", "shift", "random"] as const) {
    it(`stays within what a boiler does over two days (${load})`, () => {
      const readings = run({ load, interval: 10, ageingHours: 24 }, 17_280);
      const limits: Record<string, [number, number]> = {
        steam_flow_kg_s: [1, 6.2],
        fuel_valve_pct: [30, 100],
        air_flow_kg_s: [1, 8],
        steam_pressure_bar: [18.5, 21.5],
        steam_temperature_c: [270, 320],
        feedwater_temperature_c: [98, 112],
        flue_temperature_c: [140, 240],
        ambient_temperature_c: [-5, 35],
        o2_pct: [1, 8],
        co2_kg_h: [500, 3800],
      };
      for (const sensor of SENSORS) {
        const values = column(readings, sensor);
        const [low, high] = limits[sensor] as [number, number];
        assert.ok(Math.min(...values) >= low, `${sensor} ${Math.min(...values)} < ${low}`);
        assert.ok(Math.max(...values) <= high, `${sensor} ${Math.max(...values)} > ${high}`);
      }
    });
  }

  it("keeps the books: heat of the steam and carbon of the fuel agree within the losses", () => {
    const readings = run({}, 14_400);
    const perSteam = mean(column(readings, "co2_kg_h")) / (3600 * mean(column(readings, "steam_flow_kg_s")));
    const lossless = 2.58 * 0.0561; // MJ/kg of steam times kg CO2/MJ
    assert.ok(perSteam > lossless / 0.95 && perSteam < lossless / 0.88, `${perSteam}`);
  });

  it("shows CO2 late: the valve moves first, by the length of the sample line and the analyser's lag", () => {
    const readings = run({}, 14_400);
    const valve = column(readings, "fuel_valve_pct");
    const co2 = column(readings, "co2_kg_h");
    const lags = Array.from({ length: 40 }, (_, lag) => correlation(valve, co2, lag));
    const best = lags.indexOf(Math.max(...lags));
    assert.ok(best >= 8 && best <= 22, `best lag ${best} s`);
    assert.ok((lags[best] as number) > 0.6 && (lags[best] as number) > (lags[0] as number) + 0.3, lags.join(" "));
  });

  it("ages: the same valve position burns more, and the flue gas gets hotter", () => {
    const young = run({}, 14_400);
    const old = run({ assets: [{ name: "boiler-1", rating: 20, age: 0.9 }] }, 14_400);
    // An equal percentage valve: its mean opening on the logarithmic scale of the flow.
    const perValve = (readings: SimulatedReading[]): number =>
      mean(column(readings, "co2_kg_h")) / mean(column(readings, "fuel_valve_pct").map((valve) => 30 ** (valve / 100)));
    assert.ok(perValve(old) / perValve(young) > 1.05, `${perValve(old) / perValve(young)}`);
    assert.ok(mean(column(old, "flue_temperature_c")) > mean(column(young, "flue_temperature_c")) + 10);
    const worn = run({ ageingHours: 1 }, 14_400).slice(-600);
    const asNew = young.slice(-600);
    assert.ok(mean(column(worn, "flue_temperature_c")) > mean(column(asNew, "flue_temperature_c")) + 10);
  });

  it("goes on as worn as it was, and takes nothing else for wear", () => {
    const plant = new Simulator({ ...usual, ageingHours: 1 });
    for (let i = 0; i < 7200; i++) plant.next();
    const worn = plant.wear["boiler-1"] as number;
    assert.ok(worn > 0.5 && worn < 1);
    const next = new Simulator({ ...usual, ageingHours: 1 });
    next.wear = plant.wear;
    assert.equal(next.wear["boiler-1"], worn);
    for (const wrong of [undefined, null, 1, "a", { "boiler-1": 2 }, { "boiler-1": "0.5" }, { other: 0.1 }])
      next.wear = wrong;
    assert.equal(next.wear["boiler-1"], worn);
  });

  it("leaves CO2 out of a reading unless its label is due", () => {
    const readings = run({ labelEvery: 30 }, 90);
    assert.deepEqual(
      readings.flatMap(({ values }, i) => ("co2_kg_h" in values ? [i + 1] : [])),
      [30, 60, 90],
    );
  });

  it("sends the plant's own forecast: smoothing of what was seen, or the design factor", () => {
    const smoothing = run({ existing: "smoothing" }, 50);
    let level = smoothing[0]?.values.co2_kg_h as number;
    for (const { values, existing } of smoothing) {
      level += 0.8 * ((values.co2_kg_h as number) - level);
      assert.ok(Math.abs((existing as number) - level) < 1e-9);
    }
    const design = run({ existing: "design" }, 5000);
    const errors = design.map(({ values, existing }) =>
      Math.abs((existing as number) / (values.co2_kg_h as number) - 1),
    );
    assert.ok(mean(errors) > 0.005 && mean(errors) < 0.1, `plausible, yet not perfect: ${mean(errors)}`);
    assert.equal(run({}, 1)[0]?.existing, undefined);
  });
});

describe("plant simulator faults", () => {
  const broken = (order: object, count = 100): { sound: number[]; sick: number[]; readings: SimulatedReading[] } => {
    const plant = new Simulator(usual);
    for (let i = 0; i < 10; i++) plant.next();
    plant.fault({ sensor: "o2_pct", ...order });
    const readings = Array.from({ length: count }, () => plant.next()[0] as SimulatedReading);
    return { sound: column(run({}, count + 10).slice(10), "o2_pct"), sick: column(readings, "o2_pct"), readings };
  };

  it("stuck: the value of the first faulty reading for ever", () => {
    const { sound, sick } = broken({ kind: "stuck" });
    assert.ok(sick.every((value) => value === sound[0]));
  });

  it("spikes: now and then, by five times the usual range", () => {
    const { sound, sick } = broken({ kind: "spikes" }, 2000);
    const off = sick.map((value, i) => Math.abs(value - (sound[i] as number))).filter((distance) => distance > 1e-9);
    assert.ok(off.length > 50 && off.length < 160, `${off.length}`);
    assert.ok(off.every((distance) => Math.abs(distance - 20) < 1e-9));
  });

  it("dropout, NaN and unit: 0, not a number, Fahrenheit", () => {
    assert.ok(broken({ kind: "dropout" }).sick.every((value) => value === 0));
    assert.ok(broken({ kind: "nan" }).sick.every(Number.isNaN));
    const { sound, sick } = broken({ kind: "unit" });
    assert.deepEqual(
      sick,
      sound.map((value) => value * 1.8 + 32),
    );
  });

  it("drift: walks away at the ordered speed", () => {
    const { sound, sick } = broken({ kind: "drift", size: 1 });
    assert.ok(Math.abs((sick[99] as number) - (sound[99] as number) - 4) < 1e-9);
    assert.ok(Math.abs((sick[49] as number) - (sound[49] as number) - 2) < 1e-9);
  });

  it("heals by itself after the ordered readings, or on request, and says which faults are on", () => {
    const { sound, sick, readings } = broken({ kind: "dropout", readings: 7 }, 20);
    assert.deepEqual(sick.slice(0, 7), [0, 0, 0, 0, 0, 0, 0]);
    assert.deepEqual(sick.slice(7), sound.slice(7));
    assert.deepEqual(readings[6]?.faults, [{ sensor: "o2_pct", kind: "dropout" }]);
    assert.deepEqual(readings[7]?.faults, []);
    const plant = new Simulator(usual);
    plant.fault({ sensor: "o2_pct", kind: "nan" });
    plant.fault({ sensor: "o2_pct", kind: "none" });
    assert.ok(Number.isFinite(plant.next()[0]?.values.o2_pct));
  });

  it("breaks one boiler alone when asked to", () => {
    const plant = new Simulator({ ...usual, assets: [...usual.assets, { name: "boiler-2", rating: 8, age: 0 }] });
    plant.fault({ sensor: "o2_pct", kind: "nan" }, "boiler-2");
    const [first, second] = plant.next();
    assert.ok(Number.isFinite(first?.values.o2_pct) && Number.isNaN(second?.values.o2_pct));
  });

  for (const [what, order, code] of [
    ["text", "stuck", "payload"],
    ["null", null, "payload"],
    ["a list", [{ sensor: "o2_pct", kind: "stuck" }], "payload"],
    ["an unknown sensor", { sensor: "__proto__", kind: "stuck" }, "sensor"],
    ["no sensor", { kind: "stuck" }, "sensor"],
    ["an unknown kind", { sensor: "o2_pct", kind: "constructor" }, "kind"],
    ["half a reading", { sensor: "o2_pct", kind: "stuck", readings: 0.5 }, "readings"],
    ["a size as text", { sensor: "o2_pct", kind: "drift", size: "12,5" }, "size"],
    ["an infinite size", { sensor: "o2_pct", kind: "drift", size: Number.POSITIVE_INFINITY }, "size"],
  ] as const) {
    it(`refuses ${what} and goes on as before`, () => {
      const plant = new Simulator(usual);
      assert.throws(() => plant.fault(order), { name: "OrderError", code });
      assert.deepEqual(plant.next()[0], run({}, 1)[0]);
    });
  }

  it("refuses an unknown boiler and names those that exist", () => {
    assert.throws(
      () => new Simulator(usual).fault({ sensor: "o2_pct", kind: "nan" }, "boiler-9"),
      /"boiler-9"; known: boiler-1/,
    );
  });
});
