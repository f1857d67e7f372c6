import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { type FlowNode, type NodeRed, start } from "./node-red-process";

const flow: FlowNode[] = [
  { id: "tab", type: "tab", label: "probe" },
  { id: "in", type: "inject", z: "tab", props: [{ p: "payload" }], payload: "1", payloadType: "num", wires: [["fn"]] },
  {
    id: "fn",
    type: "function",
    z: "tab",
    func: 'if (msg.payload < 0) { throw new Error("negative") } node.status({ text: "seen" }); msg.payload = { value: msg.payload, none: NaN }; return msg;',
    outputs: 1,
    wires: [["out"]],
  },
  { id: "out", type: "debug", z: "tab", complete: "payload", tosidebar: true, active: true, wires: [] },
];

describe("a real Node-RED process", function () {
  this.timeout(60_000);
  let red: NodeRed;
  before(async () => {
    red = await start(flow);
  });
  after(() => red.stop());

  it("carries a message from an inject button to the debug sidebar, NaN included", async () => {
    await red.inject("in");
    const shown = await red.until("first message", () => red.debugged[0]);
    assert.deepEqual(shown.msg, { value: 1, none: Number.NaN });
    await red.until("status", () => red.statuses.get("fn")?.text === "seen");
  });

  it("lets a test replace the injected message, and tells of errors", async () => {
    await red.inject("in", { payload: -1 });
    const problem = await red.until("error", () => red.problems[0]);
    assert.match(JSON.stringify(problem), /negative/);
  });

  it("forgets what was shown before a deploy, and takes its user directory away at the end", async () => {
    const other = await start(flow);
    await other.inject("in");
    await other.until("message", () => other.debugged.length === 1);
    await other.deploy(flow);
    assert.equal(other.debugged.length, 0);
    await other.stop();
    assert.equal(existsSync(other.userDir), false);
  });

  it("says why when nothing comes", async () => {
    await assert.rejects(
      red.until("a miracle", () => false, 50),
      /timeout: a miracle/,
    );
  });
});
