import assert from "node:assert/strict";
import { Forecaster, type ForecasterOptions, type Reading } from "../../src/index";
import { plant } from "./plant";

const BASIC: ForecasterOptions = { inputs: ["a", "b"], target: "y", size: 8, labelDelay: 40 };

/** Root mean square error of the forecasts that fall due. */
function through(f: Forecaster, rows: readonly Reading[]): number {
  let square = 0;
  let count = 0;
  for (const row of rows) {
    const { scored } = f.step(row, { learn: true });
    if (!scored) continue;
    square += scored.error ** 2;
    count += 1;
  }
  return Math.sqrt(square / count);
}

describe("a forecaster that becomes a light one, or one with all experts", () => {
  const cases: [string, ForecasterOptions, number][] = [
    ["ahead", BASIC, 1],
    ["several horizons on the existing forecast", { ...BASIC, horizon: [1, 3], buildOn: "existing" }, 1],
    ["a committee", { ...BASIC, steady: true }, 1],
    ["a soft sensor", { ...BASIC, horizon: 0 }, 3],
  ];
  for (const [name, options, labelEvery] of cases) {
    const rows = plant(1500, 5, labelEvery);
    const [first, second, third] = [rows.slice(0, 700), rows.slice(700, 1100), rows.slice(1100)];
    for (const light of [true, false])
      it(`goes on with what its networks have learnt: ${name}, ${light ? "light" : "all experts"}`, () => {
        const before = Forecaster.create({ ...options, light: !light });
        through(before, first);
        const record = before.save();
        const changed = Forecaster.load(record, {}, { light });
        assert.equal(changed.options.light, light);
        assert.equal(changed.updates, before.updates);
        for (const row of second) {
          before.step(row, { learn: true });
          const { forecast } = changed.step(row, { learn: true });
          const own = before.expertsAt(row.time);
          const now = changed.expertsAt(row.time);
          assert.deepEqual([now.learner, now.frozen], [own.learner, own.frozen]);
          assert.ok(Object.values(forecast.experts).every((share) => share >= 0 && share <= 1));
          const sum = Object.values(forecast.experts).reduce((all, share) => all + share, 0);
          assert.ok(Math.abs(sum - 1) < 1e-9 || labelEvery > 1);
        }
        assert.deepEqual("linear" in changed.expertsAt(second[second.length - 1].time), !light);
        // And it can be saved, and go on, as what it is now.
        const again = Forecaster.load(changed.save());
        assert.equal(again.options.light, light);
        assert.equal(through(again, third), through(changed, third));
      });

    it(`the experts that begin again do no harm, and get their say: ${name}`, () => {
      const light = Forecaster.create({ ...options, light: true });
      through(light, first);
      const all = Forecaster.load(light.save(), {}, { light: false });
      through(light, second);
      through(all, second);
      const wanted = through(light, third);
      const error = through(all, third);
      assert.ok(error < 1.02 * wanted, `${error} instead of ${wanted}`);
      const { linear = 0, seasonal = 0, quadratic = 0 } = all.forecast().experts;
      assert.ok(linear + seasonal + quadratic > 0, "they have a say again");
    });
  }

  it("keeps as many readings as what it becomes, and finds the oldest that it has", () => {
    const options = { ...BASIC, horizon: 0, labelDelay: 100 };
    const rows = plant(700, 5, 3);
    const light = Forecaster.create({ ...options, light: true });
    through(light, rows);
    const all = Forecaster.load(light.save(), {}, { light: false });
    assert.equal(all.options.light, false);
    assert.equal(all.save().length, Forecaster.load(all.save()).save().length);
    const { time } = rows[rows.length - 125];
    const label = all.label({ time, value: 5 });
    assert.ok(label === undefined || !("rejected" in label), JSON.stringify(label));
  });

  it("takes about half of the memory where it is light", () => {
    const usual = { ...BASIC, size: 16 };
    const all = Forecaster.create(usual).memoryBytes;
    const light = Forecaster.create({ ...usual, light: true }).memoryBytes;
    assert.ok(light < 0.65 * all, `${light} of ${all}`);
  });

  it("stays what it was where nothing is said", () => {
    for (const light of [true, false])
      assert.equal(Forecaster.load(Forecaster.create({ ...BASIC, light }).save()).options.light, light);
  });
});
