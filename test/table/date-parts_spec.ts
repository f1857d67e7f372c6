import assert from "node:assert/strict";
import { clock, lines, names, read, row, time } from "./reading";

const two = (n: number): string => String(n).padStart(2, "0");

const HOUR = 3600;

describe("a time that is spread over several columns", () => {
  for (const [what, head, line] of [
    ["year, month, day, hour", "No,year,month,day,hour,pm2.5", (i: number) => { const { year, month, day, hour } = clock(HOUR * i); return [i + 1, year, month, day, hour, 100.5 + i]; }],
    ["with an index in front and other columns behind", "Year,Month,Day,Hour,Minute,pm2.5", (i: number) => { const { year, month, day, hour, minute } = clock(HOUR * i); return [year, month, day, hour, minute, 100.5 + i]; }],
    ["Japanese", "年,月,日,時,分,秒,pm2.5", (i: number) => { const { year, month, day, hour, minute, second } = clock(HOUR * i); return [year, month, day, hour, minute, second, 100.5 + i]; }],
    ["Japanese, the words in the cells", "年,月,日,時,pm2.5", (i: number) => { const { year, month, day, hour } = clock(HOUR * i); return [`${year}年`, `${month}月`, `${day}日`, `${hour}時`, 100.5 + i]; }],
    ["German", "Jahr,Monat,Tag,Stunde,pm2.5", (i: number) => { const { year, month, day, hour } = clock(HOUR * i); return [year, month, day, hour, 100.5 + i]; }],
    ["short names, two digits, the minute as mm", "#YY,MM,DD,hh,mm,pm2.5", (i: number) => { const { month, day, hour, minute } = clock(HOUR * i); return [26, month, day, hour, minute, 100.5 + i]; }],
    ["a month by its name", "Year,Month,Day,Hour,pm2.5", (i: number) => { const { year, day, hour } = clock(HOUR * i); return [year, "Mar", day, hour, 100.5 + i]; }],
    ["the day of the year", "Year,DOY,Hour,pm2.5", (i: number) => { const { year, day, hour } = clock(HOUR * i); return [year, 59 + day, hour, 100.5 + i]; }],
    ["a date and the hour", "Date,Hour,pm2.5", (i: number) => { const { iso, hour } = clock(HOUR * i); return [iso, hour, 100.5 + i]; }],
    ["a date and the hour far from it", "Date,pm2.5,Hour", (i: number) => { const { dotted, hour } = clock(HOUR * i); return [dotted, 100.5 + i, hour]; }],
    ["digits alone", "date,time,pm2.5", (i: number) => { const { iso, hour, minute } = clock(HOUR * i); return [iso.replaceAll("-", ""), 100 * hour + minute, 100.5 + i]; }],
    ["date and time of day, another column between", "Date,Batch,Time,pm2.5", (i: number) => { const { iso, hms } = clock(HOUR * i); return [iso, "B1", hms, 100.5 + i]; }],
    ["the time of day before the date", "Time,Date,pm2.5", (i: number) => { const { iso, hms } = clock(HOUR * i); return [hms, iso, 100.5 + i]; }],
    ["only the first row of a day has its date", "Date,Time,pm2.5", (i: number) => { const { iso, hms } = clock(HOUR * i); return [i === 0 || hms.startsWith("00:") ? iso : "", hms, 100.5 + i]; }],
    ["only the first row of a day has its year, month and day", "year,month,day,hour,pm2.5", (i: number) => { const { year, month, day, hour } = clock(HOUR * i); return [...(i === 0 || hour === 0 ? [year, month, day] : ["", "", ""]), hour, 100.5 + i]; }],
  ] as const)
    // biome-ignore format: one line each
    it(what, () => {
      const table = read(`${head}\n${lines(60, (i) => line(i).join(","))}`);
      assert.equal(time(table, 0), "2026-03-02T06:00:00.000Z");
      assert.equal(time(table, -1), "2026-03-04T17:00:00.000Z");
      assert.equal(table.times.length, 60);
      assert.equal(row(table, 7)["pm2.5"], 107.5);
      assert.deepEqual(names(table).filter((name) => name !== "No"), ["pm2.5"]);
      const again = read(`${head}\n${lines(60, (i) => line(i).join(","))}`, { format: table.format });
      assert.deepEqual(again.times, table.times);
    });

  it("hours from 1 to 24: the last one is midnight", () => {
    const table = read(
      `日付,時,電力(kW)\n${lines(48, (i) => `2026/3/${2 + Math.floor(i / 24)},${1 + (i % 24)},${i}.5`)}`,
    );
    assert.deepEqual([time(table, 0), time(table, 23)], ["2026-03-02T01:00:00.000Z", "2026-03-03T00:00:00.000Z"]);
    assert.equal(table.times.length, 48);
  });

  it("thousandths of a second in a column of their own, as loggers have it", () => {
    const table = read(`日付時間,ms,CH1\n${lines(40, (i) => `2026/03/02 ${clock(Math.floor(i / 10)).hms},${100 * (i % 10)},+${20 + i}.5`)}`); // biome-ignore format: one line
    assert.deepEqual([time(table, 13), row(table, 13)], ["2026-03-02T06:00:01.300Z", { CH1: 33.5 }]);
    assert.equal(table.dropped.doubled, 0);
  });

  it("the half of the day in a column of its own", () => {
    const table = read(`Date,Time,AM/PM,v\n${lines(24, (i) => `03/13/2026,${(i % 12) + 1}:00,${i < 11 || i === 23 ? "AM" : "PM"},${i}.5`)}`); // biome-ignore format: one line
    assert.deepEqual([time(table, 0), time(table, -1)], ["2026-03-13T00:00:00.000Z", "2026-03-13T23:00:00.000Z"]);
    assert.deepEqual([table.times.length, row(table, 0)], [24, { v: 23.5 }]);
  });

  it("hours that a shift counts on after midnight", () => {
    const table = read(`日付,時刻,v\n${lines(40, (i) => `2026/3/2,${20 + (i >> 2)}:${String(15 * (i % 4)).padStart(2, "0")},${i}.5`)}`); // biome-ignore format: one line
    assert.deepEqual([table.times.length, time(table, -1)], [40, "2026-03-03T05:45:00.000Z"]);
  });

  it("years and months alone", () => {
    const table = read(`年,月,使用量\n${lines(24, (i) => `${2024 + Math.floor(i / 12)},${1 + (i % 12)},${i}.5`)}`);
    assert.deepEqual([time(table, 0), time(table, -1)], ["2024-01-01T00:00:00.000Z", "2025-12-01T00:00:00.000Z"]);
  });

  it("can be read as numbers instead", () => {
    const text = `year,month,day,hour,v\n${lines(30, (i) => `2026,3,2,${i % 24},${i}.5`)}`;
    const { format } = read(text);
    assert.equal(format.timeColumn, "year month day hour");
    assert.deepEqual(names(read(text, { format: { timeColumn: "" } })), ["year", "month", "day", "hour", "v"]);
  });

  describe("is none", () => {
    it("where the time stands in one column, and parts of it are there to learn from", () => {
      const table = read(`time,hour,month,v\n${lines(60, (i) => `${clock(HOUR * i).iso} ${clock(HOUR * i).hms},${clock(HOUR * i).hour},3,${i}.5`)}`); // biome-ignore format: one line
      assert.deepEqual([table.format.timeColumn, names(table)], ["time", ["hour", "month", "v"]]);
    });

    it("where a day has one row, and its hours are those of work", () => {
      const table = read(`Date,Hours,v\n${lines(28, (i) => `2026-02-${1 + i},${8 + (i % 3)},${i}.5`)}`);
      assert.deepEqual([table.format.timeColumn, names(table)], ["Date", ["Hours", "v"]]);
      assert.equal(time(table, 1), "2026-02-02T00:00:00.000Z");
      const parts = read(
        `year,month,day,h,min,max\n${lines(28, (i) => `2026,2,${1 + i},${i % 20},${i % 9},${20 + i}.5`)}`,
      );
      assert.deepEqual(names(parts), ["h", "min", "max"]);
    });

    it("where numbers go beyond what a day has, or no year stands there", () => {
      const beyond = read(`Date,Hour,v\n${lines(40, (i) => `2026-03-0${1 + Math.floor(i / 8)},${10 * i},${i}.5`)}`);
      assert.equal(beyond.format.timeColumn, "Date");
      assert.equal(read(`month,day,v\n${lines(28, (i) => `2,${1 + i},${i}.5`)}`).format.timeColumn, "");
    });
  });
});

describe("times that need their surroundings", () => {
  it("the parts of each day by their number, whatever their column is called", () => {
    for (const [name, parts] of [
      ["HE", 24],
      ["Viertelstunde", 96],
      ["コマ", 48],
    ] as const) {
      const rows = lines(3 * parts, (i) => `${13 + Math.floor(i / parts)}.03.2026;${1 + (i % parts)};${i}`);
      const table = read(`Datum;${name};kW\n${rows}`);
      assert.deepEqual([table.times.length, names(table)], [3 * parts, ["kW"]], name);
      assert.deepEqual([table.times[1] - table.times[0], time(table, parts - 1)], [86_400_000 / parts, "2026-03-14T00:00:00.000Z"]); // biome-ignore format: one line
    }
    // Machines that come again each day are tags, and some numbers are no whole day.
    const machines = lines(40, (i) => `${13 + Math.floor(i / 20)}.03.2026;${1 + (i % 20)};${i}`);
    assert.equal(read(`Datum;Nr;kW\n${machines}`).format.clockColumn, "");
    assert.deepEqual(names(read(`Datum;Nr;kW\n${machines}`)), ["Nr", "kW"]);
  });

  it("a span by its begin", () => {
    const clock = (i: number): string =>
      `${13 + Math.floor(i / 96)}/03/2026 ${two(Math.floor(i / 4) % 24)}:${two(15 * (i % 4))}`;
    const table = read(`MTU (CET/CEST),Price\n${lines(96, (i) => `"${clock(i)} - ${clock(i + 1)}",${i}`)}`);
    assert.deepEqual([table.times.length, time(table, 1), names(table)], [96, "2026-03-13T00:15:00.000Z", ["Price"]]);
  });

  it("a time of day in a column of its own, also where a line below the table tells when it was printed", () => {
    const quarters = lines(96, (i) => `02.03.2026;${two(Math.floor(i / 4))}:${two(15 * (i % 4))};${i}`);
    const table = read(`Datum;Uhrzeit;kWh\n${quarters}\nSumme;;9\n\nErstellt am 03.03.2026 07:00 von der Schicht\n`);
    assert.deepEqual([table.format.clockColumn, table.times.length], ["Uhrzeit", 96]);
    const sap = read(
      `DATUM;UZEIT;MENGE\n${lines(30, (i) => `2026030${1 + Math.floor(i / 24)};${two(i % 24)}0000;${i}`)}`,
    );
    assert.deepEqual([sap.times.length, time(sap, -1)], [30, "2026-03-02T05:00:00.000Z"]);
  });

  it("a time since the start that goes on beyond a day", () => {
    const table = read(`Elapsed;T\n${lines(130, (i) => `${i}:30:00,5;${i}`)}`);
    assert.deepEqual([table.format.dateOrder, table.times.length, table.unreadable.count], ["clock", 130, 0]);
    assert.equal(time(table, -1), "1970-01-06T09:30:00.500Z");
  });

  it("a zone in the name of their column", () => {
    for (const [name, wanted] of [
      ["Timestamp (UTC+09:00)", "2026-03-01T21:00:00.000Z"],
      ["time_utc", "2026-03-02T06:00:00.000Z"],
      ["日時[JST]", "2026-03-01T21:00:00.000Z"],
      ["Time (s)", "2026-03-02T05:00:00.000Z"],
    ] as const) {
      const text = `${name},v\n${lines(9, (i) => `${clock(60 * i).iso} ${clock(60 * i).hms},${i}.5`)}`;
      assert.equal(time(read(text, { zone: "Europe/Berlin" }), 0), wanted, name);
    }
  });

  it("times of day without a date go on over midnight, also the newest first", () => {
    const stamps = Array.from({ length: 60 }, (_, i) => `${clock(HOUR * i).hms},${i}.5`);
    for (const given of [stamps, stamps.toReversed()]) {
      const table = read(`Time,v\n${given.join("\n")}`);
      assert.equal(table.format.dateOrder, "clock");
      assert.equal((table.times[59] as number) - (table.times[0] as number), 59 * HOUR * 1000);
      assert.deepEqual(row(table, 59), { v: 59.5 });
    }
  });

  it("spans of time are no times of day", () => {
    const table = read(`Runtime,v\n${lines(40, (i) => `0${i % 7}:${10 + ((i * 17) % 45)},${i}.5`)}`);
    assert.equal(table.format.timeColumn, "");
  });

  it("the hour that comes twice in autumn as energy markets write it", () => {
    const stamps = ["01:45", "2A:00", "2A:30", "2B:00", "2B:30", "03:00"];
    const table = read(`Zeit;v\n${stamps.map((at, i) => `25.10.2026 ${at};${i},5`).join("\n")}`, {
      zone: "Europe/Berlin",
      now: Date.UTC(2027, 0, 1),
    });
    const minutes = Array.from(table.times, (at) => (at - Date.UTC(2026, 9, 24, 23)) / 60_000);
    assert.deepEqual(minutes, [45, 60, 90, 120, 150, 180]);
  });

  it("of two columns of times the one that is not the same in every row", () => {
    const table = read(`_start,_stop,_time,_value\n${lines(20, (i) => `2026-03-02T00:00:00Z,2026-03-03T00:00:00Z,${clock(60 * i).iso}T${clock(60 * i).hms}Z,${i}.5`)}`); // biome-ignore format: one line
    assert.deepEqual([table.format.timeColumn, table.times.length], ["_time", 20]);
  });
});
