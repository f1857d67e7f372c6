import assert from "node:assert/strict";
import { Apart } from "../../src/asset/apart";

/** What is said of readings that come over and over again. */
function said(label: string | undefined, ...payloads: object[]): unknown[] {
  const apart = new Apart(label);
  const known = { a: 1, b: 1, y: 1 };
  return Array.from({ length: 60 }, (_, i) => apart.take(payloads[i % payloads.length], known)).filter(Boolean);
}

describe("sensors that come in messages of their own", () => {
  it("are said once, by their names", () => {
    assert.deepEqual(said(undefined, { a: 1 }, { y: 2 }, { b: 3 }), [["a", "y", "b"]]);
    assert.deepEqual(said(undefined, { a: 1, unit: "bar" }, { y: 2, at: 5 }), [["a", "y"]]);
    assert.deepEqual(said("y", { a: 1 }, { y: 2 }, { b: 3 }), [["a", "b"]]);
  });

  it("are not, where a reading has two of them, where one comes alone, and where that is a soft sensor's label", () => {
    assert.deepEqual(said(undefined, { a: 1 }, { y: 2 }, { a: 1, b: 3 }), []);
    assert.deepEqual(said(undefined, { y: 2 }), []);
    assert.deepEqual(said("y", { a: 1 }, { y: 2 }), []);
  });
});
