import assert from "node:assert/strict";
import { ONE_IN_TEN } from "../../src/kpi/benefit";
import { Meter } from "../../src/kpi/meter";
import { falseAlarmsAvoided } from "../../src/kpi/operation";
import type { Rates } from "../../src/kpi/rates";
import { exceedancesSinceBaseline } from "../../src/kpi/regulation";
import { returnOnInvestment } from "../../src/kpi/roi";
import { ALL_RATES, NO_RATES } from "./rates";
import { MINUTE, scored } from "./scored";

/**
 * A plant with a rhythm of 100 minutes: limit 10 exceeded from minute 50 to 54; the learner warns two minutes before; the
 * existing forecast misses every second exceedance and cries at minute 80 of every cycle; the learner errs by 1 (and cries
 * at minute 20 of every fourth cycle), the existing forecast by 3.
 */
function plant(cycles: number, baselineHours: number): Meter {
  const meter = new Meter({
    window: 100,
    baselineHours,
    limit: { value: 10, side: "high", leastLead: 0, clearAfter: 3, within: 10 },
  });
  for (let i = 0; i < cycles * 100; i++) {
    const [cycle, minute] = [Math.floor(i / 100), i % 100];
    const actual = minute >= 50 && minute < 55 ? 15 : 5;
    const sees = (from: number) => minute >= from && minute < 55;
    const learner = sees(48) || (cycle % 4 === 0 && minute === 20) ? 14 : 4;
    const existing = (cycle % 2 === 0 && sees(47)) || minute === 80 ? 12 : 2;
    meter.add([scored(i * MINUTE, { actual, learner, existing, naive: 5 })]);
  }
  return meter;
}

describe("return on investment", () => {
  it("says what is missing before it says anything", () => {
    const missing = (meter: Meter) => returnOnInvestment(meter, ALL_RATES).missing;
    assert.deepEqual(missing(plant(1, 10)), ["baseline"]);
    assert.deepEqual(missing(plant(9, 10)), ["evaluation"]);
    assert.deepEqual(missing(plant(13, 10)), []);
    assert.equal(returnOnInvestment(plant(9, 10), ALL_RATES).total, null);
    assert.deepEqual(returnOnInvestment(plant(13, 10), NO_RATES).missing, ["benefits", "trialCost"]);
  });

  it("guesses neither hours nor shares: what they are needed for waits for them, all else is added up", () => {
    const meter = plant(50, 1000 / 60);
    const without = (rates: Partial<Rates>) => {
      const { benefits, missing, waiting } = returnOnInvestment(meter, { ...ALL_RATES, ...rates });
      return [benefits.map(({ name }) => name), missing, waiting];
    };
    assert.deepEqual(without({ hoursPerYear: null }), [["hoursSaved"], ["hoursPerYear"], []]);
    const rest = ["forecastError", "falseAlarms", "hoursSaved"];
    assert.deepEqual(without({ preventable: null }), [rest, ["preventable"], []]);
    assert.deepEqual(without({ limitKind: "regulation", probability: null }), [rest, ["probability"], []]);
    assert.deepEqual(without({ probability: null })[1], [], "of no use where a stop is paid for");
  });

  it("states every benefit as the product of its factors, worked out by hand", () => {
    const baselineHours = 1000 / 60;
    const meter = plant(50, baselineHours);
    const { benefits } = returnOnInvestment(meter, ALL_RATES);
    assert.deepEqual(
      benefits.map(({ name, layer }) => `${layer}: ${name}`),
      ["operation: forecastError", "operation: falseAlarms", "operation: hoursSaved", "operation: downtime"],
    );
    const factor = (benefit: string, name: string) => {
      const found = benefits.find((one) => one.name === benefit)?.factors.find((one) => one.name === name);
      assert.ok(found, `${benefit} ${name}`);
      return found;
    };

    // baseline: cycles 0 to 9 and the first reading of cycle 10; evaluation: 3,999 readings, 39.99 cycles in 66.65 h
    const hours = 3999 / 60;
    assert.ok(Math.abs(meter.evaluation.hours - hours) < 1e-9);
    assert.equal(meter.baseline.alarms.exceedances, 10);
    assert.equal(meter.evaluation.alarms.exceedances, 40);

    // false alarms: existing once a cycle (40), learner in cycles 12, 16 … 48 (10); work 20 min at 60 an hour + 15
    assert.equal(meter.evaluation.alarms.count.existing.false, 40);
    assert.equal(meter.evaluation.alarms.count.learner.false, 10);
    close(factor("falseAlarms", "falseAlarmsAvoided").expected, (30 / hours) * 8000);
    close(factor("falseAlarms", "falseAlarmsAvoided").conservative, ((30 - ONE_IN_TEN * Math.sqrt(50)) / hours) * 8000);
    close(factor("falseAlarms", "costOfFalseAlarm").expected, 20 + 15);

    // downtime: 10 exceedances in 1,000 minutes of baseline; 20 of 40 only the learner saw, none only the other
    close(factor("downtime", "exceedancesExpected").expected, (10 / baselineHours) * 8000);
    close(factor("downtime", "warnedMore").expected, 0.5);
    close(factor("downtime", "warnedMore").conservative, (20 - ONE_IN_TEN * Math.sqrt(20)) / 40);
    close(factor("downtime", "preventable").expected, 0.45);
    assert.equal(factor("downtime", "preventable").conservative, 0.3);

    // hours: 4 a month are 48 a year, the cautious half of it
    assert.deepEqual(
      benefits
        .filter(({ name }) => name === "hoursSaved")
        .map(({ expected, conservative }) => [expected, conservative]),
      [[48 * 60, 24 * 60]],
    );

    // errors: mean difference from all evaluation readings
    const own = meter.evaluation.error.figures().learner.mae as number;
    const other = meter.evaluation.error.figures().existing.mae as number;
    assert.ok(other > own + 1);
    close(factor("forecastError", "errorAvoided").expected, (other - own) * (3999 + 0) * (8000 / hours));

    for (const { factors, expected, conservative } of benefits) {
      close(
        expected,
        factors.reduce((money, { expected: x }) => money * x, 1),
      );
      assert.ok(conservative <= expected);
      for (const { name, source } of factors)
        assert.equal(source, /Avoided|Expected|warnedMore/.test(name) ? "measured" : "assumed", name);
    }
  });

  it("pays for an exceedance once: as downtime, or as a fine with a range", () => {
    const meter = plant(50, 1000 / 60);
    const { benefits } = returnOnInvestment(meter, { ...ALL_RATES, limitKind: "regulation" });
    assert.equal(
      benefits.find(({ name }) => name === "downtime"),
      undefined,
    );
    const fine = benefits.find(({ name }) => name === "exceedances");
    assert.ok(fine?.range);
    const avoided = (10 / (1000 / 60)) * 8000 * 0.5 * 0.45;
    close(fine.expected, avoided * 0.055 * 25_000);
    close(fine.range.low, avoided * 0.01 * 25_000);
    close(fine.range.high, avoided * 0.1 * 25_000);
    assert.ok(fine.conservative < fine.range.low);
  });

  it("is ROI and payback as a controller works them out", () => {
    const meter = plant(50, 1000 / 60);
    const rates = { ...NO_RATES, hoursSaved: 10, hourlyRate: 50, trialCost: 2500, runningCost: 500 };
    const { total, roi, payback } = returnOnInvestment(meter, rates);
    assert.deepEqual(total, { expected: 6000, conservative: 3000 });
    assert.deepEqual(roi, { expected: 100, conservative: 0 });
    close(payback?.expected ?? Number.NaN, (12 * 2500) / 5500);
    const month = returnOnInvestment(meter, { ...rates, period: "month" });
    assert.deepEqual(month.total, { expected: 500, conservative: 250 });
    assert.deepEqual(month.roi, { expected: 100, conservative: 0 });
    const never = returnOnInvestment(meter, { ...rates, runningCost: 4000 });
    assert.equal(never.payback?.conservative, null);
    assert.ok((never.roi?.conservative ?? 0) < 0);
    assert.equal(returnOnInvestment(meter, { ...rates, trialCost: 0, runningCost: 0 }).roi, null);
  });

  it("lets a worse learner cost money", () => {
    const meter = new Meter({
      window: 10,
      baselineHours: 1,
      limit: { value: 10, side: "high", leastLead: 0, clearAfter: 1, within: 3 },
    });
    for (let i = 0; i < 600; i++)
      meter.add([scored(i * MINUTE, { actual: 5, learner: i % 20 === 0 ? 11 : 5, existing: 5, naive: 5 })]);
    const avoided = falseAlarmsAvoided(meter.evaluation, 100);
    assert.ok(avoided && avoided.expected < 0 && avoided.conservative < avoided.expected);
    const { total } = returnOnInvestment(meter, { ...NO_RATES, hoursPerYear: 8000, falseAlarmCost: 10 });
    assert.ok(total && total.expected < 0);
  });

  it("takes many exceedances, not few, as the cautious case where the learner may warn of fewer", () => {
    const meter = plant(50, 1000 / 60);
    const { advantage } = meter.evaluation.alarms;
    Object.assign(advantage.existing, { gained: 4, lost: 3 });
    for (const limitKind of ["operation", "regulation"] as const) {
      const { benefits } = returnOnInvestment(meter, { ...ALL_RATES, limitKind });
      const [one] = benefits.filter(({ name }) => name === "downtime" || name === "exceedances");
      const [exceedances, warned] = one.factors;
      assert.ok(warned.expected > 0 && warned.conservative < 0);
      assert.ok(exceedances.conservative > exceedances.expected);
      const lowest = one.factors.map((factor) => Math.max(factor.expected, factor.conservative));
      lowest[1] = warned.conservative;
      close(
        one.conservative,
        lowest.reduce((money, x) => money * x, 1),
      );
      assert.ok(one.conservative < 0 && one.expected > 0);
    }
  });

  it("names what cannot be counted yet although its rates are entered", () => {
    const meter = plant(50, 1000 / 60);
    assert.deepEqual(returnOnInvestment(meter, ALL_RATES).waiting, []);
    meter.baseline.alarms.exceedances = 0;
    assert.deepEqual(returnOnInvestment(meter, ALL_RATES).waiting, ["downtime"]);
    assert.deepEqual(returnOnInvestment(meter, { ...ALL_RATES, limitKind: "regulation" }).waiting, ["exceedances"]);
    assert.deepEqual(returnOnInvestment(meter, NO_RATES).waiting, []);
    assert.deepEqual(returnOnInvestment(plant(9, 10), ALL_RATES).waiting, []);
  });

  it("sets the exceedances that came against those the baseline lets expect", () => {
    const since = exceedancesSinceBaseline(plant(50, 1000 / 60));
    close(since?.expected ?? Number.NaN, 10 * 3.999);
    assert.equal(since?.happened, 40);
  });
});

function close(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected)), `${actual} is not ${expected}`);
}
