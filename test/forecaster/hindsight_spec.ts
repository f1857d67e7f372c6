import assert from "node:assert/strict";
import { History } from "../../src/forecaster/history";
import type { HorizonModel } from "../../src/forecaster/horizon-model";
import { LabelRegression } from "../../src/forecaster/label-regression";
import { Lru } from "../../src/forecaster/lru";
import { Random } from "../../src/forecaster/random";
import { StandIn } from "../../src/forecaster/stand-in";
import { Forecaster, type ForecasterOptions, type Reading } from "../../src/index";

/** A soft sensor whose label is a flow, nearly; speed and pressure tell a part of the flow. `labelEvery` thins it out. */
function engine(length: number, labelEvery = 1): Reading[] {
  const random = new Random(11);
  let [speed, load] = [0, 0];
  return Array.from({ length }, (_, i) => {
    speed = 0.95 * speed + 0.3 * random.normal();
    load = 0.97 * load + 0.25 * random.normal();
    const flow = speed + load;
    const label = (i + 1) % labelEvery === 0 ? 5 + 2 * flow + 0.1 * speed + 0.02 * random.normal() : Number.NaN;
    return { time: i * 1000, values: { speed, pressure: load + 0.5 * random.normal(), flow, label } };
  });
}

const OPTIONS: ForecasterOptions = {
  inputs: ["speed", "pressure", "flow"],
  target: "label",
  horizon: 0,
  size: 8,
  targetHistory: false,
};
const START = 2000;
const END = 2200;

/** The flow is missing from START to END. */
const broken = (rows: readonly Reading[]) =>
  rows.map((row, i) => (i >= START && i < END ? { ...row, values: { ...row.values, flow: Number.NaN } } : row));
const timesFactor = (rows: readonly Reading[], factor: number) =>
  rows.map((row) => ({
    ...row,
    values: Object.fromEntries(Object.entries(row.values).map(([name, x]) => [name, factor * x])),
  }));

/** Estimates of the readings [from … to) and the states at the end; from START on nothing is learnt. */
function run(rows: readonly Reading[], from: number, to: number, options = OPTIONS) {
  const f = Forecaster.create(options);
  const values = rows.slice(0, to).map((row, i) => f.step(row, { learn: i < START }).forecast.value);
  const { models } = f as unknown as { models: HorizonModel[] };
  return { values: values.slice(from), states: [...models[0].rewindable()[1]] };
}

/** Mean absolute difference. */
const away = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, x, i) => sum + Math.abs(x - b[i]), 0) / a.length;

describe("hindsight: what a label tells of an input that was missing", () => {
  /** Three sensors, the third of which moves by itself, and a label of it; `n` complete readings of a quality. */
  function labelled(n: number, noise = 0.05, quality = 1) {
    const random = new Random(6);
    const history = new History(200, 3);
    const standIn = new StandIn(history, 3);
    const regression = new LabelRegression(history, 3);
    let c = 0;
    /** The next reading: the third sensor's error before and after hindsight; `lie` is added to the label. */
    const next = (missing: Uint8Array, lie = 0) => {
      c = 0.95 * c + 0.3 * random.normal();
      const row = [random.normal(), 0.5 * c + random.normal(), c];
      const slot = history.push();
      history.quality[slot] = quality;
      row.forEach((x, k) => {
        history.inputs[3 * slot + k] = missing[k] === 1 ? 0 : x;
      });
      standIn.complete(history.length - 1, missing);
      const before = history.inputs[3 * slot + 2] - c;
      regression.label[0] = 0.9 * c + 0.3 * row[0] + noise * random.normal() + lie;
      let corrected = false;
      if (missing.includes(1)) corrected = standIn.correct(history.length - 1, regression);
      else regression.learn(history.length - 1);
      return { corrected, before, after: history.inputs[3 * slot + 2] - c };
    };
    for (let i = 0; i < n; i++) next(Uint8Array.of(0, 0, 0));
    return next;
  }
  const THIRD = Uint8Array.of(0, 0, 1);

  it("is the missing value, as exactly as the label knows it", () => {
    const next = labelled(1000);
    let [before, after] = [0, 0];
    for (let i = 0; i < 200; i++) {
      const error = next(THIRD);
      before += Math.abs(error.before) / 200;
      after += Math.abs(error.after) / 200;
    }
    assert.ok(after < 0.08 && before > 0.3, `${before} before, ${after} after`);
  });

  it("helps the next stand-in to start from there", () => {
    const [judged, blind] = [0, 100].map((lie) => {
      const next = labelled(1000);
      let sum = 0;
      for (let i = 0; i < 200; i++) sum += Math.abs(next(THIRD, lie).before);
      return sum;
    });
    assert.ok(judged < 0.85 * blind, `${judged} against ${blind}`);
  });

  it("is none as long as too little is known, from readings that are not to be learnt from, or from a poor relation", () => {
    assert.equal(labelled(199)(THIRD).corrected, false);
    assert.equal(labelled(1000, 0.05, 0)(THIRD).corrected, false);
    const poor = labelled(1000, 3);
    for (let i = 0; i < 50; i++) assert.equal(poor(THIRD).corrected, false);
  });

  it("does not believe a label that is far from all that could be", () => {
    const next = labelled(1000);
    for (let i = 0; i < 20; i++) {
      const { corrected, before, after } = next(THIRD, i % 2 === 0 ? 9 : -9);
      assert.equal(corrected, false);
      assert.equal(after, before);
    }
    assert.equal(next(THIRD).corrected, true);
  });

  it("shares out among several missing inputs, most to what the label follows most", () => {
    const next = labelled(1000);
    let [before, after] = [0, 0];
    for (let i = 0; i < 200; i++) {
      const error = next(Uint8Array.of(1, 0, 1));
      before += Math.abs(error.before);
      after += Math.abs(error.after);
    }
    assert.ok(after < 0.7 * before, `${before} before, ${after} after`);
  });

  it("waits where the label drifts by itself: labels in a row that are wrong alike are no proof", () => {
    const next = labelled(1000);
    const random = new Random(9);
    let drift = 0;
    const wander = () => {
      drift = 0.97 * drift + 0.05 * random.normal();
      return drift;
    };
    for (let i = 0; i < 600; i++) next(Uint8Array.of(0, 0, 0), wander());
    for (let i = 0; i < 50; i++) assert.equal(next(THIRD, wander()).corrected, false);
  });

  it("follows a relation that has moved, where that can be seen", () => {
    const next = labelled(1000);
    for (let i = 0; i < 600; i++) next(Uint8Array.of(0, 0, 0), 1);
    let after = 0;
    for (let i = 0; i < 100; i++) after += next(THIRD, 1).after / 100;
    assert.ok(Math.abs(after) < 0.15, `${after} off on average`);
  });
});

describe("a state corrected in hindsight", () => {
  it("is the state that the right inputs would have given", () => {
    const layer = new Lru(4, 3, new Float64Array(Lru.parameterCount(4, 3)));
    layer.initialise(new Random(2));
    const [right, wrong] = [new Float64Array(8).fill(0.3), new Float64Array(8).fill(0.3)];
    layer.forward(right, Float32Array.of(1, -2, 0.5), 0);
    layer.forward(wrong, Float32Array.of(1, 1, 0.5), 0);
    layer.correct(wrong, Float64Array.of(0, -3, 0));
    right.forEach((x, i) => {
      assert.ok(Math.abs(x - wrong[i]) < 1e-12);
    });
  });
});

describe("a soft sensor with a dead input", () => {
  for (const [labels, labelEvery, share] of [
    ["a label with each reading", 1, 0.3],
    ["every second label", 2, 0.8],
  ] as const) {
    it(`has better states and estimates for it: ${labels}`, () => {
      const rows = engine(END, labelEvery);
      const dead = broken(rows);
      // A label that is not shown is scored alike, but no hindsight is taken from it.
      const hidden = dead.map((row, i) => (i >= START ? { ...row, labelShown: false } : row));
      const [honest, seen, unseen] = [rows, dead, hidden].map((stream) => run(stream, START, END));
      const states = [seen, unseen].map((one) => away(one.states, honest.states));
      const values = [seen, unseen].map((one) => away(one.values, honest.values));
      assert.ok(states[0] < share * states[1], `${states[0]} with hindsight, ${states[1]} without`);
      assert.ok(values[0] < values[1], `${values[0]} with hindsight, ${values[1]} without`);
    });
  }

  it("forecasts each reading before it sees its label", () => {
    const f = Forecaster.create(OPTIONS);
    const rows = broken(engine(END));
    for (const row of rows.slice(0, START + 20)) f.step(row, { learn: true });
    const bytes = f.save();
    const { time, values } = rows[START + 20];
    const estimate = (label: number) =>
      Forecaster.load(bytes).step({ time, values: { ...values, label } }, { learn: true }).forecast.value;
    assert.equal(estimate(values.label), estimate(values.label + 0.5));
    assert.equal(estimate(values.label), estimate(Number.NaN));
  });

  it("learns from the very states that it runs on", () => {
    const f = Forecaster.create(OPTIONS);
    const { models } = f as unknown as { models: HorizonModel[] };
    const [, state, , , learning] = models[0].rewindable();
    broken(engine(END)).forEach((row, i) => {
      // At speed 0 the parameters stand still, so that both must agree.
      f.step(row, { learn: true, speed: 0 });
      const apart = Math.max(...state.map((x, k) => Math.abs(x - learning[k])));
      assert.ok(i <= 10 || apart < 1e-9, `${apart} apart at reading ${i}`);
    });
  });

  it("uses a label of a reading whose quality is 0, as it is where an input is missing, and none that is held", () => {
    const rows = engine(END);
    const states = (quality: number, label: (x: number, i: number) => number) => {
      const dead = broken(rows).map((row, i) =>
        i >= START ? { ...row, quality, values: { ...row.values, label: label(row.values.label, i) } } : row,
      );
      return run(dead, START, END).states;
    };
    const honest = run(rows, START, END).states;
    const good = states(1, (x) => x);
    const held = states(0, () => Number.NaN);
    assert.deepEqual(
      states(0, (x) => x),
      good,
    );
    assert.ok(away(good, honest) < 0.3 * away(held, honest));
    // Too far to be believed, but not so far that the engine's plainest rule holds it back.
    assert.deepEqual(
      states(0, (x, i) => (i % 40 === 0 ? x + 60 : Number.NaN)),
      held,
    );
  });

  it("goes on from a saved state in the midst of the gap as if nothing had been", () => {
    const rows = broken(engine(END + 50));
    let f = Forecaster.create(OPTIONS);
    const straight = Forecaster.create(OPTIONS);
    rows.forEach((row, i) => {
      if (i > START && i % 7 === 0) f = Forecaster.load(f.save());
      const { value } = f.step(row, { learn: true }).forecast;
      assert.equal(value, straight.step(row, { learn: true }).forecast.value, `reading ${i}`);
    });
  });

  it("does the same in any unit", () => {
    const rows = broken(engine(END + 50));
    const plain = run(rows, START, END + 50).values;
    for (const factor of [1000, 1e95]) {
      const scaled = run(timesFactor(rows, factor), START, END + 50).values.map((x) => x / factor);
      assert.ok(away(plain, scaled) < 1e-5, `${away(plain, scaled)} at × ${factor}`);
    }
  });

  it("stays finite with a label that never moves, an existing forecast, the label's own past, all inputs gone", () => {
    const rows = broken(engine(END + 50));
    const still = rows.map((row) => ({ ...row, values: { ...row.values, label: 3 } }));
    const gone = rows.map((row, i) => (i > START ? { ...row, values: { label: row.values.label } } : row));
    const existing = rows.map((row) => ({ ...row, existing: row.values.label + 1 }));
    for (const [stream, options] of [
      [still, OPTIONS],
      [gone, OPTIONS],
      [rows, { ...OPTIONS, targetHistory: true }],
      [existing, { ...OPTIONS, buildOn: "existing" }],
    ] as const)
      assert.ok(run(stream, START, END + 50, options).values.every(Number.isFinite));
  });
});
