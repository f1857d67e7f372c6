/**
 * Time, memory and allocation of one step of the engine, on the plant that always travels. All variants take turns in
 * one run, so that a machine that changes its pace changes it for all of them.
 */
import { Random } from "../src/forecaster/random";
import { Forecaster, type LearnOptions, type Reading } from "../src/index";
import { check, type Row, report, wanted } from "./report";

const ROUNDS = 7;
const STEPS = 4000;
const SHAPES = [
  { size: 8, sensors: 2 },
  { size: 16, sensors: 4 },
  { size: 16, sensors: 10 },
  { size: 32, sensors: 11 },
];
const WAYS: [string, LearnOptions][] = [
  ["learn everything", { learn: true }],
  ["learn output layer", { learn: true, scope: "output" }],
  ["forecast only", { learn: false }],
];

interface Variant {
  f: Forecaster;
  options: LearnOptions;
  micros: number[];
}

function variant(size: number, sensors: number, horizon: number, options: LearnOptions): Variant {
  const inputs = Array.from({ length: sensors }, (_, i) => `s${i}`);
  return { f: Forecaster.create({ inputs, target: "y", horizon, size }), options, micros: [] };
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
function run(v: Variant, rows: readonly Reading[]): void {
  v.f.forgetReadings();
  for (let i = 0; i < rows.length; i++) v.f.step(rows[i], v.options);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

/**
 * Bytes that a step leaves on the heap: the median over drives, so that the collector's own visits do not count.
 * Objects and arrays would show here, and numbers that the JavaScript engine boxes on their way between functions.
 */
function allocated(v: Variant, rows: readonly Reading[]): number {
  const bytes: number[] = [];
  for (let drive = 0; drive < 15; drive++) {
    const before = process.memoryUsage().heapUsed;
    run(v, rows);
    bytes.push((process.memoryUsage().heapUsed - before) / rows.length);
  }
  return median(bytes);
}

function main(): void {
  const started = performance.now();
  const table: Row[] = [];
  let worst = 0;
  for (const horizon of [1, 0]) {
    for (const { size, sensors } of SHAPES) {
      const name = `${size} units, ${sensors} sensors, horizon ${horizon}`;
      if (!wanted(name)) continue;
      const rows = readings(sensors, STEPS);
      const variants = WAYS.map(([, options]) => variant(size, sensors, horizon, options));
      for (let warm = 0; warm < 5; warm++) for (const v of variants) run(v, rows);
      for (let round = 0; round < ROUNDS; round++) {
        for (const v of variants) {
          const from = process.cpuUsage().user;
          run(v, rows);
          v.micros.push((process.cpuUsage().user - from) / STEPS);
        }
      }
      const bytes = allocated(variants[0], rows);
      worst = Math.max(worst, bytes);
      table.push({
        model: name,
        ...Object.fromEntries(WAYS.map(([way], i) => [`${way}, µs`, Number(median(variants[i].micros).toFixed(2))])),
        "kB an asset": Math.round(variants[0].f.memoryBytes / 1000),
        "bytes allocated a step": Number(bytes.toFixed(1)),
      });
    }
  }
  report("speed", started, table, [check("bytes allocated a step, worst", worst, "<=", 128)]);
}

main();
