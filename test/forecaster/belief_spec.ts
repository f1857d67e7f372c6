import assert from "node:assert/strict";
import { belief, OUTLIER, PATIENCE } from "../../src/forecaster/belief";

describe("belief in an error", () => {
  it("is whole up to five usual errors, and falls with the square beyond", () => {
    const of = { usual: 2, lasting: 0 };
    assert.equal(belief(of, 0, 50, 1), 1);
    assert.ok(of.usual < 2);
    of.usual = 2;
    assert.equal(belief(of, OUTLIER * 2, 50, 1), 1);
    of.usual = 2;
    assert.equal(belief(of, 2 * OUTLIER * 2, 50, 1), 1 / 4);
    of.usual = 2;
    assert.equal(belief(of, 100 * OUTLIER * 2, 50, 1), 1e-4);
    // What is not believed is not usual either.
    assert.ok(of.usual < 2.01);
  });

  it("is whole again where outliers have come for long, counted in readings", () => {
    for (const gap of [1, 60]) {
      const of = { usual: 1, lasting: 0 };
      let labels = 0;
      while (belief(of, 100 * of.usual * OUTLIER, 50, gap) < 1) labels += 1;
      assert.equal(labels, Math.floor(PATIENCE / gap));
    }
  });

  it("takes outliers for less lasting with each label that is none", () => {
    const of = { usual: 1, lasting: 0 };
    for (let i = 0; i < 20; i++) belief(of, 1e6, 50, 1);
    assert.equal(of.lasting, 20);
    for (let i = 0; i < 60; i++) belief(of, 1, 50, 1);
    assert.equal(of.lasting, 5);
    for (let i = 0; i < 60; i++) belief(of, 1, 50, 1);
    assert.equal(of.lasting, 0);
  });

  it("learns what comes again and again, as the other half of a cycle, but not what comes seldom", () => {
    const learnt = (outliers: number, others: number): boolean => {
      const of = { usual: 1, lasting: 0 };
      for (let cycle = 0; cycle < 200; cycle++) {
        for (let i = 0; i < others; i++) belief(of, 1, 50, 1);
        for (let i = 0; i < outliers; i++) if (belief(of, 50 * of.usual * OUTLIER, 1e9, 1) === 1) return true;
      }
      return false;
    };
    assert.ok(learnt(20, 20) && learnt(10, 30));
    assert.ok(!learnt(5, 60));
  });
});
