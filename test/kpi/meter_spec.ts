import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import type { AlarmLimit } from "../../src/kpi/alarm-outcome";
import { csv } from "../../src/kpi/csv";
import { kpiFigures } from "../../src/kpi/figures";
import { Meter, type MeterOptions } from "../../src/kpi/meter";
import { NO_RATES } from "./rates";
import { HOUR, MINUTE, scored } from "./scored";

const LIMIT: AlarmLimit = { value: 10, side: "high", leastLead: 0, clearAfter: 2, within: 6 };
const OPTIONS: MeterOptions = {
  window: 50,
  baselineHours: 1,
  limit: LIMIT,
};
const figures = (meter: Meter) => kpiFigures(meter, NO_RATES, OPTIONS);

/** A restless day: one reading a minute, an exceedance now and then, an existing forecast every other reading. */
function reading(i: number) {
  const actual = 8 + 2.6 * Math.sin(i / 13) + Math.sin(i * 1.7);
  return scored(i * MINUTE, {
    actual,
    learner: actual + 0.4 * Math.sin(i * 0.9),
    naive: 8 + 2.6 * Math.sin((i - 1) / 13),
    frozen: actual + 0.8,
    existing: i % 2 ? Number.NaN : actual - 1.5,
    covered: i % 10 !== 0,
  });
}

describe("meter", () => {
  it("fills the baseline first, freezes it, and is complete when as much came after it", () => {
    const meter = new Meter(OPTIONS);
    for (let i = 0; i <= 60; i++) meter.add([reading(i)]);
    assert.equal(meter.baseline.hours, 1);
    assert.equal(meter.evaluation.error.readings, 0);
    const frozen = JSON.stringify(meter.baseline.state());
    for (let i = 61; i < 120; i++) meter.add([reading(i)]);
    assert.equal(meter.complete, false);
    meter.add([reading(120)]);
    assert.equal(meter.complete, true);
    for (let i = 121; i < 1000; i++) meter.add([reading(i)]);
    assert.equal(JSON.stringify(meter.baseline.state()), frozen);
    assert.equal(meter.readings, 1000);
    assert.ok(Math.abs(meter.hours - 999 / 60) < 1e-9);
  });

  it("begins its period when the clock was set right, and keeps it where that goes wrong for a while", () => {
    const now = Date.UTC(2026, 10, 29);
    for (const began of [0, Date.UTC(2000, 0, 1)]) {
      const meter = new Meter(OPTIONS);
      const total = new Meter(OPTIONS);
      const add = (time: number): void => {
        const counted = meter.add([scored(time, { actual: 5, learner: 5 })]);
        if (counted) total.absorb(counted, "a");
      };
      for (let i = 0; i < 20; i++) add(began + i * MINUTE);
      assert.equal(meter.from, began);
      for (let i = 0; i < 20; i++) add(now + i * MINUTE);
      for (let i = 0; i < 20; i++) add(began + i * MINUTE + 1);
      for (let i = 20; i < 40; i++) add(now + i * MINUTE);
      for (const one of [meter, total]) assert.deepEqual([one.from, one.to], [now, now + 39 * MINUTE]);
    }
  });

  it("counts a forecast once when tuner and predictor both bring it", () => {
    const [once, twice] = [new Meter(OPTIONS), new Meter(OPTIONS)];
    for (let i = 0; i < 200; i++) {
      assert.ok(once.add([reading(i)]));
      assert.ok(twice.add([reading(i)]));
      assert.equal(twice.add([reading(i)]), undefined);
    }
    assert.deepEqual(figures(twice), figures(once));
  });

  it("measures the horizon it was told to, and the further ones beside it", () => {
    const meter = new Meter({ ...OPTIONS, horizon: 6 });
    for (let i = 0; i < 50; i++)
      meter.add([
        reading(i),
        { ...reading(i), horizon: 6, learner: reading(i).actual + 2 },
        { ...reading(i), horizon: 24 },
      ]);
    assert.equal(meter.add([reading(50)]), undefined);
    assert.equal(figures(meter).accuracy.lifetime.learner.mae, 2);
    assert.deepEqual(
      figures(meter).accuracy.horizons.map(({ horizon, error }) => [horizon, error.learner.readings]),
      [
        [1, 50],
        [24, 50],
      ],
    );
  });

  it("names further horizons that are spans of time by them, in figures and table, after a restart too", () => {
    const meter = new Meter(OPTIONS);
    for (let i = 0; i < 50; i++)
      meter.add([
        { ...reading(i), horizon: 6, ahead: 60_000 },
        { ...reading(i), horizon: 60, ahead: 600_000 },
      ]);
    const again = Meter.load(meter.save(), OPTIONS);
    assert.deepEqual(
      figures(again).accuracy.horizons.map(({ horizon, ahead }) => [horizon, ahead]),
      [[60, 600_000]],
    );
    assert.match(csv(figures(again), NO_RATES), /horizon 10 min/);
  });

  it("goes on from what it saved as if never interrupted, whenever that was", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(399), { maxLength: 5 }), (restarts) => {
        const whole = new Meter(OPTIONS);
        let broken = new Meter(OPTIONS);
        for (let i = 0; i < 400; i++) {
          const steps = [reading(i), { ...reading(i), horizon: 6 }];
          whole.add(steps);
          broken.add(steps);
          if (restarts.includes(i)) broken = Meter.load(broken.save(), OPTIONS);
        }
        assert.equal(Buffer.from(broken.save()).toString(), Buffer.from(whole.save()).toString());
        assert.deepEqual(figures(broken), figures(whole));
      }),
      { numRuns: 20 },
    );
  });

  it("has the same total as its assets together, by brute force", () => {
    const total = new Meter({ ...OPTIONS, window: 1000 });
    const meters = ["a", "b", "__proto__"].map((name) => new Meter(OPTIONS, name));
    const all: number[] = [];
    for (let i = 0; i < 300; i++) {
      meters.forEach((meter, k) => {
        if (i < 100 * k) return;
        const one = reading(i * (k + 1));
        const counted = meter.add([one]);
        assert.ok(counted);
        total.absorb(counted, meter.asset);
        all.push(one.learner - one.actual);
      });
    }
    const sum = (pick: (meter: Meter) => number) => meters.reduce((result, meter) => result + pick(meter), 0);
    assert.equal(total.assets, 3);
    for (const meter of meters) assert.deepEqual(total.byAsset.get(meter.asset)?.figures(), meter.lifetime.figures());
    const byAsset = ({ byAsset }: Meter) => [...byAsset].map(([asset, error]) => [asset, error.state()]);
    assert.deepEqual(byAsset(Meter.load(total.save(), OPTIONS)), byAsset(total));
    assert.equal(total.readings, 600);
    assert.ok(Math.abs(total.hours - sum((meter) => meter.hours)) < 1e-9);
    const mae = all.reduce((result, error) => result + Math.abs(error), 0) / all.length;
    assert.ok(Math.abs((figures(total).accuracy.lifetime.learner.mae ?? 0) - mae) < 1e-12);
    assert.equal(
      figures(total).alarms?.exceedances,
      sum((meter) => figures(meter).alarms?.exceedances ?? 0),
    );
    assert.equal(
      figures(total).alarms?.learner.false,
      sum((meter) => figures(meter).alarms?.learner.false ?? 0),
    );
  });

  it("starts a new baseline on another limit and keeps the lifetime errors", () => {
    const meter = new Meter(OPTIONS);
    for (let i = 0; i < 300; i++) meter.add([reading(i)]);
    const other = Meter.load(meter.save(), { ...OPTIONS, limit: { ...LIMIT, value: 9 } });
    assert.equal(other.readings, 300);
    assert.equal(other.baseline.error.readings, 0);
    assert.equal(figures(other).alarms?.exceedances, 0);
    for (let i = 300; i < 400; i++) other.add([reading(i)]);
    assert.ok((figures(other).alarms?.exceedances ?? 0) > 0);
  });

  it("does not reopen a frozen baseline when the settings ask for a longer one", () => {
    const meter = new Meter(OPTIONS);
    for (let i = 0; i < 100; i++) meter.add([reading(i)]);
    const before = meter.baseline.error.readings;
    const longer = Meter.load(meter.save(), { ...OPTIONS, baselineHours: 100 });
    for (let i = 100; i < 200; i++) longer.add([reading(i)]);
    assert.equal(longer.baseline.error.readings, before);
  });

  it("counts on without a jump when the clock leaps a year and comes back", () => {
    const meter = new Meter(OPTIONS);
    const times = [
      ...Array.from({ length: 200 }, (_, i) => i * MINUTE),
      ...Array.from({ length: 200 }, (_, i) => 8760 * HOUR + i * MINUTE),
      ...Array.from({ length: 200 }, (_, i) => 200 * MINUTE + i * MINUTE),
    ];
    let before = 0;
    times.forEach((time, i) => {
      meter.add([{ ...reading(i), time, origin: time - MINUTE }]);
      assert.ok(meter.hours >= before);
      if (i > 10) assert.ok(meter.hours - before <= 5 / 60);
      before = meter.hours;
    });
    assert.ok(meter.hours > 9.8 && meter.hours <= 10, String(meter.hours));
    assert.equal(meter.readings, 600);
  });

  it("stays small", () => {
    const meter = new Meter(OPTIONS);
    for (let i = 0; i < 1000; i++) meter.add([reading(i)]);
    const early = meter.save().length;
    for (let i = 1000; i < 50_000; i++) meter.add([reading(i)]);
    assert.ok(meter.save().length < 1.6 * early && meter.save().length < 60_000, `${early} ${meter.save().length}`);
  });

  it("counts every score, also those in doubt, and tells their share", () => {
    const [sure, doubted] = [new Meter(OPTIONS), new Meter(OPTIONS)];
    for (let i = 0; i < 200; i++) {
      sure.add([reading(i)]);
      doubted.add([{ ...reading(i), doubtful: i % 4 === 0 }]);
    }
    const { lifetime, window } = figures(doubted).accuracy;
    assert.deepEqual([lifetime.doubt, window.doubt], [25, 24]);
    assert.deepEqual({ ...lifetime, doubt: 0 }, figures(sure).accuracy.lifetime);
    assert.deepEqual(figures(doubted).alarms, figures(sure).alarms);
    assert.equal(figures(Meter.load(doubted.save(), OPTIONS)).accuracy.window.doubt, 24);
  });

  it("shows stopped time beside the figures, and counts it only where that is wished", () => {
    const counts = (meter: Meter) => {
      const { lifetime, running, stopped } = figures(meter).accuracy;
      return [lifetime, running, stopped].map(({ learner }) => learner.readings);
    };
    const both = (meter: Meter) => {
      const total = new Meter(OPTIONS);
      for (let i = 0; i < 100; i++) {
        for (const _wire of [1, 2]) {
          const counted = meter.add([{ ...reading(i), running: i % 10 < 7 }]);
          if (counted) total.absorb(counted, "a");
        }
      }
      assert.deepEqual(counts(total), counts(meter));
      assert.deepEqual(counts(Meter.load(meter.save(), OPTIONS)), counts(meter));
      return counts(meter);
    };
    assert.deepEqual(both(new Meter(OPTIONS)), [70, 70, 30]);
    assert.deepEqual(both(new Meter({ ...OPTIONS, countStopped: true })), [100, 70, 30]);
  });

  it("names the labels that could not be used, once each", () => {
    const meter = new Meter({ ...OPTIONS, target: "steam" });
    const seen = ["range", "missing", "range"].map((rule, i) => meter.unusable.add(rule, i));
    assert.deepEqual([...seen, meter.unusable.add("range", 2)], [true, true, true, false]);
    const expected = {
      count: 3,
      sensor: "steam",
      rules: [
        { rule: "range", count: 2 },
        { rule: "missing", count: 1 },
      ],
      last: 2,
    };
    const options = { ...OPTIONS, target: "steam" };
    assert.deepEqual(kpiFigures(meter, NO_RATES, options).unusable, expected);
    assert.deepEqual(kpiFigures(Meter.load(meter.save(), options), NO_RATES, options).unusable, expected);
  });

  it("counts labels under no word of a sender, such as NaN, which a report would show as a figure", () => {
    const options = { ...OPTIONS, target: "steam" };
    const meter = new Meter(options);
    for (const [i, rule] of ["NaN", "undefined", "range", "__proto__", ""].entries()) meter.unusable.add(rule, i);
    assert.deepEqual(meter.unusable.figures("").rules, [
      { rule: "other", count: 4 },
      { rule: "range", count: 1 },
    ]);
    const document = csv(kpiFigures(meter, NO_RATES, options), NO_RATES);
    assert.match(document, /labels not usable: other,,4,/);
    assert.doesNotMatch(document, /NaN|undefined/);
    const old = JSON.parse(Buffer.from(meter.save()).toString());
    old.unusable.rules = [["NaN", 3], ["range", 1]]; // biome-ignore format: one line
    assert.deepEqual(Meter.load(Buffer.from(JSON.stringify(old)), options).unusable.figures("").rules[0], { rule: "other", count: 3 }); // biome-ignore format: one line
  });

  it("is rid of an absurd label once it is corrected, down to the last digit", () => {
    const [corrected, right] = [new Meter(OPTIONS), new Meter(OPTIONS)];
    for (let i = 0; i < 90; i++) {
      corrected.add([i === 70 ? { ...reading(i), actual: 1e140 } : reading(i)]);
      right.add([reading(i)]);
    }
    corrected.add([{ ...reading(70), corrects: 1e140 }]);
    assert.deepEqual(figures(corrected).accuracy.lifetime, figures(right).accuracy.lifetime);
    assert.deepEqual(figures(corrected).accuracy.running, figures(right).accuracy.running);
  });

  describe("reads a record of before", () => {
    const options = { ...OPTIONS, window: 5 };
    const stored = gunzipSync(readFileSync(join(__dirname, "../../../test/kpi/fixtures/meter-version-2.gz")));
    const before = JSON.parse(stored.toString());
    const again = Meter.load(stored, options);
    const { lifetime, window, stopped, horizons, modes } = kpiFigures(again, NO_RATES, options).accuracy;

    it("with every figure that it had, and none that it could not know", () => {
      // As the version that wrote it gave them out.
      assert.deepEqual([lifetime.learner.readings, lifetime.learner.mae, lifetime.learner.rmse], [85, 0.29001550906231394, 0.3051733770820802]); // biome-ignore format: one line
      assert.deepEqual([lifetime.existing.skill, lifetime.naive.skill], [80.72724886868944, 56.07770005519678]);
      assert.deepEqual([lifetime.coverage, lifetime.doubt], [90.58823529411765, 24.705882352941178]);
      assert.deepEqual([window.learner.mae, window.coverage, window.doubt], [0.2696832070126106, 100, 20]);
      assert.deepEqual([stopped.learner.readings, horizons[0].error.naive.mae], [15, 0.6602921737403868]);
      for (const { learner, intervalScore, peakCoverage } of [lifetime, window])
        assert.deepEqual([learner.meanError, learner.total, learner.peakMae, intervalScore, peakCoverage], [null, null, null, null, null]); // biome-ignore format: one line
      assert.deepEqual(modes, []);
      assert.deepEqual(Meter.load(again.save(), options).save(), again.save());
    });

    it("and corrects a label that was counted then", () => {
      const corrected = Meter.load(stored, options);
      const { window: ring } = before;
      const [time, error] = new Float64Array(new Uint8Array(Buffer.from(ring, "base64")).buffer);
      const actual = 5;
      const label = scored(time, { actual, learner: actual + error - 3 });
      assert.ok(corrected.add([{ ...label, corrects: label.learner - error }]));
      const { learner } = corrected.lifetime.figures();
      assert.equal(learner.readings, 85);
      assert.ok(learner.mae !== null && Math.abs(learner.mae - (0.29001550906231394 + (Math.abs(error - 3) - Math.abs(error)) / 85)) < 1e-12); // biome-ignore format: one line
      assert.deepEqual(corrected.evaluation.state(), again.evaluation.state(), "which of them it was in nobody knows");
    });

    it("of version 1: nothing of it was in doubt, all of it running", () => {
      const old = Buffer.from(before.window, "base64");
      const columns = Buffer.concat(Array.from({ length: 5 }, (_, i) => old.subarray(i * 56, i * 56 + 48)));
      const first = structuredClone({ ...before, version: 1, window: columns.toString("base64") });
      for (const name of ["running", "stopped", "stoppedTo", "unusable"]) delete first[name];
      for (const errors of [first.lifetime, first.baseline.error, first.evaluation.error]) errors[0].pop();
      const { accuracy } = kpiFigures(Meter.load(Buffer.from(JSON.stringify(first)), options), NO_RATES, options);
      assert.deepEqual(accuracy.lifetime, { ...lifetime, doubt: 0 });
      assert.deepEqual([accuracy.running, accuracy.stopped.learner.readings], [accuracy.lifetime, 0]);
      assert.deepEqual(accuracy.window, { ...window, doubt: 0 });
    });
  });

  it("believes no record in which a number, a length or a word is wrong", () => {
    const meter = new Meter(OPTIONS, "a");
    for (let i = 0; i < 300; i++) meter.add([reading(i)]);
    const damages: ((r: ReturnType<typeof JSON.parse>) => void)[] = [
      (r) => { r.lifetime.learner.absolute[0] = null; },
      (r) => { r.lifetime.learner.square = new Array(41).fill(1); },
      (r) => { r.lifetime.learner.readings = -1; },
      (r) => { delete r.lifetime.paired.naive; },
      (r) => { r.window = r.window.slice(8); },
      (r) => { r.window = Buffer.from(new Float64Array([Number.NaN, 1, 1, 1, 1, 1, 0, 1, 1]).buffer).toString("base64"); },
      (r) => { r.window = Buffer.from(new Float64Array([1, 1, 1, 1, 1, 1, -1, 1, 1]).buffer).toString("base64"); },
      (r) => { r.peaks.places[2] = 1; },
      (r) => { r.modes = [["a"]]; },
      (r) => { r.asset = "x".repeat(20_000); },
      (r) => { r.baseline.observed = "long"; },
      (r) => { r.baseline.history.blocks = new Array(1000).fill(r.baseline.history.blocks[0]); },
      (r) => { r.evaluation.alarms.count.learner.true = "many"; },
      (r) => { r.recent = [{ asset: "a", outcome: { kind: "false", time: 1, warner: "nobody" } }]; },
      (r) => { r.alarm.lastBeyond = "noon"; },
      (r) => { r.time[4] = ["a minute"]; },
    ]; // biome-ignore format: one line each
    for (const damage of damages) {
      const record = JSON.parse(Buffer.from(meter.save()).toString());
      damage(record);
      assert.throws(() => Meter.load(Buffer.from(JSON.stringify(record)), OPTIONS), TypeError, String(damage));
    }
  });

  it("refuses what it did not write", () => {
    for (const text of ["", "{}", "null", '{"version":4}', "[]"])
      assert.throws(() => Meter.load(Buffer.from(text), OPTIONS), Error, text);
  });

  it("counts a label that a later one has corrected as if the later one had come first", () => {
    const horizons = [1, 6, 12];
    const at = (i: number, more: object = {}) =>
      horizons.map((horizon) => {
        const one = { ...reading(i), horizon, ...more };
        const [lower, upper] = [one.learner - 0.5 * horizon, one.learner + 0.5 * horizon];
        return { ...one, lower, upper, covered: lower <= one.actual && one.actual <= upper };
      });
    const [corrected, right] = [new Meter(OPTIONS), new Meter(OPTIONS)];
    const totals = [new Meter(OPTIONS), new Meter(OPTIONS)];
    const add = (k: number, meter: Meter, some: ReturnType<typeof at>): boolean => {
      const counted = meter.add(some);
      if (counted) totals[k].absorb(counted, "a");
      return counted !== undefined;
    };
    for (let i = 0; i < 150; i++) {
      // The last one, since where peaks begin is not worked out again: above all that came, in the mode of another level.
      add(0, corrected, at(i, i === 149 ? { actual: 51, mode: "level 1" } : { mode: "level 2" }));
      add(1, right, at(i, { mode: "level 2" }));
      if (i === 149) {
        assert.equal(corrected.lifetime.figures().peaks, right.lifetime.figures().peaks + 1);
        assert.ok((corrected.lifetime.figures().coverage ?? 0) < (right.lifetime.figures().coverage ?? 0));
      }
    }
    const loaded = Meter.load(corrected.save(), OPTIONS);
    const later = at(149, { corrects: 51, mode: "level 2" });
    assert.equal(loaded.add(later)?.period, "evaluation", "after a restart as well");
    assert.equal(add(0, corrected, later), true);
    assert.equal(add(0, corrected, later), false, "along another wire");
    const [first, , third] = [corrected, loaded, right].map((meter) => figures(meter).accuracy);
    for (const meter of [corrected, totals[0]]) {
      const { lifetime, window, running, horizons } = figures(meter).accuracy;
      assert.deepEqual({ lifetime, window, running, horizons }, { lifetime: third.lifetime, window: third.window, running: third.running, horizons: third.horizons }); // biome-ignore format: one line
      assert.deepEqual(meter.evaluation.error.figures(), right.evaluation.error.figures());
    }
    assert.deepEqual(
      first.modes.find(({ mode }) => mode === "level 2"),
      third.modes[0],
    );
    assert.equal(first.modes.find(({ mode }) => mode === "level 1")?.error.learner.readings, 0);
    assert.deepEqual(figures(totals[0]).accuracy.assets, figures(totals[1]).accuracy.assets);
  });

  it("takes a label of the baseline that is corrected later out of the baseline, and out of nothing after another limit", () => {
    const meter = new Meter({ ...OPTIONS, window: 200 });
    for (let i = 0; i < 100; i++) meter.add([i === 30 ? { ...reading(i), actual: 51 } : reading(i)]);
    const later = { ...reading(30), corrects: 51 };
    const other = { ...OPTIONS, window: 200, limit: { ...LIMIT, value: 9 } };
    const moved = Meter.load(meter.save(), other);
    moved.add([reading(100)]);
    const untouched = moved.baseline.state();
    assert.ok(moved.add([later]));
    assert.deepEqual(moved.baseline.state(), untouched);
    const largest = () => (meter.baseline.error.figures().learner.mae ?? 0) > 0.5;
    assert.ok(largest() && meter.add([later])?.period === "baseline" && !largest());
  });

  it("tells the top 5 % of actual values apart once it has seen a hundred", () => {
    const meter = new Meter(OPTIONS);
    for (let i = 0; i < 5000; i++) meter.add([{ ...reading(i), learner: reading(i).actual + (reading(i).actual > 10.5 ? 3 : 1) }]); // biome-ignore format: one line
    const { learner, frozen, peaks } = figures(meter).accuracy.lifetime;
    assert.ok(peaks / 4900 > 0.04 && peaks / 4900 < 0.06, `${peaks} of 4900`);
    assert.ok((learner.peakMae ?? 0) > 2.5 && (learner.mae ?? 9) < 1.5, `${learner.peakMae} and ${learner.mae}`);
    assert.ok(Math.abs((frozen.peakMae ?? 0) - 0.8) < 1e-9);
    const still = new Meter(OPTIONS);
    for (let i = 0; i < 500; i++) still.add([{ ...reading(i), actual: 7 }]);
    assert.equal(figures(still).accuracy.lifetime.peaks, 0, "what never moves has no peaks");
  });

  it("has errors by operating mode, a handful by name and the rest together", () => {
    const [meter, total] = [new Meter(OPTIONS), new Meter(OPTIONS)];
    for (let i = 0; i < 240; i++) {
      const mode = i < 40 ? undefined : i % 2 ? "running" : `recipe ${i % 20}`;
      const counted = meter.add([{ ...reading(i), mode, running: i % 3 > 0 }]);
      if (counted) total.absorb(counted, "a");
    }
    const modes = (of: Meter) => figures(of).accuracy.modes.map(({ mode, error }) => [mode, error.learner.readings]);
    assert.deepEqual(modes(meter), [
      ["recipe 0", 10],
      ["running", 100],
      ...["recipe 2", "recipe 4", "recipe 6", "recipe 8", "recipe 10", "recipe 12"].map((name) => [name, 10]),
      ["other", 30],
    ]);
    assert.deepEqual(modes(total), modes(meter));
    assert.deepEqual(modes(Meter.load(meter.save(), OPTIONS)), modes(meter));
  });
});
