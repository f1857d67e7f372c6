/** Times without a date, whose date stands above the table. */
import assert from "node:assert/strict";
import { startAbove } from "../../src/table/start-above";
import { lines, read, time } from "./reading";

const two = (n: number): string => String(n).padStart(2, "0");
const hours = (from = 0) => lines(40, (i) => `${two((i + from) % 24)}:00,60.5`);
const seconds = lines(40, (i) => `${i}.0,60.5`);

describe("times whose date stands above them", () => {
  for (const [what, text, first, last] of [
    ["a daily sheet", `運転日報,\n令和8年3月2日(月),\n時刻,T\n${hours(6)}`, "2026-03-02T06:00", "2026-03-03T21:00"],
    ["a shift report", `Shift: 02.03.2026,\nTime,T\n${hours(22)}`, "2026-03-02T22:00", "2026-03-04T13:00"],
    ["printed in the evening", `Printed,2026-03-02 18:30\nTime,T\n${hours()}`, "2026-03-02T00:00", "2026-03-03T15:00"],
    ["seconds since the start", `Start,2026-03-02 06:30:00\ns,T\n${seconds}`, "2026-03-02T06:30", "2026-03-02T06:30"],
    ["its clock below its date", `Date,2026/03/02\nTime,06:30:00.5\ns,T\n${seconds}`, "2026-03-02T06:30", "2026-03-02T06:30"],
    ["since 0:00:00", `Trigger,2026-03-02 06:30:00\nTime,T\n${lines(40, (i) => `00:00:${two(i)},60.5`)}`, "2026-03-02T06:30", "2026-03-02T06:30"],
  ] as const) // biome-ignore format: one line each
    it(what, () => {
      const table = read(text);
      assert.deepEqual([time(table, 0).slice(0, 16), time(table, -1).slice(0, 16)], [first, last]);
      assert.equal(table.format.start.slice(0, 10), "2026-03-02");
      assert.deepEqual(read(text, { format: table.format }), table);
      const other = read(text, { format: { ...table.format, start: "2025-12-31" } });
      assert.equal(time(other, 0).slice(0, 10), "2025-12-31");
    });

  it("is none where several days stand there, or the times have a date", () => {
    assert.equal(startAbove([["From", "2026-03-02"], ["To", "2026-03-03"]]), ""); // biome-ignore format: one line
    assert.equal(startAbove([["Start", "2026-03-02 06:00"], ["End", "2026-03-03 07:00"]]), "2026-03-02 06:00:00"); // biome-ignore format: one line
    assert.equal(read(`Time,T\n${hours()}`).format.start, "");
    assert.equal(read(`Printed,2026-03-03\nTime,T\n${lines(9, (i) => `2026-03-02 06:0${i},1.5`)}`).format.start, "");
    assert.equal(read(`Printed,2026-03-03\nTime,T\n${lines(9, (i) => `${1_772_431_200 + i},1.5`)}`).format.start, "");
  });

  it("has to be a date where a person says it", () => {
    assert.throws(() => read(`Time,T\n${hours()}`, { format: { start: "Monday" } }), { code: "setting" });
  });
});
