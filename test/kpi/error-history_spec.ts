import assert from "node:assert/strict";
import fc from "fast-check";
import { ErrorHistory, overTime } from "../../src/kpi/error-history";
import { judged } from "./scored";

describe("error history", () => {
  it("keeps every error and every reading in at most 80 blocks in time order", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), (count) => {
        const history = ErrorHistory.empty();
        for (let i = 0; i < count; i++) history.add(i, judged(i, { learner: i % 10, naive: i % 3 ? 1 : Number.NaN }));
        const { blocks } = history;
        assert.ok(blocks.length <= 80);
        assert.equal(
          blocks.reduce((n, block) => n + block.readings, 0),
          count,
        );
        assert.equal(blocks[0].from, 0);
        assert.equal(blocks.at(-1)?.to, count - 1);
        blocks.slice(1).forEach((block, i) => {
          assert.equal(block.from, blocks[i].to + 1);
        });
        const whole = Array.from({ length: count }, (_, i) => i % 10).reduce((a, b) => a + b, 0);
        assert.equal(
          blocks.reduce((sum, block) => sum + block.absolute[0], 0),
          whole,
        );
        assert.equal(
          blocks.reduce((n, block) => n + block.counted[2], 0),
          Array.from({ length: count }, (_, i) => i).filter((i) => i % 3).length,
        );
      }),
      { numRuns: 30 },
    );
  });

  it("has blocks of equal length but for the last, and goes on from its saved state", () => {
    const whole = ErrorHistory.empty();
    let broken = ErrorHistory.empty();
    for (let i = 0; i < 1000; i++) {
      whole.add(i, judged(i, { learner: i }));
      broken.add(i, judged(i, { learner: i }));
      if (i % 77 === 0) broken = ErrorHistory.of(JSON.parse(JSON.stringify(broken.state())));
    }
    assert.deepEqual(broken.blocks, whole.blocks);
    assert.equal(new Set(whole.blocks.slice(0, -1).map(({ readings }) => readings)).size, 1);
  });

  it("is drawn in the order of time, whatever the order in which assets were counted, and loses no error", () => {
    const histories = [0, 1, 2].map((asset) => {
      const history = ErrorHistory.empty();
      for (let i = 0; i < 5000; i++)
        history.add(i * 10 + asset, judged(i * 10 + asset, { learner: asset + 1, naive: Number.NaN }));
      return history;
    });
    const blocks = overTime(
      histories.flatMap((history) => history.blocks),
      60,
    );
    assert.ok(blocks.length > 40 && blocks.length <= 60);
    blocks.slice(1).forEach((block, i) => {
      assert.ok(block.from > blocks[i].from);
    });
    for (const { absolute, counted } of blocks.slice(1, -1)) assert.ok(Math.abs(absolute[0] / counted[0] - 2) < 0.35);
    assert.equal(
      overTime(histories[0].blocks, 7).reduce((sum, { readings }) => sum + readings, 0),
      5000,
    );
    assert.deepEqual(overTime([], 60), []);
  });
});
