import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as breathe, setTimeout as delay } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Forecaster } from "../../src/forecaster/forecaster";
import { Guard, type GuardOptions } from "../../src/guard/guard";
import { AssetMemory } from "../../src/memory/asset-memory";
import { FileStore } from "../../src/memory/file-store";

const ASSETS = 100;
const READINGS = 2_000_000;
/** After these, windows and histories are full. */
const WARM_UP = 400_000;
const SAMPLES = 8;
const GUARD: GuardOptions = { inputs: ["load", "flow"], target: "y", horizon: 1, action: "rollback" };

describe(`a soak of ${READINGS} readings over ${ASSETS} assets`, () => {
  const folder = mkdtempSync(join(tmpdir(), "soak-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("leaves the memory flat after warm-up", async function () {
    this.timeout(900_000);
    const problems: unknown[] = [];
    const report = (problem: unknown): number => problems.push(problem);
    const store = new FileStore(folder);
    // Fewer places than assets for the models: letting go and bringing back is part of the soak.
    const models = new AssetMemory<Forecaster>({
      part: "model",
      store,
      limit: ASSETS - 5,
      everyChanges: 2000,
      create: (asset) =>
        Forecaster.create({ inputs: ["load", "flow"], target: "y", size: 8, seed: 1, labelDelay: 50, asset }),
      save: (forecaster) => forecaster.save(),
      load: (bytes) => Forecaster.load(bytes),
      report,
    });
    const guards = new AssetMemory<Guard>({
      part: "guard",
      store,
      everyChanges: 5000,
      create: () => new Guard(GUARD),
      save: (guard) => guard.save(),
      load: (bytes) => Guard.load(bytes, GUARD),
      report,
    });
    const values = { load: 0, flow: 0, y: 0 };
    let finite = true;
    const read = (number: number): void => {
      // Each asset is read in bursts of 500, so that some are idle while others work.
      const burst = Math.floor(number / 500);
      const asset = `line ${burst % ASSETS}`;
      const turn = Math.floor(burst / ASSETS) * 500 + (number % 500);
      values.load = Math.sin(turn / 20 + burst) + 0.1 * noise(number);
      values.flow = turn % 997 === 0 ? Number.NaN : values.load + 0.1 * noise(number + 1e6);
      values.y = turn % 1499 === 0 ? 1e6 : values.load ** 2 + 0.1 * noise(number + 2e6);
      const time = 1000 * (turn + 1);
      guards.use(asset, (guard) => {
        const verdict = guard.check(time, values);
        for (const name of verdict.held) values[name as keyof typeof values] = Number.NaN;
        models.use(asset, (model) => {
          const { scored, forecast } = model.step({ time, values, quality: verdict.learn }, { learn: true });
          finite &&= Number.isFinite(forecast.value);
          if (scored && verdict.state === "good" && Number.isFinite(scored.error))
            guard.score(scored.error, scored.naive - scored.actual, model);
        });
      });
      models.changed(asset);
      guards.changed(asset);
    };

    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const used: number[] = [];
    const began = Date.now();
    for (let number = 0; number < READINGS; number++) {
      read(number);
      if (number % 1000 === 999) await breathe();
      const measured = number - WARM_UP + 1;
      if (measured >= 0 && measured % ((READINGS - WARM_UP) / SAMPLES) === 0) {
        await delay(300); // until no save is on its way
        collect();
        const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
        used.push((heapUsed + arrayBuffers) / 2 ** 20);
        console.log(
          `      ${number + 1} readings: ${used.at(-1)?.toFixed(1)} MB used, rss ${(rss / 2 ** 20).toFixed(0)} MB`,
        );
      }
    }
    console.log(
      `      ${Math.round(READINGS / ((Date.now() - began) / 1000))} readings a second, guard and saves included`,
    );
    await models.close();
    await guards.close();
    assert.deepEqual(problems, []);
    assert.ok(finite, "a forecast was no number");
    const [start] = used;
    assert.ok(Math.max(...used.slice(1)) < 1.1 * start + 1, `memory grows: ${used.map((mb) => mb.toFixed(1))} MB`);
  });
});

/** The same at every run: the fractional part of a fast sine, −0.5 to 0.5. */
function noise(number: number): number {
  const x = 43_758.5453 * Math.sin(12.9898 * number);
  return x - Math.floor(x) - 0.5;
}
