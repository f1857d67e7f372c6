import assert from "node:assert/strict";
import { Asset } from "../../src/asset/asset";
import { takeIn } from "../../src/asset/intake";
import { Random } from "../../src/forecaster/random";
import { readingsOf } from "../../src/message/reading";

const SECOND = 1000;
const AHEAD = 60;
const LENGTH = 9000;
/** Errors count from here: before, both have little to go by. */
const FROM = 3000;
const DEADBAND = 0.1;
/** Seconds after which a value is sent although it has not changed. */
const LONGEST = 150;

/** A value each second: a slow swing with a disturbance that fades, in some lives with noise of the instrument. */
function life(seed: number, noise: number): Float64Array {
  const random = new Random(seed);
  let disturbance = 0;
  return Float64Array.from({ length: LENGTH + AHEAD }, (_, t) => {
    disturbance += -0.01 * disturbance + 0.02 * random.normal();
    return 2 * Math.sin((2 * Math.PI * t) / 700) + disturbance + noise * random.normal();
  });
}

/** Whether a value is sent at each second. */
type Sent = (value: number, last: number, silence: number) => boolean;

/** The mean absolute error of the forecasts asked for each second against the true values a minute later, and all gaps. */
function error(truth: Float64Array, isSent: Sent): { mae: number; gaps: number[] } {
  const asset = new Asset("a", { inputs: ["y"], target: "y", durations: [AHEAD * SECOND], size: 8, labelDelay: 500 });
  const gaps: number[] = [];
  let last = Number.NaN;
  let silence = 0;
  let sum = 0;
  for (let t = 0; t < LENGTH; t++) {
    const time = SECOND * t;
    silence++;
    if (isSent(truth[t], last, silence)) {
      last = truth[t];
      if (t > 0) gaps.push(silence);
      silence = 0;
      const names = { target: "y", inputs: ["y"], existing: "" };
      const readings = readingsOf({ payload: last, timestamp: time }, names, {
        zone: "UTC",
        otherTimes: "convert",
        now: time,
      });
      takeIn(asset, last, readings, time, (one) => one.learn({ learn: true }));
    } else asset.tick(time, time, () => {});
    if (t >= FROM) sum += Math.abs((asset.forecast().value as number) - truth[t + AHEAD]);
  }
  return { mae: sum / (LENGTH - FROM), gaps: gaps.sort((a, b) => a - b) };
}

describe("a signal that is sent only when it changes", () => {
  for (const noise of [0, 0.05])
    it(`is forecast a minute ahead as well as each second, within a tenth (three lives, noise ${noise})`, function () {
      this.timeout(60_000);
      let ratio = 0;
      for (const seed of [1, 2, 3]) {
        const truth = life(seed, noise);
        const each = error(truth, () => true);
        const change = error(
          truth,
          (value, last, silence) => !(Math.abs(value - last) < DEADBAND) || silence >= LONGEST,
        );
        const lastValue = truth
          .subarray(FROM, LENGTH)
          .reduce((sum, y, i) => sum + Math.abs(y - truth[FROM + i + AHEAD]), 0);
        assert.ok(each.mae < (0.5 * lastValue) / (LENGTH - FROM), "there is something to forecast");
        assert.ok(change.gaps[0] <= 2 && (change.gaps.at(-1) ?? 0) > 25, String(change.gaps.at(-1)));
        ratio += change.mae / each.mae / 3;
      }
      assert.ok(ratio <= 1.1, `${ratio}`);
    });
});
