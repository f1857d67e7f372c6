/**
 * From an empty flow to the chart of a forecast of one's own file, for each of the five kinds that a first user brings:
 * what that costs in presses of the mouse and typed fields is counted. A double click is two presses, a choice from a
 * list two (open, pick), a drag one.
 */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { type NodeRed, start } from "../node-red-process";
import { energyMeter, historian, japanese, thousands, wide } from "../table/files";
import { Editor, type Language } from "./editor";

const MOST_PRESSES = 12;
const MOST_FIELDS = 3;

/** What a person knows of the file: its name, and the value to forecast. The first time and the unit are to be found out. */
const FILES = [
  { kind: "a 15-minute energy meter", file: "meter.csv", made: energyMeter(400), target: "Usage_kWh", unit: "" },
  { kind: "a historian's export", file: "historian.csv", made: historian(400), target: "TI-4711.PV", unit: "°C" },
  { kind: "Shift_JIS", file: "furnace.csv", made: japanese(400), target: "炉内温度(℃)", unit: "℃" },
  { kind: "thousands and AM/PM", file: "steam.csv", made: thousands(400), target: "Steam, kg/h", unit: "kg/h" },
  { kind: "60 columns", file: "wide.csv", made: wide(300), target: "Target", unit: "" },
];

/** A person at the mouse, counted. */
class Hand {
  presses = 0;
  fields = 0;
  constructor(
    private readonly editor: Editor,
    private readonly page: Page = editor.page,
  ) {}

  async press(what: Locator): Promise<void> {
    this.presses++;
    await what.click();
  }
  async drag(type: string, x: number, y: number): Promise<string> {
    this.presses++;
    return this.editor.drag(type, x, y);
  }
  async open(id: string): Promise<void> {
    this.presses += 2;
    await this.editor.openDialog(id);
  }
  async pick(list: Locator, option: string): Promise<void> {
    this.presses += 2;
    await list.selectOption(option);
  }
  async type(field: Locator, text: string): Promise<void> {
    this.fields++;
    await field.focus();
    await this.page.keyboard.type(text);
    await this.page.keyboard.press("Tab");
  }
  /** Draws a wire from an output to the input of another node. */
  async wire(from: string, output: number, to: string): Promise<void> {
    this.presses++;
    const middle = async (port: Locator): Promise<[number, number]> => {
      const { x, y, width, height } = (await port.boundingBox()) as {
        x: number;
        y: number;
        width: number;
        height: number;
      };
      return [x + width / 2, y + height / 2];
    };
    const { mouse } = this.page;
    const ports = this.editor.node(from).locator(".red-ui-flow-port-output .red-ui-flow-port");
    await mouse.move(...(await middle(ports.nth(output))));
    await mouse.down();
    const end = await middle(this.editor.node(to).locator(".red-ui-flow-port-input .red-ui-flow-port"));
    await mouse.move(end[0] - 20, end[1], { steps: 4 });
    await mouse.move(...end, { steps: 4 });
    await mouse.up();
  }
  /** The tab of forecast health: its button in Node-RED 5, an entry in the menu of tabs before. */
  async openHealth(name: string): Promise<void> {
    // Node-RED 5 remembers which tabs were open, whatever browser it was: there a press would close it.
    if (await this.page.locator(".forecast-health-sidebar").isVisible()) return;
    const button = this.page.locator('button[data-tab-id="forecast-health"]:visible');
    if ((await button.count()) > 0) return this.press(button);
    await this.press(this.page.locator(".red-ui-tab-link-button-menu"));
    return this.press(this.page.locator(".red-ui-menu-dropdown:visible").getByText(name, { exact: true }));
  }
}

describe("a file of one's own, from an empty flow to a chart", function () {
  this.timeout(240_000);
  let nodeRed: NodeRed;
  let editor: Editor | undefined;

  before(async () => {
    nodeRed = await start([]);
    for (const { file, made } of FILES) writeFileSync(join(nodeRed.userDir, file), made);
  });
  after(() => nodeRed?.stop());
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await editor?.picture("own file, as it failed");
    await editor?.close();
    editor = undefined;
  });

  const cases: [Language, (typeof FILES)[number]][] = FILES.map((one) => ["en-US", one]);
  cases.push(["ja", FILES[2] as (typeof FILES)[number]]);
  for (const [language, { kind, file, target, unit }] of cases) {
    it(`${kind} (${language}): at most ${MOST_PRESSES} presses and ${MOST_FIELDS} fields`, async () => {
      await nodeRed.deploy([{ id: "0123456789abcdef", type: "tab", label: "Flow 1" }]);
      editor = await Editor.open(nodeRed.url, language);
      const { page } = editor;
      const hand = new Hand(editor);

      const trainer = await hand.drag("history-trainer", 200, 100);
      await hand.open(trainer);
      await hand.type(
        page.locator("#node-input-source + .red-ui-typedInput-container input.red-ui-typedInput-input"),
        file,
      );
      const list = page.locator("#node-history-trainer-target-choice");
      await list.waitFor();
      await hand.pick(list, target);
      await editor.picture(`own file, ${file}`);
      await hand.press(page.locator("#node-dialog-ok"));
      await page.locator("#node-dialog-ok").waitFor({ state: "detached" });

      const predictor = await hand.drag("lru-predictor", 480, 100);
      await hand.wire(trainer, 2, predictor);
      await hand.press(page.locator("#red-ui-header-button-deploy"));
      await page.locator("#red-ui-header-button-deploy.disabled").waitFor();
      await hand.press(editor.node(trainer).locator(".red-ui-flow-node-button"));
      await hand.openHealth(language === "ja" ? "予測の健全性" : "Forecast health");
      await page.locator(".forecast-health-forecasts canvas").waitFor({ timeout: 60_000 });
      await nodeRed.until("learnt and sent", () =>
        /^(version|バージョン)/.test(nodeRed.statuses.get(trainer)?.text ?? ""),
      );
      await page.waitForTimeout(2500);
      await editor.picture(`own file, chart of ${file}`);

      const models = await editor.ask<{ target: string; unit: string }[]>(
        `RED.nodes.filterNodes({ type: "forecast-model" }).concat((() => { const all = []; RED.nodes.eachConfig((n) => { if (n.type === "forecast-model") all.push({ target: n.target, unit: n.unit }); }); return all; })())`,
      );
      assert.deepEqual(models, [{ target, unit }]);
      console.log(`      ${hand.presses} presses, ${hand.fields} typed`);
      assert.ok(hand.presses <= MOST_PRESSES && hand.fields <= MOST_FIELDS, `${hand.presses} ${hand.fields}`);
      assert.deepEqual(editor.complaints, []);
      assert.deepEqual(
        nodeRed.problems.map(({ msg }) => msg),
        [],
      );
    });
  }
});
