/**
 * Forecast error on recorded data, test-then-learn: every forecast is scored before its label is learnt. One default
 * configuration for all series, three seeds. The linear baselines see the same history as the pretrained model.
 */
import { isMainThread } from "node:worker_threads";
import { Random } from "../src/forecaster/random";
import { Forecaster, type LearnOptions, type Reading } from "../src/index";
import {
  GAS_TURBINE_INPUTS,
  gasTurbine,
  load,
  ROOM_SENSORS,
  requireData,
  room,
  TRANSFORMER_INPUTS,
  transformer,
  VEHICLE_INPUTS,
  VEHICLE_TARGET,
  VEHICLES_OF_HISTORY,
  VEHICLES_UNSEEN,
  vehicle,
  WATER_BENCH_SENSORS,
  waterBench,
} from "./data";
import { type Baseline, ExponentialSmoothing, LinearForecast, Nlms, QuadraticLeastSquares, Rls } from "./linear";
import { type Check, check, type Row, report, wanted } from "./report";
import { SameTime } from "./same-time";
import { answerJob, runJobs } from "./workers";

const SEEDS = [1, 2, 3];
const EPOCHS = 3;
/** Share of actual values, the highest, that are the peaks of a series. */
const PEAKS = 0.05;
/** Labels in which a model without history must not do harm. */
const FIRST = 500;
/** ETTh1, SKAB and the load have no other year or run to pretrain on: their first fifth is the history. */
const HISTORY_SHARE = 0.2;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const UNITS_OF_HIDDEN_LAG = [2, 4, 8, 16];

type Rows = readonly (Reading & { asset: string })[];

interface Task {
  group: "vehicle" | "gas turbine" | "ETTh1" | "SKAB" | "load" | "room" | "hidden lag";
  /** The series streamed, one after the other, each from the same pretrained model. */
  series: readonly string[];
  inputs: readonly string[];
  target: string;
  horizon: number;
  labelEvery: number;
  size?: number;
}

interface Job extends Task {
  seed: number;
}

/** Mean absolute errors of one series, in the target's unit. */
interface Outcome {
  series: string;
  naive: number;
  smoothing: number;
  nlms: number;
  rls: number;
  quadratic: number;
  /** Of the same time a day, and a week, before. */
  yesterday: number;
  week: number;
  bias: number;
  frozen: number;
  online: number;
  unit: number;
  output: number;
  cold: number;
  coverage: number;
  /** Root of the mean squared error. */
  rmse: number;
  rmseNaive: number;
  /** On the highest 5 % of actual values alone. */
  peaks: number;
  peaksNaive: number;
  /** Without pretraining, over the first 500 labels: ours over the last value's. */
  first: number;
  /** Over the best single expert's, where all experts had an answer. */
  bestExpert: number;
  /** Half the range over the seeds, % of their mean. */
  seeds: number;
  /** Mean share of each expert, %. */
  shares: Record<string, number>;
}

const TASKS: readonly Task[] = [
  ...[
    [0, 1],
    [0, 60],
    [1, 1],
    [5, 1],
    [10, 1],
  ].map(([horizon, labelEvery]) => ({
    group: "vehicle" as const,
    series: VEHICLES_UNSEEN,
    inputs: VEHICLE_INPUTS,
    target: VEHICLE_TARGET,
    horizon,
    labelEvery,
  })),
  ...["NOX", "CO"].flatMap((target) =>
    [
      [0, 1],
      [0, 24],
      [1, 1],
      [6, 1],
    ].map(([horizon, labelEvery]) => ({
      group: "gas turbine" as const,
      series: [target],
      inputs: GAS_TURBINE_INPUTS,
      target,
      horizon,
      labelEvery,
    })),
  ),
  ...[1, 6, 24, 48, 96].map((horizon) => ({
    group: "ETTh1" as const,
    series: ["OT"],
    inputs: TRANSFORMER_INPUTS,
    target: "OT",
    horizon,
    labelEvery: 1,
  })),
  ...["Pressure", "Volume Flow RateRMS"].map((target) => ({
    group: "SKAB" as const,
    series: [target],
    inputs: WATER_BENCH_SENSORS,
    target,
    horizon: 1,
    labelEvery: 1,
  })),
  ...[1, 24].map((horizon) => ({
    group: "load" as const,
    series: ["AEP"],
    inputs: [],
    target: "AEP_MW",
    horizon,
    labelEvery: 1,
  })),
  ...["CO2", "Light"].flatMap((target) =>
    [10, 60].map((horizon) => ({
      group: "room" as const,
      series: [target],
      inputs: ROOM_SENSORS,
      target,
      horizon,
      labelEvery: 1,
    })),
  ),
  ...UNITS_OF_HIDDEN_LAG.map((size) => ({
    group: "hidden lag" as const,
    series: [`${size} units`],
    inputs: ["u"],
    target: "y",
    horizon: 0,
    labelEvery: 1,
    size,
  })),
];

/** The series of which the first part is the history, and the rest is streamed. */
function only({ group }: Task): Rows {
  if (group === "ETTh1") return transformer().rows;
  return group === "load" ? load().rows : waterBench("anomaly-free").rows;
}

function history(task: Task): Rows {
  if (task.group === "vehicle") return VEHICLES_OF_HISTORY.flatMap((name) => vehicle(name).rows);
  if (task.group === "gas turbine") return [...gasTurbine(2011).rows, ...gasTurbine(2012).rows];
  if (task.group === "room") return [...room("datatest").rows, ...room("datatraining").rows];
  const rows = only(task);
  return rows.slice(0, Math.floor(HISTORY_SHARE * rows.length));
}

function stream(task: Task, series: string): Rows {
  if (task.group === "vehicle") return vehicle(series).rows;
  if (task.group === "gas turbine") return gasTurbine(2013).rows;
  if (task.group === "room") return room("datatest2").rows;
  const rows = only(task);
  return rows.slice(Math.floor(HISTORY_SHARE * rows.length));
}

/** Takes the labels away but for every n-th. */
function thin(rows: Rows, target: string, n: number): Rows {
  if (n === 1) return rows;
  return rows.map((row, i) => ((i + 1) % n === 0 ? row : { ...row, values: { ...row.values, [target]: Number.NaN } }));
}

interface Errors {
  online: number;
  frozen: number;
  naive: number;
  bias: number;
  coverage: number;
  rmse: number;
  rmseNaive: number;
  peaks: number;
  peaksNaive: number;
  first: number;
  bestExpert: number;
  shares: Record<string, number>;
}

/** How each expert of a forecaster would have done alone, and what share it had. */
class Experts {
  private readonly errors: number[] = [];
  private readonly total: Record<string, number> = {};
  private count = 0;
  private given = 0;
  private labels = 0;

  constructor(private readonly f: Forecaster) {}

  add(scored: { origin: number; forecast: number; actual: number }, shares: Record<string, number>): void {
    this.labels += 1;
    for (const [name, share] of Object.entries(shares)) this.total[name] = (this.total[name] ?? 0) + share;
    // What comes once a day is silent at all other times: there it is what was forecast.
    const all = Object.entries(this.f.expertsAt(scored.origin)).map(([name, answer]) =>
      name === "recurring" && Number.isNaN(answer) ? scored.forecast : answer,
    );
    if (!all.every(Number.isFinite)) return;
    this.count += 1;
    this.given += Math.abs(scored.forecast - scored.actual);
    all.forEach((answer, e) => {
      this.errors[e] = (this.errors[e] ?? 0) + Math.abs(answer - scored.actual);
    });
  }

  /** The error of the mixture over that of the best of them; NaN where they never all had an answer. */
  get overBest(): number {
    return this.count > 0 ? this.given / Math.min(...this.errors) : Number.NaN;
  }

  /** % */
  get shares(): Record<string, number> {
    return Object.fromEntries(Object.entries(this.total).map(([name, sum]) => [name, (100 * sum) / this.labels]));
  }
}

/** Streams rows through a forecaster; `from` is the first reading that counts. */
function drive(f: Forecaster, rows: Rows, options: LearnOptions, from = 0): Errors {
  let count = 0;
  let covered = 0;
  const sum = { online: 0, frozen: 0, naive: 0, bias: 0 };
  let bias = 0;
  const judged: { actual: number; online: number; naive: number }[] = [];
  const experts = new Experts(f);
  for (let i = 0; i < rows.length; i++) {
    const { scored } = f.step(rows[i], options);
    if (!scored) continue;
    const correction = bias;
    bias += 0.3 * (scored.frozen - scored.actual - bias);
    if (i < from || Number.isNaN(scored.naive)) continue;
    count += 1;
    sum.online += Math.abs(scored.error);
    sum.frozen += Math.abs(scored.frozen - scored.actual);
    sum.naive += Math.abs(scored.naive - scored.actual);
    sum.bias += Math.abs(scored.frozen - correction - scored.actual);
    if (scored.covered) covered += 1;
    experts.add(scored, f.forecast().experts);
    judged.push({
      actual: scored.actual,
      online: Math.abs(scored.error),
      naive: Math.abs(scored.naive - scored.actual),
    });
  }
  const begin = judged.slice(0, FIRST);
  const first = mean(begin.map(({ online }) => online)) / mean(begin.map(({ naive }) => naive));
  const peaks = judged.sort((a, b) => b.actual - a.actual).slice(0, Math.ceil(PEAKS * judged.length));
  return {
    online: sum.online / count,
    frozen: sum.frozen / count,
    naive: sum.naive / count,
    bias: sum.bias / count,
    coverage: covered / count,
    rmse: Math.sqrt(mean(judged.map(({ online }) => online ** 2))),
    rmseNaive: Math.sqrt(mean(judged.map(({ naive }) => naive ** 2))),
    peaks: mean(peaks.map((peak) => peak.online)),
    peaksNaive: mean(peaks.map((peak) => peak.naive)),
    first,
    bestExpert: experts.overBest,
    shares: experts.shares,
  };
}

function baseline(b: Baseline, warm: Rows, rows: Rows, target: string, horizon: number): number {
  for (const row of warm) b.step(row);
  const open: number[] = [];
  let count = 0;
  let sum = 0;
  for (const row of rows) {
    const actual = row.values[target];
    if (horizon === 0) open.push(b.step(row));
    if (open.length === Math.max(1, horizon)) {
      const error = Math.abs((open.shift() as number) - actual);
      if (!Number.isNaN(error)) {
        count += 1;
        sum += error;
      }
    }
    if (horizon > 0) open.push(b.step(row));
  }
  return sum / count;
}

function runRecorded(job: Job): Outcome[] {
  const { inputs, target, horizon, labelEvery, seed } = job;
  const options = { inputs, target, horizon, seed };
  const past = history(job);
  const trained = Forecaster.create(options);
  trained.pretrain(past, { epochs: EPOCHS, labelEvery });
  const bytes = trained.save();
  const none = Number.NaN;
  return job.series.map((series) => {
    const rows = thin(stream(job, series), target, labelEvery);
    const online = drive(Forecaster.load(bytes), rows, { learn: true });
    const scoped = (scope: "unit" | "output") => drive(Forecaster.load(bytes), rows, { learn: true, scope }).online;
    const cold = drive(Forecaster.create(options), rows, { learn: true });
    // The baselines draw no random numbers: once is enough.
    const linear = (make: () => Baseline, when: boolean) =>
      seed === SEEDS[0] && when ? baseline(make(), past, rows, target, horizon) : Number.NaN;
    return {
      series,
      naive: online.naive,
      smoothing: linear(() => new ExponentialSmoothing(target), horizon > 0),
      nlms: linear(() => new LinearForecast(inputs, target, horizon, Nlms), horizon > 0),
      rls: linear(() => new LinearForecast(inputs, target, horizon, Rls), horizon > 0),
      quadratic: linear(() => new QuadraticLeastSquares(inputs, target), horizon === 0),
      yesterday: linear(() => new SameTime(target, horizon * HOUR, DAY), job.group === "load"),
      week: linear(() => new SameTime(target, horizon * HOUR, 7 * DAY), job.group === "load"),
      bias: horizon === 0 ? online.bias : Number.NaN,
      frozen: online.frozen,
      online: online.online,
      unit: scoped("unit"),
      output: scoped("output"),
      cold: cold.online,
      coverage: online.coverage,
      rmse: online.rmse,
      rmseNaive: online.rmseNaive,
      peaks: online.peaks,
      peaksNaive: online.peaksNaive,
      first: cold.first,
      bestExpert: online.bestExpert,
      seeds: none,
      shares: online.shares,
    };
  });
}

/**
 * y follows u through a first-order lag that no sensor shows; its time constant goes from 5 to 60 readings halfway. The
 * model never sees y. Only the recurrent unit can carry the lag.
 */
function runHiddenLag(job: Job): Outcome[] {
  const random = new Random(1000 + job.seed);
  const length = 12_000;
  const rows: (Reading & { asset: string })[] = [];
  let y = 0;
  let u = 0;
  for (let i = 0; i < length; i++) {
    if (i % 20 === 0) u = random.normal();
    y += (u - y) / (i < length / 2 ? 5 : 60);
    rows.push({ asset: "", time: i * 1000, values: { u, y: y + 0.01 * random.normal() } });
  }
  const half = rows.slice(length / 2).map(({ values }) => values.y);
  const mean = half.reduce((sum, value) => sum + value, 0) / half.length;
  const spread = half.reduce((sum, value) => sum + Math.abs(value - mean), 0) / half.length;
  const run = (scope: "all" | "unit" | "output") => {
    const f = Forecaster.create({
      inputs: ["u"],
      target: "y",
      horizon: 0,
      size: job.size,
      targetHistory: false,
      seed: job.seed,
    });
    return drive(f, rows, { learn: true, scope }, (3 * length) / 4).online / spread;
  };
  const none = Number.NaN;
  return [
    {
      series: job.series[0],
      naive: none,
      smoothing: none,
      nlms: none,
      rls: none,
      quadratic: none,
      yesterday: none,
      week: none,
      bias: none,
      frozen: none,
      online: run("all"),
      unit: run("unit"),
      output: run("output"),
      cold: none,
      coverage: none,
      rmse: none,
      rmseNaive: none,
      peaks: none,
      peaksNaive: none,
      first: none,
      bestExpert: none,
      seeds: none,
      shares: {},
    },
  ];
}

answerJob((job: Job) => (job.group === "hidden lag" ? runHiddenLag(job) : runRecorded(job)));

function mean(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.length === 0 ? Number.NaN : known.reduce((sum, value) => sum + value, 0) / known.length;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length % 2 === 1
    ? sorted[(sorted.length - 1) / 2]
    : (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]) / 2;
}

const STEP: Record<Task["group"], [number, string]> = {
  vehicle: [1, "s"],
  "gas turbine": [1, "h"],
  ETTh1: [1, "h"],
  SKAB: [1, "s"],
  load: [1, "h"],
  room: [1, "min"],
  "hidden lag": [1, "s"],
};

interface Line extends Task {
  outcome: Outcome;
}

function gather(tasks: readonly Task[], results: readonly Outcome[][]): Line[] {
  return tasks.flatMap((task, t) => {
    const runs = SEEDS.map((_, s) => results[t * SEEDS.length + s]);
    return task.series.map((series, i) => {
      const outcome = { series } as Outcome;
      for (const key of Object.keys(runs[0][i]) as (keyof Outcome)[])
        if (key !== "series" && key !== "shares") outcome[key] = mean(runs.map((run) => run[i][key]));
      const errors = runs.map((run) => run[i].online);
      outcome.seeds = (50 * (Math.max(...errors) - Math.min(...errors))) / mean(errors);
      outcome.shares = runs[0][i].shares;
      return { ...task, outcome };
    });
  });
}

function row({ group, horizon, labelEvery, outcome }: Line): Row {
  const [size, unit] = STEP[group];
  const task = horizon > 0 ? `${horizon * size} ${unit} ahead` : `soft sensor, label each ${labelEvery * size} ${unit}`;
  const cells: Record<string, string | number> = {
    series: group === "vehicle" ? outcome.series : `${group} ${outcome.series}`,
    task: group === "hidden lag" ? "error after the change / spread of y" : task,
  };
  for (const [key, value] of Object.entries(outcome)) {
    if (typeof value !== "number" || ["peaks", "peaksNaive", "first", "bestExpert", "seeds"].includes(key)) continue;
    cells[key] = Number.isNaN(value) ? "" : Number(value.toPrecision(4));
  }
  const skill = 100 * (1 - outcome.online / outcome.naive);
  const cut = 100 * (1 - outcome.online / outcome.frozen);
  for (const [name, value] of [
    ["peaks", outcome.peaks],
    ["peaks naive", outcome.peaksNaive],
    ["peaks / naive", outcome.peaks / outcome.peaksNaive],
    ["cold, first 500 / naive", outcome.first],
    ["online / best expert", outcome.bestExpert],
    ["over seeds ± %", outcome.seeds],
  ] as const)
    cells[name] = Number.isNaN(value) ? "" : Number(value.toPrecision(4));
  cells["skill %"] = Number.isNaN(skill) ? "" : Number(skill.toFixed(1));
  cells["cut %"] = Number.isNaN(cut) ? "" : Number(cut.toFixed(1));
  cells.experts = Object.entries(outcome.shares)
    .filter(([, share]) => share >= 1)
    .map(([name, share]) => `${name} ${share.toFixed(0)} %`)
    .join(", ");
  return cells;
}

function checks(lines: readonly Line[]): Check[] {
  const recorded = lines.filter(({ group }) => group !== "hidden lag");
  const ahead = recorded.filter(({ horizon }) => horizon > 0);
  const plant = ahead.filter(({ group }) => ["gas turbine", "ETTh1", "SKAB"].includes(group));
  const result: Check[] = [];
  for (const [labelEvery, limit] of [
    [1, 55],
    [60, 30],
  ]) {
    const soft = recorded.filter(
      (line) => line.group === "vehicle" && line.horizon === 0 && line.labelEvery === labelEvery,
    );
    if (soft.length === 0) continue;
    result.push(
      check(
        `unseen vehicles, soft sensor, label each ${labelEvery} s: error cut by learning, median, %`,
        median(soft.map(({ outcome }) => 100 * (1 - outcome.online / outcome.frozen))),
        ">=",
        limit,
      ),
      check(
        `unseen vehicles, soft sensor, label each ${labelEvery} s: worst error over that of bias tracking`,
        Math.max(...soft.map(({ outcome }) => outcome.online / outcome.bias)),
        "<=",
        1,
      ),
    );
  }
  for (const { outcome, target, labelEvery } of recorded.filter(
    ({ group, horizon }) => group === "gas turbine" && horizon === 0,
  ))
    result.push(
      check(
        `${target}, label each ${labelEvery} h: error over the best of quadratic least squares, hold, bias tracking`,
        outcome.online / Math.min(outcome.quadratic, outcome.naive, outcome.bias),
        "<=",
        labelEvery === 1 ? 0.93 : 0.98,
      ),
    );
  if (recorded.length > 0)
    result.push(
      check(
        "rows in which online is better than frozen, %",
        (100 * recorded.filter(({ outcome }) => outcome.online < outcome.frozen).length) / recorded.length,
        ">=",
        90,
      ),
    );
  if (plant.length > 0) {
    const skill = (pick: (outcome: Outcome) => number) =>
      mean(plant.map(({ outcome }) => 100 * (1 - pick(outcome) / outcome.naive)));
    const best = Math.max(
      skill(({ smoothing }) => smoothing),
      skill(({ nlms }) => nlms),
      skill(({ rls }) => rls),
    );
    result.push(
      check(
        "gas turbine, ETTh1, SKAB ahead: mean skill above the best linear baseline, points",
        skill(({ online }) => online) - best,
        ">=",
        5,
      ),
      check(
        "the same against the best linear baseline of each row, points",
        skill(({ online }) => online) - skill(({ smoothing, nlms, rls }) => Math.min(smoothing, nlms, rls)),
        ">=",
        3,
      ),
    );
  }
  if (ahead.length > 0)
    result.push(
      check(
        "worst row ahead: error above naive, %",
        Math.max(...ahead.map(({ outcome }) => 100 * (outcome.online / outcome.naive - 1))),
        "<=",
        0.5,
      ),
      check(
        "worst row ahead, without history, first 500 labels: error above naive, %",
        Math.max(...ahead.map(({ outcome }) => 100 * (outcome.first - 1))),
        "<=",
        3,
      ),
    );
  for (const [what, limit, lines] of [
    ["less than 24 readings ahead", 1, recorded.filter(({ horizon }) => horizon < 24)],
    ["from 24 readings ahead", 2, recorded.filter(({ horizon }) => horizon >= 24)],
  ] as const)
    if (lines.length > 0)
      result.push(
        check(
          `worst row ${what}: error above that of its best expert, %`,
          Math.max(...lines.map(({ outcome }) => 100 * (outcome.bestExpert - 1)).filter(Number.isFinite)),
          "<=",
          limit,
        ),
      );
  if (recorded.length > 0)
    result.push(
      check("worst row: error over the seeds, ± %", Math.max(...recorded.map(({ outcome }) => outcome.seeds)), "<=", 5),
    );
  for (const { outcome, horizon } of recorded.filter(({ group }) => group === "load")) {
    const [what, other, limit] =
      horizon === 1
        ? (["last value", outcome.naive, 70] as const)
        : (["same hour yesterday", outcome.yesterday, 25] as const);
    result.push(
      check(
        `load ${horizon} h ahead: error below that of the ${what}, %`,
        100 * (1 - outcome.online / other),
        ">=",
        limit,
      ),
    );
  }
  // A soft sensor with rare labels has a last label that is no measure of what can be known.
  const peaks = recorded.filter(({ labelEvery }) => labelEvery === 1);
  if (peaks.length > 0)
    result.push(
      check(
        "worst row, highest 5 % of actual values: error over that of the last value or label",
        Math.max(...peaks.map(({ outcome }) => outcome.peaks / outcome.peaksNaive)),
        "<=",
        1,
      ),
    );
  return result;
}

async function main(): Promise<void> {
  requireData();
  const started = performance.now();
  const tasks = TASKS.filter(({ group, series, target, horizon, labelEvery }) =>
    wanted(`${group} ${series.join(" ")} ${target} k${horizon} each${labelEvery}`),
  );
  const jobs = tasks.flatMap((task) => SEEDS.map((seed) => ({ ...task, seed })));
  const results = await runJobs<Job, Outcome[]>(__filename, jobs);
  const lines = gather(tasks, results);
  report("accuracy", started, lines.map(row), checks(lines));
}

if (isMainThread) void main();
