import type { Say } from "../message/say";
import type { Asset } from "./asset";
import { type ForecastWords, forecastSentence } from "./forecast-sentence";
import type { Trouble } from "./memory-trouble";
import type { PlainForecast } from "./plain";

/** What the status of a predictor tells of. */
export interface Predicted {
  readonly forecast: PlainForecast;
  /** `msg.quality` of the reading, or of each row of its batch. */
  readonly quality: unknown;
  readonly isTargetMissing: boolean;
  /** Where horizons are spans of time, and it is not known yet how many steps they are. */
  readonly rhythm: Asset["rhythm"];
  /** Whether another model is learnt on this wire, and the predictor's own nowhere. */
  readonly isUntaught: boolean;
}

/** What stands under a predictor: what is wrong with the model as a whole, else the newest forecast. */
export function predictorStatus(
  { forecast, quality, isTargetMissing, rhythm, isUntaught }: Predicted,
  trouble: Trouble | undefined,
  unit: string,
  say: Say,
) {
  if (isTargetMissing) return { fill: "red", shape: "ring", text: say("status.noTarget") } as const;
  if (trouble) return { fill: "yellow", shape: "ring", text: say(`status.${trouble}`) } as const;
  if (isUntaught) return { fill: "yellow", shape: "ring", text: say("status.otherModel") } as const;
  if (rhythm) return { fill: "blue", shape: "ring", text: say("progress.rhythm", { ...rhythm }) } as const;
  const words: ForecastWords = (part, values) => say(`progress.${part}`, values);
  const { text, isGood } = forecastSentence(forecast, { unit, quality: worstOf(quality) }, words);
  if (forecast.value === null) return { fill: "grey", shape: "dot", text } as const;
  return isGood ? ({ fill: "green", shape: "dot", text } as const) : ({ fill: "yellow", shape: "ring", text } as const);
}

/** The quality of a reading; of a batch that of the last row that is worst. */
function worstOf(quality: unknown): unknown {
  if (!Array.isArray(quality)) return quality;
  const rank = (one: unknown): number => ["uncertain", "bad"].indexOf((Object(one) as { state?: string }).state ?? "");
  return quality.reduce((worst, one) => (rank(one) >= rank(worst) ? one : worst), undefined);
}
