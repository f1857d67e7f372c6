/** What people meet first: wrong settings. Each has a clear sentence, and no reading is lost by it. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as amqp } from "amqplib";
import { connect } from "mqtt";
import { type FlowNode, linkPack, start } from "../node-red-process";
import {
  allForecast,
  type FleetSetting,
  flowOf,
  folderRecords,
  Instance,
  linkFleet,
  MODEL,
  ownBroker,
  Reference,
  reading,
  Stream,
  until,
  written,
} from "./fleet";

describe("a fleet with wrong settings", function () {
  this.timeout(240_000);
  const at = ownBroker();
  const records = folderRecords(join(at.folder, "shared"));
  let stream: Stream;
  const instances: Instance[] = [];

  before(async () => {
    mkdirSync(records.folder);
    stream = new Stream(10, at.broker.amqp);
    at.atEnd(() => stream.close());
    at.atEnd(() => Promise.all(instances.map((one) => one.stop("SIGKILL"))));
    await stream.connected();
  });

  async function started(name: string, setting: Partial<FleetSetting>): Promise<Instance> {
    const one = new Instance(name, at.folder, { records, address: at.broker.amqp, ...setting });
    instances.push(one);
    await one.start();
    return one;
  }

  /** Readings come, and the first instance alone forecasts them all. */
  async function waits(other: Instance): Promise<void> {
    stream.begin(50);
    await sleep(3_000);
    await stream.end();
    await allForecast(stream, [instances[0]]);
    assert.deepEqual(written([other]), []);
    await other.stop();
  }

  const says = (one: Instance, status: RegExp, log: RegExp): Promise<unknown> =>
    one.process.until(
      `${status} and ${log}`,
      () => status.test(one.process.statuses.get("in")?.text ?? "") && log.test(one.log()),
      30_000,
    );

  it("no broker, a wrong password, another number of partitions: each is said, and after correction all is learnt", async () => {
    const one = await started("a", { address: "amqp://127.0.0.1:9" });
    await says(one, /noBroker/, /no broker answers at amqp:\/\/127\.0\.0\.1:9/);
    stream.begin(50);
    const redeployed = async (setting: Partial<FleetSetting>): Promise<void> => {
      const flow = flowOf({ ...one, setting: { ...one.setting, address: at.broker.amqp, ...setting } } as Instance);
      await one.process.deploy(flow);
    };
    const withLogin = (user: string): string => at.broker.amqp.replace("//", `//${user}@`);
    await redeployed({ address: withLogin("guest:wrong") });
    await says(one, /status.refused/, /refuses this user or password/);
    assert.doesNotMatch(one.log(), /guest:wrong/);
    await redeployed({ partitions: 8 });
    await says(one, /status.partitions/, /has 16 partitions, here are set 8/);
    await redeployed({});
    await sleep(4_000);
    await stream.end();
    await allForecast(stream, [one]);
    new Reference().compare(written([one]), stream);
  });

  it("an instance with another model waits until the others have gone, and says for whom, also where its clock is behind", async () => {
    const other = await started("b", { model: { horizons: "2" }, ahead: -3_600_000 });
    await says(other, /waits: a has another/, /Started flows/);
    assert.match(instances[0].process.statuses.get("in")?.text ?? "", / of 16 /);
    await waits(other);
  });

  it("an instance with its records elsewhere waits: two fleets of one name, or a folder that is not mounted", async () => {
    const elsewhere = folderRecords(join(at.folder, "elsewhere"));
    const other = await started("d", { records: elsewhere });
    await says(other, /status.away/, /out of reach .*not there/);
    mkdirSync(elsewhere.folder);
    await says(other, /waits: a keeps its records elsewhere/, /another place than .*elsewhere/);
    await waits(other);
  });

  it("an instance with a name that is taken already is told so", async () => {
    const double = new Instance("double", at.folder, { records, address: at.broker.amqp });
    instances.push(double);
    const { writeFileSync } = await import("node:fs");
    const flow = flowOf(double).map((node): FlowNode => (node.id === "broker" ? { ...node, instance: "a" } : node));
    writeFileSync(join(double.userDir, "flows.json"), JSON.stringify(flow));
    await double.start();
    await says(double, /status.double/, /Started flows/);
    await double.stop();
  });

  it("a second fleet on the same broker learns only its own readings; sensors that speak MQTT are heard as they are", async () => {
    const two = await started("two", {
      fleet: "second",
      partitions: 4,
      topics: "mill/#",
      model: { inputs: ["load", "flow"] },
    });
    const sensor = connect(at.broker.mqtt);
    await new Promise<void>((resolve) => sensor.once("connect", () => resolve()));
    await two.process.until(
      "it waits for data",
      () => /waiting/.test(two.process.statuses.get("in")?.text ?? ""),
      30_000,
    );
    await sleep(5_000);
    for (let i = 0; i < 30; i++) {
      const { timestamp, payload } = reading(3, i);
      await sensor.publishAsync("mill/line1/press", JSON.stringify({ timestamp, ...payload }), { qos: 1 });
    }
    await sensor.endAsync();
    await two.process.until("all are forecast", () => written([two]).length >= 30, 30_000);
    const lines = written([two]).map(({ line }) => line);
    assert.deepEqual(new Set(lines.map(([asset]) => asset)), new Set(["mill/line1/press"]));
    assert.deepEqual(
      lines.map(([, time]) => time),
      Array.from({ length: 30 }, (_, i) => reading(3, i).timestamp),
    );
    const values = lines.map(([, , value]) => value);
    const reference = new Reference(MODEL);
    const own: number[] = [];
    for (let i = 0; i < 30; i++)
      reference.model.take(
        "tuner",
        { ...reading(3, i), topic: "mill/line1/press" },
        ({ forecast }) => own.push((forecast as { value: number }).value),
        (error) => assert.fail(error),
        (asset) => asset.learn({ learn: true, speed: 1, every: 1, scope: "all", limit: 0 }),
      );
    assert.deepEqual(values, own);
    assert.ok(written([instances[0]]).every(({ line }) => line[0].startsWith("plant/")));
  });

  it("a user with rights on what is called like the fleet: instances know of each other, and at kills nothing that the broker has stamped is learnt twice", async () => {
    await at.broker.control("add_user", "plant", "secret");
    const own = "third(\\..*)?";
    await at.broker.control("set_permissions", "plant", `^${own}$`, `^${own}$`, `^(${own}|amq\\.topic)$`);
    const login = { user: "plant", password: "secret" };
    const setting = { fleet: "third", topics: "kiln/#", partitions: 4, login, model: { inputs: ["load", "flow"] } };
    const pair = [await started("third-1", setting), await started("third-2", setting)];
    // As a broker does it that stamps what comes by MQTT: readings without a time of their own are told apart by that.
    const model = await amqp(at.broker.amqp);
    const sensor = await model.createConfirmChannel();
    let sent = 0;
    const send = async (count: number): Promise<void> => {
      for (const last = sent + count; sent < last; sent++) {
        const { payload } = reading(sent % 8, sent);
        const headers = { timestamp_in_ms: 1.79e12 + 1000 * sent };
        sensor.publish("amq.topic", `kiln.${sent % 8}`, Buffer.from(JSON.stringify(payload)), { headers });
        await sensor.waitForConfirms();
        await sleep(25);
      }
    };
    await until(async () => {
      await send(8);
      for (const { process } of pair) assert.match(process.statuses.get("in")?.text ?? "", /2 instances/);
    }, 60_000);
    for (const victim of pair) {
      await send(60);
      await victim.stop("SIGKILL");
      await send(60);
      await victim.start();
    }
    await model.close();
    const learnt = () => new Set(written(pair).map(({ line: [asset, time] }) => `${asset} ${time}`)).size;
    // Of each kill one may be learnt and its forecast not written.
    await until(async () => assert.ok(learnt() >= sent - pair.length, `${learnt()} of ${sent}`), 60_000);
    await sleep(3_000);
    assert.ok(learnt() <= sent, `${learnt()} of ${sent}`);
    await Promise.all(pair.map((one) => one.stop()));
  });

  it("fleet out: passes on what the broker has, and gives back with a reason what it has not", async () => {
    const userDir = join(at.folder, "out");
    mkdirSync(userDir);
    linkPack(userDir);
    linkFleet(userDir);
    const node = (id: string, type: string, wires: string[][], more = {}): FlowNode => ({
      id,
      type,
      z: "tab",
      x: 1,
      y: 1,
      wires,
      ...more,
    });
    const nodeRed = await start([], { userDir });
    try {
      await nodeRed.deploy([
        { id: "tab", type: "tab", label: "out" },
        { id: "broker", type: "fleet-broker", fleet: "out", address: at.broker.amqp, partitions: 1, records: "folder" },
        node("inject", "inject", [["fleet-out"]], { props: [], repeat: "", crontab: "" }),
        node("fleet-out", "fleet-out", [["sent"]], { broker: "broker" }),
        node("sent", "debug", [], { active: true, tosidebar: true, complete: "topic", targetType: "msg" }),
        node("catch", "catch", [["caught"]], { scope: null, uncaught: false }),
        node("caught", "debug", [], { active: true, tosidebar: true, complete: "error.message", targetType: "msg" }),
      ]);
      const told = (id: string, text: RegExp) =>
        nodeRed.until(String(text), () => nodeRed.debugged.some((one) => one.id === id && text.test(String(one.msg))));
      await until(async () => {
        await nodeRed.inject("inject", { topic: "press-7", payload: { load: 1 } });
        assert.ok(nodeRed.debugged.some(({ id }) => id === "sent"));
      });
      await told("sent", /^press-7$/);
      await until(async () =>
        assert.match(await at.broker.control("list_queues", "name", "messages"), /^out\.0\t[1-9]/m),
      );
      await nodeRed.inject("inject", { payload: 1 });
      await told("caught", /msg\.topic must name the machine/);
      await at.broker.control("delete_queue", "out.0");
      await nodeRed.inject("inject", { topic: "press-7", payload: { load: 2 } });
      await told("caught", /no queue out\.0/);
      await at.broker.control("set_disk_free_limit", "100000GB");
      await until(async () => {
        await nodeRed.inject("inject", { topic: "press-8", payload: { load: 2 } });
        assert.match(nodeRed.statuses.get("fleet-out")?.text ?? "", /status.blocked/);
      });
      await told("caught", /takes no more readings in .*disk/);
      await at.broker.control("set_disk_free_limit", "100MB");
      await nodeRed.until("it takes readings again", () => /takes readings in again/.test(nodeRed.log()));
    } finally {
      await nodeRed.stop();
    }
  });
});
