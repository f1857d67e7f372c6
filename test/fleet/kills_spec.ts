/**
 * Of three instances one after the other loses its process while readings come, at last by a reading that kills whoever
 * takes it in.
 *
 * FLEET_KILLS: more than there is time for in every run.
 */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { reading } from "./fleet";
import { ASSETS, KIND, ThreeInstances, tell } from "./three-instances";

const KILLS = Number(process.env.FLEET_KILLS ?? 4);

describe(`kills among three instances with ${ASSETS} assets and records in ${KIND}`, function () {
  this.timeout(300_000 + 60_000 * KILLS);
  const three = new ThreeInstances();

  it(`${KILLS} of them are killed, one after the other and any of the three`, async () => {
    const times: number[] = [];
    const killed: string[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const victim = three.instances[Math.floor(3 * Math.random())];
      killed.push(victim.name);
      const at = Date.now();
      await victim.stop("SIGKILL");
      times.push(...(await three.allTakenOver(victim, at)));
      await victim.start();
      await three.check();
      // It gets its partitions back; or is killed before it has.
      if (kill % 2 === 0) await three.hasItsShare(victim);
    }
    assert.ok(times.length > KILLS, `${times.length} partitions were taken over`);
    console.log(`      killed: ${killed.join(", ")}`);
    tell("takeover after a kill", times);
  });

  it("a reading kills every process that takes it in: it is set aside, and people are told", async () => {
    const { topic, timestamp } = reading(0, 1_000_000);
    await three.stream.send(topic, { timestamp, payload: { poison: true } });
    let kills = 0;
    for (const limit = Date.now() + 240_000; ; await sleep(200)) {
      const dead = three.instances.filter((one) => !one.isRunning);
      kills += dead.length;
      await Promise.all(dead.map(async (one) => one.stop().then(() => one.start())));
      const told = three.instances.filter((one) =>
        /1 readings set aside/.test(one.process.statuses.get("in")?.text ?? ""),
      );
      if (told.length === 3) break;
      assert.ok(Date.now() < limit, `killed ${kills} times; told at ${told.length}`);
    }
    assert.ok(kills > 0 && kills <= 20, `${kills} kills`);
    console.log(`      killed ${kills} times, then set aside`);
    await three.check();
  });
});
