/** A stretch of observation with all its counts: the baseline, which is frozen when it is complete, or what came after. */

import { count, fields } from "../memory/checked";
import type { Outcome } from "./alarm-outcome";
import { AlarmTally } from "./alarm-tally";
import { ErrorHistory } from "./error-history";
import { ForecastError } from "./forecast-error";
import type { Judgement } from "./judgement";
import type { ScoredForecast } from "./scored-forecast";

export class Period {
  private constructor(
    readonly error: ForecastError,
    public alarms: AlarmTally,
    readonly history: ErrorHistory,
    /** Observed time, ms: of all assets together where there are several. */
    public observed: number,
  ) {}

  static empty(): Period {
    return new Period(ForecastError.empty(), AlarmTally.empty(), ErrorHistory.empty(), 0);
  }

  get hours(): number {
    return this.observed / 3_600_000;
  }

  /** @param ms by which the observed time grew with this reading */
  add(scored: ScoredForecast, judged: Judgement, ms: number, outcomes: readonly Outcome[]): void {
    this.error.add(judged);
    this.history.add(scored.time, judged);
    this.alarms.heard(scored);
    this.observed += ms;
    for (const outcome of outcomes) this.alarms.add(outcome);
  }

  /** Puts a forecast whose label was corrected in the place of the one that was added with the label before. */
  replace(time: number, judged: Judgement, before: Judgement): void {
    this.error.remove(before);
    this.error.add(judged);
    this.history.replace(time, judged, before);
  }

  state(): unknown {
    return {
      error: this.error.state(),
      alarms: this.alarms.state(),
      history: this.history.state(),
      observed: this.observed,
    };
  }

  /** @throws TypeError where it is no such state */
  static of(state: unknown): Period {
    const { error, alarms, history, observed } = fields(state, "period");
    return new Period(
      ForecastError.of(error),
      AlarmTally.of(alarms),
      ErrorHistory.of(history),
      count(observed, "observed time"),
    );
  }
}
