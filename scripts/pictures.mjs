// Makes the pictures of the README and of docs/ from real runs of the examples in a real Node-RED: npm run pictures
// Each in English (docs/<name>.png) and Japanese (docs/<name>.ja.png). What follows `--` names some of them, in both
// languages or in one: npm run pictures -- report dashboard.ja
//   demo            example 02 in the editor, after two minutes
//   forecast-health its page, after some minutes
//   learning-curve  its mean absolute error over the last 600 readings, of a seeded plant at full speed: the same every time
//   dashboard       example 10's page, after two hours of plant time
//   report          the report that example 09 writes after two days and a half of plant time, its two sheets side by side
//   scout           example 12: the ranking in the scout's dialog
//   gate            example 08, when the gate awaits approval
//   warning         example 07, after the first alarms
//   own-file        the steps from a file to its chart, as test/editor/own-file_spec.ts goes them
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { browser } from "./browser.mjs";
import { indexedPng } from "./indexed-png.mjs";
import { install, root, run } from "./install.mjs";

/** What stands below a simulator that has sent all its readings. */
const FINISHED = ["finished", "完了"];

const READINGS = 20_000;
const WINDOW = 600;
const APPROVED = 1800;

install();
run(process.execPath, [join("scripts", "build.mjs")]);
process.env.CHROMIUM_PATH = browser();
const require = createRequire(import.meta.url);
const { start, example } = require("../dist/test/node-red-process.js");
const { Editor } = require("../dist/test/editor/editor.js");
const { fileToChart, Hand } = require("../dist/test/editor/own-file.js");
const { Simulator } = require("../dist/src/simulator/simulator.js");
const dashboard = dirname(require.resolve("@flowfuse/node-red-dashboard/package.json"));
mkdirSync(join(root, "docs"), { recursive: true });

const LANGUAGES = ["en-US", "ja"];
/** The folders of the examples. */
const FOLDERS = { "en-US": ["", "dashboard"], ja: ["ja", "ja/ダッシュボード"] };
const find = (type, flow) => flow.find((node) => node.type === type);
/** What the pictures say in each language, and how a plant in either part of the world writes its file. */
const WORDS = {
  "en-US": {
    acknowledge: "Acknowledge",
    curve: {
      title: `mean absolute error of the last ${WINDOW / 60} minutes, kg/h: CO2 of a simulated boiler, ten seconds ahead`,
      hours: "hours of plant time",
      last: "last value",
      rule: "plant's own rule",
      frozen: "not learning",
      learning: "learning forecast",
    },
    file: "boiler.csv",
    // sensor of the simulator, factor to the unit, digits
    columns: [
      ["Steam (t/h)", "steam_flow_kg_s", 3.6, 2],
      ["Fuel valve (%)", "fuel_valve_pct", 1, 1],
      ["Pressure (bar)", "steam_pressure_bar", 1, 2],
      ["Flue gas (°C)", "flue_temperature_c", 1, 1],
    ],
    line: (time, cells, i) => {
      const [date, clock] = time?.toISOString().split("T") ?? [];
      const day = date ? `${date.split("-").reverse().join("/")} ${clock.slice(0, 5)}` : "Date/Time";
      return [day, ...cells.map((cell, k) => (i === 2 && k === 3 ? "Bad" : cell.replace(".", ",")))].join(";");
    },
  },
  ja: {
    acknowledge: "確認",
    curve: {
      title: `直近${WINDOW / 60}分間の平均絶対誤差(kg/h)。模擬ボイラーのCO2を10秒先まで予測`,
      hours: "プラントの経過時間(時間)",
      last: "直近の値",
      rule: "プラントの既存ルール",
      frozen: "学習しないモデル",
      learning: "学習する予測",
    },
    file: "boiler.csv",
    columns: [
      ["蒸気流量(t/h)", "steam_flow_kg_s", 3.6, 2],
      ["燃料弁開度(%)", "fuel_valve_pct", 1, 1],
      ["蒸気圧力(MPa)", "steam_pressure_bar", 0.1, 3],
      ["排ガス温度(℃)", "flue_temperature_c", 1, 1],
    ],
    line: (time, cells, i) => {
      const [date, clock] = time?.toISOString().split("T") ?? [];
      const day = date ? `${date.replaceAll("-", "/")} ${clock.slice(0, 5)}` : "日時";
      return [day, ...cells.map((cell, k) => (i === 2 && k === 3 ? "欠測" : cell))].join(",");
    },
  },
};

/** Makes one picture each; returns the part of the page to show, all of it by default. */
const pictures = {
  demo: async ({ page, nodeRed, flow }) => {
    await nodeRed.deploy(flow("02"));
    await page.setViewportSize({ width: 1560, height: 720 });
    await page.reload();
    await editorIsThere(page);
    await page.evaluate("RED.sidebar.show('debug')");
    // The guard needs some readings to know its sensors, the learner two minutes to be clearly ahead.
    await nodeRed.until("two minutes", () => shown(nodeRed, "02", "KPI").length >= 7, 300_000);
    await page.mouse.move(900, 330); // over no group: it would be framed
    await page.waitForTimeout(1000);
    return { x: 0, y: 84, width: 1560, height: 589 };
  },
  "forecast-health": async ({ page, nodeRed, flow }) => {
    await nodeRed.deploy(flow("02"));
    await page.setViewportSize({ width: 1400, height: 1600 });
    await page.goto(`${nodeRed.url}/forecast-health`);
    await nodeRed.until("three minutes", () => shown(nodeRed, "02", "KPI").length >= 14, 300_000);
    await page.waitForTimeout(2000);
    const { y, height } = await page.locator(".forecast-health-cards").last().boundingBox();
    return { x: 0, y: 0, width: 1400, height: Math.ceil(y + height) + 12 };
  },
  "learning-curve": async ({ page, nodeRed, flow, words }) => {
    const scored = await stream(nodeRed, flow("02"));
    await page.setViewportSize({ width: 900, height: 380 });
    await page.setContent(chart(scored, words));
  },
  dashboard: async ({ page, nodeRed, flow, words }) => {
    const nodes = flow("10");
    const simulator = find("plant-simulator", nodes);
    const finished = () => FINISHED.includes(nodeRed.statuses.get(simulator.id)?.text);
    // It ends, so that the gauge's needle has come to rest; in two hours the guard has learnt what is usual.
    await nodeRed.deploy(nodes.map((node) => (node === simulator ? { ...node, speed: 60, count: 7200 } : node)));
    await page.setViewportSize({ width: 1400, height: 1460 });
    await page.goto(`${nodeRed.url}/dashboard/operator`);
    await nodeRed.until("the last reading", finished, 300_000);
    await page.getByRole("button", { name: words.acknowledge }).first().waitFor();
    await page.waitForTimeout(4000);
  },
  report: async ({ page, nodeRed, flow }) => {
    const nodes = flow("09");
    const press = nodes.find((node) => node.type === "inject" && node.crontab);
    const simulator = find("plant-simulator", nodes);
    const finished = () => FINISHED.includes(nodeRed.statuses.get(simulator.id)?.text);
    // At the example's own pace: the model is approved after the first shift.
    await nodeRed.deploy(nodes.map((node) => (node === simulator ? { ...node, count: 21_600 } : node)));
    await nodeRed.until("the last reading", finished, 300_000);
    await nodeRed.inject(press.id);
    const written = await nodeRed.until("the report", () =>
      nodeRed.debugged
        .map(({ msg }) => /[^\s/\\「」"']+\.html/.exec(String(msg))?.[0])
        .find((name) => name !== undefined),
    );
    await page.setViewportSize({ width: 1230, height: 812 });
    await page.goto(pathToFileURL(join(nodeRed.userDir, written)).href);
    await page.addStyleTag({
      content: `body { zoom: 0.82; max-width: none; padding: 24px 32px; display: grid; grid-template-columns: 1fr 1fr; gap: 48px }
        .page + .page { margin-top: 0 }`,
    });
  },
  scout: async ({ page, nodeRed, editor, flow }) => {
    const nodes = flow("12");
    await nodeRed.deploy(nodes);
    await nodeRed.until("the ranking", () => nodeRed.debugged.length > 0, 120_000);
    await page.setViewportSize({ width: 1330, height: 1000 });
    await page.reload();
    const { id } = find("sensor-scout", nodes);
    await editor.node(id).waitFor();
    await openDialog(editor, id);
    const ranking = page.locator("#node-sensor-scout-ranking");
    await ranking.locator("tbody").nth(3).waitFor();
    return between(ranking, ranking.locator("tbody").nth(5), page.locator(".red-ui-tray").last());
  },
  gate: async ({ page, nodeRed, flow }) => {
    const nodes = flow("08");
    await nodeRed.deploy(nodes);
    const { id } = find("rollout-gate", nodes);
    await page.setViewportSize({ width: 1600, height: 690 });
    await page.reload();
    await editorIsThere(page);
    await nodeRed.until("awaits approval", () => /approval|ready/.test(nodeRed.statuses.get(id)?.text ?? ""), 300_000);
    await page.waitForTimeout(2000);
    return { x: 180, y: 84, width: 1098, height: 440 };
  },
  warning: async ({ page, nodeRed, flow }) => {
    await nodeRed.deploy(flow("07"));
    await page.setViewportSize({ width: 1700, height: 690 });
    await page.reload();
    await editorIsThere(page);
    await page.evaluate("RED.sidebar.show('debug')");
    const came = () => shown(nodeRed, "07", "limit reached").length >= 3;
    await nodeRed.until("the limit is reached", came, 300_000);
    await page.waitForTimeout(3000);
    return { x: 180, y: 84, width: 1520, height: 524 };
  },
  // One picture a step, written as it is reached.
  "own-file": (run) => ownFile(run),
};

const wanted = process.argv.slice(2).filter((argument) => argument !== "--");
const all = Object.keys(pictures).flatMap((name) => LANGUAGES.map((language) => [name, language]));
for (const [name, language] of all) {
  if (wanted.length && !wanted.includes(name) && !wanted.includes(`${name}${suffix(language)}`)) continue;
  console.log(`docs/${name}${suffix(language)}.png …`);
  const nodeRed = await start([], { settings: { nodesDir: dashboard, lang: language }, timeout: 180_000 });
  const editor = await Editor.open(nodeRed.url, language);
  const { page } = editor;
  page.setDefaultTimeout(120_000); // whatever else the machine has to do
  try {
    const flow = (number) => flowOf(number, language);
    const clip = await pictures[name]({ page, nodeRed, editor, flow, language, words: WORDS[language] });
    if (name !== "own-file") await write(page, `${name}${suffix(language)}`, clip);
  } finally {
    await editor.close();
    await nodeRed.stop();
  }
}

function suffix(language) {
  return language === "ja" ? ".ja" : "";
}

/** The example with this number, in a language. */
function flowOf(number, language) {
  for (const folder of FOLDERS[language]) {
    const file = readdirSync(join(root, "examples", folder)).find((name) => name.startsWith(`${number} `));
    if (file) return example(join(folder, file.replace(/\.json$/, "")));
  }
  throw new Error(`There is no example ${number} in ${language}.`);
}

/** What a debug node has shown; it has the same id in both languages, and its English name is given. */
function shown(nodeRed, number, name) {
  const { id } = flowOf(number, "en-US").find((node) => node.type === "debug" && node.name === name);
  return nodeRed.debugged.filter((entry) => entry.id === id);
}

async function write(page, name, clip) {
  writeFileSync(join(root, "docs", `${name}.png`), await indexedPng(page, await page.screenshot({ clip })));
}

async function editorIsThere(page) {
  await page.locator(".red-ui-palette-node").first().waitFor();
  await page.locator("#red-ui-loading-progress").waitFor({ state: "hidden" });
}

/** By the node's own body: its status and wires may lie over its middle. */
async function openDialog(editor, id) {
  await editor.node(id).locator("rect.red-ui-flow-node").first().dblclick();
  await editor.page.locator("#node-dialog-ok").waitFor();
  await editor.page.waitForTimeout(1000); // until it has slid in
}

/** The part of the page from one element to another, as wide as a third. */
async function between(from, to, frame, space = 5) {
  const [first, last, { x, width }] = await Promise.all([from, to, frame].map((part) => part.boundingBox()));
  const y = Math.max(0, first.y - space);
  return { x, y, width, height: last.y + last.height + space - y };
}

/** One picture a step. */
async function ownFile({ editor, page, nodeRed, language, words }) {
  writeFileSync(join(nodeRed.userDir, words.file), boilerFile(words));
  await page.setViewportSize({ width: 1330, height: 1000 });
  const show = (step, clip) => write(page, `own-file-${step}${suffix(language)}`, clip);
  const tray = page.locator(".red-ui-tray").last();
  const field = (name) => page.locator(`#node-${name}`);
  const way = { editor, nodeRed, hand: new Hand(editor), language, file: words.file, target: words.columns[0][0] };
  const trainer = await fileToChart(way, async (step) => {
    const row = page.locator("#node-history-trainer-preview > .history-trainer-table tr").nth(3);
    if (step === "read")
      await show(step, await between(field("input-source").locator(".."), field("history-trainer-first"), tray));
    if (step === "target") await show(step, await between(field("history-trainer-target"), row, tray));
  });
  await page.locator('.red-ui-palette-node[data-palette-type="sensor-scout"]').evaluate((entry) => {
    entry.closest(".red-ui-palette-category").scrollIntoView();
  });
  // While it is dragged over the edge the canvas moves.
  await page.locator("#red-ui-workspace-chart").evaluate((chart) => chart.scrollTo(0, 0));
  await page.mouse.move(600, 600);
  await show("flow", { x: 0, y: 48, width: 1010, height: 285 });

  await openDialog(editor, trainer);
  const versions = field("history-trainer-versions");
  await versions.locator("b").waitFor();
  await versions.scrollIntoViewIfNeeded();
  await show("result", await between(versions.locator(".."), versions, tray));

  await page.setViewportSize({ width: 820, height: 1100 });
  await page.goto(`${nodeRed.url}/forecast-health`);
  const charts = page.locator(".forecast-health-chart");
  await charts.first().locator("canvas").waitFor();
  await page.waitForTimeout(2500);
  await show("chart", await between(page.locator("h2"), charts.last(), page.locator("body")));
}

/** A fortnight of a boiler, the means of quarters of an hour, as a plant's historian exports it. */
function boilerFile({ line, columns }) {
  const boiler = { name: "boiler", rating: 20, age: 0.2 };
  const plant = new Simulator({
    ...{ assets: [boiler], seed: 3, interval: 60, load: "day", ageingHours: 0, labelEvery: 1, existing: "none" },
  });
  const rows = Array.from({ length: 14 * 96 }, (_, i) => {
    const minutes = Array.from({ length: 15 }, () => plant.next()[0].values);
    const means = columns.map(([, sensor, factor, digits]) => {
      const mean = minutes.reduce((sum, values) => sum + values[sensor], 0) / minutes.length;
      return (mean * factor).toFixed(digits);
    });
    return line(new Date(Date.UTC(2026, 8, 7, 6, 15 * (i + 1))), means, i);
  });
  return `\ufeff${[
    line(
      undefined,
      columns.map(([name]) => name),
    ),
    ...rows,
  ].join("\r\n")}`;
}

/** All scored forecasts of the demo, with its plant as fast as possible; the model is approved after half an hour. */
async function stream(nodeRed, demo) {
  const tuner = find("rtrl-tuner", demo).id;
  const fast = demo.map((node) => {
    if (node.type === "plant-simulator")
      return { ...node, pace: "fastest", count: READINGS, start: "2026-01-01T00:00:00Z" };
    if (node.type === "debug") return { ...node, active: false };
    if (node.type === "drift-guard") return { ...node, wires: [["approve"], [], []] };
    return node.id === find("lru-predictor", demo).id ? { ...node, wires: [[...node.wires[0], "scored"]] } : node;
  });
  const { z } = find("lru-predictor", demo);
  const func = `const n = (context.get("n") ?? 0) + 1; context.set("n", n);
    if (n === ${APPROVED}) node.send({ command: "approve" }); return msg;`;
  const all = { id: "scored", type: "debug", z, active: true, tosidebar: true, complete: "scored", targetType: "msg" };
  await nodeRed.deploy([
    ...fast,
    { id: "approve", type: "function", z, func, outputs: 1, x: 300, y: 560, wires: [[tuner]] },
    { ...all, x: 960, y: 500, wires: [] },
  ]);
  const { horizons } = find("forecast-model", demo);
  await nodeRed.until("all readings", () => nodeRed.debugged.length >= READINGS - Number(horizons), 300_000);
  return nodeRed.debugged.map(({ msg }) => msg).filter(Boolean);
}

function chart(scored, { curve }) {
  const curves = [
    [curve.last, "#8a8a8a", ({ actual, naive }) => naive - actual],
    [curve.rule, "#a3485f", ({ actual, existing }) => existing - actual],
    [curve.frozen, "#c77d1e", ({ actual, frozen }) => frozen - actual],
    [curve.learning, "#1d6fa5", ({ error }) => error],
  ].map(([name, color, error]) => ({ name, color, points: rollingMean(scored.map((s) => Math.abs(error(s)))) }));
  const top = 1.05 * Math.max(...curves.flatMap(({ points }) => points));
  const [width, height, left, bottom] = [900, 380, 70, 50];
  const x = (i) => left + ((width - left - 180) * (i + WINDOW)) / scored.length;
  const y = (value) => height - bottom - ((height - bottom - 30) * value) / top;
  const ticks = [0, 20, 40, 60, 80, 100].filter((v) => v <= top);
  const hours = scored.length / 3600;
  return `<body style="margin:0;background:#fff"><svg width="${width}" height="${height}" font-family="sans-serif" font-size="13">
    ${ticks.map((v) => `<line x1="${left}" x2="${width - 180}" y1="${y(v)}" y2="${y(v)}" stroke="#e4e4e4"/><text x="${left - 8}" y="${y(v) + 4}" text-anchor="end">${v}</text>`).join("")}
    ${Array.from({ length: Math.floor(hours) + 1 }, (_, h) => `<text x="${x(h * 3600 - WINDOW)}" y="${height - 28}" text-anchor="middle">${h}</text>`).join("")}
    <text x="${(left + width - 180) / 2}" y="${height - 8}" text-anchor="middle">${curve.hours}</text>
    <text x="${left}" y="16">${curve.title}</text>
    ${curves.map(({ name, color, points }, row) => `<polyline fill="none" stroke="${color}" stroke-width="2" points="${points.map((p, i) => (i % 10 === 0 ? `${x(i).toFixed(1)},${y(p).toFixed(1)}` : "")).join(" ")}"/><text x="${width - 170}" y="${60 + 24 * row}" fill="${color}" font-weight="bold">${name}</text>`).join("")}
  </svg></body>`;
}

function rollingMean(values) {
  const means = [];
  let sum = 0;
  values.forEach((value, i) => {
    sum += value - (i >= WINDOW ? values[i - WINDOW] : 0);
    if (i >= WINDOW - 1) means.push(sum / WINDOW);
  });
  return means;
}
