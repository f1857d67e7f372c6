import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Kernel } from "./kernel";

/** What `src/kernel/assembly` exports: the kernels, with addresses in `memory` in the place of arrays. */
interface Compiled {
  leverage(P: number, x: number, n: number): number;
  gain(
    P: number,
    x: number,
    to: number,
    g: number,
    n: number,
    forgetting: number,
    weight: number,
    largestTrace: number,
  ): void;
  answer(weights: number, x: number, n: number): number;
  correct(weights: number, gain: number, n: number, error: number): number;
}

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
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    return { kernel: over(exports as unknown as Compiled), memory };
  } catch {
    // No SIMD, no room for 4 GB of addresses, no file: all the same slower, and as right.
    return undefined;
  }
}

function over(compiled: Compiled): Kernel {
  const { leverage, gain, answer, correct } = compiled;
  return {
    name: "WebAssembly SIMD",
    leverage: (P, x, at, n) => leverage(P.byteOffset, x.byteOffset + 4 * at, n),
    gain: (P, x, at, to, from, g, { forgetting, weight, largestTrace }) =>
      gain(
        P.byteOffset,
        x.byteOffset + 4 * at,
        to.byteOffset + 4 * from,
        g.byteOffset,
        g.length,
        forgetting,
        weight,
        largestTrace,
      ),
    answer: (weights, x, at) => answer(weights.byteOffset, x.byteOffset + 4 * at, weights.length),
    correct: (weights, of, from, error) => correct(weights.byteOffset, of.byteOffset + 4 * from, weights.length, error),
  };
}
