import type { DriftState } from "../guard/model-drift";
import { type Fields, fieldsOf } from "../message/fields";
import { shown } from "../message/problem";
import { trustOf, unusableBy } from "../message/trust";
import type { Decision, GuardState, Offer } from "./gate";
import type { Outcome } from "./trial";

const NOT_OK: readonly unknown[] = ["learning", "warning", "drift", "recovering"] satisfies DriftState[];

/** What a message knows of one reading: its properties, of any content. */
export interface Known {
  readonly forecast?: Fields;
  readonly scored?: Fields;
  readonly quality?: unknown;
}

/** Why a message tells the gate nothing; thrown. */
export class UnknownForecast extends Error {
  /** @param value what stands in the place of a forecast */
  constructor(
    readonly code: "noForecast" | "badForecast",
    readonly value: string,
  ) {
    super(`${code} ${value}`);
    this.name = "UnknownForecast";
  }
}

/**
 * What a message knows of each of its readings; one where it is no batch, whose properties are arrays.
 *
 * @throws UnknownForecast where nothing was forecast and nothing fell due
 */
export function knownRows({ forecast, scored, quality }: Fields): Known[] {
  const batch = Array.isArray(forecast);
  const rows: unknown[] = batch ? Array.from(forecast) : [forecast];
  // A late label brings a score and no forecast; in a batch null stands for a reading that could not be used.
  const wrong = rows.find((row) => row !== undefined && row !== null && !fieldsOf(row));
  if (wrong !== undefined) throw new UnknownForecast("badForecast", shown(wrong));
  if (!rows.some(fieldsOf) && (batch || !fieldsOf(scored))) throw new UnknownForecast("noForecast", "");
  const at = (value: unknown, i: number): unknown => (batch && Array.isArray(value) ? value[i] : value);
  return rows.map((row, i) => ({
    forecast: fieldsOf(row),
    scored: fieldsOf(at(scored, i)),
    quality: at(quality, i),
  }));
}

/** The forecasts on offer; nothing where the message has no forecast. @param now  ms, for one without a time */
export function offerOf({ forecast, quality }: Known, now: number): Offer | undefined {
  if (!forecast) return undefined;
  const origin = number(forecast.origin);
  return {
    time: Number.isFinite(origin) ? origin : now,
    learner: number(forecast.value),
    existing: number(forecast.existing),
    naive: number(forecast.naive),
    guard: guardOf(quality),
  };
}

/**
 * The forecast that fell due; nothing where none did. Messages of older versions say neither state nor running: good, and
 * running.
 *
 * @param target  name of the sensor that is forecast
 */
export function outcomeOf({ forecast, scored, quality }: Known, target: string): Outcome | undefined {
  // A label that corrects an earlier one judges a forecast that was judged already.
  if (!scored || Number.isFinite(scored.corrects)) return undefined;
  const doubtful = scored.state === "uncertain" || scored.state === "bad";
  return {
    origin: number(scored.origin),
    time: number(scored.time),
    actual: number(scored.actual),
    learner: number(scored.forecast),
    existing: number(scored.existing),
    naive: number(scored.naive),
    covered: typeof scored.covered === "boolean" ? scored.covered : undefined,
    coverage: number(forecast?.coverage),
    // Where nobody has said anything of single values, the word on the forecast as a whole is all there is.
    good: quality === undefined || quality === null ? !doubtful : trustOf(quality, target).state === "usable",
    doubtful,
    running: scored.running !== false,
  };
}

/**
 * Whether a label was due and could not be used: it is none, or known to be wrong.
 *
 * @param horizon  readings ahead; a soft sensor's label (0) comes now and then only
 */
export function isUnusable({ scored, quality }: Known, target: string, horizon: number): boolean {
  return !scored && unusableBy(quality, target, horizon > 0) !== undefined;
}

/**
 * The forecast as nodes further on shall read it: the one to use. They must not act on a learner that is in shadow
 * because they look at another property. An interval is known for the learner only; a naive forecast holds for every
 * horizon, an existing one for the first.
 */
export function forecastInUse(forecast: Fields, { source, value }: Decision): Fields {
  if (source === "learner") return forecast;
  const used = { value: Number.isFinite(value) ? value : null, lower: null, upper: null };
  // Why the learner's forecast has changed is no reason for another one.
  const { steps, because: _, madeOf: __, ...first } = forecast;
  if (!Array.isArray(steps)) return { ...first, ...used };
  const kept = source === "naive" ? steps : steps.slice(0, 1);
  return { ...first, ...used, steps: kept.map((step) => ({ ...step, ...used })) };
}

/** A guard that is still learning what is usual, that warns or that watches a recovery has not called the model ok. */
function guardOf(quality: unknown): GuardState {
  const { model } = Object(quality) as Fields;
  if (model === "frozen") return "frozen";
  return NOT_OK.includes(model) ? "not ok" : "ok";
}

function number(value: unknown): number {
  return typeof value === "number" ? value : Number.NaN;
}
