import type { Tuning } from "../forecaster/forecast";
import type { PlainForecast, PlainScored } from "./plain";

/** A message as the nodes of this pack read and write it. */
export interface ForecastMessage {
  _msgid?: string;
  payload?: unknown;
  topic?: unknown;
  timestamp?: unknown;
  quality?: unknown;
  command?: unknown;
  reset?: unknown;
  /** Of a command: exactly this asset, "" for the one without a name. */
  asset?: unknown;
  /** What the payload was before a predictor put its forecast there. */
  reading?: unknown;
  /**
   * The marks of the models that have taken the message in already, by the id of the model; and, as `moved`, what a
   * predictor has put in the place of the payload.
   */
  observed?: Record<string, unknown>;
  /** Where it came from a broker: see `Delivery`. */
  delivery?: unknown;
  scored?: PlainScored | null | (PlainScored | null)[];
  tuning?: Tuning | (Tuning | null)[];
  forecast?: Forecasts;
}

/** One forecast, or for a batch one for each row, null where the row could not be used. */
export type Forecasts = PlainForecast | (PlainForecast | null)[];
