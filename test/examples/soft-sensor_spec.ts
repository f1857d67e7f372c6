import assert from "node:assert/strict";
import type { KpiFigures } from "../../src/kpi/figures";
import { example, type FlowNode, type NodeRed, start } from "../node-red-process";
import { probe, the } from "./adapt";
import { alone } from "./alone";

const COUNT = 18_000;

describe("example 03 soft sensor with rare labels", function () {
  this.timeout(90_000);
  let red: NodeRed;
  let flow: FlowNode[];

  before(async () => {
    flow = example("03 soft sensor with rare labels");
    Object.assign(the(flow, "plant-simulator"), { pace: "fastest", count: COUNT, start: "2026-01-01T00:00:00Z" });
    probe(flow, "probe-kpi", the(flow, "kpi-meter"), "payload", 1);
    red = await start(flow);
  });
  after(() => red?.stop());

  it("estimates CO2 between the analyses, in the end at less than half the error of holding the last one", async () => {
    const labels = COUNT / 60;
    const kpi = await red.until(
      "the last analysis",
      () =>
        red.debugged
          .filter(({ id }) => id === "probe-kpi")
          .find(({ msg }) => (msg as KpiFigures).readings >= labels - 60)?.msg as KpiFigures,
      60_000,
    );
    const { learner, naive } = kpi.accuracy.window;
    assert.ok((learner.mae as number) < 0.5 * (naive.mae as number), JSON.stringify(kpi.accuracy.window));
    assert.deepEqual(red.problems, []);

    // An estimate that has seen its own label would be better than the engine's honest one.
    const scored = alone(flow, COUNT).get("boiler-1")?.scored.slice(0, kpi.readings) ?? [];
    const honest = scored.reduce((sum, { error }) => sum + Math.abs(error), 0) / scored.length;
    assert.ok(Math.abs((kpi.accuracy.lifetime.learner.mae as number) - honest) <= 1e-9 * honest);
  });
});
