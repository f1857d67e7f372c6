import assert from "node:assert/strict";
import type { AlarmTransition } from "../../src/alarm/alarm";
import { AlarmSystem } from "../../src/alarm/alarm-figures";
import type { AlarmState } from "../../src/alarm/alarm-state";
import type { Priority } from "../../src/alarm/priority";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function transition(state: AlarmState, limit = "H", asset = "a", priority: Priority = "low"): AlarmTransition {
  const event = state === "unacknowledged" ? "activate" : "clear";
  return { asset, limit, kind: "high", state, active: true, priority, severity: 1, occurrences: 1, event, from: "normal", time: 0 }; // biome-ignore format: one line
}

describe("alarm-system figures", () => {
  it("counts announcements of the last 10 minutes, their peak and all", () => {
    const system = new AlarmSystem();
    for (let i = 0; i < 4; i++) system.count(transition("unacknowledged", `${i}`), i * 3 * MINUTE);
    const then = system.figures(9 * MINUTE);
    assert.deepEqual([then.per10Min, then.peakPer10Min, then.total], [4, 4, 4]);
    const later = system.figures(15 * MINUTE);
    assert.deepEqual([later.per10Min, later.peakPer10Min, later.total], [2, 4, 4]);
  });

  it("a flood begins above 10 in 10 minutes and ends below 5", () => {
    const system = new AlarmSystem();
    for (let i = 0; i < 10; i++) system.count(transition("unacknowledged", `${i}`), i * 1000);
    assert.equal(system.figures(10_000).flood, false);
    system.count(transition("unacknowledged", "x"), 20_000);
    assert.equal(system.figures(20_000).flood, true);
    for (let i = 0; i < 5; i++) system.count(transition("unacknowledged", `y${i}`), 8 * MINUTE);
    assert.deepEqual([system.figures(11 * MINUTE).per10Min, system.figures(11 * MINUTE).flood], [5, true]);
    const four = AlarmSystem.load(system.save());
    four.count(transition("unacknowledged", "z"), 9 * MINUTE);
    for (let i = 0; i < 3; i++) four.count(transition("unacknowledged", `z${i}`), 17 * MINUTE);
    assert.deepEqual([four.figures(18 * MINUTE + 1).per10Min, four.figures(18 * MINUTE + 1).flood], [4, false]);
    const quiet = system.figures(18 * MINUTE + 1);
    assert.deepEqual([quiet.flood, quiet.floods], [false, 1]);
  });

  it("an alarm chatters at three announcements within a minute, and stops when it is quiet", () => {
    const system = new AlarmSystem();
    for (const t of [0, 20_000, 40_000]) {
      assert.deepEqual(system.figures(t).chattering, []);
      system.count(transition("unacknowledged"), t);
      system.count(transition("returnedUnacknowledged"), t + 1);
    }
    assert.deepEqual(system.figures(41_000).chattering, [{ asset: "a", limit: "H" }]);
    assert.deepEqual(system.figures(2 * MINUTE).chattering, []);
  });

  it("three alarms of different limits or assets are no chatter", () => {
    const system = new AlarmSystem();
    system.count(transition("unacknowledged", "H", "a"), 0);
    system.count(transition("unacknowledged", "HH", "a"), 1);
    system.count(transition("unacknowledged", "H", "b"), 2);
    assert.deepEqual(system.figures(3).chattering, []);
  });

  it("an alarm is stale after standing for more than 24 hours, acknowledged or not", () => {
    const system = new AlarmSystem();
    system.count(transition("unacknowledged"), 0);
    system.count(transition("acknowledged"), HOUR);
    assert.deepEqual(system.figures(24 * HOUR).stale, []);
    assert.deepEqual(system.figures(24 * HOUR + 1).stale, [{ asset: "a", limit: "H" }]);
    system.count(transition("normal"), 25 * HOUR);
    assert.deepEqual(system.figures(50 * HOUR).stale, []);
  });

  it("mixes priorities of announcements only", () => {
    const system = new AlarmSystem();
    for (const p of ["critical", "low", "low"] as const) system.count(transition("unacknowledged", p, "a", p), 0);
    system.count(transition("acknowledged", "critical", "a", "critical"), 1);
    assert.deepEqual(system.figures(2).priorities, { critical: 1, high: 0, medium: 0, low: 2 });
  });

  it("counts one verdict an occurrence: a changed mind replaces the first", () => {
    const system = new AlarmSystem();
    system.judge(true, undefined);
    system.judge(false, true);
    system.judge(true, undefined);
    assert.deepEqual(system.figures(0).feedback, { true: 1, false: 1 });
  });

  it("goes on after a restart as if there had been none", () => {
    const whole = new AlarmSystem();
    let broken = new AlarmSystem();
    for (let i = 0; i < 40; i++) {
      const t = transition(i % 3 === 2 ? "returnedUnacknowledged" : "unacknowledged", `${i % 4}`);
      for (const system of [whole, broken]) system.count(t, i * 17_000);
      broken = AlarmSystem.load(broken.save());
      assert.deepEqual(broken.figures(i * 17_000 + 5), whole.figures(i * 17_000 + 5));
    }
  });

  it("a clock that is set back makes no false flood and goes on counting", () => {
    const system = new AlarmSystem();
    for (let i = 0; i < 9; i++) system.count(transition("unacknowledged", `${i}`), HOUR + i);
    for (let i = 0; i < 3; i++) system.count(transition("unacknowledged", `${i}`), i);
    const { per10Min, total, flood } = system.figures(10);
    assert.deepEqual({ per10Min, total, flood }, { per10Min: 3, total: 12, flood: false });
  });

  it("stays small and quick in a flood of 100,000", () => {
    const system = new AlarmSystem();
    for (let i = 0; i < 100_000; i++) system.count(transition("unacknowledged", "H", `${i % 50}`), i * 5);
    assert.equal(system.figures(500_000).per10Min, 100_000);
    assert.ok(system.save().length < 20_000, `${system.save().length} bytes`);
  });

  it("refuses a damaged record", () => {
    for (const text of ["", "{}", "null", '{"version":2}', '{"version":1,"announced":[[null,1]]}']) {
      assert.throws(() => AlarmSystem.load(new TextEncoder().encode(text)), { code: "damagedRecord" });
    }
  });
});
