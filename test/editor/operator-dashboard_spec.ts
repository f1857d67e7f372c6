/** Example 10 as an operator meets it: the page in a real browser, its buttons, and what they do to the alarms. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import type { AlarmTransition } from "../../src/alarm/alarm";
import { probe, the } from "../examples/adapt";
import { example, type FlowNode, type NodeRed, projectRoot, start } from "../node-red-process";

const DASHBOARD = dirname(require.resolve("@flowfuse/node-red-dashboard/package.json"));
const EXAMPLES = {
  "en-US": {
    file: "dashboard/10 operator dashboard",
    acknowledge: "Acknowledge",
    shelve: "Shelve 5 min",
    unshelve: "Unshelve",
    shelved: /^shelved: [1-5] min left; by control room$/,
    desk: "control room",
    compared: /^Learner is\s*(\d+ % (better|worse)|as good)$/,
    guard:
      /Drift guard\s*(readings are good; learning what is usual|readings and forecast are as usual|forecast errors are larger than usual|forecast stays worse: has the plant changed\?|watching whether the forecast is good again|\w+ (has|comes|is|shows|stands|shakes|changes|contradicts) .+)$/,
    saved: /Last saved\s*\d\d:\d\d$/,
    trial: /\d of 8 min of trial/,
    errors: "Error of the last 500 readings",
    approve: "Approve",
    moved: /[+−]\d+ kg\/h in \d+ min: \w/,
    madeOf: /(learner|least squares|last value|frozen model) \d+ %/,
  },
  ja: {
    file: "ja/ダッシュボード/10 運転ダッシュボード",
    acknowledge: "確認",
    shelve: "5分保留",
    unshelve: "保留解除",
    shelved: /^保留中: 残り[1-5]分。操作者: 計器室$/,
    desk: "計器室",
    compared: /^既存との比較\s*(\d+%(改善|悪化)|同等)$/,
    guard: /ドリフト監視\s*[\u3040-\u30ff\u4e00-\u9fff]/,
    saved: /最終保存\s*\d\d:\d\d$/,
    trial: /試行期間 \d\/8分/,
    errors: "直近500件の誤差",
    approve: "承認",
    moved: /\d+分間で[+−]\d+ kg\/h: \S/,
    madeOf: /(学習モデル|最小二乗法|直近の値|固定モデル) \d+%/,
  },
} as const;

/** What a reader sees, and where it stands, is all that differs between the languages. */
function structure(flow: FlowNode[]): unknown[] {
  const seen = ["name", "label", "info", "language", "env", "title", "submit", "cancel", "x", "y", "w", "h"];
  const bare = (node: FlowNode): object => ({
    ...Object.fromEntries(Object.entries(node).filter(([key]) => !seen.includes(key))),
    columns: (node.columns as FlowNode[] | undefined)?.map(({ title, ...column }) => column),
    options: (node.options as FlowNode[] | undefined)?.map(({ label, ...option }) => option),
    limits: (node.limits as FlowNode[] | undefined)?.map(({ message, response, ...limit }) => limit),
    // The words of a list {"key": "word"}.
    rules: (node.rules as FlowNode[] | undefined)?.map(({ to, ...rule }) => ({
      ...rule,
      to: String(to).replace(/": "[^"]*"/g, '": ""'),
    })),
  });
  return flow.map(bare);
}

/** Pixels of the chart that have the colour of the band: #7fb2d9 at 40 %. */
function bandPixels(page: Page): Promise<number> {
  return page.evaluate(`(() => {
    const canvas = document.querySelector("canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let band = 0;
    for (let i = 0; i < data.length; i += 4) {
      const [r, g, b, a] = data.slice(i, i + 4);
      if (a > 90 && a < 115 && Math.abs(r - 127) < 12 && Math.abs(g - 178) < 12 && Math.abs(b - 217) < 12) band++;
    }
    return band;
  })()`) as Promise<number>;
}

/** Pixels of the n-th chart that have a colour. */
function colouredPixels(page: Page, n: number, [r, g, b]: [number, number, number]): Promise<number> {
  return page.evaluate(`(() => {
    const canvas = document.querySelectorAll("canvas")[${n}];
    if (!canvas) return 0;
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let found = 0;
    for (let i = 0; i < data.length; i += 4)
      if (Math.abs(data[i] - ${r}) + Math.abs(data[i + 1] - ${g}) + Math.abs(data[i + 2] - ${b}) < 20) found++;
    return found;
  })()`) as Promise<number>;
}

/** The buttons that are not wholly seen: whose corners lie beyond what scrolls, or below something else. */
function cutButtons(page: Page): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll(".nrdb-ui-table button, .nrdb-ui-form button:enabled")].filter((button) => {
    const { left, right, top, bottom } = button.getBoundingClientRect();
    const corners = [[left + 5, top + 5], [right - 5, top + 5], [left + 5, bottom - 5], [right - 5, bottom - 5]];
    return right > left && corners.some(([x, y]) => !button.contains(document.elementFromPoint(x, y)));
  }).map((button) => button.textContent.trim())`) as Promise<string[]>;
}

/** Where pictures of the page in a language are put. */
function pictures(language: string): string {
  const folder = join(projectRoot(), "screenshots", language);
  mkdirSync(folder, { recursive: true });
  return folder;
}

describe("example 10 operator dashboard", function () {
  this.timeout(180_000);

  it("is the same flow in both languages, and no word of one stands in the other", () => {
    const [english, japanese] = [example(EXAMPLES["en-US"].file), example(EXAMPLES.ja.file)];
    assert.deepEqual(structure(japanese), structure(english));
    assert.doesNotMatch(JSON.stringify(english), /[\u3040-\u30ff\u4e00-\u9fff]/);
    for (const { type, name, label } of japanese) {
      if (type === "tab" || type === "comment") assert.match(`${name}${label}`, /[\u3040-\u30ff]/);
    }
  });

  it("says in words that the learner is worse, and that nothing was saved, where that is so", () => {
    const tiles = (language: keyof typeof EXAMPLES, skill: number | null) => {
      const flow = example(EXAMPLES[language].file);
      const figures = flow.find(({ type, outputs }) => type === "function" && outputs === 5);
      const words = the(flow, "tab").env as { name: string; value: string }[];
      const env = { get: (wanted: string) => words.find(({ name }) => name === wanted)?.value };
      const window = { learner: { mae: 7 }, existing: { mae: 4, skill }, naive: { mae: null } };
      const msg = { payload: { time: 5, accuracy: { window } }, saved: null };
      const sent: { payload: unknown }[] = new Function("msg", "env", String(figures?.func))(msg, env);
      return sent.map(({ payload }) => payload);
    };
    const points = [
      { series: "learner", x: 5, y: 7 },
      { series: "plant", x: 5, y: 4 },
    ];
    assert.deepEqual(tiles("en-US", -75), ["7.0 kg/h", "4.0 kg/h", "75 % worse", points, "not saved"]);
    assert.deepEqual(
      [63.4, 0.2, null].map((skill) => tiles("en-US", skill)[2]),
      ["63 % better", "as good", "–"],
    );
    assert.deepEqual([tiles("ja", -75)[2], tiles("ja", 63)[2], tiles("ja", 0)[4]], ["75%悪化", "63%改善", "未保存"]);
  });

  for (const language of ["en-US", "ja"] as const) {
    describe(language, () => {
      const words = EXAMPLES[language];
      let red: NodeRed;
      let browser: Browser;
      let page: Page;
      const complaints: string[] = [];
      const changes = (): AlarmTransition[] =>
        red.debugged.filter(({ id }) => id === "probe-alarm").map(({ msg }) => msg);

      /** Fills in the form and presses its button. */
      const approve = async (why: string): Promise<void> => {
        const [name, reason] = await page.locator(".nrdb-ui-form input").all();
        await name?.fill("Sato");
        await reason?.fill(why);
        await page.getByRole("button", { name: words.approve }).click();
      };

      before(async () => {
        const flow = example(words.file);
        the(flow, "plant-simulator").speed = 40;
        // As it ships it keeps nothing, since its plant starts anew.
        the(flow, "forecast-model").remember = "file";
        probe(flow, "probe-alarm", the(flow, "alarm-rule"), "alarm");
        probe(flow, "probe-refused", the(flow, "catch"), "error.message");
        probe(flow, "probe-stage", the(flow, "rollout-gate"), "stage");
        probe(flow, "probe-change", the(flow, "rollout-gate"), "change", 1);
        const table = the(flow, "ui-table");
        flow.push({ id: "as-user", type: "inject", z: table.z, x: 0, y: 0, props: [], wires: table.wires });
        red = await start([], { settings: { nodesDir: DASHBOARD, lang: language } });
        await red.deploy(flow);
        browser = await chromium.launch({
          executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
          args: [
            ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
            ...["--disable-component-update", "--disable-sync"],
          ],
        });
        page = await browser.newPage({ locale: language, viewport: { width: 1400, height: 1000 } });
        page.on("pageerror", (error) => complaints.push(String(error)));
        await page.goto(`${red.url}/dashboard/operator`);
      });
      after(async () => {
        await browser?.close();
        await red?.stop();
      });

      it("draws the band, the gauge and the figures", async () => {
        await page.locator(".nrdb-ui-gauge").first().waitFor();
        for (const limit = Date.now() + 60_000; (await bandPixels(page)) < 2000; await page.waitForTimeout(500)) {
          assert.ok(Date.now() < limit, `${await bandPixels(page)} pixels of the band`);
        }
        assert.match((await page.locator(".nrdb-ui-gauge").first().textContent()) ?? "", /\d{4}/);
        await page
          .locator(".nrdb-ui-text", { hasText: / kg\/h/ })
          .first()
          .waitFor();
      });

      it("says in words whether the learner is better or worse, without a sign", async () => {
        await page.locator(".nrdb-ui-text", { hasText: words.compared }).first().waitFor({ timeout: 60_000 });
      });

      it("tells of a trial of some minutes in minutes", async () => {
        const stages = () => red.debugged.filter(({ id }) => id === "probe-stage").map(({ msg }) => msg);
        const missing = await red.until("the trial", () =>
          stages()
            .flatMap(({ missing }) => missing as string[])
            .find((text) => words.trial.test(text)),
        );
        assert.doesNotMatch(missing, /0\.005/);
      });

      it("shows how the drift guard sees the model, how the error goes on, and when all was saved last", async () => {
        await page.locator(".nrdb-ui-text", { hasText: words.guard }).first().waitFor({ timeout: 60_000 });
        await page.getByText(words.errors).first().waitFor();
        for (const limit = Date.now() + 60_000; (await colouredPixels(page, 1, [13, 116, 206])) < 50; ) {
          assert.ok(Date.now() < limit, "a line of the learner's error");
          await page.waitForTimeout(500);
        }
        await page.locator(".nrdb-ui-text", { hasText: words.saved }).first().waitFor({ timeout: 60_000 });
      });

      it("says why the forecast has changed and what it is made of", async () => {
        await page.locator(".nrdb-ui-text", { hasText: words.moved }).first().waitFor({ timeout: 60_000 });
        await page.locator(".nrdb-ui-text", { hasText: words.madeOf }).first().waitFor({ timeout: 60_000 });
      });

      it("shows why the gate refuses an approval that comes too early", async () => {
        await approve("too early");
        const refused = await red.until(
          "the refusal",
          () => red.debugged.find(({ id }) => id === "probe-refused")?.msg,
        );
        await page.getByText(refused).first().waitFor();
        assert.ok(!red.debugged.some(({ id }) => id === "probe-change"));
      });

      for (const width of [1200, 1000, 800, 390]) {
        it(`shows every button whole and every value on one line at ${width} px`, async () => {
          await page.setViewportSize({ width, height: 2600 });
          await page.getByRole("button", { name: words.shelve }).first().waitFor({ timeout: 90_000 });
          await page.waitForTimeout(1000); // the page moves its groups to their new places
          await page.screenshot({ path: join(pictures(language), `operator dashboard ${width}.png`) });
          assert.deepEqual(await cutButtons(page), []);
          const values = page.locator(".nrdb-ui-table td", { hasText: /\d \/ \d/ });
          const heights = await values.evaluateAll((cells) => cells.map((cell) => cell.clientHeight));
          assert.ok(heights.length > 0 && heights.every((height) => height < 60), heights.join(", "));
          await page.setViewportSize({ width: 1400, height: 1000 });
        });
      }

      it("acknowledges and shelves the alarm of the row whose button is pressed", async () => {
        await page.getByRole("button", { name: words.acknowledge }).first().waitFor({ timeout: 90_000 });
        await page.getByRole("button", { name: words.acknowledge }).first().click();
        const acknowledged = await red.until("acknowledged", () => changes().find((c) => c.event === "acknowledge"));
        assert.deepEqual([acknowledged.asset, acknowledged.limit, acknowledged.who], ["boiler-1", "H", words.desk]);
        await red.until("an alarm to shelve", () => changes().at(-1)?.state === "unacknowledged", 90_000);
        await page.getByRole("button", { name: words.shelve }).first().click();
        const shelved = await red.until("shelved", () => changes().find((c) => c.event === "shelve"));
        assert.equal((shelved.shelvedUntil as number) - shelved.time, 300_000);
      });

      it("says for how long an alarm is shelved and by whom, offers to end that and nothing else, and does so", async () => {
        const state = page.locator(".nrdb-ui-table td").filter({ hasText: words.shelved });
        await state.first().waitFor({ timeout: 10_000 });
        await page.screenshot({ path: join(pictures(language), "operator dashboard shelved.png"), fullPage: true });
        assert.equal(await page.locator(".nrdb-ui-table button:visible").count(), 1);
        await page.getByRole("button", { name: words.unshelve }).click();
        const ended = await red.until("unshelved", () => changes().find((c) => c.event === "unshelve"));
        assert.deepEqual([ended.from, ended.who], ["shelved", words.desk]);
        await state.first().waitFor({ state: "detached" });
      });

      it("names the user where the dashboard knows who it is", async () => {
        await red.until("an alarm to shelve", () => changes().at(-1)?.state === "unacknowledged", 90_000);
        const before = changes().length;
        const pressed = { column: "shelve", payload: { asset: "boiler-1", limit: "H", shelving: "shelve" } };
        await red.inject("as-user", { ...pressed, _client: { user: { name: "", username: "sato" } } });
        const shelved = await red.until("shelved", () => changes()[before]);
        assert.deepEqual([shelved.event, shelved.who], ["shelve", "sato"]);
        await page.getByRole("button", { name: words.unshelve }).click();
        await red.until("unshelved", () => changes()[before + 1]);
      });

      it("approves the next stage with name and reason, when nothing is missing", async () => {
        await red.until(
          "the gate to be ready",
          () => red.debugged.filter(({ id }) => id === "probe-stage").at(-1)?.msg.ready,
          120_000,
        );
        await approve("better for days");
        const change = await red.until("the pilot", () =>
          red.debugged
            .filter(({ id }) => id === "probe-change")
            .map(({ msg }) => msg)
            .find(({ to }) => to === "pilot"),
        );
        assert.equal(change.who, "Sato");
        await page.waitForTimeout(1000);
        await page.screenshot({ path: join(pictures(language), "operator dashboard.png"), fullPage: true });
        assert.deepEqual(complaints, []);
      });
    });
  }
});
