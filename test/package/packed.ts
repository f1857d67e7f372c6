/**
 * The package as npm would publish it, installed into an empty Node-RED user directory. Made once for all specs that
 * need it and removed when they have run.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../node-red-process";

export interface Tarball {
  /** Bytes. */
  size: number;
  /** Paths inside the package. */
  files: string[];
}

export interface Packed extends Tarball {
  /** The package for fleets, where it was installed beside. */
  fleet: Tarball | undefined;
  /** The user directory, and the packages that npm added to it. */
  userDir: string;
  added: string[];
}

let packed: Packed | undefined;
let folder: string | undefined;

/**
 * @param beside whether the package for fleets is installed as well
 * @throws Error with npm's own words when packing or installing fails
 */
export function packedInUserDirectory(beside?: "with fleet"): Packed {
  if (packed) return packed;
  folder = mkdtempSync(join(tmpdir(), "online-forecast-pack-"));
  const main = tarball(projectRoot(), folder);
  const fleet = beside && tarball(join(projectRoot(), "fleet"), folder);
  const userDir = join(folder, "user");
  mkdirSync(userDir);
  writeFileSync(join(userDir, "package.json"), JSON.stringify({ name: "node-red-project", private: true }));
  const paths = [main, ...(fleet ? [fleet] : [])].map(({ path }) => path);
  npm(userDir, "install", "--no-audit", "--no-fund", "--prefer-offline", ...paths);
  packed = {
    ...main,
    fleet,
    userDir,
    added: packagesIn(join(userDir, "node_modules")),
  };
  return packed;
}

after(() => {
  if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

function tarball(of: string, to: string): Tarball & { path: string } {
  const [{ size, files, filename }] = JSON.parse(
    // Without scripts: they would build again, over the very files that are being tested.
    npm(of, "pack", "--json", "--ignore-scripts", "--pack-destination", to),
  );
  return { size, files: files.map((file: { path: string }) => file.path), path: join(to, filename) };
}

function npm(cwd: string, ...args: string[]): string {
  const cli = process.env.npm_execpath;
  const options = { cwd, encoding: "utf8" } as const;
  return cli?.endsWith(".js")
    ? execFileSync(process.execPath, [cli, ...args], options)
    : execFileSync("npm", args, { ...options, shell: process.platform === "win32" });
}

function packagesIn(modules: string): string[] {
  return readdirSync(modules).flatMap((name) => {
    if (name.startsWith(".")) return [];
    if (name.startsWith("@")) return readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`);
    return [name];
  });
}
