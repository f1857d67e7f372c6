/** What stands under a drift guard: short enough for the room between two nodes, in both languages. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { guardStatus } from "../../src/guard/guard-status";
import type { Reason } from "../../src/guard/reason";
import { type Standing, Standings } from "../../src/guard/standing";
import { projectRoot } from "../node-red-process";

const RULES: Reason["rule"][] = [
  ...(["missing", "late", "notANumber", "sentinel", "range", "spike", "level", "rate", "flatline", "noise"] as const),
  ...(["agreement", "duplicate", "outOfOrder", "ahead", "frozenClock", "maintenance"] as const),
  ...(["senderBad", "senderUncertain"] as const),
];

/** More than a word or two, and no longer than the room that the examples leave below a node. */
const isSentence = (text: string): boolean =>
  /[ぁ-んァ-ヶ一-龠]/.test(text) ? text.length >= 8 && text.length <= 30 : / \S+ /.test(text) && text.length <= 45;

for (const language of ["en-US", "ja"]) {
  describe(`status of the drift guard (${language})`, () => {
    const file = join(projectRoot(), "nodes", "locales", language, "drift-guard.json");
    const texts = JSON.parse(readFileSync(file, "utf8"))["drift-guard"];
    const say = (key: string, values: object = {}): string => {
      const text = key.split(".").reduce((at, part) => at[part], texts);
      return Object.entries(values).reduce((said, [name, value]) => said.replaceAll(`__${name}__`, value), text);
    };
    const under = (standing: Partial<Standing>) =>
      guardStatus({ ...new Standings(1).of("pump-1"), state: "uncertain", ...standing }, say);

    it("says of every rule in a sentence what was caught", () => {
      for (const rule of [...RULES, "badTime" as const]) {
        const { text } = under({ sensor: "vibration", rule });
        assert.ok(isSentence(text) && !text.includes("__"), text);
      }
    });

    it("cuts a name that is too long, and says so", () => {
      const { text } = under({ sensor: "N".repeat(200), rule: "level" });
      assert.match(text, /^N{29}…/);
    });

    it("says in a sentence how it stands", () => {
      for (const text of Object.values<string>(texts.status)) assert.ok(isSentence(text), text);
    });

    it("names the reading where no sensor is to blame", () => {
      const { text } = under({ sensor: "", rule: "late" });
      assert.ok(text.startsWith(texts.label.reading), text);
    });

    it("says only how it stands where nothing was caught", () => {
      assert.deepEqual(under({ state: "good", model: "drift" }).text, texts.status.drift);
      assert.deepEqual(under({ silent: true, sensor: "x", rule: "level" }).text, texts.status.silent);
    });
  });
}
