import assert from "node:assert/strict";
import { timeToLimit } from "../../src/alarm/time-to-limit";

const LIMITS = { low: 20, high: 80 };
const path = (...points: [number, number][]) => ({
  times: points.map((p) => p[0] * 1000),
  values: points.map((p) => p[1]),
});

describe("time to limit", () => {
  it("interpolates between two points of the path", () => {
    assert.equal(timeToLimit("high", path([0, 60], [10, 70], [20, 90]), LIMITS, 0), 15000);
    assert.equal(timeToLimit("low", path([0, 40], [10, 0]), LIMITS, 0), 5000);
    assert.equal(timeToLimit("outside", path([0, 50], [10, 10]), LIMITS, 0), 7500);
    assert.equal(timeToLimit("outside", path([0, 50], [10, 110]), LIMITS, 0), 5000);
    assert.equal(timeToLimit("inside", path([0, 0], [10, 40]), LIMITS, 0), 5000);
    assert.equal(timeToLimit("inside", path([0, 100], [10, 60]), LIMITS, 0), 5000);
  });

  it("sees a band that the path runs through between two points", () => {
    assert.equal(timeToLimit("inside", path([0, 0], [10, 100]), LIMITS, 0), 2000);
  });

  it("is 0 when the path begins beyond the limit and undefined when it never gets there", () => {
    assert.equal(timeToLimit("high", path([0, 85], [10, 70]), LIMITS, 0), 0);
    assert.equal(timeToLimit("high", path([0, 60], [10, 79.9]), LIMITS, 0), undefined);
  });

  it("begins at the first known point when the actual value is not known", () => {
    assert.equal(timeToLimit("high", path([30, 90]), LIMITS, 10000), 20000);
  });
});
