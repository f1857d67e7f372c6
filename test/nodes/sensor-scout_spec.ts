import assert from "node:assert/strict";
import helper from "node-red-node-test-helper";
import { Random } from "../../src/forecaster/random";
import type { PlainRanking } from "../../src/scout/plain-ranking";
import { LEAD, plant } from "../scout/plant";
import {
  delivered,
  handled,
  loadFlow,
  MODEL,
  PREDICTOR,
  refused,
  send,
  statuses,
  until,
  withServer,
} from "./forecast-flow";

interface Message {
  topic: string;
  payload: PlainRanking;
  text: string;
  mine?: number;
}

const SCOUT = { id: "scout", type: "sensor-scout", z: "tab", model: "model", after: "", wires: [["out"]] };
const readings = plant({ seed: 1, readings: 1200 });
const payload = readings.map(({ values }) => values);
const timestamp = readings.map(({ time }) => time);

describe("sensor-scout node", function () {
  this.timeout(60_000);
  withServer();

  async function load(changes: object = {}, model: object = MODEL, ...others: object[]): Promise<Message[]> {
    const { out } = await loadFlow<{ out: Message }>(["out"], model, { ...SCOUT, ...changes }, ...others);
    return out;
  }

  it("answers by itself after so many readings, and again after as many more", async () => {
    const out = await load({ after: 400 });
    for (const [i, { time, values }] of readings.slice(0, 850).entries()) {
      send("scout", { payload: values, topic: "kiln", timestamp: time });
      if (i % 100 === 0) await delivered();
    }
    await until(() => out.length === 2);
    const [first, second] = out;
    assert.deepEqual([first?.topic, first?.payload.readings, second?.payload.readings], ["kiln", 400, 800]);
    assert.deepEqual(second?.payload.chosen, ["x"]);
    const [best] = second?.payload.sensors ?? [];
    assert.deepEqual([best?.sensor, best?.leadReadings, best?.leadMs], ["x", LEAD, LEAD * 60_000]);
    assert.deepEqual(
      [best?.lead, best?.interval, best?.good],
      [{ amount: 5, unit: "min" }, { amount: 1, unit: "min" }, 100],
    );
    assert.equal(best?.text, "sensor-scout.sentence.leads");
    assert.equal(second?.text, "sensor-scout.summary.one");
    const last = statuses("scout").at(-1);
    assert.deepEqual(last, { fill: "green", shape: "dot", text: "sensor-scout.summary.one" });
    assert.ok(statuses("scout").length < 20, "a fast flow does not spend its time on statuses");
  });

  it("answers on command: for the asset asked for, for all that fit, for all; other properties go on", async () => {
    const out = await load();
    for (const topic of ["line/1", "line/2", "other"])
      assert.equal(await handled("scout", { payload, timestamp, topic }), undefined);
    await delivered();
    assert.equal(out.length, 0);
    send("scout", { command: "rank", topic: "line/1", mine: 7 });
    await until(() => out.length === 1);
    assert.deepEqual([out[0]?.topic, out[0]?.mine, out[0]?.payload.readings], ["line/1", 7, 1200]);
    send("scout", { command: "rank", topic: "line/+" });
    await until(() => out.length === 3);
    send("scout", { command: "rank" });
    await until(() => out.length === 6);
    assert.deepEqual(out.map(({ topic }) => topic).slice(1), ["line/1", "line/2", "line/1", "line/2", "other"]);
    assert.deepEqual(out.at(-1)?.payload.chosen, ["x"]);
    assert.match(await refused("scout", { command: "rank", topic: "lime/1" }), /noSuchAsset/);
  });

  it("takes an array in with the command, and answers from it", async () => {
    const out = await load();
    send("scout", { command: "rank", topic: "a", payload });
    await until(() => out.length === 1);
    const [best] = out[0]?.payload.sensors ?? [];
    assert.equal(out[0]?.payload.chosen.join(), "x");
    assert.deepEqual([best?.leadMs, best?.lead], [null, { amount: LEAD, unit: "readings" }], "no times came");
  });

  it("says that there is no useful sensor, or too little to judge by", async () => {
    const out = await load();
    const useless = payload.map(({ x: _, ...others }) => others);
    send("scout", { command: "rank", payload: useless, timestamp });
    await until(() => out.length === 1);
    assert.deepEqual([out[0]?.payload.chosen, out[0]?.text], [[], "sensor-scout.summary.none"]);
    assert.equal(statuses("scout").at(-1)?.fill, "yellow");
    send("scout", { reset: true });
    send("scout", { command: "rank", payload: payload.slice(0, 50) });
    await until(() => out.length === 2);
    assert.deepEqual([out[1]?.payload.tooLittle, out[1]?.payload.sensors], ["fewReadings", []]);
  });

  it("forgets by reset what has come, of one asset or of all", async () => {
    await load();
    for (const topic of ["a", "b"]) assert.equal(await handled("scout", { payload, timestamp, topic }), undefined);
    assert.equal(await handled("scout", { command: "reset", topic: "a" }), undefined);
    assert.match((await handled("scout", { command: "rank", topic: "a" })) ?? "", /noModel|noSuchAsset/);
    assert.equal(await handled("scout", { reset: true }), undefined);
    assert.match((await handled("scout", { command: "rank" })) ?? "", /sensor-scout\.error\.noReading/);
  });

  it("looks at all numbers, also where the model names its sensors, and behind a predictor at the reading", async () => {
    const out = await load({}, { ...MODEL, sensors: ["decoy noise"] }, { ...PREDICTOR, wires: [["scout"]] });
    for (const { time, values } of readings.slice(0, 500)) send("predictor", { payload: values, timestamp: time });
    const overview = async () => (await helper.request().get("/sensor-scout/scout").expect(200)).body;
    for (let tries = 0; (await overview()).assets[0]?.readings !== 500; tries++)
      assert.ok(tries < 1000, "500 readings");
    send("scout", { command: "rank" });
    await until(() => out.length === 1);
    assert.deepEqual([out[0]?.payload.chosen, out[0]?.payload.readings], [["x"], 500]);
  });

  it("leaves out readings while the plant does not run", async () => {
    const model = { ...MODEL, running: "on", runningType: "sensor", runningIs: "above", runningValue: 0 };
    const out = await load({}, model);
    send("scout", { command: "rank", payload: payload.map((values, i) => ({ ...values, on: i < 900 ? 1 : 0 })) });
    await until(() => out.length === 1);
    assert.equal(out[0]?.payload.readings, 900);
  });

  it("counts what is no measurement as missing, and refuses what is no reading", async () => {
    const out = await load();
    const odd = ["12,5", null, Number.NaN, 1e308, {}, true];
    const rows: unknown[] = payload.map((values, i) => (i % 9 === 4 ? { ...values, x: odd[i % odd.length] } : values));
    rows[17] = "nonsense";
    send("scout", { command: "rank", payload: rows });
    await until(() => out.length === 1);
    assert.deepEqual(out[0]?.payload.chosen, ["x"]);
    assert.ok((out[0]?.payload.sensors[0]?.good ?? 100) < 95);
    assert.match(await refused("scout", { payload: "nonsense" }), /payloadType/);
    assert.match(await refused("scout", { payload: rows.map(() => "bad") }), /rowsRefused/);
    assert.match(await refused("scout", { command: "dance" }), /unknownCommand/);
    assert.match(await refused("scout", { payload, topic: {} }), /assetType/);
  });

  it("looks at 20 assets at once and no more", async () => {
    await load();
    for (let i = 0; i < 20; i++) assert.equal(await handled("scout", { payload: payload[0], topic: i }), undefined);
    assert.match(await refused("scout", { payload: payload[0], topic: "one more" }), /sensor-scout\.error\.assets/);
  });

  it("does not hold up the event loop: 5,000 rows of 60 sensors", async () => {
    const out = await load();
    const random = new Random(1);
    const wide = Array.from({ length: 5000 }, (_, i) => {
      const row: Record<string, number> = { y: Math.sin(i * i) };
      for (let s = 0; s < 60; s++) row[`s${s}`] = random.normal();
      return row;
    });
    // The node's own time in each turn: on a busy machine the clock also counts the time of others.
    const turns: number[] = [];
    let before = process.cpuUsage();
    let timer = setImmediate(function turn() {
      const { user, system } = process.cpuUsage(before);
      turns.push((user + system) / 1000);
      before = process.cpuUsage();
      timer = setImmediate(turn);
    });
    send("scout", { command: "rank", payload: wide });
    await until(() => out.length === 1);
    clearImmediate(timer);
    assert.equal(out[0]?.payload.sensors.length, 60);
    turns.sort((a, b) => a - b);
    const most = turns[Math.floor(0.99 * turns.length)] as number;
    assert.ok(turns.length > 100 && most < 50, `${turns.length} turns, 99 % of them below ${most} ms`);
  });

  it("shows its ranking to a dialog, and ranks at its button, asked in JSON only", async () => {
    await load();
    const get = async () => (await helper.request().get("/sensor-scout/scout").expect(200)).body;
    assert.deepEqual(await get(), { running: true, after: 0, assets: [] });
    await handled("scout", { payload, timestamp, topic: "kiln" });
    const [waiting] = (await get()).assets;
    assert.deepEqual(waiting, { asset: "kiln", readings: 1200, waits: 0, ranking: null });
    const post = () => helper.request().post("/sensor-scout/scout");
    await post().type("form").send({ asset: "kiln" }).expect(415);
    await post().send({}).expect(400);
    await post().send({ asset: null }).expect(400);
    await post().send({ asset: "nil" }).expect(404);
    await helper.request().post("/sensor-scout/model").send({ asset: "kiln" }).expect(404);
    const { body } = await post().send({ asset: "kiln" }).expect(200);
    assert.deepEqual(body.assets[0].ranking.chosen, ["x"]);
    assert.deepEqual(await get(), body);
    const other = (await helper.request().get("/sensor-scout/nothing").expect(200)).body;
    assert.deepEqual(other, { running: false, after: 0, assets: [] });
  });

  it("names what is wrong with its settings", async () => {
    for (const after of [150, "many", -1, 2.5]) {
      await load({ after });
      assert.match(statuses("scout").at(-1)?.text ?? "", /^[a-z-]+\.(error|invalid)\./);
      assert.match(await refused("scout", { payload }), /sensor-scout\.invalid\.after/);
      await helper.unload();
    }
    await load({ model: "" });
    assert.match(await refused("scout", { payload }), /sensor-scout\.error\.noModel/);
  });

  it("stops at once when it is closed while it works", async () => {
    const out = await load();
    send("scout", { command: "rank", payload, timestamp });
    await new Promise((resolve) => setImmediate(resolve));
    await helper.unload();
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(out.length, 0);
  });
});
