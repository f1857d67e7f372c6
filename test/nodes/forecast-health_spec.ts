/** What the page of forecast health asks for, and what it can do. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import helper from "node-red-node-test-helper";
import { MODEL_TEXTS } from "../../nodes/kit/say";
import type { Health } from "../../src/health/health";
import { type FlowNode, linkPack, type NodeRed, projectRoot, start } from "../node-red-process";
import {
  GATE,
  lagged,
  load,
  loadFlow,
  MODEL,
  type Out,
  GUARD as PLAIN_GUARD,
  METER as PLAIN_METER,
  PREDICTOR,
  send,
  TUNER,
  until,
  withServer,
} from "./forecast-flow";

const GUARD = {
  ...PLAIN_GUARD,
  sensors: [{ name: "u", min: -10, max: 10, rate: "" }],
  wires: [["tuner"], [], []],
};
const METER = {
  ...PLAIN_METER,
  name: "week",
  unit: "kg/h",
  window: 100,
  baselineHours: 1,
  wires: [[], [], []],
};
const MINUTE = 60_000;
const T0 = Date.UTC(2026, 5, 1);

describe("forecast health", () => {
  withServer();

  const get = (path: string) => helper.request().get(`/forecast-health${path}`);
  const post = (body: object) => helper.request().post("/forecast-health/command").send(body);
  const list = async (search = "") => (await get(`/list?search=${encodeURIComponent(search)}`).expect(200)).body;
  const view = async (asset: string) =>
    (await get(`/asset?model=model&asset=${encodeURIComponent(asset)}`).expect(200)).body;
  const health = () => (helper.getNode("model") as unknown as { health: Health }).health;

  /** Readings through guard, tuner, predictor, meter and gate. */
  async function plant(rows: number, ...assets: string[]): Promise<Out[]> {
    const { out } = await loadFlow<{ out: Out; changes: object }>(
      ["out", "changes"],
      MODEL,
      GUARD,
      { ...TUNER, wires: [["predictor"], []] },
      { ...PREDICTOR, wires: [["kpi", "gate"]] },
      METER,
      { ...GATE, name: "north", approval: "person" },
    );
    lagged(rows).forEach((payload, t) => {
      for (const topic of assets)
        send("guard", { topic, payload: { ...payload }, timestamp: T0 + t * MINUTE, baseline: 20 });
    });
    await until(() => out.length === rows * assets.length);
    return out;
  }

  it("tells of an asset what was forecast and what came, what its nodes think, and what was learnt and saved", async () => {
    await plant(200, "boiler-1");
    const { models, assets, count } = await list();
    assert.deepEqual(models, [{ id: "model", name: "", target: "y", nearest: "1", isTimed: false }]);
    assert.equal(count, 1);
    assert.deepEqual([assets[0].asset, assets[0].model, assets[0].stage], ["boiler-1", "model", "shadow"]);
    assert.ok(assets[0].ratio < 1, "better than the existing forecast");

    const seen = await view("boiler-1");
    assert.equal(seen.unit, "kg/h");
    assert.equal(seen.chart.time.at(-1), T0 + 199 * MINUTE);
    const actual = lagged(200)[199].y;
    assert.ok(Math.abs(seen.chart.actual.at(-1) - actual) < 1e-3);
    for (const column of ["forecast", "lower", "upper", "existing", "frozen"])
      assert.equal(typeof seen.chart[column].at(-1), "number", column);
    assert.ok(seen.errors.time.length > 10 && seen.errors.learner.at(-1) > 0);
    assert.ok(Math.abs(seen.experts.reduce((sum: number, { share }: { share: number }) => sum + share, 0) - 1) < 1e-3);
    assert.equal(seen.learnt.at, T0 + 199 * MINUTE);
    assert.ok(seen.learnt.updates > 100);
    assert.deepEqual([seen.paused, seen.canLearn, seen.saved], [false, true, null]);
    assert.deepEqual([seen.guards[0].state, seen.guards[0].reasons], ["good", []]);
    assert.match(seen.gates[0].stage, /shadow/);
    assert.ok(seen.gates[0].missing.length > 0);
    assert.equal(seen.meters[0].name, "week");
    assert.ok(seen.meters[0].figures.accuracy.lifetime.learner.readings > 100);
  });

  it("names what a forecast that builds on the existing one is made of", async () => {
    const { out } = await load({ ...MODEL, existing: "baseline", buildOn: "existing" }, PREDICTOR);
    const strongest: string[] = [];
    for (const [t, baseline] of [7, undefined].entries()) {
      send("predictor", { payload: { u: 1, y: 2 }, topic: "a", timestamp: T0 + t * MINUTE, baseline });
      await until(() => out.length === t + 1);
      strongest.push((await view("a")).experts[0].name);
    }
    assert.deepEqual(strongest, ["existing", "last"]);
  });

  it("goes on with what is still to come once somebody has looked, and says why a value is doubted", async () => {
    const out = await plant(50, "a");
    await view("a");
    send("guard", { topic: "a", payload: { u: 99, y: 20 }, timestamp: T0 + 50 * MINUTE, baseline: 20 });
    await until(() => out.length === 51);
    const { chart, guards, level } = await view("a");
    assert.equal(chart.time.at(-1), T0 + 51 * MINUTE);
    assert.equal(chart.actual.at(-1), null);
    assert.equal(typeof chart.forecast.at(-1), "number");
    assert.notEqual(guards[0].state, "good");
    assert.ok(guards[0].reasons.length > 0);
    assert.notEqual(level, "good");
  });

  it("the page, its files and its texts hold nothing of the plant; nothing in it comes from elsewhere", async () => {
    await plant(5, "secret-plant");
    const page = await get("").expect(200);
    assert.match(page.headers["content-type"], /^text\/html/);
    assert.match(
      page.headers["content-security-policy"],
      /default-src 'none'; script-src 'self';.*frame-ancestors 'self'/,
    );
    assert.doesNotMatch(page.text, /https?:|<script>|\son\w+=/);
    const files = [...page.text.matchAll(/(?:src|href)="forecast-health(\/[^"]+)"/g)].map(([, path]) => path);
    assert.equal(files.length, 7);
    for (const path of files) {
      const file = await get(path).expect(200);
      assert.match(file.headers["content-type"], path.endsWith(".css") ? /^text\/css/ : /^text\/javascript/);
    }
    await get("/").expect(302).expect("location", "../forecast-health");
    const [english, japanese] = await Promise.all(
      ["en-US", "ja"].map(async (language) => (await get(`/texts?language=${language}`).expect(200)).body),
    );
    assert.equal(english.health.button.pause, "Pause learning");
    assert.equal(japanese.health.button.pause, "学習を一時停止");
    assert.equal(japanese.expert.learner, "学習モデル");
    assert.doesNotMatch(JSON.stringify([page.text, english, japanese]), /secret-plant/);
  });

  it("pauses, resumes, approves, rolls back and starts over, by the nodes that have these commands", async () => {
    const out = await plant(60, "a", "b");
    const done = async (command: string) => (await post({ model: "model", asset: "a", command }).expect(200)).body.done;
    await done("pause");
    assert.deepEqual([(await view("a")).paused, (await view("b")).paused], [true, false]);
    const updates = (await view("a")).learnt.updates;
    const next = lagged(61)[60];
    send("guard", { topic: "a", payload: next, timestamp: T0 + 60 * MINUTE, baseline: 20 });
    await until(() => out.length === 121);
    assert.equal((await view("a")).learnt.updates, updates);
    await done("resume");
    assert.equal((await view("a")).paused, false);
    await done("approve");
    await done("rollback");
    await done("reset");
    assert.equal(out.length, 121, "a command is no reading");
    const { learnt } = await view("b");
    assert.ok(learnt.updates > 0, "another asset is left alone");
  });

  it("takes a command as JSON only, of one asset that exists, and writes into the log who gave it", async () => {
    await plant(20, "a", "b");
    const order = { model: "model", asset: "a", command: "pause" };
    for (const type of ["form", "text/plain"])
      await helper
        .request()
        .post("/forecast-health/command")
        .type(type)
        .send("model=model&asset=a&command=pause")
        .expect(415);
    for (const asset of [undefined, null, 1, ["a"], { a: 1 }, "x".repeat(10_001)])
      await post({ ...order, asset }).expect(400);
    await post({ model: "model", all: true, command: "pause" }).expect(400);
    await post({ ...order, command: "explode" }).expect(400);
    for (const asset of ["", "A", "+", "#", "__proto__"]) await post({ ...order, asset }).expect(404);
    for (const model of [undefined, "tuner", "__proto__"]) await post({ ...order, model }).expect(404);
    assert.equal((await view("a")).paused, false);
    // biome-ignore lint/suspicious/noExplicitAny: the helper's spies are not in the types
    const logged = (helper.getNode("model") as any).log.args as [string][];
    await post({ ...order, who: "Sato\n[error] forged", reason: "line\u2028break" }).expect(200);
    assert.equal(logged.length, 1);
    assert.doesNotMatch(logged[0][0], /[\n\u2028]/);
  });

  it("answers in the model's language; of no model, or of one without a language, in that of the page", async () => {
    await loadFlow(["out"], { ...MODEL, language: "ja" }, { ...TUNER, wires: [["out"], []] });
    send("tuner", { topic: "a", payload: { u: 1, y: 2 }, timestamp: T0 });
    const order = { model: "model", asset: "a", command: "pause" };
    const ask = (body: object, language: string) => post(body).set("accept-language", language);
    await until(() => health().model.settings.language === "ja");
    assert.equal((await ask(order, "en-GB").expect(200)).body.done, "a: 学習を一時停止(名前の入力なし)");
    assert.equal((await ask({ ...order, asset: "b" }, "en-US").expect(404)).body.error, "設備「b」はありません");
    const gone = { ...order, model: "gone" };
    assert.match((await ask(gone, "ja-JP,ja;q=0.9,en;q=0.8").expect(404)).body.error, /予測モデル/);
    assert.match((await ask(gone, "fr,EN;q=0.8").expect(404)).body.error, /no such forecast model/);
    assert.equal((await post(gone).expect(404)).body.error, `${MODEL_TEXTS}.route.noSuchModel`);
    const form = helper.request().post("/sensor-scout/none").type("form").set("accept-language", "ja").send("x=1");
    assert.match((await form.expect(415)).body.error, /送信してください/);
    await helper.unload();
    await plant(5, "a");
    assert.equal((await ask(order, "ja").expect(200)).body.done, "a: 学習を一時停止(名前の入力なし)");
  });

  it("exports the model under a name of its own, and shows the report of each meter", async () => {
    await plant(30, "line/1", "line 1");
    const file = (asset: string) => get(`/export?model=model&asset=${encodeURIComponent(asset)}`).expect(200);
    const names = (await Promise.all([file("line/1"), file("line 1")])).map(
      ({ headers }) => headers["content-disposition"],
    );
    assert.equal(new Set(names).size, 2);
    assert.match(names[0], /^attachment; filename\*=UTF-8''line-1-[0-9a-f]{12}\.forecaster$/);
    const report = (more: string) => get(`/report?model=model&meter=kpi&language=ja&${more}`);
    const one = await report("asset=line%2F1").expect(200);
    assert.match(one.text, /<html lang="ja">/);
    assert.match(one.headers["content-security-policy"], /sandbox/);
    assert.match((await report("all=true").expect(200)).text, /全設備|2/);
    // It says how the drift guard sees the model, of all assets the worst; nothing is saved where nothing is remembered.
    const guard = /ドリフト監視：(モデルの精度は通常どおり|モデルの通常の誤差を学習中)。/;
    for (const which of ["asset=line%2F1", "all=true"]) {
      const { text } = await report(which).expect(200);
      assert.match(text, guard);
      assert.doesNotMatch(text, /最終保存/);
    }
    send("guard", { command: "freeze", topic: "line/1" });
    await until(() => health().upkeep(["line/1"]).guard === "frozen");
    assert.match((await report("all=true").expect(200)).text, /ドリフト監視：モデルの学習を凍結中。/);
    await report("").expect(400);
    await report("asset=nobody").expect(404);
    await get("/report?model=model&meter=gate&all=true").expect(404);
  });

  it("of a thousand assets lists the worst in bounded time, and finds the others by name", async () => {
    const { out } = await load({ ...MODEL, sensors: ["u"] }, TUNER);
    const names = Array.from({ length: 1000 }, (_, i) => `Press ${i}`);
    for (let t = 0; t < 3; t++)
      for (const topic of names) send("tuner", { topic, payload: { u: t, y: t % 2 }, timestamp: T0 + t * MINUTE });
    await until(() => out.length === 3000);
    await list();
    const began = performance.now();
    const { assets, count } = await list();
    const took = performance.now() - began;
    assert.deepEqual([assets.length, count], [200, 1000]);
    assert.ok(took < 1000, `${took} ms`);
    const found = await list("press 77");
    assert.deepEqual(found.assets.map(({ asset }: { asset: string }) => asset).sort().slice(0, 2), ["Press 77", "Press 770"]); // biome-ignore format: one line
    assert.equal(found.count, 11);
  });

  it("lets go of everything when a flow is removed, and hears of each forecast once when it is deployed again", async () => {
    await plant(20, "a");
    const before = health();
    await helper.unload();
    assert.deepEqual((await list()).models, []);
    await get("/asset?model=model&asset=a").expect(200, { gone: "model" });
    await plant(20, "a");
    assert.notEqual(health(), before);
    const { chart, guards, gates, meters } = await view("a");
    assert.equal(new Set(chart.time).size, chart.time.length);
    assert.deepEqual([guards.length, gates.length, meters.length], [1, 1, 1]);
  });
});

/** What everybody may fetch: the page and what it is made of, which hold nothing of the plant. */
const PUBLIC = /^\/forecast-health(\/[\w-]+\.(js|css)|\/texts)?$/;
/** A node of the spec that tells which routes all nodes have registered. */
const ROUTES = `module.exports = (RED) => {
  RED.nodes.registerType("routes", function () {});
  RED.httpAdmin.get("/routes", (_req, res) => {
    const { stack } = RED.httpAdmin._router ?? RED.httpAdmin.router;
    res.json(stack.flatMap(({ route }) => route ? Object.keys(route.methods).map((method) => [method, route.path]) : []));
  });
};`;

describe("forecast health where Node-RED has a login", function () {
  this.timeout(120_000);
  let red: NodeRed;
  let userDir: string;

  before(async () => {
    userDir = mkdtempSync(join(tmpdir(), "online-forecast-login-"));
    linkPack(userDir);
    const at = { x: 100, y: 100 };
    const flow: FlowNode[] = [
      { id: "tab", type: "tab", label: "Flow 1" },
      { ...MODEL },
      { ...TUNER, ...at, wires: [[], []] },
      { ...GATE, ...at, wires: [[], []] },
      { ...PLAIN_GUARD, ...at, wires: [[], [], []] },
      { id: "scout", type: "sensor-scout", z: "tab", ...at, model: "model", wires: [[]] },
      { id: "trainer", type: "history-trainer", z: "tab", ...at, ...{ model: "model", source: "history.csv" }, sourceType: "str", wires: [[], [], []] }, // biome-ignore format: one line
      { id: "inject", type: "inject", z: "tab", ...at, props: [{ p: "payload" }], wires: [["tuner"]] },
    ];
    mkdirSync(join(userDir, "nodes"));
    writeFileSync(join(userDir, "nodes", "routes.js"), ROUTES);
    writeFileSync(join(userDir, "nodes", "routes.html"), "<script></script>");
    const rows = lagged(200).map(({ u, y }, i) => `${new Date(T0 + i * MINUTE).toISOString()},${u},${y}`);
    writeFileSync(join(userDir, "history.csv"), ["time,u,y", ...rows].join("\n"));
    await (await start(flow, { userDir })).stop();
    // "password", by bcrypt.
    const password = "$2b$04$r5roiVpZHxeQmquj0KIOGutbkmxYswYWm6IZxPywLgamj7TMw7zq2";
    const users = [
      { username: "sato", password, permissions: "*" },
      { username: "guest", password, permissions: "read" },
    ];
    red = await start([], { userDir, settings: { adminAuth: { type: "credentials", users } } });
  });
  after(async () => {
    await red?.stop();
    rmSync(userDir, { recursive: true, force: true, maxRetries: 3 });
  });

  const tokenOf = async (username: string): Promise<string> => {
    const body = new URLSearchParams({ client_id: "node-red-editor", grant_type: "password", scope: "", username, password: "password" }); // biome-ignore format: one line
    const response = await fetch(`${red.url}/auth/token`, { method: "POST", body });
    return ((await response.json()) as { access_token: string }).access_token;
  };
  const ask = async (path: string, token?: string, body?: object): Promise<Response> => {
    const headers = { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) };
    return fetch(`${red.url}/${path}`, body ? { method: "POST", headers, body: JSON.stringify(body) } : { headers });
  };
  /** All routes that the pack has registered, as paths of nodes that run. */
  const routes = async (): Promise<{ open: string[]; read: string[]; write: string[] }> => {
    const all = (await (await ask("routes")).json()) as [string, string][];
    const ids: Record<string, string> = { "rollout-gate": "gate", "drift-guard": "guard", "forecast-model": "model", "sensor-scout": "scout", "history-trainer": "trainer" }; // biome-ignore format: one line
    const { "node-red": pack } = JSON.parse(readFileSync(join(projectRoot(), "package.json"), "utf8"));
    const places = ["forecast-health", ...Object.keys(pack.nodes)];
    const placeOf = (path: string): string => path.split("/")[1] as string;
    const own = all.filter(([, path]) => places.includes(placeOf(path)));
    const pathOf = ([, path]: [string, string]): string => path.slice(1).replace(":id", ids[placeOf(path)] ?? "none");
    const isOpen = ([, path]: [string, string]): boolean => PUBLIC.test(path);
    const others = own.filter((one) => !isOpen(one));
    assert.deepEqual([...new Set(own.map(([method]) => method))].sort(), ["get", "post"]);
    return {
      open: own.filter(isOpen).map(pathOf),
      read: others.filter(([method]) => method === "get").map(pathOf),
      write: others.filter(([method]) => method === "post").map(pathOf),
    };
  };

  it("shows the empty page to everybody, and what is the plant's to nobody without a token", async () => {
    const { open, read, write } = await routes();
    assert.ok(open.length >= 9 && read.length >= 10 && write.length >= 9, JSON.stringify([open, read, write]));
    for (const path of open) assert.equal((await ask(path)).status, 200, path);
    for (const path of read) assert.equal((await ask(path)).status, 401, path);
    for (const path of write) assert.equal((await ask(path, undefined, {})).status, 401, path);
  });

  it("lets who may read look, and change nothing", async () => {
    const token = await tokenOf("guest");
    const { read, write } = await routes();
    assert.equal((await ask("forecast-health/list", token)).status, 200);
    for (const path of read) assert.notEqual((await ask(path, token)).status, 401, path);
    for (const path of write) assert.equal((await ask(path, token, {})).status, 401, path);
  });

  it("takes what changes something as JSON only, also of who may change it", async () => {
    const headers = { Authorization: `Bearer ${await tokenOf("sato")}` };
    const bodies = [new URLSearchParams({ all: "true" }), "all=true", undefined];
    for (const path of (await routes()).write)
      for (const body of bodies)
        assert.equal((await fetch(`${red.url}/${path}`, { method: "POST", headers, body })).status, 415, path);
  });

  it("says in log and list who had a version of the trainer used, and in the log who began the lists of sensors anew", async () => {
    const token = await tokenOf("sato");
    const versions = async () =>
      ((await (await ask("history-trainer/trainer/versions", token)).json()) as { versions: { by?: string }[] })
        .versions;
    await ask("history-trainer/trainer/read", token, {});
    for (let tries = 0; (await versions()).length === 0; tries++) {
      assert.ok(tries < 200, "learnt");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.equal((await versions())[0]?.by, undefined);
    const used = { version: 1, who: "somebody else" };
    assert.equal((await ask("history-trainer/trainer/versions", token, used)).status, 200);
    assert.equal((await versions())[0]?.by, "sato");
    await red.until("the log", () => red.log().includes("version 1 is used by all assets now, chosen by sato"));
    assert.equal((await ask("forecast-model/model/sensors", token, { all: true })).status, 200);
    await red.until("the log", () => red.log().includes("sensors of all assets were begun anew by sato"));
  });

  it("takes the logged-in user for the one who gave a command, whatever the request says", async () => {
    const token = await tokenOf("sato");
    const payload = { u: 1, y: 2 };
    const props = [
      { p: "payload", v: JSON.stringify(payload), vt: "json" },
      { p: "topic", v: "a", vt: "str" },
    ];
    const injected = await ask("inject/inject", token, { __user_inject_props__: props });
    assert.equal(injected.status, 200);
    const { user } = (await (await ask("forecast-health/list", token)).json()) as { user: string };
    assert.equal(user, "sato");
    const order = { model: "model", asset: "a", command: "pause", who: "somebody else" };
    const asset = async () => (await ask("forecast-health/asset?model=model&asset=a", token)).json();
    const isThere = async () => !("gone" in ((await asset()) as object));
    for (let tries = 0; !(await isThere()); tries++) {
      assert.ok(tries < 100, "the asset");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const answer = await ask("forecast-health/command", token, order);
    const { done } = (await answer.json()) as { done: string };
    assert.equal(done, "a: learning paused by sato");
    await red.until("the log", () => red.log().includes("a: learning paused by sato"));
  });
});
