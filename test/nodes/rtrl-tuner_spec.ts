import assert from "node:assert/strict";
import helper from "node-red-node-test-helper";
import type { ForecastMessage } from "../../src/asset/forecast-message";
import type { PlainForecast } from "../../src/asset/plain";
import type { Tuning } from "../../src/forecaster/forecast";
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

/** The engine on its own, with the model's settings. */
function engine(): Forecaster {
  return Forecaster.create({ inputs: ["u"], target: "y", size: 8, labelDelay: 500 });
}

describe("rtrl-tuner node", () => {
  withServer();

  it("in front of a predictor gives exactly the forecasts of the engine alone, in a burst as well", async () => {
    const { out } = await load(MODEL, { ...TUNER, wires: [["predictor"], []] }, PREDICTOR);
    const alone = engine();
    const want = lagged(400).map((values, t) => {
      send("tuner", { payload: values, topic: "a", timestamp: 1000 * t });
      return alone.step({ time: 1000 * t, values }, { learn: true }).forecast.value;
    });
    await until(() => out.length === 400);
    assert.deepEqual(
      out.map(({ payload }) => payload),
      want,
    );
    assert.equal(out.at(-1)?.forecast.updates, alone.updates);
    assert.ok(alone.updates > 350);
  });

  it("behind a predictor learns the same labels", async () => {
    const { out } = await load(MODEL, { ...PREDICTOR, wires: [["tuner"]] }, TUNER);
    for (const [t, payload] of lagged(60).entries()) {
      send("predictor", { payload, timestamp: 1000 * t });
      await until(() => out.length === t + 1);
    }
    const last = out.at(-1);
    assert.equal(last?.tuning.updates, 54, "60 readings, 59 labels, the first 5 for the scales");
    assert.equal(last?.forecast.horizon, 1);
    assert.ok(Math.abs(last?.scored?.error as number) < 1);
  });

  it("stands alone: message on with scored and tuning, telemetry of what was learnt", async () => {
    const { out, learnt } = await load(MODEL, TUNER);
    for (const [t, payload] of lagged(20).entries())
      send("tuner", { payload, topic: "a", timestamp: 1000 * t, mine: t });
    await until(() => out.length === 20);
    assert.deepEqual(out[19]?.payload, lagged(20)[19], "the reading is left as it came");
    assert.equal((out[19] as unknown as { mine: number }).mine, 19, "the message is used again");
    assert.equal(out[19]?.tuning.updates, 14);
    assert.equal(learnt.length, 19, "one for each label");
    const last = learnt.at(-1)?.payload as Tuning & { asset: string };
    assert.deepEqual([last.asset, last.updates], ["a", 14]);
    assert.ok(last.rate > 0);
  });

  it("a batch is learnt row by row: the same forecasts as one by one", async () => {
    const { out } = await load(MODEL, { ...TUNER, wires: [["predictor"], []] }, PREDICTOR);
    const alone = engine();
    const rows = lagged(300);
    const want = rows.map((values, t) => alone.step({ time: 1000 * t, values }, { learn: true }).forecast.value);
    send("tuner", { payload: rows, timestamp: rows.map((_, t) => 1000 * t) });
    await until(() => out.length === 1);
    const { payload, reading, forecast, scored, tuning } = out[0] as unknown as ForecastMessage;
    assert.deepEqual(payload, want);
    assert.deepEqual(reading, rows);
    assert.equal((forecast as PlainForecast[])[299]?.value, want[299]);
    assert.equal((scored as object[]).length, 300);
    assert.equal((tuning as Tuning[])[299]?.updates, alone.updates);
  });

  for (const messages of ["a batch", "a burst"])
    for (const guard of ["in front of the predictor", "between predictor and tuner"])
      it(`learns ${messages} behind a predictor at the speed of each reading, with the guard ${guard}`, async () => {
        const rows = lagged(200);
        const alone = engine();
        // All are taken in before the first is learnt.
        for (const [t, values] of rows.entries()) {
          alone.observe({ time: 1000 * t, values });
          alone.forecast();
        }
        // What the drift guard writes.
        const func = `
          const speed = (t) => (t >= 100 && t < 150 ? { speed: 3 } : {});
          const one = (time) => ({ state: "good", learn: 1, held: [], reasons: [], ...speed(time / 1000) });
          msg.quality = Array.isArray(msg.timestamp) ? msg.timestamp.map(one) : one(msg.timestamp);
          return msg;`;
        const judge = { id: "judge", type: "function", z: "tab", func };
        const nodes =
          guard === "in front of the predictor"
            ? [{ ...judge, wires: [["predictor"]] }, { ...PREDICTOR, wires: [["tuner"]] }, TUNER]
            : [{ ...PREDICTOR, wires: [["judge"]] }, { ...judge, wires: [["tuner"]] }, TUNER];
        const { out } = await load(MODEL, ...nodes);
        const first = guard === "in front of the predictor" ? "judge" : "predictor";
        if (messages === "a batch") send(first, { payload: rows, timestamp: rows.map((_, t) => 1000 * t) });
        else for (const [t, payload] of rows.entries()) send(first, { payload, timestamp: 1000 * t });
        await until(() => out.length === (messages === "a batch" ? 1 : 200));
        const tunings = out.flatMap(({ tuning }) => tuning);
        assert.equal(tunings.length, 200);
        for (let t = 0; t < 200; t++) {
          const speed = t >= 100 && t < 150 ? 3 : 1;
          const { updates, rate, change } = alone.learn({ learn: true, speed, upTo: 1000 * t });
          const { updates: u, rate: r, change: c } = tunings[t] as Tuning;
          assert.deepEqual([t, u, r, c], [t, updates, rate, change]);
        }
        assert.ok((tunings[120] as Tuning).rate > 2.5 * (tunings[99] as Tuning).rate);
      });

  it("learns a late label that arrives alone", async () => {
    const { out, learnt } = await load({ ...MODEL, horizons: "0" }, TUNER);
    for (const [t, { u, y }] of lagged(40).entries()) {
      send("tuner", { payload: { u }, timestamp: 1000 * t });
      if (t >= 5) send("tuner", { payload: y, timestamp: 1000 * (t - 5) });
    }
    await until(() => out.length === 75);
    assert.ok((out.at(-1)?.tuning.updates as number) > 20);
    assert.equal(out.at(-1)?.scored?.origin, 34_000);
    assert.equal(learnt.length, 34, "the first label only gives the scale");
  });

  const wire = { id: "in", type: "helper", z: "tab" };
  const WIRINGS = {
    "tuner, then predictor": [{ ...wire, wires: [["tuner"]] }, { ...TUNER, wires: [["predictor"], []] }, PREDICTOR],
    "predictor, then tuner": [
      { ...wire, wires: [["predictor"]] },
      { ...PREDICTOR, wires: [["tuner"]] },
      { ...TUNER, wires: [["out"], []] },
    ],
    "side by side": [{ ...wire, wires: [["tuner", "predictor"]] }, { ...TUNER, wires: [[], []] }, PREDICTOR],
    "side by side, predictor first": [
      { ...wire, wires: [["predictor", "tuner"]] },
      { ...TUNER, wires: [[], []] },
      PREDICTOR,
    ],
  };
  for (const [wiring, nodes] of Object.entries(WIRINGS)) {
    it(`a soft sensor's estimate has never seen its own label: ${wiring}`, async () => {
      const { out } = await load({ ...MODEL, horizons: "0" }, ...nodes);
      const source = helper.getNode("in") as unknown as { send(msg: object): void };
      const alone = Forecaster.create({ inputs: ["u"], target: "y", horizon: 0, size: 8, labelDelay: 500 });
      let late = 0;
      let worth = 0;
      for (let t = 0; t < 400; t++) {
        // Jumps about, so that the last label says nothing of the next one.
        const u = Math.sin(1e4 * Math.sin(t));
        const y = 20 + 5 * u;
        source.send({ payload: { u, y }, timestamp: 1000 * t });
        await until(() => out.length === t + 1);
        const { scored, forecast } = alone.step({ time: 1000 * t, values: { u, y } }, { learn: true });
        const msg = out[t] as (typeof out)[0];
        assert.equal(msg.payload ?? Number.NaN, forecast.value);
        if (!scored) continue;
        assert.equal(msg.scored?.forecast, msg.payload, "what is scored is what was sent");
        late += Math.abs(scored.error);
        worth += Math.abs(scored.naive - scored.actual);
      }
      assert.ok(alone.updates > 380 && late < 0.7 * worth && late > 0, `${late} against ${worth}`);
    });
  }

  it("speed, scope and interval of learning are the engine's", async () => {
    const { out } = await load(MODEL, { ...TUNER, speed: "fast", every: 2, scope: "output", limit: "20" });
    const alone = engine();
    for (const [t, values] of lagged(100).entries()) {
      send("tuner", { payload: values, timestamp: 1000 * t });
      alone.step({ time: 1000 * t, values }, { learn: true, speed: 3, every: 2, scope: "output", limit: 0.2 });
    }
    await until(() => out.length === 100);
    const { updates, rate, change } = alone.learn({ learn: true });
    const tuning = out.at(-1)?.tuning;
    assert.deepEqual([tuning?.updates, tuning?.rate, tuning?.change], [updates, rate, change]);
    assert.ok(updates > 40 && updates < 50);
  });

  it("pauses and resumes one asset or all", async () => {
    const { out, learnt } = await load(MODEL, TUNER);
    let t = 0;
    const feed = async (): Promise<[number, number]> => {
      const from = out.length;
      for (const payload of lagged(20)) {
        t++;
        for (const topic of ["a", "b"]) send("tuner", { payload, topic, timestamp: 1000 * t });
      }
      await until(() => out.length === from + 40);
      return [out.at(-2)?.tuning.updates as number, out.at(-1)?.tuning.updates as number];
    };
    assert.deepEqual(await feed(), [14, 14]);
    send("tuner", { command: "pause", topic: "a" });
    assert.deepEqual(await feed(), [14, 34]);
    send("tuner", { command: "pause" });
    assert.deepEqual(await feed(), [14, 34]);
    assert.equal(out.at(-1)?.tuning.skipped, "paused");
    send("tuner", { command: "resume", topic: "b" });
    assert.deepEqual(await feed(), [14, 54]);
    send("tuner", { command: "resume" });
    assert.deepEqual(await feed(), [34, 74]);
    const commands = learnt.map(({ payload }) => (payload as { command?: string }).command).filter(Boolean);
    assert.deepEqual(commands, ["pause", "pause", "resume", "resume"]);
  });

  it("approves, rolls back, freezes and resets", async () => {
    const { out, learnt } = await load(MODEL, TUNER);
    let t = 0;
    const feed = async (n: number): Promise<Tuning> => {
      const from = out.length;
      for (const payload of lagged(n)) send("tuner", { payload, timestamp: 1000 * t++ });
      await until(() => out.length === from + n);
      return out.at(-1)?.tuning as Tuning;
    };
    const command = async (msg: object): Promise<void> => {
      const from = learnt.filter(({ payload }) => (payload as { command?: string }).command).length;
      send("tuner", msg);
      await until(() => learnt.filter(({ payload }) => (payload as { command?: string }).command).length > from);
    };
    const learntFar = (await feed(60)).change;
    assert.ok(learntFar > 0.01);
    await command({ command: "rollback" });
    assert.ok((await feed(1)).change < learntFar / 2, "back at the base, and one step from there");
    await feed(60);
    await command({ command: "approve" });
    assert.ok((await feed(1)).change < 0.01, "what was learnt is the base now");
    await command({ command: "freeze" });
    const before = out.at(-1)?.tuning.updates;
    const frozen = await feed(20);
    assert.equal(frozen.skipped, "paused");
    assert.equal(frozen.updates, before);
    await command({ command: "resume" });
    await command({ reset: true });
    send("tuner", { payload: { u: 0, y: 20 }, timestamp: 0 }); // what was seen is forgotten: time may start again
    await until(() => out.some(({ timestamp, tuning }) => timestamp === 0 && tuning.skipped === "nothing new"));
  });

  for (const command of ["pause", "resume", "approve", "rollback", "freeze", "reset"])
    it(`${command} for an asset that is not known is an error and changes nothing`, async () => {
      const { out } = await load(MODEL, TUNER);
      assert.equal(await refused("tuner", { command, topic: "tpyo" }), "forecast-model.error.noModel");
      assert.equal(await refused("tuner", { command, topic: {} }), "forecast-model.error.assetType");
      for (const [t, payload] of lagged(20).entries()) send("tuner", { payload, topic: "tpyo", timestamp: 1000 * t });
      await until(() => out.length === 20);
      assert.equal(out.at(-1)?.tuning.updates, 14);
    });

  it("a command may be for all assets that fit an MQTT filter", async () => {
    const { out } = await load(MODEL, TUNER);
    const topics = ["line1/a", "line1/b", "line2/a"];
    const feed = async (from: number): Promise<number[]> => {
      const had = out.length;
      for (const [t, payload] of lagged(20).entries())
        for (const topic of topics) send("tuner", { payload, topic, timestamp: 1000 * (from + t) });
      await until(() => out.length === had + 60);
      return out.slice(-3).map(({ tuning }) => tuning.updates);
    };
    assert.deepEqual(await feed(0), [14, 14, 14]);
    assert.equal(await handled("tuner", { command: "pause", topic: "line1/+" }), undefined);
    assert.deepEqual(await feed(20), [14, 14, 34]);
    assert.equal(await handled("tuner", { command: "resume", topic: "+/a" }), undefined);
    assert.deepEqual(await feed(40), [34, 14, 54]);
  });

  for (const topic of ["Line1/a", "line1/a ", " ", "line3/+", "line1+", "#/a"])
    it(`pause for ${JSON.stringify(topic)} is an error that names the nearest, and pauses nothing`, async () => {
      const { out } = await load(MODEL, TUNER);
      const rows = lagged(20);
      for (const [t, payload] of rows.entries()) send("tuner", { payload, topic: "line1/a", timestamp: 1000 * t });
      await until(() => out.length === 20);
      assert.equal(await refused("tuner", { command: "pause", topic }), "forecast-model.error.noSuchAsset");
      send("tuner", { payload: { u: 1, y: 20 }, topic: "line1/a", timestamp: 20_000 });
      await until(() => out.length === 21);
      assert.equal(out[20]?.tuning.updates, 15);
    });

  it("an empty topic, as an inject node sends it, means all assets", async () => {
    const { out } = await load(MODEL, TUNER);
    send("tuner", { command: "pause", topic: "" });
    for (const [t, payload] of lagged(20).entries()) send("tuner", { payload, topic: "a", timestamp: 1000 * t });
    await until(() => out.length === 20);
    assert.equal(out.at(-1)?.tuning.skipped, "paused");
  });

  it("an unknown command is an error that lists the known ones", async () => {
    await load(MODEL, TUNER);
    assert.equal(await refused("tuner", { command: "explode" }), "forecast-model.error.unknownCommand");
  });

  it("goes on after an error, and what it has learnt is still there", async () => {
    const { out } = await load(MODEL, TUNER);
    const rows = lagged(40);
    for (const [t, payload] of rows.slice(0, 20).entries()) send("tuner", { payload, timestamp: 1000 * t });
    for (const payload of [null, "12,5", {}, [], { u: "x", y: null }, { u: 1e308, y: Number.NaN }])
      assert.match(await refused("tuner", { payload, timestamp: 1e6 }), /^forecast-model\.error\./);
    assert.equal(await refused("tuner", { payload: rows[0], timestamp: 19_000 }), "forecast-model.error.duplicate");
    assert.equal(await refused("tuner", { payload: rows[0], timestamp: 1 }), "forecast-model.error.outOfOrder");
    for (const [i, payload] of rows.slice(20).entries()) send("tuner", { payload, timestamp: 1000 * (20 + i) });
    await until(() => out.length === 40);
    assert.equal(out.at(-1)?.tuning.updates, 34);
  });

  it("shows what it does", async () => {
    await load(MODEL, TUNER);
    assert.equal(statuses("tuner").at(-1)?.text, "rtrl-tuner.status.waiting");
    for (const [t, payload] of lagged(30).entries()) send("tuner", { payload, timestamp: 1000 * t });
    await until(() => statuses("tuner").at(-1)?.text === "rtrl-tuner.progress.learnt");
    send("tuner", { command: "pause" });
    await until(() => statuses("tuner").at(-1)?.text === "rtrl-tuner.status.paused");
    await refused("tuner", { payload: "x" });
    assert.equal(statuses("tuner").at(-1)?.fill, "red");
  });

  it("tells the first of a flood of errors to a Catch node, then the count", async function () {
    this.timeout(15_000);
    const { out } = await load(MODEL, TUNER);
    // biome-ignore lint/suspicious/noExplicitAny: the helper's spies are not in the types
    const errors = (helper.getNode("tuner") as any).error.args as [Error | string, object?][];
    for (let t = 0; t < 300; t++) {
      send("tuner", { payload: { u: 1, y: t }, timestamp: 1000 * t });
      send("tuner", { payload: "12,5", timestamp: 1000 * t, mine: t });
      send("tuner", { payload: { u: 1, y: t }, timestamp: 1000 * t });
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

  it("is red while the value to forecast never comes, and says once what came instead", async () => {
    const { out } = await load({ ...MODEL, target: "Usage_kwh" }, TUNER);
    // biome-ignore lint/suspicious/noExplicitAny: the helper's spies are not in the types
    const warnings = (helper.getNode("model") as any).warn.args as [string][];
    for (let t = 0; t < 60; t++) send("tuner", { payload: { u: t, Usage_kWh: 5 }, timestamp: 1000 * t });
    await until(() => out.length === 60);
    await until(() => statuses("tuner").at(-1)?.text === "rtrl-tuner.status.noTarget");
    assert.equal(statuses("tuner").at(-1)?.fill, "red");
    assert.deepEqual(warnings, [["forecast-model.notice.noTarget"]]);
    send("tuner", { payload: { u: 1, Usage_kwh: 5 }, timestamp: 1e6 });
    await until(() => statuses("tuner").at(-1)?.fill !== "red");
  });

  for (const [change, text] of [
    [{ model: "" }, "rtrl-tuner.error.noModel"],
    [{ model: "gone" }, "rtrl-tuner.error.noModel"],
    [{ speed: "custom", rate: 0 }, "rtrl-tuner.invalid.speed"],
    [{ speed: "custom", rate: "x" }, "rtrl-tuner.invalid.speed"],
    [{ every: 0 }, "rtrl-tuner.invalid.every"],
    [{ scope: "half" }, "rtrl-tuner.invalid.scope"],
    [{ limit: "-5" }, "rtrl-tuner.invalid.limit"],
  ] as const)
    it(`says what is wrong with ${JSON.stringify(change)}`, async () => {
      await load(MODEL, { ...TUNER, ...change });
      assert.match(statuses("tuner").at(-1)?.text ?? "", /^[a-z-]+\.(error|invalid)\./);
      assert.equal(await refused("tuner", { payload: 1 }), text);
    });
});
