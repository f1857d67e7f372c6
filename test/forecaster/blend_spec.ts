import assert from "node:assert/strict";
import { Blend } from "../../src/forecaster/blend";

describe("blend", () => {
  it("moves to whichever is better and back again", () => {
    const blend = new Blend(1, 200);
    assert.equal(blend.weight, 0.5);
    for (let i = 0; i < 100; i++) blend.update(Float64Array.of(1, 2));
    assert.equal(blend.weight, 1);
    for (let i = 0; i < 300; i++) blend.update(Float64Array.of(2, 1));
    assert.equal(blend.weight, 0);
  });

  it("turns after a change as fast after a day as after an hour", () => {
    const labelsToTurn = (before: number) => {
      const blend = new Blend(1, 200);
      for (let i = 0; i < before; i++) blend.update(Float64Array.of(1, 2));
      let labels = 0;
      for (; blend.weight > 0.5; labels++) blend.update(Float64Array.of(4, 2));
      return labels;
    };
    assert.equal(labelsToTurn(10_000), labelsToTurn(400));
    assert.ok(labelsToTurn(10_000) < 30);
  });

  it("notices at once that a reference which was far off is right again, where errors count by the better one", () => {
    const labelsToTurn = (byBetter: boolean) => {
      const blend = new Blend(1, 50, 0.1, byBetter);
      for (let i = 0; i < 500; i++) blend.update(Float64Array.of(1, 30));
      let labels = 0;
      for (; blend.weight > 0.5; labels++) blend.update(Float64Array.of(10, 1));
      return labels;
    };
    assert.ok(labelsToTurn(true) <= 3, `${labelsToTurn(true)}`);
    assert.ok(labelsToTurn(false) > 15, `${labelsToTurn(false)}`);
  });

  it("still tells them apart after an absurd label", () => {
    const blend = new Blend(1, 200);
    for (let i = 0; i < 10; i++) blend.update(Float64Array.of(1, 2));
    blend.update(Float64Array.of(1e9, 1e9));
    for (let i = 0; i < 300; i++) blend.update(Float64Array.of(1, 2));
    assert.equal(blend.weight, 1);
  });

  it("is not moved by a reference that is never wrong", () => {
    const blend = new Blend(1, 200);
    for (let i = 0; i < 50; i++) blend.update(Float64Array.of(0, 0));
    assert.equal(blend.weight, 0.5);
  });
});
