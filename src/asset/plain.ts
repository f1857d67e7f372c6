/** Results as they travel in messages: copies that the engine will not overwrite, with null where it says NaN. */
import type { Because, Cause } from "../forecaster/because";
import type { Forecast, Scored } from "../forecaster/forecast";

/** The same fields; what is not known is null, as JSON has it. */
export type Plain<T> = {
  [K in keyof T]: number extends T[K]
    ? number | null
    : T[K] extends readonly (infer Item)[] | undefined
      ? Plain<Item>[] | undefined
      : T[K];
};

/** With horizons given as durations, each is told in ms as `ahead`. */
type Timed<T> = T extends { steps?: (infer Step)[] }
  ? Omit<T, "steps"> & { ahead?: number; steps?: (Step & { ahead?: number })[] }
  : T;

/** `earlier`: the others that fell due by the same reading, where several rows of a grid of time have passed by it. */
export type PlainScored = Timed<Plain<Scored>> & { earlier?: PlainScored[] };

/** Why the forecast has changed, and in words what has moved it most. */
export type PlainBecause = Plain<Omit<Because, "inputs" | "own">> & {
  inputs: Plain<Cause>[];
  own: Plain<Cause>;
  text?: string;
};
export type PlainForecast = Timed<Plain<Forecast>> & {
  because?: PlainBecause;
  /** What the forecast is made of, in words. */
  madeOf?: string;
};

/**
 * A copy of a forecast for a message of this asset.
 *
 * @param because why it has changed, where that was asked
 */
export function plainForecast(forecast: Forecast, asset: string, because?: Because): PlainForecast {
  const { steps, experts } = forecast;
  const plain = known({ ...forecast }) as PlainForecast;
  plain.asset = asset;
  plain.experts = { ...experts };
  if (steps) plain.steps = steps.map((step) => known({ ...step }));
  if (because) {
    const inputs = because.inputs.map((cause) => known({ ...cause }));
    plain.because = { ...known({ ...because }), inputs, own: known({ ...because.own }) };
  }
  return plain;
}

/** A copy of a scored forecast for a message. */
export function plainScored(scored: Scored): PlainScored {
  const plain = known({ ...scored }) as PlainScored;
  // The first of the steps is the scored forecast itself: copied without its own steps, or the copy had no end.
  if (scored.steps) plain.steps = scored.steps.map(({ steps: _, ...step }) => known(step));
  return plain;
}

/**
 * A forecast on a grid of time, with its horizons as durations: each falls due exactly that long after its origin.
 *
 * @param durations ms, rising, one for each horizon
 * @param counted whether it is known how many steps they are; else the horizon is null
 */
export function timedForecast(forecast: PlainForecast, durations: readonly number[], counted: boolean): PlainForecast {
  const { origin, steps } = forecast;
  const timed = <T extends { horizon: number | null; due: number | null }>(one: T, ahead: number): T => ({
    ...one,
    horizon: counted ? one.horizon : null,
    ahead,
    due: origin === null ? null : origin + ahead,
  });
  const first = timed(forecast, durations[0]);
  return steps ? { ...first, steps: steps.map((step, i) => timed(step, durations[i])) } : first;
}

/** A scored forecast on a grid of time: how far ahead each horizon is, by the step in ms. */
export function timedScored(scored: PlainScored, step: number): PlainScored {
  const timed = <T extends { horizon: number | null }>(one: T): T => ({ ...one, ahead: (one.horizon ?? 0) * step });
  const { steps } = scored;
  return steps ? { ...timed(scored), steps: steps.map(timed) } : timed(scored);
}

/** Of all that fell due by one reading the newest, with the others in a list; undefined where nothing did. */
export function newestOf(scored: readonly PlainScored[]): PlainScored | undefined {
  const last = scored.at(-1);
  return last && scored.length > 1 ? { ...last, earlier: scored.slice(0, -1) } : last;
}

/** All that fell due by one reading, the oldest first: a property `scored` and what it lists beside the newest. */
export function allOf<T>(scored: T): T[] {
  const { earlier } = Object(scored) as { earlier?: unknown };
  return Array.isArray(earlier) ? [...earlier, scored] : [scored];
}

/** A copy for another message: what a flow writes into one must not change what the other carries. */
export function copied<
  T extends { steps?: object[]; experts?: object; earlier?: PlainScored[]; because?: PlainBecause },
>(one: T): T {
  const copy = { ...one };
  const { steps, experts, earlier, because } = one;
  if (experts) copy.experts = { ...experts };
  if (steps) copy.steps = steps.map((step) => ({ ...step }));
  if (earlier) copy.earlier = earlier.map((scored) => copied(scored));
  if (because)
    copy.because = { ...because, inputs: because.inputs.map((cause) => ({ ...cause })), own: { ...because.own } };
  return copy;
}

/** Whether a value is a forecast such as `plainForecast` makes of this asset. */
export function isForecastOf(value: unknown, asset: string): value is PlainForecast {
  if (typeof value !== "object" || value === null || (value as PlainForecast).asset !== asset) return false;
  const { because } = value as PlainForecast;
  if (because && !(Array.isArray(because.inputs) && because.own)) return false;
  return isPlain(value, 2);
}

/**
 * Whether all is finite numbers, null, text, and lists or tables of the same.
 *
 * @param depth how deep lists and tables may lie in each other
 */
function isPlain(fields: object, depth: number): boolean {
  for (const name in fields) if (!isPlainValue((fields as Record<string, unknown>)[name], depth)) return false;
  return true;
}

function isPlainValue(value: unknown, depth: number): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (Array.isArray(value))
    return depth > 0 && value.every((item) => typeof item === "object" && item !== null && isPlain(item, depth - 1));
  if (typeof value === "object" && value !== null) return depth > 0 && isPlain(value, depth - 1);
  return value === null || value === undefined || typeof value === "string";
}

/** Puts null where a number is not known; the object is written into. */
function known<T extends object>(fields: T): Plain<T> {
  const numbers = fields as Record<string, unknown>;
  for (const key in numbers) {
    const value = numbers[key];
    if (typeof value === "number" && !Number.isFinite(value)) numbers[key] = null;
  }
  return fields as Plain<T>;
}
