import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NodeAPI } from "node-red";
import helper from "node-red-node-test-helper";
import type { HasForecastModel } from "../../src/asset/forecast-model";
import {
  handled,
  lagged,
  load,
  MODEL,
  PACK,
  PREDICTOR,
  readings,
  refused,
  send,
  statuses,
  TUNER,
  until,
  withServer,
} from "./forecast-flow";

describe("forecast-model node", () => {
  withServer();

  for (const [change, reason] of [
    [{ target: "" }, "target"],
    [{ horizons: "-1" }, "horizons"],
    [{ horizons: "0, 1" }, "softSensor"],
    [{ coverage: 120 }, "coverage"],
    [{ asset: "payload[" }, "asset"],
    [{ existing: "a b" }, "existing"],
    [{ sensors: ["y"], horizons: "0" }, "noInput"],
    [{ zone: "Nowhere" }, "zone"],
    [{ running: "a b" }, "running"],
    [{ running: "rpm", runningIs: "above" }, "runningValue"],
  ] as const)
    it(`${JSON.stringify(change)} is an error at once and for every message, with a reason`, async () => {
      const reasons: unknown[] = [];
      // The helper gives the key of a text and leaves out what is put into it.
      const listen = (RED: NodeAPI): void => {
        const say = RED._ as (key: string, values?: { reason?: unknown }) => string;
        RED._ = ((key: string, values?: { reason?: unknown }) => {
          if (values?.reason !== undefined) reasons.push(values.reason);
          return say(key, values);
        }) as NodeAPI["_"];
      };
      await helper.load([listen, ...PACK] as never, [{ id: "tab", type: "tab" }, { ...MODEL, ...change }, TUNER]);
      assert.deepEqual(reasons, [`forecast-model.invalid.${reason}`]);
      // biome-ignore lint/suspicious/noExplicitAny: the helper's spies are not in the types
      const [[text]] = (helper.getNode("model") as any).error.args as [[string]];
      assert.equal(text, "forecast-model.error.settings");
      // biome-ignore lint/suspicious/noExplicitAny: the helper's spies are not in the types
      const node = helper.getNode("model") as any;
      assert.equal(node.model, undefined);
      assert.equal(await refused("tuner", { payload: 1 }), "forecast-model.error.settings");
      assert.match(statuses("tuner").at(-1)?.text ?? "", /^[a-z-]+\.(error|invalid)\./);
    });

  it("the asset may be a fixed name, or stand in any property", async () => {
    const { out } = await load({ ...MODEL, asset: "payload.machine" }, TUNER);
    for (const machine of ["a", "b", "a"]) send("tuner", { payload: { u: 1, y: 2, machine } });
    await until(() => out.length === 3);
    assert.deepEqual([readings("a"), readings("b")], [2, 1]);
    await helper.unload();
    const fixed = await load({ ...MODEL, asset: "press 1", assetType: "str" }, TUNER);
    for (const topic of ["a", "b"]) send("tuner", { payload: { u: 1, y: 2 }, topic });
    await until(() => fixed.out.length === 2);
    assert.equal(readings("press 1"), 2);
  });

  it("a flow of before, which names its sensors in another property, forecasts from the same ones", async () => {
    const { sensors, ...before } = MODEL;
    const { out } = await load({ ...before, inputs: sensors }, TUNER);
    send("tuner", { payload: { u: 1, v: 3, y: 2 } });
    await until(() => out.length === 1);
    const { model } = helper.getNode("model") as unknown as HasForecastModel;
    assert.deepEqual(model?.inputs, sensors);
  });

  it("shows which sensors are in use, and starts their list anew without what was learnt being lost", async () => {
    const { out } = await load({ ...MODEL, sensors: [] }, TUNER);
    const place = "/forecast-model/model/sensors";
    const sensors = async (way: "get" | "post" = "get") =>
      (
        await (way === "get" ? helper.request().get(place) : helper.request().post(place).send({ all: true })).expect(
          200,
        )
      ).body;
    await helper.request().post(place).expect(415);
    await helper.request().post(place).type("form").send({ all: "true" }).expect(415);
    for (const body of [{}, { all: "true" }, { asset: "a" }, { asset: null }])
      await helper.request().post(place).send(body).expect(400);
    assert.deepEqual(await sensors(), { running: true, named: false, assets: [], more: 0, seen: [] });
    let sent = 0;
    const feed = async (rows: number, more: object): Promise<void> => {
      for (const end = sent + rows; sent < end; sent++)
        for (const topic of ["a", ""])
          send("tuner", { payload: { u: sent % 7, y: sent % 5, ...more }, topic, timestamp: 1e12 + 1000 * sent });
      await until(() => out.length === 2 * sent);
    };
    const both = (used: string[], isSettling: boolean, seen: string[]) => ({
      running: true,
      named: false,
      assets: ["a", ""].map((asset) => ({ asset, sensors: used, isSettling })),
      more: 0,
      seen,
    });
    await feed(30, { w: 1 });
    assert.deepEqual(await sensors(), both(["u", "w"], false, ["u", "y", "w"]));
    await feed(30, {});
    const updates = () => out.at(-1)?.tuning.updates ?? 0;
    const learnt = updates();
    assert.deepEqual(await sensors("post"), both(["u", "w"], true, ["u", "y"]));
    await feed(19, {});
    assert.equal(updates(), learnt + 19, "the model goes on");
    await feed(1, {});
    assert.deepEqual(await sensors(), both(["u"], false, ["u", "y"]));
    await sensors("post");
    const before = updates();
    await feed(21, {});
    assert.equal(updates(), before + 21, "where the list stays as it is, so does the model");
  });

  it("has no list of sensors to start anew where they are named, or where it does not run", async () => {
    await load(MODEL, { ...MODEL, id: "wrong", target: "" }, TUNER);
    const get = async (id: string) => (await helper.request().get(`/forecast-model/${id}/sensors`).expect(200)).body;
    assert.deepEqual(await get("model"), { running: true, named: true, assets: [], more: 0, seen: [] });
    for (const id of ["wrong", "unknown", "tuner"]) {
      assert.deepEqual(await get(id), { running: false });
      await helper.request().post(`/forecast-model/${id}/sensors`).send({ all: true }).expect(404);
    }
  });

  it("says what an asset takes in memory with what stands in a dialog, and nothing where that makes no sense", async () => {
    await load(MODEL, TUNER);
    const ask = async (form: object) => {
      const usual = {
        size: "medium",
        horizons: "1",
        buildOn: "last",
        steady: "false",
        labelDelay: "500",
        sensors: "4",
      };
      return (
        await helper
          .request()
          .get("/forecast-model/memory")
          .query({ ...usual, ...form })
          .expect(200)
      ).body;
    };
    const { full, light } = await ask({});
    assert.ok(light > 60_000 && light < 0.75 * full && full < 160_000, `${full} and ${light} bytes`);
    for (const more of [{ size: "large" }, { horizons: "10 min, 1 h" }, { steady: "true" }, { sensors: "40" }])
      assert.ok((await ask(more)).full > 1.1 * full, JSON.stringify(more));
    for (const wrong of [
      { size: "huge" },
      { horizons: "" },
      { labelDelay: "x" },
      { sensors: "many" },
      { sensors: "0" },
    ])
      assert.deepEqual(await ask(wrong), {}, JSON.stringify(wrong));
  });

  it("says once what it reads otherwise than it comes", async () => {
    const { out } = await load(MODEL, TUNER);
    const seconds = Math.floor(Date.now() / 1000);
    for (let t = 0; t < 3; t++)
      for (const topic of ["a", "b"]) send("tuner", { payload: { u: t, y: t }, topic, timestamp: seconds + t });
    await until(() => out.length === 6);
    // biome-ignore lint/suspicious/noExplicitAny: the helper's spies are not in the types
    const warnings = (helper.getNode("model") as any).warn.args as [string][];
    assert.deepEqual(warnings.flat(), ["forecast-model.label.remark"]);
  });

  it("refused rows of a batch end in one error, and the others go on", async () => {
    const { out } = await load(MODEL, TUNER);
    const error = await refused("tuner", {
      payload: [{ u: 1, y: 1 }, null, { u: 2, y: 2 }, "x"],
      timestamp: [1, 2, 3, 4],
    });
    assert.equal(error, "forecast-model.error.rowsRefused");
    await until(() => out.length === 1);
  });

  it("rows that each batch brings once more are told once, then counted, and say nothing of the forecast", async () => {
    const { out } = await load(MODEL, { ...TUNER, wires: [["predictor"], []] }, PREDICTOR);
    const rows = lagged(120);
    const batch = (from: number, to: number) => ({
      payload: rows.slice(from, to),
      timestamp: rows.slice(from, to).map((_, i) => 1000 * (from + i)),
    });
    for (const node of ["tuner", "predictor"]) {
      const said: (string | undefined)[] = [];
      for (const i of [0, 1, 2, 3])
        said.push(await handled(node, { ...batch(Math.max(0, 25 * i - 5), 25 * (i + 1)), topic: node }));
      assert.deepEqual(said, [undefined, "forecast-model.error.rowsRefused", undefined, undefined]);
    }
    await until(() => out.length === 8 && statuses("predictor").at(-1)?.fill === "green");
  });

  it("reads dates in its time zone and follows the condition that the plant runs", async () => {
    const running = { running: "mode", runningType: "msg", runningIs: "is", runningValue: "auto" };
    const { out } = await load({ ...MODEL, zone: "Asia/Tokyo", ...running }, TUNER);
    const times = ["2026-03-01", "2026-03-01 00:10", "2026-03-01 00:20:00,000"];
    for (const [t, mode] of ["auto", "auto", "manual"].entries())
      send("tuner", { payload: { u: t, y: t }, timestamp: times[t], mode });
    await until(() => out.length === 3);
    assert.deepEqual(
      out.map(({ scored }) => scored && [scored.time, scored.running]),
      [undefined, [Date.UTC(2026, 1, 28, 15, 10), true], [Date.UTC(2026, 1, 28, 15, 20), false]],
    );
  });

  describe("remembers in files", () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "forecast-model-node-"));
      helper.settings({ userDir: folder });
    });
    afterEach(async () => {
      await helper.unload();
      helper.settings({});
      rmSync(folder, { recursive: true, force: true });
    });

    it("what was learnt goes on where the model becomes a light one, and again where it no longer is", async () => {
      const rows = lagged(150);
      let updates = 0;
      for (const [part, memory] of (["full", "light", "full"] as const).entries()) {
        const { out } = await load({ ...MODEL, remember: "file", memory }, TUNER);
        for (let t = 50 * part; t < 50 * part + 50; t++) {
          send("tuner", { payload: rows[t], topic: "a", timestamp: 1000 * t });
          await until(() => out.length === t - 50 * part + 1);
        }
        const { tuning } = out[49] as { tuning: { updates: number } };
        assert.equal(tuning.updates, part === 0 ? 44 : updates + 50);
        updates = tuning.updates;
        const { model } = helper.getNode("model") as unknown as HasForecastModel;
        const isLight: unknown[] = [];
        model?.withAsset("a", ({ forecaster }) => isLight.push(forecaster?.options.light), assert.fail);
        assert.deepEqual(isLight, [memory === "light"]);
        await helper.unload();
      }
    });

    it("what was learnt and what was paused is there after a redeploy", async () => {
      const model = { ...MODEL, remember: "file" };
      const before = await load(model, TUNER);
      for (const [t, payload] of lagged(50).entries()) send("tuner", { payload, topic: "../a", timestamp: 1000 * t });
      send("tuner", { command: "pause", topic: "../a" });
      await until(() => before.out.length === 50);
      await helper.unload();
      assert.deepEqual(readdirSync(folder), ["online-forecast"], "no asset name leaves the folder");
      const after = await load(model, TUNER);
      send("tuner", { payload: { u: 1, y: 20 }, topic: "../a", timestamp: 50_000 });
      await until(() => after.out.length === 1);
      assert.equal(readings("../a"), 51);
      assert.equal(after.out[0]?.tuning.updates, 44);
      assert.equal(after.out[0]?.tuning.skipped, "paused");
    });
  });
});
