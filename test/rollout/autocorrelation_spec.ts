import assert from "node:assert/strict";
import { Random } from "../../src/forecaster/random";
import { Autocorrelation } from "../../src/rollout/autocorrelation";

function ofProcess(phi: number, n: number, mean = 0): Autocorrelation {
  const random = new Random(3);
  const r = new Autocorrelation();
  let x = 0;
  for (let i = 0; i < n; i++) {
    x = phi * x + Math.sqrt(1 - phi * phi) * random.normal();
    r.add(Math.max(-1, Math.min(1, mean + x / 5)));
  }
  return r;
}

describe("autocorrelation", () => {
  for (const phi of [-0.5, 0, 0.5, 0.9, 0.97]) {
    it(`finds φ = ${phi} of an AR(1) process`, () => {
      assert.ok(Math.abs(ofProcess(phi, 20_000).value - phi) < 0.03);
    });
  }

  it("a mean that is not zero is no correlation", () => {
    assert.ok(Math.abs(ofProcess(0, 20_000, 0.5).value) < 0.03);
  });

  it("knows nothing from two values or from a constant", () => {
    const r = new Autocorrelation();
    r.add(0.1);
    r.add(0.9);
    assert.equal(r.value, 0);
    const constant = new Autocorrelation();
    for (let i = 0; i < 100; i++) constant.add(0.3);
    assert.equal(constant.value, 0);
  });

  it("forgets: a process that turns slow is noticed", () => {
    const random = new Random(4);
    const r = new Autocorrelation();
    for (let i = 0; i < 50_000; i++) r.add(random.uniform() - 0.5);
    let x = 0;
    for (let i = 0; i < 20_000; i++) {
      x = 0.95 * x + 0.1 * random.normal();
      r.add(Math.max(-1, Math.min(1, x)));
    }
    assert.ok(r.value > 0.8);
  });

  it("goes on exactly after saving; foreign numbers start empty", () => {
    const r = ofProcess(0.5, 1000);
    const copy = new Autocorrelation(JSON.parse(JSON.stringify(r.save())));
    r.add(0.2);
    copy.add(0.2);
    assert.equal(copy.value, r.value);
    assert.equal(new Autocorrelation([1, 2]).count, 0);
    assert.equal(new Autocorrelation([1, Number.NaN, 1, 1, 1]).count, 0);
  });
});
