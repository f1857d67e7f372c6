/** What stands under an alarm rule: a sentence of the most urgent alarm, in both languages. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AlarmRecord } from "../../src/alarm/alarm";
import { alarmWords, watchedNumber } from "../../src/alarm/alarm-sentence";
import { alarmStatus } from "../../src/alarm/alarm-status";
import type { Watch } from "../../src/alarm/signal";

function statusIn(language: string, watch: Watch = "forecast") {
  const file = join(__dirname, "../../nodes/locales", language, "alarm-rule.json");
  const all = JSON.parse(readFileSync(file, "utf8"))["alarm-rule"];
  const say = (key: string, values: Record<string, unknown> = {}): string => {
    const text = key.split(".").reduce((part, name) => part?.[name], all);
    assert.equal(typeof text, "string", `${language}: ${key}`);
    return text.replace(/__(\w+?)__/g, (_: string, name: string) => String(values[name]));
  };
  const words = alarmWords(say);
  const number = watchedNumber(watch, "mg/m³", words);
  return (...list: AlarmRecord[]) => alarmStatus(list, 0, { say, words, number });
}

const ALARM: AlarmRecord = {
  ...{ asset: "boiler-1", limit: "NOx high", kind: "high", state: "unacknowledged", active: true },
  ...{ priority: "high", severity: 700, occurrences: 1, value: 192.4, setpoint: 180 },
};

describe("status of the alarm rule", () => {
  const [en, ja] = [statusIn("en-US"), statusIn("ja")];

  it("says which alarm it is, where the value stands, where its limit is, and how many more there are", () => {
    assert.deepEqual(en(ALARM), { fill: "red", shape: "dot", text: "boiler-1 NOx high: 192.4 mg/m³, limit 180 mg/m³" });
    assert.equal(en(ALARM, ALARM, ALARM).text, "boiler-1 NOx high: 192.4 mg/m³, limit 180 mg/m³; 2 more");
    assert.equal(ja(ALARM, ALARM).text, "boiler-1 NOx high: 192.4 mg/m³(設定値 180 mg/m³)。ほか1件");
    const outside: AlarmRecord = { ...ALARM, asset: "", kind: "outside", setpoint: [20, 180], state: "acknowledged" };
    assert.deepEqual(en(outside), { fill: "yellow", shape: "dot", text: "NOx high: 192.4 mg/m³, limit 20 mg/m³ – 180 mg/m³" }); // biome-ignore format: one line
  });

  it("says that a value in doubt is not confirmed", () => {
    const { shape, text } = en({ ...ALARM, confirmed: false });
    assert.equal(shape, "ring");
    assert.match(text, /limit 180 mg\/m³; unconfirmed: the value is in doubt$/);
  });

  it("leaves out what is not known, cuts a long name and no number, and speaks of quality by its name", () => {
    assert.equal(en({ ...ALARM, setpoint: undefined }).text, "boiler-1 NOx high");
    assert.match(en({ ...ALARM, limit: "x".repeat(200) }).text, /^boiler-1 x{30}…: 192\.4 mg\/m³, limit/);
    const quality = statusIn("en-US", "quality")({ ...ALARM, value: 2, setpoint: 1 });
    assert.equal(quality.text, "boiler-1 NOx high: bad, limit uncertain");
  });
});
