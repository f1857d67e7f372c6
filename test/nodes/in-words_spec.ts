/** What a Status node, a Catch node and a web page get is a sentence: Node-RED puts words for a key in its editor only. */
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { MODEL_NODE } from "../model-node";
import { type FlowNode, type NodeRed, start } from "../node-red-process";
import { debug, GATE, GUARD, METER, PREDICTOR, RULE, TUNER } from "./forecast-flow";

const KEY = /^[a-z]+-[a-z]+\.[a-z]+\./;
const JAPANESE = /[぀-ヿ一-鿿]/;
const ALONE = { wires: [[], [], []] };
const FLOW: FlowNode[] = [
  { id: "tab", type: "tab", label: "" },
  { ...MODEL_NODE, sensors: ["u"], remember: "none", language: "ja" },
  { ...GUARD, wires: [["tuner"], [], []] },
  { ...TUNER, wires: [["predictor"], []] },
  { ...PREDICTOR, wires: [["gate", "kpi", "rule"]] },
  { ...GATE, wires: [[], []] },
  { ...METER, ...ALONE },
  { ...RULE, ...ALONE, id: "rule", type: "alarm-rule", z: "tab", model: "model" },
  { id: "scout", type: "sensor-scout", z: "tab", model: "model", after: 500, ...ALONE },
  { id: "trainer", type: "history-trainer", z: "tab", model: "model", file: "", ...ALONE },
  { id: "none", type: "rtrl-tuner", z: "tab", model: "gone", wires: [[], []] },
  { id: "status", type: "status", z: "tab", x: 1, y: 1, scope: null, wires: [["statuses"]] },
  { ...debug("statuses"), tostatus: false },
  { id: "in", type: "inject", z: "tab", props: [{ p: "payload" }], payload: "", payloadType: "str", wires: [["guard"]] },
  { id: "text", type: "inject", z: "tab", props: [{ p: "payload" }], payload: "x", payloadType: "str", wires: [["tuner", "predictor"]] },
  { id: "lost", type: "inject", z: "tab", props: [{ p: "payload" }], payload: "1", payloadType: "num", wires: [["none"]] },
]; // biome-ignore format: one line

describe("what nodes say outside of the editor", function () {
  this.timeout(60_000);
  let red: NodeRed;

  before(async () => {
    red = await start(FLOW);
  });
  after(() => red?.stop());

  const told = (): { of: string; text: string }[] =>
    red.debugged.flatMap(({ msg: { status } }) =>
      status ? [{ of: status.source.type, text: status.text ?? "" }] : [],
    );

  it("a Status node gets statuses in words, in the language of the model", async () => {
    const at = () => [...red.statuses].filter(([id]) => id !== "none");
    const asked = ["guard", "tuner", "predictor", "gate", "kpi", "rule", "scout", "trainer"];
    await red.until("all statuses", () => asked.every((id) => red.statuses.has(id) || id === "guard"));
    for (const [id, { text = "" }] of at()) assert.match(text, JAPANESE, `${id}: ${text}`);
    await red.inject("text");
    await red.until("the refusal", () => told().some(({ text }) => /エラー/.test(text)));
    for (const { of, text } of told()) {
      assert.doesNotMatch(text, KEY, of);
      assert.match(text, JAPANESE, `${of}: ${text}`);
    }
  });

  it("a node without a model counts in words what it has refused", async () => {
    for (let i = 0; i < 3; i++) await red.inject("lost");
    await red.until("the count", () =>
      red.problems.some(({ msg }) => /2 more in \d+ s: Choose a forecast model/.test(`${msg}`)),
    );
    await delay(100);
    for (const { msg } of red.problems) assert.doesNotMatch(`${msg}`, KEY);
  });

  it("a page in a language that the pack does not speak is refused in Node-RED's", async () => {
    for (const path of ["history-trainer/preview", "rollout-gate/gate", "sensor-scout/scout"]) {
      const answer = await fetch(`${red.url}/${path}`, { method: "POST", headers: { "accept-language": "de" } });
      assert.deepEqual([answer.status, await answer.json()], [415, { error: "Send this as JSON (Content-Type: application/json)" }], path); // biome-ignore format: one line
    }
  });
});
