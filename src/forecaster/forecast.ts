import type { Expert, Skip } from "./horizon";
import type { ReadingState } from "./reading";

/** A forecast. Numbers that are not known are NaN. The object is used again at the next reading: copy what you keep. */
export interface Forecast {
  asset: string;
  /** ms: the reading from which it was made. */
  origin: number;
  /** ms: when the actual value is expected. */
  due: number;
  horizon: number;
  value: number;
  lower: number;
  upper: number;
  coverage: number;
  naive: number;
  frozen: number;
  existing: number;
  updates: number;
  /**
   * Share of each expert in the forecast of the first horizon; all together 1. `last` is the last value where it stands
   * in for the existing forecast, on which the model builds.
   */
  experts: Partial<Record<Expert | "last", number>>;
  /**
   * Only where a committee learns: how far its members are apart, in usual errors of their mean. Beyond 1 the plant is
   * outside what they have learnt.
   */
  disagreement?: number;
  /** ms: the cycle that was found in the target, which `seasonal` then goes by instead of days; else absent. */
  cycle?: number;
  /** All horizons, where there are several. */
  steps?: ForecastStep[];
}

/** One of several horizons of a forecast. */
export interface ForecastStep {
  horizon: number;
  due: number;
  value: number;
  lower: number;
  upper: number;
  frozen: number;
}

/** A forecast whose actual value has come. Error = forecast − actual. The object is used again: copy what you keep. */
export interface Scored {
  origin: number;
  /** ms: when the actual value was measured. */
  time: number;
  horizon: number;
  forecast: number;
  actual: number;
  error: number;
  naive: number;
  frozen: number;
  existing: number;
  /** Whether the actual value lay in the interval; false as well where no interval was given. */
  covered: boolean;
  /** Width and place of the interval that was given; NaN where none. */
  lower: number;
  upper: number;
  /** The worse of what was known of the reading that it was made at and of the one that judged it. */
  state: ReadingState;
  /** Whether the plant ran, at the reading that judged it, in the mode for which the model is meant. */
  running: boolean;
  /**
   * The operating mode at the reading that judged it: "running" or "stopped" where the readings say so, else "level 1" to
   * "level 6" as the target has lived at several; null where nothing tells modes apart.
   */
  mode: string | null;
  /** What an earlier label of the same forecast said, which this one corrects; NaN where it is the first. */
  corrects: number;
  /** All horizons that fell due, where there are several. */
  steps?: Scored[];
}

/** What learning did with the labels of a reading. */
export interface Tuning {
  updates: number;
  rate: number;
  /** Largest relative change of a horizon's parameters from the base. */
  change: number;
  /** Why nothing was learnt; absent if something was. */
  skipped?: Skip;
}
