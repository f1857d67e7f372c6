import assert from "node:assert/strict";
import { meterStatus } from "../../src/kpi/meter-status";
import { wholePercent } from "../../src/text/percent";
import { trainingResult } from "../../src/training/trainer-words";

describe("how much smaller or larger", () => {
  it("is never all of it, where something is left", () => {
    assert.deepEqual([-99.6, -100, 99.6, 100, 0.4, -0.4, 5000].map(wholePercent), [99, 100, 100, 100, 0, 0, 999]);
  });

  it("is told so of a history that was learnt, and of a meter", () => {
    const say = (key: string, values: object = {}): string => `${key} ${JSON.stringify(values)}`;
    const trained = { error: 0.003, naive: 0.63, existing: Number.NaN, scored: 100, from: 0, to: 1, inputs: ["u"] };
    assert.match(trainingResult(trained as never, "t", say).text, /"percent":"−99"/);
    assert.doesNotMatch(trainingResult({ ...trained, naive: 0, error: 0 } as never, "t", say).text, /NaN|Infinity/);
    const figures = { readings: 9, reference: "naive", accuracy: { window: { naive: { skill: 99.7 } } } };
    const status = (skill: number) => {
      figures.accuracy.window.naive.skill = skill;
      return meterStatus(figures as never, false, say);
    };
    assert.match(status(99.7).text, /better.*"percent":99/);
    assert.match(status(-0.4).text, /same/);
    assert.deepEqual([status(-0.4).fill, status(-2).fill], ["green", "yellow"]);
  });
});
