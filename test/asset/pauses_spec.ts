import assert from "node:assert/strict";
import { Pauses } from "../../src/asset/pauses";

describe("Pauses", () => {
  it("holds for one asset, or for all, those to come included", () => {
    const pauses = new Pauses();
    assert.equal(pauses.has("a"), false);
    pauses.set("a", true);
    assert.deepEqual([pauses.has("a"), pauses.has("b")], [true, false]);
    pauses.set(undefined, true);
    assert.deepEqual([pauses.has("a"), pauses.has("new")], [true, true]);
    pauses.set("b", false);
    assert.deepEqual([pauses.has("a"), pauses.has("b")], [true, false]);
    pauses.set(undefined, false);
    assert.deepEqual([pauses.has("a"), pauses.has("b")], [false, false]);
  });

  it("comes back as it was saved", () => {
    const pauses = new Pauses();
    pauses.set(undefined, true);
    pauses.set("__proto__", false);
    const back = Pauses.load(pauses.save());
    assert.deepEqual([back.has("a"), back.has("__proto__")], [true, false]);
  });
});
