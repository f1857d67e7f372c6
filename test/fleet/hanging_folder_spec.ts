/** A file server that hangs: whoever asks it waits for ever. Node-RED does not, says so, and loses nothing. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { FolderRecords } from "../../fleet/src/folder-records";
import { NoStore } from "../../src/memory/no-store";
import { encodeRecord } from "../../src/memory/record";
import { SharedStore } from "../../src/memory/shared-store";
import { allForecast, Instance, ownBroker, Reference, Stream, temporary, until, written } from "./fleet";
import { type RecordsPlace, startPlace } from "./records-place";

const RECORD = encodeRecord({ kind: "forecaster", asset: "a", payload: new Uint8Array([1, 2, 3]) });

describe("records in a folder that hangs", () => {
  const place = temporary();
  const shared = new SharedStore(new NoStore());
  const open = (patience?: number): FolderRecords =>
    new FolderRecords(place.folder, "fleet", () => 0, shared.folderModule, patience);
  after(place.remove);

  it("a question that does not come back ends in an error, the next ones at once; then all goes on", async () => {
    const patience = 3_000;
    const records = open(patience);
    try {
      await until(() => records.begin(0)); // a process that starts may take longer than is waited for here
      await records.save("model", "a", RECORD);
      // Whoever reads a pipe to which nobody writes hangs, in the operating system and without end.
      const pipe = join(place.folder, "fleet", "p0", "suspects.json");
      execFileSync("mkfifo", [pipe]);
      const began = Date.now();
      await assert.rejects(records.suspected(0, 1), /has not answered for 3 s/);
      assert.ok(Date.now() - began >= patience - 10, "a file server may take its time");
      const again = Date.now();
      for (const ask of [() => records.begin(0), () => records.confirm("a"), () => records.save("model", "a", RECORD)])
        await assert.rejects(ask, /has not answered/);
      // Each would have waited as long as the first; a busy machine takes some of that for itself.
      assert.ok(Date.now() - again < patience, "nothing is asked of a process that hangs");
      writeFileSync(pipe, "{}"); // the file server is back
      assert.equal((await until(() => records.load("model", "a"))).record?.payload.length, 3);
      assert.deepEqual(await records.assets("model"), ["a"]);
    } finally {
      await records.close();
    }
  });

  it("where the process ends that reads and writes it, its partitions begin anew", async () => {
    const records = open();
    try {
      await until(() => records.begin(1));
      records.owned.assign("a", 1);
      await records.save("model", "a", RECORD);
      const fenced = new Promise<number>((resolve) => {
        records.owned.onFenced = resolve;
      });
      process.kill(folderProcessOf(process.pid), "SIGKILL");
      assert.equal(await fenced, 1);
      await assert.rejects(records.confirm("a"), { name: "Fenced" });
      await until(() => records.begin(1));
      assert.ok((await records.load("model", "a")).record);
    } finally {
      await records.close();
    }
  });

  it("of two that have begun a partition the earlier one is fenced", async () => {
    const [first, second] = [open(), open()];
    try {
      await until(() => first.begin(2));
      for (const one of [first, second]) one.owned.assign("a", 2);
      const fenced = new Promise<number>((resolve) => {
        first.owned.onFenced = resolve;
      });
      await until(() => second.begin(2));
      await assert.rejects(
        first.save("model", "a", RECORD),
        (error: Error) => error.name === "Fenced" || assert.fail(error),
      );
      assert.equal(await fenced, 2);
      await second.save("model", "a", RECORD);
    } finally {
      await Promise.all([first.close(), second.close()]);
    }
  });
});

describe("a fleet whose folder hangs", function () {
  this.timeout(180_000);
  const ASSETS = 20;
  const at = ownBroker();
  let records: RecordsPlace;
  let stream: Stream;
  let one: Instance;
  before(async () => {
    records = await startPlace("folder");
    at.atEnd(() => records.close());
    stream = new Stream(ASSETS, at.broker.amqp);
    at.atEnd(() => stream.close());
    await stream.connected();
    one = new Instance("a", at.folder, { records: records.setting, address: at.broker.amqp });
    at.atEnd(() => one.stop("SIGKILL"));
    await one.start();
    stream.begin(40);
    await until(async () => assert.ok(written([one]).length > ASSETS), 60_000);
  });

  it("answers meanwhile and says so; when it goes on, every reading has been learnt once", async () => {
    const pid = folderProcessOf(one.process.process.pid as number);
    process.kill(pid, "SIGSTOP");
    let slowest = 0;
    const away = async (): Promise<void> => {
      const began = Date.now();
      assert.ok((await fetch(one.process.url)).ok);
      slowest = Math.max(slowest, Date.now() - began);
      assert.equal(one.process.statuses.get("in")?.text, "fleet-in.status.away");
    };
    await until(away, 40_000);
    for (const end = Date.now() + 10_000; Date.now() < end; await sleep(200)) await away();
    assert.ok(slowest < 5_000, `Node-RED answers within ${slowest} ms`);
    assert.match(one.log(), /has not answered for 10 s/);
    process.kill(pid, "SIGCONT");
    await stream.end();
    await allForecast(stream, [one]);
    const reference = new Reference();
    reference.compare(written([one]), stream);
    const learnt = await until(async () => reference.compareRecords(await records.look("fleet", 16), stream), 60_000);
    console.log(`      ${learnt} readings, each learnt once; Node-RED answered within ${slowest} ms`);
    await until(async () => assert.match(one.process.statuses.get("in")?.text ?? "", /16 of 16/));
  });

  it("a Node-RED that is stopped meanwhile ends, and what was not saved is learnt by the next", async () => {
    stream.begin(40);
    await sleep(3_000);
    const pid = folderProcessOf(one.process.process.pid as number);
    process.kill(pid, "SIGSTOP");
    try {
      const began = Date.now();
      await one.stop();
      assert.ok(Date.now() - began < 45_000, `${Date.now() - began} ms`);
    } finally {
      process.kill(pid, "SIGCONT");
    }
    await one.start();
    await stream.end();
    await allForecast(stream, [one]);
    const reference = new Reference();
    reference.compare(written([one]), stream);
    await until(async () => reference.compareRecords(await records.look("fleet", 16), stream), 60_000);
  });
});

/** The process by which another one reads and writes its folder. */
function folderProcessOf(pid: number): number {
  const found = readdirSync("/proc").find((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const parent = /\nPPid:\t(\d+)/.exec(readFileSync(`/proc/${name}/status`, "utf8"))?.[1];
      return Number(parent) === pid && readFileSync(`/proc/${name}/cmdline`, "utf8").includes("folder-process");
    } catch {
      return false; // it has just ended
    }
  });
  assert.ok(found, "no folder process");
  return Number(found);
}
