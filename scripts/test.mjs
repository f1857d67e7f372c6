// Installs, builds, lints, then runs the specs in one mocha run.
//   npm test             everything but dist/test/long
//   npm run test:fast    without the browser
//   npm run test:long    only dist/test/long
// What follows `--` goes to mocha: npm test -- --grep "late label"
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { browser } from "./browser.mjs";
import { install, root, run } from "./install.mjs";

const [kind, ...forMocha] = process.argv.slice(2);
/** Several times what the specs need, ms: only a spec that hangs takes longer. */
const LONGEST = 60 * 60_000;

install();
run(process.execPath, [join("scripts", "build.mjs")]);
run(process.execPath, [join("node_modules", "@biomejs", "biome", "bin", "biome"), "check", "--error-on-warnings", "."]);

const specs = readdirSync(join(root, "dist", "test"), { recursive: true })
  .filter((path) => path.endsWith("_spec.js"))
  .map((path) => path.replaceAll("\\", "/"))
  .sort();
const inFolder = (folder) => specs.filter((path) => path.startsWith(`${folder}/`));
const browserSpecs = inFolder("editor");
const longSpecs = inFolder("long");
const others = specs.filter((path) => !browserSpecs.includes(path) && !longSpecs.includes(path));
// The quick specs first: what is wrong in the engine should not wait for a browser.
const chosen = { all: [...others, ...browserSpecs], fast: others, long: longSpecs }[kind];

if (chosen.length === 0) {
  console.log(`No specs of this kind (${kind}).`);
  process.exit(0);
}
const env = { ...process.env };
if (kind === "all") {
  env.CHROMIUM_PATH = browser();
}
run(
  process.execPath,
  [join("node_modules", "mocha", "bin", "mocha.js"), ...forMocha, ...chosen.map((path) => join("dist", "test", path))],
  { env, timeout: LONGEST },
);
