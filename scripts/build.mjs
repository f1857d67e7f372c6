// Compiles with tsc, and the kernels with AssemblyScript, then lays what Node-RED looks for beside the emitted .js: dialogs, locales, icons.
// All of it beside dist, which is exchanged at the end: a Node-RED that runs from it misses nothing meanwhile.
import { execFile, execFileSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const require = createRequire(import.meta.url);
const tsc = join(dirname(require.resolve("typescript/package.json")), "bin", "tsc");

const asc = join(dirname(require.resolve("assemblyscript/package.json")), "bin", "asc.js");

const [dist, next, last] = ["dist", join(".build", `next-${process.pid}`), join(".build", `last-${process.pid}`)].map(
  (folder) => join(root, folder),
);
const kernel = join("src", "kernel");
try {
  // What runs goes without comments, which would be a sixth of the package; the declarations keep them, for who programs with it.
  const compile = (...options) =>
    run(process.execPath, [tsc, "-p", root, "--outDir", next, ...options]).catch(({ stdout, message }) => {
      throw new Error(stdout || message);
    });
  await Promise.all([
    compile("--noCheck", "--removeComments", "--declaration", "false"),
    compile("--emitDeclarationOnly"),
  ]);
  execFileSync(
    process.execPath,
    [
      ...[asc, join(root, kernel, "assembly", "index.ts"), "--outFile", join(next, kernel, "kernel.wasm")],
      // No runtime and no memory of its own: it works on what the program lays out (src/kernel/arena.ts).
      ...["-O3", "--noAssert", "--runtime", "stub", "--importMemory", "--sharedMemory", "--maximumMemory", "65536"],
      ...["--initialMemory", "1", "--enable", "simd", "--enable", "threads", "--disableWarning", "112"],
    ],
    { stdio: "inherit" },
  );
} catch (error) {
  rmSync(next, { recursive: true, force: true });
  console.error(error.message);
  process.exit(1);
}
// Who programs with it reaches the declarations from that of the index; the others would be a tenth of the package.
const source = join(next, "src");
const reached = new Set();
const reach = (file) => {
  if (reached.has(file)) return;
  reached.add(file);
  for (const [, path] of readFileSync(file, "utf8").matchAll(/(?:from |import\()"(\.[^"]+)"/g))
    reach(join(dirname(file), `${path}.d.ts`));
};
reach(join(source, "index.d.ts"));
for (const file of readdirSync(source, { recursive: true }).map((name) => join(source, name)))
  if (file.endsWith(".d.ts") && !reached.has(file)) rmSync(file);
cpSync(join(root, "nodes"), join(next, "nodes"), {
  recursive: true,
  filter: (path) => !path.endsWith(".ts"),
});
// Indents in the texts of all nodes would be two kilobytes of the package.
const locales = join(next, "nodes", "locales");
for (const file of readdirSync(locales, { recursive: true }).filter((name) => /\.(json|html)$/.test(name))) {
  const text = readFileSync(join(locales, file), "utf8");
  const bare = file.endsWith(".json") ? JSON.stringify(JSON.parse(text)) : text.replace(/\n +/g, "\n");
  writeFileSync(join(locales, file), bare);
}
if (existsSync(join(root, "icons"))) {
  cpSync(join(root, "icons"), join(next, "nodes", "icons"), { recursive: true });
}
// The nodes for a fleet are a package of their own, whose folder has its own dist.
const fleet = join(root, "fleet", "dist");
const nextFleet = `${next}-fleet`;
cpSync(join(next, "fleet"), nextFleet, { recursive: true });
cpSync(join(root, "fleet", "nodes"), join(nextFleet, "nodes"), {
  recursive: true,
  filter: (path) => !path.endsWith(".ts"),
});
if (existsSync(fleet)) {
  renameSync(fleet, `${last}-fleet`);
}
renameSync(nextFleet, fleet);
rmSync(`${last}-fleet`, { recursive: true, force: true });
if (existsSync(dist)) {
  renameSync(dist, last);
}
renameSync(next, dist);
rmSync(last, { recursive: true, force: true });
