// Makes the pictures of the README (docs/) from a real run of the demo flow in a real Node-RED: npm run pictures
// The curve is the mean absolute error over the last 600 readings, of a seeded plant at full speed: the same every time.
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { browser } from "./browser.mjs";
import { install, root, run } from "./install.mjs";

const READINGS = 20_000;
const WINDOW = 600;

install();
run(process.execPath, [join("scripts", "build.mjs")]);
process.env.CHROMIUM_PATH = browser();
const require = createRequire(import.meta.url);
const { start, example } = require("../dist/test/node-red-process.js");
const { Editor } = require("../dist/test/editor/editor.js");
mkdirSync(join(root, "docs"), { recursive: true });

const demo = example("02 a forecast that keeps learning");
const find = (type) => demo.find((node) => node.type === type);
const nodeRed = await start(demo);
const editor = await Editor.open(nodeRed.url, "en-US");
try {
  await editor.page.setViewportSize({ width: 1700, height: 850 });
  await editor.ask("RED.sidebar.show('debug')");
  await editor.page.waitForTimeout(60_000);
  await editor.page.screenshot({ path: join(root, "docs", "demo.png") });

  const scored = await stream();
  await editor.page.setViewportSize({ width: 900, height: 380 });
  await editor.page.setContent(chart(scored));
  await editor.page.screenshot({ path: join(root, "docs", "learning-curve.png") });
} finally {
  await editor.close();
  await nodeRed.stop();
}

/** All scored forecasts of the demo, with its plant as fast as possible. */
async function stream() {
  const fast = demo.map((node) => {
    if (node.type === "plant-simulator") return { ...node, pace: "fastest", count: READINGS };
    if (node.type === "debug") return { ...node, active: false };
    return node.id === find("lru-predictor").id ? { ...node, wires: [[...node.wires[0], "scored"]] } : node;
  });
  const all = { id: "scored", type: "debug", z: find("lru-predictor").z, active: true, tosidebar: true };
  await nodeRed.deploy([...fast, { ...all, complete: "scored", targetType: "msg", x: 960, y: 500, wires: [] }]);
  const { horizons } = find("forecast-model");
  await nodeRed.until("all readings", () => nodeRed.debugged.length >= READINGS - Number(horizons), 300_000);
  return nodeRed.debugged.map(({ msg }) => msg).filter(Boolean);
}

function chart(scored) {
  const curves = [
    ["naive forecast", "#8a8a8a", ({ actual, naive }) => naive - actual],
    ["frozen model", "#c77d1e", ({ actual, frozen }) => frozen - actual],
    ["learning forecast", "#1d6fa5", ({ error }) => error],
  ].map(([name, color, error]) => ({ name, color, points: rollingMean(scored.map((s) => Math.abs(error(s)))) }));
  const top = 1.05 * Math.max(...curves.flatMap(({ points }) => points));
  const [width, height, left, bottom] = [900, 380, 70, 50];
  const x = (i) => left + ((width - left - 180) * (i + WINDOW)) / scored.length;
  const y = (value) => height - bottom - ((height - bottom - 30) * value) / top;
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => share * top);
  const hours = scored.length / 3600;
  return `<body style="margin:0;background:#fff"><svg width="${width}" height="${height}" font-family="sans-serif" font-size="13">
    ${ticks.map((v) => `<line x1="${left}" x2="${width - 180}" y1="${y(v)}" y2="${y(v)}" stroke="#e4e4e4"/><text x="${left - 8}" y="${y(v) + 4}" text-anchor="end">${v.toPrecision(3)}</text>`).join("")}
    ${Array.from({ length: Math.floor(hours) + 1 }, (_, h) => `<text x="${x(h * 3600 - WINDOW)}" y="${height - 28}" text-anchor="middle">${h}</text>`).join("")}
    <text x="${(left + width - 180) / 2}" y="${height - 8}" text-anchor="middle">hours of plant time</text>
    <text x="${left}" y="16">mean absolute error of the last ${WINDOW / 60} minutes: ${find("forecast-model").target}, ${find("forecast-model").horizons} readings ahead</text>
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
