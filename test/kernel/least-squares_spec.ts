import assert from "node:assert/strict";
import { Random } from "../../src/forecaster/random";
import { Arena } from "../../src/kernel/arena";
import { alike } from "./alike";

/** Every remainder of what a kernel takes at once, and sizes as they occur. */
const LENGTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 23, 66, 67, 101];

/** The same least squares on the arrays of an arena: what an arena of compiled kernels must not change. */
function leastSquares(arena: Arena, n: number) {
  const random = new Random(n);
  const { kernel } = arena;
  const P = arena.f64((n * (n + 1)) / 2);
  for (let i = 0, at = 0; i < n; i++, at += i + 1) P[at] = 1000;
  const x = arena.f32(n + 1);
  const gain = arena.f32(n + 1);
  const g = arena.f64(n);
  const weights = arena.f64(n);
  const seen: number[] = [];
  for (let step = 0; step < 40; step++) {
    for (let i = 0; i <= n; i++) x[i] = random.normal();
    seen.push(kernel.leverage(P, x, 1, n));
    const of = { forgetting: step < 20 ? 1 : 0.98, weight: step % 3 === 0 ? 0.2 : 1 };
    kernel.gain(P, x, 1, gain, 1, g, of);
    const answer = kernel.answer(weights, x, 1);
    seen.push(answer, kernel.correct(weights, gain, 1, x[0] - answer));
  }
  return { P, gain, g, weights, seen: Float64Array.from(seen) };
}

describe("the compiled kernels of least squares", () => {
  for (const n of LENGTHS)
    it(`answer as the plain ones do: ${n} columns`, () => {
      const plain = leastSquares(Arena.plain(), n);
      const compiled = leastSquares(Arena.fast(), n);
      // Forty steps divide rounding by what is left of P: a thousandth of what it began with.
      alike(compiled.seen, plain.seen, 1e-8);
      alike(compiled.P, plain.P, 1e-8);
      alike(compiled.g, plain.g, 1e-8);
      alike(compiled.weights, plain.weights, 1e-5);
      alike(compiled.gain, plain.gain, 1e-5);
      assert.ok(plain.weights.some((weight) => Math.abs(weight) > 1e-3));
    });
});
