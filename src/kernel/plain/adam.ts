import { flushToZero } from "../../stream/flush-to-zero";

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;
/** Numbers below 1e-36 become 0: smaller ones would be denormal. */
const FLUSH = 1e-20;

/** See `Kernel`, whose oracle this is. */
export function adam(
  parameters: Float64Array,
  gradient: Float64Array,
  { mean, square }: { mean: Float32Array; square: Float32Array },
  from: number,
  to: number,
  { scale, size, correction }: { scale: number; size: number; correction: number },
): void {
  for (let i = from; i < to; i++) {
    const slope = gradient[i] * scale;
    const m = flushToZero(BETA1 * mean[i] + (1 - BETA1) * slope, FLUSH);
    const s = flushToZero(BETA2 * square[i] + (1 - BETA2) * slope * slope, FLUSH);
    mean[i] = m;
    square[i] = s;
    parameters[i] -= (size * m) / (Math.sqrt(s * correction) + EPSILON);
  }
}

export function square(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i] * values[i];
  return sum;
}

export function distance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return sum;
}
