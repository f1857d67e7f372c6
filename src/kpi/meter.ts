/**
 * The meter of one asset, or of all assets together: counts every scored forecast once, first into the baseline and, when
 * that is complete, into the evaluation that is set against it.
 */
import { count, fields, finite, flag, list, oneOf, text } from "../memory/checked";
import { type AlarmLimit, AlarmOutcome, type Outcome, outcomeOf, sameLimit } from "./alarm-outcome";
import { ForecastError } from "./forecast-error";
import { type Judgement, judgementBefore, judgementOf } from "./judgement";
import { ObservedTime } from "./observed-time";
import { Period } from "./period";
import { Quantile } from "./quantile";
import { type Entry, RollingWindow } from "./rolling-window";
import type { ScoredForecast } from "./scored-forecast";
import { UnusableLabels } from "./unusable-labels";

export interface MeterOptions {
  /** Readings of the rolling window, 1 or more. */
  window: number;
  /** Length of the baseline, hours of observation, above 0. */
  baselineHours: number;
  /** Readings ahead of the forecast that is measured; absent = the first of those that fell due. */
  horizon?: number;
  /** The limit whose warnings are judged; absent = alarms are not counted. */
  limit?: AlarmLimit;
  /** What is forecast, to name it. */
  target?: string;
  /** Nominal coverage of the prediction interval, in (0, 1). Default 0.9. */
  coverage?: number;
  /** Count forecasts also while the plant is not running. Default false. */
  countStopped?: boolean;
}

export type PeriodName = "baseline" | "evaluation";

/** What one reading added to an asset's meter, so that the meter of all assets can add the same. */
export interface Counted {
  scored: ScoredForecast;
  judged: Judgement;
  /** Its operating mode, by the name under which it is counted. */
  mode: string | undefined;
  /** Only beside the figures: the plant was stopped, and stopped time does not count. */
  aside: boolean;
  /** The further horizons of the same reading. */
  further: Further[];
  period: PeriodName;
  /** ms of observed time. */
  observed: number;
  outcomes: Outcome[];
  /** The first reading of this asset. */
  first: boolean;
  /** What a corrected label takes the place of: its errors and where they were counted. Nothing else changes. */
  replaces?: Replaced;
}

/** The same reading's forecast of a further horizon. */
interface Further {
  horizon: number;
  /** ms, where it was given as a span of time. */
  ahead?: number;
  judged: Judgement;
  /** By the label before, where this one corrects it. */
  before?: Judgement;
}

/** An entry of a window, with the name of its mode. */
type Replaced = Omit<Entry, "mode"> & { mode: string | undefined };

/** One entry of the list of alarms. */
export interface AlarmRecord {
  asset: string;
  outcome: Outcome;
}

/** Alarms that are listed by name in a report; the counts hold all of them. */
const LISTED = 6;
/** Horizons beside the first that get an error figure. */
const MOST_HORIZONS = 24;
/** Assets that the meter of all assets can tell apart; all of them are in its sums. */
const MOST_ASSETS = 20;
/** Operating modes that are told apart: running and stopped, or the levels of the target. Further ones are one. */
const MOST_MODES = 8;
const OTHER_MODE = "other";
/** Readings before a value is called one of the top 5 %, and their share below it. */
const PEAKS_AFTER = 100;
const BELOW_PEAKS = 0.95;
const USUAL_COVERAGE = 0.9;
/**
 * 1 knew nothing of doubt, of stopped time and of labels that cannot be used; 2 kept sums that were not exact, and no
 * modes, peaks and interval scores; 3 had all sums of pairs.
 */
const VERSION = 4;
/** Columns of the window, by version. */
const WINDOW_COLUMNS = { 1: 6, 2: 7, 3: 9, 4: 9 } as const;

/** ms: a meter that began so long ago began by a wrong clock. */
const NO_TRIAL = 20 * 365.25 * 86_400_000;

export class Meter {
  /** Assets that are counted here: 1, or all of them. */
  assets = 0;
  /** Times of the first and the last reading, ms; NaN before. */
  from = Number.NaN;
  to = Number.NaN;
  /** All errors ever counted; not touched when a new baseline begins. */
  lifetime = ForecastError.empty();
  /** The same by mode of the plant, whichever of them counts. */
  running = ForecastError.empty();
  stopped = ForecastError.empty();
  /** The same by operating mode, in the order in which they were first seen. */
  readonly modes = new Map<string, ForecastError>();
  /** Labels that judged nobody. */
  unusable = new UnusableLabels();
  baseline = Period.empty();
  evaluation = Period.empty();
  /** Errors of the further horizons, in readings ahead. */
  readonly horizons = new Map<number, ForecastError>();
  /** ms ahead, by readings ahead, of those that were given as spans of time. */
  readonly spans = new Map<number, number>();
  /** Errors of single assets, in the meter of all of them. */
  readonly byAsset = new Map<string, ForecastError>();
  readonly recent: AlarmRecord[] = [];
  window: RollingWindow;
  private time = new ObservedTime();
  /** Where the top 5 % of the actual values begin. */
  private peaks = new Quantile(BELOW_PEAKS);
  private alarm: AlarmOutcome | undefined;
  /** Set once, so that a longer baseline in the settings cannot reopen one that is frozen. */
  private frozen = false;
  /** Time of the last forecast of stopped time that did not count, ms: what is not newer came along another wire. */
  private stoppedTo = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly options: MeterOptions,
    readonly asset = "",
  ) {
    this.window = new RollingWindow(options.window);
    this.alarm = options.limit && AlarmOutcome.create(options.limit);
  }

  /** Whether there is a limit on which alarms are counted. */
  get hasLimit(): boolean {
    return this.options.limit !== undefined;
  }

  get readings(): number {
    return this.lifetime.readings;
  }

  /** Observed hours since the baseline began. */
  get hours(): number {
    return this.baseline.hours + this.evaluation.hours;
  }

  /** Whether what came after the baseline is as long as it, so that the two can be compared. */
  get complete(): boolean {
    return this.evaluation.error.readings > 0 && this.evaluation.hours >= this.baseline.hours;
  }

  /**
   * Counts a scored forecast of this asset.
   *
   * @param scored  what fell due by one reading, one entry a horizon
   * One of a plant that is not running is counted beside the others only, unless stopped time counts too. Doubt about
   * values leaves none out.
   *
   * @returns what was added; undefined where this forecast was counted before, or the measured horizon is not among them
   */
  add(scored: readonly ScoredForecast[]): Counted | undefined {
    const { horizon } = this.options;
    const main = horizon === undefined ? scored[0] : scored.find((one) => one.horizon === horizon);
    if (!main) return undefined;
    if (!main.running && !this.options.countStopped) return this.setAside(main);
    const others = scored.filter((one) => one !== main);
    if (main.corrects !== undefined) return this.replaceLabel(main, main.corrects, others);
    if (this.window.has(main.time, main.learner - main.actual)) return undefined;
    const judged = this.judge(main, this.isPeak(main.actual));
    this.peaks.add(main.actual);
    const further = others.map((one) => ({
      ...{ horizon: one.horizon, ahead: one.ahead },
      judged: this.judge(one, judged.peak),
    }));
    const first = this.assets === 0;
    const period = this.frozen ? "evaluation" : "baseline";
    const observed = this.time.add(main.time);
    if (this.time.order === "restarted") this.alarm?.forgetOpen();
    const outcomes = this.time.order === "late" ? [] : (this.alarm?.add(main) ?? []);
    const mode = this.nameOf(main.mode);
    const counted: Counted = {
      scored: main,
      judged,
      mode,
      aside: false,
      further,
      period,
      observed,
      outcomes,
      first,
    };
    this.tally(counted, this.asset);
    // A warning of the baseline that is judged later would be counted in the other period.
    if (!this.frozen && this.baseline.hours >= this.options.baselineHours) {
      this.frozen = true;
      this.alarm?.forgetOpen();
    }
    return counted;
  }

  private judge(scored: ScoredForecast, peak: boolean): Judgement {
    return judgementOf(scored, this.options.coverage ?? USUAL_COVERAGE, peak);
  }

  private isPeak(actual: number): boolean {
    const { peaks } = this;
    // At the least value of all nothing peaks, however often it comes.
    return peaks.count >= PEAKS_AFTER && actual >= peaks.value && actual > peaks.smallest;
  }

  private setAside(scored: ScoredForecast): Counted | undefined {
    if (!(scored.time > this.stoppedTo)) return undefined;
    this.stoppedTo = scored.time;
    const counted: Counted = {
      scored,
      judged: this.judge(scored, false),
      mode: this.nameOf(scored.mode),
      aside: true,
      further: [],
      period: "baseline",
      observed: 0,
      outcomes: [],
      first: false,
    };
    this.tallyAside(counted);
    return counted;
  }

  private tallyAside({ judged, mode }: Counted): void {
    this.stopped.add(judged);
    this.mode(mode)?.add(judged);
  }

  /** A laboratory has corrected itself: the later label counts, and the one before no longer. */
  private replaceLabel(scored: ScoredForecast, label: number, others: readonly ScoredForecast[]): Counted | undefined {
    const judged = this.judge(scored, this.isPeak(scored.actual));
    const before = this.replaceInWindow(scored, label, judged);
    if (!before) return undefined;
    const coverage = this.options.coverage ?? USUAL_COVERAGE;
    const further = others.map((one): Further => {
      const { horizon, ahead, corrects } = one;
      const now = this.judge(one, judged.peak);
      if (corrects === undefined) return { horizon, ahead, judged: now };
      return { horizon, ahead, judged: now, before: judgementBefore(one, corrects, coverage, before.judged.peak) };
    });
    const counted: Counted = {
      scored,
      judged,
      mode: this.nameOf(scored.mode),
      aside: false,
      further,
      period: before.period ?? "evaluation",
      observed: 0,
      outcomes: [],
      first: false,
      replaces: before,
    };
    this.replaceErrors(counted, before);
    return counted;
  }

  /** @returns what was in the window by the label before, and where it was counted; undefined where it is not there */
  private replaceInWindow(
    { time, learner, running, mode: named }: ScoredForecast,
    label: number,
    judged: Judgement,
  ): Replaced | undefined {
    const mode = this.modeNumber(named);
    const entry = (before: Entry): Entry => ({
      ...before,
      judged,
      // Where it was not known where it was counted, it stays so.
      ...(before.running !== undefined && { running }),
      ...(before.mode > 0 && { mode }),
    });
    const before = this.window.replace(time, learner - label, entry);
    return before && { ...before, mode: [...this.modes.keys()][before.mode - 1] };
  }

  private replaceErrors({ scored, judged, mode, further }: Counted, before: Replaced): void {
    const exchange = (was: ForecastError | undefined, is: ForecastError | undefined): void => {
      if (!was) return;
      was.remove(before.judged);
      is?.add(judged);
    };
    exchange(this.lifetime, this.lifetime);
    const byRunning = (running: boolean) => (running ? this.running : this.stopped);
    if (before.running !== undefined) exchange(byRunning(before.running), byRunning(scored.running));
    if (before.mode !== undefined) exchange(this.mode(before.mode), this.mode(mode));
    if (before.period) this[before.period].replace(scored.time, judged, before.judged);
    this.addHorizons(further);
  }

  /** Adds to the meter of all assets what one asset's meter counted. */
  absorb(counted: Counted, asset: string): void {
    const { scored, judged, mode, replaces } = counted;
    if (counted.aside) {
      this.tallyAside(counted);
      return;
    }
    if (replaces) {
      this.replaceInWindow({ ...scored, mode }, scored.corrects ?? scored.actual, judged);
      this.replaceErrors(counted, replaces);
      const own = this.byAsset.get(asset);
      own?.remove(replaces.judged);
      own?.add(judged);
      return;
    }
    const { to } = this;
    this.tally(counted, asset);
    if (to > this.to) this.to = to;
    errorOf(this.byAsset, asset, MOST_ASSETS)?.add(judged);
  }

  /**
   * An operator's word on the learner's last warning.
   *
   * @returns the correction, for the meter of all assets; undefined where there is no warning to judge
   */
  feedback(opinion: "true" | "false", time: number): { outcomes: readonly Outcome[]; period: PeriodName } | undefined {
    const outcomes = this.alarm?.feedback(opinion, time);
    if (!outcomes) return undefined;
    const period = this.frozen ? "evaluation" : "baseline";
    this.correct(outcomes, period, this.asset);
    return { outcomes, period };
  }

  /** Adds corrections to the counts of a period. */
  correct(outcomes: readonly Outcome[], period: PeriodName, asset: string): void {
    for (const outcome of outcomes) this[period].alarms.add(outcome);
    this.list(outcomes, asset);
  }

  private tally(counted: Counted, asset: string): void {
    const { scored, judged, mode, further, period, observed, outcomes, first } = counted;
    const { time, running } = scored;
    this.window.add({ time, judged, running, period, mode: this.modeNumber(mode) });
    if (first) this.assets++;
    // A controller that began in 1970, or in 2000, and was set right later was not observed since then.
    if (!(scored.time - this.from < NO_TRIAL)) this.from = scored.time;
    this.to = scored.time;
    this.lifetime.add(judged);
    (running ? this.running : this.stopped).add(judged);
    this.mode(mode)?.add(judged);
    this[period].add(scored, judged, observed, outcomes);
    this.addHorizons(further);
    this.list(outcomes, asset);
  }

  private list(outcomes: readonly Outcome[], asset: string): void {
    for (const outcome of outcomes) {
      // Those of the others are in the counts; here they would crowd out what happened.
      if (outcome.kind === "false" && outcome.warner !== "learner") continue;
      this.recent.push({ asset, outcome });
      if (this.recent.length > LISTED) this.recent.shift();
    }
  }

  private addHorizons(further: readonly Further[]): void {
    for (const { horizon, ahead, judged, before } of further) {
      const error = errorOf(this.horizons, horizon, MOST_HORIZONS);
      if (error && ahead !== undefined) this.spans.set(horizon, ahead);
      if (before) error?.remove(before);
      error?.add(judged);
    }
  }

  /** The name under which a mode is counted here; undefined where none was named. */
  private nameOf(mode: string | undefined): string | undefined {
    if (mode === undefined || this.modes.has(mode)) return mode;
    return this.modes.size < MOST_MODES ? mode : OTHER_MODE;
  }

  /** The errors of a mode, begun at first use. */
  private mode(mode: string | undefined): ForecastError | undefined {
    const name = this.nameOf(mode);
    return name === undefined ? undefined : errorOf(this.modes, name, MOST_MODES + 1);
  }

  /** The number of a mode in the order in which they were first seen, 1 or more; 0 where none was named. */
  private modeNumber(mode: string | undefined): number {
    const name = this.nameOf(mode);
    if (name === undefined) return 0;
    this.mode(name);
    return 1 + [...this.modes.keys()].indexOf(name);
  }

  /** Everything counted, as UTF-8 JSON of finite numbers; restored with `load` it goes on bit by bit. */
  save(): Uint8Array {
    return Buffer.from(
      JSON.stringify({
        version: VERSION,
        asset: this.asset,
        limit: this.options.limit,
        assets: this.assets,
        from: Number.isNaN(this.from) ? null : this.from,
        to: Number.isNaN(this.to) ? null : this.to,
        frozen: this.frozen,
        window: this.window.state(),
        lifetime: this.lifetime.state(),
        running: this.running.state(),
        stopped: this.stopped.state(),
        modes: [...this.modes].map(([mode, error]) => [mode, error.state()]),
        peaks: this.peaks.state(),
        stoppedTo: Number.isFinite(this.stoppedTo) ? this.stoppedTo : null,
        unusable: this.unusable.state(),
        baseline: this.baseline.state(),
        evaluation: this.evaluation.state(),
        horizons: [...this.horizons].map(([horizon, error]) => [
          horizon,
          error.state(),
          this.spans.get(horizon) ?? null,
        ]),
        byAsset: [...this.byAsset].map(([asset, error]) => [asset, error.state()]),
        recent: this.recent.map(({ asset, outcome }) => ({ asset, outcome: outcomeOf(outcome) })),
        time: this.time.state(),
        alarm: this.alarm?.saved(),
      }),
    );
  }

  /**
   * Restores a meter. Another window keeps the newest readings; another limit begins a new baseline, since counts on two
   * limits do not add up. All of version 1 counts as made while running.
   *
   * @throws Error where the bytes are no meter, are damaged, or come from a newer version
   */
  static load(bytes: Uint8Array, options: MeterOptions): Meter {
    const stored = fields(JSON.parse(Buffer.from(bytes).toString("utf8")), "meter");
    const version = oneOf(stored.version, "version", [1, 2, 3, VERSION] as const);
    const meter = new Meter(options, text(stored.asset, "asset"));
    meter.assets = count(stored.assets, "assets");
    meter.from = stored.from === null ? Number.NaN : finite(stored.from, "from");
    meter.to = stored.to === null ? Number.NaN : finite(stored.to, "to");
    meter.window = RollingWindow.of(stored.window, options.window, WINDOW_COLUMNS[version]);
    meter.lifetime = ForecastError.of(stored.lifetime);
    meter.running = ForecastError.of(version === 1 ? stored.lifetime : stored.running);
    if (version > 1) {
      meter.stopped = ForecastError.of(stored.stopped);
      if (stored.stoppedTo !== null) meter.stoppedTo = finite(stored.stoppedTo, "stoppedTo");
    }
    if (version > 2) {
      meter.peaks = Quantile.of(stored.peaks, BELOW_PEAKS);
      for (const entry of list(stored.modes, "modes", MOST_MODES + 1)) {
        const [mode, error] = list(entry, "mode", 2);
        meter.modes.set(text(mode, "mode"), ForecastError.of(error));
      }
    }
    meter.unusable = UnusableLabels.of(stored.unusable);
    for (const entry of list(stored.horizons, "horizons", MOST_HORIZONS)) {
      // One saved before spans of time were known has two of them.
      const [horizon, error, ahead = null] = list(entry, "horizon", 3);
      meter.horizons.set(count(horizon, "horizon"), ForecastError.of(error));
      if (ahead !== null) meter.spans.set(count(horizon, "horizon"), finite(ahead, "ahead"));
    }
    for (const entry of list(stored.byAsset, "assets", MOST_ASSETS)) {
      const [asset, error] = list(entry, "asset", 2);
      meter.byAsset.set(text(asset, "asset"), ForecastError.of(error));
    }
    meter.time = ObservedTime.of(stored.time);
    if (!sameLimit(stored.limit as AlarmLimit | undefined, options.limit)) {
      meter.window.leavePeriods();
      return meter;
    }
    meter.frozen = flag(stored.frozen, "frozen");
    meter.baseline = Period.of(stored.baseline);
    meter.evaluation = Period.of(stored.evaluation);
    for (const entry of list(stored.recent, "recent alarms", LISTED)) {
      const { asset, outcome } = fields(entry, "recent alarm");
      meter.recent.push({ asset: text(asset, "asset"), outcome: outcomeOf(outcome) });
    }
    if (options.limit && stored.alarm) meter.alarm = AlarmOutcome.of(stored.alarm, options.limit);
    return meter;
  }
}

/** The errors under a name, begun at first use; undefined where there is no room for a further name. */
function errorOf<Key>(errors: Map<Key, ForecastError>, name: Key, most: number): ForecastError | undefined {
  const known = errors.get(name);
  if (known || errors.size >= most) return known;
  const begun = ForecastError.empty();
  errors.set(name, begun);
  return begun;
}
