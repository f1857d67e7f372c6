import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";

/** One line of a benchmark's table: column name to text or number. Rows may differ in their columns. */
export type Row = Readonly<Record<string, string | number>>;

/** One figure that the benchmark promises, and whether it was reached. */
export interface Check {
  what: string;
  value: number;
  limit: string;
  ok: boolean;
}

const RULES = {
  "<=": (value: number, limit: number) => value <= limit,
  ">=": (value: number, limit: number) => value >= limit,
};

/**
 * Compares a measured figure with its limit. A figure that is not a number never passes.
 *
 * @example
 * check("wrong promotions", 0.012, "<=", 0.05); // { what: "wrong promotions", value: 0.012, limit: "<= 0.05", ok: true }
 */
export function check(what: string, value: number, rule: keyof typeof RULES, limit: number): Check {
  return { what, value, limit: `${rule} ${limit}`, ok: RULES[rule](value, limit) };
}

/** The text after `--only`, or nothing: the whole benchmark is meant. */
const only = process.argv.includes("--only") ? process.argv[process.argv.indexOf("--only") + 1] : undefined;

/** The folder after `--results`, or nothing: the committed results are meant. */
const results = process.argv.includes("--results") ? process.argv[process.argv.indexOf("--results") + 1] : undefined;

/** Whether `--only TEXT` lets the part of this name run (upper and lower case alike). */
export function wanted(part: string): boolean {
  return only === undefined || part.toLowerCase().includes(only.toLowerCase());
}

/**
 * Ends a benchmark: prints table and checks, writes `bench/results/<name>.json`, and with `--check` sets exit code 1
 * where a check is not ok. A run with `--only` is a part, so it leaves the committed results alone; with `--results FOLDER` they are written there.
 *
 * @param started  `performance.now()` at the start, in ms
 */
export function report(name: string, started: number, rows: readonly Row[], checks: readonly Check[]): void {
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  const machine = `${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}, ${process.platform}`;
  console.log(`\n${table(rows)}\n`);
  for (const { ok, what, value, limit } of checks) {
    console.log(`${ok ? "ok    " : "NOT OK"}  ${what}: ${figure(value)} (${limit})`);
  }
  console.log(`\n${name}: ${seconds} s on ${machine}`);

  if (only === undefined || results !== undefined) {
    const folder = results ?? join(__dirname, "..", "..", "bench", "results");
    mkdirSync(folder, { recursive: true });
    const result = { name, seconds, machine, rows, checks };
    writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(result, null, 2)}\n`);
  }
  if (process.argv.includes("--check") && checks.some(({ ok }) => !ok)) process.exitCode = 1;
}

/** Columns padded to their widest cell, numbers to the right. */
function table(rows: readonly Row[]): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = [names, ...rows.map((row) => names.map((name) => row[name] ?? ""))];
  const widths = names.map((_, column) => Math.max(...lines.map((line) => figure(line[column]).length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => {
          const text = figure(cell);
          return typeof cell === "number" ? text.padStart(widths[column]) : text.padEnd(widths[column]);
        })
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Four significant digits are what a reader can compare; whole numbers stay whole. */
function figure(cell: string | number): string {
  return typeof cell === "string" || Number.isInteger(cell) ? String(cell) : String(Number(cell.toPrecision(4)));
}
