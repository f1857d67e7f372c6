import assert from "node:assert/strict";
import { describe as complete } from "../../src/forecaster/options";
import { withOffsets } from "../../src/forecaster/with-offsets";

const WIDTH = 2;

function triangle(n: number): Float64Array {
  return Float64Array.from({ length: (n * (n + 1)) / 2 }, (_, i) => i + 1);
}

function at(lower: ArrayLike<number>, i: number, j: number): number {
  return lower[(Math.max(i, j) * (Math.max(i, j) + 1)) / 2 + Math.min(i, j)];
}

/** A record of before the offsets: of least squares alone. */
function old(horizon: number, lengths: readonly number[]) {
  const description = complete({ inputs: ["a"], target: "y", horizon, size: 1 });
  const parts = new Map<string, Map<string, Float64Array>>();
  lengths.forEach((n, s) => {
    parts.set(`squares${s}.inverse`, new Map([["P", triangle(n)]]));
    parts.set(`squares${s}.gains`, new Map([["has", new Float64Array(3)]]));
    const weights = Float64Array.from({ length: n }, (_, i) => 100 + i);
    parts.set(
      `horizon${horizon}.regression${s}`,
      new Map([
        ["weights", weights],
        ["usual", Float64Array.of(0.5)],
      ]),
    );
  });
  return { kind: "forecaster", version: 2, description, parts };
}

describe("a record from before offsets", () => {
  // Ahead: 2 states, changes, inputs, 1 and 24 lags. Now: the same without lags; and inputs, 1, three products.
  for (const [horizon, lengths, columns] of [
    [1, [31], [[0, 1, -1, -1, 2, 3, -1, -1, 4]]],
    [
      0,
      [7, 6],
      [
        [0, 1, -1, -1, 2, 3, -1, -1, 4],
        [-1, -1, 0, 1, 2, 3, 4, 5],
      ],
    ],
  ] as const)
    it(`keeps what it knows of every column, and knows nothing of the new ones: ${horizon} ahead`, () => {
      const { parts } = withOffsets(old(horizon, lengths), WIDTH);
      columns.forEach((list, s) => {
        const inverse = parts.get(`squares${s}.inverse`)?.get("P") ?? [];
        const weights = parts.get(`horizon${horizon}.regression${s}`)?.get("weights") ?? [];
        const length = lengths[s] + list.filter((column) => column < 0).length;
        assert.equal(inverse.length, (length * (length + 1)) / 2);
        assert.equal(weights.length, length);
        list.forEach((column, i) => {
          assert.equal(weights[i], column < 0 ? 0 : 100 + column);
          list.forEach((other, j) => {
            const unknown = i === j ? 1000 : 0;
            const wanted = column < 0 || other < 0 ? unknown : at(triangle(lengths[s]), column, other);
            assert.equal(at(inverse, i, j), wanted, `${i}, ${j}`);
          });
        });
        assert.equal(parts.has(`squares${s}.gains`), false);
      });
    });

  it("is left alone where it has them", () => {
    const known = old(1, [31]);
    known.parts.set("history", new Map([["offsets", new Float64Array(4)]]));
    assert.equal(withOffsets(known, WIDTH), known);
  });
});
