/** The figures of the guide are those that bench:fleet has measured. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../node-red-process";

type Row = Record<string, number>;

const rowsOf = (name: string): Row[] =>
  JSON.parse(readFileSync(join(projectRoot(), "bench", "results", `${name}.json`), "utf8")).rows;
const column = (rows: readonly Row[], name: string): number[] => rows.map((row) => row[name]);
const span = (values: readonly number[]): number[] => [...new Set([Math.min(...values), Math.max(...values)])];
/** All numbers of a text; "<0.1" and "0.1未満" are what rounds to 0. */
const numbersIn = (text: string): number[] =>
  (text.replaceAll(/<0\.1|0\.1未満/g, "0").match(/\d[\d,]*(\.\d+)?/g) ?? []).map((one) =>
    Number(one.replaceAll(",", "")),
  );

for (const file of ["fleet.md", "fleet.ja.md"])
  describe(`the figures in ${file}`, () => {
    const lines = readFileSync(join(projectRoot(), "docs", file), "utf8").split("\n");
    const fleet = rowsOf("fleet");
    const records = rowsOf("fleet-records");

    it("of the table by size are those of the cost model", () => {
      const sizing = rowsOf("fleet-sizing");
      const from = lines.findIndex((line) => line.startsWith("| 1,000 |"));
      for (const [i, row] of sizing.entries()) assert.deepEqual(numbersIn(lines[from + i]), Object.values(row));
    });

    it("of what a reading and a save cost, and how long a forecast takes, are those measured", () => {
      const cells = lines.filter((line) => /^\|.*\| \d\.\d+[,、] [\d.]+|^\|.*\| \d\.\d+、/.test(line)).slice(0, 4);
      const figures = cells.map((line) => numbersIn(line.split("|").at(-2) as string));
      const rounded = (values: readonly number[], digits: number): number[] =>
        values.map((value) => Number(value.toFixed(digits)));
      assert.deepEqual(figures, [
        rounded(column(fleet, "Node-RED, ms CPU a reading"), 2),
        rounded(column(fleet, "broker, ms CPU a reading"), 2),
        rounded(column(records, "Node-RED, ms CPU a save"), 1),
        rounded(column(records.slice(1), "database, ms CPU a save"), 1),
      ]);
      const text = lines.find((line) => line.includes("(p99)") && line.includes("AMD EPYC")) as string;
      const said = numbersIn(text.replaceAll(/p50|p99/g, ""));
      const { machines } = fleet[0];
      for (const value of [
        machines,
        ...span(column(fleet, "readings a second")),
        ...span(column(fleet, "broker to forecast p50, ms")),
        ...span(column(fleet, "broker to forecast p99, ms")),
      ])
        assert.ok(said.includes(value), `${value}: ${text}`);
    });
  });
