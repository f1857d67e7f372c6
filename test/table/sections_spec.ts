/** Machines below each other in one table, each with a title and names of its own: they are never mixed. */
import assert from "node:assert/strict";
import { workbookOf } from "./files";
import { clock, lines, names, read, row } from "./reading";

/** A title, names and a reading a minute. */
const section = (title: string, head: string, mean: number, { day = 0, count = 20 } = {}): string =>
  `${title === "" ? "" : `${title}\n`}${head}\n${lines(count, (i) => `${clock(86_400 * day + 60 * i).iso} ${clock(60 * i).hms},${mean + i},${mean + i + 0.5}`)}\n`; // biome-ignore format: one line

const boiler = section("Boiler 1", "Time,Temp,Flow", 100);
const other = section("Boiler 2", "Time,Temp,Flow", 500);
const pump = section("Pump 3", "Time,Power,Speed", 900);

describe("sections of a table", () => {
  it("the first is read, the others are named with the line of their names, by which they can be chosen", () => {
    const text = [boiler, other, pump].join("\n");
    const table = read(text);
    assert.deepEqual([names(table), table.times.length, row(table, 0)], [["Temp", "Flow"], 20, { Temp: 100, Flow: 100.5 }]); // biome-ignore format: one line
    assert.deepEqual(table.sections, [{ title: "Boiler 2", line: 25 }, { title: "Pump 3", line: 48 }]); // biome-ignore format: one line
    assert.deepEqual([table.remarks.count, table.dropped, table.unreadable.count], [0, { timeless: 0, doubled: 0 }, 0]);
    const second = read(text, { format: { headerLine: 25 } });
    assert.deepEqual([second.times.length, row(second, 0), second.sections.length], [20, { Temp: 500, Flow: 500.5 }, 1]); // biome-ignore format: one line
    const third = read(text, { format: { headerLine: 48 } });
    assert.deepEqual([third.times.length, row(third, 0), third.sections], [20, { Power: 900, Speed: 900.5 }, []]);
    assert.deepEqual(read(text, { format: third.format }), third);
  });

  it("without a title, without an empty line, with units, filled up with separators, with a sum", () => {
    const bare = section("", "Time,Temp,Flow", 500);
    const padded = [boiler, other].join("\n").replace(/^(Boiler \d|)$/gm, "$1,,");
    const units = [boiler, other].map((one) => one.replace("Flow\n", "Flow\n,°C,t/h\n")).join("\n");
    for (const [text, title] of [
      [`${boiler}\n${bare}`, ""],
      [boiler + other, "Boiler 2"],
      [padded, "Boiler 2"],
      [units, "Boiler 2"],
      [`${boiler}Total,9,9\n\n${other}`, "Boiler 2"],
    ]) {
      // biome-ignore format: one line
      const table = read(text);
      assert.deepEqual([table.times.length, row(table, 0), table.sections.map((one) => one.title)], [20, { Temp: 100, Flow: 100.5 }, [title]], text); // biome-ignore format: one line
    }
  });

  it("a sheet of a workbook; in each of several sheets the first", () => {
    const cells = (text: string) => text.split("\n").map((line) => line.split(","));
    const sheet = [...cells(boiler), ...cells(other)];
    const later = [...cells(section("Boiler 1", "Time,Temp,Flow", 300, { day: 1 })), ...cells(pump)];
    const table = read(workbookOf({ Mon: sheet, Tue: later }), { format: { sheet: "*" } });
    assert.deepEqual([table.times.length, row(table, -1)], [40, { Temp: 319, Flow: 319.5 }]);
    assert.deepEqual(table.sections, [{ title: "Boiler 2", sheet: "Mon", line: 25 }, { title: "Pump 3", sheet: "Tue", line: 25 }]); // biome-ignore format: one line
  });

  it("the next page or day goes on, also newest first, and so does a logger that was given a channel more", () => {
    const days = [0, 1, 2].map((day) => section(`Day ${day}`, "Time,Temp,Flow", 100 * day, { day }));
    for (const text of [days.join("\n"), days.toReversed().join("\n")]) {
      const table = read(text);
      assert.deepEqual([table.times.length, table.sections, table.dropped.doubled], [60, [], 0]);
    }
    // Another version of the logger's program writes the same names in another way.
    const anew = section("", "Time,TEMP [°C],flow", 300, { day: 1 });
    const both = read(section("", "Time,Temp [C],Flow", 100) + anew);
    assert.deepEqual([both.times.length, both.sections], [40, []]);
    const more = section("Start", "Time,Temp,Flow,Level", 300, { day: 1 });
    assert.deepEqual([read(`${boiler}\n${more}`).times.length, read(`${boiler}\n${more}`).sections], [40, []]);
    // Names once more between the readings of the same time are a print's.
    const page = boiler.split("\n");
    page.splice(12, 0, "Time,Temp,Flow");
    assert.deepEqual([read(page.join("\n")).times.length, read(page.join("\n")).sections], [20, []]);
  });
});
