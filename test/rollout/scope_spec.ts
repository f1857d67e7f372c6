import assert from "node:assert/strict";
import fc from "fast-check";
import { Clock } from "../../src/rollout/clock";
import { inScope, matches, periodOf, type Shift } from "../../src/rollout/scope";

const tokyo = new Clock("Asia/Tokyo");
const at = (text: string): number => Date.parse(`${text}+09:00`);
const EARLY: Shift = { name: "early", from: 360, to: 840, pilot: true };
const LATE: Shift = { name: "late", from: 840, to: 1320, pilot: false };
const NIGHT: Shift = { name: "night", from: 1320, to: 360, pilot: true };

describe("wall clock", () => {
  it("tells local day and minute", () => {
    const day = Date.UTC(2026, 3, 2) / 86_400_000;
    assert.deepEqual(tokyo.at(at("2026-04-02T00:00:00")), { day, minute: 0 });
    assert.deepEqual(tokyo.at(at("2026-04-02T23:59:59")), { day, minute: 1439 });
    assert.deepEqual(tokyo.at(at("2026-04-01T23:59:59")), { day: day - 1, minute: 1439 });
  });

  it("follows summer time", () => {
    const berlin = new Clock("Europe/Berlin");
    assert.equal(berlin.at(Date.UTC(2026, 2, 29, 0, 59)).minute, 119);
    assert.equal(berlin.at(Date.UTC(2026, 2, 29, 1, 0)).minute, 180);
    assert.equal(berlin.at(Date.UTC(2026, 9, 25, 0, 30)).minute, 150);
    assert.equal(berlin.at(Date.UTC(2026, 9, 25, 1, 30)).minute, 150);
  });

  it("knows zones with quarters of an hour, and refuses unknown ones", () => {
    assert.equal(new Clock("Asia/Kathmandu").at(Date.UTC(2026, 0, 1, 0, 0)).minute, 345);
    assert.throws(() => new Clock("Plant/Hall 3"), RangeError);
  });

  it("without a zone, agrees with this machine", () => {
    const date = new Date(2026, 5, 15, 13, 45);
    assert.equal(new Clock().at(date.getTime()).minute, 13 * 60 + 45);
  });

  it("any number of milliseconds has a minute of the day", () => {
    fc.assert(
      fc.property(fc.double({ min: -1e17, max: 1e17, noNaN: true }), (time) => {
        const { minute } = tokyo.at(time);
        assert.ok(minute >= 0 && minute < 1440);
      }),
    );
  });
});

describe("names of assets", () => {
  for (const [pattern, name, fits] of [
    ["press-1", "press-1", true],
    ["press-1", "press-12", false],
    ["press-*", "press-12", true],
    ["press-*", "oven-1", false],
    ["*", "", true],
    ["line ?/press", "line 3/press", true],
    ["line ?/press", "line 33/press", false],
    ["*-oven-*", "hall-oven-oven-2", true],
    ["a*b*c", "axxbyyc", true],
    ["a*b*c", "axxbyy", false],
    ["[ab].+", "[ab].+", true],
    ["[ab].+", "a.+", false],
    ["__proto__", "__proto__", true],
  ] as const) {
    it(`"${pattern}" ${fits ? "fits" : "does not fit"} "${name}"`, () => assert.equal(matches(pattern, name), fits));
  }

  it("agree with a regular expression", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 8 });
    fc.assert(
      fc.property(text, fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 }), (pattern, name) => {
        const expression = new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`);
        assert.equal(matches(pattern, name), expression.test(name));
      }),
      { numRuns: 2000 },
    );
  });

  it("a name of 10,000 characters and thirty stars are answered at once", () => {
    const started = performance.now();
    assert.equal(matches(`${"a*".repeat(30)}b`, "a".repeat(10_000)), false);
    assert.ok(performance.now() - started < 5_000, "backtracking would take years");
  });
});

describe("scope of the pilot", () => {
  it("empty = every asset at any hour", () => {
    assert.equal(inScope({ assets: [], shifts: [] }, "x", 0, tokyo), true);
  });

  it("asset and shift must both fit", () => {
    const scope = { assets: ["press-*"], shifts: [EARLY, LATE] };
    assert.equal(inScope(scope, "press-1", at("2026-04-02T06:00:00"), tokyo), true);
    assert.equal(inScope(scope, "press-1", at("2026-04-02T05:59:59"), tokyo), false);
    assert.equal(inScope(scope, "press-1", at("2026-04-02T14:00:00"), tokyo), false);
    assert.equal(inScope(scope, "oven-1", at("2026-04-02T06:00:00"), tokyo), false);
  });

  it("a shift runs over midnight", () => {
    const scope = { assets: [], shifts: [NIGHT] };
    for (const [clock, inside] of [
      ["21:59", false],
      ["22:00", true],
      ["23:59", true],
      ["00:00", true],
      ["05:59", true],
      ["06:00", false],
    ] as const) {
      assert.equal(inScope(scope, "x", at(`2026-04-02T${clock}:00`), tokyo), inside, clock);
    }
  });

  it("a shift that ends when it starts is the whole day", () => {
    const scope = { assets: [], shifts: [{ ...EARLY, to: EARLY.from }] };
    assert.equal(inScope(scope, "x", at("2026-04-02T03:00:00"), tokyo), true);
    assert.equal(inScope(scope, "x", at("2026-04-02T20:00:00"), tokyo), true);
  });
});

describe("periods", () => {
  const period = (kind: "hour" | "shift" | "day", text: string, shifts: Shift[] = []) =>
    periodOf(kind, shifts, at(text), tokyo) as number;

  it("auto has none", () => assert.equal(periodOf("auto", [], 0, tokyo), undefined));

  it("hours and days follow the wall clock", () => {
    assert.equal(period("hour", "2026-04-02T10:59:59"), period("hour", "2026-04-02T10:00:00"));
    assert.equal(period("hour", "2026-04-02T11:00:00"), period("hour", "2026-04-02T10:00:00") + 1);
    assert.equal(period("hour", "2026-04-03T00:00:00"), period("hour", "2026-04-02T23:00:00") + 1);
    assert.equal(period("day", "2026-04-03T00:00:00"), period("day", "2026-04-02T23:59:59") + 1);
  });

  it("the night shift is one period, before and after midnight", () => {
    for (const shifts of [[], [EARLY, LATE, NIGHT]]) {
      const night = period("shift", "2026-04-02T22:00:00", shifts);
      assert.equal(period("shift", "2026-04-03T05:59:00", shifts), night);
      assert.equal(period("shift", "2026-04-03T06:00:00", shifts), night + 1);
      assert.equal(period("shift", "2026-04-02T21:59:00", shifts), night - 1);
    }
  });
});
