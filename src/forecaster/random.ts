/**
 * A seeded stream of random numbers: the same seed gives the same numbers on every machine.
 *
 * Source: the 32-bit generator "mulberry32" of T. Ettinger (a Weyl sequence and integer mixing) for the uniform numbers,
 * Box and Muller (1958) for the normal ones.
 *
 * @example
 *     new Random(1).uniform(); // 0.6270739405881613, always
 */
export class Random {
  private state: number;

  /** @param seed any finite number; only its lowest 32 bits count */
  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** The next number of the uniform distribution on [0, 1). */
  uniform(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  /** The next number of the normal distribution with mean 0 and standard deviation 1. */
  normal(): number {
    // 1 − u lies in (0, 1]: the logarithm stays finite.
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }
}
