import assert from "node:assert/strict";
import fc from "fast-check";
import { ForecastError } from "../../src/kpi/forecast-error";
import { judgementOf } from "../../src/kpi/judgement";
import { type Entry, RollingWindow } from "../../src/kpi/rolling-window";
import { judged, scored } from "./scored";

describe("forecast error", () => {
  it("is MAE, RMSE, skill and coverage as worked out by hand", () => {
    const error = ForecastError.empty();
    // errors of the learner: 1, -2, 3; of the last value: 2, 4, -6; the existing forecast speaks once: 10 against -2
    error.add(judged(1, { actual: 10, learner: 11, naive: 12, frozen: 10, covered: true }));
    error.add(judged(2, { actual: 10, learner: 8, naive: 14, frozen: 12, existing: 20, covered: false }));
    error.add(judged(3, { actual: 10, learner: 13, naive: 4, frozen: 10, covered: true }));
    const { learner, naive, existing, ...figures } = error.figures();
    // The sum of what was forecast is 32 where 30 came.
    assert.deepEqual(learner, { readings: 3, mae: 2, rmse: Math.sqrt(14 / 3), meanError: 2 / 3, total: 100 * (1 + 2 / 30), peakMae: null }); // biome-ignore format: one line
    assert.deepEqual(naive, { readings: 3, mae: 4, rmse: Math.sqrt(56 / 3), meanError: 0, total: 100, peakMae: null, learnerMae: 2, skill: 50, peakSkill: null }); // biome-ignore format: one line
    assert.deepEqual(existing, { readings: 1, mae: 10, rmse: 10, meanError: 10, total: 200, peakMae: null, learnerMae: 2, skill: 80, peakSkill: null }); // biome-ignore format: one line
    assert.equal(figures.frozen.mae, 2 / 3);
    assert.equal(figures.frozen.skill, 100 * (1 - 2 / (2 / 3)));
    assert.equal(figures.coverage, 200 / 3);
  });

  it("has no skill against a reference whose errors vanish beside its own", () => {
    const error = ForecastError.empty();
    error.add(judged(1, { actual: 0, learner: 1e10, naive: 5e-324 }));
    assert.equal(error.figures().naive.skill, null);
  });

  it("knows nothing before the first reading", () => {
    const { learner, existing, coverage } = ForecastError.empty().figures();
    const nothing = { readings: 0, mae: null, rmse: null, meanError: null, total: null, peakMae: null };
    assert.deepEqual(learner, nothing);
    assert.deepEqual(existing, { ...nothing, learnerMae: null, skill: null, peakSkill: null });
    assert.equal(coverage, null);
  });

  it("has no total where actual values of both signs cancel out", () => {
    const error = ForecastError.empty();
    for (const [time, actual] of [5, -4, 5, -5].entries()) error.add(judged(time, { actual, learner: 1 }));
    assert.equal(error.figures().learner.total, null);
    assert.equal(error.figures().learner.meanError, 3 / 4);
  });

  it("tells the peaks apart, and what the interval was worth at them", () => {
    const error = ForecastError.empty();
    const at = (time: number, actual: number, peak: boolean) =>
      error.add(judgementOf(scored(time, { actual, learner: 10, naive: 6, lower: 8, upper: 12, covered: actual <= 12 }), 0.9, peak)); // biome-ignore format: one line
    for (const [time, actual] of [10, 9, 11, 16, 12].entries()) at(time, actual, actual > 11);
    const { learner, naive, peaks, coverage, peakCoverage, intervalScore: score } = error.figures();
    assert.deepEqual([learner.peakMae, naive.peakMae, naive.peakSkill], [4, 8, 50]);
    assert.deepEqual([peaks, coverage, peakCoverage], [2, 80, 50]);
    // Five times the width, and once 2/α for each of the 4 units beyond it.
    assert.equal(score, (5 * 4 + (2 / (1 - 0.9)) * 4) / 5);
  });

  it("is rid of a judgement that is taken out", () => {
    const [corrected, right] = [ForecastError.empty(), ForecastError.empty()];
    const wrong = judgementOf(scored(3, { actual: 51, learner: 5, naive: 4, lower: 4, upper: 6, covered: false }), 0.9, true); // biome-ignore format: one line
    corrected.add(wrong);
    for (let i = 0; i < 50; i++) {
      const one = judged(i, { actual: Math.sin(i), learner: Math.cos(i), naive: 0.1, lower: 0, upper: 1, covered: true }); // biome-ignore format: one line
      corrected.add(one);
      right.add(one);
    }
    corrected.remove(wrong);
    assert.deepEqual(corrected.figures(), right.figures());
    assert.deepEqual(ForecastError.of(JSON.parse(JSON.stringify(corrected.state()))).figures(), right.figures());
  });

  it("has no skill against a reference that made no error", () => {
    const error = ForecastError.empty();
    error.add(judged(1, { actual: 5, learner: 6, naive: 5 }));
    assert.equal(error.figures().naive.skill, null);
  });
});

function entry(time: number, values: Parameters<typeof judged>[1]): Entry {
  return { time, judged: judged(time, values), mode: 0 };
}

/** Takes in a forecast with this error of the learner, unless it is there. */
function taken(window: RollingWindow, time: number, learner: number): boolean {
  if (window.has(time, learner)) return false;
  window.add(entry(time, { learner }));
  return true;
}

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
            window.add(entry(time, { actual, learner, existing, naive, frozen }));
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
    for (const [time, learner] of [0.1, 1e140, 0.1, 0.2, 0.3].entries()) window.add(entry(time, { learner }));
    close(window.figures().learner.mae, 0.2);
  });

  it("knows a forecast that came along two wires, single or in a batch, and tells it from a clock set back", () => {
    const window = new RollingWindow(10);
    const batch = [1, 2, 3, 4];
    assert.deepEqual(
      batch.map((time) => taken(window, time, time)),
      [true, true, true, true],
    );
    assert.deepEqual(
      batch.map((time) => taken(window, time, time)),
      [false, false, false, false],
    );
    assert.equal(taken(window, 2, 7), true);
    assert.equal(window.readings, 5);
  });

  it("goes on from its saved state with another capacity and keeps the newest", () => {
    const window = new RollingWindow(5);
    for (let time = 0; time < 12; time++) window.add(entry(time, { learner: time, naive: Number.NaN }));
    const same = RollingWindow.of(window.state(), 5);
    assert.deepEqual(same.figures(), window.figures());
    assert.equal(taken(same, 11, 11), false);
    const smaller = RollingWindow.of(window.state(), 2);
    assert.equal(smaller.figures().learner.mae, 10.5);
    const larger = RollingWindow.of(window.state(), 100);
    larger.add(entry(12, { learner: 12 }));
    assert.equal(larger.figures().learner.mae, (7 + 8 + 9 + 10 + 11 + 12) / 6);
  });
});

function close(actual: number | null, expected: number): void {
  assert.ok(
    actual !== null && Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected)),
    `${actual} ${expected}`,
  );
}
