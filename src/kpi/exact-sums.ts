/**
 * Sums without rounding error: whatever was added can be taken out again, and what is left is what would be there had it
 * never come. A year of readings does not drift, and one absurd label that is corrected leaves no trace.
 *
 * Each is kept as a few numbers that do not overlap, whose exact sum it is; two or three in practice, 40 at most.
 * Source: Shewchuk 1997, "Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates", Grow-Expansion.
 */
export class ExactSums {
  private parts = new Float64Array(0);
  private width = 0;

  /** @param count how many sums */
  constructor(private readonly count: number) {}

  /** An exact sum, rounded once. */
  value(sum: number): number {
    const { parts, width } = this;
    const first = sum * width;
    let i = first + width - 1;
    while (i >= first && parts[i] === 0) i--;
    if (i < first) return 0;
    let total = parts[i];
    let rest = 0;
    while (i > first && rest === 0) {
      const before = total;
      const part = parts[--i];
      total = before + part;
      rest = part - (total - before);
    }
    // Half way between two numbers it is what comes after that decides.
    if (i > first && Math.sign(rest) === Math.sign(parts[i - 1]) && total + 2 * rest - total === 2 * rest)
      total += 2 * rest;
    return total;
  }

  /**
   * Adds to each sum a term of its own.
   *
   * @param terms by sum, finite; NaN = nothing. All sums on the way stay below 1e308
   */
  add(terms: Float64Array): void {
    const { count } = this;
    // Each sum has so many places: its parts, rising in size, then zeros.
    let { parts, width } = this;
    for (let sum = 0; sum < count; sum++) {
      let total = terms[sum];
      if (Number.isNaN(total)) continue;
      const end = (sum + 1) * width;
      let kept = end - width;
      let i = kept;
      for (; i < end; i++) {
        const part = parts[i];
        if (part === 0) break;
        const next = total + part;
        const shareOfPart = next - total;
        const rest = total - (next - shareOfPart) + (part - shareOfPart);
        if (rest !== 0) parts[kept++] = rest;
        total = next;
      }
      if (total !== 0 && kept === end) {
        this.widen();
        ({ parts, width } = this);
        parts[(sum + 1) * width - 1] = total;
        continue;
      }
      if (total !== 0) parts[kept++] = total;
      while (kept < i) parts[kept++] = 0;
    }
  }

  /** Room for one more part of each sum. */
  private widen(): void {
    const { parts, width, count } = this;
    const wider = new Float64Array(count * (width + 1));
    for (let i = 0; i < parts.length; i++) wider[i + Math.floor(i / width)] = parts[i];
    this.parts = wider;
    this.width = width + 1;
  }

  /** The parts of a sum, so that a restored one goes on exactly. */
  state(sum: number): number[] {
    const { parts, width } = this;
    return [...parts.subarray(sum * width, (sum + 1) * width)].filter((part) => part !== 0);
  }

  /** @param parts what `state` gave, for a sum of nothing */
  restore(sum: number, parts: readonly number[]): void {
    while (this.width < parts.length) this.widen();
    this.parts.set(parts, sum * this.width);
  }
}
