import assert from "node:assert/strict";

/** That two lists are the same but for rounding: by no more than this share of the largest number in them. */
export function alike(actual: ArrayLike<number>, expected: ArrayLike<number>, rounding: number): void {
  assert.equal(actual.length, expected.length);
  let largest = 0;
  for (let i = 0; i < expected.length; i++) largest = Math.max(largest, Math.abs(expected[i]));
  assert.ok(Number.isFinite(largest), "finite");
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i] - expected[i]);
    assert.ok(difference <= rounding * largest, `number ${i}: ${actual[i]} instead of ${expected[i]}`);
  }
}
