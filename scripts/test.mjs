// Installs, builds, lints, then runs the specs, those with a browser beside the others.
//   npm test             everything but dist/test/long and what takes longest
//   npm run test:fast    without the browser
//   npm run test:long    dist/test/long, and what takes longest
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
/** What takes longest, on the version of Node-RED that people have first, in test:long; test-node-red-5.mjs runs most of it too. */
const slow = [
  "editor/bad-settings_spec.js",
  "editor/every-setting_spec.js",
  "editor/examples-at-work_spec.js",
  "editor/flood_spec.js",
  "editor/health-many_spec.js",
  "editor/operator-dashboard_spec.js",
  "editor/own-file_spec.js",
  "editor/report_spec.js",
  "editor/sensor-scout_spec.js",
  "editor/wrong-rows_spec.js",
  "kpi/cautious_spec.js",
  "package/start-picture_spec.js",
  "package/start_spec.js",
  "scout/parts_spec.js",
  "scout/scout_spec.js",
];
/** The same as long/fuzz_spec.js, with fewer messages. */
const shortFuzz = ["nodes/fuzz_spec.js"];
/** They need a broker: test-fleet.mjs runs them. */
const fleetSpecs = inFolder("fleet");
const apart = [...browserSpecs, ...longSpecs, ...fleetSpecs, ...slow, ...shortFuzz];
const others = all.filter((path) => !apart.includes(path));
const quick = browserSpecs.filter((path) => !slow.includes(path));
const computing = ["long/fuzz_spec.js", "long/soak_spec.js", "long/standstill_spec.js"];
/** Beside them there is time for a browser, since the others take longer. */
const besideComputing = ["editor/examples-at-work_spec.js", "editor/operator-dashboard_spec.js"];
const waiting = [...slow, ...longSpecs].filter((path) => ![...computing, ...besideComputing].includes(path));
const groups = { all: [others, quick], fast: [others], long: [waiting, [...computing, ...besideComputing]] }[kind];

if (groups.flat().length === 0) {
  console.log(`No specs of this kind (${kind}).`);
  process.exit(0);
}
const env = { ...process.env };
if (kind !== "fast") {
  env.CHROMIUM_PATH = browser();
}
const built = (files) => files.map((path) => join("dist", "test", path));
await specs(groups.map(built), { node: process.execPath, cwd: root, env, forMocha });
