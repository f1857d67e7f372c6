/** Exports as a newcomer brings them: what historians, loggers and dashboards write around and between the values. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { readTable } from "../../src/table/table";
import { clock, lines, names, read, row, time } from "./reading";

const two = (n: number): string => String(n).padStart(2, "0");

const stamp = (i: number): string => `${clock(60 * i).iso} ${clock(60 * i).hms}`;
const body = (count = 30): string => lines(count, (i) => `${stamp(i)},${60 + i}.5,12.25`);
const German = (i: number): string => `${clock(60 * i).dotted} ${clock(60 * i).hms}`;

describe("what spreadsheets protect as text", () => {
  it("is a time, a number, and digits with zeros in front", () => {
    const table = read(`Time,T,Id\n${lines(20, (i) => `"=""${stamp(i)}""",="${i}.5",="000${i}"`)}`);
    assert.deepEqual([time(table, 3), row(table, 3)], ["2026-03-02T06:03:00.000Z", { T: 3.5, Id: 3 }]);
    const German = read(`Zeit;T\n${lines(20, (i) => `="${clock(i).dotted} ${clock(i).hms}";="1.20${i % 10},5"`)}`);
    assert.deepEqual([German.format.decimal, row(German, 3)], [",", { T: 1203.5 }]);
  });

  it("is nothing else: a cell that only looks so stays what it is", () => {
    const table = read(`Time,T,Note\n${lines(20, (i) => `${stamp(i)},${i}.5,"=""a"" & ""b"""`)}`);
    assert.deepEqual(names(table, "text"), ["Note"]);
  });
});

describe("rows that are no readings", () => {
  for (const [what, text, count, first] of [
    ["sums and averages at the end", `Time,T,F\n${body()}\nMin,57.1,9.2\nMax,62.6,14.1\nAverage,60.1,12.2`, 3, "Min 57.1 9.2"],
    ["the same in Japanese", `日時,T,F\n${body()}\n合計,2880.0,576.0\n平均,60.0,12.0`, 2, "合計 2880.0 576.0"],
    ["a sum of each day in the middle, with its date", `Date,Time,T,F\n${lines(30, (i) => `${clock(60 * i).iso},${clock(60 * i).hms},${60 + i}.5,12.25${i % 10 === 9 ? `\n${clock(0).iso},Total,600,120` : ""}`)}`, 3, "2026-03-02 Total 600 120"],
    ["a sum beside the column of times", `Batch,Time,T,F\n${body().replaceAll(/^/gm, "B,")}\nTotal,,600,120`, 1, "Total 600 120"],
    ["who printed it", `Time,T,F\n${body()}\n\nEnd of report\nPrinted by,operator\nRows: 30`, 3, "End of report"],
    ["the names and units once more", `Time,T,F\n,degC,t/h\n${body(15)}\nTime,T,F\n,degC,t/h\n${body(30).split("\n").slice(15).join("\n")}`, 2, "Time T F"],
    ["limits between the names and the values", `Tag,T,F\nUnit,degC,t/h\nLow,0,0\nHigh,200,50\n${body()}`, 2, "Low 0 0"],
    ["what stands behind #", `Time,T,F\n${body(15)}\n# logger restarted\n${body(30).split("\n").slice(15).join("\n")}`, 1, "# logger restarted"],
  ] as const)
    // biome-ignore format: one line each
    it(what, () => {
      const table = read(text);
      assert.deepEqual([table.times.length, names(table)], [30, ["T", "F"]]);
      assert.deepEqual([table.remarks.count, table.remarks.text], [count, first]);
      assert.equal(text.split("\n")[table.remarks.line - 1]?.replaceAll(/,+/g, " ").trim(), first);
      // They are no readings that were lost.
      assert.deepEqual([table.unreadable.count, table.dropped], [0, { timeless: 0, doubled: 0 }]);
      assert.deepEqual(row(table, -1), { T: 89.5, F: 12.25 });
    });

  it("sums below rows without a time", () => {
    const table = read(`No,T\n${lines(20, (i) => `${i + 1},${60 + i}.5`)}\n平均,70.0\n`, {
      format: { timeColumn: "" },
    });
    assert.deepEqual([table.times.length, table.remarks.count], [20, 1]);
  });

  it("a row of marks for no value is a reading, and where every row begins with such a word it holds such a value", () => {
    const marks = read(`T,F\n${lines(20, (i) => (i === 7 ? "--,--" : `${60 + i}.5,12.25`))}`);
    assert.deepEqual([marks.times.length, marks.remarks.count, marks.columns[0]?.missing], [20, 0, 1]);
    const table = read(`Statistic,T\n${lines(20, (i) => `${["Min", "Max"][i % 2]},${60 + i}.5`)}`);
    assert.deepEqual([table.times.length, table.remarks.count], [20, 0]);
  });

  it("a row of which no value can be read is one all the same, also the first", () => {
    const table = read(
      `Time,T,F\n${lines(20, (i) => `${stamp(i)},${60 + i}.5${i === 0 ? "x4" : ""},12.5${i === 0 ? "-?-" : ""}`)}`,
    );
    assert.deepEqual([table.times.length, table.format.firstLine, table.unreadable.count], [20, 2, 2]);
  });

  it("a row that has lost its time is a reading, and said to be left out", () => {
    const table = read(`Time,T,F\n${body(10)}\n,61.5,12\nBad,62.5,12\n31.31.2026,63.5,12\n${stamp(20)},64.5,12`);
    assert.deepEqual([table.dropped.timeless, table.remarks.count, table.unreadable.count], [3, 0, 3]);
  });
});

// biome-ignore-start format: one line each
describe("exports of", () => {
  it("AVEVA Historian, one value a row: the quality of OPC is the one that counts", () => {
    const text = `TagName,DateTime,Value,vValue,Quality,QualityDetail,OPCQuality\n${["Temp", "Level"].map((tag, k) => lines(30, (i) => `${tag},${stamp(i)}.0000000,${60 + i + k}.5,${60 + i + k}.5,${i === 7 ? 133 : 0},${i === 9 ? 24 : 192},${i === 9 ? 0 : 192}`)).join("\n")}`;
    const table = read(text);
    assert.deepEqual([names(table), table.columns[1]?.missing], [["Temp", "Level"], 1]);
    assert.deepEqual([row(table, 9), row(table, 8)], [{}, { Temp: 68.5, Level: 69.5 }]);
  });

  it("AVEVA Historian in columns, with (null)", () => {
    const table = read(
      `DateTime,Temp,Flow\n${lines(30, (i) => `${stamp(i)}.0000000,${i === 4 ? "(null)" : "60.5"},12.5`)}`,
    );
    assert.deepEqual([table.columns[1]?.missing, table.unreadable.count], [1, 0]);
  });

  it("Ignition, with the types below the names", () => {
    const table = read(
      `"#NAMES"\n"t_stamp","Level","Temp"\n"#TYPES"\n"date","F8","F8"\n"#ROWS","30"\n${lines(30, (i) => `"${stamp(i)}.000","${60 + i}.5","12.5"`)}`,
    );
    assert.deepEqual([table.format.timeColumn, names(table), table.times.length], ["t_stamp", ["Level", "Temp"], 30]);
  });

  it("WinCC, with the number of rows below them", () => {
    const table = read(
      `"VarName";"TimeString";"VarValue";"Validity";"Time_ms"\n${lines(30, (i) => ["Temp", "Press"].map((tag) => `"${tag}";"${German(i)}";${60 + i},5;1;46083250000,${i}`).join("\n"))}\n"$RT_COUNT$";60;;;`,
    );
    assert.deepEqual([table.format.tagColumn, names(table), table.times.length], ["VarName", ["Temp", "Press"], 30]);
    assert.deepEqual([table.remarks.count, table.dropped.timeless], [1, 0]);
  });

  it("Grafana: the unit in most cells is that of all, “undefined” is no value", () => {
    const table = read(
      `"Time","T","Gas"\n${lines(30, (i) => `${stamp(i)},${60 + i}.5${i % 3 ? " °C" : ""},${i === 3 ? "undefined" : `5.${i} m³/h`}`)}`,
    );
    assert.deepEqual(
      table.columns.map(({ unit }) => unit),
      ["", "°C", "m³/h"],
    );
    assert.deepEqual([row(table, 3), table.unreadable.count], [{ T: 63.5 }, 0]);
  });

  it("InfluxDB, annotated: several tables below each other, the time that is not that of the question", () => {
    const part = (field: string, k: number): string =>
      `#group,false,false,true,true,false,false,true\r\n#datatype,string,long,dateTime:RFC3339,dateTime:RFC3339,dateTime:RFC3339,double,string\r\n#default,_result,,,,,,\r\n,result,table,_start,_stop,_time,_value,_field\r\n${lines(30, (i) => `,,${k},2026-03-02T00:00:00Z,2026-03-03T00:00:00Z,${stamp(i).replace(" ", "T")}Z,${60 + i}.5,${field}`).replaceAll("\n", "\r\n")}\r\n`;
    const table = read([part("temperature", 0), part("pressure", 1)].join("\r\n"));
    assert.deepEqual(
      [table.format.timeColumn, names(table), table.times.length],
      ["_time", ["temperature", "pressure"], 30],
    );
    assert.deepEqual(table.remarks.count, 4);
    assert.deepEqual(names(read(part("temperature", 0))), ["table", "_value"]);
  });

  it("a Yokogawa recorder: the names that the plant gave, not those of the channels; over range and burnt out", () => {
    const table = read(
      `機器名,MX100\n開始時刻,2026/03/02 06:00:00\nチャネル,CH001,CH002\nタグ,炉内温度,流量\n単位,℃,L/min\n日時,,\n${lines(30, (i) => `${stamp(i).replaceAll("-", "/")},${800 + i}.5,${i === 9 ? "+OVER" : i === 10 ? "BURNOUT" : "55.5"}`)}`,
    );
    assert.deepEqual(
      table.columns.slice(1).map(({ name, unit, missing }) => [name, unit, missing]),
      [
        ["炉内温度", "℃", 0],
        ["流量", "L/min", 2],
      ],
    );
    assert.equal(table.times.length, 30);
  });

  it("a Graphtec logger: signs away from the digits", () => {
    const table = read(
      `番号,日時,ms,CH1,CH2\nNO.,Time,ms,degC,V\n${lines(30, (i) => `${i + 1},${stamp(i)},0,+  ${20 + i}.5,-  1.25`)}`,
    );
    assert.deepEqual([row(table, 3).CH1, row(table, 3).CH2], [23.5, -1.25]);
  });

  it("a logger that lists its channels above the readings", () => {
    const channels = "Start:,2026-03-02 06:00:00\n\nCh,Type,Range,Unit,Comment\n1,TC-K,1200,°C,furnace\n2,TC-K,1200,°C,flue gas\n3,mA,20,bar,steam\n\n[Data]\n"; // biome-ignore format: one line
    const readings = lines(60, (i) => `${i + 1},2026/03/02,06:00:${two(i)},${900 + i},${300 + i},12.1`);
    const table = read(`Logger:,HX-200\nSerial:,00012345\n${channels}No.,Date,Time,CH1,CH2,CH3\n${readings}\n`);
    assert.deepEqual(names(table), ["No.", "CH1", "CH2", "CH3"]);
    assert.deepEqual([table.times.length, time(table, 59)], [60, "2026-03-02T06:00:59.000Z"]);
  });

  it("PostgreSQL's shell", () => {
    const table = read(
      `        ts           |  temp  | flow\n---------------------+--------+-------\n${lines(30, (i) => ` ${stamp(i)} |  ${60 + i}.5 | 12.5`)}\n(30 rows)\n`,
    );
    assert.deepEqual([names(table), table.times.length, table.remarks.count], [["temp", "flow"], 30, 1]);
  });

  it("Home Assistant: what is called a state is the value, and “unavailable” is none", () => {
    const entity = (name: string, k: number, state: (i: number) => string): string =>
      lines(30, (i) => `${name},${state(i)},${clock(60 * i + 7 * k).iso}T${clock(60 * i + 7 * k).hms}.000Z`);
    const table = read(
      `entity_id,state,last_changed\n${entity("sensor.temperature", 0, (i) => (i === 9 ? "unavailable" : i === 10 ? "unknown" : `${60 + i}.5`))}\n${entity("sensor.flow", 1, (i) => `${i}.2`)}\n${entity("binary_sensor.pump", 2, (i) => (i % 2 ? "on" : "off"))}`,
    );
    assert.deepEqual([table.format.tagColumn, table.format.tagValues], ["entity_id", "held"]);
    assert.deepEqual(names(table), ["sensor.temperature", "sensor.flow", "binary_sensor.pump"]);
    assert.deepEqual([table.columns[1]?.missing, table.unreadable.count], [2, 0]);
  });

  it("a historian whose quality is called that of the data", () => {
    const table = read(
      `[Data]\nTagname,TimeStamp,Value,DataQuality\n${["TI", "FI"].map((tag) => lines(30, (i) => `${tag},${stamp(i)},${i === 7 ? 0 : 60 + i},${i === 7 ? "Bad" : "Good"}`)).join("\n")}`,
    );
    assert.deepEqual([table.columns[1]?.missing, row(table, 7)], [1, {}]);
  });

  it("a building's control: tags of which each has a unit in its cells", () => {
    const table = read(
      `"Date / Time","Object Name","Object Value","Reliability"\n${lines(30, (i) => ["SAT", "SP"].map((tag, k) => `"${stamp(i)}","${tag}","${60 + i}.5 ${k ? "in wc" : "deg F"}","Reliable"`).join("\n"))}`,
    );
    assert.deepEqual(
      table.columns.slice(1).map(({ name, unit, read: count }) => [name, unit, count]),
      [
        ["SAT", "deg F", 30],
        ["SP", "in wc", 30],
      ],
    );
  });

  it("a panel: thousandths of a second beside date and time of day, tags by their numbers", () => {
    const table = read(
      `Date,Time,Millitm,TagIndex,Value,Status\n${lines(30, (i) => [0, 1].map((k) => `${clock(i).iso},${clock(i).hms},37,${k},${60 + i + k}.5,`).join("\n"))}`,
    );
    assert.deepEqual(
      [time(table, 3), names(table), row(table, 3)],
      ["2026-03-02T06:00:03.037Z", ["0", "1"], { 0: 63.5, 1: 64.5 }],
    );
    assert.deepEqual(table.dropped, { timeless: 0, doubled: 0 });
  });

  it("a data logger of a weather station: units in words of their own", () => {
    const table = read(
      `"TOA5","Boiler","CR1000","12345","Table1"\n"TIMESTAMP","RECORD","Temp_Avg","Press_Avg","Flow_Tot"\n"TS","RN","Deg C","kPa","m^3"\n"","","Avg","Avg","Tot"\n${lines(30, (i) => `"${stamp(i)}",${i},${i === 9 ? '"NAN"' : "60.5"},88.25,109.5`)}`,
    );
    assert.deepEqual(
      table.columns.slice(2).map(({ name, unit }) => [name, unit]),
      [
        ["Temp_Avg", "Deg C"],
        ["Press_Avg", "kPa"],
        ["Flow_Tot", "m^3"],
      ],
    );
  });

  it("an oscilloscope of a controller: lines about the record that hold numbers too", () => {
    const table = read(
      `Name\tScope Project\nStarttime of export\t134168580000000000\t02.03.2026 06:00:00\nEndtime of export\t134168580200000000\t02.03.2026 06:00:20\n\nName\tTemp\tName\tPress\nSampleTime[ms]\t100\tSampleTime[ms]\t100\nSymbolName\tMAIN.fTemp\tSymbolName\tMAIN.fPress\nSymbolBased\ttrue\tSymbolBased\ttrue\n\n${lines(30, (i) => `${100 * i}\t${60 + i}.25\t${100 * i}\t8.5`)}`,
    );
    assert.deepEqual([table.times.length, table.unreadable.count, row(table, 3)["MAIN.fTemp"]], [30, 0, 63.25]);
  });

  it("a Japanese daily sheet: hours, with who kept it below", () => {
    const table = read(
      `ボイラー運転日報,,,\n令和8年3月2日(月),,天候:晴,\n時刻,蒸気圧力,給水温度,備考\n,MPa,℃,\n${lines(24, (i) => `${i + 1}時,0.7${i % 10},80.5,${i === 8 ? "ブロー" : ""}`)}\n平均,0.74,80.5,\n記録者,山田,,`,
    );
    assert.deepEqual(
      [table.format.timeColumn, table.format.dateOrder, names(table)],
      ["時刻", "clock", ["蒸気圧力", "給水温度"]],
    );
    assert.deepEqual(
      [table.times.length, time(table, 23).slice(11), table.remarks.count, table.unreadable.count],
      [24, "00:00:00.000Z", 2, 0],
    );
  });
});
// biome-ignore-end format: one line each

describe("whatever stands in a table", () => {
  const cell = fc.oneof(
    fc.constantFrom("", "-", "Bad", "合計", "Average", "<0.5", "60.5 A", "7.1 bar", "STOP", "29/02/2567", "R8.3.2", "1時", "H3", "#x", '="7"', "ON", "12:30", "24:00", "2026-03-02", "2026-03-02 06:00:00", "02.03.2026", "TI-1", "2026", "3", "年", "year", "month", "hour", "Tag", "Value", "time"), // biome-ignore format: one line
    fc.double({ min: -1e4, max: 1e4, noNaN: true }).map((value) => value.toFixed(2)),
    fc.string({ maxLength: 6 }),
  );
  const table = fc.tuple(
    fc.array(fc.array(cell, { minLength: 1, maxLength: 7 }), { minLength: 1, maxLength: 30 }),
    fc.constantFrom(",", ";", "\t", " ", "  ", "|"),
  );

  it("it is read, or said why it is not; read again by its own format it is the same", () => {
    fc.assert(
      fc.property(table, ([rows, separator]) => {
        const text = rows.map((cells) => cells.join(separator)).join("\n");
        try {
          const first = readTable(text, { zone: "UTC", now: 0 });
          const again = readTable(text, { zone: "UTC", now: 0, format: first.format });
          assert.deepEqual({ ...again, doubts: [] }, { ...first, doubts: [] });
        } catch (error) {
          assert.equal((error as Error).name, "TableProblem", String((error as Error).stack));
        }
      }),
      { numRuns: 1500 },
    );
  }).timeout(60_000);

  it("every row behind the first is a reading, or counted among those that are left out", () => {
    const time = fc.constantFrom("", "Bad", "Average", "31.31.2026", "note", "2026-03-02 06:00:00");
    const rows = fc.array(fc.tuple(time, fc.constantFrom("", "1.5", "-2.5", "x"), fc.constantFrom("", "7.25")), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(rows, (given) => {
        const sure = [0, 1, 2, 3, 4].map((i) => `${stamp(i + 100)},${i}.5,1.25`);
        const text = ["Time,a,b", ...sure, ...given.map((cells) => cells.join(","))];
        const found = read(text.join("\n"), { format: { timeColumn: "Time", dateOrder: "ymd" } });
        const written = text.slice(1).filter((line) => !/^,*$/.test(line)).length;
        const { timeless, doubled } = found.dropped;
        assert.equal(found.times.length + timeless + doubled + found.remarks.count, written);
      }),
      { numRuns: 300 },
    );
  });
});
