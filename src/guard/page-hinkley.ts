/**
 * One-sided Page-Hinkley test: adds up by how much a value exceeds what is tolerated and forgets what lies below. A mean
 * that rises for good shows after a few values, a single high one does not.
 *
 * @example
 *     const test = new PageHinkley(0.25);
 *     test.add(1); // 0: usual
 *     test.add(3); // 1.75
 *     test.add(3); // 3.5
 *
 * Source: Page 1954, "Continuous Inspection Schemes"; Hinkley 1971. With a known mean of 1 it is the one-sided
 * cumulative sum.
 */
export class PageHinkley {
  private readonly s = new Float64Array(1);

  /** @param delta excess over the mean of 1 that is tolerated, ≥ 0, same unit as the values */
  constructor(private readonly delta: number) {}

  /** Evidence so far, ≥ 0. */
  get evidence(): number {
    return this.s[0];
  }

  /** Takes in a value relative to its usual mean; gives the evidence after it. */
  add(ratio: number): number {
    this.s[0] = Math.max(0, this.s[0] + ratio - 1 - this.delta);
    return this.s[0];
  }

  /** Forgets all evidence. */
  restart(): void {
    this.s[0] = 0;
  }

  /** All that has to be remembered. */
  buffers(): Float64Array[] {
    return [this.s];
  }
}
