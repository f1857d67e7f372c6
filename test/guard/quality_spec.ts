import assert from "node:assert/strict";
import { NE107, worse } from "../../src/guard/ne107";
import { worst } from "../../src/guard/quality";
import { ne107Of } from "../../src/guard/reason";

describe("States and NE 107", () => {
  it("keep the worst", () => {
    assert.equal(worst("good", "uncertain"), "uncertain");
    assert.equal(worst("bad", "uncertain"), "bad");
    assert.equal(worse("good", "maintenance required"), "maintenance required");
    assert.equal(NE107.reduce(worse), "failure");
  });

  it("call nothing a failure that is only uncertain", () => {
    assert.equal(ne107Of("flatline", "bad"), "failure");
    assert.equal(ne107Of("flatline", "uncertain"), "maintenance required");
    assert.equal(ne107Of("spike", "bad"), "out of specification");
    assert.equal(ne107Of("maintenance", "bad"), "function check");
  });
});
