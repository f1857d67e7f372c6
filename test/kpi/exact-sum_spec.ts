import assert from "node:assert/strict";
import fc from "fast-check";
import { ExactSum } from "../../src/kpi/exact-sum";

const numbers = fc.array(fc.double({ noNaN: true, min: -1e200, max: 1e200 }), { minLength: 1 });

describe("exact sum", () => {
  it("keeps what a plain sum loses", () => {
    const sum = ExactSum.empty();
    for (const x of [1, 1e100, 1, -1e100]) sum.add(x);
    assert.equal(sum.value, 2);
  });

  it("adds ten million tenths without drift", () => {
    const sum = ExactSum.empty();
    let plain = 0;
    for (let i = 0; i < 10_000_000; i++) {
      sum.add(0.1);
      plain += 0.1;
    }
    assert.equal(sum.value, 1_000_000);
    assert.ok(Math.abs(plain - 1_000_000) > 1e-5, "the plain sum drifts, so the test can tell them apart");
  });

  it("is rid of what was taken out, whatever came before and after it", () => {
    fc.assert(
      fc.property(numbers, fc.double({ noNaN: true, min: -1e290, max: 1e290 }), fc.nat(), (terms, absurd, at) => {
        const [without, corrected] = [ExactSum.empty(), ExactSum.empty()];
        terms.forEach((x, i) => {
          if (i === at % terms.length) corrected.add(absurd);
          without.add(x);
          corrected.add(x);
        });
        corrected.remove(absurd);
        assert.equal(corrected.value, without.value);
      }),
    );
  });

  it("goes on bit by bit from its saved state", () => {
    fc.assert(
      fc.property(numbers, fc.nat(), (terms, at) => {
        const whole = ExactSum.empty();
        let broken = ExactSum.empty();
        terms.forEach((x, i) => {
          whole.add(x);
          broken.add(x);
          if (i === at % terms.length) broken = ExactSum.of(broken.state());
        });
        assert.deepEqual(broken.state(), whole.state());
      }),
    );
  });
});
