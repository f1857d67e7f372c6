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

function main(): void {
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
        "kB an asset": Math.round(all.memoryBytes / 1000),
        "kB, light": Math.round(light.memoryBytes / 1000),
        "bytes allocated a step": Number(allocated(all, rows.slice(0, 500)).toFixed(1)),
      });
      if (model !== DECIDES || !c) continue;
      const limits = [1, 1, 10, 6];
      toC.forEach(([what, value], i) => {
        checks.push(check(`${what}, ${size} units, ${sensors} sensors`, value, "<=", limits[i]));
      });
    }
  compiler?.end();
  report("speed", started, table, checks);
}

main();
