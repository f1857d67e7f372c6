/**
 * Every example as a new user has it: imported from the Import dialog, deployed, and seen on the canvas to do what its
 * comment says. Some run side by side, as they ship; that the figures are right is seen in test/examples.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { dirname, join } from "node:path";
import { Aedes } from "aedes";
import { type NodeRed, projectRoot, start } from "../node-red-process";
import { Editor, LANGUAGES, type Language } from "./editor";
import { forecastDrawn } from "./health-chart";

const PACK = "@kaizen-flow/node-red-online-forecast";
const DASHBOARD = dirname(require.resolve("@flowfuse/node-red-dashboard/package.json"));
/** Several times what the slowest promise takes on an idle machine, ms: five days of example 13 in two minutes. */
const PATIENCE = 480_000;

type Words = Record<Language, RegExp>;
const words = (english: RegExp, japanese: RegExp): Words => ({ "en-US": english, ja: japanese });

/** What an example shows, by its number. */
interface Shown {
  /** What stands under its nodes, sooner or later. */
  readonly status: Record<string, Words>;
  /** What its debug nodes show sooner or later, in the order of the file; where undefined, nothing is waited for. */
  readonly messages?: readonly (Words | undefined)[];
  /** What follows then: buttons, pages. */
  readonly next?: (at: Stage) => Promise<void>;
  /** What its nodes warn of meanwhile, where they do. */
  readonly warning?: Words;
}

const FORECAST = words(/^\d+ kg\/h in 10 readings$/, /^10回先 \d+ kg\/h$/);
const IN_WORDS = words(
  /^in 10 s: \d+ kg\/h \(\d+ to \d+\); last value \d+$/,
  /^10秒後: \d+ kg\/h ?\(\d+ ?[〜～] ?\d+\)、直近の値 \d+$/,
);
const BETTER = words(/^error \d+ % below /, /^誤差は.+より\d+ %小$/);

const SHOWN: Record<string, Shown> = {
  "01": { status: { "lru-predictor": FORECAST }, messages: [IN_WORDS] },
  "02": {
    status: { "lru-predictor": FORECAST, "kpi-meter": BETTER },
    next: async (at) => {
      await at.press(0); // the O2 sensor stands still
      await at.says(1, words(/o2_pct: /, /o2_pct: /));
    },
  },
  "03": {
    status: {
      "lru-predictor": words(/^\d+ kg\/h now$/, /^現在 \d+ kg\/h$/),
      "kpi-meter": words(/^error [4-9]\d % below last value$/, /^誤差は直近の値より[4-9]\d %小$/),
    },
  },
  "04": {
    status: {
      "history-trainer": words(/^3000 rows sent/, /^3000行を送信/),
      "kpi-meter": BETTER,
    },
    messages: [words(/^2500 rows: error /, /^2500行: 誤差 /)],
    next: (at) => at.isDrawn(),
  },
  "05": { status: { "lru-predictor": FORECAST, "kpi-meter": BETTER } },
  "06": { status: { "lru-predictor": FORECAST }, messages: [IN_WORDS] },
  "07": {
    status: { "lru-predictor": words(/^\d+ kg\/h in 5 readings$/, /^5回先 \d+ kg\/h$/) },
    messages: [
      words(
        /^boiler-1 H: ALARM, medium; forecast .*limit reached in \d+ s/,
        /^boiler-1 H: 警報発生.*予測値.*約\d+秒後に設定値へ到達/,
      ),
      undefined,
      undefined,
      words(/^boiler-1 H: ALARM, high; value /, /^boiler-1 H: 警報発生.*実測値/),
    ],
    next: async (at) => {
      await at.press(0); // acknowledge
      await at.says(0, words(/Sato/, /Sato/));
    },
  },
  "08": {
    status: { "rollout-gate": words(/^better: awaits approval$/, /^改善を確認: 承認待ち$/) },
    next: async (at) => {
      await at.press(0); // approve
      await at.stands("rollout-gate", words(/^pilot: the learner is used/, /^パイロット: 選んだ範囲で/));
      await at.press(3); // roll back
      await at.stands("rollout-gate", words(/^rolled back/, /^差し戻し済み/));
    },
    warning: words(/^boiler-1: pilot → rolled back, /, /^boiler-1: パイロット → 差し戻し、/),
  },
  "09": {
    status: { "kpi-meter": words(/^error \d+ % below existing forecast$/, /^誤差は既存の予測より\d+ %小$/) },
    messages: [words(/^(4[89]|[5-9]\d) h: error /, /^(4[89]|[5-9]\d)時間: 誤差 /)],
    next: async (at) => {
      await at.press(1); // make the report
      const [, file = ""] =
        /([^\s:：]+\.html)[,、]/.exec(await at.says(1, words(/\.html, .*\.csv/, /\.html、.*\.csv/))) ?? [];
      assert.ok(existsSync(join(at.nodeRed.userDir, file)), file);
    },
  },
  "10": {
    status: {
      "lru-predictor": FORECAST,
      "rollout-gate": words(
        /^(shadow: the learner|better: awaits approval)/,
        /^(シャドー: 学習器|改善を確認: 承認待ち)/,
      ),
      "kpi-meter": words(/^error /, /^誤差は/),
    },
    next: (at) => at.page("/dashboard/operator"),
  },
  "11": {
    status: {
      "history-trainer": words(/^version 1: error .* against /, /^バージョン1: 誤差 /),
      "lru-predictor": FORECAST,
    },
    messages: [undefined, IN_WORDS],
    next: async (at) => {
      await at.press(0); // learn again: the same history is noticed
      await at.says(0, words(/"known"/, /"known"/));
    },
  },
  "12": {
    status: { "sensor-scout": words(/^\w+ leads by \d+ s/, /^\w+が\d+秒先行/) },
    messages: [
      words(
        /^(steam_flow_kg_s|fuel_valve_pct|o2_pct) leads by (9|1\d) s.*Careful: co2_g_s seems/s,
        /^(steam_flow_kg_s|fuel_valve_pct|o2_pct)が(9|1\d)秒先行.*注意: co2_g_s/s,
      ),
    ],
  },
  "13": {
    status: { "kpi-meter": words(/^error \d+ % below last value$/, /^誤差は直近の値より\d+ %小$/) },
    messages: [undefined, words(/./, /./)],
    next: (at) => at.isDrawn(),
  },
  "14": {
    status: { "kpi-meter": words(/^error \d+ % below last value$/, /^誤差は直近の値より\d+ %小$/) },
    messages: [
      undefined,
      words(
        /level [1-4]: error .* last value .*level [1-4]: error .*level [1-4]: error /,
        /level [1-4]: 誤差 .*level [1-4]: 誤差 .*level [1-4]: 誤差 /,
      ),
    ],
    next: (at) => at.isDrawn(),
  },
  "15": { status: { "lru-predictor": FORECAST }, next: (at) => at.page("/dashboard/forecast") },
};

/** An example's tab in the editor, as a person looks at it. */
class Stage {
  /** How many messages had been shown when a button was pressed last. */
  private before = 0;

  constructor(
    readonly nodeRed: NodeRed,
    private readonly editor: Editor,
    private readonly language: Language,
    private readonly tab: string,
  ) {}

  /** Ids of the nodes of a type on the tab, in the order of the file. */
  private nodes(type: string): Promise<string[]> {
    return this.editor.ask(`RED.nodes.filterNodes({ z: "${this.tab}", type: "${type}" }).map(({ id }) => id)`);
  }

  /** Waits until the text under the first node of a type is such a one. */
  async stands(type: string, text: Words): Promise<void> {
    const [id] = await this.nodes(type);
    await this.waitFor(`${type}: ${text[this.language]}`, async () => {
      const status = await this.editor.status(id as string);
      return text[this.language].test(status) ? status : undefined;
    });
  }

  /** Waits for such a message of a debug node, by its order, since a button was pressed last; returns the last one. */
  async says(debug: number, text: Words): Promise<string> {
    const id = (await this.nodes("debug"))[debug];
    return this.waitFor(`debug ${debug}: ${text[this.language]}`, async () => {
      return this.nodeRed.debugged
        .slice(this.before)
        .filter((shown) => shown.id === id)
        .map(({ msg }) => (typeof msg === "string" ? msg : JSON.stringify(msg)))
        .findLast((msg) => text[this.language].test(msg));
    });
  }

  /** Presses the button of an inject node, by its order. */
  async press(inject: number): Promise<void> {
    const id = (await this.nodes("inject"))[inject] as string;
    this.before = this.nodeRed.debugged.length;
    await this.editor.ask(`RED.view.reveal("${id}", false)`);
    await this.editor.node(id).locator(".red-ui-flow-node-button-button").click();
  }

  /** Waits for the chart of the tab's model in forecast health. */
  async isDrawn(): Promise<void> {
    const { page } = this.editor;
    await this.editor.ask(`RED.sidebar.show("forecast-health")`);
    const name = await this.editor.ask<string>(
      `RED.nodes.node(RED.nodes.filterNodes({ z: "${this.tab}", type: "lru-predictor" })[0].model).name`,
    );
    await page.locator(".forecast-health-row", { hasText: name }).first().click();
    // Of an asset without a name it is the heading, else it stands below.
    await page.locator(".forecast-health-asset header").filter({ hasText: name }).waitFor();
    await page.locator(".forecast-health-forecasts canvas").waitFor();
    await this.waitFor("the line of the forecast", async () => (await forecastDrawn(page)) || undefined);
  }

  /** Waits for the chart on a page of the dashboard. */
  async page(path: string): Promise<void> {
    const page = await this.editor.openPage(`${this.nodeRed.url}${path}`);
    await page.locator(".nrdb-ui-chart canvas").first().waitFor({ timeout: 90_000 });
    await page.close();
  }

  private async waitFor<T>(what: string, value: () => Promise<T | undefined>): Promise<T> {
    for (const limit = Date.now() + PATIENCE; ; await this.editor.page.waitForTimeout(300)) {
      const found = await value();
      if (found !== undefined) return found;
      assert.ok(Date.now() < limit, what);
    }
  }
}

/** So many at a time: a busy machine has to keep up with them. */
const AT_ONCE = 5;

for (const language of LANGUAGES) {
  describe(`the examples at work (${language})`, function () {
    this.timeout(PATIENCE + 60_000);
    let broker: Aedes;
    let server: Server;
    let nodeRed: NodeRed;

    const folders = language === "ja" ? ["ja", "ja/ダッシュボード"] : ["", "dashboard"];
    const paths = folders.flatMap((folder) =>
      readdirSync(join(projectRoot(), "examples", folder))
        .filter((file) => file.endsWith(".json"))
        .map((file) => [...folder.split("/"), file.replace(/\.json$/, "")].filter(Boolean)),
    );
    const nameOf = (path: string[]) => path.at(-1) as string;

    before(async () => {
      broker = await Aedes.createBroker();
      server = createServer(broker.handle);
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      nodeRed = await start([], { settings: { nodesDir: DASHBOARD, lang: language } });
    });
    after(async () => {
      await nodeRed?.stop();
      await new Promise<void>((resolve) => broker.close(resolve));
      server?.close();
    });

    it("are all looked at", () => {
      assert.deepEqual(paths.map((path) => nameOf(path).slice(0, 2)).sort(), Object.keys(SHOWN).sort());
    });

    for (let from = 0; from < paths.length; from += AT_ONCE) {
      const some = paths.slice(from, from + AT_ONCE);
      describe(some.map((path) => nameOf(path).slice(0, 2)).join(", "), () => {
        let editor: Editor;
        /** Ids of their tabs. */
        let tabs: string[] = [];

        before(async () => {
          await nodeRed.deploy([{ id: "0123456789abcdef", type: "tab", label: "Flow 1" }]);
          editor = await Editor.open(nodeRed.url, language);
          for (const [i, path] of some.entries()) {
            await editor.importExample(PACK, ...path.map((part) => new RegExp(`^\\s*${part}\\s*$`)));
            await editor.page.waitForFunction(`RED.nodes.getWorkspaceOrder().length === ${i + 2}`);
          }
          tabs = (await editor.ask<string[]>("RED.nodes.getWorkspaceOrder()")).slice(1);
          // Here no broker stands at the usual port.
          const { port } = server.address() as AddressInfo;
          await editor.ask(
            `RED.nodes.eachConfig((node) => { if (node.type === "mqtt-broker") Object.assign(node, { broker: "127.0.0.1", port: "${port}" }); })`,
          );
          await editor.deploy();
        });
        after(() => editor?.close());
        afterEach(async function () {
          if (this.currentTest?.state === "failed") await editor?.picture(`as it failed: ${this.currentTest.title}`);
        });

        for (const [i, path] of some.entries()) {
          it(nameOf(path), async () => {
            const { status, messages = [], next } = SHOWN[nameOf(path).slice(0, 2)] as Shown;
            const tab = tabs[i] as string;
            await editor.ask(`RED.workspaces.show("${tab}")`);
            assert.equal(await editor.page.locator(".red-ui-flow-node-error:visible").count(), 0, "red triangles");
            const stage = new Stage(nodeRed, editor, language, tab);
            for (const [type, text] of Object.entries(status)) await stage.stands(type, text);
            for (const [debug, text] of messages.entries()) if (text) await stage.says(debug, text);
            await next?.(stage);
            await editor.picture(`at work: ${nameOf(path)}`);
          });
        }

        it("have nothing to complain of", () => {
          const warnings = some.flatMap((path) => SHOWN[nameOf(path).slice(0, 2)]?.warning?.[language] ?? []);
          // A flow gives way to the next one while its messages are on their way.
          const inFlight = /The flow was just stopped or deployed anew|停止または再デプロイの直後に届いた/;
          const problems = nodeRed.problems.map(({ msg }) => String(msg)).filter((text) => !inFlight.test(text));
          assert.deepEqual(
            problems.filter((text) => !warnings.some((warning) => warning.test(text))),
            [],
          );
          assert.deepEqual(editor.complaints, []);
        });
      });
    }
  });
}
