/** What stands beside numbers, and words in their place. */
import assert from "node:assert/strict";
import { clock, lines, names, read, row } from "./reading";

const stamp = (i: number): string => `${clock(60 * i).iso} ${clock(60 * i).hms}`;
/** Every tenth number of T has something beside it: 60.5, 70.5, 80.5. */
const table = (beside: (number: string) => string, format = {}) =>
  read(`Time,T,F\n${lines(30, (i) => `${stamp(i)},${i % 10 ? `${60 + i}.5` : beside(`${60 + i}.5`)},12.5`)}`, {
    format,
  });
const T = (beside: (number: string) => string, format = {}) => table(beside, format).columns[1];

describe("words for states", () => {
  const states = (one: string, zero: string, more = "") =>
    read(
      `Time,T,State\n${lines(20, (i) => `${stamp(i)},${60 + i}.5,${i === 5 && more ? more : i % 7 < 3 ? one : zero}`)}`,
    );

  for (const [
    one,
    zero,
  ] of [["ON", "OFF"], ["RUN", "STOP"], ["TRUE", "false"], ["OPEN", "CLOSED"], ["Open", "Close"], ["運転", "停止"], ["入", "切"], ["はい", "いいえ"], ["開", "閉"], ["Ein", "Aus"], ["ＯＮ", "ＯＦＦ"], ["RUN", "OFF"]] as const) // biome-ignore format: one line
    it(`${one} is 1, ${zero} is 0`, () => {
      const found = states(one, zero);
      assert.deepEqual([row(found, 0).State, row(found, 3).State], [1, 0]);
      assert.deepEqual([found.columns[2]?.states, found.unreadable.count], [`${one} = 1, ${zero} = 0`, 0]);
    });

  it("marks for no value are missing among them; a rare other word is named; 1 and 0 may stand beside", () => {
    const found = states("ON", "OFF", "Bad");
    assert.deepEqual([found.columns[2]?.kind, found.columns[2]?.missing, row(found, 5)], ["number", 1, { T: 65.5 }]);
    assert.deepEqual(states("ON", "OFF", "FAULT").unreadable.first, [{ line: 7, column: "State", text: "FAULT" }]);
    assert.equal(row(states("ON", "OFF", "1"), 5).State, 1);
  });

  it("words of several kinds stay text; a word among measured values is none of them", () => {
    const text = (words: readonly string[]) =>
      names(read(`Time,T,S\n${lines(30, (i) => `${stamp(i)},6${i % 10}.5,${words[i % words.length]}`)}`), "text");
    assert.deepEqual(text(["RUN", "STOP", "IDLE"]), ["S"]);
    assert.deepEqual(text(["RUN", "OPEN", "STOP"]), ["S"]);
    const among = T(() => "OFF");
    assert.deepEqual([among?.kind, among?.unreadable, among?.states], ["number", 3, undefined]);
  });

  it("the pairs can be said: others, the other way round, or none", () => {
    const of = (states: string[]) =>
      read(`Time,T,S\n${lines(20, (i) => `${stamp(i)},6${i % 10}.5,${i % 7 < 3 ? "AUTO" : "MAN"}`)}`, { format: { states } }); // biome-ignore format: one line
    assert.deepEqual([names(of([]), "text"), row(of(["man/auto"]), 0).S], [["S"], 0]);
  });

  it("are names where they stand above the values", () => {
    const table = read(`Start,1,2,3\n${lines(20, (i) => `${stamp(i)},${60 + i}.5,1.5,2.5`)}`);
    assert.deepEqual([table.format.timeColumn, names(table)], ["Start", ["1", "2", "3"]]);
  });

  it("a table may hold nothing else, also where each row holds one value", () => {
    const only = read(`Time,Pump,Valve\n${lines(20, (i) => `${stamp(i)},${i % 7 < 3 ? "ON" : "OFF"},${i % 5 ? "OPEN" : "CLOSED"}`)}`); // biome-ignore format: one line
    assert.deepEqual([names(only), row(only, 0)], [["Pump", "Valve"], { Pump: 1, Valve: 0 }]);
    const long = read(`Time,Tag,Value\n${lines(20, (i) => `${stamp(i)},Pump,${i % 7 < 3 ? "ON" : "OFF"}\n${stamp(i)},Temp,${60 + i}.5`)}`); // biome-ignore format: one line
    assert.deepEqual([names(long), row(long, 3)], [["Pump", "Temp"], { Pump: 0, Temp: 63.5 }]);
  });
});

describe("beside a number", () => {
  for (const [
    what,
    beside,
  ] of [["a limit", (n: string) => `<${n}`], ["another one", (n: string) => `≤ ${n}`], ["about", (n: string) => `~${n}`], ["a star", (n: string) => `${n}*`], ["a hash", (n: string) => `${n}#`], ["a letter", (n: string) => `${n} A`], ["a letter close by", (n: string) => `${n}E`], ["a word", (n: string) => `${n} (estimated)`], ["“uncertain”", (n: string) => `${n} (Uncertain)`], ["a bracket", (n: string) => `${n} )`]] as const) // biome-ignore format: one line
    it(`${what} is counted and named, and the number counts, or is missing where that is said`, () => {
      const [counted, missing] = [T(beside), T(beside, { marked: "missing" })];
      assert.deepEqual(counted?.marked, { count: 3, bad: 0, line: 2, text: beside("60.5") });
      assert.deepEqual([counted?.values[10], counted?.missing, counted?.unreadable], [70.5, 0, 0]);
      assert.deepEqual([missing?.values[10], missing?.missing, missing?.marked?.bad], [Number.NaN, 3, 3]);
    });

  for (const word of ["(Bad)", "Bad", "[bad]", "(異常)", "invalid", "欠測"])
    it(`“${word}” is missing and named`, () => {
      const column = T((n) => `${n} ${word}`);
      assert.deepEqual(column?.marked, { count: 3, bad: 3, line: 2, text: `60.5 ${word}` });
      assert.deepEqual([column?.values[10], column?.missing, column?.unreadable], [Number.NaN, 3, 0]);
    });

  for (const [
    what,
    beside,
  ] of [["a unit", (n: string) => `${n} ℃`], ["a unit close by", (n: string) => `${n}°C`], ["“good”", (n: string) => `${n} (Good)`], ["good of OPC", (n: string) => `${n} [192]`]] as const) // biome-ignore format: one line
    it(`${what} says nothing more`, () => {
      const column = T(beside);
      assert.deepEqual([column?.values[10], column?.marked, column?.unreadable], [70.5, undefined, 0]);
    });

  it("the unit is that of the column, also with a mark behind it; another unit is another number", () => {
    const all = read(`Time,T\n${lines(20, (i) => `${stamp(i)},${60 + i}.5 °C${i === 4 ? "*" : ""}`)}`).columns[1];
    assert.deepEqual([all?.unit, all?.values[4], all?.marked?.count], ["°C", 64.5, 1]);
    const other = read(`Time,P [kPa]\n${lines(20, (i) => `${stamp(i)},${i === 4 ? "1.2 bar" : 950 + i}`)}`);
    assert.deepEqual(other.unreadable.first, [{ line: 6, column: "P [kPa]", text: "1.2 bar" }]);
  });

  it("a letter of each number, apart; words of each are those of lines", () => {
    const of = (word: (i: number) => string) => read(`Time,x,T\n${lines(20, (i) => `${stamp(i)},1,${60 + i}.5 ${word(i)}`)}`).columns[2]; // biome-ignore format: one line
    assert.deepEqual([of((i) => "AV"[i % 2] ?? "")?.kind, of((i) => "AV"[i % 2] ?? "")?.marked?.count], ["number", 20]);
    assert.equal(of((i) => ["early", "late", "night"][i % 3] ?? "")?.kind, "text");
  });

  it("a limit before a number with its unit", () => {
    for (const unit of ["%", " mg/l", " °C"]) {
      const column = read(`Time,T\n${lines(20, (i) => `${stamp(i)},${i % 3 ? "" : "<"}${20 + i}${unit}`)}`).columns[1];
      assert.deepEqual([column?.marked?.count, column?.values[3], column?.unreadable], [7, 23, 0]);
    }
  });

  it("a decimal comma; most values below the limit; a text that only looks so", () => {
    const comma = read(`Zeit;N\n${lines(30, (i) => `${clock(60 * i).dotted} ${clock(60 * i).hms};${i % 3 ? "<0,5" : `0,${70 + i}`}`)}`); // biome-ignore format: one line
    assert.deepEqual([comma.format.decimal, comma.columns[1]?.marked?.count, row(comma, 1).N], [",", 20, 0.5]);
    assert.deepEqual(T((n) => `${n}x5`)?.unreadable, 3);
    const codes = read(`Time,T,Line\n${lines(20, (i) => `${stamp(i)},6${i % 10}.5,${i}${"ABC"[i % 3]}`)}`);
    assert.deepEqual(names(codes, "text"), ["Line"]);
  });
});

/** A column of amounts as they are written, every third as another one. */
const amounts = (write: (i: number) => string, format = {}) =>
  read(`Date;kWh;Cost\n${lines(30, (i) => `${clock(86_400 * i).iso};${100 + i};${write(i)}`)}`, { format }).columns[2];
const two = (n: number): string => String(n).padStart(2, "0");

describe("amounts of money", () => {
  for (const [how, unit, write] of [
    ["before, comma", "€", (i: number) => `€ 1.2${two(i)},56`],
    ["behind, comma", "€", (i: number) => `1.2${two(i)},56 €`],
    ["close behind", "€", (i: number) => `1,2${two(i)}.56€`],
    ["before, point", "$", (i: number) => `$1,2${two(i)}.56`],
    ["by letters behind", "kr", (i: number) => `12${two(i)},56 kr`],
    ["by letters before", "CHF", (i: number) => `CHF 1'2${two(i)}.56`],
    ["by letters before, typographic", "CHF", (i: number) => `CHF 1’2${two(i)}.56`],
    ["of one of several dollars", "US$", (i: number) => `US$ 12${two(i)}.56`],
  ] as const)
    it(`currency ${how}: ${write(3)}`, () => {
      const column = amounts(write);
      assert.deepEqual([column?.kind, column?.unit, column?.values[3]], ["number", unit, 1203.56]);
      assert.deepEqual([column?.missing, column?.unreadable, column?.marked], [0, 0, undefined]);
    });

  it("of a currency without decimals, in either width", () => {
    const yen = (write: (i: number) => string) =>
      read(`Date,kWh,Cost\n${lines(30, (i) => `${clock(86_400 * i).iso},${100 + i},"${write(i)}"`)}`).columns[2];
    for (const write of [
      (i: number) => `¥1,2${two(i)}`,
      (i: number) => `￥1,2${two(i)}`,
      (i: number) => `1,2${two(i)}円`,
      (i: number) => `${"¥￥"[i % 2]}1,2${two(i)}`,
    ]) {
      const column = yen(write);
      assert.deepEqual([column?.kind, column?.values[3], column?.unreadable], ["number", 1203, 0], write(3));
      assert.match(column?.unit ?? "", /^[¥円]$/);
    }
  });

  it("of which three digits behind a sign are thousands, also between semicolons, and beyond doubt", () => {
    const cost = (write: (i: number) => string) => {
      const table = read(`Date;kWh;Cost\n${lines(30, (i) => `${clock(86_400 * i).iso};${100 + i};${write(i)}`)}`);
      return [table.columns[2]?.values[3], table.doubts.join()];
    };
    for (const sign of ["¥", "￥", "JPY ", "₩", "$", "US$ ", "£", "-NT$"]) {
      const value = sign.startsWith("-") ? -1203 : 1203;
      assert.deepEqual(cost((i) => `${sign}${i === 7 ? "987" : `1,2${two(i)}`}`), [value, ""], sign); // biome-ignore format: one line
    }
    for (const behind of ["円", " JPY", "원", " USD"])
      assert.deepEqual(cost((i) => `1,2${two(i)}${behind}`), [1203, ""], behind); // biome-ignore format: one line
    assert.deepEqual(cost((i) => `1.2${two(i)} JPY`), [1203, ""]); // biome-ignore format: one line
    // The price of a litre has three decimals.
    assert.deepEqual(
      cost((i) => `€ 1,4${two(i)}`),
      [1.403, "decimal"],
    );
    assert.deepEqual(
      cost((i) => `$1.4${two(i)}`),
      [1.403, "decimal"],
    );
    assert.deepEqual(
      cost((i) => (i % 2 ? `¥1,2${two(i)}` : `¥1${i},5`)),
      [1.203, "decimal"],
    );
  });

  it("a minus stands on either side of the currency", () => {
    for (const write of ["-$12.5", "$-12.5", "−12.5 €", "- € 12.5"])
      assert.equal(amounts((i) => (i === 3 ? write : `${write.includes("€") ? "€" : "$"}1${i}.5`))?.values[3], -12.5, write); // biome-ignore format: one line
  });

  it("another currency is another number; a few may go without", () => {
    const mixed = amounts((i) => (i === 3 ? "$12.5" : `€ 1${i}.5`));
    assert.deepEqual([mixed?.unit, mixed?.unreadable, mixed?.values[3]], ["€", 1, Number.NaN]);
    const some = amounts((i) => (i % 3 ? `1${i}.5` : `€ 1${i}.5`));
    assert.deepEqual([some?.unit, some?.unreadable, some?.values[3]], ["€", 0, 13.5]);
  });

  it("in brackets are below zero, and are told", () => {
    for (const [write, others] of [
      ["(60.0)", ""],
      ["(1,060.0)", ""],
      ["(€ 60.0)", "€ "],
      ["€ (60.0)", "€ "],
      ["(60.0 €)", "€ "],
      ["($60.0)", "$"],
    ] as const) {
      const column = amounts((i) => (i % 5 === 3 ? write : `${others}1${i}.5`), { decimal: ".", thousands: "," });
      const value = write.includes("1,") ? -1060 : -60;
      assert.deepEqual([column?.kind, column?.values[3], column?.unreadable], ["number", value, 0], write);
      assert.deepEqual([column?.marked?.count, column?.marked?.text], [6, write]);
    }
    const missing = amounts((i) => (i % 5 === 3 ? "(60.0)" : `1${i}.5`), { marked: "missing" });
    assert.deepEqual([missing?.values[3], missing?.missing], [Number.NaN, 6]);
  });

  it("numbers in brackets alone are those of footnotes, and what only looks like an amount stays text", () => {
    assert.equal(amounts((i) => `(${1 + (i % 4)})`)?.kind, "text");
    assert.equal(amounts((i) => `EUR${"ABC"[i % 3]} ${i}`)?.kind, "text");
    assert.equal(amounts((i) => `(${i}) (${i})`)?.kind, "text");
  });
});
