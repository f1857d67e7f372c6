import { Adam } from "./adam";
import { Blend } from "./blend";
import { Comeback } from "./comeback";
import type { History } from "./history";
import { Lru, LruTraces } from "./lru";
import { QuantileTracker } from "./quantile-tracker";
import type { Random } from "./random";
import { Readout } from "./readout";
import { RunningRms } from "./running-rms";
import type { RunningScale } from "./running-scale";
import { TrustRegion } from "./trust-region";
import { Twin } from "./twin";

/** Last differences of the target that the readout sees (horizon ≥ 1). */
export const LAGS = 24;
const LAG_CLIP = 6;
/** Labels before the first update: the first scales are guesses. */
const FIRST_LABELS = 5;
const HUBER = 1;
/** An error beyond so many usual ones is an outlier: it pulls no harder than this many. */
const OUTLIER = 5;
/** The usual error follows the last so many labels. */
const USUAL_MEMORY = 50;
/** Labels over which model and reference are compared; the learner and its frozen twin, which is the way out, sooner. */
const REFERENCE_MEMORY = 200;
const CAUTION_MEMORY = 50;
/** What was learnt is preferred to the twins until it is this much worse. */
const FAVOUR = 0.1;
/** Updates over which the parameters of a model to be remembered are averaged. */
const REMEMBER = 1000;
const GRADIENT_NORM = 1;
/** Learning rate of a model that has much to learn, after how many updates it halves, and where it ends. */
const FIRST_RATE = 3e-3;
const HALVED_AFTER = 300;
const LAST_RATE = 3e-4;
/** A usual error above this (in units of the model) is learnt from at the full last rate … */
const IMPRECISE = 0.03;
/** … and the most precise model at this share of it. */
const PRECISE_SHARE = 1 / 3;
const RECURRENT_RATE = 3;
/** An interval is widened so many times at most because the target's last value is old. */
const WIDEST = 10;
/** How far fine-tuning may go from the base where no limit is set, relative to the base's norm. */
const DEFAULT_LIMIT = 1;

/** Which parameters learn: everything, the recurrent unit only, or the output layer only (the light part, for small devices). */
export type Scope = "all" | "unit" | "output";

/** How to learn from the labels that have come in. */
export interface LearnOptions {
  /** false: labels are scored and thrown away. */
  learn: boolean;
  /** Recorded history is gone through: there is no earlier model to go back to. */
  training?: boolean;
  /** Multiplies the learning rate; 1 = normal, 0.3 = careful, 3 = fast. */
  speed?: number;
  /** Learn from every N-th label only. */
  every?: number;
  scope?: Scope;
  /** ms: learn from the labels of readings up to this time, the others wait; absent = from all that have come. */
  upTo?: number;
  /** Trust region: largest change from the base relative to the base's norm; 0 or absent = the engine's own, 1. */
  limit?: number;
}

/** Why the last label was not learnt. */
export type Skip = "paused" | "first labels" | "not this one" | "quality" | "too late" | "not finite" | "nothing new";

/** Kinds of readings between which trust is told apart. */
const COMPLETE = 0;
const INCOMPLETE = 1;

const AGE = 0;
const LABELS = 1;
const CURSOR = 2;
const QUEUE_FROM = 3;
const QUEUE_TO = 4;
const UPDATES = 5;
const RATE = 6;
const FROZEN_WEIGHT = 7;
const ANCHOR = 8;
const UNIT = 9;
const REFERENCE = 10;
const LOSS = 11;
const USUAL = 12;
const ERROR = 13;
const LEARNT = 14;
const SPACING = 15;
const REMEMBERED = 16;
const COMEBACKS = 17;

/**
 * The model of one horizon: an LRU layer and a gated readout that run forward and forecast, a frozen twin with the base
 * parameters beside it, and a learning copy with traces that follows behind, up to the origin whose label has come.
 *
 * A forecast is anchor + unit × output. k ≥ 1: the anchor is the last value (or the existing forecast), the unit the
 * running RMS of changes from the anchor. k = 0: running mean and deviation of the target (or the existing forecast and
 * the RMS of its errors).
 */
export class HorizonModel {
  readonly parameters: Float64Array;
  readonly base: Float64Array;
  private readonly region: TrustRegion;
  private readonly layer: Lru;
  private readonly readout: Readout;
  /** The model as pretrained or last approved. */
  private readonly frozenTwin: Twin;
  /** The model of some time ago: the mean over 1000 updates, between 1000 and 3000 updates ago. */
  private readonly earlierTwin: Twin;
  /** The mean that will follow it, and the one being formed. */
  private readonly following: Float32Array;
  private readonly forming: Float32Array;
  private readonly layerSize: number;

  private readonly h: Float64Array;
  private readonly traces: LruTraces;
  private readonly adam: Adam;
  private readonly tracker: QuantileTracker;
  /** One or two numbers on their way to a part that takes them in. */
  private readonly score = new Float64Array(2);
  /**
   * Trust in the model against its reference, and in what it has learnt against the frozen twin: for complete readings,
   * and apart from that for readings with missing sensors, so that a repaired sensor finds the old trust.
   */
  private readonly blend: readonly Blend[];
  private readonly caution: readonly Blend[];
  /** Trust in the model of some time ago against the frozen one. */
  private readonly recollection: Blend;
  private readonly comeback: Comeback;
  private readonly rms = new RunningRms();
  private readonly s = new Float64Array(18);

  // What was forecast at each origin, in step with the history's ring.
  /** The forecast given: blended of the model's own and its reference. */
  readonly value: Float64Array;
  /** The model's own forecast. */
  private readonly own: Float64Array;
  private readonly learnt: Float64Array;
  private readonly twin: Float64Array;
  private readonly earlier: Float64Array;
  /** What the two twins said together: the way out where learning has failed. */
  private readonly fallback: Float64Array;
  readonly width: Float64Array;
  /** How much wider than the tracker's that interval was. */
  private readonly widening: Float32Array;
  readonly frozen: Float64Array;
  /** The actual value that belongs to each origin; NaN where none has come yet. */
  readonly label: Float64Array;
  private readonly weight: Float32Array;
  private readonly queue: Float64Array;

  private readonly phi: Float64Array;
  private readonly dphi: Float64Array;
  private readonly readoutGradient: Float64Array;
  private skip: Skip | undefined;

  /**
   * @param horizon k, readings ahead; 0 = estimate now
   * @param units complex units of the layer
   * @param history the asset's readings
   * @param targetScale running mean and deviation of the target
   * @param lagScale running RMS of the target's one-step changes
   * @param onExisting whether the forecast builds on the existing one
   * @param leaning whether the forecast leans on the naive (or existing) one while the model has not proved better
   * @param coverage share of actual values that the interval shall hold
   * @param gradient scratch of at least `parameterCount` numbers, shared by the models of one asset
   */
  constructor(
    readonly horizon: number,
    units: number,
    private readonly history: History,
    private readonly targetScale: RunningScale,
    private readonly lagScale: RunningRms,
    private readonly onExisting: boolean,
    private readonly leaning: boolean,
    coverage: number,
    private readonly gradient: Float64Array,
  ) {
    const d = history.width;
    const shape = HorizonModel.shape(horizon, units, d);
    this.layerSize = shape.layer;
    this.parameters = new Float64Array(shape.total);
    this.base = new Float64Array(shape.total);
    this.layer = new Lru(units, d, this.parameters);
    this.readout = new Readout(shape.features, shape.gates, this.parameters.subarray(shape.layer));
    this.frozenTwin = new Twin(units, d, shape.features, shape.gates, this.base);
    this.earlierTwin = new Twin(units, d, shape.features, shape.gates, new Float64Array(shape.total));
    this.following = new Float32Array(shape.total);
    this.forming = new Float32Array(shape.total);
    this.region = new TrustRegion(this.parameters, this.base);
    this.h = new Float64Array(2 * units);
    this.traces = new LruTraces(units, d);
    this.adam = new Adam(shape.total);
    this.tracker = new QuantileTracker(coverage, horizon);
    this.blend = [0, 1].map(() => new Blend(horizon, REFERENCE_MEMORY));
    this.caution = [0, 1].map(() => new Blend(horizon, CAUTION_MEMORY, FAVOUR, true));
    this.recollection = new Blend(horizon, CAUTION_MEMORY);
    this.comeback = new Comeback(horizon);
    this.value = new Float64Array(history.capacity);
    this.own = new Float64Array(history.capacity);
    this.learnt = new Float64Array(history.capacity);
    this.twin = new Float64Array(history.capacity);
    this.earlier = new Float64Array(history.capacity);
    this.fallback = new Float64Array(history.capacity);
    this.width = new Float64Array(history.capacity);
    this.widening = new Float32Array(history.capacity).fill(1);
    this.frozen = new Float64Array(history.capacity);
    this.label = new Float64Array(history.capacity);
    this.weight = new Float32Array(history.capacity);
    this.queue = new Float64Array(history.capacity);
    this.phi = new Float64Array(shape.features);
    this.dphi = new Float64Array(2 * units);
    this.readoutGradient = gradient.subarray(shape.layer, shape.total);
    this.s[CURSOR] = -1;
    this.s[USUAL] = HUBER;
    this.s[SPACING] = 1;
  }

  private static shape(horizon: number, units: number, d: number) {
    const features = 2 * units + d + 1 + (horizon > 0 ? LAGS : 0);
    const gates = horizon > 0 ? 8 : 16;
    const layer = Lru.parameterCount(units, d);
    return { features, gates, layer, total: layer + Readout.parameterCount(features, gates) };
  }

  /** How many parameters a model of this shape has. */
  static parameterCount(horizon: number, units: number, inputs: number): number {
    return HorizonModel.shape(horizon, units, inputs).total;
  }

  /** Draws the parameters of a new model, whose output is 0: its forecast is its anchor. */
  initialise(random: Random): void {
    this.layer.initialise(random);
    this.readout.initialise(random);
    this.approve();
  }

  /** Updates so far. */
  get updates(): number {
    return this.s[UPDATES];
  }

  /** ‖parameters − base‖ / ‖base‖ after the last update. */
  get change(): number {
    return this.region.change;
  }

  /** How often the learner has gone back to the model of some time ago. */
  get comebacks(): number {
    return this.s[COMEBACKS];
  }

  /** Learning rate of the last update. */
  get rate(): number {
    return this.s[RATE];
  }

  /** Why the last call of `learn` ended without learning from the latest label; undefined if it learnt. */
  get skipped(): Skip | undefined {
    return this.skip;
  }

  /** The parameters of today become the base: of the frozen twin, the trust region and rollback. */
  approve(): void {
    this.frozenTwin.become(this.parameters, this.h);
    this.forgetEarlier();
    this.s[FROZEN_WEIGHT] = this.blend[COMPLETE].weight;
    this.region.rebase();
    this.region.hold();
  }

  private forgetEarlier(): void {
    this.earlierTwin.become(this.parameters, this.h);
    this.forming.set(this.parameters);
    this.following.set(this.parameters);
    this.s[REMEMBERED] = 0;
    this.comeback.restart();
  }

  /** Takes over parameters (same length); the optimiser starts afresh. */
  restore(parameters: Float64Array): void {
    this.region.limit = Number.POSITIVE_INFINITY;
    this.continueFrom(parameters);
    this.forgetEarlier();
  }

  private continueFrom(parameters: Float64Array): void {
    this.parameters.set(parameters);
    this.region.hold();
    this.layer.refresh();
    this.adam.clear();
  }

  /** Works out what is derived from the parameters, after they were set from outside. */
  refresh(): void {
    this.layer.refresh();
    this.frozenTwin.refresh();
    this.earlierTwin.refresh();
    this.region.rebase();
  }

  /** The learning-rate schedule starts again from its careful beginning; the optimiser forgets. */
  restartSchedule(): void {
    this.s[AGE] = 0;
    this.adam.clear();
  }

  /** Forgets what it has seen, states and open forecasts, and keeps what it has learnt. */
  forgetReadings(): void {
    this.h.fill(0);
    this.frozenTwin.h.fill(0);
    this.earlierTwin.h.fill(0);
    this.traces.clear();
    this.tracker.restart();
    this.s[CURSOR] = -1;
    this.s[LEARNT] = -1;
    this.s[QUEUE_FROM] = 0;
    this.s[QUEUE_TO] = 0;
  }

  /** What `goOver` needs as it was: the state of the models. */
  rewindable(): Float64Array[] {
    return [this.parameters, this.h, this.frozenTwin.h, this.earlierTwin.h, ...this.traces.buffers()];
  }

  /** What `goOver` needs as it was: experience in the target's unit, whose numbers may be of any size. */
  experience(): Float64Array[] {
    const parts = [...this.blend, ...this.caution, this.recollection, this.comeback, this.tracker, this.rms];
    return [this.s.subarray(USUAL, USUAL + 1), ...parts.flatMap((part) => part.buffers())];
  }

  /** Index of the reading that the learning copy has reached; −1 before the first. */
  get cursor(): number {
    return this.s[CURSOR];
  }

  /** Goes over kept readings [from … to) again, after `rewindable` was set back and the history was mended. */
  goOver(from: number, to: number): void {
    this.layer.refresh();
    // The last gradients came from what is now known to be untrue.
    this.adam.stop();
    for (let i = from; i < to; i++) this.advance(i);
  }

  /**
   * Queues the labels of readings that were gone over, to be learnt again, but none that belongs to a doubtful one.
   *
   * @param cursor reading that the learning copy had reached
   * @param doubtful the first doubtful reading
   * @param labelsDoubtful whether the target itself was doubtful: labels that came since are dropped
   */
  queueAgain(cursor: number, doubtful: number, labelsDoubtful: boolean): void {
    const { s, history, label, weight, queue } = this;
    // Where nothing was learnt for long, readings that the traces have not seen are gone: what they miss fades.
    s[CURSOR] = Math.max(cursor, history.first - 1);
    s[QUEUE_FROM] = 0;
    s[QUEUE_TO] = 0;
    for (let i = s[CURSOR] + 1; i < history.length; i++) {
      const slot = history.slot(i);
      if (Number.isNaN(label[slot])) continue;
      if (i >= doubtful || (labelsDoubtful && i + this.horizon >= doubtful)) weight[slot] = 0;
      queue[s[QUEUE_TO] % queue.length] = i;
      s[QUEUE_TO] += 1;
    }
  }

  private advance(i: number): void {
    const { history } = this;
    this.layer.forward(this.h, history.inputs, history.slot(i) * history.width);
    this.frozenTwin.forward(history, i);
    this.earlierTwin.forward(history, i);
  }

  /**
   * Corrects the states for what is now known of the newest reading's inputs, which the history holds corrected already.
   * The learning copy, which has not reached that reading, will read them there. Allocates nothing.
   *
   * @param change by how much each of those inputs was wrong, standardised
   */
  correct(change: Float64Array): void {
    this.layer.correct(this.h, change);
    this.frozenTwin.correct(change);
    this.earlierTwin.correct(change);
  }

  /** Before the history's ring overwrites reading i: the learning copy must have passed it. */
  release(i: number): void {
    if (this.s[CURSOR] >= i) return;
    this.followTo(i);
  }

  private followTo(origin: number): void {
    const { history } = this;
    for (let i = this.s[CURSOR] + 1; i <= origin; i++) {
      this.layer.trace(this.traces, history.inputs, history.slot(i) * history.width);
    }
    this.s[CURSOR] = origin;
  }

  /**
   * What a forecast from the reading in this slot is made of. Left in fields: a returned number would be boxed.
   *
   * Anchor: where the forecast stands when the output is 0. Unit: what an output of 1 means. Reference: what the
   * forecast leans on while the model has not proved better.
   */
  private place(slot: number): void {
    const { s, history, horizon, targetScale } = this;
    const naive = history.naive[slot];
    const existing = history.existing[slot];
    if (this.onExisting) s[ANCHOR] = existing;
    else if (horizon > 0) s[ANCHOR] = naive;
    else s[ANCHOR] = targetScale.known ? targetScale.mean : Number.NaN;
    s[UNIT] = horizon > 0 || this.onExisting ? this.rms.value : targetScale.deviation;
    if (!this.leaning) s[REFERENCE] = Number.NaN;
    else s[REFERENCE] = this.onExisting ? existing : naive;
  }

  private kindOf(slot: number): number {
    return this.history.widening[slot] > 1 ? INCOMPLETE : COMPLETE;
  }

  private features(h: Float64Array, i: number, since: number): void {
    const { phi, history } = this;
    const d = history.width;
    const at = history.slot(i) * d;
    phi.set(h);
    let f = h.length;
    for (let k = 0; k < d; k++) phi[f++] = history.inputs[at + k];
    phi[f++] = 1;
    if (this.horizon === 0) return;
    const sigma = this.lagScale.value;
    let later = history.naive[history.slot(i)];
    for (let lag = 1; lag <= LAGS; lag++) {
      let change = 0;
      if (i - lag >= since) {
        const earlier = history.naive[history.slot(i - lag)];
        // Before the first actual value there is nothing to differ from.
        if (sigma > 0 && !Number.isNaN(earlier)) change = (later - earlier) / sigma;
        later = earlier;
      }
      phi[f++] = change > LAG_CLIP ? LAG_CLIP : change < -LAG_CLIP ? -LAG_CLIP : change;
    }
  }

  /**
   * Forecasts from reading i, the newest one: advances the forward state and that of the twins, once.
   *
   * @param since index of the first reading after the last gap: no differences reach across it
   * Allocates nothing.
   */
  forecast(i: number, since: number): void {
    const { history } = this;
    const slot = history.slot(i);
    this.advance(i);
    this.label[slot] = Number.NaN;
    this.place(slot);
    const { s } = this;
    if (Number.isNaN(s[ANCHOR])) {
      this.learnt[slot] = history.naive[slot];
      this.twin[slot] = history.naive[slot];
      this.earlier[slot] = history.naive[slot];
    } else {
      this.features(this.h, i, since);
      this.readout.forward(this.phi);
      this.learnt[slot] = s[ANCHOR] + s[UNIT] * this.readout.output;
      this.frozenTwin.answer(this.phi);
      this.twin[slot] = s[ANCHOR] + s[UNIT] * this.frozenTwin.output;
      this.earlierTwin.answer(this.phi);
      this.earlier[slot] = s[ANCHOR] + s[UNIT] * this.earlierTwin.output;
    }
    const twin = this.twin[slot];
    const fallback = twin + this.recollection.weight * (this.earlier[slot] - twin);
    this.fallback[slot] = fallback;
    const kind = this.kindOf(slot);
    this.own[slot] = fallback + this.caution[kind].weight * (this.learnt[slot] - fallback);
    this.frozen[slot] = twin;
    const reference = s[REFERENCE];
    if (Number.isNaN(reference)) {
      this.value[slot] = this.own[slot];
    } else {
      this.value[slot] = reference + this.blend[kind].weight * (this.own[slot] - reference);
      this.frozen[slot] = reference + s[FROZEN_WEIGHT] * (twin - reference);
    }
    let widening = history.widening[slot];
    // Changes add up like a random walk's: a last value that is n readings old is as good as a horizon n longer.
    if (this.horizon > 0) widening *= Math.min(WIDEST, Math.sqrt(1 + history.stale[slot] / this.horizon));
    this.widening[slot] = widening;
    this.width[slot] = widening * this.tracker.width;
  }

  /** Whether a label for origin i can still be taken: it is kept, was forecast, and has none yet. */
  isOpen(i: number): boolean {
    return i >= this.history.first && i < this.history.length && Number.isNaN(this.label[this.history.slot(i)]);
  }

  /**
   * Takes the label of origin i (open): the interval is judged, the unit of change updated, the label queued for `learn`.
   *
   * @param label the actual value, finite, and the weight of learning, 0 … 1; in an array since arguments would be boxed
   * Allocates nothing.
   */
  take(i: number, label: Float64Array): void {
    const { history, s } = this;
    const slot = history.slot(i);
    const y = label[0];
    this.label[slot] = y;
    this.weight[slot] = Math.min(label[1], history.quality[slot]);
    if (Number.isFinite(this.value[slot])) {
      // Intervals that were widened must not teach the tracker to be narrow, nor their errors to be wide.
      this.score[0] = Math.abs(this.value[slot] - y) / this.widening[slot];
      this.score[1] = this.width[slot] / this.widening[slot];
      this.tracker.update(this.score);
    }
    this.place(slot);
    if (Number.isNaN(s[ANCHOR])) return;
    const kind = this.kindOf(slot);
    if (Number.isFinite(this.learnt[slot]) && Number.isFinite(this.fallback[slot])) {
      this.score[0] = Math.abs(this.learnt[slot] - y);
      this.score[1] = Math.abs(this.fallback[slot] - y);
      this.caution[kind].update(this.score);
      this.score[1] = Math.abs(this.earlier[slot] - y);
      this.comeback.update(this.score);
      this.score[0] = this.score[1];
      this.score[1] = Math.abs(this.twin[slot] - y);
      this.recollection.update(this.score);
    }
    const reference = s[REFERENCE];
    if (!Number.isNaN(reference) && Number.isFinite(this.own[slot])) {
      this.score[0] = Math.abs(this.own[slot] - y);
      this.score[1] = Math.abs(reference - y);
      this.blend[kind].update(this.score);
    }
    if (this.horizon > 0 || this.onExisting) {
      this.score[0] = y - s[ANCHOR];
      this.rms.update(this.score);
    }
    this.queue[s[QUEUE_TO] % this.queue.length] = i;
    s[QUEUE_TO] += 1;
    if (s[QUEUE_TO] - s[QUEUE_FROM] > this.queue.length) s[QUEUE_FROM] += 1;
  }

  /**
   * Learns from the labels that have come since the last call, in the order in which they came.
   *
   * @param since index of the first reading after the last gap
   * Allocates nothing.
   */
  learn(options: LearnOptions, since: number): void {
    this.skip = "nothing new";
    const before = this.s[UPDATES];
    while (this.s[QUEUE_FROM] < this.s[QUEUE_TO]) {
      const origin = this.queue[this.s[QUEUE_FROM] % this.queue.length];
      const labelled = this.history.time[this.history.slot(origin + this.horizon)];
      if (options.upTo !== undefined && labelled > options.upTo) break;
      this.s[QUEUE_FROM] += 1;
      const slot = this.history.slot(origin);
      this.place(slot);
      // As long as the target has never moved there is nothing to learn, and no experience to count.
      if (this.s[UNIT] === 0) {
        this.skip = "first labels";
        continue;
      }
      this.s[LABELS] += 1;
      if (!options.learn) this.skip = "paused";
      else if (origin < this.history.first || origin < this.s[CURSOR]) this.skip = "too late";
      else if (this.s[LABELS] <= FIRST_LABELS) this.skip = "first labels";
      else if (this.s[LABELS] % (options.every ?? 1) !== 0) this.skip = "not this one";
      else if (!(this.weight[slot] > 0)) this.skip = "quality";
      else this.skip = this.update(origin, options, since);
    }
    // A model that is held stays as it is; a new one, or one in training, has no past to go back to.
    const learns = this.s[UPDATES] > before && !options.training;
    if (learns && this.s[AGE] >= 2 * REMEMBER && this.comeback.isDue) this.comeBack();
  }

  /** What was known some time ago is worth more than what was learnt since: goes on from there. */
  private comeBack(): void {
    this.continueFrom(this.earlierTwin.parameters);
    this.h.set(this.earlierTwin.h);
    for (const caution of this.caution) caution.restart();
    this.comeback.restart();
    this.s[COMEBACKS] += 1;
  }

  /** The Huber loss that `differentiate` found, in units of the model. */
  get loss(): number {
    return this.s[LOSS];
  }

  /**
   * The Huber loss of the model at an earlier origin and its gradient with respect to every parameter, left in `loss` and
   * in the scratch. Brings the learning copy to that origin, which must not lie behind it.
   *
   * @param origin index of a reading that is kept
   * @param labels by slot of the history: the actual value that belongs to each origin, in the target's unit
   * @param since index of the first reading after the last gap
   * Allocates nothing.
   */
  differentiate(origin: number, labels: Float64Array, since: number): void {
    const { s } = this;
    this.followTo(origin);
    const slot = this.history.slot(origin);
    this.place(slot);
    this.features(this.traces.h, origin, since);
    this.readout.forward(this.phi);
    const target = s[UNIT] > 0 ? (labels[slot] - s[ANCHOR]) / s[UNIT] : 0;
    const error = this.readout.output - target;
    // Where a model is precise, one wrong label would outweigh hundreds of right ones.
    const bend = Math.min(HUBER, OUTLIER * s[USUAL]);
    const delta = Math.max(-bend, Math.min(bend, error));
    s[LOSS] = delta * (error - delta / 2);
    s[ERROR] = Math.abs(error);
    this.readout.slope = delta;
    this.readout.gradient(this.phi, this.readoutGradient, this.dphi);
    this.layer.gradient(this.traces, this.dphi, this.gradient);
  }

  private update(origin: number, options: LearnOptions, since: number): Skip | undefined {
    const { s, gradient, layerSize } = this;
    const total = this.parameters.length;
    const scope = options.scope ?? "all";
    const from = scope === "output" ? layerSize : 0;
    const to = scope === "unit" ? layerSize : total;
    this.differentiate(origin, this.label, since);
    let square = 0;
    for (let i = from; i < to; i++) square += gradient[i] * gradient[i];
    if (!Number.isFinite(square)) return "not finite";
    // An error that stays becomes the usual one within some fifty labels.
    s[USUAL] += (Math.min(s[ERROR], OUTLIER * s[USUAL]) - s[USUAL]) / USUAL_MEMORY;
    const scale = square > GRADIENT_NORM * GRADIENT_NORM ? GRADIENT_NORM / Math.sqrt(square) : 1;
    s[AGE] += 1;
    s[UPDATES] += 1;
    this.plan(origin);
    s[RATE] *= (options.speed ?? 1) * this.weight[this.history.slot(origin)];
    this.score[0] = scale;
    this.score[1] = s[RATE];
    this.adam.advance(this.score);
    this.adam.step(this.parameters, gradient, from, Math.min(to, layerSize), RECURRENT_RATE);
    this.adam.step(this.parameters, gradient, Math.max(from, layerSize), to, 1);
    this.region.limit = options.limit || DEFAULT_LIMIT;
    this.region.hold();
    if (from < layerSize) {
      this.layer.clamp();
      this.layer.refresh();
    }
    this.remember();
    return undefined;
  }

  /** A mean, since at any single moment a sensor may just have lied. */
  private remember(): void {
    const { s, parameters, earlierTwin, following, forming } = this;
    s[REMEMBERED] += 1;
    const share = 1 / s[REMEMBERED];
    for (let i = 0; i < forming.length; i++) forming[i] += share * (parameters[i] - forming[i]);
    if (s[REMEMBERED] < REMEMBER) return;
    s[REMEMBERED] = 0;
    earlierTwin.parameters.set(following);
    earlierTwin.refresh();
    following.set(forming);
  }

  /**
   * The learning rate at speed 1, left in `RATE`: high at first, then low. A step of Adam does not shrink with the error,
   * so where the usual error is a hundredth of the target's spread the steps themselves would be the error: a precise
   * model takes smaller ones, the more so the more labels there are.
   */
  private plan(origin: number): void {
    const { s } = this;
    const spacing = Math.max(1, origin - s[LEARNT]);
    s[LEARNT] = origin;
    s[SPACING] += 0.05 * (Math.min(spacing, 3 * s[SPACING]) - s[SPACING]);
    const share = Math.min(1, Math.max(PRECISE_SHARE, (s[USUAL] * Math.sqrt(s[SPACING])) / IMPRECISE));
    const planned = Math.max(share * LAST_RATE, FIRST_RATE / (1 + s[AGE] / HALVED_AFTER));
    s[RATE] = planned / Math.sqrt(Math.max(1, this.horizon));
  }

  /** All that has to be remembered, in a fixed order. */
  buffers(): (Float64Array | Float32Array)[] {
    return [
      this.parameters,
      this.base,
      this.earlierTwin.parameters,
      this.following,
      this.forming,
      this.h,
      this.frozenTwin.h,
      this.earlierTwin.h,
      ...this.traces.buffers(),
      ...this.adam.buffers(),
      ...this.tracker.buffers(),
      ...[...this.blend, ...this.caution, this.recollection, this.comeback].flatMap((part) => part.buffers()),
      ...this.region.buffers(),
      ...this.rms.buffers(),
      this.s,
      this.value,
      this.own,
      this.learnt,
      this.twin,
      this.earlier,
      this.fallback,
      this.width,
      this.widening,
      this.frozen,
      this.label,
      this.weight,
      this.queue,
    ];
  }
}
