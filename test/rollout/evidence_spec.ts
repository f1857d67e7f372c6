import assert from "node:assert/strict";
import fc from "fast-check";
import { Evidence, marginOf, PROOF, score } from "../../src/rollout/evidence";

describe("evidence by betting", () => {
  it("a required gain of 10 % is a margin of 0.1/1.9: errors of 1 and 0.9 score exactly nothing", () => {
    assert.equal(marginOf(0.1), 0.1 / 1.9);
    assert.ok(Math.abs(score(1, 0.9, marginOf(0.1))) < 1e-12);
    assert.equal(marginOf(0), 0);
  });

  it("the score is the relative difference less the margin, in fifths, between −1 and 1", () => {
    assert.ok(Math.abs(score(1.1, 0.9, 0) - 0.5) < 1e-12);
    assert.ok(Math.abs(score(1.1, 0.9, 0.04) - 0.3) < 1e-12);
    assert.equal(score(1, 0, 0), 1);
    assert.equal(score(0, 1, 0), -1);
  });

  it("no error on either side is no gain", () => {
    assert.equal(score(0, 0, 0), 0);
    assert.equal(score(0, 0, 0.1), -0.5);
  });

  it("is the mean over the stakes of the products of 1 + λs", () => {
    const evidence = new Evidence();
    const scores = [0.3, -0.2, 1, -1, 0.05, 0.6];
    const stakes = [0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9];
    for (const s of scores) evidence.add(s);
    const capitals = stakes.map((stake) => scores.reduce((product, s) => product * (1 + stake * s), 1));
    const mean = capitals.reduce((sum, capital) => sum + capital, 0) / stakes.length;
    assert.ok(Math.abs(evidence.value / mean - 1) < 1e-12);
  });

  it("starts at 1; eight full wins are a proof, three are not", () => {
    const evidence = new Evidence();
    assert.equal(evidence.value, 1);
    for (let i = 0; i < 3; i++) evidence.add(1);
    assert.ok(evidence.value < PROOF);
    for (let i = 0; i < 5; i++) evidence.add(1);
    assert.ok(evidence.value > PROOF);
  });

  it("a fair coin never raises its expectation: the mean over all 2^10 paths is 1", () => {
    let sum = 0;
    for (let path = 0; path < 1024; path++) {
      const evidence = new Evidence();
      for (let i = 0; i < 10; i++) evidence.add((path >> i) & 1 ? 0.7 : -0.7);
      sum += evidence.value;
    }
    assert.ok(Math.abs(sum / 1024 - 1) < 1e-9);
  });

  it("with a floor, each block gives away at most the floor", () => {
    let sum = 0;
    for (let path = 0; path < 1024; path++) {
      const evidence = new Evidence(0.02);
      for (let i = 0; i < 10; i++) evidence.add((path >> i) & 1 ? 1 : -1);
      sum += evidence.value;
    }
    assert.ok(sum / 1024 > 1 && sum / 1024 <= 1 + 10 * 0.02);
  });

  it("a floor lets a thousand good blocks be forgotten within twenty bad ones; without it they are not", () => {
    const watch = new Evidence(0.02);
    const plain = new Evidence();
    for (let i = 0; i < 1000; i++) {
      watch.add(-0.5);
      plain.add(-0.5);
    }
    for (let i = 0; i < 20; i++) {
      watch.add(0.7);
      plain.add(0.7);
    }
    assert.ok(watch.value >= PROOF);
    assert.ok(plain.value < PROOF);
  });

  it("stays finite and positive whatever the scores, and goes on exactly after saving", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { maxLength: 200 }),
        fc.nat(50),
        (scores, n) => {
          const evidence = new Evidence();
          for (const s of scores) for (let i = 0; i < n; i++) evidence.add(s);
          assert.ok(Number.isFinite(evidence.value) && evidence.value > 0);
          const copy = new Evidence(0, JSON.parse(JSON.stringify(evidence.save())));
          assert.equal(copy.add(0.3), evidence.add(0.3));
        },
      ),
    );
  });
});
