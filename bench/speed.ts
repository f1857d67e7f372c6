/**
 * Time, memory and allocation of one step of the engine, on the plant that always travels, beside the core of the step in
 * C. All variants take turns in one run, so that a machine that changes its pace changes it for all of them; ratios are
 * taken turn by turn.
 */
import { shapeOf } from "../src/forecaster/network";
import { Random } from "../src/forecaster/random";
import { Forecaster, type ForecasterOptions, type LearnOptions, type Reading } from "../src/index";
import { Arena } from "../src/kernel/arena";
import { byKernels, inC, type Measured } from "./core-step";
import { gruSteps } from "./gru-step";
import { type Check, check, type Row, report, wanted } from "./report";

const ROUNDS = 15;
const STEPS = 4000;
const SHAPES = [
  { size: 8, sensors: 2 },
  { size: 16, sensors: 4 },
  { size: 32, sensors: 11 },
  { size: 64, sensors: 11 },
];
/** Where the issue of speed is decided: what an edge box has most of. */
const DECIDES = "16 units, 4 sensors, horizon 1";

/** One way of going through the readings: µs of a step, turn by turn. */
interface Variant {
  name: string;
  measured: Measured;
  micros: number[];
}

/** Readings made beforehand: what the measured loop allocates is the engine's alone. */
function readings(sensors: number, count: number): Reading[] {
  const random = new Random(1);
  const level = new Float64Array(sensors + 1).fill(0.5);
  return Array.from({ length: count }, (_, i) => {
    for (let k = 0; k < level.length; k++) level[k] = 0.9 * level[k] + 0.1 * random.uniform() + 0.01;
    return { time: 1.7e12 + i * 1000, values: {}, ordered: level.slice() };
  });
}

/** Streams the same readings again; the forecaster starts a new drive with what it has learnt. */
function run(f: Forecaster, options: LearnOptions, rows: readonly Reading[]): void {
  f.forgetReadings();
  for (let i = 0; i < rows.length; i++) f.step(rows[i], options);
}

function full(f: Forecaster, options: LearnOptions, rows: readonly Reading[]): Measured {
  return () => {
    const from = process.cpuUsage().user;
    run(f, options, rows);
    return (process.cpuUsage().user - from) / rows.length;
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

/**
 * Bytes that a step leaves on the heap: the median over short drives, so that the collector's own visits do not count.
 * Objects and arrays would show here, and numbers that the JavaScript engine boxes on their way between functions.
 */
function allocated(f: Forecaster, rows: readonly Reading[]): number {
  const bytes: number[] = [];
  for (let drive = 0; drive < 15; drive++) {
    const before = process.memoryUsage().heapUsed;
    run(f, { learn: true }, rows);
    bytes.push((process.memoryUsage().heapUsed - before) / rows.length);
  }
  return median(bytes);
}

function digits(value: number): number {
  return Number(value.toFixed(2));
}

/** Steps that a forecaster has taken: one that is old, or whose sensors have nothing to say any more, must not take longer. */
const AGES = [4_000, 100_000, 1_000_000];
/** Readings ahead. */
const HORIZONS = [1, 10, 100];

/**
 * How the cost of a step grows with the horizon (ratio to the nearest one) and with the age of a forecaster, also of one
 * whose sensors stand still (ratio to a young one of a plant that runs).
 */
function growth(checks: Check[]): Row[] {
  const rows = readings(4, STEPS);
  const still = rows.map(({ time }) => ({ time, values: {}, ordered: new Float64Array(5) }));
  const inputs = ["s0", "s1", "s2", "s3"];
  const make = (horizon: number) => Forecaster.create({ inputs, target: "y", horizon, size: 16 });
  const measured = HORIZONS.map((horizon) => full(make(horizon), { learn: true }, rows));
  const table: Row[] = [];
  const micros: number[][] = HORIZONS.map(() => []);
  for (let warm = 0; warm < 3; warm++) for (const one of measured) one(STEPS);
  for (let round = 0; round < ROUNDS; round++) for (const [i, one] of measured.entries()) micros[i].push(one(STEPS));
  HORIZONS.forEach((horizon, i) => {
    const ratio = median(micros[i].map((own, round) => own / micros[0][round]));
    table.push({ what: `${horizon} readings ahead`, "full step, µs": digits(median(micros[i])), ratio: digits(ratio) });
  });
  checks.push(check(`${HORIZONS.at(-1)} readings ahead / 1`, Number(table.at(-1)?.ratio), "<=", 1.15));
  for (const [what, stream] of [
    ["a plant that runs", rows],
    ["a plant that stands still", still],
  ] as const) {
    // A young one beside the old one, in turns: the machine's pace is the same for both.
    const old = make(1);
    run(old, { learn: true }, rows);
    let age = STEPS;
    for (const wantedAge of AGES) {
      for (; age < wantedAge; age += STEPS) run(old, { learn: true }, stream);
      const young = make(1);
      run(young, { learn: true }, rows);
      const [ofOld, ofYoung]: number[][] = [[], []];
      for (let round = 0; round < 5; round++) {
        ofYoung.push(full(young, { learn: true }, rows)(STEPS));
        ofOld.push(full(old, { learn: true }, stream)(STEPS));
      }
      const ratio = median(ofOld.map((own, i) => own / ofYoung[i]));
      table.push({ what: `${what}, ${wantedAge} steps`, "full step, µs": digits(median(ofOld)), ratio: digits(ratio) });
    }
    checks.push(check(`${what}: a million steps / the first`, Number(table.at(-1)?.ratio), "<=", 1.15));
  }
  return table;
}

async function main(): Promise<void> {
  const started = performance.now();
  const compiler = inC();
  const kernels = Arena.fast().kernel.name;
  console.log(`Kernels: ${kernels}. ${compiler ? "" : "No C compiler here: no ratios to C."}`);
  const table: Row[] = [];
  const checks: Check[] = [];
  for (const horizon of [1, 0])
    for (const { size, sensors } of SHAPES) {
      const model = `${size} units, ${sensors} sensors, horizon ${horizon}`;
      if (!wanted(model)) continue;
      const rows = readings(sensors, STEPS);
      const inputs = Array.from({ length: sensors }, (_, i) => `s${i}`);
      const options: ForecasterOptions = { inputs, target: "y", horizon, size };
      const all = Forecaster.create(options);
      const light = Forecaster.create({ ...options, light: true });
      const plain = Forecaster.create(options, Arena.plain());
      // The target's own past is one more input of the network.
      const shape = shapeOf(horizon, size, sensors + 1);
      const c = compiler?.of(shape);
      const compiled = byKernels(shape, Arena.fast());
      const inTypeScript = byKernels(shape, Arena.plain());
      const variants: Variant[] = [];
      const variant = (name: string, measured: Measured) => variants.push({ name, measured, micros: [] });
      if (c) variant("layer, C", c.layer);
      variant("layer", compiled.layer);
      variant("layer, plain", inTypeScript.layer);
      if (c) variant("network, C", c.network);
      variant("network", compiled.network);
      variant("network, plain", inTypeScript.network);
      variant("full step", full(all, { learn: true }, rows));
      variant("full step, light", full(light, { learn: true }, rows));
      variant("full step, plain", full(plain, { learn: true }, rows));
      variant("learn output layer", full(all, { learn: true, scope: "output" }, rows));
      variant("forecast only", full(all, { learn: false }, rows));
      for (let warm = 0; warm < 3; warm++) for (const { measured } of variants) measured(STEPS);
      for (let round = 0; round < ROUNDS; round++)
        for (const { measured, micros } of variants) micros.push(measured(STEPS));

      const micros = (name: string) => variants.find((one) => one.name === name)?.micros ?? [];
      const ratio = (name: string, to: string) => {
        const base = micros(to);
        return Number(median(micros(name).map((own, round) => own / base[round])).toFixed(2));
      };
      const toC = [
        ["layer", "layer, C"],
        ["network", "network, C"],
        ["full step", "layer, C"],
        ["full step, light", "layer, C"],
      ].map(([name, to]) => [`${name} / ${to}`, ratio(name, to)] as const);
      const ratios = [...(c ? toC : []), ["full step / plain", ratio("full step", "full step, plain")] as const];
      table.push({
        model,
        ...Object.fromEntries(variants.map(({ name, micros }) => [`${name}, µs`, Number(median(micros).toFixed(2))])),
        ...Object.fromEntries(ratios),
        "full step, ns a unit and input": Math.round((1000 * median(micros("full step"))) / (size * (sensors + 1))),
        "kB an asset": Math.round(all.memoryBytes / 1000),
        "kB, light": Math.round(light.memoryBytes / 1000),
        "bytes allocated a step": Number(allocated(all, rows.slice(0, 500)).toFixed(1)),
      });
      if (model !== DECIDES || !c) continue;
      const limits = [1, 1, 10, 6];
      toC.forEach(([what, value], i) => {
        checks.push(check(`${what}, ${size} units, ${sensors} sensors`, value, "<=", limits[i]));
      });
      const gru = await gruSteps(size, sensors + 1);
      if (!gru) {
        console.log("TensorFlow.js cannot be installed here: no ratio to it.");
        continue;
      }
      gru.steps(3);
      const turns = Array.from({ length: 5 }, () => gru.steps(5) / full(all, { learn: true }, rows)(STEPS));
      gru.end();
      checks.push(check("training step of a TensorFlow.js GRU / full step", median(turns), ">=", 1000));
    }
  compiler?.end();
  report("speed", started, table, checks);
  if (!wanted("growth")) return;
  const ofGrowth: Check[] = [];
  report("speed-growth", started, growth(ofGrowth), ofGrowth);
}

void main();
