/** A broker without room on its disk takes nothing in: what it has is learnt meanwhile, so that it gets room again. */
import assert from "node:assert/strict";
import { mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { allForecast, folderRecords, Instance, ownBroker, Reference, Stream, until, written } from "./fleet";

describe("a broker whose disk is full", function () {
  this.timeout(120_000);
  const at = ownBroker();

  it("says so at fleet in; what waits in it is learnt and confirmed", async () => {
    const records = folderRecords(join(at.folder, "shared"));
    mkdirSync(records.folder);
    const stream = new Stream(10, at.broker.amqp);
    at.atEnd(() => stream.close());
    await stream.connected();
    const one = new Instance("a", at.folder, { records, address: at.broker.amqp, prefetch: 5 });
    at.atEnd(() => one.stop("SIGKILL"));
    await one.start();
    stream.begin(50);
    await until(async () => assert.ok(written([one]).length > 50), 60_000);
    renameSync(records.folder, `${records.folder}.away`);
    await sleep(6_000);
    await stream.end();
    const waiting = async (): Promise<number> => {
      const list = await at.broker.control("list_queues", "name", "messages");
      return [...list.matchAll(/^fleet\.\d+\t(\d+)/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
    };
    await until(async () => assert.ok((await waiting()) > 50));
    await at.broker.control("set_disk_free_limit", "100000GB");
    await one.process.until("it is told", () => one.process.statuses.get("in")?.text === "fleet-in.status.blocked");
    assert.match(one.log(), /takes no more readings in .*disk/);
    renameSync(`${records.folder}.away`, records.folder);
    await allForecast(stream, [one]);
    new Reference().compare(written([one]), stream);
    await until(async () => assert.equal(await waiting(), 0));
    await at.broker.control("set_disk_free_limit", "100MB");
    await one.process.until("it is over", () => / of 16 /.test(one.process.statuses.get("in")?.text ?? ""));
    assert.match(one.log(), /takes readings in again/);
  });
});
