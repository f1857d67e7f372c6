import type { Tuning } from "../forecaster/forecast";
import type { LearnOptions } from "../forecaster/horizon";
import { guardWord } from "../message/quality";
import type { Sliced } from "../slice/sliced";
import type { Asset } from "./asset";
import type { Forecasts } from "./forecast-message";
import type { TakenMessage } from "./forecast-model";
import type { PlainForecast } from "./plain";

/** Learns from an asset, so many times as fast as set, up to a time. */
export type LearnFrom = (asset: Asset, factor: number, upTo?: LearnOptions["upTo"]) => Tuning;

/**
 * Learns from a message that a predictor has taken in before: its labels have waited for the tuner, and each reading has a
 * speed of its own. The drift guard may have said what it thinks of a reading only since then, or on this wire only.
 *
 * @param quality as it came with the message
 * @param isPaused whether learning is paused at the asset, so that it is not the reading's quality that keeps it back
 * @returns what was learnt from each reading; null where it was not forecast from
 */
export function* learnWaiting(
  { asset, forecast, learns }: TakenMessage,
  quality: unknown,
  learn: LearnFrom,
  isPaused: boolean,
): Sliced<(Tuning | null)[]> {
  const batch = Array.isArray(forecast);
  const rows = batch ? forecast : [forecast];
  const tunings: (Tuning | null)[] = rows.map(() => null);
  for (const i of inOrder(rows)) {
    if (batch) yield;
    const word = guardWord(batch && Array.isArray(quality) ? quality[i] : quality);
    const weighed = learns?.[i] ?? word.learn;
    const weight = word.learn < weighed ? word.learn / weighed : 1;
    const tuning = { ...learn(asset, word.speed * weight, rows[i]?.origin ?? undefined) };
    if (weight === 0 && tuning.skipped === "paused" && !isPaused) tuning.skipped = "quality";
    tunings[i] = tuning;
  }
  return tunings;
}

/** What was learnt from the newest reading of a message. */
export function lastTuning(forecast: Forecasts, tunings: readonly (Tuning | null)[]): Tuning {
  const rows = Array.isArray(forecast) ? forecast : [forecast];
  let newest = -1;
  tunings.forEach((tuning, i) => {
    if (tuning && rows[i] && !(originOf(rows[i]) < originOf(rows[newest]))) newest = i;
  });
  return tunings[newest] as Tuning;
}

/** The rows of a batch that were forecast from, in the order in which they were taken in: that of their times. */
function inOrder(rows: readonly (PlainForecast | null)[]): number[] {
  return rows.flatMap((row, i) => (row ? [i] : [])).sort((a, b) => originOf(rows[a]) - originOf(rows[b]) || a - b);
}

function originOf(row: PlainForecast | null | undefined): number {
  return row?.origin ?? Number.NaN;
}
