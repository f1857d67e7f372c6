import assert from "node:assert/strict";
import { Random } from "../../src/forecaster/random";
import { QuantileTracker } from "../../src/stream/quantile-tracker";

describe("quantile tracker", () => {
  for (const coverage of [0.8, 0.9, 0.95]) {
    it(`covers ${100 * coverage} % of scores, also when their spread changes`, () => {
      const tracker = new QuantileTracker(coverage, 1);
      const random = new Random(1);
      let inside = 0;
      const length = 8000;
      for (let i = 0; i < length; i++) {
        const score = Math.abs(random.normal()) * (i > length / 2 ? 4 : 1);
        if (score <= tracker.width) inside += 1;
        tracker.update(score, tracker.width);
        assert.ok(tracker.width >= 0 && Number.isFinite(tracker.width));
      }
      assert.ok(Math.abs(inside / length - coverage) < 0.02, `${inside / length}`);
    });
  }

  it("takes back what an absurd score has added, once 100 others have come", () => {
    const tracker = new QuantileTracker(0.9, 1);
    const random = new Random(1);
    for (let i = 0; i < 1000; i++) tracker.update(Math.abs(random.normal()), tracker.width);
    const before = tracker.width;
    tracker.update(1e9, tracker.width);
    for (let i = 0; i < 100; i++) tracker.update(Math.abs(random.normal()), tracker.width);
    assert.ok(tracker.width < 30 * before, `${tracker.width}`);
  });

  it("promises nothing before the first score", () => {
    assert.ok(Number.isNaN(new QuantileTracker(0.9, 1).width));
  });
});
