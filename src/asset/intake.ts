import type { Tuning } from "../forecaster/forecast";
import { MessageProblem, type Rule, type ValueProblem } from "../message/problem";
import type { MessageReading, MessageReadings } from "../message/reading";
import type { Asset } from "./asset";
import { type PlainForecast, type PlainScored, plainForecast, plainScored } from "./plain";

/** Learns from a reading that was just taken in. */
export type Learn = (asset: Asset, reading: MessageReading) => Tuning;

/** What became of the readings of one message, row by row, null where nothing is known; one row if no batch. */
export interface Intake {
  scored: (PlainScored | null)[];
  tunings: (Tuning | null)[];
  /** The forecast after each row. */
  forecasts: (PlainForecast | null)[];
  problems: ValueProblem[][];
}

/**
 * Takes the readings of a message into an asset's model, in order. A row of a batch that cannot be used leaves null in
 * its place and says why; the others go on.
 *
 * @param payload of the message, for the names of the sensors at the first reading
 * @param now ms, the time of readings that brought none
 * @param learn what to do after each row is taken in: learning from row i has to be done before row i + 1 is forecast
 * @throws MessageProblem where a single reading cannot be taken in; nothing was changed
 */
export function takeIn(
  asset: Asset,
  payload: unknown,
  { batch, rows }: MessageReadings,
  now: number,
  learn?: Learn,
): Intake {
  const intake: Intake = { scored: [], tunings: [], forecasts: [], problems: [] };
  asset.begin(payload);
  let refused: MessageProblem | undefined;
  for (const [i, row] of rows.entries()) {
    try {
      if (row instanceof MessageProblem) throw row;
      asset.expect(row, batch ? (payload as unknown[])[i] : payload);
      // Another one where the list of sensors has become another.
      const forecaster = asset.begin(payload);
      const before = forecaster.index;
      const { scored, problems } = asset.take(forecaster, row, now);
      asset.keep(row, forecaster.index === before);
      intake.scored.push(scored ? plainScored(scored) : null);
      intake.problems.push(problems);
      intake.tunings.push(learn ? { ...learn(asset, row) } : null);
      intake.forecasts.push(plainForecast(forecaster.forecast(), asset.name));
    } catch (error) {
      if (!batch || !(error instanceof MessageProblem)) throw error;
      refused ??= error;
      intake.scored.push(null);
      intake.problems.push(rowProblems(error));
      intake.tunings.push(null);
      intake.forecasts.push(null);
    }
  }
  if (refused && intake.forecasts.every((forecast) => forecast === null)) throw refused;
  return intake;
}

const RULES: Partial<Record<string, Rule>> = {
  badTime: "badTime",
  duplicate: "duplicate",
  outOfOrder: "outOfOrder",
  unknownTime: "unknownTime",
  alreadyLabelled: "alreadyLabelled",
};

function rowProblems({ code, details, problems }: MessageProblem): ValueProblem[] {
  if (problems.length > 0) return [...problems];
  return [{ sensor: "", rule: RULES[code] ?? "missing", value: String(details.time ?? details.value ?? "–") }];
}
