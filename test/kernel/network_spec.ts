import assert from "node:assert/strict";
import { LruTraces } from "../../src/forecaster/lru";
import { Network, type NetworkShape, shapeOf } from "../../src/forecaster/network";
import { Random } from "../../src/forecaster/random";
import { Arena } from "../../src/kernel/arena";
import { alike } from "./alike";

/** Odd and even numbers of units, inputs, features and gates; one of each; sizes as they occur. */
const SHAPES: readonly NetworkShape[] = [
  shapeOf(0, 1, 1),
  shapeOf(1, 1, 1),
  shapeOf(0, 2, 3),
  shapeOf(1, 3, 2),
  { ...shapeOf(0, 5, 4), gates: 3, total: 3 * 5 + 2 * 5 * 4 + 15 + 3 + 2 * 3 * 15 },
  shapeOf(1, 16, 5),
  shapeOf(0, 32, 12),
];

/** Rounding of doubles, summed up in another order; and of single precision, in which the optimiser works. */
const DOUBLE = 1e-12;
const SINGLE = 2e-6;

/** One of each network kernel after the other, on the same numbers in every arena. */
function learn(arena: Arena, shape: NetworkShape) {
  const { units, inputs, features, total, layer } = shape;
  const { kernel } = arena;
  const random = new Random(5);
  const network = new Network(shape, arena);
  network.initialise(random);
  for (let i = 0; i < total; i++) network.parameters[i] += 0.1 * random.normal();
  network.refresh();
  const derived = Float64Array.from(network.layer.derived);
  const traces = new LruTraces(units, inputs, arena);
  const u = arena.f32(3 * inputs);
  const phi = arena.f64(features);
  for (let step = 0; step < 30; step++) {
    for (let k = 0; k < u.length; k++) u[k] = random.normal();
    network.advance(u, inputs);
    network.layer.trace(traces, u, 2 * inputs);
  }
  for (let k = 0; k < features; k++) phi[k] = random.normal();
  phi.set(traces.h);
  const output = network.readout.forward(phi);
  const gradient = arena.f64(total);
  const dphi = arena.f64(2 * units);
  network.readout.gradient(0.7, phi, gradient, layer, dphi);
  network.layer.gradient(traces, dphi, gradient);
  const base = Float64Array.from(network.parameters);
  const other = arena.f64(total).fill(0.3);
  const sums = [
    output,
    kernel.square(gradient, 1, total),
    kernel.square(gradient, 2, 4),
    kernel.distance(gradient, other),
  ];
  const moments = { mean: arena.f32(total), square: arena.f32(total) };
  for (let i = 0; i < total; i++) {
    moments.mean[i] = 0.1 * random.normal();
    moments.square[i] = 0.01 * random.uniform();
  }
  // What has been still for hours must not end in denormal numbers.
  moments.mean[0] = 1e-37;
  moments.square[1] = 1e-37;
  for (const [from, to] of [
    [0, layer],
    [layer, total],
  ])
    kernel.adam(network.parameters, gradient, moments, from, to, { scale: 0.9, size: 0.01, correction: 1.1 });
  const moved = network.parameters.map((parameter, i) => parameter - base[i]);
  return { network, derived, traces, gradient, dphi, sums, moments, moved };
}

describe("the compiled kernels of the network", () => {
  for (const shape of SHAPES)
    it(`answer as the plain ones do: ${shape.units} units, ${shape.inputs} inputs, ${shape.gates} gates`, () => {
      const plain = learn(Arena.plain(), shape);
      const compiled = learn(Arena.fast(), shape);
      alike(compiled.derived, plain.derived, DOUBLE);
      for (const part of ["h", "e", "c", "E"] as const) alike(compiled.traces[part], plain.traces[part], DOUBLE);
      alike(compiled.network.h, plain.network.h, DOUBLE);
      alike(compiled.gradient, plain.gradient, DOUBLE);
      alike(compiled.dphi, plain.dphi, DOUBLE);
      alike(compiled.sums, plain.sums, DOUBLE);
      alike(compiled.moments.mean, plain.moments.mean, SINGLE);
      alike(compiled.moments.square, plain.moments.square, SINGLE);
      alike(compiled.moved, plain.moved, SINGLE);
      assert.ok(plain.moved.every((step) => step !== 0));
    });

  it("leave no denormal numbers behind", () => {
    const arena = Arena.fast();
    const network = new Network(shapeOf(0, 2, 1), arena);
    network.initialise(new Random(1));
    const traces = new LruTraces(2, 1, arena);
    for (const part of [traces.h, traces.e, traces.c, traces.E, network.h]) part.fill(1e-300);
    const nothing = arena.f32(1);
    network.layer.trace(traces, nothing, 0);
    network.advance(nothing, 0);
    for (const part of [traces.h, traces.e, traces.c, traces.E, network.h])
      assert.deepEqual([...part], [...part].fill(0));
    const moments = { mean: arena.f32(5).fill(1e-38), square: arena.f32(5).fill(1e-38) };
    arena.kernel.adam(arena.f64(5), arena.f64(5), moments, 0, 5, { scale: 1, size: 1, correction: 1 });
    assert.deepEqual([...moments.mean, ...moments.square], new Array(10).fill(0));
  });

  it("hold a layer within its bounds as the plain ones do, and change nothing the second time", () => {
    const [plain, compiled] = [Arena.plain(), Arena.fast()].map((arena) => {
      const { layer, parameters } = new Network(shapeOf(0, 5, 1), arena);
      // Far too slow, far too fast, a phase beyond π, gains beyond what slow and fast units may have.
      parameters.set([-30, 4, -3, -7, 0]);
      parameters.set([0.5, 0.1, 7, -2, -1], 5);
      parameters.set([3, 3, 3, -0.5, 1.5], 10);
      layer.clamp();
      const first = { parameters: parameters.slice(), derived: layer.derived.slice() };
      layer.clamp();
      layer.refresh();
      assert.deepEqual([...parameters], [...first.parameters]);
      assert.deepEqual([...layer.derived], [...first.derived]);
      return first;
    });
    alike(compiled.parameters, plain.parameters, DOUBLE);
    alike(compiled.derived, plain.derived, DOUBLE);
  });

  it("work out exponentials over the whole range that a gate can meet", () => {
    const [plain, compiled] = [Arena.plain(), Arena.fast()].map((arena) => {
      const { readout } = new Network(shapeOf(0, 1, 1), arena);
      const phi = arena.f64(4);
      phi[3] = 1;
      // v = 1 and a linear part of 1 in the first gate: the output is how far it is open.
      readout.parameters[4] = 1;
      readout.parameters[4 + 16 + 3] = 1;
      const open: number[] = [];
      for (let logit = -60; logit <= 60; logit += 0.37) {
        readout.parameters[4 + 16 + 64 + 3] = logit;
        open.push(readout.forward(phi));
      }
      for (const logit of [-1e5, -800, 800, 1e5]) {
        readout.parameters[4 + 16 + 64 + 3] = logit;
        open.push(readout.forward(phi));
      }
      return open;
    });
    plain.forEach((open, i) => {
      assert.ok(Math.abs(compiled[i] - open) <= 1e-14 * open + 1e-300, `${compiled[i]} instead of ${open}`);
    });
  });
});
