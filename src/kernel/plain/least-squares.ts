/** See `Kernel`, whose oracle this is. */
export function leverage(P: Float64Array, x: Float32Array, at: number, n: number): number {
  let sum = 0;
  for (let i = 0, p = 0; i < n; i++) {
    let half = 0;
    for (let j = 0; j < i; j++, p++) half += P[p] * x[at + j];
    sum += x[at + i] * (2 * half + P[p++] * x[at + i]);
  }
  return sum;
}

export function gain(
  P: Float64Array,
  x: Float32Array,
  at: number,
  gain: Float32Array,
  to: number,
  g: Float64Array,
  of: { forgetting: number; weight: number },
): void {
  const n = g.length;
  g.fill(0);
  for (let i = 0, p = 0; i < n; i++) {
    const own = x[at + i];
    let sum = 0;
    for (let j = 0; j < i; j++, p++) {
      sum += P[p] * x[at + j];
      g[j] += P[p] * own;
    }
    g[i] += sum + P[p] * own;
    p++;
  }
  let power = of.forgetting / of.weight;
  for (let i = 0; i < n; i++) power += g[i] * x[at + i];
  for (let i = 0, p = 0; i < n; i++) {
    const share = g[i] / power;
    gain[to + i] = share;
    for (let j = 0; j <= i; j++, p++) P[p] = (P[p] - share * g[j]) / of.forgetting;
  }
}

export function answer(weights: Float64Array, x: Float32Array, at: number): number {
  let y = 0;
  for (let i = 0; i < weights.length; i++) y += weights[i] * x[at + i];
  return y;
}

export function correct(weights: Float64Array, gain: Float32Array, from: number, error: number): number {
  let square = 0;
  for (let i = 0; i < weights.length; i++) {
    weights[i] += gain[from + i] * error;
    square += weights[i] ** 2;
  }
  return square;
}
