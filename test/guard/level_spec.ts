import assert from "node:assert/strict";
import { Random } from "../../src/forecaster/random";
import { Level } from "../../src/guard/level";

const PATIENCE = 30;
const day = (i: number): number => 20 + 5 * Math.sin((2 * Math.PI * i) / 288);

/** How many of n values are in doubt. */
function doubts(rule: Level, n: number, signal: (i: number) => number): number {
  let count = 0;
  for (let i = 0; i < n; i++) if (rule.judge(signal(i)) > 0) count += 1;
  return count;
}

describe("Level", () => {
  it("passes noise, day and night, slow ramps, quantised signals, pulses; and nearly all of long tails", () => {
    const random = new Random(5);
    const signals: Record<string, (i: number) => number> = {
      noise: () => random.normal(),
      day: (i) => day(i) + 0.1 * random.normal(),
      ramp: (i) => i * 0.01,
      quantised: () => Math.round(random.normal()),
      pulses: () => (random.uniform() < 0.05 ? 10 : 0) + 0.1 * random.normal(),
    };
    for (const [name, signal] of Object.entries(signals))
      assert.equal(doubts(new Level(PATIENCE), 20_000, signal), 0, name);
    assert.ok(doubts(new Level(PATIENCE), 20_000, () => 1 / Math.sqrt(0.0001 + random.uniform())) <= 4);
  });

  it("doubts spikes, the further the more, and lets the next usual value through", () => {
    const random = new Random(6);
    const rule = new Level(PATIENCE);
    doubts(rule, 2000, (i) => day(i) + random.normal());
    let before = 1;
    for (let i = 0; i < 200; i++) {
      const x = day(2000 + i) + random.normal();
      if (i % 40 === 5) {
        const far = rule.judge(100 * (i + 10));
        assert.ok(far > before, `${far}`);
        before = far;
      } else assert.equal(rule.judge(x), 0);
    }
  });

  for (const patience of [1, 30, 200])
    it(`believes a new level after ${patience} readings, and does not doubt it when it comes again`, () => {
      const random = new Random(7);
      const rule = new Level(patience);
      const rest = () => 10 + random.normal();
      const run = () => 1000 + 20 * random.normal();
      assert.equal(doubts(rule, 2000, rest), 0);
      assert.equal(doubts(rule, 500, run), patience);
      for (let visit = 0; visit < 3; visit++) {
        assert.equal(doubts(rule, 300, rest), 0, "back at rest");
        assert.equal(doubts(rule, 300, run), 0, "running again");
      }
    });

  it("believes it at once where it is told to", () => {
    const random = new Random(7);
    const rule = new Level(PATIENCE);
    doubts(rule, 2000, () => 10 + random.normal());
    assert.ok(rule.judge(100) > 1);
    rule.believe();
    assert.equal(
      doubts(rule, 100, () => 100 + random.normal()),
      0,
    );
  });

  it("believes a level that is expected at once, also in steps, and not for ever", () => {
    const random = new Random(7);
    const rule = new Level(PATIENCE);
    const at = (level: number) => () => level + random.normal();
    doubts(rule, 2000, at(10));
    assert.ok(rule.judge(100) > 1);
    rule.expect();
    assert.equal(doubts(rule, 10, at(100)), 0, "the one in doubt");
    assert.equal(doubts(rule, 10, at(300)), 0, "one that comes afterwards");
    assert.equal(doubts(rule, 300, at(300)), 0);
    assert.equal(doubts(rule, 300, at(900)), PATIENCE, "nobody has spoken of this one");
  });

  it("distrusts a sensor of which little was seen for a short time only", () => {
    const rule = new Level(PATIENCE);
    for (let i = 0; i < 40; i++) rule.judge(i % 2);
    const count = doubts(rule, 100, () => 1000);
    assert.ok(count > 0 && count <= 10, `${count}`);
  });

  it("doubts nothing where it is switched off", () => {
    const random = new Random(7);
    const rule = new Level(PATIENCE, Number.POSITIVE_INFINITY);
    assert.equal(
      doubts(rule, 2000, (i) => (i % 100 === 0 ? 1e6 : random.normal())),
      0,
    );
  });
});
