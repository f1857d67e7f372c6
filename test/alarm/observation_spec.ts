import assert from "node:assert/strict";
import * as fc from "fast-check";
import { AlarmProblem } from "../../src/alarm/alarm-problem";
import { observationOf } from "../../src/alarm/observation";

describe("observation", () => {
  const forecast = { origin: 1000, due: 2000, horizon: 1, value: 5, lower: 4, upper: 6, naive: 3 };

  it("reads what the other nodes write", () => {
    const o = observationOf({
      time: 1000,
      actual: 3,
      forecast,
      quality: { state: "uncertain" },
      scored: { actual: 3, forecast: 2.5 },
    });
    assert.deepEqual(o, {
      time: 1000,
      actual: 3,
      isAbsent: false,
      trust: { state: "doubtful", fault: false, why: "" },
      quality: "uncertain",
      running: true,
      deviation: 0.5,
      forecast: {
        origin: 1000,
        naive: 3,
        steps: [{ due: 2000, horizon: 1, ahead: Number.NaN, value: 5, lower: 4, upper: 6 }],
      },
    });
  });

  it("takes all horizons, in the order of time", () => {
    const steps = [24, 1, 6].map((horizon) => ({ horizon, due: horizon * 10, value: horizon }));
    const o = observationOf({ time: 1000, forecast: { ...forecast, steps } });
    assert.deepEqual(
      o.forecast?.steps.map((s) => s.horizon),
      [1, 6, 24],
    );
  });

  it("takes null, infinite and absent numbers as not known", () => {
    const o = observationOf({
      time: 1,
      actual: null,
      forecast: { ...forecast, value: Number.POSITIVE_INFINITY, naive: null, due: Number.NaN },
    });
    assert.ok(Number.isNaN(o.actual));
    assert.ok(Number.isNaN(o.forecast?.steps[0].value));
    assert.ok(Number.isNaN(o.forecast?.naive));
  });

  const wrong: [string, object][] = [
    ["reading.actual", { actual: "12,5" }],
    ["forecast", { forecast: 5 }],
    ["forecast", { forecast: [forecast] }],
    ["forecast.due", { forecast: { ...forecast, due: "soon" } }],
    ["forecast.origin", { forecast: { ...forecast, origin: 1e300 } }],
    ["forecast.value", { forecast: { ...forecast, value: {} } }],
    ["forecast.steps", { forecast: { ...forecast, steps: {} } }],
    // A hole, as in [forecast, , forecast].
    [
      "forecast.steps[1]",
      { forecast: { ...forecast, steps: Object.assign(new Array(3), { 0: forecast, 2: forecast }) } },
    ],
    ["forecast.steps[1]", { forecast: { ...forecast, steps: [forecast, null] } }],
    ["scored", { scored: 1 }],
    ["scored.actual", { scored: { actual: "1", forecast: 2 } }],
  ];
  for (const [field, part] of wrong) {
    it(`names ${field} when it cannot be used: ${JSON.stringify(part)}`, () => {
      assert.throws(
        () => observationOf({ time: 1000, ...part }),
        (e) => e instanceof AlarmProblem && e.code === "badField" && e.details.field === field,
      );
    });
  }

  it("does not refuse a reading for a quality that it cannot understand, and keeps what came", () => {
    for (const [quality, shown] of [
      [{ state: "broken" }, '"broken"'],
      ["so-so", '"so-so"'],
      [-1, "-1"],
    ] as const) {
      const o = observationOf({ time: 1000, actual: 3, quality });
      assert.deepEqual([o.quality, o.unknownQuality, o.trust.state], [undefined, shown, "usable"]);
    }
  });

  it("knows whether the plant was running", () => {
    const running = (scored: object) => observationOf({ time: 1, scored }).running;
    assert.deepEqual([running({ running: false }), running({ running: true }), running({})], [false, true, true]);
  });

  it("refuses a time that no date can express", () => {
    for (const time of [Number.NaN, Number.POSITIVE_INFINITY, 1e300]) {
      assert.throws(() => observationOf({ time }), { code: "badTime" });
    }
  });

  it("either gives plain values or a problem, whatever comes", () => {
    const anything = fc.anything({ withNullPrototype: true, withBigInt: true });
    fc.assert(
      fc.property(fc.double(), anything, anything, anything, anything, (time, actual, f, quality, scored) => {
        try {
          const o = observationOf({ time, actual, forecast: f, quality, scored });
          assert.equal(typeof o.actual, "number");
          assert.ok(Number.isFinite(o.time));
        } catch (e) {
          assert.ok(e instanceof AlarmProblem, String(e));
        }
      }),
      { numRuns: 5000 },
    );
  });
});
