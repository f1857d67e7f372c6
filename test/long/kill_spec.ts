import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { decodeRecord } from "../../src/memory/record";
import { start } from "../node-red-process";
import { prepareStream } from "./stream";
import { readTally } from "./tally";

const ASSETS = 50;
const KILLS = 50;
const EVERY_MS = 100;
const SAVE_UPDATES = 20;
/** Readings of an asset in one run, at most. */
const LONGEST_RUN = 40;
/** A save is due after so many updates, and until it has landed this many more arrive, at most. */
const DURING_A_SAVE = 20;

describe(`a Node-RED with ${ASSETS} assets under load, killed ${KILLS} times`, () => {
  const stream = prepareStream(ASSETS, EVERY_MS, { saveUpdates: SAVE_UPDATES });
  after(() => rmSync(stream.userDir, { recursive: true, force: true }));

  it("leaves no unreadable record, loses no more than the save interval, and every asset goes on", async function () {
    this.timeout(1_200_000);
    const began = Date.now();
    let records = 0;
    let mostLost = 0;
    let before = readTally(stream.tally);
    for (let run = 0; run <= KILLS; run++) {
      const nodeRed = await start([], { userDir: stream.userDir, settings: stream.settings });
      try {
        // After a random number of readings rather than of seconds: a busy computer must not make the test an easy one.
        const readings = LONGEST_RUN * Math.random();
        const taken = (): number =>
          Math.max(...readTally(stream.tally).map(({ first, last }) => (first < 0 ? 0 : last - first)));
        if (run < KILLS) await nodeRed.until("the moment of the kill", () => taken() >= readings, 60_000);
        else await nodeRed.until("all go on", () => readTally(stream.tally).every(({ first }) => first >= 0), 60_000);
        assert.doesNotMatch(nodeRed.log(), /\[(warn|error)\] \[/);
      } finally {
        await nodeRed.stop("SIGKILL");
      }
      const now = readTally(stream.tally);
      for (const [asset, { first, firstCount }] of now.entries()) {
        if (first < 0 || firstCount < 0) continue; // killed before its first reading
        const { last, count } = before[asset];
        const lost = Math.max(last - first, count - firstCount) + 1;
        mostLost = Math.max(mostLost, lost);
        assert.ok(lost <= SAVE_UPDATES + DURING_A_SAVE, `line ${asset}: ${lost} readings lost by kill ${run}`);
      }
      before = now;
      for (const bytes of recordsIn(stream.records)) {
        decodeRecord(bytes);
        records++;
      }
    }
    assert.ok(records >= KILLS * ASSETS, `${records} records read`);
    const least = Math.min(...before.map(({ last }) => last));
    assert.ok(least > KILLS, `line with the fewest readings: ${least}`);
    console.log(
      `      ${records} records read, at most ${mostLost} readings of an asset lost at a kill (save every ${SAVE_UPDATES}),`,
    );
    console.log(
      `      ${least} or more readings of each asset kept over all kills, ${Math.round((Date.now() - began) / 1000)} s`,
    );
  });
});

function recordsIn(folder: string): Buffer[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((path) => /\.record(\.new|\.prev)?$/.test(path))
    .map((path) => readFileSync(join(folder, path)));
}
