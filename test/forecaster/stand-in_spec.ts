import assert from "node:assert/strict";
import { Random } from "../../src/forecaster/random";
import { StandIn } from "../../src/forecaster/stand-in";
import { Forecaster, type ForecasterOptions, type Reading } from "../../src/index";
import { readRecord } from "../../src/record/record";
import { plant } from "./plant";

const LEARN = { learn: true };
const OPTIONS: ForecasterOptions = { inputs: ["a", "b"], target: "y", size: 4, seed: 3, buildOn: "existing" };
const [FROM, TO] = [600, 700];

interface Row {
  value: number;
  last: number;
  truth: number;
  lower: number;
  upper: number;
  frozen: number;
  isLast: boolean;
}

/** A plant whose existing forecast knows what is to come but for some noise. */
function foreseen(horizon: number, existing: (foreseen: number, i: number) => number | undefined = (own) => own) {
  const rows = plant(1000 + horizon);
  const ahead = rows.slice(0, 1000).map(({ time, values, existing: noisy }, i): Reading => {
    const noise = (noisy as number) - values.y;
    return { time, values, existing: existing(rows[i + horizon].values.y + 0.5 + 0.3 * noise, i) };
  });
  return { ahead, truth: (i: number) => rows[i + horizon].values.y };
}

function run({ ahead, truth }: ReturnType<typeof foreseen>, horizon: number, f = create(horizon)) {
  const scored: number[] = [];
  const rows = ahead.map((reading, i): Row => {
    const { scored: one, forecast } = f.step(reading, LEARN);
    if (one) scored.push(one.error);
    const { value, naive, lower, upper, frozen, experts } = forecast;
    return { value, last: naive, truth: truth(i), lower, upper, frozen, isLast: experts.last === 1 };
  });
  return { rows, scored, f };
}

const create = (horizon: number): Forecaster => Forecaster.create({ ...OPTIONS, horizon });
const isIn = (i: number): boolean => i >= FROM && i < TO;
const off = ({ value, truth }: Row): number => Math.abs(value - truth);
const median = (numbers: number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

/** How often forecasts are off by more than ten usual errors while the last value is right, and in a row. */
function astray(rows: Row[]): { total: number; longest: number } {
  const lastOff = rows.map(({ last, truth }) => Math.abs(last - truth));
  const usual = Math.max(median(rows.slice(300, FROM).map(off)), median(lastOff.slice(300, FROM)));
  let total = 0;
  let longest = 0;
  for (let i = FROM, run = 0; i < rows.length; i++) {
    const isAstray = lastOff[i] <= 3 * usual && !(off(rows[i]) <= 10 * usual);
    run = isAstray ? run + 1 : 0;
    total += isAstray ? 1 : 0;
    longest = Math.max(longest, run);
  }
  return { total, longest };
}

const covered = (rows: Row[]): number =>
  rows.filter(({ truth, lower, upper }) => truth >= lower && truth <= upper).length / rows.length;

describe("the last value beside a forecast that builds on the existing one", () => {
  it("has no say as long as that is as good as ever", () => {
    for (const horizon of [0, 1, 6]) {
      const { rows } = run(foreseen(horizon), horizon);
      assert.ok(rows.slice(1).every(({ isLast }) => !isLast));
    }
  });

  for (const horizon of [0, 1, 6])
    it(`stands in where that has not come, and is scored: horizon ${horizon}`, () => {
      const { rows, scored } = run(
        foreseen(horizon, (own, i) => (isIn(i) ? undefined : i % 7 === 3 ? Number.NaN : own)),
        horizon,
      );
      const without = rows.filter((_, i) => i > 0 && (isIn(i) || i % 7 === 3));
      for (const { value, last, frozen, isLast } of without)
        assert.deepEqual([value, frozen, isLast], [last, last, true]);
      assert.equal(rows.filter(({ isLast }) => isLast).length, without.length);
      assert.ok(scored.length >= 999 - horizon && scored.every(Number.isFinite), `${scored.length} scored`);
      assert.ok(covered(rows.slice(FROM, TO)) > 0.7, `${covered(rows.slice(FROM, TO))} in the interval`);
      // Those in between go on as if it had come each time.
      const always = run(foreseen(horizon), horizon).rows;
      const own = (of: Row[]): number => median(of.filter((_, i) => i > 300 && !rows[i].isLast).map(off));
      assert.ok(own(rows) < 1.2 * own(always), `${own(rows)} beside ${own(always)}`);
    });

  const FAULTS: Record<string, (own: number, i: number) => number> = {
    "is 0": () => 0,
    "counts in another unit": (own) => own / 1000,
    "is off by a fifth": (own) => 1.2 * own,
    "is 0 every other time": (own, i) => (i % 2 ? 0 : own),
  };
  for (const [name, fault] of Object.entries(FAULTS))
    it(`stands in after three labels where that ${name}, and the forecast is back when that is`, () => {
      const { rows } = run(
        foreseen(1, (own, i) => (isIn(i) ? fault(own, i) : own)),
        1,
      );
      const { total, longest } = astray(rows);
      assert.ok(total <= 8 && longest <= 3, `${total} astray, ${longest} in a row`);
      assert.ok(rows.slice(TO + 60).every(({ isLast }) => !isLast));
      assert.ok(covered(rows.slice(FROM)) > 0.8, `${covered(rows.slice(FROM))} in the interval`);
    });

  it("takes as many labels more further ahead as there are readings in between", () => {
    const { rows } = run(
      foreseen(6, (own, i) => (isIn(i) ? 0 : own)),
      6,
    );
    const since = rows.findIndex(({ isLast }) => isLast) - FROM;
    assert.ok(since > 6 && since <= 15, `${since} readings`);
  });

  it("goes on for good where the existing forecast stays as it is, until the model has learnt that", () => {
    const { rows } = run(
      foreseen(1, (own, i) => (i >= FROM ? own + 15 : own)),
      1,
    );
    const { total, longest } = astray(rows);
    assert.ok(total <= 12 && longest <= 3, `${total} astray, ${longest} in a row`);
  });

  it("does not get used to a forecast that goes astray by and by", () => {
    const standIn = new StandIn({ coverage: 0.9, horizon: 1 });
    for (let i = 0; i < 500; i++) standIn.judge(1, 1, 1);
    for (let off = 1; off < 20; off *= 1.001) standIn.judge(off, 1, 1);
    assert.ok(standIn.isCalled);
  });

  it("is not taken for the plant where the sensor is stuck and the guard doubts it", () => {
    const { ahead, truth } = foreseen(1);
    const { y } = ahead[FROM].values;
    const stuck = ahead.map((row, i) => (isIn(i) ? { ...row, values: { ...row.values, y }, doubts: { y: 10 } } : row));
    const { rows } = run({ ahead: stuck, truth }, 1);
    assert.ok(rows.slice(1).every(({ isLast }) => !isLast));
  });

  it("does not stand in while the plant stands still, so that a start that was foretold is forecast", () => {
    const random = new Random(7);
    const monday = Date.UTC(2026, 0, 5);
    const isOn = (i: number): boolean => {
      const day = Math.floor(i / 288) % 7;
      return day < 5 && i % 288 >= 72 && i % 288 < 264;
    };
    let drift = 0;
    const values = Array.from({ length: 15 * 288 + 1 }, (_, i) => {
      drift = 0.9 * drift + 0.9 * random.normal();
      return isOn(i) ? 100 + drift : 0;
    });
    for (const noise of [1, 3]) {
      const f = create(1);
      for (let i = 0; i < values.length - 1; i++) {
        const reading = { time: monday + i * 300_000, values: { a: 0, b: 0, y: values[i] } };
        const existing = (isOn(i + 1) ? 100 : 0) + noise * random.normal();
        const { value } = f.step({ ...reading, existing }, LEARN).forecast;
        if (isOn(i + 1) && !isOn(i)) assert.ok(value > 80, `${value} on day ${i / 288}, noise ${noise}`);
      }
    }
  });

  it("does not stand in for a soft sensor whose labels lie", () => {
    const { ahead, truth } = foreseen(0);
    const lies = ahead.map((row, i) => (isIn(i) ? { ...row, values: { ...row.values, y: 0 } } : row));
    const { rows } = run({ ahead: lies, truth }, 0);
    assert.ok(rows.slice(1).every(({ isLast }) => !isLast));
  });

  it("goes on bit by bit after save and load, whenever that is", () => {
    const stream = foreseen(2, (own, i) => (isIn(i) ? 0 : i % 9 === 4 ? undefined : own));
    const whole = run(stream, 2).rows;
    for (const cut of [5, FROM + 2, FROM + 40, TO + 3]) {
      const { f } = run({ ...stream, ahead: stream.ahead.slice(0, cut) }, 2);
      const truth = (i: number): number => stream.truth(i + cut);
      const after = run({ ahead: stream.ahead.slice(cut), truth }, 2, Forecaster.load(f.save())).rows;
      assert.deepEqual(after, whole.slice(cut));
    }
  });

  it("is in the record, and among the experts, only where the forecast builds on the existing one", () => {
    const parts = (f: Forecaster): string[] => [
      ...readRecord(f.save(), { kind: "forecaster", version: 3, describe: (d) => d }).parts.keys(),
    ];
    const on = run(foreseen(1), 1).f;
    assert.ok(parts(on).includes("horizon1.standIn"));
    const plain = Forecaster.create({ ...OPTIONS, buildOn: "last" });
    const { forecast } = plain.step(plant(1)[0], LEARN);
    assert.ok(!parts(plain).some((name) => name.includes("standIn")));
    assert.ok(!("last" in forecast.experts));
  });

  it("is named as what has moved the forecast", () => {
    const f = create(1);
    f.askWhy();
    const { ahead } = foreseen(1, (own, i) => (isIn(i) ? undefined : own));
    for (const [i, reading] of ahead.slice(0, TO + 5).entries()) {
      f.step(reading, LEARN);
      const because = i > FROM - 3 ? f.because() : undefined;
      if (!because) continue;
      const { own, existing, rest, change, inputs, others } = because;
      const sum = inputs.reduce((all, { share }) => all + share, own.share + existing + rest + others);
      assert.ok(Math.abs(sum - change) < 1e-6);
      if (isIn(i)) assert.deepEqual([inputs.length, existing, others], [0, 0, 0]);
    }
  });
});
