/** A tuner and a predictor on one wire that name two models: noticed from what a message has passed, and said once. */
import assert from "node:assert/strict";
import { CrossedModels } from "../../src/health/crossed-models";
import type { Health } from "../../src/health/health";

const health = (id: string, isLearnt: boolean, isForecast: boolean): Health =>
  ({ model: { id }, isLearnt, isForecast }) as Health;

describe("crossed models", () => {
  const own = health("own", false, true);
  const learnt = health("learnt", true, false);
  const used = health("used", true, true);
  const all = [own, learnt, used];
  const on = (one: Health | undefined) => new CrossedModels(one, (id) => all.find(({ model }) => model.id === id));

  it("are said once, and again where it was not so in between", () => {
    const crossed = on(own);
    const marks = { own: 1, learnt: 1 };
    assert.deepEqual([crossed.look(marks), crossed.isSo], [learnt, true]);
    assert.deepEqual([crossed.look(marks), crossed.isSo], [undefined, true]);
    assert.deepEqual([crossed.look({ own: 1 }), crossed.isSo], [undefined, false]);
    assert.equal(crossed.look(marks), learnt);
  });

  for (const [what, one, marks] of [
    ["the predictor's model is learnt itself", health("own", true, true), { learnt: 1 }],
    ["somebody forecasts with the other one", own, { used: 1 }],
    ["what has taken the message in is no model", own, { gate: 1 }],
    ["nothing has taken it in", own, undefined],
    ["nobody knows how the own model stands", undefined, { learnt: 1 }],
  ] as const)
    it(`are none where ${what}`, () => {
      const crossed = on(one);
      assert.deepEqual([crossed.look(marks), crossed.isSo], [undefined, false]);
    });
});
