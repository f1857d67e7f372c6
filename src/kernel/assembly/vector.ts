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
