import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Say } from "../../src/message/say";
import { type Change, Gate, GateProblem, type Summary } from "../../src/rollout/gate";
import { changeText, missingText, problemText, progressText, whyText } from "../../src/rollout/words";

/** The catalogue of a language as the node sees it. */
function catalogue(language: string): Say {
  const file = join(__dirname, "../../nodes/locales", language, "rollout-gate.json");
  const all = JSON.parse(readFileSync(file, "utf8"))["rollout-gate"];
  return (key, values = {}) => {
    const text = key.split(".").reduce((part, name) => part?.[name], all);
    assert.equal(typeof text, "string", `${language}: ${key}`);
    return text.replace(/__(\w+?)__/g, (_: string, name: string) => {
      assert.ok(name in values, `${language}: ${key} needs ${name}`);
      return String(values[name]);
    });
  };
}

const SUMMARY: Summary = {
  stage: "shadow",
  blocks: 40,
  better: 31,
  gain: 12.7,
  periods: 1,
  evidence: 7,
  proof: 8.96,
  needed: 20,
  against: 0.44,
  filling: 3,
  length: 24,
  missing: [],
  ready: false,
  rollbacks: 0,
  doubt: 0,
  unusable: 0,
  stopped: 0,
  last: undefined,
};

describe("rollout in words", () => {
  const en = catalogue("en-US");
  const ja = catalogue("ja");

  it("a foreman reads where it stands", () => {
    const say = (summary: Partial<Summary>, period: "auto" | "shift" = "shift") =>
      progressText({ ...SUMMARY, ...summary }, period, en);
    assert.equal(say({}), "better in 31 of 40 shifts, 12 % on average, evidence 8.9 of 20");
    assert.equal(say({ gain: -3.14 }), "better in 31 of 40 shifts, 3.1 % worse on average, evidence 8.9 of 20");
    assert.equal(say({ periods: 3 }), "better in 31 of 40 periods of 3 shifts, 12 % on average, evidence 8.9 of 20");
    assert.equal(say({ blocks: 0 }, "auto"), "first comparison: 3 of 24 forecasts");
    assert.equal(
      say({ stage: "live" }, "auto"),
      "better in 31 of 40 periods, 12 % on average, evidence for going back 0.4 of 20",
    );
  });

  it("and in Japanese", () => {
    assert.equal(progressText(SUMMARY, "shift", ja), "31/40直で優位、平均12%改善、証拠 8.9/20");
    const several = progressText({ ...SUMMARY, periods: 2 }, "shift", ja);
    assert.equal(several, "31/40期間(2直ずつ)で優位、平均12%改善、証拠 8.9/20");
  });

  it("says what was in doubt, what could not be used, and what was stopped", () => {
    const summary = { ...SUMMARY, doubt: 3.27, unusable: 12, stopped: 40 };
    assert.equal(
      progressText(summary, "shift", en, "steam"),
      "better in 31 of 40 shifts, 12 % on average, evidence 8.9 of 20; values in doubt for 3.2 % of forecasts (all count); 12 values of steam not usable; 40 forecasts of stopped time",
    );
    assert.equal(
      progressText(summary, "shift", ja, "蒸気"),
      "31/40直で優位、平均12%改善、証拠 8.9/20、疑わしい値を含む予測 3.2%(集計に含む)、蒸気の使用できない値 12件、停止中の予測 40件",
    );
  });

  it("evidence is never rounded up to a proof", () => {
    assert.match(progressText({ ...SUMMARY, proof: 19.999 }, "day", en), /evidence 19 of 20/);
    assert.match(progressText({ ...SUMMARY, proof: 22_912 }, "day", en), /evidence 20 of 20/);
  });

  it("a trial of less than a day is told of in hours or minutes, and never as complete before it is", () => {
    const say = (value: number, needed: number) => missingText({ code: "days", value, needed }, en);
    assert.equal(say(0.0029, 0.005), "4 of 8 min of trial");
    assert.equal(say(0.00499, 0.005), "7 of 8 min of trial");
    assert.equal(say(0, 10 / 1440), "0 of 10 min of trial");
    assert.equal(say(0.1, 5 / 24), "2 of 5 h of trial");
    assert.equal(say(0.999, 1), "0.9 of 1 days of trial");
    assert.equal(say(3.5, 7), "3.5 of 7 days of trial");
    assert.equal(missingText({ code: "days", value: 0.0029, needed: 0.005 }, ja), "試行期間 4/8分");
    assert.equal(missingText({ code: "days", value: 0.1, needed: 0.25 }, ja), "試行期間 2/6時間");
  });

  it("says in a status why the existing forecast is used, in as many words as have room there", () => {
    const change = { what: "held", from: "pilot", to: "hold", time: 0, who: "" } as const;
    const reason = { code: "person", text: "boiler inspection" } as const;
    assert.equal(whyText({ ...change, who: "Sato", reason }, en), "on hold: boiler inspection by Sato");
    assert.equal(whyText({ ...change, who: "佐藤", reason }, ja), "保留中: boiler inspection(担当: 佐藤)");
    const long = { code: "person", text: "x".repeat(500) } as const;
    assert.equal(whyText({ ...change, reason: long }, en), `on hold: ${"x".repeat(29)}…`);
    for (const code of ["evidence", "notANumber", "guardFrozen", "outsideLimits", "farWorse"] as const)
      for (const say of [en, ja])
        for (const to of ["rolled-back", "hold"] as const) {
          const text = whyText({ ...change, to, reason: { code, value: 1, limit: 2, existing: 3 } }, say);
          assert.match(text, /^(rolled back|on hold|差し戻し済み|保留中): [^.]+$/);
          assert.ok(text.length < 60, text);
        }
  });

  for (const [language, say] of [
    ["en-US", en],
    ["ja", ja],
  ] as const) {
    it(`every stage, change, reason, requirement and problem has its words (${language})`, () => {
      const stages = ["shadow", "pilot", "live", "rolled-back", "hold"] as const;
      const reasons: Change["reason"][] = [
        { code: "notANumber" },
        { code: "guardFrozen" },
        { code: "evidence" },
        { code: "automatic" },
        { code: "outsideLimits", value: 12.34, limit: 12 },
        { code: "farWorse", value: 5, existing: 1 },
        { code: "settings", changed: ["subject", "horizon", "block", "margin"] },
        { code: "dependentBlocks", length: 40 },
        { code: "person", text: "because" },
        { code: "person", text: "" },
      ];
      for (const what of ["promoted", "rolled-back", "held", "resumed", "reset", "ready", "afresh"] as const) {
        for (const from of stages) {
          for (const reason of reasons) {
            const text = changeText({ what, from, to: "pilot", time: 0, who: "Sato", reason }, "press-1", say);
            assert.match(text, /^press-1: /);
          }
        }
      }
      for (const code of ["blocks", "days", "evidence", "worse", "coverage", "quality", "guard"] as const) {
        assert.ok(missingText({ code, value: 1, needed: 2 }, say).length > 3);
      }
      for (const code of ["notYet", "notPossible", "whoAndWhy"] as const) {
        const problem = new GateProblem(code, { stage: "hold", command: "approve", missing: [] });
        assert.ok(problemText(problem, "", say).length > 10);
      }
      for (const period of ["auto", "hour", "shift", "day"] as const) {
        for (const stage of stages) assert.ok(progressText({ ...SUMMARY, stage, periods: 2 }, period, say).length > 10);
      }
    });
  }

  it("a change names who and why", () => {
    const gate = new Gate("press-1", { subject: "", horizon: 1, gain: 0, period: "auto", zone: "", leastBlocks: 1, leastDays: 0, approval: "person", scope: { assets: [], shifts: [] }, low: Number.NaN, high: Number.NaN }); // biome-ignore format: one line
    const change = gate.command("hold", "Sato", "audit on Monday", 0);
    assert.equal(changeText(change, "press-1", en), "press-1: shadow → on hold, audit on Monday by Sato");
    assert.equal(changeText(change, "", ja), "(名称なし): シャドー → 保留、audit on Monday(担当: Sato)");
  });
});
