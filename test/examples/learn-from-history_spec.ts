import assert from "node:assert/strict";
import type { PlainScored } from "../../src/asset/plain";
import { example, type FlowNode, type NodeRed, start } from "../node-red-process";
import { button, probe, the } from "./adapt";

describe("example 11 learn from history, then go live", function () {
  this.timeout(120_000);
  let red: NodeRed;
  let flow: FlowNode[];

  before(async () => {
    flow = example("11 learn from history, then go live");
    // The live boiler in a hurry.
    Object.assign(the(flow, "plant-simulator", "live boiler"), { speed: 200, start: "2026-02-01T06:00:00Z" });
    probe(flow, "probe-learnt", the(flow, "history-trainer"), "payload");
    probe(flow, "probe-scored", the(flow, "lru-predictor"), "scored");
    red = await start(flow);
  });
  after(() => red?.stop());

  // biome-ignore lint/suspicious/noExplicitAny: results of every kind
  const told = (state: string): Promise<any> =>
    red.until(
      state,
      () => red.debugged.find(({ id, msg }) => id === "probe-learnt" && msg?.state === state)?.msg,
      90_000,
    );

  it("learns the file that it has written, says what that is worth, and uses it", async () => {
    const learnt = await told("learnt");
    assert.deepEqual([learnt.version, learnt.accepted, learnt.data.rows], [1, true, 4000]);
    assert.ok(learnt.error < 0.67 * learnt.naive, `${learnt.error} ${learnt.naive}`);
    assert.match(
      learnt.text,
      /^error [\d.]+ against [\d.]+ of the last value \(−\d+ %\)\. Version 1 is used by all assets/,
    );
  });

  it("then the boiler runs, and its first minutes are forecast by a third better than naive", async () => {
    const scored = (): PlainScored[] =>
      red.debugged.filter(({ id, msg }) => id === "probe-scored" && msg).map(({ msg }) => msg);
    await red.until("live forecasts", () => scored().length >= 300, 60_000);
    const first = scored().slice(0, 300);
    const sum = (of: "forecast" | "naive"): number =>
      first.reduce((all, one) => all + Math.abs((one[of] as number) - (one.actual as number)), 0);
    assert.ok(sum("forecast") < 0.67 * sum("naive"), `${sum("forecast")} ${sum("naive")}`);
    assert.deepEqual(red.problems, []);
  });

  it("notices the same history, and goes back to a version by a button", async () => {
    await red.inject(button(flow, "learn again"));
    assert.equal((await told("known")).version, 1);
    await red.inject(button(flow, "use version 1"));
    assert.equal((await told("accepted")).assets, 1);
    await red.inject(button(flow, "versions"));
    assert.equal((await told("versions")).versions.length, 1);
    assert.deepEqual(red.problems, []);
  });
});
