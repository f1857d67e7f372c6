/** What stands under a gate that many assets pass: the stage that matters first, with its reason where it is one asset's. */
import assert from "node:assert/strict";
import { StagesSeen } from "../../src/rollout/stages-seen";

describe("the stages in which assets were seen", () => {
  it("the most urgent comes first, with its reason where only one asset is there", () => {
    const stages = new StagesSeen(10);
    assert.equal(stages.mostUrgent(), undefined);
    stages.note("a", "live", "");
    stages.note("b", "rolled-back", "worse");
    assert.deepEqual(stages.mostUrgent(), { stage: "rolled-back", why: "worse" });
    stages.note("a", "rolled-back", "frozen");
    assert.deepEqual(stages.mostUrgent(), { stage: "rolled-back", why: "" });
    stages.forget("b");
    assert.deepEqual(stages.mostUrgent(), { stage: "rolled-back", why: "frozen" });
    stages.note("a", "shadow", "");
    assert.deepEqual([stages.mostUrgent(), stages.of("a")], [{ stage: "shadow", why: "" }, "shadow"]);
  });

  it("holds no more than it has room for: the longest silent give way", () => {
    const stages = new StagesSeen(2);
    stages.note("a", "hold", "inspection");
    for (const asset of ["b", "c"]) stages.note(asset, "live", "");
    assert.deepEqual([stages.of("a"), stages.mostUrgent()?.stage], [undefined, "live"]);
  });
});
