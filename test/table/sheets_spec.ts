/** Workbooks as people keep them: a title page, titles over the table, a sheet a month, sums below. */
import assert from "node:assert/strict";
import { readTable } from "../../src/table/table";
import { dailySheets, workbookOf } from "./files";
import { clock, names, read, row, time } from "./reading";

/** A title over all columns, as merged cells are saved, names, units, some days, and their sums. */
const month = (number: number, days = 20): (string | number)[][] => [
  ["Boiler house, daily figures", "", "", ""],
  ["", "", "", ""],
  ["Date", "Steam", "Gas", "Shift"],
  ["", "t", "m3", ""],
  ...Array.from({ length: days }, (_, i) => [`${clock(86_400 * i).iso.replace("-03-", `-0${number}-`)}`, 100 * number + i, 12.5, "A"]), // biome-ignore format: one line
  ["Total", 9999, 250, ""],
];

describe("sheets of a workbook", () => {
  it("the table stands behind a title page and a hidden list", () => {
    const list = Array.from({ length: 90 }, (_, i) => [`code ${i}`, i, i, i]);
    const table = read(workbookOf({ Cover: [["Monthly report"], ["Author", "N. N."]], _Lists: list, Data: month(3) }));
    assert.deepEqual([table.format.sheet, names(table), table.times.length], ["Data", ["Steam", "Gas"], 20]);
    assert.deepEqual([table.sheets, table.doubts], [{ all: ["Cover", "_Lists", "Data"], read: ["Data"] }, []]);
    assert.deepEqual([table.remarks.count, table.remarks.text], [1, "Total 9999 250"]);
  });

  it("of a sheet a month one is read, which is said, and any other can be chosen", () => {
    const months = workbookOf({ Jan: month(1), Feb: month(2), Mar: month(3, 18) });
    const table = read(months);
    assert.deepEqual([table.format.sheet, table.doubts, row(table, 0).Steam], ["Jan", ["sheet"], 100]);
    const third = read(months, { format: { sheet: "Mar" } });
    assert.deepEqual([third.format.sheet, third.doubts, row(third, 0).Steam, third.times.length], ["Mar", [], 300, 18]);
    assert.deepEqual(read(months, { format: third.format }), third);
  });

  it("all with the same names are one table where a person wants that: sums and titles between them are remarks", () => {
    const other = [["Date", "Gas", "Steam", "Shift"], ...month(6).slice(4)];
    const months = workbookOf({ Cover: [["Report"]], Jan: month(1), Feb: month(2), Sorted: other, _Old: month(5), Mar: month(3) }); // biome-ignore format: one line
    const table = read(months, { format: { sheet: "*" } });
    assert.deepEqual([table.format.sheet, table.sheets.read, table.doubts], ["*", ["Jan", "Feb", "Mar"], []]);
    assert.deepEqual([table.times.length, row(table, 25), row(table, -1).Steam], [60, { Steam: 205, Gas: 12.5 }, 319]);
    assert.deepEqual([table.remarks.count, table.unreadable.count, table.dropped.timeless], [5, 0, 0]);
    assert.deepEqual(read(months, { format: table.format }), table);
  });

  it("a sheet a day, of hours alone, from the day that stands above the first", () => {
    const table = read(dailySheets(), { format: { sheet: "*" } });
    assert.deepEqual([table.times.length, table.sheets.read], [48, ["1号", "2号"]]);
    assert.deepEqual([time(table, 0), time(table, -1)], ["2026-03-02T00:00:00.000Z", "2026-03-03T23:00:00.000Z"]);
  });

  it("one that is not there is named with those that are", () => {
    assert.throws(() => readTable(workbookOf({ Jan: month(1) }), { format: { sheet: "Juli" } }), { code: "unknownSheet", details: { name: "Juli", names: "Jan" } }); // biome-ignore format: one line
  });
});
