// A PostgreSQL of its own for specs and measurements: own port, own data, nothing of the system's service is touched.
import { spawn, spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { freePort } from "./free-port.mjs";
import { installed } from "./installed.mjs";
import { up } from "./server.mjs";

const DEBIAN = "/usr/lib/postgresql";
const USER = "fleet";
const PASSWORD = "a password: with signs/@";

/** Folder of PostgreSQL's programs: found, or installed where this is Debian and root; else one line says what to do. */
export function findPostgres() {
  return installed("PostgreSQL", "postgresql", () => {
    const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
    const places = [
      ...versions.map((version) => join(DEBIAN, version, "bin")),
      ...(process.env.PATH ?? "").split(delimiter),
    ];
    return places.find((place) => existsSync(join(place, "initdb")) && existsSync(join(place, "postgres")));
  });
}

/**
 * Starts a server with its data in a folder, which every user must be able to reach; started again with the same folder it
 * goes on with what it has.
 *
 * @param tls files: { ca, cert, key }; it then takes TLS as well
 * @returns address, user, password, `stop` (ends it in order), `kill`, `process`
 */
export async function startPostgres(folder, bin = findPostgres(), tls = undefined) {
  const who = unprivileged();
  const data = join(folder, "data");
  const kept = join(folder, "port.json");
  mkdirSync(folder, { recursive: true });
  if (who.uid !== undefined) chownSync(folder, who.uid, who.gid);
  if (!existsSync(kept)) {
    const secret = join(folder, "password");
    writeFileSync(secret, PASSWORD, { mode: 0o644 });
    const made = ["-D", data, "-U", USER, "-A", "scram-sha-256", "--pwfile", secret, "-E", "UTF8", "--no-sync"];
    const { status, stderr } = spawnSync(join(bin, "initdb"), [...made, "--locale=C"], { ...who, cwd: folder });
    if (status !== 0) throw new Error(`PostgreSQL cannot be set up:\n${stderr}`);
    writeFileSync(kept, JSON.stringify(await freePort()));
  }
  const port = JSON.parse(readFileSync(kept, "utf8"));
  const args = ["-D", data, "-p", String(port), "-k", folder, "-c", "listen_addresses=127.0.0.1"];
  if (tls) {
    // It reads only what is its own.
    const [cert, secret] = ["cert", "key"].map((name) => copied(tls[name], join(folder, name), who));
    args.push("-c", "ssl=on", "-c", `ssl_cert_file=${cert}`, "-c", `ssl_key_file=${secret}`);
  }
  const child = spawn(join(bin, "postgres"), args, { ...who, cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  // SIGQUIT: all of its processes end at once, as by a power failure.
  const isUp = /ready to accept connections/;
  const { log, end } = await up({ name: "PostgreSQL", child, isUp, within: 60_000, lastSignal: "SIGQUIT" });
  return {
    address: `postgres://127.0.0.1:${port}/postgres`,
    user: USER,
    password: PASSWORD,
    process: child,
    log,
    stop: () => end("SIGINT"),
    kill: () => end("SIGQUIT"),
  };
}

function copied(from, to, { uid, gid }) {
  writeFileSync(to, readFileSync(from), { mode: 0o600 });
  if (uid !== undefined) chownSync(to, uid, gid);
  return to;
}

/** PostgreSQL refuses to run as root. */
function unprivileged() {
  if (process.getuid?.() !== 0) return {};
  for (const name of ["postgres", "nobody"]) {
    const [uid, gid] = ["-u", "-g"].map((what) => Number(spawnSync("id", [what, name]).stdout));
    if (uid > 0) return { uid, gid };
  }
  return { uid: 65_534, gid: 65_534 };
}
