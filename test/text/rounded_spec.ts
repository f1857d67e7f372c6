import assert from "node:assert/strict";
import { rounded } from "../../src/text/rounded";

describe("numbers for a chart", () => {
  it("have six digits; whole ones have all, and what is no number is null", () => {
    const given = { time: 1767225600123, rows: [1 / 3, 1e-9 / 3, Number.NaN, Number.POSITIVE_INFINITY], name: "a", none: null, open: undefined }; // biome-ignore format: one line
    const { open: _, ...plain } = rounded(given) as { open: undefined };
    assert.deepEqual(plain, { time: 1767225600123, rows: [0.333333, 3.33333e-10, null, null], name: "a", none: null });
  });
});
