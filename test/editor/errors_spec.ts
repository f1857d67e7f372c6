/** Errors in the debug sidebar: read there as they stand, without anything to unfold. */
import assert from "node:assert/strict";
import type { FlowNode } from "../node-red-process";
import { MODEL } from "../nodes/forecast-flow";
import { inEditor, type Language } from "./editor";

const FLOW: FlowNode[] = [
  { id: "0000000000000001", type: "tab", label: "Flow 1" },
  { ...MODEL, id: "0000000000000002", name: "kiln", target: "y", sensors: ["x"], language: "" },
  { id: "0000000000000003", type: "inject", z: "0000000000000001", x: 100, y: 100, props: [], repeat: "", crontab: "", wires: [["0000000000000004", "0000000000000005"]] }, // biome-ignore format: one line
  { id: "0000000000000004", type: "rtrl-tuner", z: "0000000000000001", x: 320, y: 100, name: "", model: "0000000000000002", speed: "normal", rate: 1, every: 1, scope: "all", limit: "", wires: [[], []] }, // biome-ignore format: one line
  { id: "0000000000000005", type: "lru-predictor", z: "0000000000000001", x: 320, y: 200, name: "steam", model: "0000000000000002", output: "payload", wires: [[]] }, // biome-ignore format: one line
];
/** Of each message, what stands in the sidebar without unfolding: a text is cut there behind 80 characters. */
const REMEDIES: { payload?: unknown; timestamp?: unknown; text: Record<Language, RegExp> }[] = [
  { payload: Array(100_001).fill(1), text: { "en-US": /^"Send it in parts: /, ja: /^"分割して送信してください/ } },
  { payload: ["12,5", "12,6"], text: { "en-US": /: decimal comma; choose it in the forecast model/, ja: /予測モデルの「文字列の数値」で選ぶか/ } }, // biome-ignore format: one line
  { payload: { y: "21.5", x: null }, text: { "en-US": /: number as text; choose its decimal sign/, ja: /小数点の記号を選ぶか/ } }, // biome-ignore format: one line
  { payload: { y: 1 }, timestamp: "31/01/2026 08:00:00", text: { "en-US": /choose “Dates as text” in the/, ja: /「文字列の日付」で順序を選ぶか/ } }, // biome-ignore format: one line
];
const WORDS = {
  "en-US": { tuner: "RTRL tuner", text: /^"y: text where a number is needed \("abc"\)\. Send a number/ },
  ja: { tuner: "RTRL学習", text: /^"y: .*「?abc/ },
} as const;

inEditor("errors in the debug sidebar", FLOW, (language, at) => {
  it("are texts under the names of their nodes", async () => {
    await at.editor.ask(`RED.sidebar.show("debug")`);
    await at.nodeRed.inject("0000000000000003", { topic: "kiln-1", payload: "abc" });
    const shown = at.editor.page.locator(".red-ui-debug-content-list .red-ui-debug-msg");
    await shown.nth(1).waitFor();
    await at.editor.picture("errors");
    const names = await shown.locator(".red-ui-debug-msg-name").allInnerTexts();
    assert.deepEqual(names.map((name) => name.replace(/^.*: /, "")).sort(), [WORDS[language].tuner, "steam"].sort());
    for (const text of await shown.locator(".red-ui-debug-msg-payload").allInnerTexts())
      assert.match(text.trim(), WORDS[language].text);
  });

  it("show what to do in the part that is not cut, of many rows and of repetitions too", async () => {
    const { page } = at.editor;
    const texts = page.locator(".red-ui-debug-content-list .red-ui-debug-msg-payload");
    const shows = async (wanted: RegExp) => {
      for (const limit = Date.now() + 20_000; Date.now() < limit; await page.waitForTimeout(100))
        if ((await texts.allInnerTexts()).some((text) => wanted.test(text.trim()))) return;
      assert.fail(`${wanted}\n${(await texts.allInnerTexts()).join("\n")}`);
    };
    for (const { text, ...message } of REMEDIES) {
      await at.nodeRed.inject("0000000000000003", { topic: "kiln-1", ...message });
      await shows(text[language]);
    }
    for (let i = 0; i < 3; i++) await at.nodeRed.inject("0000000000000003", { topic: "kiln-1", payload: "abc" });
    await shows(
      { "en-US": /^"… \d more in 5 s: y: .*Send a/, ja: /^"…ほか\d件\(5秒間\): y: .*msg\.payloadには、数値/ }[language],
    );
    await at.editor.picture("remedies");
  });
});
