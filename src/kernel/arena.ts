import type { Kernel } from "./kernel";
import { plain } from "./plain/plain";
import { simd } from "./simd";

/** Where numbers lie: so many bytes of a buffer from `at` on, all 0. */
export interface Room {
  readonly buffer: ArrayBufferLike;
  readonly at: number;
}

/** There is no room left in the memory of the compiled kernels. */
export class ArenaFull extends Error {}

/** Blocks begin at whole cache lines. */
const LINE = 64;
const PAGE = 65_536;
/** The memory grows by so many pages at least. */
const GROWTH = 16;

/**
 * The memory of one forecaster: arrays that the kernels of its kind can work on. What it holds lives until it is released,
 * or collected: whoever keeps such an array across turns of the event loop must keep the arena as well.
 */
export class Arena {
  /** Blocks of compiled kernels that were let go, by their size: forecasters of one shape fit into each other's. */
  private static readonly free = new Map<number, number[]>();
  /** Where memory that was never used begins. */
  private static next = LINE;
  private static readonly registry = new FinalizationRegistry(Arena.recycle);

  private static readonly scratches = new Map<Kernel, Float64Array>();

  /** Of each block its size and where it lies, one after the other: ten thousand forecasters have 300,000 of them. */
  private readonly blocks: number[] = [];
  private isReleased = false;

  private constructor(
    readonly kernel: Kernel,
    private readonly memory: WebAssembly.Memory | undefined,
  ) {
    if (memory) Arena.registry.register(this, this.blocks, this);
  }

  private static recycle(blocks: readonly number[]): void {
    for (let i = 0; i < blocks.length; i += 2) {
      const [bytes, at] = [blocks[i], blocks[i + 1]];
      const free = Arena.free.get(bytes);
      if (free) free.push(at);
      else Arena.free.set(bytes, [at]);
    }
  }

  /** An arena of the compiled kernels, or of the plain ones where this machine has no others. */
  static fast(): Arena {
    return simd ? new Arena(simd.kernel, simd.memory) : Arena.plain();
  }

  /** An arena of the plain kernels: common memory. */
  static plain(): Arena {
    return new Arena(plain, undefined);
  }

  /**
   * Gives all of it back now: the collector comes late, since it does not see how much lies here. Whoever held an array of
   * it must not touch it again: it is another one's.
   */
  release(): void {
    if (this.isReleased) return;
    this.isReleased = true;
    Arena.registry.unregister(this);
    Arena.recycle(this.blocks);
  }

  /**
   * Room for so many bytes, all 0.
   *
   * @throws ArenaFull where the memory of the compiled kernels is used up
   */
  readonly take = (bytes: number): Room => {
    const { memory } = this;
    if (this.isReleased) throw new Error("This memory was released.");
    if (!memory) return { buffer: new ArrayBuffer(bytes), at: 0 };
    const size = Math.ceil(Math.max(1, bytes) / LINE) * LINE;
    const used = Arena.free.get(size)?.pop();
    const at = used ?? Arena.fresh(memory, size);
    this.blocks.push(size, at);
    const { buffer } = memory;
    if (used !== undefined) new Uint8Array(buffer, at, size).fill(0);
    return { buffer, at };
  };

  private static fresh(memory: WebAssembly.Memory, size: number): number {
    const at = Arena.next;
    const lacking = at + size - memory.buffer.byteLength;
    if (lacking > 0) {
      try {
        memory.grow(Math.max(GROWTH, Math.ceil(lacking / PAGE)));
      } catch {
        throw new ArenaFull("The memory of the compiled kernels is used up.");
      }
    }
    Arena.next = at + size;
    return at;
  }

  /** An array of doubles, all 0. */
  f64(length: number): Float64Array {
    const { buffer, at } = this.take(8 * length);
    return new Float64Array(buffer, at, length);
  }

  /** An array of single precision, all 0. */
  f32(length: number): Float32Array {
    const { buffer, at } = this.take(4 * length);
    return new Float32Array(buffer, at, length);
  }

  /**
   * Doubles for what is worked out and used before anybody else has a turn: all arenas of the same kernels share them, and
   * they hold whatever was left there.
   */
  scratch(length: number): Float64Array {
    const { kernel, memory } = this;
    let shared = Arena.scratches.get(kernel);
    if (!shared || shared.length < length) {
      // First the room, then the buffer: growing for it makes another one.
      const at = memory ? Arena.fresh(memory, Math.ceil((8 * length) / LINE) * LINE) : 0;
      shared = new Float64Array(memory ? memory.buffer : new ArrayBuffer(8 * length), at, length);
      Arena.scratches.set(kernel, shared);
    }
    return shared.subarray(0, length);
  }
}
