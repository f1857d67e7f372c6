/** A fleet for specs: a broker of its own, instances of Node-RED, a stream of readings, and what one process would have said. */
import assert from "node:assert/strict";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { FleetConnection } from "../../fleet/src/connection";
import { partitionOf } from "../../fleet/src/partition-of";
import { encoded, MESSAGE_TYPE } from "../../fleet/src/reading";
import type { FleetRecords, RecordsSetting } from "../../fleet/src/records";
import { ForecastModel } from "../../src/asset/forecast-model";
import type { PlainForecast } from "../../src/asset/plain";
import { type ModelForm, type ModelSettings, modelSettings } from "../../src/asset/settings";
import { Forecaster } from "../../src/forecaster/forecaster";
import { NoStore } from "../../src/memory/no-store";
import type { Ownership } from "../../src/memory/shared-folder";
import { SharedStore } from "../../src/memory/shared-store";
import type { RecordTable } from "../../src/memory/shared-table";
import { MODEL_NODE } from "../model-node";
import { type FlowNode, linkPack, type NodeRed, projectRoot, start } from "../node-red-process";

export const FLEET_PACK = "@kaizen-flow/node-red-online-forecast-fleet";
const CORE = join(dirname(require.resolve("@node-red/nodes/package.json")), "core");
const BEGAN = Date.UTC(2026, 0, 1);
const TUNER = { learn: true, speed: 1, every: 1, scope: "all", limit: 0 } as const;

export const MODEL = { ...MODEL_NODE, sensors: ["load", "flow"] } as FlowNode & ModelForm;

export interface Broker {
  amqp: string;
  amqps: string;
  mqtt: string;
  /** Whether it stamps what comes by MQTT. */
  stamps: boolean;
  log(): string;
  /** Runs rabbitmqctl; returns what it prints. */
  control(...args: string[]): Promise<string>;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** @param tls files of its certificate; `amqps` is there then */
export async function startBroker(folder: string, tls?: { ca: string; cert: string; key: string }): Promise<Broker> {
  const { startRabbitMq } = await import(join(projectRoot(), "scripts", "rabbitmq.mjs"));
  return startRabbitMq(folder, undefined, tls);
}

export function folderRecords(folder: string): RecordsSetting {
  return { kind: "folder", folder, address: "", user: "", password: "", tls: undefined };
}

export interface FleetSetting {
  records: RecordsSetting;
  address: string;
  /** Files for the TLS node: { ca, cert, key }. */
  tls?: { ca: string; cert: string; key: string };
  partitions?: number;
  fleet?: string;
  topics?: string;
  saveSeconds?: number;
  prefetch?: number;
  model?: Partial<FlowNode>;
  /** Makes another flow of it. */
  change?: (flow: FlowNode[]) => FlowNode[];
  /** s: forecasts wait for so long between the predictor and who writes them down; absent = they do not. */
  slow?: number;
  /** ms: by so much its clock is ahead of the others'. */
  ahead?: number;
  /** Of the broker; absent = as the address has them, or guest. */
  login?: { user: string; password: string };
}

/** One Node-RED with the flow: fleet in → (poison) → tuner → predictor → record. */
export class Instance {
  readonly userDir: string;
  readonly forecasts: string;
  private nodeRed: NodeRed | undefined;
  /** What processes of before have printed. */
  printed = "";

  constructor(
    readonly name: string,
    root: string,
    readonly setting: FleetSetting,
  ) {
    this.userDir = join(root, name);
    this.forecasts = join(this.userDir, "forecasts.jsonl");
    mkdirSync(this.userDir, { recursive: true });
    linkPack(this.userDir);
    linkFleet(this.userDir);
    const nodesDir = join(this.userDir, "test-nodes");
    mkdirSync(nodesDir);
    copyFileSync(join(__dirname, "record-node.js"), join(nodesDir, "record-node.js"));
    writeFileSync(
      join(nodesDir, "record-node.html"),
      '<script type="text/javascript">RED.nodes.registerType("test-record", { category: "test", defaults: {}, inputs: 1, outputs: 1 });</script>',
    );
    const { change = (flow: FlowNode[]) => flow } = setting;
    writeFileSync(join(this.userDir, "flows.json"), JSON.stringify(change(flowOf(this))));
    const { user, password } = setting.records;
    const secrets = { broker: { recordsUser: user, recordsPassword: password, ...setting.login } };
    writeFileSync(join(this.userDir, "flows_cred.json"), JSON.stringify(secrets));
  }

  get process(): NodeRed {
    return this.nodeRed as NodeRed;
  }

  get isRunning(): boolean {
    const child = this.nodeRed?.process;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  async start(): Promise<void> {
    const nodesExcludes = readdirSync(CORE, { recursive: true })
      .map(String)
      .filter((path) => path.endsWith(".js") && !/(tls|delay)\.js$/.test(path))
      .map((path) => path.split(/[\\/]/).at(-1) as string);
    const clock = join(this.userDir, "clock.js");
    writeFileSync(clock, `const now = Date.now; Date.now = () => now() + ${this.setting.ahead ?? 0};`);
    this.nodeRed = await start([], {
      userDir: this.userDir,
      timeout: 90_000,
      env: this.setting.ahead === undefined ? {} : { NODE_OPTIONS: `--require ${clock}` },
      settings: {
        nodesDir: join(this.userDir, "test-nodes"),
        nodesExcludes,
        functionGlobalContext: {},
        credentialSecret: false,
      },
    });
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const { nodeRed } = this;
    if (!nodeRed) return;
    await nodeRed.stop(signal);
    this.printed += nodeRed.log();
    this.nodeRed = undefined;
  }

  log(): string {
    return this.printed + (this.nodeRed?.log() ?? "");
  }
}

/** A broker in a folder, for the specs of one `describe`. */
export interface OwnBroker {
  readonly folder: string;
  /** There from the first `before` on that comes after. */
  readonly broker: Broker;
  /** What was begun with it is ended before it, the last first. */
  atEnd(end: () => unknown): void;
}

/** Starts a broker before the specs of a `describe`, and leaves nothing of it behind. */
export function ownBroker(): OwnBroker {
  const place = temporary();
  const ends: (() => unknown)[] = [];
  let broker: Broker | undefined;
  before(async () => {
    broker = await startBroker(join(place.folder, "broker"));
  });
  after(async () => {
    for (const end of ends.reverse()) await end();
    await broker?.stop();
    place.remove();
  });
  return {
    folder: place.folder,
    get broker() {
      return broker as Broker;
    },
    atEnd: (end) => ends.push(end),
  };
}

/** Fleet in, as it begins. */
export const FLEET_IN = {
  id: "in",
  type: "fleet-in",
  z: "tab",
  broker: "broker",
  model: "model",
  time: "timestamp",
  saveSeconds: 2,
  prefetch: 200,
  wires: [[]] as string[][],
};

export function flowOf({ name, forecasts, setting }: Instance): FlowNode[] {
  const {
    records,
    address,
    tls,
    partitions = 16,
    fleet = "fleet",
    topics = "",
    saveSeconds = FLEET_IN.saveSeconds,
    prefetch = FLEET_IN.prefetch,
    slow,
  } = setting;
  const place = { records: records.kind, folder: records.folder, recordsAddress: records.address };
  return [
    { id: "tab", type: "tab", label: "fleet" },
    { ...MODEL, ...setting.model },
    ...(tls ? [{ id: "tls", type: "tls-config", ...tls, servername: "", verifyservercert: true }] : []),
    {
      id: "broker",
      type: "fleet-broker",
      fleet,
      address,
      tls: tls ? "tls" : "",
      partitions,
      instance: name,
      ...place,
      topics,
    },
    { ...FLEET_IN, saveSeconds, prefetch, wires: [["poison"]] },
    { id: "poison", type: "test-record", z: "tab", file: forecasts, wires: [["tuner"]] },
    {
      id: "tuner",
      type: "rtrl-tuner",
      z: "tab",
      model: "model",
      speed: "normal",
      rate: 1,
      every: 1,
      scope: "all",
      limit: "",
      wires: [["predictor"], []],
    },
    {
      id: "predictor",
      type: "lru-predictor",
      z: "tab",
      model: "model",
      output: "payload",
      outputType: "msg",
      wires: [[slow === undefined ? "record" : "slow"]],
    },
    ...(slow === undefined ? [] : [delay("slow", slow, "record")]),
    { id: "record", type: "test-record", z: "tab", file: forecasts, wires: [[]] },
  ];
}

/** A node that keeps each message for a while, s. */
function delay(id: string, timeout: number, to: string): FlowNode {
  const units = { timeoutUnits: "seconds", randomUnits: "seconds", rateUnits: "second", nbRateUnits: "1" };
  const kept = {
    pauseType: "delay",
    timeout: String(timeout),
    rate: "1",
    randomFirst: "1",
    randomLast: "5",
    drop: false,
  };
  return { id, type: "delay", z: "tab", ...units, ...kept, wires: [[to]] };
}

/** Puts the pack for fleets into a user directory that has this pack. */
export function linkFleet(userDir: string): void {
  const place = join(userDir, "node_modules", FLEET_PACK);
  symlinkSync(join(projectRoot(), "fleet"), place, "junction");
  const file = join(userDir, "package.json");
  const manifest = JSON.parse(readFileSync(file, "utf8"));
  manifest.dependencies[FLEET_PACK] = "*";
  writeFileSync(file, JSON.stringify(manifest));
}

/** The way of one instance to its broker, which can be cut as if by a switch: both sides hear nothing, and no end. */
export class Line {
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  private isCut = false;
  port = 0;

  constructor(address: string) {
    const { hostname, port } = new URL(address);
    this.server = createServer((near) => {
      const far = connect(Number(port), hostname);
      for (const [from, to] of [
        [near, far],
        [far, near],
      ]) {
        this.sockets.add(from);
        from.on("data", (bytes) => this.isCut || to.write(bytes));
        from.on("error", () => to.destroy());
        from.on("close", () => {
          this.sockets.delete(from);
          to.destroy();
        });
      }
      if (this.isCut) near.destroy();
    });
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.port = (this.server.address() as AddressInfo).port;
    return `amqp://127.0.0.1:${this.port}`;
  }

  cut(): void {
    this.isCut = true;
  }

  mend(): void {
    this.isCut = false;
    for (const socket of this.sockets) socket.destroy();
  }

  close(): void {
    this.mend();
    this.server.close();
  }
}

/** A reading as the stream sends it, the i-th of an asset. */
export function reading(
  asset: number,
  i: number,
): { topic: string; timestamp: number; payload: Record<string, number> } {
  const load = Math.sin(i / 20 + asset);
  const flow = load + 0.1 * Math.sin(1.7 * i + asset);
  return {
    topic: `plant/asset-${asset}`,
    timestamp: BEGAN + 1000 * i,
    payload: { load, flow, y: load ** 2 + 0.05 * Math.cos(i * asset) },
  };
}

/** Readings of all assets in turn, until it is told to stop. */
export class Stream {
  /** Readings sent of each asset. */
  readonly sent: number[];
  private readonly connection: FleetConnection;
  private running: Promise<void> | undefined;
  private isStopped = false;

  constructor(
    readonly assets: number,
    address: string,
    partitions = 16,
    fleet = "fleet",
  ) {
    this.sent = new Array(assets).fill(0);
    this.connection = new FleetConnection({
      address,
      user: "",
      password: "",
      tls: {},
      fleet,
      partitions,
      instance: "sender",
      topics: [],
    });
    this.connection.start();
  }

  /** Waits until the broker is there. */
  async connected(): Promise<void> {
    for (const limit = Date.now() + 60_000; ; await sleep(50)) {
      let isUp = false;
      this.connection.listen({
        up: () => {
          isUp = true;
        },
        down: () => {},
      })();
      if (isUp) return;
      assert.ok(Date.now() < limit, JSON.stringify(this.connection.fault));
    }
  }

  /** @param perSecond readings of all assets together */
  begin(perSecond: number): void {
    this.isStopped = false;
    this.running = this.run(perSecond);
  }

  async end(): Promise<void> {
    this.isStopped = true;
    await this.running;
  }

  async close(): Promise<void> {
    await this.end();
    await this.connection.stop();
  }

  /** A body of any kind for an asset. */
  send(asset: string, msg: Record<string, unknown>): Promise<void> {
    return this.connection.publish(asset, encoded(msg, Date.now()), MESSAGE_TYPE);
  }

  private async run(perSecond: number): Promise<void> {
    const each = 20;
    for (let asset = 0; !this.isStopped; ) {
      const began = Date.now();
      const batch = Math.ceil((perSecond * each) / 1000);
      const confirmed: Promise<void>[] = [];
      for (let k = 0; k < batch; k++) {
        confirmed.push(this.sendOne(asset));
        asset = (asset + 1) % this.assets;
      }
      await Promise.all(confirmed);
      await sleep(Math.max(0, each - (Date.now() - began)));
    }
  }

  /** Again until the broker has it: as a sender in the field would. */
  private async sendOne(asset: number): Promise<void> {
    const i = this.sent[asset]++;
    const msg = reading(asset, i);
    for (;;) {
      try {
        await this.send(msg.topic, msg);
        return;
      } catch {
        await sleep(100);
      }
    }
  }
}

type ForecastLine = [asset: string, time: number, value: number, lower: number, upper: number, at: number];

export interface Written {
  readonly instance: string;
  readonly line: ForecastLine;
}

export function written(instances: readonly Instance[]): Written[] {
  return instances.flatMap(({ name, forecasts }) => {
    if (!existsSync(forecasts)) return [];
    const text = readFileSync(forecasts, "utf8");
    const lines = text
      .slice(0, text.lastIndexOf("\n") + 1)
      .split("\n")
      .filter(Boolean);
    return lines.map((line) => ({ instance: name, line: JSON.parse(line) as ForecastLine }));
  });
}

/** Waits until the last reading of every asset has been forecast. */
export async function allForecast(stream: Stream, instances: readonly Instance[]): Promise<void> {
  for (const limit = Date.now() + 60_000 + 100 * stream.assets; ; await sleep(300)) {
    const last = new Map<string, number>();
    for (const { line } of written(instances)) last.set(line[0], Math.max(last.get(line[0]) ?? 0, line[1]));
    const missing = stream.sent.flatMap((count, asset) => {
      const { topic, timestamp } = reading(asset, count - 1);
      return count > 0 && (last.get(topic) ?? 0) < timestamp ? [topic] : [];
    });
    if (missing.length === 0) return;
    if (Date.now() < limit) continue;
    const statuses = instances.map((one) => one.isRunning && JSON.stringify([...one.process.statuses]));
    const tails = instances.map((one) => one.log().slice(-1500)).join("\n---\n");
    assert.fail(`${missing.length} assets wait, such as ${missing[0]}; ${statuses}\n${tails}`);
  }
}

/** One process that sees the same readings, and what it says of each. */
export class Reference {
  readonly model: ForecastModel;
  private readonly forecasts = new Map<string, PlainForecast>();
  private readonly seen: number[] = [];

  constructor(form: ModelForm = MODEL) {
    const settings = modelSettings(form) as ModelSettings;
    this.model = new ForecastModel("reference", settings, new NoStore(), {
      errorText: (code) => code,
      ruleText: ({ rule }) => rule,
      property: (msg, path) => (msg as Record<string, unknown>)[path],
      report: () => {},
      notice: () => {},
      now: Date.now,
    });
  }

  /** Takes in what was sent since the last call. */
  catchUp({ sent }: Stream): void {
    for (const [asset, count] of sent.entries()) {
      for (let i = this.seen[asset] ?? 0; i < count; i++) {
        const msg = reading(asset, i);
        this.model.take(
          "tuner",
          msg,
          ({ forecast }) => this.forecasts.set(`${msg.topic} ${msg.timestamp}`, forecast as PlainForecast),
          (error) => assert.fail(error),
          (one) => one.learn({ ...TUNER }),
        );
      }
      this.seen[asset] = count;
    }
  }

  /** Every reading was forecast, each time with the same numbers as here. */
  compare(all: readonly Written[], stream: Stream): { forecasts: number; again: number } {
    this.catchUp(stream);
    const open = new Set(this.forecasts.keys());
    for (const { instance, line } of all) {
      const [asset, time, value, lower, upper] = line;
      const key = `${asset} ${time}`;
      const own = this.forecasts.get(key);
      assert.ok(own, `${key} was never sent`);
      assert.deepEqual([value, lower, upper], [own.value, own.lower, own.upper], `${key} at ${instance}`);
      open.delete(key);
    }
    assert.equal(open.size, 0, `${open.size} never forecast: ${[...open].slice(0, 5)}`);
    const forecasts = this.forecasts.size;
    return { forecasts, again: all.length - forecasts };
  }

  /**
   * The records have learnt every reading once, and are bit by bit what this process has.
   *
   * @param records of which all partitions are this process's own, or looked at
   * @returns how many readings are in them
   */
  async compareRecords(records: FleetRecords & (Ownership | RecordTable), stream: Stream): Promise<number> {
    this.catchUp(stream);
    const store = storeOf(records);
    let sum = 0;
    for (const [asset, count] of stream.sent.entries()) {
      const { topic } = reading(asset, 0);
      const saved = await savedOf(store, this.part, topic);
      assert.equal(saved.index + 1, count, `${topic}: readings in the record against sent`);
      sum += saved.index + 1;
      const bytes = Buffer.from(saved.save());
      saved.release();
      this.model.withAsset(
        topic,
        ({ forecaster }) => {
          assert.deepEqual(bytes, Buffer.from((forecaster as Forecaster).save()), topic);
        },
        (error) => assert.fail(error),
      );
    }
    assert.equal((await store.assets(this.part)).length, stream.assets);
    return sum;
  }

  /** What the model's records are called in the shared place. */
  get part(): string {
    return `model${this.model.part.slice(this.model.id.length)}`;
  }
}

export function storeOf(records: FleetRecords & (Ownership | RecordTable)): SharedStore {
  const store = new SharedStore(new NoStore());
  store.share((part) => part, records);
  return store;
}

/** What the record of an asset has learnt. */
export async function savedOf(store: SharedStore, part: string, asset: string): Promise<Forecaster> {
  const { record } = await store.load(part, asset);
  assert.ok(record, `no record of ${asset}`);
  return Forecaster.load(record.payload);
}

/** Tries until it succeeds. */
export async function until<T>(work: () => Promise<T>, ms = 30_000): Promise<T> {
  for (const limit = Date.now() + ms; ; await sleep(50)) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > limit) throw error;
    }
  }
}

/**
 * How long the partitions of an instance stood still after it had ended: from then to the first forecast that another one
 * made, ms; and how many partitions it had.
 */
export function takeovers(
  all: readonly Written[],
  gone: string,
  at: number,
  partitions = 16,
): { owned: number; times: number[] } {
  const owner = new Map<number, string>();
  const resumed = new Map<number, number>();
  for (const { instance, line } of [...all].sort((a, b) => a.line[5] - b.line[5])) {
    const partition = partitionOf(line[0], partitions);
    if (line[5] <= at) owner.set(partition, instance);
    else if (owner.get(partition) === gone && instance !== gone && !resumed.has(partition))
      resumed.set(partition, line[5] - at);
  }
  return { owned: [...owner.values()].filter((name) => name === gone).length, times: [...resumed.values()] };
}

export function quantile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))];
}

export function temporary(prefix = "fleet-"): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }) };
}
