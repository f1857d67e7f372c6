import assert from "node:assert/strict";
import { type Observation, observationOf } from "../../src/alarm/observation";
import { type Signal, type SignalOptions, signalOf, unitOf, type Watch } from "../../src/alarm/signal";

const steps = [
  { horizon: 1, ahead: Number.NaN, due: 2000, value: 50, lower: 45, upper: 58 },
  { horizon: 6, ahead: 600_000, due: 7000, value: 70, lower: 60, upper: 83 },
];
const reading: Observation = observationOf({
  time: 1000,
  actual: 44,
  forecast: { origin: 1000, naive: 44, due: 2000, steps },
  quality: { state: "good" },
  scored: { actual: 44, forecast: 47 },
});

describe("watched signal", () => {
  const signal = (watch: Watch, o: Observation = reading, more: Partial<SignalOptions> = {}) =>
    signalOf({ watch, rateWindow: 60_000, ...more }, o, { times: [0], values: [40] });

  it("forecast: the value of the first horizon, or of the chosen one", () => {
    assert.deepEqual(signal("forecast"), { range: { low: 50, high: 50 } });
    assert.deepEqual(signal("forecast", reading, { horizon: 6 }), { range: { low: 70, high: 70 } });
    assert.throws(() => signal("forecast", reading, { horizon: 3 }), { code: "noHorizon" });
    assert.deepEqual(signal("forecast", reading, { ahead: 600_000 }), { range: { low: 70, high: 70 } });
    const named = /no forecast 1 h ahead; there is: 1, 10 min/;
    assert.throws(() => signal("forecast", reading, { ahead: 3_600_000 }), named);
  });

  it("has the unit of the target, a rate that a minute", () => {
    assert.deepEqual([unitOf("actual", "kg/h"), unitOf("rate", "kg/h"), unitOf("rate", "")], ["kg/h", "kg/h/min", ""]);
  });

  it("interval: both edges", () => {
    assert.deepEqual(signal("interval"), { range: { low: 45, high: 58 } });
  });

  it("actual and deviation: exact values", () => {
    assert.deepEqual(signal("actual"), { range: { low: 44, high: 44 } });
    assert.deepEqual(signal("deviation"), { range: { low: -3, high: -3 } });
  });

  it("rate: units per minute", () => {
    assert.deepEqual(signal("rate"), { range: { low: 240, high: 240 } });
  });

  it("crossing: everything between the actual value and the last horizon", () => {
    assert.deepEqual(signal("crossing"), {
      range: { low: 44, high: 70 },
      path: { times: [1000, 2000, 7000], values: [44, 50, 70] },
      origin: 1000,
    });
  });

  it("crossing: a value whose time is not known counts, but has no place on the way", () => {
    const o = observationOf({
      time: 1000,
      forecast: { origin: 1000, due: Number.NaN, horizon: 1, naive: 44, value: 50 },
    });
    assert.deepEqual(signal("crossing", o), {
      range: { low: 44, high: 50 },
      path: { times: [1000], values: [44] },
      origin: 1000,
    });
  });

  it("quality: 0 good, 1 uncertain, 2 bad, also when everything else is hidden", () => {
    for (const [quality, level] of [
      ["good", 0],
      ["uncertain", 1],
      ["bad", 2],
    ] as const) {
      assert.deepEqual(signal("quality", { ...reading, quality }), { range: { low: level, high: level } });
    }
    assert.throws(() => signal("quality", { ...reading, quality: undefined }), { code: "noQuality" });
    const unknown = observationOf({ time: 1, quality: { state: "broken" } });
    assert.throws(() => signal("quality", unknown), { code: "badField", message: /broken/ });
  });

  const VALUES = ["forecast", "actual", "interval", "deviation", "rate", "crossing"] as const;
  const trust = { state: "unusable", fault: true, why: "" } as const;

  it("a value that cannot be used hides every other signal of its sensor", () => {
    for (const watch of VALUES) assert.equal(signal(watch, { ...reading, trust }), "noValue");
    assert.deepEqual(signal("quality", { ...reading, trust }), { range: { low: 0, high: 0 } });
  });

  it("the forecast of a soft sensor, which is made because there is no value, is not hidden", () => {
    const forecast = { origin: 1000, naive: Number.NaN, steps: [{ ...steps[0], horizon: 0 }] };
    assert.deepEqual(signal("forecast", { ...reading, forecast, trust }), { range: { low: 50, high: 50 } });
  });

  it("the label of a soft sensor is judged as the value of any other sensor", () => {
    const forecast = { origin: 1000, naive: Number.NaN, steps: [{ ...steps[0], horizon: 0 }] };
    const doubtful = { state: "doubtful", fault: false, why: "" } as const;
    for (const watch of ["actual", "rate", "deviation"] as const) {
      assert.equal(signal(watch, { ...reading, forecast, trust }), "noValue", watch);
      assert.equal((signal(watch, { ...reading, forecast, trust: doubtful }) as Signal).doubtful, true, watch);
    }
    assert.equal("doubtful" in (signal("forecast", { ...reading, forecast, trust: doubtful }) as Signal), false);
  });

  it("says of every signal of a doubtful value that it is doubtful", () => {
    for (const watch of VALUES) {
      const doubted = signal(watch, { ...reading, trust: { state: "doubtful", fault: false, why: "" } });
      assert.deepEqual(doubted, { ...(signal(watch) as object), doubtful: true }, watch);
    }
  });

  it("there is no rate of a plant that does not run, unless that is wanted", () => {
    const stopped = { ...reading, running: false };
    assert.equal(signal("rate", stopped), "stopped");
    assert.deepEqual(signal("rate", stopped, { countStopped: true }), { range: { low: 240, high: 240 } });
    assert.deepEqual(signal("actual", stopped), { range: { low: 44, high: 44 } });
  });

  it("says when a value is not known", () => {
    const unknown = observationOf({
      time: 1000,
      forecast: { origin: 1000, due: 2000, naive: 44, value: Number.NaN },
    });
    for (const watch of ["forecast", "actual", "interval", "deviation", "rate", "crossing"] as const) {
      assert.equal(signal(watch, unknown), "noValue", watch);
    }
  });

  it("tells a flow without predictor from a value that is not known", () => {
    for (const watch of ["forecast", "interval", "crossing"] as const) {
      assert.throws(() => signal(watch, observationOf({ time: 1, actual: 1 })), { code: "noForecast" });
    }
  });
});
