/** Times of which the seconds were cut off: no reading is lost. */
import assert from "node:assert/strict";
import { clock, lines, names, read, row } from "./reading";

const START = Date.UTC(2026, 2, 2, 6);
/** A reading every ten seconds, from some of them after the minute on, as a spreadsheet saves it. */
const cut = (count: number, from = 0): string =>
  `Time,y\n${lines(count, (i) => `${clock(10 * (i + from)).iso.replaceAll("-", "/")} ${clock(10 * (i + from)).hms.slice(0, 5)},${i}`)}\n`; // biome-ignore format: one line

describe("times without their seconds", () => {
  it("rows of a minute are spread over it, and that is told; the first may begin in the middle", () => {
    for (const from of [0, 4]) {
      const table = read(cut(100, from));
      assert.deepEqual(
        Array.from(table.times),
        Array.from({ length: 100 }, (_, i) => START + 10_000 * (i + from)),
      );
      assert.deepEqual([table.dropped.doubled, table.sorted, row(table, 99)], [0, true, { y: 99 }]);
      assert.ok(table.spread > 80);
      const [head, ...rows] = cut(100, from).trim().split("\n");
      assert.deepEqual(read([head, ...rows.toReversed()].join("\n")).times, table.times);
    }
  });

  it("one that was lost, and a pause", () => {
    const rows = cut(180).split("\n");
    rows.splice(70, 1);
    rows.splice(100, 30);
    const table = read(rows.join("\n"));
    assert.deepEqual([table.times.length, table.dropped.doubled], [149, 0]);
  });

  it("whole seconds, ten times a second", () => {
    const table = read(`Time,y\n${lines(90, (i) => `2026-03-02 06:00:${String(Math.floor(i / 10)).padStart(2, "0")},${i}`)}\n`); // biome-ignore format: one line
    assert.deepEqual(
      Array.from(table.times),
      Array.from({ length: 90 }, (_, i) => START + 100 * i),
    );
  });

  it("not where rows are copies, come twice by chance, or hold the values of tags", () => {
    const copied = read(cut(100).replace(/^(\d.*)\n/gm, "$1\n$1\n").replace(/:(\d\d),(\d+)/g, (_, m, i) => `:${m},${Math.floor(i / 6)}`)); // biome-ignore format: one line
    assert.deepEqual([copied.spread, copied.times.length], [0, 17]);
    const chance = read(`Time,y\n${lines(60, (i) => `${clock(60 * (i - Number(i % 9 === 0))).iso} ${clock(60 * (i - Number(i % 9 === 0))).hms},${i}`)}\n`); // biome-ignore format: one line
    assert.equal(chance.spread, 0);
    const tags = read(`Time,Tag,Value\n${lines(80, (i) => `${clock(60 * (i >> 1)).iso} ${clock(60 * (i >> 1)).hms},${"AB"[i % 2]},${i}`)}\n`); // biome-ignore format: one line
    const machines = (name: (i: number) => string): number => read(`Time,Line,y,z\n${lines(90, (i) => `${clock(60 * Math.floor(i / 3)).iso} ${clock(60 * Math.floor(i / 3)).hms},${name(i % 3)},${i},${2 * i}`)}\n`).spread; // biome-ignore format: one line
    assert.deepEqual([machines((i) => "ABC"[i]), machines((i) => `${i + 1}`)], [0, 0]);
    assert.deepEqual([tags.spread, names(tags), tags.times.length], [0, ["A", "B"], 40]);
  });
});
