// Starts Node-RED with this pack and the demo flow, in a user directory of its own inside the project (.node-red).
//   npm start                                       http://127.0.0.1:1880, or a free port where 1880 is taken
//   npm start -- --port 8080 --host 0.0.0.0         for other computers too: anyone there can change the flows
//   npm start -- --user-directory PATH              somewhere else than in .node-red
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
import { dirname, join, relative, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { install, root, run } from "./install.mjs";

const options = parseArgs({
  options: {
    host: { type: "string", default: "127.0.0.1" },
    port: { type: "string", default: "1880" },
    "user-directory": { type: "string", default: join(root, ".node-red") },
  },
}).values;
const { host } = options;
const userDirectory = resolve(options["user-directory"]);
/** Which Node-RED runs in this user directory: two of them would overwrite each other's models. */
const running = join(userDirectory, "running.json");

install();
const present = await runningHere();
if (present) {
  console.log(`Node-RED runs here already: ${present}`);
  console.log(`See the forecasts: ${present}/forecast-health`);
  process.exit(0);
}
run(process.execPath, [join("scripts", "build.mjs")]);
prepareUserDirectory();
await startNodeRed(await freePort(Number(options.port)));

/** Address of the Node-RED that runs in this user directory; undefined where none does. */
async function runningHere() {
  try {
    const { pid, address } = JSON.parse(readFileSync(running, "utf8"));
    process.kill(pid, 0); // asks only whether it is there
    return (await answers(address)) ? address : undefined;
  } catch {
    return undefined; // never started, or died without a word
  }
}

/** Everything that Node-RED needs; what is there already is the user's and stays. */
function prepareUserDirectory() {
  const { name } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const link = join(userDirectory, "node_modules", ...name.split("/"));
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { force: true }); // the project may have moved since
  symlinkSync(root, link, "junction");
  writeOnce(
    "package.json",
    JSON.stringify({ name: "demo", private: true, dependencies: { [name]: `file:${relative(userDirectory, root)}` } }),
  );
  writeOnce(
    "settings.js",
    `module.exports = ${JSON.stringify(
      {
        flowFile: "flows.json",
        credentialSecret: randomBytes(16).toString("hex"),
        telemetry: { enabled: false, updateNotification: false },
        editorTheme: { tours: false },
        // The plant of the demo goes on as old as it was.
        contextStorage: { default: { module: "localfilesystem" } },
        logging: { console: { level: "error", metrics: false, audit: false } },
      },
      null,
      2,
    )};\n`,
  );
  const flows = join(userDirectory, "flows.json");
  const japanese = new Intl.DateTimeFormat().resolvedOptions().locale.startsWith("ja");
  const examples = join(root, "examples", japanese ? "ja" : "");
  const demo = readdirSync(examples).find((file) => /^02.*\.json$/.test(file));
  if (demo && !existsSync(flows)) {
    copyFileSync(join(examples, demo), flows);
  }
}

function writeOnce(file, text) {
  const path = join(userDirectory, file);
  if (!existsSync(path)) {
    writeFileSync(path, text);
  }
}

/** The wanted port, or one that the system gives when that is taken. */
async function freePort(wanted) {
  if (!Number.isInteger(wanted) || wanted < 0 || wanted > 65535) fail(`--port ${options.port} is no port: 0 to 65535.`);
  for (const candidate of [wanted, 0]) {
    const server = createServer();
    const port = await new Promise((resolve) => {
      server.once("error", ({ code, message }) => {
        if (code === "EADDRINUSE") resolve(undefined);
        else fail(`Node-RED cannot listen on ${host}, port ${candidate}: ${message}`);
      });
      server.listen(candidate, host, () => resolve(server.address().port));
    });
    if (port === undefined) continue;
    await new Promise((resolve) => server.close(resolve));
    if (candidate !== wanted) console.log(`Port ${wanted} is taken by another program: Node-RED gets ${port}.`);
    return port;
  }
}

function fail(reason) {
  console.error(reason);
  process.exit(1);
}

async function startNodeRed(port) {
  console.log("Starting Node-RED …");
  const nodeRed = createRequire(import.meta.url).resolve("node-red/red.js");
  const child = spawn(
    process.execPath,
    [nodeRed, "-u", userDirectory, "-p", String(port), "-D", `uiHost=${host}`, "flows.json"],
    // Files that flows write by a bare name land with the flows, not among the project's own.
    { stdio: "inherit", cwd: userDirectory },
  );
  child.on("exit", (code, signal) => {
    rmSync(running, { force: true });
    process.exit(code ?? (signal ? 0 : 1));
  });
  // Node-RED saves what was learnt before it ends; this script ends after it.
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.on(signal, () => child.kill(signal));
  }

  const address = `http://${host === "0.0.0.0" ? "127.0.0.1" : host}:${port}`;
  while (!(await answers(address))) {
    await sleep(200);
  }
  writeFileSync(running, JSON.stringify({ pid: child.pid, address }));
  console.log(`Node-RED is ready: ${address}   (stop with Ctrl-C)`);
  console.log(`See the forecasts: ${address}/forecast-health`);
  console.log(`Flows and models are kept in ${userDirectory}; without that folder it begins again with the demo.`);
}

async function answers(address) {
  try {
    return (await fetch(address)).ok;
  } catch {
    return false;
  }
}
