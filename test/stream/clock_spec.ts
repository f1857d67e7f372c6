import assert from "node:assert/strict";
import { Clock, type ClockVerdict, isTaken } from "../../src/stream/clock";

const START = 1_790_000_000_000;
const MINUTE = 60_000;

/** A clock that has seen n readings, one a minute, each at its own time. */
function running(n: number): Clock {
  const clock = new Clock();
  for (let i = 0; i < n; i++) assert.equal(clock.judge(at(i), at(i)), "in order");
  return clock;
}

function at(minute: number): number {
  return START + MINUTE * minute;
}

function times(n: number, verdict: (i: number) => ClockVerdict): ClockVerdict[] {
  return Array.from({ length: n }, (_, i) => verdict(i));
}

describe("Clock", () => {
  it("knows the usual interval and what is late", () => {
    const clock = running(20);
    assert.equal(clock.interval, MINUTE);
    assert.equal(clock.patience, 3 * MINUTE);
    assert.equal(clock.judge(at(22), at(22)), "in order");
    assert.equal(running(20).judge(at(22) + 1, at(22) + 1), "late");
  });

  it("does not judge an interval that it hardly knows", () => {
    assert.equal(running(5).judge(at(5000), at(5000)), "in order");
  });

  it("gives readings without a time that of their arrival, two in one millisecond too", () => {
    const clock = new Clock();
    assert.deepEqual(
      [5000, 5000, 4000, 7000].map((now) => {
        assert.equal(clock.judge(Number.NaN, now), "in order");
        return clock.last;
      }),
      [5000, 5001, 5002, 7000],
    );
  });

  describe("a time that repeats", () => {
    it("is a copy where it comes at once, however often", () => {
      const clock = running(20);
      assert.deepEqual(
        times(10, (i) => clock.judge(at(19), at(19) + 5 * i)),
        Array(10).fill("duplicate"),
      );
      assert.equal(clock.judge(at(20), at(20)), "in order");
    });

    it("stands where values go on arriving: from the third on they are taken for their arrival, and it is said once", () => {
      const clock = running(20);
      assert.deepEqual(
        times(4, (i) => clock.judge(at(19), at(20 + i))),
        ["duplicate", "standing", "in order", "in order"],
      );
      assert.equal(clock.last, at(23));
      assert.equal(clock.judge(at(24), at(24)), "in order");
      // A source that is known to stand now and then, as OPC UA does while a value rests, loses no reading any more.
      assert.equal(clock.judge(at(24), at(25)), "in order");
      assert.equal(clock.last, at(25));
    });

    it("with other values is a reading of its own, where it does not come at once: two a second by a clock of seconds", () => {
      const clock = new Clock();
      const verdicts = times(200, (i) =>
        clock.judge(START + 1000 * Math.floor(i / 2), START + 500 * i + (i % 7), true),
      );
      assert.deepEqual(new Set(verdicts), new Set(["in order"]));
      assert.ok(Math.abs(clock.last - (START + 199 * 500)) < 600);
      assert.equal(clock.judge(START + 99_000, START + 199 * 500 + 60, true), "duplicate");
    });

    it("stands as well from the first reading on", () => {
      const clock = new Clock();
      const said = times(30, (i) => clock.judge(START, START + 500 * i));
      assert.deepEqual(said.slice(0, 4), ["in order", "duplicate", "standing", "in order"]);
      assert.equal(clock.last, START + 29 * 500);
    });

    it("stands from the first reading on, whose pace is known from those that were taken for copies", () => {
      const clock = new Clock();
      const said = times(30, (i) => clock.judge(START, START + 150 * i));
      assert.deepEqual(said, ["in order", "duplicate", "standing", ...Array(27).fill("in order")]);
    });

    it("goes by arrival on the source's own clock, which may be off, and runs on from there", () => {
      const clock = new Clock();
      const off = -3 * 3_600_000;
      for (let i = 0; i < 20; i++) clock.judge(at(i) + off, at(i));
      for (let i = 20; i < 30; i++) clock.judge(at(19) + off, at(i));
      assert.equal(clock.last, at(29) + off);
      assert.equal(clock.judge(at(30) + off - 100, at(30)), "in order");
      assert.equal(clock.last, at(30) + off - 100);
      // Awake a little behind what arrival said: no reading is lost by that.
      for (let i = 31; i < 40; i++) clock.judge(at(30) + off - 100, at(i));
      assert.equal(clock.judge(at(39) + off - 900, at(39) + 500), "in order");
      assert.ok(clock.last > at(39) + off - 100);
    });
  });

  describe("a time in the future", () => {
    it("costs that one reading", () => {
      const clock = running(30);
      for (const wrong of [at(31) + 3_600_000, at(90 * 525_600), 8.64e15])
        assert.equal(clock.judge(wrong, at(30)), "ahead");
      assert.equal(clock.judge(at(30), at(30)), "in order");
      assert.equal(clock.interval, MINUTE);
    });

    it("again and again between right ones costs only those", () => {
      const clock = running(30);
      const said = times(40, (i) => clock.judge(i % 2 ? at(30 + i) : at(5000) + i, at(30 + i)));
      assert.deepEqual(said, Array(20).fill(["ahead", "in order"]).flat());
    });

    it("is followed where three in a row agree: the clock was put forward", () => {
      const clock = running(30);
      assert.deepEqual(
        times(4, (i) => clock.judge(at(30 + i) + 3_600_000, at(30 + i))),
        ["ahead", "ahead", "late", "in order"],
      );
    });

    it("as the first one costs two more", () => {
      const clock = new Clock();
      clock.judge(at(5000), START);
      assert.deepEqual(
        times(4, (i) => clock.judge(at(i), at(i))),
        ["out of order", "out of order", "set back", "in order"],
      );
    });

    it("is nothing special for a source that runs ahead, or a plant that is played faster than it ran", () => {
      const ahead = new Clock();
      const fast = new Clock();
      const replay = new Clock();
      for (let i = 0; i < 50; i++) {
        assert.equal(ahead.judge(at(i) + 7_200_000, at(i)), "in order");
        assert.equal(fast.judge(START + 3_600_000 * (24 + i), START + 10 * i), "in order");
        assert.ok(isTaken(replay.judge(START - 3_600_000 * (9000 - i * i), START)), "gaps of the past");
      }
    });

    it("that came before a gap of the past is found out by the three after it", () => {
      const clock = new Clock();
      for (let i = 0; i < 30; i++) clock.judge(at(i), at(1e6));
      clock.judge(at(5000), at(1e6));
      assert.deepEqual(
        times(4, (i) => clock.judge(at(31 + i), at(1e6))),
        ["out of order", "out of order", "set back", "in order"],
      );
    });
  });

  describe("a time gone by", () => {
    it("is turned away, however many come in a burst after a gap", () => {
      const clock = running(100);
      assert.equal(clock.judge(at(400), at(400)), "late");
      const backlog = times(299, (i) => clock.judge(at(100 + i), at(400) + 20 * i));
      assert.deepEqual(new Set(backlog), new Set(["out of order"]));
      assert.equal(clock.last, at(400));
      assert.equal(clock.judge(at(401), at(401)), "in order");
    });

    it("is turned away as well where the gap is not the last one", () => {
      const clock = running(100);
      for (const minute of [400, 401, 600, 601]) clock.judge(at(minute), at(minute));
      const backlog = times(299, (i) => clock.judge(at(100 + i), at(601) + 20 * i));
      assert.deepEqual(new Set(backlog), new Set(["out of order"]));
      assert.equal(clock.judge(at(602), at(602)), "in order");
    });

    it("that came in a burst leaves no doubt in a source's clock, though it runs ahead and half of the burst was lost", () => {
      const clock = new Clock();
      const ahead = 600_000;
      for (let i = 0; i < 100; i++) clock.judge(at(i) + ahead, at(i));
      for (let i = 100; i < 250; i += 50) assert.ok(isTaken(clock.judge(at(i) + ahead, at(299))), `${i}`);
      assert.ok(isTaken(clock.judge(at(300) + ahead, at(300))));
      // The rest of it: no clock that was set back.
      const rest = times(5, (i) => clock.judge(at(101 + i) + ahead, at(300) + i));
      assert.deepEqual(new Set(rest), new Set(["out of order"]));
      assert.equal(clock.judge(at(301) + ahead, at(301)), "in order");
    });

    it("that came in a burst does not make later copies readings of a clock that stands", () => {
      const clock = running(100);
      for (let i = 100; i < 300; i++) clock.judge(at(i), at(300) - 500 + i);
      for (let i = 300; i < 320; i++) {
        assert.equal(clock.judge(at(i), at(i)), "in order");
        for (const later of [60, 120]) assert.equal(clock.judge(at(i), at(i) + later), "duplicate");
      }
    });

    it("that comes before newer ones is in order, late as it may be", () => {
      const clock = running(100);
      for (let i = 100; i < 300; i++) assert.equal(clock.judge(at(i), at(300)), "in order");
      assert.equal(clock.judge(at(300), at(300)), "in order");
    });

    it("is followed after 20 in order that come as slowly as ever: the clock was set back", () => {
      const clock = running(100);
      const said = times(21, (i) => clock.judge(at(100 + i) - 3_600_000, at(100 + i)));
      assert.deepEqual(said, [...Array(19).fill("out of order"), "set back", "in order"]);
      assert.equal(clock.interval, MINUTE);
    });

    it("now and then is out of order for ever", () => {
      const clock = running(100);
      for (let i = 100; i < 200; i++) {
        assert.equal(clock.judge(at(i), at(i)), "in order");
        assert.equal(clock.judge(START + i, at(i)), "out of order");
      }
    });

    it("a file that is played, of times before all or a second time, is followed however fast it comes", () => {
      for (const [from, soon] of [
        [-5000, 2],
        [0, 19],
      ]) {
        const clock = running(100);
        clock.judge(at(400), at(400));
        const said = times(30, (i) => clock.judge(at(from + i), at(401) + i));
        assert.equal(said.indexOf("set back"), soon);
      }
    });

    it("a file from within what was lived through long ago is followed as well", () => {
      const clock = running(30_000);
      const said = times(10, (i) => clock.judge(at(5000 + i), at(30_000) + i));
      assert.equal(said.indexOf("set back"), 2);
    });

    it("that comes once more, as a gateway sends the last hour after each new connection, is no clock that was set back", () => {
      const clock = running(300);
      for (const connected of [300, 400, 500]) {
        for (let i = connected; i < connected + 100; i++) assert.equal(clock.judge(at(i), at(i)), "in order");
        const again = times(60, (i) => clock.judge(at(connected + 40 + i), at(connected + 99) + 20 * (i + 1)));
        assert.deepEqual(new Set(again), new Set(["out of order", "duplicate"]));
      }
      assert.equal(clock.judge(at(600), at(600)), "in order");
    });

    it("of a controller that begins in 1970 again, from before all that was lived through, costs two readings", () => {
      for (const began of [0, Date.parse("2000-01-01")]) {
        const clock = running(100);
        const said = times(40, (i) => clock.judge(began + MINUTE * i, at(100 + i)));
        assert.deepEqual(said, ["out of order", "out of order", "set back", ...Array(37).fill("in order")]);
        // And it is set right again.
        assert.deepEqual(
          times(3, (i) => clock.judge(at(140 + i), at(140 + i))),
          ["late", "in order", "in order"],
        );
      }
    });
  });

  it("goes on from a remembered reading", () => {
    const clock = new Clock();
    clock.resume(at(10), MINUTE);
    assert.equal(clock.patience, 3 * MINUTE);
    assert.equal(clock.judge(at(9), at(11)), "out of order");
    assert.equal(clock.judge(at(5000), at(11)), "ahead");
    assert.equal(clock.judge(at(11), at(11)), "in order");
    clock.resume(Number.NaN, Number.NaN);
    assert.equal(clock.judge(START, START), "in order");
  });

  it("goes on from its state exactly", () => {
    const whole = running(30);
    const again = new Clock();
    Object.assign(again.state, structuredClone(whole.state));
    for (let i = 0; i < 60; i++) {
      const time = at(20 + ((i * i) % 23));
      assert.equal(again.judge(time, at(30 + i)), whole.judge(time, at(30 + i)));
    }
    assert.deepEqual(again.state, whole.state);
  });
});
