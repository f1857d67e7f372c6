/** What a user gets from npm: small, nothing of the workshop in it, and every node there after the install. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { type NodeRed, projectRoot, start } from "../node-red-process";
import { type Packed, packedInUserDirectory } from "./packed";

const manifest = JSON.parse(readFileSync(join(projectRoot(), "package.json"), "utf8"));

describe("the package that npm publishes", function () {
  this.timeout(120_000);
  let packed: Packed;
  let nodeRed: NodeRed;

  before(async () => {
    packed = packedInUserDirectory();
    nodeRed = await start([], { userDir: packed.userDir });
  });
  after(() => nodeRed?.stop());

  it("is smaller than 700 kB", () => {
    assert.ok(packed.size < 700_000, `${packed.size} bytes`);
  });

  it("holds the engine, the nodes, the examples and the papers, and nothing of the workshop", () => {
    const workshop = packed.files.filter((file) =>
      /(^|\/)(test|bench|scripts|screenshots)\/|\.map$|\.tsx?$(?<!\.d\.ts)|\.png$|^\./.test(file),
    );
    assert.deepEqual(workshop, []);
    for (const file of ["package.json", "README.md", "README.ja.md", "LICENSE", manifest.main, manifest.types]) {
      assert.ok(packed.files.includes(file), file);
    }
    const flows = (files: string[]) => files.filter((file) => /^examples\/.*\.json$/.test(file)).sort();
    const examples = readdirSync(join(projectRoot(), "examples"), { recursive: true }).map((file) =>
      `examples/${file}`.replaceAll("\\", "/"),
    );
    assert.ok(flows(examples).length > 0);
    assert.deepEqual(flows(packed.files), flows(examples));
  });

  it("holds the papers to which its own ones lead by a bare path", () => {
    for (const file of ["README.md", "README.ja.md", "llms.txt"]) {
      const text = readFileSync(join(projectRoot(), file), "utf8");
      for (const [, path] of text.matchAll(/\]\((docs\/[^)]+)\)/g))
        assert.ok(packed.files.includes(path as string), `${file}: ${path}`);
    }
  });

  it("holds every type that its own types speak of, and its entry leads to", () => {
    const seen = new Set<string>();
    const lookAt = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      assert.ok(packed.files.includes(file), file);
      const text = readFileSync(join(projectRoot(), file), "utf8");
      for (const [, path] of text.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g))
        lookAt(posix.join(dirname(file), `${path}.d.ts`));
    };
    lookAt(manifest.types);
    assert.ok(seen.size > 30);
  });

  it("adds itself and its few libraries to a user directory, and nothing that they bring along", () => {
    assert.ok(packed.added.includes(manifest.name));
    const libraries = Object.keys(manifest.dependencies);
    assert.ok(libraries.length <= 8, libraries.join(", "));
    assert.deepEqual(packed.added.sort(), [manifest.name, ...libraries].sort());
  });

  it("brings every node to Node-RED, without an error", async () => {
    const response = await fetch(`${nodeRed.url}/nodes`, { headers: { Accept: "application/json" } });
    const sets = ((await response.json()) as NodeSet[]).filter((set) => set.module === manifest.name);
    const wanted = Object.keys(manifest["node-red"].nodes);
    assert.deepEqual(sets.flatMap((set) => set.types).sort(), wanted.sort());
    for (const set of sets) {
      assert.ok(set.enabled && !set.err, `${set.id}: ${set.err ?? "disabled"}`);
    }
    assert.ok(wanted.length > 0);
  });

  it("serves every icon", async () => {
    const icons = readdirSync(join(projectRoot(), "icons"));
    const lists = (await (await fetch(`${nodeRed.url}/icons`)).json()) as Record<string, string[]>;
    assert.deepEqual(lists[manifest.name]?.sort(), icons.sort());
    for (const icon of icons) {
      const response = await fetch(`${nodeRed.url}/icons/${manifest.name}/${icon}`);
      assert.equal(await response.text(), readFileSync(join(projectRoot(), "icons", icon), "utf8"));
      assert.match(response.headers.get("content-type") ?? "", /svg/);
    }
  });
});

interface NodeSet {
  id: string;
  module: string;
  types: string[];
  enabled: boolean;
  err?: string;
}
