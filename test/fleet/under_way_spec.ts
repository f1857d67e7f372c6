/** What is between two nodes of the flow when it is stopped or killed: no forecast is lost, and nothing is learnt twice. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { type Keeper, Partition } from "../../fleet/src/partition";
import { UnderWay } from "../../fleet/src/under-way";
import {
  allForecast,
  type FleetSetting,
  flowOf,
  Instance,
  ownBroker,
  Reference,
  Stream,
  until,
  written,
} from "./fleet";
import { type RecordsPlace, startPlace } from "./records-place";

describe("a message on its way through a flow", () => {
  it("has come through when every node that was given it is done with it", () => {
    const told: string[] = [];
    const way = new UnderWay((id) => told.push(id));
    way.begin("1", "in");
    way.given("1", "tuner");
    way.given("1", "debug");
    way.done("1", "in");
    way.done("1", "link in"); // it was given by another way
    way.given("1", "predictor");
    way.done("1", "tuner");
    way.done("1", "predictor");
    assert.ok(way.has("1"));
    way.done("1", "debug");
    assert.deepEqual(told, ["1"]);
    way.begin("2", "in");
    way.forget("2");
    way.done("2", "in");
    assert.ok(!way.has("1") && !way.has("2"));
    assert.deepEqual(told, ["1"]);
  });
});

describe("a partition whose flow keeps messages", () => {
  const REST = {
    place: async () => "",
    begin: async () => {},
    end() {},
    assetOf: ({ topic }) => topic,
    assign() {},
    prepare: async () => "new",
    isSaved: () => false,
    isAllSaved: () => false,
    saveNow() {},
    drop() {},
    suspected: async () => 0,
    suspect: async () => {},
    cleared: async () => {},
    setAside: async () => {},
    forget() {},
    warn() {},
  } satisfies Partial<Keeper> as Omit<Keeper, "send" | "isUnderWay">;

  it("has one reading of a machine under way that a record has: the last, which alone can be forecast again", async () => {
    let deliver: (message: object) => void = () => {};
    const channel = {
      on() {},
      ack() {},
      close: async () => {},
      prefetch: async () => {},
      consume: async (_queue: string, each: typeof deliver) => {
        deliver = each;
      },
    };
    const inFlow: { id: string; topic: string }[] = [];
    const keeper: Keeper = {
      ...REST,
      send: ({ topic }, id) => inFlow.push({ id, topic }),
      isUnderWay: (id) => inFlow.some((one) => one.id === id),
    };
    const partition = new Partition(0, "q", { prefetch: 100, saveMs: 60_000, time: "timestamp" }, keeper);
    await partition.subscribe({ createChannel: async () => channel } as never);
    const arrive = (asset: string, value: number): void =>
      deliver({
        content: Buffer.from(JSON.stringify({ y: value, timestamp: value })),
        fields: { routingKey: asset },
        properties: {},
      });
    const waitFor = (count: number): Promise<void> => until(async () => assert.equal(inFlow.length, count), 5_000);
    arrive("a", 1);
    await waitFor(1);
    // Not saved yet, a killed process gets both again.
    arrive("a", 2);
    await waitFor(2);
    for (const { id } of inFlow) partition.settled(id, "a");
    partition.saving("a");
    arrive("a", 3);
    await sleep(50);
    assert.equal(inFlow.length, 2);
    for (const { id } of inFlow.splice(0)) partition.through(id);
    await waitFor(1);
    assert.equal(inFlow[0].topic, "a");
  });
});

describe("a flow whose forecasts wait in a delay", function () {
  this.timeout(180_000);
  const ASSETS = 40;
  const KILLS = 3;
  const at = ownBroker();
  let records: RecordsPlace;
  let stream: Stream;
  let instances: Instance[];
  before(async () => {
    records = await startPlace("folder");
    at.atEnd(() => records.close());
    stream = new Stream(ASSETS, at.broker.amqp);
    at.atEnd(() => stream.close());
    await stream.connected();
    const setting = { records: records.setting, address: at.broker.amqp, slow: 0.4 };
    instances = ["a", "b"].map((name) => new Instance(name, at.folder, setting));
    at.atEnd(() => Promise.all(instances.map((one) => one.stop("SIGKILL"))));
    await Promise.all(instances.map((one) => one.start()));
    stream.begin(50);
    await allHaveAShare();
  });

  async function allHaveAShare(): Promise<void> {
    const before = instances.map((one) => written([one]).length);
    await until(async () => {
      for (const [i, one] of instances.entries())
        assert.ok(written([one]).length > before[i] + ASSETS / 2, `${one.name} has its share`);
    }, 60_000);
  }

  const reference = new Reference();
  async function check(): Promise<void> {
    await stream.end();
    await allForecast(stream, instances);
    const { forecasts, again } = reference.compare(written(instances), stream);
    const learnt = await until(async () => {
      const kept = await records.look("fleet", 16);
      return reference.compareRecords(kept, stream);
    }, 60_000);
    console.log(`      ${forecasts} forecasts, none lost, ${again} made again; ${learnt} readings learnt, each once`);
    stream.begin(50);
  }

  it("every forecast is sent where all are restarted one after the other", async () => {
    for (const one of [...instances, ...instances]) {
      const began = Date.now();
      await one.stop();
      assert.ok(Date.now() - began < 5_000, `${one.name} took ${Date.now() - began} ms to stop`);
      await one.start();
      await sleep(4_000);
    }
    await check();
  });

  it("every forecast is sent where only some of its nodes are deployed anew", async () => {
    const [one] = instances;
    for (const slow of [0.3, 0.5]) {
      const flow = flowOf({ ...one, setting: { ...one.setting, slow } } as Instance);
      await one.process.deploy(flow, "nodes");
      await sleep(3_000);
    }
    await check();
  });

  it(`every forecast is sent at ${KILLS} kills, where each reading is saved before its forecast is sent`, async () => {
    await stream.end();
    await allForecast(stream, instances);
    for (const one of instances) {
      const setting: FleetSetting = { ...one.setting, model: { saveUpdates: 1 } };
      await one.process.deploy(flowOf({ ...one, setting } as Instance));
    }
    stream.begin(50);
    for (let kill = 0; kill < KILLS; kill++) {
      // Of each machine the last reading alone is in the delay then.
      await allHaveAShare();
      await instances[kill % 2].stop("SIGKILL");
      await instances[kill % 2].start();
    }
    await check();
  });
});
