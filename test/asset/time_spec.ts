import assert from "node:assert/strict";
import { Asset, type AssetOptions } from "../../src/asset/asset";
import type { ForecastMessage } from "../../src/asset/forecast-message";
import { ForecastModel } from "../../src/asset/forecast-model";
import { type Learn, takeIn } from "../../src/asset/intake";
import { allOf, type PlainForecast, type PlainScored } from "../../src/asset/plain";
import { type ModelForm, type ModelSettings, modelSettings } from "../../src/asset/settings";
import { Forecaster } from "../../src/forecaster/forecaster";
import { Random } from "../../src/forecaster/random";
import { NoStore } from "../../src/memory/no-store";
import { readingsOf } from "../../src/message/reading";
import { RecordError } from "../../src/record/record-error";

const START = 1_790_000_000_000;
const SECOND = 1000;
const LEARN: Learn = (asset) => asset.learn({ learn: true });

type AsText = Pick<ModelForm, "numbersAsText" | "datesAsText">;

function settings(horizons: string, inputs: readonly string[] = [], zone = "UTC", asText: AsText = {}): ModelSettings {
  const made = modelSettings({
    ...{
      target: "y",
      sensors: inputs,
      horizons,
      asset: "topic",
      assetType: "msg",
      existing: "",
      buildOn: "last",
      size: "small",
    },
    ...{ coverage: 90, seed: 1, remember: "none", labelDelay: 500, assetLimit: 10, saveMinutes: 5, saveUpdates: 500 },
    zone,
    ...asText,
  });
  assert.ok(typeof made === "object");
  return made;
}

/** A model whose clock is set by the spec. */
interface Flow {
  model: ForecastModel;
  clock: { now: number };
}

function model(horizons: string, inputs?: readonly string[], zone?: string, asText?: AsText): Flow {
  const clock = { now: START };
  const made = new ForecastModel("m", settings(horizons, inputs, zone, asText), new NoStore(), {
    errorText: (code) => code,
    ruleText: ({ sensor, rule }) => `${sensor} ${rule}`,
    property: (msg, path) => (msg as Record<string, unknown>)[path],
    report: ({ text }) => assert.fail(text),
    notice: () => {},
    now: () => clock.now,
  });
  return { model: made, clock };
}

/** Sends a reading and gives back its message. */
function send({ model, clock }: Flow, time: number, payload: unknown): ForecastMessage {
  clock.now = time;
  const msg: ForecastMessage = { payload, topic: "a", timestamp: time };
  const fail = (error: Error): never => assert.fail(error);
  model.take("tuner", msg, ({ forecast }) => Object.assign(msg, { forecast }), fail, LEARN);
  return msg;
}

/** Asks for the forecast of a time. */
function ask({ model, clock }: Flow, time: number): ForecastMessage {
  clock.now = time;
  let given: ForecastMessage | undefined;
  const fail = (error: Error): never => assert.fail(error);
  model.ask(
    "predictor",
    { command: "forecast", topic: "a" },
    (_, msg) => (given = msg),
    () => {},
    fail,
  );
  assert.ok(given);
  return given;
}

const forecastOf = (msg: ForecastMessage): PlainForecast => msg.forecast as PlainForecast;
const wave = (time: number): number => Math.sin(time / 60_000);

describe("the plant's clock", () => {
  it("a shift that begins by the clock on the wall is forecast on the days after a change of summer time too", () => {
    const HOUR = 3600 * SECOND;
    const change = Date.UTC(2026, 2, 29, 1);
    const random = new Random(3);
    // Berlin: an hour ahead of UTC in winter, two in summer.
    const load = (time: number): number => {
      const hour = new Date(time + (time < change ? 1 : 2) * HOUR).getUTCHours();
      return 20 + (hour >= 6 && hour < 14 ? 40 : 0) + (hour >= 14 && hour < 22 ? 15 : 0) + random.normal();
    };
    const errorAfter = (zone: string): number => {
      const flow = model("1", ["u"], zone);
      let sum = 0;
      for (let i = -60 * 24; i < 24; i++) {
        const time = change + i * HOUR;
        const { scored } = send(flow, time, { u: 0, y: load(time) });
        if (i >= 0) sum += Math.abs((scored as PlainScored).error ?? 0);
      }
      return sum / 24;
    };
    const [berlin, utc] = ["Europe/Berlin", "UTC"].map(errorAfter);
    assert.ok(berlin < 0.75 * utc, `${berlin} and ${utc}`);
  });
});

describe("horizons that are spans of time", () => {
  it("while the rhythm is learnt the forecast is the last value, due after the span", () => {
    const flow = model("1 min, 10 min");
    for (let i = 0; i < 19; i++) {
      const time = START + 10 * SECOND * i;
      const { value, origin, due, ahead, horizon, steps } = forecastOf(send(flow, time, i * i));
      assert.deepEqual([value, origin, due, ahead, horizon], [i * i, time, time + 60_000, 60_000, null]);
      assert.deepEqual(
        steps?.map((step) => [step.value, step.due, step.ahead]),
        [60_000, 600_000].map((span) => [i * i, time + span, span]),
      );
    }
    const { horizon, steps } = forecastOf(send(flow, START + 190 * SECOND, 1));
    assert.deepEqual([horizon, steps?.map((step) => step.horizon)], [6, [6, 60]]);
  });

  it("regular readings are forecast as with the same horizon in readings", () => {
    const timed = model("1 min", ["u"]);
    const alone = Forecaster.create({ inputs: ["u"], target: "y", horizon: 6, size: 8, labelDelay: 500 });
    for (let i = 0; i < 300; i++) {
      const time = START + 10 * SECOND * i;
      const values = { u: wave(time), y: wave(time - 30_000) };
      const msg = send(timed, time, values);
      if (i < 19) continue;
      const { scored, forecast } = alone.step({ time, values }, { learn: true });
      assert.equal(forecastOf(msg).value, forecast.value);
      assert.equal((msg.scored as PlainScored | undefined)?.error, scored?.error);
      if (scored) assert.equal((msg.scored as PlainScored).ahead, 60_000);
    }
  });

  it("every point of the grid is scored: the newest on the message, the others in a list, and all are told to watchers", () => {
    const flow = model("1 min");
    const heard: number[] = [];
    flow.model.listeners.watch((_, scored) => heard.push(scored.time as number));
    for (let i = 0; i < 40; i++) send(flow, START + 10 * SECOND * i, i);
    const { scored } = send(flow, START + 430 * SECOND, 40);
    const all = allOf(scored as PlainScored);
    const want = [400, 410, 420, 430].map((at) => START + at * SECOND);
    assert.deepEqual(
      all.map(({ time }) => time),
      want,
    );
    assert.deepEqual(
      all.map(({ actual }) => actual),
      [39, 39, 39, 40],
    );
    assert.equal((scored as PlainScored).time, want[3]);
    assert.deepEqual(heard.slice(-4), want);
    assert.deepEqual(
      all.map(({ origin, time }) => (time as number) - (origin as number)),
      new Array(4).fill(60_000),
    );
  });

  it("in a batch each row has its own list", () => {
    const flow = model("1 min");
    for (let i = 0; i < 40; i++) send(flow, START + 10 * SECOND * i, i);
    flow.clock.now = START + 500 * SECOND;
    const msg: ForecastMessage = {
      payload: [1, 2],
      topic: "a",
      timestamp: [420, 440].map((at) => START + at * SECOND),
    };
    flow.model.take(
      "tuner",
      msg,
      () => {},
      (error) => assert.fail(error),
      LEARN,
    );
    const counts = (msg.scored as PlainScored[]).map((row) => allOf(row).length);
    assert.deepEqual(counts, [3, 2]);
  });

  it("a reading between two points brings the forecast of the last point, and learns nothing", () => {
    const flow = model("10 min");
    for (let i = 0; i < 31; i++) send(flow, START + 1 * SECOND * i, i);
    const before = forecastOf(send(flow, START + 31 * SECOND, 1));
    const after = send(flow, START + 32 * SECOND, 2);
    assert.deepEqual(forecastOf(after), before);
    assert.equal(after.scored, undefined);
  });

  it("asked by the clock the forecast is that of now, and its interval widens once the silence is longer than usual", () => {
    const flow = model("1 min");
    for (let i = 0; i < 300; i++) send(flow, START + 10 * SECOND * i, wave(10 * SECOND * i));
    const last = START + 2990 * SECOND;
    const width = ({ upper, lower }: PlainForecast): number => (upper as number) - (lower as number);
    const widths = [0, 100, 300].map((silence) => {
      const forecast = forecastOf(ask(flow, last + silence * SECOND));
      assert.equal(forecast.origin, last + silence * SECOND);
      assert.equal(forecast.due, last + silence * SECOND + 60_000);
      return width(forecast);
    });
    assert.ok(widths[1] > 1.5 * widths[0] && widths[2] > widths[1], String(widths));
  });

  it("a message asked for is none that a node behind takes for a reading, and its question is not passed on", () => {
    const flow = model("1 min");
    for (let i = 0; i < 40; i++) send(flow, START + 10 * SECOND * i, i);
    const msg = ask(flow, START + 420 * SECOND);
    assert.equal(msg.command, undefined);
    assert.deepEqual([msg.topic, msg.payload], ["a", undefined]);
    let intake: unknown = "none";
    flow.model.take(
      "tuner",
      msg,
      (taken) => (intake = taken.intake),
      (error) => assert.fail(error),
      LEARN,
    );
    assert.equal(intake, undefined);
  });

  it("what was asked for in a silence is judged once the silence is over", () => {
    const flow = model("1 min");
    for (let i = 0; i < 40; i++) send(flow, START + 10 * SECOND * i, i);
    ask(flow, START + 440 * SECOND);
    const { scored } = send(flow, START + 451 * SECOND, 50);
    const all = allOf(scored as PlainScored).map(({ time, actual }) => [((time as number) - START) / SECOND, actual]);
    assert.deepEqual(all, [
      [410, 39],
      [420, 39],
      [430, 39],
      [440, 39],
      [450, 50],
    ]);
  });

  it("another time for a model in readings changes nothing: the question is answered from the last reading", () => {
    const flow = model("2");
    for (let i = 0; i < 40; i++) send(flow, START + 10 * SECOND * i, i);
    const { origin, horizon } = forecastOf(ask(flow, START + 500 * SECOND));
    assert.deepEqual([origin, horizon], [START + 390 * SECOND, 2]);
  });

  describe("in a record", () => {
    const options: AssetOptions = { ...settings("1 min", ["u"]), running: undefined, asset: "a" };
    const random = new Random(3);
    const rows: { time: number; payload: Record<string, number> }[] = [];
    let time = START;
    for (let i = 0; i < 400; i++) {
      time += SECOND * (1 + Math.floor(25 * random.uniform()));
      const payload = { u: wave(time), y: wave(time - 40_000) };
      rows.push({ time, payload: i % 7 === 3 ? ({ y: payload.y } as typeof payload) : payload });
    }
    const take = (asset: Asset, { time, payload }: (typeof rows)[number]): unknown => {
      const names = { target: "y", inputs: ["u"], existing: "" };
      const rules = { zone: "UTC", otherTimes: "convert", now: time } as const;
      return takeIn(asset, payload, readingsOf({ payload, timestamp: time }, names, rules), time, LEARN);
    };

    for (const at of [1, 12, 19, 20, 21, 150])
      it(`goes on bit by bit after ${at} readings`, () => {
        const whole = new Asset("a", options);
        for (const row of rows.slice(0, at)) take(whole, row);
        if (at === 150) whole.tick(rows[at - 1].time + 12 * SECOND, 0, () => {});
        const loaded = Asset.load(whole.save(), "a", options);
        assert.deepEqual(loaded.rhythm, whole.rhythm);
        for (const row of rows.slice(at)) assert.deepEqual(take(loaded, row), take(whole, row));
        assert.ok((whole.forecaster?.updates ?? 0) > 50);
        assert.deepEqual(loaded.save(), whole.save());
      });

    it("is refused where the grid makes no sense", () => {
      const asset = new Asset("a", options);
      for (const row of rows.slice(0, 50)) take(asset, row);
      const bad = { sampling: { step: 123, seen: 20, open: 0, next: 1, last: 1 } };
      const bytes = (asset.forecaster as Forecaster).save(bad);
      assert.throws(() => Asset.load(bytes, "a", options), RecordError);
    });

    it("an exported model is taken by a machine with another rhythm, and brings its step; one of another span is not", () => {
      const from = model("1 min");
      for (let i = 0; i < 40; i++) send(from, START + 10 * SECOND * i, i);
      let file: Uint8Array | undefined;
      from.model.export(
        "a",
        ({ bytes }) => (file = bytes),
        () => {},
        (error) => assert.fail(error),
      );
      const to = model("1 min");
      to.model.import(
        "b",
        file,
        () => {},
        (error) => assert.fail(error),
      );
      let steps: unknown;
      to.model.withAsset(
        "b",
        (asset) => (steps = [asset.rhythm, asset.forecaster?.horizons]),
        () => {},
      );
      assert.deepEqual(steps, [undefined, [6]]);
      const errors: string[] = [];
      model("2 min").model.import(
        "b",
        file,
        () => assert.fail(),
        ({ message }) => errors.push(message),
      );
      model("6").model.import(
        "b",
        file,
        () => {},
        ({ message }) => errors.push(message),
      );
      assert.deepEqual(errors, ["importShape"]);
    });
  });
});

describe("readings whose numbers and dates are text", () => {
  const read = (flow: Flow, msg: ForecastMessage): ForecastMessage => {
    flow.model.take(
      "tuner",
      msg,
      ({ forecast }) => Object.assign(msg, { forecast }),
      (error) => assert.fail(error),
      LEARN,
    );
    return msg;
  };

  it("are those of the same numbers and times, sensors found and forecast alike", () => {
    const [plain, german] = [model("1"), model("1", [], "UTC", { numbersAsText: "comma", datesAsText: "dmy" })];
    for (let i = 0; i < 60; i++) {
      const [y, u] = [20 + Math.sin(i / 5), 3 * Math.sin(i / 5 + 1)];
      const clock = `${String(i % 60).padStart(2, "0")}`;
      const numbers = { topic: "a", payload: { y, u }, timestamp: Date.UTC(2026, 0, 31, 8, i) };
      const texts = { y: String(y).replace(".", ","), u: String(u).replace(".", ","), shift: "early" };
      const a = read(plain, numbers);
      const b = read(german, { topic: "a", payload: texts, timestamp: `31.01.2026 08:${clock}:00` });
      assert.deepEqual(forecastOf(b), forecastOf(a));
    }
    // A batch and a plain text, which is the value to forecast.
    read(german, {
      topic: "a",
      payload: ["20,5", { y: "21", u: "1,5" }],
      timestamp: ["31.01.2026 09:30", "31.01.2026 09:31"],
    });
    const last = read(german, { topic: "a", payload: "22,25", timestamp: "31.01.2026 09:32" });
    assert.equal(forecastOf(last).naive, 22.25);
  });

  it("are refused as before where nothing was chosen, or another decimal sign", () => {
    for (const [numbersAsText, text] of [
      [undefined, "21.5"],
      ["refuse", "21.5"],
      ["point", "12,5"],
      ["comma", "1.234,5 t"],
      ["point", "true"],
    ] as const) {
      const { model: strict } = model("1", [], "UTC", { numbersAsText });
      let error: Error | undefined;
      strict.take(
        "tuner",
        { topic: "a", payload: text, timestamp: START },
        () => assert.fail(),
        (given) => (error = given),
        LEARN,
      );
      assert.ok(error, `${numbersAsText} ${text}`);
    }
  });

  it("leave the message as it came, and name what is none", () => {
    const flow = model("1", ["u"], "UTC", { numbersAsText: "point" });
    const msg = read(flow, { topic: "a", payload: { y: "21.5", u: "12,5" }, timestamp: START });
    assert.deepEqual(msg.payload, { y: "21.5", u: "12,5" });
    assert.match(JSON.stringify(msg.quality), /decimalComma/);
  });
});
