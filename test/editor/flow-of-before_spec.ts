/** A flow from before the forecast model's sensors had a name of their own opens unchanged, and its edits can be undone. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type FlowNode, projectRoot } from "../node-red-process";
import { MODEL, PREDICTOR } from "../nodes/forecast-flow";
import { inEditor } from "./editor";

const { sensors: _, ...OF_BEFORE } = MODEL;
const [TAB, MODEL_ID, USER] = ["0000000000000001", "0000000000000002", "0000000000000003"];
const FLOW: FlowNode[] = [
  { id: TAB, type: "tab", label: "Flow 1" },
  { ...OF_BEFORE, id: MODEL_ID, name: "steam", target: "steam", inputs: ["fuel", "load"] },
  { ...PREDICTOR, id: USER, z: TAB, x: 320, y: 100, model: MODEL_ID, wires: [[]] },
];

inEditor(
  "a flow from before the sensors had a name of their own",
  FLOW,
  (_language, at) => {
    const model = () =>
      at.editor.ask<[string[], boolean, boolean]>(
        `(({ sensors, valid, changed }) => [sensors, valid, Boolean(changed)])(RED.nodes.node("${MODEL_ID}"))`,
      );

    it("opens with its sensors, with nothing to deploy", async () => {
      assert.deepEqual(await model(), [["fuel", "load"], true, false]);
      assert.equal(await at.editor.ask("RED.nodes.dirty()"), false);
      await at.editor.openDialog(USER);
      const config = await at.editor.openConfigDialog("model", "edit");
      const names = await config.form
        .locator(".node-config-input-sensor")
        .evaluateAll((all) => (all as unknown as { value: string }[]).map(({ value }) => value));
      assert.deepEqual(names, ["fuel", "load"]);
      await config.form.locator(".node-config-input-sensor").first().fill("gas");
      await config.done();
      await at.editor.cancelDialogs();
      assert.deepEqual(await model(), [["gas", "load"], true, true]);
    });

    it("has its sensors back after undo, and after redo the changed ones, which are what is deployed", async () => {
      await at.editor.ask("RED.actions.invoke('core:undo')");
      assert.deepEqual(await model(), [["fuel", "load"], true, false]);
      await at.editor.ask("RED.actions.invoke('core:redo')");
      assert.deepEqual(await model(), [["gas", "load"], true, true]);
      await at.editor.deploy();
      await at.editor.page.waitForFunction(`RED.nodes.node("${MODEL_ID}").changed === false`);
      const flows = (await (await fetch(`${at.nodeRed.url}/flows`)).json()) as FlowNode[];
      const saved = flows.find(({ id }) => id === MODEL_ID);
      assert.deepEqual(saved?.sensors, ["gas", "load"]);
      // A later version can tell of what time the settings are, of each node.
      assert.deepEqual([saved?.version, flows.find(({ id }) => id === USER)?.version], [1, 1]);
      assert.ok(!Array.isArray(saved?.inputs));
      assert.deepEqual(at.editor.complaints, []);
    });

    it("is imported with its sensors", async () => {
      const others = JSON.stringify(FLOW.slice(1)).replaceAll("000000000000", "111111111111");
      await at.editor.ask(`void RED.view.importNodes(${JSON.stringify(others)})`);
      const imported = await at.editor.ask<string[][]>(
        `(() => { const all = []; RED.nodes.eachConfig((node) => { if (node.type === "forecast-model") all.push(node.sensors); }); return all; })()`,
      );
      assert.deepEqual(imported, [
        ["gas", "load"],
        ["fuel", "load"],
      ]);
    });
  },
  ["en-US"],
);

// `inputs` means nothing any more in a model of version 1: nothing is moved there.
const TODAY = [FLOW[0], { ...FLOW[1], sensors: ["gas"], version: 1 }, { ...FLOW[2], version: 7 }] as FlowNode[];

inEditor(
  "a flow of today",
  TODAY,
  (_language, at) => {
    const types = Object.keys(JSON.parse(readFileSync(join(projectRoot(), "package.json"), "utf8"))["node-red"].nodes);

    it("stays as it is, one of a later version too", async () => {
      const [sensors, version, later] = await at.editor.ask<[string[], number, number]>(
        `[RED.nodes.node("${MODEL_ID}").sensors, RED.nodes.node("${MODEL_ID}").version, RED.nodes.node("${USER}").version]`,
      );
      assert.deepEqual([sensors, version, later], [["gas"], 1, 7]);
      assert.equal(await at.editor.ask("RED.nodes.dirty()"), false);
    });

    it("says with each node of which version its settings are", async () => {
      for (const type of types) {
        const version = await at.editor.ask<number>(`RED.nodes.getType("${type}").defaults.version.value`);
        assert.equal(version, 1, type);
        if (type !== "forecast-model") await at.editor.drag(type, 500, 60 + 40 * types.indexOf(type));
      }
      // What Deploy would send: some of them lack settings that only a person can give.
      const flows = await at.editor.ask<FlowNode[]>("RED.nodes.createCompleteNodeSet()");
      for (const { type, version, id } of flows)
        if (types.includes(type)) assert.equal(version, id === USER ? 7 : 1, type);
    });
  },
  ["en-US"],
);

// As a program writes it that has read llms.txt.
const FEW: FlowNode[] = [
  { id: TAB, type: "tab", label: "Flow 1" },
  { id: MODEL_ID, type: "forecast-model", target: "steam", horizons: "1" },
  { id: USER, type: "rtrl-tuner", z: TAB, x: 200, y: 100, model: MODEL_ID, wires: [["0000000000000004"], []] },
  { id: "0000000000000004", type: "lru-predictor", z: TAB, x: 400, y: 100, model: MODEL_ID, wires: [[]] },
];

inEditor(
  "a flow with the few settings that llms.txt names",
  FEW,
  (_language, at) => {
    it("runs, and has nothing to mend", async () => {
      for (const { id, type } of FEW.slice(1)) {
        const [valid, reasons] = await at.editor.ask<[boolean, string[]]>(
          `(({ valid, validationErrors }) => [valid, validationErrors ?? []])(RED.nodes.node("${id}"))`,
        );
        assert.deepEqual([valid, reasons], [true, []], type);
      }
      assert.equal(await at.editor.ask("RED.nodes.dirty()"), false);
      assert.equal(await at.editor.statusAfter("0000000000000004", ""), "waiting for data");
      assert.deepEqual(at.nodeRed.problems, []);
      assert.deepEqual(at.editor.complaints, []);
    });
  },
  ["en-US"],
);
