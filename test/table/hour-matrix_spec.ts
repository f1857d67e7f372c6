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

describe("names in two lines", () => {
  const body = lines(9, (i) => `2026-03-02 06:0${i},60.5,12.5,61.5,13.5`);
  const wanted = ["Boiler 1 Temp", "Boiler 1 Flow", "Boiler 2 Temp", "Boiler 2 Flow"];

  it("what comes twice is told apart by the line above, also where that names each machine once", () => {
    const table = read(`,Boiler 1,,Boiler 2,\nTime,Temp,Flow,Temp,Flow\n,degC,t/h,degC,t/h\n${body}`);
    assert.deepEqual([names(table), table.columns[4]?.unit, table.format.timeColumn], [wanted, "t/h", "Time"]);
    assert.deepEqual(names(read(`Time,Boiler 1,Boiler 1,Boiler 2,Boiler 2\n,Temp,Flow,Temp,Flow\n${body}`)), wanted);
  });

  it("names that come once are left alone, and those that nothing tells apart are counted", () => {
    assert.deepEqual(names(read(`Plant,3,,,\nTime,a,b,c,d\n${body}`)), ["a", "b", "c", "d"]);
    assert.deepEqual(names(read(`Time,a,b,a,b\n${body}`)), ["a", "b", "a (2)", "b (2)"]);
  });
});
