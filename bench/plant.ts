/**
 * A plant's life: what forecaster and guard make of stops, starts, recipes, losses, recalibrations, true excursions and
 * broken sensors. Every scenario runs with three seeds through the forecaster alone and through the whole chain of nodes.
 *
 * `--stand-in perfect` or `--stand-in constant` puts a forecaster that knows the future, or one that always says 100, in
 * the place of both, to see that the figures mean what they say: all checks that can be judged pass, or fail.
 */
import { isMainThread } from "node:worker_threads";
import { type AlarmSight, Alarms, Alone, Chain, type Setup, type Walk, type Walked } from "./plant-chain";
import { type Life, labelled, type PlantEvent, type PlantRow, TARGET } from "./plant-process";
import { SCENARIOS, type Scenario } from "./plant-scenarios";
import { type Check, check, type Row, report, wanted } from "./report";
import { answerJob, runJobs } from "./workers";

const SEEDS = [1, 2, 3];
/** Readings in a window of which the error is looked at. */
const WINDOW = 50;
/** The last value's error counts as at least this share of its usual one: where all stands still, nobody can win. */
const LEAST = 0.2;
/** A forecast is wrong beyond so many usual errors of the last value; the last value is right within so many. */
const WRONG = 10;
const RIGHT = 3;
/** Readings at the very beginning that count for nothing: there is no usual error yet. */
const BEGINNING = 20;
/** Readings after a fault of a sensor in which it may still be doubted. */
const RECOVERY = 100;
/** Readings (an isolated spike may be waited out) after which what is shown must be followed. */
const PATIENCE = 3;
/** Labels over which the error of a soft sensor is looked at after a change, and the most that are waited for. */
const LABELS = 10;
const MOST_LABELS = 200;
/** What the dialog of the drift guard says by default: contradictions are believed after so many readings. */
const CONTRADICTION = 1000;

const standIn = process.argv.includes("--stand-in") ? process.argv[process.argv.indexOf("--stand-in") + 1] : undefined;

/** One scenario as one kind of forecast, all seeds. */
interface Task {
  scenario: string;
  horizon: number;
  /** Horizon 0: a label with every n-th reading. */
  every: number;
}

/** All that a run has left, by the reading that a forecast is for; NaN = nothing. */
interface Trace {
  value: Float64Array;
  lower: Float64Array;
  upper: Float64Array;
  told: Float64Array;
  gated: Uint8Array;
  learn: Float64Array;
  held: (readonly string[])[];
  actual: AlarmSight[];
  forecast: AlarmSight[];
}

/** Figures of one run. NaN = does not apply. */
interface Figures {
  /** Mean absolute error against the truth, whole life, over that of the last value. */
  error: number;
  worstWindow: number;
  wrongRun: number;
  scored: number;
  gated: number;
  toldOverTrue: number;
  coverage: number;
  learn: number;
  late: number;
  missed: number;
  forecastLate: number;
  forecastMissed: number;
  nuisance: number;
  unmarked: number;
  held: number;
  heldAgain: number;
  /** Labels until a soft sensor is back after a change, worst. */
  back: number;
}

interface Result {
  task: Task;
  alone: Figures[];
  chain: Figures[];
  /** Error of the second half, chain over alone. */
  guardCost: number[];
  /** Error of the chain from the first fault or loss on, outside of faults, over the same life without them. */
  overIntact: number[];
  /** Learning weight after the first rest over that before; of later visits of a level, worst. */
  learnAfterFirst: number[];
  learnAgain: number[];
  /** Where a relation changed, past the dialog's readings: learning weight; error of the chain over that alone. */
  relationLearn: number[];
  relationError: number[];
  faulty: boolean;
  lossy: boolean;
}

function scenarioOf({ scenario }: Task): Scenario {
  return SCENARIOS.find(({ name }) => name === scenario) as Scenario;
}

/** Of the scenario at hand, by seed: its tasks share them. */
const lives = new Map<number, Life>();

function lifeOf(scenario: Scenario, seed: number): Life {
  const life = lives.get(seed) ?? scenario.life(seed);
  lives.set(seed, life);
  return life;
}

function runTask(task: Task): Result {
  const scenario = scenarioOf(task);
  const result: Result = {
    task,
    alone: [],
    chain: [],
    guardCost: [],
    overIntact: [],
    learnAfterFirst: [],
    learnAgain: [],
    relationLearn: [],
    relationError: [],
    faulty: false,
    lossy: false,
  };
  for (const seed of SEEDS) {
    const life = labelled(lifeOf(scenario, seed), task.every);
    const setup = { inputs: life.inputs, target: TARGET, horizon: task.horizon, seed, alarm: scenario.alarm };
    const alone = trace(walkOf(setup, life, false), life, task.horizon);
    const chain = trace(walkOf(setup, life, true), life, task.horizon);
    const judge = new Judge(life, task, scenario);
    result.alone.push(judge.figures(alone));
    result.chain.push(judge.figures(chain));
    const n = life.rows.length;
    const everywhere = () => true;
    result.guardCost.push(ratio(judge.error(chain, n / 2, n, everywhere), judge.error(alone, n / 2, n, everywhere)));
    result.faulty ||= life.events.some(({ kind }) => kind === "fault");
    result.lossy ||= life.events.some(({ kind }) => kind === "loss");
    const broken = life.events.filter(({ kind }) => kind !== "change");
    if (broken.length > 0) {
      const whole = { ...life, rows: life.rows.map((row) => ({ ...row, values: row.healthy })) };
      const intact = trace(walkOf(setup, whole, true), labelled(whole, task.every), task.horizon);
      const from = Math.min(...broken.map((event) => event.from));
      // A forecast made while a sensor lies falls due after the lie.
      const outside = (i: number) => !broken.some((e) => e.kind === "fault" && i >= e.from && i < e.to + task.horizon);
      result.overIntact.push(ratio(judge.error(chain, from, n, outside), judge.error(intact, from, n, outside)));
    }
    const { afterFirst, again } = judge.learning(chain);
    result.learnAfterFirst.push(afterFirst);
    result.learnAgain.push(again);
    if (scenario.relation !== undefined) {
      const from = scenario.relation + CONTRADICTION;
      result.relationLearn.push(mean(chain.learn.subarray(from, from + 500)));
      result.relationError.push(
        ratio(judge.error(chain, from, from + 1000, everywhere), judge.error(alone, from, from + 1000, everywhere)),
      );
    }
  }
  return result;
}

function walkOf(setup: Setup, life: Life, chained: boolean): Walk {
  if (standIn === "perfect" || standIn === "constant") return new StandIn(setup, life.rows, standIn === "perfect");
  return chained ? new Chain(setup) : new Alone(setup);
}

/** Knows the future, or nothing at all. */
class StandIn implements Walk {
  private readonly alarms: Alarms | undefined;

  constructor(
    private readonly setup: Setup,
    private readonly rows: readonly PlantRow[],
    private readonly perfect: boolean,
  ) {
    this.alarms = setup.alarm && new Alarms(setup.alarm, setup.target);
  }

  private say(i: number): number {
    return this.perfect ? this.rows[Math.min(i, this.rows.length - 1)].healthy[TARGET] : 100;
  }

  step(row: PlantRow, i: number): Walked {
    const { horizon } = this.setup;
    const value = this.say(i + horizon);
    const known = i >= horizon && row.values[TARGET] !== undefined;
    const told = known ? this.say(i) - row.values[TARGET] : Number.NaN;
    const actual = this.perfect ? row.healthy[TARGET] : row.values[TARGET];
    const forecast = { value, lower: value, upper: value, origin: row.time, due: row.time, horizon } as never;
    const alarm = this.alarms?.read(row.time, actual, forecast, undefined);
    return { value, lower: value, upper: value, told, gated: known, learn: 1, held: [], alarm };
  }
}

function trace(walk: Walk, { rows }: Life, horizon: number): Trace {
  const n = rows.length;
  const empty = () => new Float64Array(n).fill(Number.NaN);
  const t: Trace = {
    value: empty(),
    lower: empty(),
    upper: empty(),
    told: empty(),
    gated: new Uint8Array(n),
    learn: empty(),
    held: [],
    actual: [],
    forecast: [],
  };
  let alarm: Walked["alarm"];
  rows.forEach((row, i) => {
    const walked = walk.step(row, i);
    if (i + horizon < n) {
      t.value[i + horizon] = walked.value;
      t.lower[i + horizon] = walked.lower;
      t.upper[i + horizon] = walked.upper;
    }
    t.told[i] = walked.told;
    t.gated[i] = walked.gated ? 1 : 0;
    t.learn[i] = walked.learn;
    t.held.push(walked.held);
    alarm = walked.alarm ?? alarm;
    if (!alarm) return;
    t.actual.push(alarm.actual);
    t.forecast.push(alarm.forecast);
  });
  return t;
}

/** Knows what was true, and judges a run by it. */
class Judge {
  /** What the target truly was, and what the last value (of a soft sensor: the label before) said of it. */
  private readonly truth: Float64Array;
  private readonly naive: Float64Array;
  /** Mean error of the last value outside of changes and faults. */
  private readonly usual: number;
  /** 1 where a label came that is no lie. */
  private readonly usable: Uint8Array;

  constructor(
    private readonly life: Life,
    private readonly task: Task,
    private readonly scenario: Scenario,
  ) {
    const { rows, events } = life;
    const { horizon } = task;
    this.truth = Float64Array.from(rows, ({ healthy }) => healthy[TARGET]);
    this.naive = new Float64Array(rows.length).fill(Number.NaN);
    const shown = Float64Array.from(rows, ({ values }) => values[TARGET] ?? Number.NaN);
    let last = Number.NaN;
    rows.forEach((_, i) => {
      if (horizon === 0) this.naive[i] = last;
      if (!Number.isNaN(shown[i])) last = shown[i];
      if (horizon > 0 && i + horizon < rows.length) this.naive[i + horizon] = last;
    });
    const lies = events.filter(({ kind, sensor }) => kind === "fault" && sensor === TARGET);
    this.usable = Uint8Array.from(rows, (_, i) =>
      !Number.isNaN(shown[i]) && !lies.some(({ from, to }) => i >= from && i < to) ? 1 : 0,
    );
    const odd = events
      .filter(({ kind }) => kind !== "loss")
      .map(({ kind, from, to }) => ({ from, to: kind === "fault" ? to + RECOVERY : to }));
    let sum = 0;
    let count = 0;
    for (let i = BEGINNING; i < rows.length; i++) {
      const error = Math.abs(this.naive[i] - this.truth[i]);
      if (Number.isNaN(error) || odd.some(({ from, to }) => i >= from && i < to)) continue;
      sum += error;
      count += 1;
    }
    this.usual = sum / count;
  }

  /** Mean absolute error against the truth over the readings `from` … `to` − 1 that count. */
  error({ value }: Trace, from: number, to: number, counts: (i: number) => boolean): number {
    let sum = 0;
    let count = 0;
    for (let i = Math.floor(from); i < to; i++) {
      const error = Math.abs(value[i] - this.truth[i]);
      if (Number.isNaN(error) || !counts(i)) continue;
      sum += error;
      count += 1;
    }
    return sum / count;
  }

  figures(t: Trace): Figures {
    const { truth, naive } = this;
    const n = truth.length;
    const always = () => true;
    const ofNaive = { ...t, value: naive };
    const alarms = this.alarms(t);
    return {
      error: this.error(t, BEGINNING, n, always) / this.error(ofNaive, BEGINNING, n, always),
      worstWindow: this.worstWindow(t),
      wrongRun: this.wrongRun(t),
      ...this.labels(t),
      coverage: this.coverage(t),
      learn: mean(t.learn.subarray(BEGINNING)),
      ...alarms,
      ...this.held(t),
      back: this.back(t),
    };
  }

  /** Windows in which a sensor lies, or has just done so, are left out: there the last value may be the lie. */
  private worstWindow({ value }: Trace): number {
    const { truth, naive, usual, life } = this;
    const faults = life.events.filter(({ kind }) => kind === "fault");
    let worst = Number.NaN;
    let ours = 0;
    let theirs = 0;
    const at: number[] = [];
    for (let i = BEGINNING; i < truth.length; i++) {
      const [a, b] = [Math.abs(value[i] - truth[i]), Math.abs(naive[i] - truth[i])];
      if (Number.isNaN(a + b)) continue;
      if (faults.some(({ from, to }) => i >= from && i < to + RECOVERY)) {
        at.length = ours = theirs = 0;
        continue;
      }
      at.push(i);
      ours += a;
      theirs += b;
      if (at.length > WINDOW) {
        const gone = at.shift() as number;
        ours -= Math.abs(value[gone] - truth[gone]);
        theirs -= Math.abs(naive[gone] - truth[gone]);
      }
      if (at.length < WINDOW) continue;
      const ratio = ours / Math.max(theirs, LEAST * usual * WINDOW);
      if (!(ratio <= worst)) worst = ratio;
    }
    return worst;
  }

  /** Readings in a row in which we are wrong while the last value is right. */
  private wrongRun({ value }: Trace): number {
    const { truth, naive, usual } = this;
    let longest = 0;
    let run = 0;
    for (let i = BEGINNING; i < truth.length; i++) {
      const [a, b] = [Math.abs(value[i] - truth[i]), Math.abs(naive[i] - truth[i])];
      if (Number.isNaN(a + b)) continue;
      run = a > WRONG * usual && b <= RIGHT * usual ? run + 1 : 0;
      longest = Math.max(longest, run);
    }
    return longest;
  }

  /**
   * Share of usable labels (that came, are no lie, and for which a forecast stood open) that KPI meter and gate counted,
   * and the mean error that the meter was told over the mean error that these labels show.
   */
  private labels({ value, told, gated }: Trace) {
    const { truth, usable } = this;
    let labels = 0;
    let scored = 0;
    let judged = 0;
    let toldSum = 0;
    let trueSum = 0;
    for (let i = BEGINNING; i < truth.length; i++) {
      if (usable[i] === 0 || Number.isNaN(value[i])) continue;
      labels += 1;
      trueSum += Math.abs(value[i] - truth[i]);
      judged += gated[i];
      if (Number.isNaN(told[i])) continue;
      scored += 1;
      toldSum += Math.abs(told[i]);
    }
    return { scored: scored / labels, gated: judged / labels, toldOverTrue: ratio(toldSum / scored, trueSum / labels) };
  }

  /** Share of true values within the interval while something changes; of the whole life where nothing does. */
  private coverage({ value, lower, upper }: Trace): number {
    const { truth, life } = this;
    const changes = life.events.filter(({ kind }) => kind === "change");
    let inside = 0;
    let count = 0;
    for (let i = BEGINNING; i < truth.length; i++) {
      if (Number.isNaN(value[i]) || (changes.length > 0 && !changes.some(({ from, to }) => i >= from && i < to)))
        continue;
      count += 1;
      if (truth[i] >= lower[i] && truth[i] <= upper[i]) inside += 1;
    }
    return inside / count;
  }

  /** Values held that came and are no lie, in all and at a level that the plant has been at before. */
  private held({ held }: Trace) {
    const { rows, events, visits } = this.life;
    const faults = events.filter(({ kind }) => kind === "fault");
    const again = visits.filter(({ time }) => time > 1);
    let all = 0;
    let known = 0;
    held.forEach((sensors, i) => {
      for (const sensor of sensors) {
        if (rows[i].values[sensor] === undefined) continue;
        if (faults.some((e) => e.sensor === sensor && i >= e.from && i < e.to + RECOVERY)) continue;
        all += 1;
        if (again.some(({ from, to }) => i >= from && i < to)) known += 1;
      }
    });
    return { held: all, heldAgain: visits.length > 0 ? known : Number.NaN };
  }

  /**
   * Alarms against the same rule that hears the truth. Late: readings after those of that rule, worst; missed: stretches
   * of the truth without alarm. Nuisance: alarms without a true one at the time; unmarked: those that did not say within
   * three readings that they may be false.
   */
  private alarms({ actual, forecast }: Trace) {
    const { scenario, life, task } = this;
    const none = Number.NaN;
    if (!scenario.alarm)
      return { late: none, missed: none, forecastLate: none, forecastMissed: none, nuisance: none, unmarked: none };
    const rule = new Alarms(scenario.alarm, TARGET);
    const truth = life.rows.map(
      ({ time, healthy }) => rule.read(time, healthy[TARGET], undefined, undefined).actual.active,
    );
    const { events } = life;
    const lies = events.filter(({ kind, sensor }) => kind === "fault" && sensor === TARGET);
    const changes = events.filter(({ kind }) => kind === "change");
    const within = (some: readonly PlantEvent[], i: number) => some.some(({ from, to }) => i >= from && i < to);
    // No alarm can hear what its sensor does not say; a forecast is not asked for noise that crosses a limit.
    const onActual = against(truth, actual, (i) => !within(lies, i));
    const onForecast = against(truth, forecast, (i) => !within(lies, i) && within(changes, i));
    let nuisance = 0;
    let unmarked = 0;
    for (let i = 1; i < truth.length; i++) {
      if (!actual[i].active || actual[i - 1].active || truth[i] || truth[i - 1]) continue;
      nuisance += 1;
      if (!actual.slice(i, i + PATIENCE + 1).some(({ marked }) => marked)) unmarked += 1;
    }
    return {
      ...onActual,
      // A soft sensor's own estimate is its value now; a forecast ahead may be as late as the plant is followed.
      forecastLate: Math.max(0, onForecast.late - (task.horizon > 0 ? PATIENCE : 0)),
      forecastMissed: onForecast.missed,
      nuisance,
      unmarked,
    };
  }

  /** Labels after a change until the next ten have at most twice the error of the last label; worst change. */
  private back({ value }: Trace): number {
    const { truth, naive, usable, usual, life, task } = this;
    if (task.horizon > 0) return Number.NaN;
    const changes = life.events.filter(({ kind }) => kind === "change");
    let worst = Number.NaN;
    for (const { from } of changes) {
      const next = changes.find((change) => change.from > from)?.from ?? truth.length;
      const labels: number[] = [];
      for (let i = from; i < Math.min(next, truth.length); i++) if (usable[i] === 1) labels.push(i);
      const good = (n: number) => {
        let ours = 0;
        let theirs = 0;
        let count = 0;
        const start = n === 0 ? from : labels[n - 1] + 1;
        for (let i = start; i <= labels[n + LABELS - 1]; i++) {
          const [a, b] = [Math.abs(value[i] - truth[i]), Math.abs(naive[i] - truth[i])];
          if (Number.isNaN(a + b)) continue;
          ours += a;
          theirs += b;
          count += 1;
        }
        return ours <= 2 * Math.max(theirs, LEAST * usual * count);
      };
      const most = Math.min(MOST_LABELS, labels.length - LABELS);
      if (most < 0) continue;
      let n = 0;
      while (n < most && !good(n)) n += 1;
      if (!(n <= worst)) worst = n;
    }
    return worst;
  }

  /**
   * Learning weight 200 … 300 readings after the plant has come back from its first visit elsewhere, over that before;
   * and, worst, the one some readings into a level, where neither it nor the one before was new.
   */
  learning({ learn }: Trace): { afterFirst: number; again: number } {
    const { visits } = this.life;
    const [, first, back] = visits;
    const returned = first !== undefined && back !== undefined && back.time > 1;
    const before = returned ? mean(learn.subarray(Math.max(0, first.from - 200), first.from)) : Number.NaN;
    const afterFirst = returned ? mean(learn.subarray(back.from + 200, back.from + 300)) / before : Number.NaN;
    const again = visits
      .filter(({ time, from, to }, v) => time > 1 && visits[v - 1].time > 1 && to - from >= 30)
      .map(({ from }) => mean(learn.subarray(from + PATIENCE, from + PATIENCE + 20)));
    return { afterFirst, again: again.length > 0 ? lowest(again) : Number.NaN };
  }
}

/** How late and how often not at all an alarm came, against one that is right by definition. */
function against(
  truth: readonly boolean[],
  seen: readonly AlarmSight[],
  counts: (i: number) => boolean,
): { late: number; missed: number } {
  let late = 0;
  let missed = 0;
  for (let i = 0; i < truth.length; i++) {
    if (!truth[i] || truth[i - 1] || !counts(i)) continue;
    let end = i;
    while (end < truth.length && truth[end]) end += 1;
    let at = i;
    while (at < end && !seen[at].active) at += 1;
    if (at === end) missed += 1;
    else late = Math.max(late, at - i);
  }
  return { late, missed };
}

/** a / b, where nothing over nothing is no difference. */
function ratio(a: number, b: number): number {
  return a === b ? 1 : a / b;
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) continue;
    sum += values[i];
    count += 1;
  }
  return sum / count;
}

const highest = (values: readonly number[]): number => Math.max(...values.filter((x) => !Number.isNaN(x)));
const lowest = (values: readonly number[]): number => Math.min(...values.filter((x) => !Number.isNaN(x)));

/** Mean over the seeds and the worst of them; empty where the figure does not apply. */
function cell(values: readonly number[], worst: (values: readonly number[]) => number): string | number {
  const known = values.filter((x) => !Number.isNaN(x));
  if (known.length === 0) return "";
  const [a, b] = [mean(known), worst(known)].map(short);
  return a === b ? Number(a) : `${a}/${b}`;
}

function short(x: number): string {
  return String(Number(x.toPrecision(3)));
}

function taskOf({ horizon, every }: Task): string {
  return horizon > 0 ? `${horizon} ahead` : every === 1 ? "soft" : `soft, label 1 in ${every}`;
}

function tableRow(r: Result): Row {
  const of = (pick: (f: Figures) => number, worst = highest, run = r.chain) => cell(run.map(pick), worst);
  return {
    scenario: r.task.scenario,
    as: taskOf(r.task),
    "window, alone": of((f) => f.worstWindow, highest, r.alone),
    "window, chain": of((f) => f.worstWindow),
    "wrong run, alone": of((f) => f.wrongRun, highest, r.alone),
    "wrong run, chain": of((f) => f.wrongRun),
    scored: of((f) => f.scored, lowest),
    gated: of((f) => f.gated, lowest),
    "told/true": of((f) => f.toldOverTrue, lowest),
    coverage: of((f) => f.coverage, lowest),
    learn: of((f) => f.learn, lowest),
    "late/missed": r.chain.some((f) => !Number.isNaN(f.missed))
      ? `${of((f) => f.late)} ${of((f) => f.missed)} | ${of((f) => f.forecastLate)} ${of((f) => f.forecastMissed)}`
      : "",
    "nuisance/unmarked": r.chain.some((f) => !Number.isNaN(f.nuisance))
      ? `${of((f) => f.nuisance)} ${of((f) => f.unmarked)}`
      : "",
    held: of((f) => f.held),
    "error/last, alone": of((f) => f.error, highest, r.alone),
    "error/last, chain": of((f) => f.error),
    "2nd half, guard": cell(r.guardCost, highest),
    "over intact": cell(r.overIntact, highest),
    "labels, alone": of((f) => f.back, highest, r.alone),
    "labels, chain": of((f) => f.back),
  };
}

async function main(): Promise<void> {
  const started = performance.now();
  const jobs: Task[][] = SCENARIOS.map(({ name, ahead, labels = [] }) =>
    [
      ...ahead.map((horizon) => ({ scenario: name, horizon, every: 1 })),
      ...labels.map((every) => ({ scenario: name, horizon: 0, every })),
    ].filter((task) => wanted(`${task.scenario}, ${taskOf(task)}`)),
  ).filter((tasks) => tasks.length > 0);
  const results = (await runJobs<Task[], Result[]>(__filename, jobs)).flat();
  report("plant", started, results.map(tableRow), checks(results));
}

/** Every line of "To reach", on the figures that it is about; what no run of this part says anything of is left out. */
function checks(results: readonly Result[]): Check[] {
  const list: Check[] = [];
  const add = (what: string, values: readonly number[], rule: "<=" | ">=", limit: number): void => {
    const known = values.filter((x) => !Number.isNaN(x));
    if (known.length > 0) list.push(check(what, rule === "<=" ? highest(known) : lowest(known), rule, limit));
  };
  const ahead = results.filter(({ task }) => task.horizon > 0);
  const soft = (product: "seen" | "unseen") =>
    results.filter(({ task }) => task.horizon === 0 && scenarioOf(task).product === product);
  const lossy = results.filter(({ lossy }) => lossy);
  const losing = (from: number, to: number) =>
    results.filter(({ task }) => {
      const { share = 0 } = scenarioOf(task);
      return share >= from && share <= to;
    });
  const sound = results.filter(({ faulty, lossy }) => !faulty && !lossy);
  const of = (some: readonly Result[], pick: (f: Figures) => number, run: "chain" | "alone" = "chain") =>
    some.flatMap((r) => r[run].map(pick));
  for (const run of ["chain", "alone"] as const) {
    const who = run === "chain" ? "chain" : "forecaster alone";
    add(
      `${who}, ahead: readings in a row wrong while the last value is right`,
      of(ahead, (f) => f.wrongRun, run),
      "<=",
      3,
    );
    add(
      `${who}, ahead, no sensor broken: worst window over the last value`,
      of(ahead, (f) => f.worstWindow, run),
      "<=",
      2,
    );
    add(
      `${who}, soft sensor: labels until back, product the inputs do not show`,
      of(soft("unseen"), (f) => f.back, run),
      "<=",
      25,
    );
    add(
      `${who}, soft sensor: labels until back, product the inputs show`,
      of(soft("seen"), (f) => f.back, run),
      "<=",
      3,
    );
  }
  add(
    "usable labels scored, lowest share",
    of(results, (f) => f.scored),
    ">=",
    1,
  );
  add(
    "usable labels that the gate judges by, lowest share",
    of(results, (f) => f.gated),
    ">=",
    1,
  );
  add(
    "error told to the KPI meter over the true error, lowest",
    of(results, (f) => f.toldOverTrue),
    ">=",
    0.95,
  );
  add(
    "error told to the KPI meter over the true error, highest",
    of(results, (f) => f.toldOverTrue),
    "<=",
    1.05,
  );
  add(
    "1 to 10 % of values lost: error over that without loss",
    losing(0.01, 0.1).flatMap((r) => r.overIntact),
    "<=",
    1.05,
  );
  add(
    "30 % of values lost: error over that without loss",
    losing(0.3, 0.3).flatMap((r) => r.overIntact),
    "<=",
    1.15,
  );
  add(
    "nothing broken, second half: error with guard over that without",
    sound.flatMap((r) => r.guardCost),
    "<=",
    1.01,
  );
  add(
    "learning weight 200 readings after a first stop over that before",
    results.flatMap((r) => r.learnAfterFirst),
    ">=",
    0.95,
  );
  add(
    "learning weight at a level seen before, after 3 readings",
    results.flatMap((r) => r.learnAgain),
    ">=",
    0.95,
  );
  add(
    "healthy values held in second and later visits to a level",
    of(results, (f) => f.heldAgain),
    "<=",
    0,
  );
  add(
    "healthy values held where others are lost",
    of(lossy, (f) => f.held),
    "<=",
    0,
  );
  add(
    "forecaster alone, alarms on the forecast: readings later than the 3 that are granted",
    of(results, (f) => f.forecastLate, "alone"),
    "<=",
    0,
  );
  add(
    "forecaster alone, alarms on the forecast: missed",
    of(results, (f) => f.forecastMissed, "alone"),
    "<=",
    0,
  );
  add(
    "alarms on the value: readings late",
    of(results, (f) => f.late),
    "<=",
    0,
  );
  add(
    "alarms on the value: missed",
    of(results, (f) => f.missed),
    "<=",
    0,
  );
  add(
    "alarms on the forecast: readings later than the 3 that are granted",
    of(results, (f) => f.forecastLate),
    "<=",
    0,
  );
  add(
    "alarms on the forecast: missed",
    of(results, (f) => f.forecastMissed),
    "<=",
    0,
  );
  add(
    "nuisance alarms not marked within 3 readings",
    of(results, (f) => f.unmarked),
    "<=",
    0,
  );
  add(
    `relation changed: learning weight after ${CONTRADICTION} readings`,
    results.flatMap((r) => r.relationLearn),
    ">=",
    0.95,
  );
  add(
    `relation changed: error from then on over that of the forecaster alone`,
    results.flatMap((r) => r.relationError),
    "<=",
    1.05,
  );
  return list;
}

if (isMainThread) void main();
else answerJob((tasks: Task[]) => tasks.map(runTask));
