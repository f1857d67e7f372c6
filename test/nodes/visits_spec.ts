/** Each message has the forecast of its own reading, and no reading is taken in twice, whatever the wires between. */
import assert from "node:assert/strict";
import helper from "node-red-node-test-helper";
import type { Mark } from "../../src/asset/mark";
import type { Tuning } from "../../src/forecaster/forecast";
import { Forecaster } from "../../src/forecaster/forecaster";
import {
  lagged,
  loadFlow,
  MODEL,
  type Out,
  PREDICTOR,
  readings,
  statuses,
  TUNER,
  until,
  withServer,
} from "./forecast-flow";
import { GUARD } from "./fuzz-nodes";

const SOURCE = { id: "source", type: "helper", z: "tab" };
const at = { z: "tab" };
/** A function node that copies the reading into a message of its own, without mark and time. */
const COPY = { id: "copy", type: "function", ...at, func: "return { payload: msg.payload, topic: msg.topic };" };
const DELAY = {
  id: "slow",
  type: "delay",
  ...at,
  pauseType: "delay",
  timeout: "700",
  timeoutUnits: "milliseconds",
  rateUnits: "second",
  randomUnits: "seconds",
};

function source(): { send(msg: object): void } {
  return helper.getNode("source") as unknown as { send(msg: object): void };
}

/** What the model's mark on a message says was forecast. */
function marked({ observed }: Out): Out["forecast"] {
  return (observed?.model as Mark | undefined)?.forecast as Out["forecast"];
}

/** No node has refused anything. */
function assertAllTaken(...nodes: string[]): void {
  for (const id of nodes)
    assert.ok(
      statuses(id).every(({ fill }) => fill !== "red"),
      `${id} has refused a reading`,
    );
}

describe("visits of a reading", function () {
  this.timeout(20_000);
  withServer();

  const wirings: Record<string, object[]> = {
    "reading → guard → tuner, and reading → predictor": [
      { ...SOURCE, wires: [["guard", "predictor"]] },
      { ...GUARD, wires: [["tuner"], [], []] },
      { ...TUNER, wires: [["learnt"], []] },
      PREDICTOR,
    ],
    "reading → tuner → predictor, and reading → predictor": [
      { ...SOURCE, wires: [["tuner", "predictor"]] },
      { ...TUNER, wires: [["again"], []] },
      { ...PREDICTOR, id: "again", wires: [["learnt"]] },
      PREDICTOR,
    ],
    "reading → copy → tuner, and reading → predictor": [
      { ...SOURCE, wires: [["copy", "predictor"]] },
      { ...COPY, wires: [["tuner"]] },
      { ...TUNER, wires: [["learnt"], []] },
      PREDICTOR,
    ],
    "reading → tuner, and reading → copy → predictor": [
      { ...SOURCE, wires: [["tuner", "copy"]] },
      { ...COPY, wires: [["predictor"]] },
      { ...TUNER, wires: [["learnt"], []] },
      PREDICTOR,
    ],
  };
  for (const [wiring, nodes] of Object.entries(wirings))
    for (const ids of ["ids of their own", "one id", "one id, one time after the other"])
      it(`twenty in a burst with ${ids}: ${wiring}`, async () => {
        const { out, learnt } = await loadFlow<{ out: Out; learnt: Out }>(["out", "learnt"], MODEL, ...nodes);
        const rows = lagged(20);
        for (const [t, payload] of rows.entries())
          source().send({
            ...(ids === "ids of their own" ? {} : { _msgid: "burst" }),
            ...(ids === "one id" ? {} : { timestamp: 1000 * t }),
            payload: { ...payload },
            mine: t,
          });
        await until(() => out.length === 20 && learnt.length === 20);
        assert.equal(readings(), 20);
        for (const msgs of [out, learnt])
          for (const [t, msg] of msgs.entries()) {
            const forecast = msg.forecast ?? marked(msg);
            assert.equal(forecast.naive, rows[t]?.y, `message ${t} has the forecast from reading ${t}`);
            // Without times of their own a pause of this machine is a gap in a burst, over which nothing falls due.
            if (msg.scored || ids !== "one id") assert.equal(msg.scored?.actual, t === 0 ? undefined : rows[t]?.y);
          }
        assertAllTaken("tuner", "predictor");
      });

  for (const [wiring, nodes] of [
    ["on the tuner's wire only", [{ ...SOURCE, wires: [["judge", "predictor"]] }, PREDICTOR]],
    [
      "behind the predictor",
      [
        { ...SOURCE, wires: [["predictor"]] },
        { ...PREDICTOR, wires: [["out", "judge"]] },
      ],
    ],
    [
      "in front of both",
      [
        { ...SOURCE, wires: [["judge"]] },
        { ...PREDICTOR, wires: [["out", "tuner"]] },
      ],
    ],
  ] as const)
    it(`the drift guard's word weighs what is learnt, ${wiring}`, async () => {
      const first = wiring === "in front of both" ? ["predictor"] : ["tuner"];
      const func = "msg.quality = { learn: msg.timestamp < 30000 ? 0 : 0.5 }; return msg;";
      const judge = { id: "judge", type: "function", ...at, func, wires: [first] };
      const rest = [judge, { ...TUNER, wires: [["learnt"], []] }];
      const { out, learnt } = await loadFlow<{ out: Out; learnt: Out }>(["out", "learnt"], MODEL, ...nodes, ...rest);
      const rows = lagged(60);
      for (const [t, payload] of rows.entries()) source().send({ payload, timestamp: 1000 * t });
      await until(() => out.length === 60 && learnt.length === 60);
      const alone = Forecaster.create({ inputs: ["u"], target: "y", size: 8, labelDelay: 500 });
      for (const [t, values] of rows.entries())
        alone.step({ time: 1000 * t, values, quality: t < 30 ? 0 : 0.5 }, { learn: true });
      const { updates, rate } = alone.learn({ learn: true });
      const last = learnt[59]?.tuning as Tuning;
      assert.equal(learnt[29]?.tuning.skipped, "quality");
      // One that was taken in without the guard's word knows nothing of the reading from which the first was forecast.
      assert.equal(last.updates, wiring === "in front of both" ? updates : updates + 1);
      assert.ok(Math.abs(last.rate / rate - 1) < 0.01);
      assert.equal(updates, 29);
    });

  it("a slow branch: the message comes to a second predictor 700 ms later", async () => {
    for (const timed of [true, false]) {
      const { out, late } = await loadFlow<{ out: Out; late: Out }>(
        ["out", "late"],
        MODEL,
        { ...SOURCE, wires: [["predictor", "slow"]] },
        PREDICTOR,
        { ...DELAY, wires: [["second"]] },
        { ...PREDICTOR, id: "second", wires: [["late"]] },
      );
      const rows = lagged(10);
      for (const [t, payload] of rows.entries()) {
        source().send({ payload, ...(timed && { timestamp: 1000 * t }) });
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      await until(() => late.length === 10);
      assert.equal(readings(), 10);
      for (const [t, { y }] of rows.entries())
        assert.deepEqual([out[t]?.forecast.naive, late[t]?.forecast.naive, late[t]?.payload], [y, y, out[t]?.payload]);
      assertAllTaken("predictor", "second");
      await helper.unload();
    }
  });

  const OTHER = { ...MODEL, id: "other", target: "u", sensors: ["y"] };
  const SECOND = { ...PREDICTOR, id: "second", model: "other" };
  const CHANGE = {
    id: "setter",
    type: "change",
    ...at,
    rules: [{ t: "set", p: "payload", pt: "msg", to: "700", tot: "num" }],
    wires: [["second"]],
  };

  it("two models in a row see the same reading", async () => {
    const nodes = [MODEL, OTHER, { ...SOURCE, wires: [["predictor"]] }, { ...PREDICTOR, wires: [["second"]] }, SECOND];
    const { out } = await loadFlow<{ out: Out }>(["out"], ...nodes);
    const alone = Forecaster.create({ inputs: ["y"], target: "u", size: 8, labelDelay: 500 });
    const rows = lagged(30);
    for (const [t, payload] of rows.entries()) source().send({ payload, timestamp: 1000 * t });
    await until(() => out.length === 30);
    for (const [t, values] of rows.entries()) {
      alone.observe({ time: 1000 * t, values });
      assert.equal(out[t]?.payload, alone.forecast().value);
      assert.deepEqual(out[t]?.reading, values);
    }
  });

  it("what was changed behind a predictor is what the next model sees", async () => {
    const nodes = [MODEL, OTHER, { ...SOURCE, wires: [["predictor"]] }, { ...PREDICTOR, wires: [["setter"]] }];
    const { out } = await loadFlow<{ out: Out }>(["out"], ...nodes, CHANGE, SECOND);
    for (const [t, payload] of lagged(5).entries()) source().send({ payload, timestamp: 1000 * t });
    await until(() => out.length === 5);
    for (const { forecast, reading } of out) assert.deepEqual([forecast.naive, reading], [700, 700]);
  });

  it("one message object for many readings", async () => {
    const nodes = [{ ...SOURCE, wires: [["tuner"]] }, { ...TUNER, wires: [["predictor"], []] }, PREDICTOR];
    const { out } = await loadFlow<{ out: Out }>(["out"], MODEL, ...nodes);
    const alone = Forecaster.create({ inputs: ["u"], target: "y", size: 8, labelDelay: 500 });
    const msg = {};
    const seen: unknown[] = [];
    for (const [t, payload] of lagged(30).entries()) {
      source().send(Object.assign(msg, { payload, timestamp: 1000 * t }));
      await until(() => out.length === t + 1);
      seen.push(out[t]?.payload);
      assert.equal(seen[t], alone.step({ time: 1000 * t, values: payload }, { learn: true }).forecast.value);
    }
    assert.equal(readings(), 30);
  });

  it("equal readings in a row at one node are as many readings", async () => {
    const { out } = await loadFlow<{ out: Out }>(
      ["out"],
      MODEL,
      { ...SOURCE, wires: [["tuner", "predictor"]] },
      {
        ...TUNER,
        wires: [[], []],
      },
      PREDICTOR,
    );
    for (let t = 0; t < 20; t++) source().send({ _msgid: "same", payload: { u: 1, y: 2 } });
    await until(() => out.length === 20);
    assert.equal(readings(), 20);
  });
});
