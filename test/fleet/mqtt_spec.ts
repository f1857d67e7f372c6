/** Sensors that speak MQTT and send no time: whoever passes their readings on is killed again and again, and each is learnt once. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "mqtt";
import { Instance, ownBroker, Reference, savedOf, storeOf, until } from "./fleet";
import { type RecordsPlace, startPlace } from "./records-place";

const ASSETS = 6;
const KILLS = 8;
const PARTITIONS = 4;

describe("readings by MQTT without a time of their own", function () {
  this.timeout(180_000);
  const at = ownBroker();
  let records: RecordsPlace;
  let instances: Instance[];
  before(async () => {
    records = await startPlace("folder");
    at.atEnd(() => records.close());
    const setting = { records: records.setting, address: at.broker.amqp, topics: "kiln/#", partitions: PARTITIONS };
    instances = ["a", "b"].map((name) => new Instance(name, at.folder, setting));
    at.atEnd(() => Promise.all(instances.map((one) => one.stop("SIGKILL"))));
    await Promise.all(instances.map((one) => one.start()));
    // What is sent before the fleet has its queue goes nowhere.
    await until(async () => assert.match(await at.broker.control("list_bindings"), /amq\.topic/), 60_000);
  });

  it(`are each learnt once at ${KILLS} kills, equal ones too; that they have no time is said once`, async () => {
    const sensor = connect(at.broker.mqtt);
    await new Promise<void>((resolve) => sensor.once("connect", () => resolve()));
    const sent = new Array(ASSETS).fill(0);
    let isKilling = true;
    const send = async (asset: number): Promise<void> => {
      const i = sent[asset]++;
      // Of half of the assets all readings are the same: only their number tells them apart.
      const load = asset % 2 === 0 ? 1 : Math.sin(i / 20 + asset);
      await sensor.publishAsync(`kiln/${asset}`, JSON.stringify({ load, flow: load / 2, y: load ** 2 }), { qos: 1 });
    };
    const sending = (async () => {
      for (let asset = 0; isKilling; asset = (asset + 1) % ASSETS) {
        await send(asset);
        await sleep(2);
      }
      // As a gateway does that was cut off: many at once.
      await Promise.all(Array.from({ length: 40 }, () => send(0)));
    })();
    for (let kill = 0; kill < KILLS; kill++) {
      const victim = instances[kill % 2];
      await sleep(1_500 + 500 * Math.random());
      await victim.stop("SIGKILL");
      await sleep(1_000);
      await victim.start();
    }
    isKilling = false;
    await sending;
    await sensor.endAsync();

    const { part } = new Reference();
    const learnt = async (): Promise<number[]> => {
      const kept = await records.look("fleet", PARTITIONS);
      const all = sent.map(async (_, asset) => (await savedOf(storeOf(kept), part, `kiln/${asset}`)).index + 1);
      return Promise.all(all);
    };
    await until(async () => assert.deepEqual(await learnt(), sent), 30_000);
    await sleep(4_000);
    assert.deepEqual(await learnt(), sent);
    console.log(`      ${sent.reduce((sum, n) => sum + n)} readings, each learnt once`);
    const told = (log: string): number => (log.match(/rabbitmq\.conf/g) ?? []).length;
    for (const one of instances) {
      assert.ok(told(one.process.log()) <= 1, one.name);
      assert.equal(told(one.log()) > 0, !at.broker.stamps, one.name);
    }
  });
});
