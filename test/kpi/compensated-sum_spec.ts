import assert from "node:assert/strict";
import fc from "fast-check";
import { CompensatedSum } from "../../src/kpi/compensated-sum";

describe("compensated sum", () => {
  it("keeps what a plain sum loses", () => {
    const sum = new CompensatedSum();
    for (const x of [1, 1e100, 1, -1e100]) sum.add(x);
    assert.equal(sum.value, 2);
  });

  it("adds ten million tenths without drift", () => {
    const sum = new CompensatedSum();
    let plain = 0;
    for (let i = 0; i < 10_000_000; i++) {
      sum.add(0.1);
      plain += 0.1;
    }
    assert.equal(sum.value, 1_000_000);
    assert.ok(Math.abs(plain - 1_000_000) > 1e-5, "the plain sum drifts, so the test can tell them apart");
  });

  it("goes on bit by bit from its saved state", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: -1e200, max: 1e200 })), fc.nat(), (terms, at) => {
        const whole = new CompensatedSum();
        let broken = new CompensatedSum();
        terms.forEach((x, i) => {
          whole.add(x);
          broken.add(x);
          if (i === at % terms.length) broken = new CompensatedSum(...broken.state());
        });
        assert.equal(broken.value, whole.value);
      }),
    );
  });
});
