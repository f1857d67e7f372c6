import assert from "node:assert/strict";
import fc from "fast-check";
import { readScored, ScoredProblem } from "../../src/kpi/scored-forecast";

const GOOD = {
  origin: 0,
  time: 60_000,
  horizon: 1,
  forecast: 10,
  actual: 9,
  naive: 8,
  frozen: 7,
  existing: 6,
  covered: true,
};

describe("scored forecast at the door of the meter", () => {
  it("is read field by field", () => {
    assert.deepEqual(readScored(GOOD), [
      {
        origin: 0,
        time: 60_000,
        horizon: 1,
        actual: 9,
        learner: 10,
        frozen: 7,
        naive: 8,
        existing: 6,
        covered: true,
        doubtful: false,
        running: true,
        lower: Number.NaN,
        upper: Number.NaN,
      },
    ]);
  });

  it("has the edges of the interval and the operating mode where they can be worked with", () => {
    const of = (more: object) =>
      readScored({ ...GOOD, ...more }).map(({ lower, upper, mode }) => [lower, upper, mode])[0];
    assert.deepEqual(of({ lower: 1, upper: 2, mode: " level 2 " }), [1, 2, "level 2"]);
    assert.deepEqual(of({ lower: null, upper: 1e200, mode: null }), [Number.NaN, Number.NaN, undefined]);
    assert.deepEqual(of({ lower: "1", upper: Number.POSITIVE_INFINITY, mode: "" }), [
      Number.NaN,
      Number.NaN,
      undefined,
    ]);
    assert.equal(of({ mode: "x".repeat(100) })[2], "x".repeat(40));
  });

  it("says whether values were in doubt and whether the plant ran; one that says neither is good and running", () => {
    const of = (more: object) =>
      readScored({ ...GOOD, ...more }).map(({ doubtful, running }) => [doubtful, running])[0];
    assert.deepEqual(of({ state: "uncertain" }), [true, true]);
    assert.deepEqual(of({ state: "bad", running: false }), [true, false]);
    assert.deepEqual(of({ state: "good", running: true }), [false, true]);
  });

  it("knows no interval where its edges are NaN, and no reference where it is NaN, null or absent", () => {
    const [read] = readScored({
      ...GOOD,
      lower: Number.NaN,
      covered: false,
      existing: null,
      frozen: Number.NaN,
      naive: undefined,
    });
    assert.equal(read.covered, undefined);
    assert.deepEqual([read.existing, read.frozen, read.naive], [Number.NaN, Number.NaN, Number.NaN]);
  });

  it("lists further horizons after the first and the first one once", () => {
    const steps = [GOOD, { ...GOOD, horizon: 6, forecast: 12 }, { ...GOOD, horizon: 24, forecast: 15 }];
    assert.deepEqual(
      readScored({ ...GOOD, steps }).map(({ horizon, learner }) => [horizon, learner]),
      [
        [1, 10],
        [6, 12],
        [24, 15],
      ],
    );
  });

  const refused: [string, unknown, string, string][] = [
    ["text", "12,5", "notAnObject", ""],
    ["nothing", null, "notAnObject", ""],
    ["a list", [GOOD], "notAnObject", ""],
    ["an actual value in text", { ...GOOD, actual: "12,5" }, "notANumber", "actual"],
    ["an actual value that is not there", { ...GOOD, actual: Number.NaN }, "notANumber", "actual"],
    ["an infinite forecast", { ...GOOD, forecast: Number.POSITIVE_INFINITY }, "notANumber", "forecast"],
    ["an existing forecast in text", { ...GOOD, existing: "7" }, "notANumber", "existing"],
    ["a forecast whose square is infinite", { ...GOOD, forecast: 1e308 }, "tooLarge", "forecast"],
    ["a time beyond every calendar", { ...GOOD, time: 1e17 }, "badTime", "time"],
    ["no time", { ...GOOD, time: undefined }, "notANumber", "time"],
    ["half a horizon", { ...GOOD, horizon: 0.5 }, "badHorizon", "horizon"],
    ["a horizon into the past", { ...GOOD, horizon: -1 }, "badHorizon", "horizon"],
  ];
  for (const [what, value, code, field] of refused) {
    it(`refuses ${what} and names it`, () => {
      assert.throws(
        () => readScored(value),
        (problem: unknown) => {
          assert.ok(problem instanceof ScoredProblem);
          assert.equal(problem.code, code);
          assert.equal(problem.field, field);
          return true;
        },
      );
    });
  }

  it("either refuses or returns numbers that can be counted, whatever comes", () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true }), fc.record(mapped(GOOD)), (anything, fields) => {
        for (const value of [anything, fields]) {
          try {
            for (const { actual, learner, time } of readScored(value)) {
              assert.ok([actual, learner, time, (learner - actual) ** 2].every(Number.isFinite));
            }
          } catch (problem) {
            assert.ok(problem instanceof ScoredProblem, String(problem));
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});

function mapped(fields: object): Record<string, fc.Arbitrary<unknown>> {
  const value = fc.oneof(fc.double(), fc.integer(), fc.string(), fc.constantFrom(null, undefined, [], {}, true));
  return Object.fromEntries(Object.keys(fields).map((name) => [name, value]));
}
