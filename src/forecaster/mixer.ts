import { f64, state } from "../record/state";
import { UsualError } from "../stream/usual-error";

/** A single error counts at most this many usual errors. */
const CLIP = 5;
/** How decidedly the better one is preferred. */
const DECISION = 3;
/** Log odds between the best and any other expert: more evidence is not collected, or a change would be noticed late. */
const SURE = 4;

/**
 * Trust in several forecasts of the same value (experts): weights that follow which of them has been closer lately. Where
 * a fast signal gives the model nothing to gain, the forecast falls back to the last value by itself, and comes away from
 * it when the model earns it; where what was learnt has gone wrong, it falls back to the frozen model.
 *
 * Source: exponentially weighted forecasters, Cesa-Bianchi and Lugosi 2006, "Prediction, Learning, and Games", ch. 2,
 * with fading sums of clipped relative errors; bounded, so that the best one may change, after Herbster and Warmuth 1998,
 * "Tracking the Best Expert".
 */
export class Mixer {
  readonly state;
  readonly usual: UsualError;
  private readonly sharpness: number;

  /**
   * @param experts how many
   * @param horizon readings ahead: the errors of a far horizon overlap, so they decide more slowly
   * @param memory errors count for about so many labels
   */
  constructor(
    experts: number,
    horizon: number,
    private readonly memory: number,
  ) {
    this.state = state({
      /** By expert: by how much its fading sum of errors is smaller than the best one's, ≤ 0. */
      lead: f64(experts),
      /** By expert: share in the forecast; all together 1. */
      weights: f64(experts, { start: 1 / experts }),
    });
    this.usual = new UsualError(CLIP, 5 * memory);
    this.sharpness = DECISION / Math.sqrt(Math.max(1, horizon) * memory);
  }

  /** By expert: share in the forecast; all together 1. */
  get weights(): Float64Array {
    return this.state.weights;
  }

  /**
   * The forecast: the weighted mean of those that have an answer.
   *
   * @param forecasts by expert from index `at` on; NaN = it has none
   * @returns NaN where none has
   */
  mix(forecasts: Float64Array, at: number): number {
    const { weights } = this.state;
    let sum = 0;
    let total = 0;
    for (let i = 0; i < weights.length; i++) {
      const forecast = forecasts[at + i];
      if (Number.isNaN(forecast)) continue;
      sum += weights[i] * forecast;
      total += weights[i];
    }
    return total > 0 ? sum / total : Number.NaN;
  }

  /**
   * Takes in the actual value that belongs to the experts' forecasts.
   *
   * @param forecasts by expert from index `at` on; one that had none is judged like the forecast given
   * @param given the forecast that was given
   * @param actual finite
   */
  update(forecasts: Float64Array, at: number, given: number, actual: number): void {
    const { usual, memory } = this;
    const { lead } = this.state;
    let least = Number.POSITIVE_INFINITY;
    let most = 0;
    for (let i = 0; i < lead.length; i++) {
      const error = Math.abs(forecasts[at + i] - actual);
      if (error < least) least = error;
      if (error > most) most = error;
    }
    // Where all are right, as at a standstill, there is nothing to compare and no experience to count.
    if (!(most > 0)) return;
    usual.update(least);
    if (usual.value <= 0) return;
    const mixed = Math.min(CLIP, Math.abs(given - actual) / usual.value);
    for (let i = 0; i < lead.length; i++) {
      const error = Math.abs(forecasts[at + i] - actual) / usual.value;
      const gain = mixed - (Number.isNaN(error) ? mixed : Math.min(CLIP, error));
      lead[i] = (1 - 1 / memory) * lead[i] + gain;
    }
    this.weigh();
  }

  private weigh(): void {
    const { sharpness } = this;
    const { lead, weights } = this.state;
    const bound = SURE / sharpness;
    let best = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < lead.length; i++) if (lead[i] > best) best = lead[i];
    // Only differences count: the best one stands at 0 and none lies further back than what can be made up soon.
    for (let i = 0; i < lead.length; i++) lead[i] = Math.max(-bound, lead[i] - best);
    const floor = Math.exp(-SURE);
    let total = 0;
    for (let i = 0; i < lead.length; i++) {
      weights[i] = Math.max(0, Math.exp(sharpness * lead[i]) - floor);
      total += weights[i];
    }
    for (let i = 0; i < lead.length; i++) weights[i] /= total;
  }

  /** All are trusted alike again; what a usual error is stays known. */
  restart(): void {
    this.state.lead.fill(0);
    this.state.weights.fill(1 / this.state.weights.length);
  }
}
