import assert from "node:assert/strict";
import helper from "node-red-node-test-helper";
import { delivered, loadFlow, refused, send, statuses, until, withServer } from "./forecast-flow";

interface Message {
  topic: string;
  payload: Record<string, number> | number;
  timestamp: number;
  baseline?: number;
  faults?: unknown[];
}

const settings = {
  id: "sim",
  type: "plant-simulator",
  z: "tab",
  assets: [{ name: "boiler-1", rating: 20, age: 0 }],
  load: "shift",
  autostart: true,
  pace: "fastest",
  interval: 1,
  speed: 10,
  count: 20,
  output: "reading",
  labelEvery: 1,
  existing: "none",
  ageingHours: 24,
  seed: 1,
  start: "",
  wires: [["out"]],
};

describe("plant-simulator node", () => {
  withServer();

  /** Loads the node with some settings changed; the list fills as it sends. */
  async function load(changes: object = {}): Promise<Message[]> {
    const { out } = await loadFlow<{ out: Message }>(["out"], { ...settings, ...changes });
    return out;
  }

  it("starts when deployed, sends as many readings as asked, then says that it has finished", async () => {
    const messages = await load();
    await until(() => statuses("sim").some(({ text }) => text === "plant-simulator.status.finished"));
    await until(() => messages.length === 20);
    const stamps = messages.map(({ timestamp }) => timestamp);
    assert.ok(
      stamps.every((stamp, i) => i === 0 || stamp > (stamps[i - 1] as number)),
      "time never stands still",
    );
    assert.ok(messages.every(({ topic, payload }) => topic === "boiler-1" && Object.keys(payload).length === 10));
  });

  it("stamps plant time from a first time stamp, the same numbers at every pace", async () => {
    const start = "2026-01-01T00:00:00Z";
    const messages = await load({ start });
    await until(() => messages.length === 20);
    await helper.unload();
    const slower = await load({ start, pace: "times", speed: 200 });
    await until(() => slower.length === 20);
    assert.equal(messages[0]?.timestamp, Date.parse(start) + 1000);
    assert.deepEqual(
      slower.map(({ timestamp, payload }) => ({ timestamp, payload })),
      messages.map(({ timestamp, payload }) => ({ timestamp, payload })),
    );
  });

  it("keeps the pace: 50 readings a second", async () => {
    const messages = await load({ pace: "times", speed: 50, count: "" });
    await until(() => messages.length > 0);
    const from = messages.length;
    const began = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const due = (performance.now() - began) / 20;
    assert.ok(Math.abs(messages.length - from - due) <= 10, `${messages.length - from} of ${due}`);
    const steps = messages.slice(1).map(({ timestamp }, i) => timestamp - (messages[i] as Message).timestamp);
    assert.ok(
      steps.every((step) => step === 20),
      "stamped as planned, whatever the event loop was busy with",
    );
    assert.ok(Math.abs((messages.at(-1) as Message).timestamp - Date.now()) < 500);
  });

  it("as fast as possible still leaves the event loop to others", async () => {
    const messages = await load({ count: "" });
    await until(() => messages.length > 0);
    const waits: number[] = [];
    for (let i = 0; i < 21; i++) {
      const began = performance.now();
      await new Promise((resolve) => setTimeout(resolve, 1));
      waits.push(performance.now() - began);
    }
    // In the middle: a busy machine delays one timer or another, a node that keeps the event loop delays each.
    const late = waits.sort((a, b) => a - b)[10] as number;
    assert.ok(messages.length > 50, `${messages.length} readings`);
    assert.ok(late < 50, `a timer of 1 ms took ${late} ms`);
  });

  it("sends several boilers, or one message for each sensor", async () => {
    const assets = [
      { name: "boiler-1", rating: 20, age: 0 },
      { name: "boiler-2", rating: "8", age: "0.5" },
    ];
    const messages = await load({ assets, output: "sensors", count: 2, existing: "design" });
    await until(() => messages.length === 40);
    assert.equal(messages[0]?.topic, "boiler-1/steam_flow_kg_s");
    assert.equal(messages[19]?.topic, "boiler-2/co2_kg_h");
    assert.ok(messages.every(({ payload, baseline }) => typeof payload === "number" && Number.isFinite(baseline)));
    assert.equal(messages[0]?.timestamp, messages[19]?.timestamp);
  });

  it("breaks a sensor and repairs it by message", async () => {
    const messages = await load({ count: "", pace: "times", speed: 200 });
    await until(() => messages.length > 3);
    send("sim", { command: "fault", topic: "boiler-1", payload: { sensor: "o2_pct", kind: "nan" } });
    const oxygen = (): number => ((messages.at(-1) as Message).payload as Record<string, number>).o2_pct as number;
    await until(() => Number.isNaN(oxygen()));
    assert.deepEqual(messages.at(-1)?.faults, [{ sensor: "o2_pct", kind: "nan" }]);
    send("sim", { command: "fault", payload: { sensor: "o2_pct", kind: "none" } });
    await until(() => Number.isFinite(oxygen()));
  });

  it("stops, starts again where it was, and resets to the beginning", async () => {
    const messages = await load({ count: "", pace: "times", speed: 100 });
    await until(() => messages.length >= 5);
    send("sim", { command: "stop" });
    await delivered();
    const held = messages.length;
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(messages.length, held);
    send("sim", { command: "start" });
    await until(() => messages.length > held);
    assert.notDeepEqual(messages[held]?.payload, messages[0]?.payload);
    send("sim", { command: "stop" });
    await delivered(); // what was on its way is not of the new beginning
    send("sim", { reset: true });
    send("sim", { command: "start" });
    const again = messages.length;
    await until(() => messages.length > again);
    assert.deepEqual(messages[again]?.payload, messages[0]?.payload);
  });

  it("tells the Catch node what is wrong with a command, and goes on", async () => {
    const messages = await load({ count: "", pace: "times", speed: 100 });
    for (const [msg, key] of [
      [{ payload: 1 }, "error.noCommand"],
      [{ command: "explode" }, "error.command"],
      [{ command: ["start"] }, "error.command"],
      [{ command: "fault", payload: { sensor: "nox", kind: "nan" } }, "error.order-sensor"],
      [
        { command: "fault", topic: { name: "boiler-1" }, payload: { sensor: "o2_pct", kind: "nan" } },
        "error.order-asset",
      ],
      [{ command: "fault", topic: 9, payload: { sensor: "o2_pct", kind: "nan" } }, "error.order-asset"],
      [{ command: "fault", topic: "boiler-9", payload: { sensor: "o2_pct", kind: "nan" } }, "error.order-asset"],
    ] as const) {
      assert.match(await refused("sim", msg), new RegExp(`plant-simulator.${key}`));
    }
    const count = messages.length;
    await until(() => messages.length > count);
  });

  for (const [what, changes, key] of [
    ["no boiler", { assets: [] }, "assets"],
    ["two boilers of one name", { assets: [settings.assets[0], settings.assets[0]] }, "sameName"],
    ["a boiler that is nothing", { assets: [null] }, "assets"],
    ["no wear", { assets: [{ name: "a", rating: 1, age: "" }] }, "age"],
    ["no interval", { interval: "" }, "interval"],
    ["no steam", { assets: [{ name: "a", rating: 0, age: 0 }] }, "rating"],
    ["a wear of 2", { assets: [{ name: "a", rating: 1, age: 2 }] }, "age"],
    ["an interval of −1", { interval: -1 }, "interval"],
    ["a speed of 0", { pace: "times", speed: 0 }, "speed"],
    ["half a reading", { count: 0.5 }, "count"],
    ["a label every 0 readings", { labelEvery: 0 }, "labelEvery"],
    ["ageing in text", { ageingHours: "soon" }, "ageingHours"],
    ["no seed", { seed: "x" }, "seed"],
    ["a start that is no date", { start: "yesterday" }, "start"],
  ] as const) {
    it(`says at once that ${what} cannot be`, async () => {
      const messages = await load(changes);
      // biome-ignore lint/suspicious/noExplicitAny: the helper's spies are not in the types
      const [[text]] = (helper.getNode("sim") as any).error.args;
      assert.equal(text, `plant-simulator.error.${key}`);
      assert.equal(statuses("sim")[0]?.fill, "red");
      assert.match(await refused("sim", { command: "start" }), new RegExp(key));
      assert.equal(messages.length, 0);
    });
  }
});
