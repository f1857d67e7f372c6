import assert from "node:assert/strict";
import { History } from "../../src/forecaster/history";
import { Horizon } from "../../src/forecaster/horizon";
import { shapeOf } from "../../src/forecaster/network";
import { Random } from "../../src/forecaster/random";
import { Regressors } from "../../src/forecaster/regressors";
import { Levels } from "../../src/stream/levels";
import { RunningRms } from "../../src/stream/running-rms";
import { UsualSpacing } from "../../src/stream/usual-spacing";

const UNITS = 4;
const WIDTH = 3;
const READINGS = 40;
/** Richardson extrapolation of central differences, so that the comparison is not limited by the differences. */
const STEP = 2e-4;

/**
 * A model over a fixed stream. `late` is how many readings after its due time each label comes; the learning copy then
 * follows behind the newest reading.
 */
function stream(horizon: number, late: number, onExisting: boolean) {
  const random = new Random(7);
  const history = new History(256, WIDTH);
  const targetLevels = new Levels();
  const lagScale = new RunningRms();
  for (const y of [1, 2, 4, 3]) targetLevels.update(y);
  for (const change of [1, -0.5, 0.7]) lagScale.update(change);
  const shape = shapeOf(horizon, UNITS, WIDTH);
  const gradient = new Float64Array(shape.total);
  const spacing = new UsualSpacing();
  const regressors = new Regressors({
    units: UNITS,
    history,
    lagScales: [lagScale],
    spacing,
    sensors: { targetLevels, levels: [] },
    horizons: [horizon],
    seed: 1,
  });
  const common = {
    shape,
    history,
    sensors: { targetLevels, levels: [], spans: 0, between: (x: number) => x },
    gradient,
    regressors,
  };
  const model = new Horizon({ ...common, horizon, onExisting, isMean: false, coverage: 0.9, learners: 1 });
  const { parameters } = model.learner;
  const usual = {
    variance: new Float64Array(WIDTH),
    familiarity: 1,
    isDoubtful: false,
    isMoving: false,
    stale: 0,
  };
  model.initialise(new Random(3));
  // w and v start at 0, where half of the gradients vanish: a test there would prove little.
  for (let i = 0; i < parameters.length; i++) parameters[i] += 0.1 * random.normal();
  model.refresh();
  const labels = Array.from({ length: READINGS }, () => 2 + random.normal());
  const rows = Array.from({ length: READINGS }, () => Array.from({ length: WIDTH }, () => random.normal()));

  // A first pass with labels sets the unit of change; it stands still afterwards.
  for (let t = 0; t < READINGS; t++) {
    history.naive[history.push(labels[t] + 0.3)] = labels[t];
    model.forecast(t, regressors.row(t, 0), usual);
    if (t >= horizon) model.take(t - horizon, labels[t], 1);
  }

  /** Sum of the losses at all labelled origins, the parameters standing still; adds up the gradients on the way. */
  return function total(change?: { parameter: number; by: number }, sum?: Float64Array): number {
    if (change) parameters[change.parameter] += change.by;
    model.refresh();
    history.clear();
    model.forgetReadings();
    let loss = 0;
    const due = new Float64Array(history.capacity);
    for (let t = 0; t < READINGS; t++) {
      const slot = history.push(labels[t] + 0.3);
      history.time[slot] = t;
      history.naive[slot] = labels[Math.max(0, t - 1)];
      history.quality[slot] = 1;
      history.inputs.set(rows[t], history.rowAt(t));
      model.forecast(t, regressors.row(t, 0), usual);
      const origin = t - horizon - late;
      if (origin < 0) continue;
      due[history.slot(origin)] = labels[origin + horizon];
      model.differentiate(origin, due, 0);
      loss += model.loss;
      if (sum) for (let i = 0; i < sum.length; i++) sum[i] += gradient[i];
    }
    if (change) parameters[change.parameter] -= change.by;
    return loss;
  };
}

const GROUPS = {
  ν: [0, UNITS],
  θ: [UNITS, 2 * UNITS],
  γ: [2 * UNITS, 3 * UNITS],
  "Re B": [3 * UNITS, 3 * UNITS + UNITS * WIDTH],
  "Im B": [3 * UNITS + UNITS * WIDTH, 3 * UNITS + 2 * UNITS * WIDTH],
};

describe("gradient of real-time recurrent learning", function () {
  this.timeout(30_000);
  const cases = [
    { horizon: 0, late: 0, onExisting: false },
    { horizon: 0, late: 9, onExisting: false },
    { horizon: 1, late: 0, onExisting: false },
    { horizon: 6, late: 0, onExisting: false },
    { horizon: 3, late: 5, onExisting: false },
    { horizon: 2, late: 0, onExisting: true },
  ];
  for (const { horizon, late, onExisting } of cases) {
    const name = `horizon ${horizon}, labels ${late} readings late${onExisting ? ", on the existing forecast" : ""}`;
    it(`equals central differences of the whole sequence's loss: ${name}`, () => {
      const total = stream(horizon, late, onExisting);
      const length = shapeOf(horizon, UNITS, WIDTH).total;
      const gradient = new Float64Array(length);
      total(undefined, gradient);
      const numeric = Float64Array.from({ length }, (_, parameter) => {
        const slope = (by: number) => (total({ parameter, by }) - total({ parameter, by: -by })) / (2 * by);
        return (4 * slope(STEP / 2) - slope(STEP)) / 3;
      });
      for (const [group, [from, to]] of Object.entries({
        ...GROUPS,
        readout: [3 * UNITS + 2 * UNITS * WIDTH, length],
      })) {
        let difference = 0;
        let size = 0;
        for (let i = from; i < to; i++) {
          difference += (gradient[i] - numeric[i]) ** 2;
          size += numeric[i] ** 2;
        }
        assert.ok(size > 1e-6, `${group} has a gradient to compare`);
        const relative = Math.sqrt(difference / size);
        assert.ok(relative <= 1e-6, `${group}: relative error ${relative}`);
      }
    });
  }
});
