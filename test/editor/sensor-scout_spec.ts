/** The ranking in the dialog of the sensor scout, and the button that writes the choice into the forecast model. */
import assert from "node:assert/strict";
import type { FlowNode } from "../node-red-process";
import { MODEL } from "../nodes/forecast-flow";
import { changed, plant } from "../scout/plant";
import { inEditor } from "./editor";

const FLOW: FlowNode[] = [
  { id: "0000000000000001", type: "tab", label: "Flow 1" },
  { ...MODEL, id: "0000000000000002", name: "kiln", target: "kiln_temperature", sensors: ["old"] },
  { id: "0000000000000003", type: "inject", z: "0000000000000001", x: 100, y: 100, props: [], repeat: "", crontab: "", wires: [["0000000000000004"]] }, // biome-ignore format: one line
  { id: "0000000000000004", type: "sensor-scout", z: "0000000000000001", x: 320, y: 100, name: "", model: "0000000000000002", after: 1000, wires: [[]] }, // biome-ignore format: one line
];
const [, , INJECT, SCOUT] = FLOW.map(({ id }) => id);
const WORDS = {
  "en-US": {
    noReading: "No reading has come yet.",
    collecting: "300 readings so far; 700 more until the answer.",
    summary: "fuel_flow leads by 5 min; the only useful one of 8",
    leads: "fuel_flow changes 5 min before kiln_temperature does.",
    redundant: "fuel_valve tells the same as fuel_flow: one of the two is enough.",
    disguise: "Careful: kiln_fahrenheit seems to be kiln_temperature itself, in another unit or form.",
    written: /^Written into “kiln”: fuel_flow\. Deploy to use it/,
    nothing: "Tick the sensors to use first.",
  },
  ja: {
    noReading: "計測値はまだ届いていません。",
    collecting: "計測値は現在300件です。あと700件で判定します。",
    summary: "fuel_flowが5分先行。8個のうち有用なのはこの1個",
    leads: "fuel_flowは、kiln_temperatureより5分早く変化します。",
    redundant: "fuel_valveの情報はfuel_flowとほぼ同じです。どちらか一方で足ります。",
    disguise: "注意: kiln_fahrenheitは、単位や形を変えたkiln_temperatureそのものと思われます。",
    written: /^予測モデル「kiln」に設定しました: fuel_flow。デプロイすると有効になります。/,
    nothing: "使用するセンサーにチェックを入れてください。",
  },
} as const;

/** A kiln whose temperature follows the fuel, among sensors that tell nothing of it. */
const readings = changed(plant({ seed: 1, readings: 1000 }), ({ y, x }, i) => ({
  kiln_temperature: 20 * (y as number) + 900,
  fuel_flow: 10 * (x as number) + 100,
  fuel_valve: 4 * (x as number) + 50 + 0.3 * Math.sin(i * i),
  kiln_fahrenheit: 36 * (y as number) + 1652,
})).map(
  ({ values: { x, y, "decoy clock": clock, "decoy shuffled x": a, "decoy shuffled y": b, ...values }, time }) => ({
    time,
    values: Object.fromEntries(
      Object.entries(values)
        .filter(([name]) => !/other phase|day and night|slow walk/.test(name))
        .map(([name, value]) => [name.replace("decoy walk", "ambient_temperature").replace("decoy ", ""), value]),
    ),
  }),
);

inEditor("the ranking in the dialog of the sensor scout", FLOW, (language, at) => {
  const words = WORDS[language];
  const inject = (from: number, to: number) =>
    at.nodeRed.inject(INJECT as string, {
      topic: "kiln-1",
      payload: readings.slice(from, to).map(({ values }) => values),
      timestamp: readings.slice(from, to).map(({ time }) => time),
    });

  it("comes by itself once there are enough readings, and is written into the model by the button", async () => {
    const dialog = await at.editor.openDialog(SCOUT as string);
    const status = dialog.form.getByRole("status");
    const shows = (text: string | RegExp) => status.getByText(text).waitFor();
    await dialog.form.getByText(words.noReading).waitFor();
    await inject(0, 300);
    await dialog.form.getByText(words.collecting).waitFor();
    await at.editor.picture("sensor scout collecting");
    await inject(300, 1000);
    await shows(words.summary);
    for (const text of [words.leads, words.redundant, words.disguise])
      await dialog.form.getByText(text, { exact: true }).waitFor();
    const ticks = await dialog.form
      .locator("table input")
      .evaluateAll((all) => (all as unknown as { checked: boolean }[]).map(({ checked }) => checked));
    assert.deepEqual(ticks, [true, ...new Array(7).fill(false)]);
    await at.editor.picture("sensor scout ranking");
    assert.deepEqual([...(await dialog.crowded()), ...(await dialog.faint())], []);
    const use = dialog.form.locator("button.use");
    await dialog.form.locator("table input").first().click();
    await use.click();
    await shows(words.nothing);
    await dialog.form.locator("table input").first().click();
    // A ranking that has not changed is not drawn anew: what was ticked stays.
    await at.editor.page.waitForTimeout(2500);
    await use.click();
    await shows(words.written);
    await at.editor.picture("sensor scout written");
    const model = () =>
      at.editor.ask<[string[], boolean]>(
        `(({ sensors, changed }) => [sensors, changed])(RED.nodes.node("0000000000000002"))`,
      );
    assert.deepEqual(await model(), [["fuel_flow"], true]);
    await dialog.done();
    const config = await (async () => {
      await at.editor.openDialog(SCOUT as string);
      return at.editor.openConfigDialog("model", "edit");
    })();
    assert.equal(await config.form.locator(".node-config-input-sensor").inputValue(), "fuel_flow");
    await at.editor.cancelDialogs();
    await at.editor.deploy();
    await at.editor.page.waitForFunction(`RED.nodes.node("0000000000000002").changed === false`);
    assert.deepEqual(await model(), [["fuel_flow"], false]);
  });

  it("is asked for by the button where the node does not answer by itself; what it wrote can be undone", async () => {
    let dialog = await at.editor.openDialog(SCOUT as string);
    await dialog.field("after").fill("");
    await dialog.done();
    await at.editor.deploy();
    const asked = `fetch("sensor-scout/${SCOUT}").then((answer) => answer.json()).then(({ running, after }) => running && after === 0)`;
    // In a loop of its own: the page's waiting for a function takes a promise for a yes.
    while (!(await at.editor.ask<boolean>(asked))) await at.editor.page.waitForTimeout(50);
    await inject(0, 1000);
    dialog = await at.editor.openDialog(SCOUT as string);
    await dialog.form.locator("button.rank").click();
    await dialog.form.getByRole("status").getByText(words.summary).waitFor();
    await dialog.form.locator("table input").nth(1).click();
    await dialog.form.locator("button.use").click();
    await dialog.form.getByRole("status").getByText("fuel_flow, fuel_valve").waitFor();
    await at.editor.cancelDialogs();
    const sensors = () => at.editor.ask<string[]>(`RED.nodes.node("0000000000000002").sensors`);
    assert.deepEqual(await sensors(), ["fuel_flow", "fuel_valve"]);
    await at.editor.ask("RED.actions.invoke('core:undo')");
    assert.deepEqual(await sensors(), ["fuel_flow"]);
    await at.editor.ask("RED.actions.invoke('core:redo')");
    assert.deepEqual(await sensors(), ["fuel_flow", "fuel_valve"]);
    assert.equal(await at.editor.ask<boolean>(`RED.nodes.node("0000000000000002").valid`), true);
    assert.deepEqual(at.editor.complaints, []);
  });
});
