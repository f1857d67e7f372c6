// Installs, builds, lints, then runs the specs, those with a browser beside the others.
//   npm test             everything but dist/test/long
//   npm run test:fast    without the browser
//   npm run test:long    only dist/test/long
// What follows `--` goes to mocha: npm test -- --grep "late label"
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { browser } from "./browser.mjs";
import { install, root, run } from "./install.mjs";
import { specs } from "./specs.mjs";

const [kind, ...forMocha] = process.argv.slice(2);

install();
run(process.execPath, [join("scripts", "build.mjs")]);
run(process.execPath, [join("node_modules", "@biomejs", "biome", "bin", "biome"), "check", "--error-on-warnings", "."]);

const all = readdirSync(join(root, "dist", "test"), { recursive: true })
  .filter((path) => path.endsWith("_spec.js"))
  .map((path) => path.replaceAll("\\", "/"))
  .sort();
const inFolder = (folder) => all.filter((path) => path.startsWith(`${folder}/`));
const browserSpecs = inFolder("editor");
const longSpecs = inFolder("long");
const others = all.filter((path) => !browserSpecs.includes(path) && !longSpecs.includes(path));
const groups = { all: [others, browserSpecs], fast: [others], long: [longSpecs] }[kind];

if (groups.flat().length === 0) {
  console.log(`No specs of this kind (${kind}).`);
  process.exit(0);
}
const env = { ...process.env };
if (kind === "all") {
  env.CHROMIUM_PATH = browser();
}
const built = (files) => files.map((path) => join("dist", "test", path));
await specs(groups.map(built), { node: process.execPath, cwd: root, env, forMocha });
