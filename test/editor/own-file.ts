/** The way from a file to the chart of its forecast, as a person goes it: counted by a spec, shown by the README's pictures. */
import type { Locator, Page } from "playwright-core";
import type { NodeRed } from "../node-red-process";
import type { Editor, Language } from "./editor";
import { forecastDrawn } from "./health-chart";

/** A person at the mouse, counted: a double click is two presses, a choice from a list two (open, pick), a drag one. */
export class Hand {
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
    // Node-RED 5 remembers which tabs were open, whatever browser it was: there a press would close it, and counts as
    // the one that it takes the first time.
    if (await this.page.locator(".forecast-health-sidebar").isVisible()) {
      this.presses++;
      return;
    }
    const button = this.page.locator('button[data-tab-id="forecast-health"]:visible');
    if ((await button.count()) > 0) return this.press(button);
    await this.press(this.page.locator(".red-ui-tab-link-button-menu"));
    return this.press(this.page.locator(".red-ui-menu-dropdown:visible").getByText(name, { exact: true }));
  }
}

/** read: the first rows are shown; target: the value is chosen; chart: learnt, forecast and drawn. */
export type Step = "read" | "target" | "chart";

export interface OwnFile {
  editor: Editor;
  nodeRed: NodeRed;
  hand: Hand;
  language: Language;
  /** As it stands in Node-RED's working directory. */
  file: string;
  /** The column to forecast. */
  target: string;
}

/** Goes from an empty flow to the chart in the sidebar and calls `seen` after each step; returns the trainer's id. */
export async function fileToChart(
  { editor, nodeRed, hand, language, file, target }: OwnFile,
  seen: (step: Step) => Promise<void>,
): Promise<string> {
  const { page } = editor;
  const trainer = await hand.drag("history-trainer", 200, 100);
  await hand.open(trainer);
  await hand.type(
    page.locator("#node-input-source + .red-ui-typedInput-container input.red-ui-typedInput-input"),
    file,
  );
  const list = page.locator("#node-history-trainer-target-choice");
  await list.waitFor();
  await seen("read");
  await hand.pick(list, target);
  await seen("target");
  await hand.press(page.locator("#node-dialog-ok"));
  await page.locator("#node-dialog-ok").waitFor({ state: "detached" });

  // A little higher: the trainer's status is a sentence and needs the room below.
  const predictor = await hand.drag("lru-predictor", 520, 60);
  await hand.wire(trainer, 2, predictor);
  await hand.press(page.locator("#red-ui-header-button-deploy"));
  await page.locator("#red-ui-header-button-deploy.disabled").waitFor();
  // Before its node runs, the button has nothing to begin.
  await editor.node(trainer).locator(".red-ui-flow-node-status-label", { hasText: /\S/ }).waitFor();
  await hand.press(editor.node(trainer).locator(".red-ui-flow-node-button"));
  await hand.openHealth(language === "ja" ? "予測の健全性" : "Forecast health");
  await page.locator(".forecast-health-forecasts canvas").waitFor({ timeout: 60_000 });
  await nodeRed.until("learnt and sent", () => /^(version|バージョン)/.test(nodeRed.statuses.get(trainer)?.text ?? ""));
  // The chart asks once a second: all is drawn when nothing changes any more.
  for (let last = 0, now = 0; now === 0 || now !== last; last = now, now = await forecastDrawn(page))
    await page.waitForTimeout(2500);
  await seen("chart");
  return trainer;
}
