/** What somebody meets who drags a node into a flow for the first time. */
import assert from "node:assert/strict";
import { type NodeRed, start } from "../node-red-process";
import { packedInUserDirectory } from "../package/packed";
import { Editor, type Language } from "./editor";

const MODEL = {
  ...{ id: "aaaaaaaaaaaaaa01", type: "forecast-model", name: "boiler", target: "steam", unit: "kg/h", sensors: [] },
  ...{ horizons: "10 min", asset: "topic", assetType: "msg", existing: "", existingType: "msg", buildOn: "last" },
  ...{ size: "small", coverage: 90, seed: 1, remember: "none", labelDelay: 100, assetLimit: 10 },
  ...{ saveMinutes: 5, saveUpdates: 500 },
};
/** What to learn from, what judges, learns, forecasts, decides and proves; last a plant to try it with. */
const WIRE = [
  ...["sensor-scout", "history-trainer", "drift-guard", "rtrl-tuner", "lru-predictor", "rollout-gate", "alarm-rule"],
  ...["kpi-meter", "plant-simulator"],
];
const NAMES: Record<Language, Record<string, string>> = {
  "en-US": { "drift-guard": "judge", "rtrl-tuner": "learn", "lru-predictor": "forecast", "sensor-scout": "scout" },
  ja: { "drift-guard": "判定", "rtrl-tuner": "学習", "lru-predictor": "予測", "sensor-scout": "選定" },
};

for (const language of ["en-US", "ja"] as const) {
  describe(`a node that is new in a flow (${language})`, function () {
    this.timeout(240_000);
    let nodeRed: NodeRed;
    let editor: Editor;

    before(async () => {
      nodeRed = await start([], { userDir: packedInUserDirectory().userDir });
      const tab = { id: "0123456789abcdef", type: "tab", label: "Flow 1" };
      const plant = {
        id: "bbbbbbbbbbbbbb01",
        type: "plant-simulator",
        z: tab.id,
        x: 200,
        y: 400,
        name: "",
        wires: [[]],
      };
      await nodeRed.deploy([tab, MODEL, plant]);
      editor = await Editor.open(nodeRed.url, language);
    });
    after(async () => {
      await editor?.close();
      await nodeRed?.stop();
    });

    it("is found in one category of the palette, in the order of the wire", async () => {
      const all = editor.page.locator(".red-ui-palette-category");
      const own = all.filter({ has: editor.page.locator('[data-palette-type="lru-predictor"]') });
      const types = await own
        .locator(".red-ui-palette-node")
        .evaluateAll((nodes) => nodes.map((node) => node.getAttribute("data-palette-type")));
      assert.deepEqual(types, WIRE);
    });

    it("has a plain name, and the forecast model where there is just one", async () => {
      let y = 60;
      for (const [type, name] of Object.entries(NAMES[language])) {
        const id = await editor.drag(type, 300, y);
        y += 80;
        assert.equal(await editor.node(id).locator(".red-ui-flow-node-label").textContent(), name);
        assert.equal(await editor.ask(`RED.nodes.node("${id}").model`), MODEL.id);
        assert.equal(await editor.ask(`RED.nodes.node("${id}").valid`), true);
      }
      assert.equal(await editor.ask(`RED.nodes.node("bbbbbbbbbbbbbb01").name`), "", "one of before stays as it was");
    });

    it("has, of two models, the one that most nodes of its tab name", async () => {
      const other = { ...MODEL, id: "aaaaaaaaaaaaaa02", name: "turbine" };
      await editor.ask(`RED.nodes.import([${JSON.stringify(other)}])`);
      const first = await editor.drag("lru-predictor", 700, 60);
      assert.equal(await editor.ask(`RED.nodes.node("${first}").model`), MODEL.id);
      await editor.ask(`RED.nodes.filterNodes({}).forEach((node) => { if (node.model) node.model = "${other.id}"; })`);
      const second = await editor.drag("rollout-gate", 700, 140);
      assert.equal(await editor.ask(`RED.nodes.node("${second}").model`), other.id);
    });

    it("presets nothing that means nothing: a limit, or times before any reading has come", async () => {
      const alarm = await editor.drag("alarm-rule", 700, 220);
      assert.match((await editor.triangle(alarm)) ?? "", language === "ja" ? /設定値 H/ : /Limit H/);
      const [guard] = await editor.ofType("drift-guard");
      const dialog = await editor.openDialog(guard);
      const expected = await dialog.form.locator("#drift-guard-days").innerText();
      assert.match(expected, language === "ja" ? /^計測値約[\d,]+件に1回$/ : /^about every [\d,]+ readings$/);
      await dialog.cancel();
    });

    it("says in its dialog first what it does", async () => {
      const [id] = await editor.ofType("lru-predictor");
      const dialog = await editor.openDialog(id);
      const first =
        language === "ja" ? "設備の計測値から将来の値を予測し" : "Forecasts a value from the readings of an asset";
      await dialog.form.getByText(first).waitFor();
      await editor.picture("first contact");
      await dialog.done();
    });
  });
}
