/** Two instances with their records in a database: one is killed, the database goes away and breaks down; nothing is lost. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { allForecast, Instance, ownBroker, Reference, Stream, until, written } from "./fleet";
import { type RecordsPlace, startPlace } from "./records-place";

const ASSETS = 40;
const PER_SECOND = 60;

describe("a fleet with its records in a database", function () {
  this.timeout(240_000);
  const at = ownBroker();

  for (const kind of ["postgres", "redis"] as const)
    it(`${kind}: a kill, ten seconds without it and its breakdown: every reading is learnt once`, async () => {
      const records: RecordsPlace = await startPlace(kind);
      const stream = new Stream(ASSETS, at.broker.amqp, 16, kind);
      const setting = { records: records.setting, address: at.broker.amqp, fleet: kind };
      const instances = ["a", "b"].map((name) => new Instance(`${name}-${kind}`, at.folder, setting));
      try {
        await stream.connected();
        await Promise.all(instances.map((one) => one.start()));
        stream.begin(PER_SECOND);
        await until(async () => {
          for (const one of instances) assert.ok(written([one]).length > ASSETS, `${one.name} has its share`);
        }, 60_000);

        await records.away();
        await sleep(10_000);
        for (const one of instances) assert.match(one.process.statuses.get("in")?.text ?? "", /status.away/);
        const before = written(instances).length;
        await records.back();
        await allLearn(before);
        for (const one of instances) assert.match(one.log(), /out of reach|cannot be saved/);

        await instances[0].stop("SIGKILL");
        await sleep(4_000);
        await instances[0].start();
        await records.crash();
        await sleep(6_000);

        await stream.end();
        await allForecast(stream, instances);
        await Promise.all(instances.map((one) => one.stop()));
        const reference = new Reference();
        const { forecasts, again } = reference.compare(written(instances), stream);
        console.log(`      ${forecasts} forecasts bit by bit alike, none lost, ${again} made again`);
        const kept = await records.look(kind, 16);
        await reference.compareRecords(kept, stream);
        await kept.close();
      } finally {
        await stream.close();
        await Promise.all(instances.map((one) => one.stop("SIGKILL")));
        await records.close();
      }

      /** Waits until forecasts come again. */
      async function allLearn(before: number): Promise<void> {
        for (const limit = Date.now() + 60_000; written(instances).length <= before + ASSETS; await sleep(200))
          assert.ok(Date.now() < limit, instances.map((one) => one.log().slice(-1500)).join("\n---\n"));
      }
    });
});
