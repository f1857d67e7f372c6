/**
 * The meter of one asset, or of all assets together: counts every scored forecast once, first into the baseline and, when
 * that is complete, into the evaluation that is set against it.
 */
import { count, fields, finite, flag, list, oneOf, text } from "../memory/checked";
import { type AlarmLimit, AlarmOutcome, type Outcome, outcomeOf, sameLimit } from "./alarm-outcome";
import { ForecastError } from "./forecast-error";
import { ObservedTime } from "./observed-time";
import { Period } from "./period";
import { RollingWindow } from "./rolling-window";
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
  /** Count forecasts also while the plant is not running. Default false. */
  countStopped?: boolean;
}

export type PeriodName = "baseline" | "evaluation";

/** What one reading added to an asset's meter, so that the meter of all assets can add the same. */
export interface Counted {
  scored: ScoredForecast;
  /** Only beside the figures: the plant was stopped, and stopped time does not count. */
  aside: boolean;
  /** The further horizons of the same reading. */
  further: ScoredForecast[];
  period: PeriodName;
  /** ms of observed time. */
  observed: number;
  outcomes: Outcome[];
  /** The first reading of this asset. */
  first: boolean;
  /** A later label has taken the place of one that was counted: errors change, and nothing else. */
  replaces?: number;
}

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
/** 1 knew nothing of doubt, of stopped time and of labels that cannot be used; 2 kept sums that were not exact. */
const VERSION = 3;

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
  /** Labels that judged nobody. */
  unusable = new UnusableLabels();
  baseline = Period.empty();
  evaluation = Period.empty();
  /** Errors of the further horizons, in readings ahead. */
  readonly horizons = new Map<number, ForecastError>();
  /** Errors of single assets, in the meter of all of them. */
  readonly byAsset = new Map<string, ForecastError>();
  readonly recent: AlarmRecord[] = [];
  window: RollingWindow;
  private time = new ObservedTime();
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
    if (main.corrects !== undefined) return this.replaceLabel(main, main.corrects);
    if (!this.window.add(main)) return undefined;
    const further = scored.filter((one) => one !== main);
    const first = this.assets === 0;
    const period = this.frozen ? "evaluation" : "baseline";
    const observed = this.time.add(main.time);
    if (this.time.order === "restarted") this.alarm?.forgetOpen();
    const outcomes = this.time.order === "late" ? [] : (this.alarm?.add(main) ?? []);
    const counted = { scored: main, aside: false, further, period, observed, outcomes, first } as const;
    this.tally(counted, this.asset);
    // A warning of the baseline that is judged later would be counted in the other period.
    if (!this.frozen && this.baseline.hours >= this.options.baselineHours) {
      this.frozen = true;
      this.alarm?.forgetOpen();
    }
    return { ...counted };
  }

  private setAside(scored: ScoredForecast): Counted | undefined {
    if (!(scored.time > this.stoppedTo)) return undefined;
    this.stoppedTo = scored.time;
    this.stopped.add(scored);
    return { scored, aside: true, further: [], period: "baseline", observed: 0, outcomes: [], first: false };
  }

  /** A laboratory has corrected itself: the later label counts, and the one before no longer. */
  private replaceLabel(scored: ScoredForecast, replaces: number): Counted | undefined {
    if (!this.window.replace(scored, replaces)) return undefined;
    const last = this.baseline.history.blocks.at(-1)?.to ?? Number.NEGATIVE_INFINITY;
    const period = scored.time <= last ? "baseline" : "evaluation";
    const nothing = { aside: false, further: [], observed: 0, outcomes: [], first: false };
    const counted: Counted = { ...nothing, scored, period, replaces };
    this.replaceErrors(counted, replaces);
    return counted;
  }

  private replaceErrors({ scored, period }: Counted, replaces: number): void {
    this.lifetime.replace(scored, replaces);
    (scored.running ? this.running : this.stopped).replace(scored, replaces);
    this[period].replace(scored, replaces);
  }

  /** Adds to the meter of all assets what one asset's meter counted. */
  absorb(counted: Counted, asset: string): void {
    if (counted.aside) {
      this.stopped.add(counted.scored);
      return;
    }
    if (counted.replaces !== undefined) {
      this.window.replace(counted.scored, counted.replaces);
      this.replaceErrors(counted, counted.replaces);
      this.byAsset.get(asset)?.replace(counted.scored, counted.replaces);
      return;
    }
    const { from, to } = this;
    this.window.append(counted.scored);
    this.tally(counted, asset);
    if (from < this.from) this.from = from;
    if (to > this.to) this.to = to;
    errorOf(this.byAsset, asset, MOST_ASSETS)?.add(counted.scored);
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

  private tally({ scored, further, period, observed, outcomes, first }: Counted, asset: string): void {
    if (first) this.assets++;
    if (Number.isNaN(this.from)) this.from = scored.time;
    this.to = scored.time;
    this.lifetime.add(scored);
    (scored.running ? this.running : this.stopped).add(scored);
    this[period].add(scored, observed, outcomes);
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

  private addHorizons(further: readonly ScoredForecast[]): void {
    for (const scored of further) errorOf(this.horizons, scored.horizon, MOST_HORIZONS)?.add(scored);
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
        stoppedTo: Number.isFinite(this.stoppedTo) ? this.stoppedTo : null,
        unusable: this.unusable.state(),
        baseline: this.baseline.state(),
        evaluation: this.evaluation.state(),
        horizons: [...this.horizons].map(([horizon, error]) => [horizon, error.state()]),
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
    const version = oneOf(stored.version, "version", [1, 2, VERSION]);
    const meter = new Meter(options, text(stored.asset, "asset"));
    meter.assets = count(stored.assets, "assets");
    meter.from = stored.from === null ? Number.NaN : finite(stored.from, "from");
    meter.to = stored.to === null ? Number.NaN : finite(stored.to, "to");
    meter.window = RollingWindow.of(stored.window, options.window, version === 1 ? 6 : 7);
    meter.lifetime = ForecastError.of(stored.lifetime);
    meter.running = ForecastError.of(version === 1 ? stored.lifetime : stored.running);
    if (version > 1) {
      meter.stopped = ForecastError.of(stored.stopped);
      if (stored.stoppedTo !== null) meter.stoppedTo = finite(stored.stoppedTo, "stoppedTo");
    }
    meter.unusable = UnusableLabels.of(stored.unusable);
    for (const entry of list(stored.horizons, "horizons", MOST_HORIZONS)) {
      const [horizon, error] = list(entry, "horizon", 2);
      meter.horizons.set(count(horizon, "horizon"), ForecastError.of(error));
    }
    for (const entry of list(stored.byAsset, "assets", MOST_ASSETS)) {
      const [asset, error] = list(entry, "asset", 2);
      meter.byAsset.set(text(asset, "asset"), ForecastError.of(error));
    }
    meter.time = ObservedTime.of(stored.time);
    if (!sameLimit(stored.limit as AlarmLimit | undefined, options.limit)) return meter;
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
