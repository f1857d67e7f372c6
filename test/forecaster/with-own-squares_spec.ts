import assert from "node:assert/strict";
import type { Description } from "../../src/forecaster/options";
import { withOwnSquares } from "../../src/forecaster/with-own-squares";
import type { Saved } from "../../src/record/record";

describe("records in which all horizons shared what least squares know", () => {
  it("give each horizon that, and others stay as they are", () => {
    const inverse = new Map([["P", Float64Array.of(1, 2, 3)]]);
    const parts = new Map([["squares0.inverse", inverse]]);
    const saved = {
      kind: "",
      version: 3,
      description: { horizon: [1, 6] } as unknown as Description,
      parts,
    } as Saved<Description>;
    const now = withOwnSquares(saved);
    for (const k of [1, 6]) assert.deepEqual(now.parts.get(`horizon${k}.regression0.inverse`), inverse);
    const own = { ...saved, parts: new Map([["horizon1.regression0.inverse", inverse]]) };
    assert.deepEqual(withOwnSquares(own), own);
  });
});
