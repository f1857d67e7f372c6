// Installs the dependencies, but only where those on disk are not the ones that the lock file names.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder: every script works from it, wherever it was called from. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/**
 * Runs a command with its output on the terminal; ends the whole script with the command's exit code if it fails.
 * With `timeout`, ms, a command that hangs is ended as well.
 */
export function run(command, args, options = {}) {
  const { status, signal, error } = spawnSync(command, args, { cwd: root, stdio: "inherit", ...options });
  if (error?.code === "ETIMEDOUT") {
    console.error(
      `Stopped after ${options.timeout / 60_000} minutes: what is running since the last line above hangs.`,
    );
  } else if (error) {
    console.error(`${command} cannot be started: ${error.message}`);
  }
  if (status !== 0) {
    process.exit(signal === "SIGINT" ? 130 : (status ?? 1));
  }
}

/** Runs npm: the one that runs this script where there is one, else the one on the path. */
export function npm(args, options = {}) {
  const cli = process.env.npm_execpath;
  if (cli?.endsWith(".js")) {
    run(process.execPath, [cli, ...args], options);
  } else {
    run("npm", args, { shell: process.platform === "win32", ...options });
  }
}

/** `npm ci` when a package of the lock file is missing in node_modules or there in another version; else nothing. */
export function install() {
  const [major] = process.versions.node.split(".");
  if (Number(major) < 20) {
    console.error(`Node.js 20 or newer is needed; this is ${process.version}.`);
    process.exit(1);
  }
  const wanted = packages(join(root, "package-lock.json"));
  const present = packages(join(root, "node_modules", ".package-lock.json"));
  // Optional packages are left out by npm on the platforms they are not made for.
  const current = Object.entries(wanted).every(
    ([path, { version, optional }]) => path === "" || optional || present[path]?.version === version,
  );
  if (!current) {
    console.log("Installing the dependencies (a few minutes the first time) …");
    npm(["ci", "--include=dev", "--no-audit", "--no-fund"]);
  }
}

function packages(lockFile) {
  return existsSync(lockFile) ? JSON.parse(readFileSync(lockFile, "utf8")).packages : {};
}
