import type { Random } from "../forecaster/random";

/** How the consumers of a boiler's steam behave over the day. */
export const LOAD_PROFILES = ["day", "shift", "random"] as const;
export type LoadProfile = (typeof LOAD_PROFILES)[number];

const HOUR = 3600;
const DAY = 24 * HOUR;
/** A run begins with the early shift. */
const START_OF_DAY = 6 * HOUR;

/**
 * Steam demand as a fraction of the boiler's rating, 0.2 to 1.05.
 *
 * A slow profile (day: smooth with a peak in the morning and one in the evening; shift: three levels with a meal break;
 * random: a new level every ten minutes on average), plus batch consumers that open and close their valves (four
 * two-state Markov processes), plus a mean-reverting noise (Ornstein and Uhlenbeck 1930). The header smooths the sum
 * with a time constant of 15 s.
 */
export class Load {
  private readonly consumers: { share: number; open: boolean }[];
  private level = 0.7;
  private noise = 0;
  private demand: number;

  constructor(
    private readonly profile: LoadProfile,
    private readonly random: Random,
  ) {
    this.consumers = [0.04, 0.06, 0.08, 0.1].map((share) => ({ share, open: random.uniform() < 0.3 }));
    this.demand = this.target(0);
  }

  /**
   * Moves on by `dt` seconds and returns the demand.
   *
   * @param elapsed  seconds since the start of the run; 0 is six in the morning
   * @param dt       step in seconds, at most 1
   */
  advance(elapsed: number, dt: number): number {
    for (const consumer of this.consumers) {
      if (this.random.uniform() < dt / (consumer.open ? 60 : 150)) consumer.open = !consumer.open;
    }
    if (this.random.uniform() < dt / 600) this.level = 0.4 + 0.4 * this.random.uniform();
    this.noise += (-this.noise * dt) / 20 + 0.01 * Math.sqrt((2 * dt) / 20) * this.random.normal();
    this.demand += ((this.target(elapsed) - this.demand) * dt) / 15;
    return this.demand;
  }

  private target(elapsed: number): number {
    let sum = this.slow((START_OF_DAY + elapsed) % DAY) + this.noise;
    for (const consumer of this.consumers) if (consumer.open) sum += consumer.share;
    return Math.min(1.05, Math.max(0.2, sum));
  }

  private slow(ofDay: number): number {
    if (this.profile === "random") return this.level;
    if (this.profile === "day") {
      const phase = (2 * Math.PI * ofDay) / DAY;
      return 0.58 - 0.16 * Math.cos(phase) - 0.08 * Math.cos(2 * phase - 0.5);
    }
    const hour = ofDay / HOUR;
    if (hour < 6 || hour >= 22) return 0.4;
    if ((hour >= 10 && hour < 10.5) || (hour >= 18 && hour < 18.5)) return 0.5;
    return hour < 14 ? 0.75 : 0.65;
  }
}
