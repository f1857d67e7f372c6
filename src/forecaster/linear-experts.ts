import { type Parts, within } from "../record/part";
import { f32, f64, state } from "../record/state";
import type { Window } from "../record/window";
import type { Levels } from "../stream/levels";
import { OUTLIER } from "./belief";
import { SLOTS } from "./dead-time";
import type { History } from "./history";
import { type Frame, LeastSquares, Regression } from "./least-squares";
import { LAGS } from "./network";
import { ANSWERS, PlainRegressions } from "./plain-regressions";
import { FORGETTING, type Regressors } from "./regressors";
import { DAY, recurringChange, SEASONAL_COLUMNS } from "./seasons";

/** Up to this leverage the seasonal answer counts. */
const FAMILIAR = 0.25;
/** Of the regressions of a soft sensor, the one on the squares and products of the inputs. */
const SQUARED = 1;
/** Ahead: which of the regressions is the plain one. */
const AS_THEY_LIE = 1;
/** A constant, the learner's and the linear forecast, and what the days before say. */
const DAYS_BEFORE = 3;
const COLUMNS = DAYS_BEFORE + SEASONAL_COLUMNS;

/**
 * The experts of one horizon that are linear in what they see, learnt by recursive least squares: on the regressors of the
 * reading, and for a forecast ahead a small one that corrects the learner and the linear forecast by what the days before
 * were like at that time. Beside them stands what needs no learning: a large change that comes at that time each day. A
 * counter that begins anew at midnight is an outlier to every regression.
 *
 * What is said of `Network` holds here: answers count at the level of the target at hand. Only the squares of a soft
 * sensor, on the inputs as they lie over all levels, count over all levels of the target as well: they know what it will
 * be where the inputs have gone, while the others know what is usual where it is.
 */
export class LinearExperts {
  private readonly regressions: readonly Regression[];
  /** Whether readings like the newest one have been learnt, by each of them. */
  private readonly isKnown: boolean[];
  private readonly seasonal: Regression | undefined;
  /** Of a soft sensor; they answer first. */
  private readonly plain: PlainRegressions | undefined;
  private readonly first: number;
  private readonly rings;
  private readonly state = {
    /** The period of the seasonal columns, ms: of another one nothing is known. */
    period: DAY,
  };
  /** The dead times that the weights have learnt with, by slot: see `DeadTimes`. */
  private readonly delays = state({ used: f64(SLOTS), lags: f64(SLOTS) });
  /** The seasonal columns of the reading at hand, and what the frozen forecast makes of them, where kernels can read them. */
  private readonly columns: Float32Array;
  private readonly frozenColumns: Float32Array;
  private readonly readings: Window;
  private readonly onExisting: boolean;

  /**
   * @param horizon k, readings ahead
   * @param regressors of the asset
   * @param targetLevels where the target lives
   * @param history the asset's readings
   * @param of bySquares: whether ahead they aim at the average; onExisting: whether they correct an existing forecast,
   *   which knows the time of day itself
   */
  constructor(
    private readonly horizon: number,
    private readonly regressors: Regressors,
    targetLevels: Levels,
    history: History,
    { bySquares, onExisting }: { bySquares: boolean; onExisting: boolean },
  ) {
    this.onExisting = onExisting;
    const { arena, plainColumns } = regressors;
    // A soft sensor's inputs may lie, and far ahead nothing of what a step will do is to be seen yet.
    const pace = horizon > 0 && horizon < LAGS ? 1 / horizon : 0;
    this.regressions = regressors.ranges.map(
      (range) => new Regression(new LeastSquares(range, arena), !bySquares, pace),
    );
    this.isKnown = this.regressions.map(() => false);
    const width = COLUMNS;
    const isSeasonal = horizon > 0 && !regressors.isLight;
    if (horizon === 0 && plainColumns) this.plain = new PlainRegressions(targetLevels, plainColumns, arena);
    this.first = this.plain ? ANSWERS : 0;
    this.columns = arena.f32(width);
    this.frozenColumns = arena.f32(width);
    this.readings = history.unread;
    this.rings = state({ columns: f32(0, { ring: { total: "history.total", window: "unread", width } }) });
    if (isSeasonal) this.readings.hold(this.rings);
    if (isSeasonal)
      this.seasonal = new Regression(
        new LeastSquares(
          { from: 0, to: width, forgetting: FORGETTING, familiar: FAMILIAR, seesLevels: false, dormant: 0 },
          arena,
        ),
        !bySquares,
      );
  }

  /** Usual error of the most precise regression, in the target's unit; without one infinite. */
  usualIn(of: { near: Frame; wide: Frame }): number {
    let least = this.plain?.usual ?? Number.POSITIVE_INFINITY;
    for (let r = 0; r < this.regressions.length; r++)
      least = Math.min(least, this.regressions[r].state.usual * frame(r, of).unit);
    return least;
  }

  /** Whether any regression knows readings like the newest one. */
  get isAnyKnown(): boolean {
    return this.isKnown.includes(true);
  }

  /** An input turns out to live at several levels: what was learnt while its offset was 0 may be wrong. */
  reconsider(): void {
    if (this.horizon > 0) return;
    for (const { squares } of this.regressions) if (squares.range.seesLevels) squares.clear();
  }

  /**
   * Looks at the columns of the newest reading, before it is asked for an answer.
   *
   * @param row see `Regressors`
   */
  look(row: Float32Array): void {
    const { regressions, regressors, isKnown } = this;
    if (this.horizon > 0 && regressors.plainColumns?.isAnew) regressions[AS_THEY_LIE]?.squares.clear();
    this.wake();
    this.followDeadTimes();
    for (let r = 0; r < regressions.length; r++) isKnown[r] = regressions[r].knows(row, 0);
  }

  /** How many answers there are. */
  get count(): number {
    return this.first + this.regressions.length + (this.seasonal ? 2 : 0);
  }

  /**
   * Their answers from a reading.
   *
   * @param of columns of reading i, the newest one (see `Regressors`), its time in ms, the last value, the
   *   learner's forecast, and what the answers are counted in
   * @param to where the forecasts are written, from index `start` on; NaN where nothing like the reading has been learnt
   */
  answer(
    of: {
      row: Float32Array;
      i: number;
      time: number;
      value: number;
      learner: number;
      near: Frame;
      wide: Frame;
    },
    to: Float64Array,
    start: number,
  ): void {
    const { regressions, seasonal, rings, columns, plain } = this;
    const at = start + this.first;
    plain?.answer(of.i, to, start);
    const { near } = of;
    for (let r = 0; r < regressions.length; r++) {
      const { anchor, unit } = frame(r, of);
      to[at + r] = anchor + unit * regressions[r].answer(of.row, 0);
    }
    const linear = (to[at] - near.anchor) / near.unit;
    for (let r = 0; r < regressions.length; r++) if (!this.isKnown[r]) to[at + r] = Number.NaN;
    if (!seasonal) return;
    this.fillSeasonal(of, linear, seasonal);
    rings.columns.set(columns, this.readings.slot(of.i) * COLUMNS);
    const isKnown = columns[0] > 0 && seasonal.squares.strangeness(columns, 0) < 1;
    to[at + regressions.length] = isKnown ? near.anchor + near.unit * seasonal.answer(columns, 0) : Number.NaN;
    to[at + regressions.length + 1] = near.anchor + near.unit * this.recurring(columns, 0);
  }

  /** The change that comes at the time to be forecast each day, from the seasonal columns at an index on; NaN = none. */
  private recurring(columns: Float32Array, at: number): number {
    const least = OUTLIER * this.regressions[0].state.usual;
    const isKnown = columns[at] > 0 && !this.onExisting;
    return isKnown ? recurringChange(columns, at + DAYS_BEFORE, least) : Number.NaN;
  }

  /** The seasonal columns of a reading; where nothing is known of the days before all of them are 0. */
  private fillSeasonal(
    { time, value, learner, near }: { time: number; value: number; learner: number; near: Frame },
    linear: number,
    seasonal: Regression,
  ): void {
    const { columns, regressors, horizon } = this;
    const { unit } = near;
    columns.fill(0);
    if (!(unit > 0) || Number.isNaN(value)) return;
    const due = time + horizon * regressors.interval;
    const { past } = regressors;
    if (past.state.period !== this.state.period) {
      this.state.period = past.state.period;
      seasonal.forget();
    }
    if (!past.columns({ origin: time, due, value, unit }, columns, DAYS_BEFORE)) return;
    columns[0] = 1;
    columns[1] = (learner - near.anchor) / unit;
    columns[2] = linear;
  }

  /**
   * What the weights last approved answer from the reading that `answer` was asked about last.
   *
   * @param of its columns, the reading, the frozen network's forecast, and what answers are counted in
   * @param to as many forecasts as `count`; NaN = none
   */
  frozen(of: { row: Float32Array; i: number; network: number; near: Frame; wide: Frame }, to: Float64Array): void {
    const { regressions, seasonal, rings, frozenColumns } = this;
    const { near } = of;
    const { first } = this;
    this.plain?.frozen(of.i, to);
    const from = this.readings.slot(of.i) * COLUMNS;
    for (let r = 0; r < regressions.length; r++) {
      const { anchor, unit } = frame(r, of);
      to[first + r] = anchor + unit * regressions[r].frozen(of.row, 0);
    }
    if (!seasonal) return;
    for (let c = 0; c < COLUMNS; c++) frozenColumns[c] = rings.columns[from + c];
    frozenColumns[1] = near.unit > 0 ? (of.network - near.anchor) / near.unit : 0;
    frozenColumns[2] = near.unit > 0 ? (to[0] - near.anchor) / near.unit : 0;
    to[regressions.length] =
      frozenColumns[0] > 0 ? near.anchor + near.unit * seasonal.frozen(frozenColumns, 0) : Number.NaN;
    to[regressions.length + 1] = near.anchor + near.unit * this.recurring(frozenColumns, 0);
  }

  /**
   * Learns from the label of a reading.
   *
   * @param row its columns
   * @param i the reading
   * @param label in the target's unit
   * @param of weight of learning, 0 … 1; gap: readings since the last label; isAnnounced: whether inputs had shown that
   *   the target moves; what answers are counted in
   */
  learn(
    row: Float32Array,
    i: number,
    label: number,
    of: { weight: number; gap: number; isAnnounced: boolean; near: Frame; wide: Frame },
  ): void {
    const { columns, rings, seasonal } = this;
    const { near } = of;
    this.wake();
    this.plain?.learn(i, label, of);
    this.regressions.forEach((regression, r) => {
      const { anchor, unit } = frame(r, of);
      regression.learn(row, 0, (label - anchor) / unit, of);
    });
    if (!seasonal) return;
    const from = this.readings.slot(i) * COLUMNS;
    for (let c = 0; c < COLUMNS; c++) columns[c] = rings.columns[from + c];
    if (columns[0] > 0) seasonal.learn(columns, 0, (label - near.anchor) / near.unit, of);
  }

  /**
   * How much the inputs and the target's own past have moved the answers since an earlier reading, each against having
   * stayed where it was then: exact, as the answers are linear in the columns. What the seasonal answer takes from the
   * learner's is in it.
   *
   * @param of moves of the columns (see `Regressors.moves`), both readings, what `Network.attribute`
   *   says of the learner, the share of each answer, and what answers are counted in
   * @param to for each input, and last for the target's own past, in units of the model: added to
   */
  attribute(
    of: {
      moves: Float64Array;
      i: number;
      earlier: number;
      learner: Float64Array;
      shares: Float64Array;
      near: Frame;
      wide: Frame;
    },
    to: Float64Array,
  ): void {
    const { regressions, seasonal, rings, regressors } = this;
    const { shares, learner, near } = of;
    const own = learner.length - 1;
    const seasonalShare = seasonal ? shares[regressions.length] : 0;
    const { first } = this;
    this.plain?.attribute(of.i, of.earlier, shares, near.unit, to);
    const [, onLearner = 0, onLinear = 0, ...onDays] = seasonalShare > 0 && seasonal ? seasonal.state.weights : [];
    regressions.forEach(({ squares, state }, r) => {
      const share = ((shares[first + r] + (r === 0 ? seasonalShare * onLinear : 0)) * frame(r, of).unit) / near.unit;
      if (!(share > 0)) return;
      for (let k = 0; k <= own; k++) to[k] += share * squares.change(of.moves, k * regressors.width, state.weights);
    });
    if (!seasonal) return;
    const now = this.readings.slot(of.i) * COLUMNS;
    const then = this.readings.slot(of.earlier) * COLUMNS;
    const { columns } = rings;
    const share = shares[first + regressions.length + 1];
    // Of a change that comes then and came not at the earlier reading's time, all has moved the answer.
    if (share > 0) to[own] += share * (this.recurring(columns, now) - (this.recurring(columns, then) || 0));
    if (seasonalShare === 0) return;
    for (let k = 0; k <= own; k++) to[k] += seasonalShare * onLearner * learner[k];
    if (columns[then] > 0)
      onDays.forEach((weight, c) => {
        to[own] += seasonalShare * weight * (columns[now + DAYS_BEFORE + c] - columns[then + DAYS_BEFORE + c]);
      });
  }

  /** All columns count as soon as there is a dead time. */
  private wake(): void {
    if (this.regressors.deadTimes.isAny) for (const { squares } of this.regressions) squares.wake();
  }

  /** Of the columns of a dead time that is another one nothing is known. */
  private followDeadTimes(): void {
    const { delays, regressors } = this;
    const { used, lags } = regressors.deadTimes.state;
    for (let slot = 0; slot < SLOTS; slot++) {
      if (used[slot] === delays.used[slot] && lags[slot] === delays.lags[slot]) continue;
      delays.used[slot] = used[slot];
      delays.lags[slot] = lags[slot];
      const { from, count } = regressors.columnsOf(slot);
      for (const regression of this.regressions)
        if (regression.squares.range.dormant > 0) regression.forgetLast(from, count);
    }
  }

  /** From now on an answer of 1 over all levels means something else. */
  rescale(before: number, now: number): void {
    this.regressions[SQUARED]?.rescale(before, now);
  }

  /** Horizon 0: takes in by how much the plain answer was off. */
  correct(error: number, weight: number): void {
    this.plain?.correct(error, weight);
  }

  /** Horizon 0: takes in that a label was another one, see `Bias.amend`. */
  amend(change: number, weight: number, since: number): void {
    this.plain?.amend(change, weight, since);
  }

  /** The weights of today become the base. */
  approve(): void {
    this.plain?.approve();
    for (const regression of this.all()) regression.approve();
  }

  /** Back to the base. */
  rollback(): void {
    this.plain?.rollback();
    for (const regression of this.all()) regression.rollback();
  }

  /** Forgets what it has seen; what was learnt stays. */
  forgetReadings(): void {
    this.plain?.forgetReadings();
  }

  private all(): readonly Regression[] {
    return this.seasonal ? [...this.regressions, this.seasonal] : this.regressions;
  }

  /** All that has to be remembered, by name. */
  parts(): Parts {
    const { seasonal, plain } = this;
    return {
      ...plain?.parts(),
      ...(this.regressions.length > 0 ? { delays: this.delays } : {}),
      ...Object.assign(
        {},
        ...this.regressions.map(({ state, squares }, r) => ({
          [`regression${r}`]: state,
          ...within(`regression${r}`, squares.parts()),
        })),
      ),
      ...(seasonal
        ? {
            season: this.state,
            seasonal: seasonal.state,
            columns: this.rings,
            ...within("seasonal", seasonal.squares.parts()),
          }
        : {}),
    };
  }
}

/** What a regression counts in: squared over all levels of the target, else at the one at hand. */
function frame(r: number, { near, wide }: { near: Frame; wide: Frame }): Frame {
  return r === SQUARED ? wide : near;
}
