/** What runs in the worker thread: reads the table, learns from it, hands out its rows. The flow goes on meanwhile. */
import { readFileSync, statSync } from "node:fs";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { ModelSettings } from "../asset/settings";
import { type ReadingOptions, readTable, rowsOf, type Table } from "../table/table";
import { TableProblem } from "../table/table-problem";
import { contentHash, summaryOf } from "./data-summary";
import { TrainingProblem, train } from "./history-training";
import { type FromWorker, type RowChunk, rowsIn, type ToWorker, type TrainingOrder } from "./training-job";

/** Progress is told at most so often, ms. */
const TOLD_EVERY = 250;

/** Settings of the model that change nothing of what is learnt; all others do, so that none is forgotten. */
const BESIDE: readonly (keyof ModelSettings)[] = [
  "unit",
  "language",
  "asset",
  "assetType",
  "remember",
  "assetLimit",
  "saveMs",
  "saveUpdates",
  // How messages write times and numbers: those of a table have been read.
  "otherTimes",
  "numbersAsText",
  "datesAsText",
];

const port = parentPort as MessagePort;
const order = workerData as TrainingOrder;
const chunks: unknown[] = [];
let table: Table | undefined;

const tell = (message: FromWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);

/** Every failure goes back in plain words; those that are foreseen with what their translation needs. */
function guarded(act: () => void): void {
  try {
    act();
  } catch (error) {
    const { message } = error as Error;
    const known = error instanceof TableProblem || error instanceof TrainingProblem;
    const code = known ? error.code : ((error as NodeJS.ErrnoException).code ?? "failed");
    tell({ kind: "failed", code, details: known ? { ...error.details } : {}, text: message });
  }
}

port.on("message", (message: ToWorker) => {
  switch (message.kind) {
    case "chunk":
      chunks.push(message.chunk);
      break;
    case "read":
      guarded(read);
      break;
    case "learn":
      guarded(learn);
      break;
    case "rows":
      guarded(() => giveRows(message.from, message.count));
  }
});

function read(): void {
  const { zone, format, path, settings } = order;
  // Words tell whether the plant ran, also where they are none for 1 and 0.
  const words = settings?.running?.name;
  const options: ReadingOptions = { zone, format, words, mostBytes: order.mostBytes, mostRows: order.mostRows };
  if (path !== undefined) {
    // Before it is read: what is too large must not fill the memory.
    const { size } = statSync(path);
    const most = order.mostBytes ?? 100_000_000;
    if (size > most)
      throw new TableProblem(
        "tooLarge",
        { size: Math.ceil(size / 1e6), most: Math.floor(most / 1e6) },
        `The file has ${Math.ceil(size / 1e6)} MB; at most ${Math.floor(most / 1e6)} MB are read.`,
      );
  }
  table = readTable(path === undefined ? whole() : readFileSync(path), options);
  chunks.length = 0;
  const { training } = order;
  const decisive = Object.entries(settings ?? {}).filter(([name]) => !BESIDE.some((one) => one === name));
  const first = [...rowsOf(table, 0, 8)];
  const hash = contentHash(table, [decisive, training]);
  const { names } = table;
  tell({ kind: "read", summary: summaryOf(table, path ?? ""), head: [...table.head], names, first, hash });
}

/** What came in parts: bytes, text or rows. */
function whole(): Uint8Array | string | unknown[] {
  if (chunks.every((chunk) => typeof chunk === "string")) return chunks.join("");
  if (chunks.every((chunk) => chunk instanceof Uint8Array)) return Buffer.concat(chunks as Uint8Array[]);
  return chunks.flatMap((chunk) => rowsIn(chunk as RowChunk));
}

function learn(): void {
  let told = 0;
  const { settings, training } = order;
  if (!settings || !training || !table) throw new Error("Nothing was read.");
  const trained = train(table, settings, training, (progress) => {
    const now = Date.now();
    if (now - told < TOLD_EVERY) return;
    told = now;
    tell({ kind: "progress", ...progress });
  });
  tell({ kind: "trained", trained });
}

function giveRows(from: number, count: number): void {
  const rows = table ? [...rowsOf(table, from, from + count)] : [];
  tell({ kind: "rows", rows });
}
