/** The hour that a clock shows twice, since it is set back at the end of summer time: no row of it is lost. */
import assert from "node:assert/strict";
import type { Table } from "../../src/table/table";
import { names, read, row } from "./reading";

const MINUTE = 60_000;
const CHANGE = Date.UTC(2025, 9, 26, 1);
const ZONE = { zone: "Europe/Berlin", now: Date.UTC(2026, 5, 1) };
const two = (n: number): string => String(n).padStart(2, "0");

/** What the clock on the wall shows, set back some ms late. */
function wall(time: number, late = 0) {
  const d = new Date(time + (time < CHANGE + late ? 120 : 60) * MINUTE);
  const [day, hm] = [`2025-10-${two(d.getUTCDate())}`, `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`];
  return { day, hm, text: `${day} ${hm}` };
}

/** Every so many minutes, from so many hours before the clock is set back on. */
function times(minutes: number, before = 5, hours = 10): number[] {
  const first = CHANGE - before * 60 * MINUTE;
  return Array.from({ length: (hours * 60) / minutes }, (_, i) => first + i * minutes * MINUTE);
}

const table = (head: string, rows: readonly string[]): Table => read(`${head}\n${rows.join("\n")}\n`, ZONE);
const timesOf = (one: Table): number[] => Array.from(one.times);

describe("the hour that comes twice in autumn", () => {
  for (const minutes of [1, 15, 20, 30, 60])
    it(`every ${minutes} min; newest first; a table that begins within it`, () => {
      for (const at of [times(minutes), times(minutes, 1), times(minutes, 0.5)]) {
        const rows = at.map((time, i) => `${wall(time).text},${i}`);
        assert.deepEqual(timesOf(table("time,y", rows)), at);
        if (minutes < 60) assert.deepEqual(timesOf(table("time,y", rows.toReversed())), at);
      }
    });

  it("each stamp is the end of its quarter of an hour: 03:00 comes twice too", () => {
    const at = times(15);
    // The first quarter hour after the change is stamped 02:15, the one before it 03:00.
    const rows = at.map((time, i) => `${wall(time, 1).text},${i}`);
    assert.ok(rows.filter((line) => line.includes(" 03:00")).length === 2);
    assert.deepEqual(timesOf(table("time,y", rows)), at);
    const hours = times(60).map((time, i) => `${wall(time, 1).text},${i}`);
    assert.deepEqual(timesOf(table("time,y", hours)), times(60));
  });

  it("a clock that is set back some minutes late", () => {
    const at = times(1);
    assert.deepEqual(timesOf(table("time,y", at.map((time, i) => `${wall(time, 4 * MINUTE).text},${i}`))), at); // biome-ignore format: one line
  });

  it("several rows a minute, or one twice, do not set it back", () => {
    const at = times(15);
    const rows = at.flatMap((time, i) => [0, 1, 2].map((k) => `${wall(time).text},${i}.${k}`));
    assert.deepEqual(timesOf(table("time,y", rows)), at);
    const doubled = table("time,y", at.flatMap((time, i) => (i === 17 ? [0, 1] : [0]).map(() => `${wall(time).text},${i}`))); // biome-ignore format: one line
    assert.deepEqual([timesOf(doubled), doubled.dropped.doubled], [at, 1]);
  });

  it("one value a row, by time and by tag", () => {
    for (const minutes of [15, 60]) {
      const at = times(minutes, 20, 30);
      const line = (time: number, tag: string, i: number): string => `${wall(time).text},${tag},${i}`;
      const byTime = at.flatMap((time, i) => ["A", "B"].map((tag) => line(time, tag, i)));
      const byTag = ["A", "B"].flatMap((tag) => at.map((time, i) => line(time, tag, i)));
      for (const rows of [byTime, byTag]) {
        const read = table("time,tag,value", rows);
        assert.deepEqual([names(read), timesOf(read)], [["A", "B"], at]);
        for (const i of at.keys()) assert.deepEqual(row(read, i), { A: i, B: i });
      }
    }
  });

  it("a logger that stays with winter time, of whose hours none comes twice", () => {
    const at = times(15).map((time) => time + 60 * MINUTE);
    const rows = at.map((time, i) => `${new Date(time).toISOString().slice(0, 16).replace("T", " ")},${i}`);
    const read = table("time,y", rows);
    assert.deepEqual([read.times.length, read.sorted, read.dropped.doubled], [at.length, true, 0]);
  });

  for (const [parts, name] of [[24, "Stunde"], [24, "Nr"], [96, "QH"]] as const) // biome-ignore format: one line
    it(`days whose parts are counted, ${parts} of them as a rule, in a column “${name}”`, () => {
      const step = (24 * 60 * MINUTE) / parts;
      for (const [from, to, count] of [
        [Date.UTC(2025, 9, 24, 22), Date.UTC(2025, 9, 27, 23), 73],
        [Date.UTC(2026, 2, 27, 23), Date.UTC(2026, 2, 30, 22), 71],
      ]) {
        const at = Array.from({ length: (count * parts) / 24 }, (_, i) => from + i * step);
        assert.equal((at.at(-1) as number) + step, to);
        let [day, n] = ["", 0];
        const rows = at.map((time, i) => {
          const berlin = new Date(time).toLocaleDateString("de-DE", { timeZone: "Europe/Berlin" });
          n = berlin === day ? n + 1 : 1;
          day = berlin;
          return `${day};${n};${i}`;
        });
        assert.deepEqual(timesOf(table(`Datum;${name};y`, rows)), at.map((time) => time + step)); // biome-ignore format: one line
      }
    });
});
