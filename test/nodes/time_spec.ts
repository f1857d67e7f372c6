import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import helper from "node-red-node-test-helper";
import {
  delivered,
  GATE,
  GUARD,
  handled,
  loadFlow,
  MODEL,
  type Out,
  PREDICTOR,
  RULE,
  send,
  statuses,
  TUNER,
  until,
  withServer,
} from "./forecast-flow";
import { METER } from "./fuzz-nodes";

const TIMED = { ...MODEL, horizons: "60分", sensors: [] };
const MINUTE = 60_000;
const START = 1_790_000_000_000;

describe("a controller whose clock begins in 1970 again", () => {
  withServer();

  it("is heard by alarms after five readings, by one on the guard's wire after two, and loses no more than two", async () => {
    const { counted, changes, direct } = await loadFlow<Record<string, Out>>(
      ["counted", "changes", "direct"],
      { ...MODEL, sensors: [] },
      { ...GUARD, wires: [["tuner", "early"], [], []] },
      { ...TUNER, wires: [["predictor"], []] },
      { ...PREDICTOR, wires: [["counted", "rule"]] },
      { ...RULE, wires: [["changes"], [], []] },
      { ...RULE, id: "early", wires: [["direct"], [], []] },
    );
    const begun = Date.now() + 30 * 20;
    for (let i = 0; i < 40; i++) {
      const now = Date.now();
      const timestamp = i < 30 ? now : now - begun;
      send("guard", { payload: { y: i < 30 ? 50 + (i % 3) : 120, u: i % 5 }, timestamp, i });
      await sleep(20);
    }
    await until(() => counted.length === 38);
    const rung = ([first]: object[]): number => (first as { i: number }).i;
    assert.ok(rung(direct) <= 32, `early: ${rung(direct)}`);
    assert.ok(rung(changes) <= 35, `behind the model: ${rung(changes)}`);
  });
});

describe("two readings a second, stamped by a clock of whole seconds", () => {
  withServer();

  it("are both taken, by guard and model, and heard by an alarm", async () => {
    const { counted, changes } = await loadFlow<Record<string, Out>>(
      ["counted", "changes"],
      { ...MODEL, sensors: [] },
      { ...GUARD, wires: [["tuner"], [], []] },
      { ...TUNER, wires: [["predictor"], []] },
      { ...PREDICTOR, wires: [["counted", "rule"]] },
      { ...RULE, wires: [["changes"], [], []] },
    );
    // One stamp for two readings, as far apart as readings without a stamp are.
    for (let i = 0; i < 24; i++) {
      send("guard", { payload: { y: i === 19 ? 120 : 50 + (i % 3), u: i % 5 }, timestamp: START + 1000 * (i >> 1), i });
      await sleep(150);
    }
    await until(() => counted.length === 24);
    assert.equal((changes[0] as unknown as { i: number }).i, 19);
  });
});

describe("a horizon that is a span of time, in a flow", () => {
  withServer();

  it("the predictor says from how many readings the rhythm has been learnt, then how far ahead it looks", async () => {
    await loadFlow<{ out: Out }>(["out"], TIMED, PREDICTOR);
    send("predictor", { payload: { y: 0 }, timestamp: START });
    await until(() => statuses("predictor").length > 1);
    assert.equal(statuses("predictor").at(-1)?.text, "lru-predictor.progress.rhythm");
    for (let i = 1; i < 30; i++) send("predictor", { payload: { y: 5 }, timestamp: START + i * MINUTE });
    await until(() => statuses("predictor").at(-1)?.text === "lru-predictor.progress.in");
  });

  it("the command forecast goes through gate, KPI meter and alarm rule as a forecast, and each score is counted once", async () => {
    const ends = ["changes", "decided", "gateChanges", "counted", "figures", "file", "actualChanges"];
    const flow = await loadFlow<Record<string, Out>>(
      ends,
      { ...TIMED, horizons: "10 min" },
      { ...TUNER, wires: [["predictor"], []] },
      { ...PREDICTOR, wires: [["gate", "meter", "rule", "onActual"]] },
      { ...GATE, wires: [["decided"], ["gateChanges"]] },
      { ...METER, emitEvery: 1, wires: [["counted"], ["figures"], ["file"]] },
      { ...RULE, id: "onActual", wires: [["actualChanges"], [], []] },
      { ...RULE, watch: "forecast", limits: [{ ...RULE.limits[0], high: "50" }], wires: [["changes"], [], []] },
    );
    for (let i = 0; i < 40; i++) send("tuner", { payload: { y: i }, topic: "a", timestamp: START + i * MINUTE });
    await until(() => flow.counted.length + flow.figures.length >= 40);
    const asked = { command: "forecast", topic: "a", timestamp: START + 43 * MINUTE };
    assert.equal(await handled("predictor", asked), undefined);
    await until(() => flow.decided.length === 41);
    const { forecast, payload } = flow.decided[40] as Out;
    assert.deepEqual([forecast.origin, forecast.due], [START + 43 * MINUTE, START + 53 * MINUTE]);
    assert.equal(typeof payload, "number");
    send("tuner", { payload: { y: 45 }, topic: "a", timestamp: START + 45 * MINUTE });
    await until(() => flow.decided.length === 42);
    await delivered();
    // The first forecast was made at the twentieth reading, and the first that was due ten minutes later; all 45 minutes
    // that passed since then were judged.
    const figures = [...flow.counted, ...flow.figures].map((msg) => (msg as unknown as { kpi?: Figures }).kpi);
    assert.equal(Math.max(...figures.map((kpi) => kpi?.readings ?? 0)), 45 - 19 - 10 + 1);
    for (const id of ["tuner", "predictor", "gate", "meter", "rule", "onActual"]) {
      const { error } = helper.getNode(id) as unknown as { error: { args: unknown[] } };
      assert.deepEqual(error.args, [], id);
    }
  });
});

interface Figures {
  readings: number;
}
