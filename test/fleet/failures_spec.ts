/**
 * Three instances stand still, lose the network, the broker and the records' place, and are restarted, while readings come.
 *
 * FLEET_STOPPED, FLEET_AWAY: more than there is time for in every run.
 */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { ASSETS, KIND, ThreeInstances, tell } from "./three-instances";

/** s: longer than a broker waits for a sign of life, … */
const CUT = 25;
const STOPPED = Number(process.env.FLEET_STOPPED ?? CUT);
/** … and without records. */
const AWAY = Number(process.env.FLEET_AWAY ?? 10);

describe(`three instances with ${ASSETS} assets and records in ${KIND}`, function () {
  this.timeout(600_000);
  const three = new ThreeInstances();

  it(`one stands still for ${STOPPED} s and comes back`, async () => {
    const [victim] = three.instances;
    await three.hasItsShare(victim);
    const at = Date.now();
    victim.process.process.kill("SIGSTOP");
    await sleep(1000 * STOPPED);
    const times = await three.allTakenOver(victim, at);
    victim.process.process.kill("SIGCONT");
    await sleep(5_000);
    assert.ok(times.length > 0, "nothing was taken over");
    tell("takeover after a standstill", times);
    await three.check();
  });

  it("one is cut off from the broker for a while", async () => {
    const at = Date.now();
    three.line.cut();
    await sleep(1000 * CUT);
    tell("takeover after a cut", await three.allTakenOver(three.instances[2], at));
    three.line.mend();
    await sleep(5_000);
    await three.check();
  });

  it("the broker is killed and started again", async () => {
    await three.broker.kill();
    await three.startBroker();
    await sleep(5_000);
    await three.check();
  });

  it("the records are out of reach for a while", async () => {
    await three.records.away();
    await sleep(1000 * AWAY);
    // One that was just started may have no share yet.
    const said = three.instances.map((one) => one.process.statuses.get("in")?.text ?? "");
    assert.ok(
      said.some((text) => text === "fleet-in.status.away"),
      said.join(", "),
    );
    await three.records.back();
    await sleep(5_000);
    await three.check();
  });

  it("all are restarted one after the other, and the records have learnt every reading once", async () => {
    for (const one of three.instances) {
      await one.stop();
      await one.start();
      await sleep(3_000);
    }
    await three.compare();
    await Promise.all(three.instances.map((one) => one.stop()));
    await three.compareStopped();
  });
});
