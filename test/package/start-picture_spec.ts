/** `npm start` as a stranger sees it: within a minute a picture that moves, with forecast and band, in both languages. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import type { Language } from "../editor/editor";
import { projectRoot } from "../node-red-process";

/** ms */
const A_MINUTE = 60_000;

/** The newest times and values that the first chart has drawn: what stands in it is asked of the server, and drawn as it came. */
interface Drawn {
  time: number;
  actual: number | null;
  forecast: number | null;
  lower: number | null;
  upper: number | null;
}

for (const [language, locale] of [
  ["en-US", "en_US.UTF-8"],
  ["ja", "ja_JP.UTF-8"],
] as [Language, string][]) {
  describe(`npm start, in a browser (${language})`, function () {
    this.timeout(180_000);
    let child: ChildProcess;
    let browser: Browser;
    let folder: string;

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), "online-forecast-start-"));
      browser = await chromium.launch({
        executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
        args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
      });
    });
    after(async () => {
      await browser?.close();
      const ended = new Promise((resolve) => child?.once("exit", resolve));
      child?.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    });

    it("shows within a minute a chart whose newest point moves, with the forecast and its band ahead of it", async () => {
      const script = join(projectRoot(), "scripts", "start.mjs");
      const args = [script, "--user-directory", join(folder, "user"), "--port", "0"];
      child = spawn(process.execPath, args, { cwd: folder, env: { ...process.env, LANG: locale, LC_ALL: locale } });
      let printed = "";
      child.stdout?.on("data", (chunk) => {
        printed += chunk;
      });
      let address: string | undefined;
      for (let i = 0; i < 600 && !address; i++) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        address = /See the forecasts: (http:\S+)/.exec(printed)?.[1];
      }
      assert.ok(address, printed);
      // The minute begins where a person opens the printed address: what installs and builds before depends on the machine.
      const began = performance.now();
      const page = await browser.newPage({ locale: language, viewport: { width: 1400, height: 1000 } });
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(String(error)));
      page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
      const seen: Drawn[] = [];
      page.on("response", async (response) => {
        if (!/forecast-health\/asset/.test(response.url())) return;
        const { chart } = (await response.json()) as { chart?: Record<keyof Drawn, (number | null)[]> };
        if (!chart?.time.length) return;
        // The newest row that has this; the forecast runs ahead of the actual value.
        const last = (name: keyof Drawn): number | null => chart[name].findLast((value) => value !== null) ?? null;
        seen.push({ time: chart.time.at(-1) as number, actual: last("actual"), forecast: last("forecast"), lower: last("lower"), upper: last("upper") }); // biome-ignore format: one line
      });
      await page.goto(address);
      await page.locator(".forecast-health-forecasts canvas").waitFor({ timeout: A_MINUTE });
      await page.locator(".forecast-health-line-band").first().waitFor({ timeout: A_MINUTE });
      const isComplete = (one: Drawn | undefined): one is Drawn =>
        one !== undefined && Object.values(one).every((value) => typeof value === "number");
      const until = async (what: string, test: () => boolean): Promise<void> => {
        while (!test()) {
          assert.ok(performance.now() - began < A_MINUTE, `${what} within a minute: ${JSON.stringify(seen.at(-1))}`);
          await page.waitForTimeout(200);
        }
      };
      await until("forecast and band", () => isComplete(seen.at(-1)));
      const first = seen.at(-1) as Drawn;
      const picture = () => page.locator(".forecast-health-forecasts canvas").first().screenshot();
      const before = await picture();
      await until("the newest point moves", () => (seen.at(-1)?.time ?? 0) > first.time);
      await page.waitForTimeout(1500);
      console.log(`      a picture that has moved after ${((performance.now() - began) / 1000).toFixed(1)} s`);
      assert.notDeepEqual(await picture(), before, "what is drawn is another picture");
      const { forecast, lower, upper } = seen.at(-1) as Drawn;
      assert.ok((lower as number) <= (forecast as number) && (forecast as number) <= (upper as number));
      assert.equal(/[ぁ-ん]/.test(await page.locator("body").innerText()), language === "ja");
      const look = join(projectRoot(), "screenshots", language);
      mkdirSync(look, { recursive: true });
      await page.screenshot({ path: join(look, "npm start.png") });
      assert.deepEqual(complaints, []);
    });
  });
}
