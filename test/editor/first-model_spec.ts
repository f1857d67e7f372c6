/** A node that is dropped where there is no forecast model yet: its dialog's Done makes one that works. */
import assert from "node:assert/strict";
import type { FlowNode } from "../node-red-process";
import { inEditor, type Language } from "./editor";

const [TAB, INJECT, SAMPLE, DEBUG] = [1, 2, 3, 4].map((i) => `000000000000000${i}`) as [string, string, string, string];
const inject = { type: "inject", z: TAB, name: "", repeat: "", crontab: "", once: false, x: 120, wires: [[]] };
const FLOW: FlowNode[] = [
  { id: TAB, type: "tab", label: "Flow 1" },
  { ...inject, id: INJECT, y: 40, props: [{ p: "payload", v: "21.5", vt: "num" }] },
  { ...inject, id: SAMPLE, y: 500, props: [{ p: "payload", v: '{"steam":1,"load":2}', vt: "json" }] },
  { id: DEBUG, type: "debug", z: TAB, active: true, tosidebar: true, complete: "true", x: 700, y: 40, wires: [] },
];
const TYPES = ["lru-predictor", "drift-guard", "rtrl-tuner", "sensor-scout", "rollout-gate", "alarm-rule", "kpi-meter"];
const WORDS: Record<Language, { value: string; hint: RegExp }> = {
  "en-US": { value: "value", hint: /no forecast model yet/ },
  ja: { value: "値", hint: /予測モデルがまだありません/ },
};

inEditor("a node dropped where there is no forecast model", FLOW, (language, at) => {
  const { value, hint } = WORDS[language];
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await at.editor.picture("first model, as it failed");
  });

  interface Made {
    id: string;
    name: string;
    target: string;
    valid: boolean;
    users: number;
  }
  const models = () =>
    at.editor.ask<Made[]>(
      `(() => { const all = []; RED.nodes.eachConfig(({ id, name, target, valid, users, type }) => {
          if (type === "forecast-model") all.push({ id, name, target, valid, users: users.length });
        }); return all; })()`,
    );
  const modelOf = (id: string) => at.editor.ask<string>(`RED.nodes.node("${id}").model`);
  const undo = () => at.editor.ask("RED.actions.invoke('core:undo')");
  const target = () => at.editor.page.locator("#online-forecast-new-target");

  it("says so, and its dialog's Cancel makes none", async () => {
    const id = await at.editor.drag("lru-predictor", 400, 40);
    const dialog = await at.editor.openDialog(id);
    assert.match((await dialog.texts()).join("\n"), hint);
    assert.equal(await target().inputValue(), value);
    assert.deepEqual(await dialog.crowded(), []);
    assert.deepEqual(await dialog.faint(), []);
    await at.editor.picture("first model");
    await dialog.cancel();
    assert.deepEqual(await models(), []);
    await undo();
  });

  for (const type of TYPES) {
    it(`gets one by its Done, which undo takes back: ${type}`, async () => {
      const id = await at.editor.drag(type, 400, 40);
      const dialog = await at.editor.openDialog(id);
      assert.deepEqual([await dialog.crowded(), await dialog.faint()], [[], []]);
      await at.editor.picture(`first model, ${type}`);
      await dialog.done();
      const [made, ...others] = await models();
      assert.ok(made && others.length === 0);
      assert.deepEqual(made, { id: made.id, name: value, target: value, valid: true, users: 1 });
      assert.equal(await modelOf(id), made.id);
      const reasons = await at.editor.triangle(id);
      // What an alarm is raised at nobody can know.
      if (type === "alarm-rule") assert.match(reasons ?? "", /H/);
      else assert.equal(reasons, undefined);
      await undo();
      assert.deepEqual([await models(), await modelOf(id)], [[], ""]);
      await at.editor.ask("RED.actions.invoke('core:redo')");
      assert.equal((await models()).length, 1);
      await undo();
      await undo();
      assert.deepEqual(await at.editor.ofType(type), []);
    });
  }

  it("gives the model the unit that was entered here", async () => {
    const id = await at.editor.drag("kpi-meter", 400, 40);
    const dialog = await at.editor.openDialog(id);
    await dialog.unfold();
    await dialog.field("unit").fill("kg/h");
    await dialog.done();
    const [made] = (await models()) as [Made];
    const units = await at.editor.ask(`[RED.nodes.node("${made.id}").unit, RED.nodes.node("${id}").unit]`);
    assert.deepEqual(units, ["kg/h", ""]);
    await undo();
    await undo();
  });

  it("makes none where the value is left empty, and says what is missing", async () => {
    const id = await at.editor.drag("rtrl-tuner", 400, 40);
    const dialog = await at.editor.openDialog(id);
    await at.editor.page.locator("#node-input-model:not(.input-error)").waitFor();
    await target().fill("");
    await at.editor.page.locator("#node-input-model.input-error").waitFor();
    await dialog.done();
    assert.deepEqual(await models(), []);
    assert.ok(await at.editor.triangle(id));
  });

  it("offers the first name that its wires bring", async () => {
    const id = await at.editor.drag("lru-predictor", 400, 500);
    await at.editor.ask(`void RED.nodes.addLink({ source: RED.nodes.node("${SAMPLE}"), sourcePort: 0, target: RED.nodes.node("${id}") })`); // biome-ignore format: one line
    const dialog = await at.editor.openDialog(id);
    await at.editor.page.waitForFunction(`document.querySelector("#online-forecast-new-target").value === "steam"`);
    await dialog.cancel();
  });

  it("works as it stands, and the others' dialogs choose it", async () => {
    const predictor = await at.editor.drag("lru-predictor", 400, 140);
    const [tuner] = (await at.editor.ofType("rtrl-tuner")) as [string];
    const dialog = await at.editor.openDialog(predictor);
    await dialog.done();
    const [made] = (await models()) as [Made];
    const other = await at.editor.openDialog(tuner);
    assert.equal(await other.field("model").inputValue(), made.id);
    assert.equal(await target().isVisible(), false);
    await other.done();
    assert.equal(await modelOf(tuner), made.id);
    const link = (source: string, to: string) =>
      `RED.nodes.addLink({ source: RED.nodes.node("${source}"), sourcePort: 0, target: RED.nodes.node("${to}") });`;
    await at.editor.ask(
      `void (() => { ${link(INJECT, tuner)} ${link(tuner, predictor)} ${link(predictor, DEBUG)} })()`,
    );
    await at.editor.ask(`RED.nodes.filterNodes({ type: "lru-predictor" }).filter(({ id }) => id !== "${predictor}").forEach(({ id }) => void RED.nodes.remove(id))`); // biome-ignore format: one line
    await at.editor.deploy();
    for (let i = 0; i < 30; i++) await at.nodeRed.inject(INJECT);
    const { msg } = await at.nodeRed.until("a forecast", () =>
      at.nodeRed.debugged.findLast(({ msg }) => (msg as { forecast?: unknown }).forecast !== undefined),
    );
    const { payload, forecast } = msg as { payload: number; forecast: { target?: string } };
    assert.ok(Math.abs(payload - 21.5) < 1, JSON.stringify({ payload, forecast }));
    assert.deepEqual(at.nodeRed.problems, []);
    assert.deepEqual(at.editor.complaints, []);
  });
});
