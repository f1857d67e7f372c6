import assert from "node:assert/strict";
import { LeastSquares, Regression } from "../../src/forecaster/least-squares";
import { Random } from "../../src/forecaster/random";
import { Arena } from "../../src/kernel/arena";

const COLUMNS = 4;
const IDLE = 2;

describe("least squares with columns that may be 0 for ever", () => {
  /** The error of the last hundred of so many labels of 2 x − y, whose first weight changes its sign at half of them. */
  function run(labels: number, idle: number) {
    const arena = Arena.plain();
    const of = { from: 0, to: COLUMNS, forgetting: 0.99, familiar: 1, idle };
    const squares = new LeastSquares(of, arena);
    const regression = new Regression(squares);
    const random = new Random(8);
    const row = arena.f32(COLUMNS);
    let error = 0;
    for (let i = 0; i < labels; i++) {
      row[0] = random.normal();
      row[1] = random.normal();
      const target = (i < labels / 2 ? 2 : -2) * row[0] - row[1] + 0.1 * random.normal();
      if (i >= labels - 100) error += Math.abs(target - regression.answer(row, 0)) / 100;
      regression.learn(row, 0, i, target, { weight: 1, gap: 1, isAnnounced: false });
    }
    return { error, P: squares.state.P };
  }

  it("goes on forgetting, however long they are, and knows no less of them than at first", () => {
    const { error, P } = run(100_000, IDLE);
    assert.ok(error < 0.1, `off by ${error}`);
    for (const i of [2, 3]) assert.ok(Math.abs(P[(i * (i + 1)) / 2 + i] / 1000 - 1) < 0.05);
  }).timeout(20_000);

  it("would forget nothing any more if they had a say in it", () => {
    assert.ok(run(100_000, 0).error > 1);
  }).timeout(20_000);

  it("learns in full what inputs have announced, however large the error", () => {
    const learnt = [false, true].map((isAnnounced) => {
      const arena = Arena.plain();
      const regression = new Regression(
        new LeastSquares({ from: 0, to: 2, forgetting: 1, familiar: 1, idle: 1 }, arena),
      );
      const random = new Random(3);
      const row = arena.f32(2);
      for (let i = 0; i < 2000; i++) {
        const isEvent = i % 100 === 99;
        row[0] = random.normal();
        row[1] = isEvent ? 1 : 0;
        const target = 0.3 * row[0] + 30 * row[1] + 0.05 * random.normal();
        regression.learn(row, 0, i, target, { weight: 1, gap: 1, isAnnounced: isAnnounced && isEvent });
      }
      return regression.state.weights[1];
    });
    assert.ok(Math.abs(learnt[1] - 30) < 0.5, `${learnt[1]}`);
    assert.ok(Math.abs(learnt[0] - 30) > Math.abs(learnt[1] - 30), `${learnt[0]} where nothing was announced`);
  });
});
