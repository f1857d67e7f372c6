import assert from "node:assert/strict";
import fc from "fast-check";
import { ForecastError } from "../../src/kpi/forecast-error";
import { RollingWindow } from "../../src/kpi/rolling-window";
import { scored } from "./scored";

describe("forecast error", () => {
  it("is MAE, RMSE, skill and coverage as worked out by hand", () => {
    const error = ForecastError.empty();
    // errors of the learner: 1, -2, 3; of the last value: 2, 4, -6; the existing forecast speaks once: 10 against -2
    error.add(scored(1, { actual: 10, learner: 11, naive: 12, frozen: 10, covered: true }));
    error.add(scored(2, { actual: 10, learner: 8, naive: 14, frozen: 12, existing: 20, covered: false }));
    error.add(scored(3, { actual: 10, learner: 13, naive: 4, frozen: 10, covered: true }));
    const figures = error.figures();
    assert.deepEqual(figures.learner, { readings: 3, mae: 2, rmse: Math.sqrt(14 / 3) });
    assert.deepEqual(figures.naive, { readings: 3, mae: 4, rmse: Math.sqrt(56 / 3), learnerMae: 2, skill: 50 });
    assert.deepEqual(figures.existing, { readings: 1, mae: 10, rmse: 10, learnerMae: 2, skill: 80 });
    assert.equal(figures.frozen.mae, 2 / 3);
    assert.equal(figures.frozen.skill, 100 * (1 - 2 / (2 / 3)));
    assert.equal(figures.coverage, 200 / 3);
  });

  it("has no skill against a reference whose errors vanish beside its own", () => {
    const error = ForecastError.empty();
    error.add(scored(1, { actual: 0, learner: 1e10, naive: 5e-324 }));
    assert.equal(error.figures().naive.skill, null);
  });

  it("knows nothing before the first reading", () => {
    const { learner, existing, coverage } = ForecastError.empty().figures();
    assert.deepEqual(learner, { readings: 0, mae: null, rmse: null });
    assert.deepEqual(existing, { readings: 0, mae: null, rmse: null, learnerMae: null, skill: null });
    assert.equal(coverage, null);
  });

  it("has no skill against a reference that made no error", () => {
    const error = ForecastError.empty();
    error.add(scored(1, { actual: 5, learner: 6, naive: 5 }));
    assert.equal(error.figures().naive.skill, null);
  });
});

describe("rolling window", () => {
  const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  const maybe = fc.option(value, { nil: Number.NaN });

  it("has the errors of the last readings, as brute force finds them", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(value, value, maybe, maybe, maybe), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 20 }),
        (rows, capacity) => {
          const window = new RollingWindow(capacity);
          rows.forEach(([actual, learner, existing, naive, frozen], time) => {
            window.add(scored(time, { actual, learner, existing, naive, frozen }));
          });
          const last = rows.slice(-capacity);
          const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
          const figures = window.figures();
          close(figures.learner.mae, mean(last.map(([a, l]) => Math.abs(l - a))));
          close(figures.learner.rmse, Math.sqrt(mean(last.map(([a, l]) => (l - a) ** 2))));
          for (const [name, column] of [["existing", 2] as const, ["naive", 3] as const, ["frozen", 4] as const]) {
            const spoken = last.filter((row) => !Number.isNaN(row[column]));
            assert.equal(figures[name].readings, spoken.length);
            if (!spoken.length) continue;
            const reference = mean(spoken.map((row) => Math.abs(row[column] - row[0])));
            const own = mean(spoken.map(([a, l]) => Math.abs(l - a)));
            close(figures[name].mae, reference);
            if (reference > 1e-3) close(figures[name].skill, 100 * (1 - own / reference));
          }
        },
      ),
    );
  });

  it("forgets a giant error without a trace, where a running subtraction would keep its rounding", () => {
    const window = new RollingWindow(3);
    for (const [time, learner] of [0.1, 1e140, 0.1, 0.2, 0.3].entries()) window.add(scored(time, { learner }));
    close(window.figures().learner.mae, 0.2);
  });

  it("knows a forecast that came along two wires, single or in a batch, and tells it from a clock set back", () => {
    const window = new RollingWindow(10);
    const batch = [1, 2, 3, 4].map((time) => scored(time, { learner: time }));
    assert.deepEqual(
      batch.map((one) => window.add(one)),
      [true, true, true, true],
    );
    assert.deepEqual(
      batch.map((one) => window.add(one)),
      [false, false, false, false],
    );
    assert.equal(window.add(scored(2, { learner: 7 })), true);
    assert.equal(window.readings, 5);
  });

  it("goes on from its saved state with another capacity and keeps the newest", () => {
    const window = new RollingWindow(5);
    for (let time = 0; time < 12; time++) window.add(scored(time, { learner: time, naive: Number.NaN }));
    const same = RollingWindow.of(window.state(), 5);
    assert.deepEqual(same.figures(), window.figures());
    assert.equal(same.add(scored(11, { learner: 11 })), false);
    const smaller = RollingWindow.of(window.state(), 2);
    assert.equal(smaller.figures().learner.mae, 10.5);
    const larger = RollingWindow.of(window.state(), 100);
    larger.add(scored(12, { learner: 12 }));
    assert.equal(larger.figures().learner.mae, (7 + 8 + 9 + 10 + 11 + 12) / 6);
  });
});

function close(actual: number | null, expected: number): void {
  assert.ok(
    actual !== null && Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected)),
    `${actual} ${expected}`,
  );
}
