import assert from "node:assert/strict";
import fc from "fast-check";
import { ExactSums } from "../../src/kpi/exact-sums";

const numbers = fc.array(fc.double({ noNaN: true, min: -1e200, max: 1e200 }), { minLength: 1 });

/** So many, of which the one in the middle is looked at; the others must not matter. */
const SUMS = 3;
const AT = 1;

/** Adds to one of the sums. */
function add(sums: ExactSums, at: number, x: number): void {
  const terms = new Float64Array(SUMS).fill(Number.NaN);
  terms[at] = x;
  sums.add(terms);
}

describe("exact sums", () => {
  it("keep what a plain sum loses", () => {
    const sums = new ExactSums(SUMS);
    for (const x of [1, 1e100, 1, -1e100]) add(sums, AT, x);
    assert.equal(sums.value(AT), 2);
  });

  it("add ten million tenths without drift", () => {
    const sums = new ExactSums(SUMS);
    let plain = 0;
    for (let i = 0; i < 10_000_000; i++) {
      add(sums, AT, 0.1);
      plain += 0.1;
    }
    assert.equal(sums.value(AT), 1_000_000);
    assert.ok(Math.abs(plain - 1_000_000) > 1e-5, "the plain sum drifts, so the test can tell them apart");
  });

  it("are rid of what was taken out, whatever came before and after it", () => {
    fc.assert(
      fc.property(numbers, fc.double({ noNaN: true, min: -1e290, max: 1e290 }), fc.nat(), (terms, absurd, at) => {
        const [without, corrected] = [new ExactSums(SUMS), new ExactSums(SUMS)];
        terms.forEach((x, i) => {
          if (i === at % terms.length) add(corrected, AT, absurd);
          add(without, AT, x);
          add(corrected, AT, x);
        });
        add(corrected, AT, -absurd);
        assert.equal(corrected.value(AT), without.value(AT));
      }),
    );
  });

  it("leave each other alone, however many parts one of them has", () => {
    fc.assert(
      fc.property(numbers, numbers, (terms, others) => {
        const [alone, together] = [new ExactSums(1), new ExactSums(SUMS)];
        for (let i = 0; i < Math.max(terms.length, others.length); i++) {
          for (const other of [0, 2]) if (i < others.length) add(together, other, (other - 1) * others[i]);
          if (i >= terms.length) continue;
          alone.add(Float64Array.of(terms[i]));
          add(together, AT, terms[i]);
        }
        assert.deepEqual(together.state(AT), alone.state(0));
        assert.equal(together.value(0), -together.value(2));
      }),
    );
  });

  it("go on bit by bit from their saved state", () => {
    fc.assert(
      fc.property(numbers, fc.nat(), (terms, at) => {
        const whole = new ExactSums(SUMS);
        let broken = new ExactSums(SUMS);
        terms.forEach((x, i) => {
          add(whole, AT, x);
          add(broken, AT, x);
          if (i !== at % terms.length) return;
          const parts = broken.state(AT);
          broken = new ExactSums(SUMS);
          broken.restore(AT, parts);
        });
        assert.deepEqual(broken.state(AT), whole.state(AT));
      }),
    );
  });
});
