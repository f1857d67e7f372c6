import assert from "node:assert/strict";
import fc from "fast-check";
import { Random } from "../../src/forecaster/random";
import { type Block, Blocks } from "../../src/rollout/block";

/** Blocks of two AR(1) error processes. */
function ofErrors(phi: number, n: number, horizon = 1, bias = 0): Blocks {
  const random = new Random(5);
  const blocks = new Blocks(horizon);
  const shock = Math.sqrt(1 - phi * phi);
  let a = 0;
  let b = 0;
  for (let i = 0; i < n; i++) {
    a = phi * a + shock * random.normal();
    b = phi * b + shock * random.normal();
    blocks.add(a + bias, b);
  }
  return blocks;
}

describe("blocks", () => {
  it("hold at least 20 forecasts, and twice the horizon", () => {
    assert.equal(new Blocks(0).length, 20);
    assert.equal(new Blocks(10).length, 20);
    assert.equal(new Blocks(60).length, 120);
  });

  it("hold at least three decorrelation times of the errors", () => {
    for (const phi of [0.9, 0.97]) {
      const needed = (3 * (1 + phi)) / (1 - phi);
      const { length } = ofErrors(phi, 20_000);
      assert.ok(Math.abs(length / needed - 1) < 0.3, `${length} for ${needed}`);
    }
  });

  it("a steady bias is no reason for longer blocks", () => {
    assert.equal(ofErrors(0, 5000, 1, 30).length, 20);
  });

  it("one error a million times its usual size does not change their length", () => {
    const blocks = ofErrors(0, 1000);
    blocks.add(1e6, -1e6);
    assert.equal(blocks.length, 20);
  });

  it("a block carries the mean absolute errors of its forecasts", () => {
    const blocks = new Blocks(1);
    const ended: Block[] = [];
    for (let i = 0; i < 40; i++) {
      const block = blocks.add(i % 2 ? 3 : -1, i % 3 ? 0.5 : -0.5);
      if (block) ended.push(block);
    }
    assert.deepEqual(ended, [
      { count: 20, periods: 1, existing: 2, learner: 0.5 },
      { count: 20, periods: 1, existing: 2, learner: 0.5 },
    ]);
  });

  it("with periods, a block ends where a period does, once it is long enough", () => {
    const blocks = new Blocks(1);
    const counts: number[][] = [];
    for (let i = 0; i < 100; i++) {
      const block = blocks.add(i % 2 ? 1 : -1, i % 3 ? 1 : -1, Math.floor(i / 15));
      if (block) counts.push([block.count, block.periods]);
    }
    assert.deepEqual(counts, [
      [30, 2],
      [30, 2],
      [30, 2],
    ]);
  });

  it("scores that hang together double the length and are forgotten", () => {
    const random = new Random(6);
    const blocks = new Blocks(1);
    const doubledAfter: number[] = [];
    let s = 0;
    for (let i = 1; i <= 45; i++) {
      s = 0.97 * s + 0.05 * random.normal();
      if (blocks.scored(s)) doubledAfter.push(i);
    }
    assert.deepEqual(doubledAfter, [20, 40]);
    assert.equal(blocks.length, 80);
  });

  it("scores that are independent of each other leave the length alone", () => {
    const blocks = new Blocks(1);
    for (let i = 0; i < 500; i++) assert.equal(blocks.scored(i % 2 ? 0.5 : -0.5), false);
    assert.equal(blocks.length, 20);
  });

  it("always end, even with errors that hardly move", () => {
    const blocks = new Blocks(1);
    let ended = 0;
    for (let i = 0; i < 20_000; i++) if (blocks.add(Math.sin(i / 3000), Math.cos(i / 3000))) ended += 1;
    assert.ok(ended >= 3);
  });

  it("stay finite with the largest numbers there are, and go on exactly after saving", () => {
    const error = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(Number.MAX_VALUE));
    fc.assert(
      fc.property(fc.array(fc.tuple(error, error), { maxLength: 100 }), fc.nat(100), (pairs, horizon) => {
        const blocks = new Blocks(horizon);
        for (const [a, b] of pairs) blocks.add(a, b);
        const { existing, learner } = blocks.open;
        assert.ok(Number.isFinite(existing) && Number.isFinite(learner) && Number.isFinite(blocks.length));
        const copy = new Blocks(horizon, JSON.parse(JSON.stringify(blocks.save())));
        for (let i = 0; i < 50; i++) assert.deepEqual(copy.add(i, -i), blocks.add(i, -i));
        assert.deepEqual(copy.save(), blocks.save());
      }),
    );
  });
});
