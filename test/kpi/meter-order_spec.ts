import assert from "node:assert/strict";
import { takeOrder } from "../../src/kpi/meter-order";

const say = (key: string): string => (key === "report.language" ? "ja" : key);

describe("an order for a KPI meter", () => {
  it("is taken out of its message, and all else stays", () => {
    const msg = { command: "report", reset: false, language: "en", verdict: true, topic: "a" };
    assert.deepEqual(takeOrder("report", msg, "ja", say), { command: "report", language: "en-US", verdict: false });
    assert.deepEqual(msg, { topic: "a" });
  });

  it("is answered in the language that it asks for, else in the one that is set, else in that of the texts", () => {
    const language = (given: unknown, set: "auto" | "en-US") =>
      takeOrder("csv", { language: given }, set, say).language;
    assert.deepEqual([language("ja", "en-US"), language(undefined, "en-US"), language(undefined, "auto")], ["ja", "en-US", "ja"]); // biome-ignore format: one line
    assert.throws(() => language("fr", "auto"), /error\.language/);
  });

  it("is an operator's word only where that is true or false; a wrong one stays in the message", () => {
    for (const verdict of [true, "true"]) assert.equal(takeOrder("feedback", { verdict }, "auto", say).verdict, true);
    assert.equal(takeOrder("feedback", { verdict: "false" }, "auto", say).verdict, false);
    const msg = { command: "feedback", verdict: "maybe" };
    assert.throws(() => takeOrder("feedback", msg, "auto", say), /error\.verdict/);
    assert.equal(msg.verdict, "maybe");
  });
});
