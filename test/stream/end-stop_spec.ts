import { strict as assert } from "node:assert";
import { Random } from "../../src/forecaster/random";
import { Forecaster } from "../../src/index";
import { EndStop } from "../../src/stream/end-stop";

/** A walk that is cut off at 0 and 100. */
function valve(length: number, seed: number): number[] {
  const random = new Random(seed);
  let x = 50;
  return Array.from({ length }, () => {
    x += 8 * random.normal() + 0.02 * (50 - x);
    return Math.max(0, Math.min(100, x));
  });
}

function ended(side: 1 | -1, values: readonly number[]): EndStop {
  const end = new EndStop(side);
  for (const x of values) end.update(x);
  return end;
}

describe("end stop", () => {
  it("finds where a valve is shut and fully open", () => {
    const values = valve(2000, 1);
    const [lowest, highest] = [ended(-1, values), ended(1, values)];
    assert.deepEqual([lowest.isKnown, lowest.state.at], [true, 0]);
    assert.deepEqual([highest.isKnown, highest.state.at], [true, 100]);
    assert.deepEqual([lowest.end, highest.end], [0, 100]);
  });

  it("takes no level for an end at which a coarse sensor stands still as it does everywhere", () => {
    const random = new Random(2);
    let x = 20;
    const slow = Array.from({ length: 5000 }, (_, i) => {
      x += 0.02 * random.normal() + (i > 2500 ? 0.002 : 0);
      return Math.round(10 * x) / 10;
    });
    const [lowest, highest] = [new EndStop(-1), new EndStop(1)];
    let known = 0;
    for (const y of slow) {
      lowest.update(y);
      highest.update(y);
      if (lowest.isKnown || highest.isKnown) known += 1;
    }
    assert.ok(known < 0.01 * slow.length, `an end was known at ${known} of 5000 readings`);
  });

  it("takes no single value of a sensor that was stuck there for an end", () => {
    const random = new Random(3);
    const values = Array.from({ length: 3000 }, (_, i) => (i > 1000 && i < 1300 ? 55 : 60 + 10 * random.normal()));
    for (const side of [-1, 1] as const) assert.equal(ended(side, values).isKnown, false);
  });

  it("is no end any more with the first value beyond it", () => {
    const end = ended(-1, valve(2000, 4));
    assert.equal(end.isKnown, true);
    end.update(-3);
    assert.equal(end.isKnown, false);
  });

  it("is known later where the plant goes beyond again and again: what grows each week has no end", () => {
    const random = new Random(4);
    const week = (top: number): number[] =>
      Array.from({ length: 400 }, (_, i) =>
        Math.min(top, Math.max(0, 1.25 * top * Math.sin(i / 21) + random.normal())),
      );
    const end = new EndStop(1);
    const known = [50, 60, 70, 80, 90].map((top) => {
      for (const x of week(top)) end.update(x);
      return end.isKnown;
    });
    assert.deepEqual(known, [true, true, false, false, false]);
    for (let i = 0; i < 10; i++) for (const x of week(90)) end.update(x);
    assert.deepEqual([end.isKnown, end.end], [true, 90]);
  });

  it("forgets a glitch", () => {
    const end = ended(-1, [...valve(2000, 4), -999, ...valve(1000, 5)]);
    assert.equal(end.state.at, -999);
    for (const x of valve(20_000, 6)) end.update(x);
    assert.deepEqual([end.isKnown, end.state.at], [true, 0]);
  });

  it("is not found at rest on the side on which a machine will run, however long it rests", () => {
    const random = new Random(8);
    const day = (i: number): number => (i % 200 < 100 ? 0 : 50 + random.normal());
    const weeks = [...Array.from({ length: 2000 }, (_, i) => day(i)), ...new Array<number>(30_000).fill(0)];
    assert.equal(ended(1, weeks).isKnown, false);
    assert.equal(ended(-1, weeks).isKnown, true);
  });

  it("lets no forecast, no interval and no expert lie beyond it", () => {
    const values = valve(3000, 5);
    const forecaster = Forecaster.create({ inputs: [], target: "y", horizon: [1, 5], seed: 1 });
    let beyond = 0;
    let atEnd = 0;
    values.forEach((y, i) => {
      const { scored, forecast } = forecaster.step({ time: 1000 * i, values: { y } }, { learn: true });
      if (i < 1500) return;
      for (const { value, lower, upper } of forecast.steps ?? []) {
        if (lower < 0 || upper > 100) beyond += 1;
        assert.ok(lower <= value && value <= upper);
        if (lower === 0 || upper === 100) atEnd += 1;
      }
      for (const answer of Object.values(forecaster.expertsAt(1000 * i))) if (answer < 0 || answer > 100) beyond += 1;
      if (scored && (scored.lower < 0 || scored.upper > 100)) beyond += 1;
    });
    assert.equal(beyond, 0);
    assert.ok(atEnd > 100);
  });

  it("is no other at the score than it was at the forecast: the interval is the one that was told", () => {
    // The end is found early on, between forecasts and their actual values, and passed later.
    const values = [...valve(600, 1), ...valve(300, 7).map((y) => y + 20)];
    let passed = 0;
    for (const horizon of [0, 1, 10, 60]) {
      const random = new Random(9);
      const forecaster = Forecaster.create({ inputs: ["u"], target: "y", horizon, seed: 1 });
      const told = new Map<number, number[]>();
      values.forEach((y, i) => {
        const u = y + 5 * random.normal();
        const { scored, forecast } = forecaster.step({ time: 1000 * i, values: { u, y } }, { learn: true });
        const { origin, value, lower, upper } = forecast;
        told.set(origin, [value, lower, upper]);
        if (Number.isFinite(lower)) assert.ok(lower <= value && value <= upper, `${lower} ${value} ${upper} at ${i}`);
        if (scored === undefined) return;
        assert.deepEqual([scored.forecast, scored.lower, scored.upper], told.get(scored.origin));
        assert.equal(scored.covered, scored.lower <= y && y <= scored.upper);
        if (scored.upper === 100 && y > 100) passed += 1;
      });
    }
    assert.ok(passed > 0);
  });

  it("is gone where the plant itself goes beyond", () => {
    const values = [...valve(2000, 6), ...valve(500, 7).map((y) => y - 60)];
    const forecaster = Forecaster.create({ inputs: [], target: "y", horizon: 1, seed: 1 });
    let late = 0;
    let last = 0;
    values.forEach((y, i) => {
      const { forecast } = forecaster.step({ time: 1000 * i, values: { y } }, { learn: true });
      if (last < -20 && y < -20 && forecast.value > -1) late += 1;
      last = y;
    });
    assert.ok(late <= 1, `${late} forecasts stayed at the old end`);
  });
});
