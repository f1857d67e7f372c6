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
  readonly s = { evidence: 0 };

  /** @param delta excess over the mean of 1 that is tolerated, ≥ 0, same unit as the values */
  constructor(private readonly delta: number) {}

  /** Evidence so far, ≥ 0. */
  get evidence(): number {
    return this.s.evidence;
  }

  /** Takes in a value relative to its usual mean; gives the evidence after it. */
  add(ratio: number): number {
    this.s.evidence = Math.max(0, this.s.evidence + ratio - 1 - this.delta);
    return this.s.evidence;
  }

  /** Forgets all evidence. */
  restart(): void {
    this.s.evidence = 0;
  }
}
