// A RabbitMQ of its own for tests and the demo: own ports, own data, nothing of the system's service is touched.
import { execFile, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { freePort } from "./free-port.mjs";
import { installed } from "./installed.mjs";
import { up } from "./server.mjs";

const PLUGINS = ["rabbitmq_mqtt"];
const PLACES = ["/usr/lib/rabbitmq/bin", "/opt/rabbitmq/sbin", "/usr/local/sbin", "/opt/homebrew/sbin"];
const STARTED = /Server startup complete|completed with \d+ plugins/;

/** Folder of RabbitMQ's programs: found, or installed where this is Debian and root; else one line says what to do. */
export function findRabbitMq() {
  return installed("RabbitMQ", "rabbitmq-server", placeOf);
}

function placeOf() {
  const places = [...PLACES, ...(process.env.PATH ?? "").split(delimiter)];
  return places.find((place) => existsSync(join(place, "rabbitmq-server")) && existsSync(join(place, "rabbitmq-env")));
}

/** An older one does not start with a setting that it does not know. */
function canStamp(bin, env) {
  const { stdout } = spawnSync(join(bin, "rabbitmqctl"), ["version"], { encoding: "utf8", env });
  const [major, minor] = String(stdout).trim().split(".").map(Number);
  return major > 3 || (major === 3 && minor >= 12);
}

/**
 * Starts a broker with its data in a folder; started again with the same folder it goes on with what it has.
 *
 * @param tls files for amqps: { ca, cert, key }; clients must show a certificate of the same authority
 * @returns amqp, amqps and mqtt addresses, `stop` (ends it in order), `kill`, `process`
 */
export async function startRabbitMq(folder, bin = findRabbitMq(), tls = undefined) {
  mkdirSync(folder, { recursive: true });
  const kept = join(folder, "ports.json");
  const made = existsSync(kept)
    ? JSON.parse(readFileSync(kept, "utf8"))
    : { amqp: await freePort(), mqtt: await freePort(), dist: await freePort(), epmd: await freePort() };
  if (tls) made.amqps ??= await freePort();
  made.cookie ??= randomBytes(12).toString("hex").toUpperCase();
  // By a port of its own also what only asks: the name server that it starts would stay behind.
  const names = { ERL_EPMD_PORT: String(made.epmd), ERL_EPMD_ADDRESS: "127.0.0.1" };
  made.stamps ??= canStamp(bin, { ...process.env, ...names });
  writeFileSync(kept, JSON.stringify(made));
  const conf = join(folder, "rabbitmq.conf");
  writeFileSync(
    conf,
    [
      `listeners.tcp.1 = 127.0.0.1:${made.amqp}`,
      `mqtt.listeners.tcp.1 = 127.0.0.1:${made.mqtt}`,
      "mqtt.allow_anonymous = true",
      "log.console = true",
      "log.console.level = info",
      "log.file = false",
      "vm_memory_high_watermark.relative = 0.4",
      "disk_free_limit.absolute = 100MB",
      ...(made.stamps ? ["message_interceptors.incoming.set_header_timestamp.overwrite = true"] : []),
      ...(tls
        ? [
            `listeners.ssl.1 = 127.0.0.1:${made.amqps}`,
            `ssl_options.cacertfile = ${tls.ca}`,
            `ssl_options.certfile = ${tls.cert}`,
            `ssl_options.keyfile = ${tls.key}`,
            "ssl_options.verify = verify_peer",
            "ssl_options.fail_if_no_peer_cert = true",
          ]
        : []),
      "",
    ].join("\n"),
  );
  const plugins = join(folder, "enabled_plugins");
  writeFileSync(plugins, `[${PLUGINS.join(",")}].\n`);
  const cookie = join(folder, ".erlang.cookie");
  if (!existsSync(cookie)) writeFileSync(cookie, made.cookie, { mode: 0o400 });
  const name = `fleet${made.dist}@localhost`;
  const env = {
    ...process.env,
    HOME: folder,
    RABBITMQ_NODENAME: name,
    RABBITMQ_DIST_PORT: String(made.dist),
    ...names,
    RABBITMQ_CONFIG_FILE: conf,
    RABBITMQ_CONF_ENV_FILE: "/dev/null",
    RABBITMQ_ENABLED_PLUGINS_FILE: plugins,
    RABBITMQ_MNESIA_BASE: join(folder, "mnesia"),
    RABBITMQ_LOG_BASE: join(folder, "log"),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "+sbwt none +sbwtdcpu none +sbwtdio none +S 2:2",
    LANG: "C.UTF-8",
  };
  const child = spawn(join(bin, "rabbitmq-server"), [], {
    env,
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const stop = async (signal, ended) => {
    try {
      process.kill(-child.pid, signal);
    } catch {
      // It has ended already.
    }
    await Promise.race([ended, sleep(30_000)]);
    // The name server of Erlang outlives its nodes; this one has a port of its own, so that nobody else uses it.
    spawnSync("epmd", ["-kill"], { env, stdio: "ignore" });
  };
  const { log, end } = await up({ name: "RabbitMQ", child, isUp: STARTED, within: 120_000, end: stop });
  return {
    amqp: `amqp://127.0.0.1:${made.amqp}`,
    amqps: tls && `amqps://localhost:${made.amqps}`,
    mqtt: `mqtt://127.0.0.1:${made.mqtt}`,
    /** Whether readings that come by MQTT have the time at which the broker took them in. */
    stamps: made.stamps,
    process: child,
    log,
    /** Runs rabbitmqctl; returns what it prints. */
    control: async (...args) =>
      (await promisify(execFile)(join(bin, "rabbitmqctl"), ["-q", "-n", name, ...args], { env })).stdout,
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
  };
}
