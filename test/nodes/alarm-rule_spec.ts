import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import helper from "node-red-node-test-helper";
import type { AlarmRecord, AlarmTransition } from "../../src/alarm/alarm";
import type { AlarmFigures } from "../../src/alarm/alarm-figures";
import { delivered, handled, loadFlow, MODEL, RULE, type Status, statuses, until, withServer } from "./forecast-flow";

interface Change {
  topic: string;
  payload: string;
  alarm: AlarmTransition;
  [property: string]: unknown;
}

type Ends = { changes: Change; list: { payload: AlarmRecord[] }; figures: { payload: AlarmFigures } };

interface Sent {
  changes: Change[];
  lists: AlarmRecord[][];
  figures: AlarmFigures[];
}

describe("alarm-rule node", () => {
  withServer();

  async function load(settings: object = {}, remember = "none"): Promise<Sent> {
    const model = { ...MODEL, sensors: [], remember };
    const { changes, list, figures } = await loadFlow<Ends>(["changes", "list", "figures"], model, {
      ...RULE,
      ...settings,
    });
    return {
      changes,
      get lists() {
        return list.map(({ payload }) => payload);
      },
      get figures() {
        return figures.map(({ payload }) => payload);
      },
    };
  }

  /** Sends a message, waits until the node is done with it and what it sent has arrived; returns what a Catch node would get, if anything. */
  async function receive(msg: object): Promise<string | undefined> {
    const error = await handled("rule", msg);
    await delivered();
    return error;
  }

  const reading = (y: unknown, timestamp: number, topic: unknown = "boiler") => ({ topic, payload: { y }, timestamp });
  const states = (sent: Sent) => sent.changes.map(({ alarm }) => `${alarm.asset} ${alarm.limit} ${alarm.state}`);
  const lastStatus = () => statuses("rule").at(-1) as Status;

  it("sends one message for each change of state, on the message that caused it", async () => {
    const sent = await load();
    for (const [i, y] of [99, 100, 103, 96, 94].entries()) {
      assert.equal(await receive({ ...reading(y, i * 1000), extra: i }), undefined);
    }
    assert.deepEqual(states(sent), ["boiler H unacknowledged", "boiler H returnedUnacknowledged"]);
    const [raised] = sent.changes;
    assert.equal(raised?.extra, 1);
    assert.equal(raised?.topic, "boiler");
    assert.equal(typeof raised?.payload, "string");
    const { event, value, setpoint, time, severity, priority } = (raised as Change).alarm;
    assert.deepEqual(
      { event, value, setpoint, time, severity, priority },
      { event: "activate", value: 100, setpoint: 100, time: 1000, severity: 800, priority: "high" },
    );
  });

  it("sends one message each when a reading changes several alarms", async () => {
    const limits = [
      { name: "H", kind: "high", high: "100", highType: "num", priority: "medium", severity: "" },
      { name: "HH", kind: "high", high: "120", highType: "num", priority: "critical", severity: "" },
    ];
    const sent = await load({ limits });
    const msg = reading(130, 0);
    await receive(msg);
    assert.deepEqual(states(sent), ["boiler H unacknowledged", "boiler HH unacknowledged"]);
    assert.notEqual(sent.changes[0]?.alarm, sent.changes[1]?.alarm);
  });

  it("keeps the assets apart and takes a number, an ISO time, and a message without topic", async () => {
    const sent = await load();
    await receive(reading(101, 0, "a"));
    await receive({ topic: "b", payload: 150, timestamp: "2026-01-01T00:00:00Z" });
    await receive({ payload: 150 });
    assert.deepEqual(states(sent), ["a H unacknowledged", "b H unacknowledged", " H unacknowledged"]);
    assert.equal(sent.changes[1]?.alarm.time, Date.parse("2026-01-01T00:00:00Z"));
    assert.ok(Math.abs((sent.changes[2]?.alarm.time ?? 0) - Date.now()) < 5000);
  });

  it("watches the forecast of a message that has passed the predictor", async () => {
    const sent = await load({ watch: "crossing" });
    const forecast = { origin: 60_000, due: 120_000, horizon: 1, value: 110, lower: 100, upper: 120, naive: 90 };
    const passed = { topic: "boiler", payload: 110, reading: { y: 90 }, forecast };
    assert.equal(await receive(passed), undefined);
    assert.equal(sent.changes[0]?.alarm.timeToLimit, 30_000);
    assert.match(String(await receive(reading(1, 120_000))), /alarm-rule\.error\.noForecast/);
  });

  it("tells with the alarm what has moved the forecast, in the predictor's words", async () => {
    const forecast = { origin: 60_000, due: 120_000, horizon: 1, value: 110, lower: 100, upper: 120, naive: 90 };
    const passed = {
      topic: "boiler",
      payload: 110,
      reading: { y: 90 },
      forecast: { ...forecast, because: { text: "load" } },
    };
    const watching = await load({ watch: "forecast" });
    await receive(passed);
    assert.match(watching.changes[0]?.payload ?? "", /sentence\.because/);
  });

  for (const because of [null, 5, { text: 5 }, undefined])
    it(`is not put out by what somebody else has written there: ${JSON.stringify(because)}`, async () => {
      const sent = await load({ watch: "forecast" });
      const forecast = { origin: 60_000, due: 120_000, horizon: 1, value: 110, because };
      assert.equal(await receive({ topic: "boiler", payload: 110, forecast }), undefined);
      assert.doesNotMatch(sent.changes[0]?.payload ?? "", /because/);
    });

  it("judges a batch reading by reading", async () => {
    const sent = await load();
    const payload = [90, 101, 90, 102].map((y) => ({ y }));
    assert.equal(await receive({ topic: "boiler", payload, timestamp: [0, 1, 2, 3] }), undefined);
    assert.deepEqual(
      sent.changes.map(({ alarm }) => alarm.time),
      [1, 2, 3],
    );
  });

  it("judges a batch that comes with the newest reading first in the order of its times", async () => {
    const sent = await load();
    const payload = [102, 90, 101, 90].map((y) => ({ y }));
    assert.equal(await receive({ topic: "boiler", payload, timestamp: [3, 2, 1, 0] }), undefined);
    assert.deepEqual(
      sent.changes.map(({ alarm }) => alarm.time),
      [1, 2, 3],
    );
    // The newest one stands: what cannot be used lies before it.
    const mixed = [{ y: 1 }, "rubbish", { y: 102 }];
    assert.match(String(await receive({ topic: "boiler", payload: mixed, timestamp: [6, 5, 4] })), /payloadType|badActual|nothingUsable/); // biome-ignore format: one line
    assert.deepEqual(sent.changes.at(-1)?.alarm.time, 6);
  });

  it("calls it no error of the message where the sender or the guard has said that the value is none", async () => {
    await load();
    await receive(reading(50, 0));
    assert.equal(await receive({ ...reading(50, 1), quality: "Bad" }), undefined);
    const reasons = [{ sensor: "y", rule: "notANumber", state: "bad", text: "y: text" }];
    assert.equal(await receive({ ...reading("Bad", 2), quality: { state: "bad", held: ["y"], reasons } }), undefined);
    assert.equal(await receive({ topic: "boiler", payload: "Bad", timestamp: 3, quality: { state: "bad", held: ["y"], reasons } }), undefined); // biome-ignore format: one line
    await until(() => /noValue/.test(String(lastStatus()?.text)));
  });

  it("takes limits from a message property", async () => {
    const limits = [{ name: "H", kind: "high", high: "spec.limit", highType: "msg", priority: "low", severity: "" }];
    const sent = await load({ limits });
    await receive({ ...reading(101, 0), spec: { limit: 200 } });
    assert.equal(await receive(reading(201, 1)), undefined);
    assert.match(String(await receive({ ...reading(1, 2), spec: { limit: "12,5" } })), /badSetpoint/);
    await receive({ ...reading(201, 3), spec: { limit: null } });
    assert.deepEqual(states(sent), [
      "boiler H unacknowledged",
      "boiler H returnedUnacknowledged",
      "boiler H unacknowledged",
    ]);
    assert.deepEqual(
      sent.changes.map(({ alarm }) => alarm.setpoint),
      [200, 200, 200],
    );
  });

  it("a limit from the message that is no number costs no reading: the last one holds, other limits are judged", async () => {
    const limits = [
      { name: "H", kind: "high", high: "spec", highType: "msg", priority: "low", severity: "" },
      { name: "HH", kind: "high", high: "120", highType: "num", priority: "critical", severity: "" },
    ];
    const sent = await load({ limits });
    assert.match(String(await receive({ ...reading(130, 0), spec: Number.NaN })), /badSetpoint/);
    assert.deepEqual(states(sent), ["boiler HH unacknowledged"]);
    await receive({ command: "list" });
    assert.equal(sent.lists.at(-1)?.find(({ limit }) => limit === "H")?.held, "noSetpoint");
    await receive({ ...reading(130, 1), spec: 200 });
    // The first of a kind was told in full; these are counted.
    for (const spec of ["12,5", [100], true]) assert.equal(await receive({ ...reading(201, 2), spec }), undefined);
    assert.equal(states(sent).at(-1), "boiler H unacknowledged");
  });

  it("takes a limit for each reading of a batch", async () => {
    const limits = [{ name: "H", kind: "high", high: "spec", highType: "msg", priority: "low", severity: "" }];
    const sent = await load({ limits });
    const payload = [90, 90, 90].map((y) => ({ y }));
    await receive({ topic: "boiler", payload, timestamp: [0, 1, 2], spec: [100, 80, null] });
    assert.deepEqual(
      sent.changes.map(({ alarm }) => [alarm.time, alarm.setpoint]),
      [[1, 80]],
    );
  });

  it("carries out commands on one limit, one asset or all, with who and comment, and does not pass them on", async () => {
    const sent = await load();
    await receive(reading(101, 0, "a"));
    await receive(reading(101, 0, "b"));
    const ack = { topic: "a", command: "ack", limit: "H", who: "Sato", comment: "seen" };
    assert.equal(await receive(ack), undefined);
    const acknowledged = sent.changes.at(-1);
    assert.deepEqual([acknowledged?.alarm.who, acknowledged?.alarm.comment], ["Sato", "seen"]);
    assert.equal("command" in (acknowledged as Change), false);
    assert.equal(await receive({ command: "ack" }), undefined);
    assert.equal(states(sent).at(-1), "b H acknowledged");
    assert.match(String(await receive({ command: "ack" })), /notPossible/);
    for (const [command, state] of [
      ["shelve", "shelved"],
      ["unshelve", "unacknowledged"],
      ["suppress", "suppressedByDesign"],
      ["unsuppress", "unacknowledged"],
      ["outOfService", "outOfService"],
      ["inService", "unacknowledged"],
    ]) {
      assert.equal(await receive({ topic: "a", command }), undefined);
      assert.equal(states(sent).at(-1), `a H ${state}`);
    }
  });

  it("resets a latched alarm, by command or by msg.reset", async () => {
    const sent = await load({ latching: true });
    for (const way of [{ command: "reset" }, { reset: true }]) {
      await receive(reading(101, 0));
      await receive(reading(50, 0));
      await receive({ topic: "boiler", command: "ack" });
      assert.equal(await receive({ topic: "boiler", ...way }), undefined);
      assert.equal(states(sent).at(-1), "boiler H normal");
    }
  });

  const refused: [RegExp, object][] = [
    [/unknownCommand/, { command: "explode" }],
    [/unknownCommand/, { command: { toString: 5 } }],
    [/unknownLimit/, { topic: "boiler", command: "ack", limit: "__proto__" }],
    [/badText/, { topic: "boiler", command: "ack", who: 5 }],
    [/badText/, { topic: "boiler", command: "ack", limit: ["H"] }],
    [/shelveTooLong/, { topic: "boiler", command: "shelve", minutes: 481 }],
    [/shelveTooLong/, { topic: "boiler", command: "shelve", minutes: "long" }],
    [/badVerdict/, { topic: "boiler", command: "feedback", verdict: "perhaps" }],
    [/nothingUsable/, reading("12,5", 1)],
    [/badActual/, { ...reading([], 1), payload: { y: "12,5", x: 1 } }],
    [/badTime/, { topic: "boiler", payload: 1, timestamp: "yesterday" }],
    [/outOfOrder/, reading(1, -5000)],
  ];
  for (const [code, msg] of refused) {
    it(`refuses ${JSON.stringify(msg)} and keeps its state`, async () => {
      const sent = await load();
      await receive(reading(101, 0));
      assert.match(String(await receive(msg)), code);
      assert.deepEqual(states(sent), ["boiler H unacknowledged"]);
      assert.equal(await receive(reading(50, 2)), undefined);
      assert.equal(states(sent).at(-1), "boiler H returnedUnacknowledged");
    });
  }

  it("a command for all assets needs one that is known", async () => {
    await load();
    assert.match(String(await receive({ command: "ack" })), /noAsset/);
  });

  it("holds by a value that cannot be used, and says so at once in status and list, since when and why", async () => {
    const sent = await load();
    await receive(reading(101, 0));
    const reasons = [{ sensor: "y", rule: "range", state: "bad", text: "y: 999 is outside the physical range." }];
    await receive({ ...reading(999, 1), quality: { state: "bad", held: ["y"], doubts: {}, reasons } });
    await until(() => lastStatus().text === "alarm-rule.since.noValue");
    assert.deepEqual([lastStatus().fill, lastStatus().shape], ["red", "ring"]);
    assert.deepEqual(states(sent), ["boiler H unacknowledged"]);
    await until(() => sent.lists.at(-1)?.[0]?.held === "noValue");
    const [held] = sent.lists.at(-1) as (AlarmRecord & { note: string })[];
    assert.match(held?.note ?? "", /sentence\.noValueSince.*y: 999 is outside the physical range$/);
    assert.ok(Math.abs((held?.heldSince ?? 0) - Date.now()) < 5000);
  });

  it("one dead sensor silences nothing of an asset whose own signal is fine", async () => {
    const sent = await load();
    const quality = {
      state: "bad",
      held: ["ambient"],
      reasons: [{ sensor: "ambient", rule: "missing", state: "bad" }],
    };
    assert.equal(
      await receive({ topic: "boiler", payload: { y: 101, ambient: null }, timestamp: 0, quality }),
      undefined,
    );
    assert.deepEqual([states(sent), sent.changes[0]?.alarm.confirmed], [["boiler H unacknowledged"], undefined]);
  });

  it("hears a value that other sensors contradict, marks it unconfirmed, and withdraws it when it was a fault", async () => {
    const sent = await load();
    const held = (rule: string) => ({
      state: "bad",
      held: ["y"],
      doubts: {},
      reasons: [{ sensor: "y", rule, state: "bad" }],
    });
    assert.equal(await receive({ ...reading(101, 0), quality: held("agreement") }), undefined);
    assert.deepEqual([states(sent), sent.changes[0]?.alarm.confirmed], [["boiler H unacknowledged"], false]);
    assert.match(sent.changes[0]?.payload ?? "", /sentence\.unconfirmed/);
    await until(() => /present\.beyond.*sentence\.unconfirmed/.test(lastStatus().text) && sent.lists.length > 0);
    const [listed] = sent.lists.at(-1) as (AlarmRecord & { note?: string })[];
    assert.match(listed?.note ?? "", /sentence\.unconfirmed/);
    await receive({ ...reading(1e6, 1), quality: held("range") });
    const { event, confirmed } = (sent.changes[1] as Change).alarm;
    assert.deepEqual([event, confirmed], ["withdraw", false]);
    assert.match(sent.changes[1]?.payload ?? "", /sentence\.withdraw/);
  });

  it("understands a sender's own quality, and refuses no reading for one that it does not", async () => {
    const sent = await load();
    const heard: unknown[] = [];
    for (const [i, quality] of [192, "Good", { value: 192 }, "so-so", { state: "so-so" }, 0, "Bad"].entries()) {
      assert.equal(await receive({ ...reading(50, i), quality }), undefined);
      await receive({ command: "list" });
      heard.push(sent.lists.at(-1)?.[0]?.held);
    }
    assert.deepEqual(heard, [undefined, undefined, undefined, undefined, undefined, "noValue", "noValue"]);
  });

  it("another node's forecast or scored is no reason to refuse a reading of which the value is watched", async () => {
    const sent = await load();
    assert.equal(await receive({ ...reading(101, 0), forecast: "sunny", scored: [1, 2] }), undefined);
    assert.deepEqual(states(sent), ["boiler H unacknowledged"]);
  });

  it("does not judge the rate of a stopped plant, unless that is wished", async () => {
    for (const countStopped of [false, true]) {
      const limits = [{ name: "fast", kind: "high", high: "10", highType: "num", priority: "low" }];
      const sent = await load({ watch: "rate", limits, deadband: 0, countStopped });
      for (const [i, running] of [true, false, false, true].entries()) {
        assert.equal(await receive({ ...reading(i < 1 ? 0 : 100, i * 1000), scored: { running } }), undefined);
      }
      assert.equal(states(sent).length > 0, countStopped);
      await helper.unload();
    }
  });

  it("ends a delay by the clock: report on change", async function () {
    this.timeout(10_000);
    const sent = await load({ onDelay: 1 });
    const began = Date.now();
    await receive(reading(101, began));
    assert.deepEqual(states(sent), []);
    await until(() => states(sent).length > 0);
    assert.ok(Date.now() - began >= 1000, `${Date.now() - began} ms`);
    assert.equal(sent.changes[0]?.alarm.event, "activate");
  });

  it("a backlog of two hours ago does not clear a live alarm, and is told once", async () => {
    const sent = await load();
    const now = Date.now();
    await receive(reading(101, now));
    const errors: (string | undefined)[] = [];
    for (let i = 0; i < 5; i++) errors.push(await receive(reading(60, now - 7_200_000 + i * 1000)));
    await receive(reading(101, Date.now()));
    assert.deepEqual(states(sent), ["boiler H unacknowledged"]);
    assert.match(String(errors[0]), /outOfOrder/);
    assert.deepEqual(errors.slice(1), [undefined, undefined, undefined, undefined]);
  });

  it("holds by a value that is no number, says so, and no delay goes on", async () => {
    const sent = await load({ onDelay: 10 });
    await receive(reading(101, 0));
    await receive(reading(101, 4000));
    const texts: (string | undefined)[] = [];
    for (const [y, time] of [
      ["12,5", 5000],
      [Number.NaN, 6000],
      ["", 14_000],
    ] as const)
      texts.push(await receive({ topic: "boiler", payload: { y, x: 1 }, timestamp: time }));
    // Sensor, value and rule, in the forecast model's words: the first in full, then counted.
    assert.match(String(texts[0]), /badActual/);
    assert.deepEqual(texts.slice(1), [undefined, undefined]);
    await until(() => lastStatus().text === "alarm-rule.since.noValue");
    await until(() => sent.lists.at(-1)?.[0]?.held === "noValue");
    await receive(reading(101, 15_000));
    assert.deepEqual(states(sent), []);
    await receive(reading(101, 21_000));
    assert.deepEqual(states(sent), ["boiler H unacknowledged"]);
    assert.match(String(await receive({ topic: "boiler", payload: "12,5", timestamp: 22_000 })), /payloadType/);
    await receive({ command: "list" });
    assert.equal(sent.lists.at(-1)?.[0]?.held, "noValue");
    await receive({ topic: "unheard", payload: "12,5" });
    await receive({ command: "list" });
    assert.equal(sent.lists.at(-1)?.length, 1);
  });

  it("does not call normal what nobody has judged yet", async () => {
    const sent = await load({ figures: 1 });
    await until(() => sent.figures.length > 0);
    assert.equal(lastStatus().text, "alarm-rule.status.waiting");
    await receive(reading(1, 0));
    await until(() => lastStatus().text === "alarm-rule.status.normal");
  });

  it("does not acknowledge what is kept from the operator", async () => {
    const sent = await load();
    await receive(reading(101, 0));
    for (const [aside, back] of [
      ["shelve", "unshelve"],
      ["suppress", "unsuppress"],
      ["outOfService", "inService"],
    ]) {
      await receive({ topic: "boiler", command: aside });
      const ack = { topic: "boiler", command: "ack", who: "Sato", comment: "seen" };
      assert.match(String(await receive(ack)), /notPossible/);
      await receive({ topic: "boiler", command: back });
      assert.equal(states(sent).at(-1), "boiler H unacknowledged");
      assert.equal(sent.changes.at(-1)?.alarm.comment, undefined);
    }
  });

  it("tells of the worst alarm in the status, and of how many more", async () => {
    const limits = [{ name: "flue gas temperature high high", kind: "high", high: 100, priority: "low" }];
    await load({ limits });
    assert.equal(lastStatus().text, "alarm-rule.status.waiting");
    for (const asset of ["a", "b", "c"]) await receive(reading(12345.678, 0, asset));
    await until(() => lastStatus().fill === "red");
    await until(() => /present\.beyond.*present\.more/.test(lastStatus().text));
    await receive({ command: "ack" });
    await until(() => lastStatus().fill === "yellow");
    await receive({ command: "shelve" });
    await until(() => lastStatus().text === "alarm-rule.status.aside");
    await receive({ command: "unshelve" });
    for (const asset of ["a", "b", "c"]) await receive(reading(0, 1, asset));
    await until(() => lastStatus().text === "alarm-rule.status.returned");
    await receive({ command: "ack" });
    await until(() => lastStatus().fill === "green");
  });

  it("sends the present alarms, the most severe first, and the figures, few times however many alarms", async () => {
    const limits = [
      { name: "H", kind: "high", high: 100, priority: "low" },
      { name: "HH", kind: "high", high: 110, priority: "critical" },
    ];
    const sent = await load({ limits });
    for (let i = 0; i < 20; i++) await receive(reading(120, 0, `a${i}`));
    await until(() => sent.lists.length > 0 && sent.figures.length > 0);
    assert.ok(sent.lists.length <= 3, `${sent.lists.length} lists`);
    await receive({ command: "list" });
    const list = sent.lists.at(-1) as AlarmRecord[];
    assert.deepEqual([list.length, list[0]?.limit, list[39]?.limit], [40, "HH", "H"]);
    const { total, flood, priorities } = sent.figures.at(-1) as AlarmFigures;
    assert.deepEqual(
      { total, flood, ...priorities },
      { total: 40, flood: true, critical: 20, high: 0, medium: 0, low: 20 },
    );
  });

  it("what the flow does to the list does not change the alarms", async () => {
    const sent = await load();
    await receive(reading(101, 0));
    await receive({ command: "list" });
    for (const record of sent.lists.at(-1) as AlarmRecord[]) record.state = "normal";
    await receive({ command: "list" });
    assert.equal(sent.lists.at(-1)?.[0]?.state, "unacknowledged");
  });

  it("takes feedback into figures and list", async () => {
    const sent = await load();
    await receive(reading(101, 0));
    assert.equal(await receive({ topic: "boiler", command: "feedback", verdict: false }), undefined);
    await receive({ command: "list" });
    assert.deepEqual(sent.figures.at(-1)?.feedback, { true: 0, false: 1 });
    assert.equal(sent.lists.at(-1)?.[0]?.verdict, false);
  });

  it("ends shelving by itself when no reading comes", async () => {
    const sent = await load();
    await receive(reading(101, Date.now()));
    await receive({ topic: "boiler", command: "shelve", minutes: 0.01 });
    await until(() => states(sent).at(-1) === "boiler H unacknowledged");
    assert.equal(sent.changes.at(-1)?.alarm.event, "unshelve");
    assert.equal(sent.changes.at(-1)?.topic, "boiler");
  });

  it("goes on after a restart: states, timers, delays, figures, before any reading comes", async function () {
    this.timeout(60_000);
    const userDir = mkdtempSync(join(tmpdir(), "alarm-rule-"));
    helper.settings({ userDir });
    try {
      const slow = { onDelay: 60, limits: [...RULE.limits, { ...RULE.limits[0], name: "HH", high: "200" }] };
      const now = Date.now();
      await load(slow, "file");
      await receive(reading(150, now - 120_000, "a"));
      await receive(reading(150, now - 60_000, "a"));
      await receive(reading(150, now - 120_000, "b"));
      await receive(reading(150, now - 60_000, "b"));
      await receive({ topic: "a", command: "ack", limit: "H", who: "Sato" });
      await receive({ topic: "b", command: "shelve", limit: "H", minutes: 0.2 });
      await receive(reading(250, now - 30_000, "a")); // HH: half of its on-delay begins here
      await helper.unload();

      const sent = await load(slow, "file");
      await until(() => sent.lists.length > 0);
      const list = sent.lists.at(-1) as AlarmRecord[];
      assert.deepEqual(list.map((a) => `${a.asset} ${a.limit} ${a.state} ${a.who ?? ""}`).sort(), [
        "a H acknowledged Sato",
        "b H shelved ",
      ]);
      assert.equal(sent.figures.at(-1)?.total, 2);
      await until(() => states(sent).includes("b H unacknowledged"));
      assert.equal(await receive(reading(250, now + 29_000, "a")), undefined);
      assert.ok(!states(sent).some((s) => s.startsWith("a HH")));
      assert.equal(await receive(reading(250, now + 30_000, "a")), undefined);
      assert.equal(states(sent).at(-1), "a HH unacknowledged");
      await helper.unload();
    } finally {
      helper.settings({});
      rmSync(userDir, { recursive: true, force: true });
    }
  });

  it("judges a deviation when the actual value has come, by the time it was measured", async () => {
    const limits = [{ name: "off", kind: "outside", low: "-5", high: "5", priority: "low" }];
    const sent = await load({ watch: "deviation", limits, deadband: 0 });
    assert.equal(await receive({ ...reading(1, 9000), forecast: { origin: 9000, due: 10_000 } }), undefined);
    const scored = { origin: 0, time: 1000, horizon: 1, forecast: 50, actual: 44, error: 6 };
    assert.equal(await receive({ ...reading(44, 9000), scored }), undefined);
    assert.deepEqual([sent.changes[0]?.alarm.value, sent.changes[0]?.alarm.time], [-6, 1000]);
  });

  it("warns of bad quality itself", async () => {
    const limits = [{ name: "bad", kind: "high", high: "2", highType: "num", priority: "low" }];
    const sent = await load({ watch: "quality", limits, deadband: 0 });
    for (const [i, state] of ["good", "uncertain", "bad"].entries()) {
      assert.equal(await receive({ ...reading(1, i), quality: { state } }), undefined);
    }
    assert.deepEqual(states(sent), ["boiler bad unacknowledged"]);
    assert.match(String(await receive(reading(1, 3))), /noQuality/);
  });

  it("passes over the rows of a batch that could not be used", async () => {
    const sent = await load({ watch: "forecast" });
    const row = (origin: number, value: number) => ({ origin, due: origin + 1, horizon: 1, value });
    const forecast = [row(0, 90), null, row(2, 110), null];
    assert.equal(await receive({ topic: "boiler", payload: [90, null, 110, null], forecast }), undefined);
    assert.deepEqual([states(sent), sent.changes[0]?.alarm.time], [["boiler H unacknowledged"], 2]);
  });

  const settings: [string, object][] = [
    ["noModel", { model: "" }],
    ["limits", { limits: [] }],
    ["limit", { limits: [{ name: "H", kind: "high", high: "12,5", highType: "num", priority: "low" }] }],
    ["watch", { watch: "weather" }],
    ["deadband", { deadband: "-1" }],
    ["shelving", { shelveTime: 500 }],
  ];
  for (const [code, change] of settings) {
    it(`refuses settings clearly: ${code}`, async () => {
      const sent = await load(change);
      assert.match(lastStatus().text ?? "", /^[a-z-]+\.(error|invalid)\./);
      assert.match(String(await receive(reading(101, 0))), new RegExp(`alarm-rule.error.${code}$`));
      assert.deepEqual(sent.changes, []);
    });
  }
});
