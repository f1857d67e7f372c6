import assert from "node:assert/strict";
import { Random } from "../../src/forecaster/random";
import { BlockError } from "../../src/guard/block-error";
import { blocksBetweenFalseAlarms } from "../../src/guard/false-alarms";
import { LastGood } from "../../src/guard/last-good";
import { type DriftState, ModelDrift } from "../../src/guard/model-drift";
import { PageHinkley } from "../../src/guard/page-hinkley";

describe("PageHinkley", () => {
  it("adds up what exceeds the tolerance and forgets the rest", () => {
    const test = new PageHinkley(0.25);
    assert.equal(test.add(1), 0);
    assert.equal(test.add(3), 1.75);
    assert.equal(test.add(1), 1.5);
    assert.equal(test.add(0), 0.25);
    assert.equal(test.add(0), 0);
  });
});

describe("BlockError", () => {
  it("has blocks of 20 readings, or of twice the horizon", () => {
    const block = new BlockError(1);
    for (let i = 1; i < 20; i++) assert.equal(block.add(-i, 2), false);
    assert.equal(block.add(-20, 2), true);
    assert.equal(block.mean, 10.5);
    assert.equal(block.naive, 2);
    assert.equal(new BlockError(24).size, 48);
  });

  it("doubles its blocks while neighbours are alike, and leaves independent errors alone", () => {
    const alike = new BlockError(1);
    const independent = new BlockError(1);
    const random = new Random(1);
    for (let i = 0; i < 20_000; i++) {
      alike.add(2 + Math.sin(i / 100) + 0.1 * random.normal(), 1);
      independent.add(random.normal(), 1);
    }
    assert.equal(independent.size, 20);
    assert.ok(alike.size > 20 && alike.size <= 320, `${alike.size}`);
  });
});

describe("ModelDrift", () => {
  const feed = (drift: ModelDrift, n: number, error: () => number): DriftState[] => {
    const seen: DriftState[] = [];
    for (let i = 0; i < n; i++) if (drift.add(error(), 1) === "changed") seen.push(drift.state);
    return seen;
  };

  it("learns the usual error, then warns, alarms and relearns what stays", () => {
    const random = new Random(2);
    const drift = new ModelDrift({ horizon: 1 });
    assert.deepEqual(
      feed(drift, 4000, () => random.normal()),
      ["ok"],
    );
    assert.deepEqual(
      feed(drift, 2000, () => 2.2 * random.normal()),
      ["warning", "drift", "learning", "ok"],
    );
  });

  it("recovers where the error falls again", () => {
    const random = new Random(3);
    const drift = new ModelDrift({ horizon: 1 });
    feed(drift, 4000, () => random.normal());
    feed(drift, 100, () => 4 * random.normal());
    assert.equal(drift.state, "drift");
    assert.deepEqual(
      feed(drift, 400, () => random.normal()),
      ["recovering", "ok"],
    );
  });

  it("does not alarm for one wild block", () => {
    const random = new Random(4);
    const drift = new ModelDrift({ horizon: 1 });
    feed(drift, 4000, () => random.normal());
    const block = drift.block.size;
    const seen = feed(drift, block, () => 1e9);
    assert.ok(drift.evidence >= 2.5);
    seen.push(...feed(drift, 4000, () => random.normal()));
    assert.ok(!seen.includes("drift"));
    assert.equal(drift.state, "ok");
  });

  it("is the same at a thousand times the error", () => {
    const states = (factor: number): DriftState[] => {
      const random = new Random(5);
      const drift = new ModelDrift({ horizon: 6 });
      return [1, 3, 1, 5, 1].flatMap((size) => feed(drift, 3000, () => factor * size * random.normal()));
    };
    assert.ok(states(1).length > 5);
    assert.deepEqual(states(1000), states(1));
  });

  it("stays frozen until it is resumed", () => {
    const random = new Random(6);
    const drift = new ModelDrift({ horizon: 1 });
    feed(drift, 4000, () => random.normal());
    drift.freeze();
    assert.deepEqual(
      feed(drift, 4000, () => 5 * random.normal()),
      [],
    );
    assert.equal(drift.state, "frozen");
    drift.resume();
    assert.equal(drift.state, "recovering");
    assert.deepEqual(
      feed(drift, 60, () => random.normal()),
      ["ok"],
    );
  });
});

describe("blocksBetweenFalseAlarms", () => {
  it("is what a simulation of healthy blocks counts, within a fifth", () => {
    for (const [spread, delta, lambda] of [
      [0.8, 0.25, 5],
      [0.6, 0.25, 3],
      [1, 0.5, 3],
      [0.5, 0.1, 3],
    ]) {
      const random = new Random(7);
      let blocks = 0;
      for (let alarm = 0; alarm < 500; alarm++) {
        const test = new PageHinkley(delta);
        do blocks += 1;
        while (test.add(1 + spread * random.normal()) <= lambda);
      }
      const expected = blocksBetweenFalseAlarms(spread, delta, lambda);
      assert.ok(Math.abs(blocks / 500 / expected - 1) < 0.2, `${spread}: ${blocks / 500}, formula ${expected}`);
    }
  });

  it("rises with both thresholds and falls with the spread", () => {
    const usual = blocksBetweenFalseAlarms(0.5, 0.25, 5);
    assert.ok(blocksBetweenFalseAlarms(0.5, 0.3, 5) > usual);
    assert.ok(blocksBetweenFalseAlarms(0.5, 0.25, 6) > usual);
    assert.ok(blocksBetweenFalseAlarms(0.6, 0.25, 5) < usual);
    assert.ok(blocksBetweenFalseAlarms(0.5, 0, 5) > 1);
  });
});

describe("LastGood", () => {
  it("keeps the model of the best five blocks, not of an easy hour", () => {
    const good = new LastGood();
    let model = 0;
    const offer = (error: number, naive: number): void => {
      model += 1;
      good.offer(error, naive, () => Uint8Array.of(model));
    };
    for (let i = 0; i < 4; i++) offer(1, 1);
    assert.equal(good.snapshot, undefined);
    for (let i = 0; i < 6; i++) offer(0.5, 1);
    assert.deepEqual(good.snapshot, Uint8Array.of(9));
    // Small errors, but no better than naive: an easy hour.
    for (let i = 0; i < 10; i++) offer(0.01, 0.01);
    assert.deepEqual(good.snapshot, Uint8Array.of(9));
    offer(0, 0);
    assert.ok(good.best < 0.6);
  });
});
