/**
 * A quantile of a stream in the memory of five numbers: markers at the smallest and the largest value, at the quantile and
 * half way to it follow the stream, each moved by one place at a time along a parabola through its neighbours.
 *
 * Exact up to five values; for smooth distributions about 1 % of the spread off after some hundred.
 * Source: Jain and Chlamtac 1985, "The P² algorithm for dynamic calculation of quantiles and histograms without storing
 * observations", Communications of the ACM 28(10).
 *
 * @example
 *     const median = new Quantile(0.5);
 *     for (const x of [3, 1, 2]) median.add(x);
 *     median.value; // 2
 */
import { count, fields, numbers } from "../memory/checked";

const MARKERS = 5;

export class Quantile {
  /** Values seen. */
  count = 0;
  /** The values at the markers, rising; and how many values lie at or below each. */
  private heights: number[] = [];
  private places = [1, 2, 3, 4, 5];

  /** @param share of values that lie below the quantile, in (0, 1) */
  constructor(private readonly share: number) {}

  /** NaN before the first value. */
  get value(): number {
    const { heights } = this;
    if (heights.length === MARKERS) return heights[2];
    return heights[Math.ceil(this.share * heights.length) - 1] ?? Number.NaN;
  }

  /** The smallest value; NaN before the first. */
  get smallest(): number {
    return this.heights[0] ?? Number.NaN;
  }

  /** @param x finite */
  add(x: number): void {
    const { heights, places } = this;
    this.count++;
    if (heights.length < MARKERS) {
      heights.push(x);
      heights.sort((a, b) => a - b);
      return;
    }
    heights[0] = Math.min(heights[0], x);
    heights[4] = Math.max(heights[4], x);
    for (let i = 1; i < MARKERS; i++) if (i === 4 || x < heights[i]) places[i]++;
    const wanted = [0, this.share / 2, this.share, (1 + this.share) / 2, 1];
    for (let i = 1; i < MARKERS - 1; i++) {
      const behind = 1 + (this.count - 1) * wanted[i] - places[i];
      const forwards = behind >= 1 && places[i + 1] - places[i] > 1;
      const backwards = behind <= -1 && places[i - 1] - places[i] < -1;
      if (forwards || backwards) this.move(i, forwards ? 1 : -1);
    }
  }

  private move(i: number, step: 1 | -1): void {
    const { heights: q, places: n } = this;
    const [before, after] = [(q[i] - q[i - 1]) / (n[i] - n[i - 1]), (q[i + 1] - q[i]) / (n[i + 1] - n[i])];
    const bent = (n[i] - n[i - 1] + step) * after + (n[i + 1] - n[i] - step) * before;
    const parabola = q[i] + (step * bent) / (n[i + 1] - n[i - 1]);
    const line = q[i] + step * (step > 0 ? after : before);
    q[i] = q[i - 1] < parabola && parabola < q[i + 1] ? parabola : line;
    n[i] += step;
  }

  state(): unknown {
    return { count: this.count, heights: this.heights, places: this.places };
  }

  /** @throws TypeError where it is no such state */
  static of(state: unknown, share: number): Quantile {
    const stored = fields(state, "quantile");
    const quantile = new Quantile(share);
    quantile.count = count(stored.count, "values of a quantile");
    quantile.heights = numbers(stored.heights, "markers", Math.min(MARKERS, quantile.count));
    quantile.places = numbers(stored.places, "places of markers", MARKERS);
    for (let i = 1; i < MARKERS; i++)
      if (!(quantile.places[i] > quantile.places[i - 1])) throw new TypeError("places of markers do not rise");
    return quantile;
  }
}
