// Runs the node and flow specs on Node-RED 5 under Node 24, both from the npm registry.
// They live in a folder of their own (.node-red-5) beside a copy of what was built, so that `require("node-red")` finds
// version 5 there and the project's own dependencies stay as they are. With --editor also the browser specs.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { browser } from "./browser.mjs";
import { install, npm, root, run } from "./install.mjs";
import { specs } from "./specs.mjs";

const [editor, ...forMocha] = [
  process.argv[2] === "--editor",
  ...process.argv.slice(2).filter((a) => a !== "--editor"),
];
const folder = join(root, ".node-red-5");

install();
run(process.execPath, [join("scripts", "build.mjs")]);
installThere();
// What is published, with the built specs (they lie in dist too, which "files" names only in part).
const { files } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const published = files.filter((path) => !path.startsWith("!"));
for (const part of new Set(["dist", "icons", ...published.map((path) => path.split("/")[0])])) {
  rmSync(join(folder, part), { recursive: true, force: true });
  cpSync(join(root, part), join(folder, part), { recursive: true });
}

const all = readdirSync(join(folder, "dist", "test"), { recursive: true })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => path.endsWith("_spec.js"))
  .sort();
const inFolders = (...folders) =>
  all.filter((path) => folders.includes(path.split("/")[0])).map((path) => join("dist", "test", path));
const node = join(folder, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
run(node, [join("node_modules", "node-red", "red.js"), "--version"], { cwd: folder });
const env = { ...process.env, FORECAST_DATA: process.env.FORECAST_DATA ?? join(root, "..", "shared", "data") };
if (editor) {
  env.CHROMIUM_PATH = browser();
}
// The examples run here without a browser, and with one on the version that people have first (test:long).
const inBrowser = inFolders("editor").filter((path) => !path.endsWith("examples-at-work_spec.js"));
// Two browsers at a time: one after the other they take half an hour.
const half = (which) => (editor ? inBrowser.filter((_, i) => i % 2 === which) : []);
const groups = [[...inFolders("nodes", "examples"), ...half(0)], half(1)];
await specs(groups, { node, cwd: folder, env, forMocha });

/** The project's dependencies in the versions of its lock file, but Node-RED 5 and the Node.js that it needs. */
function installThere() {
  const project = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const locked = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  const notNeeded = ["typescript", "@biomejs/biome"];
  const fromLock = (names) =>
    Object.fromEntries(
      names.filter((name) => !notNeeded.includes(name)).map((name) => [name, locked[`node_modules/${name}`].version]),
    );
  const wanted = {
    ...project,
    scripts: {},
    overrides: {},
    allowScripts: { node: true }, // its script fetches the program for this platform
    dependencies: fromLock(Object.keys(project.dependencies)),
    devDependencies: { ...fromLock(Object.keys(project.devDependencies)), "node-red": "^5.0.7", node: "^24.0.0" },
  };
  const file = join(folder, "package.json");
  const complete = join(folder, "installed.json");
  const packages = JSON.stringify([wanted.dependencies, wanted.devDependencies]);
  if (!existsSync(complete) || readFileSync(complete, "utf8") !== packages) {
    console.log("Installing Node-RED 5 and Node.js 24 …");
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    writeFileSync(file, JSON.stringify(wanted));
    npm(["install", "--include=dev", "--no-audit", "--no-fund", "--no-package-lock"], { cwd: folder });
    writeFileSync(complete, packages);
  }
  writeFileSync(file, JSON.stringify(wanted));
}
