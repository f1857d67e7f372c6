import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { type FlowNode, type NodeRed, start } from "../node-red-process";
import { prepareStream } from "./stream";
import { readTally, type Tally } from "./tally";

const ASSETS = 50;
const ROUNDS = 5;

/** Each touches the flow as an integrator would, so that the deploy has something to restart. */
const CHANGES: [type: "full" | "flows" | "nodes", what: string, id: string, change: (round: number) => object][] = [
  ["full", "everything", "tab", (round) => ({ info: `round ${round}` })],
  ["flows", "the flow", "tuner", (round) => ({ speed: round % 2 ? "careful" : "normal" })],
  ["nodes", "the tuner", "tuner", (round) => ({ speed: round % 2 ? "fast" : "careful" })],
  ["nodes", "the predictor", "predictor", (round) => ({ name: `round ${round}` })],
  ["nodes", "the forecast model", "model", (round) => ({ saveUpdates: 500 + round })],
];

describe(`redeploys in the middle of a stream of ${ASSETS} assets`, () => {
  const stream = prepareStream(ASSETS, 50);
  let nodeRed: NodeRed;
  before(async function () {
    this.timeout(60_000);
    nodeRed = await start([], { userDir: stream.userDir, settings: stream.settings });
  });
  after(async () => {
    await nodeRed.stop();
    rmSync(stream.userDir, { recursive: true, force: true });
  });

  const goOn = (from: Tally[]): Promise<true> =>
    nodeRed.until("every asset goes on", () =>
      readTally(stream.tally).every(({ last }, asset) => last > from[asset].last + 5),
    );

  let flow: FlowNode[] = stream.flow;
  for (const [type, what, id, change] of CHANGES) {
    it(`loses not one update when ${what} is deployed again (${type}, ${ROUNDS} times)`, async function () {
      this.timeout(120_000);
      for (let round = 1; round <= ROUNDS; round++) {
        const before = readTally(stream.tally);
        await goOn(before);
        flow = flow.map((node) => (node.id === id ? { ...node, ...change(round) } : node));
        await nodeRed.deploy(flow, type);
        await goOn(readTally(stream.tally));
        // An index that came twice belongs to a reading that was taken in and forgotten.
        for (const [asset, { back, count, countBack }] of readTally(stream.tally).entries()) {
          assert.equal(back, 0, `line ${asset} went back by ${back} readings in round ${round}`);
          assert.ok(count > 0);
          assert.equal(countBack, 0, `the meter of line ${asset} forgot ${countBack} forecasts in round ${round}`);
        }
        assert.deepEqual(
          nodeRed.problems.map(({ msg }) => msg),
          [],
        );
      }
      const [{ sent, last }] = readTally(stream.tally);
      console.log(`      ${last + 1} readings of an asset taken in of ${sent} sent`);
    });
  }
});
