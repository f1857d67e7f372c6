/**
 * Three instances lose processes, the broker, the network and the records' place while readings come. After each, the
 * records have learnt every reading once, and they and every forecast are bit by bit those of one process which saw the same
 * readings.
 *
 * FLEET_ASSETS, FLEET_KILLS, FLEET_STOPPED, FLEET_AWAY: more than there is time for in every run. FLEET_RECORDS: folder,
 * postgres or redis.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  allForecast,
  type Broker,
  Instance,
  Line,
  quantile,
  Reference,
  reading,
  Stream,
  startBroker,
  takeovers,
  temporary,
  until,
  written,
} from "./fleet";
import { type KINDS, type RecordsPlace, startPlace } from "./records-place";

const ASSETS = Number(process.env.FLEET_ASSETS ?? 200);
const KILLS = Number(process.env.FLEET_KILLS ?? 4);
/** Of all assets together. */
const PER_SECOND = Number(process.env.FLEET_RATE ?? 150);
/** s: longer than a broker waits for a sign of life. */
const STOPPED = Number(process.env.FLEET_STOPPED ?? 25);
/** s: without records, and cut off from the broker. */
const AWAY = Number(process.env.FLEET_AWAY ?? 10);
const KIND = (process.env.FLEET_RECORDS ?? "folder") as (typeof KINDS)[number];
/** ms: after so long an instance that was started has its partitions. */
const SETTLED = 12_000;

describe(`three instances with ${ASSETS} assets and records in ${KIND}`, function () {
  this.timeout(600_000 + 60_000 * KILLS);
  const place = temporary();
  const reference = new Reference();
  let records: RecordsPlace;
  let broker: Broker;
  let line: Line;
  let instances: Instance[];
  let stream: Stream;

  before(async () => {
    records = await startPlace(KIND);
    broker = await startBroker(join(place.folder, "broker"));
    line = new Line(broker.amqp);
    const cuttable = await line.open();
    stream = new Stream(ASSETS, broker.amqp);
    await stream.connected();
    instances = ["a", "b", "c"].map(
      (name) =>
        new Instance(name, place.folder, {
          records: records.setting,
          address: name === "c" ? cuttable : broker.amqp,
        }),
    );
    await Promise.all(instances.map((one) => one.start()));
    stream.begin(PER_SECOND);
    await until(async () => {
      for (const one of instances) assert.ok(written([one]).length > ASSETS / 2, `${one.name} has its share`);
    }, 120_000);
  });
  after(async () => {
    await stream?.close();
    await Promise.all((instances ?? []).map((one) => one.stop("SIGKILL")));
    line?.close();
    await broker?.stop();
    await records?.close();
    place.remove();
  });

  /**
   * Lets the stream come to rest and compares all that was said since the beginning, and the records: each has learnt what
   * was sent, once.
   */
  async function check(): Promise<void> {
    await stream.end();
    await allForecast(stream, instances);
    const { forecasts, again } = reference.compare(written(instances), stream);
    const learnt = await until(compareRecords, 60_000);
    console.log(
      `      ${forecasts} forecasts bit by bit alike, none lost, ${again} made again; ${learnt} readings in ${ASSETS} records, each once`,
    );
    for (const one of instances) {
      const errors = one.log().match(/^.*\[error\].*$/gm) ?? [];
      assert.deepEqual(errors, [], one.name);
    }
    stream.begin(PER_SECOND);
  }

  async function compareRecords(): Promise<number> {
    const kept = await records.look("fleet", 16);
    try {
      return await reference.compareRecords(kept, stream);
    } finally {
      await kept.close();
    }
  }

  function tell(what: string, times: readonly number[]): void {
    const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)];
    console.log(`      ${what}: p50 ${p50} ms, p99 ${p99} ms of ${times.length} partitions`);
  }

  /** ms until the partitions of one that is gone went on at others, once all of them have. */
  async function allTakenOver(victim: Instance, at: number): Promise<number[]> {
    return until(async () => {
      const { owned, times } = takeovers(written(instances), victim.name, at);
      assert.equal(times.length, owned, `${victim.name}'s partitions have been taken over`);
      return times;
    }, 60_000);
  }

  it(`${KILLS} of them are killed, one after the other and any of the three`, async () => {
    const times: number[] = [];
    const killed: string[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const victim = instances[Math.floor(3 * Math.random())];
      killed.push(victim.name);
      const at = Date.now();
      await victim.stop("SIGKILL");
      times.push(...(await allTakenOver(victim, at)));
      await victim.start();
      await check();
      // Long enough for it to get its partitions back.
      await sleep(kill % 2 === 0 ? 7_000 : 0);
    }
    assert.ok(times.length > KILLS, `${times.length} partitions were taken over`);
    console.log(`      killed: ${killed.join(", ")}`);
    tell("takeover after a kill", times);
  });

  it(`one stands still for ${STOPPED} s and comes back`, async () => {
    const [victim] = instances;
    await sleep(SETTLED);
    const at = Date.now();
    victim.process.process.kill("SIGSTOP");
    await sleep(1000 * STOPPED);
    const times = await allTakenOver(victim, at);
    victim.process.process.kill("SIGCONT");
    await sleep(5_000);
    assert.ok(times.length > 0, "nothing was taken over");
    tell("takeover after a standstill", times);
    await check();
  });

  it("one is cut off from the broker for a while", async () => {
    const at = Date.now();
    line.cut();
    await sleep(1000 * STOPPED);
    tell("takeover after a cut", await allTakenOver(instances[2], at));
    line.mend();
    await sleep(5_000);
    await check();
  });

  it("the broker is killed and started again", async () => {
    await broker.kill();
    broker = await startBroker(join(place.folder, "broker"));
    await sleep(5_000);
    await check();
  });

  it("the records are out of reach for a while", async () => {
    await records.away();
    await sleep(1000 * AWAY);
    // One that was just started may have no share yet.
    const said = instances.map((one) => one.process.statuses.get("in")?.text ?? "");
    assert.ok(
      said.some((text) => text === "fleet-in.status.away"),
      said.join(", "),
    );
    await records.back();
    await sleep(5_000);
    await check();
  });

  it("a reading kills every process that takes it in: it is set aside, and people are told", async () => {
    const { topic, timestamp } = reading(0, 1_000_000);
    await stream.send(topic, { timestamp, payload: { poison: true } });
    let kills = 0;
    for (const limit = Date.now() + 240_000; ; await sleep(200)) {
      const dead = instances.filter((one) => !one.isRunning);
      kills += dead.length;
      await Promise.all(dead.map(async (one) => one.stop().then(() => one.start())));
      const told = instances.filter((one) => /1 readings set aside/.test(one.process.statuses.get("in")?.text ?? ""));
      if (told.length === 3) break;
      assert.ok(Date.now() < limit, `killed ${kills} times; told at ${told.length}`);
    }
    assert.ok(kills > 0 && kills <= 20, `${kills} kills`);
    console.log(`      killed ${kills} times, then set aside`);
    await check();
  });

  it("all are restarted one after the other, and the records have learnt every reading once", async () => {
    for (const one of instances) {
      await one.stop();
      await one.start();
      await sleep(3_000);
    }
    await check();
    await stream.end();
    await allForecast(stream, instances);
    await Promise.all(instances.map((one) => one.stop()));
    reference.compare(written(instances), stream);
    await compareRecords();
  });
});
