import assert from "node:assert/strict";
import * as fc from "fast-check";
import { isBeyond } from "../../src/alarm/condition";

const at = (value: number) => ({ low: value, high: value });
const LIMITS = { low: 20, high: 80 };

describe("alarm condition", () => {
  const cases: ["high" | "low" | "outside" | "inside", number, boolean, boolean][] = [
    // kind, value, active before, beyond with a deadband of 5
    ["high", 79.99, false, false],
    ["high", 80, false, true],
    ["high", 75, true, true],
    ["high", 74.99, true, false],
    ["low", 20.01, false, false],
    ["low", 20, false, true],
    ["low", 25, true, true],
    ["low", 25.01, true, false],
    ["outside", 50, false, false],
    ["outside", 80, false, true],
    ["outside", 20, false, true],
    ["outside", 76, true, true],
    ["outside", 24, true, true],
    ["outside", 50, true, false],
    ["inside", 50, false, true],
    ["inside", 81, false, false],
    ["inside", 84, true, true],
    ["inside", 16, true, true],
    ["inside", 86, true, false],
  ];
  for (const [kind, value, active, beyond] of cases) {
    it(`${kind} at ${value}, ${active ? "active" : "not active"} before: ${beyond}`, () => {
      assert.equal(isBeyond(kind, at(value), LIMITS, 5, active), beyond);
    });
  }

  it("takes the edge of an interval that is nearer to the limit", () => {
    assert.equal(isBeyond("high", { low: 60, high: 81 }, LIMITS, 0, false), true);
    assert.equal(isBeyond("low", { low: 19, high: 40 }, LIMITS, 0, false), true);
    assert.equal(isBeyond("inside", { low: 10, high: 21 }, LIMITS, 0, false), true);
    assert.equal(isBeyond("outside", { low: 21, high: 79 }, LIMITS, 0, false), false);
  });

  it("never delays activation by a deadband", () => {
    const kind = fc.constantFrom("high" as const, "low" as const, "outside" as const, "inside" as const);
    const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(kind, number, fc.double({ min: 0, max: 1e6, noNaN: true }), (k, value, deadband) => {
        assert.equal(isBeyond(k, at(value), LIMITS, deadband, false), isBeyond(k, at(value), LIMITS, 0, false));
      }),
    );
  });
});
