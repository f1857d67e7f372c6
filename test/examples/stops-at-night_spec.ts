import assert from "node:assert/strict";
import type { AlarmTransition } from "../../src/alarm/alarm";
import type { PlainScored } from "../../src/asset/plain";
import type { KpiFigures } from "../../src/kpi/figures";
import { example, type FlowNode, type NodeRed, start } from "../node-red-process";
import { probe, the } from "./adapt";

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 5);

describe("example 13 watch a machine that stops at night", function () {
  this.timeout(120_000);
  let red: NodeRed;
  let flow: FlowNode[];

  before(async () => {
    flow = example("13 watch a machine that stops at night");
    // The same pump in a hurry.
    the(flow, "inject").repeat = "0.02";
    probe(flow, "probe-scored", the(flow, "lru-predictor"), "scored");
    probe(flow, "probe-actual", the(flow, "lru-predictor"), "reading");
    probe(flow, "probe-alarm", the(flow, "alarm-rule"), "alarm");
    probe(flow, "probe-quality", the(flow, "drift-guard"), "quality");
    probe(flow, "probe-kpi", the(flow, "kpi-meter"), "payload", 1);
    red = await start(flow);
  });
  after(() => red?.stop());

  // biome-ignore lint/suspicious/noExplicitAny: messages of every kind
  const shown = (probed: string): any[] => red.debugged.filter(({ id }) => id === probed).map(({ msg }) => msg);
  const raised = (): AlarmTransition[] => shown("probe-alarm").filter(({ event }) => event === "activate");

  it("raises no alarm in four days of starts and stops, then one before the limit is reached", async () => {
    await red.until("an alarm", () => raised().length > 0, 90_000);
    const [first] = raised() as [AlarmTransition];
    const hours = (first.time - START) / 3_600_000;
    assert.ok(hours > 4 * 24 + 7 && hours < 4 * 24 + 10, `alarm after ${hours} hours`);
    const reached = await red.until("the limit", () => {
      const at = shown("probe-actual").findIndex(({ vibration_mm_s }) => vibration_mm_s > 4.5);
      return at < 0 ? undefined : START + at * 60_000;
    });
    const lead = (reached - first.time) / 60_000;
    assert.ok(lead > 5, `alarm ${lead} min before the limit`);
  });

  it("scores the hours of operation alone, and is better than the last value there", () => {
    const scored: PlainScored[] = shown("probe-scored").filter((one) => one && one.time < START + 4 * DAY);
    const counted = scored.filter(({ running }) => running);
    assert.ok(counted.length > 1200 && counted.length < scored.length / 2, `${counted.length} of ${scored.length}`);
    const kpi = shown("probe-kpi").at(-1) as KpiFigures;
    const { learner, naive } = kpi.accuracy.lifetime;
    assert.ok((learner.mae as number) < 0.9 * (naive.mae as number), `${learner.mae} ${naive.mae}`);
  });

  it("the guard knows starts and nights from the third day on, and sees on the fifth what the bearing does", () => {
    const doubted = (from: number, to: number): string[] =>
      red.debugged
        .filter(({ id }) => id === "probe-quality")
        .slice(1440 * from, 1440 * to)
        .flatMap(({ msg }) =>
          (msg as { reasons: { sensor: string; rule: string }[] }).reasons.map(
            ({ sensor, rule }) => `${sensor} ${rule}`,
          ),
        );
    assert.ok(doubted(0, 2).length > 0);
    assert.deepEqual(doubted(2, 4), []);
    assert.ok(doubted(4, 5).includes("vibration_mm_s agreement"));
    assert.deepEqual(red.problems, []);
  });
});
