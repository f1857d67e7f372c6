import assert from "node:assert/strict";
import { Random } from "../../src/forecaster/random";
import { RunningRms } from "../../src/forecaster/running-rms";
import { RunningScale } from "../../src/forecaster/running-scale";

function feed(scale: RunningScale, count: number, mean: number, spread: number, seed = 1): void {
  const random = new Random(seed);
  for (let i = 0; i < count; i++) scale.update(mean + spread * random.normal());
}

describe("running scale", () => {
  it("is mean and deviation of what it saw", () => {
    const scale = new RunningScale();
    for (const x of [1, 2, 3]) scale.update(x);
    assert.ok(Math.abs(scale.z(3) - Math.sqrt(1.5)) < 1e-12);
    feed(scale, 20_000, 50, 4);
    assert.ok(Math.abs(scale.mean - 50) < 0.1);
    assert.ok(Math.abs(scale.deviation - 4) < 0.1);
  });

  it("is hardly moved by single outliers", () => {
    const scale = new RunningScale();
    feed(scale, 500, 50, 4);
    for (let i = 0; i < 5; i++) scale.update(1e6);
    assert.ok(Math.abs(scale.mean - 50) < 0.5, `${scale.mean}`);
    assert.ok(scale.deviation < 6, `${scale.deviation}`);
  });

  it("does not lock up after a constant start", () => {
    const scale = new RunningScale();
    for (let i = 0; i < 50; i++) scale.update(7);
    assert.equal(scale.z(7), 0);
    feed(scale, 300, 20, 3);
    assert.ok(Math.abs(scale.mean - 20) < 1.5, `${scale.mean}`);
    assert.ok(scale.deviation < 5, `${scale.deviation}`);
  });

  it("starts a new baseline when a sensor really changes, and finds the old one again", () => {
    const scale = new RunningScale();
    feed(scale, 1000, 20, 2);
    feed(scale, 300, 68, 3.6, 2);
    assert.ok(Math.abs(scale.mean - 68) < 1, `${scale.mean}`);
    feed(scale, 60, 20, 2, 3);
    assert.ok(Math.abs(scale.mean - 20) < 1, `${scale.mean}`);
    assert.ok(Math.abs(scale.deviation - 2) < 0.5, `${scale.deviation}`);
  });

  it("waits the longer the further away a departure is, and is soon back", () => {
    const scale = new RunningScale();
    feed(scale, 1000, 20, 2);
    for (let i = 0; i < 200; i++) scale.update(20_000 + i);
    assert.ok(Math.abs(scale.mean - 20) < 2, "200 readings at a thousand times the value are not believed yet");
    for (let i = 0; i < 60; i++) scale.update(20_000 + i);
    assert.ok(scale.mean > 19_000, "260 are");
    for (let i = 0; i < 3; i++) scale.update(20 + i);
    assert.ok(Math.abs(scale.mean - 20) < 2, "three at the old level are enough");
  });

  it("gives the same z-scores in any unit", () => {
    const a = new RunningScale();
    const b = new RunningScale();
    const random = new Random(4);
    for (let i = 0; i < 300; i++) {
      const x = random.normal();
      a.update(x);
      b.update(1024 * x);
      assert.equal(b.z(1024 * x), a.z(x));
    }
  });
});

describe("running RMS of changes", () => {
  it("is the root mean square, and follows a lasting change", () => {
    const rms = new RunningRms();
    const random = new Random(2);
    for (let i = 0; i < 5000; i++) rms.update(Float64Array.of(3 * random.normal()));
    assert.ok(Math.abs(rms.value - 3) < 0.1);
    for (let i = 0; i < 10; i++) rms.update(Float64Array.of(1e9));
    assert.ok(rms.value < 3.5);
    for (let i = 0; i < 60; i++) rms.update(Float64Array.of(100 + random.normal()));
    assert.ok(Math.abs(rms.value - 100) < 5);
  });
});
