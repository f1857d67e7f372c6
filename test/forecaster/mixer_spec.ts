import assert from "node:assert/strict";
import { Mixer } from "../../src/forecaster/mixer";
import { Random } from "../../src/forecaster/random";

const MEMORY = 100;

describe("Mixer", () => {
  it("begins as the mean of all that have an answer", () => {
    const mixer = new Mixer(3, 1, MEMORY, 0);
    assert.ok(Math.abs(mixer.mix(Float64Array.of(1, 2, 6), 0) - 3) < 1e-12);
    assert.ok(Math.abs(mixer.mix(Float64Array.of(0, 1, Number.NaN, 6), 1) - 3.5) < 1e-12);
    assert.ok(Number.isNaN(mixer.mix(new Float64Array(3).fill(Number.NaN), 0)));
  });

  for (const unit of [1, 1000])
    it(`is hardly worse than the best sequence of experts, where the best one changes every 500 labels (unit ${unit})`, () => {
      for (const [worse, whole, found] of [
        [1.3, 0.8, 0.8],
        [2, 1.05, 1.01],
        [4, 1.3, 1.01],
      ]) {
        const random = new Random(1);
        const mixer = new Mixer(3, 1, MEMORY, 0);
        const forecasts = new Float64Array(3);
        const sum = { own: 0, best: 0, ownFound: 0, bestFound: 0 };
        for (let i = 0; i < 10_000; i++) {
          const actual = unit * 10 * Math.sin(i / 50);
          const good = Math.floor(i / 500) % 3;
          for (let k = 0; k < 3; k++) forecasts[k] = actual + unit * (k === good ? 1 : worse) * random.normal();
          const given = mixer.mix(forecasts, 0);
          const [own, best] = [Math.abs(given - actual), Math.abs(forecasts[good] - actual)];
          sum.own += own;
          sum.best += best;
          // Within a hundred labels of a change it has found the better one.
          if (i % 500 >= 100) {
            sum.ownFound += own;
            sum.bestFound += best;
          }
          mixer.update(forecasts, 0, given, actual);
        }
        assert.ok(sum.own < whole * sum.best, `${worse} times worse: ${sum.own / sum.best}`);
        assert.ok(sum.ownFound < found * sum.bestFound, `${worse} times worse: ${sum.ownFound / sum.bestFound}`);
      }
    });

  it("keeps the order of the experts when what was seen fades, and finds another best one sooner", () => {
    const random = new Random(1);
    const until = (keep: number): number => {
      const mixer = new Mixer(2, 1, 1000, 0);
      const forecasts = new Float64Array(2);
      const step = (good: number): void => {
        for (let k = 0; k < 2; k++) forecasts[k] = (k === good ? 1 : 2) * random.normal();
        mixer.update(forecasts, 0, mixer.mix(forecasts, 0), 0);
      };
      for (let i = 0; i < 2000; i++) step(0);
      mixer.fade(keep);
      assert.ok(mixer.weights[0] > 0.6, `${mixer.weights[0]}`);
      let labels = 0;
      for (; mixer.weights[1] < 0.6 && labels < 5000; labels++) step(1);
      return labels;
    };
    const [kept, faded] = [until(1), until(0.1)];
    assert.ok(faded < kept / 2, `${faded} and ${kept} labels`);
  });

  it("tells two good experts apart, and is better than both where their errors are their own", () => {
    const random = new Random(1);
    const mixer = new Mixer(2, 1, MEMORY, 0);
    const forecasts = new Float64Array(2);
    let own = 0;
    let first = 0;
    for (let i = 0; i < 5000; i++) {
      forecasts[0] = random.normal();
      forecasts[1] = random.normal();
      const given = mixer.mix(forecasts, 0);
      own += Math.abs(given);
      first += Math.abs(forecasts[0]);
      mixer.update(forecasts, 0, given, 0);
    }
    assert.ok(own < 0.9 * first, `${own / first}`);
  });

  it("one that has no answer sleeps: it neither gains nor loses", () => {
    const random = new Random(2);
    const mixer = new Mixer(3, 1, MEMORY, 0);
    const forecasts = new Float64Array(3);
    const round = (asleep: boolean): void => {
      forecasts[0] = random.normal();
      forecasts[1] = 3 * random.normal();
      forecasts[2] = asleep ? Number.NaN : 0.1 * random.normal();
      const given = mixer.mix(forecasts, 0);
      assert.ok(Number.isFinite(given));
      mixer.update(forecasts, 0, given, 0);
    };
    for (let i = 0; i < 500; i++) round(false);
    const awake = mixer.weights[2];
    assert.ok(awake > 0.9);
    for (let i = 0; i < 300; i++) round(true);
    assert.ok(mixer.weights[2] > 0.5, `${mixer.weights}`);
    assert.ok([...mixer.weights].every((weight) => weight >= 0));
    assert.ok(Math.abs(mixer.weights.reduce((sum, weight) => sum + weight, 0) - 1) < 1e-12);
  });

  it("takes the median of those that have an answer where none of them is trusted, however far off one is", () => {
    const mixer = new Mixer(4, 1, MEMORY, 0);
    for (let i = 0; i < 500; i++) mixer.update(Float64Array.of(10, 12, 1e4, i % 2 ? 0.1 : -0.1), 0, 0.1, 0);
    assert.equal(mixer.weights[3], 1);
    assert.equal(mixer.mix(Float64Array.of(10, 12, 1e4, Number.NaN), 0), 12);
    assert.equal(mixer.mix(Float64Array.of(10, 12, Number.NaN, Number.NaN), 0), 11);
    assert.ok(Number.isNaN(mixer.mix(new Float64Array(4).fill(Number.NaN), 0)));
  });

  it("learns nothing at a standstill, where all are right", () => {
    const mixer = new Mixer(2, 1, MEMORY, 0);
    for (let i = 0; i < 1000; i++) mixer.update(Float64Array.of(5, 5), 0, 5, 5);
    assert.deepEqual([...mixer.weights], [0.5, 0.5]);
    assert.equal(mixer.state.count, 0);
  });

  it("finds the expert that says the average, where errors count by their squares, and else the one that says the median", () => {
    const random = new Random(6);
    const forecasts = Float64Array.of(1, Math.LN2);
    const [bySquares, bySize] = [true, false].map((by) => new Mixer(2, 1, 1000, 0, by));
    for (let i = 0; i < 5000; i++) {
      // Exponential: its average is 1, its median the logarithm of 2.
      const actual = -Math.log(1 - random.uniform());
      for (const mixer of [bySquares, bySize]) mixer.update(forecasts, 0, mixer.mix(forecasts, 0), actual);
    }
    assert.ok(bySquares.weights[0] > 0.8, `${bySquares.weights}`);
    assert.ok(bySize.weights[1] > 0.8, `${bySize.weights}`);
  });

  it("one absurd label does not turn it over", () => {
    const random = new Random(3);
    const mixer = new Mixer(2, 1, MEMORY, 0);
    const forecasts = new Float64Array(2);
    for (let i = 0; i < 1000; i++) {
      forecasts[0] = random.normal();
      forecasts[1] = 4 * random.normal();
      mixer.update(forecasts, 0, mixer.mix(forecasts, 0), 0);
    }
    const before = mixer.weights[0];
    mixer.update(Float64Array.of(-1, 1), 0, 0, 1e9);
    assert.ok(mixer.weights[0] > before - 0.2, `${before} → ${mixer.weights[0]}`);
  });

  it("somewhere else begins with the trust of before, and the first expert ahead once more", () => {
    const random = new Random(2);
    const [before, now] = [new Mixer(2, 1, MEMORY, 30), new Mixer(2, 1, MEMORY, 30)];
    for (let i = 0; i < 500; i++) {
      const forecasts = Float64Array.of(random.normal(), 0.8 * random.normal());
      before.update(forecasts, 0, before.mix(forecasts, 0), 0);
    }
    now.inherit(before);
    assert.ok(before.weights[1] > 0.5, `${before.weights}`);
    assert.ok(now.weights[0] > before.weights[0] && now.weights[1] > 0, `${now.weights}`);
    assert.ok(now.isSound);
  });
});
