import assert from "node:assert/strict";
import type { Forecast } from "../../src/index";
import { example, type FlowNode, type NodeRed, start } from "../node-red-process";
import { probe, the } from "./adapt";
import { alone } from "./alone";

const COUNT = 400;

describe("example 06 sensors in separate messages", function () {
  this.timeout(60_000);
  let red: NodeRed;
  let flow: FlowNode[];

  before(async () => {
    flow = example("06 sensors in separate messages");
    Object.assign(the(flow, "plant-simulator"), { pace: "fastest", count: COUNT, start: "2026-01-01T00:00:00Z" });
    probe(flow, "probe-forecast", the(flow, "lru-predictor"), "forecast");
    red = await start(flow);
  });
  after(() => red?.stop());

  it("makes one reading of ten messages: the forecasts are those of whole readings", async () => {
    const shown = (): Forecast[] => red.debugged.filter(({ id }) => id === "probe-forecast").map(({ msg }) => msg);
    await red.until("all forecasts", () => shown().length >= COUNT);
    assert.deepEqual(
      shown().map(({ asset, value, due }) => ({ asset, value, due })),
      alone(flow, COUNT)
        .get("boiler-1")
        ?.forecasts.map(({ asset, value, due }) => ({ asset, value, due })),
    );
    assert.deepEqual(red.problems, []);
  });
});
