import assert from "node:assert/strict";
import { Period } from "../../src/forecaster/period";
import { Random } from "../../src/forecaster/random";
import { Forecaster } from "../../src/index";

/** A machine's cycle at a phase 0 … 1: fill, hold, fall, wave, rest. */
function cycle(phase: number): number {
  if (phase < 0.2) return 50 * phase;
  if (phase < 0.5) return 10;
  if (phase < 0.6) return 4;
  return phase < 0.9 ? 4 + 3 * Math.sin(20 * (phase - 0.6)) : 0;
}

function lengthAfter(count: number, value: (i: number) => number): number {
  const period = new Period();
  for (let i = 0; i < count; i++) period.update(value(i));
  return period.length;
}

describe("period of a signal", () => {
  for (const [length, readings] of [
    [20, 1000],
    [37.4, 1000],
    [150, 1000],
    [600, 8000],
    [2000, 40_000],
  ])
    it(`of ${length} readings is found within ${readings}, through noise`, () => {
      for (const seed of [1, 2, 3]) {
        const random = new Random(seed);
        const found = lengthAfter(readings, (i) => cycle((i / length) % 1) + 0.3 * random.normal());
        assert.ok(Math.abs(found / length - 1) < 0.02, `${found}`);
      }
    });

  it("is found after five or six cycles where they are alike, and then more precisely", () => {
    for (const seed of [1, 2, 3]) {
      const random = new Random(seed);
      const period = new Period();
      const after: number[] = [];
      for (let i = 0; i < 1000; i++) {
        period.update(cycle((i / 61.3) % 1) + 0.3 * random.normal());
        if (i === 6 * 61 || i === 999) after.push(period.length);
      }
      const [first, last] = after;
      assert.ok(Math.abs(first / 61.3 - 1) < 0.03, `${first}`);
      assert.ok(Math.abs(last / 61.3 - 1) < 0.005, `${last}`);
    }
  });

  it("is the same in another unit", () => {
    const found = [1, 1024].map((unit) => lengthAfter(1000, (i) => unit * cycle((i / 50) % 1)));
    assert.equal(found[0], found[1]);
  });

  it("is none where a signal only wanders, is noise, settles, or stands still", () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const random = new Random(seed);
      let walk = 0;
      let settling = 0;
      for (const signal of [
        () => {
          walk += random.normal();
          return walk;
        },
        () => {
          settling = 0.95 * settling + random.normal();
          return settling;
        },
        () => random.normal(),
        () => 7,
      ])
        assert.equal(lengthAfter(20_000, signal), 0);
    }
  });

  it("is forgotten where the cycles have ended", () => {
    const random = new Random(1);
    assert.equal(
      lengthAfter(6000, (i) => (i < 2000 ? cycle((i / 50) % 1) : 0) + 0.3 * random.normal()),
      0,
    );
  });

  it("helps the forecast of a machine with cycles, which goes on bit by bit after a restart", () => {
    const random = new Random(2);
    const rows = Array.from({ length: 6000 }, (_, i) => ({
      time: 1_700_000_000_000 + 1000 * i,
      values: { y: cycle((i / 150) % 1) + 0.3 * random.normal() },
    }));
    let f = Forecaster.create({ inputs: [], target: "y", horizon: 10 });
    const whole = rows.map((row) => f.step(row, { learn: true }).forecast.value);
    f = Forecaster.create({ inputs: [], target: "y", horizon: 10 });
    let error = 0;
    let share = 0;
    rows.forEach((row, i) => {
      if (i === 3000 || i === 5000) f = Forecaster.load(f.save());
      const { scored, forecast } = f.step(row, { learn: true });
      assert.equal(forecast.value, whole[i]);
      if (i < 4000 || !scored) return;
      error += Math.abs(scored.error) / 2000;
      share += (forecast.experts.seasonal ?? 0) / 2000;
    });
    // Noise alone is .24; without the cycle before the error is .47.
    assert.ok(error < 0.33, `${error}`);
    assert.ok(share > 0.5, `${share}`);
  });
});
