/** The target shows what an input has done some readings later: the forecast knows it before. */
import assert from "node:assert/strict";
import { Forecaster } from "../../src/forecaster/forecaster";
import { Random } from "../../src/forecaster/random";
import type { Reading } from "../../src/forecaster/reading";
import type { Regressors } from "../../src/forecaster/regressors";

const LEARN = { learn: true };
const DEAD_TIME = 15;

/** A belt: y follows the feed so many readings later; a second sensor has nothing to do with it. */
function belt(readings: number, deadTime = (_i: number): number => DEAD_TIME, noise = 0.03): Reading[] {
  const random = new Random(11);
  const feed: number[] = [];
  let other = 0;
  let level = 0;
  return Array.from({ length: readings }, (_, i) => {
    level += -level / 60 + 0.2 * random.normal();
    other += -other / 60 + 0.2 * random.normal();
    feed.push(level);
    const y = 100 + 10 * feed[Math.max(0, i - deadTime(i))] + 10 * noise * random.normal();
    return { time: 60_000 * i, values: { feed: 5 + level + noise * random.normal(), other, y } };
  });
}

/** Mean absolute error over that of the last value, of the readings from one on. */
function skill(f: Forecaster, rows: readonly Reading[], horizon: number, from: number): number {
  let [own, last] = [0, 0];
  rows.forEach((row, i) => {
    const { scored } = f.step(row, LEARN);
    if (!scored || i < from) return;
    own += Math.abs(scored.error);
    last += Math.abs(rows[i].values.y - rows[i - Math.max(1, horizon)].values.y);
  });
  return own / last;
}

describe("dead time", () => {
  const options = { inputs: ["feed", "other"], target: "y", seed: 1 };

  for (const horizon of [1, 10])
    it(`is found and used ${horizon} ahead, and as well after a long life as before`, () => {
      const rows = belt(16_000);
      const of = (): Forecaster => Forecaster.create({ ...options, horizon });
      const early = skill(of(), rows.slice(0, 8000), horizon, 4000);
      const later = skill(of(), rows, horizon, 12_000);
      const wanted = horizon === 1 ? 0.3 : 0.12;
      assert.ok(early < wanted && later < wanted, `${early}, ${later}`);
    }).timeout(20_000);

  it("serves several horizons at once", () => {
    const rows = belt(5000);
    const f = Forecaster.create({ ...options, horizon: [1, 5, 14] });
    const errors = [0, 0, 0];
    const last = [0, 0, 0];
    rows.forEach((row, i) => {
      f.step(row, LEARN);
      if (i < 2500) return;
      [1, 5, 14].forEach((k, h) => {
        const told = f.forecast().steps?.[h].value ?? f.forecast().value;
        const actual = rows[i + k]?.values.y;
        if (actual === undefined) return;
        errors[h] += Math.abs(told - actual);
        last[h] += Math.abs(row.values.y - actual);
      });
    });
    const skills = errors.map((error, h) => error / last[h]);
    assert.ok(skills[0] < 0.4 && skills[1] < 0.4 && skills[2] < 0.15, skills.join());
  }).timeout(20_000);

  it("of an analyser at the end of a pipe is used by a soft sensor", () => {
    const rows = belt(6000);
    const f = Forecaster.create({ ...options, horizon: 0 });
    assert.ok(skill(f, rows, 0, 3000) < 0.4);
  }).timeout(20_000);

  it("tells why: the input that will be seen, and parts that add up", () => {
    const rows = belt(3000);
    const f = Forecaster.create({ ...options, horizon: 10 });
    f.askWhy();
    let [feed, rest] = [0, 0];
    rows.forEach((row, i) => {
      f.step(row, LEARN);
      const because = f.because();
      if (i < 2000 || !because) return;
      const parts = because.inputs.map(({ share }) => share);
      const { own, others, existing, rest: left } = because;
      const sum = parts.reduce((all, one) => all + one, own.share + others + existing + left);
      assert.ok(Math.abs(sum - because.change) < 1e-6, `${sum} of ${because.change}`);
      for (const { sensor, share } of because.inputs) {
        if (sensor === "feed") feed += Math.abs(share);
        else rest += Math.abs(share);
      }
    });
    assert.ok(feed > 5 * rest, `${feed} and ${rest}`);
  }).timeout(20_000);

  it("that becomes another one is found again", () => {
    const rows = belt(14_000, (i) => (i < 5000 ? 15 : 30));
    const f = Forecaster.create({ ...options, horizon: 5 });
    assert.ok(skill(f, rows, 5, 11_000) < 0.3);
  }).timeout(20_000);

  it("is not found where there is none, and goes on bit by bit through a record", () => {
    const none = Forecaster.create({ ...options, horizon: 1 });
    for (const row of belt(4000, () => 0)) none.step(row, LEARN);
    const { deadTimes } = Reflect.get(none, "regressors") as Regressors;
    assert.equal(deadTimes.isAny, false);
    const rows = belt(3000);
    const whole = Forecaster.create({ ...options, horizon: 1 });
    for (const row of rows.slice(0, 2000)) whole.step(row, LEARN);
    const loaded = Forecaster.load(whole.save());
    for (const row of rows.slice(2000)) {
      const { value, lower } = whole.step(row, LEARN).forecast;
      const again = loaded.step(row, LEARN).forecast;
      assert.deepEqual([again.value, again.lower], [value, lower]);
    }
  }).timeout(20_000);
});

describe("a machine that cycles faster than a level is learnt", () => {
  it("is nothing strange after some hundred cycles' readings: the forecast leans on what it has learnt", () => {
    const random = new Random(82);
    const f = Forecaster.create({ inputs: ["power"], target: "y", horizon: 10, seed: 1 });
    let [isLoaded, left] = [true, 30];
    let [own, best] = [0, 0];
    for (let i = 0; i < 5000; i++) {
      if (--left <= 0) {
        isLoaded = !isLoaded;
        left = isLoaded ? 20 + 20 * random.uniform() : 10 + 15 * random.uniform();
      }
      const power = (isLoaded ? 75 : 25) + random.normal();
      const y = 6 + 0.1 * random.normal() + (isLoaded ? 0.5 : 0);
      const { scored } = f.step({ time: 60_000 * i, values: { power, y } }, LEARN);
      if (!scored || i < 2500) continue;
      own += Math.abs(scored.error);
      best += Math.abs((f.expertsAt(scored.origin)?.linear ?? Number.NaN) - scored.actual);
    }
    assert.ok(own < 1.05 * best, `${own / best} of the best expert's error`);
  }).timeout(20_000);
});
