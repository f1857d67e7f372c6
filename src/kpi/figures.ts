/** The content of `msg.kpi`: every figure of a meter as plain JSON, null where it is not known yet. */
import { WARNERS, type Warner } from "./alarm-outcome";
import type { ErrorFigures } from "./forecast-error";
import type { Meter, MeterOptions } from "./meter";
import { referenceOf } from "./operation";
import type { Rates } from "./rates";
import { exceedancesSinceBaseline } from "./regulation";
import { type Return, returnOnInvestment } from "./roi";
import type { UnusableFigures } from "./unusable-labels";

export interface AlarmFigures {
  true: number;
  false: number;
  missed: number;
  /** Called true by an operator although the limit was not reached. */
  confirmed: number;
  /** Mean lead time of the true ones, minutes. */
  leadMinutes: number | null;
}

export interface KpiFigures {
  asset: string;
  /** Assets counted here: more than 1 only in the total. */
  assets: number;
  /** Times of the first and the last reading, ms. */
  from: number | null;
  time: number | null;
  readings: number;
  /** Hours of observation, without gaps. */
  hours: number;
  /** What the learner is set against for money: the existing forecast, or the last value where there is none. */
  reference: "existing" | "naive";
  /** First layer, errors in the target's unit. No money here. */
  accuracy: {
    window: ErrorFigures;
    lifetime: ErrorFigures;
    /** By mode of the plant. What was forecast while it stood still is in the others only if stopped time counts too. */
    running: ErrorFigures;
    stopped: ErrorFigures;
    /** By operating mode, in the order in which they were first seen, whichever counts; empty where none was named. */
    modes: { mode: string; error: ErrorFigures }[];
    /** Readings ahead, and the same in ms where they were given as spans of time. */
    horizons: { horizon: number; ahead: number | null; error: ErrorFigures }[];
    /** In the total: the first 20 assets one by one. */
    assets: { asset: string; error: ErrorFigures }[];
  };
  /** Whether stopped time counts in the figures. */
  stoppedCounts: boolean;
  /** Labels that judged nobody, because the value was none or known to be wrong. */
  unusable: UnusableFigures;
  /** Hours of observation, of all assets together; needed: until the baseline is complete. */
  baseline: { hours: number; needed: number; frozen: boolean; evaluationHours: number; error: ErrorFigures };
  /** Price of errors: what the errors of the learner cost, and what was saved against each reference. */
  money: {
    currency: string;
    cost: number;
    saved: Record<"existing" | "naive" | "frozen", number | null>;
  } | null;
  /** Counts since the baseline began, null without a limit. */
  alarms: ({ exceedances: number } & Record<Warner, AlarmFigures>) | null;
  exceedances: { expected: number; happened: number } | null;
  /** Second and third layer and their return, in money of the stated period. */
  roi: Return;
}

/** @param settings those of the meter: alarms are null without a limit */
export function kpiFigures(meter: Meter, rates: Rates, settings: MeterOptions): KpiFigures {
  const { baselineHours, limit } = settings;
  const lifetime = meter.lifetime.figures();
  return {
    asset: meter.asset,
    assets: meter.assets,
    from: known(meter.from),
    time: known(meter.to),
    readings: meter.readings,
    hours: meter.hours,
    reference: referenceOf(meter.evaluation.error.readings ? meter.evaluation : meter.baseline),
    accuracy: {
      window: meter.window.figures(),
      lifetime,
      running: meter.running.figures(),
      stopped: meter.stopped.figures(),
      modes: [...meter.modes].map(([mode, error]) => ({ mode, error: error.figures() })),
      horizons: [...meter.horizons].map(([horizon, error]) => ({
        ...{ horizon, ahead: meter.spans.get(horizon) ?? null },
        error: error.figures(),
      })),
      assets: [...meter.byAsset].map(([asset, error]) => ({ asset, error: error.figures() })),
    },
    stoppedCounts: settings.countStopped === true,
    unusable: meter.unusable.figures(settings.target ?? ""),
    baseline: {
      hours: meter.baseline.hours,
      needed: baselineHours * Math.max(1, meter.assets),
      frozen: meter.evaluation.error.readings > 0,
      evaluationHours: meter.evaluation.hours,
      error: meter.baseline.error.figures(),
    },
    money: rates.price === null ? null : money(lifetime, rates.price, rates.currency),
    alarms: limit ? alarmFigures(meter) : null,
    exceedances: limit ? (exceedancesSinceBaseline(meter) ?? null) : null,
    roi: returnOnInvestment(meter, rates),
  };
}

function money(lifetime: ErrorFigures, price: number, currency: string): NonNullable<KpiFigures["money"]> {
  const saved = (reference: "existing" | "naive" | "frozen") => {
    const { mae, learnerMae, readings } = lifetime[reference];
    return mae === null || learnerMae === null ? null : (mae - learnerMae) * readings * price;
  };
  return {
    currency,
    cost: (lifetime.learner.mae ?? 0) * lifetime.learner.readings * price,
    saved: { existing: saved("existing"), naive: saved("naive"), frozen: saved("frozen") },
  };
}

/** Baseline and evaluation together. */
function alarmFigures({ baseline, evaluation }: Meter): NonNullable<KpiFigures["alarms"]> {
  const figures = (warner: Warner): AlarmFigures => {
    const [a, b] = [baseline.alarms.count[warner], evaluation.alarms.count[warner]];
    const hits = a.true + b.true;
    return {
      true: hits,
      false: a.false + b.false,
      missed: a.missed + b.missed,
      confirmed: a.confirmed + b.confirmed,
      leadMinutes: hits ? (a.lead + b.lead) / hits / 60_000 : null,
    };
  };
  const [learner, existing, naive] = WARNERS.map(figures);
  return { exceedances: baseline.alarms.exceedances + evaluation.alarms.exceedances, learner, existing, naive };
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
