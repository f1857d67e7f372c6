import assert from "node:assert/strict";
import fc from "fast-check";
import { actsOnLearner, STAGES, type Stage, type Step, stageAfter } from "../../src/rollout/stage";

const STEPS: Step[] = ["promote", "rollback", "rollback again", "hold", "resume", "reset"];

/** Every stage and every step, one line each; `-` = not possible. */
const TABLE = `
shadow       promote         pilot
shadow       rollback        -
shadow       rollback again  -
shadow       hold            hold
shadow       resume          -
shadow       reset           shadow
pilot        promote         live
pilot        rollback        rolled-back
pilot        rollback again  hold
pilot        hold            hold
pilot        resume          -
pilot        reset           shadow
live         promote         -
live         rollback        rolled-back
live         rollback again  hold
live         hold            hold
live         resume          -
live         reset           shadow
rolled-back  promote         pilot
rolled-back  rollback        -
rolled-back  rollback again  -
rolled-back  hold            hold
rolled-back  resume          shadow
rolled-back  reset           shadow
hold         promote         -
hold         rollback        -
hold         rollback again  -
hold         hold            -
hold         resume          shadow
hold         reset           shadow
`;

describe("stages", () => {
  const lines = TABLE.trim().split("\n");

  it("are covered line by line", () => {
    assert.equal(lines.length, STAGES.length * STEPS.length);
  });

  for (const line of lines) {
    const [from, step, to] = line.split(/ {2,}/) as [Stage, Step, Stage | "-"];
    it(`${from}, ${step}: ${to === "-" ? "not possible" : to}`, () => {
      assert.equal(stageAfter(from, step), to === "-" ? undefined : to);
    });
  }

  it("the plant acts on the learner in live, and in the pilot's scope, nowhere else", () => {
    for (const stage of STAGES) {
      assert.equal(actsOnLearner(stage, false), stage === "live");
      assert.equal(actsOnLearner(stage, true), stage === "live" || stage === "pilot");
    }
  });

  it("on any walk, live is reached only from the pilot, and the pilot only by a promotion", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...STEPS)), (walk) => {
        let stage: Stage = "shadow";
        for (const step of walk) {
          const next: Stage = stageAfter(stage, step) ?? stage;
          if (next === "live" && stage !== "live") assert.deepEqual([stage, step], ["pilot", "promote"]);
          if (next === "pilot" && stage !== "pilot") assert.equal(step, "promote");
          stage = next;
        }
      }),
    );
  });
});
