/** The names that the fields for sensors offer: before anything has run, and as they came last. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FlowNode, type NodeRed, start } from "../node-red-process";
import { GUARD, MODEL, PREDICTOR } from "../nodes/forecast-flow";
import { Editor } from "./editor";

const [TAB, MODEL_ID, INJECT, FUNCTION, USER, JUDGE, TRAINER] = [1, 2, 3, 4, 5, 6, 7].map((i) => `000000000000000${i}`);
const place = { z: TAB, x: 300 };
const SAMPLE = [{ p: "payload", v: JSON.stringify({ steam: 1, load: 2, note: "x" }), vt: "json" }];

describe("the names that fields for sensors offer", function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), "name-picker-"));
  const file = join(folder, "history.csv");
  let nodeRed: NodeRed;
  let editor: Editor;

  before(async () => {
    const rows = Array.from({ length: 30 }, (_, i) => `2026-01-01 00:${String(i).padStart(2, "0")},${i % 7},${i % 5}`);
    writeFileSync(file, ["time,stack O2,fan <b>", ...rows].join("\n"));
    nodeRed = await start([
      { id: TAB, type: "tab", label: "Flow 1" },
      { ...MODEL, id: MODEL_ID, name: "steam", target: "steam", sensors: [] },
      { ...place, id: INJECT, type: "inject", y: 60, props: SAMPLE, repeat: "", crontab: "", wires: [[FUNCTION]] },
      { ...place, id: FUNCTION, type: "function", y: 120, func: "return msg;", outputs: 1, libs: [], wires: [[USER]] },
      { ...PREDICTOR, ...place, id: USER, y: 180, model: MODEL_ID, wires: [[]] },
      { ...GUARD, ...place, id: JUDGE, y: 240, model: MODEL_ID, sensors: [{ name: "" }], wires: [[], [], []] },
      { ...place, id: TRAINER, type: "history-trainer", y: 300, name: "", model: MODEL_ID, source: file, sourceType: "str", wires: [[], [], []] }, // biome-ignore format: one line
    ] as FlowNode[]);
    editor = await Editor.open(nodeRed.url, "en-US");
  });
  after(async () => {
    await editor?.close();
    await nodeRed?.stop();
    rmSync(folder, { recursive: true });
  });

  /** What a field offers, once it offers all that is wanted. */
  const offers = async (field: string, wanted: string[]): Promise<void> => {
    const offered = () =>
      editor.ask<string[]>(`[...document.querySelector('${field}').list.options].map(({ value }) => value)`);
    for (let tries = 0; tries < 100 && wanted.some((name) => !names.includes(name)); tries++) {
      await editor.page.waitForTimeout(100);
      names = await offered();
    }
    assert.deepEqual(names, wanted);
  };
  let names: string[] = [];

  beforeEach(() => {
    names = [];
  });
  afterEach(() => editor.cancelDialogs());

  it("are those of the file and of the injected sample that reach the nodes of the model, before anything has come", async () => {
    await editor.openDialog(USER);
    await editor.openConfigDialog("model", "edit");
    await offers("#node-config-input-target", ["steam", "load", "stack O2", "fan <b>"]);
  });

  it("are, for a model that is still to be made, those of the node that it is made for", async () => {
    await editor.openDialog(USER);
    const dialog = await editor.openConfigDialog("model", "add");
    await dialog.form.locator(".red-ui-editableList-addButton").click();
    await offers(".node-config-input-sensor", ["steam", "load"]);
  });

  it("are, for a guard that nothing is wired to, those of its model: as they came last", async () => {
    await nodeRed.inject(INJECT, { topic: "a", payload: { steam: 1, flow: 2, "speed 1": 3 } });
    await nodeRed.until("a forecast", () => nodeRed.statuses.has(USER));
    await editor.openDialog(JUDGE);
    await offers("#node-input-sensors-list input[data-key=name]", ["steam", "flow", "speed 1"]);
    assert.deepEqual(editor.complaints, []);
  });
});
