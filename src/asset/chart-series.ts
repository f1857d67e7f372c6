/** What a chart draws of a forecast: points of the same time, so that lines that lie on each other mean a good forecast. */
import type { PlainForecast, PlainScored } from "./plain";

const CHART_SERIES = ["actual", "forecast", "lower", "upper"] as const;
export type ChartSeries = (typeof CHART_SERIES)[number];

/** One point of a line. */
export interface ChartPoint {
  readonly series: ChartSeries;
  readonly value: number;
  /** ms since 1970, of all points of a reading the same; NaN = not known. */
  readonly time: number;
}

/**
 * The points that a reading adds to a chart: the actual value, and what was forecast for it when it was still to come,
 * with the edges of its interval. For an estimate of now the estimate is drawn at each reading, the actual value when it
 * is known.
 *
 * @param forecast made at this reading
 * @param scored that fell due by it, if any
 */
export function chartPoints(forecast: PlainForecast | null, scored: PlainScored | null | undefined): ChartPoint[] {
  const isNow = forecast?.horizon === 0;
  const said = isNow
    ? { forecast: forecast.value, lower: forecast.lower, upper: forecast.upper, time: forecast.origin }
    : scored;
  const values = { actual: scored?.actual, forecast: said?.forecast, lower: said?.lower, upper: said?.upper };
  const times = { actual: scored?.time, forecast: said?.time, lower: said?.time, upper: said?.time };
  return CHART_SERIES.flatMap((series) => {
    const value = values[series];
    return typeof value === "number" ? { series, value, time: times[series] ?? Number.NaN } : [];
  });
}
