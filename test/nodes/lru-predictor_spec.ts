import assert from "node:assert/strict";
import helper from "node-red-node-test-helper";
import { MODEL_TEXTS } from "../../nodes/kit/say";
import type { ForecastMessage } from "../../src/asset/forecast-message";
import type { PlainForecast } from "../../src/asset/plain";
import { Forecaster } from "../../src/forecaster/forecaster";
import {
  handled,
  lagged,
  load,
  MODEL,
  PREDICTOR,
  refused,
  send,
  statuses,
  TUNER,
  until,
  withServer,
} from "./forecast-flow";

describe("lru-predictor node", () => {
  withServer();

  it("without a tuner forecasts as the frozen engine does; the reading moves to msg.reading", async () => {
    const { out } = await load(MODEL, PREDICTOR);
    const alone = Forecaster.create({ inputs: ["u"], target: "y", size: 8, labelDelay: 500 });
    const rows = lagged(50);
    const want = rows.map((values, t) => {
      send("predictor", { payload: values, topic: "a", timestamp: 1000 * t, baseline: 19 });
      alone.observe({ time: 1000 * t, values, existing: 19 });
      return alone.forecast().value;
    });
    await until(() => out.length === 50);
    assert.deepEqual(
      out.map(({ payload }) => payload),
      want,
    );
    const { reading, forecast, scored } = out[49] as (typeof out)[0];
    assert.deepEqual(reading, rows[49]);
    assert.deepEqual([forecast.asset, forecast.origin, forecast.due, forecast.horizon], ["a", 49_000, 50_000, 1]);
    assert.deepEqual([forecast.naive, forecast.existing, forecast.updates], [rows[49]?.y, 19, 0]);
    assert.ok((forecast.lower as number) < (forecast.value as number));
    assert.deepEqual([scored?.origin, scored?.time, scored?.actual], [48_000, 49_000, rows[49]?.y]);
    assert.equal(scored?.error, (scored?.forecast as number) - (scored?.actual as number));
  });

  it("forecasts and learns with the few settings that llms.txt names", async () => {
    const { out } = await load(
      { id: "model", type: "forecast-model", target: "y", horizons: "1", remember: "none" },
      { id: "tuner", type: "rtrl-tuner", model: "model", wires: [["predictor"]] },
      { id: "predictor", type: "lru-predictor", model: "model", wires: [["out"]] },
    );
    for (const [t, payload] of lagged(50).entries()) send("tuner", { payload, topic: "a", timestamp: 1000 * t });
    await until(() => out.length === 50);
    const { payload, forecast } = out[49] as (typeof out)[0];
    assert.equal(payload, forecast.value);
    assert.ok((forecast.updates ?? 0) > 0);
  });

  it("puts the forecast elsewhere and leaves the payload, if asked to", async () => {
    const { out } = await load(MODEL, { ...PREDICTOR, output: "result.next" });
    send("predictor", { payload: { u: 1, y: 2 } });
    await until(() => out.length === 1);
    const msg = out[0] as unknown as { payload: unknown; reading: unknown; result: { next: number } };
    assert.deepEqual([msg.payload, msg.reading, msg.result.next], [{ u: 1, y: 2 }, undefined, 2]);
  });

  for (const output of ["a[", "two words", "observed", "msg.topic"])
    it(`says that the forecast cannot stand in "${output}"`, async () => {
      await load(MODEL, { ...PREDICTOR, output });
      assert.match(statuses("predictor").at(-1)?.text ?? "", /^[a-z-]+\.(error|invalid)\./);
      assert.equal(await refused("predictor", { payload: { u: 1, y: 2 } }), "lru-predictor.invalid.output");
    });

  it("says that the forecast finds no place in a payload that is no object", async () => {
    const { out } = await load({ ...MODEL, sensors: [] }, { ...PREDICTOR, output: "payload.next" });
    assert.equal(await refused("predictor", { payload: 7 }), "lru-predictor.error.noPlace");
    assert.equal(out.length, 0);
  });

  it("one behind another gives each message of a burst its own forecast", async () => {
    const second = { ...PREDICTOR, id: "second", output: "again" };
    const { out } = await load(MODEL, { ...PREDICTOR, wires: [["second"]] }, second);
    for (const [t, payload] of lagged(20).entries()) send("predictor", { payload, timestamp: 1000 * t });
    await until(() => out.length === 20);
    for (const msg of out) assert.equal((msg as unknown as { again: number }).again, msg.payload);
  });

  it("several horizons: the nearest in the payload, all in steps", async () => {
    const { out } = await load({ ...MODEL, horizons: "1, 6, 24" }, PREDICTOR);
    for (const [t, payload] of lagged(5).entries()) send("predictor", { payload, timestamp: 1000 * t });
    await until(() => out.length === 5);
    const steps = out[4]?.forecast.steps;
    assert.deepEqual(
      steps?.map(({ horizon, due }) => [horizon, due]),
      [
        [1, 5000],
        [6, 10_000],
        [24, 28_000],
      ],
    );
    assert.equal(out[4]?.payload, steps?.[0]?.value);
  });

  it("builds on the existing forecast, wherever it stands in the message", async () => {
    const { out } = await load({ ...MODEL, existing: "plan.next", buildOn: "existing" }, PREDICTOR);
    for (const [t, payload] of lagged(3).entries())
      send("predictor", { payload, timestamp: 1000 * t, plan: { next: 42 + t } });
    await until(() => out.length === 3);
    assert.deepEqual(
      out.map(({ payload, forecast }) => [payload, forecast.existing, forecast.naive]),
      lagged(3).map(({ y }, t) => [42 + t, 42 + t, y]),
    );
  });

  it("msg.reset, for one asset or for all, forgets the readings", async () => {
    const { out } = await load(MODEL, PREDICTOR);
    for (const topic of ["a", "b"])
      for (const [t, payload] of lagged(3).entries())
        send("predictor", { payload, topic, timestamp: 10_000 + 1000 * t });
    await until(() => out.length === 6);
    send("predictor", { reset: true, topic: "a" });
    send("predictor", { payload: { u: 1, y: 2 }, topic: "a", timestamp: 5 }); // an earlier time is not out of order now
    await until(() => out.length === 7);
    assert.deepEqual([out[6]?.forecast.origin, out[6]?.scored], [5, undefined]);
    assert.match(await refused("predictor", { payload: { u: 1, y: 2 }, topic: "b", timestamp: 5 }), /outOfOrder/);
  });

  it("a batch gives one forecast for each row", async () => {
    const { out } = await load(MODEL, PREDICTOR);
    send("predictor", { payload: [{ u: 1, y: 2 }, { u: 1, y: null }, 3], timestamp: [1000, 2000, 3000] });
    await until(() => out.length === 1);
    const { payload, forecast } = out[0] as unknown as ForecastMessage;
    assert.deepEqual(
      (forecast as PlainForecast[]).map(({ origin }) => origin),
      [1000, 2000, 3000],
    );
    assert.deepEqual((payload as number[])[0], 2);
  });

  it("on a wire of its own beside the tuner the model still advances once", async () => {
    const split = { id: "split", type: "helper", z: "tab", wires: [["tuner", "predictor"]] };
    const { out } = await load(MODEL, split, { ...TUNER, wires: [[], []] }, PREDICTOR);
    const alone = Forecaster.create({ inputs: ["u"], target: "y", size: 8, labelDelay: 500 });
    const rows = lagged(30);
    const source = helper.getNode("split") as unknown as { send(msg: object): void };
    const want = rows.map((values, t) => {
      source.send({ payload: values, timestamp: 1000 * t });
      return alone.step({ time: 1000 * t, values }, { learn: true }).forecast.value;
    });
    await until(() => out.length === 30);
    assert.deepEqual(
      out.map(({ payload }) => payload),
      want,
    );
  });

  it("a bad value is named in msg.quality, and there is a forecast all the same", async () => {
    const { out } = await load(MODEL, PREDICTOR);
    send("predictor", { payload: { u: 1, y: 2 }, timestamp: 1 });
    send("predictor", { payload: { u: "12,5", y: 2 }, timestamp: 2 });
    await until(() => out.length === 2);
    const [reason] = out[1]?.quality?.reasons ?? [];
    assert.deepEqual([reason?.sensor, reason?.rule], ["u", "decimalComma"]);
    assert.equal(typeof out[1]?.payload, "number");
    await until(() => statuses("predictor").at(-1)?.fill === "yellow");
    send("predictor", { payload: { u: 1, y: 2 }, timestamp: 3 });
    await until(() => statuses("predictor").at(-1)?.fill === "green");
  });

  it("exports a model as a file and imports it for another machine", async () => {
    const { out } = await load(MODEL, PREDICTOR);
    for (const [t, payload] of lagged(30).entries())
      send("predictor", { payload, topic: "line 1", timestamp: 1000 * t });
    await until(() => out.length === 30);
    send("predictor", { command: "export" });
    await until(() => out.length === 31);
    const file = out[30] as (typeof out)[0];
    assert.equal(file.topic, "line 1");
    assert.match(file.filename ?? "", /^line-1-[0-9a-f]{12}\.forecaster$/);
    assert.ok(Buffer.isBuffer(file.payload));
    send("predictor", { command: "import", topic: "line 2", payload: file.payload });
    send("predictor", { payload: { u: 0, y: 20 }, topic: "line 2", timestamp: 0 });
    await until(() => out.length === 32);
    assert.equal(out[31]?.forecast.asset, "line 2");
    const scale = (out[31]?.forecast.upper as number) - (out[31]?.forecast.lower as number);
    assert.ok(scale > 0, "the width of the interval was learnt on line 1");
  });

  it("refuses to import what is no model, and to export what is not there", async () => {
    await load(MODEL, PREDICTOR);
    const error = "forecast-model.error.";
    assert.equal(await refused("predictor", { command: "import", payload: "x" }), `${error}importType`);
    assert.equal(await refused("predictor", { command: "import", payload: Buffer.from("x") }), `${error}importForeign`);
    assert.equal(await refused("predictor", { command: "export", topic: "a" }), `${error}noModel`);
    assert.equal(await refused("predictor", { command: "export" }), `${error}noModels`);
    assert.equal(await refused("predictor", { command: "reset", topic: "a" }), `${error}noModel`);
    assert.equal(await refused("predictor", { command: "pause" }), `${error}unknownCommand`);
  });

  it("removes the asset without a name where msg.asset says so, and never all at once", async () => {
    const { out } = await load(MODEL, PREDICTOR);
    for (const topic of ["", "a/1", "a/2", "b"]) send("predictor", { payload: { u: 1, y: 2 }, topic, timestamp: 1000 });
    await until(() => out.length === 4);
    for (const topic of ["", undefined, "#"])
      assert.equal(await refused("predictor", { command: "remove", topic }), "forecast-model.error.removeWhich");
    assert.equal(await handled("predictor", { command: "remove", asset: "", topic: "" }), undefined);
    assert.equal(await handled("predictor", { command: "remove", topic: "a/+" }), undefined);
    // What was removed starts anew: an earlier time is not out of order.
    for (const topic of ["", "a/1", "a/2"]) send("predictor", { payload: { u: 1, y: 2 }, topic, timestamp: 5 });
    await until(() => out.length === 7);
    assert.match(await refused("predictor", { payload: { u: 1, y: 2 }, topic: "b", timestamp: 5 }), /outOfOrder/);
    assert.equal(await refused("predictor", { command: "remove", topic: "B" }), "forecast-model.error.noSuchAsset");
  });

  it("shows the forecast, and that a value of it could not be used", async () => {
    await load(MODEL, PREDICTOR);
    send("predictor", { payload: { u: 1, y: 2 }, timestamp: 1000 });
    await until(() => statuses("predictor").at(-1)?.text === "lru-predictor.progress.next");
    assert.equal(statuses("predictor").at(-1)?.fill, "green");
    send("predictor", { payload: { u: "x", y: 2 }, timestamp: 2000 });
    await until(() => statuses("predictor").at(-1)?.fill === "yellow");
  });

  it("tells the first of a flood of errors to a Catch node, then the count", async function () {
    this.timeout(15_000);
    const { out } = await load(MODEL, PREDICTOR);
    // biome-ignore lint/suspicious/noExplicitAny: the helper's spies are not in the types
    const errors = (helper.getNode("predictor") as any).error.args as [Error | string, object?][];
    for (let t = 0; t < 300; t++) {
      send("predictor", { payload: { u: 1, y: t }, timestamp: 1000 * t });
      send("predictor", { payload: "12,5", timestamp: 1000 * t, mine: t });
      send("predictor", { payload: { u: 1, y: t }, timestamp: 1000 * t });
    }
    await until(() => out.length === 300 && errors.length === 4);
    const texts = errors.map(([error, msg]) => [error instanceof Error ? error.message : error, msg !== undefined]);
    assert.deepEqual(texts, [
      ["forecast-model.error.payloadType", true],
      ["forecast-model.error.duplicate", true],
      ["forecast-model.error.repeated", true],
      ["forecast-model.error.repeated", true],
    ]);
    assert.equal((errors[2]?.[1] as { mine: number } | undefined)?.mine, 299);
  });

  it("forecasts the last value where the existing forecast has not come with the reading, and says so", async () => {
    const { out } = await load(
      { ...MODEL, existing: "baseline", buildOn: "existing" },
      { ...TUNER, wires: [["predictor"], []] },
      PREDICTOR,
    );
    for (const [t, baseline] of [1, 2, undefined, "Bad", 3].entries()) {
      send("tuner", { payload: { u: t, y: t }, timestamp: 1000 * t, baseline });
      await until(() => out.length === t + 1);
    }
    assert.deepEqual(
      out.map(({ forecast }) => [forecast.value, forecast.existing, forecast.experts.last]),
      [
        [1, 1, 0],
        [2, 2, 0],
        [2, null, 1],
        [3, null, 1],
        [3, 3, 0],
      ],
    );
    assert.deepEqual(
      out.map(({ scored }) => scored?.forecast),
      [undefined, 1, 2, 2, 3],
    );
    send("tuner", { payload: { u: 1, y: 7 }, timestamp: 5000 });
    await until(() => statuses("predictor").some(({ text }) => /noExisting/.test(text ?? "")));
  });

  it("is red while the value to forecast never comes, and says once what came instead", async () => {
    const { out } = await load({ ...MODEL, target: "Usage_kwh" }, PREDICTOR);
    // biome-ignore lint/suspicious/noExplicitAny: the helper's spies are not in the types
    const warnings = (helper.getNode("model") as any).warn.args as [string][];
    for (let t = 0; t < 60; t++) send("predictor", { payload: { u: t, Usage_kWh: 5 }, timestamp: 1000 * t });
    await until(() => out.length === 60);
    await until(() => statuses("predictor").at(-1)?.text === "lru-predictor.status.noTarget");
    assert.equal(statuses("predictor").at(-1)?.fill, "red");
    assert.deepEqual(warnings, [["forecast-model.notice.noTarget"]]);
    send("predictor", { payload: { u: 1, Usage_kwh: 5 }, timestamp: 1e6 });
    await until(() => statuses("predictor").at(-1)?.fill !== "red");
  });

  it("says why the forecast has changed, if asked to, also where a tuner in front has taken the reading in", async () => {
    const { out } = await load(MODEL, { ...TUNER, wires: [["predictor"], []] }, { ...PREDICTOR, why: true });
    const rows = lagged(150);
    for (const [t, payload] of rows.entries()) send("tuner", { payload, topic: "a", timestamp: 60_000 * t });
    await until(() => out.length === rows.length);
    assert.equal(out[0]?.forecast.because, undefined);
    for (const [t, { forecast }] of out.entries()) {
      assert.match(String(forecast.madeOf), /lru-predictor\.because\.share/);
      if (t < 70) continue;
      const { because } = forecast;
      assert.ok(because);
      const { since, change, inputs, others, own, existing, rest, text } = because;
      assert.equal(since, 3_600_000);
      assert.equal(change, (forecast.value as number) - (out[t - 60]?.forecast.value as number));
      const [u] = inputs;
      assert.deepEqual([u?.sensor, u?.from, u?.to], ["u", rows[t - 60]?.u, rows[t]?.u]);
      assert.deepEqual([own.sensor, own.from, own.to], ["y", rows[t - 60]?.y, rows[t]?.y]);
      const parts = [u?.share, others, own.share, existing, rest] as number[];
      assert.ok(Math.abs(parts.reduce((sum, part) => sum + part, 0) - (change as number)) < 1e-9);
      assert.match(String(text), /lru-predictor\.because/);
    }
  });

  it("of a batch says it for the newest reading", async () => {
    const { out } = await load(MODEL, { ...PREDICTOR, why: true });
    const rows = lagged(90);
    send("predictor", { payload: rows.slice(0, 80), timestamp: rows.slice(0, 80).map((_, t) => 60_000 * t) });
    send("predictor", { payload: rows.slice(80), timestamp: rows.slice(80).map((_, t) => 60_000 * (80 + t)) });
    await until(() => out.length === 2);
    const forecasts = out[1]?.forecast as unknown as PlainForecast[];
    assert.deepEqual(
      forecasts.map(({ because }) => because?.since),
      [...new Array(9).fill(undefined), 3_600_000],
    );
  });

  it("says it as well where the forecast is asked for between two readings", async () => {
    const { out } = await load(MODEL, { ...PREDICTOR, why: true });
    for (const [t, payload] of lagged(9).entries()) send("predictor", { payload, topic: "a", timestamp: 60_000 * t });
    send("predictor", { command: "forecast", topic: "a" });
    await until(() => out.length === 10);
    const [last, asked] = out.slice(-2).map(({ forecast }) => forecast);
    assert.ok(asked?.because?.text);
    assert.deepEqual([asked.because, asked.madeOf], [last?.because, last?.madeOf]);
  });

  it("does not say why unless it is asked to", async () => {
    const { out } = await load(MODEL, PREDICTOR);
    for (const [t, payload] of lagged(3).entries()) send("predictor", { payload, topic: "a", timestamp: 60_000 * t });
    await until(() => out.length === 3);
    assert.deepEqual(
      out.map(({ forecast }) => [forecast.because, forecast.madeOf]),
      new Array(3).fill([undefined, undefined]),
    );
  });

  for (const model of ["", "gone"])
    it(`says that the model ${JSON.stringify(model)} is missing`, async () => {
      await load(MODEL, { ...PREDICTOR, model });
      assert.match(statuses("predictor").at(-1)?.text ?? "", /^[a-z-]+\.(error|invalid)\./);
      assert.equal(await refused("predictor", { payload: 1 }), "lru-predictor.error.noModel");
    });

  it("without a model says so once to a flood of messages, then how many there were", async function () {
    this.timeout(15_000);
    await load(MODEL, { ...PREDICTOR, model: "" });
    // biome-ignore lint/suspicious/noExplicitAny: the helper's spies are not in the types
    const errors = (helper.getNode("predictor") as any).error.args as [Error | string, object?][];
    for (let i = 0; i < 300; i++) send("predictor", { payload: i });
    await until(() => errors.length === 3);
    assert.deepEqual(errors.map(([error, msg]) => [error, msg !== undefined]), [["lru-predictor.error.noModel", false], ["lru-predictor.error.noModel", true], [`${MODEL_TEXTS}.error.repeated`, true]]); // biome-ignore format: one line
  });
});
