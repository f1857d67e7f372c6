import { type Part, type Parts, within } from "../record/part";
import { f32, f64, state } from "../record/state";
import { Window } from "../record/window";
import { LEAVING, type Levels, PLACES } from "../stream/levels";
import { QuantileTracker } from "../stream/quantile-tracker";
import { RunningRms } from "../stream/running-rms";
import { belief, OUTLIER, PATIENCE } from "./belief";
import { Bias } from "./bias";
import type { History } from "./history";
import type { Frame } from "./least-squares";
import { LinearExperts } from "./linear-experts";
import { Member } from "./member";
import { Mixer } from "./mixer";
import type { Network, NetworkShape } from "./network";
import { OpenForecasts } from "./open-forecasts";
import { ANSWERS } from "./plain-regressions";
import type { Random } from "./random";
import type { Regressors } from "./regressors";
import type { SensorRow } from "./sensor-row";
import { Shrinkage } from "./shrinkage";
import { StandIn } from "./stand-in";

/** Labels before the first update: the first scales are guesses. */
const FIRST_LABELS = 5;
const HUBER = 1;
/** The usual error follows the last so many labels. */
const USUAL_MEMORY = 50;
/** Labels over which the experts are compared; times the horizon, since so many errors of a far one are as good as one. */
const MIXER_MEMORY = 100;
/** Share that is kept of what readings have shown of the experts which most of these had learnt from before. */
const KNOWN_BEFORE = 0.1;
/** With less than this share of the labels that the other has seen, trust in doubt or without begins as the other is. */
const OWN = 0.5;
/** What a forecast starts from is believed more than the models in so many labels for each reading ahead. */
const HEAD_START = 30;
/** Learning rate of a model that has much to learn, after how many updates it halves, and where it ends. */
const FIRST_RATE = 3e-3;
const HALVED_AFTER = 300;
const LAST_RATE = 3e-4;
/** A usual error above this (in units of the model) is learnt from at the full last rate … */
const IMPRECISE = 0.03;
/** … and the most precise model at this share of it. */
const PRECISE_SHARE = 1 / 3;
/** An interval is widened so many times at most. */
const WIDEST = 10;
/** An anchor that moves by so many deviations at once stands at another level. */
const OTHER_LEVEL = 3;
/** Share of each error that goes into the offset which makes sums right; the further ahead, the less, as errors overlap. */
const OFFSET_SHARE = 0.02;
/** There an error counts at most so many usual ones; and so many deviations from all levels of the target a label is far. */
const FAR = 20;
/** Labels in a row that no model comes near are no single outlier. */
const ASTRAY = 3;
/** The mixer for as long as the labels go astray, behind those of the places; in its first labels the last one leads. */
const STRAYING = PLACES;
const LAST_LABEL_FIRST = 3;
/** The mixer while inputs are on their way from one level to another; of a soft sensor it begins likewise. */
const MOVING = PLACES + 1;
/** The mean square of errors whose mean is 1, were they normal. */
const SQUARE = 1.57;

/** Which parameters learn: everything, the recurrent unit only, or the output layer only (the light part, for small devices). */
export type Scope = "all" | "unit" | "output";

/** What is to be known of a reading beside its columns. */
export interface Circumstances {
  variance: Float64Array;
  familiarity: number;
  isDoubtful: boolean;
  isMoving: boolean;
  /** Readings since the last actual value of the target, 0 where it came with the reading. */
  stale: number;
}

/** How to learn from the labels that have come in. */
export interface LearnOptions {
  /** false: labels are scored and thrown away. */
  learn: boolean;
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
export type Skip =
  | "paused"
  | "first labels"
  | "not this one"
  | "quality"
  | "too late"
  | "not finite"
  | "far"
  | "nothing new";

/** The experts of a horizon, in their order: where the forecast starts from, the frozen model, the learner … */
const REFERENCE = 0;
const FROZEN = 1;
const LEARNER = 2;
/** … for a soft sensor the learner and the frozen model corrected by their last errors, and the regressions. */
const CORRECTED = 3;
const CORRECTED_FROZEN = 4;
/** The first expert that is no network, ahead and of a soft sensor: there it is the plain regression. */
export const FIRST_LINEAR = { ahead: LEARNER + 1, now: CORRECTED_FROZEN + 1 };
/** How many experts there are in a light forecaster: those from the networks, and the plain regressions. */
export const LIGHT = { ahead: FIRST_LINEAR.ahead, now: FIRST_LINEAR.now + ANSWERS };
/** The same by name, as messages tell them. */
export const AHEAD = ["reference", "frozen", "learner", "linear", "plain", "seasonal", "recurring"] as const;
export const NOW = [
  "reference",
  "frozen",
  "learner",
  "correctedLearner",
  "correctedFrozen",
  "plain",
  "correctedPlain",
  "plainQuadratic",
  "linear",
  "quadratic",
] as const;
export type Expert = (typeof AHEAD)[number] | (typeof NOW)[number];

/**
 * One horizon of a forecaster: the networks that learn, one or a committee, with their frozen twins, the other experts,
 * and the trust between them.
 *
 * A network's forecast is anchor + unit × output. k ≥ 1: the anchor is the last value (or the existing forecast), the
 * unit the running RMS of changes from the anchor. k = 0: mean and deviation of the target's present level (or the
 * existing forecast and the RMS of its errors).
 */
export class Horizon {
  readonly state = {
    /** Updates since the schedule began, and in all; labels seen. */
    age: 0,
    updates: 0,
    labels: 0,
    /** Reading that the learning copy has reached. */
    cursor: -1,
    /** Labels that wait to be learnt lie in the queue from … to. */
    queueFrom: 0,
    queueTo: 0,
    /** Origin of the last label learnt, usual number of readings between two. */
    learnt: -1,
    spacing: 1,
    /** Usual error of the learner, in units of the model; readings for which its errors have been outliers. */
    usual: HUBER,
    lasting: 0,
    /** Horizon 0: labels in a row that no model comes near; the mixer of before they went astray, or inputs moved. */
    astray: 0,
    mixerBefore: 0,
    /** Which of the mixers made the last forecast. */
    mixer: 0,
    /** Where the models' forecasts stood when their biases were found: at another level of the target they mean nothing. */
    biasAnchor: Number.NaN,
    /** Where the sum of the forecasts shall be right: what is added to them. */
    offset: 0,
    /** Horizon 0: whether the squares count over all levels of the target: it goes to and fro, and an input shows it. */
    isWide: 0,
    /** Share of the network in the frozen forecast: what it had earned when it was approved. */
    frozenShare: 0,
    /** Learning rate of the last update. */
    rate: 0,
    /** Standard deviation of the members' answers to the newest reading, in units of the model. */
    spread: 0,
    /** How much of what the models foretell from the newest reading is told. */
    lean: 1,
  };
  /** The learner's forecast is the mean of theirs. */
  readonly members: readonly Member[];
  /** The interval's half-width and the unit of change, by the place of the target: see `History.place`. */
  readonly trackers: readonly QuantileTracker[];
  private readonly bias = new Bias();
  private readonly frozenBias = new Bias();
  private readonly shrinkage: Shrinkage;
  /**
   * Trust in the experts, by the place of the target (who is best at rest need not be best in operation). The last one
   * of them serves as well where values were missing or in doubt: a repaired sensor then finds the old trust at once. So
   * it is where labels have gone astray, and where inputs go from level to level, each with a mixer of its own.
   */
  readonly mixers: readonly Mixer[];
  private readonly expertCount: number;
  readonly rms = Array.from({ length: PLACES }, () => new RunningRms());
  readonly linear: LinearExperts;
  /** What each of them had earned in the forecast when they were approved. */
  private readonly frozenShares;
  /** State of the regressors' recurrent unit at the reading that the learning copy has reached. */
  private readonly follower;
  private readonly frozenAnswers: Float64Array;
  private readonly share: Float64Array;
  /** Index of the first of them among the experts. */
  private readonly firstLinear: number;

  /** What was forecast at each origin, in the windows of the history and of `queued`. */
  readonly rings;
  /** Those without a label, or not passed by the learning copy. */
  private readonly open: OpenForecasts;
  /** The labels that wait to be learnt. */
  private readonly queued: Window;

  private readonly phi: Float64Array;
  /** See `place`, and `LinearExperts`. */
  private readonly near: Frame = { anchor: Number.NaN, unit: 0 };
  private readonly wide: Frame = { anchor: Number.NaN, unit: 0 };
  private skip: Skip | undefined;
  /** What each member answered to the newest reading. */
  private readonly outputs: Float64Array;
  /** Huber loss of the first member that `differentiate` found, in units of the model. */
  loss = 0;
  /** The columns of the origin that `differentiate` looked at. */
  private row: Float32Array = new Float32Array(0);

  readonly horizon: number;
  private readonly shape: NetworkShape;
  private readonly history: History;
  private readonly targetLevels: Levels;
  private readonly sensors: Pick<SensorRow, "targetLevels" | "levels" | "spans">;
  private readonly onExisting: boolean;
  /** Only where it builds on the existing forecast. */
  private readonly standIn: StandIn | undefined;
  private readonly isMean: boolean;
  /**
   * Ahead the average is aimed at by squares; of a soft sensor by the offset alone, as its largest errors are wrong labels
   * more often than rare truths.
   */
  private readonly bySquares: boolean;
  private readonly regressors: Regressors;
  private readonly gradient: Float64Array;

  /**
   * @param of horizon: k, readings ahead, 0 = estimate now; shape of its networks; history: the asset's readings;
   *   sensors: where target and inputs live; onExisting: whether the forecast builds on the existing
   *   one; isMean: whether its sum shall be right; coverage: share of actual values that the interval shall hold; gradient:
   *   scratch of at least `shape.total` numbers, shared by the horizons of one asset; regressors of the asset; learners: how
   *   many. History and gradient lie in the arena of the regressors
   */
  constructor(of: {
    horizon: number;
    shape: NetworkShape;
    history: History;
    sensors: Pick<SensorRow, "targetLevels" | "levels" | "spans">;
    onExisting: boolean;
    isMean: boolean;
    coverage: number;
    gradient: Float64Array;
    regressors: Regressors;
    learners: number;
  }) {
    const { horizon, shape, history, coverage, gradient, regressors, onExisting } = of;
    this.horizon = horizon;
    this.shape = shape;
    this.history = history;
    this.sensors = of.sensors;
    this.targetLevels = of.sensors.targetLevels;
    this.onExisting = onExisting;
    this.isMean = of.isMean;
    this.bySquares = of.isMean && horizon > 0;
    this.regressors = regressors;
    this.gradient = gradient;
    const { capacity } = history;
    const { arena } = regressors;
    this.firstLinear = horizon > 0 ? FIRST_LINEAR.ahead : FIRST_LINEAR.now;
    const { bySquares } = this;
    this.linear = new LinearExperts(horizon, regressors, this.targetLevels, history, { bySquares, onExisting });
    this.follower = regressors.newState();
    const experts = this.firstLinear + this.linear.count;
    this.frozenShares = state({ linear: f64(this.linear.count) });
    this.frozenAnswers = new Float64Array(this.linear.count);
    this.share = new Float64Array(experts);
    this.members = Array.from({ length: of.learners }, () => new Member(shape, arena));
    this.trackers = Array.from({ length: PLACES }, () => new QuantileTracker(coverage, horizon));
    this.expertCount = experts;
    this.experts = (horizon > 0 ? AHEAD : NOW).slice(0, experts);
    const memory = MIXER_MEMORY * Math.max(1, horizon);
    this.shrinkage = new Shrinkage(horizon);
    const start = horizon > 0 || onExisting ? HEAD_START * Math.max(1, horizon) : 0;
    const mixers = PLACES + 2;
    const startOf = (i: number): number => (i >= STRAYING && horizon === 0 ? LAST_LABEL_FIRST : start);
    this.mixers = Array.from(
      { length: mixers },
      (_, i) => new Mixer(experts, horizon, memory, startOf(i), this.bySquares),
    );
    const kept = { total: "history.total", window: "kept" };
    const unread = { total: "history.total", window: "unread" };
    this.rings = state({
      /** The forecast given, and the frozen one. */
      value: f64(0, { ring: kept, mayBeNaN: true }),
      frozen: f64(0, { ring: kept, mayBeNaN: true }),
      width: f64(0, { ring: kept, mayBeNaN: true }),
      /** The variance that doubtful inputs brought into it. */
      doubt: f32(0, { ring: unread }),
      /** The actual value that belongs to each origin, NaN where none has come yet; how much to learn from it. */
      label: f64(0, { ring: kept, start: Number.NaN }),
      weight: f32(0, { ring: unread }),
      /** Origins whose labels wait to be learnt. */
      queue: f64(0, { ring: { total: `horizon${horizon}.queueTo`, window: "queued" } }),
    });
    history.hold(this.rings);
    if (onExisting) this.standIn = new StandIn({ coverage, horizon });
    if (this.standIn) history.hold(this.standIn.rings);
    history.keepFor(this.state);
    const { state: own } = this;
    const isOpen = (i: number): boolean =>
      i >= history.first && (i >= own.cursor || Number.isNaN(this.label[history.slot(i)]));
    this.open = new OpenForecasts(experts, capacity, isOpen);
    this.queued = new Window(
      "queued",
      capacity,
      () => own.queueFrom,
      () => own.queueTo,
    );
    this.queued.hold(this.rings);
    this.phi = arena.f64(shape.features);
    this.outputs = new Float64Array(of.learners);
  }

  /** Draws the parameters of a new model, whose output is 0: its forecast is its anchor. */
  initialise(random: Random): void {
    for (const member of this.members) member.initialise(random);
    this.approveExperts();
  }

  /** Takes over the base of each member. */
  base(parameters: readonly Float64Array[]): void {
    this.members.forEach((member, m) => {
      member.base(parameters[m]);
    });
  }

  /** The base is as `initialise` has drawn it. */
  drawBase(random: Random): void {
    for (const member of this.members) member.drawBase(random);
  }

  /** The first network that learns, and its twin. */
  get learner(): Network {
    return this.members[0].learner;
  }

  get twin(): Network {
    return this.members[0].twin;
  }

  /** By slot of the history: the forecast given … */
  get value(): Float64Array {
    return this.rings.value;
  }

  /** … the frozen one, the half-width of the interval … */
  get frozen(): Float64Array {
    return this.rings.frozen;
  }

  get width(): Float64Array {
    return this.rings.width;
  }

  /** … and the actual value, NaN where none has come yet. */
  get label(): Float64Array {
    return this.rings.label;
  }

  /** Updates so far. */
  get updates(): number {
    return this.state.updates;
  }

  /** ‖parameters − base‖ / ‖base‖ after the last update. */
  get change(): number {
    let largest = 0;
    for (const { region } of this.members) largest = Math.max(largest, region.state.change);
    return largest;
  }

  /** Learning rate of the last update. */
  get rate(): number {
    return this.state.rate;
  }

  /** Why the last call of `learn` ended without learning from the latest label; undefined if it learnt. */
  get skipped(): Skip | undefined {
    return this.skip;
  }

  /** Names of the experts, in their order. */
  readonly experts: readonly Expert[];

  /** Whether the last value stands in for the forecast from reading i, which builds on the existing one. */
  standsIn(i: number): boolean {
    return this.standIn !== undefined && this.standIn.rings.used[this.history.slot(i)] > 0;
  }

  /** Share of each expert in the forecast from reading i, the newest one; together 1, or all 0 where none had an answer. */
  shares(i: number): Float64Array {
    const { open } = this;
    const slot = open.slot(i);
    if (this.standsIn(i)) return this.share.fill(0);
    this.mixers[open.state.mixer[slot]].shares(open.state.answers, slot * this.expertCount, this.share);
    return this.share;
  }

  /** What an expert, by default the learner, answered to reading i; NaN where it had no answer, or none that is kept. */
  answerFrom(i: number, expert = LEARNER): number {
    const slot = this.open.slot(i);
    return slot < 0 ? Number.NaN : this.open.state.answers[slot * this.expertCount + expert];
  }

  /** The parameters of today become the base: of the frozen twin, the trust region and rollback. */
  approve(): void {
    for (const member of this.members) member.approve();
    this.approveExperts();
  }

  private approveExperts(): void {
    const { state } = this;
    const { weights, state: compared } = this.mixers[this.targetLevels.present];
    this.linear.approve();
    // The twin of before was what it had earned before; whatever is linear keeps the share that it has, if it ever answered.
    const { linear } = this.frozenShares;
    let rest = 1 - weights[REFERENCE] - weights[FROZEN];
    for (let e = 0; e < linear.length; e++) {
      const expert = this.firstLinear + e;
      const own = compared.square[expert] > 0 ? weights[expert] : 0;
      rest -= own;
      linear[e] = own + weights[FROZEN] * linear[e];
    }
    state.frozenShare = rest + weights[FROZEN] * state.frozenShare;
  }

  /**
   * Takes over parameters (same length); the optimiser starts afresh.
   *
   * @param parameters of each member
   */
  restore(parameters: readonly Float64Array[]): void {
    this.members.forEach((member, m) => {
      member.restore(parameters[m]);
    });
    this.linear.rollback();
  }

  /** Works out what is derived from the parameters, after they were set from outside. */
  refresh(): void {
    for (const member of this.members) member.refresh();
  }

  /** The learning-rate schedule starts again from its careful beginning; the optimiser forgets. */
  restartSchedule(): void {
    this.state.age = 0;
    for (const { adam } of this.members) adam.clear();
  }

  /** See `Forecaster.distrustComparison`; not of a soft sensor, whose experts have nothing safer to begin with. */
  distrustComparison(): void {
    if (this.horizon > 0) for (const mixer of this.mixers) mixer.fade(KNOWN_BEFORE);
  }

  /** Works out the weights of the experts again, after some have joined or left. */
  weigh(): void {
    for (const mixer of this.mixers) mixer.weigh();
  }

  /** Forgets what it has seen, states and open forecasts, and keeps what it has learnt. */
  forgetReadings(): void {
    const { state } = this;
    for (const member of this.members) member.forgetReadings();
    this.follower.h.fill(0);
    for (const tracker of this.trackers) tracker.restart();
    state.cursor = -1;
    state.learnt = -1;
    state.queueFrom = 0;
    state.queueTo = 0;
    this.open.clear();
    this.bias.clear();
    this.frozenBias.clear();
    this.linear.forgetReadings();
    this.standIn?.forgetReadings();
    state.offset = 0;
  }

  /**
   * Corrects the states for what is now known of the newest reading's inputs, which the history holds corrected already.
   * The learning copy, which has not reached that reading, will read them there.
   *
   * @param change by how much each of those inputs was wrong, standardised
   */
  correct(change: Float64Array): void {
    for (const member of this.members) member.correct(change);
  }

  /** Before the history's ring overwrites reading i: the learning copy must have passed it. */
  release(i: number): void {
    if (this.state.cursor < i) this.followTo(i);
  }

  private followTo(origin: number): void {
    const { history, state, members, regressors, follower } = this;
    for (let i = state.cursor + 1; i <= origin; i++) {
      const inputs = history.rowOf(i);
      for (const member of members) member.follow(inputs, 0);
      regressors.follow(follower.h, i);
    }
    state.cursor = origin;
  }

  /**
   * Where a forecast from reading i stands when the output is 0, and what an output of 1 means: at the level
   * at hand, and for a soft sensor over all levels of the target.
   */
  private place(i: number): void {
    const { state, history, targetLevels, near, wide } = this;
    const slot = history.slot(i);
    if (this.horizon > 0 || this.onExisting) {
      near.anchor = this.onExisting ? history.existingAt(i) : history.naive[slot];
      near.unit = this.rms[history.place[slot]].value;
      wide.anchor = near.anchor;
      wide.unit = near.unit;
      return;
    }
    near.anchor = targetLevels.known ? targetLevels.mean : Number.NaN;
    near.unit = targetLevels.deviation;
    // What no input shows cannot be foretold by them: the level of the target at hand is all there is.
    const isShown = this.sensors.spans > 0;
    wide.anchor = isShown ? targetLevels.home : near.anchor;
    wide.unit = isShown ? targetLevels.unit : near.unit;
    if (state.isWide > 0 || !isShown || !targetLevels.isAlternating) return;
    state.isWide = 1;
    this.linear.rescale(targetLevels.state.homeDeviation, wide.unit);
  }

  /** What a network's readout sees after its own state: the inputs, 1, and ahead the last changes of the target. */
  private features(row: Float32Array): void {
    const { phi, regressors, shape } = this;
    for (let f = 2 * shape.units, at = regressors.inputs; f < phi.length; f++, at++) phi[f] = row[at];
  }

  /**
   * Forecasts from reading i, the newest one: advances the networks, once.
   *
   * @param row its columns, see `Regressors`
   * @param of variance of each input of the reading, standardised, all 0 where every value is sure; familiarity: 1 where
   *   the plant is where it has been before, towards 0 the further away it is: in new territory the forecast leans on what
   *   it starts from; isDoubtful: whether values of the reading were missing or in doubt, or the last label was; isMoving:
   *   whether inputs are on their way from one level to another
   */
  forecast(i: number, row: Float32Array, of: Circumstances): void {
    const { history, expertCount, state, members, rings } = this;
    const { variance, familiarity } = of;
    const slot = history.slot(i);
    const entry = this.open.open(i);
    const at = entry * expertCount;
    const open = this.open.state;
    const { answers } = open;
    const mixer = this.trust(slot, of);
    open.mixer[entry] = state.mixer;
    open.familiarity[entry] = familiarity;
    state.lean = this.shrinkage.share(familiarity);
    const inputs = history.rowOf(i);
    for (const member of members) member.advance(inputs, 0);
    rings.label[slot] = Number.NaN;
    this.place(i);
    const { near, wide } = this;
    const { anchor, unit } = near;
    const reference = this.onExisting ? history.existingAt(i) : history.naive[slot];
    answers[at + REFERENCE] = reference;
    const unread = history.unread.slot(i);
    rings.doubt[unread] = 0;
    rings.weight[unread] = 0;
    this.state.spread = 0;
    if (Number.isNaN(anchor)) {
      answers.fill(Number.NaN, at + FROZEN, at + expertCount);
      rings.frozen[slot] = history.naive[slot];
    } else {
      this.features(row);
      const learnt = anchor + unit * this.answerOf(variance, unread);
      const fixed = anchor + unit * mean(members, ({ twin }) => twin.answer(this.phi));
      answers[at + FROZEN] = fixed;
      answers[at + LEARNER] = learnt;
      if (this.horizon === 0) {
        if (Math.abs(anchor - state.biasAnchor) > OTHER_LEVEL * unit) {
          this.bias.clear();
          this.frozenBias.clear();
        }
        state.biasAnchor = anchor;
        answers[at + CORRECTED] = learnt + this.bias.value;
        answers[at + CORRECTED_FROZEN] = fixed + this.frozenBias.value;
      }
      const time = history.time[slot];
      const at0 = at + this.firstLinear;
      const value = history.naive[slot];
      this.linear.answer({ row, i, time, value, learner: learnt, near, wide }, answers, at0);
      rings.frozen[slot] = this.possible(this.frozenForecast(row, i, reference, fixed), i);
      for (let e = at + FROZEN; e < at + expertCount; e++) answers[e] = this.possible(answers[e], i);
    }
    let mixed = mixer.mix(answers, at);
    // Between two levels a straight line soon leads beyond both.
    if (of.isMoving && !Number.isNaN(reference)) mixed = this.targetLevels.bound(mixed, reference);
    const leaning = Number.isNaN(reference) ? mixed : reference + state.lean * (mixed - reference);
    rings.value[slot] = this.possible(this.isMean ? leaning + state.offset : leaning, i);
    // Where networks that have learnt the same say different things, none of them has seen the like.
    const share = this.horizon > 0 ? mixer.weights[LEARNER] : mixer.weights[LEARNER] + mixer.weights[CORRECTED];
    let widening = Math.sqrt(1 + (rings.doubt[unread] + (share * this.state.spread) ** 2) / this.usualSquare);
    // Changes add up like a random walk's: a last value that is n readings old is as good as a horizon n longer.
    if (this.horizon > 0) widening *= Math.sqrt(1 + of.stale / this.horizon);
    open.widening[entry] = Math.min(WIDEST, widening);
    rings.width[slot] = open.widening[entry] * this.trackers[history.place[slot]].width;
    if (this.standIn) this.fallBack(this.standIn, slot, open.widening[entry]);
  }

  /** What of a forecast from reading i can be. What the existing forecast says is told as it is. */
  private possible(x: number, i: number): number {
    return this.onExisting ? x : this.history.between(x, i);
  }

  /** Of a soft sensor only where there is no forecast: ahead the last value is the plant, there it is a label that may lie. */
  private fallBack({ isCalled, rings: { used }, width }: StandIn, slot: number, widening: number): void {
    const { rings, history } = this;
    const last = history.naive[slot];
    const isWanted = Number.isNaN(rings.value[slot]) || (isCalled && this.horizon > 0);
    used[slot] = isWanted && !Number.isNaN(last) ? 1 : 0;
    if (used[slot] === 0) return;
    rings.value[slot] = last;
    rings.frozen[slot] = last;
    rings.width[slot] = widening * width;
  }

  /**
   * The learner's answer to the newest reading, in units of the model, after what doubtful inputs have brought into it;
   * leaves there how far the members of a committee are apart.
   */
  private answerOf(variance: Float64Array, unread: number): number {
    const { members, phi, outputs, rings } = this;
    let answer = 0;
    for (let m = 0; m < members.length; m++) {
      const { learner } = members[m];
      outputs[m] = learner.answer(phi);
      answer += outputs[m] / members.length;
      rings.doubt[unread] += learner.doubt(variance) / members.length;
    }
    if (members.length > 1) this.state.spread = Math.sqrt(mean(outputs, (output) => (output - answer) ** 2));
    return answer;
  }

  /**
   * How far the learners of a committee were apart at the newest reading, in usual errors of the learner: beyond 1 they
   * differ by more than they are usually wrong, so the plant is outside what they know. 0 where there is only one.
   */
  get disagreement(): number {
    return this.state.spread / Math.sqrt(this.usualSquare);
  }

  /**
   * The mixer for the forecast at hand. A doubt, and the way to another level, begin with the trust of before; where doubts
   * are many they have a trust of their own, and the level begins with theirs. Where labels have gone astray, nothing that
   * was known of the models is worth anything.
   */
  private trust(slot: number, { isDoubtful, isMoving }: Circumstances): Mixer {
    const { state, mixers, history } = this;
    if (this.isAstray) {
      if (state.mixer !== STRAYING) {
        mixers[STRAYING].forget();
        state.mixerBefore = state.mixer;
      }
      state.mixer = STRAYING;
      return mixers[STRAYING];
    }
    if (state.mixer === STRAYING) {
      state.mixer = state.mixerBefore;
      // They did not come back: it is how the plant runs now.
      if (state.astray > 0) mixers[state.mixer].become(mixers[STRAYING]);
    }
    if (isMoving && !isDoubtful) {
      if (this.horizon > 0 && mixers[MOVING].state.labels === 0) mixers[MOVING].inherit(mixers[state.mixer]);
      if (state.mixer !== MOVING) state.mixerBefore = state.mixer;
      state.mixer = MOVING;
      return mixers[MOVING];
    }
    if (state.mixer === MOVING) state.mixer = state.mixerBefore;
    const next = isDoubtful ? LEAVING : history.place[slot];
    const [one, other] = [mixers[next], mixers[state.mixer]];
    const isDoubt = next === LEAVING || state.mixer === LEAVING;
    if (isDoubt && one.state.count < OWN * other.state.count) one.become(other);
    state.mixer = next;
    return mixers[next];
  }

  /** The target has come to a place that is new: what was known where it was before is a beginning. */
  inherit(place: number, before: number): void {
    this.rms[place].inherit(this.rms[before]);
    this.trackers[place].inherit(this.trackers[before]);
    if (place !== LEAVING) this.mixers[place].inherit(this.mixers[this.state.mixer]);
  }

  /** What the model as last approved would say: network and regressions by the shares that they had earned then. */
  private frozenForecast(row: Float32Array, i: number, reference: number, fixed: number): number {
    if (Number.isNaN(reference)) return fixed;
    const { near, wide, frozenAnswers, frozenShares } = this;
    this.linear.frozen({ row, i, network: fixed, near, wide }, frozenAnswers);
    let sum = this.state.frozenShare * (fixed - reference);
    for (let e = 0; e < frozenAnswers.length; e++) {
      const answer = Number.isNaN(frozenAnswers[e]) ? fixed : frozenAnswers[e];
      sum += frozenShares.linear[e] * (answer - reference);
    }
    return reference + sum;
  }

  /**
   * What has moved the forecast from reading i, the newest one, since an earlier reading: each input, and the target's own
   * past, against having stayed as it was then, through the model and the shares of today. Exact for all that is linear;
   * a gate's product and a product of two inputs are split evenly.
   *
   * @param since index of the first reading after the last gap: no differences reach across it
   * @param moved by how much the inputs were away from where they were then, reading by reading; the last one is i
   * @param moves the same of the columns of `Regressors`
   * @returns for each of the d inputs, for the target's own past, and last for the existing forecast that it starts from,
   *   in the target's unit; NaN where nothing was forecast
   */
  attribute(i: number, since: number, moved: Float64Array, moves: Float64Array): Float64Array {
    const { history, regressors, members, phi, firstLinear } = this;
    const d = history.width;
    const slot = history.slot(i);
    const earlier = i - moved.length / d;
    const shares = this.shares(i);
    this.place(i);
    const to = new Float64Array(d + 2);
    const { near, wide } = this;
    if (this.standsIn(i)) {
      const change = this.startOf(i) - this.startOf(earlier);
      if (Number.isFinite(change)) to[d] = change;
      return to;
    }
    if (Number.isNaN(near.anchor) || Number.isNaN(this.value[slot])) return to.fill(Number.NaN);
    const ofLearner = new Float64Array(d + 1);
    const ofTwin = new Float64Array(d + 1);
    const sum = to.subarray(0, d + 1);
    this.features(regressors.row(i, since));
    const part = new Float64Array(d + 1);
    const add = (network: Network, to: Float64Array): void => {
      network.attribute(phi, moved, part);
      for (let k = 0; k <= d; k++) to[k] += part[k] / members.length;
    };
    for (const { learner } of members) add(learner, ofLearner);
    const isNow = this.horizon === 0;
    const frozenShare = shares[FROZEN] + (isNow ? shares[CORRECTED_FROZEN] : 0);
    const learnerShare = shares[LEARNER] + (isNow ? shares[CORRECTED] : 0);
    if (frozenShare > 0) for (const { twin } of members) add(twin, ofTwin);
    for (let k = 0; k <= d; k++) sum[k] = learnerShare * ofLearner[k] + frozenShare * ofTwin[k];
    const linear = { moves, i, earlier, learner: ofLearner, shares: shares.subarray(firstLinear), near, wide };
    this.linear.attribute(linear, sum);
    const reference = this.startOf(i);
    const lean = Number.isNaN(reference) ? 1 : this.state.lean;
    for (let k = 0; k <= d; k++) sum[k] *= lean * near.unit;
    // Of what the forecast starts from: all of it where the models do as well, else what they do not replace.
    const isAnchor = this.onExisting || this.horizon > 0;
    const weight = isAnchor ? 1 : 1 - lean * (1 - shares[REFERENCE]);
    const change = reference - this.startOf(earlier);
    if (Number.isFinite(change)) to[this.onExisting ? d + 1 : d] += weight * change;
    return to;
  }

  /** Where the forecast from reading i has started. */
  private startOf(i: number): number {
    const { history } = this;
    return this.onExisting && !this.standsIn(i) ? history.existingAt(i) : history.naive[history.slot(i)];
  }

  /** Usual error of the learner, in the target's unit. */
  get usualError(): number {
    return this.state.usual * this.near.unit;
  }

  /** Usual square of the learner's error, in units of the model. */
  private get usualSquare(): number {
    return Math.max(SQUARE * this.state.usual ** 2, Number.MIN_VALUE);
  }

  /**
   * Writes down what was forecast from reading i.
   *
   * @param due ms
   */
  tell(i: number, due: number, to: { due: number; value: number; lower: number; upper: number; frozen: number }): void {
    const slot = this.history.slot(i);
    to.due = due;
    to.value = this.value[slot];
    to.lower = this.lowerFrom(i);
    to.upper = this.upperFrom(i);
    to.frozen = this.frozen[slot];
  }

  /** The interval that was given from reading i, as far as the target went. */
  lowerFrom(i: number): number {
    const slot = this.history.slot(i);
    return this.possible(this.value[slot] - this.width[slot], i);
  }

  upperFrom(i: number): number {
    const slot = this.history.slot(i);
    return this.possible(this.value[slot] + this.width[slot], i);
  }

  /** Whether a label for origin i can still be taken: it is kept, was forecast, and has none yet. */
  isOpen(i: number): boolean {
    return this.isKept(i) && Number.isNaN(this.label[this.history.slot(i)]);
  }

  /** Whether the forecast from origin i is still kept. */
  isKept(i: number): boolean {
    return i >= this.history.first && i < this.history.length;
  }

  /**
   * Takes the label of origin i (kept): interval and experts are judged, the unit of change updated, the label queued for
   * `learn`. A label that corrects an earlier one is only learnt: its forecast was judged already.
   *
   * @param y the actual value, finite
   * @param weight of learning from it, 0 … 1; not said: it only says how wide the interval must be
   */
  take(i: number, y: number, weight?: number): void {
    const { history, state, rings, expertCount } = this;
    const slot = history.slot(i);
    const entry = this.open.slot(i);
    const at = entry * expertCount;
    const { answers, widening, mixer } = this.open.state;
    const before = rings.label[slot];
    const isFirst = entry >= 0 && Number.isNaN(before);
    this.place(i);
    rings.label[slot] = y;
    const learnable = Math.fround(Math.min(weight ?? 0, history.quality[slot]));
    // Behind the learning copy nothing is learnt any more.
    if (history.unread.has(i)) rings.weight[history.unread.slot(i)] = learnable;
    // Where the last value stood in, what the forecast would have been is judged: it says when to come back.
    const isOwn = !this.standsIn(i);
    const value = isOwn || !isFirst ? rings.value[slot] : this.mixers[mixer[entry]].mix(answers, at);
    if (isFirst && this.standIn && Number.isFinite(history.naive[slot]))
      this.standIn.judge(Math.abs(value - y), Math.abs(history.naive[slot] - y), learnable);
    if (isFirst && Number.isFinite(value)) {
      // Intervals that were widened must not teach the tracker to be narrow, nor their errors to be wide.
      const wider = widening[entry];
      if (isOwn) this.trackers[history.place[slot]].update(Math.abs(value - y) / wider, rings.width[slot] / wider);
      if (weight !== undefined) this.mixers[mixer[entry]].update(answers, at, value, y);
    }
    if (weight === undefined) return;
    if (isFirst && learnable > 0) this.judgeStrange(entry, y, learnable);
    if (isFirst && isOwn && this.isMean && Number.isFinite(value)) {
      // An integral of the errors: what the forecasts have been short of in all is this sum over its share, and bounded.
      const most = FAR * this.usualError;
      const short = Math.max(-most, Math.min(most, y - value));
      const offset = state.offset + (OFFSET_SHARE / (1 + this.horizon)) * learnable * short;
      state.offset = Math.max(-most, Math.min(most, offset));
    }
    if (isFirst && this.horizon === 0 && Number.isFinite(answers[at + LEARNER])) {
      state.astray = this.isNear(at, y) ? 0 : state.astray + 1;
      this.bias.update(y - answers[at + LEARNER], learnable);
      this.linear.correct(y - answers[at + this.firstLinear], learnable);
      this.frozenBias.update(y - answers[at + FROZEN], learnable);
    }
    if (this.horizon === 0 && Number.isFinite(before)) {
      const since = this.labelsSince(i);
      for (const part of [this.bias, this.frozenBias, this.linear]) part.amend(y - before, learnable, since);
    }
    const { anchor } = this.near;
    if (Number.isNaN(anchor)) return;
    if (isFirst && (this.horizon > 0 || this.onExisting) && this.hasStayed(i))
      this.rms[history.place[slot]].update(y - anchor);
    // One that still waits to be learnt is learnt as it is now.
    if (!isFirst && this.isQueued(i)) return;
    if (state.queueTo - state.queueFrom === history.capacity) state.queueFrom += 1;
    this.queued.open();
    rings.queue[this.queued.slot(state.queueTo)] = i;
    state.queueTo += 1;
  }

  /** How many later readings have their labels. */
  private labelsSince(i: number): number {
    const { history } = this;
    let count = 0;
    for (let j = i + 1; j < history.length; j++) if (!Number.isNaN(this.label[history.slot(j)])) count += 1;
    return count;
  }

  /** Where the plant was as it had not been before: whether the models were right there. */
  private judgeStrange(entry: number, y: number, learnable: number): void {
    const { answers, mixer, familiarity } = this.open.state;
    const at = entry * this.expertCount;
    const reference = answers[at + REFERENCE];
    if (!(this.usualError > 0)) return;
    const move = (this.mixers[mixer[entry]].mix(answers, at) - reference) / this.usualError;
    if (Number.isFinite(move))
      this.shrinkage.update(move, (y - reference) / this.usualError, familiarity[entry], learnable);
  }

  /** Whether any of the models that learn comes near a label, by the usual error of the most precise one. */
  private isNear(at: number, y: number): boolean {
    const { linear, state, near, wide, firstLinear } = this;
    const { answers } = this.open.state;
    const most = FAR * Math.min(state.usual * near.unit, linear.usualIn({ near, wide }));
    if (Math.abs(y - answers[at + LEARNER]) <= most) return true;
    for (let e = firstLinear; e < this.expertCount; e++) if (Math.abs(y - answers[at + e]) <= most) return true;
    return false;
  }

  /**
   * Horizon 0: whether the labels have left what all models say, as where they lie, or the product is another one. The
   * forecast follows them; what was known before stays as it is, and is back with the first label that a model comes near.
   */
  get isAstray(): boolean {
    return this.state.astray >= ASTRAY && this.state.lasting < PATIENCE;
  }

  /** Whether the target was still where it had been at origin i when its label came: the way elsewhere is no usual change. */
  private hasStayed(i: number): boolean {
    const { history, horizon } = this;
    const { place } = history;
    return i + horizon >= history.length || place[history.slot(i)] === place[history.slot(i + horizon)];
  }

  private isQueued(i: number): boolean {
    const { state, queued, rings } = this;
    for (let at = state.queueFrom; at < state.queueTo; at++) if (rings.queue[queued.slot(at)] === i) return true;
    return false;
  }

  /** Learns from the labels that have come since the last call, in the order in which they came. */
  learn(options: LearnOptions, since: number): void {
    const { state, queued, rings, history } = this;
    this.skip = "nothing new";
    while (state.queueFrom < state.queueTo) {
      const origin = rings.queue[queued.slot(state.queueFrom)];
      const labelled = origin + this.horizon;
      const waits = options.upTo !== undefined && history.time[history.slot(labelled)] > options.upTo;
      if (waits && labelled >= history.first) break;
      state.queueFrom += 1;
      this.place(origin);
      // As long as the target has never moved there is nothing to learn, and no experience to count.
      if (this.near.unit === 0) {
        this.skip = "first labels";
        continue;
      }
      state.labels += 1;
      if (!options.learn) this.skip = "paused";
      else if (origin < history.first || origin < state.cursor) this.skip = "too late";
      else if (state.labels <= FIRST_LABELS) this.skip = "first labels";
      else if (state.labels % (options.every ?? 1) !== 0) this.skip = "not this one";
      else if (!(rings.weight[history.unread.slot(origin)] > 0)) this.skip = "quality";
      else this.skip = this.update(origin, options, since);
    }
  }

  /**
   * The Huber loss of the first member at an earlier origin and its gradient with respect to every parameter, left in
   * `loss` and in the scratch. Brings the learning copies to that origin, which must not lie behind it.
   *
   * @param origin index of a reading that is kept
   * @param labels by slot of the history: the actual value that belongs to each origin, in the target's unit
   * @param since index of the first reading after the last gap
   */
  differentiate(origin: number, labels: Float64Array, since: number): void {
    const target = this.compare(origin, labels, since);
    const [first] = this.members;
    const delta = this.slope(first, target);
    this.loss = delta * (first.output - target - delta / 2);
    first.gradient(delta, this.phi, this.gradient);
  }

  /** What the members answer at an earlier origin; returns what would have been right, in units of the model. */
  private compare(origin: number, labels: Float64Array, since: number): number {
    this.followTo(origin);
    const slot = this.history.slot(origin);
    this.place(origin);
    this.row = this.regressors.row(origin, since, this.follower.h);
    this.features(this.row);
    for (const member of this.members) member.compare(this.phi);
    const { anchor, unit } = this.near;
    return unit > 0 ? (labels[slot] - anchor) / unit : 0;
  }

  /** The slope of a member's loss: where a model is precise, one wrong label would outweigh hundreds of right ones. */
  private slope(member: Member, target: number): number {
    const outlier = OUTLIER * this.state.usual;
    const bend = this.bySquares ? outlier : Math.min(HUBER, outlier);
    return Math.max(-bend, Math.min(bend, member.output - target));
  }

  private update(origin: number, options: LearnOptions, since: number): Skip | undefined {
    const { state, gradient, shape, members, history, rings } = this;
    const scope = options.scope ?? "all";
    const from = scope === "output" ? shape.layer : 0;
    const to = scope === "unit" ? shape.layer : shape.total;
    const target = this.compare(origin, this.label, since);
    const error = Math.abs(mean(members, ({ output }) => output) - target);
    if (!Number.isFinite(error)) return "not finite";
    const label = rings.label[history.slot(origin)];
    const unread = history.unread.slot(origin);
    // In the units of a level that was left, a label far from all levels would undo what was learnt: it waits for its own.
    const isFar = Math.abs(target) > FAR && this.targetLevels.distance(label) > FAR;
    if (this.horizon === 0 && isFar) return "far";
    // What doubtful inputs have brought into the error teaches nothing. Where doubt lasts it becomes the usual error.
    const trust = this.usualSquare / (this.usualSquare + rings.doubt[unread]);
    const slopes = members.map((member) => this.slope(member, target));
    const gap = Math.max(1, Math.min(origin - state.learnt, 3 * state.spacing));
    const weight = rings.weight[unread] * trust;
    const believed = belief(state, error, USUAL_MEMORY, gap);
    state.age += 1;
    state.updates += 1;
    state.rate = this.planned(origin) * (options.speed ?? 1) * weight * believed;
    const { near, wide } = this;
    const isAnnounced = this.open.state.mixer[this.open.slot(origin)] === MOVING;
    this.linear.learn(this.row, origin, label, { weight, gap, isAnnounced, near, wide });
    let learnt = false;
    members.forEach((member, m) => {
      member.gradient(slopes[m], this.phi, gradient);
      if (member.step(gradient, { from, to, rate: state.rate, limit: options.limit })) learnt = true;
    });
    if (!learnt) return "not finite";
    return undefined;
  }

  /**
   * The learning rate at speed 1: high at first, then low. A step of Adam does not shrink with the error, so where the
   * usual error is a hundredth of the target's spread the steps themselves would be the error: a precise model takes
   * smaller ones, the more so the more labels there are.
   */
  private planned(origin: number): number {
    const { state } = this;
    const spacing = Math.max(1, origin - state.learnt);
    state.learnt = origin;
    state.spacing += 0.05 * (Math.min(spacing, 3 * state.spacing) - state.spacing);
    const share = Math.min(1, Math.max(PRECISE_SHARE, (state.usual * Math.sqrt(state.spacing)) / IMPRECISE));
    const planned = Math.max(share * LAST_RATE, FIRST_RATE / (1 + state.age / HALVED_AFTER));
    return planned / Math.sqrt(Math.max(1, this.horizon));
  }

  /** After a record was read in: gives the rings their room; false where something is missing in them. */
  adopt(): boolean {
    return this.queued.adopt() && this.open.adopt();
  }

  /** The rings of a part as a record keeps them, see `Window.cut`. */
  cut(part: Part): object {
    return { ...this.queued.cut(part), ...this.open.cut(part) };
  }

  /**
   * All that has to be remembered, by name.
   *
   * @param bases of each member, see `Member.parts`
   */
  parts(bases: readonly Float64Array[] = []): Parts {
    const { members, trackers, mixers, rms } = this;
    const [first, ...others] = members.map((member, m) => member.parts(bases[m]));
    return {
      [`horizon${this.horizon}`]: this.state,
      ...within(`horizon${this.horizon}`, {
        ...first,
        ...Object.assign({}, ...others.map((parts, m) => within(`member${m + 2}`, parts))),
        tracker: trackers.map(({ state }) => state),
        mixers: mixers.slice(0, PLACES).map(({ state }) => state),
        ...(this.horizon > 0 ? {} : { straying: mixers[STRAYING].state }),
        moving: mixers[MOVING].state,
        rms: rms.map(({ state }) => state),
        ...this.standIn?.parts(),
        ...this.linear.parts(),
        frozen: this.frozenShares,
        follower: this.follower,
        bias: this.bias.state,
        frozenBias: this.frozenBias.state,
        shrinkage: this.shrinkage.state,
        rings: this.rings,
        open: this.open.state,
      }),
    };
  }

  /** Whether what was read in makes sense together: indices that lie where readings are, weights that add up. */
  get isSound(): boolean {
    const { state, history, mixers, trackers, rms } = this;
    const whole = [state.cursor, state.queueFrom, state.queueTo, state.learnt, state.labels, state.updates, state.age];
    const waiting = state.queueTo - state.queueFrom;
    return (
      whole.every(Number.isSafeInteger) &&
      state.cursor >= -1 &&
      state.cursor < Math.max(1, history.length) &&
      waiting >= 0 &&
      waiting <= history.capacity &&
      state.usual >= 0 &&
      state.spacing > 0 &&
      rms.every((one) => one.state.square >= 0) &&
      trackers.every((one) => Number.isSafeInteger(one.state.count) && one.state.count >= 0) &&
      [state.mixer, ...this.open.state.mixer].every((mixer) => mixers[mixer] !== undefined) &&
      mixers.every(({ isSound }) => isSound)
    );
  }
}

function mean<T>(list: { readonly length: number; readonly [i: number]: T }, of: (one: T) => number): number {
  let sum = 0;
  for (let i = 0; i < list.length; i++) sum += of(list[i]);
  return sum / list.length;
}
