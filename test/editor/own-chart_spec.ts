/** Example 15 as a plant engineer meets it: the page in a real browser, its four lines as the predictor sends them. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { probe, the } from "../examples/adapt";
import { example, type FlowNode, type NodeRed, projectRoot, start } from "../node-red-process";

const DASHBOARD = dirname(require.resolve("@flowfuse/node-red-dashboard/package.json"));
const EXAMPLES = {
  "en-US": { file: "dashboard/15 own chart", lines: ["actual", "forecast", "lower edge", "upper edge"] },
  ja: { file: "ja/ダッシュボード/15 自分のグラフ", lines: ["実測値", "予測値", "区間の下限", "区間の上限"] },
} as const;
const bare = (flow: FlowNode[]): object[] => flow.map(({ name, label, info, language, x, y, w, h, ...rest }) => rest);

describe("example 15 own chart", function () {
  this.timeout(180_000);

  it("is the same flow in both languages, without a function node", () => {
    const [english, japanese] = [example(EXAMPLES["en-US"].file), example(EXAMPLES.ja.file)];
    assert.deepEqual(bare(japanese), bare(english));
    assert.ok(english.every(({ type }) => type !== "function"));
  });

  for (const language of ["en-US", "ja"] as const) {
    describe(language, () => {
      const { file, lines } = EXAMPLES[language];
      let red: NodeRed;
      let browser: Browser;
      before(async () => {
        const flow = example(file);
        Object.assign(the(flow, "plant-simulator"), { speed: 40, count: 300 });
        for (const property of ["topic", "payload"])
          probe(flow, `probe-${property}`, the(flow, "lru-predictor"), property, 1);
        red = await start([], { settings: { nodesDir: DASHBOARD, lang: language } });
        await red.deploy(flow);
        browser = await chromium.launch({
          executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
          args: [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
          ],
        });
      });
      after(async () => {
        await browser?.close();
        await red?.stop();
      });

      it("draws actual value, forecast and both edges, with the unit in their names", async () => {
        const page = await browser.newPage({ locale: language, viewport: { width: 1200, height: 800 } });
        const complaints: string[] = [];
        page.on("pageerror", (error) => complaints.push(String(error)));
        // The chart has what came before the page was opened.
        await red.until("300 readings", () => red.debugged.length > 1600, 60_000);
        const topics = new Set(red.debugged.filter(({ id }) => id === "probe-topic").map(({ msg }) => msg));
        assert.deepEqual([...topics].sort(), lines.map((line) => `boiler-1: ${line} (kg/h)`).sort());
        await page.goto(`${red.url}/dashboard/forecast`, { timeout: 90_000 });
        await page.locator(".nrdb-ui-chart canvas").first().waitFor();
        // The colours of the actual value and of the forecast, as the chart's settings have them.
        const pixels = `(() => {
          const canvas = document.querySelector(".nrdb-ui-chart canvas");
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          const of = (r, g, b) => {
            let count = 0;
            for (let i = 0; i < data.length; i += 4)
              if (data[i + 3] > 200 && Math.abs(data[i] - r) + Math.abs(data[i + 1] - g) + Math.abs(data[i + 2] - b) < 30) count++;
            return count;
          };
          return [of(51, 51, 51), of(13, 116, 206), of(127, 178, 217)];
        })()`;
        for (const limit = Date.now() + 60_000; ; await page.waitForTimeout(500)) {
          const drawn = (await page.evaluate(pixels)) as number[];
          if (drawn.every((count) => count > 300)) break;
          assert.ok(Date.now() < limit, `pixels ${drawn}`);
        }
        const folder = join(projectRoot(), "screenshots", language);
        mkdirSync(folder, { recursive: true });
        await page.screenshot({ path: join(folder, "own chart.png") });
        assert.deepEqual(complaints, []);
        assert.deepEqual(red.problems, []);
      });
    });
  }
});
