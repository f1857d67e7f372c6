/**
 * Sums without rounding error: whatever was added can be taken out again, and what is left is what would be there had it
 * never come. A year of readings does not drift, and one absurd label that is corrected leaves no trace.
 *
 * Each is kept as a few numbers whose exact sum it is: the first is the sum as a computer adds it up, the second what
 * rounding has cost there, the next what it has cost in the second; two in practice, three now and then.
 * Source: Shewchuk 1997, "Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates", Two-Sum and
 * Grow-Expansion; Ogita, Rump and Oishi 2005, "Accurate Sum and Dot Product", for the cascade.
 */
export class ExactSums {
  private parts = new Float64Array(0);
  private width = 0;

  /** @param count how many sums */
  constructor(private readonly count: number) {}

  /** An exact sum, rounded once. */
  value(sum: number): number {
    const { width } = this;
    // Of two numbers the sum is rounded once anyway.
    if (width === 2 || (width === 3 && this.parts[3 * sum + 2] === 0))
      return this.parts[width * sum] + this.parts[width * sum + 1];
    const parts = this.apart(sum);
    let i = parts.length - 1;
    if (i < 0) return 0;
    let total = parts[i];
    let rest = 0;
    while (i > 0 && rest === 0) {
      const before = total;
      const part = parts[--i];
      total = before + part;
      rest = part - (total - before);
    }
    // Half way between two numbers it is what comes after that decides.
    if (i > 0 && Math.sign(rest) === Math.sign(parts[i - 1]) && total + 2 * rest - total === 2 * rest)
      total += 2 * rest;
    return total;
  }

  /** A sum as numbers that do not overlap, rising in size. */
  private apart(sum: number): number[] {
    const found: number[] = [];
    for (let at = sum * this.width; at < (sum + 1) * this.width; at++) {
      let total = this.parts[at];
      let kept = 0;
      for (const part of found) {
        const next = total + part;
        const shareOfPart = next - total;
        const rest = total - (next - shareOfPart) + (part - shareOfPart);
        if (rest !== 0) found[kept++] = rest;
        total = next;
      }
      found.length = kept;
      if (total !== 0) found.push(total);
    }
    return found;
  }

  /**
   * Adds to each sum a term of its own.
   *
   * @param terms by sum, finite; NaN = nothing. All sums on the way stay below 1e308
   */
  add(terms: Float64Array): void {
    const { count } = this;
    let { parts, width } = this;
    for (let sum = 0; sum < count; sum++) {
      let rest = terms[sum];
      if (Number.isNaN(rest)) continue;
      const end = (sum + 1) * width;
      for (let i = end - width; i < end && rest !== 0; i++) {
        const part = parts[i];
        const next = part + rest;
        const shareOfRest = next - part;
        parts[i] = next;
        rest = part - (next - shareOfRest) + (rest - shareOfRest);
      }
      if (rest === 0) continue;
      this.widen();
      ({ parts, width } = this);
      parts[(sum + 1) * width - 1] = rest;
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

  /** A sum as numbers that rise in size, each of them what those behind it leave, rounded: so a restored one goes on exactly. */
  state(sum: number): number[] {
    const left = new ExactSums(1);
    left.restore(0, this.apart(sum));
    const parts: number[] = [];
    for (let part = left.value(0); part !== 0; part = left.value(0)) {
      parts.unshift(part);
      left.add(Float64Array.of(-part));
    }
    return parts;
  }

  /** @param parts what `state` gave, for a sum of nothing */
  restore(sum: number, parts: readonly number[]): void {
    while (this.width < parts.length) this.widen();
    this.parts.set(parts.toReversed(), sum * this.width);
  }
}
