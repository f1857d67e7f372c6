// A fleet on this computer: RabbitMQ (found or installed), three Node-RED with the same flow, and 300 machines whose sensors
// speak MQTT. Stop one Node-RED and see the others take over its machines, and give them back when it is there again.
//   npm run fleet
//   npm run fleet -- --assets 1000 --every 1 --folder PATH      machines, seconds between two readings of one, where it lives
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { install, root, run } from "./install.mjs";
import { findRabbitMq, startRabbitMq } from "./rabbitmq.mjs";

const PACKS = {
  "@kaizen-flow/node-red-online-forecast": root,
  "@kaizen-flow/node-red-online-forecast-fleet": join(root, "fleet"),
};
const NAMES = ["a", "b", "c"];
const FIRST_PORT = 1881;
/** s: as a service manager does, a Node-RED that has ended is started again. */
const AGAIN = 20;

const options = parseArgs({
  options: {
    assets: { type: "string", default: "300" },
    every: { type: "string", default: "2" },
    folder: { type: "string", default: join(root, ".fleet") },
  },
}).values;
const assets = Number(options.assets);
const every = Number(options.every);
if (!(Number.isInteger(assets) && assets >= 1 && every > 0)) {
  console.error("--assets: a whole number from 1; --every: seconds above 0.");
  process.exit(1);
}
const folder = resolve(options.folder);
const shared = join(folder, "shared");

install();
const bin = findRabbitMq();
run(process.execPath, [join("scripts", "build.mjs")]);
mkdirSync(shared, { recursive: true });
console.log("Starting RabbitMQ …");
// Until it runs, an end of this script is put off: a broker that nobody stops would be left behind.
let isStarting = true;
let wantsEnd = false;
for (const signal of ["SIGINT", "SIGTERM"])
  process.on(signal, () => {
    wantsEnd = true;
    if (!isStarting) stop();
  });
const broker = await startRabbitMq(join(folder, "broker"), bin);
const require = createRequire(import.meta.url);
const children = new Set();
let stopping;
isStarting = false;
if (wantsEnd) await stop();

const addresses = [];
let port = FIRST_PORT;
for (const name of NAMES) {
  port = await freePort(port);
  addresses.push(await startInstance(name, port));
  port += 1;
}
console.log(
  `\n${assets} machines send a reading each ${every} s to ${broker.mqtt}, topics plant/machine-1 to -${assets}.`,
);
for (const [i, address] of addresses.entries())
  console.log(`Node-RED ${NAMES[i]}: ${address}   forecasts: ${address}/forecast-health`);
console.log(`Records: ${shared}. Stop all with Ctrl-C; kill one of the three to see the others take over:`);
for (const { name, pid } of children) console.log(`  kill -9 ${pid}   # ${name}`);
await playPlant();

async function startInstance(name, port) {
  const userDir = join(folder, name);
  for (const [pack, place] of Object.entries(PACKS)) {
    const link = join(userDir, "node_modules", ...pack.split("/"));
    mkdirSync(dirname(link), { recursive: true });
    rmSync(link, { force: true });
    symlinkSync(place, link, "junction");
  }
  const dependencies = Object.fromEntries(Object.keys(PACKS).map((pack) => [pack, "*"]));
  writeFileSync(join(userDir, "package.json"), JSON.stringify({ name: "fleet-demo", private: true, dependencies }));
  const settings = join(userDir, "settings.js");
  if (!existsSync(settings)) {
    const kept = {
      flowFile: "flows.json",
      credentialSecret: randomBytes(16).toString("hex"),
      telemetry: { enabled: false, updateNotification: false },
      editorTheme: { tours: false },
      logging: { console: { level: "warn", metrics: false, audit: false } },
    };
    writeFileSync(settings, `module.exports = ${JSON.stringify(kept, null, 2)};\n`);
  }
  const flows = join(userDir, "flows.json");
  if (!existsSync(flows)) copyFileSync(exampleFile(), flows);
  // The broker has a port of its own each time that the folder is new; everything else is the user's.
  const nodes = JSON.parse(readFileSync(flows, "utf8"));
  for (const node of nodes)
    if (node.type === "fleet-broker") Object.assign(node, { address: broker.amqp, folder: shared, instance: name });
  writeFileSync(flows, JSON.stringify(nodes, null, 2));
  const nodeRed = require.resolve("node-red/red.js");
  const args = [nodeRed, "-u", userDir, "-p", String(port), "-D", "uiHost=127.0.0.1", "flows.json"];
  const child = spawn(process.execPath, args, { cwd: userDir, stdio: ["ignore", "inherit", "inherit"] });
  const one = { name, pid: child.pid, child };
  children.add(one);
  child.on("exit", () => {
    children.delete(one);
    if (stopping) return;
    console.log(`Node-RED ${name} has ended: the others have its machines now. In ${AGAIN} s it starts again.`);
    setTimeout(async () => {
      if (stopping) return;
      await startInstance(name, port);
      if (!stopping)
        console.log(`Node-RED ${name} is back, and gets its machines: kill -9 ${[...children].at(-1)?.pid}`);
    }, 1000 * AGAIN);
  });
  const address = `http://127.0.0.1:${port}`;
  for (const limit = Date.now() + 120_000; Date.now() < limit; await sleep(200)) {
    try {
      if ((await fetch(address)).ok) return address;
    } catch {
      // not yet
    }
  }
  console.error(`Node-RED ${name} does not answer at ${address}.`);
  return stop();
}

function exampleFile() {
  const japanese = new Intl.DateTimeFormat().resolvedOptions().locale.startsWith("ja");
  const examples = join(root, "fleet", "examples", japanese ? "ja" : "");
  return join(
    examples,
    readdirSync(examples).find((file) => file.endsWith(".json")),
  );
}

/** The sensors: they know nothing of a fleet. */
async function playPlant() {
  const sensors = require("mqtt").connect(broker.mqtt);
  sensors.on("error", () => {}); // it connects again by itself
  for (let i = 0; !stopping; i++) {
    for (let machine = 1; machine <= assets; machine++) {
      const load = Math.sin(i / 20 + machine);
      const flow = load + 0.1 * Math.sin(1.7 * i + machine);
      const reading = { timestamp: Date.now(), load, flow, y: load ** 2 + 0.05 * (Math.random() - 0.5) };
      sensors.publish(`plant/machine-${machine}`, JSON.stringify(reading), { qos: 1 });
      if (machine % 50 === 0) await sleep((1000 * every * 50) / Math.max(assets, 50));
    }
    if (assets < 50) await sleep(1000 * every);
  }
}

function stop() {
  stopping ??= (async () => {
    console.log("Stopping: each Node-RED saves and hands over …");
    await Promise.all(
      [...children].map(({ child }) => {
        const ended = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGTERM");
        return ended;
      }),
    );
    await broker.stop();
    process.exit(0);
  })();
  return stopping;
}

async function freePort(from) {
  for (let port = from; port < from + 100; port++) {
    const server = createServer();
    const isFree = await new Promise((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
  return 0;
}
