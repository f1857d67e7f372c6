/** What a person is told of a table, in both languages. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LANGUAGES, type Say } from "../../src/message/say";
import type { ReadingOptions } from "../../src/table/table";
import { TableProblem } from "../../src/table/table-problem";
import { summaryOf } from "../../src/training/data-summary";
import { tableNotes, trainingError } from "../../src/training/trainer-words";
import { JobFailed } from "../../src/training/training-job";
import { workbookOf } from "../table/files";
import { clock, lines, read } from "../table/reading";

const says = LANGUAGES.map((language): Say => {
  const file = join(__dirname, "../../nodes/locales", language, "history-trainer.json");
  const texts = JSON.parse(readFileSync(file, "utf8"))["history-trainer"];
  return (key, values = {}) => {
    const text = key.split(".").reduce<unknown>((at, name) => Object(at)[name], texts);
    return String(text).replace(/__(\w+)__/g, (_, name) => String(values[name]));
  };
});

/** What is said of a table in English and in Japanese, as one text each. */
function notes(source: string | Uint8Array, options: ReadingOptions = {}): string[] {
  const summary = summaryOf(read(source, options), "");
  return says.map((say) => tableNotes(summary, say).join("\n"));
}

function problem(source: string | Uint8Array, options: ReadingOptions = {}): string[] {
  try {
    read(source, options);
  } catch (error) {
    assert.ok(error instanceof TableProblem);
    const { code, details, message } = error;
    return says.map((say) => trainingError(new JobFailed(code, details, message), say).message);
  }
  return assert.fail("it was read");
}

/** A boiler's days; on one of them something else stands in a cell. */
const boiler = (day: number, odd: string, at: number): (string | number)[][] => [
  ["Date", "Steam"],
  ...Array.from({ length: 30 }, (_, i) => [clock(86_400 * day + 600 * i).iso + clock(600 * i).hms.padStart(9), i === at ? odd : i]), // biome-ignore format: one line
];

describe("what is said of a table", () => {
  it("of several sheets the sheet is named with the line: not readable, marked, left out", () => {
    const options = { format: { sheet: "*" } } as const;
    const told = (odd: string) =>
      notes(workbookOf({ "Boiler 1": boiler(0, "7", 20), "Boiler 2": boiler(1, odd, 12) }), options);
    for (const [odd, key] of [
      ["12.5.7", "unreadable"],
      [">12", "marked"],
    ] as const) {
      // biome-ignore format: one line
      const [english, japanese] = told(odd);
      assert.match(english, new RegExp(`sheet Boiler 2, line 14, .*“${odd}”`), key);
      assert.match(japanese, new RegExp(`シート「Boiler 2」の14行目.*「${odd}」`), key);
    }
    // The first is that of the first sheet, not that of the first line.
    const both = workbookOf({ A: boiler(0, "broken", 20), B: [...boiler(1, "broken", 5), ["Total", 9]] });
    assert.match(notes(both, options)[0], /sheet A, line 22, Steam: “broken”[\s\S]*sheet B, line 32, “Total 9”/);
  });

  it("of one sheet, or of a file, the line alone", () => {
    assert.match(notes(workbookOf({ Data: boiler(0, "broken", 12) }))[0], /first: line 14, Steam/);
    assert.match(notes(`time;y\n${lines(9, (i) => `${clock(i).iso} ${clock(i).hms};${i === 3 ? "x1" : i}`)}`)[1], /最初のもの: 5行目、y:「x1」/); // biome-ignore format: one line
  });

  it("of fiscal years, on which day they were taken to begin; of years nothing", () => {
    const of = (name: string, write: (i: number) => string): string[] => notes(`${name};y\n${lines(9, (i) => `${write(i)};${i}`)}\n`); // biome-ignore format: one line
    assert.match(of("Year", (i) => `FY${2015 + i}`)[0], /“FY2015” is taken to begin on 2015-01-01/);
    assert.match(of("Year", (i) => `${2015 + i}/${16 + i}`)[0], /“2015\/16” is taken to begin on 2015-01-01/);
    assert.match(of("Quarter", (i) => `FY${2015 + (i >> 2)} Q${1 + (i % 4)}`)[0], /“FY2015 Q1” .* 2015-01-01/);
    assert.match(of("年", (i) => `${2015 + i}年度`)[1], /「2015年度」は2015-04-01に始まる/);
    assert.match(of("年度", (i) => `${2015 + i}`)[1], /「2015」は2015-04-01に始まる/);
    // What stands below 年度 is one, however it is written.
    assert.match(of("年度", (i) => `FY${2015 + i}`)[1], /「FY2015」は2015-04-01に始まる/);
    const across = Array.from({ length: 8 }, (_, i) => `FY${2015 + (i >> 2)} Q${1 + (i % 4)}`).join(";");
    assert.match(notes(`Meter;${across}\nSteam;1;2;3;4;5;6;7;8\n`)[0], /“FY2015 Q1” .* 2015-01-01/);
    for (const write of [(i: number) => `${2015 + i}`, (i: number) => `${2015 + i}年`])
      assert.doesNotMatch(of("Year", write)[0], /taken to begin/);
    assert.doesNotMatch(of("Month", (i) => `2009/${10 + (i % 3)}`)[0], /taken to begin/);
  });

  it("of sections that are another table, which they are and how one of them is read", () => {
    const section = (title: string, head: string): string => `${title}\n${head}\n${lines(20, (i) => `${clock(60 * i).iso} ${clock(60 * i).hms},${i}`)}\n\n`; // biome-ignore format: one line
    const text = section("Boiler 1", "Time,Temp") + section("Boiler 2", "Time,Temp") + section("", "Time,Power");
    const [english, japanese] = notes(text);
    assert.match(
      english,
      /not read: “Boiler 2” \(names in line 25\), names in line 48\. .*“Line of names” under “More”/,
    );
    assert.match(japanese, /読んでいません: 「Boiler 2」\(項目名は25行目\), 項目名は48行目。.*「項目名の行」/);
  });

  it("where there are names alone", () => {
    const empty = workbookOf({ "Boiler 1": [["Date", "Steam"]], "Boiler 2": [["Date", "Steam"]] });
    const [english, japanese] = problem(empty, { format: { sheet: "*" } });
    assert.match(english, /looked for from sheet Boiler 1, line 2 on/);
    assert.match(japanese, /シート「Boiler 1」の2行目以降/);
    assert.match(problem("Date;Steam\n")[0], /looked for from line 2 on/);
  });
});
