import assert from "node:assert/strict";
import { NE107, worse } from "../../src/guard/ne107";
import { LearnWeight, worst } from "../../src/guard/quality";
import { ne107Of } from "../../src/guard/reason";

describe("LearnWeight", () => {
  it("is 1, a tenth and 0, and comes back after 20 good readings over 100", () => {
    const weight = new LearnWeight();
    assert.equal(weight.next("good"), 1);
    assert.equal(weight.next("uncertain"), 0.1);
    assert.equal(weight.next("good"), 1);
    assert.equal(weight.next("bad"), 0);
    const back = Array.from({ length: 130 }, () => weight.next("good"));
    assert.ok(back.slice(0, 20).every((w) => w === 0));
    assert.equal(back[20], 0.01);
    assert.equal(back[69], 0.5);
    assert.equal(back[118], 0.99);
    assert.equal(back[119], 1);
  });

  it("takes uncertain readings neither for proof nor for a setback", () => {
    const weight = new LearnWeight();
    weight.next("bad");
    for (let i = 0; i < 20; i++) weight.next("good");
    for (let i = 0; i < 50; i++) assert.equal(weight.next("uncertain"), 0);
    assert.equal(weight.next("good"), 0.01);
  });
});

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
