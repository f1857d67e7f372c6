/** Forecast health with 1,000 assets, and when nobody looks: what it asks and draws, and what is left of a removed flow. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { type FlowNode, linkPack, type NodeRed, projectRoot, start } from "../node-red-process";
import { GATE, GUARD, METER, MODEL, PREDICTOR, RULE, TUNER } from "../nodes/forecast-flow";

const ASSETS = 1000;
const WORST = "Press 777";
/** What a person takes for at once, ms, on a machine that is busy with other specs. */
const AT_ONCE = 2000;
/** How long it is watched, ms. */
const WATCHED = 8000;

const place = { z: "tab", x: 200, y: 100 };
/** One reading of each asset a press of the button, or of one of them at a time, again and again. */
const FEED = `const t = Date.now();
if (msg.one) { node.send({ topic: msg.one, payload: { u: Math.sin(t), y: t % 7 }, timestamp: t }); return; }
for (let i = 0; i < ${ASSETS}; i++)
  node.send({ topic: "Press " + i, payload: { u: (i + msg.count) % 5, y: msg.count % 2 }, timestamp: t });`;
const FLOW: FlowNode[] = [
  { id: "tab", type: "tab", label: "Flow 1" },
  { ...MODEL, name: "press", sensors: ["u"], language: "en-US" },
  { ...place, id: "inject", type: "inject", props: [{ p: "payload" }], wires: [["feed"]] },
  { ...place, id: "order", type: "inject", props: [{ p: "payload" }], wires: [["tuner"]] },
  { ...place, id: "feed", type: "function", func: FEED, outputs: 1, libs: [], wires: [["guard"]] },
  { ...GUARD, ...place, id: "guard", wires: [["tuner"], [], []] },
  { ...TUNER, ...place, wires: [["predictor"], []] },
  { ...PREDICTOR, ...place, wires: [["gate"]] },
  { ...GATE, ...place, wires: [["kpi"], []] },
  { ...METER, ...place, id: "kpi", wires: [["rule"], [], []] },
  { ...RULE, ...place, id: "rule", watch: "forecast", wires: [[], [], []] },
  { ...place, id: "scout", type: "sensor-scout", name: "", model: MODEL.id, after: 1000, wires: [[]] },
  { ...place, id: "trainer", type: "history-trainer", name: "", model: MODEL.id, source: "payload", sourceType: "msg", format: {}, rows: "none", passes: 1, batch: 100, topic: "", wires: [[], [], []] }, // biome-ignore format: one line
  { ...place, id: "plant", type: "plant-simulator", name: "", assets: [{ name: "b", rating: 10, age: 1 }], autostart: true, pace: "real", interval: 1, wires: [[]] }, // biome-ignore format: one line
];

/** A node of the spec that looks whether nodes that are gone, and what they had, are still in memory, and counts timers. */
const LEFT = `module.exports = (RED) => {
  RED.nodes.registerType("left", function () {});
  const kept = new Map();
  RED.httpAdmin.get("/left/keep", (req, res) => {
    for (const id of req.query.ids.split(",")) {
      const node = RED.nodes.getNode(id);
      kept.set(id, new WeakRef(node));
      for (const part of ["model", "health"]) if (node[part]) kept.set(id + "." + part, new WeakRef(node[part]));
    }
    res.json({ kept: kept.size });
  });
  RED.httpAdmin.get("/left", (_req, res) => {
    gc();
    const timers = process.getActiveResourcesInfo().filter((kind) => kind === "Timeout" || kind === "Immediate").length;
    const workers = process.getActiveResourcesInfo().filter((kind) => /worker|message/i.test(kind)).length;
    res.json({ timers, workers, alive: [...kept].filter(([, ref]) => ref.deref()).map(([name]) => name) });
  });
};`;

/** How often each canvas was drawn anew: a drawing begins with an empty canvas. */
const COUNT_DRAWINGS = `globalThis.drawings = [];
const canvases = [];
const placeOf = (canvas) => (canvases.includes(canvas) ? canvases.indexOf(canvas) : canvases.push(canvas) - 1);
const clear = CanvasRenderingContext2D.prototype.clearRect;
CanvasRenderingContext2D.prototype.clearRect = function (...area) {
  globalThis.drawings.push(placeOf(this.canvas));
  return clear.apply(this, area);
};`;

describe("forecast health of many assets", function () {
  this.timeout(180_000);
  let nodeRed: NodeRed;
  let browser: Browser;
  let page: Page;
  let userDir: string;
  let timer: NodeJS.Timeout | undefined;
  const asked: { path: string; at: number }[] = [];
  const complaints: string[] = [];
  let timersBefore = 0;

  interface Left {
    timers: number;
    workers: number;
    alive: string[];
  }
  const ask = async <T>(path: string): Promise<T> => (await fetch(`${nodeRed.url}/${path}`)).json() as Promise<T>;
  const text = (part: string) => page.locator(`.forecast-health-${part}`).innerText();
  const rows = () => page.locator(".forecast-health-row");

  before(async () => {
    userDir = mkdtempSync(join(tmpdir(), "online-forecast-many-"));
    linkPack(userDir);
    mkdirSync(join(userDir, "nodes"));
    writeFileSync(join(userDir, "nodes", "left.js"), LEFT);
    writeFileSync(join(userDir, "nodes", "left.html"), "<script></script>");
    nodeRed = await start([], { userDir, env: { NODE_OPTIONS: "--expose-gc" } });
    timersBefore = (await ask<Left>("left")).timers;
    await nodeRed.deploy(FLOW);
    for (let count = 0; count < 3; count++) await nodeRed.inject("inject", { count });
    await nodeRed.inject("order", { topic: WORST, command: "pause" });
    await nodeRed.until("all assets", () => nodeRed.statuses.get("predictor"));
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
    });
    page = await browser.newPage({ locale: "en-US", viewport: { width: 1400, height: 1000 } });
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("request", (request) => {
      const path = /forecast-health\/(list|asset)/.exec(request.url())?.[1];
      if (path) asked.push({ path, at: performance.now() });
    });
    await page.addInitScript(COUNT_DRAWINGS);
    await page.goto(`${nodeRed.url}/forecast-health`);
  });
  after(async () => {
    clearInterval(timer);
    await browser?.close();
    await nodeRed?.stop();
    rmSync(userDir, { recursive: true, force: true, maxRetries: 3 });
  });

  it(`lists the worst of ${ASSETS} first, and counts all`, async () => {
    await rows().nth(199).waitFor();
    assert.match(await text("count"), new RegExp(`${ASSETS.toLocaleString("en-US")}.*the worst first`));
    assert.match(await rows().first().innerText(), new RegExp(WORST));
    const folder = join(projectRoot(), "screenshots", "en-US");
    mkdirSync(folder, { recursive: true });
    await page.screenshot({ path: join(folder, "forecast health, many.png") });
  });

  it("finds one of them by its name, at once", async () => {
    const began = performance.now();
    await page.locator(".forecast-health-search").fill("press 99");
    await page.locator(".forecast-health-row").nth(11).waitFor({ state: "detached" });
    const took = performance.now() - began;
    console.log(`      found after ${Math.round(took)} ms`);
    assert.equal(await rows().count(), 11, "99 and 990 to 999");
    assert.ok(took < AT_ONCE, `${took} ms`);
    await rows().filter({ hasText: "Press 995" }).click();
    await page.locator(".forecast-health-name").getByText("Press 995", { exact: true }).waitFor();
    await page.locator(".forecast-health-search").fill("");
    await rows().nth(199).waitFor();
  });

  it("asks, and draws each chart, at most once a second, however fast readings come", async () => {
    timer = setInterval(() => void nodeRed.inject("inject", { one: "Press 995" }), 50);
    await page.locator(".forecast-health-forecasts canvas").waitFor();
    await page.waitForTimeout(2000);
    asked.length = 0;
    await page.evaluate("globalThis.drawings.length = 0");
    const began = performance.now();
    await page.waitForTimeout(WATCHED);
    const seconds = (performance.now() - began) / 1000;
    const views = asked.filter(({ path }) => path === "asset").length;
    const drawings = (await page.evaluate("globalThis.drawings")) as number[];
    const perChart = new Map<number, number>();
    for (const chart of drawings) perChart.set(chart, (perChart.get(chart) ?? 0) + 1);
    console.log(
      `      ${(views / seconds).toFixed(2)} views a second, drawings of each chart: ${[...perChart.values()]}`,
    );
    assert.ok(views >= 2 && views <= seconds + 1, `${views} in ${seconds} s`);
    assert.ok(perChart.size > 0);
    for (const [chart, count] of perChart) assert.ok(count <= seconds + 1, `${chart}: ${count} in ${seconds} s`);
    assert.ok(asked.filter(({ path }) => path === "list").length <= seconds / 2);
  });

  it("asks for nothing while its window is hidden, and goes on when it is seen again", async () => {
    const show = (state: string) =>
      page.evaluate(`Object.defineProperty(document, "visibilityState", { value: "${state}", configurable: true })`);
    await show("hidden");
    await page.waitForTimeout(1500);
    asked.length = 0;
    await page.waitForTimeout(3500);
    assert.deepEqual(asked, []);
    await show("visible");
    await page.waitForRequest(/forecast-health\/asset/, { timeout: 5000 });
  });

  it("leaves nothing on the server when the flow is removed: no node, no model, no trace, no timer", async () => {
    clearInterval(timer);
    const ids = FLOW.filter(({ type }) => !/^(tab|inject|function)$/.test(type)).map(({ id }) => id);
    assert.ok((await ask<{ kept: number }>(`left/keep?ids=${ids}`)).kept >= ids.length + 2);
    const running = await ask<Left>("left");
    assert.ok(running.alive.length >= ids.length);
    await nodeRed.deploy([]);
    await page.locator(".forecast-health-answer").getByText("The model is gone").waitFor();
    let left = await ask<Left>("left");
    for (let i = 0; i < 20 && (left.alive.length > 0 || left.timers > timersBefore); i++) {
      await page.waitForTimeout(500);
      left = await ask<Left>("left");
    }
    console.log(`      timers: ${timersBefore} before, ${running.timers} running, ${left.timers} after`);
    assert.deepEqual(left.alive, []);
    assert.ok(left.timers <= timersBefore, `${left.timers} timers, ${timersBefore} before`);
    assert.deepEqual(complaints, []);
    assert.deepEqual((await ask<{ models: unknown[] }>("forecast-health/list")).models, []);
  });
});
