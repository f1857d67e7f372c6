/** The open sidebar of forecast health when the flow that it looks at is replaced. */
import assert from "node:assert/strict";
import { type FlowNode, type NodeRed, start } from "../node-red-process";
import { MODEL, PREDICTOR } from "../nodes/forecast-flow";
import { Editor } from "./editor";

const [TAB, INJECT, USER] = ["0000000000000001", "0000000000000002", "0000000000000003"];
const flowOf = (model: string): FlowNode[] => [
  { id: TAB as string, type: "tab", label: "Flow 1" },
  { ...MODEL, id: model, name: `model ${model.at(-1)}` },
  { id: INJECT as string, type: "inject", z: TAB, x: 100, y: 100, props: [], repeat: "", crontab: "", wires: [[USER]] },
  { ...PREDICTOR, id: USER as string, z: TAB, x: 320, y: 100, model, wires: [[]] },
];

describe("the sidebar of forecast health, when a flow is replaced", function () {
  this.timeout(120_000);
  let nodeRed: NodeRed;
  let editor: Editor;

  before(async () => {
    nodeRed = await start(flowOf("00000000000000a1"));
    editor = await Editor.open(nodeRed.url, "en-US");
  });
  after(async () => {
    await editor?.close();
    await nodeRed?.stop();
  });

  it("tells that the model is gone, without an error in the console, and shows the new one", async () => {
    const rows = Array.from({ length: 30 }, (_, i) => ({ u: i % 7, y: i % 5 }));
    const send = (topic: string) =>
      nodeRed.inject(INJECT as string, { topic, payload: rows, timestamp: rows.map((_, i) => 1.79e12 + 1000 * i) });
    await send("press 1");
    await editor.ask(`RED.actions.invoke("online-forecast:show-forecast-health")`);
    const shows = (part: string, hasText: string) =>
      editor.page.locator(`.forecast-health-${part}`).filter({ hasText }).waitFor();
    await shows("name", "press 1");
    await nodeRed.deploy(flowOf("00000000000000a2"));
    await shows("answer", "The model is gone");
    assert.ok(await editor.page.locator(".forecast-health-asset").isHidden());
    await send("press 2");
    await shows("name", "press 2");
    assert.deepEqual(editor.complaints, []);
  });
});
