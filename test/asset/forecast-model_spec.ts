import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import type { Asset } from "../../src/asset/asset";
import type { AssetNotice } from "../../src/asset/asset-notices";
import { contentOf } from "../../src/asset/content";
import type { ForecastMessage } from "../../src/asset/forecast-message";
import { ForecastModel, type TakenMessage } from "../../src/asset/forecast-model";
import type { Learn } from "../../src/asset/intake";
import type { Mark } from "../../src/asset/mark";
import { movePayload } from "../../src/asset/moved";
import type { PlainForecast, PlainScored } from "../../src/asset/plain";
import type { ModelSettings } from "../../src/asset/settings";
import type { Scored } from "../../src/forecaster/forecast";
import { Forecaster } from "../../src/forecaster/forecaster";
import { FileStore } from "../../src/memory/file-store";
import type { MemoryProblem } from "../../src/memory/memory-problem";
import { NoStore } from "../../src/memory/no-store";
import { decodeRecord } from "../../src/memory/record";
import type { Loaded, Store } from "../../src/memory/store";
import type { MessageProblem } from "../../src/message/problem";
import { writeRecord } from "../../src/record/record";
import { RoughStore } from "../memory/rough-store";

const SETTINGS: ModelSettings = {
  target: "y",
  unit: "",
  inputs: ["u"],
  horizon: [1],
  asset: "topic",
  assetType: "msg",
  existing: "baseline",
  centre: "median",
  steady: false,
  light: false,
  buildOn: "last",
  size: 8,
  coverage: 0.9,
  seed: 1,
  labelDelay: 50,
  remember: "none",
  assetLimit: 100,
  saveMs: 1e6,
  saveUpdates: 1e6,
  zone: "UTC",
  otherTimes: "convert",
  numbersAsText: "refuse",
  language: "",
  datesAsText: "iso",
  running: undefined,
};
/** 1 March 2026. */
const NOW = 1_772_323_200_000;
const LEARN: Learn = (asset) => asset.learn({ learn: true });

let open: ForecastModel[] = [];
let notices: AssetNotice[] = [];

/** A record of a forecaster whose description makes none. */
const senseless = (description: unknown): Uint8Array =>
  writeRecord({ kind: "forecaster", version: 2, description, parts: {} });

function model(
  settings: Partial<ModelSettings> = {},
  id = "m1",
  store: Store = new NoStore(),
  now = (): number => 1_000_000,
): ForecastModel {
  const made = new ForecastModel(id, { ...SETTINGS, ...settings }, store, {
    errorText: (code) => code,
    ruleText: ({ sensor, rule }) => `${sensor} ${rule}`,
    property: (msg, path) => (msg as Record<string, unknown>)[path],
    report: ({ text }) => assert.fail(text),
    notice: (notice) => notices.push(notice),
    now,
  });
  open.push(made);
  return made;
}

/** Takes a message in and returns what came of it; throws what the user would be told. */
function take(target: ForecastModel, msg: ForecastMessage, node = "tuner", learn?: Learn): TakenMessage {
  let result: TakenMessage | undefined;
  let failure: Error | undefined;
  target.take(
    node,
    msg,
    (taken) => {
      result = taken;
    },
    (error) => {
      failure = error;
    },
    learn,
  );
  if (failure) throw failure;
  return result ?? assert.fail("neither taken nor refused");
}

/** Takes a long batch in: what came of it, or what the user would be told, once it is worked off. */
function takeLong(target: ForecastModel, msg: ForecastMessage, node = "tuner", learn?: Learn): Promise<TakenMessage> {
  return new Promise((resolve, reject) => target.take(node, msg, resolve, reject, learn));
}

/** A process with a lag: y follows u slowly. */
function process(n: number): { u: number; y: number }[] {
  let y = 0;
  return Array.from({ length: n }, (_, t) => {
    const u = Math.sin(t / 7) + 0.5 * Math.sin(t / 3.1);
    y += 0.2 * (u - y);
    return { u, y: 20 + 5 * y };
  });
}

/** Fails on NaN or infinity anywhere in it. */
function assertFinite(value: unknown): void {
  if (typeof value === "number") assert.ok(Number.isFinite(value));
  else if (typeof value === "object" && value !== null) for (const inner of Object.values(value)) assertFinite(inner);
}

function codeOf(error: unknown): string | undefined {
  return ((error as Error).cause as MessageProblem | undefined)?.code;
}

describe("ForecastModel", () => {
  afterEach(async () => {
    await Promise.all(open.map((one) => one.close()));
    open = [];
    notices = [];
  });

  it("takes a message in once, whatever nodes of it see it, and marks it with plain JSON", () => {
    const m = model();
    const msg: ForecastMessage = { _msgid: "1", topic: "a", payload: { u: 1, y: 2 }, timestamp: 1000 };
    const first = take(m, msg, "tuner", LEARN);
    assert.equal(first.forecaster.index, 0);
    assert.ok(first.intake);
    const copy = JSON.parse(JSON.stringify(msg)) as ForecastMessage;
    const second = take(m, copy, "predictor");
    assert.equal(second.forecaster.index, 0);
    assert.equal(second.intake, undefined);
    assert.deepEqual(second.forecast, first.forecast);
  });

  it("recognises the copy that came by a parallel wire, and tells it what the first one was told", () => {
    const m = model();
    const make = (t: number): ForecastMessage => ({
      _msgid: String(t),
      topic: "a",
      payload: { u: t === 2 ? "12,5" : 1, y: t },
      timestamp: 1000 * t,
    });
    for (const t of [0, 1, 2]) {
      const first = make(t);
      const copy = make(t);
      take(m, first, "tuner", LEARN);
      const { intake, forecast } = take(m, copy, "predictor");
      assert.equal(intake, undefined);
      const mark = first.observed?.m1 as Mark;
      assert.deepEqual(copy, { ...first, observed: { m1: { ...mark, nodes: ["predictor"] } } });
      assert.deepEqual(forecast, mark.forecast);
      assert.equal(t > 0, copy.scored !== undefined);
      if (t > 0) assert.notEqual(copy.scored, first.scored, "nodes on one wire cannot change what the other carries");
      assert.equal(t === 2, copy.quality !== undefined);
    }
  });

  it("gives each message of a burst its own forecast", () => {
    const m = model();
    const messages = process(40).map(
      (payload, t): ForecastMessage => ({ _msgid: String(t), topic: "a", payload, timestamp: 1000 * t }),
    );
    for (const msg of messages) take(m, msg, "tuner", LEARN);
    const origins = messages.map((msg) => (take(m, msg, "predictor").forecast as PlainForecast).origin);
    assert.deepEqual(
      origins,
      messages.map(({ timestamp }) => timestamp),
    );
  });

  it("two models in series each take the same readings, behind the other's forecast too", () => {
    const one = model({}, "m1");
    const two = model({ target: "u", inputs: ["y"] }, "m2");
    const alone = Forecaster.create({ inputs: ["y"], target: "u", size: 8, labelDelay: 50 });
    process(30).forEach((values, t) => {
      const msg: ForecastMessage = { _msgid: String(t), topic: "a", payload: values, timestamp: 1000 * t };
      take(one, msg, "t1", LEARN);
      movePayload(msg, msg.payload, 1e6);
      const { forecast } = take(two, msg, "t2", LEARN);
      const want = alone.step({ time: 1000 * t, values }, { learn: true }).forecast.value;
      assert.equal((forecast as PlainForecast).value, want);
    });
  });

  describe("visits", () => {
    const OTHER = { target: "u", inputs: ["y"] };
    const make = (t: number): ForecastMessage => ({ topic: "a", payload: { u: Math.sin(t), y: t } });

    it("one message for many readings: each is taken in once and has its own forecast", () => {
      const m = model();
      const alone = Forecaster.create({ inputs: ["u"], target: "y", size: 8, labelDelay: 50 });
      const msg: ForecastMessage = { _msgid: "1", topic: "a" };
      process(60).forEach((values, t) => {
        msg.payload = values;
        for (const node of ["tuner", "predictor"]) {
          const { forecast, reading } = take(m, msg, node, LEARN);
          const want = node === "tuner" ? alone.step({ time: 1e6 + t, values }, { learn: true }).forecast.value : 0;
          if (want) assert.equal((forecast as PlainForecast).value, want);
          if (node === "predictor") movePayload(msg, reading, (forecast as PlainForecast).value);
        }
      });
      assert.equal(take(m, make(0)).forecaster.index, 60);
    });

    it("the same for a number alone that is what the predictor has just written", () => {
      const m = model({ inputs: [] });
      const msg: ForecastMessage = { _msgid: "1" };
      for (let t = 0; t < 10; t++) {
        msg.payload = 7;
        const { forecast, reading, forecaster } = take(m, msg, "predictor");
        assert.equal(forecaster.index, t);
        movePayload(msg, reading, (forecast as PlainForecast).value);
        assert.equal(msg.payload, 7);
        assert.equal(take(m, msg, "behind").intake, undefined);
      }
    });

    it("a payload that was changed behind a predictor is used, by another model and by the same", () => {
      const one = model({}, "m1");
      const two = model({ target: "u", inputs: [] }, "m2");
      const msg = make(1);
      const { reading } = take(one, msg, "p1");
      movePayload(msg, reading, 5);
      msg.payload = 700;
      assert.equal((take(two, msg, "p2").forecast as PlainForecast).naive, 700);
      const changed = make(2);
      movePayload(changed, take(one, changed, "p1").reading, 5);
      changed.payload = { u: 1, y: 700 };
      assert.equal((take(one, changed, "behind").forecast as PlainForecast).naive, 700);
    });

    it("a forecast put in other words behind the predictor is no reading of its model", () => {
      for (const words of ["12.3 kg", 12, { text: "12.3 kg" }, [12]]) {
        const m = model();
        const msg = make(3);
        const { forecast, reading } = take(m, msg, "predictor");
        movePayload(msg, reading, 12.345);
        msg.payload = words;
        const behind = take(m, msg, "tuner");
        assert.equal(behind.intake, undefined);
        assert.deepEqual(behind.forecast, forecast);
        assert.deepEqual(m.reader.payloadOf(msg), make(3).payload);
      }
    });

    it("by two wires to the same node, one of them through the tuner, is one reading", () => {
      const m = model();
      for (let t = 0; t < 5; t++) {
        const msg = { ...make(t), _msgid: String(t) };
        const copy = { ...msg };
        take(m, msg, "tuner", LEARN);
        for (const one of t % 2 ? [copy, msg] : [msg]) assert.equal(take(m, one, "predictor").intake, undefined);
        assert.equal(take(m, { ...msg }, "third").forecaster.index, t);
      }
    });

    it("a copy made by a function node, without mark and time, has the forecast of its reading", () => {
      const m = model();
      const messages = process(30).map(
        (payload, t): ForecastMessage => ({ _msgid: String(t), topic: "a", payload, timestamp: 1000 * t }),
      );
      for (const msg of messages) take(m, msg, "tuner", LEARN);
      messages.forEach(({ _msgid, topic, payload }, t) => {
        const { forecast, intake } = take(m, { _msgid, topic, payload }, "predictor");
        assert.equal(intake, undefined);
        assert.equal((forecast as PlainForecast).origin, 1000 * t);
      });
    });

    it("branches share no objects", () => {
      const m = model({ ...OTHER, horizon: [1, 2] });
      const objects = (value: unknown): object[] =>
        typeof value === "object" && value !== null ? [value, ...Object.values(value).flatMap(objects)] : [];
      for (let t = 0; t < 5; t++) {
        const branches = ["tuner", "predictor", "third"].map((node) => {
          const msg: ForecastMessage = { _msgid: String(t), timestamp: t, payload: { u: "x", y: t } };
          if (t < 4) msg.payload = { u: t, y: t };
          const { forecast } = take(m, msg, node);
          return [...objects(forecast), ...objects(msg.observed), ...objects(msg.scored), ...objects(msg.quality)];
        });
        assert.equal(new Set(branches.flat()).size, branches.flat().length);
      }
    });
  });

  it("keeps assets apart, also those with names of JavaScript", () => {
    const m = model();
    for (const topic of ["a", "__proto__", "constructor", "", "A"])
      assert.equal(take(m, { topic, payload: { u: 1, y: 2 }, timestamp: 5 }).forecaster.index, 0);
    assert.equal(take(m, { payload: { u: 1, y: 2 }, timestamp: 6 }).asset.name, "");
  });

  it("says once that nothing can be saved, and that it is over when it is over for every node", () => {
    const told: string[] = [];
    let now = 0;
    const m = new ForecastModel("m", SETTINGS, new NoStore(), {
      errorText: (code) => code,
      ruleText: () => "",
      property: () => undefined,
      notice: () => {},
      report: ({ code, part }) => told.push(`${part} ${code}`),
      now: () => now,
    });
    const report = (part: string, code: "saveFailed" | "saveRecovered" | "damaged"): void =>
      m.report({ part, code, asset: "a", text: "" });
    for (const part of ["guard", "model", "meter"]) report(part, "saveFailed");
    assert.equal(m.trouble, "unsaved");
    for (const part of ["guard", "meter", "model"]) report(part, "saveRecovered");
    assert.equal(m.trouble, undefined);
    report("gate", "damaged");
    assert.equal(m.trouble, "setAside");
    now = 3_600_000;
    assert.equal(m.trouble, undefined);
    assert.deepEqual(told, ["guard saveFailed", "model saveRecovered", "gate damaged"]);
    return m.close();
  });

  for (const [back, readings] of [
    [100_000, 20],
    [3_600_000, 3],
  ] as const)
    it(`goes on from a clock that was set back by ${back / 1000} s, after ${readings} readings, with what it has learnt`, () => {
      const m = model();
      const rows = process(300);
      rows.slice(0, 200).forEach((payload, t) => {
        take(m, { payload, timestamp: 1000 * t }, "tuner", LEARN);
      });
      const believed = 200 + readings - 1;
      for (let t = 200; t < believed; t++)
        assert.throws(
          () => take(m, { payload: rows[t], timestamp: 1000 * t - back }),
          (error) => codeOf(error) === "outOfOrder",
        );
      const msg: ForecastMessage = { payload: rows[believed], timestamp: 1000 * believed - back };
      const { forecaster } = take(m, msg, "tuner", LEARN);
      const { updates } = forecaster;
      assert.deepEqual(
        (msg.quality as { reasons: { rule: string; value: string }[] }).reasons.map(({ rule, value }) => [rule, value]),
        [["setBack", "1970-01-01T00:03:19.000Z"]],
      );
      assert.equal(forecaster.lastTime, 1000 * believed - back);
      for (let t = believed + 1; t < 300; t++)
        take(m, { payload: rows[t], timestamp: 1000 * t - back }, "tuner", LEARN);
      assert.ok(forecaster.updates > updates);
    });

  it("one time in the future costs that one reading", () => {
    const m = model();
    const rows = process(60);
    rows.forEach((payload, t) => {
      if (t % 20 === 10)
        assert.throws(
          () => take(m, { payload, timestamp: 8.64e15 - t }),
          (error) => codeOf(error) === "ahead",
        );
      else take(m, { payload, timestamp: 1000 * t });
    });
    assert.equal(take(m, { payload: rows[0], timestamp: 60_000 }).forecaster.index, 57);
  });

  for (const [kind, lost] of [
    ["moving", 0],
    ["resting", 1],
  ] as const)
    it(`takes ${kind} values for the time of their arrival where their source's time stands still, and says so once`, () => {
      let now = NOW;
      const m = model({}, "m1", new NoStore(), () => now);
      const said: string[] = [];
      let duplicates = 0;
      for (let t = 0; t < 30; t++, now += 500) {
        const msg: ForecastMessage = { payload: { u: kind === "moving" ? t : 1, y: 95 }, timestamp: NOW };
        try {
          take(m, msg, "tuner", LEARN);
        } catch (error) {
          assert.equal(codeOf(error), "duplicate");
          duplicates++;
        }
        const { reasons = [] } = (msg.quality ?? {}) as { reasons?: { rule: string; state: string }[] };
        said.push(...reasons.map(({ rule, state }) => `${t} ${rule} ${state}`));
      }
      assert.equal(duplicates, lost);
      assert.deepEqual(said, ["2 standing good"]);
      // The source's time moves again.
      const { forecaster } = take(m, { payload: { u: 1, y: 95 }, timestamp: now });
      assert.deepEqual([forecaster.index, forecaster.lastTime], [30 - lost, now]);
    });

  it("reads seconds as the milliseconds that are meant, and says so once for all readings", () => {
    const m = model({}, "m1", new NoStore(), () => NOW);
    const qualities = [0, 1, 2, 3].map((t) => {
      const msg: ForecastMessage = { payload: { u: t, y: t }, timestamp: NOW / 1000 - 10 + t };
      const { forecaster } = take(m, msg);
      assert.equal(forecaster.lastTime, NOW - 10_000 + 1000 * t);
      return msg.quality as { state: string; held: string[]; reasons: { rule: string; state: string }[] };
    });
    const [{ state, held, reasons }, ...later] = qualities;
    assert.deepEqual(
      [state, held, reasons.map((reason) => [reason.rule, reason.state])],
      ["good", [], [["converted", "good"]]],
    );
    assert.deepEqual(later, [undefined, undefined, undefined]);
    const strict = model({ otherTimes: "refuse" }, "m2", new NoStore(), () => NOW);
    assert.throws(
      () => take(strict, { payload: { u: 1, y: 1 }, timestamp: NOW / 1000 }),
      (error) => codeOf(error) === "timeUnit",
    );
  });

  it("a backlog that comes before the first new reading is learnt in order; one that comes after it is refused", () => {
    let now = NOW;
    const m = model({}, "m1", new NoStore(), () => now);
    const rows = process(400);
    const at = (t: number): number => NOW + 1000 * t;
    const send = (t: number, arrival = at(t)): TakenMessage => {
      now = arrival;
      return take(m, { payload: rows[t], timestamp: at(t) }, "tuner", LEARN);
    };
    for (let t = 0; t < 100; t++) send(t);
    for (let t = 100; t < 200; t++) send(t, at(200));
    const { forecaster } = send(200);
    assert.equal(forecaster.index, 200);
    const { updates } = forecaster;
    assert.ok(updates > 180);
    // Nothing for 100 readings, then a new one, then what the gateway has kept back: 99 in a burst.
    send(300);
    const learnt = forecaster.save();
    for (let t = 201; t < 300; t++)
      assert.throws(
        () => send(t, at(300) + t),
        (error) => codeOf(error) === "outOfOrder",
      );
    assert.deepEqual(forecaster.save(), learnt);
    assert.equal(send(301).forecaster.index, 202);
  });

  it("holds old readings that come now and then for what they are", () => {
    const m = model();
    for (let t = 100; t < 200; t++) {
      take(m, { payload: { u: t, y: t }, timestamp: 1000 * t });
      assert.throws(
        () => take(m, { payload: { u: t, y: t }, timestamp: t }),
        (error) => codeOf(error) === "outOfOrder",
      );
    }
  });

  it("believes no mark that it cannot have made", () => {
    const m = model();
    take(m, { topic: "a", payload: { u: 1, y: 2 }, timestamp: 1000 });
    const forecast = { asset: "a", value: Number.NaN } as PlainForecast;
    const content = contentOf({ u: 1, y: 2 }, "y", ["u"]);
    const nodes: string[] = [];
    for (const mark of [
      { content, nodes, forecast },
      { content, nodes },
      { content, nodes, forecast: null },
      { content, forecast: { asset: "a" } },
      { content: "x", nodes, forecast: { asset: "a" } },
      { content, nodes, forecast: { asset: "b" } },
    ]) {
      const { observed: _, ...before } = { topic: "a", payload: { u: 1, y: 2 }, observed: undefined };
      const taken = take(m, { ...before, observed: { m1: mark as never } });
      assert.ok(taken.intake, JSON.stringify(mark));
      assertFinite(taken.forecast);
    }
  });

  for (const [msg, code] of [
    [{ topic: "a", payload: { u: 1, y: 2 }, timestamp: 1000 }, "duplicate"],
    [{ topic: "a", payload: { u: 1, y: 2 }, timestamp: 999 }, "outOfOrder"],
    [{ topic: "a", payload: { u: 1, y: 2 }, timestamp: "soon" }, "badTime"],
    [{ topic: "a", payload: { u: null, y: "x" }, timestamp: 2000 }, "nothingUsable"],
    [{ topic: {}, payload: { u: 1, y: 2 } }, "assetType"],
  ] as const) {
    it(`refuses a message as ${code} and changes nothing`, () => {
      const m = model();
      const { forecaster } = take(m, { topic: "a", payload: { u: 1, y: 2 }, timestamp: 1000 });
      const before = Buffer.from(forecaster.save());
      assert.throws(
        () => take(m, { ...msg }),
        (error) => codeOf(error) === code,
      );
      assert.ok(before.equals(forecaster.save()));
    });
  }

  for (const [payload, why] of [
    ["12,5", "y decimalComma"],
    [true, "y boolean"],
    [Number.NaN, "y notANumber"],
    [{ u: "7", y: null }, "y null; u numberText"],
    [[["a"], "x"], "y array; y text"],
  ] as const) {
    it(`names sensor and rule where it refuses ${JSON.stringify(payload)}`, () => {
      const named = new ForecastModel("named", SETTINGS, new NoStore(), {
        errorText: (_code, { came }) => String(came),
        ruleText: ({ sensor, rule }) => `${sensor} ${rule}`,
        property: () => undefined,
        report: ({ text }) => assert.fail(text),
        notice: () => {},
        now: () => 0,
      });
      open.push(named);
      assert.throws(() => take(named, { payload }), { message: why });
    });
  }

  it("counts what does not fit into an error about a flood of bad values", () => {
    const names = Array.from({ length: 100 }, (_, i) => `s${i}`);
    const m = model({ inputs: names });
    const payload = Object.fromEntries(names.map((name) => [name, "x"]));
    assert.throws(
      () => take(m, { payload }),
      (error) => codeOf(error) === "nothingUsable" && (error as Error).message.length < 200,
    );
  });

  it("a soft sensor needs a sensor beside the target, and says so", () => {
    const m = model({ inputs: [], horizon: [0] });
    for (const payload of [5, { y: 5 }, { y: 5, "": 3 }])
      assert.throws(
        () => take(m, { payload }),
        (error) => codeOf(error) === "noInput",
      );
    assert.deepEqual(take(m, { payload: { u: 1 } }).forecaster.inputs, ["u"]);
  });

  it("a command is for the asset of its topic, for all where that is empty, or for the one fixed name", () => {
    const m = model();
    assert.equal(m.reader.commandAsset({ topic: "a" }), "a");
    for (const topic of [undefined, null, ""]) assert.equal(m.reader.commandAsset({ topic }), undefined);
    assert.throws(() => m.reader.commandAsset({ topic: {} }));
    assert.equal(model({ asset: "press 1", assetType: "str" }, "m2").reader.commandAsset({ topic: "a" }), "press 1");
  });

  it("two readings without a time in one millisecond are two readings", () => {
    const m = model();
    take(m, { payload: { u: 1, y: 2 } });
    assert.equal(take(m, { payload: { u: 1, y: 2 } }).forecaster.index, 1);
  });

  it("names a bad value in msg.quality and goes on without it", () => {
    const m = model();
    take(m, { payload: { u: 1, y: 2 }, timestamp: 0 });
    const msg: ForecastMessage = { payload: { u: "12,5", y: 2 }, timestamp: 1000 };
    const { forecaster } = take(m, msg);
    assert.equal(forecaster.index, 1);
    const { state, ne107, learn, held, reasons } = msg.quality as Record<string, unknown>;
    assert.deepEqual([state, ne107, learn, held], ["uncertain", "failure", 1, ["u"]]);
    assert.deepEqual(reasons, [
      { sensor: "u", rule: "decimalComma", value: '"12,5"', state: "bad", text: "u decimalComma" },
    ]);
  });

  it("adds to what the drift guard said, and says nothing twice", () => {
    const m = model({ inputs: ["u", "v"] });
    take(m, { payload: { u: 1, v: 1, y: 2 }, timestamp: 0 });
    const said = { sensor: "u", rule: "notANumber", value: "x", state: "bad", text: "…" };
    const quality = { state: "bad", ne107: "failure", learn: 0, held: ["u"], reasons: [said] };
    const msg: ForecastMessage = { payload: { u: "x", y: 2 }, timestamp: 1000, quality };
    take(m, msg);
    const after = msg.quality as typeof quality;
    assert.deepEqual([after.state, after.learn, after.held], ["bad", 0, ["u", "v"]]);
    assert.deepEqual(
      after.reasons.map(({ sensor, rule }) => [sensor, rule]),
      [
        ["u", "notANumber"],
        ["v", "missing"],
      ],
    );
  });

  it("learns as the drift guard allows: a weight of 0 teaches nothing", () => {
    const still = model();
    const free = model({}, "m2");
    process(60).forEach((payload, t) => {
      take(still, { payload, timestamp: 1000 * t, quality: { learn: 0 } }, "tuner", LEARN);
      take(free, { payload, timestamp: 1000 * t }, "tuner", LEARN);
    });
    const updates = (m: ForecastModel) => take(m, { payload: { u: 1, y: 2 }, timestamp: 1e6 }).forecaster.updates;
    assert.equal(updates(still), 0);
    assert.ok(updates(free) > 40);
  });

  it("hands doubts, state and weight to the engine, with a reading as with a late label", () => {
    const m = model({ horizon: [0] });
    const { forecaster } = take(m, { payload: { u: 1 }, timestamp: 0 });
    const observed: unknown[] = [];
    const observe = forecaster.observe.bind(forecaster);
    forecaster.observe = (reading) => {
      observed.push([{ ...reading.doubts }, reading.state, reading.quality]);
      return observe(reading);
    };
    const label = forecaster.label.bind(forecaster);
    forecaster.label = (given) => {
      observed.push([given.doubt, given.state, given.quality]);
      return label(given);
    };
    const quality = { state: "uncertain", learn: 0.5, held: [], doubts: { u: 3, y: 4, other: 5 } };
    take(m, { payload: { u: 1 }, timestamp: 1000, quality });
    take(m, { payload: { u: 1 }, timestamp: 2000, quality: "Uncertain" });
    take(m, { payload: 5, timestamp: 2000, quality });
    assert.deepEqual(observed, [
      [{ u: 3, y: 4 }, "uncertain", 0.5],
      [{ u: 1 }, "uncertain", 1],
      [4, "uncertain", 0.5],
    ]);
  });

  it("learns nothing while the plant does not run, and goes on with what was known last", () => {
    const running = { of: "sensor", name: "rpm", is: "above", value: "100" } as const;
    const m = model({ running });
    const states: boolean[] = [];
    let updates = 0;
    process(90).forEach((values, t) => {
      const rpm = t === 30 ? 0 : t === 60 ? 1500 : undefined;
      const msg: ForecastMessage = { payload: rpm === undefined ? values : { ...values, rpm }, timestamp: 1000 * t };
      const { forecaster } = take(m, msg, "tuner", LEARN);
      if (msg.scored) states.push((msg.scored as PlainScored).running as unknown as boolean);
      if (t === 31) updates = forecaster.updates;
      if (t > 31 && t < 60) assert.equal(forecaster.updates, updates, "nothing is learnt");
      if (t === 89) assert.ok(forecaster.updates > updates + 20);
    });
    assert.equal(states.length, 89, "every forecast is scored");
    assert.deepEqual(
      states.map((state, i) => [state, i]).filter(([state], i) => i > 0 && state !== states[i - 1]),
      [
        [false, 29],
        [true, 59],
      ],
    );
  });

  it("knows by its word that the plant runs, also where words for states are read as numbers", () => {
    const running = { of: "sensor", name: "mode", is: "is", value: "RUN" } as const;
    const m = model({ running, numbersAsText: "point" });
    const states: unknown[] = [];
    process(40).forEach((values, t) => {
      const msg: ForecastMessage = { payload: { ...values, mode: t < 20 ? "RUN" : "STOP" }, timestamp: 1000 * t };
      take(m, msg, "tuner", LEARN);
      if (msg.scored) states.push((msg.scored as PlainScored).running);
    });
    assert.deepEqual(new Set(states.slice(0, 15)), new Set([true]));
    assert.deepEqual(new Set(states.slice(25)), new Set([false]));
  });

  it("knows the words that it was told, as a word of the wire and as the number that a table has made of it", () => {
    const running = { of: "sensor", name: "mode", is: "is", value: "AUTO" } as const;
    const m = model({ running, states: ["AUTO/MAN"], numbersAsText: "point" });
    const states: unknown[] = [];
    process(80).forEach((values, t) => {
      const mode = [1, "AUTO", 0, "MAN"][Math.floor(t / 20)];
      const msg: ForecastMessage = { payload: { ...values, mode }, timestamp: 1000 * t };
      take(m, msg, "tuner", LEARN);
      if (msg.scored) states[t] = (msg.scored as PlainScored).running;
    });
    assert.deepEqual([15, 35, 55, 75].map((t) => states[t]), [true, true, false, false]); // biome-ignore format: one line
  });

  it("knows after a restart whether the plant ran, as long as the condition is the same", async () => {
    const running = { of: "sensor", name: "rpm", is: "above", value: "100" } as const;
    const rows = process(8);
    const store = new RoughStore();
    const lives = async (condition: ModelSettings["running"], t: number, rpm?: number): Promise<unknown> => {
      const m = model({ running: condition }, "m1", store);
      const states: unknown[] = [];
      for (const row of [t, t + 1]) {
        const msg: ForecastMessage = { payload: { ...rows[row], rpm }, timestamp: 1000 * row };
        await new Promise((then) => m.take("tuner", msg, then, assert.fail));
        states.push((msg.scored as PlainScored | undefined)?.running);
      }
      await m.close();
      return states.at(-1);
    };
    assert.equal(await lives(running, 0, 0), false);
    assert.equal(await lives(running, 2), false, "it stands still");
    assert.equal(await lives({ ...running, name: "speed" }, 4), true, "by another condition it is not known");
    assert.equal(await lives(undefined, 6), true);
  });

  it("knows after a restart that the source's clock stands", async () => {
    const store = new RoughStore();
    let now = 1e12;
    // One is taken for a copy, once.
    for (const lost of [1, 0]) {
      const m = model({}, "m1", store, () => now);
      let refused = 0;
      for (let i = 0; i < 6; i++) {
        now += 500;
        const msg = { payload: { u: 1, y: 2 }, timestamp: 1e12 };
        await new Promise<void>((done) =>
          m.take(
            "tuner",
            msg,
            () => done(),
            () => {
              refused++;
              done();
            },
          ),
        );
      }
      await m.close();
      assert.equal(refused, lost);
    }
  });

  it("writes what a sender's status means into msg.quality, and says once that it does not know one", () => {
    const told: string[] = [];
    const m = new ForecastModel("m", SETTINGS, new NoStore(), {
      errorText: (code) => code,
      ruleText: ({ sensor, rule }) => `${sensor} ${rule}`,
      property: () => undefined,
      report: ({ text }) => assert.fail(text),
      notice: () => assert.fail(),
      remark: (asset, { rule, value }) => told.push(`${asset} ${rule} ${value}`),
      now: () => NOW,
    });
    open.push(m);
    const after = ([0, "Bad", { u: "Uncertain" }, 192, "A+", "A+"] as unknown[]).map((quality, t) => {
      const msg: ForecastMessage = { payload: { u: t, y: 2 }, timestamp: 1000 * t, quality };
      assert.equal(take(m, msg).forecaster.index, t);
      return msg.quality as { state: string; held: string[]; doubts?: object; reasons: { rule: string }[] };
    });
    const [zero, bad, uncertain, good, unclear, again] = after;
    for (const word of [zero, bad]) assert.deepEqual([word?.state, word?.held.sort()], ["bad", ["u", "y"]]);
    assert.deepEqual([uncertain?.state, uncertain?.held, uncertain?.doubts], ["uncertain", [], { u: 1 }]);
    assert.equal(good as unknown, 192);
    assert.deepEqual([unclear?.state, unclear?.held], ["good", []]);
    assert.equal(again as unknown, "A+");
    assert.deepEqual(told, [' unclearQuality "A+"']);
  });

  describe("late labels", () => {
    it("soft sensor: a value of earlier is scored at its reading and learnt", () => {
      const m = model({ horizon: [0] });
      process(30).forEach(({ u, y }, t) => {
        take(m, { payload: { u }, timestamp: 1000 * t });
        if (t >= 3) {
          const msg: ForecastMessage = { payload: t % 2 ? y : { y }, timestamp: 1000 * (t - 3) };
          const { forecaster, intake } = take(m, msg, "tuner", LEARN);
          assert.equal(forecaster.index, t, "a label is no reading");
          if (t > 7) {
            assert.equal((msg.scored as PlainScored).actual, y);
            assert.equal((msg.scored as PlainScored).origin, 1000 * (t - 3));
          }
          if (t > 12) assert.equal(intake?.tunings[0]?.skipped, undefined);
        }
      });
    });

    it("forecast: a target that was missing comes later", () => {
      const m = model();
      const rows = process(30);
      rows.forEach(({ u, y }, t) => {
        take(m, { payload: t % 5 === 4 ? { u } : { u, y }, timestamp: 1000 * t });
        if (t % 5 === 1 && t > 5) {
          const msg: ForecastMessage = { payload: rows[t - 2]?.y, timestamp: 1000 * (t - 2) };
          take(m, msg);
          assert.equal((msg.scored as PlainScored).actual, rows[t - 2]?.y);
        }
      });
    });

    it("soft sensor: the analyser stamps its values by itself, a little after the reading", () => {
      const m = model({ horizon: [0] });
      let forecaster: Forecaster | undefined;
      process(1000).forEach(({ u, y }, t) => {
        forecaster = take(m, { payload: { u }, timestamp: 1000 * t }, "tuner", LEARN).forecaster;
        if (t === 0 || t % 10 > 0) return;
        const msg: ForecastMessage = { payload: { y }, timestamp: 1000 * t + 300 };
        take(m, msg, "tuner", LEARN);
        assert.equal(forecaster.index, t, "a label is no reading");
        assert.equal((msg.scored as PlainScored | undefined)?.origin, t > 10 ? 1000 * t : undefined);
      });
      assert.ok((forecaster?.updates ?? 0) >= 90);
    });

    it("soft sensor: a value without a time is of now, also where the clock that stamps the readings is off", () => {
      let now = NOW;
      const m = model({ horizon: [0] }, "m1", new NoStore(), () => now);
      const off = 9 * 3_600_000;
      for (let t = 0; t < 20; t++, now += 1000) {
        const timestamp = NOW + 1000 * t + off;
        take(m, { payload: { u: t }, timestamp });
        if (t === 0) continue;
        now += 200;
        const msg: ForecastMessage = { payload: t };
        const { forecaster } = take(m, msg, "tuner", LEARN);
        now -= 200;
        assert.equal(forecaster.index, t);
        if (t > 1) assert.equal((msg.scored as PlainScored).origin, timestamp);
      }
    });

    it("that is corrected by a later one says what it was, each time", () => {
      const m = model({ horizon: [0] });
      for (let t = 0; t < 10; t++) take(m, { payload: { u: t }, timestamp: 1000 * t });
      take(m, { payload: 51, timestamp: 4000 });
      const { forecaster } = take(m, { payload: 5, timestamp: 9000 });
      // What the engine says of a second label for one forecast.
      const label = forecaster.label.bind(forecaster);
      forecaster.label = (given) => {
        const scored = label({ ...given, time: given.time + 1000 }) as Scored;
        return { ...scored, corrects: 51 };
      };
      for (const time of [4000, 6000]) {
        const msg: ForecastMessage = { payload: 5.1, timestamp: time };
        take(m, msg);
        const { state, held, reasons } = msg.quality as { state: string; held: string[]; reasons: object[] };
        assert.deepEqual([state, held], ["good", []]);
        assert.deepEqual(reasons, [
          { sensor: "y", rule: "corrected", value: "51 → 5.1", state: "good", text: "y corrected" },
        ]);
      }
    });

    it("is refused with a reason where it has come before or belongs to no reading", () => {
      const m = model({ horizon: [0] });
      for (let t = 0; t < 10; t++) take(m, { payload: { u: t }, timestamp: 1000 * t });
      take(m, { payload: 5, timestamp: 4000 });
      assert.throws(
        () => take(m, { payload: 5, timestamp: 4000 }),
        (error) => codeOf(error) === "alreadyLabelled",
      );
      assert.throws(
        () => take(m, { payload: 5, timestamp: -90_000 }),
        (error) => codeOf(error) === "unknownTime",
      );
      assert.throws(
        () => take(m, { payload: 5, timestamp: 500_000 }),
        (error) => codeOf(error) === "unknownTime",
      );
      assert.throws(
        () => take(m, { topic: "no reading yet", payload: 5, timestamp: 4000 }),
        (error) => codeOf(error) === "unknownTime",
      );
    });
  });

  describe("a batch", () => {
    it("is taken in row by row, as the engine would alone", () => {
      const m = model();
      const alone = Forecaster.create({ inputs: ["u"], target: "y", size: 8, labelDelay: 50 });
      const rows = process(100);
      const want = rows.map((values, t) => alone.step({ time: 1000 * t, values }, { learn: true }).forecast.value);
      const msg: ForecastMessage = { payload: rows, timestamp: rows.map((_, t) => 1000 * t) };
      const { intake } = take(m, msg, "tuner", LEARN);
      const forecasts = msg.forecast as PlainForecast[];
      assert.deepEqual(
        forecasts.map(({ value }) => value),
        want,
      );
      assert.equal((msg.scored as PlainScored[]).length, 100);
      assert.equal((msg.scored as (PlainScored | null)[])[0], null);
      assert.equal(intake?.tunings.at(-1)?.updates, alone.updates);
      assert.deepEqual(take(m, msg, "predictor").forecast, forecasts);
    });

    it("a bad or repeated row leaves null in its place and says why; the others go on", () => {
      const m = model();
      const msg: ForecastMessage = {
        payload: [{ u: 1, y: 2 }, { u: 1, y: 3 }, null, { u: 1, y: 4 }],
        timestamp: [1000, 1000, 2000, 3000],
      };
      const { forecaster, refused } = take(m, msg);
      assert.equal(forecaster.index, 1);
      const { code, details, problems } = (refused as Error).cause as MessageProblem;
      assert.deepEqual([code, details], ["rowsRefused", { refused: 2, rows: 4 }]);
      assert.deepEqual(
        problems.map(({ row, rule }) => [row, rule]),
        [
          [2, "duplicate"],
          [3, "missing"],
        ],
      );
      assert.deepEqual(
        (msg.forecast as (PlainForecast | null)[]).map((row) => row?.value ?? null),
        [2, null, null, 4],
      );
      const rules = (msg.quality as { reasons: { rule: string }[] }[]).map(({ reasons }) => reasons[0]?.rule);
      assert.deepEqual(rules, [undefined, "duplicate", "missing", undefined]);
    });

    it("newest first, or in any order, is learnt as if it had come in order, and answered row by row as it came", () => {
      const rows = process(80).map((values, t) => ({ values, time: 1000 * t }));
      const alone = Forecaster.create({ inputs: ["u"], target: "y", size: 8, labelDelay: 50 });
      const want = rows.map(({ time, values }) => alone.step({ time, values }, { learn: true }).forecast.value);
      const heard: number[] = [];
      for (const [id, places] of Object.entries({
        descending: rows.map((_, i) => 79 - i),
        mixed: rows.map((_, i) => (i * 37) % 80),
      })) {
        const m = model({}, id);
        heard.length = 0;
        m.listeners.watch((_asset, { time }) => heard.push(time as number));
        const msg: ForecastMessage = {
          payload: places.map((i) => rows[i]?.values),
          timestamp: places.map((i) => rows[i]?.time),
        };
        const { forecaster, refused } = take(m, msg, "tuner", LEARN);
        assert.equal(refused, undefined);
        assert.deepEqual([forecaster.index, forecaster.updates], [79, alone.updates]);
        assert.deepEqual(
          (msg.forecast as PlainForecast[]).map(({ value }) => value),
          places.map((i) => want[i]),
        );
        assert.deepEqual(
          heard,
          rows.slice(1).map(({ time }) => time),
          "scores are heard in the order of time",
        );
      }
    });

    it("newest first with labels among its rows: they wait for their readings", () => {
      for (const horizon of [0, 1]) {
        const m = model({ horizon: [horizon] }, `m${horizon}`);
        const payload: object[] = [];
        const timestamp: number[] = [];
        for (let t = 40; t >= 0; t--) {
          if (t < 40) payload.push({ y: t });
          if (t < 40) timestamp.push(1000 * t);
          payload.push({ u: t });
          timestamp.push(1000 * t);
        }
        const { forecaster, refused } = take(m, { payload, timestamp }, "tuner", LEARN);
        assert.equal(forecaster.index, 40);
        assert.ok(forecaster.updates > 30, `${forecaster.updates}`);
        assert.equal(refused, undefined);
      }
    });

    it("of plain numbers newest first is sorted as well", () => {
      const m = model({ inputs: [] });
      const { forecaster } = take(m, { payload: [3, 2, 1], timestamp: [3000, 2000, 1000] });
      assert.deepEqual([forecaster.index, forecaster.lastTime], [2, 3000]);
    });

    it("of thousands of rows is worked off in turns, to the same bit, also where a redeploy comes in between", async () => {
      const rows = process(3000);
      const times = rows.map((_, t) => 1000 * t);
      const last = { topic: "a", payload: { u: 0, y: 20 }, timestamp: 3e6 };
      const singly = model({}, "singly");
      const want = rows.map((payload, t) => {
        const { forecast } = take(singly, { topic: "a", payload, timestamp: times[t] }, "tuner", LEARN);
        return (forecast as PlainForecast).value;
      });
      const folder = mkdtempSync(join(tmpdir(), "long-batch-"));
      try {
        const before = model({}, "m", new FileStore(folder));
        let isTaken = false;
        const batch = { topic: "a", payload: rows, timestamp: times };
        const taking = takeLong(before, batch, "tuner", LEARN).finally(() => {
          isTaken = true;
        });
        await new Promise((resolve) => setImmediate(resolve));
        assert.equal(isTaken, false, "a turn of the event loop is over before the batch is");
        await before.close();
        const { forecast } = await taking;
        assert.deepEqual(
          (forecast as PlainForecast[]).map(({ value }) => value),
          want,
        );
        const after = await takeLong(model({}, "m", new FileStore(folder)), { ...last }, "tuner", LEARN);
        const { forecaster } = take(singly, { ...last }, "tuner", LEARN);
        assert.ok(Buffer.from(after.forecaster.save()).equals(forecaster.save()));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });

    it("is refused as a whole where no row could be taken in", () => {
      const m = model();
      take(m, { payload: { u: 1, y: 2 }, timestamp: 5000 });
      assert.throws(
        () =>
          take(m, {
            payload: [
              { u: 1, y: 2 },
              { u: 2, y: 2 },
            ],
            timestamp: [1000, 2000],
          }),
        (error) => codeOf(error) === "rowsRefused",
      );
    });
  });

  it("without named inputs the first payload is the beginning; a flood of names is refused", () => {
    const m = model({ inputs: [] });
    assert.deepEqual(take(m, { topic: "a", payload: { y: 1, p: 2, q: null, s: "on" } }).forecaster.inputs, ["p", "q"]);
    assert.equal(take(m, { topic: "a", payload: { y: 1, p: 2, later: 3 } }).forecaster.inputs.length, 2);
    const flood = Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`s${i}`, i]));
    assert.throws(
      () => take(m, { topic: "b", payload: flood }),
      (error) => codeOf(error) === "tooManySensors",
    );
    const soft = model({ inputs: [], horizon: [0] }, "m2");
    assert.throws(
      () => take(soft, { payload: 5 }),
      (error) => codeOf(error) === "noInput",
    );
  });

  describe("without named inputs", () => {
    const EVERY = { inputs: [] as string[] };
    const rows = process(400).map(({ u, y }, t) => ({ u, y, w: Math.sin(t) }));
    function told(): string[] {
      return notices.map((notice) => ("sensors" in notice ? `${notice.code} ${notice.sensors}` : notice.code));
    }

    it("a sensor that keeps coming while the list settles is used as if it had been there from the beginning", () => {
      const m = model(EVERY);
      take(m, { payload: { y: 20, junk: 3 }, timestamp: -1000 }, "tuner", LEARN);
      rows.forEach((payload, t) => {
        take(m, { payload, timestamp: 1000 * t }, "tuner", LEARN);
      });
      const { forecaster } = take(m, { payload: rows[0], timestamp: 1e6 });
      assert.deepEqual([...forecaster.inputs].sort(), ["u", "w"]);
      assert.deepEqual(told(), ["joined u, w", "left junk"]);
      assert.equal(forecaster.index, 401, "every reading was taken in again");
      assert.ok(forecaster.updates > 390);
      assert.ok(Math.abs((forecaster.forecast().value as number) - (rows[0]?.y as number)) < 5);
    });

    it("one that joins later begins a model anew, from the readings since it came; a batch likewise", async () => {
      for (const batch of [false, true]) {
        notices = [];
        const m = model(EVERY, `m${batch}`);
        const stream = rows.map(({ u, y, w }, t) => (t < 200 ? { u, y } : { u, y, w }));
        const timestamp = stream.map((_, t) => 1000 * t);
        take(m, { payload: { u: 0, y: 20 }, timestamp: -1000 }, "tuner", LEARN);
        if (batch) await takeLong(m, { payload: stream, timestamp }, "tuner", LEARN);
        else
          stream.forEach((payload, t) => {
            take(m, { payload, timestamp: timestamp[t] }, "tuner", LEARN);
          });
        const { forecaster } = await takeLong(m, { payload: rows[0], timestamp: 1e6 });
        assert.deepEqual(told(), ["joined w"]);
        assert.deepEqual(forecaster.inputs, ["u", "w"]);
        assert.equal(forecaster.index, 200);
        assert.ok(forecaster.updates > 190);
      }
    });

    it("what a paused learner keeps it does not learn when its list changes", () => {
      const m = model(EVERY);
      rows.slice(0, 100).forEach(({ u, y, w }, t) => {
        const payload = t < 10 ? { u, y } : { u, y, w };
        take(m, { payload, timestamp: 1000 * t }, "tuner", (asset) => asset.learn({ learn: false }));
      });
      const { forecaster } = take(m, { payload: rows[0], timestamp: 1e6 });
      assert.deepEqual([forecaster.inputs.length, forecaster.updates], [2, 0]);
    });

    it("reset lets the list settle anew, and keeps the approved model where it stays the same", () => {
      const m = model(EVERY);
      const feed = (from: number, to: number, pick: (row: (typeof rows)[0]) => object): Asset => {
        let asset: Asset | undefined;
        for (let t = from; t < to; t++)
          ({ asset } = take(m, { payload: pick(rows[t] as (typeof rows)[0]), timestamp: 1000 * t }, "tuner", LEARN));
        return asset as Asset;
      };
      const asset = feed(0, 100, ({ u, y }) => ({ u, y, old: 1 }));
      asset.forecaster?.approve();
      asset.reset();
      const kept = asset.forecaster;
      feed(0, 50, ({ u, y }) => ({ u, y, old: 1 }));
      assert.equal(asset.forecaster, kept);
      asset.reset();
      feed(0, 50, ({ u, y }) => ({ u, y }));
      assert.deepEqual(asset.forecaster?.inputs, ["u"]);
      assert.deepEqual(told(), ["left old"]);
    });
  });

  it("a target that never comes is said once, with the nearest name, and over when it comes", () => {
    const m = model({ target: "Usage_kwh" });
    const { asset } = take(m, { payload: { u: 1, Usage_kWh: 2 } });
    for (let t = 0; t < 50; t++) take(m, { payload: { u: 1, Usage_kWh: 2 } });
    assert.equal(asset.isTargetMissing, true);
    const missing = { wanted: "Usage_kwh", came: "u, Usage_kWh", nearest: "Usage_kWh" };
    assert.deepEqual(notices, [{ code: "noTarget", asset: "", ...missing }]);
    take(m, { payload: { u: 1, Usage_kwh: 2 } });
    assert.equal(asset.isTargetMissing, false);
  });

  it("keeps what it has learnt where the value to forecast comes by another name, and says by which", () => {
    const m = model({ inputs: [] });
    const rows = process(400);
    for (let t = 0; t < 200; t++) take(m, { payload: rows[t], timestamp: 1000 * t }, "tuner", LEARN);
    const { forecaster } = take(m, { payload: rows[200], timestamp: 200_000 }, "tuner", LEARN);
    for (let t = 201; t < 400; t++) {
      const { u, y } = rows[t] as { u: number; y: number };
      take(m, { payload: { u, Y: y }, timestamp: 1000 * t }, "tuner", LEARN);
    }
    const after = take(m, { payload: rows[0], timestamp: 400_000 });
    assert.equal(after.forecaster, forecaster);
    assert.deepEqual(notices, [{ code: "noTarget", asset: "", wanted: "y", came: "u, Y", nearest: "Y" }]);
  });

  it("sensors that come in messages of their own are said once", () => {
    const m = model({ inputs: [] });
    for (let t = 0; t < 90; t++) take(m, { payload: { [["u", "v", "y"][t % 3] as string]: t } });
    const codes = notices.filter(({ code }) => code === "apart");
    assert.deepEqual(codes, [{ code: "apart", asset: "", sensors: "u, v, y" }]);
  });

  it("a batch without times is said once where horizons are spans of time", () => {
    const payload = process(60);
    const times = payload.map((_, t) => 1000 * t);
    const told = (settings: Parameters<typeof model>[0], ...stamps: unknown[]): string[] => {
      const m = model(settings);
      notices.length = 0;
      for (const timestamp of stamps) take(m, { payload, timestamp });
      return notices.map(({ code }) => code);
    };
    const timed = { durations: [10_000] };
    assert.deepEqual(told(timed, undefined, undefined), ["noTimes"]);
    assert.deepEqual(told(timed, times), []);
    assert.deepEqual(told({}, undefined), []);
    const single = model(timed);
    for (const row of payload) take(single, { payload: row });
    assert.deepEqual(notices, []);
  });

  it("messages carry null, never NaN, where nothing is known", () => {
    const msg: ForecastMessage = { payload: { u: 1 }, timestamp: 0 };
    const { forecast } = take(model({ horizon: [1, 3] }), msg);
    assert.deepEqual(JSON.parse(JSON.stringify(forecast)), forecast);
    assert.equal((forecast as PlainForecast).value, null);
    assert.equal((forecast as PlainForecast).steps?.length, 2);
  });

  it("whatever comes: a forecast with finite numbers or an error with a reason, and a model that stays whole", () => {
    const m = model({ horizon: [1, 3] });
    const anything = fc.anything({ withBigInt: true, withDate: true, withSparseArray: true, withNullPrototype: true });
    const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(1e308, -1e99, Number.NaN, null, "12,5"));
    const message = fc.record(
      {
        payload: fc.oneof(
          number,
          anything,
          fc.record({ u: number, y: number }),
          fc.array(fc.record({ u: number, y: number })),
        ),
        topic: fc.oneof(fc.constantFrom("a", "__proto__", undefined), anything),
        timestamp: fc.oneof(fc.integer({ min: 0, max: 1e6 }), anything, fc.array(fc.integer())),
        baseline: fc.oneof(number, anything),
        quality: fc.oneof(anything, fc.record({ learn: number, speed: number, held: anything, reasons: anything })),
        observed: anything,
        reading: anything,
      },
      { requiredKeys: [] },
    );
    let taken = 0;
    fc.assert(
      fc.property(message, (given) => {
        const msg = { ...given } as ForecastMessage;
        try {
          const { forecast, asset } = take(m, msg, "tuner", LEARN);
          taken++;
          assertFinite([forecast, msg.scored, msg.tuning]);
          assert.ok(asset.forecaster?.parameterNorms().every(Number.isFinite));
        } catch (error) {
          assert.ok(codeOf(error), (error as Error).stack);
        }
      }),
      { numRuns: 3000 },
    );
    assert.ok(taken > 100, `${taken} messages were taken`);
  });

  describe("memory", () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "forecast-model-"));
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    function run(m: ForecastModel, rows: { u: number; y: number }[], from: number): void {
      rows.forEach((payload, t) => {
        take(m, { topic: "a", payload, timestamp: 1000 * (from + t) }, "tuner", LEARN);
      });
    }

    it("a redeploy in the middle of a stream loses nothing, bit by bit", async () => {
      const rows = process(120);
      const whole = model();
      run(whole, rows, 0);
      const before = model({}, "m", new FileStore(folder));
      run(before, rows.slice(0, 61), 0);
      await before.close();
      const after = model({}, "m", new FileStore(folder));
      run(after, rows.slice(61), 61);
      const last = (m: ForecastModel) =>
        take(m, { topic: "a", payload: { u: 0, y: 20 }, timestamp: 1e6 }).forecaster.save();
      assert.ok(Buffer.from(last(whole)).equals(last(after)));
    });

    it("other inputs or another size start a new model; the old one comes back with the old settings", async () => {
      const index = (m: ForecastModel, t: number) =>
        take(m, { topic: "a", payload: { u: 0, y: 20 }, timestamp: 1000 * t }).forecaster.index;
      const first = model({}, "m", new FileStore(folder));
      run(first, process(30), 0);
      await first.close();
      const second = model({ size: 16 }, "m", new FileStore(folder));
      assert.equal(index(second, 40), 0);
      await second.close();
      const third = model({}, "m", new FileStore(folder));
      assert.equal(index(third, 50), 30);
    });
  });

  describe("export and import", () => {
    function exported(m: ForecastModel, name?: string): { asset: string; file: string; bytes: Uint8Array }[] {
      const files: { asset: string; file: string; bytes: Uint8Array }[] = [];
      m.export(
        name,
        (file) => files.push(file),
        () => {},
        (error) => {
          throw error;
        },
      );
      return files;
    }

    function imported(m: ForecastModel, name: string, file: unknown): void {
      let failure: Error | undefined;
      m.import(
        name,
        file,
        () => {},
        (error) => {
          failure = error;
        },
      );
      if (failure) throw failure;
    }

    it("takes what one line has learnt to the next", () => {
      const m = model();
      process(100).forEach((payload, t) => {
        take(m, { topic: "../line 1", payload, timestamp: 1000 * t }, "tuner", LEARN);
      });
      const [file] = exported(m, "../line 1");
      assert.match(file?.file ?? "", /^line-1-[0-9a-f]{12}\.forecaster$/);
      const other = model({}, "m2");
      imported(other, "line 2", file?.bytes);
      const msg: ForecastMessage = { topic: "line 2", payload: { u: 1, y: 20 }, timestamp: 10 };
      const { forecaster, forecast } = take(other, msg);
      assert.equal((forecast as PlainForecast).asset, "line 2");
      assert.ok(forecaster.updates > 80);
    });

    it("keeps what an import replaces beside its record, and imports nothing where that fails", async () => {
      const folder = mkdtempSync(join(tmpdir(), "import-"));
      try {
        const m = model({}, "m", new FileStore(folder));
        process(60).forEach((payload, t) => {
          take(m, { topic: "a", payload, timestamp: 1000 * t }, "tuner", LEARN);
        });
        const before = exported(m, "a")[0]?.bytes as Uint8Array;
        const other = Forecaster.create({ inputs: ["u"], target: "y", size: 2 }).save();
        const put = (): Promise<void> => new Promise((done, fail) => m.import("a", other, done, fail));
        rmSync(folder, { recursive: true });
        writeFileSync(folder, "no folder");
        await assert.rejects(put(), /EEXIST|ENOTDIR/);
        assert.deepEqual(exported(m, "a")[0]?.bytes, before);
        rmSync(folder);
        await put();
        assert.equal(Forecaster.load(exported(m, "a")[0]?.bytes as Uint8Array).options.size, 2);
        const files = readdirSync(folder, { recursive: true }).map(String);
        const kept = files.filter((file) => file.includes(".replaced_"));
        assert.equal(kept.length, 1, files.join());
        const { payload } = decodeRecord(readFileSync(join(folder, kept[0] as string)));
        // The asset keeps more in its record than its forecaster.
        assert.deepEqual(Forecaster.load(payload).save(), before);
        await m.close();
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });

    it("sets a record of another target aside that lies under its name", async () => {
      const payload = Forecaster.create({ inputs: ["u"], target: "z" }).save();
      const store: Store = Object.assign(new NoStore(), {
        load: (_part: string, asset: string): Loaded =>
          asset === "a" ? { record: { kind: "forecaster", asset, payload }, setAside: [] } : { setAside: [] },
      });
      const reports: MemoryProblem[] = [];
      const m = new ForecastModel("m", SETTINGS, store, {
        errorText: (code) => code,
        ruleText: ({ sensor, rule }) => `${sensor} ${rule}`,
        property: (msg, path) => (msg as Record<string, unknown>)[path],
        report: (problem) => reports.push(problem),
        notice: () => assert.fail(),
        now: () => 1_000_000,
      });
      open.push(m);
      assert.equal(take(m, { topic: "a", payload: { u: 1, y: 2 }, timestamp: 0 }).forecaster.target, "y");
      assert.deepEqual([reports.length, reports[0]?.code, m.trouble], [1, "mismatch", "setAside"]);
      assert.match(reports[0]?.text ?? "", /the record has z ← u \(\+1\), wanted is y ← u \(\+1\)/);
    });

    it("refuses what is no such file and keeps what it has", () => {
      const m = model();
      take(m, { topic: "a", payload: { u: 1, y: 2 }, timestamp: 0 });
      const bytes = exported(m, "a")[0]?.bytes as Uint8Array;
      const damaged = Uint8Array.from(bytes);
      damaged[200] = (damaged[200] as number) ^ 1;
      const foreign = Forecaster.create({ inputs: ["u"], target: "z" }).save();
      const own = Forecaster.create({ inputs: ["u"], target: "y", size: 8, labelDelay: 50 }).checkpoint();
      const others = Forecaster.create({ inputs: ["a", "b"], target: "z" }).checkpoint();
      for (const [file, code] of [
        ["text", "importType"],
        [undefined, "importType"],
        [Buffer.from("no model"), "importForeign"],
        [damaged, "importDamaged"],
        [foreign, "importShape"],
        [own, "importCheckpoint"],
        [others, "importCheckpoint"],
        [senseless({ inputs: "u", horizon: 3 }), "importDamaged"],
        [senseless([]), "importDamaged"],
      ] as const)
        assert.throws(
          () => imported(m, "a", file),
          (error) => codeOf(error) === code,
        );
      assert.equal(take(m, { topic: "a", payload: { u: 1, y: 2 }, timestamp: 1 }).forecaster.index, 1);
    });

    it("has nothing to export before the first reading", async () => {
      const failure = await new Promise((fail) => model().export("a", () => assert.fail(), assert.fail, fail));
      assert.equal(codeOf(failure), "noModel");
    });
  });
});
