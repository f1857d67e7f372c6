/** Room for no part at all. */
const NONE = new Float64Array(0);

/**
 * Sums without rounding error: whatever was added can be taken out again, and what is left is what would be there had it
 * never come. A year of readings does not drift, and one absurd label that is corrected leaves no trace.
 *
 * Each sum is kept as a few numbers that do not overlap, whose exact sum it is; two or three in practice, 40 at most. All
 * lie in one array, since a meter has hundreds of sums.
 * Source: Shewchuk 1997, "Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates", Grow-Expansion.
 *
 * @example
 *     const sums = new ExactSums(1);
 *     for (const x of [1, 1e280, -1e280]) sums.add(Float64Array.of(x));
 *     sums.value(0); // 1
 */
export class ExactSums {
  /** Sum after sum, `width` places each: its parts, rising in size, none of them 0; then zeros. */
  private parts = NONE;
  private width = 0;

  /** @param count how many sums */
  constructor(private readonly count: number) {}

  /** How many parts a sum has. */
  private length(sum: number): number {
    const { parts, width } = this;
    let length = 0;
    while (length < width && parts[sum * width + length] !== 0) length++;
    return length;
  }

  /** An exact sum, rounded once. @param sum its number, from 0 on */
  value(sum: number): number {
    const { parts } = this;
    const first = sum * this.width;
    let i = first + this.length(sum) - 1;
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
    for (let sum = 0; sum < terms.length; sum++) {
      let total = terms[sum];
      if (Number.isNaN(total)) continue;
      const { parts, width } = this;
      const first = sum * width;
      const end = first + width;
      let kept = first;
      let i = first;
      for (; i < end && parts[i] !== 0; i++) {
        const part = parts[i];
        const next = total + part;
        const shareOfPart = next - total;
        const rest = total - (next - shareOfPart) + (part - shareOfPart);
        if (rest !== 0) parts[kept++] = rest;
        total = next;
      }
      if (total !== 0) {
        if (kept < end) parts[kept] = total;
        else this.addPart(sum, total);
        kept++;
      }
      while (kept < i) parts[kept++] = 0;
    }
  }

  /** Room for one more part of each sum, and that part of one whose places are all taken. */
  private addPart(sum: number, part: number): void {
    this.widen();
    this.parts[(sum + 1) * this.width - 1] = part;
  }

  private widen(): void {
    const { parts, width, count } = this;
    const wider = new Float64Array(count * (width + 1));
    for (let sum = 0; sum < count; sum++) wider.set(parts.subarray(sum * width, (sum + 1) * width), sum * (width + 1));
    this.parts = wider;
    this.width = width + 1;
  }

  /** The parts of a sum, so that a restored one goes on exactly. */
  state(sum: number): number[] {
    const first = sum * this.width;
    return [...this.parts.subarray(first, first + this.length(sum))];
  }

  /** @param parts what `state` gave, for a sum to which nothing was added */
  restore(sum: number, parts: readonly number[]): void {
    while (this.width < parts.length) this.widen();
    this.parts.set(parts, sum * this.width);
  }
}
