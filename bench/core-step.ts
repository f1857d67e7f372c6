/** The core of a step by itself: in C where this machine has a compiler, and by each set of kernels. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Adam } from "../src/forecaster/adam";
import { Lru, LruTraces } from "../src/forecaster/lru";
import { Member } from "../src/forecaster/member";
import type { NetworkShape } from "../src/forecaster/network";
import { Random } from "../src/forecaster/random";
import type { Arena } from "../src/kernel/arena";

const SOURCE = join(__dirname, "..", "..", "bench", "reference", "core-step.c");
const RATE = 3e-4;

/** µs of a step, measured over so many. */
export type Measured = (steps: number) => number;

/** The core step of the layer alone, and of the whole network. */
export interface CoreSteps {
  layer: Measured;
  network: Measured;
}

/** A compiler's best at `bench/reference/core-step.c`; undefined where there is no compiler. `end` throws it away. */
export function inC(): { of(shape: NetworkShape): CoreSteps; end(): void } | undefined {
  const folder = mkdtempSync(join(tmpdir(), "core-step-"));
  const program = join(folder, "core-step");
  const end = () => rmSync(folder, { recursive: true });
  try {
    execFileSync("cc", ["-O3", "-march=native", SOURCE, "-lm", "-o", program], { stdio: "ignore" });
  } catch {
    end();
    return undefined;
  }
  const run = (...of: number[]) => Number(execFileSync(program, of.map(String)));
  return {
    of: ({ units, inputs, features, gates }) => ({
      layer: (steps) => run(units, inputs, 0, 0, steps),
      network: (steps) => run(units, inputs, features, gates, steps),
    }),
    end,
  };
}

/** The same by the kernels of an arena. */
export function byKernels(shape: NetworkShape, arena: Arena): CoreSteps {
  const { units, inputs, features, total } = shape;
  const random = new Random(1);
  const width = Math.max(features, 2 * units) + inputs + 1;
  const rows = Array.from({ length: 1000 }, () => Float64Array.from({ length: width }, () => random.uniform() - 0.5));
  const u = arena.f32(1000 * inputs);
  for (let i = 0; i < u.length; i++) u[i] = random.uniform() - 0.5;
  return { layer: layerAlone(), network: network() };

  function layerAlone(): Measured {
    const length = Lru.parameterCount(units, inputs);
    const parameters = arena.f64(length);
    const layer = new Lru(units, inputs, parameters, arena);
    layer.initialise(random);
    const traces = new LruTraces(units, inputs, arena);
    const adam = new Adam(length, arena);
    const gradient = arena.f64(length);
    const dh = arena.f64(2 * units);
    return timed((row) => {
      layer.trace(traces, u, row * inputs);
      for (let k = 0; k < dh.length; k++) dh[k] = rows[row][k];
      layer.gradient(traces, dh, gradient);
      const square = arena.kernel.square(gradient, 0, length);
      adam.advance();
      adam.step(parameters, gradient, 0, length, square > 1 ? 1 / Math.sqrt(square) : 1, RATE);
      layer.clamp();
    });
  }

  function network(): Measured {
    const member = new Member(shape, arena);
    member.initialise(random);
    const phi = arena.f64(features);
    const gradient = arena.f64(total);
    return timed((row) => {
      const numbers = rows[row];
      member.follow(u, row * inputs);
      for (let k = 2 * units; k < features; k++) phi[k] = numbers[k];
      member.compare(phi);
      member.gradient(Math.max(-1, Math.min(1, member.output - numbers[features])), phi, gradient);
      member.step(gradient, { from: 0, to: total, rate: RATE, limit: undefined });
    });
  }
}

function timed(step: (row: number) => void): Measured {
  return (steps) => {
    const from = process.cpuUsage().user;
    for (let i = 0; i < steps; i++) step(i % 1000);
    return (process.cpuUsage().user - from) / steps;
  };
}
