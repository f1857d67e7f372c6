/**
 * Recursive least squares on a symmetric matrix whose lower triangle lies row by row. Four rows are worked on at once,
 * as far as the first of them reaches, so that what belongs to a column is fetched once for all four; the triangle of 4 × 4
 * at the end of them is left to plain loops. What is computed stands at `Kernel`.
 */
import { doubles, promoted, singles, sum } from "./vector";

export function leverage(P: usize, x: usize, n: i32): f64 {
  let total: f64 = 0;
  let p = P;
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const p1 = p + doubles(i + 1);
    const p2 = p1 + doubles(i + 2);
    const p3 = p2 + doubles(i + 3);
    let s0 = f64x2.splat(0);
    let s1 = f64x2.splat(0);
    let s2 = f64x2.splat(0);
    let s3 = f64x2.splat(0);
    const end = doubles(i);
    for (let j: usize = 0; j < end; j += 16) {
      const xj = promoted(x + (j >> 1));
      s0 = f64x2.add(s0, f64x2.mul(v128.load(p + j), xj));
      s1 = f64x2.add(s1, f64x2.mul(v128.load(p1 + j), xj));
      s2 = f64x2.add(s2, f64x2.mul(v128.load(p2 + j), xj));
      s3 = f64x2.add(s3, f64x2.mul(v128.load(p3 + j), xj));
    }
    total += ofRow(p, x, i, i, sum(s0));
    total += ofRow(p1, x, i + 1, i, sum(s1));
    total += ofRow(p2, x, i + 2, i, sum(s2));
    total += ofRow(p3, x, i + 3, i, sum(s3));
    p = p3 + doubles(i + 4);
  }
  for (; i < n; i++) {
    total += ofRow(p, x, i, 0, 0);
    p += doubles(i + 1);
  }
  return total;
}

/** What row i adds to the leverage, where the products of its first `from` columns are summed up already. */
function ofRow(p: usize, x: usize, i: i32, from: i32, half: f64): f64 {
  for (let j = from; j < i; j++) half += load<f64>(p + doubles(j)) * <f64>load<f32>(x + singles(j));
  const own = <f64>load<f32>(x + singles(i));
  return own * (2 * half + load<f64>(p + doubles(i)) * own);
}

export function gain(
  P: usize,
  x: usize,
  to: usize,
  g: usize,
  n: i32,
  forgetting: f64,
  weight: f64,
  largestTrace: f64,
): void {
  const trace = multiply(P, x, g, n);
  // Directions that nothing excites must not grow without bound.
  const keep = trace < largestTrace ? forgetting : 1;
  let power = forgetting / weight;
  for (let i = 0; i < n; i++) power += load<f64>(g + doubles(i)) * <f64>load<f32>(x + singles(i));
  for (let i = 0; i < n; i++) store<f32>(to + singles(i), <f32>(load<f64>(g + doubles(i)) / power));
  reduce(P, g, n, 1 / power, 1 / keep);
}

/** g = P x; returns the trace of P. */
function multiply(P: usize, x: usize, g: usize, n: i32): f64 {
  memory.fill(g, 0, doubles(n));
  let trace: f64 = 0;
  let p = P;
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const p1 = p + doubles(i + 1);
    const p2 = p1 + doubles(i + 2);
    const p3 = p2 + doubles(i + 3);
    const xi = x + singles(i);
    const x0 = f64x2.splat(<f64>load<f32>(xi));
    const x1 = f64x2.splat(<f64>load<f32>(xi, 4));
    const x2 = f64x2.splat(<f64>load<f32>(xi, 8));
    const x3 = f64x2.splat(<f64>load<f32>(xi, 12));
    let s0 = f64x2.splat(0);
    let s1 = f64x2.splat(0);
    let s2 = f64x2.splat(0);
    let s3 = f64x2.splat(0);
    const end = doubles(i);
    for (let j: usize = 0; j < end; j += 16) {
      const xj = promoted(x + (j >> 1));
      const q0 = v128.load(p + j);
      const q1 = v128.load(p1 + j);
      const q2 = v128.load(p2 + j);
      const q3 = v128.load(p3 + j);
      s0 = f64x2.add(s0, f64x2.mul(q0, xj));
      s1 = f64x2.add(s1, f64x2.mul(q1, xj));
      s2 = f64x2.add(s2, f64x2.mul(q2, xj));
      s3 = f64x2.add(s3, f64x2.mul(q3, xj));
      const low = f64x2.add(f64x2.mul(q0, x0), f64x2.mul(q1, x1));
      const high = f64x2.add(f64x2.mul(q2, x2), f64x2.mul(q3, x3));
      v128.store(g + j, f64x2.add(v128.load(g + j), f64x2.add(low, high)));
    }
    trace += multiplyRow(p, x, g, i, i, sum(s0));
    trace += multiplyRow(p1, x, g, i + 1, i, sum(s1));
    trace += multiplyRow(p2, x, g, i + 2, i, sum(s2));
    trace += multiplyRow(p3, x, g, i + 3, i, sum(s3));
    p = p3 + doubles(i + 4);
  }
  for (; i < n; i++) {
    trace += multiplyRow(p, x, g, i, 0, 0);
    p += doubles(i + 1);
  }
  return trace;
}

/** The same of row i, whose first `from` columns are done; returns its entry on the diagonal. */
function multiplyRow(p: usize, x: usize, g: usize, i: i32, from: i32, half: f64): f64 {
  const own = <f64>load<f32>(x + singles(i));
  for (let j = from; j < i; j++) {
    const q = load<f64>(p + doubles(j));
    half += q * <f64>load<f32>(x + singles(j));
    const to = g + doubles(j);
    store<f64>(to, load<f64>(to) + q * own);
  }
  const diagonal = load<f64>(p + doubles(i));
  const to = g + doubles(i);
  store<f64>(to, load<f64>(to) + half + diagonal * own);
  return diagonal;
}

/** P ← (P − g gᵀ × share) × grow. */
function reduce(P: usize, g: usize, n: i32, share: f64, grow: f64): void {
  const by = f64x2.splat(grow);
  let p = P;
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const p1 = p + doubles(i + 1);
    const p2 = p1 + doubles(i + 2);
    const p3 = p2 + doubles(i + 3);
    const gi = g + doubles(i);
    const s0 = f64x2.splat(load<f64>(gi) * share);
    const s1 = f64x2.splat(load<f64>(gi, 8) * share);
    const s2 = f64x2.splat(load<f64>(gi, 16) * share);
    const s3 = f64x2.splat(load<f64>(gi, 24) * share);
    const end = doubles(i);
    for (let j: usize = 0; j < end; j += 16) {
      const gj = v128.load(g + j);
      v128.store(p + j, f64x2.mul(f64x2.sub(v128.load(p + j), f64x2.mul(s0, gj)), by));
      v128.store(p1 + j, f64x2.mul(f64x2.sub(v128.load(p1 + j), f64x2.mul(s1, gj)), by));
      v128.store(p2 + j, f64x2.mul(f64x2.sub(v128.load(p2 + j), f64x2.mul(s2, gj)), by));
      v128.store(p3 + j, f64x2.mul(f64x2.sub(v128.load(p3 + j), f64x2.mul(s3, gj)), by));
    }
    reduceRow(p, g, i, i, f64x2.extract_lane(s0, 0), grow);
    reduceRow(p1, g, i + 1, i, f64x2.extract_lane(s1, 0), grow);
    reduceRow(p2, g, i + 2, i, f64x2.extract_lane(s2, 0), grow);
    reduceRow(p3, g, i + 3, i, f64x2.extract_lane(s3, 0), grow);
    p = p3 + doubles(i + 4);
  }
  for (; i < n; i++) {
    reduceRow(p, g, i, 0, load<f64>(g + doubles(i)) * share, grow);
    p += doubles(i + 1);
  }
}

function reduceRow(p: usize, g: usize, i: i32, from: i32, share: f64, grow: f64): void {
  for (let j = from; j <= i; j++) {
    const to = p + doubles(j);
    store<f64>(to, (load<f64>(to) - share * load<f64>(g + doubles(j))) * grow);
  }
}

export function answer(weights: usize, x: usize, n: i32): f64 {
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const w = weights + doubles(i);
    const xi = x + singles(i);
    s0 = f64x2.add(s0, f64x2.mul(v128.load(w), promoted(xi)));
    s1 = f64x2.add(s1, f64x2.mul(v128.load(w, 16), promoted(xi + 8)));
  }
  let y = sum(f64x2.add(s0, s1));
  for (; i < n; i++) y += load<f64>(weights + doubles(i)) * <f64>load<f32>(x + singles(i));
  return y;
}

export function correct(weights: usize, gain: usize, n: i32, error: f64): f64 {
  const by = f64x2.splat(error);
  let squares = f64x2.splat(0);
  let i = 0;
  for (; i + 2 <= n; i += 2) {
    const at = weights + doubles(i);
    const w = f64x2.add(v128.load(at), f64x2.mul(promoted(gain + singles(i)), by));
    squares = f64x2.add(squares, f64x2.mul(w, w));
    v128.store(at, w);
  }
  let square = sum(squares);
  for (; i < n; i++) {
    const at = weights + doubles(i);
    const w = load<f64>(at) + <f64>load<f32>(gain + singles(i)) * error;
    square += w * w;
    store<f64>(at, w);
  }
  return square;
}
