import assert from "node:assert/strict";
import fc from "fast-check";
import { ObservedTime } from "../../src/kpi/observed-time";
import { HOUR, MINUTE } from "./scored";

function observe(times: Iterable<number>): ObservedTime {
  const observed = new ObservedTime();
  for (const time of times) observed.add(time);
  return observed;
}
const minutes = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i * MINUTE);

describe("observed time", () => {
  it("is the time from the first to the last reading of a regular series", () => {
    assert.equal(observe(minutes(0, 61)).ms, HOUR);
  });

  it("adds no night in which the plant stood still", () => {
    assert.equal(observe([...minutes(0, 61), ...minutes(13 * HOUR, 61)]).ms, 2 * HOUR + MINUTE);
  });

  it("adds no half century when a clock that started in 1970 gets the time", () => {
    assert.equal(observe([0, MINUTE, ...minutes(Date.UTC(2026, 0, 1), 60)]).ms, 61 * MINUTE);
  });

  it("loses five readings at most when the clock is set back an hour, and goes on", () => {
    const ms = observe([...minutes(100 * HOUR, 61), ...minutes(100 * HOUR, 61)]).ms;
    assert.ok(ms <= 2 * HOUR && ms >= 2 * HOUR - 6 * MINUTE, String(ms / MINUTE));
  });

  it("counts late labels as nothing", () => {
    const times = minutes(0, 61).flatMap((time, i) => (i % 7 === 6 ? [time, time - 3 * MINUTE] : [time]));
    assert.equal(observe(times).ms, HOUR);
  });

  it("never falls and never leaps, whatever the clock does, and goes on from its saved state", () => {
    const time = fc.integer({ min: -8_640_000_000_000_000, max: 8_640_000_000_000_000 });
    fc.assert(
      fc.property(fc.array(time, { maxLength: 40 }), fc.nat(), (times, at) => {
        const whole = observe(minutes(0, 30));
        let broken = observe(minutes(0, 30));
        times.forEach((ms, i) => {
          const before = whole.ms;
          const grown = whole.add(ms);
          assert.equal(whole.ms, before + grown);
          assert.ok(grown >= 0);
          broken.add(ms);
          if (i === at % times.length) broken = ObservedTime.of(JSON.parse(JSON.stringify(broken.state())));
        });
        assert.equal(broken.ms, whole.ms);
        // one leap cannot add more than five steps of what is typical
        assert.ok(observe([...minutes(0, 30), ...times.slice(0, 1)]).ms <= 29 * MINUTE + 5 * MINUTE);
      }),
    );
  });
});
