/** A forecast in one line, as a status has room for it: "2450 kg/h in 10 min". */
import { inLargestUnit, type SpanUnit } from "../message/duration";
import type { PlainForecast } from "./plain";

export type ForecastPart =
  | "joint"
  | "none"
  | "now"
  | "next"
  | "readings"
  | "in"
  | `span.${SpanUnit}`
  | "outside"
  | "noExisting"
  | "farExisting"
  | "doubtful"
  | "unusable"
  | "value";

/** Beside a last value of 0. */
const NEARLY_NOTHING = 1e-6;

/** The words of the reader's language for a part of the line, with the values filled in. */
export type ForecastWords = (part: ForecastPart, values?: Record<string, string | number>) => string;

/**
 * The forecast, how far ahead it looks, and what is wrong with it: also where it is the last value because the existing
 * forecast, on which the model builds, has not come or has led astray.
 *
 * @param of unit of the value, empty where none was named; quality: `msg.quality`, of one reading
 * @returns the line, and whether something is wrong
 */
export function forecastSentence(
  forecast: PlainForecast,
  of: { unit: string; quality?: unknown },
  words: ForecastWords,
): { text: string; isGood: boolean } {
  const { horizon, ahead, disagreement, naive } = forecast;
  // Where a plant stands still at 0, what is left of the forecast is rounding.
  const value = naive === 0 && Math.abs(forecast.value ?? 1) < NEARLY_NOTHING ? 0 : forecast.value;
  const trouble = troubleIn(of.quality, words);
  const end = trouble === undefined ? "" : `${words("joint")}${trouble}`;
  if (value === null) return { text: `${words("none")}${end}`, isGood: false };
  const shown = of.unit === "" ? brief(value) : `${brief(value)} ${of.unit}`;
  const when = whenOf(horizon, ahead, (part, values) => words(part, { ...values, value: shown }));
  if ((forecast.experts.last ?? 0) > 0) {
    const part = forecast.existing === null ? "noExisting" : "farExisting";
    return { text: `${words(part, { forecast: when })}${end}`, isGood: false };
  }
  if (trouble === undefined && (disagreement ?? 0) > 1)
    return { text: words("outside", { forecast: when }), isGood: false };
  return { text: `${when}${end}`, isGood: trouble === undefined };
}

function whenOf(horizon: number | null, ahead: number | undefined, words: ForecastWords): string {
  if (ahead !== undefined) {
    const { amount, unit } = inLargestUnit(ahead);
    return words("in", { span: words(`span.${unit}`, { amount }) });
  }
  if (horizon === 0) return words("now");
  return horizon === 1 || horizon === null ? words("next") : words("readings", { count: horizon });
}

/** What is wrong with the values that the forecast was made from; undefined where all are good. */
function troubleIn(quality: unknown, words: ForecastWords): string | undefined {
  const { state, reasons } = Object(quality) as { state?: unknown; reasons?: unknown };
  if (state !== "bad" && state !== "uncertain") return undefined;
  const list: unknown[] = Array.isArray(reasons) ? reasons : [];
  const worst = list.map((one) => Object(one)).find((one) => one.state === state) ?? Object(list[0]);
  const sensor = typeof worst.sensor === "string" ? worst.sensor.slice(0, 40) : "";
  // The reading as a whole.
  return words(state === "bad" ? "unusable" : "doubtful", { sensor: sensor || words("value") });
}

/** A value in at most 6 digits. */
export function brief(value: number): string {
  const size = Math.abs(value);
  if (size >= 99_999.5 || (size > 0 && size < 0.001)) return value.toExponential(0).replace("e+", "e");
  if (size >= 1000) return String(Math.round(value));
  return String(Number(size >= 1 ? value.toPrecision(4) : value.toFixed(3)));
}
