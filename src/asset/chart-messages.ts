import type { Say } from "../message/say";
import { chartPoints } from "./chart-series";
import type { ForecastMessage } from "./forecast-message";

/**
 * Points for a chart by the reading of a message, or by the newest of a batch: a message each, the series as its topic.
 *
 * @param asset "" = the one without a name
 * @param unit of the value; "" = none
 */
export function chartMessages({ forecast, scored }: ForecastMessage, asset: string, unit: string, say: Say): object[] {
  const made = Array.isArray(forecast) ? forecast.findLast((row) => row !== null) : forecast;
  const due = Array.isArray(scored) ? scored.findLast((row) => row !== null) : scored;
  return chartPoints(made ?? null, due).map(({ series, value, time }) => {
    const name = say(`series.${series}`);
    const topic = `${asset === "" ? "" : `${asset}: `}${name}${unit === "" ? "" : ` (${unit})`}`;
    return { topic, payload: value, asset, series, unit, ...(!Number.isNaN(time) && { timestamp: time }) };
  });
}
