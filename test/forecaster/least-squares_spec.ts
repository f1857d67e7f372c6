import assert from "node:assert/strict";
import { LeastSquares, Regression } from "../../src/forecaster/least-squares";
import { Random } from "../../src/forecaster/random";
import { Arena } from "../../src/kernel/arena";

const COLUMNS = 4;

describe("least squares over many labels", () => {
  const all = { from: 0, to: COLUMNS, familiar: 1, seesLevels: false, dormant: 0 };

  it("go on forgetting beside columns that are always 0, and do not lose sight of these", () => {
    const arena = Arena.plain();
    const squares = new LeastSquares({ ...all, forgetting: 0.99 }, arena);
    const regression = new Regression(squares);
    const random = new Random(8);
    const row = arena.f32(COLUMNS);
    const labels = 100_000;
    let error = 0;
    for (let i = 0; i < labels; i++) {
      row[0] = random.normal();
      row[1] = random.normal();
      const target = (i < labels / 2 ? 2 : -2) * row[0] - row[1] + 0.1 * random.normal();
      if (i >= labels - 100) error += Math.abs(target - regression.answer(row, 0)) / 100;
      regression.learn(row, 0, target, { weight: 1, gap: 1, isAnnounced: false });
    }
    assert.ok(error < 0.1, `off by ${error}`);
    for (const i of [2, 3]) {
      const known = squares.state.P[(i * (i + 1)) / 2 + i];
      assert.ok(known > 50 && known < 200, `column ${i}: ${known}`);
    }
  }).timeout(20_000);

  it("are as good after a year as after a day where two columns nearly say the same", () => {
    const arena = Arena.plain();
    const squares = new LeastSquares({ ...all, forgetting: 0.999 }, arena);
    const regression = new Regression(squares);
    const random = new Random(5);
    const row = arena.f32(COLUMNS);
    const errors = [0, 0];
    for (let i = 0; i < 60_000; i++) {
      const own = random.normal();
      row[0] = own;
      row[1] = own + 1e-3 * random.normal();
      row[2] = Math.round(i / 5000) / 12;
      row[3] = 1;
      const target = own + 0.1 * random.normal();
      if (i % 30_000 >= 20_000) errors[i < 30_000 ? 0 : 1] += Math.abs(target - regression.answer(row, 0)) / 10_000;
      regression.learn(row, 0, target, { weight: 1, gap: 1, isAnnounced: false });
    }
    assert.ok(errors[0] < 0.085 && errors[1] < 0.085, errors.join());
    let trace = 0;
    for (let i = 0; i < COLUMNS; i++) trace += squares.state.P[(i * (i + 1)) / 2 + i];
    assert.ok(trace < 100, `${trace}`);
  }).timeout(20_000);

  it("answers further out than what has been learnt where answers have been right there, and no longer where they have not", () => {
    const arena = Arena.plain();
    const squares = new LeastSquares({ ...all, familiar: 0.05, forgetting: 0.99 }, arena);
    const regression = new Regression(squares, true, 1);
    const random = new Random(4);
    const row = arena.f32(COLUMNS);
    /** One reading in forty is far out; what its label is. */
    const feed = (label: (x: number) => number): void => {
      for (let i = 0; i < 2000; i++) {
        for (let c = 0; c < COLUMNS; c++) row[c] = (i % 40 === 0 ? 2 : 0.3) * random.normal();
        const known = row[0] - row[1];
        const target = i % 40 === 0 ? label(known) : known + 0.01 * random.normal();
        regression.learn(row, 0, target, { weight: 1, gap: 1, isAnnounced: false });
      }
    };
    feed((known) => known);
    const right = regression.state.reach;
    assert.ok(right > 5, `${right} times`);
    feed((known) => -known);
    const wrong = regression.state.reach;
    assert.ok(wrong < right / 2, `${wrong} times`);
    // An absurd reading is no place where answers have been right.
    row.fill(1e4);
    assert.equal(regression.knows(row, 0), false);
  });

  it("says nothing of columns that sleep, and once they count keeps what was learnt of the others", () => {
    const arena = Arena.plain();
    const squares = new LeastSquares({ ...all, forgetting: 1, dormant: 2 }, arena);
    const regression = new Regression(squares);
    const random = new Random(6);
    const row = arena.f32(COLUMNS);
    const learn = (): number => {
      for (let c = 0; c < COLUMNS; c++) row[c] = random.normal();
      const target = row[0] - 2 * row[1] + 3 * row[3];
      const error = Math.abs(target - regression.answer(row, 0));
      regression.learn(row, 0, target, { weight: 1, gap: 1, isAnnounced: false });
      return error;
    };
    for (let i = 0; i < 50; i++) learn();
    assert.deepEqual([...squares.state.P.subarray(3)], new Array(7).fill(0));
    const known = [...squares.state.P.subarray(0, 3)];
    squares.wake();
    assert.deepEqual([...squares.state.P.subarray(0, 3)], known);
    let error = 0;
    for (let i = 0; i < 400; i++) error = learn();
    assert.ok(error < 0.2, `off by ${error}`);
    // As after a record that was saved awake.
    const learnt = [...squares.state.P];
    squares.wake();
    assert.deepEqual([...squares.state.P], learnt);
  });

  it("learns in full what inputs have announced, however large the error", () => {
    const learnt = [false, true].map((isAnnounced) => {
      const arena = Arena.plain();
      const regression = new Regression(new LeastSquares({ ...all, to: 2, forgetting: 1, seesLevels: true }, arena));
      const random = new Random(3);
      const row = arena.f32(2);
      for (let i = 0; i < 2000; i++) {
        const isEvent = i % 100 === 99;
        row[0] = random.normal();
        row[1] = isEvent ? 1 : 0;
        const target = 0.3 * row[0] + 30 * row[1] + 0.05 * random.normal();
        regression.learn(row, 0, target, { weight: 1, gap: 1, isAnnounced: isAnnounced && isEvent });
      }
      return regression.state.weights[1];
    });
    assert.ok(Math.abs(learnt[1] - 30) < 0.5, `${learnt[1]}`);
    assert.ok(Math.abs(learnt[0] - 30) > Math.abs(learnt[1] - 30), `${learnt[0]} where nothing was announced`);
  });
});
