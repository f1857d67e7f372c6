/**
 * A sum that a year of readings does not drift: the rounding error of every addition is kept and added back.
 *
 * Error: about one unit in the last place of the result, whatever the number of terms.
 * Source: Neumaier 1974, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", algorithm IV.
 */
export class CompensatedSum {
  constructor(
    private sum = 0,
    private rest = 0,
  ) {}

  get value(): number {
    return this.sum + this.rest;
  }

  /** @param x finite */
  add(x: number): void {
    const next = this.sum + x;
    this.rest += Math.abs(this.sum) >= Math.abs(x) ? this.sum - next + x : x - next + this.sum;
    this.sum = next;
  }

  /** Both parts, so that a restored sum goes on bit by bit. */
  state(): [number, number] {
    return [this.sum, this.rest];
  }
}
