/** Forecast health as people use it: a tab of the sidebar, a page of its own; charts that move, and every button. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { example, type FlowNode, linkPack, type NodeRed, projectRoot, start } from "../node-red-process";
import { GATE } from "../nodes/forecast-flow";
import { Editor, type Language } from "./editor";
import { forecastDrawn } from "./health-chart";

const CHROMIUM = {
  executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
};

/** What the demo calls things, and what was typed in by a name or a reason: all that may be Latin on a Japanese page. */
const OWN_NAMES = ["boiler", "old", "rollout", "KPI", "Sato", "sure"];
const PROVE = "00000000000000a2";
const ORDER = "00000000000000a3";
const MINUTE = 60_000;

/** The demo with a rollout gate and a second boiler. */
function flow(): FlowNode[] {
  const demo = example("02 a forecast that keeps learning");
  const the = (type: string) => demo.find((node) => node.type === type) as FlowNode;
  const plant = the("plant-simulator");
  plant.assets = [...(plant.assets as object[]), { name: "boiler-2 <b>old</b>", rating: 12, age: 0.5 }];
  Object.assign(plant, { speed: 60 });
  const predictor = the("lru-predictor");
  const gate = {
    ...GATE,
    id: "00000000000000a1",
    z: predictor.z,
    model: the("forecast-model").id,
    name: "rollout",
    approval: "person",
    gain: 50,
    leastDays: 0,
    leastBlocks: 2,
    x: 700,
    y: 600,
    wires: [[], []],
  };
  predictor.wires = [[...((predictor.wires as string[][])[0] as string[]), gate.id]];
  const inject = { id: PROVE, type: "inject", z: predictor.z, x: 500, y: 700, props: [], wires: [[gate.id]] };
  const order = { id: ORDER, type: "inject", z: predictor.z, x: 500, y: 760, props: [], wires: [[plant.id]] };
  return [...demo, gate, inject, order];
}

/** Gives the gate what it needs to be sure: many forecasts of which ours is far better, made and fallen due. */
async function prove(nodeRed: NodeRed): Promise<void> {
  const from = Date.now();
  const time = (i: number) => from + i * MINUTE;
  const rows = Array.from({ length: 4000 }, (_, i) => i);
  await nodeRed.inject(PROVE, {
    topic: "boiler-1",
    forecast: rows.map((i) => ({ asset: "boiler-1", origin: time(i), due: time(i + 10), horizon: 10, value: 100, lower: 90, upper: 110, coverage: 0.9, naive: 1, existing: 300 })), // biome-ignore format: one line
    scored: rows.map((i) => {
      const sign = (i * 7919) % 13 < 6 ? 1 : -1;
      return { origin: time(i - 10), time: time(i), horizon: 10, actual: 100, forecast: 100 + sign, existing: 100 + 50 * sign, naive: 104, covered: i % 10 > 0 }; // biome-ignore format: one line
    }),
  });
}

/** Opens the tab as a person does: by its button in Node-RED 5, from the menu of tabs before. */
async function openTab(page: Page, name: string): Promise<void> {
  const button = page.locator('button[data-tab-id="forecast-health"]:visible');
  if ((await button.count()) > 0) return button.click();
  await page.locator(".red-ui-tab-link-button-menu").click();
  return page.locator(".red-ui-menu-dropdown:visible").getByText(name, { exact: true }).click();
}

/** What the view shows, as a person finds it. */
class View {
  constructor(readonly page: Page) {}
  part = (name: string) => this.page.locator(`.forecast-health-${name}`);
  button = (command: string) => this.page.locator(`button[data-command=${command}]`);
  fact = (text: string | RegExp) => this.part("facts").getByText(text);
  answer = (text: string | RegExp) => this.part("answer").getByText(text).waitFor();

  /** A number on the page that has become another one. */
  async changes(name: string): Promise<void> {
    const before = await this.part(name).innerText();
    // Asked from outside: the page's own policy forbids it to evaluate text.
    for (let i = 0; i < 300; i++) {
      if ((await this.part(name).innerText()) !== before) return;
      await this.page.waitForTimeout(100);
    }
    assert.fail(`${name} stays "${before}"`);
  }

  /** Answers the question that stands before what cannot be undone. */
  async confirm(who: string, reason: string): Promise<void> {
    const dialog = this.part("question");
    await dialog.waitFor();
    await dialog.locator("input[name=who]").fill(who);
    await dialog.locator("input[name=reason]").fill(reason);
    await dialog.locator(".forecast-health-yes").click();
  }
}

describe("forecast health in the browser", function () {
  this.timeout(180_000);
  let nodeRed: NodeRed;
  let browser: Browser;

  before(async () => {
    nodeRed = await start(flow());
    browser = await chromium.launch(CHROMIUM);
  });
  after(async () => {
    await browser?.close();
    await nodeRed?.stop();
  });

  /** Opens the page at its own address, and collects what the browser complains of. */
  async function openPage(
    language: Language,
    colorScheme: "light" | "dark",
    width = 1400,
  ): Promise<{ page: Page; view: View; complaints: string[] }> {
    const page = await browser.newPage({ locale: language, colorScheme, viewport: { width, height: 1000 } });
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("request", (request) => {
      const isOwn = request.url().startsWith(nodeRed.url) || /^(data|blob):/.test(request.url());
      if (!isOwn) complaints.push(`asks ${request.url()}`);
    });
    await page.goto(`${nodeRed.url}/forecast-health`);
    return { page, view: new View(page), complaints };
  }
  async function picture(page: Page, look: string, name: string): Promise<void> {
    const folder = join(projectRoot(), "screenshots", look);
    mkdirSync(folder, { recursive: true });
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  }

  it("the sidebar tab opens, its chart moves, and it asks for nothing while nobody looks", async () => {
    const editor = await Editor.open(nodeRed.url, "en-US");
    try {
      const { page } = editor;
      const asked: string[] = [];
      page.on("request", (request) => {
        if (/forecast-health\/(list|asset)/.test(request.url())) asked.push(request.url());
      });
      await page.waitForTimeout(1500);
      assert.deepEqual(asked, [], "the tab is not shown yet");
      await openTab(page, "Forecast health");
      const view = new View(page);
      await view.part("name").waitFor();
      await page.locator(".forecast-health-forecasts canvas").first().waitFor();
      const first = await forecastDrawn(page);
      await page.waitForTimeout(2500);
      assert.notEqual(await forecastDrawn(page), first, "the chart moves");
      await view.changes("next");
      await editor.picture("forecast health");
      await page.locator('#red-ui-tab-info-link-button:visible, button[data-tab-id="info"]:visible').first().click();
      await page.waitForTimeout(1500);
      asked.length = 0;
      await page.waitForTimeout(2500);
      assert.deepEqual(asked, [], "another tab is shown");
      assert.deepEqual(editor.complaints, []);
    } finally {
      await editor.close();
    }
  });

  it("the report as it stands opens from the KPI meter's dialog", async () => {
    const editor = await Editor.open(nodeRed.url, "en-US");
    try {
      const { page } = editor;
      const [meter] = await editor.ofType("kpi-meter");
      await editor.openDialog(meter);
      const [report] = await Promise.all([page.waitForEvent("popup"), page.locator("#kpi-meter-report").click()]);
      await report.locator(".asset").getByText("All assets").waitFor();
      await report.close();
      await editor.cancelDialogs();
      assert.deepEqual(editor.complaints, []);
    } finally {
      await editor.close();
    }
  });

  it("the page shows the worst first, finds an asset by its name, and takes names as text", async () => {
    const { page, view, complaints } = await openPage("en-US", "light");
    await page.locator(".forecast-health-row").nth(1).waitFor();
    assert.equal(await page.locator(".forecast-health-row").count(), 2);
    assert.match(await view.part("count").innerText(), /Assets: 2, the worst first/);
    await view.part("search").fill("BOILER-2");
    await page.locator(".forecast-health-row").nth(1).waitFor({ state: "detached" });
    await page.locator(".forecast-health-row").click();
    await view.part("name").getByText("boiler-2 <b>old</b>", { exact: true }).waitFor();
    assert.equal(await page.locator(".forecast-health b").count(), 0);
    await view.part("search").fill("nobody");
    await view.part("count").getByText("No asset has a name like this").waitFor();
    await view.part("search").fill("");
    await page.locator(".forecast-health-row").nth(1).waitFor();
    // What was looked at is in the address: it can be sent to somebody.
    await page.reload();
    await view.part("name").getByText("boiler-2 <b>old</b>", { exact: true }).waitFor();
    await view.part("legend").first().getByText("existing forecast").waitFor();
    await picture(page, "en-US", "forecast health page");
    assert.deepEqual(complaints, []);
    await page.close();
  });

  it("every button does what it says, with a question before what cannot be undone", async () => {
    const { page, view, complaints } = await openPage("en-US", "dark");
    await page.locator(".forecast-health-row").getByText("boiler-1").click();
    await view.fact(/Last learnt/).waitFor();
    const updates = async () =>
      Number(/(\d[\d,]*) times/.exec(await view.part("facts").innerText())?.[1].replace(",", ""));

    await view.button("pause").click();
    await view.answer("boiler-1: learning paused by somebody who gave no name");
    await view.fact("learning is paused").waitFor();
    const paused = await updates();
    await page.waitForTimeout(1500);
    assert.equal(await updates(), paused);
    await view.button("resume").click();
    await view.answer(/learning resumed/);
    await page.waitForTimeout(2000);
    assert.ok((await updates()) > paused);

    await view.button("approve").click();
    await view.part("question").getByText("boiler-1: the model as it is now becomes the one to go back to").waitFor();
    await page.keyboard.press("Escape");
    await view.part("question").waitFor({ state: "hidden" });
    assert.doesNotMatch(nodeRed.log(), /model approved/, "thought better of it");
    await view.button("approve").click();
    await view.confirm("Sato", "good since Monday");
    await view.answer("boiler-1: model approved by Sato");
    await view.button("rollback").click();
    await view.confirm("Sato", "");
    await view.answer("boiler-1: back to the approved model by Sato");
    await nodeRed.until("the log", () => /boiler-1: model approved by Sato: good since Monday/.test(nodeRed.log()));

    const [file] = await Promise.all([page.waitForEvent("download"), view.button("export").click()]);
    assert.equal(file.suggestedFilename(), "boiler-1.forecaster");
    assert.ok(readFileSync(await file.path()).length > 1000);

    const gate = view.part("rollout");
    const press = (name: string) => gate.getByRole("button", { name, exact: true }).click();
    const approve = gate.getByRole("button", { name: "Approve the next stage" });
    assert.ok(await approve.isDisabled(), "nothing is proved yet");
    await gate
      .getByText(/evidence [\d.]+ of 20$/)
      .last()
      .waitFor({ timeout: 90_000 });
    await press("Hold");
    await view.confirm("Sato", "maintenance");
    await gate.getByText("on hold", { exact: true }).waitFor();
    await page.locator('.forecast-health-level[data-level="bad"]').waitFor();
    await gate.getByText(/shadow → on hold, maintenance by Sato/).waitFor();
    await press("Resume");
    await view.confirm("Sato", "done");
    await gate.getByText("shadow", { exact: true }).waitFor();
    await nodeRed.inject(ORDER, { command: "stop" });
    await prove(nodeRed);
    await approve.and(page.locator(":enabled")).click();
    await view.confirm("Sato", "proved");
    await gate.getByText("pilot", { exact: true }).waitFor();
    await press("Roll back");
    await view.confirm("Sato", "to be sure");
    await gate.getByText("rolled back", { exact: true }).waitFor();
    await nodeRed.inject(ORDER, { command: "start" });

    for (const [name, title] of [
      ["Report of this asset", /boiler-1/],
      ["Report of all assets", /All assets \(2\)/],
    ] as const) {
      const [report] = await Promise.all([
        page.waitForEvent("popup"),
        view.part("kpis").getByRole("button", { name }).click(),
      ]);
      await report.locator(".asset").getByText(title).waitFor();
      assert.notEqual(await report.evaluate("getComputedStyle(document.querySelector('.note')).fontSize"), "16px");
      await report.close();
    }

    await view.button("reset").click();
    await view.confirm("Sato", "new burner");
    await view.answer("boiler-1: started over by Sato");
    await picture(page, "en-US dark", "forecast health page");
    assert.deepEqual(complaints.filter((text) => !/409/.test(text)), []); // biome-ignore format: one line
    await page.close();
  });

  it("of a Japanese model speaks Japanese throughout, whatever Node-RED speaks, also on a telephone", async () => {
    const japanese = flow();
    for (const node of japanese) if (node.type === "forecast-model") node.language = "ja";
    await nodeRed.deploy(japanese);
    const { page, view, complaints } = await openPage("ja", "light", 420);
    await page.locator(".forecast-health-row").getByText("boiler-1").click();
    await view.fact(/最後の学習/).waitFor();
    await view.part("rollout").getByText("証拠").first().waitFor();
    assert.equal(await page.title(), "予測の健全性");
    await view.button("pause").click();
    await view.answer("boiler-1: 学習を一時停止(名前の入力なし)");
    const text = await page.locator("body").innerText();
    assert.doesNotMatch(text, /health\.|__|undefined|NaN|null/);
    const latin = text.match(/[a-z]{3,}/gi) ?? [];
    assert.deepEqual([...new Set(latin)].filter((word) => !OWN_NAMES.includes(word)), []); // biome-ignore format: one line
    for (const word of ["学習を一時停止", "承認済みモデルに戻す", "直近の値と比べた誤差", "予測の内訳"])
      assert.ok(text.includes(word), word);
    const width = (await page.evaluate("document.documentElement.scrollWidth")) as number;
    assert.ok(width <= 420, `${width} px wide`);
    await picture(page, "ja", "forecast health page");
    assert.deepEqual(complaints, []);
    await page.close();
    const editor = await Editor.open(nodeRed.url, "ja");
    try {
      await openTab(editor.page, "予測の健全性");
      await editor.page
        .locator(".forecast-health-facts")
        .getByText(/最後の学習/)
        .waitFor();
      await editor.picture("forecast health");
      assert.deepEqual(editor.complaints, []);
    } finally {
      await editor.close();
    }
  });
});

describe("forecast health in the browser, where Node-RED has a login", function () {
  this.timeout(180_000);
  let nodeRed: NodeRed;
  let browser: Browser;
  let userDir: string;

  before(async () => {
    userDir = mkdtempSync(join(tmpdir(), "online-forecast-login-"));
    linkPack(userDir);
    await (await start(flow(), { userDir })).stop();
    // "password", by bcrypt.
    const password = "$2b$04$r5roiVpZHxeQmquj0KIOGutbkmxYswYWm6IZxPywLgamj7TMw7zq2";
    const users = [
      { username: "sato", password, permissions: "*" },
      { username: "guest", password, permissions: "read" },
    ];
    nodeRed = await start([], { userDir, settings: { adminAuth: { type: "credentials", users } } });
    browser = await chromium.launch(CHROMIUM);
  });
  after(async () => {
    await browser?.close();
    await nodeRed?.stop();
    rmSync(userDir, { recursive: true, force: true, maxRetries: 3 });
  });

  async function logIn(page: Page, username: string, password: string): Promise<void> {
    await page.locator("#login input[name=username]").fill(username);
    await page.locator("#login input[name=password]").fill(password);
    await page.locator("#login button").click();
  }

  it("asks for a user, lets who may only look press nothing, and forgets the login with the window", async () => {
    const context = await browser.newContext({ locale: "en-US" });
    const page = await context.newPage();
    await page.goto(`${nodeRed.url}/forecast-health`);
    await page.locator("#login").getByText("Log in with your Node-RED user").waitFor();
    assert.equal(await page.locator("#health").innerText(), "");
    await logIn(page, "guest", "wrong");
    await page.getByText("User or password is not right").waitFor();
    await logIn(page, "guest", "password");
    const view = new View(page);
    await view.fact(/Last actual value/).waitFor();
    await view.button("pause").click();
    await view.answer("You may look, but not change anything: log in as a user who may");
    const other = await context.newPage();
    await other.goto(`${nodeRed.url}/forecast-health`);
    await other.locator("#login").getByText("Log in with your Node-RED user").waitFor();
    await page.getByRole("button", { name: "Log out" }).click();
    await page.locator("#login").getByText("Log in with your Node-RED user").waitFor();
    await logIn(page, "sato", "password");
    await view.fact(/Last actual value/).waitFor();
    await view.button("pause").click();
    await view.answer(/learning paused by sato/);
    await context.close();
  });

  it("uses the editor's login of the same browser", async () => {
    const context = await browser.newContext({ locale: "en-US" });
    const editor = await context.newPage();
    await editor.goto(nodeRed.url);
    await editor.locator("#node-dialog-login-username").fill("sato");
    await editor.locator("#node-dialog-login-password").fill("password");
    await editor.locator("#node-dialog-login-submit").click();
    await editor.locator(".red-ui-palette-node").first().waitFor();
    const page = await context.newPage();
    await page.goto(`${nodeRed.url}/forecast-health`);
    await new View(page).fact(/Last actual value/).waitFor();
    await openTab(editor, "Forecast health");
    await new View(editor).fact(/Last actual value/).waitFor();
    await context.close();
  });
});
