/** A person's own file in the history trainer's dialog: looked at, a guess changed, learnt, accepted. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type NodeRed, start } from "../node-red-process";
import { changes, dailySheets, historian, loadReport, shiftReport, thousands } from "../table/files";
import { Editor, type Language } from "./editor";

const MODEL = {
  ...{ id: "1000000000000001", type: "forecast-model", name: "", target: "TI-4711.PV", sensors: [], horizons: "1" },
  ...{ asset: "topic", assetType: "msg", existing: "baseline", existingType: "msg", buildOn: "last", size: "small" },
  ...{ coverage: 90, seed: 1, remember: "none", labelDelay: 500, assetLimit: 10, saveMinutes: 5, saveUpdates: 500 },
  zone: "UTC",
};
const TRAINER = {
  ...{ id: "1000000000000002", type: "history-trainer", z: "1000000000000000", name: "", model: MODEL.id },
  ...{ source: "historian.csv", sourceType: "str", format: {}, accept: false, rows: "none" },
  ...{ passes: 1, batch: 100, topic: "", x: 300, y: 100, wires: [["1000000000000004"], [], []] },
};
const INJECT = {
  ...{ id: "1000000000000003", type: "inject", z: TRAINER.z, name: "", props: [{ p: "payload" }], payload: "" },
  ...{ payloadType: "date", repeat: "", crontab: "", once: false, x: 100, y: 100, wires: [[TRAINER.id]] },
};
const DEBUG = {
  ...{ id: "1000000000000004", type: "debug", z: TRAINER.z, active: true, tosidebar: true, complete: "payload" },
  ...{ x: 560, y: 100, wires: [] },
};

/** In the dialog of a history trainer: looks at the file and chooses a value. */
async function chooseTarget(editor: Editor, id: string, name: string): Promise<void> {
  await editor.openDialog(id);
  await editor.page.locator("#node-history-trainer-look").click();
  const target = editor.page.locator("#node-history-trainer-target select");
  await target.selectOption(name);
  await editor.page.locator("#node-dialog-ok").click();
  await target.waitFor({ state: "detached" });
}

for (const language of ["en-US", "ja"] as Language[]) {
  describe(`the history trainer's dialog (${language})`, function () {
    this.timeout(120_000);
    let nodeRed: NodeRed;
    let editor: Editor;

    before(async () => {
      // The server speaks English to both.
      nodeRed = await start();
      writeFileSync(join(nodeRed.userDir, "historian.csv"), historian(600));
      writeFileSync(join(nodeRed.userDir, "excel.csv"), thousands(400));
      writeFileSync(join(nodeRed.userDir, "long.csv"), historian(20_000));
      writeFileSync(join(nodeRed.userDir, "changes.csv"), changes());
      writeFileSync(join(nodeRed.userDir, "shift.csv"), shiftReport());
      writeFileSync(join(nodeRed.userDir, "load.csv"), loadReport());
      writeFileSync(join(nodeRed.userDir, "daily.xlsx"), dailySheets());
      const model = { ...MODEL, language };
      await nodeRed.deploy([{ id: TRAINER.z, type: "tab", label: "Flow 1" }, model, TRAINER, INJECT, DEBUG]);
      editor = await Editor.open(nodeRed.url, language);
    });
    after(async () => {
      await editor?.close();
      await nodeRed?.stop();
    });

    const preview = () => editor.page.locator("#node-history-trainer-preview");

    it("shows the first rows as they are understood, and reads them anew where a guess is changed", async () => {
      await editor.openDialog(TRAINER.id);
      await editor.page.locator("#node-history-trainer-look").click();
      const table = preview().locator("> .history-trainer-table");
      await table.locator("td").first().waitFor();
      const head = await table.locator("th").allTextContents();
      assert.match(head[0] as string, /Zeitstempel/);
      assert.match(head[1] as string, /TI-4711\.PV.*°C/);
      await editor.picture("history trainer");
      const count = await table.locator("th").count();
      // With a point as the decimal sign "59,93" is no number: the reason is said, and the choice can be taken back.
      const decimal = preview().locator("#node-history-trainer-first select").nth(2);
      await decimal.selectOption(".");
      // In the editor's language, whatever the server speaks.
      const hasText = language === "ja" ? "小数点" : "decimal";
      await preview().locator("[role=status]", { hasText }).waitFor();
      await editor.picture("history trainer, a wrong guess");
      await decimal.selectOption({ index: 0 });
      await table.locator("td").first().waitFor();
      assert.equal(await table.locator("th").count(), count);
      await preview().locator("summary").click();
      await editor.picture("history trainer, more guesses");
    });

    it("learns, says in the status what it is worth, and lists the version with a button to use it", async () => {
      await editor.page.locator("#node-dialog-ok").click();
      await nodeRed.inject(INJECT.id);
      await nodeRed.until("learnt", () => nodeRed.debugged.find(({ msg }) => msg.state === "learnt"));
      const status = await editor.statusAfter(TRAINER.id, "");
      assert.match(status, language === "ja" ? /誤差|学習/ : /error|learning|version/);
      await editor.picture("history trainer, status");
      // A long status reaches far beyond the node: its middle is not the node's.
      await editor.node(TRAINER.id).locator("rect.red-ui-flow-node").first().dblclick();
      await editor.page.locator("#node-dialog-ok").waitFor();
      const versions = editor.page.locator("#node-history-trainer-versions");
      await versions.locator("button").click();
      await versions.locator("b").waitFor();
      await versions.scrollIntoViewIfNeeded();
      await editor.picture("history trainer, a version");
      assert.deepEqual(
        editor.complaints.filter((text) => !/40[09]/.test(text)),
        [],
      );
      await editor.cancelDialogs();
    });

    it("shows how far it is while it learns, and asks no more once the dialog is closed", async () => {
      const slow = { ...TRAINER, source: "long.csv", passes: 100 };
      const model = { ...MODEL, language };
      await nodeRed.deploy([{ id: TRAINER.z, type: "tab", label: "Flow 1" }, model, slow, INJECT, DEBUG]);
      await editor.close();
      editor = await Editor.open(nodeRed.url, language);
      let asked = 0;
      editor.page.on("request", (request) => {
        if (request.url().endsWith("/versions")) asked++;
      });
      await editor.openDialog(TRAINER.id);
      const work = editor.page.locator("#node-history-trainer-work");
      assert.equal(await work.isVisible(), false);
      await nodeRed.inject(INJECT.id);
      const [read, of] = ["20,000", "1,604,000"];
      const before = await work.getByText(of).textContent();
      assert.ok(before?.includes(read), before ?? "");
      await work.getByText(before as string).waitFor({ state: "detached" });
      await work.scrollIntoViewIfNeeded();
      await editor.picture("history trainer, learning");
      // An answer that is on its way while the button is pressed comes last, and does not hide what has been done.
      let arrive = (): void => {};
      const pressed = new Promise<void>((resolve) => {
        arrive = resolve;
      });
      const late = editor.page.waitForRequest(/versions$/);
      await editor.page.route(
        /versions$/,
        async (route) => {
          const response = await route.fetch();
          await pressed;
          await route.fulfill({ response });
        },
        { times: 1 },
      );
      await late;
      await work.locator("button").click();
      await work.getByText(language === "ja" ? "中止しました" : "cancelled").waitFor();
      arrive();
      await editor.page.waitForTimeout(1500);
      await work.getByText(language === "ja" ? "中止しました" : "cancelled").waitFor();
      assert.equal(await work.locator("button").isVisible(), false);
      await editor.picture("history trainer, cancelled");
      await editor.cancelDialogs();
      const then = asked;
      await editor.page.waitForTimeout(2500);
      assert.equal(asked, then);
      assert.deepEqual(editor.complaints, []);
    });

    it("says that the last value of tags with times of their own is held, and reads them otherwise where a person wants", async () => {
      const onChange = { ...TRAINER, source: "changes.csv", wires: [[], [], []] };
      await nodeRed.deploy([{ id: TRAINER.z, type: "tab", label: "Flow 1" }, { ...MODEL, language }, onChange]);
      await editor.close();
      editor = await Editor.open(nodeRed.url, language);
      await editor.openDialog(TRAINER.id);
      await editor.page.locator("#node-history-trainer-look").click();
      const notes = editor.page.locator("#node-history-trainer-notes");
      const isJapanese = language === "ja";
      await notes
        .getByText(isJapanese ? "直前の値を保持して60秒間隔" : "its last value is held, in rows 60 s apart")
        .waitFor();
      await notes.getByText(isJapanese ? "402行目「Average 36.0」" : "line 402, “Average 36.0”").waitFor();
      await preview().locator("summary").click();
      await editor.picture("history trainer, tags with times of their own");
      const more = editor.page.locator("#node-history-trainer-more label");
      await more
        .filter({ hasText: isJapanese ? "時刻がタグごとに" : "Tags with times" })
        .locator("select")
        .selectOption("reported");
      const asReported = isJapanese ? "400行、" : "400 rows,";
      await preview().locator("[role=status]", { hasText: asReported }).waitFor();
      assert.deepEqual(editor.complaints, []);
      await editor.cancelDialogs();
    });

    it("tells of marks, states and hours, and reads each of them otherwise where a person wants", async () => {
      const reader = { ...TRAINER, wires: [[], [], []] };
      const shift = { ...reader, id: "1000000000000010", source: "shift.csv" };
      const load = { ...reader, id: "1000000000000011", source: "load.csv", y: 200 };
      await nodeRed.deploy([{ id: TRAINER.z, type: "tab", label: "Flow 1" }, { ...MODEL, language }, shift, load]);
      await editor.close();
      editor = await Editor.open(nodeRed.url, language);
      const isJapanese = language === "ja";
      const notes = editor.page.locator("#node-history-trainer-notes");
      const more = editor.page.locator("#node-history-trainer-more label");
      await editor.openDialog(shift.id);
      await editor.page.locator("#node-history-trainer-look").click();
      await notes.getByText(isJapanese ? "3行目「<0.5」" : "line 3, “<0.5”").waitFor();
      await notes.getByText(isJapanese ? "そのうち1個は" : "1 of them count as missing").waitFor();
      const head = preview().locator("> .history-trainer-table th");
      await head.getByText("RUN = 1, STOP = 0").waitFor();
      await preview().locator("summary").click();
      await editor.picture("history trainer, marks and states");
      const marked = more.filter({ hasText: isJapanese ? "記号付き" : "with a mark" }).locator("select");
      await marked.selectOption("missing");
      await notes.getByText(isJapanese ? "そのうち160個は" : "160 of them count as missing").waitFor();
      const states = more.filter({ hasText: isJapanese ? "1と0" : "1 and 0" }).locator("input");
      await states.fill("STOP/RUN");
      await states.press("Tab");
      await head.getByText("STOP = 1, RUN = 0").waitFor();
      await editor.page.locator("#node-dialog-ok").click();
      await editor.page.locator("#node-dialog-ok").waitFor({ state: "detached" });
      // The wire speaks as the table does.
      const known = () => (editor as Editor).ask<string>(`RED.nodes.node("${MODEL.id}").states ?? ""`);
      assert.equal(await known(), "STOP/RUN");
      await editor.ask("RED.actions.invoke('core:undo')");
      assert.equal(await known(), "");

      await editor.openDialog(load.id);
      await editor.page.locator("#node-history-trainer-look").click();
      await notes.getByText(isJapanese ? "「Date 1 …」" : "“Date 1 …”").waitFor();
      await editor.picture("history trainer, hours across");
      await preview().locator("#node-history-trainer-first select").first().selectOption("Date");
      await preview()
        .locator("[role=status]", { hasText: isJapanese ? "30行、" : "30 rows," })
        .waitFor();
      assert.deepEqual(editor.complaints, []);
      await editor.cancelDialogs();
    });

    it("tells which sheet is read, and of which day, and reads another one where a person wants", async () => {
      const daily = { ...TRAINER, id: "1000000000000012", source: "daily.xlsx", wires: [[], [], []] };
      await nodeRed.deploy([{ id: TRAINER.z, type: "tab", label: "Flow 1" }, { ...MODEL, language }, daily]);
      await editor.close();
      editor = await Editor.open(nodeRed.url, language);
      const isJapanese = language === "ja";
      const notes = editor.page.locator("#node-history-trainer-notes");
      const first = preview().locator("> .history-trainer-table tr").nth(1);
      await editor.openDialog(daily.id);
      await editor.page.locator("#node-history-trainer-look").click();
      await notes.getByText(isJapanese ? "「1号」だけを読みました" : "“1号” was read").waitFor();
      await notes.getByText(isJapanese ? "最初の行を2026-03-02" : "begin on 2026-03-02").waitFor();
      await editor.picture("history trainer, sheets");
      const sheet = preview().locator("#node-history-trainer-first .history-trainer-doubt select");
      await sheet.selectOption("2号");
      await first.locator("td", { hasText: "0.9" }).waitFor();
      await preview().locator("summary").click();
      await preview().locator("#node-history-trainer-first select").first().selectOption("*");
      await notes
        .getByText(isJapanese ? "縦につなげて読んだシート: 1号, 2号" : "one below the other: 1号, 2号")
        .waitFor();
      const start = editor.page.locator("#node-history-trainer-more label", { hasText: isJapanese ? "最初の行の日付" : "Date of the first row" }).locator("input"); // biome-ignore format: one line
      await start.fill("2026-03-31");
      await start.press("Tab");
      await first.locator("td", { hasText: isJapanese ? "2026/03/31" : "Mar 31, 2026" }).waitFor();
      assert.deepEqual(editor.complaints, []);
      await editor.cancelDialogs();
    });

    it("calls the models that it makes after the value, without its unit, and no two the same", async () => {
      const other = { ...TRAINER, source: "excel.csv", model: "", wires: [[], [], []] };
      const ids = ["1000000000000005", "1000000000000006"];
      const trainers = ids.map((id, i) => ({ ...other, id, y: 200 + 100 * i }));
      await nodeRed.deploy([{ id: TRAINER.z, type: "tab", label: "Flow 1" }, ...trainers]);
      await editor.close();
      editor = await Editor.open(nodeRed.url, language);
      for (const id of ids) {
        await chooseTarget(editor, id, "Steam, kg/h");
      }
      const names = await editor.ask<string[]>(
        `(() => { const all = []; RED.nodes.eachConfig((n) => all.push(n.name)); return all; })()`,
      );
      assert.deepEqual(names, ["Steam", "Steam 2"]);
    });

    it("calls a model anew that gets another value, unless a person has named it", async () => {
      const [model, trainer] = ["1000000000000007", "1000000000000008"];
      for (const [name, wanted] of [
        ["Steam", "Gas"],
        ["boiler house", "boiler house"],
      ] as const) {
        const own = { ...MODEL, id: model, name, target: "Steam, kg/h", unit: "kg/h" };
        const reads = { ...TRAINER, id: trainer, model, source: "excel.csv", wires: [[], [], []] };
        await nodeRed.deploy([{ id: TRAINER.z, type: "tab", label: "Flow 1" }, own, reads]);
        await editor.close();
        editor = await Editor.open(nodeRed.url, language);
        await chooseTarget(editor, trainer, "Gas (m3/h)");
        const now = await editor.ask<string[]>(
          `(({ name, target, unit }) => [name, target, unit])(RED.nodes.node("${model}"))`,
        );
        assert.deepEqual(now, [wanted, "Gas (m3/h)", "m3/h"]);
      }
    });
  });
}
