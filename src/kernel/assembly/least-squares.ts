/**
 * Recursive least squares on a symmetric matrix whose lower triangle lies row by row. Four rows are worked on at once,
 * as far as the first of them reaches, so that what belongs to a column is fetched once for all four; the triangle of 4 × 4
 * at the end of them goes row by row. What is computed stands at `Kernel`.
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
    let j: usize = 0;
    for (let xj = x; xj < x + singles(i); xj += 16, j += 32) {
      const x0 = promoted(xj);
      const x1 = promoted(xj + 8);
      s0 = f64x2.add(s0, f64x2.add(f64x2.mul(v128.load(p + j), x0), f64x2.mul(v128.load(p + j, 16), x1)));
      s1 = f64x2.add(s1, f64x2.add(f64x2.mul(v128.load(p1 + j), x0), f64x2.mul(v128.load(p1 + j, 16), x1)));
      s2 = f64x2.add(s2, f64x2.add(f64x2.mul(v128.load(p2 + j), x0), f64x2.mul(v128.load(p2 + j, 16), x1)));
      s3 = f64x2.add(s3, f64x2.add(f64x2.mul(v128.load(p3 + j), x0), f64x2.mul(v128.load(p3 + j, 16), x1)));
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
  let halves = f64x2.splat(0);
  let j = from;
  for (; j + 2 <= i; j += 2) halves = f64x2.add(halves, f64x2.mul(v128.load(p + doubles(j)), promoted(x + singles(j))));
  half += sum(halves);
  if (j < i) half += load<f64>(p + doubles(j)) * <f64>load<f32>(x + singles(j));
  const own = <f64>load<f32>(x + singles(i));
  return own * (2 * half + load<f64>(p + doubles(i)) * own);
}

export function gain(P: usize, x: usize, to: usize, g: usize, n: i32, forgetting: f64, weight: f64): void {
  multiply(P, x, g, n);
  let power = forgetting / weight;
  power += answer(g, x, n);
  const share = 1 / power;
  for (let i = 0; i < n; i++) store<f32>(to + singles(i), <f32>(load<f64>(g + doubles(i)) * share));
  reduce(P, g, n, share, 1 / forgetting);
}

/** g = P x. */
function multiply(P: usize, x: usize, g: usize, n: i32): void {
  memory.fill(g, 0, doubles(n));
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
    let j: usize = 0;
    for (let xj = x; xj < x + singles(i); xj += 16, j += 32) {
      const y0 = promoted(xj);
      const y1 = promoted(xj + 8);
      const a0 = v128.load(p + j);
      const b0 = v128.load(p + j, 16);
      const a1 = v128.load(p1 + j);
      const b1 = v128.load(p1 + j, 16);
      const a2 = v128.load(p2 + j);
      const b2 = v128.load(p2 + j, 16);
      const a3 = v128.load(p3 + j);
      const b3 = v128.load(p3 + j, 16);
      s0 = f64x2.add(s0, f64x2.add(f64x2.mul(a0, y0), f64x2.mul(b0, y1)));
      s1 = f64x2.add(s1, f64x2.add(f64x2.mul(a1, y0), f64x2.mul(b1, y1)));
      s2 = f64x2.add(s2, f64x2.add(f64x2.mul(a2, y0), f64x2.mul(b2, y1)));
      s3 = f64x2.add(s3, f64x2.add(f64x2.mul(a3, y0), f64x2.mul(b3, y1)));
      const a = f64x2.add(
        f64x2.add(f64x2.mul(a0, x0), f64x2.mul(a1, x1)),
        f64x2.add(f64x2.mul(a2, x2), f64x2.mul(a3, x3)),
      );
      const b = f64x2.add(
        f64x2.add(f64x2.mul(b0, x0), f64x2.mul(b1, x1)),
        f64x2.add(f64x2.mul(b2, x2), f64x2.mul(b3, x3)),
      );
      const gj = g + j;
      v128.store(gj, f64x2.add(v128.load(gj), a));
      v128.store(gj, f64x2.add(v128.load(gj, 16), b), 16);
    }
    multiplyRow(p, x, g, i, i, sum(s0));
    multiplyRow(p1, x, g, i + 1, i, sum(s1));
    multiplyRow(p2, x, g, i + 2, i, sum(s2));
    multiplyRow(p3, x, g, i + 3, i, sum(s3));
    p = p3 + doubles(i + 4);
  }
  for (; i < n; i++) {
    multiplyRow(p, x, g, i, 0, 0);
    p += doubles(i + 1);
  }
}

/** The same of row i, whose first `from` columns are done. */
function multiplyRow(p: usize, x: usize, g: usize, i: i32, from: i32, half: f64): void {
  const own = <f64>load<f32>(x + singles(i));
  const owns = f64x2.splat(own);
  let halves = f64x2.splat(0);
  let j = from;
  for (; j + 2 <= i; j += 2) {
    const q = v128.load(p + doubles(j));
    halves = f64x2.add(halves, f64x2.mul(q, promoted(x + singles(j))));
    const to = g + doubles(j);
    v128.store(to, f64x2.add(v128.load(to), f64x2.mul(q, owns)));
  }
  half += sum(halves);
  if (j < i) {
    const q = load<f64>(p + doubles(j));
    half += q * <f64>load<f32>(x + singles(j));
    const to = g + doubles(j);
    store<f64>(to, load<f64>(to) + q * own);
  }
  const to = g + doubles(i);
  store<f64>(to, load<f64>(to) + half + load<f64>(p + doubles(i)) * own);
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
    for (let j: usize = 0; j < end; j += 32) {
      const a = v128.load(g + j);
      const b = v128.load(g + j, 16);
      reduceFour(p + j, s0, a, b, by);
      reduceFour(p1 + j, s1, a, b, by);
      reduceFour(p2 + j, s2, a, b, by);
      reduceFour(p3 + j, s3, a, b, by);
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

/** The same of four numbers of a row, whose columns have a and b in g. */
function reduceFour(at: usize, share: v128, a: v128, b: v128, by: v128): void {
  v128.store(at, f64x2.mul(f64x2.sub(v128.load(at), f64x2.mul(share, a)), by));
  v128.store(at, f64x2.mul(f64x2.sub(v128.load(at, 16), f64x2.mul(share, b)), by), 16);
}

function reduceRow(p: usize, g: usize, i: i32, from: i32, share: f64, grow: f64): void {
  const shares = f64x2.splat(share);
  const by = f64x2.splat(grow);
  let j = from;
  for (; j < i; j += 2) {
    const to = p + doubles(j);
    v128.store(to, f64x2.mul(f64x2.sub(v128.load(to), f64x2.mul(shares, v128.load(g + doubles(j)))), by));
  }
  if (j > i) return;
  const to = p + doubles(j);
  store<f64>(to, (load<f64>(to) - share * load<f64>(g + doubles(j))) * grow);
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
