/**
 * Node-RED's editor in a real browser, used as a person uses it: mouse, keyboard, and what can be seen.
 * Chromium comes from the system: CHROMIUM_PATH, which `npm test` sets to the one it found.
 */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";
import { type FlowNode, type NodeRed, projectRoot, start } from "../node-red-process";

export const LANGUAGES = ["en-US", "ja"] as const;
export type Language = (typeof LANGUAGES)[number];
export type Theme = "light" | "dark";

/** What the specs of a flow in the editor work with. */
export interface InEditor {
  readonly nodeRed: NodeRed;
  readonly editor: Editor;
}

/**
 * Specs with a Node-RED that runs a flow, and its editor.
 *
 * @param title of the specs, before the language
 * @param specs defines them; what it gets has its parts from the first spec on
 * @param languages in which they are run, one after the other
 */
export function inEditor(
  title: string,
  flow: FlowNode[],
  specs: (language: Language, at: InEditor) => void,
  languages: readonly Language[] = LANGUAGES,
): void {
  for (const language of languages) {
    describe(`${title} (${language})`, function () {
      this.timeout(120_000);
      let nodeRed: NodeRed;
      let editor: Editor;

      before(async () => {
        nodeRed = await start(flow, { settings: { lang: language } });
        editor = await Editor.open(nodeRed.url, language);
      });
      after(async () => {
        await editor?.close();
        await nodeRed?.stop();
      });

      specs(language, {
        get nodeRed() {
          return nodeRed;
        },
        get editor() {
          return editor;
        },
      });
    });
  }
}

export class Editor {
  private constructor(
    readonly page: Page,
    private readonly browser: Browser,
    private readonly look: string,
    /** What the page complained about since it was opened: errors in the console, exceptions, failed requests. */
    readonly complaints: string[],
  ) {}

  /**
   * Opens the editor of the Node-RED at `url` in an empty browser profile of the given language.
   * The dark theme is that of Node-RED 5; earlier ones have none of their own.
   */
  static async open(url: string, language: Language, theme: Theme = "light"): Promise<Editor> {
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    });
    const page = await browser.newPage({ locale: language, viewport: { width: 1500, height: 1000 } });
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      const { url: source } = message.location();
      // The palette manager's list of all packages in the world is none of this pack's business.
      if (message.type() === "error" && source.startsWith(url)) complaints.push(`${message.text()} ${source}`);
    });
    await page.addInitScript(`localStorage.setItem("view-dark-theme", "${theme}")`);
    const editor = new Editor(page, browser, theme === "dark" ? `${language} dark` : language, complaints);
    try {
      await page.goto(url);
      await page.locator(".red-ui-palette-node").first().waitFor();
      await page.locator("#red-ui-loading-progress").waitFor({ state: "hidden" });
      // Nothing slides: what is looked at is where things come to rest.
      await page.evaluate("jQuery.fx.off = true");
      await page.addStyleTag({ content: "*, *::before, *::after { transition: none !important }" });
    } catch (reason) {
      // Left open, the browser would keep mocha from ever ending. What the page complained about is mostly the cause.
      await browser.close();
      throw new Error(`The editor does not open. ${complaints.join(" ")}`, { cause: reason });
    }
    return editor;
  }

  async close(): Promise<void> {
    await this.browser.close();
  }

  /** Another page of the same browser, such as one of a dashboard; what it complains of is heard as well. */
  async openPage(url: string): Promise<Page> {
    const page = await this.browser.newPage({
      locale: this.look.split(" ")[0],
      viewport: { width: 1400, height: 1000 },
    });
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    await page.goto(url, { timeout: 90_000 });
    return page;
  }

  /** A picture for humans, in screenshots/, by language and theme. */
  async picture(name: string): Promise<void> {
    const folder = join(projectRoot(), "screenshots", this.look);
    mkdirSync(folder, { recursive: true });
    await this.page.screenshot({ path: join(folder, `${name}.png`) });
  }

  /** Drags a node from the palette to a place in the workspace; returns the id of the new node. */
  async drag(type: string, x: number, y: number): Promise<string> {
    const before = await this.nodeIds();
    const entry = this.page.locator(`.red-ui-palette-node[data-palette-type="${type}"]`);
    await entry.scrollIntoViewIfNeeded();
    await settled(this.page, entry);
    const from = await box(entry);
    const chart = await box(this.page.locator("#red-ui-workspace-chart"));
    await this.page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
    await this.page.mouse.down();
    await this.page.mouse.move(chart.x + x - 40, chart.y + y, { steps: 4 });
    await this.page.mouse.move(chart.x + x, chart.y + y, { steps: 4 });
    await this.page.mouse.up();
    await this.drawn();
    const added = (await this.nodeIds()).filter((id) => !before.includes(id));
    assert.equal(added.length, 1, `dragging ${type} into the workspace adds one node`);
    return added[0] as string;
  }

  /** Waits until what was changed is drawn: the editor draws at the screen's next frame, a busy machine's comes late. */
  private async drawn(): Promise<void> {
    await this.ask("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))).then(() => {})");
  }

  async nodeIds(): Promise<string[]> {
    return this.page.locator("g.red-ui-flow-node-group").evaluateAll((nodes) => nodes.map((node) => node.id));
  }

  /** Asks the editor's own scripts, for what cannot be seen: `RED.nodes.getType("lru-predictor").category`. */
  ask<T>(expression: string): Promise<T> {
    return this.page.evaluate(expression) as Promise<T>;
  }

  /** Ids of the nodes of a type in all flows. */
  ofType(type: string): Promise<string[]> {
    return this.ask(`RED.nodes.filterNodes({ type: "${type}" }).map((node) => node.id)`);
  }

  /** The drawn node with this id. */
  node(id: string): Locator {
    return this.page.locator(`[id="${id}"]`);
  }

  /** Opens a node's dialog by double click on its body: below it a long status reaches further than the node. */
  async openDialog(id: string): Promise<Dialog> {
    const body = this.node(id).locator("rect.red-ui-flow-node").first();
    const ok = this.page.locator("#node-dialog-ok");
    // On a busy machine the two presses may lie so far apart that the editor takes them for two single ones.
    await body.dblclick();
    for (let tries = 0; tries < 5 && !(await appears(ok)); tries++)
      await body.dblclick({ timeout: 2000 }).catch(() => {}); // it has opened by now, and covers the node
    return this.dialog("node");
  }

  /** Presses the button beside a dialog's choice of config node: a new one, or the chosen one's own dialog. */
  async openConfigDialog(property: string, button: "add" | "edit"): Promise<Dialog> {
    const id = button === "add" ? `#node-input-btn-${property}-add` : `#node-input-btn-${property}-edit`;
    await this.page.locator(id).click();
    return this.dialog("node-config");
  }

  private async dialog(kind: "node" | "node-config"): Promise<Dialog> {
    await this.page.locator(`#${kind}-dialog-ok`).waitFor();
    const tray = this.page.locator(".red-ui-tray").last();
    await settled(this.page, tray);
    // The editor moves the focus to the first field a while after it has opened: what is typed before would go there.
    await tray.locator(":focus").waitFor({ state: "attached" });
    return new Dialog(this.page, tray, kind);
  }

  /** Imports an example of the pack from the Import dialog; `path` names folders, then the example. */
  async importExample(pack: string, ...path: RegExp[]): Promise<void> {
    const { page } = this;
    await page.keyboard.press("Control+i");
    await page
      .locator("#red-ui-clipboard-dialog-import-tabs a[href='#red-ui-clipboard-dialog-import-tab-examples']")
      .click();
    // Each folder opens below its own entry: an example of the same name stands in other folders too.
    let folder = page.locator("#red-ui-clipboard-dialog-import-tab-examples");
    let entry = folder;
    for (const part of [pack, ...path]) {
      entry = folder.locator(".red-ui-treeList-label").filter({ hasText: part }).first();
      await entry.click();
      folder = entry.locator("xpath=ancestor::li[1]");
    }
    // A folder that still slides open carries the entry away from under the pointer: then it is clicked again.
    const importButton = page.locator("#red-ui-clipboard-dialog-ok:enabled");
    for (let tries = 0; tries < 10 && !(await appears(importButton)); tries++) await entry.click();
    const count = "(() => { let all = 0; RED.nodes.eachNode(() => { all += 1; }); return all; })()";
    const before = await this.ask<number>(count);
    await importButton.click();
    await page.locator("#red-ui-clipboard-dialog").waitFor({ state: "hidden" });
    // The dialog closes before the example has come from the server.
    await page.waitForFunction(`${count} > ${before}`);
  }

  /** Presses Deploy, and waits until Node-RED has answered: by then the flows of before are stopped. */
  async deploy(): Promise<void> {
    const { page } = this;
    const answered = page.waitForResponse(
      (response) => response.request().method() === "POST" && new URL(response.url()).pathname.endsWith("/flows"),
    );
    await page.locator("#red-ui-header-button-deploy").click();
    await answered;
    await page.locator("#red-ui-header-button-deploy.disabled").waitFor();
  }

  /** Leaves all open dialogs without saving. */
  async cancelDialogs(): Promise<void> {
    for (const button of ["#node-config-dialog-cancel", "#node-dialog-cancel"]) {
      const cancel = this.page.locator(button);
      if (!(await cancel.isVisible())) continue;
      await cancel.click();
      await cancel.waitFor({ state: "detached" });
    }
  }

  /** Text under a node, "" where there is none. */
  async status(id: string): Promise<string> {
    return (await this.node(id).locator(".red-ui-flow-node-status-label").textContent()) ?? "";
  }

  /** Waits until the text under a node is there and another than `last`, and returns it. */
  async statusAfter(id: string, last: string, timeout = 30_000): Promise<string> {
    for (const limit = Date.now() + timeout; Date.now() < limit; await this.page.waitForTimeout(100)) {
      const text = await this.status(id);
      if (text !== "" && text !== last) return text;
    }
    return assert.fail(`the status of ${id} stays "${last}"`);
  }

  /** The reasons that the red triangle of a node shows under the mouse, or undefined where there is no triangle. */
  async triangle(id: string): Promise<string | undefined> {
    await this.drawn();
    const badge = this.node(id).locator(".red-ui-flow-node-error");
    if ((await badge.count()) === 0 || !(await badge.isVisible())) return undefined;
    await badge.hover();
    const tip = this.page.locator(".red-ui-flow-node-tooltip, .red-ui-popover, .red-ui-flow-port-tooltip").last();
    await tip.waitFor();
    const text = (await tip.textContent()) ?? "";
    await this.page.mouse.move(5, 5);
    return text;
  }
}

export class Dialog {
  constructor(
    private readonly page: Page,
    private readonly tray: Locator,
    private readonly kind: "node" | "node-config",
  ) {}

  /** A field by the name of the node's property. */
  field(property: string): Locator {
    return this.tray.locator(`#${this.kind === "node" ? "node-input" : "node-config-input"}-${property}`);
  }

  /** Opens what is folded away, so that everything can be read and changed. */
  async unfold(): Promise<void> {
    // One leaves the list as soon as it is open; what another choice would show stays out of it.
    const folded = this.form.locator("details:not([open]) > summary:visible");
    while ((await folded.count()) > 0) await folded.first().click();
  }

  /** The part of the dialog that the node itself describes. */
  get form(): Locator {
    return this.tray.locator(".red-ui-tray-content").first();
  }

  /** What all fields hold, lists included, by their id or their place in the list. */
  values(): Promise<Record<string, string | boolean>> {
    return this.form.locator("input, select, textarea").evaluateAll((elements) => {
      const fields = elements as unknown as { id: string; type: string; checked: boolean; value: string }[];
      const own = fields.filter(({ id }) => /^node-(config-)?input-/.test(id));
      const listed = elements
        .filter((element) => !element.id && element.closest(".red-ui-editableList-container"))
        .map((element) => element as unknown as { type: string; checked: boolean; value: string });
      const value = (field: { type: string; checked: boolean; value: string }) =>
        field.type === "checkbox" || field.type === "radio" ? field.checked : field.value;
      return Object.fromEntries([
        ...own.map((field) => [field.id, value(field)]),
        ...listed.map((field, place) => [`list field ${place}`, value(field)]),
      ]);
    });
  }

  /** All texts that a reader can meet in the dialog: what is visible, hints in empty fields and under the mouse. */
  async texts(): Promise<string[]> {
    const hints = await this.form
      .locator("[placeholder], [title]")
      .evaluateAll((elements) =>
        elements.flatMap((element) => [element.getAttribute("placeholder") ?? "", element.getAttribute("title") ?? ""]),
      );
    return [...(await this.form.innerText()).split("\n"), ...hints].map((text) => text.trim()).filter(Boolean);
  }

  /**
   * The texts of the dialog that stand out too little from what is behind them, with their contrast.
   * Source: WCAG 2.1, relative luminance and contrast ratio; 3 : 1 is its minimum for what is not body text.
   */
  faint(): Promise<string[]> {
    return this.form.evaluate((form) => {
      interface Styled extends Element {
        innerText: string;
        checkVisibility(): boolean;
      }
      const page = globalThis as unknown as { getComputedStyle(element: Element): Record<string, string> };
      const channels = (color = "") => (color.match(/[\d.]+/g) ?? []).map(Number);
      const luminance = (rgb: number[]) => {
        const [r = 0, g = 0, b = 0] = rgb.map((c) =>
          c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4,
        );
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const behind = (element: Element | null): number[] => {
        if (!element) return [255, 255, 255];
        const [r = 0, g = 0, b = 0, alpha = 1] = channels(page.getComputedStyle(element).backgroundColor);
        return alpha < 0.5 ? behind(element.parentElement) : [r, g, b];
      };
      return ([...form.querySelectorAll("*")] as Styled[]).flatMap((element) => {
        const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim());
        if (!own || element.tagName === "OPTION" || !element.checkVisibility()) return [];
        const text = luminance(channels(page.getComputedStyle(element).color).slice(0, 3));
        const back = luminance(behind(element));
        const contrast = (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05);
        return contrast < 3 ? [`${element.innerText} (${contrast.toFixed(1)})`] : [];
      });
    });
  }

  /** What cannot be read at a glance: labels and units that wrap or stick out, hints and choices that are cut. */
  async crowded(): Promise<string[]> {
    // As text: it speaks of a browser's objects, which the types of this project do not know.
    const look = `
      const visible = (selector) => [...form.querySelectorAll(selector)].filter((element) => element.checkVisibility());
      const wraps = (element) => {
        const range = document.createRange();
        range.selectNodeContents(element);
        const boxes = [...range.getClientRects()].filter(({ width }) => width > 0);
        return boxes.some(({ top }) => boxes.some(({ bottom }) => top >= bottom));
      };
      const breaks = (row) => {
        const beside = [...row.children].filter((child) => {
          return child.checkVisibility() && getComputedStyle(child).display.startsWith("inline");
        }).map((child) => child.getBoundingClientRect()).filter(({ width, height }) => width > 0 && height > 5);
        return beside.some(({ top }) => beside.some(({ bottom }) => top >= bottom));
      };
      const tray = form.getBoundingClientRect();
      const sticksOut = (element) => element.getBoundingClientRect().right > tray.right;
      const pen = document.createElement("canvas").getContext("2d");
      const isCut = (field) => {
        const style = getComputedStyle(field);
        pen.font = style.font;
        const isChoice = field.tagName === "SELECT";
        const texts = isChoice ? [...field.selectedOptions].map(({ text }) => text) : [field.placeholder, field.value];
        const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - (isChoice ? 16 : 0);
        return texts.some((text) => pen.measureText(text ?? "").width > room + 1);
      };
      return [
        ...visible(".form-row label, .form-row > span").filter(wraps).map((text) => "wraps: " + text.textContent.trim()),
        ...visible(".form-row").filter(breaks).map((row) => "breaks: " + row.textContent.trim()),
        ...visible(".form-row *").filter(sticksOut).map((element) => "sticks out: " + element.outerHTML.slice(0, 100)),
        ...visible("input[type=text], input[type=number], select").filter(isCut)
          .map((field) => "cut: " + field.id + " " + (field.placeholder || field.value)),
      ];`;
    return this.form.evaluate(new Function("form", look) as () => string[]);
  }

  /** Puts something else into every field whose possible values can be seen: the name, choices, ticks, lists. */
  async change(): Promise<void> {
    await this.field("name").fill("changed");
    for (const choice of await this.form.locator("select[id^=node-]:visible").all()) {
      const options = await choice.locator("option").evaluateAll((all) =>
        (all as unknown as { value: string; selected: boolean }[]).map(({ value, selected }) => ({
          value,
          selected,
        })),
      );
      const other = options.find(({ value, selected }) => !selected && value !== "_ADD_");
      if (other) await choice.selectOption(other.value);
    }
    for (const tick of await this.form.locator("input[type=checkbox]:visible").all()) await tick.click();
    for (const add of await this.form.locator(".red-ui-editableList-addButton:visible").all()) await add.click();
    const entries =
      ".red-ui-editableList-container input[type=text]:not(.red-ui-typedInput-input):not([inputmode]):visible";
    for (const entry of await this.form.locator(entries).all()) {
      if ((await entry.inputValue()) === "") await entry.fill("added");
    }
  }

  /** Puts each text into every number field that can be filled in; returns the fields that are not marked as wrong. */
  async takesForNumber(texts: readonly string[]): Promise<string[]> {
    // In the page at one go, since every step from outside costs as much as all of these.
    return this.form.locator("input[inputmode=decimal][id^=node-]:visible:enabled").evaluateAll((elements, texts) => {
      const fields = elements as unknown as {
        id: string;
        value: string;
        classList: { contains(name: string): boolean };
      }[];
      const fill = (field: (typeof fields)[number], text: string): void => {
        field.value = text;
        for (const kind of ["input", "change", "blur"])
          (field as unknown as EventTarget).dispatchEvent(new Event(kind, { bubbles: true }));
      };
      return fields.flatMap((field) => {
        const before = field.value;
        const taken = texts.filter((text) => {
          fill(field, text);
          return !field.classList.contains("input-error");
        });
        fill(field, before);
        return taken.map((text) => `${field.id}: ${text}`);
      });
    }, texts);
  }

  /** Types a text into a field, or chooses it where there is a list to choose from. */
  async put(property: string, value: string): Promise<void> {
    const field = await this.seen(property);
    if ((await field.evaluate((element) => element.tagName)) === "SELECT") await field.selectOption(value);
    else {
      const typing = field.locator("input.red-ui-typedInput-input");
      await ((await typing.count()) > 0 ? typing : field).fill(value);
    }
  }

  /** The reason that a field marked as wrong gives under the mouse. */
  async complaint(property: string): Promise<string> {
    await this.page.evaluate("document.activeElement.blur()");
    return this.complaintOf(await this.seen(property));
  }

  /** The reason that the first field marked as wrong in a list gives under the mouse. */
  complaintInList(property: string): Promise<string> {
    return this.complaintOf(this.form.locator(`[id$="input-${property}-list"] .input-error:visible`).first());
  }

  private async complaintOf(field: Locator): Promise<string> {
    await this.form.locator(".input-error").and(field).waitFor();
    const tips = this.page.locator(".red-ui-popover-panel:visible, .red-ui-popover:visible");
    await this.page.mouse.move(5, 5);
    while ((await tips.count()) > 0) await this.page.waitForTimeout(50); // that of the field before
    await field.hover();
    const title = await field.getAttribute("title"); // of a field that leaves it to the browser to show the reason
    if (title) return title;
    await tips.last().waitFor();
    return tips.last().innerText();
  }

  /** What is seen of a field: where it has a choice of types, the frame that stands for it. */
  private async seen(property: string): Promise<Locator> {
    const framed = this.field(property).locator("xpath=following-sibling::*[1][contains(@class,'typedInput')]");
    return (await framed.count()) > 0 ? framed : this.field(property);
  }

  /** Saves and waits until the dialog is gone. */
  async done(): Promise<void> {
    const button = this.page.locator(`#${this.kind}-dialog-ok`);
    await button.click();
    await button.waitFor({ state: "detached" });
  }

  async cancel(): Promise<void> {
    const button = this.page.locator(`#${this.kind}-dialog-cancel`);
    await button.click();
    await button.waitFor({ state: "detached" });
  }
}

async function box(element: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  const rectangle = await element.boundingBox();
  assert.ok(rectangle, `${element} is not on the page`);
  return rectangle;
}

/** Waits until a moving element has come to rest. */
async function settled(page: Page, element: Locator): Promise<void> {
  for (let last = ""; ; ) {
    const now = JSON.stringify(await box(element));
    if (now === last) return;
    last = now;
    await page.waitForTimeout(100);
  }
}

/** Whether an element is seen within a second. */
function appears(element: Locator): Promise<boolean> {
  return element.waitFor({ timeout: 1000 }).then(
    () => true,
    () => false,
  );
}
