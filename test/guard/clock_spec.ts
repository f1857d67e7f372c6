import assert from "node:assert/strict";
import { Clock } from "../../src/guard/clock";

function running(n: number): Clock {
  const clock = new Clock();
  for (let i = 0; i < n; i++) assert.equal(clock.judge(60_000 * i, false), "in order");
  return clock;
}

describe("Clock", () => {
  it("knows the usual interval and what is late", () => {
    const clock = running(20);
    assert.equal(clock.interval, 60_000);
    assert.equal(clock.patience, 180_000);
    assert.equal(clock.judge(60_000 * 19 + 180_000, false), "in order");
    const later = running(20);
    assert.equal(later.judge(60_000 * 19 + 180_001, false), "late");
  });

  it("does not judge an interval that it hardly knows", () => {
    assert.equal(running(5).judge(1e9, false), "in order");
  });

  it("tells a repeated reading from a clock that stands still", () => {
    const clock = running(20);
    const last = 60_000 * 19;
    assert.deepEqual(
      [0, 1, 2, 3].map(() => clock.judge(last, true)),
      ["duplicate", "duplicate", "duplicate", "duplicate"],
    );
    const frozen = running(20);
    assert.deepEqual(
      [0, 1, 2].map(() => frozen.judge(last, false)),
      ["duplicate", "frozen", "frozen"],
    );
    assert.equal(frozen.judge(last + 1, false), "in order");
  });

  it("turns old readings away, and follows a clock that was set back", () => {
    const clock = running(100);
    assert.equal(clock.judge(1000, false), "out of order");
    const said = Array.from({ length: 20 }, (_, i) => clock.judge(60_000 * (30 + i), false));
    assert.equal(said.indexOf("set back"), 18);
    assert.equal(clock.judge(60_000 * 50, false), "in order");
  });
});
