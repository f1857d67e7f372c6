import assert from "node:assert/strict";
import fc from "fast-check";
import { wave } from "./files";
import { clock, lines, names, read, row, time } from "./reading";

/** Cells of fixed width, one line. */
const fixed = (i: number, cells: string[], width = 8): string => {
  const { iso, hms } = clock(60 * i);
  return `${iso} ${hms}${cells.map((cell) => cell.padStart(width)).join("")}`;
};

describe("a table whose columns are held apart by blanks", () => {
  it("date and time are one column, by the names of both", () => {
    const table = read(
      `Date       Time        Temp    Flow\n${lines(30, (i) => fixed(i, [wave(i, 60, 2).toFixed(2), "12.5"]))}`,
    );
    assert.deepEqual([table.format.separator, table.format.timeColumn], [" ", "Date Time"]);
    assert.equal(time(table, 29), "2026-03-02T06:29:00.000Z");
    assert.deepEqual(row(table, 3), { Temp: Number(wave(3, 60, 2).toFixed(2)), Flow: 12.5 });
  });

  it("without names, and with one blank only, as data sets of research have it", () => {
    const table = read(
      lines(30, (i) => `${clock(60 * i).dotted} ${clock(60 * i).hms} ${i + 0.5} ${wave(i, 5, 1).toFixed(3)}`),
    );
    assert.deepEqual(names(table), ["column 2", "column 3"]);
    assert.equal(time(table, 1), "2026-03-02T06:01:00.000Z");
  });

  it("numbers alone", () => {
    const table = read(lines(30, (i) => `  ${18 + i / 10}   8   ${300 + i}.      130.0`));
    assert.deepEqual([table.times.length, row(table, 2)["column 3"]], [30, 302]);
  });

  it("names with a blank in them, a line of units, a drawn line, a title", () => {
    const table = read(
      [
        "Report of boiler 3, shift 2",
        "",
        "Timestamp             Boiler Temp   Steam Flow",
        "                             degC          t/h",
        "-------------------   -----------   ----------",
        lines(
          30,
          (i) => `${clock(60 * i).iso} ${clock(60 * i).hms}   ${(60 + i).toFixed(1).padStart(11)}         12.5`,
        ),
      ].join("\n"),
    );
    assert.deepEqual(
      table.columns.map(({ name, unit }) => [name, unit]),
      [
        ["Timestamp", ""],
        ["Boiler Temp", "degC"],
        ["Steam Flow", "t/h"],
      ],
    );
    assert.equal(row(table, 4)["Boiler Temp"], 64);
  });

  it("a cell that is empty leaves the ones behind it in their columns", () => {
    const table = read(
      `Date       Time        Temp    Flow   Level\n${lines(40, (i) => fixed(i, [i % 10 === 3 ? "" : "60.5", "1200.5", i === 7 ? "" : "50.1"]))}`,
    );
    assert.deepEqual(row(table, 3), { Flow: 1200.5, Level: 50.1 });
    assert.deepEqual(row(table, 7), { Temp: 60.5, Flow: 1200.5 });
    assert.deepEqual([table.times.length, table.unreadable.count], [40, 0]);
  });

  it("where the columns do not stand below each other, a line that lacks a value is left out and said", () => {
    const table = read(lines(40, (i) => `${clock(60 * i).iso} ${clock(60 * i).hms}${" ".repeat(1 + (i % 3))}${10 ** (i % 4)}.5${i === 9 ? "" : " 7.25"}`)); // biome-ignore format: one line
    assert.equal(table.times.length, 39);
    assert.equal(table.dropped.timeless + table.remarks.count, 1);
  });

  it("decimal commas, a mark for a missing value, AM and PM, a month by its name", () => {
    const table = read(`Zeit                 Temp     Druck\n${lines(30, (i) => `${clock(60 * i).dotted} ${clock(60 * i).hms}  ${i === 7 ? "   ---" : " 60,25"}  7,125`)}`); // biome-ignore format: one line
    assert.deepEqual([table.format.decimal, table.columns[1]?.missing], [",", 1]);
    assert.deepEqual(row(table, 8), { Temp: 60.25, Druck: 7.125 });
    const american = read(lines(9, (i) => `3/27/2026 ${i + 1}:05 PM   8398.5   200${i}`));
    assert.equal(time(american, 0), "2026-03-27T13:05:00.000Z");
    const named = read(lines(9, (i) => `Mar 27, 2026 0${i}:05:00 8398.5 200${i}`));
    assert.equal(time(named, 1), "2026-03-27T01:05:00.000Z");
  });

  it("what a database prints, with its last line", () => {
    const table = read(
      `ts                      temp         flow\n----------------------- ------------ ------------\n${lines(30, (i) => `${clock(60 * i).iso} ${clock(60 * i).hms}.000 ${"60.5".padStart(12)} ${(i === 5 ? "NULL" : "12.5").padStart(12)}`)}\n\n(30 rows affected)\n`,
    );
    assert.deepEqual([names(table), table.times.length, table.columns[2]?.missing], [["temp", "flow"], 30, 1]);
    assert.deepEqual(table.remarks, { count: 1, line: 34, text: "(30 rows affected)" });
  });

  it("values that are negative are no zones, three numbers are no date", () => {
    const cold = read(lines(20, (i) => `${clock(60 * i).iso} ${clock(60 * i).hms} -${10 + (i % 9)} 5.5`));
    assert.deepEqual([names(cold).length, row(cold, 3)["column 2"]], [2, -13]);
    const three = read(lines(20, (i) => `12 5 ${18 + (i % 5)} 7.5`));
    assert.deepEqual([three.format.timeColumn, names(three).length], ["", 4]);
  });

  it("quotation marks hold a time together; R leaves the names of its rows without one", () => {
    const table = read(`time T F\n${lines(20, (i) => `"${clock(60 * i).iso} ${clock(60 * i).hms}" ${60 + i}.5 12.5`)}`);
    assert.deepEqual([time(table, 3), row(table, 3), table.doubts], ["2026-03-02T06:03:00.000Z", { T: 63.5, F: 12.5 }, []]); // biome-ignore format: one line
    const fromR = read(`"time" "T"\n${lines(20, (i) => `"${i + 1}" "${clock(60 * i).iso} ${clock(60 * i).hms}" ${60 + i}.5`)}`); // biome-ignore format: one line
    assert.deepEqual([fromR.format.timeColumn, names(fromR)], ["time", ["column 1", "T"]]);
  });

  describe("is none", () => {
    for (const [what, text, separator] of [
      ["where commas hold values apart, with a blank behind", lines(20, (i) => `${clock(i).iso} ${clock(i).hms}, 60.5,  12.${i}`), ","], // biome-ignore format: one line
      ["where commas hold them apart behind a date with its time", lines(20, (i) => `${clock(i).iso} ${clock(i).hms},60.5,12.${i}`), ","], // biome-ignore format: one line
      ["where words with blanks stand between", lines(20, (i) => `${clock(i).iso} ${clock(i).hms},run ${i % 3},18${i}.5`), ","], // biome-ignore format: one line
      ["where blanks group the digits of one number", lines(20, (i) => `12 ${345 + i}`), ","],
      ["where semicolons hold values apart that have blanks in them", lines(20, (i) => `${clock(i).dotted} ${clock(i).hms};1 2${10 + i},5;12,5`), ";"], // biome-ignore format: one line
      ["where tabs do", lines(20, (i) => `${clock(i).iso} ${clock(i).hms}\t60.5\t12.${i}`), "\t"],
    ] as const)
      it(what, () => assert.equal(read(text).format.separator, separator));

    it("where a line is a sentence", () => {
      const text = lines(20, (i) => `${clock(i).iso} ${clock(i).hms} INFO pump ${i} was started by operator`);
      assert.throws(() => read(text), { name: "TableProblem" });
    });
  });

  it("what was written is read, whatever the widths and however many cells are empty", () => {
    const cell = fc.option(
      fc.integer({ min: -3000, max: 3000 }).map((n) => n / 4),
      { freq: 8 },
    );
    const rows = fc.array(fc.tuple(cell, cell, cell), { minLength: 12, maxLength: 40 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 10, max: 14 }), (given, width) => {
        // Enough lines in which nothing is missing.
        for (let i = 0; i < given.length; i++) if (i % 4 > 0 || i === 0) given[i] = [1.25 + i, -2.5, 1000.75];
        const text = given.map((cells, i) => fixed(i, cells.map((one) => (one === null ? "" : one.toFixed(2))), width)); // biome-ignore format: one line
        const table = read(`Date       Time ${["a", "b", "c"].map((name) => name.padStart(width)).join("")}\n${text.join("\n")}`); // biome-ignore format: one line
        const found = given.map((_, i) => row(table, i) ?? {});
        assert.deepEqual(
          found.map(({ a = null, b = null, c = null }) => [a, b, c]),
          given.map((cells) => cells.map((one) => (one === 0 ? 0 : one))),
        );
      }),
      { numRuns: 200 },
    );
  });
});
