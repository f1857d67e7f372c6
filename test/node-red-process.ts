/**
 * A real Node-RED in a process of its own, with the built pack in a fresh user directory: what a user runs.
 * Flows are deployed through the admin API; results are read where a user reads them, in the debug sidebar
 * and under the nodes.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { WebSocket } from "ws";

const PACK = "@kaizen-flow/node-red-online-forecast";
/** What Node-RED logs when flows run, in the languages that tests set. */
const STARTED = /\[info\] (Started (modified )?(flows|nodes)|.*(フロー|ノード)を開始しました)/;

/**
 * A POST takes a connection of its own: Node-RED closes one that has been idle for five seconds, and a test that was
 * busy for as long would send into the closed one.
 */
const JSON_ONCE = { "Content-Type": "application/json", Connection: "close" };

/** One node of a flow as it stands in a flow file. */
export interface FlowNode {
  id: string;
  type: string;
  [property: string]: unknown;
}

/** What a debug node showed. `msg` is the object itself again, with NaN and Infinity as such. */
export interface Debugged {
  id: string;
  name?: string;
  // biome-ignore lint/suspicious/noExplicitAny: a message holds whatever the flow put there
  msg: any;
}

export interface Status {
  fill?: string;
  shape?: string;
  text?: string;
}

export interface StartOptions {
  /** Keys laid over the quiet defaults of settings.js; values must survive JSON. */
  settings?: Record<string, unknown>;
  /** An existing user directory, with its own node_modules; it is not removed at stop. Default: a fresh one. */
  userDir?: string;
  /** Environment variables laid over those of this process. */
  env?: Record<string, string>;
  /** A command that runs Node-RED, with its arguments; it gets Node-RED's own command line appended. */
  launcher?: readonly string[];
  /** How long Node-RED may take to start, in ms. */
  timeout?: number;
}

export interface NodeRed {
  readonly url: string;
  readonly userDir: string;
  readonly process: ChildProcess;
  /** All that debug nodes have shown since the last deploy. */
  readonly debugged: Debugged[];
  /** Errors and warnings of nodes since the last deploy, as the sidebar shows them. */
  readonly problems: Debugged[];
  /** The last status of each node, by node id. */
  readonly statuses: Map<string, Status>;
  /** All that the process has printed. */
  log(): string;
  /** Replaces all flows and waits until they have started. */
  deploy(flow: FlowNode[], type?: "full" | "nodes" | "flows"): Promise<void>;
  /** Presses the button of an inject node; `message` properties replace the configured ones. */
  inject(id: string, message?: Record<string, unknown>): Promise<void>;
  /** Waits for a truthy value; fails with `what`, the problems and the end of the log. */
  until<T>(what: string, value: () => T | undefined | false, timeout?: number): Promise<T>;
  /** Ends the process, politely by default so that nodes close and save, and removes a fresh user directory. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/**
 * Starts Node-RED and deploys a flow.
 *
 * The environment variable NODE_RED_PACKAGE names the folder of another node-red package to run.
 *
 * @throws Error with the end of the log when Node-RED does not start in time or refuses the flow
 */
export async function start(flow: FlowNode[] = [], options: StartOptions = {}): Promise<NodeRed> {
  const fresh = options.userDir === undefined;
  const userDir = options.userDir ?? mkdtempSync(join(tmpdir(), "online-forecast-"));
  if (fresh) linkPack(userDir);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const settingsFile = join(userDir, "settings.js");
  const settings = {
    uiHost: "127.0.0.1",
    flowFile: "flows.json",
    fileWorkingDirectory: userDir,
    credentialSecret: "test",
    lang: "en-US",
    telemetry: { enabled: false, updateNotification: false },
    editorTheme: { tours: false, projects: { enabled: false } },
    debugMaxLength: 1_000_000,
    ...options.settings,
    uiPort: port,
  };
  writeFileSync(settingsFile, `module.exports = ${JSON.stringify(settings, null, 2)};\n`);

  const nodeRed = process.env.NODE_RED_PACKAGE ?? dirname(require.resolve("node-red/package.json"));
  const own = [process.execPath, join(nodeRed, "red.js"), "--userDir", userDir, "--settings", settingsFile];
  const [command, ...args] = [...(options.launcher ?? []), ...own];
  const child = spawn(command, args, {
    env: { ...process.env, NODE_RED_HOME: nodeRed, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  const listen = (chunk: Buffer): void => {
    printed += chunk;
  };
  child.stdout.on("data", listen);
  child.stderr.on("data", listen);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));

  const debugged: Debugged[] = [];
  const problems: Debugged[] = [];
  const statuses = new Map<string, Status>();
  let socket: WebSocket | undefined;

  const until: NodeRed["until"] = async (what, value, timeout = 20_000) => {
    const limit = Date.now() + timeout;
    for (;;) {
      const result = value();
      if (result) return result;
      const dead = child.exitCode !== null || child.signalCode !== null;
      if (dead || Date.now() > limit) {
        const told = problems.map((p) => JSON.stringify(p.msg)).join("\n");
        throw new Error(`${dead ? "Node-RED ended" : "timeout"}: ${what}\n${told}\n${printed.slice(-4000)}`);
      }
      await delay(20);
    }
  };

  const nodeRedProcess: NodeRed = {
    url,
    userDir,
    process: child,
    debugged,
    problems,
    statuses,
    log: () => printed,
    until,
    async deploy(flows, type = "full") {
      debugged.length = 0;
      problems.length = 0;
      const from = printed.length;
      const response = await fetch(`${url}/flows`, {
        method: "POST",
        headers: { ...JSON_ONCE, "Node-RED-Deployment-Type": type },
        body: JSON.stringify(flows),
      });
      if (!response.ok) throw new Error(`deploy: ${response.status} ${await response.text()}`);
      await until("flows start", () => STARTED.test(printed.slice(from)));
    },
    async inject(id, message) {
      const props = Object.entries(message ?? {}).map(([p, v]) => ({ p, v: JSON.stringify(v), vt: "json" }));
      const body = message ? JSON.stringify({ __user_inject_props__: props }) : undefined;
      const ask = () => fetch(`${url}/inject/${id}`, { method: "POST", headers: JSON_ONCE, body });
      let response = await ask();
      // Node-RED 5 answers a deploy before all nodes are there again.
      for (let tries = 0; response.status === 404 && tries < 50; tries++) {
        await delay(100);
        response = await ask();
      }
      if (!response.ok) throw new Error(`inject ${id}: ${response.status} ${await response.text()}`);
    },
    async stop(signal = "SIGTERM") {
      socket?.removeAllListeners();
      socket?.on("error", () => {}); // closing a socket that never opened reports an error nobody waits for
      socket?.close();
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await ended;
      if (fresh) rmSync(userDir, { recursive: true, force: true, maxRetries: 3 });
    },
  };

  try {
    await until("Node-RED starts", () => STARTED.test(printed), options.timeout ?? 60_000);
    socket = await sidebar(url, (topic, data) => {
      if (topic === "debug") {
        const shown = data as Debugged & { level?: number; format?: string };
        (shown.level === undefined ? debugged : problems).push({ ...shown, msg: decoded(shown.msg, shown.format) });
      } else if (topic.startsWith("status/")) {
        statuses.set(topic.slice("status/".length), data as Status);
      }
    });
    if (flow.length > 0) await nodeRedProcess.deploy(flow);
  } catch (error) {
    await nodeRedProcess.stop("SIGKILL");
    throw error;
  }
  return nodeRedProcess;
}

/** Reads an example as the Import dialog would: `example("02 a forecast that keeps learning")`. */
export function example(name: string): FlowNode[] {
  return JSON.parse(readFileSync(join(projectRoot(), "examples", `${name}.json`), "utf8"));
}

/** The project's root, from the source as from `dist`. */
export function projectRoot(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return folder;
}

/** Makes the built pack known to a user directory, as an installation would. */
export function linkPack(userDir: string): void {
  const place = join(userDir, "node_modules", PACK);
  mkdirSync(dirname(place), { recursive: true });
  symlinkSync(projectRoot(), place, "junction");
  writeFileSync(
    join(userDir, "package.json"),
    JSON.stringify({ name: "node-red-project", version: "0.0.1", private: true, dependencies: { [PACK]: "*" } }),
  );
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** The editor's own channel: an array of {topic, data} a frame. */
async function sidebar(url: string, hear: (topic: string, data: unknown) => void): Promise<WebSocket> {
  // Node-RED starts its flows before it listens.
  for (const limit = Date.now() + 20_000; ; await delay(20)) {
    try {
      return await connected(url, hear);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ECONNREFUSED" || Date.now() > limit) throw error;
    }
  }
}

function connected(url: string, hear: (topic: string, data: unknown) => void): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace("http", "ws")}/comms`);
    socket.once("error", reject);
    socket.once("open", () => {
      for (const topic of ["debug", "status/#"]) socket.send(JSON.stringify({ subscribe: topic }));
      resolve(socket);
    });
    socket.on("message", (frame) => {
      // Where Node-RED has a login, it says that this listener has none, and nothing more.
      const heard = [JSON.parse(String(frame))].flat() as { topic?: string; data: unknown }[];
      for (const { topic, data } of heard) if (topic !== undefined) hear(topic, data);
    });
  });
}

/** Undoes the encoding that the debug node applies on the way to the sidebar. */
function decoded(msg: unknown, format = ""): unknown {
  if (format === "number") return Number(msg);
  if (format === "boolean") return msg === "true";
  if (format === "null" || format === "undefined") return undefined;
  if (typeof msg !== "string" || !/^(Object|array|error)/i.test(format)) return msg;
  return JSON.parse(msg, (_key, value) =>
    value?.__enc__ === true ? (value.type === "number" ? Number(value.data) : (value.data ?? undefined)) : value,
  );
}
