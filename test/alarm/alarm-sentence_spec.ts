import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AlarmTransition } from "../../src/alarm/alarm";
import { type AlarmWords, alarmNote, alarmSentence, clockTime } from "../../src/alarm/alarm-sentence";
import { ALARM_STATES } from "../../src/alarm/alarm-state";
import { WATCHES } from "../../src/alarm/signal";

/** The catalogue as Node-RED reads it: dotted keys, __values__. */
function translator(language: string): AlarmWords {
  const file = join(__dirname, "..", "..", "nodes", "locales", language, "alarm-rule.json");
  const catalogue = JSON.parse(readFileSync(file, "utf8"))["alarm-rule"];
  const say = (key: string, values: Record<string, string | number> = {}): string => {
    const text = key.split(".").reduce((part, name) => part?.[name], catalogue);
    assert.equal(typeof text, "string", `${language} lacks ${key}`);
    return text.replace(/__(\w+?)__/g, (_: string, name: string) => {
      assert.ok(name in values, `${key} wants ${name}`);
      return String(values[name]);
    });
  };
  return {
    sentence: (part, values) => say(`sentence.${part}`, values),
    priority: (priority) => say(`priority.${priority}`),
    watched: (watch) => say(`watched.${watch}`),
    quality: (level) => say(`qualityLevel.${level}`),
  };
}

const raised: AlarmTransition = {
  asset: "boiler 2",
  limit: "HH",
  kind: "high",
  event: "activate",
  from: "normal",
  state: "unacknowledged",
  active: true,
  priority: "high",
  severity: 800,
  time: 0,
  occurrences: 1,
  value: 104.237891,
  setpoint: 100,
  timeToLimit: 150_000,
  message: "Flue gas will be too hot.",
  response: "Reduce the load.",
};

describe("alarm sentence", () => {
  it("says in English where, what, when, and what to do", () => {
    assert.equal(
      alarmSentence(raised, "crossing", "°C", translator("en-US")),
      "boiler 2 HH: ALARM, high; forecast 104.24 °C, limit 100 °C; limit reached in 3 min\nFlue gas will be too hot.\nResponse: Reduce the load.",
    );
  });

  it("says what has moved the forecast as long as there is something to do", () => {
    const say = (t: AlarmTransition, language: string) =>
      alarmSentence(t, "crossing", "°C", translator(language), "load +12 %").split("\n");
    assert.equal(say(raised, "en-US")[2], "What moved the forecast: load +12 %");
    assert.equal(say(raised, "ja")[2], "予測が動いた要因: load +12 %");
    assert.equal(say({ ...raised, state: "normal", active: false }, "en-US").length, 1);
  });

  it("says so in Japanese", () => {
    assert.equal(
      alarmSentence(raised, "crossing", "°C", translator("ja")),
      "boiler 2 HH: 警報発生(優先度: 高)。予測値 104.24 °C、設定値 100 °C。約3分後に設定値へ到達\nFlue gas will be too hot.\n対応: Reduce the load.",
    );
  });

  it("counts short times in seconds", () => {
    const text = alarmSentence({ ...raised, timeToLimit: 12_400 }, "crossing", "°C", translator("en-US"));
    assert.match(text, /limit reached in 12 s$/m);
  });

  it("names who acknowledged, and why", () => {
    const t: AlarmTransition = {
      ...raised,
      event: "acknowledge",
      state: "acknowledged",
      asset: "",
      timeToLimit: undefined,
    };
    assert.match(
      alarmSentence({ ...t, who: "Sato", comment: "seen" }, "actual", "", translator("en-US")),
      /^HH: Alarm acknowledged; value 104.24, limit 100; by Sato\nComment: seen$/,
    );
  });

  for (const language of ["en-US", "ja"]) {
    it(`has words for every state and everything that can be watched: ${language}`, () => {
      for (const state of ALARM_STATES) {
        for (const watch of WATCHES) {
          const t: AlarmTransition = { ...raised, state, value: 2, setpoint: [1, 2], shelvedUntil: 60_000 };
          assert.ok(alarmSentence(t, watch, "", translator(language)).length > 10);
        }
      }
      assert.ok(alarmSentence({ ...raised, event: "reAlarm" }, "actual", "", translator(language)).length > 10);
    });
  }

  it("says that a value is in doubt, that it was confirmed, and that it was withdrawn", () => {
    const doubtful: AlarmTransition = {
      ...raised,
      confirmed: false,
      timeToLimit: undefined,
      message: undefined,
      response: undefined,
    };
    const lines = (language: string) =>
      [
        doubtful,
        { ...doubtful, event: "confirm", confirmed: true } as const,
        { ...doubtful, event: "withdraw", state: "returnedUnacknowledged", active: false } as const,
      ].map((change) => alarmSentence(change, "actual", "", translator(language)));
    assert.deepEqual(lines("en-US"), [
      "boiler 2 HH: ALARM, high; value 104.24, limit 100; unconfirmed: the value is in doubt",
      "boiler 2 HH: ALARM CONFIRMED, high; value 104.24, limit 100",
      "boiler 2 HH: Alarm withdrawn: its value was in doubt and never confirmed; value 104.24, limit 100",
    ]);
    assert.deepEqual(lines("ja"), [
      "boiler 2 HH: 警報発生(優先度: 高)。実測値 104.24、設定値 100。未確定(値が疑わしい)",
      "boiler 2 HH: 警報が確定しました(優先度: 高)。実測値 104.24、設定値 100",
      "boiler 2 HH: 警報を取り消しました(値が疑わしく、確定に至らなかったため)。実測値 104.24、設定値 100",
    ]);
  });

  it("notes in the list since when nothing can be judged, and why", () => {
    const [since, now] = [new Date(2026, 2, 14, 14, 2).getTime(), new Date(2026, 2, 14, 15, 0).getTime()];
    const held = {
      ...raised,
      held: "noValue",
      heldSince: since,
      heldWhy: "y: 999 is out of range.",
      confirmed: false,
    } as const;
    const notes = ["en-US", "ja"].map((language) => alarmNote(held, now, translator(language)));
    assert.deepEqual(notes, [
      "no usable value since 14:02; y: 999 is out of range; unconfirmed: the value is in doubt",
      "14:02から有効な値がありません。y: 999 is out of range。未確定(値が疑わしい)",
    ]);
    assert.equal(clockTime(since, now + 86_400_000), "2026-03-14 14:02");
    const unknown = { ...raised, held: "noSetpoint", heldSince: since } as const;
    assert.equal(alarmNote(unknown, now, translator("en-US")), "no limit known since 14:02");
    assert.equal(alarmNote(raised, now, translator("en-US")), "");
  });

  it("notes in the list for how long an alarm is still shelved, and who has put it where it is", () => {
    const notes = (alarm: Partial<AlarmTransition>, now = 0) =>
      ["en-US", "ja"].map((language) => alarmNote({ ...raised, ...alarm }, now, translator(language)));
    const shelved = { state: "shelved", shelvedUntil: 720_000, who: "Sato" } as const;
    assert.deepEqual(notes(shelved), ["12 min left; by Sato", "残り12分。操作者: Sato"]);
    assert.deepEqual(notes(shelved, 660_001), ["1 min left; by Sato", "残り1分。操作者: Sato"]);
    assert.deepEqual(notes(shelved, 720_000)[0], "1 min left; by Sato");
    assert.deepEqual(notes({ ...shelved, who: undefined }), ["12 min left", "残り12分"]);
    assert.equal(notes({ state: "acknowledged", who: "Sato\nALARM" })[0], "by Sato ALARM");
    assert.equal(notes({ state: "outOfService", who: "Sato" })[0], "by Sato");
    assert.equal(notes({ state: "unacknowledged", event: "unshelve", who: "Sato" })[0], "");
    assert.equal(notes({ state: "normal", who: "Sato" })[0], "");
  });
});
