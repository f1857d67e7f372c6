/** The engine's public API. It knows nothing of Node-RED and runs anywhere JavaScript does. */
export type { AlarmRecord, AlarmTransition } from "./alarm/alarm";
export { type AlarmFigures, AlarmSystem } from "./alarm/alarm-figures";
export { AlarmProblem } from "./alarm/alarm-problem";
export { AlarmRule, type AlarmRuleOptions, type GivenSetpoints, type Judgement } from "./alarm/alarm-rule";
export { ALARM_TABLE, type AlarmEvent, type AlarmState, nextState } from "./alarm/alarm-state";
export { type Observation, observationOf } from "./alarm/observation";
export type { Because, Cause } from "./forecaster/because";
export type { Forecast, ForecastStep, Scored, Tuning } from "./forecaster/forecast";
export { Forecaster } from "./forecaster/forecaster";
export type { LearnOptions, Scope, Skip } from "./forecaster/horizon";
export type { ForecasterOptions } from "./forecaster/options";
export type { PretrainingOptions, PretrainingProgress } from "./forecaster/pretraining";
export { type HeldValue, type Reading, ReadingRejected, type Rejection } from "./forecaster/reading";
export { blocksBetweenFalseAlarms } from "./guard/false-alarms";
export {
  type DriftAction,
  type DriftChange,
  Guard,
  type GuardedModel,
  type GuardOptions,
  type Verdict,
} from "./guard/guard";
export { type DriftState, ModelDrift, type ModelDriftOptions } from "./guard/model-drift";
export type { Ne107 } from "./guard/ne107";
export type { State } from "./guard/quality";
export { type Reason, type Rule, sentence } from "./guard/reason";
export type { SensorLimits } from "./guard/sensor";
export type { AlarmLimit } from "./kpi/alarm-outcome";
export { csv as kpiCsv } from "./kpi/csv";
export { type KpiFigures, kpiFigures } from "./kpi/figures";
export { Meter, type MeterOptions } from "./kpi/meter";
export type { Rates } from "./kpi/rates";
export { type ReportOptions, report as kpiReport } from "./kpi/report";
export { readScored, type ScoredForecast, ScoredProblem } from "./kpi/scored-forecast";
export { RecordError } from "./record/record-error";
export {
  type Change,
  type Decision,
  Gate,
  type GateCommand,
  GateProblem,
  type GateSettings,
  type GuardState,
  type Offer,
  type Summary,
} from "./rollout/gate";
export type { Missing } from "./rollout/requirements";
export type { Shift } from "./rollout/scope";
export type { Stage } from "./rollout/stage";
export type { Outcome } from "./rollout/trial";
export type { Finding, RankedSensor, Ranking, TooLittle } from "./scout/ranking";
export { ReadingRing, type ScoutReading } from "./scout/reading-ring";
export { rank, ranking, type ScoutOptions } from "./scout/scout";
