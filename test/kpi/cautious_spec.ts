/** "Nine trials in ten do better than the cautious figure": tried out on many simulated trials whose truth is known. */
import assert from "node:assert/strict";
import { Meter } from "../../src/kpi/meter";
import { exceedancesAvoided, falseAlarmsAvoided, operationBenefits } from "../../src/kpi/operation";
import { Period } from "../../src/kpi/period";
import { ALL_RATES, NO_RATES } from "./rates";
import { HOUR, judged, MINUTE, scored } from "./scored";

/** Numbers in (0, 1), the same ones at every run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
const normal = (random: () => number) => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
function poisson(mean: number, random: () => number): number {
  let count = 0;
  for (let product = random(); product > Math.exp(-mean); product *= random()) count++;
  return count;
}

describe("the cautious figure", function () {
  // Hundreds of trials of thousands of readings: some ten seconds where nothing else runs.
  this.timeout(120_000);

  it("lies below the truth in nine of ten trials: false alarms avoided", () => {
    const random = randomFrom(7);
    const [mine, other, trials] = [6, 20, 4000];
    let below = 0;
    for (let i = 0; i < trials; i++) {
      const period = Period.empty();
      period.add(scored(0, { existing: 1 }), judged(0, { existing: 1 }), 100 * HOUR, []);
      for (const name of ["learner", "existing"] as const) period.alarms.count[name].readings = 1;
      period.alarms.count.learner.false = poisson(mine, random);
      period.alarms.count.existing.false = poisson(other, random);
      const avoided = falseAlarmsAvoided(period, 100);
      assert.ok(avoided);
      if (avoided.conservative < other - mine) below++;
    }
    assert.ok(below / trials > 0.88 && below / trials < 0.93, String(below / trials));
  });

  it("lies below the truth in nine of ten trials: share of exceedances that only the learner warned of", () => {
    const random = randomFrom(11);
    const trials = 4000;
    const meter = new Meter({ window: 1, baselineHours: 1 });
    meter.baseline.add(scored(0, { existing: 1 }), judged(0, { existing: 1 }), HOUR, []);
    meter.evaluation.add(scored(1, { existing: 1 }), judged(1, { existing: 1 }), HOUR, []);
    meter.baseline.alarms.exceedances = 10;
    let below = 0;
    for (let i = 0; i < trials; i++) {
      const advantage = Object.assign(meter.evaluation.alarms.advantage.existing, { judged: 60, gained: 0, lost: 0 });
      for (let event = 0; event < 60; event++) {
        const draw = random();
        if (draw < 0.45) advantage.gained++;
        else if (draw < 0.55) advantage.lost++;
      }
      const more = exceedancesAvoided(meter, ALL_RATES)?.find(({ name }) => name === "warnedMore");
      assert.ok(more);
      if (more.conservative < 0.35) below++;
    }
    assert.ok(below / trials > 0.88, String(below / trials));
  });

  it("lies below the truth in nine of ten trials: error avoided, though single errors hang together", () => {
    const random = randomFrom(13);
    const trials = 400;
    // |error| of a normal variable with standard deviation s has the mean s·√(2/π)
    const truth = (1.5 - 1) * Math.sqrt(2 / Math.PI);
    let below = 0;
    for (let trial = 0; trial < trials; trial++) {
      const meter = new Meter({ window: 10, baselineHours: 0.1 });
      let [a, b] = [normal(random), normal(random)];
      for (let i = 0; i < 4000; i++) {
        a = 0.9 * a + Math.sqrt(1 - 0.81) * normal(random);
        b = 0.9 * b + Math.sqrt(1 - 0.81) * normal(random);
        meter.add([scored(i * MINUTE, { actual: 0, learner: a, existing: 1.5 * b })]);
      }
      const [benefit] = operationBenefits(meter, { ...NO_RATES, price: 1, hoursPerYear: 1 });
      // readings an hour are 60
      if (benefit.conservative / 60 < truth) below++;
    }
    assert.ok(below / trials > 0.86, String(below / trials));
  });
});
