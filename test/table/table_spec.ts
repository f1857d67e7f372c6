import assert from "node:assert/strict";
import fc from "fast-check";
import { type ReadingOptions, readTable, rowsOf, type Table } from "../../src/table/table";
import type { TableProblem } from "../../src/table/table-problem";
import { controlRoom, energyMeter, historian, japanese, thousands, wave, wide, wideBrackets, workbook } from "./files";
import { lines } from "./reading";

const UTC: ReadingOptions = { zone: "UTC" };
const read = (text: string, options = UTC): Table => readTable(Buffer.from(text), options);
const time = (table: Table, row: number): string => new Date(table.times[row] as number).toISOString();
const row = (table: Table, i: number): Record<string, number> =>
  [...rowsOf(table, i, i + 1)][0]?.values as Record<string, number>;
const names = (table: Table, kind = "number"): string[] =>
  table.columns.filter((column) => column.kind === kind).map(({ name }) => name);
const problem = (source: string | Uint8Array | unknown[], options = UTC): string => {
  try {
    readTable(source, options);
  } catch (error) {
    return (error as TableProblem).code;
  }
  return assert.fail("a table was read");
};
const times = (...texts: string[]): string => ["time,v", ...texts.map((text, i) => `"${text}",${i}.5`)].join("\n");

describe("a table from a file", () => {
  describe("that holds one value a row", () => {
    const tags = [
      ["TI-4711", "°C", 60],
      ["FI-0815", "t/h", 12],
      ["PI-0042", "bar", 8],
    ] as const;
    const stamp = (i: number): string => `2026-03-01 00:${String(i).padStart(2, "0")}:00`;
    /** The rows of some minutes, by time or by tag. */
    const lines = (say: (i: number, tag: (typeof tags)[number]) => string, isByTag = false): string[] => {
      const minutes = Array.from({ length: 30 }, (_, i) => i);
      return isByTag
        ? tags.flatMap((tag) => minutes.map((i) => say(i, tag)))
        : minutes.flatMap((i) => tags.map((tag) => say(i, tag)));
    };

    for (const isByTag of [false, true])
      it(`as historians export it: each tag is a column with its unit, ${isByTag ? "tag by tag" : "time by time"}`, () => {
        const rows = lines(
          (i, [tag, unit, base]) => `${stamp(i)},${tag},${base + i / 10},${unit},${i === 7 ? 0 : 192}`,
          isByTag,
        );
        const table = read(["Timestamp,Tag,Value,Unit,Quality", ...rows].join("\n"));
        assert.equal(table.format.tagColumn, "Tag");
        assert.deepEqual(
          table.columns.map(({ name, unit, read: count, missing }) => [name, unit, count, missing]),
          [["Timestamp", "", 30, 0], ...tags.map(([tag, unit]) => [tag, unit, 29, 1])],
        );
        assert.equal(table.times.length, 30);
        assert.equal(time(table, 29), "2026-03-01T00:29:00.000Z");
        assert.deepEqual(row(table, 3), { "TI-4711": 60.3, "FI-0815": 12.3, "PI-0042": 8.3 });
        assert.deepEqual(row(table, 7), {}, "what its row calls bad is no value");
        assert.deepEqual([table.dropped, table.names.length], [{ timeless: 0, doubled: 0 }, 5]);
      });

    it("with words for quality, decimal commas, a tag that begins later, and one with a name that objects have", () => {
      const rows = lines((i, [tag, , base]) => {
        const name = tag === "PI-0042" ? "__proto__" : tag;
        const value = i < 5 && name === "__proto__" ? "" : String(base + i / 10).replace(".", ",");
        return `${stamp(i)};${name};${value};${i === 3 ? "Bad" : "Good"}`;
      });
      const table = read(["Zeit;Messstelle;Wert;Status", ...rows].join("\n"));
      assert.deepEqual(names(table), ["TI-4711", "FI-0815", "__proto__"]);
      assert.deepEqual(row(table, 3), {});
      assert.deepEqual(Object.entries(row(table, 10)), [
        ["TI-4711", 61],
        ["FI-0815", 13],
        ["__proto__", 9],
      ]);
      assert.equal(table.unreadable.count, 0);
    });

    for (const [what, good, bad] of [
      ["OPC UA, where 0 is good", "0", "2150891520"],
      ["an archive of its own, where 0 is good", "0", "Bad"],
      ["words", "Good", "BadSensorFailure"],
    ])
      it(`leaves out what its row calls bad, and nothing else: ${what}`, () => {
        const rows = lines((i, [tag, , base]) => `${stamp(i)},${tag},${base + i},${i === 7 ? bad : good}`);
        const table = read(["Timestamp,Tag,Value,Status", ...rows].join("\n"));
        assert.deepEqual(
          table.columns.slice(1).map(({ read: count, missing }) => [count, missing]),
          tags.map(() => [29, 1]),
        );
      });

    it("a cell that cannot be read is named with its line and its tag", () => {
      const rows = lines((i, [tag, , base]) => `${stamp(i)},${tag},${i === 2 ? "12x" : base}`);
      const { unreadable } = read(["Timestamp,Tag,Value", ...rows].join("\n"));
      assert.deepEqual(
        unreadable.first.map(({ line, column }) => [line, column]),
        tags.map(([tag], k) => [8 + k, tag]),
      );
    });

    it("is read otherwise as told; a column that is not there is named", () => {
      const text = ["Timestamp,Tag,Value", ...lines((i, [tag, , base]) => `${stamp(i)},${tag},${base + i}`)].join("\n");
      const asRows = read(text, { ...UTC, format: { tagColumn: "" } });
      assert.deepEqual([asRows.dropped.doubled, names(asRows)], [60, ["Value"]]);
      assert.equal(problem(text, { ...UTC, format: { tagColumn: "Tags" } }), "unknownColumn");
      const once = ["Timestamp,Tag,Value", `${stamp(0)},a,1.5`, `${stamp(1)},b,2.5`].join("\n");
      assert.deepEqual(names(read(once)), ["Value"]);
      assert.deepEqual(names(read(once, { ...UTC, format: { tagColumn: "Tag" } })), ["a", "b"]);
    });

    it("has too many tags, or too few values of each, to be made columns of", () => {
      const rows = Array.from({ length: 50_000 }, (_, i) => `${1_772_323_200 + 60 * i},row${i},${i}`);
      const text = ["Timestamp,Id,Value", ...rows].join("\n");
      assert.equal(problem(text, { ...UTC, format: { tagColumn: "Id" } }), "tooManyColumns");
      const often = rows.map((line, i) => line.replace(/row\d+/, `row${i % 4000}`));
      const sparse = ["Timestamp,Id,Value", ...often].join("\n");
      assert.equal(problem(sparse, { ...UTC, format: { tagColumn: "Id", tagValues: "reported" } }), "tooManyRows");
    });

    it("is none where a row has several values, or the words stand beside times of their own", () => {
      const machines = lines((i, [tag, , base]) => `${stamp(i)},${tag},${base + i},${base - i}`);
      assert.deepEqual(names(read(["Timestamp,Machine,Temperature,Flow", ...machines].join("\n"))), [
        "Temperature",
        "Flow",
      ]);
      const recipes = Array.from({ length: 40 }, (_, i) => `${stamp(i)},${i < 20 ? "bread" : "cake"},${180 + i}`);
      assert.deepEqual(names(read(["Timestamp,Recipe,Temperature", ...recipes].join("\n"))), ["Temperature"]);
    });
  });

  describe("of the five kinds that plants bring", () => {
    it("a quarter-hour energy meter: the second day of the file is 1 February, not 2 January", () => {
      const table = readTable(energyMeter(), UTC);
      assert.equal(table.times.length, 200);
      assert.equal(time(table, 0), "2026-01-31T00:15:00.000Z");
      assert.equal(time(table, 96), "2026-02-01T00:15:00.000Z");
      assert.deepEqual(row(table, 0), { Usage_kWh: Number(wave(0, 4, 1).toFixed(2)), "CO2(tCO2)": 0.0016 });
      assert.deepEqual(names(table, "text"), ["WeekStatus"]);
      assert.deepEqual(table.doubts, []);
      assert.equal(table.unreadable.count, 0);
    });

    it("a historian's export: units, decimal comma, words where values are missing", () => {
      const table = readTable(historian(), UTC);
      const { separator, decimal, thousands: group, headerLine, unitsLine, firstLine, dateOrder } = table.format;
      assert.deepEqual([separator, decimal, group, headerLine, unitsLine, firstLine], [";", ",", "", 1, 2, 3]);
      assert.equal(dateOrder, "dmy");
      assert.equal(time(table, 199), "2026-03-28T01:19:00.000Z");
      assert.deepEqual(table.columns.map(({ unit, missing }) => [unit, missing]).slice(1), [
        ["°C", 0],
        ["t/h", 1],
        ["bar", 1],
      ]);
      assert.equal(row(table, 3)["PI-0042.PV"], Number(wave(3, 7, 0.1).toFixed(3)));
      assert.ok(!("FI-0815.PV" in row(table, 20)), "a missing value is left out, not 0");
    });

    it("a control room's export: the day first between dots, beyond doubt; a word for a state is 1", () => {
      const table = readTable(controlRoom(), UTC);
      assert.deepEqual([table.doubts, table.unreadable.count, table.columns[3]?.states], [[], 0, "EIN = 1"]);
      assert.equal(time(table, 399), "2026-03-03T15:15:00.000Z");
      const [, , steam] = table.columns;
      assert.deepEqual([steam?.unit, steam?.missing], ["kg/h", 4]);
      assert.equal(row(table, 0)["Dampfmenge [kg/h]"], Number(wave(0, 1800, 100).toFixed(1)));
    });

    it("a Japanese report: dates in words, the year first, and units in wide brackets", () => {
      const table = readTable(wideBrackets(), UTC);
      assert.deepEqual([table.format.dateOrder, table.doubts], ["ymd", []]);
      assert.equal(time(table, 399), "2026-03-03T15:15:00.000Z");
      assert.deepEqual(table.columns.map(({ unit }) => unit), ["", "％", "kg/h", ""]); // biome-ignore format: one line
    });

    it("Shift_JIS with Japanese names", () => {
      const table = readTable(japanese(), UTC);
      assert.equal(table.format.encoding, "shift_jis");
      assert.deepEqual(names(table), ["炉内温度(℃)", "負荷率(%)"]);
      assert.deepEqual(
        table.columns.map(({ unit }) => unit),
        ["", "℃", "%"],
      );
      assert.equal(table.columns[1]?.missing, 1, "欠測");
    });

    it("thousands in quotes, AM and PM, names with commas", () => {
      const table = readTable(thousands(), UTC);
      assert.equal(row(table, 0)["Steam, kg/h"], Math.round(wave(0, 8500, 300)));
      assert.equal(time(table, 0), "2026-03-27T22:00:00.000Z");
      assert.equal(time(table, 2), "2026-03-28T00:00:00.000Z");
      assert.deepEqual(
        table.columns.map(({ unit }) => unit),
        ["", "kg/h", "m3/h", "°C"],
      );
    });

    it("sixty columns", () => {
      const table = readTable(wide(), UTC);
      assert.equal(names(table).length, 60);
      assert.equal(row(table, 7).Target, Number(wave(66, 590, 2).toFixed(3)));
    });

    it("an Excel workbook: the first sheet by the workbook's order, dates by their format", () => {
      const table = readTable(workbook(), UTC);
      assert.deepEqual(names(table), ["Steam & gas, kg/h", "Temp. (°C)"]);
      assert.equal(time(table, 0), "2026-03-27T22:00:00.000Z");
      assert.equal(time(table, 3), "2026-03-28T01:00:00.000Z");
      assert.equal(row(table, 4)["Steam & gas, kg/h"], 8402);
      assert.deepEqual(row(table, 5), { "Steam & gas, kg/h": 8403 });
    });
  });

  describe("with times as people write them", () => {
    const at = (text: string): string | undefined => {
      const table = read(`Zeit;v\n${text};1,5\n${text};2,5\n`);
      return table.format.timeColumn && time(table, 0);
    };
    for (const [text, wanted] of [
      ["2. März 2026 06:05 Uhr", "2026-03-02T06:05:00.000Z"],
      ["2026-03-02 06:05 JST", "2026-03-01T21:05:00.000Z"],
      ["2026-03-02 06:05 (CET)", "2026-03-02T05:05:00.000Z"],
      ["2026-03-02 06:05 UTC+9", "2026-03-01T21:05:00.000Z"],
      ["2026-03-02 06:05 GMT-03:30", "2026-03-02T09:35:00.000Z"],
      ["2026-03-02T06:05:00+01:00[Europe/Berlin]", "2026-03-02T05:05:00.000Z"],
      ["令和8年3月2日 6時5分", "2026-03-02T06:05:00.000Z"],
      ["令和元年5月1日 6時", "2019-05-01T06:00:00.000Z"],
      ["R8.3.2 06:05", "2026-03-02T06:05:00.000Z"],
      ["H31/4/30 06:05", "2019-04-30T06:05:00.000Z"],
      ["2026年3月2日 午後6時", "2026-03-02T18:00:00.000Z"],
      ["3/13/2026 2 PM", "2026-03-13T14:00:00.000Z"],
      ["Fri Mar 13 06:05:00 2026", "2026-03-13T06:05:00.000Z"],
      ["Fri Mar 13 06:05:00 JST 2026", "2026-03-12T21:05:00.000Z"],
      ["Fri Mar 13 2026 06:05:00 GMT+0900 (Japan Standard Time)", "2026-03-12T21:05:00.000Z"],
      ["MAR-13-2026 06:05", "2026-03-13T06:05:00.000Z"],
      ["06:05:00 13/03/2026", "2026-03-13T06:05:00.000Z"],
      ["06:05 03/13/2026", "2026-03-13T06:05:00.000Z"],
      ["06:05, 13.03.2026", "2026-03-13T06:05:00.000Z"],
      ["13.3.2026 6.05.00", "2026-03-13T06:05:00.000Z"],
      ["2026-03-13_06-05-00", "2026-03-13T06:05:00.000Z"],
      ["2026-072T06:05:00", "2026-03-13T06:05:00.000Z"],
      ["13/3/2026 06:05:00 p. m.", "2026-03-13T18:05:00.000Z"],
      ["2026/3/13 6:05 午後", "2026-03-13T18:05:00.000Z"],
      ["2026/3/13 下午 6:05", "2026-03-13T18:05:00.000Z"],
      ["/Date(1773381900000)/", "2026-03-13T06:05:00.000Z"],
      ["'2026-03-13 06:05", "2026-03-13T06:05:00.000Z"],
    ] as const)
      it(text, () => assert.equal(at(text), wanted));

    it("a day and month without a year are no time: the hour is no year", () => {
      assert.equal(at("02.03. 06:05"), "");
    });

    it("days as a spreadsheet counts them, on the clock of the wall", () => {
      const table = read("Time,v\n46082.25,1\n46082.260417,2\n", { zone: "Asia/Tokyo" });
      assert.equal(table.format.dateOrder, "excel");
      assert.deepEqual([time(table, 0), time(table, 1)], ["2026-02-28T21:00:00.000Z", "2026-02-28T21:15:00.000Z"]);
    });

    it("days as MATLAB counts them, and seconds as LabVIEW does", () => {
      const matlab = read("Time,v\n740054.25,1\n740054.260417,2\n", { zone: "Asia/Tokyo" });
      assert.deepEqual([matlab.format.dateOrder, time(matlab, 0)], ["matlab", "2026-03-12T21:00:00.000Z"]);
      const labview = read("Time,v\n3856226400.5,1\n3856226401.5,2\n");
      assert.deepEqual([labview.format.dateOrder, time(labview, 0)], ["labview", "2026-03-13T06:00:00.500Z"]);
    });

    it("numbers of parts, batches and versions are no dates", () => {
      for (const text of ["2026-072", "12-13", "1.2.3-4", "13.3", "12:30 A-7", "Mar 13"])
        assert.equal(at(text), "", text);
    });

    it("hours in the head of a table are names", () => {
      assert.deepEqual(names(read("日付,1時,2時,3時\n2026/3/2,1,2,3\n2026/3/3,4,5,6\n")), ["1時", "2時", "3時"]);
    });
  });

  describe("with more in it than numbers", () => {
    const lines = (...cells: string[]): string => cells.map((cell, i) => `2026-03-02 06:0${i};${cell}`).join("\n");

    it("a unit in each cell is the unit of the column", () => {
      const table = read(
        `Zeit;T;Last;E\n${lines("21,5 °C;48,2%;1.250 kWh", "21,6 °C;48,3%;1.251 kWh", "Bad;0%;1.252 kWh")}`,
      );
      assert.deepEqual(table.columns.map(({ kind, unit }) => [kind, unit]).slice(1), [["number", "°C"], ["number", "%"], ["number", "kWh"]]); // biome-ignore format: one line
      assert.deepEqual(row(table, 0), { T: 21.5, Last: 48.2, E: 1250 });
      assert.equal(table.unreadable.count, 0);
    });

    it("units that change from cell to cell are not thrown together", () => {
      const table = read(`Zeit;P;v\n${lines("950 kPa;1", "1,2 bar;2", "980 kPa;3", "1,3 bar;4")}`);
      assert.deepEqual(names(table, "text"), ["P"]);
    });

    it("but with another prefix only, as dashboards write them, they are reckoned into one", () => {
      const table = read(`Zeit;P;v\n${lines("950,5 W;1", "1,2 kW;2", "980 W;3", "1.234,5 mW;4", "Bad;5")}`);
      assert.deepEqual([table.columns[1]?.unit, table.columns[1]?.kind], ["W", "number"]);
      const values = Array.from(table.columns[1]?.values ?? []);
      assert.deepEqual(values, [950.5, 1200, 980, 1.2345, Number.NaN]);
    });

    it("codes, exponents and dates have no unit", () => {
      const table = read(`Zeit;Code;x;y\n${lines("12A;1.5e+4;0x80", "14C;2.5e+4;0x80", "7B;3.5e+4;0x80")}`);
      assert.deepEqual([names(table), names(table, "text")], [["x"], ["Code", "y"]]);
      assert.equal(row(table, 0).x, 15_000);
    });

    it("words with a date above the names are no values", () => {
      const table = read(
        `Anlage;Kessel 3\nVon;01.03.2026\nBis;31.03.2026\n\nZeit;Dampf\n${lines("1,5", "1,6", "1,7")}`,
      );
      assert.deepEqual([table.format.headerLine, table.format.firstLine, table.times.length], [5, 6, 3]);
      assert.deepEqual(names(table), ["Dampf"]);
    });

    it("tags that are numbers are names where times stand below them", () => {
      const table = read(`Zeit;4711;4712\n${lines("1,5;2", "1,6;3", "1,7;4")}`);
      assert.deepEqual([names(table), table.times.length], [["4711", "4712"], 3]);
      const bare = read(lines("1,5;2", "1,6;3", "1,7;4"));
      assert.deepEqual([bare.format.headerLine, bare.times.length], [0, 3]);
    });

    it("remarks above the names are none; names behind a # are", () => {
      const annotated = `#datatype;long;double\n#group;false;true\n;_time;_value\n${lines("1,5", "1,6", "1,7").replaceAll(/^/gm, ";")}`;
      assert.deepEqual(names(read(annotated)), ["_value"]);
      assert.deepEqual(names(read(`# Zeit;Dampf\n${lines("1,5", "1,6", "1,7")}`)), ["Dampf"]);
    });

    it("objects, one a line", () => {
      const table = read('{"time":"2026-03-02T06:00:00Z","v":1.5}\n{"time":"2026-03-02T06:01:00Z","v":2.5}\n');
      assert.deepEqual([time(table, 1), row(table, 1)], ["2026-03-02T06:01:00.000Z", { v: 2.5 }]);
    });

    it("a minus behind the digits, as SAP has it", () => {
      assert.deepEqual(row(read(`Zeit;v\n${lines("1.234,5-", "12,5", "7-")}`), 0), { v: -1234.5 });
    });
  });

  describe("in other encodings", () => {
    const text = "Zeit;Temp. °C;Größe\n2026-03-27 22:00;1,5;2\n2026-03-27 22:01;1,6;3\n";
    for (const [encoding, bytes] of [
      ["utf-16le", Buffer.from(`\ufeff${text}`, "utf16le")],
      ["utf-16le", Buffer.from(text, "utf16le")],
      ["utf-16be", Buffer.from(`\ufeff${text}`, "utf16le").swap16()],
      ["utf-16be", Buffer.from(text, "utf16le").swap16()],
      ["windows-1252", Buffer.from(text, "latin1")],
      ["utf-8", Buffer.from(text)],
    ] as const)
      it(`${encoding}, ${bytes[0]} ${bytes[1]}`, () => {
        const table = readTable(bytes, UTC);
        assert.equal(table.format.encoding, encoding);
        assert.deepEqual(row(table, 0), { "Temp. °C": 1.5, Größe: 2 });
      });

    it("one that does not exist is named", () => {
      assert.equal(problem(Buffer.from(text), { format: { encoding: "klingon" } }), "encoding");
    });
  });

  describe("numbers", () => {
    const value = (...cells: string[]): number[] => {
      const table = read(["t\tv", ...cells.map((cell, i) => `2026-01-01 00:0${i}\t${cell}`)].join("\n"));
      return Array.from(table.columns[1]?.values ?? []);
    };
    for (const [given, wanted] of [
      [
        ["1.234,5", "2"],
        [1234.5, 2],
      ],
      [
        ["1,234.5", "2"],
        [1234.5, 2],
      ],
      [
        ["1 234,5", "7"],
        [1234.5, 7],
      ],
      [
        ["1\u202f234,5", "7"],
        [1234.5, 7],
      ],
      [
        ["1'234.5", "7"],
        [1234.5, 7],
      ],
      [
        ["1.234.567", "7,25"],
        [1234567, 7.25],
      ],
      [
        ["−3.5", "+4"],
        [-3.5, 4],
      ],
      [
        ["１２．５", "3"],
        [12.5, 3],
      ],
      [
        ["1.5e3", "-2E-2"],
        [1500, -0.02],
      ],
      [
        [" 7.5 ", ".5"],
        [7.5, 0.5],
      ],
      [
        ["0.125", "0.250"],
        [0.125, 0.25],
      ],
      [
        ["1,234", "2,5"],
        [1.234, 2.5],
      ],
    ] as const)
      it(given.join(" and "), () => assert.deepEqual(value(...given), wanted));

    it("beside 987 three digits behind a sign are thousands, which stays open to doubt", () => {
      const rows = (sign: string, k: number) => Array.from({ length: 9 }, (_, i) => `2026-01-0${i + 1};${i % 2 ? 987 : `1${sign}23${i}`};${k}${sign}5${i}1`); // biome-ignore format: one line
      for (const [sign, decimal] of [
        [".", ","],
        [",", "."],
      ] as const) {
        // biome-ignore format: one line
        const table = read(["time;v;w", ...rows(sign, 12)].join("\n"));
        assert.deepEqual([table.format.decimal, table.format.thousands, table.doubts], [decimal, sign, ["decimal"]]);
        assert.deepEqual(row(table, 2), { v: 1232, w: 12521 });
        const sure = read(["time;v;w", ...rows(sign, 0)].join("\n"));
        assert.deepEqual([row(sure, 2), sure.doubts], [{ v: 1.232, w: 0.521 }, []]);
      }
    });

    it("three digits behind a point are no thousands where commas hold the cells apart, beyond doubt", () => {
      const table = read(`time,v,w\n${Array.from({ length: 9 }, (_, i) => `2026-01-0${i + 1},60.12${i},987`).join("\n")}`); // biome-ignore format: one line
      assert.deepEqual([row(table, 2).v, table.doubts], [60.122, []]);
    });

    it("1,234 alone is open to doubt, said so, and read as told", () => {
      const text = "time;v\n2026-01-01 00:00;1,234\n2026-01-01 00:01;5,678";
      const guessed = read(text);
      assert.deepEqual(guessed.doubts, ["decimal"]);
      assert.equal(row(guessed, 0).v, 1.234);
      const told = read(text, { ...UTC, format: { decimal: ".", thousands: "," } });
      assert.deepEqual([row(told, 0).v, told.doubts], [1234, []]);
    });

    it("−999 is no value where all others are far from it, and a value where they are not", () => {
      const table = read("time,a,b\n2026-01-01,1,-990\n2026-01-02,-999,-999\n2026-01-03,3,-1005.5");
      assert.deepEqual(Array.from(table.columns[1]?.values ?? []), [1, Number.NaN, 3]);
      assert.deepEqual(Array.from(table.columns[2]?.values ?? []), [-990, -999, -1005.5]);
      assert.deepEqual([table.columns[1]?.read, table.columns[1]?.missing], [2, 1]);
    });

    it("neither are the largest numbers of a register, those of a logger, and what is too large for anything", () => {
      const text = (mark: string, at: number): string =>
        lines(40, (i) => `2026-03-02 06:${10 + i},${i % 13 === 5 ? mark : at + i}`);
      for (const mark of ["32767", "-32768", "65535", "9999", "-99999", "1e+30", "-9.99e30", "3.402823e38", "########"])
        assert.deepEqual(read(`t,v\n${text(mark, 60)}`).columns[1].missing, 3, mark);
      assert.equal(read(`t,v\n${text("9999", 9000)}`).columns[1].missing, 0);
    });

    it("a cell that is no number is counted and named with its line, never lost in silence", () => {
      const rows = Array.from({ length: 60 }, (_, i) => `2026-01-01 00:${String(i).padStart(2, "0")},${i}.5,x`);
      rows[40] = "2026-01-01 00:40,12.5.7,x";
      const table = read(["title of it", "", "time,temp,note", ...rows].join("\n"));
      assert.equal(table.format.headerLine, 3);
      assert.deepEqual(table.unreadable, { count: 1, first: [{ line: 44, column: "temp", text: "12.5.7" }] });
    });

    it("35,000 wrong rows: all counted, twenty named", () => {
      const rows = Array.from({ length: 80_000 }, (_, i) => {
        const stamp = new Date(1.77e12 + 60_000 * i).toISOString();
        return i % 16 < 7 ? `${stamp},broken ${i},7` : `${stamp},1.5,7`;
      });
      const table = read(["time,a,b", ...rows].join("\n"));
      assert.equal(table.unreadable.count, 35_000);
      assert.equal(table.unreadable.first.length, 20);
      assert.deepEqual(table.unreadable.first[0], { line: 2, column: "a", text: "broken 0" });
    }).timeout(20_000);
  });

  describe("times", () => {
    for (const [first, second, iso] of [
      ["27/03/2026 10:00 PM", "27/03/2026 11:00 PM", "2026-03-27T22:00:00.000Z"],
      ["3/27/2026 12:00 AM", "3/27/2026 1:00 AM", "2026-03-27T00:00:00.000Z"],
      ["2026/3/7 1:02", "2026/3/7 1:03", "2026-03-07T01:02:00.000Z"],
      ["27.03.26 22:00:00", "27.03.26 22:01:00", "2026-03-27T22:00:00.000Z"],
      ["27-Mar-26 22:00:00", "27-Mar-26 22:01:00", "2026-03-27T22:00:00.000Z"],
      ["Mar 27, 2026 10:00 PM", "Mar 27, 2026 11:00 PM", "2026-03-27T22:00:00.000Z"],
      ["2026年3月27日 22時00分", "2026年3月27日 22時01分", "2026-03-27T22:00:00.000Z"],
      ["2026/03/27(金) 午後10:00", "2026/03/27(金) 午後11:00", "2026-03-27T22:00:00.000Z"],
      ["2026-03-27T22:00:00.250+09:00", "2026-03-27T22:00:01+09:00", "2026-03-27T13:00:00.250Z"],
      ["20260327T220000Z", "20260327T220100Z", "2026-03-27T22:00:00.000Z"],
      ["20260327220000250", "20260327220100250", "2026-03-27T22:00:00.250Z"],
      ["27MAR2026:22:00:00", "27MAR2026:22:01:00", "2026-03-27T22:00:00.000Z"],
      ["1774648800", "1774648860", "2026-03-27T22:00:00.000Z"],
      ["1774648800250", "1774648860000", "2026-03-27T22:00:00.250Z"],
      ["1774648800250000", "1774648860000000", "2026-03-27T22:00:00.250Z"],
      ["1774648800250000000", "1774648860000000000", "2026-03-27T22:00:00.250Z"],
    ] as const)
      it(first, () => {
        const table = read(times(first, second));
        assert.equal(time(table, 0), iso);
        assert.equal(table.times.length, 2);
      });

    it("one day above twelve decides for the whole column, wherever it stands", () => {
      const days = ["01/02/2026", "02/02/2026", "03/02/2026", "13/02/2026"];
      assert.equal(time(read(times(...days)), 0), "2026-02-01T00:00:00.000Z");
      assert.deepEqual(read(times(...days)).doubts, []);
    });

    it("without one, the order by which the days follow each other evenly", () => {
      const days = ["01/02/2026", "02/02/2026", "03/02/2026", "04/02/2026"];
      const table = read(times(...days));
      assert.deepEqual([table.format.dateOrder, table.doubts], ["dmy", []]);
      const months = read(times("01/02/2026", "01/03/2026", "01/04/2026", "01/05/2026"));
      assert.deepEqual([months.format.dateOrder, months.doubts], ["mdy", []]);
    });

    it("and where they follow each other without any exception, however long the file, beyond doubt", () => {
      const stamp = (i: number) => new Date(Date.UTC(2026, 2, 2, 6, 5 * i)).toISOString();
      const texts = Array.from({ length: 900 }, (_, i) =>
        stamp(i).replace(/^(\d+)-(\d+)-(\d+)T(\d+:\d+).*/, "$3/$2/$1 $4"),
      );
      const table = read(times(...texts));
      assert.deepEqual([table.format.dateOrder, table.doubts], ["dmy", []]);
      const gaps = read(times(...texts.filter((_, i) => i % 100 > 0)));
      assert.deepEqual(gaps.doubts, ["dateOrder"], "a step that is no other's is left to a person");
    });

    it("where both orders would do it says so, and does as told", () => {
      const text = times("05/05/2026 10:00", "05/05/2026 11:00");
      const one = times("05/06/2026 10:00", "05/06/2026 11:00");
      assert.deepEqual(read(text).doubts, ["dateOrder"]);
      assert.deepEqual(read(one).doubts, ["dateOrder"]);
      const told = read(one, { ...UTC, format: { dateOrder: "mdy" } });
      assert.deepEqual([time(told, 0), told.doubts], ["2026-05-06T10:00:00.000Z", []]);
    });

    it("of a year in short the order that makes it a recent one, which stays open to doubt", () => {
      for (const [first, second] of [
        ["26/03/02 06:00", "26/03/02 06:01"],
        ["02/03/26 06:00", "02/03/26 06:01"],
      ] as const) {
        // biome-ignore format: one line
        const table = read(times(first, second));
        assert.deepEqual([time(table, 1), table.doubts], ["2026-03-02T06:01:00.000Z", ["dateOrder"]]);
      }
    });

    it("date and time in two columns", () => {
      const table = read("Datum;Uhrzeit;T\n27.03.2026;22:00:00;1,5\n27.03.2026;22:00:10;1,6\n");
      assert.deepEqual([table.format.timeColumn, table.format.clockColumn], ["Datum", "Uhrzeit"]);
      assert.equal(time(table, 1), "2026-03-27T22:00:10.000Z");
      assert.deepEqual(names(table), ["T"]);
    });

    it("no time at all: evenly spaced, by the step that is told", () => {
      const table = read("a,b\n1.5,2\n0.5,9\n1.7,3", { ...UTC, format: { step: 1000 } });
      assert.equal(table.format.timeColumn, "");
      assert.deepEqual(Array.from(table.times), [0, 1000, 2000]);
    });

    it("newest first and doubled rows: sorted, the last one of each time stays, both said", () => {
      const table = read("time,v\n2026-01-03,3\n2026-01-02,2\n2026-01-02,2.5\n2026-01-01,1");
      assert.deepEqual(
        [...rowsOf(table)].map(({ values }) => values.v),
        [1, 2.5, 3],
      );
      assert.deepEqual([table.sorted, table.dropped], [false, { timeless: 0, doubled: 1 }]);
    });

    it("the hour that a clock shows twice goes on, also where the newest comes first", () => {
      const stamps = ["01:30", "02:00", "02:30", "02:00", "02:30", "03:00"].map((clock) => `2026-10-25 ${clock}`);
      const wanted = [23.5, 24, 24.5, 25, 25.5, 26].map((hour) => Date.UTC(2026, 9, 24) + hour * 3_600_000);
      for (const texts of [stamps, stamps.toReversed()]) {
        const table = read(times(...texts), { zone: "Europe/Berlin", now: Date.UTC(2027, 0, 1) });
        assert.deepEqual(Array.from(table.times), wanted);
      }
    });

    it("a row without a time is left out, counted and named", () => {
      const table = read("time,v\n2026-01-01,1\n31.31.2026,2\n2026-01-03,3\n2026-01-04,4");
      assert.deepEqual(table.dropped, { timeless: 1, doubled: 0 });
      assert.deepEqual(table.unreadable.first, [{ line: 3, column: "time", text: "31.31.2026" }]);
    });

    it("another column than the first with dates, as told", () => {
      const text = "start,end,v\n2026-01-01 00:00,2026-01-01 00:05,1\n2026-01-01 00:05,2026-01-01 00:10,2";
      assert.equal(time(read(text), 0), "2026-01-01T00:00:00.000Z");
      const told = read(text, { ...UTC, format: { timeColumn: "end" } });
      assert.equal(time(told, 0), "2026-01-01T00:05:00.000Z");
      assert.equal(problem(text, { format: { timeColumn: "ende" } }), "unknownColumn");
    });
  });

  describe("that is nasty", () => {
    it("ragged rows: what is short is missing, what is beyond is named", () => {
      const table = read("time,a,b\n2026-01-01,1\n2026-01-02,1,2,3\n2026-01-03,1,2");
      assert.deepEqual(row(table, 0), { a: 1 });
      assert.deepEqual(table.unreadable.first, [{ line: 3, column: "", text: "3" }]);
    });

    it("separators, line breaks and quotes in quotes; lines are still those of the file", () => {
      const table = read('time,"a, ""one""\nof two",b\n2026-01-01,1,2\n2026-01-02,x,2\n2026-01-03,4,5');
      assert.deepEqual(names(table), ['a, "one" of two', "b"]);
      assert.equal(table.unreadable.first[0]?.line, 4);
    });

    it("a quotation mark that nobody closes holds nothing together, and that is open to doubt", () => {
      const table = read('time,5" pipe,b\n2026-01-01,1,2\n2026-01-02,"3,4\n2026-01-03,5,6');
      assert.deepEqual(table.doubts, ["quote"]);
      assert.equal(table.times.length, 3);
      assert.deepEqual(table.unreadable.first, [{ line: 3, column: '5" pipe', text: '"3' }]);
    });

    it("names that objects have already, twice the same, none", () => {
      const table = read("time,__proto__,constructor,x,x,\n2026-01-01,1,2,3,4,5\n2026-01-02,1,2,3,4,5");
      assert.deepEqual(names(table), ["__proto__", "constructor", "x", "x (2)", "column 6"]);
      const values = row(table, 0);
      assert.deepEqual(Object.entries(values), [
        ["__proto__", 1],
        ["constructor", 2],
        ["x", 3],
        ["x (2)", 4],
        ["column 6", 5],
      ]);
      assert.equal(Object.getPrototypeOf(values), Object.prototype);
    });

    it("NUL bytes and huge cells are cells that cannot be read", () => {
      const huge = "9".repeat(200_000);
      const table = read(`time,a,b\n2026-01-01,1,2\n2026-01-02,\0,${huge}\n2026-01-03,1,2\n2026-01-04,1,2`);
      assert.deepEqual(
        table.unreadable.first.map(({ column, text }) => [column, text.length]),
        [
          ["a", 1],
          ["b", 60],
        ],
      );
    });

    for (const [what, source, code] of [
      ["nothing", Buffer.alloc(0), "empty"],
      ["blanks", "\n \n;;\n", "empty"],
      ["only names", "time,a,b\n", "noRows"],
      ["only words", "time,a\n2026-01-01,x\n2026-01-02,y", "noNumbers"],
      ["an old Excel file", Buffer.from("d0cf11e0a1b11ae1", "hex"), "oldExcel"],
      ["a PDF", Buffer.from("%PDF-1.7"), "pdf"],
      ["a web page under the name .xls", "\n<html><body><table><tr><td>1", "markup"],
      ["XML", '\ufeff<?xml version="1.0"?><Workbook>', "markup"],
      ["gzip", Buffer.from("1f8b0800", "hex"), "compressed"],
      ["a ZIP that is cut off", workbook().subarray(0, 300), "damagedExcel"],
      ["rows that are no objects", [{ a: 1 }, 7], "noObjects"],
      ["another name in each row", Array.from({ length: 6000 }, (_, i) => ({ [`n${i}`]: 1 })), "tooManyColumns"],
      ["one line of commas", `t${",a".repeat(6000)}\n2026-01-01${",1".repeat(6000)}`, "tooManyColumns"],
    ] as const)
      it(`${what}: ${code}`, () => assert.equal(problem(source as string), code));

    it("too large and too long are refused with the limits", () => {
      assert.equal(problem("time,a\n2026-01-01,1", { mostBytes: 5 }), "tooLarge");
      assert.equal(problem("time,a\n2026-01-01,1\n2026-01-02,1", { mostRows: 2 }), "tooManyRows");
    });

    it("titles before the names, and a line of descriptions between names and units", () => {
      const titled = read(
        "Report;;;\nPlant 3;Unit 2;;\n\nDate;Time;Temp [°C];Flow\n01.02.2026;08:00;1.234,5;12,1\n13.02.2026;08:10;9,5;12,2",
      );
      assert.deepEqual([titled.format.headerLine, titled.format.unitsLine, titled.format.firstLine], [4, 0, 5]);
      assert.deepEqual(row(titled, 0), { "Temp [°C]": 1234.5, Flow: 12.1 });
      const described = read(
        "Tag,TI1,FI2\nDescription,Temperature top,Flow inlet\nUnit,degC,kg/h\n2026-01-01 00:00,1,2\n2026-01-01 00:01,3,4",
      );
      assert.deepEqual(described.columns.map(({ name, unit }) => [name, unit]).slice(1), [
        ["TI1", "degC"],
        ["FI2", "kg/h"],
      ]);
    });

    it("seconds or milliseconds since the start, by the name; a temperature that rises is no time", () => {
      assert.deepEqual(Array.from(read("Time (s),F\n0.0,1\n0.5,2\n1,2").times), [0, 500, 1000]);
      assert.deepEqual(Array.from(read("time_ms,F\n0,1\n500,2\n1000,2").times), [0, 500, 1000]);
      assert.equal(read("F,T,TI-100\n1,1.5,7\n1,1.6,8\n1,1.7,9").format.timeColumn, "");
    });

    it("JSON, as web services send it", () => {
      const table = read('[{"ts":"2026-01-01T00:00:00Z","v":1.5},{"ts":"2026-01-01T00:01:00Z","v":2}]');
      assert.deepEqual(row(table, 1), { v: 2 });
    });

    it("no line of names", () => {
      const table = read("2026-01-01,1,2\n2026-01-02,3,4");
      assert.deepEqual([table.format.headerLine, table.format.firstLine], [0, 1]);
      assert.deepEqual(names(table), ["column 2", "column 3"]);
    });

    it("any bytes: a table or a problem that says why", () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
          try {
            readTable(bytes, UTC);
          } catch (error) {
            assert.equal((error as Error).name, "TableProblem", String((error as Error).stack));
          }
        }),
        { numRuns: 300 },
      );
    });
  });

  it("of row objects: text, numbers and dates", () => {
    const table = readTable(
      [
        { time: new Date(0), a: 1, b: "2,5" },
        { time: new Date(1000), b: "3,5", c: true },
        { time: new Date(2000), a: null, b: Number.NaN },
      ],
      UTC,
    );
    assert.deepEqual(
      [...rowsOf(table)].map(({ values }) => values),
      [{ a: 1, b: 2.5 }, { b: 3.5, c: 1 }, {}],
    );
    assert.deepEqual(Array.from(table.times), [0, 1000, 2000]);
  });

  it("the format that comes back reads the same table again", () => {
    for (const file of [energyMeter(), historian(), japanese(), thousands(), wide(), workbook()]) {
      const first = readTable(file, UTC);
      const again = readTable(file, { ...UTC, format: first.format });
      assert.deepEqual({ ...again, doubts: [] }, { ...first, doubts: [] });
    }
  });

  it("100,000 rows of ten columns are read while a person waits", () => {
    const rows = Array.from({ length: 100_000 }, (_, i) => {
      const cells = Array.from({ length: 9 }, (_, k) =>
        wave(i + k, 50, 3)
          .toFixed(3)
          .replace(".", ","),
      );
      const iso = new Date(Date.UTC(2026, 0, 1, 0, i)).toISOString();
      return [`${iso.slice(8, 10)}.${iso.slice(5, 7)}.2026 ${iso.slice(11, 19)}`, ...cells].join(";");
    });
    const bytes = Buffer.from([["Zeit", ..."abcdefghi"].join(";"), ...rows].join("\n"));
    const started = performance.now();
    const table = readTable(bytes, { zone: "Europe/Berlin" });
    const seconds = (performance.now() - started) / 1000;
    console.log(`      ${seconds.toFixed(1)} s`);
    // Alone on a machine about one second.
    assert.ok(seconds < 10);
    assert.equal(table.unreadable.count, 0);
  }).timeout(30_000);

  it("what was written is read, in any dialect", () => {
    const dialect = fc
      .record({
        separator: fc.constantFrom(",", ";", "\t", "|"),
        decimal: fc.constantFrom(".", ","),
        order: fc.constantFrom("dmy", "ymd"),
        end: fc.constantFrom("\n", "\r\n"),
        bom: fc.boolean(),
      })
      .filter(({ separator, decimal }) => separator !== decimal);
    const rows = fc.array(
      fc.array(fc.option(fc.integer({ min: -999_999, max: 999_999 }).map((n) => n / 100)), {
        minLength: 3,
        maxLength: 3,
      }),
      { minLength: 3, maxLength: 40 },
    );
    fc.assert(
      fc.property(dialect, rows, ({ separator, decimal, order, end, bom }, given) => {
        // One value that leaves no doubt.
        given[0] = [12.34, 5.67, 8.9];
        given[1] = [12.35, 5.68, 8.91];
        const lines = given.map((cells, i) => {
          const iso = new Date(Date.UTC(2026, 0, 25, i)).toISOString();
          const [y, m, d] = iso.slice(0, 10).split("-");
          const date = order === "dmy" ? `${d}.${m}.${y}` : `${y}-${m}-${d}`;
          const written = cells.map((cell) => (cell === null ? "" : cell.toFixed(2).replace(".", decimal)));
          return [`${date} ${iso.slice(11, 19)}`, ...written].join(separator);
        });
        const text = `${bom ? "\ufeff" : ""}${[["time", "a", "b", "c"].join(separator), ...lines].join(end)}`;
        const table = read(text);
        assert.deepEqual(
          [...rowsOf(table)].map(({ time, values: { a = null, b = null, c = null } }) => [time, a, b, c]),
          given.map((cells, i) => [Date.UTC(2026, 0, 25, i), ...cells.map((cell) => (cell === 0 ? 0 : cell))]),
        );
      }),
      { numRuns: 200 },
    );
  });
});
