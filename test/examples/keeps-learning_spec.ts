import assert from "node:assert/strict";
import type { KpiFigures } from "../../src/kpi/figures";
import { example, type FlowNode, type NodeRed, start } from "../node-red-process";
import { button, probe, the } from "./adapt";

describe("example 02 a forecast that keeps learning", function () {
  this.timeout(60_000);
  let red: NodeRed;
  let flow: FlowNode[];
  // biome-ignore lint/suspicious/noExplicitAny: messages of several nodes
  const seen = (id: string): any[] => red.debugged.filter((shown) => shown.id === id).map(({ msg }) => msg);

  before(async () => {
    flow = example("02 a forecast that keeps learning");
    Object.assign(the(flow, "plant-simulator"), { speed: 250, start: "2026-01-01T00:00:00Z" });
    probe(flow, "probe-kpi", the(flow, "kpi-meter"), "payload", 1);
    probe(flow, "probe-caught", the(flow, "drift-guard"), "quality", 1);
    red = await start(flow);
  });
  after(() => red?.stop());

  it("after a few minutes of plant time its error is at least a third below frozen, naive and the plant's own rule", async () => {
    const kpi = await red.until("1600 readings", () =>
      (seen("probe-kpi") as KpiFigures[]).find(({ readings }) => readings >= 1600),
    );
    const { learner, frozen, naive, existing } = kpi.accuracy.window;
    for (const other of [frozen, naive, existing]) {
      assert.ok((learner.mae as number) < 0.67 * (other.mae as number), JSON.stringify(kpi.accuracy.window));
    }
    assert.ok((kpi.accuracy.lifetime.coverage as number) > 85, `coverage ${kpi.accuracy.lifetime.coverage}`);
    assert.deepEqual(red.problems, []);
  });

  it("a stuck sensor is caught and named, its values weigh less or are replaced, and the forecast is as good as before when it is over", async () => {
    const before = seen("probe-kpi").at(-1) as KpiFigures;
    await red.inject(button(flow, '\\"stuck\\"'));
    const caught = await red.until("the guard to catch it", () =>
      seen("probe-caught").find((quality) =>
        quality.reasons.some((reason: { sensor: string }) => reason.sensor === "o2_pct"),
      ),
    );
    assert.notEqual(caught.state, "good");
    const from = caught.reasons.find((reason: { sensor: string }) => reason.sensor === "o2_pct");
    assert.equal(from.rule, "flatline", JSON.stringify(from));
    await red.until("its values to weigh less", () =>
      seen("probe-caught").some(({ held, doubts }) => held.includes("o2_pct") || doubts.o2_pct > 0),
    );
    const later = await red.until("1000 readings later", () =>
      (seen("probe-kpi") as KpiFigures[]).find(({ readings }) => readings >= before.readings + 1000),
    );
    const { learner, naive } = later.accuracy.window;
    assert.ok((learner.mae as number) < 0.67 * (naive.mae as number), JSON.stringify(later.accuracy.window));
  });

  it("says in plain words what was caught, and which faults there are", async () => {
    const words = seen("probe-caught").flatMap(({ reasons }) => reasons.map(({ text }: { text: string }) => text));
    assert.ok(words.some((text) => text.startsWith("o2_pct")));
    assert.ok(!words.some((text) => text.includes("__") || text.includes("{{")), words[0]);
    await red.inject(button(flow, '\\"stuck\\"'), { command: "fault", payload: { sensor: "nox", kind: "stuck" } });
    const problem = await red.until("the refusal", () => red.problems[0]);
    assert.match(JSON.stringify(problem.msg), /Unknown sensor \\"nox\\"\. Known: steam_flow_kg_s, /);
  });
});
