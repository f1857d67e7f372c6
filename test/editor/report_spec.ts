/** The KPI report in a real browser: two A4 pages, nothing cut off, nothing fetched; pictures of it to look at. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { report } from "../../src/kpi/report";
import { button, the } from "../examples/adapt";
import { fleet, PLANT, plant } from "../kpi/plant";
import { ALL_RATES, NO_RATES } from "../kpi/rates";
import { MINUTE, scored } from "../kpi/scored";
import { example, projectRoot, start } from "../node-red-process";

describe("KPI report in a browser", function () {
  this.timeout(240_000);
  let browser: Browser;
  let page: Page;
  let requests: string[];
  let problems: string[];
  const folder = join(projectRoot(), "screenshots");

  before(async () => {
    mkdirSync(folder, { recursive: true });
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
    });
  });
  after(() => browser?.close());
  beforeEach(async () => {
    page = await browser.newPage({ viewport: { width: 900, height: 1200 } });
    requests = [];
    problems = [];
    page.on("request", (request) => requests.push(request.url()));
    page.on("console", (message) => problems.push(message.text()));
    page.on("pageerror", (error) => problems.push(String(error)));
  });
  afterEach(() => page?.close());

  /** What is open in the page fits it, fetched nothing but itself, and prints on two sheets. */
  async function fitsTwoSheets(name: string, itself: string): Promise<void> {
    await page.screenshot({ path: join(folder, `report-${name}.png`), fullPage: true });
    const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
    assert.ok((overflow as number) <= 0, "nothing is wider than the page");
    const pdf = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString("latin1");
    assert.equal(pdf.match(/\/Type\s*\/Page\b/g)?.length, 2);
    // A4 is 210 × 297 mm, in points of 1/72 inch
    for (const [, width, height] of pdf.matchAll(/\/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]/g))
      assert.ok(Math.abs(+width - 595.3) < 1 && Math.abs(+height - 841.9) < 1, `${width} × ${height}`);
    assert.deepEqual(
      requests.filter((url) => url !== itself),
      [],
    );
    assert.deepEqual(problems, []);
  }

  const full = plant(900, "Boiler 2 with a rather long name", [6, 12, 24, 36, 48]);
  // Every remark that the errors can have: values in doubt, a stopped plant, labels that could not be used.
  for (let i = 1; i <= 900; i++) {
    const one = scored(full.to + 5 * MINUTE, {
      actual: 50,
      learner: 51,
      naive: 52,
      existing: 53,
      frozen: 54,
      horizon: 6,
    });
    full.add([{ ...one, doubtful: true }]);
    full.add([{ ...one, time: one.time + MINUTE, running: false, mode: "stopped" }]);
    full.unusable.append(["range", "missing", "agreement", "senderBad"][i % 4]);
  }
  const cases = [
    ["full", full, ALL_RATES],
    ["regulation", full, { ...ALL_RATES, limitKind: "regulation" as const }],
    ["fleet", fleet(400, ["Boiler 1", "Boiler 2", "Boiler 3", "Boiler 4", "Turbine"]), ALL_RATES],
    ["early", plant(90), ALL_RATES],
    ["bare", plant(400), NO_RATES],
    ["loss", plant(900, "長い名前".repeat(500), undefined, undefined, 6), { ...ALL_RATES, price: 1e12 }],
  ] as const;

  for (const language of ["en-US", "ja"] as const) {
    for (const [name, meter, rates] of cases) {
      it(`prints on two A4 pages: ${name}, ${language}`, async () => {
        const title = language === "ja" ? "川崎工場 蒸気系統" : "North plant, steam";
        const currency = language === "ja" ? "JPY" : "EUR";
        const now = Date.UTC(2026, 10, 24);
        const upkeep = { guard: "warning", saved: now } as const;
        const options = { title, unit: "mg/m³", language, now, timeZone: "UTC", upkeep };
        await page.setContent(report(meter, { ...rates, currency }, PLANT, options));
        await fitsTwoSheets(`${name}-${language}`, "about:blank");
      });
    }
  }

  for (const [language, name] of [
    ["en-US", "09 ROI report as mail-ready HTML"],
    ["ja", "ja/09 メールで送れる投資対効果レポート"],
  ] as const) {
    it(`opens from the file that the example writes, without a network, with its curves: ${language}`, async () => {
      const flow = example(name);
      Object.assign(the(flow, "plant-simulator"), { pace: "fastest", count: 18_000 });
      // At full speed the first shift is over in a second, not in eight.
      Object.assign(flow.find(({ id }) => id === button(flow, '"approve"')) ?? {}, { onceDelay: 1 });
      const red = await start(flow);
      try {
        const simulator = the(flow, "plant-simulator").id;
        const finished = () => red.statuses.get(simulator)?.text === "finished";
        await red.until("the last reading", finished, 120_000);
        await red.inject(button(flow, "00 07 * * 1"));
        const written = await red.until("the files", () => {
          const told = red.debugged.map(({ msg }) => String(msg)).find((text) => text.includes(".html"));
          return told?.match(/[\w-]+\.html/)?.[0];
        });
        const url = pathToFileURL(join(red.userDir, written)).href;
        await page.context().setOffline(true);
        await page.goto(url);
        await fitsTwoSheets(`example-${language}`, url);
        // Four forecasts in the first chart, two scenarios of money in the second; each curve crosses most of its chart.
        const curves = await page
          .locator("figure svg path")
          .evaluateAll((paths) => paths.map((path) => (path as unknown as Curve).getBBox().width));
        assert.equal(curves.length, 6);
        for (const width of curves) assert.ok(width > 500, `${curves}`);
        assert.equal(await page.locator(".headline").count(), 1);
        assert.match(await page.locator(".headline").innerText(), /7\d(\.\d)? %/);
        assert.deepEqual(red.problems, []);
      } finally {
        await red.stop();
      }
    });
  }
});

interface Curve {
  getBBox(): { width: number };
}
