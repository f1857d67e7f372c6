import assert from "node:assert/strict";
import { History } from "../../src/forecaster/history";
import { Random } from "../../src/forecaster/random";
import { StandIn } from "../../src/forecaster/stand-in";
import { Forecaster } from "../../src/index";
import { plant } from "./plant";

const ALL_THERE = Uint8Array.of(0, 0, 0);

/** Three sensors: a, b, and a third that is their difference with little noise; `n` complete readings. */
function related(n: number) {
  const random = new Random(4);
  const history = new History(200, 3);
  const standIn = new StandIn(history, 3);
  let [a, b] = [0, 0];
  /** Pushes the next reading, with zeros where something is missing; gives what the sensors really had. */
  const next = (missing: Uint8Array): number[] => {
    a = 0.9 * a + 0.4 * random.normal();
    b = 0.5 * b + 0.8 * random.normal();
    const truth = [a, b, 0.7 * a - 0.7 * b + 0.05 * random.normal()];
    const slot = history.push();
    truth.forEach((x, k) => {
      history.inputs[3 * slot + k] = missing[k] === 1 ? 0 : x;
    });
    standIn.complete(history.length - 1, missing);
    return truth;
  };
  for (let i = 0; i < n; i++) next(ALL_THERE);
  return { history, standIn, next, value: (k: number) => history.inputs[3 * history.slot(history.length - 1) + k] };
}

describe("what stands in for a missing sensor", () => {
  it("follows from the other sensors, for as long as it is missing", () => {
    const { next, value, standIn } = related(1000);
    for (let i = 0; i < 300; i++) {
      const truth = next(Uint8Array.of(0, 0, 1));
      assert.ok(Math.abs(value(2) - truth[2]) < 0.25, `${value(2)}, not ${truth[2]}`);
      assert.ok(standIn.doubt < 0.1, "little is unknown of it");
    }
    next(ALL_THERE);
    assert.equal(standIn.doubt, 0);
  });

  it("starts at the last good value and drifts to the mean where the others say nothing", () => {
    const { next, value, standIn } = related(1000);
    let last = next(ALL_THERE)[0];
    while (Math.abs(last) < 1) last = next(ALL_THERE)[0];
    next(Uint8Array.of(1, 0, 1));
    assert.ok(Math.abs(value(0) - last) < 0.6, `${value(0)} after ${last}`);
    for (let i = 0; i < 100; i++) next(Uint8Array.of(1, 0, 1));
    assert.ok(Math.abs(value(0)) < 0.3, `${value(0)}`);
    assert.ok(standIn.doubt > 0.8, `${standIn.doubt}`);
  });

  it("is the last good value as long as too little is known", () => {
    const { next, value, standIn } = related(50);
    next(Uint8Array.of(0, 0, 1));
    assert.equal(value(2), 0, "left as it was given");
    assert.ok(standIn.doubt > 0 && standIn.doubt <= 0.1);
    for (let i = 0; i < 20; i++) next(Uint8Array.of(0, 0, 1));
    assert.equal(standIn.doubt, 1);
  });
});

describe("a forecaster with a dead sensor", () => {
  const rows = plant(3000);
  const dead = (from: number, to: number) =>
    rows.map((row, i) => (i >= from && i < to ? { ...row, values: { ...row.values, b: Number.NaN } } : row));

  it("gives a wider interval, and the old one when the sensor is back", () => {
    const f = Forecaster.create({ inputs: ["a", "b"], target: "y", size: 4 });
    const widths = dead(2000, 2100).map((row) => {
      const { forecast } = f.step(row, { learn: true });
      return (forecast.upper - forecast.lower) / 2;
    });
    const mean = (from: number, to: number) =>
      widths.slice(from, to).reduce((sum, width) => sum + width, 0) / (to - from);
    assert.ok(mean(2050, 2100) > 1.1 * mean(1950, 2000), `${mean(2050, 2100)} against ${mean(1950, 2000)}`);
    assert.ok(mean(2600, 2800) < 1.2 * mean(1950, 2000));
  });

  it("widens the more the older the target's last value is, never without end", () => {
    const f = Forecaster.create({ inputs: ["a", "b"], target: "y", size: 4 });
    for (const row of rows.slice(0, 1000)) f.step(row, { learn: true });
    const { lower, upper } = f.forecast();
    const before = upper - lower;
    const widths: number[] = [];
    for (const row of rows.slice(1000, 1400)) {
      const { forecast } = f.step({ ...row, values: { ...row.values, y: Number.NaN } }, { learn: true });
      widths.push(forecast.upper - forecast.lower);
    }
    assert.ok(widths[8] > 2 * before && widths[8] > widths[2], `${widths[8]} after ${before}`);
    assert.ok(Math.max(...widths) < 30 * before);
  });
});
