/** Scored forecasts for the specs of this folder, made from plain numbers. */
import { type Judgement, judgementOf } from "../../src/kpi/judgement";
import { readScored, type ScoredForecast } from "../../src/kpi/scored-forecast";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** One scored forecast due at `time`, `horizon` steps of a minute after its origin. */
export function scored(time: number, values: Partial<Omit<ScoredForecast, "time">>): ScoredForecast {
  const horizon = values.horizon ?? 1;
  const [only] = readScored({
    time,
    origin: values.origin ?? time - horizon * MINUTE,
    horizon,
    forecast: values.learner ?? 0,
    actual: values.actual ?? 0,
    naive: values.naive,
    frozen: values.frozen,
    existing: values.existing,
    covered: values.covered,
    lower: values.lower,
    upper: values.upper,
    mode: values.mode,
  });
  return only;
}

/** The same, judged against an interval of 90 %, none of them a peak. */
export function judged(time: number, values: Parameters<typeof scored>[1]): Judgement {
  return judgementOf(scored(time, values), 0.9, false);
}
