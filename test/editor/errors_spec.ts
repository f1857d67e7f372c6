/** Errors in the debug sidebar: read there as they stand, without anything to unfold. */
import assert from "node:assert/strict";
import type { FlowNode } from "../node-red-process";
import { MODEL } from "../nodes/forecast-flow";
import { inEditor } from "./editor";

const FLOW: FlowNode[] = [
  { id: "0000000000000001", type: "tab", label: "Flow 1" },
  { ...MODEL, id: "0000000000000002", name: "kiln", target: "y", sensors: ["x"], language: "" },
  { id: "0000000000000003", type: "inject", z: "0000000000000001", x: 100, y: 100, props: [], repeat: "", crontab: "", wires: [["0000000000000004", "0000000000000005"]] }, // biome-ignore format: one line
  { id: "0000000000000004", type: "rtrl-tuner", z: "0000000000000001", x: 320, y: 100, name: "", model: "0000000000000002", speed: "normal", rate: 1, every: 1, scope: "all", limit: "", wires: [[], []] }, // biome-ignore format: one line
  { id: "0000000000000005", type: "lru-predictor", z: "0000000000000001", x: 320, y: 200, name: "steam", model: "0000000000000002", output: "payload", wires: [[]] }, // biome-ignore format: one line
];
const WORDS = {
  "en-US": { tuner: "RTRL tuner", text: /^"y: text where a number is needed \("abc"\)\. Send a number/ },
  ja: { tuner: "RTRL学習", text: /^"y: .*「?abc/ },
} as const;

inEditor("errors in the debug sidebar", FLOW, (language, at) => {
  it("are texts under the names of their nodes", async () => {
    await at.editor.ask(`RED.sidebar.show("debug")`);
    await at.nodeRed.inject("0000000000000003", { topic: "kiln-1", payload: "abc" });
    const shown = at.editor.page.locator(".red-ui-debug-content-list .red-ui-debug-msg");
    await shown.nth(1).waitFor();
    await at.editor.picture("errors");
    const names = await shown.locator(".red-ui-debug-msg-name").allInnerTexts();
    assert.deepEqual(names.map((name) => name.replace(/^.*: /, "")).sort(), [WORDS[language].tuner, "steam"].sort());
    for (const text of await shown.locator(".red-ui-debug-msg-payload").allInnerTexts())
      assert.match(text.trim(), WORDS[language].text);
  });
});
