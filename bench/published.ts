/**
 * The protocols of the online forecasting literature, beside its published figures: every column is forecast from all
 * columns, every step 1 … H from every origin of the last part is scored, in units of the column's deviation in the first
 * part. A forecast sees nothing later than its origin, and a label is learnt when it is due: each reading is handed over
 * once, in order of time, and no row before that. Our models are pretrained on the first part, stream the middle one, and
 * go on learning through the last: one that aims at the typical value, which makes MAE
 * small, and one at the average, which makes MSE small and is the one compared.
 *
 * `--full` measures every step of 1 … 48; without it some, between which the errors are interpolated. `--columns` prints
 * each column by itself. `--only "WTH H=1"` measures that cell of both splits, in minutes.
 */
import { isMainThread } from "node:worker_threads";
import { Forecaster } from "../src/index";
import { requireData, type Series, transformer, weather } from "./data";
import { LinearForecast, Rls } from "./linear";
import { PUBLISHED, type Split } from "./published-figures";
import { type Check, check, type Row, report, wanted } from "./report";
import { answerJob, runJobs } from "./workers";

const SEED = 1;
const EPOCHS = 3;
/** The H of the literature: a cell is the mean over the steps 1 … H. */
const AHEAD = [1, 24, 48];
const DAY = 24;
const ALL_STEPS = Array.from({ length: 48 }, (_, i) => i + 1);
/** Errors rise steeply over the first steps and smoothly after: these tell the rest. */
const SOME_STEPS = ALL_STEPS.filter((step) => step <= 3 || step === 6 || step % 4 === 0);
const STEPS = process.argv.includes("--full") ? ALL_STEPS : SOME_STEPS;

const METHODS = [
  "this engine",
  "this engine, average",
  "this engine, frozen",
  "least squares",
  "last value",
  "same hour yesterday",
] as const;
type Method = (typeof METHODS)[number];
/** The one that is compared: a single setting for both measures, though a median makes MAE smaller. */
const OURS: Method = "this engine, average";

interface Part {
  split: Split;
  data: "ETTh1" | "WTH";
}

interface Task extends Part {
  /** The largest H that is wanted. */
  farthest: number;
}

/** One column of a task: each is a target of its own. */
interface Job extends Task {
  column: string;
}

/** The longest first, so that no core waits at the end. */
const PARTS: readonly Part[] = [
  { split: "b", data: "WTH" },
  { split: "a", data: "WTH" },
  { split: "b", data: "ETTh1" },
  { split: "a", data: "ETTh1" },
];
const SPLITS: Record<Split, string> = { a: "a: FSNet", b: "b: ADAPT-Z" };

const seriesOf = ({ data }: Part): Series => (data === "ETTh1" ? transformer() : weather());

/** Number of rows of the first part, first row of the last part, and the row after its end. */
function partsOf({ split, data }: Part, rows: number): { first: number; last: number; end: number } {
  // ETT months have 30 days: 4, 1 and 15 of them.
  if (split === "a" && data === "ETTh1") return { first: 2880, last: 3600, end: 14_400 };
  const [first, last] = split === "a" ? [0.2, 0.75] : [0.6, 0.3];
  return { first: Math.floor(first * rows), last: rows - Math.floor(last * rows), end: rows };
}

/** Mean errors by H (in the order of `AHEAD`) and step (at index step − 1; NaN = not measured). */
interface Errors {
  MSE: number[][];
  MAE: number[][];
}

type Outcome = Record<Method, Errors>;

/** Sums up the errors of one method over the origins from which all of H lies in the last part. */
class Tally {
  private readonly squares = AHEAD.map((H) => new Float64Array(H));
  private readonly sizes = AHEAD.map((H) => new Float64Array(H));
  private readonly counts = AHEAD.map((H) => new Float64Array(H));

  /** @param left readings of the last part behind the origin */
  add(step: number, left: number, error: number): void {
    AHEAD.forEach((H, h) => {
      if (step > H || left < H) return;
      this.squares[h][step - 1] += error * error;
      this.sizes[h][step - 1] += Math.abs(error);
      this.counts[h][step - 1] += 1;
    });
  }

  errors(): Errors {
    const mean = (sums: Float64Array[]) => sums.map((by, h) => [...by].map((sum, s) => sum / this.counts[h][s]));
    return { MSE: mean(this.squares), MAE: mean(this.sizes) };
  }
}

function run(job: Job): Outcome {
  const { rows } = seriesOf(job);
  const { first, last, end } = partsOf(job, rows.length);
  const columns = Object.keys(rows[0].values);
  const y = Float64Array.from(rows, ({ values }) => values[job.column]);
  const mean = y.subarray(0, first).reduce((sum, value) => sum + value, 0) / first;
  const deviation = Math.sqrt(y.subarray(0, first).reduce((sum, value) => sum + (value - mean) ** 2, 0) / first);

  const steps = STEPS.filter((step) => step <= job.farthest);
  const models = (["median", "mean"] as const).map((centre) => {
    const f = Forecaster.create({ inputs: columns, target: job.column, horizon: steps, seed: SEED, centre });
    f.pretrain(rows.slice(0, first), { epochs: EPOCHS });
    return f;
  });
  const inputs = columns.filter((name) => name !== job.column);
  const linear = steps.map((step) => new LinearForecast(inputs, job.column, step, Rls));
  for (const row of rows.slice(0, first)) for (const baseline of linear) baseline.step(row);

  const tallies = METHODS.map(() => new Tally());
  const score = (method: Method, origin: number, step: number, forecast: number) =>
    tallies[METHODS.indexOf(method)].add(step, end - 1 - origin, (forecast - y[origin + step]) / deviation);
  for (let i = first; i < end - 1; i++) {
    const [ours, averages] = models.map((f) => {
      const { forecast } = f.step(rows[i], { learn: true });
      return forecast.steps ?? [forecast];
    });
    const lines = linear.map((baseline) => baseline.step(rows[i]));
    // The first step from the last reading before the last part falls into it.
    if (i < last - 1) continue;
    steps.forEach((step, s) => {
      if (i + step >= end) return;
      score("this engine", i, step, ours[s].value);
      score("this engine, average", i, step, averages[s].value);
      score("this engine, frozen", i, step, ours[s].frozen);
      score("least squares", i, step, lines[s]);
    });
    for (let step = 1; step <= job.farthest && i + step < end; step++) {
      score("last value", i, step, y[i]);
      score("same hour yesterday", i, step, y[i + step - DAY * Math.ceil(step / DAY)]);
    }
  }
  return Object.fromEntries(METHODS.map((method, m) => [method, tallies[m].errors()])) as Outcome;
}

answerJob(run);

/** Mean over all steps; those that were not measured lie on the line between their neighbours that were. */
function meanOverSteps(errors: readonly number[]): number {
  let sum = 0;
  let before = 0;
  for (let s = 0; s < errors.length; s++) {
    if (Number.isNaN(errors[s])) continue;
    for (let t = before; t < s; t++)
      sum += errors[before] + ((t - before) / (s - before)) * (errors[s] - errors[before]);
    before = s;
  }
  return (sum + errors[before]) / errors.length;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const rounded = (value: number): number => Number(value.toFixed(4));

/** MSE and MAE of a method for one H, the mean over these columns. */
function cell(outcomes: readonly Outcome[], method: Method, h: number): { MSE: number; MAE: number } {
  const over = (metric: keyof Errors) => mean(outcomes.map((outcome) => meanOverSteps(outcome[method][metric][h])));
  return { MSE: rounded(over("MSE")), MAE: rounded(over("MAE")) };
}

/** How the errors of a cell came about. */
function measured(method: Method, H: number): string {
  const steps = STEPS.filter((step) => step <= H).length;
  const isWhole = steps === H || method === "last value" || method === "same hour yesterday";
  return isWhole ? "here" : `here, ${steps} of ${H} steps`;
}

function rowsOf(task: Task, outcomes: readonly Outcome[], columns: readonly string[]): Row[] {
  const { split, data, farthest } = task;
  return AHEAD.filter((H) => H <= farthest).flatMap((H, h) => {
    const about = { split: SPLITS[split], data, H };
    const ours = METHODS.map((method) => ({
      ...about,
      forecast: method,
      ...cell(outcomes, method, h),
      measured: measured(method, H),
    }));
    const theirs = PUBLISHED.filter((of) => of.split === split && of.data === data && of.H === H).map((of) => ({
      ...about,
      forecast: of.by,
      MSE: of.MSE ?? "",
      MAE: of.MAE ?? "",
      measured: "published",
    }));
    const byColumn = columns.flatMap((column, c) =>
      METHODS.map((method) => ({
        ...about,
        forecast: `${column}: ${method}`,
        ...cell([outcomes[c]], method, h),
        measured: measured(method, H),
      })),
    );
    return [...ours, ...theirs, ...(process.argv.includes("--columns") ? byColumn : [])];
  });
}

/** First in every cell for which a figure is listed: before the published ones and before what is simple. */
function checksOf({ split, data, farthest }: Task, outcomes: readonly Outcome[]): Check[] {
  return AHEAD.filter((H) => H <= farthest).flatMap((H, h) => {
    const listed = PUBLISHED.filter((of) => of.split === split && of.data === data && of.H === H);
    if (listed.length === 0) return [];
    const simple = METHODS.slice(3).map((method) => cell(outcomes, method, h));
    return (["MSE", "MAE"] as const).map((metric) => {
      const others = [...listed, ...simple].map((of) => of[metric] ?? Number.POSITIVE_INFINITY);
      const value = cell(outcomes, OURS, h)[metric];
      return check(
        `${SPLITS[split]}, ${data}, H = ${H}: ${metric}, the best other one`,
        value,
        "<=",
        Math.min(...others),
      );
    });
  });
}

async function main(): Promise<void> {
  requireData();
  const started = performance.now();
  const tasks = PARTS.map((part) => ({
    ...part,
    farthest: Math.max(...AHEAD.filter((H) => wanted(`${SPLITS[part.split]} ${part.data} H=${H}`))),
    columns: Object.keys(seriesOf(part).rows[0].values),
  })).filter(({ farthest }) => farthest > 0);
  const jobs = tasks.flatMap(({ columns, ...task }) => columns.map((column) => ({ ...task, column })));
  const results = await runJobs<Job, Outcome>(__filename, jobs);
  const rows: Row[] = [];
  const checks: Check[] = [];
  let from = 0;
  for (const { columns, ...task } of tasks) {
    const outcomes = results.slice(from, from + columns.length);
    from += columns.length;
    rows.push(...rowsOf(task, outcomes, columns));
    checks.push(...checksOf(task, outcomes));
  }
  if (STEPS !== ALL_STEPS) console.log(`Steps measured: ${STEPS.join(", ")}; all with --full.`);
  report("published", started, rows, checks);
}

if (isMainThread) void main();
