import assert from "node:assert/strict";
import { RunningCovariance, regress } from "../../src/forecaster/covariance";
import { Random } from "../../src/forecaster/random";

describe("running covariance", () => {
  it("gives correlations, deviations and the regression of one column on the others in any unit", () => {
    for (const unit of [1e-12, 1, 1e12]) {
      const random = new Random(2);
      const covariance = new RunningCovariance(4, 100_000);
      for (let i = 0; i < 50_000; i++) {
        const [x, y] = [random.normal(), random.normal()];
        covariance.row.set([unit * (5 + 2 * x), y, unit * (3 * x + 4 * y), 7.1]);
        covariance.learn();
      }
      const correlation = new Float64Array(16);
      const deviation = new Float64Array(4);
      covariance.correlate(correlation, deviation);
      const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 0.02, `${a} ${b}`);
      near(deviation[0] / unit, 2);
      near(deviation[2] / unit / 5, 1);
      near(correlation[2 * 4 + 0], 0.6);
      near(correlation[0 * 4 + 2], 0.6);
      near(correlation[2 * 4 + 1], 0.8);
      assert.deepEqual([deviation[3], ...correlation.subarray(12)], [0, 0, 0, 0, 0], "a column that never moved");
      const swept = new Float64Array(16);
      regress(correlation, 4, Float64Array.of(0, 0, 1, 0), swept);
      near(swept[2 * 4 + 0], 0.6);
      near(swept[2 * 4 + 1], 0.8);
      assert.ok(swept[2 * 4 + 2] < 0.001, "nothing is left unexplained");
      regress(correlation, 4, Float64Array.of(0, 1, 1, 0), swept);
      near(swept[2 * 4 + 2], 1 - 0.36);
    }
  });

  it("takes a deviation that is rounding for none", () => {
    const covariance = new RunningCovariance(1, 1000);
    for (let i = 0; i < 1000; i++) {
      covariance.row[0] = i % 2 === 0 ? 1e9 : 1e9 + 1e-7;
      covariance.learn();
    }
    const deviation = new Float64Array(1);
    covariance.correlate(new Float64Array(1), deviation);
    assert.equal(deviation[0], 0);
  });
});
