import assert from "node:assert/strict";
import fc from "fast-check";
import { heldEvenly, usualStep } from "../../src/table/report-on-change";
import { wave } from "./files";
import { clock, lines, names, read, row, time } from "./reading";

const stamp = (seconds: number): string => `${clock(seconds).iso} ${clock(seconds).hms}`;
/** An archive of what changed: each tag at seconds of its own, about one report a minute. */
const TAGS = [
  ["TI-4711", "°C", 60, 7],
  ["FI-0815", "t/h", 12, 31],
  ["PI-0042", "bar", 8, 44],
] as const;
const archive = (count = 60, head = "Timestamp,Tag,Value,Unit,Quality"): string =>
  `${head}\n${lines(3 * count, (k) => {
    const [i, [tag, unit, base, second]] = [Math.floor(k / 3), TAGS[k % 3] as (typeof TAGS)[number]];
    return `${stamp(60 * i + second)},${tag},${wave(i, base, 1).toFixed(2)},${unit},192`;
  })}`;

describe("an archive whose tags report when they change", () => {
  it("the last value of each tag holds, at the usual spacing of the tags", () => {
    const table = read(archive());
    assert.deepEqual([table.format.tagColumn, table.format.tagValues, table.format.step], ["Tag", "held", 60_000]);
    assert.deepEqual(
      table.columns.map(({ name, unit, kind, read: count }) => [name, unit, kind, count]),
      [["Timestamp", "", "time", 60], ...TAGS.map(([tag, unit]) => [tag, unit, "number", 60])],
    );
    assert.equal(time(table, 0), "2026-03-02T06:01:00.000Z");
    const wanted = TAGS.map(([tag, , base]) => [tag, Number(wave(4, base, 1).toFixed(2))]);
    assert.deepEqual(row(table, 4), Object.fromEntries(wanted));
    assert.ok(table.times.every((at, i) => i === 0 || at - (table.times[i - 1] as number) === 60_000));
  });

  it("nothing is known of a value before it is reported: no row looks ahead", () => {
    const table = read(
      `Time,Tag,Value\n${lines(60, (i) => `${stamp(60 * i)},a,${i}.5`)}\n${lines(40, (i) => `${stamp(60 * i + 1201)},b,${i}.25`)}`,
    );
    assert.deepEqual([row(table, 20), row(table, 21)], [{ a: 20.5 }, { a: 21.5, b: 0.25 }]);
    for (let i = 0; i < table.times.length - 1; i++) assert.equal(row(table, i).a, i + 0.5);
  });

  it("the spacing can be chosen, and how it is read", () => {
    const fine = read(archive(), { format: { step: 10_000 } });
    assert.ok(fine.times.length > 340);
    assert.deepEqual(row(fine, 1), { "TI-4711": Number(wave(0, 60, 1).toFixed(2)) });
    const reported = read(archive(), { format: { tagColumn: "Tag", tagValues: "reported" } });
    assert.deepEqual([reported.times.length, Object.keys(row(reported, 4))], [180, ["FI-0815"]]);
    const rows = read(archive(), { format: { tagColumn: "" } });
    assert.deepEqual([rows.times.length, names(rows)], [180, ["Value", "Quality"]]);
    const again = read(archive(), { format: read(archive()).format });
    assert.deepEqual(again, read(archive()));
  });

  it("tag by tag, with words for quality: what is bad ends what was held", () => {
    const text = TAGS.map(([tag, , base, second]) =>
      lines(60, (i) => `${tag};${stamp(60 * i + second)};${base},5;${i === 20 ? "Bad" : "Good"}`),
    );
    const table = read(`TagName;DateTime;Value;Quality\n${text.join("\n")}`);
    assert.deepEqual([row(table, 19), row(table, 20)], [{ "TI-4711": 60.5, "FI-0815": 12.5, "PI-0042": 8.5 }, {}]);
    assert.deepEqual(table.columns.slice(1).map(({ missing }) => missing), [1, 1, 1]); // biome-ignore format: one line
  });

  it("also where many tags meet at a second by chance, and a setpoint was told twice", () => {
    const rows = Array.from({ length: 6000 }, (_, i) => `${stamp(i >> 1)},T${(i * 37) % 100},${i % 50}.5`);
    const table = read(["Time,Tag,Value", ...rows, `${stamp(100)},SP,7.5`, `${stamp(2000)},SP,8.5`].join("\n"));
    assert.deepEqual([table.format.tagValues, table.format.step, names(table).length], ["held", 60_000, 101]);
    assert.deepEqual([row(table, 1).SP, row(table, 40).SP, row(table, 1).T0], [undefined, 8.5, row(table, 1).T0]);
    assert.ok(Object.keys(row(table, 20)).length === 101);
  });

  it("a line below it is said once, however it is read", () => {
    const sums = `${archive()}\nAverage,,36.0,,`;
    assert.deepEqual([read(sums).remarks.count, read(sums).dropped.timeless], [1, 0]);
    const others = `Timestamp,Name,Value\n${lines(90, (i) => `${stamp(60 * i)},run ${Math.floor(i / 30)},${180 + i}.5`)}\nAverage,,36.0\n,run 2,7`;
    const table = read(others);
    assert.deepEqual([table.format.tagColumn, table.remarks.count, table.unreadable.count], ["", 1, 1]);
  });

  it("while the archive stood still there are no rows", () => {
    const at = (i: number): number => 60 * i + (i < 30 ? 0 : 36_000);
    const table = read(`Time,Tag,Value\n${lines(120, (k) => `${stamp(at(Math.floor(k / 2)) + (k % 2))},${"ab"[k % 2]},${k}.5`)}`); // biome-ignore format: one line
    const gaps = Array.from(table.times, (time, i) => time - (table.times[i - 1] ?? time));
    assert.ok(table.times.length < 85, String(table.times.length));
    assert.ok(Math.max(...gaps) > 9 * 3_600_000);
  });

  it("a cell that cannot be read is named once, with its line", () => {
    const text = archive().replace(/,FI-0815,[\d.]+,/, ",FI-0815,12x,");
    const { unreadable } = read(text);
    assert.deepEqual(unreadable, { count: 1, first: [{ line: 3, column: "FI-0815", text: "12x" }] });
  });

  it("needs no names where each row is a tag, a time and a value", () => {
    const text = archive(60, "")
      .replaceAll(/,[^,\n]*,192$/gm, "")
      .trim();
    const shuffled = text.replaceAll(/^([^,]*),([^,]*),/gm, "$2,$1,");
    for (const bare of [text, shuffled]) {
      const table = read(bare);
      assert.deepEqual([names(table), table.format.tagValues], [TAGS.map(([tag]) => tag), "held"]);
    }
  });

  it("lines without a time between the readings are no tags, and do not hide the others", () => {
    for (const second of [7, 31]) {
      const text = lines(60, (i) => `a,${stamp(60 * i + 7)},${i}.5\nb,${stamp(60 * i + second)},${i}.25`);
      const broken = text.split("\n").map((line, i) => (i % 10 === 5 ? `${line.replaceAll(",", " ")} HIGH` : line));
      const table = read(broken.join("\n"));
      assert.deepEqual([names(table), table.remarks.count], [["a", "b"], 12]);
    }
  });

  describe("is none", () => {
    it("where words say what was being made", () => {
      const table = read(`Timestamp,Recipe,Value\n${lines(90, (i) => `${stamp(60 * i)},${["bread", "cake", "roll"][Math.floor(i / 10) % 3]},${180 + i}.5`)}`); // biome-ignore format: one line
      assert.deepEqual([table.format.tagColumn, table.times.length, names(table)], ["", 90, ["Value"]]);
    });

    it("where one follows the other, whatever the column is called", () => {
      const table = read(`Timestamp,Name,Value\n${lines(90, (i) => `${stamp(60 * i)},run ${Math.floor(i / 30)},${180 + i}.5`)}`); // biome-ignore format: one line
      assert.deepEqual([table.format.tagColumn, table.times.length], ["", 90]);
    });

    it("where a row has several values", () => {
      const table = read(`Timestamp,Tag,Temperature,Flow\n${lines(90, (i) => `${stamp(60 * i)},${"ab"[i % 2]},${180 + i}.5,1.5`)}`); // biome-ignore format: one line
      assert.deepEqual([table.format.tagColumn, names(table)], ["", ["Temperature", "Flow"]]);
    });
  });
});

describe("tags side by side, each with a column of its times", () => {
  const trend = (head: string, apart = 1): string =>
    `${head}\n${lines(60, (i) => `${stamp(60 * i)};${60 + i},5;${i < 50 ? stamp((60 + apart) * i) : ""};${i < 50 ? `${12 + i},25` : ""}`)}`; // biome-ignore format: one line

  it("stand in rows with one time, by the names of the values", () => {
    const table = read(trend("TI1 Time;TI1 ValueY;FI2 Time;FI2 ValueY"));
    assert.deepEqual([names(table), table.format.tagValues], [["TI1", "FI2"], "held"]);
    assert.deepEqual(
      [row(table, 0), row(table, 10)],
      [
        { TI1: 60.5, FI2: 12.25 },
        { TI1: 70.5, FI2: 21.25 },
      ],
    );
    assert.deepEqual(read(trend("TI1;;FI2;")).columns.map(({ name }) => name), ["TI1", "TI1", "FI2"]); // biome-ignore format: one line
    assert.deepEqual(names(read(trend("TI1 Zeit;Wert;FI2 Zeit;Wert"))), ["TI1", "FI2"]);
  });

  it("as they stand where a person wants that, or where the times are the same", () => {
    const plain = read(trend("a Time;a;b Time;b"), { format: { tagValues: "reported" } });
    assert.deepEqual([plain.times.length, names(plain)], [60, ["a", "b"]]);
    const same = read(trend("a Time;a;b Time;b", 0));
    assert.deepEqual([same.format.tagValues, same.times.length], ["reported", 60]);
    const batches = read(trend("Start;Level at start;End;Level at end", 1));
    assert.deepEqual([batches.format.tagValues, batches.times.length], ["reported", 60]);
    const span = read(`start,end,v\n${lines(20, (i) => `${stamp(60 * i)},${stamp(60 * i + 60)},${i}.5`)}`);
    assert.deepEqual([span.format.tagValues, names(span)], ["reported", ["v"]]);
  });
});

describe("holding the last value", () => {
  it("never looks ahead, loses no report that lasted for a step, and is evenly spaced", () => {
    const tag = fc.array(fc.tuple(fc.integer({ min: 1, max: 90 }), fc.integer({ min: -50, max: 50 })), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(fc.array(tag, { minLength: 1, maxLength: 4 }), fc.constantFrom(1000, 7000, 60_000), (given, step) => {
        const tags = given.map((reports) => {
          let at = 1.77e12;
          return {
            times: reports.map(([gap]) => {
              at += 1000 * gap;
              return at;
            }),
            values: reports.map(([, value]) => value),
          };
        });
        const { times, values } = heldEvenly(tags, step);
        assert.ok(
          times.length > 0 && times.every((at, i) => at % step === 0 && (i === 0 || at > (times[i - 1] as number))),
        );
        tags.forEach((tag, k) => {
          times.forEach((at, i) => {
            const last = tag.times.findLastIndex((time) => time <= at);
            assert.equal(values[k]?.[i], last < 0 ? Number.NaN : tag.values[last]);
          });
        });
      }),
      { numRuns: 200 },
    );
  });

  it("takes a round spacing near the usual one, and a longer one where its rows would be too many", () => {
    const tags = [1, 2].map((k) => ({ times: Array.from({ length: 50 }, (_, i) => 58_000 * i + k), values: [] }));
    assert.equal(usualStep(tags, () => true), 60_000); // biome-ignore format: one line
    assert.equal(usualStep(tags, (rows) => rows < 10), 600_000); // biome-ignore format: one line
  });
});
