/** How assets are kept, which figures and reports say beside what their forecasts are worth. */
import type { DriftState } from "../guard/model-drift";
import type { State } from "../guard/quality";

/** How a drift guard sees an asset: its last reading, or its model, or that no more readings come. */
export type GuardState = State | DriftState | "silent";

export interface Upkeep {
  /** Of several assets the worst; undefined where no drift guard has seen one since the start. */
  readonly guard: GuardState | undefined;
  /** ms since 1970: when what was learnt was saved last, of several assets the longest ago; NaN where not since the start. */
  readonly saved: number;
}
