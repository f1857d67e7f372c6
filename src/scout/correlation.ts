/**
 * Correlation of two series at a lag, on a circle: what comes before the first value is the last one.
 *
 * @param y standardised, and written twice in a row, so that a lag on the circle is a plain offset
 * @param x likewise, the same length
 * @param lag by how many readings x is earlier, 0 … half of the length
 * Cost: one multiply-add a value.
 */
export function laggedCorrelation(y: Float64Array, x: Float64Array, lag: number): number {
  const n = y.length / 2;
  const offset = n - lag;
  // Four sums side by side: one alone waits for its last addition.
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (; i < n - 3; i += 4) {
    a += (y[i] as number) * (x[i + offset] as number);
    b += (y[i + 1] as number) * (x[i + 1 + offset] as number);
    c += (y[i + 2] as number) * (x[i + 2 + offset] as number);
    d += (y[i + 3] as number) * (x[i + 3 + offset] as number);
  }
  for (; i < n; i++) a += (y[i] as number) * (x[i + offset] as number);
  return (a + b + c + d) / n;
}

/** Pearson's correlation of two columns over the rows where both are known; 0 where one does not vary. */
export function correlation(a: Float64Array, b: Float64Array): number {
  let n = 0;
  let [meanA, meanB, squaresA, squaresB, products] = [0, 0, 0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number];
    if (Number.isNaN(x) || Number.isNaN(y)) continue;
    n++;
    const dx = x - meanA;
    const dy = y - meanB;
    meanA += dx / n;
    meanB += dy / n;
    squaresA += dx * (x - meanA);
    squaresB += dy * (y - meanB);
    products += dx * (y - meanB);
  }
  const scale = Math.sqrt(squaresA) * Math.sqrt(squaresB);
  return scale > 0 ? products / scale : 0;
}
