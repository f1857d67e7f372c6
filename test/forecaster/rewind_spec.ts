import assert from "node:assert/strict";
import * as fc from "fast-check";
import { Rewind } from "../../src/forecaster/rewind";
import { Forecaster, type Reading } from "../../src/index";
import { plant } from "./plant";

describe("rewind", () => {
  it("goes back to the newest copy that knows nothing later, else as far as it can", () => {
    const state = Float64Array.of(0, 0);
    const experience = new Float64Array(1);
    const exact = new Float64Array(1);
    const rewind = new Rewind([state.subarray(0, 1), state.subarray(1)], [experience], 1);
    assert.equal(rewind.back(1000, exact, 0), -1);
    const go = (from: number, to: number) => {
      for (let i = from; i <= to; i++) {
        state.set([i, -i]);
        experience[0] = i * 1e99; // the usual error of a target in an absurd unit
        exact[0] = 16_777_217 + i; // single precision could not hold it
        if (rewind.isDue(i)) rewind.keep(i, exact);
      }
    };
    go(0, 300);
    assert.equal(rewind.back(310, exact, 0), 240);
    assert.deepEqual([...state, experience[0], exact[0]], [240, -240, 240 * 1e99, 16_777_457]);
    assert.equal(rewind.back(239, exact, 161), 160);
    assert.deepEqual([...state], [160, -160]);
    assert.equal(rewind.back(239, exact, 162), -1, "it would need a reading that is gone");
    go(161, 300);
    assert.equal(rewind.back(100, exact, 0), 160, "older copies were overwritten: as far back as there is one");
    assert.deepEqual([...state], [160, -160]);
    assert.equal(rewind.back(239, exact, 0), 160, "what knows more was thrown away");
    rewind.keep(238, exact);
    go(239, 245);
    assert.equal(rewind.back(200, exact, 0), 160, "a copy out of turn does not bring the next one forward");
  });
});

describe("a sensor that was stuck and noticed late", () => {
  const FAULT = 1000;
  const NOTICED = 40;

  /** Forecasts after the fault was noticed; `lie` = the sensor was stuck before that, else it was silent. */
  function forecasts(sensor: "a" | "y", horizon: number, lie: boolean, retract: number): number[] {
    const f = Forecaster.create({ inputs: ["a", "b"], target: "y", horizon, size: 8 });
    f.pretrain(plant(2000, 8), { epochs: 3 });
    const values: number[] = [];
    plant(1400).forEach((row, i) => {
      let reading: Reading = row;
      if (i >= FAULT) {
        const stuck = lie && i < FAULT + NOTICED ? (sensor === "a" ? 2.5 : 26) : Number.NaN;
        reading = { ...row, values: { ...row.values, [sensor]: stuck } };
        if (i === FAULT + NOTICED) reading.retract = { sensors: [sensor], readings: retract };
        if (Number.isNaN(stuck)) reading.quality = 0;
      }
      const { forecast } = f.step(reading, { learn: true });
      if (i >= FAULT + NOTICED) values.push(forecast.value);
    });
    return values;
  }

  for (const [sensor, horizon] of [
    ["a", 0],
    ["y", 0],
    ["a", 3],
  ] as const) {
    it(`is unlearnt: ${sensor}, horizon ${horizon}`, () => {
      const honest = forecasts(sensor, horizon, false, 0);
      const away = (values: number[]) => values.reduce((sum, value, i) => sum + Math.abs(value - honest[i]), 0);
      const [unlearnt, kept] = [NOTICED, 0].map((retract) => away(forecasts(sensor, horizon, true, retract)));
      // A label is wholly forgotten; for an input an estimate stands in, which is not the value itself.
      assert.ok(unlearnt < (sensor === "y" ? 0.1 : 0.5) * kept, `${unlearnt} with, ${kept} without`);
    });
  }

  it("is unlearnt soon after another one was", () => {
    const silent = (i: number) => (i >= 960 && i < 1000) || i >= 1035;
    const values = (noticed: number[]) => {
      const f = Forecaster.create({ inputs: ["a", "b"], target: "y", horizon: 0, size: 8 });
      f.pretrain(plant(2000, 8), { epochs: 3 });
      const later: number[] = [];
      plant(1400).forEach((row, i) => {
        const lies = noticed.length > 0 && i < noticed[noticed.length - 1];
        const y = silent(i) ? (lies ? 26 : Number.NaN) : row.values.y;
        const reading: Reading = { ...row, values: { ...row.values, y } };
        if (Number.isNaN(y)) reading.quality = 0;
        if (noticed.includes(i)) reading.retract = { sensors: ["y"], readings: 40 };
        const { forecast } = f.step(reading, { learn: true });
        if (i >= 1075) later.push(forecast.value);
      });
      return later;
    };
    const honest = values([]);
    const away = (seen: number[]) => seen.reduce((sum, value, i) => sum + Math.abs(value - honest[i]), 0);
    const [both, first] = [away(values([1000, 1075])), away(values([1000, 9999]))];
    assert.ok(both < 0.1 * first, `${both} with, ${first} without the second`);
  });

  it("is saved exactly, also where the only copy is of the last reading", () => {
    const rows = plant(200);
    const bytes = (saves: boolean) => {
      let f = Forecaster.create({ inputs: ["a", "b"], target: "y", horizon: 1, size: 4 });
      rows.forEach((row, i) => {
        if (i === 150) f.rollback(f.checkpoint());
        f.observe(i === 161 ? { ...row, retract: { sensors: ["a"], readings: 30 } } : row);
        if (i === 161 && saves) f = Forecaster.load(f.save());
        f.learn({ learn: true });
        f.forecast();
      });
      return f.save();
    };
    assert.deepEqual(bytes(true), bytes(false));
  });

  it("leaves a finite model, whatever is taken back whenever, saved or not", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0, 1, 5),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 120 }), fc.integer({ min: -5, max: 1e6 })), { maxLength: 8 }),
        (horizon, faults) => {
          let f = Forecaster.create({ inputs: ["a", "b"], target: "y", horizon, size: 4 });
          const rows = plant(1000);
          let i = 0;
          for (const [gap, readings] of faults) {
            for (const end = i + gap; i < end; i++) f.step(rows[i], { learn: true });
            const retraction = { sensors: readings % 2 ? ["a", "y"] : ["b", "?"], readings };
            f.step({ ...rows[i], values: { ...rows[i].values, a: Number.NaN }, retract: retraction }, { learn: true });
            i += 1;
            f = Forecaster.load(f.save());
          }
          for (const end = i + 30; i < end; i++) assert.ok(f.step(rows[i], { learn: true }).forecast.updates >= 0);
          assert.ok(f.parameterNorms().every(Number.isFinite));
          assert.ok(Number.isFinite(f.forecast().value));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("what was learnt, against the frozen twin", () => {
  it("is leant on less where it has become worse, and again when it is better", () => {
    const f = Forecaster.create({ inputs: ["a", "b"], target: "y", horizon: 0, size: 8 });
    const rows = plant(6000);
    f.pretrain(rows.slice(0, 2000), { epochs: 3 });
    for (const row of rows.slice(2000, 3000)) f.step(row, { learn: true });
    // A lying laboratory teaches nonsense, then tells the truth again.
    for (const row of rows.slice(3000, 3600))
      f.step({ ...row, values: { ...row.values, y: row.values.y + 15 } }, { learn: true });
    let online = 0;
    let frozen = 0;
    for (const row of rows.slice(3610, 3660)) {
      const { scored } = f.step(row, { learn: true });
      online += Math.abs(scored?.error ?? 0);
      frozen += Math.abs((scored?.frozen ?? 0) - (scored?.actual ?? 0));
    }
    assert.ok(online < 1.5 * frozen, `${online} against ${frozen}`);
  });
});
