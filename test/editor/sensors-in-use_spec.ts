/** Which sensors a running model uses, and the button that starts their list anew, in the dialog of the forecast model. */
import assert from "node:assert/strict";
import type { FlowNode } from "../node-red-process";
import { MODEL, PREDICTOR } from "../nodes/forecast-flow";
import { type Dialog, inEditor } from "./editor";

const FLOW: FlowNode[] = [
  { id: "0000000000000001", type: "tab", label: "Flow 1" },
  { ...MODEL, id: "0000000000000002", name: "steam", target: "steam", sensors: [] },
  { id: "0000000000000003", type: "inject", z: "0000000000000001", x: 100, y: 100, props: [], repeat: "", crontab: "", wires: [["0000000000000004"]] }, // biome-ignore format: one line
  {
    ...PREDICTOR,
    id: "0000000000000004",
    z: "0000000000000001",
    x: 320,
    y: 100,
    model: "0000000000000002",
    wires: [[]],
  },
];
const [, , INJECT, USER] = FLOW.map(({ id }) => id);
const WORDS = {
  "en-US": {
    noReading: "No reading has come yet: the first one begins the list.",
    inUse: "In use at press-1: fuel, load",
    settling: "In use at press-1: fuel, load (settling, 20 readings)",
    started: /^The list settles anew over the next 20 readings\./,
    named: "The running model still has a list of names: deploy to let it use every number.",
    notRunning: "Which sensors are in use is shown here once the model is deployed and runs.",
  },
  ja: {
    noReading: "計測値はまだ届いていません。最初の計測から、使うセンサーを決め始めます。",
    inUse: "使用中(press-1): fuel, load",
    settling: "使用中(press-1): fuel, load(20件の計測で確認中)",
    started: /^今後20件の計測で、使うセンサーを決め直します。/,
    named: "動作中のモデルには、センサー名がまだ指定されています。すべての数値を使うには、デプロイしてください。",
    notRunning: "デプロイしてモデルが動作すると、使用中のセンサーがここに表示されます。",
  },
} as const;

inEditor("the sensors in use", FLOW, (language, at) => {
  const words = WORDS[language];
  const open = async (button: "edit" | "add" = "edit"): Promise<Dialog> => {
    await at.editor.openDialog(USER);
    return at.editor.openConfigDialog("model", button);
  };
  const shows = (dialog: Dialog, text: string | RegExp) =>
    dialog.form.getByRole("status").getByText(text, { exact: true }).waitFor();
  const button = (dialog: Dialog) => dialog.form.locator("#node-config-input-sensors-in-use button");

  it("are shown, and their list is started anew by the keyboard", async () => {
    let dialog = await open();
    await shows(dialog, words.noReading);
    await at.editor.cancelDialogs();
    const rows = Array.from({ length: 30 }, (_, i) => ({ fuel: i % 7, load: i % 5, steam: i % 3 }));
    await at.nodeRed.inject(INJECT, {
      topic: "press-1",
      payload: rows,
      timestamp: rows.map((_, i) => 1.79e12 + 1000 * i),
    });
    await at.nodeRed.until("forecasts", () => at.nodeRed.statuses.has(USER));
    dialog = await open();
    await shows(dialog, words.inUse);
    await button(dialog).focus();
    await at.editor.page.keyboard.press("Enter");
    await shows(dialog, words.started);
    await at.editor.picture("sensors in use");
    assert.ok((await dialog.form.getByRole("status").innerText()).endsWith(words.settling));
    assert.deepEqual([...(await dialog.crowded()), ...(await dialog.faint())], []);
    await at.editor.cancelDialogs();
  });

  it("have no list to start anew where the sensors are named, or the model does not run yet", async () => {
    let dialog = await open();
    await dialog.form.locator(".red-ui-editableList-addButton").click();
    await dialog.form.locator(".node-config-input-sensor").fill("fuel");
    await button(dialog).waitFor({ state: "hidden" });
    await dialog.field("target").blur();
    await dialog.done();
    await at.editor.page.locator("#node-dialog-ok").click();
    await at.editor.page.locator("#node-dialog-ok").waitFor({ state: "detached" });
    await at.editor.deploy();
    dialog = await open();
    await button(dialog).waitFor({ state: "hidden" });
    await dialog.form.locator(".red-ui-editableList-item-remove").click();
    await shows(dialog, words.named);
    assert.ok(await button(dialog).isHidden());
    await at.editor.cancelDialogs();
    dialog = await open("add");
    await shows(dialog, words.notRunning);
    assert.ok(await button(dialog).isHidden());
    assert.deepEqual(at.editor.complaints, []);
  });
});
