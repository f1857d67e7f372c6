import { totalmem } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { ModelSettings } from "../asset/settings";
import { cellOf, fieldsOf } from "../table/objects";
import type { Table, TableRow } from "../table/table";
import type { Cell, TableFormat } from "../table/table-format";
import type { DataSummary } from "./data-summary";
import type { Trained, TrainingOptions, TrainingProgress } from "./history-training";

/** What a worker thread is to do. */
export interface TrainingOrder {
  /** The file to read; absent where the table comes in parts. */
  readonly path?: string;
  readonly zone: string;
  /** Guesses that are told otherwise. */
  readonly format: Partial<TableFormat>;
  /** Absent where nothing is to be learnt. */
  readonly settings?: ModelSettings;
  readonly training?: TrainingOptions;
  readonly mostBytes?: number;
  readonly mostRows?: number;
}

/** A table as it was read in the worker thread. */
export interface TableRead {
  readonly summary: DataSummary;
  readonly head: Table["head"];
  readonly names: Table["names"];
  /** The first rows as they are understood. */
  readonly first: TableRow[];
  /** The same for the same numbers, learnt in the same way. */
  readonly hash: string;
}

export type ToWorker =
  | { kind: "chunk"; chunk: unknown }
  | { kind: "read" }
  | { kind: "learn" }
  | { kind: "rows"; from: number; count: number };

export type FromWorker =
  | ({ kind: "read" } & TableRead)
  | ({ kind: "progress" } & TrainingProgress)
  | { kind: "trained"; trained: Trained }
  | { kind: "rows"; rows: TableRow[] }
  | { kind: "failed"; code: string; details: Record<string, string | number>; text: string };

/** Why a job ended without what it was asked for. */
export class JobFailed extends Error {
  override readonly name = "JobFailed";

  /** @param code of TableProblem, TrainingProblem or the file system; "cancelled"; "failed" = not foreseen */
  constructor(
    readonly code: string,
    readonly details: Readonly<Record<string, string | number>>,
    text: string,
  ) {
    super(text);
  }
}

/** Parts in which a table goes to the worker: small enough that the thread of the flow is not held up by copying. */
const CHUNK_BYTES = 2_000_000;
const CHUNK_ROWS = 250;
/**
 * A thread that has just worked rests so long before it ends, ms: Node.js 20 was seen to end as a whole (an assertion
 * in node_platform.cc) where V8 still optimised in the background what such a thread had run.
 */
const REST = 1000;
/** A table may need so much memory, MB: of a small machine half, so that the flow goes on. */
const MOST_MEMORY = Math.min(4096, Math.floor(totalmem() / 2e6));

/**
 * A table in a worker thread of its own: it is read there, learnt from, and its rows are handed out in batches. The
 * thread lives until `close`.
 */
export class TrainingJob {
  private readonly worker: Worker;
  private waiting: { resolve(message: FromWorker): void; reject(error: Error): void } | undefined;
  private onProgress: ((progress: TrainingProgress) => void) | undefined;
  private ended: JobFailed | undefined;

  constructor(order: TrainingOrder) {
    this.worker = new Worker(join(__dirname, "training-worker.js"), {
      workerData: order,
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY },
      // The thread must not inherit what the process was started with, such as a debugger's port.
      execArgv: [],
    });
    this.worker.on("message", (message: FromWorker) => this.take(message));
    this.worker.on("error", (error: NodeJS.ErrnoException) =>
      this.end(new JobFailed(error.code ?? "failed", {}, error.message)),
    );
    this.worker.on("exit", () => this.end(new JobFailed("cancelled", {}, "The work was cancelled.")));
  }

  /**
   * Reads the table.
   *
   * @param source bytes, text or row objects; absent where the order names a file
   * @throws JobFailed
   */
  async read(source?: Uint8Array | string | readonly unknown[]): Promise<TableRead> {
    for (const chunk of source === undefined ? [] : chunksOf(source)) {
      if (this.ended) throw this.ended;
      this.worker.postMessage({ kind: "chunk", chunk } satisfies ToWorker);
      await new Promise(setImmediate);
    }
    const { kind: _, ...read } = (await this.ask({ kind: "read" })) as { kind: "read" } & TableRead;
    return read;
  }

  /**
   * Learns from the table that was read.
   *
   * @throws JobFailed
   */
  async learn(onProgress: (progress: TrainingProgress) => void): Promise<Trained> {
    this.onProgress = onProgress;
    return ((await this.ask({ kind: "learn" })) as { trained: Trained }).trained;
  }

  /** Some rows of the table; none behind the last one. */
  async rows(from: number, count: number): Promise<TableRow[]> {
    return ((await this.ask({ kind: "rows", from, count })) as { rows: TableRow[] }).rows;
  }

  /** Ends the thread, at once where it works; who waits is told that the work was cancelled. */
  close(): void {
    const isWorking = this.waiting !== undefined;
    this.end(new JobFailed("cancelled", {}, "The work was cancelled."));
    if (isWorking) void this.worker.terminate();
    else setTimeout(() => void this.worker.terminate(), REST);
  }

  private ask(question: ToWorker): Promise<FromWorker> {
    return new Promise((resolve, reject) => {
      if (this.ended) return reject(this.ended);
      this.waiting = { resolve, reject };
      this.worker.postMessage(question);
    });
  }

  private take(message: FromWorker): void {
    if (message.kind === "progress") {
      this.onProgress?.(message);
      return;
    }
    const { waiting } = this;
    this.waiting = undefined;
    if (message.kind === "failed") waiting?.reject(new JobFailed(message.code, message.details, message.text));
    else waiting?.resolve(message);
  }

  private end(why: JobFailed): void {
    this.ended ??= why;
    this.waiting?.reject(this.ended);
    this.waiting = undefined;
  }
}

/** Rows on their way to the thread: names once, then the cells of all rows, one row after the other. */
export interface RowChunk {
  readonly names: readonly string[];
  readonly cells: readonly (Cell | undefined)[];
}

function* chunksOf(source: Uint8Array | string | readonly unknown[]): Generator<unknown> {
  const size = Array.isArray(source) ? CHUNK_ROWS : CHUNK_BYTES;
  if (source.length === 0) yield Array.isArray(source) ? { names: [], cells: [] } : "";
  for (let at = 0; at < source.length; at += size) {
    if (typeof source === "string") yield source.slice(at, at + size);
    // A part of its own: of a view all that it looks at would be copied, each time.
    else if (source instanceof Uint8Array) yield new Uint8Array(source.subarray(at, at + size));
    else yield chunkOf(source.slice(at, at + size), at);
  }
}

/** The plain values of some rows: what can go to another thread, and costs little to copy. */
function chunkOf(rows: readonly unknown[], at: number): RowChunk {
  rows.forEach((row, i) => {
    if (isFields(row)) return;
    const text = `Row ${at + i + 1} is no object; an array of objects such as {time, temperature} is needed.`;
    throw new JobFailed("noObjects", { row: at + i + 1 }, text);
  });
  const fields = rows.map((row) => new Map(fieldsOf(row as object)));
  const names = [...new Set(fields.flatMap((row) => [...row.keys()]))];
  const cells: (Cell | undefined)[] = [];
  for (const row of fields) for (const name of names) cells.push(row.has(name) ? cellOf(row.get(name)) : undefined);
  return { names, cells };
}

function isFields(row: unknown): boolean {
  return typeof row === "object" && row !== null && !Array.isArray(row);
}

/** The rows of a chunk as objects. */
export function rowsIn({ names, cells }: RowChunk): object[] {
  return Array.from({ length: names.length === 0 ? 0 : cells.length / names.length }, (_, i) =>
    // From entries: a property may be called __proto__.
    Object.fromEntries(
      names.flatMap((name, k) => {
        const cell = cells[i * names.length + k];
        return cell === undefined ? [] : [[name, cell]];
      }),
    ),
  );
}
