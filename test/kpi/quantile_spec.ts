import assert from "node:assert/strict";
import { Random } from "../../src/forecaster/random";
import { Quantile } from "../../src/kpi/quantile";

const sorted = (values: number[]) => [...values].sort((a, b) => a - b);

describe("quantile of a stream", () => {
  it("is exact while it has seen five values at most", () => {
    const median = new Quantile(0.5);
    assert.ok(Number.isNaN(median.value));
    for (const [i, x] of [3, 1, 2, 9, 7].entries()) {
      median.add(x);
      assert.equal(median.value, sorted([3, 1, 2, 9, 7].slice(0, i + 1))[Math.ceil((i + 1) / 2) - 1]);
    }
    assert.equal(median.smallest, 1);
  });

  for (const [name, draw] of [
    ["normal", (r: Random) => 100 + r.normal()],
    ["heavy tails", (r: Random) => Math.exp(r.normal())],
    ["two levels", (r: Random) => (r.uniform() < 0.7 ? 20 : 200) + r.normal()],
    ["whole numbers", (r: Random) => Math.round(3 * r.normal())],
  ] as const)
    it(`leaves five of a hundred values above it: ${name}`, () => {
      const random = new Random(1);
      const quantile = new Quantile(0.95);
      const seen = Array.from({ length: 20_000 }, () => draw(random));
      let above = 0;
      for (const [i, x] of seen.entries()) {
        if (i >= 100 && x > quantile.value) above++;
        quantile.add(x);
      }
      assert.ok(above / 19_900 > 0.04 && above / 19_900 < 0.06, String(above / 19_900));
      const exact = sorted(seen)[19_000];
      const spread = sorted(seen)[19_999] - sorted(seen)[0];
      assert.ok(Math.abs(quantile.value - exact) < 0.02 * spread, `${quantile.value} for ${exact}`);
    });

  it("goes on bit by bit from its saved state, and believes no other", () => {
    const random = new Random(2);
    const whole = new Quantile(0.95);
    let broken = new Quantile(0.95);
    for (let i = 0; i < 500; i++) {
      const x = random.normal();
      whole.add(x);
      broken.add(x);
      if (i % 3 === 0) broken = Quantile.of(JSON.parse(JSON.stringify(broken.state())), 0.95);
    }
    assert.deepEqual(broken.state(), whole.state());
    for (const wrong of [{ heights: [1] }, { places: [1, 2, 2, 4, 5] }, { heights: [1, 2, 3, 4, "5"] }, { count: -1 }])
      assert.throws(() => Quantile.of({ ...(whole.state() as object), ...wrong }, 0.95), TypeError);
  });
});
