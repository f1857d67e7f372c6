import assert from "node:assert/strict";
import { Random } from "../../src/forecaster/random";
import { RunningRms } from "../../src/stream/running-rms";

describe("RunningRms", () => {
  for (const [name, first] of [
    ["a fault, and the way back", [0.1, 1e6, -1e6]],
    ["the way from the 0 of a standstill", [0, 0, 300]],
  ] as const)
    it(`is that of what follows the first changes where these were far larger: ${name}`, () => {
      const rms = new RunningRms();
      const random = new Random(1);
      for (const change of first) rms.update(change);
      for (let i = 0; i < 60; i++) rms.update(0.1 * random.normal());
      assert.ok(rms.value > 0.07 && rms.value < 0.15, `${rms.value}`);
    });

  it("keeps what the first changes have shown where nothing has changed since", () => {
    const rms = new RunningRms();
    rms.update(1);
    for (let i = 0; i < 100; i++) rms.update(0);
    assert.ok(rms.value > 0.09, `${rms.value}`);
  });
});
