import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Node } from "node-red";
import helper from "node-red-node-test-helper";
import { Random } from "../../src/forecaster/random";
import { GATE, handled, loadFlow, MODEL, statuses, withServer } from "./forecast-flow";

// biome-ignore lint/suspicious/noExplicitAny: messages are what a flow makes of them
type Message = any;

const HOUR = 3_600_000;
const START = Date.UTC(2026, 3, 1);

describe("rollout-gate node", () => {
  withServer();

  interface Loaded {
    out: Message[];
    changes: Message[];
    /** Sends a message and waits until the node is done with it; the error text, if there was one. */
    send(msg: Message): Promise<string | undefined>;
    /** Feeds hours of scored forecasts whose errors are `size` times those of the existing forecast. */
    feed(hours: number, size: number, more?: Message): Promise<void>;
  }

  async function load(changed: object = {}, model: object = {}): Promise<Loaded> {
    await loadFlow(["out", "changes"], { ...MODEL, target: "steam", sensors: [], ...model }, { ...GATE, ...changed });
    const out: Message[] = [];
    const changes: Message[] = [];
    const gate = helper.getNode("gate") as unknown as Node;
    const send = async (msg: Message): Promise<string | undefined> => {
      const error = await handled("gate", msg);
      for (const [msgs] of spied(gate.send)) {
        if (msgs[0]) out.push(msgs[0]);
        if (msgs[1]) changes.push(msgs[1]);
      }
      // biome-ignore lint/suspicious/noExplicitAny: the helper's spies are not in the types
      for (const method of ["send", "error", "log", "warn"] as const) (gate[method] as any).resetHistory();
      return error;
    };
    const random = new Random(1);
    let hour = 0;
    const feed = async (hours: number, size: number, more: Message = {}): Promise<void> => {
      for (let i = 0; i < hours; i++) {
        hour += 1;
        const problem = await send(message(hour, random, size, more));
        assert.equal(problem, undefined);
      }
    };
    return { out, changes, send, feed };
  }

  function message(hour: number, random: Random, size: number, more: Message = {}): Message {
    const origin = START + hour * HOUR;
    const actual = 100 + Math.sin(hour);
    return {
      topic: "press-1",
      payload: 7,
      scored: {
        origin: origin - HOUR,
        time: origin,
        horizon: 1,
        actual,
        forecast: actual + size * random.normal(),
        existing: actual + random.normal(),
        naive: actual + 2 * random.normal(),
        covered: random.uniform() < 0.9,
      },
      forecast: forecast({ origin, due: origin + HOUR }),
      ...more,
    };
  }

  const forecast = (more: object = {}) => ({
    asset: "press-1",
    origin: START,
    due: START + HOUR,
    horizon: 1,
    value: 7,
    lower: 6,
    upper: 8,
    coverage: 0.9,
    naive: 1,
    frozen: 2,
    existing: 3,
    updates: 9,
    ...more,
  });
  // biome-ignore lint/suspicious/noExplicitAny: the helper's spies are not in the types
  const spied = (spy: unknown): any[][] => (spy as any).args;
  const status = () => statuses("gate").at(-1)?.text;

  it("in shadow sends on the existing forecast, with its source, in payload and forecast", async () => {
    const { out, send } = await load();
    const msg: Message = { topic: "press-1", payload: 7, forecast: forecast(), reading: { steam: 1 }, keep: "me" };
    await send(msg);
    assert.equal(out[0], msg);
    const { payload, keep, stage } = out[0];
    assert.deepEqual([payload, keep, out[0].forecast.value, out[0].forecast.lower], [3, "me", 3, null]);
    assert.deepEqual(stage.learner, forecast());
    assert.deepEqual([stage.asset, stage.stage, stage.source, stage.ready], ["press-1", "shadow", "existing", false]);
    assert.equal(stage.missing.length, 4);
    assert.equal(status(), "rollout-gate.status.shadow");
  });

  it("without an existing forecast the naive one, without both null", async () => {
    const { out, send } = await load();
    await send({ topic: "a", forecast: forecast({ existing: null }) });
    await send({ topic: "a", forecast: forecast({ existing: null, naive: null }) });
    assert.deepEqual(out.map(({ payload, stage }) => [payload, stage.source]), [[1, "naive"], [null, "none"]]); // biome-ignore format: one line
  });

  it("goes live by evidence and sends the learner's forecast untouched, one message for each change", async () => {
    const { out, changes, feed } = await load();
    await feed(1500, 0.5);
    assert.deepEqual(changes.map(({ change }) => [change.what, change.from, change.to]), [["promoted", "shadow", "pilot"], ["promoted", "pilot", "live"]]); // biome-ignore format: one line
    assert.equal(changes[0].topic, "press-1");
    const { payload, stage, forecast } = out.at(-1);
    assert.deepEqual([payload, forecast.value, forecast.lower, stage.source], [7, 7, 6, "learner"]);
    assert.ok(stage.better > 0.8 * stage.blocks && stage.gain > 40);
    assert.equal(status(), "rollout-gate.status.live");
  });

  it("a person approves with name and reason, when the trial is ready", async () => {
    const { out, changes, send, feed } = await load({ approval: "person" });
    await feed(60, 0.5);
    assert.match(
      (await send({ command: "approve", topic: "press-1", who: "Sato", reason: "x" })) ?? "",
      /error\.notYet/,
    );
    await feed(1500, 0.5);
    assert.equal(out.at(-1).stage.ready, true);
    assert.equal(status(), "rollout-gate.status.ready");
    assert.match((await send({ command: "approve", who: "Sato" })) ?? "", /error\.whoAndWhy/);
    assert.equal(await send({ command: "approve", who: "Sato", reason: "six good weeks" }), undefined);
    assert.equal(status(), "rollout-gate.status.pilot");
    assert.deepEqual(changes.map(({ change: { what } }) => what).filter((what) => what !== "afresh"), ["ready", "promoted"]); // biome-ignore format: one line
    const { change } = changes.at(-1);
    assert.deepEqual([change.who, change.reason.text, change.asset], ["Sato", "six good weeks", "press-1"]);
  });

  it("rolls back at once, and the existing forecast goes out in the same message", async () => {
    const { out, changes, send, feed } = await load({ low: "0", high: "50" });
    await feed(1500, 0.5);
    await send({ topic: "press-1", forecast: forecast({ value: 51 }) });
    assert.deepEqual([out.at(-1).payload, out.at(-1).stage.stage], [3, "rolled-back"]);
    assert.deepEqual(changes.at(-1).change.reason, { code: "outsideLimits", value: 51, limit: 50 });
    assert.equal(status(), "rollout-gate.why.rolled-back");
  });

  it("a guard that froze the model takes the learner out", async () => {
    const { changes, send, feed } = await load();
    await feed(1500, 0.5);
    await send({ topic: "press-1", forecast: forecast(), quality: { state: "good", model: "frozen" } });
    assert.deepEqual(changes.at(-1).change.reason, { code: "guardFrozen" });
  });

  it("the pilot acts for its assets and shifts only", async () => {
    const shifts = [{ name: "early", from: "06:00", to: "14:00", pilot: true }];
    const { out, send, feed } = await load({ assets: "press-*", shifts, approval: "person" });
    await feed(1500, 0.5);
    assert.equal(await send({ command: "approve", who: "Sato", reason: "ready" }), undefined);
    for (const hour of [5, 6, 13, 14]) {
      await send({ topic: "press-1", forecast: forecast({ origin: START + hour * HOUR }) });
    }
    assert.deepEqual(
      out.slice(-4).map(({ stage }) => stage.source),
      ["existing", "learner", "learner", "existing"],
    );
  });

  it("keeps assets apart", async () => {
    const { out, send, feed } = await load();
    await feed(1500, 0.5);
    await send({ topic: "press-2", forecast: forecast() });
    assert.deepEqual([out.at(-1).stage.asset, out.at(-1).stage.stage], ["press-2", "shadow"]);
    for (const topic of ["__proto__", "constructor", "", undefined]) {
      await send({ topic, forecast: forecast() });
      assert.deepEqual([out.at(-1).stage.asset, out.at(-1).stage.stage], [topic ?? "", "shadow"]);
    }
  });

  it("takes a batch: every property an array, rows that could not be used are null", async () => {
    const { out, send } = await load();
    const scored = [null, null, { origin: START, time: START + HOUR, forecast: 1, actual: 1, existing: 2, naive: 2, covered: true }]; // biome-ignore format: one line
    await send({ topic: "a", payload: [7, 7, 7], forecast: [forecast(), null, forecast({ existing: 5 })], scored });
    assert.deepEqual(out[0].payload, [3, null, 5]);
    assert.deepEqual(
      out[0].stage.map((stage: Message) => stage?.filling),
      [0, undefined, 1],
    );
    assert.deepEqual(
      out[0].forecast.map((one: Message) => one?.value),
      [3, undefined, 5],
    );
  });

  it("a late label brings a score alone: it is counted and sends nothing", async () => {
    const { out, send } = await load();
    const scored = { origin: START, time: START + HOUR, forecast: 1, actual: 1, existing: 2, naive: 2, covered: true };
    assert.equal(await send({ topic: "a", payload: 1, scored }), undefined);
    assert.equal(out.length, 0);
    await send({ topic: "a", forecast: forecast() });
    assert.equal(out[0].stage.filling, 1);
  });

  it("a reading that the drift guard called bad lowers the share of good ones, though it scores nothing", async () => {
    const { out, send, feed } = await load();
    const lacks = () => out.at(-1).stage.missing.includes("rollout-gate.missing.quality");
    await feed(10, 0.5);
    assert.equal(lacks(), false);
    await send({ topic: "press-1", forecast: forecast(), quality: { state: "bad", reasons: [] } });
    assert.equal(lacks(), true);
  });

  it("compares every score, tells the share in doubt, and names the labels that could not be used", async () => {
    const { out, feed, send } = await load();
    const held = (sensor: string) => ({
      state: "bad",
      held: [sensor],
      doubts: {},
      reasons: [{ sensor, rule: "missing", state: "bad" }],
    });
    await feed(30, 0.6, { quality: held("ambient") });
    assert.equal(out.at(-1).stage.blocks, 1);
    const { scored } = message(31, new Random(2), 1);
    await send({ topic: "press-1", forecast: forecast(), scored: { ...scored, state: "uncertain" } });
    for (const quality of [held("steam"), "Bad", held("ambient")])
      await send({ topic: "press-1", forecast: forecast(), quality });
    const { doubt, unusable, text } = out.at(-1).stage;
    assert.ok(Math.abs(doubt - 100 / 31) < 1e-9, String(doubt));
    assert.deepEqual(unusable, { count: 2, sensor: "steam" });
    assert.match(text, /progress\.doubt.*progress\.unusable/);
  });

  it("does not compare stopped time, unless that is wished", async () => {
    for (const [countStopped, blocks] of [
      [false, 0],
      [true, 1],
    ] as const) {
      // biome-ignore format: one line
      const { out, send } = await load({ countStopped });
      const random = new Random(3);
      for (let hour = 1; hour <= 20; hour++) {
        const { scored, ...msg } = message(hour, random, 0.6);
        await send({ ...msg, scored: { ...scored, running: false } });
      }
      assert.deepEqual([out.at(-1).stage.blocks, out.at(-1).stage.stopped], [blocks, 20]);
      await helper.unload();
    }
  });

  it("remembers where as many assets stand as the model has room for, the longest silent give way", async () => {
    const { send } = await load({ low: 0 }, { assetLimit: 3 });
    await send({ topic: "first", forecast: forecast() });
    assert.match((await send({ topic: "First", command: "hold" })) ?? "", /noSuchAsset/);
    await send({ topic: "first", command: "hold" });
    assert.equal(status(), "rollout-gate.why.hold");
    await send({ topic: "b", forecast: forecast() });
    await send({ topic: "b", command: "hold" });
    assert.equal(status(), "rollout-gate.status.hold", "of several each has its own reason");
    await send({ topic: "b", command: "resume", who: "Sato", reason: "repaired" });
    for (const topic of ["c", "d"]) await send({ topic, forecast: forecast() });
    assert.equal(status(), "rollout-gate.status.shadow");
  });

  it("promotes nobody while the drift guard has not called the model ok", async () => {
    const { out, feed } = await load();
    await feed(1500, 0.5, { quality: { state: "good", model: "learning" } });
    assert.deepEqual(out.at(-1).stage.missing, ["rollout-gate.missing.guard"]);
    await feed(200, 0.5, { quality: { state: "good", model: "ok" } });
    assert.equal(status(), "rollout-gate.status.live");
  });

  it("goes on after a restart; another required gain starts the evidence afresh and says so once", async () => {
    const userDir = mkdtempSync(join(tmpdir(), "rollout-gate-"));
    // biome-ignore lint/suspicious/noExplicitAny: the helper's settings are not in the types
    (helper as any).settings({ userDir });
    try {
      const first = await load({ approval: "person" }, { remember: "file" });
      await first.feed(1500, 0.5);
      const { proof, blocks } = first.out.at(-1).stage;
      await helper.unload();
      const again = await load({ approval: "person" }, { remember: "file" });
      await again.send({ topic: "press-1", forecast: forecast() });
      assert.deepEqual([again.out[0].stage.proof, again.out[0].stage.blocks], [proof, blocks]);
      assert.equal(status(), "rollout-gate.status.ready");
      await helper.unload();
      const other = await load({ approval: "person", gain: 20 }, { remember: "file" });
      for (let i = 0; i < 2; i++) await other.send({ topic: "press-1", forecast: forecast() });
      assert.equal(other.changes.length, 1);
      const { what, reason, to } = other.changes[0].change;
      assert.deepEqual([what, reason, to], ["afresh", { code: "settings", changed: ["margin"] }, "shadow"]);
      assert.deepEqual([other.out[1].stage.proof, other.out[1].stage.blocks], [1, 0]);
      await helper.unload();
    } finally {
      // biome-ignore lint/suspicious/noExplicitAny: the helper's settings are not in the types
      (helper as any).settings({});
      rmSync(userDir, { recursive: true, force: true });
    }
  });

  it("hold, resume, rollback and reset by message; unknown commands are errors that list the known", async () => {
    const { send, feed } = await load();
    assert.match((await send({ command: "hold" })) ?? "", /noAsset/);
    await feed(3, 1);
    assert.equal(await send({ command: "hold" }), undefined);
    assert.equal(status(), "rollout-gate.why.hold");
    assert.match((await send({ command: "rollback" })) ?? "", /notPossible/);
    assert.equal(await send({ command: "resume", who: "Sato", reason: "audit is over" }), undefined);
    assert.equal(await send({ reset: true }), undefined);
    assert.equal(status(), "rollout-gate.status.shadow");
    assert.match((await send({ command: "promote" })) ?? "", /unknownCommand/);
    assert.match((await send({ command: { toString: 1 } })) ?? "", /unknownCommand/);
  });

  it("a command for all says of ten assets why not, and how many more there are", async () => {
    const { send } = await load();
    for (let i = 0; i < 13; i++) await send({ topic: `a${i}`, forecast: forecast() });
    const text = (await send({ command: "rollback" })) ?? "";
    assert.equal(text.match(/notPossible/g)?.length, 10);
    assert.match(text, /error\.more/);
  });

  it("a message without a forecast is an error, and so is an asset that is no name", async () => {
    const { send } = await load();
    assert.match((await send({ topic: "a", payload: 1 })) ?? "", /noForecast/);
    assert.equal(await send({ topic: "a", payload: 1, forecast: [], scored: 3 }), undefined, "counted");
    assert.match((await send({ topic: {}, forecast: forecast() })) ?? "", /assetType/);
  });

  for (const [setting, reason] of [
    [{ model: "" }, /noModel/],
    [{ gain: "much" }, /error\.gain/],
    [{ shifts: [{ name: "x", from: "", to: "" }] }, /error\.shifts/],
    [{ zone: "Hall 3" }, /error\.zone/],
    [{ low: 5, high: 1 }, /error\.limits/],
  ] as const) {
    it(`a bad setting is said at start and for every message: ${JSON.stringify(setting)}`, async () => {
      const { send } = await load(setting);
      assert.match(status() ?? "", /^[a-z-]+\.(error|invalid)\./);
      assert.match((await send({ topic: "a", forecast: forecast() })) ?? "", reason);
    });
  }

  it("the editor's button reads where all stand and carries out a person's word", async () => {
    const { send, feed } = await load({ approval: "person" });
    await feed(1500, 0.5);
    await send({ topic: "press-2", forecast: forecast() });
    const read = await helper.request().get("/rollout-gate/gate").expect(200);
    assert.deepEqual(read.body.map(({ asset, ready }: Message) => [asset, ready]), [["press-1", true], ["press-2", false]]); // biome-ignore format: one line
    const refused = await helper.request().post("/rollout-gate/gate").send({ command: "approve", asset: "press-1" });
    assert.equal(refused.status, 409);
    assert.match(refused.body.error, /whoAndWhy/);
    const order = { command: "approve", asset: "press-1", who: "Sato", reason: "ready" };
    const done = await helper.request().post("/rollout-gate/gate").send(order).expect(200);
    assert.match(done.body[0].stage, /pilot/);
    await helper.request().post("/rollout-gate/gate").send({ command: "explode" }).expect(404);
    await helper.request().get("/rollout-gate/model").expect(404);
  });

  it("the button's route takes JSON only, for an asset that exists, and for all only by that word", async () => {
    const { feed } = await load({ approval: "person" });
    await feed(20, 0.5);
    const post = (body: object) => helper.request().post("/rollout-gate/gate").send(body);
    const stage = async () => (await helper.request().get("/rollout-gate/gate")).body[0].stage as string;
    const before = await stage();
    // What a page from elsewhere can make a browser send.
    for (const type of ["form", "text/plain"])
      await helper.request().post("/rollout-gate/gate").type(type).send("command=hold&all=true").expect(415);
    await helper.request().post("/rollout-gate/gate?command=hold").expect(415);
    for (const scope of [{}, { asset: null }, { asset: 1 }, { asset: ["press-1"] }, { asset: "x".repeat(10_001) }])
      await post({ command: "hold", ...scope }).expect(400);
    await post({ command: "hold", all: true, asset: "press-1" }).expect(400);
    await post({ command: "hold", all: "true" }).expect(400);
    for (const asset of ["", "press", "+", "#", "__proto__"]) await post({ command: "hold", asset }).expect(404);
    assert.equal(await stage(), before);
    const held = await post({ command: "hold", all: true, who: "A\n[error] B\u2028C", reason: "a\u202Eb\r\nc" }).expect(
      200,
    );
    assert.match(held.body[0].stage, /hold/);
    // biome-ignore lint/suspicious/noExplicitAny: the helper's spies are not in the types
    const logged = (helper.getNode("gate") as any).log.args.map(([text]: [string]) => text).at(-1) as string;
    assert.doesNotMatch(logged, /[\n\r\u2028\u202E]/);
  });
});
