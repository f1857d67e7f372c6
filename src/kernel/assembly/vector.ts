/** Bytes of so many doubles, and of so many numbers of single precision. */
export function doubles(count: i32): usize {
  return (<usize>count) << 3;
}

export function singles(count: i32): usize {
  return (<usize>count) << 2;
}

/** Two numbers of single precision as doubles. */
export function promoted(at: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(at));
}

/** The sum of both lanes. */
export function sum(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}

/** A pair of doubles; twice the first one where it is alone. */
export function pair(at: usize, alone: bool): v128 {
  return alone ? v128.load64_splat(at) : v128.load(at);
}

/** Keeps a pair, or its first one alone. */
export function keep(at: usize, v: v128, alone: bool): void {
  if (alone) v128.store64_lane(at, v, 0);
  else v128.store(at, v);
}

/** A complex number times another one, whose real and whose imaginary part fill both lanes, the latter with signs (−, +). */
export function times(z: v128, re: v128, im: v128): v128 {
  return f64x2.add(f64x2.mul(re, z), f64x2.mul(im, v128.shuffle<f64>(z, z, 1, 0)));
}

/** Two doubles. */
export function both(first: f64, second: f64): v128 {
  return f64x2.replace_lane(f64x2.splat(first), 1, second);
}
