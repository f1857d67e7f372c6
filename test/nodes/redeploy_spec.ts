/** What was learnt stays through every kind of deploy, in files and in context stores, in a real Node-RED. */
import assert from "node:assert/strict";
import { Forecaster } from "../../src/forecaster/forecaster";
import { type FlowNode, type NodeRed, start } from "../node-red-process";
import { debug, MODEL, PREDICTOR, TUNER } from "./forecast-flow";

const READINGS = 100;
const SOURCE = `
for (let i = msg.from; i < msg.from + ${READINGS}; i++)
  node.send({ topic: "press 1", timestamp: 1000 * i, payload: { u: Math.sin(i / 5), y: 20 + Math.sin(i / 5 - 0.5) } });
`;

function flow(remember: string, label: string): FlowNode[] {
  const at = { z: "tab", x: 100, y: 100 };
  return [
    { id: "tab", type: "tab", label: "Flow 1" },
    { ...MODEL, remember },
    { id: "inject", type: "inject", ...at, props: [{ p: "from", v: "0", vt: "num" }], wires: [["source"]] },
    { id: "source", type: "function", ...at, func: SOURCE, outputs: 1, wires: [["tuner"]] },
    { ...TUNER, ...at, name: label, wires: [["predictor"], []] },
    { ...PREDICTOR, ...at, name: label, wires: [["debug"]] },
    debug("debug"),
  ];
}

describe("redeploy", function () {
  this.timeout(60_000);
  let nodeRed: NodeRed;
  before(async () => {
    const contextStorage = { default: { module: "memory" }, disk: { module: "localfilesystem" } };
    nodeRed = await start([], { settings: { contextStorage } });
  });
  after(() => nodeRed?.stop());

  for (const remember of ["file", "context:default", "context:disk"])
    it(`loses no update of a model in ${remember}: full, modified flows, modified nodes`, async () => {
      const alone = Forecaster.create({ inputs: ["u"], target: "y", size: 8, labelDelay: 500 });
      await nodeRed.deploy([{ id: "tab", type: "tab", label: "Flow 1" }]);
      for (const [round, type] of (["full", "full", "flows", "nodes"] as const).entries()) {
        await nodeRed.deploy(flow(remember, `round ${round}`), type);
        await nodeRed.inject("inject", { from: READINGS * round });
        await nodeRed.until("all forecasts", () => nodeRed.debugged.length === READINGS);
        for (const { msg } of nodeRed.debugged) {
          const step = { time: msg.timestamp, values: msg.reading };
          const { forecast } = alone.step(step, { learn: true });
          assert.equal(msg.payload, forecast.value);
        }
        assert.equal(nodeRed.debugged.at(-1)?.msg.forecast.updates, alone.updates);
        assert.deepEqual(nodeRed.problems, []);
      }
      assert.equal(alone.updates, 4 * READINGS - 6);
    });

  it("says that a context store does not exist, before Node-RED's default store is taken for it", async () => {
    await nodeRed.deploy(flow("context:nope", "round 0"));
    await nodeRed.until("a warning", () => nodeRed.problems.length > 0);
    const [{ msg: text }] = nodeRed.problems;
    assert.match(text, /^Remember in: this Node-RED has no context store “nope”; it has: default, disk$/);
  });
});
