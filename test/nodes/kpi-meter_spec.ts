import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import helper from "node-red-node-test-helper";
import { handled, loadFlow, MODEL, PREDICTOR, refused, send, statuses, until, withServer } from "./forecast-flow";

const settings = {
  id: "kpi",
  type: "kpi-meter",
  z: "tab",
  name: "",
  model: "model",
  emitEvery: 10,
  emitUnit: "readings",
  wires: [["message"], ["figures"], ["report"]],
};

const MINUTE = 60_000;
/** The i-th forecast that fell due: error 1 of the learner, 2 of the last value, 4 of the existing forecast. */
const scored = (i: number, changes: object = {}) => ({
  origin: (i - 1) * MINUTE,
  time: i * MINUTE,
  horizon: 1,
  actual: 5,
  forecast: 6,
  error: 1,
  naive: 3,
  frozen: null,
  existing: 9,
  covered: true,
  lower: 4,
  upper: 8,
  ...changes,
});

// biome-ignore lint/suspicious/noExplicitAny: a message holds whatever the node put there
type Message = any;

describe("kpi-meter node", () => {
  withServer();

  let arrived: Record<"message" | "figures" | "report", Message[]>;

  async function load(changes: object = {}, modelChanges: object = {}): Promise<void> {
    const model = { ...MODEL, target: "NOX", sensors: [], ...modelChanges };
    arrived = await loadFlow(["message", "figures", "report"], model, { ...settings, ...changes });
  }

  /** Sends messages and waits until they have been passed on. */
  async function feed(...messages: object[]): Promise<void> {
    const before = arrived.message.length;
    for (const msg of messages) send("kpi", msg);
    await until(() => arrived.message.length >= before + messages.length);
  }

  it("says where it belongs while what comes has no forecast, and no more once it has", async () => {
    await load();
    const said: unknown[] = [];
    const node = helper.getNode("kpi") as unknown as { status(status: { text: string }): void };
    node.status = ({ text }) => void said.push(text);
    await feed({ topic: "a", payload: 5 });
    await until(() => said.at(-1) === "kpi-meter.status.misplaced");
    await feed({ topic: "a", payload: 5, forecast: { asset: "a" } });
    await until(() => said.at(-1) === "kpi-meter.status.waiting");
  });

  it("passes every message on and sends figures at the interval, per asset and in total", async () => {
    await load();
    for (let i = 1; i <= 10; i++) await feed({ topic: "a", payload: i, scored: scored(i) });
    for (let i = 1; i <= 5; i++) await feed({ topic: "b", payload: i, scored: scored(i, { forecast: 8 }) });
    await feed({ topic: "b", payload: "no forecast was due" });
    assert.equal(arrived.message.length, 16);
    await until(() => arrived.figures.length === 1);
    const [{ topic, payload, total }] = arrived.figures;
    assert.equal(topic, "a");
    const own = { readings: 10, mae: 1, rmse: 1, meanError: 1, total: 120, peakMae: null };
    assert.deepEqual(payload.accuracy.window.learner, own);
    assert.deepEqual([payload.accuracy.window.naive.skill, payload.accuracy.window.existing.skill], [50, 75]);
    assert.equal(payload.accuracy.lifetime.coverage, 100);
    assert.equal(payload.accuracy.lifetime.frozen.mae, null);
    assert.equal(total.readings, 10);
    assert.deepEqual(arrived.message[9].kpi, payload);
    assert.equal(arrived.message[8].kpi, undefined);

    await feed({ command: undefined, topic: "b", payload: 0, scored: scored(6, { forecast: 8 }) });
    send("kpi", { command: "figures", topic: "b" });
    await until(() => arrived.figures.length === 2);
    assert.equal(arrived.figures[1].payload.accuracy.lifetime.learner.mae, 3);
    assert.deepEqual(arrived.figures[1].total.accuracy.lifetime.learner, {
      readings: 16,
      mae: (10 * 1 + 6 * 3) / 16,
      rmse: Math.sqrt((10 * 1 + 6 * 9) / 16),
      meanError: (10 * 1 + 6 * 3) / 16,
      total: 100 * (1 + (10 * 1 + 6 * 3) / (16 * 5)),
      peakMae: null,
    });
    assert.equal(payload.accuracy.lifetime.intervalScore, 4);
  });

  it("says when what an asset has learnt was saved last, and that it is not where nothing is remembered", async () => {
    const userDir = mkdtempSync(join(tmpdir(), "kpi-meter-"));
    helper.settings({ userDir });
    const ask = async (): Promise<Message> => {
      const before = arrived.figures.length;
      send("kpi", { command: "figures", topic: "a" });
      await until(() => arrived.figures.length > before);
      return arrived.figures.at(-1);
    };
    const read = async (from: number, to: number): Promise<void> => {
      for (let i = from; i <= to; i++) send("predictor", { topic: "a", payload: { NOX: i }, timestamp: i * MINUTE });
      await until(() => arrived.message.length === to);
    };
    const start = async (remember: string): Promise<void> => {
      const model = { ...MODEL, target: "NOX", sensors: [], remember, saveUpdates: 5 };
      const meter = { ...settings, emitEvery: 1e6 };
      arrived = await loadFlow(["message", "figures", "report"], model, { ...PREDICTOR, wires: [["kpi"]] }, meter);
    };
    try {
      await start("file");
      await read(1, 3);
      assert.equal((await ask()).saved, null);
      const now = Date.now();
      await read(4, 12);
      let saved = null;
      for (const end = now + 5000; saved === null && Date.now() < end; ) ({ saved } = await ask());
      assert.ok(saved >= now && saved <= Date.now(), `${saved}`);
      send("kpi", { command: "report", topic: "a", language: "en-US" });
      await until(() => arrived.report.length > 0);
      assert.match(arrived.report[0].payload, /What was learnt was last saved on/);
      await helper.unload();
      await start("none");
      await read(1, 12);
      assert.equal((await ask()).saved, null);
    } finally {
      await helper.unload();
      helper.settings({});
      rmSync(userDir, { recursive: true, force: true });
    }
  });

  it("counts a forecast once when tuner and predictor both send it on, and batches as if single", async () => {
    await load();
    const batch = Array.from({ length: 9 }, (_, i) => (i === 0 ? null : scored(i)));
    await feed({ topic: "a", payload: [], scored: batch }, { topic: "a", payload: [], scored: structuredClone(batch) });
    for (let i = 9; i <= 12; i++) await feed({ topic: "a", scored: scored(i) }, { topic: "a", scored: scored(i) });
    send("kpi", { command: "figures" });
    await until(() => arrived.figures.length === 2);
    assert.equal(arrived.figures[1].total.readings, 12);
    assert.equal(arrived.figures[0].payload.readings, 10);
  });

  it("counts scores in doubt, shows stopped time beside, and names the labels that could not be used", async () => {
    await load({ emitEvery: 1e6 });
    const quality = {
      state: "bad",
      held: ["NOX"],
      doubts: {},
      reasons: [{ sensor: "NOX", rule: "range", state: "bad" }],
    };
    const other = { state: "bad", held: ["x"], doubts: {}, reasons: [{ sensor: "x", rule: "range", state: "bad" }] };
    for (let i = 1; i <= 8; i++) {
      const state = i % 4 === 0 ? "bad" : "good";
      await feed({ topic: "a", scored: scored(i, { state, running: i !== 7 }), quality: other });
    }
    for (let i = 9; i <= 11; i++) {
      const lost = { topic: "a", timestamp: i * MINUTE, payload: { NOX: 1e6 }, quality };
      await feed(lost, { ...lost });
    }
    await feed({ topic: "a", timestamp: 12 * MINUTE, payload: {}, quality: other });
    send("kpi", { command: "figures", topic: "a" });
    await until(() => arrived.figures.length === 1);
    const { payload, total } = arrived.figures[0];
    assert.equal(payload.accuracy.lifetime.learner.readings, 7);
    assert.ok(Math.abs(payload.accuracy.lifetime.doubt - 200 / 7) < 1e-9);
    assert.equal(payload.accuracy.stopped.learner.readings, 1);
    const unusable = { count: 3, sensor: "NOX", rules: [{ rule: "range", count: 3 }], last: 11 * MINUTE };
    assert.deepEqual([payload.unusable, total.unusable], [unusable, unusable]);
    for (const [language, words] of [
      [
        "en-US",
        [
          "28.6 %",
          "3 values of \u2068NOX\u2069 could not be used",
          "outside the physical range: 3",
          "Plant stopped: 1",
        ],
      ],
      ["ja", ["28.6 %", "\u2068NOX\u2069の値3件は使用できず", "物理的な範囲外: 3", "設備の停止中: 予測1件"]],
    ] as const) {
      send("kpi", { command: "report", topic: "a", language });
      await until(() => arrived.report.some(({ payload }) => payload.includes(words[1])));
      for (const word of words) assert.ok(arrived.report.at(-1).payload.replaceAll("\u00a0", " ").includes(word), word);
    }
    send("kpi", { command: "csv", topic: "a" });
    await until(() => arrived.report.length === 3);
    for (const line of [
      "labels not usable,,3,",
      "labels not usable: range,,3,",
      "lifetime in doubt,,28.57",
      "stopped learner readings,,1",
    ])
      assert.ok(arrived.report[2].payload.includes(line), line);
  });

  it("counts stopped time where that is wished", async () => {
    await load({ countStopped: true });
    for (let i = 1; i <= 10; i++) await feed({ topic: "a", scored: scored(i, { running: i > 5 }) });
    await until(() => arrived.figures.length === 1);
    const { lifetime, running, stopped } = arrived.figures[0].payload.accuracy;
    assert.deepEqual([lifetime, running, stopped].map(({ learner }) => learner.readings), [10, 5, 5]); // biome-ignore format: one line
  });

  it("sends figures by minutes of the readings' time as well", async () => {
    await load({ emitEvery: 15, emitUnit: "minutes" });
    for (let i = 0; i <= 45; i++) await feed({ scored: scored(i) });
    assert.deepEqual(
      arrived.figures.map(({ payload }) => payload.hours * 60),
      [15, 30, 45],
    );
  });

  it("prices errors where a price is entered", async () => {
    await load({ price: "2.5", currency: "chf" });
    for (let i = 1; i <= 10; i++) await feed({ scored: scored(i) });
    assert.deepEqual(arrived.figures[0].payload.money, {
      currency: "CHF",
      cost: 25,
      saved: { existing: 75, naive: 25, frozen: null },
    });
  });

  it("answers a request with the report, for one asset or all, in the language asked for", async () => {
    await load({ title: "North plant", limit: "62", trialCost: 100, hourlyRate: 50, hoursSaved: 2 });
    await feed({ topic: "a", scored: scored(1) }, { topic: "b", scored: scored(1) });
    send("kpi", { command: "report" });
    send("kpi", { command: "report", topic: "b", language: "ja", to: "boss@example.com" });
    await until(() => arrived.report.length === 2);
    const [all, one] = arrived.report;
    assert.match(all.payload, /^<!DOCTYPE html>\n<html lang="en">/);
    assert.match(all.payload, /North plant\u2069 · All assets \(2\)/);
    assert.match(all.filename, /^forecast-report-\d{4}-\d\d-\d\d\.html$/);
    assert.match(one.payload, /<html lang="ja">/);
    assert.match(one.payload, /North plant\u2069 · \u2068b/);
    assert.match(one.filename, /^forecast-report-b-\d{4}-\d\d-\d\d\.html$/);
    assert.equal(one.to, "boss@example.com");
    assert.equal(one.command, undefined);
    assert.equal(arrived.message.length, 2, "a command is not passed on");
  });

  it("answers with CSV", async () => {
    await load();
    await feed({ topic: "a", scored: scored(1) });
    send("kpi", { command: "csv", topic: "a" });
    await until(() => arrived.report.length === 1);
    assert.match(arrived.report[0].payload, /accuracy,lifetime learner MAE,,1,,measured/);
    assert.match(arrived.report[0].filename, /\.csv$/);
  });

  it("makes a file name of any asset's name that stays in its folder", async () => {
    await load();
    for (const topic of ["../../etc/passwd", "2号缶 / 南", "𠮷".repeat(100), "***"]) {
      await feed({ topic, scored: scored(1) });
      send("kpi", { command: "csv", topic });
    }
    await until(() => arrived.report.length === 4);
    assert.deepEqual(
      arrived.report.map(({ filename }) =>
        filename
          .slice("forecast-report-".length)
          .replace(/\d{4}-\d\d-\d\d/, "DATE")
          .replace(/[0-9a-f]{12}/, "HASH"),
      ),
      [
        "etc-passwd-HASH-DATE.csv",
        "2号缶-南-HASH-DATE.csv",
        `${"𠮷".repeat(40)}-HASH-DATE.csv`,
        "unnamed-HASH-DATE.csv",
      ],
    );
  });

  it("counts alarms on its limit and takes an operator's word", async () => {
    await load({ limit: "10", clearAfter: "1", emitEvery: 1e6 });
    for (const [i, forecast] of [6, 6, 11, 6, 6, 6].entries())
      await feed({ topic: "a", scored: scored(i, { forecast }) });
    const figures = async () => {
      const before = arrived.figures.length;
      send("kpi", { command: "figures", topic: "a" });
      await until(() => arrived.figures.length > before);
      return arrived.figures.at(-1);
    };
    assert.equal((await figures()).payload.alarms.learner.false, 1);
    send("kpi", { command: "feedback", topic: "a", verdict: true });
    const { payload, total } = await figures();
    assert.deepEqual([payload.alarms.learner.false, payload.alarms.learner.confirmed], [0, 1]);
    assert.deepEqual(total.alarms, payload.alarms);
    assert.match(await refused("kpi", { command: "feedback", topic: "a", verdict: true }), /noWarning/);
    assert.match(await refused("kpi", { command: "feedback", topic: "a", verdict: "perhaps" }), /verdict/);
  });

  it("forgets on reset, one asset or all", async () => {
    await load();
    await feed({ topic: "a", scored: scored(1) }, { topic: "b", scored: scored(1) }, { topic: "b", scored: scored(2) });
    send("kpi", { reset: true, topic: "b" });
    await feed({ topic: "b", scored: scored(3) });
    send("kpi", { command: "figures", topic: "b" });
    await until(() => arrived.figures.length === 1);
    assert.equal(arrived.figures[0].payload.readings, 1);
    assert.deepEqual([arrived.figures[0].total.readings, arrived.figures[0].total.assets], [4, 2]);
    send("kpi", { command: "reset" });
    send("kpi", { command: "figures" });
    await until(() => arrived.figures.length === 2);
    assert.equal(arrived.figures[1].total.readings, 0);
  });

  it("counts on after a restart, and after a redeploy with another window", async () => {
    const userDir = mkdtempSync(join(tmpdir(), "kpi-meter-"));
    helper.settings({ userDir });
    try {
      await load({}, { remember: "file" });
      for (let i = 1; i <= 15; i++) await feed({ topic: "a/b", scored: scored(i, { forecast: 5 + i }) });
      await helper.unload();
      await load({ window: 4 }, { remember: "file" });
      // the last message before the restart comes again: it is known
      for (let i = 15; i <= 20; i++) await feed({ topic: "a/b", scored: scored(i, { forecast: 5 + i }) });
      send("kpi", { command: "report", topic: "a/b" });
      await until(() => arrived.figures.length === 1 && arrived.report.length === 1);
      const [{ payload, total }] = arrived.figures;
      assert.equal(payload.readings, 20);
      assert.equal(payload.accuracy.lifetime.learner.mae, 10.5);
      assert.equal(payload.accuracy.window.learner.mae, 18.5);
      assert.deepEqual([total.readings, total.assets], [20, 1]);
      await helper.unload();
      // an asset of which nothing came since the start is known as well
      await load({}, { remember: "file" });
      send("kpi", { command: "csv", topic: "a/b" });
      await until(() => arrived.report.length === 1);
      assert.match(arrived.report[0].payload, /observation,readings,,20,,measured/);
    } finally {
      await helper.unload();
      helper.settings({});
      rmSync(userDir, { recursive: true, force: true });
    }
  });

  it("refuses what cannot be counted, names it, and counts on", async () => {
    await load();
    await feed({ topic: "a", scored: scored(1) });
    for (const [broken, key] of [
      ["12,5", "notAnObject"],
      [scored(2, { actual: "12,5" }), "notANumber"],
      [scored(2, { forecast: Number.POSITIVE_INFINITY }), ""],
      [scored(2, { actual: 1e308 }), "tooLarge"],
      [scored(2, { time: Number.NaN }), ""],
      [scored(2, { horizon: -1 }), "badHorizon"],
    ] as const) {
      const error = await handled("kpi", { topic: "a", scored: broken });
      // The second of a kind is counted.
      assert.equal(error, key === "" ? undefined : `kpi-meter.error.${key}`);
    }
    // the good ones of a batch are counted all the same
    await handled("kpi", { topic: "a", scored: [scored(2), { actual: null }, scored(3)] });
    assert.match(await refused("kpi", { topic: "__proto__", command: "report" }), /noSuchAsset/);
    assert.match(await refused("kpi", { command: "dance" }), /unknownCommand/);
    await feed({ topic: "__proto__", scored: scored(1) });
    send("kpi", { command: "figures" });
    await until(() => arrived.figures.length === 1);
    assert.equal(arrived.figures[0].total.readings, 4);
    assert.equal(arrived.figures[0].total.accuracy.lifetime.learner.mae, 1);
  });

  it("says what is wrong with its settings", async () => {
    for (const [changes, key] of [
      [{ model: "" }, "noModel"],
      [{ price: "12,5" }, "range"],
      [{ window: "1.5" }, "range"],
      [{ currency: "Euro" }, "currency"],
      [{ probabilityLow: 20, probabilityHigh: 10 }, "order"],
      [{ side: "left", limit: 3 }, "choice"],
    ] as const) {
      await load(changes);
      assert.match(await refused("kpi", { scored: scored(1) }), new RegExp(`kpi-meter.error.${key}`), key);
      await helper.unload();
    }
  });

  it("shows skill and number of readings, or that it waits", async () => {
    await load();
    await feed({ topic: "a", scored: scored(1) });
    await until(() => statuses("kpi").some(({ text }) => text === "kpi-meter.progress.better.existing"));
  });
});
