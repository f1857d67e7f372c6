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

/** Why the forecast has changed, and in words what has moved it most. */
export type PlainBecause = Plain<Omit<Because, "inputs" | "own">> & {
  inputs: Plain<Cause>[];
  own: Plain<Cause>;
  text?: string;
};
export type PlainForecast = Plain<Forecast> & {
  because?: PlainBecause;
  /** What the forecast is made of, in words. */
  madeOf?: string;
};
export type PlainScored = Plain<Scored>;

/**
 * A copy of a forecast for a message of this asset.
 *
 * @param because why it has changed, where that was asked
 */
export function plainForecast(forecast: Forecast, asset: string, because?: Because): PlainForecast {
  const { steps, experts, ...first } = forecast;
  return {
    ...numbers(first),
    asset,
    experts: { ...experts },
    ...(steps && { steps: steps.map(numbers) }),
    ...(because && {
      because: { ...numbers(because), inputs: because.inputs.map(numbers), own: numbers(because.own) },
    }),
  };
}

/** A copy of a scored forecast for a message. */
export function plainScored(scored: Scored): PlainScored {
  const { steps, ...first } = scored;
  return {
    ...numbers(first),
    // The first of the steps is the scored forecast itself: copied without its own steps, or the copy had no end.
    ...(steps && { steps: steps.map(({ steps: _, ...step }) => numbers(step)) }),
  };
}

/** A copy for another message: what a flow writes into one must not change what the other carries. */
export function copied<T extends { steps?: object[]; experts?: object; because?: PlainBecause }>(one: T): T {
  const { steps, experts, because } = one;
  return {
    ...one,
    ...(experts && { experts: { ...experts } }),
    ...(steps && { steps: steps.map((step) => ({ ...step })) }),
    ...(because && {
      because: { ...because, inputs: because.inputs.map((cause) => ({ ...cause })), own: { ...because.own } },
    }),
  };
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
  return Object.values(fields).every((value) => {
    if (typeof value === "number") return Number.isFinite(value);
    if (Array.isArray(value))
      return depth > 0 && value.every((item) => typeof item === "object" && item !== null && isPlain(item, depth - 1));
    if (typeof value === "object" && value !== null) return depth > 0 && isPlain(value, depth - 1);
    return value === null || value === undefined || typeof value === "string";
  });
}

function numbers<T extends object>(fields: T): Plain<T> {
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields))
    copy[key] = typeof value === "number" && !Number.isFinite(value) ? null : value;
  return copy as Plain<T>;
}
