import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { start } from "../node-red-process";
import type { SoakFigures } from "./soak-node";
import { prepareStream, prepareTestNode } from "./stream";

const ASSETS = 100;
const READINGS = 600_000;
/** After these, windows and histories are full. */
const WARM_UP = 400_000;
const EVERY = 100_000;

describe(`a soak of ${READINGS} readings over ${ASSETS} assets, through all nodes of a Node-RED`, () => {
  // Fewer places than assets: letting go and bringing back is part of the soak.
  const stream = prepareStream(ASSETS, 1e9, { assetLimit: ASSETS - 5, saveUpdates: 2000 });
  after(() => rmSync(stream.userDir, { recursive: true, force: true }));

  it("leaves the memory flat after warm-up", async function () {
    this.timeout(1_500_000);
    prepareTestNode(stream, "soak");
    const file = join(stream.userDir, "figures");
    const flow = stream.flow.map((node) =>
      node.type === "test-stream"
        ? { ...node, type: "test-soak", assets: ASSETS, readings: READINGS, every: EVERY, figures: file }
        : node,
    );
    const nodeRed = await start([], {
      userDir: stream.userDir,
      settings: stream.settings,
      env: { NODE_OPTIONS: "--expose-gc" },
    });
    try {
      const began = Date.now();
      await nodeRed.deploy(flow);
      const figures = (): SoakFigures[] =>
        existsSync(file)
          ? readFileSync(file, "utf8")
              .split("\n")
              .filter(Boolean)
              .map((line) => JSON.parse(line))
          : [];
      let told = 0;
      await nodeRed.until(
        "the end",
        () => {
          for (const { readings, used, rss } of figures().slice(told)) {
            told++;
            console.log(`      ${readings} readings: ${used.toFixed(1)} MB used, rss ${rss.toFixed(0)} MB`);
          }
          return told === READINGS / EVERY;
        },
        1_200_000,
      );
      const rate = Math.round(READINGS / ((Date.now() - began) / 1000));
      console.log(`      ${rate} readings a second through six nodes, saves included`);
      assert.equal(figures().at(-1)?.notFinite, 0);
      assert.doesNotMatch(nodeRed.log(), /\[(warn|error)\] \[forecast-model/);
      const used = figures()
        .filter(({ readings }) => readings >= WARM_UP)
        .map((one) => one.used);
      // In the middle of three, since a save may be on its way when the memory is measured.
      const [first, last] = [used.slice(0, 3), used.slice(-3)].map((three) => three.sort((a, b) => a - b)[1]);
      console.log(`      in use after warm-up ${first.toFixed(1)} MB, at the end ${last.toFixed(1)} MB`);
      assert.ok(last < 1.05 * first + 2, `memory grows: ${used.map((mb) => mb.toFixed(1))} MB`);
    } finally {
      await nodeRed.stop();
    }
  });
});
