/** eˣ, sine and cosine of two doubles at once, right to a few units of the last place. */
import { doubles, keep, pair } from "./vector";

/** ln 2, its first 33 bits and the rest: k × the first part is exact. */
const LN2_HIGH: f64 = 0.6931471803691238;
const LN2_LOW: f64 = 1.9082149292705877e-10;
/** Added to a number, it leaves no room for anything behind the point: what comes out is rounded. */
const SHIFT: f64 = 6755399441055744;
/** Beyond these the result would be no normal number. */
const LEAST: f64 = -708;
const MOST: f64 = 709;

/** to = exp(sign × from), `count` numbers that may be the same. */
export function exponentials(from: usize, to: usize, count: i32, sign: f64): void {
  const factor = f64x2.splat(sign);
  for (let i = 0; i < count; i += 2) {
    const alone = i + 1 === count;
    keep(to + doubles(i), exp(f64x2.mul(pair(from + doubles(i), alone), factor)), alone);
  }
}

/** x = k ln 2 + r with |r| ≤ ln 2 / 2; eʳ by its series up to r¹³ / 13!, which is 4e-18 short. */
function exp(x: v128): v128 {
  const within = f64x2.pmin(f64x2.pmax(x, f64x2.splat(LEAST)), f64x2.splat(MOST));
  const shifted = f64x2.add(f64x2.mul(within, f64x2.splat(Math.LOG2E)), f64x2.splat(SHIFT));
  const k = f64x2.sub(shifted, f64x2.splat(SHIFT));
  const high = f64x2.sub(within, f64x2.mul(k, f64x2.splat(LN2_HIGH)));
  const r = f64x2.sub(high, f64x2.mul(k, f64x2.splat(LN2_LOW)));
  const r2 = f64x2.mul(r, r);
  let even = f64x2.splat(1 / 479001600.0);
  even = next(even, r2, 1 / 3628800.0);
  even = next(even, r2, 1 / 40320.0);
  even = next(even, r2, 1 / 720.0);
  even = next(even, r2, 1 / 24.0);
  even = next(even, r2, 1 / 2.0);
  let odd = f64x2.splat(1 / 6227020800.0);
  odd = next(odd, r2, 1 / 39916800.0);
  odd = next(odd, r2, 1 / 362880.0);
  odd = next(odd, r2, 1 / 5040.0);
  odd = next(odd, r2, 1 / 120.0);
  odd = next(odd, r2, 1 / 6.0);
  // 1 + (r + (r² even + r³ odd)): the small ones first.
  const tail = f64x2.mul(r2, f64x2.add(even, f64x2.mul(r, odd)));
  const power = f64x2.add(f64x2.splat(1), f64x2.add(r, tail));
  // The last bits of what was shifted are k itself: added to the exponent, they multiply by 2 to the k.
  return i64x2.add(power, i64x2.shl(shifted, 52));
}

function next(sum: v128, by: v128, coefficient: f64): v128 {
  return f64x2.add(f64x2.mul(sum, by), f64x2.splat(coefficient));
}

/** Sine of angles within 0 … π/2, by its series up to x²¹ / 21!, which is 1e-18 short. */
export function sine(x: v128): v128 {
  const x2 = f64x2.mul(x, x);
  let sum = f64x2.splat(1 / 51090942171709440000.0);
  sum = next(sum, x2, -1 / 121645100408832000.0);
  sum = next(sum, x2, 1 / 355687428096000.0);
  sum = next(sum, x2, -1 / 1307674368000.0);
  sum = next(sum, x2, 1 / 6227020800.0);
  sum = next(sum, x2, -1 / 39916800.0);
  sum = next(sum, x2, 1 / 362880.0);
  sum = next(sum, x2, -1 / 5040.0);
  sum = next(sum, x2, 1 / 120.0);
  sum = next(sum, x2, -1 / 6.0);
  return f64x2.add(x, f64x2.mul(f64x2.mul(x, x2), sum));
}

/** Cosine of angles within 0 … π/2, by its series up to x²² / 22!, which is 1e-19 short. */
export function cosine(x: v128): v128 {
  const x2 = f64x2.mul(x, x);
  let sum = f64x2.splat(-1 / 1.1240007277776077e21);
  sum = next(sum, x2, 1 / 2432902008176640000.0);
  sum = next(sum, x2, -1 / 6402373705728000.0);
  sum = next(sum, x2, 1 / 20922789888000.0);
  sum = next(sum, x2, -1 / 87178291200.0);
  sum = next(sum, x2, 1 / 479001600.0);
  sum = next(sum, x2, -1 / 3628800.0);
  sum = next(sum, x2, 1 / 40320.0);
  sum = next(sum, x2, -1 / 720.0);
  sum = next(sum, x2, 1 / 24.0);
  return f64x2.add(f64x2.sub(f64x2.splat(1), f64x2.mul(x2, f64x2.splat(0.5))), f64x2.mul(f64x2.mul(x2, x2), sum));
}
