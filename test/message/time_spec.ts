import assert from "node:assert/strict";
import { MessageProblem } from "../../src/message/problem";
import { readTime, type TimeRules, timeOf } from "../../src/message/time";
import { instantsOf, isZone, offsetAt } from "../../src/message/zone";

const NOW = Date.UTC(2026, 2, 1, 12);
const UTC: TimeRules = { zone: "UTC", otherTimes: "convert", now: NOW };
const BERLIN = { ...UTC, zone: "Europe/Berlin" };

function refused(given: unknown, rules = UTC): MessageProblem {
  try {
    readTime(given, rules);
  } catch (error) {
    assert.ok(error instanceof MessageProblem);
    return error;
  }
  return assert.fail("not refused");
}

describe("times", () => {
  for (const [given, ms] of [
    [0, 0],
    [1_700_000_000_000, 1_700_000_000_000],
    ["2026-01-31T08:00:00Z", Date.UTC(2026, 0, 31, 8)],
    ["2026-01-31t08:00z", Date.UTC(2026, 0, 31, 8)],
    ["2026-01-31T08:00:00.250+09:00", Date.UTC(2026, 0, 30, 23, 0, 0, 250)],
    ["2026-01-31 08:00:00,250", Date.UTC(2026, 0, 31, 8, 0, 0, 250)],
    ["2026-01-31T08:00:00,2509999Z", Date.UTC(2026, 0, 31, 8, 0, 0, 250)],
    ["2026-01-31 08:00:00.29 -0330", Date.UTC(2026, 0, 31, 11, 30, 0, 290)],
    ["2026-01-31 08:00 +09", Date.UTC(2026, 0, 30, 23)],
    ["2026/01/31 08:00:05", Date.UTC(2026, 0, 31, 8, 0, 5)],
    ["2026-01-31", Date.UTC(2026, 0, 31)],
    ["2026-03", Date.UTC(2026, 2, 1)],
    ["+275760-09-13T00:00:00Z", 8.64e15],
    ["2024-02-29", Date.UTC(2024, 1, 29)],
    ["2026-01-31T24:00:00", Date.UTC(2026, 1, 1)],
    [" 0099-01-01 ", new Date(Date.UTC(2000, 0, 1)).setUTCFullYear(99)],
    [new Date(5), 5],
  ] as const)
    it(`takes ${typeof given} ${given}`, () => assert.equal(timeOf(given, UTC), ms));

  const SPRING = { ...BERLIN, datesAsText: "dmy" } as const;
  for (const [given, rules, ms] of [
    ["31/01/2026 00:15", { ...UTC, datesAsText: "dmy" }, Date.UTC(2026, 0, 31, 0, 15)],
    ["01/02/2026", { ...UTC, datesAsText: "dmy" }, Date.UTC(2026, 1, 1)],
    ["01/02/2026", { ...UTC, datesAsText: "mdy" }, Date.UTC(2026, 0, 2)],
    ["27.03.2026 22:00:00", SPRING, Date.UTC(2026, 2, 27, 21)],
    ["29.03.2026 12:00", SPRING, Date.UTC(2026, 2, 29, 10)],
    ["3/27/2026 10:00 PM", { ...UTC, datesAsText: "mdy" }, Date.UTC(2026, 2, 27, 22)],
    ["2026-01-31 08:00 +09", SPRING, Date.UTC(2026, 0, 30, 23)],
  ] as const)
    it(`takes ${given} with ${rules.datesAsText}`, () => assert.equal(timeOf(given, rules), ms));

  it("a date in another order than the chosen one is refused, not turned round", () => {
    for (const given of ["31/01/2026", "13/13/2026", "soon"])
      assert.equal(refused(given, { ...UTC, datesAsText: "mdy" }).code, "badTime");
  });

  for (const given of [undefined, null, ""])
    it(`takes ${JSON.stringify(given)} as the time of arrival`, () => assert.ok(Number.isNaN(timeOf(given, UTC))));

  for (const given of [
    "yesterday",
    "20260131",
    "202601310800",
    "12345",
    "1700000000000 ms",
    "31.01.2026",
    "2026-13-01",
    "2026-02-30",
    "2026-02-29T08:00:00Z",
    "2026-00-10",
    "2026-01-00",
    "2026-01-31T25:00",
    "2026-01-31T24:00:01",
    "2026-01-31T08:60",
    "2026-01-31T08:00:61",
    "2026-01-31T08:00:00+24:00",
    "2026-01/31",
    "+275760-09-13",
    "0000-01-01",
    Number.NaN,
    1e300,
    {},
    [1],
    true,
    new Date(Number.NaN),
  ])
    it(`refuses ${JSON.stringify(given)}`, () => assert.equal(refused(given).code, "badTime"));

  describe("in another unit", () => {
    for (const [unit, number, ms] of [
      ["s", 1_790_000_000, 1_790_000_000_000],
      ["s", 1_790_000_000.25, 1_790_000_000_250],
      ["s", 946_684_800, 946_684_800_000],
      ["µs", 1_790_000_000_123_000, 1_790_000_000_123],
      ["ns", 1_790_000_000_123_000_000n, 1_790_000_000_123],
      ["ns", 1_790_000_000_123e6, 1_790_000_000_123],
    ] as const) {
      it(`${number} is a time in ${unit}`, () => assert.deepEqual(readTime(number, UTC), { time: ms, unit }));
      it(`${number} is refused where the settings say so, and the unit is named`, () => {
        const { code, details } = refused(number, { ...UTC, otherTimes: "refuse" });
        assert.deepEqual([code, details.unit, details.value], ["timeUnit", unit, String(number)]);
      });
    }

    it("digits as text are the number that they write, where their unit is clear", () => {
      for (const [text, time, unit] of [
        ["1764500000000", 1_764_500_000_000, undefined],
        [" 1764500000 ", 1_764_500_000_000, "s"],
        ["1764500000.25", 1_764_500_000_250, "s"],
        ["1764500000123000", 1_764_500_000_123, "µs"],
        ["1764500000123000000", 1_764_500_000_123, "ns"],
      ] as const) {
        assert.deepEqual(readTime(text, UTC), { time, unit });
        assert.deepEqual(readTime(text, { ...UTC, datesAsText: "dmy" }), { time, unit });
      }
      assert.equal(refused("1764500000", { ...UTC, otherTimes: "refuse" }).code, "timeUnit");
      assert.equal(timeOf("20260131", { ...UTC, datesAsText: "dmy" }), Date.UTC(2026, 0, 31));
      assert.equal(timeOf("1764500000000", { ...UTC, now: 5000 }), 1_764_500_000_000);
    });

    it("what is far from now in every unit is ms, and so is all where the machine has lost its clock", () => {
      for (const number of [0, 12_345, 600_000, -1e12, 3e12, 8.64e15])
        assert.deepEqual(readTime(number, UTC), { time: number, unit: undefined });
      for (const number of [1_790_000_000, 1_790_000_000_000])
        assert.deepEqual(readTime(number, { ...UTC, now: 5000 }), { time: number, unit: undefined });
    });
  });

  describe("without a zone", () => {
    it("are in the zone of the settings, a date alone as one with a time of day", () => {
      const day = ["2026-03-01", "2026-03-01 00:10", "2026-03-01T00:20:00", "2026-03-01 00:30:00,000"];
      assert.deepEqual(
        day.map((text) => timeOf(text, BERLIN)),
        [0, 10, 20, 30].map((minutes) => Date.UTC(2026, 1, 28, 23, minutes)),
      );
      assert.equal(timeOf("2026-07-01", BERLIN), Date.UTC(2026, 5, 30, 22));
      assert.equal(timeOf("2026-07-01 09:00", { ...UTC, zone: "Asia/Tokyo" }), Date.UTC(2026, 6, 1));
      assert.equal(timeOf("2026-07-01 00:00", { ...UTC, zone: "Asia/Kathmandu" }), Date.UTC(2026, 5, 30, 18, 15));
    });

    it("are in the machine's zone where none is set", () => {
      const machine = { ...UTC, zone: "" };
      assert.equal(timeOf("2026-03-01", machine), new Date(2026, 2, 1).getTime());
      assert.equal(timeOf("2026-07-01 08:30", machine), new Date(2026, 6, 1, 8, 30).getTime());
    });

    it("come twice at the end of summer time: the one that goes on from the reading before, else what has been", () => {
      const [first, second] = [Date.UTC(2026, 9, 25, 0, 30), Date.UTC(2026, 9, 25, 1, 30)];
      const read = (rules: Partial<TimeRules>): number => timeOf("2026-10-25 02:30", { ...BERLIN, ...rules });
      assert.equal(read({ after: first - 60_000 }), first);
      assert.equal(read({ after: first }), second);
      assert.equal(read({ after: second - 60_000 }), second);
      assert.equal(read({ now: first }), first);
      assert.equal(read({ now: second }), second);
    });

    it("the end of that hour, as what is stamped by its end comes when the clock is set back", () => {
      const [change, minute] = [Date.UTC(2026, 9, 25, 1), 60_000];
      const read = (now: number, after: number): number => timeOf("2026-10-25 03:00", { ...BERLIN, now, after });
      assert.equal(read(change + 100, change - 15 * minute), change);
      assert.equal(read(change + 60 * minute, change + 45 * minute), change + 60 * minute);
      // A clock that is somewhat ahead, an hour later.
      assert.equal(read(change + 60 * minute - 2000, change + 45 * minute), change + 60 * minute);
    });

    it("that summer time leaves out are an hour later on the wall", () => {
      assert.equal(timeOf("2026-03-29 02:30", BERLIN), Date.UTC(2026, 2, 29, 1, 30));
      assert.equal(timeOf("2026-03-29 03:30", BERLIN), Date.UTC(2026, 2, 29, 1, 30));
    });

    it("that are no dates have no zone", () => {
      for (const time of [Number.NaN, Infinity, -1e308, 8.64e15 + 1, -8.64e15, Date.UTC(-1, 0, 1)])
        assert.equal(offsetAt(time, "Europe/Berlin"), 0);
      assert.equal(offsetAt(Date.UTC(2026, 6, 1), "Europe/Berlin"), 7_200_000);
    });

    it("go there and back in every zone, all year round", () => {
      for (const zone of [
        "UTC",
        "Europe/Berlin",
        "America/St_Johns",
        "Australia/Lord_Howe",
        "Asia/Tokyo",
        "Pacific/Apia",
      ]) {
        const format = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
        for (let time = Date.UTC(2025, 0, 1); time < Date.UTC(2026, 0, 1); time += 7.3 * 3_600_000) {
          const instants = instantsOf(Date.parse(`${format.format(time).replace(" ", "T")}Z`), zone);
          assert.ok(instants.includes(Math.floor(time / 1000) * 1000), `${zone} ${new Date(time).toISOString()}`);
        }
      }
    });

    it("a zone is known by its IANA name", () => {
      for (const zone of ["", "UTC", "Europe/Berlin", "Asia/Tokyo"]) assert.ok(isZone(zone), zone);
      for (const zone of ["Berlin", "CEST?", "Europe/Nowhere", "+25:00"]) assert.ok(!isZone(zone), zone);
    });
  });
});
