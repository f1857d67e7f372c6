// A Redis of its own for specs and measurements: own port, own data, nothing of the system's service is touched.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { freePort } from "./free-port.mjs";
import { installed } from "./installed.mjs";
import { up } from "./server.mjs";

const PASSWORD = "a-password";

/** Folder of Redis' server: found, or installed where this is Debian and root; else one line says what to do. */
export function findRedis() {
  return installed("Redis", "redis-server", () =>
    ["/usr/bin", ...(process.env.PATH ?? "").split(delimiter)].find((place) => existsSync(join(place, "redis-server"))),
  );
}

/**
 * Starts a server with its data in a folder; started again with the same folder it goes on with what it has.
 *
 * @param isDurable whether it has on disk what it confirms
 * @param tls files: { ca, cert, key }; it then takes TLS only
 * @returns address, user, password, `stop` (ends it in order), `kill`, `process`
 */
export async function startRedis(folder, bin = findRedis(), isDurable = true, tls = undefined) {
  mkdirSync(folder, { recursive: true });
  const kept = join(folder, "port.json");
  if (!existsSync(kept)) writeFileSync(kept, JSON.stringify(await freePort()));
  const port = JSON.parse(readFileSync(kept, "utf8"));
  const settings = {
    ...(tls
      ? {
          port: 0,
          "tls-port": port,
          "tls-cert-file": tls.cert,
          "tls-key-file": tls.key,
          "tls-ca-cert-file": tls.ca,
          "tls-auth-clients": "no",
        }
      : { port }),
    bind: "127.0.0.1",
    dir: folder,
    requirepass: PASSWORD,
    appendonly: isDurable ? "yes" : "no",
    appendfsync: "always",
    save: "",
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn(join(bin, "redis-server"), args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const { log, end } = await up({ name: "Redis", child, isUp: /eady to accept connections/, within: 60_000 });
  return {
    address: `${tls ? "rediss" : "redis"}://127.0.0.1:${port}/0`,
    user: "",
    password: PASSWORD,
    process: child,
    log,
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
  };
}
