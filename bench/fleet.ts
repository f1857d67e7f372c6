/**
 * A fleet on one computer: how many readings a second one, two and three instances take from a backlog, what CPU time a
 * reading costs Node-RED and the broker, how long it takes from a sensor to its forecast, and what that means for fleets of up
 * to a million machines. CPU time counts, not the clock: it says what a computer of one's own would need.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  folderRecords,
  Instance,
  quantile,
  reading,
  Stream,
  startBroker,
  temporary,
  written,
} from "../test/fleet/fleet";
import { check, type Row, report } from "./report";

const ASSETS = Number(process.env.FLEET_ASSETS ?? 300);
const BACKLOG = 40 * ASSETS;
/** Readings a second where latency is measured, and s for which. */
const CALM = 50;
const CALM_FOR = 15;
const TICKS = Number(execFileSync("getconf", ["CLK_TCK"]).toString());

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
  stream.begin(1_000_000);
  while (stream.sent.reduce((sum, n) => sum + n) < total) await sleep(5);
  await stream.end();
  const readings = stream.sent.reduce((sum, n) => sum + n) - sentAt.size;
  await done(stream, instances);
  const seconds = (Date.now() - began) / 1000;
  const [used, brokerUsed] = [cpu() - before, cpuOf(broker.process.pid) - brokerBefore];
  const memory = Math.max(...pids.map(memoryOf));
  await Promise.all(instances.map((one) => one.stop()));
  await stream.close();
  return {
    instances: count,
    "readings a second": Math.round(readings / seconds),
    "Node-RED, ms CPU a reading": Number(((1000 * used) / readings).toFixed(3)),
    "broker and sender, ms CPU a reading": Number(((1000 * brokerUsed) / readings).toFixed(3)),
    "sensor to forecast p50, ms": quantile(latencies, 0.5),
    "sensor to forecast p99, ms": quantile(latencies, 0.99),
    "MB of one Node-RED": Math.round(memory),
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
}

main();
