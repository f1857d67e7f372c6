/**
 * The package as npm would publish it, installed into an empty Node-RED user directory. Made once for all specs that
 * need it and removed when they have run.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../node-red-process";

export interface Packed {
  /** Bytes of the tarball. */
  size: number;
  /** Paths inside the package. */
  files: string[];
  /** The user directory, and the packages that npm added to it. */
  userDir: string;
  added: string[];
}

let packed: Packed | undefined;
let folder: string | undefined;

/** @throws Error with npm's own words when packing or installing fails */
export function packedInUserDirectory(): Packed {
  if (packed) return packed;
  folder = mkdtempSync(join(tmpdir(), "online-forecast-pack-"));
  const [{ size, files, filename }] = JSON.parse(
    // Without scripts: they would build again, over the very files that are being tested.
    npm(projectRoot(), "pack", "--json", "--ignore-scripts", "--pack-destination", folder),
  );
  const userDir = join(folder, "user");
  mkdirSync(userDir);
  writeFileSync(join(userDir, "package.json"), JSON.stringify({ name: "node-red-project", private: true }));
  npm(userDir, "install", "--no-audit", "--no-fund", "--prefer-offline", join(folder, filename));
  packed = {
    size,
    files: files.map((file: { path: string }) => file.path),
    userDir,
    added: packagesIn(join(userDir, "node_modules")),
  };
  return packed;
}

after(() => {
  if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

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
