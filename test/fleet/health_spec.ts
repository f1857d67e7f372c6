/** What people see of a fleet on the page of forecast health: who has which machine, what waits, when it was saved. */
import assert from "node:assert/strict";
import { mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { partitionOf } from "../../fleet/src/partition-of";
import { type Broker, folderRecords, Instance, reading, Stream, startBroker, temporary, until } from "./fleet";

const ASSETS = 30;

interface Partition {
  number: number;
  instance: string;
  ready: number | null;
  inWork: number | null;
  saved: number | null;
}
interface Fleet {
  instance: string;
  partition: Partition;
  partitions: Partition[];
}

describe("forecast health of a fleet", function () {
  this.timeout(180_000);
  const place = temporary();
  const records = folderRecords(join(place.folder, "shared"));
  let broker: Broker;
  let stream: Stream;
  let instances: Instance[];

  before(async () => {
    mkdirSync(records.folder);
    broker = await startBroker(join(place.folder, "broker"));
    stream = new Stream(ASSETS, broker.amqp);
    await stream.connected();
    const setting = { records, address: broker.amqp, prefetch: 10 };
    instances = ["a", "b"].map((name) => new Instance(name, place.folder, setting));
    await Promise.all(instances.map((one) => one.start()));
    stream.begin(60);
  });
  after(async () => {
    await stream?.close();
    await Promise.all((instances ?? []).map((one) => one.stop("SIGKILL")));
    await broker?.stop();
    place.remove();
  });

  const list = async (one: Instance, search = ""): Promise<{ fleet: Fleet; assets: string[] }> => {
    const answer = await fetch(`${one.process.url}/forecast-health/list?${new URLSearchParams({ search })}`);
    const { models, assets } = await answer.json();
    return { fleet: models[0].fleet, assets: assets.map(({ asset }: { asset: string }) => asset) };
  };

  it("each instance lists its own machines, and both say the same of who has which partition", async () => {
    const all = Array.from({ length: ASSETS }, (_, asset) => reading(asset, 0).topic);
    await until(async () => {
      const [a, b] = await Promise.all(instances.map((one) => list(one)));
      assert.deepEqual([a.fleet.instance, b.fleet.instance], ["a", "b"]);
      for (const { number, instance } of a.fleet.partitions)
        assert.equal(b.fleet.partitions[number].instance, instance);
      assert.deepEqual([...a.assets, ...b.assets].sort(), all.sort());
      for (const [name, { assets }] of Object.entries({ a, b })) {
        assert.ok(assets.length > 0, name);
        for (const asset of assets) assert.equal(a.fleet.partitions[partitionOf(asset, 16)].instance, name);
      }
      const [other] = b.assets;
      const found = await list(instances[0], other);
      assert.deepEqual(found.assets, []);
      assert.equal(found.fleet.partition.instance, "b", "where a machine is that is looked for at the wrong one");
    }, 60_000);
  });

  it("the view of a machine says what of its partition is in work, and when it was saved last", async () => {
    const [asset] = (await list(instances[0])).assets;
    const query = new URLSearchParams({ model: "model", asset });
    await until(async () => {
      const answer = await fetch(`${instances[0].process.url}/forecast-health/asset?${query}`);
      const { fleet, now } = (await answer.json()) as { fleet: Fleet; now: number };
      assert.equal(fleet.partition.number, partitionOf(asset, 16));
      assert.equal(fleet.partition.instance, "a");
      assert.ok(fleet.partition.saved !== null && now - fleet.partition.saved < 15_000, `${fleet.partition.saved}`);
      assert.ok(fleet.partition.inWork !== null && fleet.partition.inWork > 0);
      assert.equal(fleet.partition.ready, 0);
    });
  });

  it("what waits in the broker is counted", async () => {
    const most = async (): Promise<number> => {
      const { fleet } = await list(instances[0]);
      return Math.max(...fleet.partitions.map(({ ready }) => ready ?? 0));
    };
    renameSync(records.folder, `${records.folder}.away`);
    await until(async () => assert.ok((await most()) > 10));
    renameSync(`${records.folder}.away`, records.folder);
    await until(async () => assert.equal(await most(), 0), 60_000);
  });
});
