import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import helper from "node-red-node-test-helper";
import type { ForecastModel } from "../../src/asset/forecast-model";
import { energyMeter, historian, workbookOf } from "../table/files";
import {
  handled,
  lagged,
  loadFlow,
  MODEL,
  PREDICTOR,
  readings,
  refused,
  send,
  statuses,
  TUNER,
  until,
  withServer,
} from "./forecast-flow";
import { hostileMessages } from "./hostile-messages";

const TRAINER = {
  id: "trainer",
  type: "history-trainer",
  z: "tab",
  model: "model",
  source: "payload",
  sourceType: "msg",
  format: {},
  accept: false,
  rows: "none",
  passes: 1,
  batch: 100,
  topic: "boiler-1",
  wires: [["result"], ["progress"], ["rows"]],
};
const START = Date.UTC(2026, 0, 1);
const history = (count: number): object[] =>
  lagged(count).map((row, i) => ({ time: new Date(START + 60_000 * i), ...row }));

interface Told {
  topic?: string;
  payload: {
    state: string;
    version: number;
    accepted?: boolean;
    error: number;
    naive: number;
    change: number;
    percent: number;
    text: string;
    used: number;
    assets: number;
    notes: string[];
    versions: { version: number; accepted: number | null }[];
    data: { rows: number; source: string; unreadable: { count: number } };
  };
}
interface Rows {
  topic: string;
  payload: Record<string, number>[] | Record<string, number>;
  timestamp: number[] | number;
  complete?: boolean;
}
type Ends = { result: Told; progress: Told; rows: Rows; out: { payload: number; forecast: { naive: number } } };

const flow = (trainer: object = {}, model: object = {}, ...nodes: object[]) =>
  loadFlow<Ends>(["result", "progress", "rows", "out"], { ...MODEL, ...model }, { ...TRAINER, ...trainer }, ...nodes);
const learn = async (told: Told[], msg: object): Promise<Told["payload"]> => {
  const before = told.length;
  assert.equal(await handled("trainer", msg), undefined);
  await until(() => told.length > before);
  return (told.at(-1) as Told).payload;
};

describe("history-trainer node", () => {
  withServer();
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "history-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("learns rows of a message and says what it is worth; nothing is used before it is told to", async () => {
    const { result } = await flow();
    const told = await learn(result, { payload: history(1500), topic: "mine" });
    assert.deepEqual([told.state, told.version, told.accepted], ["learnt", 1, false]);
    assert.ok(told.error < 0.8 * told.naive);
    assert.equal(told.change, told.error / told.naive - 1);
    assert.equal(told.data.rows, 1500);
    const { model } = helper.getNode("model") as unknown as { model: ForecastModel };
    model.bases.list(({ used }) => assert.equal(used, 0), assert.fail);
  });

  it("accepted, it is what assets that are known and new ones go on from", async () => {
    const { result, out } = await flow({}, {}, PREDICTOR);
    send("predictor", { topic: "a", payload: { u: 0.1, y: 20 }, timestamp: 1 });
    await until(() => out.length === 1);
    await learn(result, { payload: history(1500) });
    const accepted = await learn(result, { command: "accept" });
    assert.deepEqual([accepted.state, accepted.version, accepted.assets], ["accepted", 1, 1]);
    assert.equal(readings("a"), 0, "what it had seen belongs to another model");
    const { model } = helper.getNode("model") as unknown as { model: ForecastModel };
    for (const asset of ["a", "b"]) {
      for (const [t, payload] of lagged(30).entries())
        send("predictor", { topic: asset, payload, timestamp: 1000 * (t + 10) });
      await until(() => out.length % 30 === 1 && out.length > 1);
      let pretrained = false;
      model.withAsset(
        asset,
        ({ forecaster }) => {
          pretrained = forecaster?.pretrained ?? false;
        },
        assert.fail,
      );
      assert.ok(pretrained, asset);
      const errors = out.slice(-20).map(({ payload }, i) => [payload, lagged(31)[i + 11]?.y as number]);
      const error = errors.reduce((sum, [forecast, y]) => sum + Math.abs((forecast as number) - (y as number)), 0);
      const naive = out
        .slice(-20)
        .reduce((sum, one, i) => sum + Math.abs(one.forecast.naive - (lagged(31)[i + 11]?.y as number)), 0);
      assert.ok(error < 0.8 * naive, `${asset}: from its first readings ${error} against ${naive}`);
    }
  });

  it("by itself only where it beats the last value", async () => {
    const { result } = await flow({ accept: true });
    const good = await learn(result, { payload: history(1500) });
    assert.deepEqual([good.accepted, statuses("trainer").at(-1)?.fill], [true, "green"]);
    // What comes next is the last value, always, but for a jump when nothing tells of it.
    const steps = Array.from({ length: 300 }, (_, i) => ({
      time: new Date(START + 60_000 * i),
      u: i % 7,
      y: i < 240 ? i % 2 : Math.floor(i / 30),
    }));
    const bad = await learn(result, { payload: steps });
    assert.ok(bad.error > bad.naive, `${bad.error} ${bad.naive}`);
    assert.deepEqual([bad.accepted, statuses("trainer").at(-1)?.fill], [false, "yellow"]);
    const list = await learn(result, { command: "versions" });
    assert.deepEqual([list.used, list.versions.map(({ version }) => version)], [1, [1, 2]]);
  });

  it("notices a history that it has learnt, in whatever shape it comes, and goes back to any version", async () => {
    const { result } = await flow();
    const text = `time,u,y\n${lagged(300)
      .map(({ u, y }, i) => `${new Date(START + 60_000 * i).toISOString()},${u},${y}`)
      .join("\n")}`;
    await learn(result, { payload: text });
    assert.equal((await learn(result, { payload: Buffer.from(text) })).state, "known");
    assert.equal((await learn(result, { payload: history(300) })).version, 1);
    assert.equal((await learn(result, { payload: history(300), again: true })).version, 2);
    assert.equal((await learn(result, { payload: history(400), accept: true })).version, 3);
    assert.deepEqual(
      await learn(result, { command: "use", version: 1 }).then(({ state, version }) => [state, version]),
      ["accepted", 1],
    );
    assert.equal(await handled("trainer", { command: "use", version: 9 }), "forecast-model.error.noVersion");
  });

  it("learns a historian's export from a file, and warns of what it could not read", async () => {
    const file = join(folder, "historian.csv");
    const broken = historian(300)
      .toString()

      .replace(/^(27\.03\.2026 22:05:00;)[^;]*/m, "$1?!?");
    writeFileSync(file, broken);
    const model = { target: "TI-4711.PV", sensors: ["FI-0815.PV"] };
    const { result } = await flow({ source: file, sourceType: "str" }, model);
    const { data, notes } = await learn(result, {});
    assert.deepEqual([data.rows, data.source], [300, file]);
    assert.equal(data.unreadable.count, 1);
    assert.deepEqual(notes, ["history-trainer.note.unreadable", "history-trainer.note.few"]);
    // biome-ignore lint/suspicious/noExplicitAny: the helper's spies are not in the types
    assert.equal((helper.getNode("trainer") as any).warn.callCount, 1);
  });

  it("streams the rows as readings that the flow takes: in batches, or one by one", async () => {
    const file = join(folder, "meter.csv");
    writeFileSync(file, energyMeter(250));
    const zone = { zone: "UTC", target: "Usage_kWh", sensors: [] };
    const trainer = { source: file, sourceType: "str", rows: "only", wires: [["result"], [], ["rows", "tuner"]] };
    const { rows, result } = await flow(trainer, zone, { ...TUNER, wires: [[], []] });
    assert.equal(await handled("trainer", {}), undefined);
    await until(() => rows.length === 3 && readings("boiler-1") === 250);
    assert.equal(result.length, 0);
    assert.deepEqual(
      rows.map(({ payload, complete }) => [(payload as object[]).length, complete]),
      [
        [100, undefined],
        [100, undefined],
        [50, true],
      ],
    );
    const [first] = rows as [Rows];
    assert.equal((first.timestamp as number[])[0], Date.UTC(2026, 0, 31, 0, 15));
    assert.deepEqual(Object.keys((first.payload as object[])[0] as object), ["Usage_kWh", "CO2(tCO2)"]);
    await helper.unload();
    const single = await flow({ ...trainer, batch: 1, wires: [[], [], ["rows"]] }, zone);
    assert.equal(await handled("trainer", {}), undefined);
    await until(() => single.rows.length === 250);
    assert.equal(single.rows[96]?.timestamp, Date.UTC(2026, 1, 1, 0, 15));
  });

  it("tells how far it is, can be cancelled, and learns one history at a time", async () => {
    const { result, progress } = await flow({ passes: 100 });
    send("trainer", { payload: history(3000) });
    await until(() => progress.length > 1);
    const { state, percent, error, naive } = (progress[1] as Told).payload;
    assert.equal(state, "learning");
    assert.ok(percent >= 0 && percent < 100 && error > 0 && naive > 0);
    assert.equal(statuses("trainer").at(-1)?.text, "history-trainer.said.learning");
    assert.match(await refused("trainer", { payload: history(100) }), /error\.busy$/);
    send("trainer", { command: "cancel" });
    await until(() => result.length === 1);
    assert.equal(result[0]?.payload.state, "cancelled");
    assert.equal(statuses("trainer").at(-1)?.text, "history-trainer.status.cancelled");
    assert.match(await refused("trainer", { command: "cancel" }), /error\.notLearning$/);
    assert.equal((await learn(result, { command: "versions" })).versions.length, 0);
  });

  it("learns from the parsed answer of a database, with its series", async () => {
    const { result } = await flow();
    const series = ["y", "u"].map((target) => ({
      target,
      datapoints: history(300).map((row, i) => [Object(row)[target], Date.UTC(2026, 0, 1, 0, i)]),
    }));
    for (const payload of [series, { data: series }, { results: { A: { series } } }]) {
      const { state, data } = await learn(result, { payload, again: true });
      assert.deepEqual([state, data.rows], ["learnt", 300]);
    }
  });

  for (const [what, msg, error] of [
    ["nothing", {}, "noTable"],
    ["an object", { payload: { y: 1 } }, "noTable"],
    ["an empty text", { payload: "" }, "empty"],
    ["rows that are no objects", { payload: [1, 2] }, "noObjects"],
    ["a table without the target", { payload: history(100).map((row) => ({ ...row, y: undefined })) }, "noTarget"],
    ["too few rows", { payload: history(20) }, "fewRows"],
    ["nothing to accept", { command: "accept" }, "nothingLearnt"],
  ] as const)
    it(`refuses ${what}`, async () => {
      await flow();
      assert.equal(await refused("trainer", msg), `history-trainer.error.${error}`);
    });

  it("answers every message, whatever is in it, and learns as ever afterwards", async () => {
    const { result } = await flow();
    const commands = ["cancel", "accept", "use", "versions", "stream"];
    const rubbish = fc.sample(hostileMessages(commands), { numRuns: 80, seed: 1 });
    let refusals = 0;
    for (const msg of rubbish) if ((await handled("trainer", msg)) !== undefined) refusals++;
    assert.ok(refusals > 40, `${refusals}`);
    const before = result.length;
    const { state } = await learn(result, { payload: history(300) });
    assert.deepEqual([state, result.length], ["learnt", before + 1]);
  }).timeout(60_000);

  it("refuses a file that is not there, and an unknown command", async () => {
    await flow({ source: "/no/such.csv", sourceType: "str" });
    assert.equal(await refused("trainer", {}), "history-trainer.error.ENOENT");
    assert.equal(await refused("trainer", { command: "go" }), "forecast-model.error.unknownCommand");
  });

  for (const setting of [{ model: "" }, { passes: 0 }, { batch: "x" }])
    it(`says what is wrong with ${JSON.stringify(setting)}`, async () => {
      await flow(setting);
      assert.match(statuses("trainer").at(-1)?.text ?? "", /^[a-z-]+\.(error|invalid)\./);
      assert.match(await refused("trainer", { payload: history(100) }), /noModel|invalid/);
    });

  describe("for the dialog", () => {
    const post = (path: string, body: string, type = "application/json") =>
      helper.request().post(`/history-trainer/${path}`).set("content-type", type).send(body);

    it("shows how a file is understood, and with another guess", async () => {
      const file = join(folder, "shown.csv");
      writeFileSync(file, historian(60));
      await flow();
      const { body } = await post("preview", JSON.stringify({ file, zone: "UTC", format: {} })).expect(200);
      assert.deepEqual([body.format.decimal, body.format.unitsLine, body.rows], [",", 2, 60]);
      assert.equal(body.first.length, 8);
      assert.equal(body.first[0].time, Date.UTC(2026, 2, 27, 22));
      assert.equal(body.head[1].cells[1], "°C");
      const changed = await post(
        "preview",
        JSON.stringify({ file, zone: "Asia/Tokyo", format: { decimal: "." } }),
      ).expect(400);
      assert.equal(changed.body.error, "history-trainer.error.noNumbers");
      const asked = JSON.stringify({ file, zone: "Asia/Tokyo", format: { decimal: "." } });
      const refusal = await post("preview", asked).set("accept-language", "de, ja-JP;q=0.9").expect(400);
      assert.match(refusal.body.error, /[ぁ-ん]/);
    });

    it("says which of several sheets it has read, and which it has not", async () => {
      const file = join(folder, "months.xlsx");
      const month = (value: number) => [["Date", "T"], ...Array.from({ length: 20 }, (_, i) => [`2026-03-${10 + i}`, value])]; // biome-ignore format: one line
      writeFileSync(file, workbookOf({ Jan: month(1), Feb: month(2) }));
      await flow();
      const asked = JSON.stringify({ file, zone: "UTC", format: {} });
      const { body } = await post("preview", asked).set("accept-language", "ja").expect(200);
      assert.deepEqual([body.sheets, body.doubts], [{ all: ["Jan", "Feb"], read: ["Jan"] }, ["sheet"]]);
      assert.match(body.notes.join(" "), /「Jan」だけを読みました\(読んでいないシート: Feb\)/);
      const all = JSON.stringify({ file, zone: "UTC", format: { sheet: "*" } });
      const { body: joined } = await post("preview", all).set("accept-language", "ja").expect(200);
      assert.match(joined.notes.join(" "), /縦につなげて読んだシート: Jan, Feb。.*: –。/);
      assert.equal(joined.rows, 20);
    });

    it("shows the file that an environment variable names", async () => {
      const file = join(folder, "named.csv");
      writeFileSync(file, historian(80));
      process.env.HISTORY_OF_THE_SPEC = file;
      await flow({ source: "HISTORY_OF_THE_SPEC", sourceType: "env" });
      const asked = { id: "trainer", file: "", type: "env", zone: "UTC", format: {} };
      assert.equal((await post("preview", JSON.stringify(asked)).expect(200)).body.rows, 80);
      delete process.env.HISTORY_OF_THE_SPEC;
      const refusal = await post("preview", JSON.stringify(asked)).expect(400);
      assert.equal(refusal.body.error, "history-trainer.error.noFile");
    });

    it("shows what came last in a message where no file is named", async () => {
      const { result } = await flow();
      assert.equal(
        (await post("preview", JSON.stringify({ id: "trainer", file: "" })).expect(400)).body.error,
        "history-trainer.error.noFile",
      );
      await learn(result, { payload: history(120) });
      assert.equal((await post("preview", JSON.stringify({ id: "trainer", file: "" })).expect(200)).body.rows, 120);
    });

    it("takes JSON only: a form of another web page is refused", async () => {
      await flow();
      await post("preview", "file=%2Fetc%2Fpasswd", "application/x-www-form-urlencoded").expect(415);
      await post("trainer/versions", "version=1", "application/x-www-form-urlencoded").expect(415);
      await post("preview", JSON.stringify({ file: 7, format: null })).expect(400);
    });

    it("reads the file at the node's button, and a stranger's form cannot press it", async () => {
      const file = join(folder, "button.csv");
      writeFileSync(file, energyMeter(250));
      const model = { zone: "UTC", target: "Usage_kWh", sensors: [] };
      const { result, rows } = await flow({ source: file, sourceType: "str", rows: "after" }, model);
      await post("trainer/read", "x=1", "application/x-www-form-urlencoded").expect(415);
      await post("gone/read", "{}").expect(404);
      assert.equal(result.length, 0);
      await post("trainer/read", "{}").expect(200);
      await until(() => result.length === 1 && rows.length > 0);
      assert.equal(result[0]?.payload.state, "learnt");
    });

    it("tells how far it is while it learns, and ends it", async () => {
      const { result } = await flow({ passes: 100 });
      const look = async () => (await helper.request().get("/history-trainer/trainer/versions").expect(200)).body;
      const cancel = (type?: string) => post("trainer/cancel", type ? "x=1" : "{}", type);
      assert.equal((await look()).progress, undefined);
      assert.equal((await cancel().expect(409)).body.error, "history-trainer.error.notLearning");
      send("trainer", { payload: history(3000) });
      let progress = { state: "", read: 0, rows: 0, of: 0 };
      while (progress.state !== "learning") progress = (await look()).progress ?? progress;
      assert.deepEqual([progress.read, progress.of], [3000, 100 * 2400 + 600]);
      assert.ok(progress.rows > 0 && progress.rows < progress.of);
      await cancel("application/x-www-form-urlencoded").expect(415);
      await post("gone/cancel", "{}").expect(404);
      assert.equal(result.length, 0);
      await cancel().expect(200);
      await until(() => result.length === 1);
      assert.equal(result[0]?.payload.state, "cancelled");
      assert.equal((await look()).progress, undefined);
      // biome-ignore lint/suspicious/noExplicitAny: the helper's spies are not in the types
      assert.equal((helper.getNode("trainer") as any).log.lastCall.args[0], "history-trainer.done.cancel");
    });

    it("lists the versions and uses one", async () => {
      const { result } = await flow();
      await learn(result, { payload: history(300) });
      const list = () => helper.request().get("/history-trainer/trainer/versions").expect(200);
      assert.deepEqual([(await list()).body.used, (await list()).body.versions[0].rows], [0, 300]);
      await post("trainer/versions", JSON.stringify({ version: 1, who: "Sato" })).expect(200);
      assert.equal((await list()).body.versions[0].by, "Sato");
      assert.equal((await list()).body.used, 1);
      await post("trainer/versions", JSON.stringify({ version: 8 })).expect(409);
      await post("gone/versions", JSON.stringify({ version: 1 })).expect(404);
      assert.deepEqual((await helper.request().get("/history-trainer/gone/versions")).body, { running: false });
    });
  });
}).timeout(30_000);
