import assert from "node:assert/strict";
import { type RateState, rate } from "../../src/alarm/rate";

describe("rate of change", () => {
  const fresh = (): RateState => ({ times: [], values: [] });

  it("is the slope per minute of a straight line", () => {
    const state = fresh();
    assert.ok(Number.isNaN(rate(state, 0, 5, 60_000)));
    for (let t = 1000; t <= 120_000; t += 1000) {
      assert.ok(Math.abs(rate(state, t, 5 + t / 10_000, 60_000) - 6) < 1e-9);
    }
  });

  it("forgets what is older than the window", () => {
    const state = fresh();
    for (let t = 0; t < 60_000; t += 1000) rate(state, t, t, 10_000);
    for (let t = 60_000; t < 75_000; t += 1000) rate(state, t, 7, 10_000);
    assert.ok(Math.abs(rate(state, 75_000, 7, 10_000)) < 1e-9);
  });

  it("damps noise: two close readings that differ by 1 are no fast change", () => {
    const state = fresh();
    let worst = 0;
    for (let i = 0; i < 600; i++) {
      const slope = rate(state, i * 100, i % 2, 60_000);
      if (i > 300) worst = Math.max(worst, Math.abs(slope));
    }
    assert.ok(worst < 0.5, `${worst} per minute, where the difference of two readings gives 600`);
  });

  it("keeps few samples however fast the readings come", () => {
    const state = fresh();
    for (let i = 0; i < 100_000; i++) rate(state, i, i, 60_000);
    assert.ok(state.times.length <= 66, `${state.times.length} samples`);
  });

  it("gives no slope for readings of one moment", () => {
    const state = fresh();
    rate(state, 5, 1, 1000);
    assert.ok(Number.isNaN(rate(state, 5, 2, 1000)));
  });
});
