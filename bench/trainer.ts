/**
 * What the history trainer costs others while it reads and learns 100,000 rows in its worker thread: how long anything else
 * of Node-RED has to wait. The table comes as a file, as its content in a message, and as an array of rows in a message;
 * once more its rows are sent on as readings. A timer beside it tells how late it is; the same timer in an idle Node-RED
 * tells what the machine itself brings.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { type Def, type EmbeddedNodeRed, startEmbedded } from "./embedded-node-red";
import { check, type Row, report, wanted } from "./report";

const ROWS = 100_000;
/** ms */
const MOST_DELAY = 50;
/** Each way so often: where others work on the machine, the longest delay of a single run is theirs. */
const RUNS = 3;
const START = Date.UTC(2026, 0, 1);
const WAYS = ["idle", "file", "content", "rows", "sent on"] as const;
type Way = (typeof WAYS)[number];

const MODEL: Def = {
  ...{ id: "model", type: "forecast-model", name: "bench", target: "y", sensors: [], horizons: "1", size: "medium" },
  ...{ asset: "topic", assetType: "msg", existing: "", existingType: "msg", buildOn: "last", coverage: 90, seed: 1 },
  ...{ remember: "none", labelDelay: 50, assetLimit: 10, saveMinutes: 5, saveUpdates: 500, zone: "UTC" },
};
const TRAINER: Def = {
  ...{ id: "trainer", type: "history-trainer", z: "tab", name: "", model: MODEL.id, source: "payload" },
  ...{ sourceType: "msg", format: {}, accept: false, rows: "none", passes: 1, batch: 100, topic: "a" },
  ...{ x: 300, y: 100, wires: [["result"], [], []] },
};

function history(): Record<string, string | number>[] {
  let slow = 0;
  return Array.from({ length: ROWS }, (_, i) => {
    slow = 0.99 * slow + Math.sin(i * i);
    const row = { u: 20 + slow, v: 5 + Math.sin(i / 50), y: 100 + 2 * slow + Math.sin(i / 300) };
    return { time: new Date(START + 60_000 * i).toISOString(), ...row };
  });
}

const csvOf = (rows: readonly Record<string, string | number>[]): string =>
  ["time,u,v,y", ...rows.map((row) => Object.values(row).join(","))].join("\n");

/** How late a timer of 1 ms was while something was done, ms. */
async function delays(work: () => Promise<void>): Promise<Omit<Measured, "rows">> {
  const loop = monitorEventLoopDelay({ resolution: 1 });
  const began = performance.now();
  loop.enable();
  await work();
  loop.disable();
  const seconds = Number(((performance.now() - began) / 1000).toFixed(1));
  return { p99: Number((loop.percentile(99) / 1e6).toFixed(1)), most: Number((loop.max / 1e6).toFixed(1)), seconds };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Measured {
  rows: number;
  p99: number;
  most: number;
  seconds: number;
}

async function measure(nodeRed: EmbeddedNodeRed, way: Way): Promise<Measured> {
  const file = join(nodeRed.folder, "history.csv");
  const rows = history();
  const text = csvOf(rows);
  writeFileSync(file, text);
  const isFile = way === "file" || way === "sent on";
  const trainer = { ...TRAINER, ...(isFile ? { source: file, sourceType: "str" } : {}) };
  const ends = await nodeRed.deploy([
    { id: "tab", type: "tab", label: "bench" },
    MODEL,
    way === "sent on" ? { ...trainer, rows: "only", wires: [["result"], [], ["rows"]] } : trainer,
    ...["in"].map((id) => ({ id, type: "bench in", z: "tab", wires: [["trainer"]] })),
    ...["result", "rows"].map((id) => ({ id, type: "bench out", z: "tab", wires: [] })),
  ]);
  const door = (id: string) => ends.get(id) as NonNullable<ReturnType<typeof ends.get>>;
  let seen = 0;
  const done = new Promise<void>((resolve, reject) => {
    door("result").heard = ({ payload }) => {
      const { state, data } = payload as { state: string; data?: { rows: number } };
      seen = data?.rows ?? 0;
      if (state === "learnt") resolve();
      else reject(new Error(JSON.stringify(payload)));
    };
    door("rows").heard = ({ payload, complete }) => {
      if (Array.isArray(payload)) seen += payload.length;
      if (complete) resolve();
    };
  });
  // What the benchmark itself has made and dropped is no part of it.
  (globalThis as { gc?: () => void }).gc?.();
  await pause(1000);
  const payload = way === "content" ? text : rows;
  const figures = await delays(async () => {
    if (way === "idle") return pause(10_000);
    door("in").send(isFile ? { topic: "a" } : { topic: "a", payload });
    return done;
  });
  return { rows: seen, ...figures };
}

async function row(nodeRed: EmbeddedNodeRed, way: Way): Promise<Row> {
  const runs: Measured[] = [];
  for (let run = 0; run < RUNS; run++) runs.push(await measure(nodeRed, way));
  const median = (pick: (one: Measured) => number): number =>
    runs.map(pick).sort((a, b) => a - b)[Math.floor(RUNS / 2)] as number;
  return {
    table: way,
    rows: Math.min(...runs.map(({ rows }) => rows)),
    seconds: median(({ seconds }) => seconds),
    "p99, ms": median(({ p99 }) => p99),
    "longest, ms": median(({ most }) => most),
    "longest of all runs, ms": Math.max(...runs.map(({ most }) => most)),
  };
}

async function main(): Promise<void> {
  const started = performance.now();
  const nodeRed = await startEmbedded();
  const rows: Row[] = [];
  try {
    for (const way of WAYS) if (wanted(way)) rows.push(await row(nodeRed, way));
  } finally {
    await nodeRed.stop();
  }
  const worked = rows.filter(({ table }) => table !== "idle");
  const checks = worked.flatMap((row) => [
    check(`${row.table}: rows`, row.rows as number, ">=", ROWS),
    check(
      `${row.table}: longest delay of the event loop, median of ${RUNS} runs, ms`,
      row["longest, ms"] as number,
      "<=",
      MOST_DELAY,
    ),
  ]);
  report("trainer", started, rows, checks);
}

void main();
