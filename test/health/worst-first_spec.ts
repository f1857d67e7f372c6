import assert from "node:assert/strict";
import { levelOf, type Standing, worstFirst } from "../../src/health/worst-first";

const standing = (asset: string, more: Partial<Standing> = {}): Standing => {
  const stands = { guard: "ok", stage: "live", paused: false, ratio: 0.5, time: 1, ...more };
  return { asset, ...stands, level: levelOf(stands) };
};

describe("worst first", () => {
  it("somebody must act before somebody should look, and of the same urgency the larger error comes first", () => {
    const all = [
      standing("fine"),
      standing("unknown", { guard: undefined, stage: undefined, ratio: Number.NaN, time: Number.NaN }),
      standing("worse than the last value", { ratio: 1.2 }),
      standing("drifting", { guard: "drift" }),
      standing("silent", { guard: "silent", ratio: 0.9 }),
      standing("on hold", { stage: "hold", ratio: 0.1 }),
      standing("awaits approval", { stage: "ready", ratio: 0.4 }),
      standing("paused", { paused: true, ratio: 0.3 }),
      standing("fair", { ratio: 0.7 }),
    ];
    const order = [...all].sort(worstFirst).map(({ asset }) => asset);
    assert.deepEqual(order, [
      "silent",
      "drifting",
      "on hold",
      "worse than the last value",
      "awaits approval",
      "paused",
      "fair",
      "fine",
      "unknown",
    ]);
    assert.deepEqual([...all].reverse().sort(worstFirst).map(({ asset }) => asset), order); // biome-ignore format: one line
  });
});
