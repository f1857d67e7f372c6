import type { Tuning } from "../forecaster/forecast";
import { MessageProblem, type ValueProblem } from "../message/problem";
import type { MessageReading, MessageReadings } from "../message/reading";
import { refusedRows, rowProblems } from "../message/refused-rows";
import { atOnce, type Sliced } from "../slice/sliced";
import type { Asset } from "./asset";
import { newestOf, type PlainForecast, type PlainScored } from "./plain";

/** Learns from a reading that was just taken in. */
export type Learn = (asset: Asset, reading: MessageReading) => Tuning;

/**
 * What became of the readings of one message, row by row as they came, null where nothing is known; one row if no batch.
 */
export interface Intake {
  scored: (PlainScored | null)[];
  tunings: (Tuning | null)[];
  /** The forecast after each row. */
  forecasts: (PlainForecast | null)[];
  problems: ValueProblem[][];
  /** In which order the rows were taken in: that of their times. */
  order: readonly number[];
  /** The rows of a batch that were refused, counted and named; undefined where all were taken. */
  refused: MessageProblem | undefined;
}

/**
 * Takes the readings of a message into an asset's model, in the order of their times. A row of a batch that cannot be used
 * leaves null in its place; the others go on.
 *
 * @param payload of the message, for the names of the sensors at the first reading
 * @param now ms, the time of readings that brought none
 * @param learn what to do after each row is taken in: learning from row i has to be done before the next one is forecast
 * @param why whether somebody asks why the forecast has changed; of a batch told for the newest row
 * @throws MessageProblem where nothing can be taken in; nothing was changed
 */
export function takeIn(
  asset: Asset,
  payload: unknown,
  readings: MessageReadings,
  now: number,
  learn?: Learn,
  why = false,
): Intake {
  return atOnce(takeInSliced(asset, payload, readings, now, learn, why));
}

/** `takeIn` as long work; each row is a part of it: after it the asset is as if the rest had never come. */
export function* takeInSliced(
  asset: Asset,
  payload: unknown,
  { batch, rows }: MessageReadings,
  now: number,
  learn: Learn | undefined,
  why: boolean,
): Sliced<Intake> {
  const order = inOrder(rows);
  const scored: Intake["scored"] = new Array(rows.length).fill(null);
  const tunings: Intake["tunings"] = new Array(rows.length).fill(null);
  const forecasts: Intake["forecasts"] = new Array(rows.length).fill(null);
  const problems: Intake["problems"] = rows.map(() => []);
  const refusals: (MessageProblem | undefined)[] = new Array(rows.length).fill(undefined);
  const newest = order.findLast((i) => !(rows[i] instanceof MessageProblem));
  asset.begin(payload);
  if (batch) asset.expectTimes(rows);
  let isFirst = true;
  for (const i of order) {
    if (!isFirst) yield;
    isFirst = false;
    const row = rows[i];
    try {
      if (row instanceof MessageProblem) throw row;
      asset.expect(row, batch ? (payload as unknown[])[i] : payload);
      // Another one where the list of sensors has become another.
      const forecaster = asset.begin(payload);
      if (why) forecaster.askWhy();
      const due: PlainScored[] = [];
      let tuning: Tuning | undefined;
      const taken = asset.take(forecaster, row, now, (one) => {
        if (one) due.push(asset.plainScored(one));
        if (learn) tuning = { ...learn(asset, row) };
      });
      asset.keep(row, taken.late);
      scored[i] = newestOf(due) ?? null;
      problems[i] = taken.problems;
      tunings[i] = tuning ?? (learn ? { ...learn(asset, row) } : null);
      forecasts[i] = asset.forecast(why && i === newest);
    } catch (error) {
      if (!batch || !(error instanceof MessageProblem)) throw error;
      refusals[i] = error;
      problems[i] = rowProblems(error);
    }
  }
  const refused = yield* refusedRows(refusals);
  if (refused && refusals.every((problem) => problem !== undefined)) throw refused;
  return { scored, tunings, forecasts, problems, order, refused };
}

/** The rows in the order of their times, a label after the reading of the same time; as they came where one has none. */
function inOrder(rows: MessageReadings["rows"]): number[] {
  const isRefused = (i: number): boolean => rows[i] instanceof MessageProblem;
  const reading = (i: number): MessageReading => rows[i] as MessageReading;
  const asCome = rows.map((_, i) => i);
  const usable = asCome.filter((i) => !isRefused(i));
  if (usable.some((i) => Number.isNaN(reading(i).time))) return asCome;
  usable.sort(
    (a, b) => reading(a).time - reading(b).time || Number(reading(a).onlyTarget) - Number(reading(b).onlyTarget),
  );
  return [...usable, ...asCome.filter(isRefused)];
}
