/**
 * A fleet on one computer: how many readings a second one, two and three instances take from a backlog, what CPU time a
 * reading costs Node-RED and the broker, how long it takes from the broker to a forecast; what saving a record costs in each
 * place; and what that means for fleets of up to a million machines. CPU time counts, not the clock: it says what a computer
 * of one's own would need.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { NoStore } from "../src/memory/no-store";
import { encodeRecord } from "../src/memory/record";
import { SharedStore } from "../src/memory/shared-store";
import {
  folderRecords,
  Instance,
  quantile,
  Reference,
  reading,
  Stream,
  startBroker,
  temporary,
  until,
  written,
} from "../test/fleet/fleet";
import { KINDS, startPlace } from "../test/fleet/records-place";
import { check, type Row, report } from "./report";

const ASSETS = Number(process.env.FLEET_ASSETS ?? 1_000);
const BACKLOG = 40 * ASSETS;
/** Readings a second where latency is measured, and s for which. */
const CALM = 50;
const CALM_FOR = 15;
const TICKS = Number(execFileSync("getconf", ["CLK_TCK"]).toString());

/** Saves to measure, and how many are under way at once, as in a node. */
const SAVES = 2_000;
const PARALLEL = 16;
/** Of the cost model: s between two readings of a machine, and as much again for bursts and for a dead instance's share. */
const EVERY = 60;
const SPARE = 1.5;
/** MB of memory of a process without machines at work, and of each machine, as bench:flow --assets measures them. */
const PROCESS = 350;
const MACHINE = 0.25;

/** s of CPU that a process and its children have used. */
function cpuOf(pid: number): number {
  const own = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = own.slice(own.lastIndexOf(")") + 2).split(" ");
  const seconds = (Number(fields[11]) + Number(fields[12])) / TICKS;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
  return seconds + children.reduce((sum, child) => sum + cpuOf(child), 0);
}

function memoryOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1000;
}

async function measured(count: number, broker: { amqp: string; process: { pid: number } }, root: string): Promise<Row> {
  const folder = join(root, `shared-${count}`);
  mkdirSync(folder);
  const fleet = `bench${count}`;
  const stream = new Stream(ASSETS, broker.amqp, 16, fleet);
  await stream.connected();
  const setting = { records: folderRecords(folder), address: broker.amqp, fleet, saveSeconds: 30, prefetch: 500 };
  const instances = Array.from({ length: count }, (_, i) => new Instance(`${fleet}-${i}`, root, setting));
  await Promise.all(instances.map((one) => one.start()));
  await sleep(8_000);
  const pids = instances.map((one) => one.process.process.pid as number);
  const cpu = (): number => pids.reduce((sum, pid) => sum + cpuOf(pid), 0);
  const idle = pids.map(memoryOf).reduce((sum, mb) => sum + mb);

  // Latency, where there is time enough.
  const sentAt = new Map<string, number>();
  const until = Date.now() + 1000 * CALM_FOR;
  for (let asset = 0; Date.now() < until; asset = (asset + 1) % ASSETS) {
    const msg = reading(asset, stream.sent[asset]++);
    sentAt.set(`${msg.topic} ${msg.timestamp}`, Date.now());
    await Promise.all([stream.send(msg.topic, msg), sleep(1000 / CALM)]);
  }
  await done(stream, instances);
  const latencies = written(instances).map(({ line }) => line[5] - (sentAt.get(`${line[0]} ${line[1]}`) as number));

  // A backlog, as after a pause.
  const [before, brokerBefore] = [cpu(), cpuOf(broker.process.pid)];
  const began = Date.now();
  const total = stream.sent.reduce((sum, n) => sum + n) + BACKLOG;
  // As fast as the broker takes them, one of each machine at a time: so that they stay in order where one must be sent again.
  stream.begin(50 * ASSETS);
  while (stream.sent.reduce((sum, n) => sum + n) < total) await sleep(5);
  await stream.end();
  const readings = stream.sent.reduce((sum, n) => sum + n) - sentAt.size;
  await done(stream, instances);
  const seconds = (Date.now() - began) / 1000;
  const [used, brokerUsed] = [cpu() - before, cpuOf(broker.process.pid) - brokerBefore];
  const memory = pids.map(memoryOf).reduce((sum, mb) => sum + mb);
  await Promise.all(instances.map((one) => one.stop()));
  await stream.close();
  return {
    instances: count,
    machines: ASSETS,
    "readings a second": Math.round(readings / seconds),
    "Node-RED, ms CPU a reading": Number(((1000 * used) / readings).toFixed(3)),
    "broker, ms CPU a reading": Number(((1000 * brokerUsed) / readings).toFixed(3)),
    "broker to forecast p50, ms": quantile(latencies, 0.5),
    "broker to forecast p99, ms": quantile(latencies, 0.99),
    "MB of a Node-RED before": Math.round(idle / count),
    "and after": Math.round(memory / count),
    "kB of one record": Math.round(recordSize(folder) / 1000),
  };
}

async function done(stream: Stream, instances: readonly Instance[]): Promise<void> {
  const wanted = stream.sent.reduce((sum, n) => sum + n);
  while (written(instances).length < wanted) await sleep(50);
}

function recordSize(folder: string): number {
  const records = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((path) => path.endsWith(".record"));
  return records.length === 0 ? 0 : statSync(join(folder, records[0])).size;
}

/** What it costs to make records of a model and to save them. */
async function saving(kind: (typeof KINDS)[number]): Promise<Row> {
  const place = await startPlace(kind);
  const records = place.open("bench", () => 0);
  const store = new SharedStore(new NoStore());
  store.share((part) => part, records);
  const { model } = new Reference();
  for (let i = 0; i < 300; i++)
    model.take("tuner", reading(0, i), () => {}, assert.fail, (one) => one.learn({ learn: true, speed: 1, every: 1, scope: "all", limit: 0 })); // biome-ignore format: one line
  let payload: Uint8Array = new Uint8Array();
  const learnt = (one: { save(): Uint8Array }): void => {
    payload = one.save();
  };
  const save = async (i: number): Promise<void> => {
    model.withAsset(reading(0, 0).topic, learnt, assert.fail);
    const asset = `machine-${i % 200}`;
    await store.save("model", asset, encodeRecord({ kind: "forecaster", asset, payload }));
  };
  try {
    await until(() => records.begin(0));
    for (let i = 0; i < 200; i++) await save(i);
    const server = place.pid === undefined ? 0 : cpuOf(place.pid);
    const [began, before] = [performance.now(), process.cpuUsage()];
    let next = 0;
    const one = async (): Promise<void> => {
      while (next < SAVES) await save(next++);
    };
    await Promise.all(Array.from({ length: PARALLEL }, one));
    const { user, system } = process.cpuUsage(before);
    const seconds = (performance.now() - began) / 1000;
    return {
      records: kind,
      "saves a second": Math.round(SAVES / seconds),
      "Node-RED, ms CPU a save": Number(((user + system) / 1000 / SAVES).toFixed(3)),
      "database, ms CPU a save":
        place.pid === undefined ? 0 : Number(((1000 * (cpuOf(place.pid) - server)) / SAVES).toFixed(3)),
      "kB of one record": Math.round(payload.byteLength / 1000),
    };
  } finally {
    await records.close();
    await place.close();
  }
}

/**
 * What a fleet needs where each machine sends a reading a minute: from the dearest figures of all measurements.
 *
 * @param saveWithin s: how often a machine's record is saved
 */
function sizing(machines: number, saveWithin: number, work: readonly Row[], saves: readonly Row[]): Row {
  const most = (rows: readonly Row[], column: string): number => Math.max(...rows.map((row) => Number(row[column])));
  const readings = machines / EVERY;
  const records = machines / saveWithin;
  const used = readings * most(work, "Node-RED, ms CPU a reading") + records * most(saves, "Node-RED, ms CPU a save");
  const cores = (SPARE * used) / 1000;
  const instances = Math.max(2, Math.ceil(cores));
  const memory = machines * MACHINE + instances * PROCESS;
  const database = most(saves, "database, ms CPU a save");
  const record = most(work, "kB of one record");
  return {
    machines,
    "save within, s": saveWithin,
    "readings a second": Math.round(readings),
    "records a second": Math.round(records),
    "Node-RED, cores": Number(cores.toFixed(1)),
    "Node-RED, instances": instances,
    "memory of all, GB": Number((memory / 1000).toFixed(1)),
    "broker, cores": Number(((SPARE * readings * most(work, "broker, ms CPU a reading")) / 1000).toFixed(1)),
    "database, cores": Number(((SPARE * records * database) / 1000).toFixed(1)),
    "records, MB a second": Number(((records * record) / 1000).toFixed(1)),
    "records on disk, GB": Number(((2 * machines * record) / 1e6).toFixed(1)),
  };
}

async function main(): Promise<void> {
  const started = performance.now();
  const place = temporary();
  const broker = (await startBroker(join(place.folder, "broker"))) as unknown as Parameters<typeof measured>[1] & {
    stop(): Promise<void>;
  };
  const rows: Row[] = [];
  try {
    for (const count of [1, 2, 3]) {
      rows.push(await measured(count, broker, place.folder));
      console.log(rows.at(-1));
    }
  } finally {
    await broker.stop();
    place.remove();
  }
  const most = Math.max(...rows.map((row) => Number(row["Node-RED, ms CPU a reading"])));
  report("fleet", started, rows, [check("ms of CPU a reading in Node-RED, most", most, "<=", 10)]);
  const saves: Row[] = [];
  for (const kind of KINDS) saves.push(await saving(kind));
  report("fleet-records", started, saves, []);
  const sizes = [1_000, 10_000, 100_000, 1_000_000].map((machines) => sizing(machines, EVERY, rows, saves));
  sizes.push(sizing(1_000_000, 10 * EVERY, rows, saves));
  report("fleet-sizing", started, sizes, []);
}

main();
