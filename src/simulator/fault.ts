import type { Random } from "../forecaster/random";

/** What can go wrong with a sensor. */
export const FAULT_KINDS = ["stuck", "spikes", "dropout", "nan", "unit", "drift"] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** A fault as ordered: which sensor, what, and for how long. */
export interface FaultOrder {
  sensor: string;
  kind: FaultKind;
  /** Readings until it heals by itself; absent: until it is taken away. */
  readings?: number;
  /** Spikes: their height in operating spans (default 5). Drift: spans in 100 readings (default 0.2). */
  size?: number;
}

/**
 * A broken sensor: turns the value of a sound one into what the plant's system would receive.
 *
 * - stuck: the last value for ever
 * - spikes: one reading in twenty off by ±size spans
 * - dropout: 0, as when the cable is off a 4..20 mA input that clips at its low end
 * - nan: not a number
 * - unit: x · 1.8 + 32, as when a transmitter was set to degrees Fahrenheit
 * - drift: walks away, size spans in 100 readings
 */
export class Fault {
  private readings = 0;
  private held = Number.NaN;

  /**
   * @param order   checked by `faultOrder`
   * @param span    usual operating range of the sensor, in its unit, > 0
   * @param random  decides when a spike comes
   */
  constructor(
    readonly order: FaultOrder,
    private readonly span: number,
    private readonly random: Random,
  ) {}

  /** True once the ordered number of readings has passed. */
  get healed(): boolean {
    return this.order.readings !== undefined && this.readings >= this.order.readings;
  }

  /** The value that arrives instead of `sound`. */
  apply(sound: number): number {
    this.readings++;
    const { kind, size } = this.order;
    switch (kind) {
      case "stuck":
        if (Number.isNaN(this.held)) this.held = sound;
        return this.held;
      case "spikes": {
        const sign = this.random.uniform() < 0.5 ? -1 : 1;
        return this.random.uniform() < 0.05 ? sound + sign * (size ?? 5) * this.span : sound;
      }
      case "dropout":
        return 0;
      case "nan":
        return Number.NaN;
      case "unit":
        return sound * 1.8 + 32;
      case "drift":
        return sound + ((size ?? 0.2) * this.span * this.readings) / 100;
    }
  }
}
