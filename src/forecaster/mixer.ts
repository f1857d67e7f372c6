import { f64, state } from "../record/state";

/** A single gain counts at most so many of its usual size. */
const CLIP = 5;
/** How decidedly the better one is preferred: log odds for each standard deviation of its lead. */
const DECISION = 1.5;
/** Log odds between the best expert and one that has no say. */
const SURE = 5;
/** Log odds between the best and any other expert: more evidence is not collected, or a change would be noticed late. */
const MOST = 6;
/** Share of the gain that is the slope of the mixture's loss: what an expert adds to the others counts beside what it is. */
const SLOPE = 0.3;
/** Log odds by which the first expert is ahead before anything was compared. */
const HEAD_START = 4;
/**
 * Log odds by which it stays ahead far from now, where labels overlap so much that a week of them is a handful of errors
 * and the best expert of today is soon another; at one reading ahead it has none of them.
 */
const LEAN = 1;

/** By number of experts: their shares in the forecast at hand, used before anybody else has a turn. */
const shares: Float64Array[] = [];

/**
 * Trust in several forecasts of the same value (experts): weights that follow which of them has been closer lately. Where
 * a fast signal gives the model nothing to gain, the forecast falls back to the last value by itself, and comes away from
 * it when the model earns it; where what was learnt has gone wrong, it falls back to the frozen model.
 *
 * Each expert's gain over the forecast given is judged by its own scatter, so that two good models are told apart as well
 * as a good one from a bad one. Sums fade, so that the best one may change, and are bounded, so that it is noticed soon.
 *
 * Source: second-order online aggregation, Wintenberger 2017, "Optimal learning with Bernstein online aggregation", and
 * Gaillard, Stoltz and van Erven 2014; fading after Herbster and Warmuth 1998, "Tracking the Best Expert".
 */
export class Mixer {
  readonly state;
  private readonly decision: number;
  private readonly lean: number;

  /**
   * @param experts how many
   * @param horizon readings ahead: the errors of a far horizon overlap, so they decide more slowly
   * @param memory gains count for about so many labels
   * @param start the first expert is believed more than the others in the first so many labels, and a little more for
   *   ever where the horizon is far; 0 = not at all
   * @param bySquares whether errors count by their squares, which the average makes smallest, or by their size, as the
   *   median does
   */
  constructor(
    experts: number,
    horizon: number,
    private readonly memory: number,
    private readonly start: number,
    private readonly bySquares = false,
  ) {
    this.state = state({
      /** By expert: fading sums of its gains over the forecast given, and of their squares, in the unit of the loss. */
      gain: f64(experts),
      square: f64(experts),
      /** By expert: share in the forecast; all together 1. */
      weights: f64(experts, { start: 1 / experts }),
      /** Fading number of labels, and all of them. */
      count: 0,
      labels: 0,
    });
    this.decision = DECISION / Math.sqrt(Math.max(1, horizon));
    this.lean = start > 0 ? LEAN * (1 - 1 / Math.sqrt(Math.max(1, horizon))) : 0;
    this.weigh();
  }

  /** By expert: share in the forecast; all together 1. */
  get weights(): Float64Array {
    return this.state.weights;
  }

  /** Trusts as another one does, of as many experts. */
  become(other: Mixer): void {
    const { gain, square, weights, count, labels } = other.state;
    this.state.gain.set(gain);
    this.state.square.set(square);
    this.state.weights.set(weights);
    this.state.count = count;
    this.state.labels = labels;
  }

  /** Nothing was compared yet. */
  forget(): void {
    const { state } = this;
    state.gain.fill(0);
    state.square.fill(0);
    state.count = 0;
    state.labels = 0;
    this.weigh();
  }

  /** Begins somewhere else with the trust of another one: the first expert is ahead once more. */
  inherit(other: Mixer): void {
    this.become(other);
    this.state.labels = 0;
    this.weigh();
  }

  /** Lets what was seen count for less: the order of the experts stays, and is sooner another. */
  fade(keep: number): void {
    const { state } = this;
    for (let i = 0; i < state.gain.length; i++) {
      state.gain[i] *= keep;
      state.square[i] *= keep;
    }
    state.count *= keep;
    this.weigh();
  }

  /** Whether what was read in makes sense together. */
  get isSound(): boolean {
    const { weights, square } = this.state;
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return [...weights, ...square].every((x) => x >= 0) && Math.abs(total - 1) < 1e-6;
  }

  /**
   * Share of each expert in the forecast, among those that have an answer; all together 1.
   *
   * @param forecasts by expert from index `at` on; NaN = it has none
   * @param to as many numbers as there are experts; all 0 where none has an answer
   */
  shares(forecasts: Float64Array, at: number, to: Float64Array): void {
    const { weights } = this.state;
    const has = (i: number): number => (Number.isNaN(forecasts[at + i]) ? 0 : 1);
    let total = 0;
    for (let i = 0; i < weights.length; i++) total += has(i) * weights[i];
    for (let i = 0; i < weights.length; i++) to[i] = total > 0 ? (has(i) * weights[i]) / total : 0;
    if (total > 0) return;
    // Where none of those that have an answer is trusted, their median: the mean would be as far off as the worst of them.
    const those = [...weights.keys()].filter((i) => has(i) === 1).sort((i, j) => forecasts[at + i] - forecasts[at + j]);
    if (those.length === 0) return;
    to[those[(those.length - 1) >> 1]] += 0.5;
    to[those[those.length >> 1]] += 0.5;
  }

  /**
   * The forecast: the weighted mean of those that have an answer.
   *
   * @param forecasts by expert from index `at` on; NaN = it has none
   * @returns NaN where none has
   */
  mix(forecasts: Float64Array, at: number): number {
    const { length } = this.state.weights;
    shares[length] ??= new Float64Array(length);
    const share = shares[length];
    this.shares(forecasts, at, share);
    // Counted from the first one: where all say the same, rounding must not change it.
    let first = Number.NaN;
    let sum = 0;
    for (let i = 0; i < share.length; i++) {
      const forecast = forecasts[at + i];
      if (Number.isNaN(forecast)) continue;
      if (Number.isNaN(first)) first = forecast;
      sum += share[i] * (forecast - first);
    }
    return first + sum;
  }

  /**
   * Takes in the actual value that belongs to the experts' forecasts.
   *
   * @param forecasts by expert from index `at` on; one that had none neither gains nor loses
   * @param given the forecast that was given
   * @param actual finite
   */
  update(forecasts: Float64Array, at: number, given: number, actual: number): void {
    const { memory, state, bySquares } = this;
    const { gain, square } = state;
    const keep = 1 - 1 / memory;
    const loss = (error: number): number => (bySquares ? error ** 2 : Math.abs(error));
    let any = false;
    for (let i = 0; i < gain.length; i++) any ||= forecasts[at + i] !== actual && forecasts[at + i] !== given;
    // Where all are right, as at a standstill, there is nothing to compare and no experience to count.
    if (!any) return;
    state.count = keep * state.count + 1;
    state.labels += 1;
    const off = given - actual;
    const slope = bySquares ? 2 * off : Math.sign(off);
    for (let i = 0; i < gain.length; i++) {
      const own = forecasts[at + i];
      if (Number.isNaN(own)) continue;
      const raw = (1 - SLOPE) * (loss(off) - loss(own - actual)) + SLOPE * slope * (given - own);
      const most = state.count > CLIP && square[i] > 0 ? CLIP * Math.sqrt(square[i] / state.count) : Number.MAX_VALUE;
      const counted = Math.max(-most, Math.min(most, raw));
      gain[i] = keep * gain[i] + counted;
      square[i] = keep * square[i] + counted * counted;
    }
    this.weigh();
  }

  /** Works out the weights from what was seen. */
  weigh(): void {
    const { state, decision, start, lean } = this;
    const { gain, square, weights } = state;
    const ahead = start > 0 ? HEAD_START * Math.exp(-state.labels / start) + lean : 0;
    let best = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < gain.length; i++) {
      weights[i] = square[i] > 0 ? (decision * gain[i]) / Math.sqrt(square[i]) : 0;
      if (i === 0) weights[i] += ahead;
      if (weights[i] > best) best = weights[i];
    }
    let total = 0;
    for (let i = 0; i < gain.length; i++) {
      const behind = best - MOST - weights[i];
      if (behind > 0 && square[i] > 0) {
        gain[i] += (behind * Math.sqrt(square[i])) / decision;
        weights[i] = best - MOST;
      }
      weights[i] = Math.max(0, Math.exp(weights[i] - best) - Math.exp(-SURE));
      total += weights[i];
    }
    for (let i = 0; i < gain.length; i++) weights[i] /= total;
  }
}
