import assert from "node:assert/strict";
import { lines, names, read, row, time } from "./reading";

const hours = (count: number, name: (hour: number) => string): string =>
  Array.from({ length: count }, (_, hour) => name(hour)).join(",");
const days = (count: number, cells: string): string => lines(count, (i) => `2026/3/${i + 1},${cells.replaceAll("#", String(i))}`); // biome-ignore format: one line

describe("a table of days by times of day", () => {
  it("is one row for each time, as meters are read by half an hour; the sum of the day stands beside", () => {
    const head = hours(48, (k) => `${k >> 1}:${k % 2 ? "30" : "00"}`);
    const cells = hours(48, (k) => `${k}#.5`);
    const table = read(`計量器,A-1\n日付,${head},合計\n${days(9, `${cells},2880.0`)}\n合計,${hours(48, () => "9")},9`);
    assert.deepEqual([table.times.length, names(table)], [9 * 48, ["value"]]);
    assert.deepEqual([time(table, 0), time(table, -1)], ["2026-03-01T00:00:00.000Z", "2026-03-09T23:30:00.000Z"]);
    assert.deepEqual(row(table, 48 + 3), { value: 31.5 });
    assert.deepEqual(names(table, "text"), ["合計"]);
    assert.deepEqual([table.remarks.count, table.remarks.line, table.dropped.timeless], [1, 12, 0]);
  });

  it("hours from 1 to 24: the last one is midnight", () => {
    const table = read(
      `日付,${hours(24, (k) => `${k + 1}時`)}\n${days(
        9,
        hours(24, (k) => `${k}.5`),
      )}`,
    );
    assert.deepEqual([names(table), time(table, 0), time(table, 23)], [["値"], "2026-03-01T01:00:00.000Z", "2026-03-02T00:00:00.000Z"]); // biome-ignore format: one line
  });

  it("spans are named by their begin; a cell that cannot be read by its line", () => {
    const cells = hours(24, (k) => `${k}.5`);
    const table = read(`Date,${hours(24, (k) => `${k}:00-${k + 1}:00`)}\n${days(9, cells).replace(",7.5,", ",7x5,")}`);
    assert.equal(time(table, 7), "2026-03-01T07:00:00.000Z");
    assert.deepEqual(table.unreadable.first, [{ line: 2, column: "value", text: "7x5" }]);
  });

  it("can be read as it stands, and again by its own format", () => {
    const text = `Date,${hours(24, (k) => `${k}:00`)}\n${days(
      9,
      hours(24, (k) => `${k}.5`),
    )}`;
    const table = read(text);
    assert.deepEqual(read(text, { format: table.format }), table);
    const asItStands = read(text, { format: { timeColumn: "Date" } });
    assert.deepEqual([asItStands.times.length, names(asItStands).length], [9, 24]);
    assert.ok(table.names.includes("Date") && table.names.includes(table.format.timeColumn));
  });

  it("is none with a few hours, with other names, or without a date", () => {
    assert.equal(names(read(`Date,6:00,14:00,22:00\n${days(9, "1.5,2.5,3.5")}`)).length, 3);
    assert.equal(
      names(
        read(
          `Date,${hours(24, (k) => `T${k}`)}\n${days(
            9,
            hours(24, (k) => `${k}.5`),
          )}`,
        ),
      ).length,
      24,
    );
    assert.equal(names(read(`No,${hours(24, (k) => `${k}:00`)}\n${lines(9, (i) => `${i},${hours(24, (k) => `${k}.5`)}`)}`)).length, 25); // biome-ignore format: one line
  });
});

describe("a table of tags by times", () => {
  const stamps = (count: number, name: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => name(i)).join(",");
  const cells = (from: number) => stamps(24, (i) => `${from + i}.5`);
  const iso = stamps(24, (i) => `2026-03-02 ${String(i).padStart(2, "0")}:00`);

  it("is one row for each time, with a column for each tag and its unit; what is said once stands beside", () => {
    const table = read(`Energy report\n\nTag,Place,Unit,${iso},Sum\nTI-1,Hall 1,°C,${cells(60)},9\nFI-2,Hall 2,t/h,${cells(10)},9`); // biome-ignore format: one line
    assert.deepEqual([table.times.length, names(table), names(table, "text")], [24, ["TI-1", "FI-2"], ["Place", "Sum"]]); // biome-ignore format: one line
    assert.deepEqual([table.columns[1]?.unit, table.columns[2]?.unit], ["°C", "t/h"]);
    assert.deepEqual([time(table, 23), row(table, 23)], ["2026-03-02T23:00:00.000Z", { "TI-1": 83.5, "FI-2": 33.5 }]);
    assert.deepEqual([table.doubts, table.format.headerLine, table.unreadable.count], [[], 3, 0]);
    assert.deepEqual(read(`Tag,${iso}\nTI-1,${cells(60)}`).columns[1]?.name, "TI-1");
  });

  it("may begin with states, and have as many columns as a year has hours", () => {
    const table = read(`Tag,${iso}\nPump,${stamps(24, (i) => (i % 5 < 2 ? "ON" : "OFF"))}\nFI-2,${cells(10)}`);
    assert.deepEqual([names(table), row(table, 2)], [["Pump", "FI-2"], { Pump: 0, "FI-2": 12.5 }]);
    const year = (name: (i: number) => string) => stamps(8760, name);
    const wide = read(`Tag,${year((i) => new Date(Date.UTC(2025, 0, 1, i)).toISOString())}\nA,${year(String)}\nB,${year(String)}`); // biome-ignore format: one line
    assert.deepEqual([wide.times.length, row(wide, -1)], [8760, { A: 8759, B: 8759 }]);
  });

  it("a cell that cannot be read, or has a mark, is named by its line and its tag", () => {
    const table = read(`Tag,${iso}\nTI-1,${cells(60)}\nFI-2,${cells(10).replace("12.5", "12x5").replace("14.5", "<14.5")}`); // biome-ignore format: one line
    assert.deepEqual(table.unreadable.first, [{ line: 3, column: "FI-2", text: "12x5" }]);
    assert.deepEqual(table.columns[2]?.marked, { count: 1, bad: 0, line: 3, text: "<14.5" });
  });

  it("days across, also in the order of a country or newest first; the same tag twice is two", () => {
    const days = (name: (i: number) => string) => `Meter,${stamps(24, name)}\nMain,${cells(60)}\nMain,${cells(10)}`;
    for (const name of [
      (i: number) => `${i + 1}.03.2026`,
      (i: number) => `3/${i + 1}/2026`,
      (i: number) => `2026/3/${24 - i}`,
    ]) {
      // biome-ignore format: one line
      const table = read(days(name));
      assert.deepEqual([names(table), time(table, 23)], [["Main", "Main (2)"], "2026-03-24T00:00:00.000Z"]);
    }
  });

  it("days above their hours; hours without a day; hours by days", () => {
    const hours = stamps(24, (i) => `${i}:00`);
    const shift = read(`,${stamps(24, (i) => `2026-03-0${i < 18 ? 2 : 3}`)}\nTag,${stamps(24, (i) => `${(i + 6) % 24}:00`)}\nTI-1,${cells(60)}\nFI-2,${cells(10)}`); // biome-ignore format: one line
    assert.deepEqual([time(shift, 0), time(shift, 23)], ["2026-03-02T06:00:00.000Z", "2026-03-03T05:00:00.000Z"]);
    const two = read(`,2026-03-02${",".repeat(23)}\nTag,${hours}\nTI-1,${cells(60)}\nFI-2,${cells(10)}`);
    assert.deepEqual([time(two, 23), names(two)], ["2026-03-02T23:00:00.000Z", ["TI-1", "FI-2"]]);
    assert.equal(read(`Tag,${hours}\nTI-1,${cells(60)}\nFI-2,${cells(10)}`).format.dateOrder, "clock");
    const down = read(`Hour,2026-03-02,2026-03-03,2026-03-04\n${lines(24, (i) => `${i + 1},${i}.5,1${i}.5,2${i}.5`)}`);
    const fine = read(`Time,2026-03-02,2026-03-03,2026-03-04\n${lines(288, (i) => `${Math.floor(i / 12)}:${i % 12 < 2 ? "0" : ""}${5 * (i % 12)},${i}.5,1.5,2.5`)}`); // biome-ignore format: one line
    assert.deepEqual([fine.times.length, row(fine, 287), fine.remarks.count], [864, { value: 287.5 }, 0]);
    assert.deepEqual([down.times.length, time(down, 0), row(down, 24).value], [72, "2026-03-02T01:00:00.000Z", 10.5]);
  });

  it("can be read as it stands, and again by its own format", () => {
    const text = `Tag,${iso}\nTI-1,${cells(60)}\nFI-2,${cells(10)}`;
    assert.deepEqual(read(text, { format: read(text).format }), read(text));
    assert.equal(names(read(text, { format: { timeColumn: "" } })).length, 24);
  });
});

describe("hours by their number", () => {
  const cells = hours(24, (k) => `${k}.5`);
  for (const [
    what,
    name,
    first,
  ] of [["1 to 24", (k: number) => `${k + 1}`, 1], ["0 to 23", (k: number) => `${k}`, 0], ["with a letter", (k: number) => `H${k + 1}`, 1], ["ending", (k: number) => `HE${k < 9 ? "0" : ""}${k + 1}`, 1], ["by a word", (k: number) => `Hour ${k + 1}`, 1], ["in four digits", (k: number) => `${k < 9 ? "0" : ""}${k + 1}00`, 1], ["of twice twelve", (k: number) => `${k % 12 || 12} ${k < 12 ? "AM" : "PM"}`, 0], ["with seconds", (k: number) => `${k}:00:00`, 0]] as const) // biome-ignore format: one line
    it(`${what}`, () => {
      const table = read(`Date,${hours(24, name)},Total\n${days(9, `${cells},999`)}`);
      assert.deepEqual([table.times.length, names(table), names(table, "text")], [216, ["value"], ["Total"]]);
      assert.equal(time(table, 0), `2026-03-01T0${first}:00:00.000Z`);
    });

  it("half and quarter hours by number; the hour that comes twice in autumn stands beside", () => {
    const table = read(`日付,${hours(48, (k) => `コマ${k + 1}`)}\n${days(9, hours(48, (k) => `${k}.5`))}`); // biome-ignore format: one line
    assert.deepEqual([table.times.length, time(table, 0)], [432, "2026-03-01T00:30:00.000Z"]);
    const autumn = read(`Date,${hours(25, (k) => `HE${k + 1}`)}\n${days(9, `${cells},`)}`);
    assert.deepEqual([autumn.times.length, names(autumn, "text")], [216, ["HE25"]]);
  });

  it("several meters a day are tags, and the day may be spread over columns", () => {
    const table = read(`Meter,Year,Month,Day,${hours(24, (k) => `${k + 1}`)}\n${lines(9, (i) => `A,2026,3,${i + 1},${cells}\nB,2026,3,${i + 1},${cells}`)}`); // biome-ignore format: one line
    assert.deepEqual([table.times.length, names(table), table.dropped.doubled], [216, ["A", "B"], 0]);
    const numbered = read(`Date,Meter,${hours(24, (k) => `${k}:00`)}\n${lines(9, (i) => `2026-03-0${i + 1},4711,${cells}\n2026-03-0${i + 1},4712,${cells}`)}`); // biome-ignore format: one line
    assert.deepEqual([names(numbered), numbered.dropped.doubled], [["4711", "4712"], 0]);
  });

  it("are values in a row with a time of its own", () => {
    const table = read(`Date,${hours(24, (k) => `T${k}`)}\n${lines(9, (i) => `2026-03-0${i + 1},${hours(24, (k) => `${24 * i + k + 1}`)}`)}`); // biome-ignore format: one line
    assert.deepEqual([table.times.length, names(table).length, table.format.headerLine], [9, 24, 1]);
  });

  it("are channels where each row has a time of day, or where they are no whole day", () => {
    const channels = (time: (i: number) => string, count = 24) =>
      names(read(`Time,Machine,${hours(count, (k) => `${k + 1}`)}\n${lines(9, (i) => `${time(i)},A,${hours(count, (k) => `${k}.5`)}`)}`)).length; // biome-ignore format: one line
    assert.equal(
      channels((i) => `2026-03-02 0${i}:00`),
      24,
    );
    assert.equal(
      channels((i) => `2026-03-0${i + 1}`, 16),
      16,
    );
  });
});

describe("names in two lines", () => {
  const body = lines(9, (i) => `2026-03-02 06:0${i},60.5,12.5,61.5,13.5`);
  const wanted = ["Boiler 1 Temp", "Boiler 1 Flow", "Boiler 2 Temp", "Boiler 2 Flow"];

  it("what comes twice is told apart by the line above, also where that names each machine once", () => {
    const table = read(`,Boiler 1,,Boiler 2,\nTime,Temp,Flow,Temp,Flow\n,degC,t/h,degC,t/h\n${body}`);
    assert.deepEqual([names(table), table.columns[4]?.unit, table.format.timeColumn], [wanted, "t/h", "Time"]);
    assert.deepEqual(names(read(`Time,Boiler 1,Boiler 1,Boiler 2,Boiler 2\n,Temp,Flow,Temp,Flow\n${body}`)), wanted);
  });

  it("the time that stands in the upper line alone keeps its name", () => {
    const table = read(
      `Timestamp,Boiler 1,,Boiler 2\n,Temp,Flow,Level\n${lines(9, (i) => `2026-03-02 0${i}:00,1,2,${i}`)}`,
    );
    assert.deepEqual([table.format.timeColumn, ...names(table)], ["Timestamp", "Temp", "Flow", "Level"]);
  });

  it("names that come once are left alone, and those that nothing tells apart are counted", () => {
    assert.deepEqual(names(read(`Plant,3,,,\nTime,a,b,c,d\n${body}`)), ["a", "b", "c", "d"]);
    assert.deepEqual(names(read(`Time,a,b,a,b\n${body}`)), ["a", "b", "a (2)", "b (2)"]);
  });
});
