/**
 * The optimiser, four parameters at once. The step's direction is worked out in single precision, in which its moments are
 * kept; the parameters stay doubles. What is computed stands at `Kernel`.
 */
import { doubles, singles, sum } from "./vector";

/** 1 − β₁ and 1 − β₂: from 0.999 in single precision the latter would be wrong by a hundred-thousandth. */
const NEW1: f32 = 0.1;
const NEW2: f32 = 0.001;
const EPSILON: f32 = 1e-8;
/** What is smaller becomes 0: it would end in denormal numbers, which a processor handles many times slower. */
const LEAST: f32 = 1e-36;

export function adam(
  parameters: usize,
  gradient: usize,
  mean: usize,
  square: usize,
  from: i32,
  to: i32,
  scale: f64,
  size: f64,
  correction: f64,
): void {
  const by = f64x2.splat(scale);
  const step = f64x2.splat(size);
  const corrected = f32x4.splat(<f32>correction);
  let i = from;
  for (; i + 4 <= to; i += 4) {
    const slopes = gradient + doubles(i);
    const low = f32x4.demote_f64x2_zero(f64x2.mul(v128.load(slopes), by));
    const high = f32x4.demote_f64x2_zero(f64x2.mul(v128.load(slopes, 16), by));
    const direction = advance(
      v128.shuffle<f32>(low, high, 0, 1, 4, 5),
      mean + singles(i),
      square + singles(i),
      corrected,
      false,
    );
    const at = parameters + doubles(i);
    move(at, direction, step, false);
    move(at + 16, v128.shuffle<f32>(direction, direction, 2, 3, 2, 3), step, false);
  }
  for (; i < to; i++) {
    const slope = f32x4.splat(<f32>(load<f64>(gradient + doubles(i)) * scale));
    move(parameters + doubles(i), advance(slope, mean + singles(i), square + singles(i), corrected, true), step, true);
  }
}

/** Takes slopes into the moments; returns mean over root of the mean square. */
function advance(slope: v128, mean: usize, square: usize, correction: v128, alone: bool): v128 {
  const m0 = alone ? v128.load32_splat(mean) : v128.load(mean);
  const s0 = alone ? v128.load32_splat(square) : v128.load(square);
  const first = f32x4.add(m0, f32x4.mul(f32x4.splat(NEW1), f32x4.sub(slope, m0)));
  const second = f32x4.add(s0, f32x4.mul(f32x4.splat(NEW2), f32x4.sub(f32x4.mul(slope, slope), s0)));
  const least = f32x4.splat(LEAST);
  const m = v128.and(first, f32x4.gt(f32x4.abs(first), least));
  const s = v128.and(second, f32x4.gt(second, least));
  if (alone) {
    v128.store32_lane(mean, m, 0);
    v128.store32_lane(square, s, 0);
  } else {
    v128.store(mean, m);
    v128.store(square, s);
  }
  return f32x4.div(m, f32x4.add(f32x4.sqrt(f32x4.mul(s, correction)), f32x4.splat(EPSILON)));
}

/** Two parameters, or one alone, against the first two directions. */
function move(at: usize, direction: v128, step: v128, alone: bool): void {
  const change = f64x2.mul(f64x2.promote_low_f32x4(direction), step);
  if (alone) store<f64>(at, load<f64>(at) - f64x2.extract_lane(change, 0));
  else v128.store(at, f64x2.sub(v128.load(at), change));
}

export function square(values: usize, from: i32, to: i32): f64 {
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  let i = from;
  for (; i + 4 <= to; i += 4) {
    const a = v128.load(values + doubles(i));
    const b = v128.load(values + doubles(i), 16);
    s0 = f64x2.add(s0, f64x2.mul(a, a));
    s1 = f64x2.add(s1, f64x2.mul(b, b));
  }
  let total = sum(f64x2.add(s0, s1));
  for (; i < to; i++) {
    const a = load<f64>(values + doubles(i));
    total += a * a;
  }
  return total;
}

export function distance(a: usize, b: usize, n: i32): f64 {
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const at = doubles(i);
    const d0 = f64x2.sub(v128.load(a + at), v128.load(b + at));
    const d1 = f64x2.sub(v128.load(a + at, 16), v128.load(b + at, 16));
    s0 = f64x2.add(s0, f64x2.mul(d0, d0));
    s1 = f64x2.add(s1, f64x2.mul(d1, d1));
  }
  let total = sum(f64x2.add(s0, s1));
  for (; i < n; i++) {
    const d = load<f64>(a + doubles(i)) - load<f64>(b + doubles(i));
    total += d * d;
  }
  return total;
}
