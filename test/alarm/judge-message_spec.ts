import assert from "node:assert/strict";
import type { AlarmMessage, ReadingSource } from "../../src/alarm/alarm-message";
import { alarmMessages } from "../../src/alarm/alarm-message";
import { AlarmRule } from "../../src/alarm/alarm-rule";
import { alarmWords } from "../../src/alarm/alarm-sentence";
import { judging } from "../../src/alarm/judge-message";
import { parseSettings } from "../../src/alarm/rule-settings";
import { atOnce } from "../../src/slice/sliced";

const limits = [{ name: "H", kind: "high", high: 10, priority: "low" }];
const settings = parseSettings({ watch: "forecast", limits });
const SOURCE: ReadingSource = {
  target: "steam",
  readings: () => assert.fail("a rule that watches forecasts reads none"),
  payloadOf: () => undefined,
  timeOf: (time) => {
    if (typeof time !== "number") throw new Error("no time");
    return time;
  },
  describe: ({ rule }) => rule,
};
const watched = { ...SOURCE, readings: () => assert.fail("no reading") };
const actual = parseSettings({ watch: "actual", limits });
const judge = (msg: object, isKnown: boolean, of = settings) =>
  judging(
    msg as AlarmMessage,
    of,
    watched,
    () => undefined,
    5000,
    () => isKnown,
  );

describe("a message that an alarm rule judges", () => {
  it("is judged by the rule of its asset", () => {
    const rule = new AlarmRule("a", settings.options);
    const { transitions, problems } = atOnce(judge({ forecast: { value: 12, origin: 1000, due: 2000 } }, true)(rule));
    assert.deepEqual([transitions.map(({ limit }) => limit), problems], [["H"], []]);
  });

  it("of which nothing can be used holds the alarms of an asset that is known, and is refused for any other", () => {
    assert.throws(() => judge({ payload: "x" }, false, actual), /no reading/);
    const rule = new AlarmRule("a", actual.options);
    const { transitions, problems } = atOnce(judge({ payload: "x" }, true, actual)(rule));
    assert.deepEqual([transitions, (problems[0] as Error).message], [[], "no reading"]);
    assert.ok(rule.list().every(({ held }) => held !== undefined));
  });

  it("goes on as the first message that tells of a change, and copies of it as the others", () => {
    const rule = new AlarmRule("a", settings.options);
    const { transitions } = atOnce(judge({ forecast: { value: 12, origin: 1000, due: 2000 } }, true)(rule));
    const twice = [...transitions, ...transitions];
    const words = alarmWords((key) => key);
    const telling = { watch: "forecast" as const, unit: "t/h", words, copy: (msg: AlarmMessage) => ({ ...msg, copied: true }) }; // biome-ignore format: one line
    const msg = { topic: "there" } as AlarmMessage;
    const [first, second] = alarmMessages(twice, msg, telling) as (AlarmMessage & { copied?: true })[];
    assert.equal(first, msg);
    assert.deepEqual([first?.topic, second?.topic, second?.copied], ["a", "a", true]);
    assert.equal(alarmMessages(transitions, undefined, telling).length, 1);
  });
});
