import assert from "node:assert/strict";
import type { KpiFigures } from "../../src/kpi/figures";
import { example, type FlowNode, type NodeRed, start } from "../node-red-process";
import { probe, the } from "./adapt";

describe("example 14 several recipes", function () {
  this.timeout(120_000);
  let red: NodeRed;
  let flow: FlowNode[];

  before(async () => {
    flow = example("14 several recipes");
    // The same reactor in a hurry.
    the(flow, "inject").repeat = "0.02";
    probe(flow, "probe-kpi", the(flow, "kpi-meter"), "payload", 1);
    probe(flow, "probe-quality", the(flow, "drift-guard"), "quality");
    red = await start(flow);
  });
  after(() => red?.stop());

  it("finds the recipes by itself, and after seven thousand readings forecasts better than the last value in each", async () => {
    const kpi = await red.until(
      "7000 forecasts",
      () =>
        red.debugged.find(({ id, msg }) => id === "probe-kpi" && (msg as KpiFigures).readings >= 7000)
          ?.msg as KpiFigures,
      100_000,
    );
    const { window, modes } = kpi.accuracy;
    assert.ok((window.learner.mae as number) < 0.75 * (window.naive.mae as number));
    const levels = modes.filter(({ mode }) => /^level \d$/.test(mode));
    assert.ok(levels.length >= 3, JSON.stringify(modes));
    for (const { mode, error } of levels)
      assert.ok((error.learner.mae as number) < 0.95 * (error.naive.mae as number), `${mode} ${JSON.stringify(error)}`);
    const texts = red.debugged.filter(({ id }) => id === the(flow, "debug", "error of each recipe").id);
    assert.match(String(texts.at(-1)?.msg), /^\d+: .*level \d: error [\d.]+ °C, last value [\d.]+; level \d: /);
  });

  it("knows a recipe that comes back: a change to it is no longer in doubt", () => {
    const qualities = red.debugged.filter(({ id }) => id === "probe-quality").map(({ msg }) => msg as Told);
    const doubted = (from: number, to: number): number =>
      qualities.slice(2400 * from, 2400 * to).filter(({ reasons }) => reasons.length > 0).length;
    assert.ok(doubted(0, 2) < 100, `${doubted(0, 2)} readings in doubt in the first two rounds`);
    assert.ok(doubted(2, 3) <= 5, `${doubted(2, 3)} readings in doubt in the third round`);
    assert.deepEqual(red.problems, []);
  });
});

interface Told {
  reasons: { sensor: string; rule: string }[];
}
