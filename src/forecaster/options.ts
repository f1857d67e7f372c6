import { REACH } from "./dead-time";
import { LAGS } from "./network";

/** What a forecaster is made of. */
export interface ForecasterOptions {
  /** Names of the sensors used. The target is left out of them: what it adds is decided by the horizon. */
  inputs: readonly string[];
  /** Name of the value to forecast. */
  target: string;
  /** Readings ahead, one or several, whole numbers 1 … 1000; or 0: estimate the target now (a soft sensor). Default 1. */
  horizon?: number | readonly number[];
  /** Complex units of the LRU layer, 1 … 256. Default 16. */
  size?: number;
  /** What the forecast corrects: the last value, or the existing forecast that comes with each reading. */
  buildOn?: "last" | "existing";
  /** Whether the target's own past is an input. Default true. */
  targetHistory?: boolean;
  /**
   * What the forecast aims at: the typical value (median), which is as often too high as too low, or the average (mean),
   * whose sum over many readings is right: for totals. Default "median".
   */
  centre?: "median" | "mean";
  /**
   * Whether three networks of different seeds learn instead of one: their mean depends less on the seed, and where they
   * disagree the interval is wider. Three times the work. Default false.
   */
  steady?: boolean;
  /**
   * Whether only the last value, the frozen network and the one that learns forecast, without the experts that are linear
   * in what they see: less memory and time, for many assets on a small device. Default false.
   */
  light?: boolean;
  /** Share of actual values that the interval shall hold, 0.5 … 0.99. Default 0.9. */
  coverage?: number;
  /** Same seed, same numbers. Default 1. */
  seed?: number;
  /** How many readings late a label may come, 0 … 100,000. Default 100. */
  labelDelay?: number;
  /** Name of the machine, for the messages only. */
  asset?: string;
}

/** The options, checked and completed. */
export interface Description extends Required<Omit<ForecasterOptions, "horizon">> {
  horizon: number[];
  capacity: number;
}

/**
 * Checks options and completes them by their defaults.
 *
 * @throws RangeError with the reason where an option is out of range
 */
export function describe(options: ForecasterOptions): Description {
  const { target } = options;
  if (typeof target !== "string" || target === "") throw new RangeError("A forecaster needs the name of its target.");
  if (!Array.isArray(options.inputs) || options.inputs.some((name) => typeof name !== "string" || name === ""))
    throw new RangeError("Inputs are a list of sensor names.");
  const inputs = [...new Set(options.inputs as readonly string[])].filter((name) => name !== target);
  const given = options.horizon ?? 1;
  const horizon = [...new Set(typeof given === "number" ? [given] : given)].sort((a, b) => a - b);
  if (horizon.length === 0) throw new RangeError("At least one horizon is needed.");
  for (const k of horizon) whole("horizon", k, 0, 1000);
  if (horizon[0] === 0 && horizon.length > 1)
    throw new RangeError("Horizon 0 (a soft sensor) stands alone: its readings come without the target.");
  const targetHistory = options.targetHistory ?? true;
  if (inputs.length === 0 && (horizon[0] === 0 || !targetHistory))
    throw new RangeError("A forecast without the target's own past needs at least one input.");
  const buildOn = options.buildOn ?? "last";
  if (buildOn !== "last" && buildOn !== "existing") throw new RangeError('buildOn is "last" or "existing".');
  const centre = options.centre ?? "median";
  if (centre !== "median" && centre !== "mean") throw new RangeError('centre is "median" or "mean".');
  const coverage = options.coverage ?? 0.9;
  if (!(coverage >= 0.5 && coverage <= 0.99))
    throw new RangeError(`coverage is ${coverage}; it goes from 0.5 to 0.99.`);
  const seed = options.seed ?? 1;
  if (!Number.isFinite(seed)) throw new RangeError(`seed is ${seed}, not a number.`);
  const labelDelay = whole("labelDelay", options.labelDelay ?? 100, 0, 100_000);
  return {
    inputs,
    target,
    horizon,
    size: whole("size", options.size ?? 16, 1, 256),
    buildOn,
    targetHistory,
    centre,
    steady: options.steady === true,
    light: options.light === true,
    coverage,
    seed,
    labelDelay,
    asset: options.asset ?? "",
    capacity: capacityOf(labelDelay, horizon, options.light === true),
  };
}

/** How many readings are kept: room for the longest horizon, for late labels behind it, and for what explains the oldest. */
export function capacityOf(labelDelay: number, horizon: readonly number[], light: boolean): number {
  return labelDelay + Math.max(...horizon) + (light ? LAGS : Math.max(LAGS, REACH)) + 2;
}

function whole(name: string, value: number, from: number, to: number): number {
  if (!Number.isInteger(value) || value < from || value > to)
    throw new RangeError(`${name} is ${value}; it is a whole number from ${from} to ${to}.`);
  return value;
}
