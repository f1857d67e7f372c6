/** Lines that name each of their values. */
import assert from "node:assert/strict";
import { clock, lines, names, read, row, time } from "./reading";

const stamp = (i: number): string => `${clock(60 * i).iso} ${clock(60 * i).hms}`;
const ns = (i: number): string => `${Date.UTC(2026, 2, 2, 6, i)}000000`;

describe("lines that name their values", () => {
  for (const [what, line] of [
    ["behind the time", (i: number) => `${stamp(i)} temp=${60 + i}.5 press=1.02`],
    ["between commas", (i: number) => `${stamp(i)},temp=${60 + i}.5,press=1.02`],
    ["with the time in brackets", (i: number) => `[${stamp(i)}] temp=${60 + i}.5; press=1.02;`],
    ["with the time among them", (i: number) => `time="${stamp(i)}" temp=${60 + i}.5 press=1.02`],
    ["in InfluxDB's line protocol", (i: number) => `boiler,site=a temp=${60 + i}.5,press=1.02 ${ns(i)}`],
  ] as const)
    it(what, () => {
      const table = read(lines(30, line));
      assert.deepEqual([names(table), table.times.length], [["temp", "press"], 30]);
      assert.deepEqual([time(table, 3), row(table, 3)], ["2026-03-02T06:03:00.000Z", { temp: 63.5, press: 1.02 }]);
      assert.deepEqual(read(lines(30, line), { format: table.format }), table);
    });

  it("a value that is absent is missing, a line of another kind no reading, and what cannot be read named by its line", () => {
    const table = read(
      `\n${lines(30, (i) => (i === 5 ? "logger restarted" : `${stamp(i)} temp=${i === 7 ? "6x4" : "60.5"}${i === 9 ? "" : " press=12i"}`))}`,
    );
    assert.deepEqual([table.times.length, table.remarks.count, table.remarks.line], [29, 1, 7]);
    assert.deepEqual(table.unreadable.first, [{ line: 9, column: "temp", text: "6x4" }]);
    assert.deepEqual([row(table, 0).press, table.columns[2]?.missing], [12, 1]);
  });

  it("are none where other cells stand between", () => {
    const table = read(`Time,T,Note\n${lines(30, (i) => `${stamp(i)},60.5,valve=3`)}`);
    assert.deepEqual([names(table), table.format.separator], [["T"], ","]);
  });
});
