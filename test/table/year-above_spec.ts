/** Daily sheets whose year stands in the title alone. */
import assert from "node:assert/strict";
import { lines, names, read, time } from "./reading";

const sheet = (title: string, name: string, day: (i: number) => string, count = 31): string =>
  `${title},,\n\n${name},蒸気量(t),備考\n${lines(count, (i) => `${day(i)},${100 + i},`)}\n合計,3100,\n`;

describe("days whose year stands above them", () => {
  for (const [title, name, day] of [
    ["2026年3月分 ボイラー日報", "日付", (i: number) => `3月${i + 1}日(${"日月火水木金土"[i % 7]})`],
    ["2026年 動力日報", "月日", (i: number) => `3/${i + 1}`],
    ["令和8年3月 動力日報", "日", (i: number) => `${i + 1}`],
    ["２０２６年３月", "日", (i: number) => `${i + 1}日`],
  ] as const)
    it(`${title}: ${day(0)}`, () => {
      const table = read(sheet(title, name, day));
      assert.deepEqual([table.times.length, time(table, 0), time(table, -1)], [31, "2026-03-01T00:00:00.000Z", "2026-03-31T00:00:00.000Z"]); // biome-ignore format: one line
      assert.deepEqual([names(table), table.remarks.text], [["蒸気量(t)"], "合計 3100"]);
      assert.deepEqual(read(sheet(title, name, day), { format: table.format }), table);
    });

  it("January behind December is that of the next year", () => {
    const day = (i: number): string =>
      new Date(Date.UTC(2025, 11, 20 + i)).toISOString().slice(5, 10).replace("-", "/");
    assert.deepEqual(time(read(sheet("2025年 冬", "月日", day, 20)), -1), "2026-01-08T00:00:00.000Z");
  });

  it("are none without a year, where a day comes twice, or beside whole dates", () => {
    const timeOf = (text: string): string => read(text).format.timeColumn;
    assert.equal(timeOf(sheet("ボイラー日報", "月日", (i) => `3/${i + 1}`)), "");
    assert.equal(timeOf(sheet("2026年3月", "日", (i) => `${1 + (i % 10)}`)), "");
    assert.equal(timeOf(sheet("2026年3月", "日", (i) => `2024-05-${String(i + 1).padStart(2, "0")}`)), "日");
  });
});
