/** What a user gets from npm who wants a fleet: both packages, installed into an empty user directory, and their nodes. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type NodeRed, projectRoot, start } from "../node-red-process";
import { packedInUserDirectory } from "../package/packed";
import { FLEET_IN, MODEL } from "./fleet";

const manifest = JSON.parse(readFileSync(join(projectRoot(), "fleet", "package.json"), "utf8"));

describe("the package for fleets that npm publishes", function () {
  this.timeout(240_000);
  let nodeRed: NodeRed;
  after(() => nodeRed?.stop());

  it("is installed beside the pack, and brings its nodes and its example to Node-RED", async () => {
    const { userDir, fleet } = packedInUserDirectory("with fleet");
    assert.ok(fleet);
    assert.ok(fleet.size < 80_000, `${fleet.size} bytes`);
    const foreign = fleet.files.filter(
      (file) => !/^(dist|examples)\/|^(package\.json|README(\.ja)?\.md|LICENSE)$/.test(file),
    );
    assert.deepEqual(foreign, []);
    for (const file of ["README.md", "README.ja.md", "LICENSE", "dist/src/folder-process.js"])
      assert.ok(fleet.files.includes(file), file);
    nodeRed = await start([], { userDir });
    const response = await fetch(`${nodeRed.url}/nodes`, { headers: { Accept: "application/json" } });
    const sets = (
      (await response.json()) as { module: string; types: string[]; enabled: boolean; err?: string }[]
    ).filter(({ module }) => module === manifest.name);
    assert.deepEqual(sets.flatMap(({ types }) => types).sort(), Object.keys(manifest["node-red"].nodes).sort());
    for (const set of sets) assert.ok(set.enabled && !set.err, set.err);
    assert.ok(fleet.files.includes("examples/01 a fleet of Node-RED.json"));
    await nodeRed.deploy([
      { id: "tab", type: "tab", label: "fleet" },
      MODEL,
      {
        id: "broker",
        type: "fleet-broker",
        fleet: "fleet",
        address: "amqp://127.0.0.1:9",
        partitions: 4,
        folder: userDir,
      },
      FLEET_IN,
    ]);
    await nodeRed.until("it says that no broker answers", () =>
      /noBroker/.test(nodeRed.statuses.get("in")?.text ?? ""),
    );
  });
});
