/**
 * A forecast that fell due, as it enters the meter: what was forecast by whom, and what really came. The door through
 * which every `scored` property passes, so that no text, NaN or absurd number ever reaches a counter.
 */

import { shown } from "../message/problem";
import { LAST_TIME } from "../text/iso-time";

/** Whose forecast: the model that learns, its frozen twin, the last actual value, the plant's own forecast. */
export const FORECASTERS = ["learner", "frozen", "naive", "existing"] as const;
export type ForecasterName = (typeof FORECASTERS)[number];
/** The three that the learner is compared with. */
export const REFERENCES = ["existing", "naive", "frozen"] as const;
export type ReferenceName = (typeof REFERENCES)[number];

/** Values in the target's unit; NaN where that forecaster said nothing. Times in ms since 1970. */
export interface ScoredForecast extends Record<ForecasterName, number> {
  origin: number;
  time: number;
  /** Readings ahead, 0 for a soft sensor. */
  horizon: number;
  /** The same in ms, where it was given as a span of time. */
  ahead?: number;
  actual: number;
  /** Whether the interval held the actual value; undefined where no interval was given. */
  covered: boolean | undefined;
  /** Edges of the interval; NaN where none was given. */
  lower: number;
  upper: number;
  /** Whether values were in doubt, where it was made or where it was judged. It counts all the same. */
  doubtful: boolean;
  /** Whether the plant was in the mode for which the model is meant. */
  running: boolean;
  /** The operating mode in which the actual value was measured; absent where none was named. */
  mode?: string;
  /** The actual value that was counted before and is replaced by this one; absent = this is the first. */
  corrects?: number;
}

/** Why a `scored` property cannot be counted. */
export class ScoredProblem extends Error {
  constructor(
    readonly code: "notAnObject" | "notANumber" | "tooLarge" | "badTime" | "badHorizon",
    readonly field: string,
    readonly value: unknown,
  ) {
    super(`scored${field ? `.${field}` : ""} is ${shown(value)}: ${REASON[code]}`);
    this.name = "ScoredProblem";
  }
}

const REASON = {
  notAnObject: "an object with forecast, actual and time is needed",
  notANumber: "a finite number is needed",
  tooLarge: "its square cannot be counted",
  badTime: "ms since 1970 are needed",
  badHorizon: "a whole number of readings, 0 or more, is needed",
} as const;

/** Beyond this a squared error no longer fits a double with room for a sum. */
const LARGEST = 1e145;
/** Longer names of modes are cut. */
const LONGEST_MODE = 40;

/**
 * Reads one `scored` property, with its `steps` where there are several horizons.
 *
 * @returns one entry a horizon, the first one's first
 * @throws ScoredProblem where a number is missing that cannot be missing
 */
export function readScored(scored: unknown): ScoredForecast[] {
  const first = readOne(scored);
  const steps = (scored as { steps?: unknown }).steps;
  if (!Array.isArray(steps)) return [first];
  return [first, ...steps.map(readOne).filter((step) => step.horizon !== first.horizon)];
}

function readOne(scored: unknown): ScoredForecast {
  if (typeof scored !== "object" || scored === null || Array.isArray(scored))
    throw new ScoredProblem("notAnObject", "", scored);
  const fields = scored as Record<string, unknown>;
  const time = needed(fields, "time");
  const origin = fields.origin === undefined ? time : needed(fields, "origin");
  if (Math.abs(time) > LAST_TIME) throw new ScoredProblem("badTime", "time", time);
  if (Math.abs(origin) > LAST_TIME) throw new ScoredProblem("badTime", "origin", origin);
  const horizon = fields.horizon === undefined ? 1 : needed(fields, "horizon");
  if (!Number.isInteger(horizon) || horizon < 0) throw new ScoredProblem("badHorizon", "horizon", horizon);
  const corrects = optional(fields, "corrects");
  const ahead = optional(fields, "ahead");
  const hasInterval = fields.lower === undefined || Number.isFinite(fields.lower);
  const mode = typeof fields.mode === "string" ? fields.mode.trim().slice(0, LONGEST_MODE) : "";
  return {
    origin,
    time,
    horizon,
    actual: needed(fields, "actual"),
    learner: needed(fields, "forecast"),
    frozen: optional(fields, "frozen"),
    naive: optional(fields, "naive"),
    existing: optional(fields, "existing"),
    covered: typeof fields.covered === "boolean" && hasInterval ? fields.covered : undefined,
    lower: edge(fields.lower),
    upper: edge(fields.upper),
    // Those of older versions say neither: good and running.
    doubtful: fields.state === "uncertain" || fields.state === "bad",
    running: fields.running !== false,
    ...(mode && { mode }),
    ...(ahead > 0 && { ahead }),
    ...(Number.isFinite(corrects) && { corrects }),
  };
}

function needed(fields: Record<string, unknown>, field: string): number {
  const value = fields[field];
  if (typeof value !== "number" || !Number.isFinite(value)) throw new ScoredProblem("notANumber", field, value);
  if (Math.abs(value) > LARGEST) throw new ScoredProblem("tooLarge", field, value);
  return value;
}

function optional(fields: Record<string, unknown>, field: string): number {
  const value = fields[field];
  // null is what NaN becomes on its way through JSON.
  if (value === undefined || value === null || Number.isNaN(value)) return Number.NaN;
  return needed(fields, field);
}

/** An edge of an interval that cannot be worked with is none: the forecast counts all the same. */
function edge(value: unknown): number {
  return typeof value === "number" && Math.abs(value) <= LARGEST ? value : Number.NaN;
}
