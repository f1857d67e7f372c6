/** What is wrong inside a list of a dialog: the very field is red while it is, and says why in the user's language. */
import assert from "node:assert/strict";
import type { Locator } from "playwright-core";
import { type FlowNode, type NodeRed, start } from "../node-red-process";
import { MODEL, PREDICTOR } from "../nodes/forecast-flow";
import { type Dialog, Editor, type Language } from "./editor";

/** One field of one row, what is wrong with it in the flow, and what is right. */
interface Wrong {
  row: number;
  field: string;
  reason: Record<Language, RegExp>;
  right: string;
}

const WRONG: Record<string, Wrong[]> = {
  guard: [
    { row: 0, field: "name", reason: { "en-US": /no name/, ja: /名前のない/ }, right: "T1" },
    { row: 1, field: "max", reason: { "en-US": /below the largest/, ja: /下限は上限より/ }, right: "90" },
    { row: 1, field: "rate", reason: { "en-US": /“12,5” is not a number/, ja: /「12,5」は数値では/ }, right: "12.5" },
    { row: 2, field: "rate", reason: { "en-US": /above 0/, ja: /0より大きい/ }, right: "" },
    { row: 3, field: "name", reason: { "en-US": /p is listed twice/, ja: /pが重複/ }, right: "q" },
  ].map((wrong) => ({ ...wrong, field: `#node-input-sensors-list [data-key=${wrong.field}]` })),
  checks: [
    {
      row: 0,
      field: "#node-input-checks-list select[data-key=check]",
      reason: { "en-US": /“spike” is listed twice/, ja: /「スパイク」が重複/ },
      right: "late",
    },
  ],
  alarm: [
    { row: 0, field: "name", reason: { "en-US": /needs a name/, ja: /設定値に名称/ }, right: "HH" },
    { row: 1, field: "severity", reason: { "en-US": /1 to 1000/, ja: /1から1000/ }, right: "7" },
    { row: 1, field: "high", reason: { "en-US": /Limit H: a number/, ja: /設定値 H: 数値/ }, right: "80" },
    { row: 2, field: "high", reason: { "en-US": /below the second/, ja: /2つ目より小さく/ }, right: "3" },
    { row: 3, field: "name", reason: { "en-US": /same name/, ja: /同じ名称/ }, right: "L" },
  ].map((wrong) => ({ ...wrong, field: `.alarm-rule-${wrong.field}` })),
  gate: [
    { row: 0, field: "from", reason: { "en-US": /06:00/, ja: /06:00/ }, right: "6:00" },
    { row: 1, field: "to", reason: { "en-US": /times such as/, ja: /形式で時刻/ }, right: "24:00" },
  ].map((wrong) => ({ ...wrong, field: `.node-shift-${wrong.field}` })),
  plant: [
    { row: 0, field: "name", reason: { "en-US": /needs a name/, ja: /名前を入力/ }, right: "boiler-9" },
    { row: 0, field: "rating", reason: { "en-US": /10000 t\/h/, ja: /10000 t\/h/ }, right: "20" },
    { row: 1, field: "age", reason: { "en-US": /as built/, ja: /新品/ }, right: "0.5" },
    { row: 2, field: "name", reason: { "en-US": /same name/, ja: /同じ名前/ }, right: "boiler-3" },
  ].map((wrong) => ({ ...wrong, field: `.node-asset-${wrong.field}` })),
};

const at = { z: "tab", model: "fine", wires: [] };
const limit = { kind: "high", low: "", lowType: "num", high: "9", highType: "num", priority: "high", severity: "" };
const sensors = [
  { name: " ", min: "", max: "", rate: "" },
  { name: "u", min: "7", max: "7", rate: "12,5" },
  { name: "p", min: "", max: "", rate: "0" },
  { name: "p", min: "", max: "", rate: "" },
];
const spike = { sensor: "u", check: "spike", setting: "off" };
const GUARD = {
  ...at,
  type: "drift-guard",
  sentinels: "",
  action: "tell",
  delta: 25,
  lambda: 5,
  warn: 2.5,
  checks: [],
};
const FLOW: FlowNode[] = [
  { id: "tab", type: "tab", label: "wrong rows" },
  { ...MODEL, id: "fine" },
  { ...MODEL, id: "soft", sensors: ["y", "", "y"], horizons: "0" },
  { ...MODEL, id: "lost", name: "lost", remember: "context:plant" },
  { ...GUARD, id: "guard", x: 200, y: 60, sensors },
  { ...GUARD, id: "checks", x: 200, y: 120, sensors: [], checks: [spike, { ...spike, setting: "tolerant" }] },
  {
    ...{ ...at, id: "alarm", type: "alarm-rule", x: 200, y: 180, watch: "forecast", unit: "", horizon: "" },
    ...{ deadband: 0, deadbandUnit: "unit", spanLow: 0, spanHigh: 100, onDelay: 0, offDelay: 0, rateWindow: 60 },
    ...{ latching: false, reAlarm: "", shelveTime: 30, shelveLimit: 480, figures: 60 },
    limits: [
      { ...limit, name: "" },
      { ...limit, name: "H", high: "8O", severity: "1001" },
      { ...limit, name: "A", kind: "outside", low: "2", high: "1" },
      { ...limit, name: "A" },
    ],
  },
  {
    ...{ ...at, id: "gate", type: "rollout-gate", x: 200, y: 240, gain: 5, leastDays: 7, period: "auto" },
    ...{ approval: "person", low: "", high: "", assets: "", leastBlocks: 20, zone: "" },
    shifts: [
      { name: "early", from: "6", to: "14:00", pilot: true },
      { name: "late", from: "14:00", to: "24:30", pilot: true },
    ],
  },
  {
    ...{ ...at, id: "plant", type: "plant-simulator", x: 200, y: 300, load: "shift", autostart: false, pace: "real" },
    ...{ interval: 1, speed: 10, count: "", output: "reading", labelEvery: 1, existing: "none", ageingHours: 24 },
    ...{ seed: 1, start: "" },
    assets: [
      { name: "", rating: "0", age: 0 },
      { name: "boiler-2", rating: 20, age: "12,5" },
      { name: "boiler-2", rating: 20, age: 0 },
    ],
  },
  { ...PREDICTOR, id: "softly", model: "soft", x: 200, y: 360 },
  { ...PREDICTOR, id: "forgets", model: "lost", x: 200, y: 420 },
];

/** The fields of a dialog's lists that are red: those that a person sees. */
const red = (dialog: Dialog): Locator => dialog.form.locator(".red-ui-editableList .input-error:visible");

for (const language of ["en-US", "ja"] as const) {
  describe(`what is wrong inside a list (${language})`, function () {
    this.timeout(120_000);
    let nodeRed: NodeRed;
    let editor: Editor;

    before(async () => {
      const contextStorage = { quick: { module: "memory" }, disk: { module: "localfilesystem" } };
      nodeRed = await start(FLOW, { settings: { lang: language, contextStorage } });
      editor = await Editor.open(nodeRed.url, language);
    });
    after(async () => {
      await editor?.close();
      await nodeRed?.stop();
    });
    afterEach(async function () {
      if (this.currentTest?.state === "failed") await editor?.picture("as it failed");
      await editor?.cancelDialogs();
    });

    for (const [id, wrongs] of Object.entries(WRONG)) {
      it(`is red in its own field, with the reason, until it is right: ${id}`, async () => {
        const reasons = await editor.triangle(id);
        assert.ok(
          wrongs.some(({ reason }) => reason[language].test(reasons ?? "")),
          reasons,
        );
        const dialog = await editor.openDialog(id);
        await editor.picture(`wrong rows: ${id}`);
        const rows = (selector: string) => dialog.form.locator(selector);
        // A number that may also be a message property is typed into a field of its own, in a frame that is red.
        const framed = (field: Locator) =>
          field.locator("xpath=following-sibling::*[1][contains(@class,'typedInput')]");
        for (const { row, field, reason, right } of wrongs) {
          const own = rows(field).nth(row);
          const frame = framed(own);
          const isFramed = (await frame.count()) > 0;
          const seen = isFramed ? frame : own;
          assert.match((await seen.getAttribute("class")) ?? "", /input-error/, `${field}, row ${row}`);
          assert.match((await seen.getAttribute("title")) ?? "", reason[language]);
          assert.doesNotMatch((await seen.getAttribute("title")) ?? "", /__|undefined/);
          if ((await own.evaluate((element) => element.tagName)) === "SELECT") await own.selectOption(right);
          else {
            const typing = isFramed ? frame.locator("input.red-ui-typedInput-input") : own;
            await typing.click();
            await editor.page.keyboard.press("Control+a");
            await editor.page.keyboard.press("Delete");
            if (right) await editor.page.keyboard.type(right); // and the field is not left
          }
          assert.doesNotMatch(
            (await seen.getAttribute("class")) ?? "",
            /input-error/,
            `${field}, row ${row}: ${right}`,
          );
          assert.doesNotMatch((await seen.getAttribute("title")) ?? "", reason[language]);
        }
        assert.equal(await red(dialog).count(), 0);
        await dialog.done();
        assert.equal(await editor.triangle(id), undefined);
      });
    }

    it("turns red with the row that is added, and is gone with the row that is removed", async () => {
      const dialog = await editor.openDialog("guard");
      await dialog.form.locator(".red-ui-editableList-addButton").first().click();
      assert.equal(await red(dialog).count(), 1);
      await red(dialog).fill("u");
      assert.equal(await red(dialog).count(), 2, "both rows of the sensor that is listed twice");
      await dialog.form.locator(".red-ui-editableList-item-remove:visible").last().click();
      await red(dialog).first().waitFor({ state: "detached" });
    });

    it("asks a soft sensor for an input in every line of the sensors, as long as it is one", async () => {
      const dialog = await editor.openDialog("softly");
      const config = await editor.openConfigDialog("model", "edit");
      const sensors = config.form.locator(".node-config-input-sensor");
      await editor.picture("wrong rows: model");
      assert.equal(await red(config).count(), 1);
      assert.match((await red(config).getAttribute("title")) ?? "", language === "ja" ? /すべての行に/ : /every line/);
      await sensors.nth(1).fill("y");
      assert.equal(await red(config).count(), 3);
      assert.match((await sensors.first().getAttribute("title")) ?? "", language === "ja" ? /予測対象以外/ : /beside/);
      await config.field("horizons").fill("1");
      assert.equal(await red(config).count(), 0);
      await config.field("horizons").fill("0");
      await sensors.nth(1).fill("u");
      assert.equal(await red(config).count(), 0);
      await config.done();
      await dialog.done();
      assert.equal(await editor.triangle("softly"), undefined);
    });

    it("says of a context store that this Node-RED does not have that it is not there, and which are", async () => {
      const words = { "en-US": /no context store “plant”.*quick, disk/, ja: /「plant」はこのNode-RED.*quick, disk/ }[
        language
      ];
      assert.match((await editor.triangle("forgets")) ?? "", words);
      assert.equal(await editor.ask(`RED.nodes.node("lost").valid`), false);
      const dialog = await editor.openDialog("forgets");
      const config = await editor.openConfigDialog("model", "edit");
      assert.match(await config.complaint("remember"), words);
      await editor.picture("unknown store");
      await config.field("remember").selectOption("context:disk");
      await config.form.locator("#node-config-input-remember:not(.input-error)").waitFor();
      await config.done();
      await dialog.done();
      assert.equal(await editor.triangle("forgets"), undefined);
    });

    it("left no complaint in the browser's console", () => {
      assert.deepEqual(editor.complaints, []);
    });
  });
}
