/** Scored forecasts for the specs of this folder, made from plain numbers. */
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
  });
  return only;
}
