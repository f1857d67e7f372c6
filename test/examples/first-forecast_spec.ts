import assert from "node:assert/strict";
import type { Forecast, Scored } from "../../src/index";
import { example, type FlowNode, type NodeRed, start } from "../node-red-process";
import { probe, the } from "./adapt";
import { alone, mae } from "./alone";

const COUNT = 1500;

describe("example 01 first forecast", function () {
  this.timeout(60_000);
  let red: NodeRed;
  let flow: FlowNode[];

  before(async () => {
    flow = example("01 first forecast");
    Object.assign(the(flow, "plant-simulator"), { pace: "fastest", count: COUNT, start: "2026-01-01T00:00:00Z" });
    probe(flow, "probe-forecast", the(flow, "lru-predictor"), "forecast");
    probe(flow, "probe-scored", the(flow, "lru-predictor"), "scored");
    red = await start(flow);
  });
  after(() => red?.stop());

  it("makes a forecast for every reading, the same to the last bit as the engine alone, better than naive by a third", async () => {
    const shown = (): Forecast[] => red.debugged.filter(({ id }) => id === "probe-forecast").map(({ msg }) => msg);
    await red.until("all forecasts", () => shown().length === COUNT);
    const expected = alone(flow, COUNT).get("boiler-1");
    assert.deepEqual(
      shown().map(({ value, lower, upper, naive, due }) => [value, lower, upper, naive, due]),
      // What is not known is NaN in the engine and null in a message.
      expected?.forecasts.map(({ value, lower, upper, naive, due }) =>
        [value, lower, upper, naive, due].map((x) => (Number.isNaN(x) ? null : x)),
      ),
    );

    const scored = red.debugged.filter(({ id, msg }) => id === "probe-scored" && msg).map(({ msg }) => msg as Scored);
    const last = scored.slice(-500);
    assert.ok(mae(last, "forecast") < 0.67 * mae(last, "naive"), `${mae(last, "forecast")} ${mae(last, "naive")}`);
    assert.deepEqual(red.problems, []);
  });

  it("shows in the sidebar, now and then, forecast, range and last value in words", async () => {
    const texts = red.debugged
      .filter(({ id }) => id === the(flow, "debug", "forecast").id)
      .map(({ msg }) => String(msg));
    // The first one has no range yet, and equals the last value.
    const [, value, last] = /^in 10 s: (\d+) kg\/h; last value (\d+)$/.exec(texts[0] ?? "") ?? [];
    assert.ok(value && value === last, texts[0]);
    assert.ok(texts.length < COUNT / 10, `${texts.length} messages`);
  });
});
