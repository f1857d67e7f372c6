import assert from "node:assert/strict";
import fc from "fast-check";
import { missing, type Needs, type TrialCounts } from "../../src/rollout/requirements";
import { Trial } from "../../src/rollout/trial";

const DONE: TrialCounts = { blocks: 30, days: 14, scored: 1000, doubtful: 0, unusable: 0, stopped: 0, intervals: 1000, covered: 900, good: 990, proof: 25, against: 0.1 }; // biome-ignore format: one line
const NEEDS: Needs = { blocks: 20, days: 7, coverage: 0.9, guardOk: true };
const codes = (trial: Partial<TrialCounts>, needs: Partial<Needs> = {}) =>
  missing({ ...DONE, ...trial }, { ...NEEDS, ...needs }).map(({ code }) => code);

describe("requirements of a promotion", () => {
  it("all met: nothing is missing", () => assert.deepEqual(codes({}), []));

  it("each alone is enough for a not yet", () => {
    assert.deepEqual(codes({ blocks: 19 }), ["blocks"]);
    assert.deepEqual(codes({ days: 6.9 }), ["days"]);
    assert.deepEqual(codes({ proof: 19.99 }), ["evidence"]);
    assert.deepEqual(codes({ against: 20 }), ["worse"]);
    assert.deepEqual(codes({ good: 949 }), ["quality"]);
    assert.deepEqual(codes({}, { guardOk: false }), ["guard"]);
  });

  it("coverage may be five points off, on either side", () => {
    assert.deepEqual(codes({ covered: 849 }), ["coverage"]);
    assert.deepEqual(codes({ covered: 851 }), []);
    assert.deepEqual(codes({ covered: 949 }), []);
    assert.deepEqual(codes({ covered: 951 }), ["coverage"]);
  });

  it("a forecast without interval needs no coverage", () => {
    assert.deepEqual(codes({ intervals: 0, covered: 0 }, { coverage: Number.NaN }), []);
  });

  it("says what was reached and what is needed", () => {
    const list = missing({ ...DONE, good: 900, proof: 8 }, NEEDS);
    assert.deepEqual(list, [
      { code: "evidence", value: 8, needed: 20 },
      { code: "quality", value: 90, needed: 95 },
    ]);
  });

  it("no data is never a yes, whatever else is asked for", () => {
    const empty = new Trial(1).counts;
    fc.assert(
      fc.property(fc.nat(3), fc.double({ min: 0, max: 1 }), fc.boolean(), (n, coverage, guardOk) => {
        assert.ok(missing(empty, { blocks: n, days: n, coverage, guardOk }).length > 0);
      }),
    );
  });
});
