/**
 * The sensor scout on recorded data: decoys, which can tell nothing of the target, stand among the sensors and must neither
 * be admitted nor rank before one that is; and what a forecaster is worth with the sensors that are chosen, beside one with
 * all and one with none. The scout sees the first readings only, the forecasts are scored after them.
 */
import { isMainThread } from "node:worker_threads";
import { Random } from "../src/forecaster/random";
import { Forecaster, type Reading } from "../src/index";
import type { Ranking } from "../src/scout/ranking";
import { ReadingRing } from "../src/scout/reading-ring";
import { rank } from "../src/scout/scout";
import {
  GAS_TURBINE_INPUTS,
  gasTurbine,
  requireData,
  TRANSFORMER_INPUTS,
  transformer,
  VEHICLE_INPUTS,
  VEHICLE_TARGET,
  vehicle,
  WATER_BENCH_SENSORS,
  waterBench,
} from "./data";
import { check, type Row, report, wanted } from "./report";
import { answerJob, runJobs } from "./workers";

const SEEDS = [1, 2, 3];
/** Readings that the scout sees. */
const SCOUTED = 5000;
/** Decoys of each kind. */
const DECOYS = 4;

type Rows = readonly Reading[];

interface Job {
  group: "gas turbine" | "ETTh1" | "SKAB" | "vehicle";
  target: string;
  inputs: readonly string[];
  horizon: number;
  seed: number;
}

interface Outcome {
  ranking: Pick<Ranking, "chosen" | "sensors">;
  /** Time of the ranking, ms. */
  ms: number;
  naive: number;
  none: number;
  best: number;
  all: number;
}

const TASKS: readonly Omit<Job, "seed">[] = [
  ...["NOX", "CO"].flatMap((target) =>
    [1, 6].map((horizon) => ({ group: "gas turbine" as const, target, inputs: GAS_TURBINE_INPUTS, horizon })),
  ),
  ...[1, 6, 24].map((horizon) => ({ group: "ETTh1" as const, target: "OT", inputs: TRANSFORMER_INPUTS, horizon })),
  ...["Pressure", "Volume Flow RateRMS"].map((target) => ({
    group: "SKAB" as const,
    target,
    inputs: WATER_BENCH_SENSORS.filter((sensor) => sensor !== target),
    horizon: 1,
  })),
  ...[1, 5].map((horizon) => ({ group: "vehicle" as const, target: VEHICLE_TARGET, inputs: VEHICLE_INPUTS, horizon })),
];

function recorded(group: Job["group"]): Rows {
  if (group === "gas turbine") return [...gasTurbine(2012).rows, ...gasTurbine(2013).rows].map(evenly);
  if (group === "ETTh1") return transformer().rows;
  return group === "SKAB" ? waterBench("anomaly-free").rows : vehicle("Chevrolet_Malibu_2019").rows;
}

/** Two years of readings each hour, one after the other. */
function evenly({ values }: Reading, i: number): Reading {
  return { time: 3_600_000 * i, values };
}

/** The readings with decoys beside the sensors: columns moved along a circle, and random walks. */
function withDecoys(rows: Rows, inputs: readonly string[], random: Random): Rows {
  const shifted = Array.from({ length: DECOYS }, () => ({
    sensor: inputs[Math.floor(random.uniform() * inputs.length)] as string,
    by: Math.floor((1 / 4 + random.uniform() / 2) * rows.length),
  }));
  const walks = new Float64Array(DECOYS);
  return rows.map(({ time, values }, i) => {
    const decoys: Record<string, number> = {};
    for (const [d, { sensor, by }] of shifted.entries())
      decoys[`decoy shifted ${d + 1}`] = rows[(i + by) % rows.length]?.values[sensor] as number;
    for (let d = 0; d < DECOYS; d++) decoys[`decoy walk ${d + 1}`] = walks[d] += random.normal();
    return { time, values: { ...values, ...decoys } };
  });
}

/** Mean absolute errors after the readings that the scout has seen. */
function drive(
  rows: Rows,
  inputs: readonly string[],
  { target, horizon, seed }: Job,
): { error: number; naive: number } {
  const forecaster = Forecaster.create({ inputs, target, horizon, seed });
  let [count, error, naive] = [0, 0, 0];
  for (const [i, { time, values }] of rows.entries()) {
    const { scored } = forecaster.step({ time, values }, { learn: true });
    if (!scored || i < SCOUTED || Number.isNaN(scored.naive)) continue;
    count++;
    error += Math.abs(scored.error);
    naive += Math.abs(scored.naive - scored.actual);
  }
  return { error: error / count, naive: naive / count };
}

function run(job: Job): Outcome {
  const { group, target, inputs, horizon, seed } = job;
  const rows = recorded(group);
  const random = new Random(100 + seed);
  const known = withDecoys(rows.slice(0, SCOUTED), inputs, random);
  const ring = new ReadingRing(SCOUTED);
  const named = [target, ...inputs];
  for (const { time, values } of known) {
    const offered = Object.entries(values).filter(([name]) => named.includes(name) || name.startsWith("decoy"));
    ring.take({ time, values: Object.fromEntries(offered) });
  }
  const table = ring.table();
  const started = performance.now();
  const { chosen, sensors } = rank(table, { target, ahead: horizon, seed });
  const ms = performance.now() - started;
  const none = drive(rows, [], job);
  return {
    ranking: { chosen, sensors },
    ms,
    naive: none.naive,
    none: none.error,
    best: chosen.length === 0 ? none.error : drive(rows, chosen, job).error,
    all: drive(rows, inputs, job).error,
  };
}

answerJob(run);

const isDecoy = (sensor: string): boolean => sensor.startsWith("decoy");

/** Decoys that were admitted, or that stand before a sensor that was. */
function wrong({ sensors }: Outcome["ranking"]): number {
  const isFound = (i: number): boolean => !["unrelated", "constant", "absent"].includes(sensors[i]?.finding as string);
  const lastFound = sensors.findLastIndex(({ sensor }, i) => isFound(i) && !isDecoy(sensor));
  return sensors.filter(({ sensor }, i) => isDecoy(sensor) && (isFound(i) || i < lastFound)).length;
}

/**
 * Share of pairs of a sensor and a decoy in which the sensor ranks first: of sensors with a relation, and of those that are
 * no more than chance, of which a decoy is as likely the first. NaN where there are none. What does not change is in neither.
 */
function before({ sensors }: Outcome["ranking"], isChance: boolean): number {
  const changing = sensors.filter(({ finding }) => finding !== "constant" && finding !== "absent");
  const decoys = changing.filter(({ sensor }) => isDecoy(sensor));
  const own = changing.filter(({ sensor, finding }) => !isDecoy(sensor) && (finding === "unrelated") === isChance);
  const pairs = own.flatMap(({ rank }) => decoys.map((decoy) => rank < decoy.rank));
  return pairs.filter(Boolean).length / pairs.length;
}

/** "–" where there is nothing to tell. */
function percent(share: number): number | "–" {
  return Number.isNaN(share) ? "–" : Number((100 * share).toFixed(1));
}

/** Of those that are a number. */
function mean(all: readonly number[]): number {
  const values = all.filter((value) => !Number.isNaN(value));
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

async function main(): Promise<void> {
  requireData();
  const started = performance.now();
  const tasks = TASKS.filter(({ group, target, horizon }) => wanted(`${group} ${target} k${horizon}`));
  const jobs = tasks.flatMap((task) => SEEDS.map((seed) => ({ ...task, seed })));
  const outcomes = await runJobs<Job, Outcome>(__filename, jobs);
  const rows: Row[] = tasks.map(({ group, target, horizon, inputs }, t) => {
    const runs = SEEDS.map((_, s) => outcomes[t * SEEDS.length + s] as Outcome);
    const skill = (pick: (outcome: Outcome) => number): number =>
      Number(mean(runs.map((outcome) => 100 * (1 - pick(outcome) / outcome.naive))).toFixed(1));
    const first = runs[0] as Outcome;
    return {
      series: `${group} ${target}`,
      ahead: horizon,
      sensors: inputs.length,
      chosen:
        first.ranking.sensors
          .filter(({ chosen }) => chosen)
          .map(({ sensor, leadReadings, score }) => `${sensor} (${leadReadings}, ${score.toFixed(2)})`)
          .join("; ") || "none",
      admitted: first.ranking.sensors.filter(({ finding }) => finding === "leads" || finding === "redundant").length,
      "decoys wrong": runs.reduce((sum, { ranking }) => sum + wrong(ranking), 0),
      "related before decoy %": percent(mean(runs.map(({ ranking }) => before(ranking, false)))),
      "chance before decoy %": percent(mean(runs.map(({ ranking }) => before(ranking, true)))),
      "skill none %": skill(({ none }) => none),
      "skill chosen %": skill(({ best }) => best),
      "skill all %": skill(({ all }) => all),
      ms: Math.round(mean(runs.map(({ ms }) => ms))),
    };
  });
  const sum = (column: string): number => rows.reduce((total, row) => total + (row[column] as number), 0);
  report("scout", started, rows, [
    check("decoys that were admitted or rank before a sensor with a relation", sum("decoys wrong"), "<=", 0),
    ...(["none", "all"] as const).map((other) =>
      check(
        `at most two sensors chosen against ${other}: mean skill, points`,
        (sum("skill chosen %") - sum(`skill ${other} %`)) / rows.length,
        ">=",
        -0.5,
      ),
    ),
  ]);
}

if (isMainThread) void main();
