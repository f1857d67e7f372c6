import assert from "node:assert/strict";
import type { PlainForecast, PlainScored } from "../../src/asset/plain";
import { errorLines, POINTS, Trace } from "../../src/health/trace";
import { FORECASTERS } from "../../src/kpi/scored-forecast";

/** A forecast made at i − 1 seconds for i seconds: the actual value is i, ours 1 too high, the last value 2 too low. */
const scored = (i: number, more: object = {}): PlainScored =>
  ({
    origin: 1000 * (i - 1),
    time: 1000 * i,
    horizon: 1,
    actual: i,
    forecast: i + 1,
    error: 1,
    lower: i,
    upper: i + 2,
    naive: i - 2,
    existing: null,
    frozen: i + 3,
    covered: true,
    state: "good",
    running: true,
    mode: null,
    corrects: null,
    ...more,
  }) as PlainScored;
const foreseen = (i: number) => ({ due: 1000 * i, value: i + 1, lower: i, upper: i + 2 }) as PlainForecast;

describe("trace of an asset", () => {
  it("keeps the last 300 forecasts that have fallen due, in the order of time", () => {
    const trace = new Trace();
    for (let i = 1; i <= POINTS + 50; i++) trace.add(scored(i));
    const { time, actual, forecast, existing } = trace.columns();
    assert.equal(time.length, POINTS);
    assert.deepEqual([time[0], time.at(-1)], [51_000, 350_000]);
    assert.deepEqual([actual[0], forecast[0]], [51, 52]);
    assert.ok(existing.every(Number.isNaN));
    assert.equal(trace.lastTime, 350_000);
  });

  it("puts a late label where it belongs, and a corrected one in the place of the first", () => {
    const trace = new Trace();
    for (const i of [1, 2, 4, 3]) trace.add(scored(i));
    trace.add(scored(2, { actual: 7, corrects: 2 }));
    const { time, actual } = trace.columns();
    assert.deepEqual(time, [1000, 2000, 3000, 4000]);
    assert.deepEqual(actual, [1, 7, 3, 4]);
  });

  it("goes on with what is still to fall due, only while somebody looks", () => {
    const trace = new Trace();
    trace.add(scored(1));
    trace.foresee(foreseen(2));
    assert.equal(trace.columns().time.length, 1);
    trace.isWatched = true;
    for (const i of [1, 2, 3]) trace.foresee(foreseen(i));
    const { time, forecast, actual, lower } = trace.columns();
    assert.deepEqual(time, [1000, 2000, 3000]);
    assert.deepEqual([forecast[2], lower[2]], [4, 3]);
    assert.ok(Number.isNaN(actual[2]));
    trace.add(scored(2));
    assert.deepEqual(trace.columns().time, [1000, 2000, 3000]);
    trace.isWatched = false;
    assert.deepEqual(trace.columns().time, [1000, 2000]);
  });

  it("compares each error over those forecasts at which both spoke", () => {
    const trace = new Trace();
    for (let i = 1; i <= 10; i++) trace.add(scored(i));
    for (let i = 11; i <= 20; i++) trace.add(scored(i, { existing: i + 4, forecast: i + 3 }));
    const { learner, existing, naive } = trace.recentError();
    assert.deepEqual(existing, { error: 4, learner: 3 });
    assert.deepEqual([learner, naive.error, naive.learner], [2, 2, 2]);
    assert.ok(Number.isNaN(new Trace().recentError().learner));
  });

  it("counts nothing of stopped time in the errors, and draws it all the same", () => {
    const trace = new Trace();
    trace.add(scored(1));
    trace.add(scored(2, { running: false, error: 100, forecast: 102 }));
    assert.equal(trace.columns().time.length, 2);
    const { time, learner, frozen, existing } = errorLines(trace.blocks, FORECASTERS);
    assert.deepEqual([time, learner, frozen], [[1000], [1], [3]]);
    assert.ok(Number.isNaN(existing[0]));
  });
});
