import assert from "node:assert/strict";
import { finestStep, type IrregularReading, Sampler, stepFor } from "../../src/asset/sampling";

const MINUTE = 60_000;

function reading(time: number, values: Record<string, number>, more: Partial<IrregularReading> = {}): IrregularReading {
  const rest = {
    unusable: new Set(),
    existing: Number.NaN,
    quality: 1,
    doubts: {},
    state: "good",
    running: true,
  } as const;
  return { ...rest, time, values, ...more };
}

/** A sampler of y that has learnt a rhythm of readings each so many ms, the last one at 0 with the value 5. */
function settled(spacing: number, durations = [MINUTE], sensors = ["y"]): Sampler {
  const sampler = new Sampler(sensors, "y", durations);
  const values = Object.fromEntries(sensors.map((sensor) => [sensor, 5]));
  for (let i = 19; i >= 0; i--) sampler.take(reading(i === 0 ? 0 : -i * spacing, values));
  return sampler;
}

/** Time and value of y of each row. */
function brief(rows: readonly { time: number; values: Readonly<Record<string, number>> }[]): [number, number][] {
  return rows.map(({ time, values }) => [time, values.y]);
}

describe("the step of a grid of time", () => {
  it("is that of the readings where it divides the span, else the nearest that does", () => {
    assert.equal(stepFor(1000, [MINUTE]), 1000);
    assert.equal(stepFor(10_000, [MINUTE]), 10_000);
    assert.equal(stepFor(9_900, [MINUTE]), 10_000);
    assert.equal(stepFor(7000, [MINUTE]), 7500);
    assert.equal(stepFor(600_000, [10 * MINUTE, 60 * MINUTE]), 600_000);
  });

  it("is at least a sixtieth of the shortest span and a thousandth of the longest, and at most the shortest", () => {
    assert.equal(stepFor(10, [MINUTE]), 1000);
    assert.equal(stepFor(1000, [10 * MINUTE, 24 * 60 * MINUTE]), 100_000);
    assert.equal(stepFor(3_600_000, [MINUTE]), MINUTE);
  });

  it("there is none for spans without a common step of that size", () => {
    assert.equal(finestStep([MINUTE]), 1000);
    assert.equal(finestStep([MINUTE, 61_000]), 1000);
    assert.equal(finestStep([MINUTE, 61_001]), undefined);
    assert.equal(finestStep([1000, 24 * 60 * MINUTE]), undefined);
  });
});

describe("Sampler", () => {
  it("learns the rhythm from twenty readings, whatever single gaps are among them, and begins with the twentieth", () => {
    const sampler = new Sampler(["y"], "y", [MINUTE]);
    let time = 0;
    for (let i = 1; i < 20; i++) {
      time += i % 6 === 0 ? 150_000 : 10_000;
      assert.deepEqual(sampler.take(reading(time, { y: i })).rows, []);
      assert.deepEqual([sampler.seen, sampler.step], [i, Number.NaN]);
    }
    const { rows } = sampler.take(reading(time + 10_000, { y: 20 }));
    assert.deepEqual([sampler.seen, sampler.step, sampler.horizon], [20, 10_000, [6]]);
    assert.deepEqual(brief(rows), [[time + 10_000, 20]]);
  });

  it("gives regular readings through as they are", () => {
    const sampler = settled(10_000);
    for (let i = 1; i < 50; i++)
      assert.deepEqual(brief(sampler.take(reading(10_000 * i, { y: i })).rows), [[10_000 * i, i]]);
  });

  it("holds the last value over a silence, and takes the reading that ends it at its own point", () => {
    const sampler = settled(10_000);
    assert.deepEqual(brief(sampler.take(reading(45_000, { y: 7 })).rows), [
      ...[10_000, 20_000, 30_000, 40_000].map((time): [number, number] => [time, 5]),
    ]);
    assert.deepEqual(brief(sampler.take(reading(50_100, { y: 8 })).rows), [[50_000, 7.5]]);
  });

  it("puts the mean where several readings fall into a step", () => {
    const sampler = settled(1000, [10 * MINUTE]);
    assert.equal(sampler.step, 10_000);
    const rows = Array.from({ length: 20 }, (_, i) => sampler.take(reading(1000 * (i + 1), { y: i + 1 })).rows).flat();
    assert.deepEqual(brief(rows), [
      [10_000, 5.5],
      [20_000, 15.5],
    ]);
  });

  it("readings that wobble around the grid are each the reading of their point", () => {
    const sampler = settled(10_000);
    const wobble = [900, -800, 700, -1000, 300];
    const rows = wobble.map((off, i) => sampler.take(reading(10_000 * (i + 1) + off, { y: i })).rows);
    assert.deepEqual(
      rows.map((row) => row.map(({ values }) => values.y)),
      [[0], [1], [2], [3], [4]],
    );
  });

  it("follows a source whose clock runs differently, for thousands of readings", () => {
    const sampler = settled(10_000);
    for (let i = 1; i < 5000; i++) {
      const time = 10_002 * i;
      const { rows } = sampler.take(reading(time, { y: i }));
      assert.deepEqual([rows.length, rows[0]?.values.y], [1, i]);
      assert.ok(Math.abs((rows[0]?.time ?? 0) - time) < 100);
    }
  });

  it("keeps its step when readings come ten times as often or as rarely for good", () => {
    const often = settled(10_000);
    const oftener = Array.from({ length: 100 }, (_, i) => often.take(reading(1000 * (i + 1), { y: 1 })).rows.length);
    assert.equal(
      oftener.reduce((a, b) => a + b),
      10,
    );
    const rare = settled(1000);
    const rarer = Array.from({ length: 10 }, (_, i) => rare.take(reading(10_000 * (i + 1), { y: i })).rows);
    assert.deepEqual(
      rarer.map((rows) => rows.length),
      new Array(10).fill(10),
    );
    assert.deepEqual([often.step, rare.step], [10_000, 1000]);
  });

  it("a pause far longer than usual is a gap: nothing is made up, the grid begins anew", () => {
    const sampler = settled(1000);
    assert.deepEqual(brief(sampler.take(reading(60_500, { y: 9 })).rows), [[60_500, 9]]);
    assert.deepEqual(brief(sampler.take(reading(61_500, { y: 10 })).rows), [[61_500, 10]]);
  });

  it("a message makes a thousand rows at most", () => {
    const sampler = settled(1000);
    // Readings come slower and slower, so that no pause is far longer than usual.
    let time = 0;
    let most = 0;
    for (let pause = 2000; pause < 4_000_000; pause *= 3) {
      time += pause;
      most = Math.max(most, sampler.take(reading(time, { y: 1 })).rows.length);
    }
    assert.ok(most > 300 && most <= 1001, String(most));
  });

  it("a sensor that is not in a message has its last value; one whose value cannot be used has none", () => {
    const sampler = settled(10_000, [MINUTE], ["u", "y"]);
    const none = Number.NaN;
    const [held] = sampler.take(reading(10_000, { u: none, y: 6 })).rows;
    assert.deepEqual({ ...held?.values }, { u: 5, y: 6 });
    const [lost] = sampler.take(reading(20_000, { u: none, y: 6 }, { unusable: new Set(["u"]) })).rows;
    assert.deepEqual({ ...lost?.values }, { u: none, y: 6 });
    const [after] = sampler.take(reading(30_000, { u: none, y: 6 })).rows;
    assert.deepEqual({ ...after?.values }, { u: none, y: 6 });
  });

  it("carries along what is known of the reading that holds", () => {
    const sampler = settled(10_000);
    const doubted = { quality: 0.5, doubts: { y: 2 }, state: "uncertain", running: false, existing: 3 } as const;
    sampler.take(reading(10_000, { y: 6 }, doubted));
    const [held, own] = sampler.take(reading(30_000, { y: 7 })).rows;
    assert.deepEqual(
      [held?.quality, { ...held?.doubts }, held?.state, held?.running, held?.existing],
      [0.5, { y: 2 }, "uncertain", false, 3],
    );
    assert.deepEqual([own?.quality, { ...own?.doubts }, own?.state, own?.running], [1, {}, "good", true]);
  });

  it("asked between readings it goes on with the last values; where the silence is unusual the target is left open", () => {
    const sampler = settled(10_000);
    assert.deepEqual(sampler.until(9_999), []);
    assert.deepEqual(brief(sampler.until(35_000)), [
      [10_000, 5],
      [20_000, Number.NaN],
      [30_000, Number.NaN],
    ]);
    assert.deepEqual(sampler.until(35_000), []);
    const { labels, rows } = sampler.take(reading(41_000, { y: 6 }));
    assert.deepEqual(labels, [
      { time: 20_000, value: 5, doubt: 0 },
      { time: 30_000, value: 5, doubt: 0 },
    ]);
    assert.deepEqual(brief(rows), [[40_000, 6]]);
  });

  it("says nothing of a silence that was a gap, and times go on rising", () => {
    const sampler = settled(1000);
    assert.equal(sampler.until(60_200).length, 60);
    const { labels, rows } = sampler.take(reading(60_100, { y: 6 }));
    assert.deepEqual([labels, brief(rows)], [[], [[60_100, 6]]]);
    assert.deepEqual(brief(sampler.take(reading(61_100, { y: 7 })).rows), [[61_100, 7]]);
  });

  it("asked for ever in a silence it stops after a thousand rows", () => {
    const sampler = settled(1000);
    assert.equal(sampler.until(1e9).length, 1000);
    assert.equal(sampler.until(2e9).length, 0);
  });

  it("forgets readings and keeps the step", () => {
    const sampler = settled(10_000);
    sampler.forgetReadings();
    assert.deepEqual([sampler.last, sampler.step], [Number.NaN, 10_000]);
    assert.deepEqual(brief(sampler.take(reading(-1e9, { y: 1 })).rows), [[-1e9, 1]]);
  });

  it("knows what makes no sense", () => {
    assert.ok(settled(10_000).isSound);
    assert.ok(new Sampler(["y"], "y", [MINUTE]).isSound);
    for (const [name, value] of [
      ["step", 7000],
      ["step", -10_000],
      ["step", Number.NaN],
      ["open", 1e9],
      ["open", 0.5],
      ["seen", 19],
      ["next", Number.NaN],
    ] as const) {
      const sampler = settled(10_000);
      sampler.state[name] = value;
      assert.equal(sampler.isSound, false, `${name} ${value}`);
    }
  });
});
