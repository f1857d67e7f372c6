import assert from "node:assert/strict";
import { Once } from "../../src/asset/once";

describe("Once", () => {
  /** Lets a node see a message and take it in where no other has; tells whether it did. */
  function visit(once: Once, node: string, id: string): boolean {
    if (once.isTaken(node, id)) return false;
    once.take(node);
    return true;
  }

  it("recognises the copy that comes by the other wire", () => {
    const once = new Once();
    assert.equal(visit(once, "tuner", "m1"), true);
    assert.equal(visit(once, "predictor", "m1"), false);
    assert.equal(visit(once, "predictor", "m2"), true);
    assert.equal(visit(once, "tuner", "m2"), false);
  });

  it("takes many readings under one id, each once, in whatever turn the nodes get them", () => {
    const once = new Once();
    const turns = ["tuner", "tuner", "predictor", "tuner", "predictor", "predictor", "predictor", "tuner"];
    assert.deepEqual(
      turns.map((node) => visit(once, node, "csv")),
      [true, true, false, true, false, false, true, false],
    );
  });

  it("keeps its place when a reading was refused by both nodes", () => {
    const once = new Once();
    assert.equal(once.isTaken("tuner", "csv"), false); // refused: not taken
    assert.equal(once.isTaken("predictor", "csv"), false); // refused as well
    assert.equal(visit(once, "tuner", "csv"), true);
    assert.equal(visit(once, "predictor", "csv"), false);
  });

  it("never recognises messages without an id", () => {
    const once = new Once();
    assert.equal(visit(once, "tuner", undefined as unknown as string), true);
    assert.equal(visit(once, "predictor", undefined as unknown as string), true);
  });
});
