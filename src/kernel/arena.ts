import { createHash } from "node:crypto";
import type { Kernel } from "./kernel";
import { plain } from "./plain/plain";
import { simd } from "./simd";

/** Where numbers lie: so many bytes of a buffer from `at` on, all 0. */
export interface Room {
  readonly buffer: ArrayBufferLike;
  readonly at: number;
}

/** Numbers that several forecasters use and none changes. */
interface Shared {
  key: string;
  readonly numbers: Float64Array;
  users: number;
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

  private static readonly shared = new Map<string, Shared>();

  private readonly owned = {
    /** Of each block its size and where it lies, one after the other: ten thousand forecasters have 300,000 of them. */
    blocks: [] as number[],
    shared: [] as Shared[],
  };
  private isReleased = false;

  private constructor(
    readonly kernel: Kernel,
    private readonly memory: WebAssembly.Memory | undefined,
  ) {
    if (memory) Arena.registry.register(this, this.owned, this);
  }

  private static recycle({ blocks, shared }: { blocks: readonly number[]; shared: readonly Shared[] }): void {
    for (let i = 0; i < blocks.length; i += 2) Arena.giveBack(blocks[i], blocks[i + 1]);
    for (const one of shared) Arena.leave(one);
  }

  private static giveBack(bytes: number, at: number): void {
    const free = Arena.free.get(bytes);
    if (free) free.push(at);
    else Arena.free.set(bytes, [at]);
  }

  private static leave(one: Shared): void {
    one.users -= 1;
    if (one.users > 0) return;
    Arena.shared.delete(one.key);
    Arena.giveBack(wholeLines(one.numbers.byteLength), one.numbers.byteOffset);
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
    Arena.recycle(this.owned);
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
    const size = wholeLines(bytes);
    const at = Arena.block(memory, size);
    this.owned.blocks.push(size, at);
    return { buffer: memory.buffer, at };
  };

  /** A block of whole lines, all 0. */
  private static block(memory: WebAssembly.Memory, size: number): number {
    const used = Arena.free.get(size)?.pop();
    if (used === undefined) return Arena.fresh(memory, size);
    new Uint8Array(memory.buffer, used, size).fill(0);
    return used;
  }

  /**
   * The same numbers where kernels can read them, and never changed: all forecasters that have the same share them.
   *
   * @param instead what it has given before, and is no longer used here
   * @throws ArenaFull; nothing was changed. Who has given numbers that nobody else has always gets the room of these
   */
  share(numbers: Float64Array, instead?: Float64Array): Float64Array {
    const { memory, owned } = this;
    if (!memory) return numbers.slice();
    const key = keyOf(numbers);
    let one = Arena.shared.get(key);
    const before = owned.shared.find((other) => other.numbers === instead);
    if (!one && before?.users === 1 && before.numbers.length === numbers.length) {
      Arena.shared.delete(before.key);
      Arena.shared.set(key, before);
      before.key = key;
      before.numbers.set(numbers);
      return before.numbers;
    }
    if (!one) {
      const at = Arena.block(memory, wholeLines(numbers.byteLength));
      one = { key, numbers: new Float64Array(memory.buffer, at, numbers.length), users: 0 };
      one.numbers.set(numbers);
      Arena.shared.set(key, one);
    }
    one.users += 1;
    owned.shared.push(one);
    if (before) {
      owned.shared.splice(owned.shared.indexOf(before), 1);
      Arena.leave(before);
    }
    return one.numbers;
  }

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

function wholeLines(bytes: number): number {
  return Math.ceil(Math.max(1, bytes) / LINE) * LINE;
}

/** Two lists of numbers with the same key are the same. */
function keyOf(numbers: Float64Array): string {
  const bytes = Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  return `${numbers.length} ${createHash("sha256").update(bytes).digest("base64")}`;
}
