/**
 * A sum without rounding error: whatever was added can be taken out again, and what is left is what would be there had it
 * never come. A year of readings does not drift, and one absurd label that is corrected leaves no trace.
 *
 * The sum is kept as a few numbers that do not overlap, whose exact sum it is; two or three in practice, 40 at most.
 * Source: Shewchuk 1997, "Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates", Grow-Expansion.
 *
 * @example
 *     const sum = ExactSum.empty();
 *     for (const x of [1, 1e280, -1e280]) sum.add(x);
 *     sum.value; // 1
 */
export class ExactSum {
  /** Rising in size, not overlapping. */
  private constructor(private readonly parts: number[]) {}

  static empty(): ExactSum {
    return new ExactSum([]);
  }

  /** The exact sum, rounded once. */
  get value(): number {
    const { parts } = this;
    let i = parts.length - 1;
    if (i < 0) return 0;
    let sum = parts[i];
    let rest = 0;
    while (i > 0 && rest === 0) {
      const before = sum;
      const part = parts[--i];
      sum = before + part;
      rest = part - (sum - before);
    }
    // Half way between two numbers it is what comes after that decides.
    if (i > 0 && Math.sign(rest) === Math.sign(parts[i - 1]) && sum + 2 * rest - sum === 2 * rest) sum += 2 * rest;
    return sum;
  }

  /** @param x  finite; all sums on the way below 1e308 */
  add(x: number): void {
    const { parts } = this;
    let sum = x;
    let kept = 0;
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i];
      const next = sum + part;
      const shareOfPart = next - sum;
      const rest = sum - (next - shareOfPart) + (part - shareOfPart);
      if (rest !== 0) parts[kept++] = rest;
      sum = next;
    }
    while (parts.length > kept) parts.pop();
    if (sum !== 0) parts.push(sum);
  }

  /** Takes out what was added. */
  remove(x: number): void {
    this.add(-x);
  }

  /** Its parts, so that a restored sum goes on exactly. */
  state(): number[] {
    return [...this.parts];
  }

  /** @param parts  what `state` gave */
  static of(parts: readonly number[]): ExactSum {
    return new ExactSum([...parts]);
  }
}
