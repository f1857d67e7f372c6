import assert from "node:assert/strict";
import fc from "fast-check";
import { unjudged } from "../../src/guard/unjudged";
import { numbersSliced } from "../../src/message/number-text";
import { MessageProblem, type Rule, sentence } from "../../src/message/problem";
import { guardWord } from "../../src/message/quality";
import { type MessageReading, readingsOf, sensorsIn } from "../../src/message/reading";
import type { TimeRules } from "../../src/message/time";

const NAMES = { target: "steam", inputs: ["load"], existing: "baseline" };
const RULES: TimeRules = { zone: "UTC", otherTimes: "convert", now: Date.UTC(2026, 5, 1) };
const AUTO = { ...NAMES, inputs: undefined };

/** The one reading of a message. */
function one(raw: object, names: Parameters<typeof readingsOf>[1] = NAMES): MessageReading {
  const { batch, rows } = readingsOf({ payload: undefined, ...raw }, names, RULES);
  assert.equal(batch, false);
  assert.equal(rows.length, 1);
  return rows[0] as MessageReading;
}

function refused(raw: object, names: Parameters<typeof readingsOf>[1] = NAMES): MessageProblem {
  try {
    readingsOf({ payload: undefined, ...raw }, names, RULES);
  } catch (error) {
    assert.ok(error instanceof MessageProblem);
    return error;
  }
  return assert.fail("not refused");
}

describe("readings of a message", () => {
  it("a number is the target alone", () => {
    const reading = one({ payload: 7.5 });
    assert.equal(reading.values.steam, 7.5);
    assert.ok(Number.isNaN(reading.values.load));
    assert.ok(reading.onlyTarget);
    assert.deepEqual(reading.problems, []);
  });

  it("an object gives its named numbers; what is not wanted is not looked at", () => {
    const reading = one({ payload: { steam: 7, load: 3, machine: "press 1", state: null } });
    assert.deepEqual({ ...reading.values }, { steam: 7, load: 3 });
    assert.deepEqual(reading.problems, []);
    assert.equal(reading.onlyTarget, false);
  });

  it("without names every number is an input, also one that is missing just now", () => {
    const payload = { steam: 7, load: 3, fuel: null, o2: Number.NaN, state: "on", more: { deep: 1 } };
    assert.deepEqual(sensorsIn(payload), ["steam", "load", "fuel", "o2"]);
    assert.deepEqual(Object.keys(one({ payload }, AUTO).values).sort(), ["fuel", "load", "o2", "steam"]);
    assert.deepEqual(sensorsIn([{ a: 1 }, { b: 2 }, 3, null, "x"]), ["a", "b"], "a batch: all rows count");
  });

  const BAD: [unknown, Rule][] = [
    ["broken", "text"],
    ["", "text"],
    ['{"steam":5}', "jsonText"],
    ["[5, 6]", "jsonText"],
    ["21.5 °C", "unitText"],
    ["48,2%", "unitText"],
    ["10:30", "text"],
    ["2026-01-01", "text"],
    [Buffer.from("12"), "bytes"],
    ["12.5", "numberText"],
    [" -3 ", "numberText"],
    ["12,5", "decimalComma"],
    ["1.234,5", "decimalComma"],
    [null, "null"],
    [Number.NaN, "notANumber"],
    [Number.POSITIVE_INFINITY, "infinite"],
    [Number.NEGATIVE_INFINITY, "infinite"],
    [1e308, "tooLarge"],
    [-1e101, "tooLarge"],
    [true, "boolean"],
    [[1], "array"],
    [[[1]], "array"],
    [{ value: 1 }, "object"],
    [new Date(), "object"],
    [10n, "wrongType"],
    [Symbol("s"), "wrongType"],
    [() => 1, "wrongType"],
  ];
  for (const [value, rule] of BAD) {
    it(`${typeof value} ${typeof value === "symbol" ? "" : JSON.stringify(value, (_, v) => (typeof v === "bigint" ? "10n" : v))} is ${rule}: the sensor counts as missing and is named`, () => {
      const reading = one({ payload: { steam: 7, load: value } });
      assert.equal(reading.values.steam, 7);
      assert.ok(Number.isNaN(reading.values.load));
      assert.equal(reading.problems.length, 1);
      const [problem] = reading.problems;
      assert.equal(problem?.sensor, "load");
      assert.equal(problem?.rule, rule);
      assert.match(sentence(problem as NonNullable<typeof problem>), /^load: ./);
    });
  }

  it("text is never turned into a number, and the user is told what to do", () => {
    const problem = refused({ payload: { steam: "12.5", load: "3,5" } });
    assert.equal(problem.code, "nothingUsable");
    assert.match(problem.message, /steam = "12.5"/);
    const [first, second] = problem.problems.map(sentence);
    assert.match(first ?? "", /numbers as text/);
    assert.match(second ?? "", /decimal comma/);
  });

  it("a getter that throws costs its sensor, not the reading", () => {
    const payload = {
      steam: 7,
      get load(): number {
        throw new Error("trap");
      },
    };
    assert.deepEqual(one({ payload }).problems, [{ sensor: "load", rule: "unreadable", value: "?" }]);
  });

  it("__proto__ and other names of JavaScript are names like any other", () => {
    const payload = JSON.parse('{"__proto__": 5, "constructor": 6, "steam": 7}');
    const reading = one({ payload }, { ...NAMES, inputs: ["__proto__", "constructor", "toString"] });
    assert.equal(Object.getOwnPropertyDescriptor(reading.values, "__proto__")?.value, 5);
    assert.equal(reading.values.constructor, 6);
    assert.ok(Number.isNaN(reading.values.toString), "an inherited property is no value");
    assert.equal(({} as { polluted?: number }).polluted, undefined);
    assert.equal(Object.getPrototypeOf(reading.values), null);
  });

  for (const [payload, code] of [
    [undefined, "noPayload"],
    [null, "noPayload"],
    ["12,5", "payloadType"],
    [true, "payloadType"],
    [{}, "emptyObject"],
    [[], "emptyBatch"],
    [Number.NaN, "nothingUsable"],
    [1e308, "nothingUsable"],
    [Buffer.from("12"), "payloadType"],
    [new Date(), "payloadType"],
    [{ other: 1 }, "otherNames"],
    [{ steam: null, load: "x" }, "nothingUsable"],
    [[[1, 2]], "rowsRefused"],
  ] as const) {
    it(`refuses the whole payload ${JSON.stringify(payload) ?? "undefined"} as ${code}`, () => {
      assert.equal(refused({ payload }).code, code);
    });
  }

  it("where none of the names is wanted shows what is inside of those that came", () => {
    const { code, details } = refused({ payload: { kiln: { steam: 7, load: 3 } } });
    assert.deepEqual([code, details.came], ["otherNames", "kiln {steam, load}"]);
  });

  it("refuses a batch of more rows than a message may have, before any of them is looked at; the drift guard too", () => {
    const payload = new Array(100_001).fill({ steam: 1 });
    const { code, details } = refused({ payload });
    assert.deepEqual([code, details], ["batchTooLong", { rows: 100_001, most: 100_000 }]);
    const timeOf = () => assert.fail("a row was looked at");
    const payloadSliced = () => numbersSliced(payload, "refuse");
    const judge = () => unjudged({}, { target: "steam", payloadSliced, timeOf }).next();
    assert.throws(judge, { code: "batchTooLong" });
  });

  it("names what was wanted and what came", () => {
    const { message, details } = refused({ payload: { Steam: 7, Load: 3 } });
    assert.match(message, /steam, load.*Steam, Load/);
    assert.deepEqual(details, { wanted: "steam, load", came: "Steam, Load" });
  });

  it("says in which unit a time came that is none in ms, for the batch as for the reading", () => {
    const seconds = RULES.now / 1000;
    assert.deepEqual(one({ payload: 7, timestamp: seconds }).problems, [
      { sensor: "", rule: "converted", value: `${seconds} s` },
    ]);
    const { rows } = readingsOf({ payload: [1, 2], timestamp: [seconds, RULES.now + 1000] }, NAMES, RULES);
    assert.deepEqual(
      (rows as MessageReading[]).map(({ time, problems }) => [time, problems.length]),
      [
        [RULES.now, 1],
        [RULES.now + 1000, 0],
      ],
    );
  });

  it("goes through the hour that comes twice at the end of summer time, row by row", () => {
    const walls = ["01:30", "02:00", "02:30", "02:00", "02:30", "03:00"];
    const timestamp = walls.map((wall) => `2025-10-26 ${wall}`);
    const { rows } = readingsOf({ payload: walls.map(() => 1), timestamp }, NAMES, { ...RULES, zone: "Europe/Berlin" });
    const from = Date.UTC(2025, 9, 25, 23, 30);
    assert.deepEqual(
      (rows as MessageReading[]).map(({ time }) => (time - from) / 60_000),
      [0, 30, 60, 90, 120, 150],
    );
  });

  it("a bad existing forecast is named and left out", () => {
    const reading = one({ payload: { steam: 7, load: 3 }, existing: "7,1" });
    assert.ok(Number.isNaN(reading.existing));
    assert.deepEqual(reading.problems, [{ sensor: "baseline", rule: "decimalComma", value: '"7,1"' }]);
    assert.equal(one({ payload: 7, existing: 6.5 }).existing, 6.5);
    assert.deepEqual(one({ payload: { steam: 7, load: 3 }, existing: null }).problems, []);
  });

  it("follows the drift guard: weight, speed, state, doubts, and sensors held back", () => {
    const doubts = { steam: 2.5, other: 1, toString: 1 };
    const reading = one({
      payload: { steam: 7, load: 3 },
      quality: { state: "uncertain", learn: 0.1, speed: 3, held: ["load"], doubts },
    });
    assert.deepEqual([reading.learn, reading.speed, reading.state], [0.1, 3, "uncertain"]);
    assert.deepEqual({ ...reading.doubts }, { steam: 2.5 }, "only of sensors that are known");
    assert.equal(reading.values.steam, 7, "what is in doubt is used");
    assert.ok(Number.isNaN(reading.values.load));
    assert.deepEqual(reading.problems, [], "the guard has said it");
  });

  it("takes the time that the drift guard has found where the source's clock stands", () => {
    const time = (word: unknown): number =>
      one({ payload: 7, timestamp: 1e12, quality: { learn: 1, time: word } }).time;
    assert.deepEqual([1e12 + 500, undefined, "now", Number.NaN, 1e300].map(time), [1e12 + 500, 1e12, 1e12, 1e12, 1e12]);
  });

  it("takes of the drift guard's word only what it can be", () => {
    for (const wrong of [
      null,
      { learn: 7, speed: Number.NaN, held: "load", doubts: "load", state: "soso" },
      { learn: -1, speed: 0, doubts: { load: -1, steam: Number.POSITIVE_INFINITY, a: "1", b: Number.NaN, c: 0 } },
      {
        learn: "1",
        held: [],
        get doubts(): object {
          throw new Error("trap");
        },
      },
    ]) {
      const word = guardWord(wrong);
      const { learn, speed, held, state } = word;
      assert.deepEqual([learn, speed, held.size, { ...word.doubts }, state], [1, 1, 0, {}, "good"]);
    }
  });

  describe("the sender's status", () => {
    const SENSORS = { payload: { steam: 7, load: 3 } };
    const read = (quality: unknown) => one({ ...SENSORS, quality });

    it("good changes nothing", () => {
      for (const good of [192, "Good", { value: 192 }, true, { steam: "Good", load: 192 }, { statusCode: 0 }]) {
        const { values, problems, state, doubts } = read(good);
        assert.deepEqual([{ ...values }, problems, state, { ...doubts }], [{ steam: 7, load: 3 }, [], "good", {}]);
      }
    });

    it("bad leaves the values out that it speaks of, names them, and costs no reading", () => {
      for (const bad of [0, "Bad", { code: 0x80000000 }, false]) {
        const { values, problems, state } = read(bad);
        assert.deepEqual([values.steam, values.load, state], [Number.NaN, Number.NaN, "bad"]);
        assert.deepEqual(
          problems.map(({ sensor, rule }) => [sensor, rule]),
          [
            ["steam", "senderBad"],
            ["load", "senderBad"],
          ],
        );
      }
      const { values, problems } = read({ load: "Bad_NoCommunication" });
      assert.deepEqual({ ...values }, { steam: 7, load: Number.NaN });
      assert.deepEqual(problems, [{ sensor: "load", rule: "senderBad", value: "3, Bad_NoCommunication" }]);
      assert.match(sentence(problems[0] as never), /load: 3, Bad_NoCommunication – its sender says/);
    });

    it("bad with text in the place of the value is no error either", () => {
      const { problems } = one({ payload: { steam: "n/a", load: null }, quality: "Bad" });
      assert.deepEqual(
        problems.map(({ rule }) => rule),
        ["senderBad", "senderBad"],
      );
    });

    it("uncertain is used and doubted", () => {
      const { values, doubts, state, problems } = read({ steam: 192, load: 64 });
      assert.deepEqual([{ ...values }, { ...doubts }, state], [{ steam: 7, load: 3 }, { load: 1 }, "uncertain"]);
      assert.deepEqual(problems, [{ sensor: "load", rule: "senderUncertain", value: "3, 64" }]);
    });

    it("whose meaning is not clear is left out and named, and nothing is refused for it", () => {
      for (const foreign of [
        "A+",
        128,
        1.5,
        {},
        { grade: "B" },
        [192, 0],
        Number.NaN,
        () => 1,
        { a: { b: { c: { d: 0 } } } },
      ]) {
        const { values, problems, state } = read(foreign);
        assert.deepEqual([{ ...values }, state], [{ steam: 7, load: 3 }, "good"]);
        assert.deepEqual(
          problems.map(({ sensor, rule }) => [sensor, rule]),
          [["", "unclearQuality"]],
        );
      }
    });

    it("of a batch is one for all rows, or one for each", () => {
      const rows = (quality: unknown) =>
        readingsOf({ payload: [{ steam: 1 }, { steam: 2 }], quality }, NAMES, RULES).rows as MessageReading[];
      const steam = (quality: unknown) => rows(quality).map(({ values }) => values.steam);
      assert.deepEqual(steam(0), [Number.NaN, Number.NaN]);
      assert.deepEqual(steam({ steam: "Bad" }), [Number.NaN, Number.NaN]);
      assert.deepEqual(steam(["Good", { steam: "Bad" }]), [1, Number.NaN]);
      assert.deepEqual(steam([192, 192, 0]), [1, 2]);
      assert.equal(rows([192, 192, 0])[0]?.problems[0]?.rule, "unclearQuality");
    });
  });

  it("the forecast of another predictor is an existing forecast by its value", () => {
    const read = (existing: unknown) => one({ payload: { steam: 7, load: 3 }, existing });
    assert.equal(read({ asset: "a", value: 6.5, lower: 6, upper: 7 }).existing, 6.5);
    assert.deepEqual(read({ value: null }).problems, []);
    assert.deepEqual(read({ value: "6,5" }).problems, [{ sensor: "baseline", rule: "decimalComma", value: '"6,5"' }]);
    assert.deepEqual(read({ other: 1 }).problems, [{ sensor: "baseline", rule: "object", value: "{…}" }]);
  });

  describe("a batch", () => {
    it("gives one reading for each row, with its own time, existing forecast and quality", () => {
      const { batch, rows } = readingsOf(
        {
          payload: [{ steam: 1, load: 2 }, 3],
          timestamp: [1000, "1970-01-01T00:00:02Z"],
          existing: [1.5, null],
          quality: [{ learn: 0 }, null],
        },
        NAMES,
        RULES,
      );
      assert.ok(batch);
      const [first, second] = rows as MessageReading[];
      assert.deepEqual([first?.time, second?.time], [1000, 2000]);
      assert.deepEqual([first?.existing, second?.existing], [1.5, Number.NaN]);
      assert.deepEqual([first?.learn, second?.learn], [0, 1]);
      assert.equal(second?.values.steam, 3);
    });

    it("a row that cannot be used stands as a problem in its place", () => {
      const payload = [{ steam: 1 }, { steam: "x" }, null, [1], { steam: 2 }];
      const { rows } = readingsOf({ payload, timestamp: [1, 2, 3, 4, 5] }, NAMES, RULES);
      assert.deepEqual(
        rows.map((row) => (row instanceof MessageProblem ? row.code : row.values.steam)),
        [1, "nothingUsable", "noPayload", "payloadType", 2],
      );
    });

    it("is refused as a whole where nothing of it can be used, with the rows counted and named", () => {
      const payload = [null, { steam: "12,5" }, ...new Array(18).fill({ steam: Number.NaN, load: "x" })];
      const { code, details, message, problems } = refused({
        payload,
        timestamp: ["soon", ...new Array(19).fill(null)],
      });
      assert.deepEqual([code, details], ["rowsRefused", { refused: 20, rows: 20 }]);
      assert.deepEqual(
        problems.slice(0, 3).map(({ row, sensor, rule }) => [row, sensor, rule]),
        [
          [1, "", "missing"],
          [2, "steam", "decimalComma"],
          [3, "steam", "notANumber"],
        ],
      );
      assert.match(message, /^20 of 20 .*row 1: .*row 2: steam: "12,5" – .*row 5: .*; …$/);
    });

    for (const [property, value] of [
      ["timestamp", 5],
      ["timestamp", [1]],
      ["existing", 5],
      ["quality", [{ learn: 1 }, { learn: 0 }, { learn: 1 }]],
    ] as const) {
      it(`is refused where ${property} is ${JSON.stringify(value)} for two rows`, () => {
        const { code, details } = refused({ payload: [1, 2], [property]: value });
        assert.equal(code, "batchProperty");
        assert.equal(details.property, property === "existing" ? "baseline" : property);
      });
    }
  });

  it("whatever comes: finite numbers and NaN only, or a MessageProblem with a text", () => {
    const anything = fc.anything({ withBigInt: true, withDate: true, withSparseArray: true, withNullPrototype: true });
    const payload = fc.oneof(
      anything,
      fc.dictionary(fc.constantFrom("steam", "load", "__proto__", "x"), anything),
      fc.array(fc.dictionary(fc.constantFrom("steam", "load"), anything)),
    );
    fc.assert(
      fc.property(
        payload,
        anything,
        anything,
        anything,
        fc.boolean(),
        (payload, timestamp, existing, quality, auto) => {
          try {
            const { rows } = readingsOf({ payload, timestamp, existing, quality }, auto ? AUTO : NAMES, RULES);
            for (const row of rows) {
              if (row instanceof MessageProblem) continue;
              for (const value of Object.values(row.values)) assert.ok(Number.isNaN(value) || Math.abs(value) <= 1e30);
              assert.ok(row.learn >= 0 && row.learn <= 1 && row.speed > 0);
              for (const doubt of Object.values(row.doubts)) assert.ok(doubt > 0 && Number.isFinite(doubt));
              for (const problem of row.problems) assert.ok(sentence(problem).length < 300);
            }
          } catch (error) {
            assert.ok(error instanceof MessageProblem, String(error));
            assert.ok(error.message.length > 10 && error.message.length < 1000);
          }
        },
      ),
      { numRuns: 5000 },
    );
  }).timeout(60_000);
});
