/** Sensors as they lie over all levels, and what a forecast ahead has of them. */
import assert from "node:assert/strict";
import { Forecaster } from "../../src/forecaster/forecaster";
import { History } from "../../src/forecaster/history";
import { PlainColumns } from "../../src/forecaster/plain-columns";
import { Random } from "../../src/forecaster/random";
import { Levels } from "../../src/stream/levels";

/** The column of each value, one sensor. */
function columns(values: readonly number[]): { columns: number[]; anew: number } {
  const levels = new Levels();
  const history = new History(64, 1);
  const plain = new PlainColumns([levels], history);
  const row = new Float32Array(1);
  let anew = 0;
  const all = values.map((x, i) => {
    history.push(Number.NaN);
    levels.update(x);
    plain.take(i, [x]);
    if (plain.isAnew) anew += 1;
    plain.fill(i, row, 0);
    return row[0];
  });
  return { columns: all, anew };
}

describe("plain columns", () => {
  const noise = (random: Random, mean: number, deviation: number, count: number): number[] =>
    Array.from({ length: count }, () => mean + deviation * random.normal());

  it("are 0 before the sensor moves, then nothing until its unit is known, then linear in it for good", () => {
    const values = [
      ...Array<number>(20).fill(7),
      ...noise(new Random(2), 8, 1, 200),
      ...noise(new Random(3), 40, 1, 200),
    ];
    const { columns: all, anew } = columns(values);
    assert.ok(all.slice(0, 20).every((x) => x === 0));
    const begun = all.findIndex((x, i) => i >= 20 && !Number.isNaN(x));
    assert.ok(begun > 20 && begun < 40, `${begun}`);
    assert.ok(all.slice(20, begun).every(Number.isNaN));
    const slope = (all[begun + 1] - all[begun]) / (values[begun + 1] - values[begun]);
    for (let i = begun + 1; i < values.length; i++)
      assert.ok(Math.abs(all[i] - all[begun] - slope * (values[i] - values[begun])) < 1e-3, `${i}`);
    assert.equal(anew, 0);
  });

  for (const [name, first, deviation] of [
    ["a fault", 1e6, 1],
    ["less than what it moves by", 0, 1e-6],
  ] as const)
    it(`begin anew where the first values were ${name}`, () => {
      const beginning = first === 0 ? noise(new Random(4), 20, deviation, 30) : [first];
      const { columns: all, anew } = columns([...beginning, ...noise(new Random(5), 20, 1, 400)]);
      assert.ok(anew === 1 || anew === 2, `${anew}`);
      const last = all.slice(-200);
      const mean = last.reduce((sum, x) => sum + x, 0) / last.length;
      const spread = Math.sqrt(last.reduce((sum, x) => sum + (x - mean) ** 2, 0) / last.length);
      assert.ok(spread > 0.01 && spread < 100, `${spread}`);
    });

  it("keep their unit where a sensor is a thousand times too high for an hour", () => {
    const random = new Random(6);
    const fault = noise(random, 20_000, 1000, 300);
    const { columns: all, anew } = columns([...noise(random, 20, 1, 2000), ...fault, ...noise(random, 20, 1, 200)]);
    assert.equal(anew, 0);
    const last = all.slice(-200);
    assert.ok(last.every((x) => Math.abs(x) < 20));
    assert.ok(Math.max(...last) - Math.min(...last) > 1);
  });

  it("show a forecast ahead where a temperature goes whose set point moves now and then", () => {
    const random = new Random(11);
    const f = Forecaster.create({ inputs: ["set"], target: "y", horizon: 5, seed: 1 });
    let set = 50;
    let temperature = 50;
    let error = 0;
    let last = 0;
    let plain = 0;
    for (let i = 0; i < 3000; i++) {
      if (random.uniform() < 0.02) set = 30 + 60 * random.uniform();
      temperature += (set - temperature) / 10;
      const values = { set, y: temperature + 0.3 * random.normal() };
      const { scored } = f.step({ time: 60_000 * i, values }, { learn: true });
      if (!scored || i < 1000) continue;
      error += Math.abs(scored.error);
      last += Math.abs(scored.naive - scored.actual);
      plain += f.forecast().experts.plain ?? 0;
    }
    assert.ok(error < 0.55 * last, `${error / last} of the last value's error`);
    assert.ok(plain / 2000 > 0.3, `${plain / 2000}`);
  });
});
