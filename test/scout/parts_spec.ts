/** The parts of the scout, each against what is known of it. */
import assert from "node:assert/strict";
import { Random } from "../../src/forecaster/random";
import { circularShifts, extremeQuantile, percentile95 } from "../../src/scout/circular-shift";
import { correlation, laggedCorrelation } from "../../src/scout/correlation";
import { blockMeans, differences, heldAt, standardised } from "../../src/scout/differences";
import { freedom, informationalCorrelation, mutualInformation, ranked } from "../../src/scout/mutual-information";
import { prewhitened } from "../../src/scout/prewhitening";
import { spanOf } from "../../src/scout/span";
import { withoutLines } from "../../src/scout/spectral-lines";

const noise = (seed: number, length: number): Float64Array => {
  const random = new Random(seed);
  return Float64Array.from({ length }, () => random.normal());
};
const twice = (values: Float64Array): Float64Array => Float64Array.of(...values, ...values);
const autocorrelation = (values: Float64Array, lag: number): number =>
  correlation(values.subarray(lag), values.subarray(0, values.length - lag));

describe("the parts of the sensor scout", () => {
  it("a missing value stands at the last one; blocks leave it out; a change that is absurd is clipped", () => {
    const values = Float64Array.of(Number.NaN, 1, Number.NaN, 3, 4, Number.NaN);
    assert.deepEqual([...heldAt(values, [0, 2, 3, 5])], [Number.NaN, 1, 3, 4]);
    assert.deepEqual([...blockMeans(Float64Array.of(9, 1, 2, Number.NaN, 4), 2)], [1.5, 4]);
    const changes = differences(Float64Array.from({ length: 1000 }, (_, i) => (i === 500 ? 1e99 : i % 2)));
    assert.ok(Math.max(...changes.map(Math.abs)) < 20);
  });

  it("correlation and lag agree with their definition", () => {
    const x = standardised(noise(1, 101));
    const y = Float64Array.from(x, (_, i) => x[(i + 101 - 7) % 101] as number);
    assert.ok(Math.abs(laggedCorrelation(twice(y), twice(x), 7) - 1) < 1e-12);
    assert.ok(Math.abs(laggedCorrelation(twice(y), twice(x), 8)) < 0.5);
    assert.ok(Math.abs(correlation(Float64Array.of(1, 2, 3, Number.NaN), Float64Array.of(6, 4, 2, 0)) + 1) < 1e-12);
    assert.equal(correlation(Float64Array.of(1, 1), Float64Array.of(1, 2)), 0);
  });

  it("mutual information of a Gaussian pair gives back its correlation, of independent ones what chance brings", () => {
    const [a, b] = [noise(1, 20_000), noise(2, 20_000)];
    const joint = new Int32Array(128);
    const information = (y: Float64Array): number => {
      const [binsY, binsX] = [ranked(y), ranked(a)];
      return mutualInformation(binsY, binsX, 0, joint) - freedom(binsY, binsX) / 40_000;
    };
    const related = informationalCorrelation(information(a.map((value, i) => 0.6 * value + 0.8 * (b[i] as number))));
    assert.ok(Math.abs(related - 0.6) < 0.03, String(related));
    assert.ok(Math.abs(information(b)) < 0.001);
    assert.ok(informationalCorrelation(information(a.map(Math.abs))) > 0.9, "no straight line");
    assert.deepEqual(
      [...ranked(Float64Array.of(5, 5, 5, 5, 5, 5)).counts].filter(Boolean),
      [6],
      "equal values, one bin",
    );
  });

  it("prewhitening leaves of a smooth series the noise that made it", () => {
    const made = noise(3, 5000);
    let value = 0;
    const smooth = made.map((step) => (value = 0.95 * value + step));
    const residuals = prewhitened(smooth);
    assert.ok(correlation(residuals, made) > 0.999);
    assert.ok(Math.abs(autocorrelation(residuals, 1)) < 0.03 && autocorrelation(smooth, 1) > 0.9);
    assert.deepEqual([...prewhitened(new Float64Array(50))], new Array(50).fill(0));
  });

  it("rhythms are taken out of a spectrum, noise is left as it was", () => {
    const made = noise(4, 3000);
    const rhythmic = made.map((value, i) => value + 2 * Math.sin(i / 11) + Math.cos(i / 3.3));
    assert.ok(correlation(rhythmic, made) < 0.6);
    assert.ok(correlation(withoutLines(rhythmic), made) > 0.97);
    assert.ok(correlation(withoutLines(made.slice()), made) > 0.999);
  });

  it("the shifts keep away from no shift, and stand all over the series", () => {
    const shifts = circularShifts(800, new Random(1));
    assert.equal(shifts.length, 20);
    assert.ok(shifts.every((shift) => shift >= 100 && shift < 700));
    assert.ok(shifts.every((shift, i) => i === 0 || shift > (shifts[i - 1] as number)));
  });

  it("quantiles of surrogates: the 95th percentile is the second of 20, the extreme one that of the largest of many", () => {
    assert.equal(percentile95(Array.from({ length: 20 }, (_, i) => 20 - i)), 19);
    const random = new Random(5);
    const largest = (): number => Math.max(...Array.from({ length: 90 }, () => Math.abs(random.normal())));
    const statistics = Array.from({ length: 2000 }, largest);
    const beyond = Array.from({ length: 2000 }, largest).filter((value) => value > extremeQuantile(statistics, 0.99));
    assert.ok(beyond.length > 5 && beyond.length < 40, `${beyond.length} of 2000, 20 expected`);
    const disturbed = [...statistics.slice(0, 20), 1000];
    assert.ok(extremeQuantile(disturbed, 0.99) < 8, "one that is far off does not move it");
  });

  it("spans of time are told in about two digits", () => {
    const said = (ms: number) => Object.values(spanOf(ms, Number.NaN) ?? {}).join(" ");
    assert.deepEqual([725_300, 60_000, 90_000, 250, 3_600_000, 86_400_000 * 3, 5_400_000, 0, 1500].map(said), [
      "12 min",
      "1 min",
      "90 s",
      "250 ms",
      "1 h",
      "3 d",
      "90 min",
      "0 ms",
      "1500 ms",
    ]);
    assert.deepEqual(spanOf(Number.NaN, 5), { amount: 5, unit: "readings" });
    assert.equal(spanOf(Number.NaN, Number.NaN), undefined);
  });
});
