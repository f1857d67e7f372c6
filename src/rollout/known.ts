import type { DriftState } from "../guard/model-drift";
import type { Decision, GuardState, Offer, Outcome } from "./gate";

type Fields = Readonly<Record<string, unknown>>;

const NOT_OK: readonly unknown[] = ["learning", "warning", "drift", "recovering"] satisfies DriftState[];

/** What a message knows of one reading: its properties, of any content. */
export interface Known {
  readonly forecast?: Fields;
  readonly scored?: Fields;
  readonly quality?: Fields;
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

/** The forecast that fell due; nothing where none did. @param target  name of the sensor that is forecast */
export function outcomeOf({ forecast, scored, quality }: Known, target: string): Outcome | undefined {
  if (!scored) return undefined;
  const reasons = Array.isArray(quality?.reasons) ? quality.reasons : [];
  const wrong = reasons.some((reason) => reason?.sensor === target && reason?.state !== "uncertain");
  return {
    origin: number(scored.origin),
    time: number(scored.time),
    actual: number(scored.actual),
    learner: number(scored.forecast),
    existing: number(scored.existing),
    naive: number(scored.naive),
    covered: typeof scored.covered === "boolean" ? scored.covered : undefined,
    coverage: number(forecast?.coverage),
    good: quality === undefined || quality.state === undefined || quality.state === "good",
    trusted: !(wrong && quality?.state === "bad"),
  };
}

/** Whether the drift guard called the reading bad. */
export function isBad({ quality }: Known): boolean {
  return quality?.state === "bad";
}

/**
 * The forecast as nodes further on shall read it: the one to use. They must not act on a learner that is in shadow
 * because they look at another property. An interval is known for the learner only; a naive forecast holds for every
 * horizon, an existing one for the first.
 */
export function forecastInUse(forecast: Fields, { source, value }: Decision): Fields {
  if (source === "learner") return forecast;
  const used = { value: Number.isFinite(value) ? value : null, lower: null, upper: null };
  const { steps, ...first } = forecast;
  if (!Array.isArray(steps)) return { ...first, ...used };
  const kept = source === "naive" ? steps : steps.slice(0, 1);
  return { ...first, ...used, steps: kept.map((step) => ({ ...step, ...used })) };
}

/** A guard that is still learning what is usual, that warns or that watches a recovery has not called the model ok. */
function guardOf(quality: Fields | undefined): GuardState {
  const model = quality?.model;
  if (model === "frozen") return "frozen";
  return NOT_OK.includes(model) ? "not ok" : "ok";
}

function number(value: unknown): number {
  return typeof value === "number" ? value : Number.NaN;
}
