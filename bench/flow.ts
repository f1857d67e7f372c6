/**
 * What the nodes cost. The whole chain guard → tuner → predictor → gate → alarm → KPI meter stands beside a chain of as many
 * core function nodes that only pass the message on, and beside the engine alone; one message a reading, and batches. All
 * ways take turns in one process, so that a machine that changes its pace changes it for all of them.
 *
 * `--assets N` instead: N assets with a reading each second, in batches of 100, for a minute and while they are saved.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { Random } from "../src/forecaster/random";
import { Forecaster } from "../src/index";
import { type Def, type EmbeddedNodeRed, type End, startEmbedded } from "./embedded-node-red";
import { type Check, check, type Row, report } from "./report";

const READINGS = 2000;
const BATCH = 100;
const ROUNDS = 9;
/** Messages under way at a time in a way of one message a reading. */
const UNDER_WAY = 10;
const INPUTS = ["a", "b", "c", "d"];
const CHAIN = ["drift-guard", "rtrl-tuner", "lru-predictor", "rollout-gate", "alarm-rule", "kpi-meter"];
/** The alarm rule sends nothing on: it stands beside the KPI meter, behind the gate. */
const ALARM = CHAIN.indexOf("alarm-rule");
/** Of a batch the gate and the alarms take one after the other: they are left out where batches are counted. */
const BATCHED = ["drift-guard", "rtrl-tuner", "lru-predictor", "kpi-meter"];
const TAB = "bench";
/** Readings with which an asset is made known before. */
const FIRST = 20;
/** Seconds that many assets are watched. */
const WATCHED = 60;

type Payload = Record<string, number>;
type Ends = Map<string, End>;

const root = join(__dirname, "..", "..");
const EXAMPLES = [
  "02 a forecast that keeps learning",
  "07 alarm before the limit is reached",
  "08 shadow, pilot, live beside an existing forecast",
];
const tab = { id: TAB, type: "tab", label: "bench" };
/** A node as the editor has saved it in an example. */
const saved: Def[] = EXAMPLES.flatMap((name) =>
  JSON.parse(readFileSync(join(root, "examples", `${name}.json`), "utf8")),
);

function example(type: string): Def {
  const found = saved.find((node) => node.type === type);
  if (!found) throw new Error(`no example has a ${type}`);
  return found;
}

/**
 * Nodes in a row, each behind the first output of the one before; what the last sends is heard.
 *
 * @param asideAt which node stands beside the row and sends nothing on: it gets what the one before it sends
 */
function inARow(name: string, nodes: readonly Record<string, unknown>[], asideAt?: number): Def[] {
  const ids = nodes.map((_, i) => `${name}${i}`);
  const behind = (i: number): string[] => {
    if (i === asideAt) return [];
    return i + 1 === asideAt ? [ids[i + 1], ids[i + 2]] : [ids[i + 1] ?? `${name} out`];
  };
  const row = nodes.map((node, i) => ({ ...node, id: ids[i], z: TAB, g: undefined, wires: [behind(i)] }));
  return [
    { id: `${name} in`, type: "bench in", z: TAB, x: 0, y: 0, wires: [[ids[0]]] },
    ...row,
    { id: `${name} out`, type: "bench out", z: TAB, x: 0, y: 0, wires: [] },
  ] as Def[];
}

function model(id: string, more: object = {}): Def {
  const own = { id, target: "y", sensors: INPUTS, horizons: "1", size: "medium", seed: 1, remember: "none" };
  const asset = { asset: "topic", assetType: "msg", existing: "baseline", existingType: "msg", assetLimit: 100_000 };
  return { ...example("forecast-model"), ...own, ...asset, ...more };
}

function packNodes(types: readonly string[], of: string): Record<string, unknown>[] {
  return types.map((type) => ({ ...example(type), model: of, sensors: type === "drift-guard" ? [] : undefined }));
}

const PASS_ON = {
  type: "function",
  x: 0,
  y: 0,
  func: "return msg;",
  outputs: 1,
  noerr: 0,
  initialize: "",
  finalize: "",
  libs: [],
};

function payloads(count: number, seed: number): Payload[] {
  const random = new Random(seed);
  let y = 0;
  return Array.from({ length: count }, () => {
    const values: Payload = {};
    for (const name of INPUTS) values[name] = random.normal();
    y = 0.9 * y + 0.3 * values.a - 0.2 * values.b + 0.05 * random.normal();
    values.y = y;
    return values;
  });
}

/** Sends messages through a row, so many under way at a time; µs of processor a reading, and the last forecast. */
async function through(
  ends: Ends,
  name: string,
  messages: readonly object[],
): Promise<{ micros: number; last: unknown }> {
  const first = ends.get(`${name} in`) as End;
  const out = ends.get(`${name} out`) as End;
  const from = process.cpuUsage();
  const last = await new Promise<unknown>((resolve) => {
    let sent = 0;
    let back = 0;
    const next = () => first.send({ ...messages[sent++] });
    out.heard = ({ payload }) => {
      back += 1;
      if (back === messages.length) resolve(Array.isArray(payload) ? payload.at(-1) : payload);
      else if (sent < messages.length) next();
    };
    for (let i = 0; i < Math.min(UNDER_WAY, messages.length); i++) next();
  });
  const { user, system } = process.cpuUsage(from);
  return { micros: (user + system) / READINGS, last };
}

function batchesOf(rows: readonly Payload[], topic: string, time: (i: number) => number): object[] {
  return Array.from({ length: rows.length / BATCH }, (_, b) => {
    const part = rows.slice(b * BATCH, (b + 1) * BATCH);
    return { topic, payload: part, timestamp: part.map((_row, i) => time(b * BATCH + i)) };
  });
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1];
const digits = (value: number, count = 1): number => Number(value.toFixed(count));

/** µs of processor that a reading costs by each way, and what the ways must have in common. */
async function ways(red: EmbeddedNodeRed): Promise<[Row[], Check[]]> {
  const rows = payloads(READINGS, 1);
  const flow = [
    tab,
    model("model"),
    ...inARow(
      "core",
      CHAIN.map(() => PASS_ON),
      ALARM,
    ),
    ...inARow("chain", packNodes(CHAIN, "model"), ALARM),
    model("batches"),
    ...inARow("batch", packNodes(BATCHED, "batches")),
    model("two"),
    ...inARow("two", packNodes(["rtrl-tuner", "lru-predictor"], "two")),
  ];
  const ends = await red.deploy(flow);
  const engine = Forecaster.create({ inputs: INPUTS, target: "y", horizon: 1, size: 16, seed: 1 });
  const micros: Record<string, number[]> = { engine: [], core: [], chain: [], batch: [], two: [] };
  let largest = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const time = (i: number) => 1.7e12 + (round * READINGS + i) * 1000;
    const from = process.cpuUsage();
    let value = Number.NaN;
    rows.forEach((values, i) => {
      value = engine.step({ time: time(i), values }, { learn: true }).forecast.value;
    });
    const { user, system } = process.cpuUsage(from);
    micros.engine.push((user + system) / READINGS);
    const single = rows.map((payload, i) => ({ topic: "one", payload, timestamp: time(i) }));
    for (const name of ["core", "chain", "two"]) {
      const run = await through(ends, name, single);
      micros[name].push(run.micros);
      if (name === "two") largest = Math.max(largest, Math.abs((run.last as number) - value));
    }
    micros.batch.push((await through(ends, "batch", batchesOf(rows, "many", time))).micros);
  }
  const told: [string, string][] = [
    ["engine", "engine alone"],
    ["two", "tuner → predictor, one message a reading"],
    ["chain", "guard → tuner → predictor → gate → alarm → KPI meter, one message a reading"],
    ["core", "as many function nodes that pass it on"],
    ["batch", `guard → tuner → predictor → KPI meter, batches of ${BATCH}`],
  ];
  const paired = (name: string, to: string) => median(micros[name].map((own, round) => own / micros[to][round]));
  const table = told.map(([name, way]) => ({
    way,
    "µs a reading": digits(median(micros[name])),
    "readings a second": Math.round(1e6 / median(micros[name])),
    "times the engine": digits(paired(name, "engine")),
  }));
  return [
    table,
    [
      check("messages a second of the chain over those of as many function nodes", paired("core", "chain"), ">=", 0.7),
      check("readings a second in batches of 100", 1e6 / median(micros.batch), ">=", 50_000),
      check("largest difference between a node's forecast and the engine's", largest, "<=", 0),
    ],
  ];
}

/** @throws Error where messages do not come back: a node has refused them */
async function allBack(going: ReadonlyMap<string, number>): Promise<void> {
  for (const limit = performance.now() + 60_000; going.size > 0; await sleep(20))
    if (performance.now() > limit) throw new Error(`${going.size} batches have not come back`);
}

/**
 * Many assets, each with a reading a second, in batches of 100 seconds, some assets a second: what a gateway that buffers sends.
 * Delay: from a batch that goes in to the same one that comes out.
 */
async function manyAssets(red: EmbeddedNodeRed, assets: number): Promise<[Row[], Check[]]> {
  const flow = [
    tab,
    model("model", { remember: "file", saveMinutes: 0.5, saveUpdates: 100_000 }),
    ...inARow("batch", packNodes(BATCHED, "model")),
  ];
  const ends = await red.deploy(flow);
  const first = ends.get("batch in") as End;
  const out = ends.get("batch out") as End;
  const delays: number[] = [];
  const going = new Map<string, number>();
  out.heard = ({ topic }) => {
    const from = going.get(String(topic));
    if (from !== undefined) delays.push(performance.now() - from);
    going.delete(String(topic));
  };
  const rows = payloads(BATCH, 7);
  /** s: until when an asset has spoken. */
  const spoken = new Int32Array(assets);
  const send = (asset: number, count: number): void => {
    const topic = `machine ${asset}`;
    const from = 1.7e12 + 1000 * spoken[asset];
    spoken[asset] += count;
    going.set(topic, performance.now());
    const timestamp = Array.from({ length: count }, (_, i) => from + i * 1000);
    first.send({ topic, payload: rows.slice(0, count).map((row) => ({ ...row })), timestamp });
  };
  // What a machine costs that was never seen before is no part of it.
  for (let asset = 0; asset < assets; asset++) {
    send(asset, FIRST);
    if (going.size > UNDER_WAY) await sleep(1);
  }
  await allBack(going);
  delays.length = 0;
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  const before = process.cpuUsage();
  const began = performance.now();
  /** Every asset has its batch of 100 seconds within 100 seconds: so many a second. */
  const perSecond = assets / BATCH;
  let sent = 0;
  while (performance.now() - began < 1000 * WATCHED) {
    const due = Math.floor(((performance.now() - began) / 1000) * perSecond);
    // Evenly: a batch at a time, as they come in from a network.
    if (sent < due) send(sent++ % assets, BATCH);
    else await sleep(1);
    if (sent % 4 === 0) await new Promise<void>((resolve) => setImmediate(resolve));
  }
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(before);
  loop.disable();
  await allBack(going);
  const rss = process.memoryUsage.rss() / 1e6;
  const p99 = [...delays].sort((a, b) => a - b)[Math.floor(0.99 * delays.length)];
  const cpu = (user + system) / 1e6 / seconds;
  const row = {
    assets,
    "readings a second": Math.round((sent * BATCH) / seconds),
    "share of a core": digits(cpu, 2),
    "RSS, MB": Math.round(rss),
    "delay p50, ms": digits(median(delays)),
    "delay p99, ms": digits(p99),
    "event loop p99, ms": digits(loop.percentile(99) / 1e6),
  };
  return [
    [row],
    [
      check("share of a core", cpu, "<=", 0.5),
      check("RSS, MB", rss, "<=", 1000),
      check("delay of a batch p99, ms", p99, "<=", 20),
      check("delay of the event loop p99, ms", loop.percentile(99) / 1e6, "<=", 20),
    ],
  ];
}

async function main(): Promise<void> {
  const started = performance.now();
  const at = process.argv.indexOf("--assets");
  const assets = at < 0 ? undefined : Number(process.argv[at + 1]);
  const red = await startEmbedded();
  const [table, checks] = await (assets === undefined ? ways(red) : manyAssets(red, assets));
  await red.stop();
  report(assets === undefined ? "flow" : `flow-${assets}-assets`, started, table, checks);
}

void main();
