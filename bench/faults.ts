/**
 * What broken sensors cost, with and without guard; whether drift alarms mean something; whether intervals hold.
 * One default configuration for all series; nothing is tuned to any of them.
 */
import { isMainThread } from "node:worker_threads";
import { Forecaster, Guard, type Reading, type Scored, type Verdict } from "../src/index";
import {
  failure,
  failureWindows,
  GAS_TURBINE_INPUTS,
  gasTurbine,
  requireData,
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
import { AdaptiveWindow, AlwaysAlarm, type DriftDetector, Ours, UsualPageHinkley, ZScore } from "./drift-detectors";
import {
  changeUnit,
  constantStart,
  FAULTS,
  type Fault,
  inject,
  losing,
  type Rows,
  scaled,
  silenced,
} from "./fault-injection";
import { type Check, check, type Row, report, wanted } from "./report";
import { answerJob, runJobs } from "./workers";

const EPOCHS = 3;
const HISTORY_SHARE = 0.2;
/** Where in a series the faults begin. */
const STARTS = [0.3, 0.5, 0.7];
const AFTER = 1000;
const SETTLE = 500;
/** The fault that no guard can know of at once. */
const DRIFT = "drift 3σ, 600";
/** Share of all values that are lost at random, over a whole series. */
const LOSS = 0.01;
const LOST = `${100 * LOSS} % lost`;
/** Faults that last longer begin once, in the middle: with what is looked at behind them they take half a series. */
const LONG = 1000;

type Group = "vehicle" | "gas turbine" | "ETTh1" | "SKAB";

interface Task {
  part: "faults";
  group: Group;
  series: string;
  inputs: readonly string[];
  /** The input that lies: one that matters for the target. */
  liar: string;
  target: string;
  horizon: number;
}

interface Detection {
  part: "detection";
  group: "SKAB" | "NAB";
  target: string;
}

type Job = Task | Detection;

const TASKS: readonly Task[] = [
  ...VEHICLES_UNSEEN.flatMap((series) =>
    [0, 1, 5, 10].map((horizon) => task("vehicle", series, VEHICLE_INPUTS, VEHICLE_INPUTS[3], VEHICLE_TARGET, horizon)),
  ),
  ...["NOX", "CO"].flatMap((target) =>
    [0, 1, 6].map((horizon) => task("gas turbine", "2013", GAS_TURBINE_INPUTS, "TIT", target, horizon)),
  ),
  ...[1, 6, 24].map((horizon) => task("ETTh1", "ETTh1", TRANSFORMER_INPUTS, "HUFL", "OT", horizon)),
  task("SKAB", "anomaly-free", WATER_BENCH_SENSORS, "Volume Flow RateRMS", "Pressure", 1),
  task("SKAB", "anomaly-free", WATER_BENCH_SENSORS, "Current", "Volume Flow RateRMS", 1),
];

const DETECTIONS: readonly Detection[] = [
  { part: "detection", group: "SKAB", target: "Volume Flow RateRMS" },
  { part: "detection", group: "SKAB", target: "Pressure" },
  { part: "detection", group: "NAB", target: "value" },
];

const DETECTORS: Record<string, (horizon: number) => DriftDetector> = {
  "drift guard": (horizon) => new Ours(horizon),
  "always alarm": () => new AlwaysAlarm(),
  "Page-Hinkley": () => new UsualPageHinkley(),
  "ADWIN-style": () => new AdaptiveWindow(),
  "z-score": () => new ZScore(),
};

function task(
  group: Group,
  series: string,
  inputs: readonly string[],
  liar: string,
  target: string,
  horizon: number,
): Task {
  return { part: "faults", group, series, inputs: inputs.filter((name) => name !== target), liar, target, horizon };
}

function data(t: Task): { past: Rows; rows: Rows } {
  if (t.group === "vehicle")
    return { past: VEHICLES_OF_HISTORY.flatMap((name) => vehicle(name).rows), rows: vehicle(t.series).rows };
  if (t.group === "gas turbine")
    return { past: [...gasTurbine(2011).rows, ...gasTurbine(2012).rows], rows: gasTurbine(2013).rows };
  const { rows } = t.group === "ETTh1" ? transformer() : waterBench("anomaly-free");
  const cut = Math.floor(HISTORY_SHARE * rows.length);
  return { past: rows.slice(0, cut), rows: rows.slice(cut) };
}

/** A forecaster and, where wanted, a guard in front of it, as the nodes wire them. */
class Plant {
  private constructor(
    private readonly t: Task,
    readonly forecaster: Forecaster,
    readonly guard: Guard | undefined,
  ) {}

  private static options(t: Task) {
    return { inputs: t.inputs, target: t.target, horizon: t.horizon };
  }

  static create(t: Task, guarded: boolean, forecaster = Forecaster.create(Plant.options(t))): Plant {
    return new Plant(t, forecaster, guarded ? new Guard(Plant.options(t)) : undefined);
  }

  /** Another one that goes on from here. */
  copy(): Plant {
    const guard = this.guard && Guard.load(this.guard.save(), Plant.options(this.t));
    return new Plant(this.t, Forecaster.load(this.forecaster.save()), guard);
  }

  /** One reading; gives the forecast that fell due by it. */
  step(row: Reading): Scored | undefined {
    const { forecaster, guard } = this;
    if (!guard) return forecaster.step(row, { learn: true }).scored;
    const verdict: Verdict & { doubts?: Reading["doubts"] } = guard.check(row.time, row.values);
    let { values } = row;
    if (verdict.held.length > 0) {
      values = { ...values };
      for (const name of verdict.held) (values as Record<string, number>)[name] = Number.NaN;
    }
    const { scored } = forecaster.step(
      { ...row, values, quality: verdict.learn, doubts: verdict.doubts, state: verdict.state },
      { learn: true, speed: verdict.speed },
    );
    if (scored && verdict.state !== "bad") guard.score(scored.error, scored.naive - scored.actual, forecaster);
    return scored;
  }
}

/** Mean absolute error of the forecasts made at readings `from` … `to` − 1, against what `truth` says came true. */
function errorOf(plant: Plant, rows: Rows, truth: Rows, t: Task, start: number, from: number, to: number): number {
  let sum = 0;
  let count = 0;
  for (let i = start; i < to; i++) {
    plant.step(rows[i]);
    if (i < from || i + t.horizon >= truth.length) continue;
    const value = plant.forecaster.forecast().value;
    sum += Math.abs(value - truth[i + t.horizon].values[t.target]);
    count += 1;
  }
  return sum / count;
}

interface FaultResult {
  part: "faults";
  task: Task;
  rows: Row[];
  /** Faults that are longer than the series has room for. */
  leftOut: string[];
  /** With guard over without, whole series, minus 1. */
  cost: number;
  constantStart: number;
  unitChange: { input: number; target: number };
  readings: number;
  alarms: number;
  alarmsScaled: number;
  alarmsOf: Record<string, number>;
  coverage: number;
  worstStretch: number;
  infinite: number;
  winkler: number;
  winklerNaive: number;
}

function runTask(t: Task): FaultResult {
  const { past, rows } = data(t);
  const trained = Forecaster.create({ inputs: t.inputs, target: t.target, horizon: t.horizon });
  trained.pretrain(past, { epochs: EPOCHS });
  const fresh = (guarded: boolean) => Plant.create(t, guarded, Forecaster.load(trained.save()));
  return {
    part: "faults",
    task: t,
    rows: [...runFaults(t, rows, fresh), lossRow(t, rows, fresh)],
    leftOut: FAULTS.filter((fault) => startsOf(fault, t, rows).length === 0).map(({ name }) => name),
    cost: noFaultCost(t, rows, fresh),
    constantStart: startRatio(t, rows),
    unitChange: { input: unitRatio(t, rows, t.liar, fresh), target: unitRatio(t, rows, t.target, fresh) },
    ...watchHealthy(t, rows, past, fresh),
  };
}

/** Where a fault begins: at several places in a series; a long one in the middle, or nowhere in a series that is too short. */
function startsOf({ length }: Fault, t: Task, rows: Rows): number[] {
  const last = rows.length - length - AFTER - t.horizon;
  if (length > LONG) return last < SETTLE ? [] : [Math.min(rows.length >> 1, last)];
  return STARTS.map((share) => Math.min(Math.floor(share * rows.length), last));
}

function runFaults(t: Task, rows: Rows, fresh: (guarded: boolean) => Plant): Row[] {
  const errors = new Map<string, { without: number; plain: number; guarded: number; known: number }>();
  const starts = [...new Set(FAULTS.flatMap((fault) => startsOf(fault, t, rows)))].sort((a, b) => a - b);
  const [plain, guarded] = [fresh(false), fresh(true)];
  let at = 0;
  for (const start of starts) {
    for (; at < start; at++) for (const plant of [plain, guarded]) plant.step(rows[at]);
    /** Error without any fault, by its length. */
    const sound = new Map<number, number>();
    for (const fault of FAULTS) {
      if (!startsOf(fault, t, rows).includes(start)) continue;
      const from = start + fault.length;
      const to = from + AFTER;
      const without = sound.get(fault.length) ?? errorOf(plain.copy(), rows, rows, t, start, from, to);
      sound.set(fault.length, without);
      for (const sensor of [t.liar, t.target]) {
        const key = `${fault.name}|${sensor === t.target ? "target" : "input"}`;
        const broken = inject(rows, sensor, fault, start);
        const sum = errors.get(key) ?? { without: 0, plain: 0, guarded: 0, known: 0 };
        errors.set(key, sum);
        sum.without += without;
        sum.plain += errorOf(plain.copy(), broken, rows, t, start, from, to);
        sum.guarded += errorOf(guarded.copy(), broken, rows, t, start, from, to);
        if (fault.name !== DRIFT) continue;
        const silent = inject(rows, sensor, silenced(fault), start);
        sum.known += errorOf(guarded.copy(), silent, rows, t, start, from, to);
      }
    }
  }
  return [...errors].map(([key, sum]) => {
    const [fault, where] = key.split("|");
    return {
      series: seriesOf(t),
      k: t.horizon,
      fault,
      on: where,
      "without guard": sum.plain / sum.without,
      "with guard": sum.guarded / sum.without,
      ...(fault === DRIFT ? { "known at once": sum.known / sum.without } : {}),
    };
  });
}

function seriesOf(t: Task): string {
  return t.group === "gas turbine" ? `gas turbine ${t.target}` : t.group === "SKAB" ? `SKAB ${t.target}` : t.series;
}

/** Whole series with values lost at random, over the error of the forecaster alone without loss. */
function lossRow(t: Task, rows: Rows, fresh: (guarded: boolean) => Plant): Row {
  const end = rows.length - t.horizon;
  const lossy = losing(rows, LOSS);
  const without = errorOf(fresh(false), rows, rows, t, 0, SETTLE, end);
  const [plain, guarded] = [false, true].map((g) => errorOf(fresh(g), lossy, rows, t, 0, SETTLE, end) / without);
  return {
    series: seriesOf(t),
    k: t.horizon,
    fault: LOST,
    on: "all",
    "without guard": plain,
    "with guard": guarded,
  };
}

function noFaultCost(t: Task, rows: Rows, fresh: (guarded: boolean) => Plant): number {
  const end = rows.length - t.horizon;
  const [plain, guarded] = [false, true].map((g) => errorOf(fresh(g), rows, rows, t, 0, 0, end));
  return guarded / plain - 1;
}

/** Readings 500 … 1500 after a start of 50 constant readings, over the same readings of a model without such a start. */
function startRatio(t: Task, rows: Rows): number {
  const [from, to] = [SETTLE, SETTLE + AFTER];
  const fresh = errorOf(Plant.create(t, true), rows, rows, t, 0, from, to);
  const still = constantStart(rows, 50);
  return errorOf(Plant.create(t, true), still, still, t, 0, 50 + from, 50 + to) / fresh;
}

/** Readings 500 … 1500 after a permanent change of unit, over a new model that knows the new unit only. */
function unitRatio(t: Task, rows: Rows, sensor: string, trained: (guarded: boolean) => Plant): number {
  const start = Math.floor(rows.length / 2);
  const changed = changeUnit(rows, sensor, start);
  const [from, to] = [start + SETTLE, Math.min(start + SETTLE + AFTER, rows.length - t.horizon)];
  const veteran = errorOf(trained(true), changed, changed, t, 0, from, to);
  const fresh = errorOf(Plant.create(t, true), changed, changed, t, start, from, to);
  return veteran / fresh;
}

function watchHealthy(t: Task, rows: Rows, past: Rows, fresh: (guarded: boolean) => Plant) {
  const plant = fresh(true);
  const detectors = Object.entries(DETECTORS).map(([name, make]) => ({ name, detector: make(t.horizon), alarms: 0 }));
  const covered: boolean[] = [];
  const scores: number[] = [];
  let winkler = 0;
  let winklerNaive = 0;
  let judged = 0;
  let infinite = 0;
  let alarms = 0;
  let before = plant.guard?.model.state;
  for (const row of rows) {
    const scored = plant.step(row);
    const state = plant.guard?.model.state;
    if (state === "drift" && before !== "drift") alarms += 1;
    before = state;
    if (!scored) continue;
    const { error, actual, naive, lower, upper } = scored;
    for (const d of detectors) if (d.detector.add(error, naive - actual)) d.alarms += 1;
    if (!Number.isFinite(lower) || !Number.isFinite(upper)) infinite += 1;
    covered.push(scored.covered);
    const score = Math.abs(naive - actual);
    if (Number.isNaN(score)) continue;
    // The naive band: the 90 % quantile of the last 500 naive errors known when the forecast was made.
    const known = scores.slice(Math.max(0, scores.length - t.horizon - 500), Math.max(0, scores.length - t.horizon));
    if (known.length >= 100) {
      const half = known.sort((a, b) => a - b)[Math.floor(0.9 * known.length)];
      winkler += winklerScore(lower, upper, actual);
      winklerNaive += winklerScore(naive - half, naive + half, actual);
      judged += 1;
    }
    scores.push(score);
  }
  const big = Forecaster.create({ inputs: t.inputs, target: t.target, horizon: t.horizon });
  big.pretrain(scaled(past, 1000), { epochs: EPOCHS });
  const scaledPlant = Plant.create(t, true, big);
  let alarmsScaled = 0;
  before = scaledPlant.guard?.model.state;
  for (const row of scaled(rows, 1000)) {
    scaledPlant.step(row);
    const state = scaledPlant.guard?.model.state;
    if (state === "drift" && before !== "drift") alarmsScaled += 1;
    before = state;
  }
  let worstStretch = 1;
  for (let i = 0; i + 500 <= covered.length; i += 50) {
    worstStretch = Math.min(worstStretch, covered.slice(i, i + 500).filter(Boolean).length / 500);
  }
  return {
    readings: rows.length,
    alarms,
    alarmsScaled,
    alarmsOf: Object.fromEntries(detectors.map((d) => [d.name, d.alarms])),
    coverage: covered.filter(Boolean).length / covered.length,
    worstStretch,
    infinite,
    winkler: winkler / judged,
    winklerNaive: winklerNaive / judged,
  };
}

/** Width, and 2/α times what the actual value lies outside (α = 0.1). Winkler 1972. Smaller is better. */
function winklerScore(lower: number, upper: number, actual: number): number {
  return upper - lower + 20 * Math.max(0, lower - actual, actual - upper);
}

interface DetectionResult {
  part: "detection";
  rows: Row[];
}

/** One stream with labelled windows, times in ms. */
interface Labelled {
  rows: Rows;
  windows: readonly (readonly [number, number])[];
}

function labelled(job: Detection): { past: Rows; streams: Labelled[]; inputs: string[] } {
  if (job.group === "NAB") {
    const { rows } = failure("machine_temperature_system_failure");
    const windows = failureWindows("machine_temperature_system_failure");
    return { past: rows.slice(0, 2000), streams: [{ rows: rows.slice(2000), windows }], inputs: [] };
  }
  const streams = Array.from({ length: 16 }, (_, run) => {
    const { rows } = waterBench(`valve1-${run}`);
    const faulty = rows.filter(({ values }) => values.anomaly === 1);
    return { rows, windows: [[faulty[0].time, faulty[faulty.length - 1].time]] as const };
  });
  const inputs = WATER_BENCH_SENSORS.filter((name) => name !== job.target);
  return { past: waterBench("anomaly-free").rows, streams, inputs };
}

function runDetection(job: Detection): DetectionResult {
  const { past, streams, inputs } = labelled(job);
  const trained = Forecaster.create({ inputs, target: job.target, horizon: 1 });
  trained.pretrain(past, { epochs: EPOCHS });
  const bytes = trained.save();
  const rows = Object.entries(DETECTORS).map(([name, make]) => {
    let found = 0;
    let windowsSeen = 0;
    let falseAlarms = 0;
    let healthy = 0;
    const delays: number[] = [];
    for (const { rows, windows } of streams) {
      const f = Forecaster.load(bytes);
      const detector = make(1);
      const foundIn = windows.map(() => Number.NaN);
      const began = windows.map(() => Number.NaN);
      rows.forEach((row, i) => {
        if (row.time <= f.lastTime) return;
        const { scored } = f.step(row, { learn: true });
        const alarm = scored !== undefined && detector.add(scored.error, scored.naive - scored.actual);
        const w = windows.findIndex(([from, to]) => row.time >= from && row.time <= to);
        if (w >= 0 && Number.isNaN(began[w])) began[w] = i;
        if (w < 0) {
          healthy += 1;
          if (alarm) falseAlarms += 1;
        } else if (alarm && Number.isNaN(foundIn[w])) foundIn[w] = i - began[w];
      });
      windowsSeen += windows.length;
      for (const delay of foundIn) {
        if (Number.isNaN(delay)) continue;
        found += 1;
        delays.push(delay);
      }
    }
    delays.sort((a, b) => a - b);
    return {
      series: job.group === "SKAB" ? `SKAB valve1 ${job.target}` : "NAB machine temperature",
      detector: name,
      windows: windowsSeen,
      found: found / windowsSeen,
      "median delay": delays.length > 0 ? delays[delays.length >> 1] : "",
      "false per 10,000": (10_000 * falseAlarms) / healthy,
    };
  });
  return { part: "detection", rows };
}

function judge(results: readonly FaultResult[]): Check[] {
  const all = results.flatMap((r) => r.rows);
  const worst = (rows: readonly Row[]) => Math.max(...rows.map((row) => Number(row["with guard"])));
  const ahead = all.filter((row) => Number(row.k) > 0);
  const drifts = all.filter((row) => row.fault === DRIFT);
  const lost = all.filter((row) => row.fault === LOST);
  const sudden = (rows: readonly Row[]) => rows.filter((row) => row.fault !== DRIFT);
  const readings = results.reduce((sum, r) => sum + r.readings, 0);
  const rate = (alarms: (r: FaultResult) => number) =>
    (10_000 * results.reduce((sum, r) => sum + alarms(r), 0)) / readings;
  const most = (value: (r: FaultResult) => number) => Math.max(...results.map(value));
  const least = (value: (r: FaultResult) => number) => Math.min(...results.map(value));
  return [
    check(
      "error after a fault with guard over error without fault, all faults but a slow drift",
      worst(sudden(all)),
      "<=",
      1.1,
    ),
    check("the same, forecasts ahead only", worst(sudden(ahead)), "<=", 1.1),
    check("the same, median of all faults and series", median(all), "<=", 1.01),
    check(`error with ${LOST} at random over error without loss`, worst(lost), "<=", 1.05),
    check(
      "error after a slow drift over error after the same sensor said nothing for as long, worst",
      Math.max(...drifts.map((row) => Number(row["with guard"]) / Number(row["known at once"]))),
      "<=",
      1.05,
    ),
    check(
      "cost of the guard where nothing is broken, worst series",
      most((r) => r.cost),
      "<=",
      0.01,
    ),
    check(
      "error after 50 constant readings over that of a fresh model, worst",
      most((r) => r.constantStart),
      "<=",
      1.1,
    ),
    check(
      "error after a change of unit of an input over a fresh model, worst",
      most((r) => r.unitChange.input),
      "<=",
      1.1,
    ),
    check(
      "error after a change of unit of the target over a fresh model, worst",
      most((r) => r.unitChange.target),
      "<=",
      1.1,
    ),
    check(
      "false drift alarms per 10,000 healthy readings",
      rate((r) => r.alarms),
      "<=",
      1,
    ),
    check(
      "false drift alarms per 10,000 healthy readings, data × 1000",
      rate((r) => r.alarmsScaled),
      "<=",
      1,
    ),
    check(
      "series on which × 1000 changes the number of drift alarms",
      results.filter((r) => r.alarms !== r.alarmsScaled).length,
      "<=",
      0,
    ),
    check(
      "coverage of the 90 % interval, lowest",
      least((r) => r.coverage),
      ">=",
      0.88,
    ),
    check(
      "coverage of the 90 % interval, highest",
      most((r) => r.coverage),
      "<=",
      0.92,
    ),
    check(
      "coverage of the worst 500 readings",
      least((r) => r.worstStretch),
      ">=",
      0.75,
    ),
    check(
      "intervals that were not finite (once scores were known)",
      most((r) => r.infinite),
      "<=",
      0,
    ),
  ];
}

function median(rows: readonly Row[]): number {
  const sorted = rows.map((row) => Number(row["with guard"])).sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

/** For each fault: median and worst ratio without and with guard, of forecasts ahead and of soft sensors. */
function byFault(rows: readonly Row[]): Row[] {
  const kinds = [...new Set(rows.map((row) => `${row.fault}|${row.on}`))];
  return kinds.flatMap((kind) =>
    [true, false].flatMap((ahead) => {
      const of = rows.filter((row) => `${row.fault}|${row.on}` === kind && Number(row.k) > 0 === ahead);
      if (of.length === 0) return [];
      const [fault, on] = kind.split("|");
      const worst = (column: string) => Math.max(...of.map((row) => Number(row[column])));
      return {
        series: ahead ? "all, ahead" : "all, soft sensor",
        fault,
        on,
        "without guard, worst": worst("without guard"),
        "with guard, median": median(of),
        "with guard, worst": worst("with guard"),
      };
    }),
  );
}

async function main(): Promise<void> {
  requireData();
  const started = performance.now();
  const jobs: Job[] = [
    ...TASKS.filter((t) => wanted(`faults ${t.group} ${t.series} ${t.target} k${t.horizon}`)),
    ...DETECTIONS.filter((d) => wanted(`detection ${d.group} ${d.target}`)),
  ];
  const results = await runJobs<Job, FaultResult | DetectionResult>(__filename, jobs);
  const healthy = results.filter((r) => r.part === "faults");
  const watched = healthy.map((r) => ({
    series: `${r.task.series} ${r.task.target}`,
    k: r.task.horizon,
    "no-fault cost": r.cost,
    "50 constant": r.constantStart,
    "unit of input": r.unitChange.input,
    "unit of target": r.unitChange.target,
    coverage: r.coverage,
    "worst 500": r.worstStretch,
    "not finite": r.infinite,
    "Winkler / naive band": r.winkler / r.winklerNaive,
    "left out": r.leftOut.join(", "),
    ...Object.fromEntries(Object.keys(DETECTORS).map((name) => [`alarms ${name}`, r.alarmsOf[name]])),
  }));
  const found = results.filter((r) => r.part === "detection").flatMap((r) => r.rows);
  const broken = healthy.flatMap((r) => r.rows);
  report(
    "faults",
    started,
    [...broken, ...byFault(broken), ...watched, ...found],
    healthy.length > 0 ? judge(healthy) : [],
  );
}

if (isMainThread) void main();
else answerJob((job: Job) => (job.part === "faults" ? runTask(job) : runDetection(job)));
