/**
 * Leaves out one part of the engine at a time and runs bench:plant, bench:faults and bench:accuracy without it. A part
 * without which no row changes by more than 1 % has not earned its place.
 *
 * `--bench plant` runs one of the three, `--switch NAME` one switch, `--only TEXT` a part of each benchmark.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SWITCHES } from "./ablation-switches";
import { type Check, check, type Row, report } from "./report";

/** The columns of each benchmark that are errors or ratios of errors: smaller is better. */
const BENCHES: Readonly<Record<string, readonly string[]>> = {
  plant: ["error/last, alone", "error/last, chain", "window, chain", "over intact"],
  faults: ["without guard", "with guard", "50 constant", "unit of input", "unit of target"],
  accuracy: ["online", "cold", "peaks"],
};
/** Change of a row that counts. */
const COUNTS = 0.01;

function argument(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

const only = argument("--only");
const folder = mkdtempSync(join(tmpdir(), "ablation-"));

/** The rows of a benchmark with one part of the engine left out; empty = with all of them. */
function rowsOf(bench: string, without: string): Row[] {
  const preload = ["--require", join(__dirname, "ablation-switches.js")];
  const args = [join(__dirname, `${bench}.js`), "--results", folder, ...(only === undefined ? [] : ["--only", only])];
  const env = { ...process.env, FORECAST_WITHOUT: without };
  execFileSync(process.execPath, [...preload, ...args], { env, stdio: ["ignore", "ignore", "inherit"] });
  return JSON.parse(readFileSync(join(folder, `${bench}.json`), "utf8")).rows;
}

/** A cell's number; of "mean/worst" the mean; NaN where it holds none. */
function numberOf(cell: string | number | null | undefined): number {
  return typeof cell === "number" ? cell : Number.parseFloat(String(cell ?? ""));
}

/** Relative change of every figure without the part: above 0, the part does good. */
function changes(columns: readonly string[], all: readonly Row[], less: readonly Row[]): { row: Row; by: number }[] {
  return all.flatMap((row, i) =>
    columns
      .map((column) => ({ row, by: numberOf(less[i]?.[column]) / numberOf(row[column]) - 1 }))
      .filter(({ by }) => Number.isFinite(by)),
  );
}

/** What a row is about: its texts without figures. */
function nameOf(row: Row): string {
  const about = ["scenario", "as", "series", "task", "k", "fault", "on"];
  return about.flatMap((column) => (row[column] === undefined || row[column] === "" ? [] : [row[column]])).join(", ");
}

function main(): void {
  const started = performance.now();
  const benches = Object.keys(BENCHES).filter((name) => (argument("--bench") ?? name) === name);
  const switches = SWITCHES.filter(({ name }) => (argument("--switch") ?? name) === name);
  const rows: Row[] = [];
  const checks: Check[] = [];
  const whole = new Map(switches.length > 0 ? benches.map((bench) => [bench, rowsOf(bench, "")]) : []);
  for (const { name } of switches) {
    let most = 0;
    for (const bench of benches) {
      const all = changes(BENCHES[bench], whole.get(bench) as Row[], rowsOf(bench, name));
      if (all.length === 0) continue;
      const sorted = all.sort((a, b) => a.by - b.by);
      const [better, worse] = [sorted[0], sorted[sorted.length - 1]];
      most = Math.max(most, Math.abs(better.by), Math.abs(worse.by));
      rows.push({
        without: name,
        bench,
        figures: all.length,
        "worse by > 1 %": all.filter(({ by }) => by > COUNTS).length,
        "better by > 1 %": all.filter(({ by }) => by < -COUNTS).length,
        "median, %": 100 * sorted[sorted.length >> 1].by,
        "worst, %": 100 * worse.by,
        "worst row": nameOf(worse.row),
        "best, %": 100 * better.by,
        "best row": nameOf(better.row),
      });
    }
    checks.push(check(`without ${name}: largest change of a row, %`, 100 * most, ">=", 100 * COUNTS));
  }
  if (switches.length === 0) console.log("bench/ablation-switches.ts names nothing that could be left out.");
  report("ablation", started, rows, checks);
}

main();
