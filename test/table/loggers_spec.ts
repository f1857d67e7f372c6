/** What loggers, panels and controllers write above and between their readings. */
import assert from "node:assert/strict";
import { clock, lines, names, read, row, time } from "./reading";

const COUNT = 40;
const dashed = (i: number): string => `${clock(i).iso} ${clock(i).hms}`;
const slashed = (i: number): string => dashed(i).replaceAll("-", "/");
const units = (table: ReturnType<typeof read>) => table.columns.filter(({ kind }) => kind === "number").map(({ unit }) => unit); // biome-ignore format: one line

describe("what stands above the readings of a logger", () => {
  it("least and largest of each channel: by the tag above both, with the unit between", () => {
    const table = read(
      `"File Header","GX20"\n"Start Time","2026/03/02 06:00:00.000"\n\n"Ch","","","0001","0001","0002","0002"\n"Tag","","","TI-101","TI-101","PI-102","PI-102"\n"Unit","","","degC","degC","MPa","MPa"\n"Date","Time","sec","Min","Max","Min","Max"\n${lines(COUNT, (i) => `"${clock(i).iso.replaceAll("-", "/")}","${clock(i).hms}","000",60.1,6${i % 10}.5,0.883,0.893`)}`,
    );
    assert.deepEqual([table.format.timeColumn, table.format.clockColumn], ["Date", "Time"]);
    assert.deepEqual(names(table).slice(1), ["TI-101 Min", "TI-101 Max", "PI-102 Min", "PI-102 Max"]);
    assert.deepEqual(units(table).slice(1), ["degC", "degC", "MPa", "MPa"]);
    assert.deepEqual(row(table, 3)["TI-101 Max"], 63.5);
  });

  it("what the plant calls its channels stands above the parts of the time, and signs fill the places of what is missing", () => {
    const table = read(
      `"KEYENCE","NR-600"\n"コメント","3号炉 温度監視"\n"CH","","","","","","CH1","CH2"\n"コメント","","","","","","炉内温度","圧力"\n"単位","","","","","","℃","kPa"\n"年","月","日","時","分","秒","CH1","CH2"\n${lines(COUNT, (i) => `2026,3,2,6,${Math.floor(i / 60)},${i % 60},${i === 9 ? "*****" : i === 10 ? "-----" : "800.5"},12.25`)}`,
    );
    assert.deepEqual([names(table), units(table)], [["炉内温度", "圧力"], ["℃", "kPa"]]); // biome-ignore format: one line
    assert.deepEqual([table.times.length, time(table, 3)], [COUNT, "2026-03-02T06:00:03.000Z"]);
    assert.deepEqual([table.columns.find(({ name }) => name === "炉内温度")?.missing, table.unreadable.count], [2, 0]);
  });

  it("the types of devices above their names", () => {
    const table = read(
      `[LOGGING],RCPU_1,2,3,4\n"DATETIME[YYYY/MM/DD hh:mm:ss]","SHORT[DEC.0]","SHORT[DEC.0]","BIT[1;0]","INDEX"\n"TIME","D100","D102","M10","INDEX"\n${lines(COUNT, (i) => `"${slashed(i)}",${600 + i},12,${i % 2},${i + 1}`)}`,
    );
    assert.deepEqual([table.format.timeColumn, names(table)], ["TIME", ["D100", "D102", "M10", "INDEX"]]);
    assert.equal(table.times.length, COUNT);
  });

  it("a line about the device as wide as the names, which are numbers; both come again after each start", () => {
    const part = (from: number): string =>
      `Device: PLC 192.168.0.10, Unit 1, FC03\nTimestamp,40001,40002,40003\n${lines(20, (i) => (i === 12 ? `${dashed(from + i)},Timeout error,,` : `${dashed(from + i)},${600 + i},88,109`))}`;
    const table = read(`${part(0)}\n${part(60)}`);
    assert.deepEqual([table.format.timeColumn, names(table)], ["Timestamp", ["40001", "40002", "40003"]]);
    assert.deepEqual([table.times.length, table.remarks.count, table.unreadable.count], [40, 2, 2]);
    assert.deepEqual(table.unreadable.first[0], { line: 15, column: "40001", text: "Timeout error" });
  });

  it("a year in short with its apostrophe", () => {
    const table = read(
      `"Trigger Time","'26-03-02 06:00:00"\n"Time","U1-1","U1-2"\n"","[degC]","[V]"\n${lines(COUNT, (i) => `"'${dashed(i).slice(2)}",6.05e+1,1.2${i}e+0`)}`,
    );
    assert.deepEqual([time(table, 3), units(table), table.doubts], ["2026-03-02T06:00:03.000Z", ["degC", "V"], []]);
  });

  it("seconds since the start, as instruments call them", () => {
    for (const name of ["X_Value", "s", "Sec", "秒"])
      assert.deepEqual(
        [time(read(`${name}\tTemp\n${lines(COUNT, (i) => `${i}.500\t6${i % 10}.5`)}`), 3), name],
        ["1970-01-01T00:00:03.500Z", name],
      );
    assert.equal(read(`S\tTemp\n${lines(COUNT, (i) => `${(i * 7) % 5}.5\t60.5`)}`).format.timeColumn, "");
  });
});

describe("what a panel notes between its values", () => {
  const archive = (tags: readonly string[], spread: number): string =>
    `"VarName";"TimeString";"VarValue";"Validity";"Time_ms"\n${lines(COUNT, (i) => tags.map((tag, k) => `"${tag}";"${dashed(10 * i + spread * k)}";${i === 7 ? 0 : 60 + i},5;${i === 7 ? 0 : 1};46083250000,${i}`).join("\n"))}\n"$RT_OFF$";"${dashed(10 * COUNT)}";0;2;46083250000,0\n"$RT_COUNT$";80;;;`;
  for (const [how, spread] of [["at the same times", 0], ["at times of their own", 3]] as const) // biome-ignore format: one line
    it(`is no tag, and what is not valid is missing: ${how}`, () => {
      const table = read(archive(["Temp", "Druck"], spread));
      assert.deepEqual([names(table), table.format.tagValues], [["Temp", "Druck"], spread ? "held" : "reported"]);
      assert.deepEqual(table.columns.slice(1).map(({ read: count, missing }) => [count, missing]), [[39, 1], [39, 1]]); // biome-ignore format: one line
      assert.deepEqual([table.remarks.count, table.dropped.timeless, table.unreadable.count], [2, 0, 0]);
    });
});
