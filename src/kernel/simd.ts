import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Kernel } from "./kernel";

/** What `src/kernel/assembly` exports: the kernels, with lengths and addresses in `memory` in the place of arrays. */
type Compiled = Readonly<Record<Exclude<keyof Kernel, "name">, (...of: (number | boolean)[]) => number>>;

/** Pages of 64 kB: 4 GB, the most that 32-bit addresses reach. */
const MOST_PAGES = 65_536;
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The compiled kernels and the memory that they work on; undefined where this machine cannot run them. */
export const simd: { readonly kernel: Kernel; readonly memory: WebAssembly.Memory } | undefined = load();

function load(): typeof simd {
  try {
    if (!LITTLE_ENDIAN) return undefined;
    const module = new WebAssembly.Module(readFileSync(join(__dirname, "kernel.wasm")));
    // Shared, though only one thread has it: a shared memory leaves the arrays of before where they are when it grows.
    const memory = new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared: true });
    const { exports } = new WebAssembly.Instance(module, { env: { memory, "Math.log": Math.log } });
    return { kernel: over(exports as unknown as Compiled), memory };
  } catch {
    // No SIMD, no room for 4 GB of addresses, no file: all the same slower, and as right.
    return undefined;
  }
}

function over(compiled: Compiled): Kernel {
  const { leverage, gain, answer, correct, refresh, forward, trace, layerGradient } = compiled;
  const { readout, readoutGradient, adam, square, distance } = compiled;
  return {
    name: "WebAssembly SIMD",
    leverage: (P, x, at, n) => leverage(P.byteOffset, x.byteOffset + 4 * at, n),
    gain(P, x, at, to, from, g, { forgetting, weight }) {
      const row = x.byteOffset + 4 * at;
      const gains = to.byteOffset + 4 * from;
      gain(P.byteOffset, row, gains, g.byteOffset, g.length, forgetting, weight);
    },
    answer: (weights, x, at) => answer(weights.byteOffset, x.byteOffset + 4 * at, weights.length),
    correct: (weights, of, from, error) => correct(weights.byteOffset, of.byteOffset + 4 * from, weights.length, error),
    refresh({ units, parameters, derived }, clamped) {
      refresh(units, parameters.byteOffset, derived.byteOffset, clamped);
    },
    forward({ units, inputs, parameters, derived }, h, u, at) {
      forward(units, inputs, parameters.byteOffset, derived.byteOffset, h.byteOffset, u.byteOffset + 4 * at);
    },
    trace({ units, inputs, parameters, derived }, { h, e, c, E }, u, at) {
      const row = u.byteOffset + 4 * at;
      trace(
        units,
        inputs,
        parameters.byteOffset,
        derived.byteOffset,
        h.byteOffset,
        e.byteOffset,
        c.byteOffset,
        E.byteOffset,
        row,
      );
    },
    layerGradient({ units, inputs, derived }, { e, c, E }, dh, to) {
      layerGradient(
        units,
        inputs,
        derived.byteOffset,
        e.byteOffset,
        c.byteOffset,
        E.byteOffset,
        dh.byteOffset,
        to.byteOffset,
      );
    },
    readout({ features, gates, parameters, hidden }, phi) {
      return readout(features, gates, parameters.byteOffset, hidden.byteOffset, phi.byteOffset);
    },
    readoutGradient({ features, gates, parameters, hidden }, delta, phi, to, at, dphi) {
      const gradient = to.byteOffset + 8 * at;
      readoutGradient(
        features,
        gates,
        parameters.byteOffset,
        hidden.byteOffset,
        delta,
        phi.byteOffset,
        gradient,
        dphi.byteOffset,
        dphi.length,
      );
    },
    adam(parameters, gradient, { mean, square }, from, to, { scale, size, correction }) {
      adam(
        parameters.byteOffset,
        gradient.byteOffset,
        mean.byteOffset,
        square.byteOffset,
        from,
        to,
        scale,
        size,
        correction,
      );
    },
    square: (values, from, to) => square(values.byteOffset, from, to),
    distance: (a, b) => distance(a.byteOffset, b.byteOffset, a.length),
  };
}
