/**
 * What the Flow Library's scorecard asks of a package (node-red-dev validate), as far as no catalogue or registry is
 * needed for it; and that the package can be used as a library.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { definitionOf } from "./definition";
import { type Packed, packedInUserDirectory } from "./packed";

const NAME = "@kaizen-flow/node-red-online-forecast";
const MOST_DEPENDENCIES = 6;

describe("the Flow Library's scorecard", function () {
  this.timeout(120_000);
  let packed: Packed;
  let folder: string;
  // biome-ignore lint/suspicious/noExplicitAny: a package.json
  let manifest: any;

  before(() => {
    packed = packedInUserDirectory();
    folder = join(packed.userDir, "node_modules", NAME);
    manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  });

  it("package: scoped name, licence, keyword, author, and addresses of one repository", () => {
    assert.match(manifest.name, /^@[a-z\d][\w-.]+\/[a-z\d][\w-.]*$/);
    assert.equal(manifest.license, "Apache-2.0");
    assert.ok(manifest.keywords.includes("node-red"));
    assert.ok(manifest.author.length > 0);
    const address = /^git\+(https:\/\/github\.com\/.+)\.git$/.exec(manifest.repository.url)?.[1];
    assert.equal(address?.split("/").at(-1), manifest.name.split("/").at(-1));
    assert.equal(manifest.homepage, `${address}#readme`);
    assert.equal(manifest.bugs.url, `${address}/issues`);
  });

  it("package: says for which Node-RED and Node.js it is, and both fit those that are here", () => {
    const numbers = (version: string): number[] =>
      version
        .replace(/^(>=|v)/, "")
        .split(".")
        .map(Number);
    const fits = (version: string, range: string): boolean => {
      assert.match(range, /^>=\d+(\.\d+)*$/);
      const [have, least] = [numbers(version), numbers(range)];
      const differs = least.findIndex((n, i) => n !== have[i]);
      return differs < 0 || (have[differs] as number) > (least[differs] as number);
    };
    assert.ok(fits(require("node-red/package.json").version, manifest["node-red"].version));
    assert.ok(fits(process.version, manifest.engines.node));
  });

  it(`dependencies: at most ${MOST_DEPENDENCIES}`, () => {
    const names = Object.keys(manifest.dependencies);
    assert.ok(names.length <= MOST_DEPENDENCIES, names.join(", "));
  });

  it("nodes: each type has a dialog, whose icon, colour, category and ports are said plainly", () => {
    for (const type of Object.keys(manifest["node-red"].nodes)) {
      const { category, color, icon, inputs, outputs, defaults } = definitionOf(type);
      assert.ok(defaults, type);
      if (category === "config") continue;
      assert.deepEqual([typeof category, typeof color, typeof icon], ["string", "string", "string"], type);
      assert.deepEqual([typeof inputs, typeof outputs], ["number", "number"], type);
    }
  });

  it("nodes: each definition is a literal beside its name, since the scorecard reads the dialog without running it", () => {
    for (const [type, file] of Object.entries<string>(manifest["node-red"].nodes)) {
      const dialog = readFileSync(join(folder, file.replace(/\.js$/, ".html")), "utf8");
      assert.match(dialog, new RegExp(`\\.registerType\\("${type}", \\{\\n`), type);
    }
  });

  it("nodes: each one is used in an example", () => {
    const examples = readdirSync(join(folder, "examples"), { recursive: true }).map(String);
    const used = new Set(
      examples
        .filter((file) => file.endsWith(".json"))
        .flatMap((file) => JSON.parse(readFileSync(join(folder, "examples", file), "utf8")) as { type: string }[])
        .map(({ type }) => type),
    );
    for (const type of Object.keys(manifest["node-red"].nodes)) assert.ok(used.has(type), type);
  });

  it("every document to which texts lead is in the package", () => {
    const texts = packed.files.filter((file) => /\.md$|^llms\.txt$|\/locales\//.test(file));
    const leads = texts.flatMap((file) =>
      [...readFileSync(join(folder, file), "utf8").matchAll(/\]\((?!https?:)([^)#]+\.md)(?:#[^)]*)?\)/g)].map(
        ([, path]) => [file, posix.join(posix.dirname(file), path as string)] as const,
      ),
    );
    assert.ok(leads.length > 5);
    for (const [file, path] of leads) assert.ok(packed.files.includes(path), `${file} leads to ${path}`);
  });

  it("as a library: require and import give the engine; its parts inside are nobody's business", () => {
    const run = (...args: string[]): string =>
      execFileSync(process.execPath, args, { cwd: packed.userDir, encoding: "utf8", stdio: "pipe" }).trim();
    const make = "Forecaster.create({ inputs: ['u'], target: 'y', horizon: 1 }).inputs.join()";
    assert.equal(run("-e", `const { Forecaster } = require("${NAME}"); console.log(${make})`), "u");
    assert.equal(run("--input-type=module", "-e", `import { Forecaster } from "${NAME}"; console.log(${make})`), "u");
    assert.equal(run("-p", `require("${NAME}/package.json").name`), NAME);
    assert.throws(() => run("-e", `require("${NAME}/dist/src/index.js")`), /ERR_PACKAGE_PATH_NOT_EXPORTED/);
  });

  it("as a library: its types are complete, without those of parts that nobody can import", () => {
    const file = join(packed.userDir, "use.ts");
    writeFileSync(
      file,
      `import { Forecaster, Guard, Gate, kpiReport, Meter, rank, type Forecast } from "${NAME}";
       const forecast: Forecast = Forecaster.create({ inputs: ["u"], target: "y", horizon: 1 }).forecast();
       export const used: number = forecast.value;
       export { Guard, Gate, kpiReport, Meter, rank };`,
    );
    const tsc = join(dirname(require.resolve("typescript/package.json")), "bin", "tsc");
    const options = ["--noEmit", "--strict", "--module", "node20", "--lib", "ES2023", "--types", "", file];
    execFileSync(process.execPath, [tsc, ...options], { cwd: packed.userDir, encoding: "utf8" });
  });
});
