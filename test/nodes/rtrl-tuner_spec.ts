import assert from "node:assert/strict";
import type { Node, NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";
import forecastModel from "../../nodes/forecast-model";
import lruPredictor from "../../nodes/lru-predictor";
import rtrlTuner from "../../nodes/rtrl-tuner";
import type { PlainForecast, PlainScored } from "../../src/asset/plain";
import { Forecaster, type Tuning } from "../../src/forecaster/forecaster";

const MODEL = {
  id: "model",
  type: "forecast-model",
  target: "y",
  inputs: ["u"],
  horizons: "1",
  asset: "topic",
  assetType: "msg",
  existing: "baseline",
  existingType: "msg",
  buildOn: "last",
  size: "small",
  coverage: 90,
  seed: 1,
  remember: "none",
  labelDelay: 500,
  assetLimit: 10000,
  saveMinutes: 5,
  saveUpdates: 500,
};
const TUNER = {
  id: "tuner",
  type: "rtrl-tuner",
  z: "tab",
  model: "model",
  speed: "normal",
  rate: 1,
  every: 1,
  scope: "all",
  limit: "",
};
const PREDICTOR = {
  id: "predictor",
  type: "lru-predictor",
  z: "tab",
  model: "model",
  output: "payload",
  outputType: "msg",
};

interface Out extends NodeMessage {
  topic?: string;
  forecast: PlainForecast;
  scored?: PlainScored;
  tuning: Tuning;
  reading: unknown;
  quality?: { reasons: { sensor: string; rule: string }[] };
}

/** A process with a lag: y follows u slowly. The same at every call. */
function process(n: number): { u: number; y: number }[] {
  let y = 0;
  return Array.from({ length: n }, (_, t) => {
    const u = Math.sin(t / 7) + 0.5 * Math.sin(t / 3.1);
    y += 0.2 * (u - y);
    return { u, y: 20 + 5 * y };
  });
}

describe("rtrl-tuner node", () => {
  before((done) => {
    helper.init(require.resolve("node-red"));
    helper.startServer(done);
  });
  after((done) => {
    helper.stopServer(done);
  });
  afterEach(() => helper.unload());

  it("in front of a predictor gives exactly the forecasts of the engine alone", async () => {
    await helper.load(
      [forecastModel, rtrlTuner, lruPredictor],
      [
        { id: "tab", type: "tab" },
        MODEL,
        { ...TUNER, wires: [["predictor"], []] },
        { ...PREDICTOR, wires: [["out"]] },
        { id: "out", type: "helper", z: "tab" },
      ],
    );
    const got: Out[] = [];
    helper.getNode("out").on("input", (msg: unknown) => got.push(msg as Out));
    const engine = Forecaster.create({ inputs: ["u"], target: "y", size: 8, labelDelay: 500, asset: "a" });
    const want: number[] = [];
    const tuner = helper.getNode("tuner") as unknown as Node;
    process(300).forEach((values, t) => {
      tuner.receive({ payload: values, topic: "a", timestamp: 1000 * t } as NodeMessage);
      want.push(
        engine.step({ time: 1000 * t, values }, { learn: true, speed: 1, every: 1, scope: "all" }).forecast.value,
      );
    });
    while (got.length < 300) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(
      got.map(({ payload }) => payload),
      want,
    );
    assert.equal(got.at(-1)?.forecast.updates, engine.updates);
    assert.ok(engine.updates > 200);
  });
});
