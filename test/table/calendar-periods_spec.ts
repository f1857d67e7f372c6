import assert from "node:assert/strict";
import { arePeriods, areYears, periodIn, yearIn } from "../../src/text/calendar-period";
import { lines, names, read, row, time } from "./reading";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (n: number): string => String(n).padStart(2, "0");

/** The ways in which reports write the i-th month after January 2024. */
const WRITTEN: Record<string, (year: number, month: number) => string> = {
  "by name": (year, month) => `${MONTHS[month]} ${year}`,
  "by a spreadsheet": (year, month) => `${MONTHS[month]}-${year % 100}`,
  "year first": (year, month) => `${year}-${two(month + 1)}`,
  "month first": (year, month) => `${two(month + 1)}/${year}`,
  "between dots": (year, month) => `${two(month + 1)}.${year}`,
  "in Japanese": (year, month) => `${year}年${month + 1}月`,
};

describe("months, quarters and weeks as times", () => {
  for (const [how, write] of Object.entries(WRITTEN)) {
    const month = (i: number): string => write(2024 + Math.floor(i / 12), i % 12);

    it(`months in a column, ${how}; a sum below them is none`, () => {
      const table = read(
        `Month;Steam [t];Power\n${lines(24, (i) => `${month(i)};${800 + i};${300 - i}`)}\nTotal;9;9\n`,
      );
      assert.deepEqual([table.format.timeColumn, table.format.dateOrder], ["Month", "period"]);
      assert.deepEqual([time(table, 0), time(table, -1)], ["2024-01-01T00:00:00.000Z", "2025-12-01T00:00:00.000Z"]);
      assert.deepEqual([table.times.length, table.remarks.count], [24, 1]);
      assert.deepEqual(read(Buffer.from(`Month;Steam\n${lines(9, (i) => `${month(i)};${i}`)}`), { format: table.format }).times.length, 9); // biome-ignore format: one line
    });

    it(`months across, ${how}, with what stands beside`, () => {
      const across = Array.from({ length: 24 }, (_, i) => month(i)).join(";");
      const values = (mean: number): string => Array.from({ length: 24 }, (_, i) => mean + i).join(";");
      const table = read(`Meter;Unit;${across};Total\nSteam;t;${values(800)};9\nPower;MWh;${values(300)};9\n`);
      assert.deepEqual(names(table), ["Steam", "Power"]);
      assert.deepEqual([time(table, 1), time(table, -1)], ["2024-02-01T00:00:00.000Z", "2025-12-01T00:00:00.000Z"]);
      assert.deepEqual(
        [row(table, 0), row(table, 23)],
        [
          { Steam: 800, Power: 300 },
          { Steam: 823, Power: 323 },
        ],
      );
      assert.deepEqual(table.columns.find(({ name }) => name === "Steam")?.unit, "t");
    });
  }

  for (const [how, write] of Object.entries<(week: number) => string>({
    "by ISO 8601": (week) => `2025-W${two(week)}`,
    "with a day": (week) => `2025-W${two(week)}-1`,
    "in German": (week) => `KW ${week}/2025`,
    "in Japanese": (week) => `2025年第${week}週`,
  }))
    it(`weeks, ${how}`, () => {
      const table = read(`Week,Steam\n${lines(52, (i) => `${write(i + 1)},${i}`)}\n`);
      assert.deepEqual([time(table, 0), time(table, -1)], ["2024-12-30T00:00:00.000Z", "2025-12-22T00:00:00.000Z"]);
    });

  it("quarters; months in six digits, where the column is one of months", () => {
    assert.equal(time(read(`Quarter,y\n${lines(8, (i) => `Q${1 + (i % 4)} ${2024 + Math.floor(i / 4)},${i}`)}`), 5), "2025-04-01T00:00:00.000Z"); // biome-ignore format: one line
    const digits = (name: string) => read(`${name},y\n${lines(12, (i) => `2025${two(i + 1)},${i}`)}`);
    assert.equal(time(digits("年月"), 11), "2025-12-01T00:00:00.000Z");
    assert.equal(read(`Month,y\n${lines(9, (i) => `${MONTHS[i]} 2025,${i}`)}`).format.separator, ",");
    assert.deepEqual(names(digits("Counter")), ["Counter", "y"]);
  });

  for (const [how, write, first] of [
    ["of a Japanese company", (q: number) => `${2024 + (q >> 2)}年度第${1 + (q % 4)}四半期`, "2024-04-01"],
    ["in Japanese", (q: number) => `${2024 + (q >> 2)}年第${"一二三四"[q % 4]}四半期`, "2024-01-01"],
    ["of a Japanese company, in short", (q: number) => `${2024 + (q >> 2)}年度${1 + (q % 4)}Q`, "2024-04-01"],
    ["of a company", (q: number) => `FY${2024 + (q >> 2)} Q${1 + (q % 4)}`, "2024-01-01"],
  ] as const)
    it(`quarters ${how}: ${write(5)}`, () => {
      const table = read(`四半期,y\n${lines(8, (i) => `${write(i)},${i}`)}`);
      assert.deepEqual([time(table, 0).slice(0, 10), table.times.length], [first, 8]);
    });

  it("years by months that begin in April, in rows or across: March is that of the next year", () => {
    const name = (i: number): string => `${1 + ((i + 3) % 12)}月`;
    const across = Array.from({ length: 12 }, (_, i) => name(i)).join();
    for (const write of [
      (y: number) => `${y}年度`,
      String,
      (y: number) => `令和${y - 2018}年度`,
      (y: number) => `FY${y}`,
    ]) {
      const values = (y: number) => Array.from({ length: 12 }, (_, i) => 12 * y + i).join();
      const table = read(`年度,設備,${across}\n${lines(6, (i) => `${write(2023 + (i >> 1))},${["炉", "釜"][i % 2]},${values(i >> 1)}`)}`); // biome-ignore format: one line
      assert.deepEqual([time(table, 0).slice(0, 10), time(table, -1).slice(0, 10)], ["2023-04-01", "2026-03-01"]);
      assert.deepEqual(row(table, 13), { 炉: 13, 釜: 13 });
    }
    for (const write of [String, (y: number) => `${y}年度`]) {
      const table = read(`年度,月,電力量\n${lines(36, (i) => `${write(2023 + Math.floor(i / 12))},${name(i).replace("月", i % 2 ? "" : "月")},${i}`)}`); // biome-ignore format: one line
      assert.deepEqual([time(table, 0).slice(0, 10), time(table, -1).slice(0, 10)], ["2023-04-01", "2026-03-01"]);
      assert.deepEqual(names(table), ["電力量"]);
    }
  });

  it("years by months", () => {
    const table = read(`Year,${MONTHS.join(",")},Total\n${lines(3, (y) => `${2023 + y},${MONTHS.map((_, i) => 12 * y + i).join(",")},9`)}`); // biome-ignore format: one line
    assert.deepEqual([table.times.length, time(table, 13), row(table, 13)], [36, "2024-02-01T00:00:00.000Z", { value: 13 }]); // biome-ignore format: one line
  });

  it("are none where they do not follow each other, or the calendar has none", () => {
    for (const text of ["2025-13", "Max 2025", "13/2025", "2025-W54", "2026-W53-8", "Q5 2025", "1.2025", "Mar 13", "20251", "R7-03", "2025年第5四半期"]) // biome-ignore format: one line
      assert.equal(periodIn(text), undefined, text);
    assert.equal(arePeriods(["2025-03", "2025-01", "2025-02", "2025-04"]), false);
    assert.equal(arePeriods(["2025-01", "2025-02"]), false);
    assert.deepEqual(names(read("Part;T;F\n2025-03;1;2\n2024-11;3;4\n2025-01;5;6\n2023-07;7;8\n")), ["T", "F"]);
    assert.equal(read("Part;T;F\n2025-03;1;2\n2024-11;3;4\n2025-01;5;6\n2023-07;7;8\n").format.timeColumn, "");
  });
});

describe("years as times", () => {
  for (const [how, write, first] of [
    ["as numbers", (year: number) => `${year}`, "2009-01-01"],
    ["that end in the next", (year: number) => `${year}/${two((year + 1) % 100)}`, "2009-01-01"],
    ["of a company", (year: number) => `FY${year}`, "2009-01-01"],
    ["of a company, in short", (year: number) => `FY${two(year % 100)}`, "2009-01-01"],
    ["of a company, with both", (year: number) => `FY ${year}-${year + 1}`, "2009-01-01"],
    ["in Japanese", (year: number) => `${year}年`, "2009-01-01"],
    ["of a Japanese company", (year: number) => `${year}年度`, "2009-04-01"],
    ["of an era", (year: number) => `平成${year - 1988}年`, "2009-01-01"],
    ["of an era, in short, of a company", (year: number) => `H${year - 1988}年度`, "2009-04-01"],
  ] as const)
    it(`${how}: ${write(2011)}; a sum below them is none`, () => {
      const table = read(
        `Year;Steam;Power\n${lines(12, (i) => `${write(2009 + i)};${800 + i};${300 - i}`)}\nTotal;9;9\n`,
      );
      assert.deepEqual([table.format.timeColumn, table.format.dateOrder], ["Year", "year"]);
      assert.deepEqual(
        [table.times.length, time(table, 0).slice(0, 10), time(table, 3).slice(0, 4)],
        [12, first, "2012"],
      );
      assert.deepEqual([names(table), row(table, 1)], [["Steam", "Power"], { Steam: 801, Power: 299 }]);
    });

  it("as numbers below 年度 begin in April", () => {
    assert.equal(time(read(`年度,電力量\n${lines(9, (i) => `${2015 + i},${i}`)}`), 0), "2015-04-01T00:00:00.000Z");
  });

  it("are none where they are not the first column, not one a row, or beside another time", () => {
    const timeOf = (head: string, line: (i: number) => string) =>
      read(`${head}\n${lines(12, line)}\n`).format.timeColumn;
    assert.equal(
      timeOf("kWh;y", (i) => `${2009 + 2 * i};${i}`),
      "",
    );
    assert.equal(
      timeOf("rpm;y", (i) => `${2009 + [0, 1, 0, 2][i % 4]};${i}`),
      "",
    );
    assert.equal(
      timeOf("n;y", (i) => `${2095 + i};${i}`),
      "",
    );
    assert.equal(
      timeOf("y;Part", (i) => `${i * i};${2009 + i}`),
      "",
    );
    assert.equal(
      timeOf("n;Day", (i) => `${2009 + i};2025-03-${two(i + 1)}`),
      "Day",
    );
    assert.equal(read(`Time,y\n${lines(12, (i) => `${2009 + i},${i}`)}`).format.dateOrder, "s");
  });

  it("are those that a text names", () => {
    for (const text of ["2021/23", "2021-07", "FY", "19", "1819", "20211", "FY2021/2", "2021 22"])
      assert.equal(yearIn(text), undefined, text);
    assert.deepEqual([areYears(["2021", "2020", "2019"]), areYears(["2021", "2022"])], [true, false]);
  });
});
