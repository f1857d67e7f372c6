import assert from "node:assert/strict";
import { Random } from "../../src/forecaster/random";
import { Flatline } from "../../src/guard/flatline";
import { NoiseBurst } from "../../src/guard/noise-burst";
import { RateOfChange } from "../../src/guard/rate-of-change";
import { Sensor } from "../../src/guard/sensor";

const PATIENCE = { level: 30, contradiction: 1000 };

/** Judges a value and gives the state. */
function judged(sensor: Sensor, value: unknown, time: number, required = true): string {
  sensor.judge(value, time, required);
  return sensor.state;
}

const day = (i: number): number => 20 + 5 * Math.sin((2 * Math.PI * i) / 288);

describe("tolerance", () => {
  const stuck = (tolerance?: number): string[] => {
    const rule = new Flatline(tolerance);
    const random = new Random(1);
    for (let i = 0; i < 500; i++) rule.judge(random.normal());
    return Array.from({ length: 40 }, () => rule.judge(7));
  };
  const jump = (tolerance?: number): string[] => {
    const sensor = new Sensor("a", { tolerance: { spike: tolerance } }, [], false, PATIENCE);
    const random = new Random(1);
    for (let i = 0; i < 500; i++) judged(sensor, random.normal(), 1000 * i);
    return [12, 30].map((x, i) => judged(sensor, x, 500_000 + 1000 * i));
  };

  it("doubles what must happen before a check speaks, or switches it off", () => {
    assert.deepEqual([stuck().indexOf("bad"), stuck(2).indexOf("bad")], [10, 20]);
    assert.ok(!stuck(Number.POSITIVE_INFINITY).some((state) => state !== "good"));
    assert.deepEqual(jump(), ["uncertain", "uncertain"]);
    assert.deepEqual(jump(2), ["good", "good"]);
    assert.deepEqual(jump(Number.POSITIVE_INFINITY), ["good", "good"]);
  });

  it("of one check leaves the others as they are, and a value that never comes is not missed where that is off", () => {
    const off = Number.POSITIVE_INFINITY;
    const sensor = new Sensor(
      "a",
      { max: 5, tolerance: { late: off, spike: off, flatline: off } },
      [-999],
      false,
      PATIENCE,
    );
    assert.equal(judged(sensor, undefined, 0), "good");
    assert.equal(judged(sensor, 6, 1000), "bad");
    assert.equal(judged(sensor, -999, 2000), "bad");
    assert.equal(judged(new Sensor("a", {}, [], false, PATIENCE), undefined, 0), "bad");
  });
});

describe("Flatline", () => {
  it("finds a stuck sensor, uncertain at half the limit, bad beyond it", () => {
    const rule = new Flatline();
    const random = new Random(1);
    for (let i = 0; i < 500; i++) assert.equal(rule.judge(random.normal()), "good");
    const states = Array.from({ length: 40 }, () => rule.judge(7));
    assert.ok(rule.limit >= 10 && rule.limit < 11);
    assert.equal(states.indexOf("bad"), 10);
    assert.equal(rule.run, 40);
    assert.equal(rule.judge(7.1), "good");
  });

  it("lets a quantised sensor repeat itself as it always did", () => {
    const rule = new Flatline();
    const random = new Random(2);
    let x = 0;
    let caught = 0;
    for (let i = 0; i < 50_000; i++) {
      if (random.uniform() < 0.25) x = Math.round(4 * random.uniform());
      if (rule.judge(x) !== "good") caught += 1;
    }
    assert.equal(caught, 0);
    for (let i = 0; i < rule.limit; i++) rule.judge(x);
    assert.equal(rule.judge(x), "bad");
  });

  it("knows a resting place: long runs there neither hide a stuck sensor elsewhere nor are soon called bad", () => {
    const rule = new Flatline();
    const random = new Random(6);
    for (let stop = 0; stop < 8; stop++) {
      for (let i = 0; i < 200; i++) rule.judge(random.normal());
      for (let i = 0; i < 60; i++) rule.judge(0);
    }
    for (let i = 0; i < 200; i++) rule.judge(random.normal());
    const states = Array.from({ length: 400 }, () => rule.judge(0));
    assert.ok(states.indexOf("uncertain") > 60 && !states.includes("bad"));
    for (let i = 0; i < 20; i++) rule.judge(random.normal());
    assert.ok(Array.from({ length: 30 }, () => rule.judge(1.5)).includes("bad"));
  });

  it("never judges a valve position that stands for hours, nor a constant", () => {
    const rule = new Flatline();
    const random = new Random(3);
    let x = 40;
    for (let i = 0; i < 100_000; i++) {
      if (random.uniform() < 0.001) x = 10 * Math.floor(10 * random.uniform());
      assert.equal(rule.judge(x), "good");
    }
    const constant = new Flatline();
    for (let i = 0; i < 10_000; i++) assert.equal(constant.judge(1), "good");
  });

  it("reports a standstill that comes back once, and a stuck sensor elsewhere as before", () => {
    const rule = new Flatline();
    const random = new Random(4);
    const nights: number[] = [];
    for (let night = 0; night < 12; night++) {
      for (let i = 0; i < 200; i++) rule.judge(random.normal());
      let bad = 0;
      for (let i = 0; i < 100; i++) if (rule.judge(0) === "bad") bad += 1;
      nights.push(bad);
    }
    assert.ok(nights[0] > 60);
    assert.deepEqual(nights.slice(1), Array(11).fill(0));
    for (let i = 0; i < 20; i++) rule.judge(random.normal());
    assert.equal(Array.from({ length: 40 }, () => rule.judge(7)).indexOf("bad"), rule.limit | 0);
  });
});

describe("RateOfChange", () => {
  it("holds the plant's own limit at any interval", () => {
    const rule = new RateOfChange();
    rule.accept(10, 0);
    assert.equal(rule.judge(12, 1000, 2), "good");
    assert.equal(rule.judge(12.1, 1000, 2), "bad");
    assert.equal(rule.judge(12.1, 2000, 2), "good");
  });

  it("finds a change uncertain that is far faster than any before", () => {
    const rule = new RateOfChange();
    for (let i = 0; i < 1000; i++) {
      const x = day(i);
      assert.equal(rule.judge(x, 1000 * i, Number.NaN), "good");
      rule.accept(x, 1000 * i);
    }
    assert.equal(rule.judge(day(1000) + 2, 1_000_000, Number.NaN), "uncertain");
  });
});

describe("NoiseBurst", () => {
  it("hears a loose contact and nothing in ramps, waves and steps", () => {
    const random = new Random(8);
    const rule = new NoiseBurst();
    for (let i = 0; i < 5000; i++) {
      const step = i > 2500 ? 50 : 0;
      assert.equal(rule.judge(day(i) + step + 0.1 * random.normal()), "good");
    }
    const states = Array.from({ length: 60 }, (_, i) => rule.judge(day(5000 + i) + 50 + 1.5 * random.normal()));
    const first = states.indexOf("uncertain");
    assert.ok(first > 0 && first < 30, `${first}`);
    const after = Array.from({ length: 200 }, (_, i) => rule.judge(day(5060 + i) + 50 + 0.1 * random.normal()));
    assert.equal(after[199], "good");
  });
});

describe("Sensor", () => {
  const sensor = (limits = {}, rare = false): Sensor => new Sensor("AT", limits, [-200, -999], rare, PATIENCE);
  const run = (s: Sensor, n: number, random = new Random(9)): void => {
    for (let i = 0; i < n; i++) judged(s, 10 + random.normal(), 1000 * i);
  };

  it("names what is no number", () => {
    for (const value of ["12,5", "", null, Number.NaN, Number.POSITIVE_INFINITY, 1e308, [], {}, true]) {
      const s = sensor();
      run(s, 100);
      assert.equal(judged(s, value, 100_000), "bad", String(value));
      assert.equal(s.rule, "notANumber");
    }
  });

  it("takes a sentinel for one only outside what the sensor has shown", () => {
    const s = sensor();
    run(s, 100);
    assert.equal(judged(s, -999, 100_000), "bad");
    assert.equal(s.rule, "sentinel");
    const cold = sensor();
    for (let i = 0; i < 500; i++)
      assert.equal(judged(cold, Math.round(-200 - 50 * Math.cos(i / 20)), 1000 * i), "good");
  });

  it("holds the physical range", () => {
    const s = sensor({ min: 0, max: 20 });
    assert.equal(judged(s, 20, 0), "good");
    assert.equal(judged(s, 20.01, 1000), "bad");
    assert.deepEqual([s.rule, s.limit], ["range", 20]);
    assert.equal(judged(s, -0.01, 2000), "bad");
    assert.equal(s.limit, 0);
    assert.equal(s.lastGood, 20);
  });

  it("misses a value that should be there, and says when it is late", () => {
    const s = sensor();
    run(s, 100);
    const rules = [1, 2, 3, 4].map((i) => {
      assert.equal(judged(s, undefined, 99_000 + 1000 * i), "bad");
      return s.rule;
    });
    assert.deepEqual(rules, ["missing", "missing", "missing", "late"]);
    assert.equal(s.lasting, 4);
  });

  it("does not miss a value that comes every tenth reading, until it is late", () => {
    const s = sensor();
    for (let i = 0; i < 200; i++) assert.equal(judged(s, i % 10 === 0 ? i : undefined, 1000 * i, false), "good");
    assert.equal(judged(s, undefined, 1000 * 205, false), "bad");
    assert.equal(s.rule, "missing");
  });

  it("lets a soft sensor's labels come when they come, and finds them uncertain when they stay away", () => {
    const s = sensor({}, true);
    let states = 0;
    for (let i = 0; i < 600; i++) if (judged(s, i % 60 === 0 ? i : undefined, 1000 * i) !== "good") states += 1;
    assert.equal(states, 0);
    assert.equal(judged(s, undefined, 1000 * 750), "uncertain");
    assert.equal(s.rule, "late");
  });

  it("uses what is only unusual, and doubts it: the further away, the more, within bounds", () => {
    const s = sensor();
    run(s, 1000);
    let before = 0;
    let time = 1_000_000;
    for (const x of [22, 30, 1e6]) {
      time += 2000;
      assert.equal(judged(s, x, time), "uncertain");
      assert.deepEqual([s.rule, s.lastGood], ["spike", x]);
      assert.ok(s.doubt > before && s.doubt <= 100, `${s.doubt}`);
      before = s.doubt;
      assert.equal(judged(s, 10, time + 1000), "good");
      assert.equal(s.doubt, 0);
    }
  });

  it("ends the doubt in a sensor that stands still, after as many readings as it is told", () => {
    const s = new Sensor("AT", {}, [], false, { level: 30, contradiction: 50 });
    run(s, 1000);
    const states = Array.from({ length: 200 }, (_, i) => judged(s, 10.5, 1_000_000 + 1000 * i));
    const first = states.indexOf("uncertain");
    assert.ok(first >= 5 && first <= 12, `${first}`);
    assert.ok(states.slice(first, 60).every((state) => state === "uncertain"));
    assert.ok(states.slice(65).every((state) => state === "good"));
  });

  it("holds the fastest change that is possible", () => {
    const s = sensor({ rate: 2 });
    assert.equal(judged(s, 10, 0), "good");
    assert.equal(judged(s, 13, 1000), "bad");
    assert.deepEqual([s.rule, s.limit, s.lastGood], ["rate", 2, 10]);
  });

  it("gives the same verdicts on the same data in another unit", () => {
    const verdicts = (factor: number): string[] => {
      const s = new Sensor("AT", {}, [], false, PATIENCE);
      const random = new Random(10);
      return Array.from({ length: 5000 }, (_, i) => {
        const wild = random.uniform();
        const x = wild < 0.01 ? 200 * random.normal() : wild < 0.3 ? Math.round(day(i)) : day(i) + random.normal();
        const stuck = i % 1000 > 950 ? 17 : i % 1000 > 600 && i % 1000 < 640 ? x + 100 * (i / 1000) : x;
        return `${judged(s, factor * stuck, 1000 * i)} ${s.rule}`;
      });
    };
    const plain = verdicts(1);
    assert.ok(new Set(plain).size >= 4, [...new Set(plain)].join());
    assert.deepEqual(verdicts(1000), plain);
    assert.deepEqual(verdicts(1e-6), plain);
  });
});
