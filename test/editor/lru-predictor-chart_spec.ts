/** The tick that gives the predictor an output for a chart. */
import assert from "node:assert/strict";
import type { FlowNode } from "../node-red-process";
import { MODEL, PREDICTOR } from "../nodes/forecast-flow";
import { inEditor } from "./editor";

const [TAB, MODEL_ID, PREDICTOR_ID, DEBUG] = [1, 2, 3, 4].map((n) => `000000000000000${n}`);
const FLOW: FlowNode[] = [
  { id: TAB, type: "tab", label: "Flow 1" },
  { ...MODEL, id: MODEL_ID, name: "kiln" },
  { ...PREDICTOR, id: PREDICTOR_ID, z: TAB, x: 320, y: 100, model: MODEL_ID, wires: [[DEBUG]] },
  { id: DEBUG, type: "debug", z: TAB, x: 520, y: 100, active: true, complete: "payload", wires: [] },
] as FlowNode[];

inEditor("the predictor's output for a chart", FLOW, (_language, at) => {
  const ports = () =>
    at.editor
      .node(PREDICTOR_ID as string)
      .locator(".red-ui-flow-port-output")
      .count();
  const outputs = () => at.editor.ask<number>(`RED.nodes.node("${PREDICTOR_ID}").outputs`);
  const tick = async () => {
    const dialog = await at.editor.openDialog(PREDICTOR_ID as string);
    await dialog.field("chart").click();
    await at.editor.picture("predictor for a chart");
    assert.deepEqual([...(await dialog.crowded()), ...(await dialog.faint())], []);
    await dialog.done();
  };

  it("is not there in a flow of before, also once its dialog was closed", async () => {
    const dialog = await at.editor.openDialog(PREDICTOR_ID as string);
    await dialog.done();
    assert.equal(await outputs(), 1);
    assert.equal(await ports(), 1);
  });

  it("comes with the tick and goes with it; the first output stays wired", async () => {
    await tick();
    assert.equal(await outputs(), 2);
    await at.editor.page.waitForFunction(
      `document.querySelectorAll('[id="${PREDICTOR_ID}"] .red-ui-flow-port-output').length === 2`,
    );
    assert.equal(await ports(), 2);
    await tick();
    assert.equal(await outputs(), 1);
    const wired = await at.editor.ask<number>(`RED.nodes.filterLinks({ source: { id: "${PREDICTOR_ID}" } }).length`);
    assert.equal(wired, 1);
    assert.deepEqual(at.editor.complaints, []);
  });
});
