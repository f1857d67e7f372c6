import type { Reading } from "../src/index";
import type { Baseline } from "./linear";

/** What the target was at the same time of an earlier day or week is the forecast. */
export class SameTime implements Baseline {
  private readonly known = new Map<number, number>();

  /**
   * @param ahead ms between a reading and the one that it forecasts
   * @param period ms, such as a day; where the value so long before the due time is not there yet, twice as long and so on
   */
  constructor(
    private readonly target: string,
    private readonly ahead: number,
    private readonly period: number,
  ) {}

  /** The last value where none is known of that time. */
  step({ time, values }: Reading): number {
    const y = values[this.target];
    this.known.set(time, y);
    const before = this.period * Math.ceil(this.ahead / this.period);
    return this.known.get(time + this.ahead - before) ?? y;
  }
}
