/** The engine's public API. It knows nothing of Node-RED and runs anywhere JavaScript does. */
export {
  type Forecast,
  Forecaster,
  type ForecasterOptions,
  type ForecastStep,
  type HeldValue,
  type Reading,
  ReadingRejected,
  type Rejection,
  type Scored,
  type Tuning,
} from "./forecaster/forecaster";
export type { LearnOptions, Scope, Skip } from "./forecaster/horizon-model";
export type { PretrainingOptions, PretrainingProgress } from "./forecaster/pretraining";
export { SnapshotError } from "./forecaster/snapshot";
