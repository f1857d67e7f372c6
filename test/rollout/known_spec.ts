import assert from "node:assert/strict";
import { forecastInUse, isUnusable, offerOf, outcomeOf } from "../../src/rollout/known";

const FORECAST = {
  asset: "a",
  origin: 5,
  due: 6,
  horizon: 1,
  value: 3,
  lower: 2,
  upper: 4,
  coverage: 0.9,
  naive: 1,
  existing: null,
};
const SCORED = { origin: 4, time: 5, forecast: 2, actual: 2.5, naive: 1, existing: 3, covered: true };

describe("what a message knows", () => {
  it("the forecasts on offer; null and text are not known", () => {
    assert.deepEqual(offerOf({ forecast: { ...FORECAST, naive: "1" } }, 9), {
      time: 5,
      learner: 3,
      existing: Number.NaN,
      naive: Number.NaN,
      guard: "ok",
    });
    assert.equal(offerOf({ forecast: { value: 3 } }, 9)?.time, 9);
    assert.equal(offerOf({}, 9), undefined);
  });

  it("the drift guard's word on the model", () => {
    const guard = (model: unknown) => offerOf({ forecast: FORECAST, quality: { model } }, 9)?.guard;
    assert.deepEqual(["ok", "learning", "warning", "recovering", "drift", "frozen", undefined, 7].map(guard), ["ok", "not ok", "not ok", "not ok", "not ok", "frozen", "ok", "ok"]); // biome-ignore format: one line
  });

  it("the forecast that fell due", () => {
    assert.deepEqual(outcomeOf({ forecast: FORECAST, scored: SCORED }, "t"), {
      origin: 4,
      time: 5,
      actual: 2.5,
      learner: 2,
      existing: 3,
      naive: 1,
      covered: true,
      coverage: 0.9,
      good: true,
      doubtful: false,
      running: true,
    });
    assert.equal(outcomeOf({ forecast: FORECAST }, "t"), undefined);
  });

  it("a score carries its doubt and its mode; what counts as good is the value that judges", () => {
    const of = (held: string[], state: string, more: object = {}) => {
      const reasons = held.map((sensor) => ({ sensor, rule: "missing", state: "bad" }));
      const outcome = outcomeOf(
        { scored: { ...SCORED, state, ...more }, quality: { state, held, doubts: {}, reasons } },
        "t",
      );
      return [outcome?.good, outcome?.doubtful, outcome?.running];
    };
    assert.deepEqual(of([], "good"), [true, false, true]);
    assert.deepEqual(of(["x"], "bad"), [true, true, true]);
    assert.deepEqual(of(["t"], "bad"), [false, true, true]);
    assert.deepEqual(of([], "good", { running: false }), [true, false, false]);
    assert.equal(outcomeOf({ scored: SCORED, quality: { held: [], doubts: { t: 1 }, reasons: [] } }, "t")?.good, false);
    assert.equal(outcomeOf({ scored: { ...SCORED, state: "uncertain" } }, "t")?.good, false);
  });

  it("a label that was due and cannot be used, and one that was not due", () => {
    const held = (sensor: string, rule: string) => ({ held: [sensor], reasons: [{ sensor, rule, state: "bad" }] });
    assert.equal(isUnusable({ quality: held("t", "missing") }, "t", 1), true);
    assert.equal(isUnusable({ quality: held("t", "agreement") }, "t", 1), true);
    assert.equal(isUnusable({ quality: "Bad" }, "t", 1), true);
    assert.equal(isUnusable({ quality: held("t", "missing") }, "t", 0), false);
    assert.equal(isUnusable({ quality: held("t", "range") }, "t", 0), true);
    assert.equal(isUnusable({ quality: held("x", "missing") }, "t", 1), false);
    assert.equal(isUnusable({ scored: SCORED, quality: held("t", "missing") }, "t", 1), false);
    assert.equal(isUnusable({}, "t", 1), false);
  });

  it("nodes further on read the forecast in use, never a learner in shadow", () => {
    const steps = [1, 6].map((horizon) => ({ horizon, due: 5 + horizon, value: 3, lower: 2, upper: 4 }));
    const forecast = { ...FORECAST, steps };
    assert.equal(forecastInUse(forecast, { source: "learner", value: 3 }), forecast);
    const used = { value: 1, lower: null, upper: null };
    assert.deepEqual(forecastInUse(forecast, { source: "naive", value: 1 }), {
      ...FORECAST,
      ...used,
      steps: [
        { horizon: 1, due: 6, ...used },
        { horizon: 6, due: 11, ...used },
      ],
    });
    assert.deepEqual(forecastInUse(forecast, { source: "existing", value: 1 }).steps, [
      { horizon: 1, due: 6, ...used },
    ]);
    assert.equal(forecastInUse(FORECAST, { source: "none", value: Number.NaN }).value, null);
  });

  it("a label that corrects an earlier one judges nothing anew", () => {
    assert.notEqual(outcomeOf({ scored: { ...SCORED, corrects: null } }, "y"), undefined);
    assert.equal(outcomeOf({ scored: { ...SCORED, corrects: 51 } }, "y"), undefined);
  });
});
