/** The KPI report in a real browser: two A4 pages, nothing cut off, nothing fetched; pictures of it to look at. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { report } from "../../src/kpi/report";
import { fleet, PLANT, plant } from "../kpi/plant";
import { ALL_RATES, NO_RATES } from "../kpi/rates";
import { projectRoot } from "../node-red-process";

describe("KPI report in a browser", function () {
  this.timeout(120_000);
  let browser: Browser;
  const folder = join(projectRoot(), "screenshots");

  before(async () => {
    mkdirSync(folder, { recursive: true });
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
    });
  });
  after(() => browser?.close());

  const full = plant(900, "Boiler 2 with a rather long name", [6, 12, 24, 36, 48]);
  const cases = [
    ["full", full, ALL_RATES],
    ["regulation", full, { ...ALL_RATES, limitKind: "regulation" as const }],
    ["fleet", fleet(400, ["Boiler 1", "Boiler 2", "Boiler 3", "Boiler 4", "Turbine"]), ALL_RATES],
    ["early", plant(90), ALL_RATES],
    ["bare", plant(400), NO_RATES],
  ] as const;

  for (const language of ["en-US", "ja"] as const) {
    for (const [name, meter, rates] of cases) {
      it(`prints on two A4 pages: ${name}, ${language}`, async () => {
        const page = await browser.newPage({ viewport: { width: 900, height: 1200 } });
        const requests: string[] = [];
        page.on("request", (request) => requests.push(request.url()));
        const problems: string[] = [];
        page.on("console", (message) => problems.push(message.text()));
        const title = language === "ja" ? "川崎工場 蒸気系統" : "North plant, steam";
        const currency = language === "ja" ? "JPY" : "EUR";
        const options = { title, unit: "mg/m³", language, now: Date.UTC(2026, 10, 24), timeZone: "UTC" };
        await page.setContent(report(meter, { ...rates, currency }, PLANT, options));
        await page.screenshot({ path: join(folder, `report-${name}-${language}.png`), fullPage: true });
        const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
        assert.ok((overflow as number) <= 0, "nothing is wider than the page");
        const pdf = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString("latin1");
        assert.equal(pdf.match(/\/Type\s*\/Page\b/g)?.length, 2);
        // A4 is 210 × 297 mm, in points of 1/72 inch
        for (const [, width, height] of pdf.matchAll(/\/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]/g))
          assert.ok(Math.abs(+width - 595.3) < 1 && Math.abs(+height - 841.9) < 1, `${width} × ${height}`);
        assert.deepEqual(
          requests.filter((url) => !url.startsWith("about:")),
          [],
        );
        assert.deepEqual(problems, []);
        await page.close();
      });
    }
  }
});
